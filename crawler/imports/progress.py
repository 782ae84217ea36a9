"""How far an import is: records and bytes, and how long the rest will take."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

    from crawler.imports.notes import Tally
    from crawler.imports.pieces import Piece

MEGABYTE = 1_000_000
AT_TERMINAL = 2.0
"""Seconds after which a person wonders."""
EVERY = 256
"""Records between two looks at the clock."""


class Progress:
    """Prints a line now and then; ``interval`` is in seconds, a few of them on a terminal."""

    def __init__(self, interval: float, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._interval = min(interval, AT_TERMINAL) if self._stream.isatty() else interval
        self._shown = time.monotonic()
        self._calls = 0
        self._piece: Piece | None = None
        self._begun = (0.0, 0)
        """When reading of this file began, and where."""

    def show(self, piece: Piece, place: int, tally: Tally) -> None:
        """Print how far a file was read, if the last line is old enough."""
        self._calls += 1
        if piece is not self._piece:
            self._piece, self._begun = piece, (time.monotonic(), place)
        elif self._calls % EVERY == 0:
            size = f" of {piece.size / MEGABYTE:,.0f}" if piece.size else ""
            read = f"{place / MEGABYTE:,.0f}{size} MB"
            self._print(f"{piece.name}: {read}{self._rest(piece, place)}", tally)

    def say(self, what: str, tally: Tally) -> None:
        """Print how far something without a size was read, if the last line is old enough."""
        self._print(what, tally)

    def _print(self, what: str, tally: Tally) -> None:
        now = time.monotonic()
        if now - self._shown < self._interval:
            return
        self._shown = now
        line = f"{what}; {tally.records:,} records, {tally.pages} pages, {tally.known} known"
        print(line, file=self._stream, flush=True)

    def _rest(self, piece: Piece, place: int) -> str:
        began, first = self._begun
        if not piece.size or place <= first:
            return ""
        seconds = (time.monotonic() - began) / (place - first) * (piece.size - place)
        return f", about {max(1, round(seconds / 60))} min left"
