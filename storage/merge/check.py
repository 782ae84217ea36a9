"""Whether one archive may be merged into another: asked before anything is changed."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from storage.db.connections import explain
from storage.db.upgrade import is_current
from storage.errors import ArchiveError, ArchiveUnusable
from storage.integrity import check_rows
from storage.warc.files import find_file

if TYPE_CHECKING:
    from pathlib import Path

    from storage.db.database import Database


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
