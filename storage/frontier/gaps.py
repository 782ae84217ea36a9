"""What a source may have published between two polls without our seeing it.

A gap is recorded, never guessed away: which seed, from when to when. A backfill closes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.db.rows import record

if TYPE_CHECKING:
    from storage.db.database import Database
    from storage.records import SeedState


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
    """When a backfill went over it, or its pages proved to be known ones at other addresses."""


_WITHDRAW_MET = """
update gaps set closed_at = :now
where source_id = :source and closed_at is null and found_at >= :since and exists (
    select 1 from links as shown
    join links as known on known.article_id = shown.article_id
    where shown.source_id = :source and shown.found_at >= :since
        and shown.seed_id = gaps.seed_id and shown.state = 'stored'
        and known.id <> shown.id and known.found_at <= gaps.begin_at)"""


class Gaps:
    """Table ``gaps``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def open(self, seed: SeedState, *, begin_at: str, end_at: str, found_at: str) -> None:
        """Record a time in which a seed may have shown articles that we never saw."""
        with self._db.transaction():
            self._db.conn.execute(
                "insert into gaps (source_id, seed_id, begin_at, end_at, found_at)"
                " values (?, ?, ?, ?, ?)",
                (seed.source_id, seed.id, begin_at, end_at, found_at),
            )

    def close(self, source_id: str, *, begin_at: str, end_at: str, now: str) -> int:
        """Close the gaps that lie wholly between two instants; return how many."""
        with self._db.transaction():
            cursor = self._db.conn.execute(
                "update gaps set closed_at = ? where source_id = ? and closed_at is null"
                " and begin_at >= ? and end_at <= ?",
                (now, source_id, begin_at, end_at),
            )
        return cursor.rowcount

    def withdraw(self, source_id: str, *, found_since: str, now: str) -> int:
        """Close the gaps found since an instant, which were none; return how many."""
        with self._db.transaction():
            cursor = self._db.conn.execute(
                "update gaps set closed_at = ? where source_id = ? and closed_at is null"
                " and found_at >= ?",
                (now, source_id, found_since),
            )
        return cursor.rowcount

    def withdraw_met(self, source_id: str, *, found_since: str, now: str) -> int:
        """Close the gaps found since then whose seed showed again what it led to before, at
        another address: nothing lies between. Return how many."""
        values = {"source": source_id, "since": found_since, "now": now}
        with self._db.transaction():
            return self._db.conn.execute(_WITHDRAW_MET, values).rowcount

    def unclosed(self, source_id: str) -> list[Gap]:
        """Return the gaps of a source that nothing has closed, oldest first.

        An archive of before this table was added has none.
        """
        if not self._db.has_table("gaps"):
            return []
        rows = self._db.conn.execute(
            "select * from gaps where source_id = ? and closed_at is null order by begin_at, id",
            (source_id,),
        )
        return [record(Gap, row) for row in rows]
