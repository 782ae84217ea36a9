"""Lines that a source repeats on many of its pages, kept once they are learnt.

They leave the articles as soon as they are known, so the articles alone could not tell them for
long: what was learnt stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping


def add_repeated_lines(conn: sqlite3.Connection) -> None:
    """Migration: the lines of each source that are no text of its articles."""
    conn.execute(
        """
create table repeated_lines (
    source_id text not null references sources (id),
    fingerprint text not null,
    line text not null,
    learnt_at text not null,
    primary key (source_id, fingerprint)
) without rowid"""
    )


def repeated_lines(conn: sqlite3.Connection, source_id: str) -> frozenset[str]:
    """Return the fingerprints of a source's repeated lines."""
    rows = conn.execute(
        "select fingerprint from repeated_lines where source_id = ?", (source_id,)
    ).fetchall()
    return frozenset(row[0] for row in rows)


def keep_repeated_lines(
    conn: sqlite3.Connection, source_id: str, lines: Mapping[str, str], learnt_at: str
) -> None:
    """Add lines, fingerprint -> the line as it stood; the caller holds the transaction."""
    conn.executemany(
        "insert or ignore into repeated_lines (source_id, fingerprint, line, learnt_at)"
        " values (?, ?, ?, ?)",
        [(source_id, fingerprint, line, learnt_at) for fingerprint, line in lines.items()],
    )
