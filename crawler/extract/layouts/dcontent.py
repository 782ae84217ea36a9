"""``#dcontent``: baophutho.vn, baothanhhoa.vn. Some texts there come encoded and are decoded by
a script: then the place of the text is empty, and no other text of the page may take it."""

from __future__ import annotations

from crawler.extract.layouts import Layout

LAYOUT = Layout(
    name="dcontent",
    marks=("#dcontent",),
    title=("h1.pTitle", "h1.title"),
    summary=("p.pHead", ".sapo_detail", "p.sapo"),
    date=(".date_news", ".pDate", ".pt-post-detail__time", ".date"),
    author=("#dcontent p.pAuthor", "p.pAuthor", ".author"),
    crumbs=(".breadcrumb a", ".breadcrumbs a"),
    tags=(".tags a", ".tag a"),
    body=("#dcontent",),
    drop=("h1.pTitle", "p.pHead", ".pDate", ".related", ".social", ".tags"),
)
