"""Figures about the whole archive, counted once and used by many pages."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.archive import Archive

T = TypeVar("T")

SECONDS = 60.0
"""How old a figure may be before it is counted again."""
MOST = 500
"""Figures kept; the oldest goes first."""
COST = 20
"""A figure that took a second to count may be so many seconds older."""


def counting_thread() -> ThreadPoolExecutor:
    """Return a thread that counts figures again."""
    return ThreadPoolExecutor(1, thread_name_prefix="memo")


class Memo:
    """Keeps what functions of the archive return, by a name; several threads may ask."""

    def __init__(
        self,
        open_archive: Callable[[], Archive],
        *,
        thread: ThreadPoolExecutor | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``thread`` counts again behind the readers' backs; several may share one."""
        self._open = open_archive
        self._clock = clock
        self._kept: dict[str, tuple[float, Any]] = {}
        self._lock = threading.Lock()
        self._counting: set[str] = set()
        self._again = thread or counting_thread()

    def get(self, name: str, archive: Archive, count: Callable[[Archive], T]) -> T:
        """Return the figure of that name; count it where there is none.

        One that is too old is returned all the same, and counted again behind the reader's back.
        """
        kept = self._kept.get(name)
        if kept is None:
            return self._count(name, archive, count)
        if kept[0] < self._clock():
            self.prepare(name, count)
        return cast(T, kept[1])

    def close(self) -> None:
        """End the thread that counts again."""
        self._again.shutdown(wait=True, cancel_futures=True)

    def _count(self, name: str, archive: Archive, count: Callable[[Archive], T]) -> T:
        while len(self._kept) >= MOST:
            self._kept.pop(next(iter(self._kept)), None)
        begun = self._clock()
        value = count(archive)
        now = self._clock()
        self._kept[name] = (now + max(SECONDS, COST * (now - begun)), value)
        return value

    def prepare(self, name: str, count: Callable[[Archive], object]) -> None:
        """Count a figure in the background, unless that is going on."""
        with self._lock:
            if name in self._counting:
                return
            self._counting.add(name)
        self._again.submit(self._count_again, name, count)

    def _count_again(self, name: str, count: Callable[[Archive], object]) -> None:
        try:
            self._count(name, self._open(), count)
        finally:
            self._counting.discard(name)
