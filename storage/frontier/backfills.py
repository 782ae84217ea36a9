"""How far a backfill has come: which sitemaps and listings it has read, and what it will fetch.

Links that a backfill found wait here and not in table ``links``, so that a live crawl never gets
years of them to do. ``release_links`` moves them over a few at a time, newest first, in one
transaction: killed at any instant a link waits in exactly one of the two tables.

Every method is one transaction; inside ``Archive.transaction`` several become one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.db.rows import record, values_of
from storage.records import Link

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.db.database import Database

_KEEP = """
insert into backfill_links
    (backfill_id, key, url, canonical_url, found_at, title_hint, date_hint, day)
select :backfill_id, :key, :url, :canonical_url, :found_at, :title_hint, :date_hint, :day
where not exists (
    select 1 from links where source_id = :source_id and key = :key
        and not (state = 'rejected' and attempts = 0))
on conflict (backfill_id, key) do nothing"""
_INHERIT = """
update or ignore backfill_links set backfill_id = ?
where backfill_id = ? and (day is null or day between ? and ?)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """One reading back of a source, over as many runs as it takes. Days are local, inclusive."""

    id: int
    source_id: str
    since: str
    until: str
    started_at: str
    finished_at: str | None = None
    handed_out_at: str | None = None
    """When it was left to the workers of a cluster; None: whoever runs it goes on by hand."""


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


class Backfills:
    """Tables ``backfills``, ``backfill_steps`` and ``backfill_links``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def open(self, source_id: str, since: str, until: str, now: str) -> Backfill:
        """Return the unfinished backfill of that period, or a new one.

        Unfinished ones of the source over other periods are given up; what they found within
        the new period is kept.
        """
        with self._db.transaction():
            rows = self._db.conn.execute(
                "select * from backfills where source_id = ? and finished_at is null order by id",
                (source_id,),
            ).fetchall()
            unfinished = [record(Backfill, row) for row in rows]
            for backfill in unfinished:
                if (backfill.since, backfill.until) == (since, until):
                    return backfill
            opened = self._begin(source_id, since, until, now)
            for backfill in unfinished:
                self._db.conn.execute(_INHERIT, (opened.id, backfill.id, since, until))
                self.finish(backfill, now)
        return opened

    def _begin(self, source_id: str, since: str, until: str, now: str) -> Backfill:
        cursor = self._db.conn.execute(
            "insert into backfills (source_id, since, until, started_at) values (?, ?, ?, ?)",
            (source_id, since, until, now),
        )
        return Backfill(
            id=int(cursor.lastrowid or 0),
            source_id=source_id,
            since=since,
            until=until,
            started_at=now,
        )

    def hand_out(self, backfill: Backfill, now: str) -> None:
        """Leave a backfill to the daemon, which has workers go on with it until its end."""
        with self._db.transaction():
            self._db.conn.execute(
                "update backfills set handed_out_at = ? where id = ?", (now, backfill.id)
            )

    def handed_out(self) -> list[Backfill]:
        """Return the unfinished ones that are left to the daemon, the oldest first."""
        rows = self._db.conn.execute(
            "select * from backfills where finished_at is null and handed_out_at is not null"
            " order by handed_out_at, id"
        )
        return [record(Backfill, row) for row in rows]

    def finish(self, backfill: Backfill, now: str) -> None:
        """End a backfill and forget what it kept for going on."""
        with self._db.transaction():
            self._db.conn.execute(
                "delete from backfill_links where backfill_id = ?", (backfill.id,)
            )
            self._db.conn.execute(
                "update backfills set finished_at = ? where id = ?", (now, backfill.id)
            )

    def add_steps(self, backfill: Backfill, steps: Iterable[tuple[str, str, str | None]]) -> None:
        """Add (kind, url, newest day); what is known already stays as it is."""
        with self._db.transaction():
            self._db.conn.executemany(
                "insert into backfill_steps (backfill_id, kind, url, day) values (?, ?, ?, ?)"
                " on conflict (backfill_id, url) do nothing",
                [(backfill.id, kind, url, day) for kind, url, day in steps],
            )

    def next_step(self, backfill: Backfill, passed: Iterable[int]) -> Step | None:
        """Return the step that may hold the newest articles, of those that are not done.

        ``passed`` holds ids of steps that are left to another run.
        """
        row = self._db.conn.execute(
            "select * from backfill_steps where backfill_id = ? and done_at is null"
            " and id not in (select value from json_each(?))"
            " order by day is not null, day desc, id limit 1",
            (backfill.id, json.dumps(list(passed))),
        ).fetchone()
        return None if row is None else record(Step, row)

    def advance(
        self,
        step: Step,
        *,
        next_url: str | None = None,
        day: str | None = None,
        done_at: str | None = None,
        problem: str | None = None,
    ) -> None:
        """Record that one more page of a step was read, and where it goes on."""
        with self._db.transaction():
            self._db.conn.execute(
                "update backfill_steps set next_url = ?, day = coalesce(?, day),"
                " pages = pages + 1, done_at = ?, problem = ? where id = ?",
                (next_url, day, done_at, problem, step.id),
            )

    def keep_links(self, backfill: Backfill, links: Iterable[tuple[Link, str | None]]) -> int:
        """Keep links with their days, unless the source has them; return how many are new.

        Those it has put aside for want of room are asked for now, too.
        """
        with self._db.transaction():
            before = self._db.conn.total_changes
            self._db.conn.executemany(
                _KEEP,
                (
                    {**values_of(link), "backfill_id": backfill.id, "day": day}
                    for link, day in links
                ),
            )
            return self._db.conn.total_changes - before

    def release_links(self, backfill: Backfill, limit: int) -> list[Link]:
        """Take the newest links out of waiting.

        The caller adds them to ``links`` in the same transaction.
        """
        with self._db.transaction():
            rows = self._db.conn.execute(
                "select * from backfill_links where backfill_id = ? order by day desc, id limit ?",
                (backfill.id, limit),
            ).fetchall()
            self._db.conn.executemany(
                "delete from backfill_links where id = ?", [(row["id"],) for row in rows]
            )
        return [record(Link, row, source_id=backfill.source_id, id=None) for row in rows]

    def count_waiting(self, backfill: Backfill) -> int:
        """Return how many links wait to be fetched."""
        row = self._db.conn.execute(
            "select count(*) from backfill_links where backfill_id = ?", (backfill.id,)
        ).fetchone()
        return int(row[0])
