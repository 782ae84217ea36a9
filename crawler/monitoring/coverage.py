"""Which fields the articles of a source have: a change of its pages shows there.

Used by the health of a source and by `baotinh sources check`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from storage.records import NO_HEADLINE, STORED_BEFORE
from storage.states import SeedKind
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from storage.records import Article

ENOUGH_BODY = 200
"""Least characters of a body; shorter texts are captions and notes."""
BY_LAYOUT = "the text where their layout puts it"

FIELDS: dict[str, Callable[[Article], bool]] = {
    "a body": lambda article: len(article.body) >= ENOUGH_BODY,
    "a lead": lambda article: bool(article.summary),
    "authors": lambda article: bool(article.authors or article.source_credit),
    "a date": lambda article: bool(article.published_on),
    "a time": lambda article: bool(article.published_at),
    "a section": lambda article: bool(article.section),
    "tags": lambda article: bool(article.tags),
    "pictures": lambda article: bool(article.images),
    BY_LAYOUT: lambda article: found_by(article).startswith("layout"),
}
"""Name of a field, as shown to people -> whether an article has it."""

ELSEWHERE = frozenset({*map(str, SeedKind), STORED_BEFORE})
"""How a title was found that its page did not give."""
OWN_TITLE = "a title of their own"
PAGE_TITLE = "a title on their page"
FIELD_CAUSES = {
    OWN_TITLE: "title",
    PAGE_TITLE: "title",
    "a date": "date",
    "a time": "date",
    "a body": "body",
    "a lead": "lead",
}
"""Name of a field -> the cause of an alarm when it is lost; of all others: ``fields``. The
gravest come first."""
ESSENTIAL = frozenset({OWN_TITLE, "a date"})
"""Without these an article is of little use, and every news site shows them."""


def coverage(articles: Sequence[Article]) -> dict[str, float]:
    """Return the share of articles, 0 to 1, that have each field; empty for no articles."""
    if not articles:
        return {}
    return {
        name: sum(1 for article in articles if has(article)) / len(articles)
        for name, has in FIELDS.items()
    }


def share_of_own_titles(articles: Sequence[Article]) -> float:
    """Return the share of articles, 0 to 1, whose title no other of them has."""
    # All at once, as folding costs the same for many titles as for one; they are lines.
    titles = Counter(fold("\n".join(article.title for article in articles)).split("\n"))
    return sum(1 for count in titles.values() if count == 1) / max(1, len(articles))


def share_of_page_titles(articles: Sequence[Article]) -> float:
    """Return the share of articles, 0 to 1, whose page gave their title.

    Else a list that links to them gave it, or it is what was stored before: the page shows none,
    the name of its site, or what many pages of the source show.
    """
    return sum(map(_is_title_of_page, articles)) / max(1, len(articles))


def _is_title_of_page(article: Article) -> bool:
    found = article.evidence.get("title")
    return found is None or not (found.how in ELSEWHERE or found.confidence <= NO_HEADLINE)


def outdone(articles: Sequence[Article]) -> int:
    """Return in how many articles the layout found less text than the generic rules."""
    return sum(1 for article in articles if found_by(article).endswith("found less"))


def found_by(article: Article) -> str:
    """Return how the body was found."""
    body = article.evidence.get("body")
    return body.how if body else ""
