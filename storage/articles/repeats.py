"""Lines, titles, leads and dates that a source repeats on many pages, kept once they are learnt.

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

    def learnt_since(self, source_id: str, instant: str) -> dict[str, list[str]]:
        """Return what was learnt since then: ``title``, ``lead``, ``date`` or ``line`` -> texts."""
        rows = self._db.conn.execute(
            "select fingerprint, line from repeated_lines where source_id = ? and learnt_at >= ?"
            " order by learnt_at, fingerprint",
            (source_id, instant),
        )
        found: dict[str, list[str]] = {}
        for fingerprint, line in rows:
            kind = fingerprint.partition(":")[0] if ":" in fingerprint else "line"
            found.setdefault(kind, []).append(line)
        return found

    def keep(self, source_id: str, lines: Mapping[str, str], learnt_at: str) -> None:
        """Add lines: fingerprint -> the line as it stood."""
        with self._db.transaction():
            self._db.conn.executemany(
                "insert or ignore into repeated_lines (source_id, fingerprint, line, learnt_at)"
                " values (?, ?, ?, ?)",
                [(source_id, fingerprint, line, learnt_at) for fingerprint, line in lines.items()],
            )
