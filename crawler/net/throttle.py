"""The pace of requests to a host: one at a time and a pause after each, for all processes.

``Retry-After`` and ``Crawl-delay`` are read here, and ``HostGate`` keeps the pace: a small file a
host, locked by the kernel while a request is under way, so that crawls side by side share one
connection and one pause, and a killed process leaves the gate open.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import hashlib
import math
import os
import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from storage.errors import ArchiveUnusable
from storage.instants import SKEW, time_left

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RETRY_AFTER_CAP = 86400.0
"""Seconds. After a day a host is asked again, whatever it said."""
BUSY_POLL = 0.05
"""Seconds until a gate that another process holds is tried again."""

_FIELD = 24
_LAST, _NOT_BEFORE = 0, _FIELD
"""Where the two times stand in the file."""
_SECONDS = re.compile(r"[0-9]{1,20}")


def parse_retry_after(value: str | None, now: dt.datetime) -> float | None:
    """Return the seconds that ``Retry-After`` (RFC 9110, 10.2.3) asks for; None: it says nothing.

    Both forms, seconds and an HTTP date, are understood; what is neither counts as absent, a date
    in the past too. Never more than `RETRY_AFTER_CAP`. ``now`` must know its zone.
    """
    text = (value or "").strip()[:100]
    if _SECONDS.fullmatch(text):
        return min(float(text), RETRY_AFTER_CAP) or None
    if not re.match(r"[A-Za-z]{3}", text):
        return None
    try:
        until = parsedate_to_datetime(text)
        if until.tzinfo is None:
            until = until.replace(tzinfo=dt.UTC)
        wait = (until - now).total_seconds()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return min(wait, RETRY_AFTER_CAP) if wait > 0 else None


def choose_delay(own: float, crawl_delay: float | None, cap: float) -> float:
    """Return the seconds between two requests: ours, or the ``Crawl-delay`` up to ``cap``."""
    if crawl_delay is None or not math.isfinite(crawl_delay) or crawl_delay < 0:
        return own
    return max(own, min(crawl_delay, cap))


def back_off(attempt: int, base: float, cap: float) -> float:
    """Return the seconds to wait before a repetition (1 is the first): doubling, capped."""
    return min(base * 2.0 ** min(attempt - 1, 32), cap)


class HostGate:
    """The right to ask one host, across threads and processes. Times are wall-clock seconds.

    The file holds when the last request ended and until when the host asked to be left alone.
    A clock that was set back cannot close the gate: see `storage.instants.time_left`. Without its
    file no pace can be kept, so nothing may be asked: each method raises ArchiveUnusable then.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self._path = folder / hashlib.sha256(key.encode()).hexdigest()[:24]
        self._entered = False
        with self._explained():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def try_enter(self, now: float, delay: float) -> float:
        """Enter and return 0, or return the seconds after which to try again."""
        if self._entered or not self._lock():
            return BUSY_POLL
        try:
            wait = self._find_wait(now, delay)
            if wait <= 0:
                self._write(_LAST, now)
                self._entered = True
            return wait
        finally:
            if not self._entered:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def _find_wait(self, now: float, delay: float) -> float:
        last = self._read(_LAST)
        if last > now + SKEW:
            # The clock was set back, perhaps a moment ago: one pause counts from here.
            self._write(_LAST, last := now)
        return max(time_left(last + delay, now, delay), self.held_for(now))

    def held_for(self, now: float) -> float:
        """Return the seconds for which the host asked to be left alone; 0 when it did not."""
        return time_left(self._read(_NOT_BEFORE), now, RETRY_AFTER_CAP)

    def leave(self, now: float) -> None:
        """End the request: the pause counts from here."""
        if self._entered:
            self._entered = False
            try:
                self._write(_LAST, now)
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def hold(self, until: float, now: float) -> None:
        """Close the gate until an instant; an earlier one never shortens a later one."""
        if time_left(until, now, RETRY_AFTER_CAP) > self.held_for(now):
            self._write(_NOT_BEFORE, until)

    def close(self) -> None:
        """Close the file, and with it leave the gate."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _lock(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ArchiveUnusable(f"{self._path} cannot be used: {error.strerror}") from error

    def _read(self, field: int) -> float:
        with contextlib.suppress(ValueError), self._explained():
            return float(os.pread(self._file, _FIELD, field))
        return 0.0

    def _write(self, field: int, value: float) -> None:
        # Each field by itself: who holds the host need not hold the lock.
        with self._explained():
            os.pwrite(self._file, f"{value:<{_FIELD - 1}.3f}\n".encode(), field)


class Gates:
    """The gates that one component holds, opened when first used."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._gates: dict[str, HostGate] = {}

    def of(self, key: str) -> HostGate:
        """Return the gate of the host with that `pace_key`."""
        if key not in self._gates:
            self._gates[key] = HostGate(self._folder, key)
        return self._gates[key]

    def close(self) -> None:
        """Close all gates."""
        for gate in self._gates.values():
            gate.close()
        self._gates.clear()
