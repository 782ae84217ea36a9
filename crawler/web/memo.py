"""Figures about the whole archive, counted once and used by many pages."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.archive import Archive

T = TypeVar("T")

SECONDS = 60.0
"""How old a figure may be before it is counted again."""
COST = 20
"""A figure that took a second to count may be so many seconds older."""


class Memo:
    """Keeps what functions of the archive return, by a name; several threads may ask."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[float, Any]] = {}
        self._locks: dict[str, threading.Lock] = {}

    def get(self, name: str, archive: Archive, count: Callable[[Archive], T]) -> T:
        """Return the figure of that name; count it where there is none, or it is too old.

        While one thread counts again, others get the figure of before.
        """
        kept = self._kept.get(name)
        if kept is not None and kept[0] > self._clock():
            return cast(T, kept[1])
        lock = self._locks.setdefault(name, threading.Lock())
        if not lock.acquire(blocking=kept is None):
            return cast(T, kept[1] if kept else None)
        try:
            kept = self._kept.get(name)
            if kept is not None and kept[0] > self._clock():
                return cast(T, kept[1])
            begun = self._clock()
            value = count(archive)
            cost = self._clock() - begun
            self._kept[name] = (self._clock() + max(SECONDS, COST * cost), value)
            return value
        finally:
            lock.release()
