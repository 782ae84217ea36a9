"""How long a search may work, and what ends it."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from typing import TYPE_CHECKING

from storage.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 0.4
"""For finding candidates, and as much again for reading them."""
PATIENCE = 3
"""Seconds of the wall clock for each second of CPU."""
_CHECK_EACH = 20_000
"""Steps of SQLite's virtual machine between two looks at the clock: some milliseconds."""


class Budget:
    """Time limit for one stage of a search, then for the next.

    Counted in seconds of this thread's CPU, so that a busy machine answers late and not worse;
    on a slow disk the wall clock ends it, at ``PATIENCE`` times as much.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.cut = False
        """Whether an earlier stage ended before its work did."""
        self._begin()

    def renew(self) -> None:
        """Start the next stage: as much time again."""
        self.cut = self.cut or self.spent
        self._begin()

    def _begin(self) -> None:
        self._cpu_end = time.thread_time() + self._seconds
        self._end = time.monotonic() + PATIENCE * self._seconds

    @property
    def spent(self) -> bool:
        """Whether the time is over."""
        return time.thread_time() > self._cpu_end or time.monotonic() > self._end

    def check(self, *, found: bool) -> None:
        """End the stage of finding. Raise QueryError where time ran out before anything came."""
        if self.spent and not found:
            raise QueryError(_TOO_LONG)
        self.renew()


_TOO_LONG = "the search took too long: add a word, a source or a period"


@contextlib.contextmanager
def bounded(conn: sqlite3.Connection) -> Iterator[Budget]:
    """Named rows and a time limit for what runs inside; its end is a QueryError."""
    budget = Budget(SECONDS)
    factory = conn.row_factory
    conn.row_factory = sqlite3.Row
    conn.set_progress_handler(lambda: budget.spent, _CHECK_EACH)
    try:
        yield budget
    except sqlite3.OperationalError as error:
        if budget.spent:
            raise QueryError(_TOO_LONG) from error
        raise
    finally:
        conn.set_progress_handler(None, 0)
        conn.row_factory = factory
