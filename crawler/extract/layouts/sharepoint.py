"""SharePoint: portals of provinces (longan.gov.vn, ninhthuan.gov.vn, caobang.gov.vn,
binhthuan.gov.vn, laocai.gov.vn, dienbien.gov.vn). Headlines in capitals, lists of other news
right behind the text, paragraphs that hold nothing but an invisible space."""

from __future__ import annotations

from crawler.extract.layouts import Layout

LAYOUT = Layout(
    name="sharepoint",
    marks=(
        ".ms-webpart-zone, .ms-webpartzone-cell, #DeltaPlaceHolderMain, #s4-workspace, #aspnetForm",
        ".ms-rtestate-field, .ArticleContent, .tbContent, .textbody, .noi-dung-trang",
    ),
    title=(".tbTitle", ".ArticleTitle", ".article-title", "h1.title", ".news-title"),
    summary=(
        ".news-detail .brief",
        ".ArticleSummary",
        ".tandan-p-article-news-summary",
        ".article-summary",
    ),
    date=(
        ".news-detail .date",
        ".PostDate",
        ".tandan-span-date-publish",
        ".date-post",
        ".publish-date",
    ),
    author=(".ArticleAuthor", ".news-author", ".article-author"),
    crumbs=(".title-cat", ".breadcrumb a", ".ms-breadcrumb a"),
    body=(
        ".ms-rtestate-field.tbContent",
        ".ArticleContent",
        ".tbContent",
        "#DeltaPlaceHolderMain .ms-rtestate-field",
        ".ms-rtestate-field",
        ".noi-dung-trang",
        ".textbody",
    ),
    drop=(".ArticleSummary", ".tinkhac", ".tandan-p-article-news-summary", ".article-tools"),
)
