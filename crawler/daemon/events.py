"""What the daemon reacts to: signals, and events of its other threads, in the order they came.

Signal handlers only add to the queue; what a signal means is decided where events are handled.
"""

from __future__ import annotations

import queue
import signal
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType


class EventKind(StrEnum):
    """What an event asks the daemon to do."""

    STOP = "stop"
    RELOAD = "reload"
    """Read the source files again."""
    CHILD = "child"
    """A child process has ended."""
    DUE = "due"
    """A source is due; the detail is its id."""
    CHECKUP = "checkup"
    """Judge the health of all sources."""
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Event:
    """One event. ``detail`` is a source's id or the name of a signal."""

    kind: EventKind
    detail: str = ""


SIGNALS = {
    signal.SIGTERM: EventKind.STOP,
    signal.SIGINT: EventKind.STOP,
    signal.SIGHUP: EventKind.RELOAD,
    signal.SIGCHLD: EventKind.CHILD,
}


class EventQueue:
    """Events from signal handlers and threads, for the daemon's main thread."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def listen(self) -> None:
        """Turn signals into events. Main thread only; as early as possible: until then they
        kill the process."""
        for number in SIGNALS:
            signal.signal(number, self._put_signal)

    @staticmethod
    def ignore_signals() -> None:
        """Ignore signals for good: the work is done, and a second SIGTERM must not turn a clean
        end into a kill."""
        for number, kind in SIGNALS.items():
            if kind is not EventKind.CHILD:
                signal.signal(number, signal.SIG_IGN)

    def put(self, kind: EventKind, detail: str = "") -> None:
        """Add an event; from any thread."""
        self._queue.put(Event(kind, detail))

    def wait(self, seconds: float) -> list[Event]:
        """Return all events since the last call, waiting up to ``seconds`` for the first."""
        try:
            events = [self._queue.get(timeout=seconds)]
        except queue.Empty:
            return []
        while not self._queue.empty():
            events.append(self._queue.get())
        return events

    def _put_signal(self, number: int, _frame: FrameType | None) -> None:
        self.put(SIGNALS[signal.Signals(number)], signal.Signals(number).name)
