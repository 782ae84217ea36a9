"""WordPress: broadcasters (thtg.vn, gialaitv.vn). Its author is the account that posted, so none
is asked for; reporters sign at the end of the text."""

from __future__ import annotations

from crawler.extract.layouts import Layout

LAYOUT = Layout(
    name="wordpress",
    marks=(
        "link[href*='/wp-'], script[src*='/wp-'], img[src*='/wp-content/'], [content^=WordPress]",
        ".single .entry-content, .type-post .entry-content, .td-post-content, .post .post-content",
    ),
    title=("h1.entry-title", ".td-post-title h1", "h1.post-title"),
    date=("time.entry-date.published", "time.entry-date", ".posted-on", ".td-post-date time"),
    crumbs=(".cat-links a", ".td-category a", ".entry-crumbs a"),
    tags=(".tags-links a", ".td-tags a", ".post-tags a"),
    body=(
        "article .entry-content",
        ".entry-content",
        ".td-post-content",
        "article .post-content",
        ".post-content",
    ),
    drop=(
        ".sharedaddy",
        ".yarpp-related",
        ".jp-relatedposts",
        ".crp_related",
        ".td-post-sharing",
        ".tags-links",
        ".addtoany_share_save_container",
        ".post-views",
    ),
)
