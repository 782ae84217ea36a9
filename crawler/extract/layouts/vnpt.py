"""VNPT CMS with months in its addresses (``/202503/slug-7b6d657/``): phuyen.baodaklak.vn,
baodongnai.com.vn, baovinhlong.com.vn (``td-post-content``), and the skin of baodaklak.vn and
baotuyenquang.com.vn (``article_content``). Documents from Word, saved inside the page's own."""

from __future__ import annotations

from crawler.extract.layouts import Layout

LAYOUT = Layout(
    name="vnpt",
    marks=("#content .td-post-content, div.article_content #content, .wrapper-post-detail-main",),
    title=("div.detail-main-title h1.title", "h1.media-heading", "h1.title", "h1"),
    summary=("div.content-reply p.reply", ".sub_first_content strong", "div.desc"),
    date=("div.group-time time.time", ".article_content div.date", "div.date"),
    author=("div.content-author .author", "div.after-author p.author"),
    crumbs=("nav.group-category li a", "ol.breadcrumb li a"),
    tags=("div.tags-box .tags a", ".tags a"),
    body=(
        "#content .td-post-content",
        "div.article_content div#content",
        "div#content.content-detail",
        "div.article_content",
    ),
    drop=("ul.social", "div.bd02", "h1.media-heading", "div.date"),
)
