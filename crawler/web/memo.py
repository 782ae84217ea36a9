"""Figures about the whole archive, counted once and used by many pages."""

from __future__ import annotations

import contextlib
import threading
import time
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
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
        self._counting: dict[str, Future[Any]] = {}
        self._again = thread or counting_thread()

    def get(self, name: str, archive: Archive, count: Callable[[Archive], T]) -> T:
        """Return the figure of that name; count it where there is none.

        One that is too old is returned all the same, and counted again behind the reader's back.
        One that is being counted in the background is waited for: two counts at once take longer.
        """
        kept = self._find(name, count)
        if kept is None and (going := self._counting.get(name)) and not going.cancel():
            with contextlib.suppress(Exception):  # what it met is met and raised below
                going.result()
            kept = self._kept.get(name)
        return cast(T, kept[1]) if kept else self._count(name, archive, count)

    def soon(self, name: str, count: Callable[[Archive], T], seconds: float) -> T | None:
        """Return the figure of that name, or None where counting it takes longer than ``seconds``.

        It is counted in the background, and there when it is asked for again.
        """
        kept = self._find(name, count)
        if kept is None:
            with contextlib.suppress(TimeoutError, CancelledError):
                self.prepare(name, count).result(seconds)
            kept = self._kept.get(name)
        return cast(T, kept[1]) if kept else None

    def forget(self) -> None:
        """Forget all figures: they are of an archive that is no longer there."""
        self._kept = {}

    def close(self) -> None:
        """End the thread that counts again."""
        self._again.shutdown(wait=True, cancel_futures=True)

    def _find(self, name: str, count: Callable[[Archive], object]) -> tuple[float, Any] | None:
        kept = self._kept.get(name)
        if kept and kept[0] < self._clock():
            self.prepare(name, count)
        return kept

    def _count(self, name: str, archive: Archive, count: Callable[[Archive], T]) -> T:
        into = self._kept
        while len(into) >= MOST:
            into.pop(next(iter(into)), None)
        begun = self._clock()
        value = count(archive)
        now = self._clock()
        into[name] = (now + max(SECONDS, COST * (now - begun)), value)
        return value

    def prepare(self, name: str, count: Callable[[Archive], object]) -> Future[Any]:
        """Count a figure in the background, unless that is going on."""
        with self._lock:
            going = self._counting.get(name)
            if going is None or going.done():
                going = self._again.submit(self._count_again, name, count)
                self._counting[name] = going
            return going

    def _count_again(self, name: str, count: Callable[[Archive], object]) -> object:
        return self._count(name, self._open(), count)
