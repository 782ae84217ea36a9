"""The pace on one machine: a small file a host, locked by the kernel while a request is under way.

Crawls side by side share one connection and one pause, and a killed process leaves the gate open.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import time
from typing import TYPE_CHECKING

from crawler.net.pace.gate import BUSY_POLL, Turn
from crawler.net.throttle import RETRY_AFTER_CAP
from storage.errors import ArchiveUnusable
from storage.instants import SKEW, time_left

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FIELD = 24
_LAST, _NOT_BEFORE = 0, _FIELD
"""Where the two times stand in the file."""
_CLOSED = -1
"""No file: whoever asks it is told so, and reads no other one that got its number."""


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
        """Close the file, and with it leave the gate; harmless when that was done before."""
        self._entered = False
        file, self._file = self._file, _CLOSED
        with contextlib.suppress(OSError):
            os.close(file)

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


class FileGate:
    """A `HostGate` by the clock of this machine."""

    def __init__(self, folder: Path, key: str) -> None:
        self._gate = HostGate(folder, key)

    def try_enter(self, delay: float, lease: float) -> Turn:  # noqa: ARG002 - the kernel ends it
        """Enter, if the host may be asked now."""
        now = time.time()
        return Turn(self._gate.try_enter(now, delay), self._gate.held_for(now))

    def leave(self) -> None:
        """End the request."""
        self._gate.leave(time.time())

    def hold(self, seconds: float) -> None:
        """Close the gate for a time."""
        now = time.time()
        self._gate.hold(now + seconds, now)

    def close(self) -> None:
        """Close the file."""
        self._gate.close()


class FileGates:
    """The gates that one component holds, opened when first used."""

    is_remote = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._gates: dict[str, FileGate] = {}

    def of(self, key: str) -> FileGate:
        """Return the gate of the host with that `pace_key`."""
        if key not in self._gates:
            self._gates[key] = FileGate(self._folder, key)
        return self._gates[key]

    def close(self) -> None:
        """Close all gates."""
        for gate in self._gates.values():
            gate.close()
        self._gates.clear()
