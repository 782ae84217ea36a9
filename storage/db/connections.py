"""SQLite connections with the pragmas that keep an archive whole.

WAL with ``synchronous=FULL``: no commit is lost in a power cut (sqlite.org/pragma.html). No
automatic checkpoints: the writer does them itself under the write lock, see
``Database.checkpoint``. ``recursive_triggers`` keeps the full-text index right whatever
statement replaces a row.

Nobody but SQLite opens the file of an archive: closing it drops the locks that all connections
of this process hold on it (sqlite.org/howtocorrupt.html, 2.2), and the next one elsewhere that
is closed takes itself for the last and removes the log that this process still writes.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from storage.errors import ArchiveBusy, ArchiveError, ArchiveFull, ArchiveMissing, ArchiveUnusable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_SECONDS = 75
"""How long a writer waits for another one: longer than the minute a backup tool may lock."""
READ_BUSY_SECONDS = 10
LEAST_ROOM = 32768
"""Bytes on the disk without which SQLite cannot begin the shared memory of a log
(sqlite.org/walformat.html, 2): neither to write, nor to read."""
SOFT_HEAP, HARD_HEAP = 24 << 20, 128 << 20
"""Bytes from which SQLite gives up cached pages, and beyond which a statement fails.

At a million articles 96 MB of cached pages made no page of `serve` quicker than 24 (see
docs/benchmarks.md): the system keeps the file's pages anyway.
"""

_PRAGMAS = (
    "pragma foreign_keys = on",
    "pragma recursive_triggers = on",
    "pragma cache_size = -32768",
    "pragma temp_store = memory",
)
_WRITE_PRAGMAS = (
    "pragma synchronous = full",
    "pragma wal_autocheckpoint = 0",
    "pragma journal_size_limit = 67108864",
)


def connect_writing(path: Path, *, patience: float = BUSY_SECONDS) -> sqlite3.Connection:
    """Open or create a database file, private to the user. Raise ArchiveError.

    Nothing is written into an existing file until ``prepare_writing``.
    """
    check_path(path)
    try:
        _create_private(path)
        if not os.access(path, os.R_OK | os.W_OK):
            raise ArchiveUnusable(f"{path} cannot be written to: check its permissions")
        return _connect_readable(path, "rw", patience, any_thread=False)
    except (sqlite3.Error, UnicodeError) as error:
        raise explain(error, path) from error
    except OSError as error:
        raise ArchiveUnusable(f"{path} cannot be created: {error.strerror}") from error


def prepare_writing(conn: sqlite3.Connection) -> None:
    """Switch the file to WAL and the connection to commits that survive a power cut."""
    _switch_to_wal(conn)
    for pragma in _WRITE_PRAGMAS:
        conn.execute(pragma)


def _switch_to_wal(conn: sqlite3.Connection) -> None:
    """Two that begin an archive at once: SQLite does not wait for the one that switches first."""
    until = time.monotonic() + READ_BUSY_SECONDS
    while True:
        try:
            conn.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def connect_reading(path: Path, *, any_thread: bool = False) -> sqlite3.Connection:
    """Open an existing database file for reading only. Raise ArchiveMissing, ArchiveUnusable.

    ``any_thread``: others than the thread that opened it may use it, one after the other.
    """
    check_present(path)
    check_path(path)
    try:
        return _connect_read_only(path, any_thread)
    except OSError as error:
        raise ArchiveUnusable(f"{path} cannot be read: {error.strerror}") from error


def limit_heap(conn: sqlite3.Connection) -> None:
    """Bound the memory of SQLite in this process, of all its connections.

    A statement that needs more ends with "out of memory" (sqlite.org/pragma.html, hard_heap_limit).
    """
    conn.execute(f"pragma soft_heap_limit = {SOFT_HEAP}")
    conn.execute(f"pragma hard_heap_limit = {HARD_HEAP}")


def check_not_lost(path: Path, captures_dir: Path) -> None:
    """Refuse to begin a new archive beside the captures of one that is missing.

    A disk that is not mounted, or a file moved away, must not become a second archive when
    something is written again. Raise ArchiveMissing.
    """
    begun = path.exists() and path.stat().st_size > 0
    if not begun and next(captures_dir.glob("*.warc.gz"), None) is not None:
        raise ArchiveMissing(
            f"there is no archive at {path}, but {captures_dir} holds captures of one: restore it,"
            " or begin the new one in a folder of its own"
        )


def check_present(path: Path) -> None:
    """Raise ArchiveMissing where there is nothing."""
    if not path.exists():
        raise ArchiveMissing(f"there is no archive at {path}: crawl first, or name another")


def check_path(path: Path) -> None:
    """Raise ArchiveUnusable where something stands at the path that can be no archive."""
    try:
        if path.is_dir():
            raise ArchiveUnusable(f"{path} is a folder: name the archive file in it")
        if not path.exists():
            return
        if not path.is_file():
            raise ArchiveUnusable(f"{path} is no regular file")
    except OSError as error:
        raise ArchiveUnusable(f"{path} cannot be read: {error.strerror}") from error


def explain(error: sqlite3.Error | UnicodeError, path: Path) -> ArchiveError:
    """Return what an SQLite error means for the archive at the path, as one sentence.

    UnicodeError is what Python makes of SQLite's own messages when they quote damaged bytes.
    """
    if isinstance(error, UnicodeError):
        return ArchiveUnusable(f"{path} is damaged: restore a backup")
    # Extended codes carry the primary one in their low byte.
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return ArchiveBusy(f"{path} is held by another process: try again later")
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and not _has_room(path)):
        return ArchiveFull(f"{path} cannot grow: the disk is full")
    reasons = {
        sqlite3.SQLITE_CORRUPT: "is damaged: restore a backup",
        sqlite3.SQLITE_NOTADB: "is not an SQLite database, or is damaged",
        sqlite3.SQLITE_READONLY: "cannot be written to: check permissions of file and folder",
        sqlite3.SQLITE_CANTOPEN: "cannot be opened: check permissions of file and folder",
        sqlite3.SQLITE_IOERR: f"cannot be read or written ({error}): is the disk full or failing?",
    }
    return ArchiveUnusable(f"{path} {reasons.get(code, f'cannot be used: {error}')}")


@contextmanager
def closed_on_failure(conn: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Close a connection that cannot be used after all. Raise what its error means."""
    try:
        yield
    except (sqlite3.Error, UnicodeError) as error:
        conn.close()
        raise explain(error, path) from error
    except BaseException:
        conn.close()
        raise


def _create_private(path: Path) -> None:
    if path.exists():
        return
    if not path.parent.exists():
        path.parent.mkdir(mode=0o700)
        path.parent.chmod(0o700)
    # SQLite gives -wal and -shm the mode of the file itself, so all three stay private.
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.fchmod(handle, 0o600)
    os.close(handle)


def _connect_read_only(path: Path, any_thread: bool) -> sqlite3.Connection:
    try:
        conn = _connect_readable(path, "ro", READ_BUSY_SECONDS, any_thread=any_thread)
    except (sqlite3.Error, UnicodeError, ArchiveUnusable) as error:
        if _has_log(path) and not os.access(path.parent, os.W_OK):
            raise ArchiveUnusable(
                f"{path} has changes in {path.name}-wal, and its folder cannot be written to:"
                " copy both into one that can"
            ) from error
        if not _is_finished(path):
            raise error if isinstance(error, ArchiveError) else explain(error, path) from error
        conn = _connect(path, "ro&immutable=1", READ_BUSY_SECONDS, any_thread=any_thread)
    conn.execute("pragma query_only = on")
    return conn


def _is_finished(path: Path) -> bool:
    """Return whether nobody can be writing: nothing is in the log, and no log can be begun."""
    return not _has_log(path) and (not _has_room(path) or not os.access(path.parent, os.W_OK))


def _has_log(path: Path) -> bool:
    """Return whether changes wait beside the file."""
    log = _beside(path, "-wal")
    return log.exists() and log.stat().st_size > 0


def _has_room(path: Path) -> bool:
    import shutil  # it loads readers of archives, which opening an archive needs not

    try:
        return shutil.disk_usage(path.parent).free >= LEAST_ROOM
    except OSError:
        return True


def _connect_readable(
    path: Path, mode: str, busy_seconds: float, *, any_thread: bool
) -> sqlite3.Connection:
    conn = _connect(path, mode, busy_seconds, any_thread=any_thread)
    try:
        conn.execute("select 1 from sqlite_master").fetchone()
    except BaseException:
        conn.close()
        raise
    return conn


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _connect(path: Path, mode: str, busy_seconds: float, *, any_thread: bool) -> sqlite3.Connection:
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}"
    try:
        conn = sqlite3.connect(
            uri,
            uri=True,
            timeout=busy_seconds,
            isolation_level=None,
            check_same_thread=not any_thread,
        )
    except sqlite3.Error as error:
        raise explain(error, path) from error
    conn.row_factory = sqlite3.Row
    try:
        for pragma in _PRAGMAS:
            conn.execute(pragma)
    except (sqlite3.Error, UnicodeError) as error:
        conn.close()
        raise explain(error, path) from error
    return conn
