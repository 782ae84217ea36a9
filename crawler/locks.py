"""One crawl of a source at a time, across processes: a file lock that the kernel releases.

``<archive>.locks/<source>.lock`` is held while a source is crawled. A process that waits for it
holds ``<source>.wanted``, so that a long backfill can see it and make way. Both
are `flock` locks: a process that is killed leaves nothing to clean up.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from typing import TYPE_CHECKING

from storage.errors import ArchiveBusy

if TYPE_CHECKING:
    from pathlib import Path

POLL_SECONDS = 0.1
PATIENCE = 60.0
"""Seconds that a backfill may take to finish what is under way and make way."""


def locks_folder(archive: Path) -> Path:
    """Return where the lock files of an archive are."""
    return archive.with_name(archive.name + ".locks")


class SourceLock:
    """The lock of one source, from `acquire` to `release`."""

    def __init__(self, archive: Path, source_id: str) -> None:
        folder = locks_folder(archive)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.source_id = source_id
        self._lock = folder / f"{source_id}.lock"
        self._wanted = folder / f"{source_id}.wanted"
        self._held: int | None = None

    async def acquire(self, wait: float, kind: str = "crawl") -> None:
        """Take the lock for a run of ``kind``, waiting up to ``wait`` seconds for another run.

        A backfill makes way when another process waits; it gets ``PATIENCE`` seconds
        to do so. Raise ArchiveBusy, one sentence, when another process keeps the lock.
        """
        import asyncio  # not with the module: `status` needs the folder alone

        wanted: int | None = None
        deadline = time.monotonic() + wait
        try:
            while not self.attempt(kind):
                # A holder that probes the file at this moment has it for an instant: ask again.
                if wanted is None and kind != "backfill":
                    wanted = _take(self._wanted, shared=True)
                process, task = _owner(self._lock)
                grace = PATIENCE if task == "backfill" and kind != "backfill" else 0.0
                if time.monotonic() >= deadline + grace:
                    raise ArchiveBusy(
                        f"{self.source_id} is being crawled by process {process}; "
                        "try again when it has ended"
                    )
                await asyncio.sleep(POLL_SECONDS)
        finally:
            if wanted is not None:
                os.close(wanted)

    @property
    def is_held(self) -> bool:
        """Return whether this object holds the lock."""
        return self._held is not None

    def attempt(self, kind: str = "crawl") -> bool:
        """Take the lock if it is free; return whether it is held now."""
        if self._held is None:
            self._held = _take(self._lock)
            if self._held is None:
                return False
            with contextlib.suppress(OSError):  # a full disk; the lock holds, its owner is unnamed
                os.ftruncate(self._held, 0)
                os.pwrite(self._held, f"{os.getpid()} {kind}\n".encode(), 0)
        return True

    def release(self) -> None:
        """Release the lock; harmless when it is not held."""
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def is_wanted(self) -> bool:
        """Return whether another process waits for this source."""
        probe = _take(self._wanted)
        if probe is None:
            return True
        os.close(probe)
        return False


def _take(path: Path, *, shared: bool = False) -> int | None:
    """Return an open, locked descriptor, or None when another process has the lock."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _owner(path: Path) -> tuple[str, str]:
    """Return the process that holds the lock and what it does."""
    process, _, task = path.read_text(encoding="ascii", errors="replace").strip().partition(" ")
    return process or "unknown", task
