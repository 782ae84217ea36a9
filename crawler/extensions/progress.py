"""What a person sees while a crawl goes on: bars on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from crawler.runs import signals

if TYPE_CHECKING:
    from typing import TextIO

    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID
    from scrapy.crawler import Crawler

    from storage.records import Link, Outcome, SeedState


class Board(Protocol):
    """Where progress is shown, for all sources of a process together."""

    def start(self) -> None: ...

    def show(self, source_id: str, outcomes: Counter[str], expected: int) -> None: ...

    def stop(self) -> None: ...


class Lines:
    """Plain lines, at most one per source and ``interval`` seconds."""

    def __init__(self, interval: float, stream: TextIO | None = None) -> None:
        self._interval = interval
        self._stream = stream or sys.stderr
        self._shown: dict[str, float] = {}

    def start(self) -> None:
        """Nothing to prepare."""

    def show(self, source_id: str, outcomes: Counter[str], expected: int) -> None:
        """Print a line if the last one is old enough."""
        now = time.monotonic()
        if now - self._shown.setdefault(source_id, now) >= self._interval:
            self._shown[source_id] = now
            done = outcomes.total()
            text = f"{source_id}: {done} of about {max(done, expected)} pages: {count(outcomes)}"
            print(text, file=self._stream, flush=True)

    def stop(self) -> None:
        """Nothing to tidy up."""


class Bars:
    """One rich progress bar per source."""

    def __init__(self) -> None:
        self._progress: RichProgress | None = None
        self._tasks: dict[str, TaskID] = {}

    def start(self) -> None:
        """Show the bars from now on; what is logged goes above them."""
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[counts]}", markup=False),
            TimeRemainingColumn(compact=True),
            console=Console(stderr=True),
            refresh_per_second=4,
            transient=True,
        )
        self._progress.start()

    def show(self, source_id: str, outcomes: Counter[str], expected: int) -> None:
        """Move the source's bar."""
        if self._progress is None:
            return
        if source_id not in self._tasks:
            self._tasks[source_id] = self._progress.add_task(source_id, total=None, counts="")
        done = outcomes.total()
        self._progress.update(
            self._tasks[source_id],
            completed=done,
            total=max(done, expected),
            counts=count(outcomes),
        )

    def stop(self) -> None:
        """Take the bars away."""
        if self._progress is not None:
            self._progress.stop()


class Progress:
    """Counts what becomes of a source's pages and shows it on a board."""

    def __init__(self, source_id: str, board: Board, limit: int | None) -> None:
        self._source_id = source_id
        self._board = board
        self._limit = limit
        self._outcomes: Counter[str] = Counter()
        self._expected = 0

    def attach(self, crawler: Crawler) -> None:
        """Follow a crawler. It must keep a reference to this object."""
        crawler.signals.connect(self.note_poll, signals.seed_polled)
        crawler.signals.connect(self.note_page, signals.page_settled)
        crawler.signals.connect(self.note_backlog, signals.run_started)

    def note_backlog(self, pending: int) -> None:
        """What earlier runs left to do."""
        self._expect(pending)

    def note_poll(self, seed: SeedState, fresh: int) -> None:  # noqa: ARG002 - the signal's arguments
        """A seed brought new links."""
        self._expect(fresh)

    def note_page(self, link: Link, outcome: Outcome) -> None:  # noqa: ARG002 - as above
        """A page got its outcome."""
        self._outcomes[str(outcome.kind)] += 1
        self._board.show(self._source_id, self._outcomes, self._expected)

    def _expect(self, more: int) -> None:
        self._expected += more
        if self._limit is not None:
            self._expected = min(self._expected, self._limit)
        self._board.show(self._source_id, self._outcomes, self._expected)


def choose_board(interval: float, stream: TextIO | None = None) -> Board:
    """Bars on a terminal, lines elsewhere."""
    stream = stream or sys.stderr
    return Bars() if stream.isatty() else Lines(interval, stream)


def count(outcomes: Counter[str]) -> str:
    """Outcomes for people, e.g. ``12 new, 1 rejected``."""
    return ", ".join(f"{number} {kind}" for kind, number in outcomes.items()) or "nothing yet"
