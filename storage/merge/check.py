"""Whether one archive may be merged into another: asked before anything is changed.

A delivery is vetted besides, as a worker may be broken, or not ours: its schema is that of a fresh
archive, to the letter, so that no trigger, view or generated column of somebody else runs here; no
instant lies ahead of our clock; each capture has its digest; and each value is such as ours could
be: SQLite keeps a word in a column of numbers, and any text where a list or an instant is meant.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from storage.db.connections import explain
from storage.db.database import is_current, migrate
from storage.db.forms import CRAWLED, find_strange
from storage.errors import ArchiveError, ArchiveUnusable
from storage.instants import add_seconds
from storage.integrity import check_captures, check_rows
from storage.warc.files import find_file

if TYPE_CHECKING:
    from collections.abc import Iterator

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
_LOOSE = {("articles", name) for name in ("published_on", "published_at", "modified_at")}
"""What pages tell, which is checked where it is read: an article is not refused for its day."""


def check_apart(path: Path, other: Path) -> None:
    """Raise ArchiveError where both are one file."""
    if path.samefile(other):
        raise ArchiveError(f"{other} is the archive itself: name another one")


def check_source(other: Database) -> None:
    """Raise ArchiveError where an archive cannot be taken from: read as a whole, row by row."""
    try:
        if not is_current(other.conn, other.path):
            raise ArchiveUnusable(
                f"{other.path} was written by an older version of Báo Tỉnh, nothing was merged:"
                " any command that writes, such as `baotinh crawl`, upgrades it"
            )
        if table := _find_other_columns(other.conn):
            raise ArchiveUnusable(
                f"{other.path} has other columns in its table {table} than an archive of this"
                " version, nothing was merged: somebody changed them"
            )
        # SQLite heads what it finds with the name of the database.
        problem = next((p for p in check_rows(other.conn) if not p.what.startswith("***")), None)
        if problem is not None:
            raise ArchiveUnusable(f"{other.path} is damaged, nothing was merged: {problem}")
        file = other.conn.execute("select file from captures limit 1").fetchone()
    except (sqlite3.Error, UnicodeError) as error:
        raise explain(error, other.path) from error
    if file and not _has_any(other):
        raise ArchiveUnusable(
            f"{other.captures_dir} holds none of the captures of {other.path}, nothing was merged:"
            " put them there"
        )


def check_sources_agree(mine: Database, other: Database) -> None:
    """Raise ArchiveError where the archives mean two different outlets by one id."""
    here = _homepages(mine.conn)
    for source, homepage in _homepages(other.conn).items():
        known = here.get(source, homepage)
        if _host(known) == _host(homepage):
            continue
        ours, theirs = _hosts(mine.conn, source), _hosts(other.conn, source)
        if not (ours | {_host(known)}) & (theirs | {_host(homepage)}):
            raise ArchiveError(
                f"{source} is {_host(known)} in {mine.path} and {_host(homepage)} in {other.path},"
                " nothing was merged: give one of the two outlets another id"
            )


def vet(other: Database, *, now: str) -> None:
    """Raise ArchiveUnusable, one sentence, where an archive from elsewhere is not to be read."""
    try:
        for guard in _GUARDS:
            other.conn.execute(guard)
        trouble = (
            _find_foreign_schema(other.conn)
            or _find_future(other.conn, add_seconds(now, AHEAD))
            or _find_foreign_process(other.conn)
            or _find_strange_value(other.conn)
            or next((str(problem) for problem in check_captures(other)), "")
        )
    except (sqlite3.Error, UnicodeError) as error:
        raise explain(error, other.path) from error
    if trouble:
        raise ArchiveUnusable(f"{other.path}: {trouble}; nothing was merged")


def _has_any(other: Database) -> bool:
    files = other.conn.execute("select distinct file from captures")
    return any(find_file(other.captures_dir, row[0]).exists() for row in files)


def _homepages(conn: sqlite3.Connection) -> dict[str, str]:
    return {row["id"]: row["homepage"] for row in conn.execute("select id, homepage from sources")}


def _hosts(conn: sqlite3.Connection, source: str) -> set[str]:
    """Return the hosts of a source's links: a paper that moved has its former ones there."""
    rows = conn.execute("select canonical_url from links where source_id = ?", (source,))
    return {_host(row[0]) for row in rows}


def _host(url: str) -> str:
    try:
        return (urlsplit(url).netloc or url).lower().removeprefix("www.")
    except ValueError:
        return url


def _find_foreign_schema(conn: sqlite3.Connection) -> str:
    if strange := _read_schema(conn) ^ _our_schema():
        return f"its schema is not ours ({', '.join(sorted({row[1] for row in strange})[:5])})"
    return ""


def _find_other_columns(conn: sqlite3.Connection) -> str:
    """Return the first table of what is merged whose columns are not ours; empty: none."""
    ours = _our_columns()
    return next((table for table in CRAWLED if _read_columns(conn, table) != ours[table]), "")


@cache
def _our_columns() -> dict[str, frozenset[tuple[str, int]]]:
    with _our_archive() as conn:
        return {table: _read_columns(conn, table) for table in CRAWLED}


def _read_columns(conn: sqlite3.Connection, table: str) -> frozenset[tuple[str, int]]:
    """Return the name of each column, and whether it may be null."""
    rows = conn.execute('select name, "notnull" from pragma_table_info(?)', (table,))
    return frozenset((str(row[0]), int(row[1])) for row in rows)


@cache
def _our_schema() -> frozenset[tuple[str, ...]]:
    with _our_archive() as conn:
        return _read_schema(conn)


@contextmanager
def _our_archive() -> Iterator[sqlite3.Connection]:
    """Open an empty archive in memory, of this version."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        conn.execute("begin")
        migrate(conn, Path(":memory:"))
        yield conn


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


def _find_strange_value(conn: sqlite3.Connection) -> str:
    """Return the first value that no archive of ours has, as half a sentence; empty: none."""
    strange = next(find_strange(conn, but=_LOOSE), None)
    return "" if strange is None else f"{strange.table}.{strange.column} holds what no crawl writes"
