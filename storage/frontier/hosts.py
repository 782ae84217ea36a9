"""What hosts told us about when to come back."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from storage.db.rows import record
from storage.records import HostState

if TYPE_CHECKING:
    from storage.db.database import Database

_PUT = """
insert into hosts (host, not_before, failures, reason)
values (:host, :not_before, :failures, :reason)
on conflict (host) do update set not_before = excluded.not_before,
    failures = excluded.failures, reason = excluded.reason"""


class Hosts:
    """Table ``hosts``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, host: str) -> HostState | None:
        """Return what is known of a host, or None."""
        row = self._db.conn.execute("select * from hosts where host = ?", (host,)).fetchone()
        return None if row is None else record(HostState, row)

    def put(self, state: HostState) -> None:
        """Record what is now known of a host."""
        with self._db.transaction():
            self._db.conn.execute(_PUT, asdict(state))
