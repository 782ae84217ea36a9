"""The health of sources as it was judged last, and what people were told of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from storage.db.rows import record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.db.database import Database

_PUT = """
insert into health (source_id, state, since, why, checked_at, told, capture_id)
values (:source_id, :state, :since, :why, :checked_at, :told, :capture_id)
on conflict (source_id) do update set state = excluded.state, since = excluded.since,
    why = excluded.why, checked_at = excluded.checked_at, told = excluded.told,
    capture_id = excluded.capture_id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthRow:
    """A row of table ``health``. Instants are UTC with ``Z``."""

    source_id: str
    state: str
    since: str
    """When the source came into this state."""
    why: str
    checked_at: str
    told: str | None = None
    """The state that people were told last; None: nothing was told yet, so it counts as ok."""
    capture_id: int | None = None
    """The page that could not be read, where there is one."""


class Health:
    """Table ``health``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, source_id: str) -> HealthRow | None:
        """Return the verdict on a source that was kept last, or None."""
        row = self._db.conn.execute(
            "select * from health where source_id = ?", (source_id,)
        ).fetchone()
        return None if row is None else record(HealthRow, row)

    def put(self, row: HealthRow) -> None:
        """Keep a verdict in place of the one before."""
        with self._db.transaction():
            self._db.conn.execute(_PUT, asdict(row))

    def mark_told(self, states: Iterable[tuple[str, str]]) -> None:
        """Record that people were told of states, given as (source id, state)."""
        with self._db.transaction():
            self._db.conn.executemany(
                "update health set told = ? where source_id = ?",
                [(state, source_id) for source_id, state in states],
            )

    def states(self) -> dict[str, str]:
        """Return source id -> state, of every source that was judged."""
        return {
            row[0]: row[1] for row in self._db.conn.execute("select source_id, state from health")
        }
