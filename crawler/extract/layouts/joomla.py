"""Joomla: information pages of committees and departments. The list of facts about the article
(account, day, hits) stands inside the article's own box."""

from __future__ import annotations

from crawler.extract.layouts import Layout

LAYOUT = Layout(
    name="joomla",
    marks=(".item-page, .com-content-article", "dl.article-info, meta[content^=Joomla]"),
    title=(".item-page h1", ".item-page h2", "[itemprop=headline]", ".page-header h2"),
    date=("dd.published", "dd.create", "dl.article-info time", "dd.modified"),
    crumbs=(".breadcrumbs a", ".mod-breadcrumbs a", ".breadcrumb a"),
    tags=(".tags a", "ul.tags a"),
    body=("[itemprop=articleBody]", ".com-content-article__body", ".item-page"),
    drop=(
        "dl.article-info",
        "ul.actions",
        ".icons",
        "ul.pagenav",
        ".pagenavigation",
        ".page-header",
        ".tags",
    ),
)
