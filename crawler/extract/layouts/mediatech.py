"""MEDIATECH: baotayninh.vn (2026), la34.com.vn, baocaobang.vn, baolangson.vn, baohungyen.vn,
baoquangninh.vn. The lead stands twice in the body: cut in ``div.sapo``, whole in ``p.sapo``."""

from __future__ import annotations

from crawler.extract.layouts import Layout

LAYOUT = Layout(
    name="mediatech",
    marks=("#content-detail", "h1.name, .content-article, .block-news-list, section.page-info"),
    title=(".content-article h1.name", "h1.name", "h1.title"),
    summary=("#content-detail p.sapo", "#content-detail h2.sapo", "#content-detail > h2"),
    date=(".content-article div.date", "div.date"),
    author=("#content-detail div.author", "#content-detail div.pseudonym", "div.pseudonym"),
    crumbs=("div.breadcrumbs li a", "ol.breadcrumb li a"),
    tags=("div.topics a.tag", "div.topics a"),
    body=("#content-detail",),
    drop=(
        "div.sapo",
        "div.relates",
        "div.topics",
        "div.social",
        "div.print_page",
        "div.block-news-list",
        "ins",
    ),
)
