"""The archive's history of shapes, applied by ``sqlite_utils.Migrations``.

A step is added at the end of ``STEPS`` and never changed afterwards. Steps and sqlite-utils
are imported only when a step is due, so that an up-to-date archive opens at once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from storage.errors import ArchiveFromFuture, ArchiveUnusable

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

SET = "baotinh"
"""Name of our migrations in table ``_sqlite_migrations``."""


def create_archive(conn: sqlite3.Connection) -> None:
    """Create all tables, indexes and views, and the full-text index."""
    from storage.db.schema import INDEXES, TABLES, VIEWS
    from storage.search.index import create_index

    for statement in (*TABLES, *INDEXES):
        conn.execute(statement)
    create_index(conn)
    for statement in VIEWS:
        conn.execute(statement)


def add_seed_reasons(conn: sqlite3.Connection) -> None:
    """Migration: the word for how a seed's last poll failed, beside its sentence."""
    conn.execute("alter table seeds add column last_reason text")


STEPS = {
    "create_archive": "storage.db.migrations",
    "add_discovery_memory": "storage.frontier.gaps",
    "add_backfills": "storage.frontier.backfills",
    "add_watches": "storage.watches",
    "add_repeated_lines": "storage.articles.repeats",
    "add_seed_reasons": "storage.db.migrations",
}
"""Step -> the module that has a function of this name, in the order of their history."""


def is_current(conn: sqlite3.Connection, path: Path) -> bool:
    """Say whether every step has been applied.

    Raises ArchiveFromFuture when a newer version has been here, and ArchiveUnusable when the
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
    for name in STEPS:
        migrations(name=name)(_on_connection(find_step(name)))
    migrations.apply(Database(conn, execute_plugins=False))


def find_step(name: str) -> Callable[[sqlite3.Connection], None]:
    """Return the function of a step."""
    step: Callable[[sqlite3.Connection], None] = getattr(importlib.import_module(STEPS[name]), name)
    return step


def _on_connection(step: Callable[[sqlite3.Connection], None]) -> Callable[..., None]:
    return lambda db: step(db.conn)


def _applied(conn: sqlite3.Connection) -> set[str]:
    if "_sqlite_migrations" not in _tables(conn):
        return set()
    rows = conn.execute("select name from _sqlite_migrations where migration_set = ?", (SET,))
    return {row[0] for row in rows}


def _tables(conn: sqlite3.Connection) -> set[str]:
    return {row[0] for row in conn.execute("select name from sqlite_master where type = 'table'")}
