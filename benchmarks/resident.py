"""How much memory this process holds: its own, and pages of files that it has mapped.

Pages of mapped files are the kernel's to take back: a smaller machine runs the same with fewer.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Self

_EACH = 0.2
"""Seconds between two looks."""


class Resident:
    """The most megabytes that this process held while a block ran, looked at five times a second."""

    def __init__(self) -> None:
        self.own = 0.0
        self.files = 0.0
        self._end = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._watcher.join()

    def __str__(self) -> str:
        return f"{self.own:.0f} MB of its own and {self.files:.0f} MB of mapped files at most"

    def _watch(self) -> None:
        while True:
            self._look()
            if self._end.wait(_EACH):
                break
        self._look()

    def _look(self) -> None:
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        held = dict(line.split(":", 1) for line in lines if line.startswith("Rss"))
        own, files = (int(held[name].split()[0]) / 1024 for name in ("RssAnon", "RssFile"))
        self.own, self.files = max(self.own, own), max(self.files, files)
