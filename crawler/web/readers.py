"""Threads that read the archive, each with a connection of its own."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from storage.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")

THREADS = 3
"""Pages made at once: SQLite works without Python's lock, so two cores are kept busy."""


class Readers:
    """Runs functions of an open archive, off the event loop."""

    def __init__(self, path: Path, captures_dir: Path | None) -> None:
        self._path = path
        self._captures_dir = captures_dir
        self._own = threading.local()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="reader")

    async def read(self, function: Callable[[Archive], T]) -> T:
        """Return what a function makes of the archive. What it raises is raised."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: function(self.archive()))

    def archive(self) -> Archive:
        """Return the archive of the thread that asks, opened when it asks first."""
        archive: Archive | None = getattr(self._own, "archive", None)
        if archive is None:
            archive = Archive.open_reading(self._path, captures_dir=self._captures_dir)
            self._own.archive = archive
        return archive

    def close(self) -> None:
        """End the threads; what they are reading is read to its end."""
        self._threads.shutdown(wait=True, cancel_futures=True)
