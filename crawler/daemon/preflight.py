"""What must hold before a crawl is started: clock, disk, archive in place. And one daemon only."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import time
from typing import TYPE_CHECKING, Self

from crawler.daemon.events import EventKind
from crawler.locks import locks_folder
from storage.archive import Archive
from storage.db.connections import BUSY_SECONDS
from storage.errors import ArchiveBusy, ArchiveFull, ArchiveUnusable

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.daemon.events import EventQueue

logger = logging.getLogger(__name__)

_LOOK_AGAIN = 0.1
"""Seconds between two tries to open an archive."""


class Problems:
    """Problems that last, by kind: each sentence is logged once, and so is its end."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._reported: dict[str, str] = {}

    def __contains__(self, kind: object) -> bool:
        return kind in self._reported

    def report(self, kind: str, sentence: str) -> None:
        """Log the sentence as an error unless it was the last one of its kind."""
        if self._reported.get(kind) != sentence:
            self._reported[kind] = sentence
            self._logger.error("%s", sentence, extra={"event": kind})

    def clear(self, kind: str, sentence: str) -> None:
        """Log that the problem is over, if there was one."""
        if self._reported.pop(kind, None) is not None:
            self._logger.info("%s", sentence, extra={"event": kind})


def find_obstacle(archive: Archive, *, now: str, reserve: int) -> str | None:
    """Return why no crawl may start now, one sentence; ``reserve`` is in bytes."""
    import shutil  # it brings three compressors, and `status` needs none of this

    if (fault := archive.runs.find_clock_fault(now)) is not None:
        return fault
    for folder in (archive.path.parent, archive.captures_dir):
        if folder.is_dir() and shutil.disk_usage(folder).free < reserve:
            return f"{folder} has less free than the {reserve >> 20} MB that are kept in reserve"
    return None


def ensure_usable(archive: Archive, *, now: str, seconds: float) -> None:
    """Look for damage so many seconds; not at all with 0.

    Raise ArchiveUnusable when there is any, or when the clock cannot be right.
    """
    obstacle = find_obstacle(archive, now=now, reserve=0)
    if obstacle is not None:
        raise ArchiveUnusable(f"not started: {obstacle}")
    damage = archive.find_damage(seconds=seconds) if seconds else None
    if damage:
        raise ArchiveUnusable(f"{archive.path} is damaged: restore a backup ({damage})")


def wait_for_archive(
    path: Path,
    captures_dir: Path | None,
    events: EventQueue,
    problems: Problems,
    *,
    patience: float,
    once: bool,
) -> Archive | None:
    """Open the archive; return None when asked to stop.

    A process that holds it is waited for, and so is room on its disk, unless the daemon works
    ``once``. ``patience`` is how many seconds the archive waits for a writer at a time. Raise
    ArchiveError.
    """
    begun = time.monotonic()
    while True:
        try:
            return Archive.open(path, captures_dir=captures_dir, patience=patience)
        except (ArchiveBusy, ArchiveFull) as error:
            awaited = what_to_wait_for(error, waited=time.monotonic() - begun, once=once)
            if awaited is None:
                raise
            problems.report("archive", f"{error}; waiting for {awaited}")
        for event in events.wait(_LOOK_AGAIN):
            if event.kind is EventKind.STOP:
                logger.info("%s: stopped before %s could be opened", event.detail, path)
                return None


def what_to_wait_for(error: ArchiveBusy | ArchiveFull, *, waited: float, once: bool) -> str | None:
    """Return what an archive waits for that cannot be opened; None: nothing, it is an error.

    ``waited``: seconds since the first try.
    """
    if isinstance(error, ArchiveBusy):
        return "it" if waited <= BUSY_SECONDS else None
    return None if once else "room"


class DaemonLock:
    """One daemon an archive: a `flock` that the kernel releases when the process dies."""

    def __init__(self, archive: Path) -> None:
        self._path = locks_folder(archive) / ".daemon.lock"
        self._archive = archive
        self._handle: int | None = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def acquire(self) -> None:
        """Take the lock.

        Raise ArchiveBusy, naming the process that has it, or ArchiveUnusable.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ArchiveUnusable(f"{self._path} cannot be written: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise ArchiveBusy(
                f"a daemon works on {self._archive} already (process {daemon_of(self._archive)})"
            ) from None
        self._handle = handle
        with contextlib.suppress(OSError):  # a full disk; the lock holds, its owner has no name
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Release the lock; harmless when it is not held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def daemon_of(archive: Path) -> int | None:
    """Return the process id of the daemon that works on the archive now, None if none does."""
    path = locks_folder(archive) / ".daemon.lock"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.pread(handle, 32, 0).decode("ascii", "replace").strip()
        return int(text) if text.isdigit() else 0
    finally:
        os.close(handle)
    return None
