"""What papers edited and removed after publishing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.instants import start_of_day
from storage.search.filters import Filters, check_day, resolve

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

# Each select reads an index from its newest end and stops at the limit; "cross join" keeps
# SQLite from beginning with the articles of a source instead.
_EDITED = """
select r.seen_at as at, 'edited' as kind, '' as reason, r.number, a.id, a.source_id, a.title, a.url,
    a.published_on
from revisions r cross join articles a on a.id = r.article_id
where r.kind = 'edited' and r.seen_at >= ? and {condition}
order by r.seen_at desc, r.article_id desc limit ?"""
_RETURNED = """
select r.returned_at as at, 'returned' as kind, '' as reason, r.number, a.id, a.source_id, a.title,
    a.url, a.published_on
from revisions r cross join articles a on a.id = r.article_id
where r.returned_at >= ? and {condition}
order by r.returned_at desc, r.article_id desc limit ?"""
_GONE = """
select a.gone_at as at, 'removed' as kind, ifnull(a.gone_reason, '') as reason, a.revisions, a.id,
    a.source_id, a.title, a.url, a.published_on
from articles a
where a.gone_at is not null and a.gone_at >= ? and {condition}
order by a.gone_at desc, a.id desc limit ?"""
_SELECTS = {"edited": _EDITED, "returned": _RETURNED, "removed": _GONE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing a paper did to an article after publishing it."""

    at: str
    """When we saw it, UTC."""
    kind: str
    """``edited``, ``returned`` (to an earlier text) or ``removed``."""
    reason: str
    """For ``removed``: ``http-404``, ``http-410``, ``redirect-home``; else empty."""
    article_id: int
    revision: int
    """Number of the text that the change left."""
    source: str
    title: str
    url: str
    published_on: str | None


def list_changes(
    conn: sqlite3.Connection,
    filters: Filters,
    *,
    since: str | None,
    kind: str | None,
    limit: int,
) -> list[Change]:
    """Return the newest changes seen since a local day, the newest first.

    ``filters`` narrow by source and province; their period is that of publication. ``kind`` is
    that of the changes; None is all.
    """
    condition, values = resolve(conn, filters).where()
    day = check_day(since or None)
    start = start_of_day(day) if day else ""
    chosen = [select for name, select in _SELECTS.items() if kind in (None, name)]
    selects = [select.format(condition=condition) for select in chosen]
    found = [
        change for select in selects for change in _read(conn, select, [start, *values, limit])
    ]
    found.sort(key=lambda change: (change.at, change.article_id), reverse=True)
    return found[:limit]


def _read(conn: sqlite3.Connection, sql: str, values: list[object]) -> Iterator[Change]:
    for at, kind, reason, revision, article_id, source, title, url, published in conn.execute(
        sql, values
    ):
        yield Change(
            at=at, kind=kind, reason=reason, article_id=article_id, revision=revision,
            source=source, title=title, url=url, published_on=published,
        )  # fmt: skip
