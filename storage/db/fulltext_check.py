"""Whether the full-text index agrees with the articles, asked without the archive's write lock.

FTS5 checks itself by a statement that counts as a write: on a large index it would keep every other
writer waiting for a minute. So each of the index's tables is copied into the connection's temporary
database, as it is at one instant, and checked there. The copy takes as much space for a while as
the largest table does, where SQLite keeps temporary files (``SQLITE_TMPDIR``, ``/var/tmp``, ...).
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from storage.db.fulltext import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

_CREATE = "select sql from main.sqlite_master where name = ?"
_PARTS = """
select substr(name, length(:table) + 1) from main.sqlite_master
where type = 'table' and name in (:table || '_data', :table || '_idx', :table || '_docsize')"""
_CONTENT = re.compile(r"content='(\w+)'")
_COPY, _SOURCE = "checked", "checked_source"


def find_disagreements(conn: sqlite3.Connection) -> list[str]:
    """Return the names of the index's tables that do not agree with ``articles``.

    Reads the whole index. Not for use inside a transaction. Raise sqlite3.OperationalError where
    there is no space for the copy.
    """
    with _temporary_files(conn):
        conn.execute("begin")
        try:
            return [table for table in TABLES if not _is_whole(conn, table)]
        finally:
            conn.execute("rollback")


@contextmanager
def _temporary_files(conn: sqlite3.Connection) -> Iterator[None]:
    """Keep temporary tables in files for a while, since an index may be larger than the memory."""
    (before,) = conn.execute("pragma temp_store").fetchone()
    conn.execute("pragma temp_store = file")
    try:
        yield
    finally:
        conn.execute(f"pragma temp_store = {before}")


def _is_whole(conn: sqlite3.Connection, table: str) -> bool:
    _copy(conn, table)
    try:
        conn.execute(
            f"insert into temp.{_COPY} ({_COPY}, rank)"  # noqa: S608 - our own names
            " values ('integrity-check', 1)"
        )
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise
        return False
    finally:
        conn.execute(f"drop table temp.{_COPY}")
        conn.execute(f"drop view temp.{_SOURCE}")
    return True


def _copy(conn: sqlite3.Connection, table: str) -> None:
    """Make a full-text table in the temporary database that has the index of another."""
    sql: str = conn.execute(_CREATE, (table,)).fetchone()[0]
    content = _CONTENT.search(sql)
    source = content[1] if content else table
    conn.execute(f"create view temp.{_SOURCE} as select * from main.{source}")  # noqa: S608
    using = _CONTENT.sub(f"content='{_SOURCE}'", sql[sql.lower().index("using") :])
    conn.execute(f"create virtual table temp.{_COPY} {using}")
    for (part,) in conn.execute(_PARTS, {"table": table}).fetchall():
        conn.execute(f"delete from temp.{_COPY}{part}")  # noqa: S608
        conn.execute(
            f"insert into temp.{_COPY}{part} select * from main.{table}{part}"  # noqa: S608
        )
