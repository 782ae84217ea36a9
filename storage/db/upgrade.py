"""Which migration steps an archive has seen, and the others applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.db.migrations import STEPS
from storage.errors import ArchiveFromFuture, ArchiveUnusable

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

SET = "baotinh"
"""The name of our steps in table ``_sqlite_migrations``."""


def is_current(conn: sqlite3.Connection, path: Path) -> bool:
    """Say whether every step has been applied.

    Raise ArchiveFromFuture when a newer version has been here, and ArchiveUnusable when the
    database is somebody else's.
    """
    applied = _applied(conn)
    if not applied and _tables(conn):
        raise ArchiveUnusable(f"{path} is an SQLite database, but no archive of Báo Tỉnh")
    if unknown := applied - STEPS.keys():
        raise ArchiveFromFuture(
            f"{path} was written by a newer version of Báo Tỉnh"
            f" (it knows {', '.join(sorted(unknown))}): upgrade to open it"
        )
    return applied == STEPS.keys()


def migrate(conn: sqlite3.Connection, path: Path) -> None:
    """Apply the steps that are due. The caller holds the write lock (BEGIN IMMEDIATE)."""
    if is_current(conn, path):
        return
    from sqlite_utils import Database, Migrations

    migrations = Migrations(SET)
    for name, step in STEPS.items():
        migrations(name=name)(_on_connection(step))
    migrations.apply(Database(conn, execute_plugins=False))


def _on_connection(step: Callable[[sqlite3.Connection], None]) -> Callable[..., None]:
    return lambda db: step(db.conn)


def _applied(conn: sqlite3.Connection) -> set[str]:
    if "_sqlite_migrations" not in _tables(conn):
        return set()
    rows = conn.execute("select name from _sqlite_migrations where migration_set = ?", (SET,))
    return {row[0] for row in rows}


def _tables(conn: sqlite3.Connection) -> set[str]:
    return {row[0] for row in conn.execute("select name from sqlite_master where type = 'table'")}
