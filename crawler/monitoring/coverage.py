"""Which fields the articles of a source have: a change of its pages shows there.

Used by the health of a source and by `baotinh sources check`.
"""

from __future__ import annotations

from collections import Counter
from operator import attrgetter
from typing import TYPE_CHECKING

from storage.records import ENOUGH_BODY, NO_HEADLINE, STORED_BEFORE, Outline
from storage.states import SeedKind
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from storage.records import Article

BY_LAYOUT = "the text where their layout puts it"

FIELDS: dict[str, Callable[[Outline], object]] = {
    "a body": attrgetter("has_body"),
    "a lead": attrgetter("summary"),
    "authors": attrgetter("is_signed"),
    "a date": attrgetter("published_on"),
    "a time": attrgetter("published_at"),
    "a section": attrgetter("section"),
    "tags": attrgetter("has_tags"),
    "pictures": attrgetter("has_images"),
    BY_LAYOUT: lambda article: article.body_how.startswith("layout"),
}
"""Name of a field, as shown to people -> what an article has of it."""

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


def is_title_of_page(article: Outline) -> bool:
    """Return whether an article's page gave its title.

    Else a list that links to it gave it, or it is what was stored before: the page shows none,
    the name of its site, or what many pages of the source show.
    """
    return article.title_how not in ELSEWHERE and article.title_confidence > NO_HEADLINE


_OF_ONE = {PAGE_TITLE: is_title_of_page, **FIELDS}
"""What is asked of each article alone."""


class Shares:
    """The newest articles of a source, and how often they have each field."""

    def __init__(self, articles: Sequence[Outline]) -> None:
        self.articles: list[Outline] = []
        self._titles: list[str] = []
        self._columns: dict[str, list[bool]] = {name: [] for name in _OF_ONE}
        self.add(articles)

    def add(self, older: Sequence[Outline]) -> None:
        """Add articles that come after those there are."""
        if not older:
            return
        self.articles += older
        for name, has in _OF_ONE.items():
            self._columns[name] += map(bool, map(has, older))
        # All at once, as folding costs the same for many titles as for one; they are lines.
        self._titles += fold("\n".join(article.title for article in older)).split("\n")

    def of(self, start: int = 0, stop: int | None = None) -> dict[str, float]:
        """Return name of a field -> share of some of the articles, 0 to 1; empty for none."""
        titles = self._titles[start:stop]
        if not titles:
            return {}
        number = len(titles)
        shares = {OWN_TITLE: list(Counter(titles).values()).count(1) / number}
        for name, column in self._columns.items():
            shares[name] = sum(column[start:stop]) / number
        return shares


def coverage(articles: Sequence[Article]) -> dict[str, float]:
    """Return the share of articles, 0 to 1, that have each field; empty for no articles."""
    shares = Shares([outline_of(article) for article in articles]).of()
    return {name: shares[name] for name in FIELDS if shares}


def outline_of(article: Article) -> Outline:
    """Return an article in short, as the archive gives it."""
    body, title = article.evidence.get("body"), article.evidence.get("title")
    return Outline(
        key=article.key,
        title=article.title,
        summary=article.summary,
        published_on=article.published_on,
        published_at=article.published_at,
        published_raw=article.published_raw,
        section=article.section,
        has_body=len(article.body) >= ENOUGH_BODY,
        is_signed=bool(article.authors or article.source_credit),
        has_tags=bool(article.tags),
        has_images=bool(article.images),
        body_how=body.how if body else "",
        title_how=title.how if title else "",
        title_confidence=title.confidence if title else 1.0,
    )


def outdone(articles: Sequence[Outline]) -> int:
    """Return in how many articles the layout found less text than the generic rules."""
    return sum(1 for article in articles if article.body_how.endswith("found less"))
