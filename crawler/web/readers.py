"""Threads that read the archives, each with connections of its own."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from storage.db.database import identity
from storage.federation.archives import Archives

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from storage.archive import Archive

T = TypeVar("T")

THREADS = 3
"""Pages made at once: SQLite works without Python's lock, so two cores are kept busy."""
AGAIN = 30.0
"""Seconds after which archives that could not be read are tried once more."""


class Readers:
    """Runs functions of the open archives, off the event loop."""

    def __init__(self, paths: Sequence[Path], captures_dir: Path | None) -> None:
        self._paths = paths
        self._replaced: Callable[[], object] = lambda: None
        self._captures_dir = captures_dir
        self._own = threading.local()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="reader")

    def when_replaced(self, call: Callable[[], object]) -> None:
        """Set what is called when another file stands at the path of an archive."""
        self._replaced = call

    async def read(self, function: Callable[[Archives], T]) -> T:
        """Return what a function makes of the archives. What it raises is raised."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: function(self.archives()))

    def archives(self) -> Archives:
        """Return the archives of the thread that asks, opened when it asks first.

        One that could not be read is tried again later, and one that was put in the place of
        another is opened. Raise ArchiveError where none can be read.
        """
        archives: Archives | None = getattr(self._own, "archives", None)
        files = [identity(path) for path in self._paths]
        if archives and files != self._own.files:
            archives.close()
            archives = None
            self._replaced()
        if archives and archives.failures:
            late = time.monotonic() - self._own.opened > AGAIN
            if late or not archives.members:
                archives.close()
                archives = None
        if archives is None:
            archives = Archives.open_reading(self._paths, captures_dir=self._captures_dir)
            self._own.archives, self._own.opened = archives, time.monotonic()
            self._own.files = files
        return archives

    def archive(self, name: str = "") -> Archive:
        """Return the archive of a name; without one, the only one there is.

        Raise LookupError where it cannot be read now.
        """
        archives = self.archives()
        member = archives.member(name) if name else archives.members[0]
        if member is None:
            raise LookupError(f"the archive {name} cannot be read")
        return member.archive

    def close(self) -> None:
        """End the threads; what they are reading is read to its end."""
        self._threads.shutdown(wait=True, cancel_futures=True)
