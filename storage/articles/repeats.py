"""Lines that a source repeats on many of its pages, kept once they are learnt.

They leave the articles as soon as they are known, so the articles alone could not show them for
long: what was learnt stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.db.database import Database


class Repeats:
    """Table ``repeated_lines``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def known(self, source_id: str) -> frozenset[str]:
        """Return the fingerprints of a source's repeated lines."""
        rows = self._db.conn.execute(
            "select fingerprint from repeated_lines where source_id = ?", (source_id,)
        )
        return frozenset(row["fingerprint"] for row in rows)

    def keep(self, source_id: str, lines: Mapping[str, str], learnt_at: str) -> None:
        """Add lines: fingerprint -> the line as it stood."""
        with self._db.transaction():
            self._db.conn.executemany(
                "insert or ignore into repeated_lines (source_id, fingerprint, line, learnt_at)"
                " values (?, ?, ?, ?)",
                [(source_id, fingerprint, line, learnt_at) for fingerprint, line in lines.items()],
            )
