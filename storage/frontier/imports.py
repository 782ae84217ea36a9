"""How far imports of other archives have come: one row a file or query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.db.rows import record

if TYPE_CHECKING:
    from storage.db.database import Database

_BEGIN = """
insert into imports (name, scope, started_at) values (:name, :scope, :now)
on conflict (name, scope) do nothing"""
_NOTE = "update imports set place = ?, records = records + ?, pages = pages + ? where id = ?"
_AGAIN = """
update imports set place = '', records = 0, pages = 0, started_at = ?, finished_at = null
where id = ?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One reading of a file, or of what another archive has of a host."""

    id: int
    name: str
    """What is read: a file's name with its size, an address, a query."""
    scope: str
    """What was wanted of it: another selection reads it from its begin."""
    place: str
    """Where to go on: an offset, a page, a resume key; empty: at the begin."""
    records: int
    pages: int
    """Records of ours among them."""
    started_at: str
    finished_at: str | None = None


class Imports:
    """Table ``imports``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def begin(self, name: str, scope: str, *, now: str) -> Import:
        """Return how far an import has come; one never begun begins now."""
        with self._db.transaction():
            self._db.conn.execute(_BEGIN, {"name": name, "scope": scope, "now": now})
            row = self._db.conn.execute(
                "select * from imports where name = ? and scope = ?", (name, scope)
            ).fetchone()
        return record(Import, row)

    def note(self, import_id: int, *, place: str, records: int, pages: int) -> None:
        """Record the place to go on at, and how many more records and pages were read."""
        with self._db.transaction():
            self._db.conn.execute(_NOTE, (place, records, pages, import_id))

    def finish(self, import_id: int, *, now: str) -> None:
        """Record that all was read."""
        with self._db.transaction():
            self._db.conn.execute(
                "update imports set finished_at = ? where id = ?", (now, import_id)
            )

    def start_over(self, import_id: int, *, now: str) -> None:
        """Forget how far it has come: it is read from its begin."""
        with self._db.transaction():
            self._db.conn.execute(_AGAIN, (now, import_id))
