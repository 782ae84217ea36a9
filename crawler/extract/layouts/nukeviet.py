"""NukeViet, the news module: portals of districts, departments and some broadcasters. Author and
source stand in labelled lines behind the text, the account that posted in the date line."""

from __future__ import annotations

from crawler.extract.layouts import Layout

LAYOUT = Layout(
    name="nukeviet",
    marks=("#news-bodyhtml, .news_column .bodytext, #news_detail .bodytext",),
    title=(".news_column h1.title", "h1.title", "h1[itemprop=headline]", "h1"),
    summary=("#hometext", ".hometext", ".news_column [itemprop=description]", "#news_detail h2"),
    date=(".news_column .h5", ".news_column .time", ".news_column em.time", ".time"),
    author=("p.h5.text-right", "p.h5.text-right + p.h5.text-right", "p.author"),
    crumbs=("ul.temp-breadcrumbs a", ".breadcrumb a", ".breadcrumbs a"),
    tags=(".news_column a[href*='/tag/'] em", ".news_column a[href*='/tag/']", ".keywords a"),
    body=(
        ".news_column .panel-body:has(#news-bodyhtml)",
        "#news-bodyhtml",
        ".news_column .bodytext",
        "#news_detail .bodytext",
    ),
    drop=(
        "h1",
        "span.h5",
        ".list-inline",
        "#hometext",
        ".hometext",
        "p.h5.text-right",
        ".socialicon",
        ".newslist",
        ".tms-related",
        "p.author",
    ),
)
