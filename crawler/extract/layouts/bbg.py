"""``-postid<id>.bbg``: baobacninhtv.vn, before the merger baobacgiang.com.vn."""

from __future__ import annotations

from crawler.extract.layouts import Layout

LAYOUT = Layout(
    name="bbg",
    marks=(".news-details__content, .ArticleContent.BaoBacGiang8",),
    title=("h1.news-details__title", ".news-details h1", "h1"),
    summary=("div.news_detail_sapo p", "div.news_detail_sapo", "p.alead"),
    date=(".news-details__time", ".news-details__date", "p.datetimes-detail-articlecontent"),
    author=(".news-details__author", ".author"),
    crumbs=(".breadcrumb a", ".breadcrumbs a"),
    tags=(".news-details__tags a", ".tags a"),
    body=(".news-details__content.link_content", ".news-details__content", ".ArticleContent"),
    drop=(".news-related__list", ".news-related", ".news_detail_sapo", "p.alead", ".tags"),
)
