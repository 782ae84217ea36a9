"""What a delivery must be before a row of it is believed. A worker may be broken, or not ours.

Its schema is that of a fresh archive, to the letter: no trigger, view or generated column of
somebody else runs here. No instant lies ahead of our clock. Each capture has its digest.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from storage.db.connections import explain
from storage.db.upgrade import migrate
from storage.errors import ArchiveUnusable
from storage.instants import add_seconds
from storage.integrity import check_captures

if TYPE_CHECKING:
    from storage.db.database import Database

AHEAD = 600.0
"""Seconds by which the clock of another machine may be ahead of ours."""
_SCHEMA = """
select type, name, tbl_name, sql from sqlite_master
where name not glob 'sqlite_stat*' and tbl_name not glob 'sqlite_stat*'"""
_GUARDS = ("pragma trusted_schema = off", "pragma cell_size_check = on")
_INSTANTS = {
    "articles": ("first_seen_at", "last_seen_at", "gone_at"),
    "captures": ("fetched_at",),
    "links": ("found_at", "refused_at"),
    "runs": ("started_at", "finished_at"),
    "seeds": ("polled_at",),
}
"""Table -> its columns that tell what has happened, and so when."""
_PROCESS = re.compile(r"[0-9]{1,10} [^\n]{0,100}", re.ASCII)


def vet(other: Database, *, now: str) -> None:
    """Raise ArchiveUnusable, one sentence, where an archive from elsewhere is not to be read."""
    try:
        for guard in _GUARDS:
            other.conn.execute(guard)
        trouble = (
            _find_foreign_schema(other.conn)
            or _find_future(other.conn, add_seconds(now, AHEAD))
            or _find_foreign_process(other.conn)
            or next((str(problem) for problem in check_captures(other)), "")
        )
    except (sqlite3.Error, UnicodeError) as error:
        raise explain(error, other.path) from error
    if trouble:
        raise ArchiveUnusable(f"{other.path}: {trouble}; nothing was merged")


def _find_foreign_schema(conn: sqlite3.Connection) -> str:
    if strange := _read_schema(conn) ^ _our_schema():
        return f"its schema is not ours ({', '.join(sorted({row[1] for row in strange})[:5])})"
    return ""


@cache
def _our_schema() -> frozenset[tuple[str, ...]]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        conn.execute("begin")
        migrate(conn, Path(":memory:"))
        return _read_schema(conn)


def _read_schema(conn: sqlite3.Connection) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(row) for row in conn.execute(_SCHEMA))


def _find_future(conn: sqlite3.Connection, limit: str) -> str:
    for table, columns in _INSTANTS.items():
        for column in columns:
            latest = conn.execute(f"select max({column}) from {table}").fetchone()[0]  # noqa: S608
            if latest is not None and str(latest) > limit:
                return f"{table}.{column} says {str(latest)[:20]}, which lies ahead of our clock"
    return ""


def _find_foreign_process(conn: sqlite3.Connection) -> str:
    for (process,) in conn.execute("select process from runs where process is not null"):
        if not _PROCESS.fullmatch(str(process)):
            return "a run names a process that is none"
    return ""
