"""What a clock wrote that was ahead, brought back to now: it cannot be later than that.

Only what decides something: when a page is visited again, which of two texts is the later one,
since when a seed is empty or fails. Runs, captures and revisions keep what their clock said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.instants import SKEW, add_seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.db.database import Database

_RUNS = 5
"""Newest runs among which one of a clock that was ahead is looked for: the first run by a right
clock sees it."""
_WAS_AHEAD = """
select 1 from (select * from runs where source_id = :source order by id desc limit :most)
where started_at > :limit or finished_at > :limit limit 1"""
_SEEN = """
select id, key from articles where source_id = :source and (last_seen_at > :limit
    or gone_at > :limit)"""
_SEE_NOW = """
update articles set last_seen_at = min(last_seen_at, :now), gone_at = min(gone_at, :now)
where id = :id"""
_LINKS = """
select id, found_at from links
where article_id = :id and key = :key and source_id = :source and state = 'stored'"""
_STEERING = (
    "update links set found_at = :now where source_id = :source and found_at > :limit",
    """update seeds set fruitful_at = min(fruitful_at, :now), complete_at = min(complete_at, :now),
        missed_since = min(missed_since, :now), vacant_since = min(vacant_since, :now)
    where source_id = :source""",
    "update gaps set found_at = :now where source_id = :source and found_at > :limit",
)


class Ahead:
    """Instants of one source that lie in the future."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def bring_back(self, source_id: str, now: str, plan: Callable[[str, str], str | None]) -> int:
        """Bring them back to ``now``, and plan the visits anew; return of how many articles.

        ``plan`` gets when a page was found, and ``now``, and returns when to visit it. Nothing is
        looked at where no run of late was ahead.
        """
        values = {"source": source_id, "now": now, "limit": add_seconds(now, SKEW), "most": _RUNS}
        conn = self._db.conn
        if conn.execute(_WAS_AHEAD, values).fetchone() is None:
            return 0
        with self._db.transaction():
            for sql in _STEERING:
                conn.execute(sql, values)
            seen = conn.execute(_SEEN, values).fetchall()
            for id_, key in seen:
                article = values | {"id": id_, "key": key}
                conn.execute(_SEE_NOW, article)
                conn.executemany(
                    "update links set next_try_at = ? where id = ?",
                    [(plan(found, now), link) for link, found in conn.execute(_LINKS, article)],
                )
        return len(seen)
