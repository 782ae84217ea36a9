"""What the web pages show, read from the archive. No HTML here, and nothing of Datasette."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from crawler.render.diff import compare
from storage.errors import QueryError
from storage.search.engine import SORTS
from storage.search.filters import Filters
from storage.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crawler.render.diff import Piece
    from storage.archive import Archive
    from storage.articles.read import Headline
    from storage.records import Revision, StoredArticle
    from storage.search.results import Hit

STEP = 20
"""Hits on a page at first, and how many more each time."""
MOST = 200
NARROWING = ("source", "province", "since", "until")

_MARKED = re.compile(r"\[([^\[\]]+)\]")


@dataclass(slots=True, kw_only=True)
class Results:
    """The front page: a question, and what the archive has for it."""

    asked: dict[str, str]
    """The form's fields as they were sent, without empty ones."""
    rows: list[Row] = field(default_factory=list)
    error: str = ""
    """One sentence when the question cannot be answered."""
    partial: bool = False
    """Whether better ones may be missing, because the search was cut short."""
    more: int | None = None
    """The limit that shows more rows; None when there are no more to ask for."""
    provinces: list[str] = field(default_factory=list)
    sources: list[tuple[str, str]] = field(default_factory=list)
    """Ids and names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One article in a list."""

    id: int
    title: str
    facts: str
    """Day, source, province, people: what is known, in one line."""
    pieces: list[tuple[str, bool]]
    """The snippet or the lead, as (text, whether it is a hit)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one text of an article has that the one before had not."""

    number: int
    seen_at: str
    kind: str
    paragraphs: list[list[Piece]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    """One article with everything around it."""

    article: StoredArticle
    source: str
    """The outlet's name."""
    copies: list[StoredArticle]
    changes: list[Change]
    captures: list[str]


def read_results(archive: Archive, fields: Mapping[str, str]) -> Results:
    """Answer the form of the front page; without words, the newest articles."""
    asked = {
        name: text for name in ("q", "sort", "limit", *NARROWING) if (text := fields.get(name))
    }
    found = Results(asked=asked)
    found.sources = [(source.id, source.name) for source in archive.sources.all()]
    found.provinces = archive.sources.provinces()
    limit = min(
        int(asked.get("limit", "0")[:4]) if asked.get("limit", "").isdecimal() else STEP, MOST
    )
    filters = Filters(**{name: asked.get(name) for name in NARROWING})
    try:
        if asked.get("q"):
            sort = asked.get("sort", "")
            sort = sort if sort in SORTS else "relevance"
            hits = archive.search(asked["q"], filters, sort=sort, limit=limit)
            found.rows = list(map(_row_of_hit, hits))
            found.partial = hits.partial
        else:
            found.rows = list(map(_row_of_headline, archive.articles.newest(filters, limit)))
    except QueryError as error:
        found.error = str(error)
    if len(found.rows) == limit < MOST:
        found.more = min(limit + STEP, MOST)
    return found


def read_article(archive: Archive, article_id: int) -> ArticlePage | None:
    """Return everything about one article, or None where there is none."""
    article = archive.article(article_id)
    if article is None:
        return None
    source = archive.sources.get(article.source_id)
    return ArticlePage(
        article=article,
        source=source.name if source else article.source_id,
        copies=archive.copies(article_id),
        changes=list(_changes(archive.revisions(article_id))),
        captures=[
            f"{capture.file} at {capture.offset}, {capture.digest}"
            for capture in archive.captures.of_article(article_id)
        ],
    )


def _row_of_hit(hit: Hit) -> Row:
    facts = (hit.published_on, hit.source, hit.province, hit.section, ", ".join(hit.authors))
    copies = f"{hit.copies} more copies" if hit.copies else None
    return Row(
        id=hit.id,
        title=printable(hit.title),
        facts=printable(" · ".join(fact for fact in (*facts, copies) if fact)),
        pieces=_pieces(printable(hit.snippet)),
    )


def _pieces(snippet: str) -> list[tuple[str, bool]]:
    parts = _MARKED.split(snippet)
    return [(part, number % 2 == 1) for number, part in enumerate(parts) if part]


def _row_of_headline(headline: Headline) -> Row:
    facts = (headline.published_on, headline.source_id, headline.province, headline.section)
    return Row(
        id=headline.id,
        title=printable(headline.title),
        facts=printable(" · ".join(fact for fact in facts if fact)),
        pieces=[(printable(headline.lead), False)],
    )


def _changes(revisions: list[Revision]) -> Iterator[Change]:
    for old, new in pairwise(revisions):
        yield Change(
            number=new.number,
            seen_at=new.seen_at,
            kind=new.kind,
            paragraphs=list(compare(old.texts, new.texts)),
        )
