"""Bringing the index up to date with its archive, or building it again.

Killed at any instant, the index stands where its last commit left it and the next run goes on
there. Articles are read in short transactions; lines of the log are deleted only when the index
that followed them is on the disk.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from storage.engine.documents import make_document
from storage.engine.entries import (
    changed_since,
    has_log,
    last_point,
    next_ids,
    prune,
    read_entries,
)
from storage.engine.folder import (
    Opened,
    Stamp,
    State,
    folder_of,
    locked,
    make_empty,
    open_index,
    remove_unborn,
    unbroken,
    write_stamp,
)
from storage.errors import ArchiveUnusable

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    import tantivy

PAGE = 200
"""Articles read in one transaction: some hundredths of a second."""
COMMIT = 20_000
"""Articles between two commits of a long run: what a kill costs at most."""
HEAP = 50_000_000
"""Bytes that the writer fills before it writes a segment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a run did."""

    done: bool
    """Whether the index had come to the end of the log."""
    articles: int = 0
    """How many were read."""
    rebuilt: State | None = None
    """Why it was built again."""
    busy: bool = False
    """Whether another process is at it."""
    stamp: Stamp | None = None


def update(
    conn: sqlite3.Connection,
    archive: Path,
    transaction: Callable[[], AbstractContextManager[object]],
    *,
    seconds: float | None = None,
    report: Callable[[int], None] | None = None,
) -> Progress:
    """Bring the index of an archive up to date, then delete what it followed from the log.

    Like `catch_up`, but ``transaction`` begins one that may write. Raise ArchiveUnusable.
    """
    folder = folder_of(archive)
    try:
        progress = catch_up(conn, folder, seconds=seconds, report=report)
    except OSError as error:
        raise ArchiveUnusable(f"{folder} cannot be written: {error}") from error
    while progress.stamp:
        with transaction():
            pruned = prune(conn, progress.stamp.followed)
        if not pruned:
            break
    return progress


def catch_up(
    conn: sqlite3.Connection,
    folder: Path,
    *,
    seconds: float | None = None,
    build: bool = True,
    report: Callable[[int], None] | None = None,
) -> Progress:
    """Follow the archive's log for so many seconds, or to its end.

    An index that is missing, damaged, or not this archive's is built again unless ``build`` is
    off. ``report`` is told how many articles were read so far. Raise OSError where the disk is
    full or the folder cannot be written to.
    """
    if not has_log(conn):
        return Progress(done=False)
    with locked(folder) as ours:
        if not ours:
            return Progress(done=False, busy=True)
        opened = open_index(conn, folder)
        rebuilt = None if opened.index else opened.state
        if rebuilt and not build:
            return Progress(done=False)
        end = None if seconds is None else time.monotonic() + seconds
        with unbroken() as harm:
            if opened.index:
                remove_unborn(folder)
            progress = _Run(conn, opened, folder, end, report).work()
        if harm:
            raise OSError(f"{folder} cannot be written: {harm[0]}")
        return replace(progress, rebuilt=rebuilt)


class _Run:
    """One run of one process, which holds the lock."""

    def __init__(
        self,
        conn: sqlite3.Connection,
        opened: Opened,
        folder: Path,
        end: float | None,
        report: Callable[[int], None] | None,
    ) -> None:
        self._conn = conn
        self._end = end
        self._report = report
        self._read = 0
        self._open = 0
        """Articles since the last commit."""
        if opened.index is None or opened.stamp is None:
            start = last_point(conn)
            self._stamp = Stamp(followed=start.seq, seq=start.seq, token=start.token, next_id=0)
            self._index: tantivy.Index = make_empty(folder)
        else:
            self._index, self._stamp = opened.index, opened.stamp

    def work(self) -> Progress:
        """Build what is not built, then follow the log."""
        if self._stamp.next_id is None and not self._behind():
            return Progress(done=True, stamp=self._stamp)
        writer = self._index.writer(HEAP, 1)
        try:
            done = self._build(writer) and self._follow(writer)
            self._commit(writer)
        except BaseException:
            writer.rollback()
            raise
        writer.wait_merging_threads()
        return Progress(done=done, articles=self._read, stamp=self._stamp)

    def _behind(self) -> bool:
        return bool(changed_since(self._conn, self._stamp.followed, 1)[1])

    def _build(self, writer: tantivy.IndexWriter) -> bool:
        while self._stamp.next_id is not None:
            if self._over():
                return False
            ids = next_ids(self._conn, self._stamp.next_id, PAGE)
            self._add(writer, ids, known=False)
            self._stamp = replace(self._stamp, next_id=ids[-1] if ids else None)
        return True

    def _follow(self, writer: tantivy.IndexWriter) -> bool:
        while not self._over():
            upto, ids = changed_since(self._conn, self._stamp.followed, PAGE)
            if upto == self._stamp.followed:
                return True
            self._add(writer, ids, known=True)
            self._stamp = replace(self._stamp, followed=upto)
        return False

    def _add(self, writer: tantivy.IndexWriter, ids: list[int], *, known: bool) -> None:
        """Put articles into the index as they are now, and note where the log ends now."""
        self._conn.execute("begin")
        try:
            entries = list(read_entries(self._conn, ids))
            point = last_point(self._conn)
        finally:
            self._conn.execute("rollback")
        for number in ids if known else ():
            writer.delete_documents_by_term("id", number)
        for entry in entries:
            writer.add_document(make_document(entry))
        self._stamp = replace(self._stamp, seq=point.seq, token=point.token)
        self._read += len(ids)
        self._open += len(ids)
        if self._open >= COMMIT:
            self._commit(writer)
        if self._report:
            self._report(self._read)

    def _commit(self, writer: tantivy.IndexWriter) -> None:
        write_stamp(writer, self._stamp)
        writer.commit()
        self._open = 0

    def _over(self) -> bool:
        return self._end is not None and time.monotonic() > self._end
