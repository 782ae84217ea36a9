"""ONECMS: baonghean.vn, baodanang.vn, baohaiphong.vn, hanoimoi.vn and others."""

from __future__ import annotations

from crawler.extract.layouts import Layout

LAYOUT = Layout(
    name="onecms",
    marks=(".b-maincontent, article.entry .block-sc-title, .onecms__tags",),
    title=(".block-sc-title", ".sc-longform-header-title", ".c-detail-head__title"),
    summary=(".block-sc-sapo", ".sc-longform-header-sapo", ".c-detail-head__sapo"),
    date=(
        ".block-sc-publish-time",
        ".sc-longform-header-date",
        ".c-detail-head__time",
        "div.c-video-detail__time",
    ),
    author=(".block-sc-author", ".sc-longform-header-author", ".c-detail-head__author"),
    source=(".c-author-page",),
    crumbs=("ol.breadcrumb a", ".c-detail-head .breadcrumb a"),
    tags=(".onecms__tags a", ".c-widget-tags a"),
    body=(
        "div.b-maincontent article.entry",
        "article.entry",
        "[itemprop=articleBody]",
        "div.b-maincontent .entry",
        "div.b-maincontent",
    ),
    drop=(
        ".sc-longform-header",
        ".sc-empty-layer",
        ".sc-related-articles",
        ".c-box",
        ".c-news-related",
        ".c-tag",
        ".c-powered",
        ".c-sticky-share",
        ".c-author-page",
        ".c-banner-inpage",
    ),
)
