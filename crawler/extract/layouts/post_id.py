"""The ``-post<id>.html`` system (ePi, NetNam): baolaocai.vn, baohatinh.vn, baogialai.com.vn,
sggp.org.vn. Paragraphs are ``div``; advertisements hide under words spelt backwards."""

from __future__ import annotations

from crawler.extract.layouts import Layout

LAYOUT = Layout(
    name="post_id",
    marks=("div.article__body, [data-field=body]", ".cms-body, .article__title, .cms-title"),
    title=("h1.article__title", "h1.cms-title", ".article__title"),
    summary=(".article__sapo", ".cms-desc"),
    date=(".article__meta time", "time.time", ".article__time"),
    author=(".article__author .name", ".article__author"),
    source=(".article__source",),
    crumbs=(".breadcrumb a", ".article__breadcrumb a", "h2.breadcrumb__heading a"),
    tags=(".article__tags a", ".article__tag a"),
    body=("div.article__body[itemprop=articleBody]", "[data-field=body]", "div.article__body"),
    drop=(
        "style",
        ".rennab",
        "[class*=sda]",
        "[id^=adsWeb_]",
        ".ads_middle",
        ".related-news",
        ".article__related",
        ".article__tags",
    ),
)
