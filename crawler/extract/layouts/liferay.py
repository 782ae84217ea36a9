"""Liferay: portals (bacgiang.gov.vn, thainguyen.gov.vn, vinhlinh.quangtri.gov.vn). The text is a
journal article inside a portlet; portlet titles look like headlines."""

from __future__ import annotations

from crawler.extract.layouts import Layout

LAYOUT = Layout(
    name="liferay",
    marks=(".journal-content-article, .asset-full-content .asset-content",),
    title=(
        ".asset-full-content h1",
        ".asset-full-content h3.asset-title",
        "h1.header-title",
        ".article-title",
        "h3.header-title",
    ),
    summary=(".article-summary", ".asset-summary", ".article_summary"),
    date=(
        ".meta-data-date",
        ".metadata-publish-date",
        "p.date_post",
        ".publish-date",
        ".asset-metadata .metadata-entry",
    ),
    author=(".article-author", ".metadata-author"),
    crumbs=("ul.breadcrumb a", ".breadcrumb a", ".taglib-breadcrumb a"),
    tags=(".taglib-asset-tags-summary a", "a.tag"),
    body=(
        ".asset-full-content .journal-content-article",
        ".journal-content-article",
        ".asset-full-content .asset-content",
    ),
    drop=(
        ".article-summary",
        ".asset-summary",
        ".article-author",
        ".asset-metadata",
        ".taglib-asset-tags-summary",
        ".asset-links",
    ),
)
