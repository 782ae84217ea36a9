"""What a source may have published between two polls without our seeing it.

A gap is told, never guessed away: which seed, from when to when. Backfill closes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A time in which a seed may have shown articles that we never saw."""

    id: int
    source_id: str
    seed_id: int | None
    begin_at: str
    """The last poll before it."""
    end_at: str
    """The oldest article that the next poll saw."""
    found_at: str
    closed_at: str | None = None
    """When a backfill went over it."""


def add_discovery_memory(conn: sqlite3.Connection) -> None:
    """Migration: gaps, the last complete poll of a seed, and the index a sitemap is named in."""
    conn.execute("alter table seeds add column complete_at text")
    conn.execute("alter table seeds add column parent_id integer references seeds (id)")
    conn.execute(
        """
create table gaps (
    id integer primary key,
    source_id text not null references sources (id),
    seed_id integer references seeds (id) on delete set null,
    begin_at text not null,
    end_at text not null,
    found_at text not null,
    closed_at text
)"""
    )
    conn.execute("create index gaps_open on gaps (source_id) where closed_at is null")


def record_gap(
    conn: sqlite3.Connection,
    source_id: str,
    seed_id: int | None,
    *,
    begin_at: str,
    end_at: str,
    found_at: str,
) -> None:
    """Write down a gap; the caller holds the transaction."""
    conn.execute(
        "insert into gaps (source_id, seed_id, begin_at, end_at, found_at) values (?, ?, ?, ?, ?)",
        (source_id, seed_id, begin_at, end_at, found_at),
    )


def close_gaps(conn: sqlite3.Connection, source_id: str, begin: str, end: str, now: str) -> int:
    """Close the gaps that lie wholly between two instants; return how many."""
    cursor = conn.execute(
        "update gaps set closed_at = ? where source_id = ? and closed_at is null"
        " and begin_at >= ? and end_at <= ?",
        (now, source_id, begin, end),
    )
    return cursor.rowcount


def open_gaps(conn: sqlite3.Connection, source_id: str) -> list[Gap]:
    """The gaps of a source that nothing has closed, oldest first."""
    rows = conn.execute(
        "select * from gaps where source_id = ? and closed_at is null order by begin_at, id",
        (source_id,),
    )
    return [Gap(**row) for row in rows]
