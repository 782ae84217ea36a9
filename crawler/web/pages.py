"""What the web pages show, read from the archive. No HTML here, and nothing of Datasette."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from crawler.render.diff import compare
from storage.archive import Archive
from storage.errors import QueryError
from storage.search import search
from storage.search.engine import SORTS
from storage.search.filters import Filters, resolve
from storage.text import printable

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from crawler.render.diff import Piece
    from storage.records import Hit, Hits, Revision, StoredArticle

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


def read_results(conn: sqlite3.Connection, fields: Mapping[str, str]) -> Results:
    """Answer the form of the front page; without words, the newest articles."""
    asked = {
        name: text for name in ("q", "sort", "limit", *NARROWING) if (text := fields.get(name))
    }
    found = Results(asked=asked)
    found.sources = [tuple(row) for row in conn.execute("select id, name from sources order by id")]
    found.provinces = _provinces(conn)
    limit = min(
        int(asked.get("limit", "0")[:4]) if asked.get("limit", "").isdecimal() else STEP, MOST
    )
    filters = Filters(**{name: asked.get(name) for name in NARROWING})
    try:
        if asked.get("q"):
            sort = asked.get("sort", "")
            sort = sort if sort in SORTS else "relevance"
            hits = _search(conn, asked["q"], filters, sort, limit)
            found.rows = list(map(_row_of_hit, hits))
            found.partial = hits.partial
        else:
            found.rows = list(_newest(conn, filters, limit))
    except QueryError as error:
        found.error = str(error)
    if len(found.rows) == limit < MOST:
        found.more = min(limit + STEP, MOST)
    return found


def read_article(conn: sqlite3.Connection, path: Path, article_id: int) -> ArticlePage | None:
    """Everything about one article, or None where there is none."""
    archive = Archive(conn, path, path.parent / "captures")
    article = archive.article(article_id)
    if article is None:
        return None
    name = conn.execute("select name from sources where id = ?", (article.source_id,)).fetchone()
    return ArticlePage(
        article=article,
        source=name[0] if name else article.source_id,
        copies=archive.copies(article_id),
        changes=list(_changes(archive.revisions(article_id))),
        captures=[
            f"{capture.file} at {capture.offset}, {capture.digest}"
            for capture in archive.captures_of(article_id)
        ],
    )


def _search(conn: sqlite3.Connection, query: str, filters: Filters, sort: str, limit: int) -> Hits:
    return search(
        conn,
        query,
        source=filters.source,
        province=filters.province,
        since=filters.since,
        until=filters.until,
        sort=sort,
        limit=limit,
    )


def _provinces(conn: sqlite3.Connection) -> list[str]:
    rows = conn.execute(
        "select province from sources union select province_before_2025 from sources"
        " where province_before_2025 is not null order by 1"
    )
    return [row[0] for row in rows]


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


def _newest(conn: sqlite3.Connection, filters: Filters, limit: int) -> Iterator[Row]:
    scope = resolve(conn, filters)
    where, values = ["1"], list[object]()
    if scope.sources is not None:
        where.append(f"source_id in ({','.join('?' * len(scope.sources))})")
        values += scope.sources
    for sign, day in ((">=", scope.since), ("<=", scope.until)):
        if day:
            where.append(f"published_on {sign} ?")
            values.append(day)
    rows = conn.execute(
        "select a.id, a.title, coalesce(a.summary, substr(a.body, 1, 220)) as lead,"  # noqa: S608
        " a.published_on, a.source_id, s.province, a.section"
        f" from articles a join sources s on s.id = a.source_id where {' and '.join(where)}"
        " order by a.published_on desc, a.published_at desc, a.id desc limit ?",
        (*values, limit),
    )
    for row in rows:
        facts = (row["published_on"], row["source_id"], row["province"], row["section"])
        yield Row(
            id=row["id"],
            title=printable(row["title"]),
            facts=printable(" · ".join(fact for fact in facts if fact)),
            pieces=[(printable(row["lead"]), False)],
        )


def _changes(revisions: list[Revision]) -> Iterator[Change]:
    for old, new in pairwise(revisions):
        yield Change(
            number=new.number,
            seen_at=new.seen_at,
            kind=new.kind,
            paragraphs=list(compare(old.texts, new.texts)),
        )
