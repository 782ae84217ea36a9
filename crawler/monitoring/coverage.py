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
"""One that no other of the articles has."""
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


class Shares:
    """The newest articles of a source, and how often they have each field."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self.articles: list[Article] = []
        self._fields: list[tuple[bool, ...]] = []
        self._titles: list[str] = []
        self.add(articles)

    def add(self, older: Sequence[Article]) -> None:
        """Add articles that come after those there are."""
        if not older:
            return
        self.articles += older
        self._fields += [
            (*[has(article) for has in FIELDS.values()], is_title_of_page(article))
            for article in older
        ]
        # All at once, as folding costs the same for many titles as for one; they are lines.
        self._titles += fold("\n".join(article.title for article in older)).split("\n")

    def of(self, start: int = 0, stop: int | None = None) -> dict[str, float]:
        """Return name of a field -> share of some of the articles, 0 to 1; empty for none."""
        fields = self._fields[start:stop]
        if not fields:
            return {}
        titles = Counter(self._titles[start:stop])
        *shares, of_page = [sum(column) / len(fields) for column in zip(*fields, strict=True)]
        return {
            OWN_TITLE: sum(1 for count in titles.values() if count == 1) / len(fields),
            PAGE_TITLE: of_page,
            **dict(zip(FIELDS, shares, strict=True)),
        }


def coverage(articles: Sequence[Article]) -> dict[str, float]:
    """Return the share of articles, 0 to 1, that have each field; empty for no articles."""
    shares = Shares(articles).of()
    return {name: shares[name] for name in FIELDS if shares}


def is_title_of_page(article: Article) -> bool:
    """Return whether an article's page gave its title.

    Else a list that links to it gave it, or it is what was stored before: the page shows none,
    the name of its site, or what many pages of the source show.
    """
    found = article.evidence.get("title")
    return found is None or not (found.how in ELSEWHERE or found.confidence <= NO_HEADLINE)


def outdone(articles: Sequence[Article]) -> int:
    """Return in how many articles the layout found less text than the generic rules."""
    return sum(1 for article in articles if found_by(article).endswith("found less"))


def found_by(article: Article) -> str:
    """Return how the body was found."""
    body = article.evidence.get("body")
    return body.how if body else ""
