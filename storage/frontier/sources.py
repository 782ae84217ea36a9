"""The outlets the archive knows, mirrored from their source files."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from storage.db.rows import record
from storage.records import SourceRow

if TYPE_CHECKING:
    from storage.db.database import Database

_PUT = """
insert into sources (id, name, kind, province, province_before_2025, homepage, status)
values (:id, :name, :kind, :province, :province_before_2025, :homepage, :status)
on conflict (id) do update set name = excluded.name, kind = excluded.kind,
    province = excluded.province, province_before_2025 = excluded.province_before_2025,
    homepage = excluded.homepage, status = excluded.status"""
_PROVINCES = """
select province from sources
union
select province_before_2025 from sources where province_before_2025 is not null
order by 1"""


class Sources:
    """Table ``sources``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, row: SourceRow) -> None:
        """Mirror a source file: insert the outlet or bring its row up to date."""
        with self._db.transaction():
            self._db.conn.execute(_PUT, asdict(row))

    def get(self, source_id: str) -> SourceRow | None:
        """Return an outlet by its id, or None."""
        row = self._db.conn.execute("select * from sources where id = ?", (source_id,)).fetchone()
        return None if row is None else record(SourceRow, row)

    def all(self) -> list[SourceRow]:
        """Return all outlets, by id."""
        rows = self._db.conn.execute("select * from sources order by id")
        return [record(SourceRow, row) for row in rows]

    def provinces(self) -> list[str]:
        """Return the names of all provinces, of today and of before July 2025, sorted."""
        return [row[0] for row in self._db.conn.execute(_PROVINCES)]
