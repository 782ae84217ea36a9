"""Which fields the articles of a source have: how a change of its layout shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from storage.records import Article

FIELDS: dict[str, Callable[[Article], bool]] = {
    "title": lambda article: bool(article.title),
    "body": lambda article: bool(article.body),
    "summary": lambda article: bool(article.summary),
    "authors": lambda article: bool(article.authors or article.source_credit),
    "published_on": lambda article: bool(article.published_on),
    "published_at": lambda article: bool(article.published_at),
    "section": lambda article: bool(article.section),
    "tags": lambda article: bool(article.tags),
    "images": lambda article: bool(article.images),
    "captions": lambda article: any(image.caption for image in article.images),
    "layout": lambda article: _by_layout(article),
}
"""Field -> whether an article has it. ``layout`` is whether a layout, not the generic rules,
found the body."""


def coverage(articles: Sequence[Article]) -> dict[str, float]:
    """Share of the articles, 0 to 1, that have each field; empty for no articles."""
    if not articles:
        return {}
    return {
        name: sum(1 for article in articles if has(article)) / len(articles)
        for name, has in FIELDS.items()
    }


def _by_layout(article: Article) -> bool:
    body = article.evidence.get("body")
    return body is not None and body.how.startswith("layout")
