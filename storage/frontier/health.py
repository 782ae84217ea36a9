"""The health of sources as it was judged last, its causes, and what people were told of it."""

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

_PUT_TROUBLE = """
insert into troubles (source_id, cause, state, since, why, told, ended_at)
values (:source_id, :cause, :state, :since, :why, :told, :ended_at)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthRow:
    """A row of table ``health``. Instants are UTC with ``Z``."""

    source_id: str
    state: str
    since: str
    """When the gravest trouble began; where there is none, when the source came to be ok."""
    why: str
    checked_at: str
    told: str | None = None
    """The state that people were told last; None: nothing was told yet, so it counts as ok."""
    capture_id: int | None = None
    """The page that could not be read, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTrouble:
    """A row of table ``troubles``: one cause for which a source is not ok, or was until now."""

    source_id: str
    cause: str
    """A word that stays the same while the trouble lasts."""
    state: str
    since: str
    why: str
    told: str | None = None
    """The state in which people were told of it; None: they were not."""
    ended_at: str | None = None
    """When it was seen to be over; the row goes when people know."""


class Health:
    """Tables ``health`` and ``troubles``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, source_id: str) -> HealthRow | None:
        """Return the verdict on a source that was kept last, or None."""
        row = self._db.conn.execute(
            "select * from health where source_id = ?", (source_id,)
        ).fetchone()
        return None if row is None else record(HealthRow, row)

    def troubles(self, source_id: str) -> list[KeptTrouble]:
        """Return the troubles of a source that were kept last, in the order they were given.

        An archive of before this table was added has none.
        """
        if not self._db.has_table("troubles"):
            return []
        rows = self._db.conn.execute(
            "select * from troubles where source_id = ? order by rowid", (source_id,)
        )
        return [record(KeptTrouble, row) for row in rows]

    def put(self, row: HealthRow, troubles: Iterable[KeptTrouble] = ()) -> None:
        """Keep a verdict and its troubles in place of those before."""
        with self._db.transaction():
            self._db.conn.execute(_PUT, asdict(row))
            self._db.conn.execute("delete from troubles where source_id = ?", (row.source_id,))
            self._db.conn.executemany(_PUT_TROUBLE, [asdict(each) for each in troubles])

    def mark_told(self, source_id: str, state: str) -> None:
        """Record that people know the state of a source, its troubles, and which are over."""
        with self._db.transaction():
            self._db.conn.execute(
                "update health set told = ? where source_id = ?", (state, source_id)
            )
            self._db.conn.execute(
                "delete from troubles where source_id = ? and ended_at is not null", (source_id,)
            )
            self._db.conn.execute(
                "update troubles set told = state where source_id = ?", (source_id,)
            )

    def states(self) -> dict[str, str]:
        """Return source id -> state, of every source that was judged."""
        return {
            row[0]: row[1] for row in self._db.conn.execute("select source_id, state from health")
        }
