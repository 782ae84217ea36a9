"""A copy of the archive taken while others write, checked before it counts."""

from __future__ import annotations

import glob
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.db.connections import connect_reading, explain
from storage.db.fulltext import find_broken_tables
from storage.errors import ArchiveError, ArchiveUnusable
from storage.evidence.files import copy_evidence
from storage.frontier.runs import has_pid
from storage.warc.copies import copy_file, sync
from storage.warc.files import OPEN
from storage.warc.repair import last_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPARE = 16 * 1024 * 1024
"""Bytes that must stay free beside the copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A finished and checked copy."""

    path: Path
    size: int
    articles: int
    captures: int


def back_up(path: Path, target: Path) -> Backup:
    """Copy the database at ``path`` to the file ``target``, as of one instant.

    Writers go on meanwhile. The copy is made under another name, checked (integrity, foreign
    keys, full-text index) and only then renamed, so what stood at ``target`` is replaced by a
    good copy or not at all. Raise ArchiveError.
    """
    partial = _prepare(path, target)
    source = connect_reading(path)
    try:
        _copy(source, partial)
        articles, captures = _check(partial)
        size = partial.stat().st_size
        partial.replace(target)
        sync(target.parent)
    except sqlite3.Error as error:
        raise explain(error, path) from error
    except OSError as error:
        raise ArchiveUnusable(f"{target} cannot be written: {error.strerror}") from error
    finally:
        source.close()
        for suffix in ("", "-wal", "-shm", "-journal"):
            partial.with_name(partial.name + suffix).unlink(missing_ok=True)
    return Backup(path=target, size=size, articles=articles, captures=captures)


def copy_captures(source: Path, target: Path) -> Iterator[str]:
    """Copy capture files that the target folder has not, or not wholly; yield their names.

    Take it after the database's copy, so that each of its rows finds its file. Of a file that
    is still being written all whole records are copied. Raise ArchiveUnusable.
    """
    try:
        if not source.is_dir():
            return
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in sorted(source.glob("*.warc.gz*")):
            size = last_whole(path) if path.name.endswith(OPEN) else path.stat().st_size
            copy = target / path.name.removesuffix(OPEN)
            if not _is_copied(path, copy, size):
                copy_file(path, copy, size)
                yield copy.name
        sync(target)
        yield from copy_evidence(source, target)
    except OSError as error:
        raise ArchiveUnusable(f"{target} cannot be written: {error.strerror}") from error


def _is_copied(path: Path, copy: Path, size: int) -> bool:
    """Return whether a copy is whole, and no older than the file: records are erased in place."""
    if not copy.exists():
        return False
    made = copy.stat()
    return made.st_size == size and made.st_mtime_ns >= path.stat().st_mtime_ns


def _prepare(path: Path, target: Path) -> Path:
    """Refuse what cannot work before anything is copied; return the name to copy under."""
    if target.is_dir():
        raise ArchiveUnusable(f"{target} is a folder: name the file the backup shall be")
    if not target.parent.is_dir():
        raise ArchiveUnusable(f"{target.parent} is no folder: make it first")
    if target.exists() and path.exists() and target.samefile(path):
        raise ArchiveUnusable(f"{target} is the archive itself")
    _clear(target)
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    if path.exists():
        free, needed = shutil.disk_usage(target.parent).free, path.stat().st_size + SPARE
        if free < needed:
            raise ArchiveUnusable(
                f"{target.parent} has {free >> 20} MiB free, the backup needs {needed >> 20}"
            )
    return partial


def _clear(target: Path) -> None:
    """Remove what killed backups to the same target left half done."""
    for path in target.parent.glob(f".{glob.escape(target.name)}.*.partial*"):
        pid = path.name.removeprefix(f".{target.name}.").partition(".")[0]
        if pid.isdigit() and not has_pid(int(pid)):
            path.unlink(missing_ok=True)


def _copy(source: sqlite3.Connection, partial: Path) -> None:
    os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(partial, isolation_level=None)) as copy:
        # All pages in one step: one read transaction, so a writer cannot make it start over.
        source.backup(copy, pages=-1)
        copy.execute("pragma journal_mode = delete")


def _check(partial: Path) -> tuple[int, int]:
    conn = sqlite3.connect(partial, isolation_level=None)
    try:
        said = [row[0] for row in conn.execute("pragma integrity_check(1)")]
        if said != ["ok"]:
            raise ArchiveError(f"the archive is damaged, no backup was made: {said[0]}")
        if conn.execute("pragma foreign_key_check").fetchone():
            raise ArchiveError("the archive is damaged, no backup was made: see `baotinh verify`")
        conn.execute("begin")
        wrong = find_broken_tables(conn)
        conn.execute("rollback")
        if wrong:
            raise ArchiveError(
                f"no backup was made: {', '.join(wrong)} does not agree with the articles,"
                " run `baotinh verify --repair`"
            )
        counts = conn.execute(
            "select (select count(*) from articles), (select count(*) from captures)"
        ).fetchone()
    finally:
        conn.close()
    sync(partial)
    return int(counts[0]), int(counts[1])
