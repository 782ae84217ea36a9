"""How far a backfill has come: which sitemaps and listings it has read, and what it will fetch.

Links that a backfill found wait here and not in table ``links``, so that a live crawl never gets
years of them to do. `release_links` moves them over a few at a time, newest first, in one
transaction: killed at any instant a link waits in exactly one of the two tables.

The functions that write expect the caller to hold a transaction.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from storage.records import Link

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

TABLES = (
    """
create table backfills (
    id integer primary key,
    source_id text not null references sources (id),
    since text not null,
    until text not null,
    started_at text not null,
    finished_at text
)""",
    """
create table backfill_steps (
    id integer primary key,
    backfill_id integer not null references backfills (id),
    kind text not null,
    url text not null,
    next_url text,
    day text,
    pages integer not null default 0,
    done_at text,
    problem text,
    unique (backfill_id, url)
)""",
    """
create table backfill_links (
    id integer primary key,
    backfill_id integer not null references backfills (id),
    key text not null,
    url text not null,
    canonical_url text not null,
    found_at text not null,
    title_hint text,
    date_hint text,
    day text,
    unique (backfill_id, key)
)""",
    "create index backfill_links_newest on backfill_links (backfill_id, day desc, id)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """One reading back of a source, over as many runs as it takes. Days are local, inclusive."""

    id: int
    source_id: str
    since: str
    until: str
    started_at: str
    finished_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One sitemap, or one listing with its pages, that a backfill reads."""

    id: int
    backfill_id: int
    kind: str
    url: str
    next_url: str | None = None
    """Where a listing goes on; None: at ``url``."""
    day: str | None = None
    """The newest day it may still hold; None: not known."""
    pages: int = 0
    done_at: str | None = None
    problem: str | None = None


def add_backfills(conn: sqlite3.Connection) -> None:
    """Migration: the tables of this module."""
    for statement in TABLES:
        conn.execute(statement)


def open_backfill(
    conn: sqlite3.Connection, source_id: str, since: str, until: str, now: str
) -> Backfill:
    """The unfinished backfill of that period, or a new one.

    Unfinished ones of the source over other periods are given up; what they found within the
    new period is kept.
    """
    rows = conn.execute(
        "select * from backfills where source_id = ? and finished_at is null order by id",
        (source_id,),
    ).fetchall()
    unfinished = [Backfill(**row) for row in rows]
    for backfill in unfinished:
        if (backfill.since, backfill.until) == (since, until):
            return backfill
    cursor = conn.execute(
        "insert into backfills (source_id, since, until, started_at) values (?, ?, ?, ?)",
        (source_id, since, until, now),
    )
    opened = Backfill(
        id=int(cursor.lastrowid or 0), source_id=source_id, since=since, until=until, started_at=now
    )
    for backfill in unfinished:
        conn.execute(
            "update or ignore backfill_links set backfill_id = ?"
            " where backfill_id = ? and (day is null or day between ? and ?)",
            (opened.id, backfill.id, since, until),
        )
        finish_backfill(conn, backfill.id, now)
    return opened


def finish_backfill(conn: sqlite3.Connection, backfill_id: int, now: str) -> None:
    """End a backfill and forget what it kept for going on."""
    conn.execute("delete from backfill_links where backfill_id = ?", (backfill_id,))
    conn.execute("update backfills set finished_at = ? where id = ?", (now, backfill_id))


def add_steps(
    conn: sqlite3.Connection, backfill_id: int, steps: Iterable[tuple[str, str, str | None]]
) -> None:
    """Add (kind, url, newest day); what is known already stays as it is."""
    conn.executemany(
        "insert into backfill_steps (backfill_id, kind, url, day) values (?, ?, ?, ?)"
        " on conflict (backfill_id, url) do nothing",
        [(backfill_id, *step) for step in steps],
    )


def next_step(conn: sqlite3.Connection, backfill_id: int, passed: Iterable[int]) -> Step | None:
    """The step that may hold the newest articles, of those that are not done."""
    row = conn.execute(
        "select * from backfill_steps where backfill_id = ? and done_at is null"
        " and id not in (select value from json_each(?))"
        " order by day is not null, day desc, id limit 1",
        (backfill_id, json.dumps(list(passed))),
    ).fetchone()
    return Step(**row) if row else None


def advance_step(
    conn: sqlite3.Connection,
    step: Step,
    *,
    next_url: str | None = None,
    day: str | None = None,
    done_at: str | None = None,
    problem: str | None = None,
) -> None:
    """Record that one more page of a step was read, and where it goes on."""
    conn.execute(
        "update backfill_steps set next_url = ?, day = coalesce(?, day), pages = pages + 1,"
        " done_at = ?, problem = ? where id = ?",
        (next_url, day, done_at, problem, step.id),
    )


def keep_links(
    conn: sqlite3.Connection, backfill_id: int, links: Iterable[tuple[Link, str | None]]
) -> int:
    """Keep links with their days for later, unless the source has them; return how many are new."""
    before = conn.total_changes
    conn.executemany(
        "insert into backfill_links"
        " (backfill_id, key, url, canonical_url, found_at, title_hint, date_hint, day)"
        " select :backfill_id, :key, :url, :canonical_url, :found_at, :title_hint, :date_hint, :day"
        " where not exists (select 1 from links where source_id = :source_id and key = :key)"
        " on conflict (backfill_id, key) do nothing",
        ({**asdict(link), "backfill_id": backfill_id, "day": day} for link, day in links),
    )
    return conn.total_changes - before


def release_links(conn: sqlite3.Connection, backfill: Backfill, limit: int) -> list[Link]:
    """Take the newest links out of waiting; the caller adds them to ``links`` and commits both."""
    rows = conn.execute(
        "select * from backfill_links where backfill_id = ? order by day desc, id limit ?",
        (backfill.id, limit),
    ).fetchall()
    conn.executemany("delete from backfill_links where id = ?", [(row["id"],) for row in rows])
    return [
        Link(
            source_id=backfill.source_id,
            url=row["url"],
            canonical_url=row["canonical_url"],
            key=row["key"],
            found_at=row["found_at"],
            title_hint=row["title_hint"],
            date_hint=row["date_hint"],
        )
        for row in rows
    ]


def count_waiting(conn: sqlite3.Connection, backfill_id: int) -> int:
    """How many links wait to be fetched."""
    row = conn.execute(
        "select count(*) from backfill_links where backfill_id = ?", (backfill_id,)
    ).fetchone()
    return int(row[0])
