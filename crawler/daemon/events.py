"""What wakes the daemon: signals, and what its other threads have to say, in the order it came.

The handlers only ring; what a signal means is decided where the bell is heard.
"""

from __future__ import annotations

import queue
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

MEANINGS = {
    signal.SIGTERM: "stop",
    signal.SIGINT: "stop",
    signal.SIGHUP: "reload",
    signal.SIGCHLD: "child",
}


class Bell:
    """A queue of (word, detail) that signal handlers and threads may ring."""

    def __init__(self) -> None:
        self._rung: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()

    def listen(self) -> None:
        """From now on signals ring. Main thread only; as early as can be, for until then they
        kill."""
        for number in MEANINGS:
            signal.signal(number, self._ring_signal)

    @staticmethod
    def be_deaf() -> None:
        """Ignore signals for good: the work is done, and an impatient second SIGTERM must not
        make a death of an end that went well."""
        for number, meaning in MEANINGS.items():
            if meaning != "child":
                signal.signal(number, signal.SIG_IGN)

    def ring(self, word: str, detail: str = "") -> None:
        """Say something; from any thread."""
        self._rung.put((word, detail))

    def hear(self, patience: float) -> list[tuple[str, str]]:
        """Everything rung since; waits up to ``patience`` seconds for the first, may be empty."""
        try:
            heard = [self._rung.get(timeout=patience)]
        except queue.Empty:
            return []
        while not self._rung.empty():
            heard.append(self._rung.get())
        return heard

    def _ring_signal(self, number: int, _frame: FrameType | None) -> None:
        self.ring(MEANINGS[signal.Signals(number)], signal.Signals(number).name)
