"""One open archive file: migration steps applied, transactions, checkpoints."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections import deque
from typing import TYPE_CHECKING, TypeVar

from storage.db.connections import BUSY_SECONDS, explain
from storage.db.migrations import STEPS
from storage.errors import ArchiveError, ArchiveFromFuture, ArchiveMissing, ArchiveUnusable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

T = TypeVar("T")

SPARE = 16 * 1024 * 1024
"""Bytes that must stay free beside a file that is written again."""
BRIEF = 0.2
"""Seconds for which several writes may keep others from writing; one write may take longer."""
GAP = 0.05
"""Seconds between two such transactions."""
CHECKPOINT_BYTES = 16 * 1024 * 1024
"""Size of the write-ahead log at which its content moves into the database file."""


_MISSING = ("no such table", "no such column")
"""How SQLite's messages begin where a statement needs what a later migration step added."""
_OF_THE_FILE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
}
SET = "baotinh"
"""The name of our steps in table ``_sqlite_migrations``."""


class Database:
    """An open archive file. ``conn`` is in autocommit mode: transactions are ours alone."""

    def __init__(
        self,
        conn: sqlite3.Connection,
        path: Path,
        captures_dir: Path | None = None,
        patience: float = BUSY_SECONDS,
    ) -> None:
        self.conn = conn
        self.path = path
        self.captures_dir = captures_dir or path.parent / "captures"
        self._patience = patience
        self._identity = identity(path)
        self._checkpoint_at = CHECKPOINT_BYTES
        self._freed_at = 0.0
        self._tables: set[str] = set()
        """Tables that were met: steps add some and drop others before an archive is open."""

    def close(self) -> None:
        """Close the connection. May be called again."""
        self.conn.close()

    def has_table(self, name: str) -> bool:
        """Say whether the archive has a table: one of earlier steps lacks those of later ones."""
        if name in self._tables:
            return True
        found = self.conn.execute(
            "select 1 from sqlite_master where type = 'table' and name = ?", (name,)
        ).fetchone()
        if found is not None:
            self._tables.add(name)
        return found is not None

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Write in one unit, all or nothing; inside another transaction, join it.

        BEGIN IMMEDIATE, so that what is read inside is still true when it is written.
        Raise ArchiveBusy after waiting ``patience`` seconds for another writer, and
        ArchiveUnusable when the file is damaged, full, or not the one that was opened.
        After an error from the commit itself the outcome is unknown: repeat the write.
        """
        if self.conn.in_transaction:
            yield
            return
        self._check_in_place()
        try:
            self.conn.execute("begin immediate")
            yield
            self.conn.execute("commit")
        except BaseException as error:
            self._roll_back()
            if isinstance(error, sqlite3.Error) and is_of_the_file(error):
                raise explain(error, self.path) from error
            raise
        self._checkpoint_when_large()

    def write_each(
        self,
        items: Iterable[T],
        write: Callable[[T], object],
        *,
        clock: Callable[[], float] = time.monotonic,
        rest: Callable[[float], object] = time.sleep,
    ) -> None:
        """Write items one after the other, several in a transaction that stays short.

        Between two of them others come to write: SQLite does not queue, it asks again. Items
        written together are stored together. ``clock`` gives seconds, ``rest`` lets some go by.
        Raise as ``transaction`` does.
        """
        left = deque(items)
        while left:
            if (gap := self._freed_at + GAP - clock()) > 0:
                rest(gap)
            with self.transaction():
                end = clock() + BRIEF
                write(left.popleft())
                while left and clock() < end:
                    write(left.popleft())
            self._freed_at = clock()

    def checkpoint(self, *, patience: float = 0.1) -> bool:
        """Move the write-ahead log into the database file; say whether all of it moved.

        Waits up to ``patience`` seconds for readers. TRUNCATE holds the write lock, so no
        other process commits meanwhile: that race corrupts databases in SQLite before 3.51.3
        (sqlite.org/wal.html#walresetbug), and is why automatic checkpoints are off.
        """
        self.conn.execute(f"pragma busy_timeout = {int(patience * 1000)}")
        try:
            busy = self.conn.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
        except sqlite3.OperationalError as error:
            raise explain(error, self.path) from error
        finally:
            self.conn.execute(f"pragma busy_timeout = {int(self._patience * 1000)}")
        return not busy

    def shrink(self) -> int:
        """Write the file again without its free pages; return how many bytes that gave back.

        Raise ArchiveUnusable where the disk has too little room for it.
        """
        import shutil  # it loads readers of archives, which opening one of ours needs not

        before = self.path.stat().st_size
        free = shutil.disk_usage(self.path.parent).free
        if free < before + SPARE:
            raise ArchiveUnusable(
                f"{self.path.parent} has {free >> 20} MiB free, to shrink {self.path} needs"
                f" {(before + SPARE) >> 20}"
            )
        try:
            self.conn.execute("vacuum")
        except sqlite3.OperationalError as error:
            raise explain(error, self.path) from error
        self.checkpoint(patience=5)
        return max(0, before - self.path.stat().st_size)

    def optimise(self) -> None:
        """Bring SQLite's statistics up to date (sqlite.org/pragma.html#pragma_optimize).

        Where there is no room for them they stay as they are until the next time: what was stored
        before is stored, and no answer depends on them.
        """
        from storage.db.fulltext import correct_statistics

        try:
            self.conn.execute("pragma analysis_limit = 400")
            self.conn.execute("pragma optimize")
            correct_statistics(self.conn)
        except sqlite3.OperationalError as error:
            if not is_of_the_file(error):
                raise

    def explain_missing(self, error: sqlite3.OperationalError) -> None:
        """Raise ArchiveUnusable where a statement failed because the archive is an older one.

        Only reading meets older archives: opening one for writing upgrades it.
        """
        if str(error).startswith(_MISSING) and not is_current(self.conn, self.path):
            raise ArchiveUnusable(
                f"{self.path} was written by an older version of Báo Tỉnh and lacks what this"
                f" needs ({error}): any command that writes, such as `baotinh crawl`, upgrades it"
            ) from error

    def _checkpoint_when_large(self) -> None:
        wal = self.path.with_name(self.path.name + "-wal")
        try:
            size = wal.stat().st_size
        except FileNotFoundError:
            return
        if size > self._checkpoint_at:
            with contextlib.suppress(ArchiveError):  # the commit is safe; a later one tries again
                moved = self.checkpoint()
                # A reader that holds the log must not cost every commit its patience.
                self._checkpoint_at = CHECKPOINT_BYTES if moved else size + CHECKPOINT_BYTES

    def _roll_back(self) -> None:
        # An I/O error or a full disk may have rolled back already.
        if self.conn.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self.conn.execute("rollback")

    def _check_in_place(self) -> None:
        """Refuse to write into a file that nobody will find again."""
        if self._identity != identity(self.path):
            raise ArchiveUnusable(f"{self.path} was removed or replaced while it was in use")


def identity(path: Path) -> tuple[int, int] | None:
    """Return what tells the file at a path from another put in its place; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def is_of_the_file(error: sqlite3.Error) -> bool:
    """Return whether the file is in trouble; broken rules and wrong SQL are mistakes in code."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    return code in _OF_THE_FILE


def check_begun(conn: sqlite3.Connection, path: Path) -> None:
    """Raise ArchiveMissing where nothing was ever written, and as ``is_current`` does."""
    if not is_current(conn, path) and not _tables(conn):
        raise ArchiveMissing(f"{path} is empty: crawl first, or name another")


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
    import sqlite_utils

    migrations = sqlite_utils.Migrations(SET)
    for name, step in STEPS.items():
        migrations(name=name)(_on_connection(step))
    migrations.apply(sqlite_utils.Database(conn, execute_plugins=False))


def _on_connection(step: Callable[[sqlite3.Connection], None]) -> Callable[..., None]:
    return lambda db: step(db.conn)


def _applied(conn: sqlite3.Connection) -> set[str]:
    if "_sqlite_migrations" not in _tables(conn):
        return set()
    rows = conn.execute("select name from _sqlite_migrations where migration_set = ?", (SET,))
    return {row[0] for row in rows}


def _tables(conn: sqlite3.Connection) -> set[str]:
    return {row[0] for row in conn.execute("select name from sqlite_master where type = 'table'")}
