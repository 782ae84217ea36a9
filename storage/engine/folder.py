"""The index's folder beside its archive: opened, stamped, locked, emptied.

The stamp says of which archive the index is and how far it has followed that archive's log. It is
a document of the index, so that a commit writes both or neither.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import threading
import time
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import tantivy

from storage.engine.documents import FORMAT, STAMP_ID, schema, stamp_document
from storage.engine.entries import Point, has_log, is_ours
from storage.errors import ArchiveError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

SUFFIX = ".index"
_LOCK = ".lock"
_PATIENCE = 20
"""Seconds that a removal waits for another process to end its writing."""
_TRIES = 50
MOST_SHARED = 32
"""Indexes that a process keeps open for reading: as many archives as are searched together."""
Files = frozenset[tuple[str, int, int, int]]
_SHARED: dict[Path, tuple[Files, tantivy.Index, Stamp | None]] = {}
_SHARING = threading.Lock()


class State(StrEnum):
    """What there is of an index."""

    READY = "ready"
    BUILDING = "being built"
    MISSING = "not built yet"
    DAMAGED = "damaged"
    FOREIGN = "of another archive, or of another time of this one"
    OLD = "of another version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """How far an index has come."""

    followed: int
    """Every line of the log up to this one is in the index."""
    seq: int
    token: str
    """The end of the log when the last article was read: the archive must have passed it."""
    next_id: int | None
    """While it is being built: articles up to this id are in it."""
    format: int = FORMAT

    @property
    def point(self) -> Point:
        """The end of the log that the archive must have passed."""
        return Point(self.seq, self.token)


@dataclass(frozen=True, slots=True)
class Opened:
    """An index, or why there is none to ask."""

    state: State
    index: tantivy.Index | None = None
    stamp: Stamp | None = None


def folder_of(archive: Path) -> Path:
    """Return the folder of an archive's index: ``archive.db.index/`` beside ``archive.db``."""
    return archive.with_name(archive.name + SUFFIX)


def open_index(conn: sqlite3.Connection, folder: Path) -> Opened:
    """Open the index, and see whether it is this archive's."""
    return _judged(conn, folder, _read)


def open_shared(conn: sqlite3.Connection, folder: Path) -> Opened:
    """Do the same for reading alone: while its files are the same, an index is opened once."""
    return _judged(conn, folder, _shared)


def _judged(
    conn: sqlite3.Connection,
    folder: Path,
    read: Callable[[Path], tuple[tantivy.Index, Stamp | None]],
) -> Opened:
    if not (folder / "meta.json").exists() or not has_log(conn):
        return Opened(State.MISSING)
    with unbroken() as harm:
        index, stamp = read(folder)
    if harm:
        return Opened(State.DAMAGED)
    if stamp is None or stamp.format != FORMAT:
        return Opened(State.OLD)
    if not is_ours(conn, stamp.point):
        return Opened(State.FOREIGN)
    return Opened(State.READY if stamp.next_id is None else State.BUILDING, index, stamp)


def _read(folder: Path) -> tuple[tantivy.Index, Stamp | None]:
    index = _open(folder)
    return index, read_stamp(index)


def _open(folder: Path) -> tantivy.Index:
    """Open what is there.

    tantivy takes a lock in the folder even to read. On a medium that cannot be written it gets a
    folder of links to the files, which it needs only until it has opened them.
    """
    if os.access(folder, os.W_OK):
        return tantivy.Index(schema(), path=str(folder), reuse=True)
    import tempfile

    links = Path(tempfile.mkdtemp(prefix="baotinh-index-"))
    try:
        for file in folder.iterdir():
            if not file.name.endswith(_LOCK):
                (links / file.name).symlink_to(file.resolve())
        return tantivy.Index(schema(), path=str(links), reuse=True)
    finally:
        _discard(links)


def _discard(links: Path) -> None:
    """Remove the links although a thread of tantivy may take its lock among them once more.

    It looks after a new index as soon as it gets to run, and lets go at once.
    """
    import shutil

    for _ in range(_TRIES):
        shutil.rmtree(links, ignore_errors=True)
        if not links.exists():
            return
        time.sleep(0.02)


def _shared(folder: Path) -> tuple[tantivy.Index, Stamp | None]:
    files = _files(folder)
    with _SHARING:
        known = _SHARED.pop(folder, None)
        if known is None or known[0] != files:
            known = (files, *_read(folder))
        _SHARED[folder] = known
        while len(_SHARED) > MOST_SHARED:
            del _SHARED[next(iter(_SHARED))]
    return known[1:]


def _files(folder: Path) -> Files:
    """Return what tells that a file was written: a commit, a rebuild, damage."""
    with os.scandir(folder) as entries:
        stats = ((each.name, each.stat()) for each in entries if not each.name.endswith(_LOCK))
        return frozenset((name, at.st_ino, at.st_size, at.st_mtime_ns) for name, at in stats)


def read_stamp(index: tantivy.Index) -> Stamp | None:
    """Return how far an index has come; None where it does not say."""
    searcher = index.searcher()
    found = searcher.search(tantivy.Query.term_query(schema(), "id", STAMP_ID), 1).hits
    if not found:
        return None
    try:
        return Stamp(**json.loads(searcher.doc(found[0][1])["stamp"][0]))
    except (ValueError, TypeError):
        return None


def write_stamp(writer: tantivy.IndexWriter, stamp: Stamp) -> None:
    """Replace the stamp; it counts from the next commit on."""
    writer.delete_documents_by_term("id", STAMP_ID)
    writer.add_document(stamp_document(json.dumps(asdict(stamp))))


def make_empty(folder: Path) -> tantivy.Index:
    """Remove what is in the folder and begin a new index. Raise OSError."""
    empty(folder)
    return tantivy.Index(schema(), path=str(folder))


def empty(folder: Path) -> None:
    """Remove an index, but for the lock; a reader who has it open keeps what it reads.

    Raise OSError.
    """
    import shutil

    for path in folder.iterdir():
        if path.name == _LOCK:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def remove_unborn(folder: Path) -> None:
    """Remove lists of deleted documents that a killed process wrote and never committed.

    tantivy numbers them by operation, counts again from the last commit, and refuses to write over
    a file. For the process that holds the lock. Raise ValueError for a meta.json that is none.
    """
    last = int(json.loads((folder / "meta.json").read_text(encoding="utf-8"))["opstamp"])
    for path in folder.glob("*.del"):
        number = path.name.split(".")[1]
        if number.isdecimal() and int(number) > last:
            path.unlink(missing_ok=True)


def forget(folder: Path) -> None:
    """Make sure that an index is built again, whatever it says of itself.

    Waits for a process that writes it: that would else find its files gone.
    """
    if folder.exists():
        with locked(folder, wait=True):
            (folder / "meta.json").unlink(missing_ok=True)


def remove(folder: Path) -> None:
    """Remove an index and every word in it, once nobody writes to it. Raise ArchiveError."""
    if not folder.is_dir():
        return
    forget(folder)
    try:
        for _ in range(_PATIENCE):
            with locked(folder) as is_ours:
                if is_ours:
                    empty(folder)
                    return
            time.sleep(1.0)
    except OSError as error:
        raise ArchiveError(f"{folder} cannot be removed: {error.strerror}") from error
    raise ArchiveError(f"{folder} still holds the text: it is being written; run this again")


@contextlib.contextmanager
def locked(folder: Path, *, wait: bool = False) -> Iterator[bool]:
    """Hold the index for writing; False where another process does, unless ``wait``. Raise OSError.

    A lock of the operating system: a process that is killed lets go of it.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


@contextlib.contextmanager
def unbroken() -> Iterator[list[str]]:
    """Note what a damaged index raises: errors of tantivy, and its panics."""
    harm: list[str] = []
    try:
        yield harm
    except BaseException as error:
        # A panic of Rust arrives as pyo3_runtime.PanicException, which is no Exception.
        is_panic = type(error).__name__ == "PanicException"
        if not is_panic and not isinstance(error, (ValueError, OSError, LookupError)):
            raise
        harm.append(str(error))
        # Frames in a circle would keep the writer, and with it the lock of the index, until the
        # collector comes by.
        error.__traceback__ = None
