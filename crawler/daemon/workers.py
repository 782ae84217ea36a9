"""The daemon's running children: what each works on, its progress, how it ended."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from crawler.daemon.child import Child, Task, start_child

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crawler.daemon.options import DaemonOptions
    from crawler.sources.model import Source
    from storage.archive import Archive

logger = logging.getLogger(__name__)

LONG = 3600.0
"""Seconds: there is nothing to look at before something happens."""


class ChildEnd(StrEnum):
    """How a child ended, as metrics count it."""

    FINISHED = "finished"
    FAILED = "failed"
    """By its own exit code."""
    KILLED = "killed"
    """The daemon ended it."""
    LOST = "lost"
    """It went with its worker, or what the worker sent was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildResult:
    """How a child ended."""

    task: Task
    sources: tuple[str, ...]
    ran: frozenset[str]
    """Sources with a recorded run."""
    status: int
    ended_by: str
    """Why the daemon ended it, empty when it ended by itself."""
    messages: str
    worker: str = ""
    """The worker that did it; empty: a child of this daemon."""
    lost: str = ""
    """Why nothing came of it that says anything about its sources; empty where it does."""

    @property
    def end(self) -> ChildEnd:
        """Return how it ended."""
        if self.lost:
            return ChildEnd.LOST
        if self.ended_by:
            return ChildEnd.KILLED
        return ChildEnd.FAILED if self.status else ChildEnd.FINISHED


class Workers:
    """All running children. Times are monotonic seconds."""

    def __init__(self, options: DaemonOptions) -> None:
        self.children: list[Child] = []
        self._stall = options.stall_timeout
        self._limit = options.crawl_timeout
        self._grace = options.kill_grace
        self._most = options.children

    def busy(self) -> set[str]:
        """Return the sources that a child works on."""
        return {source for child in self.children for source in child.sources}

    def is_at_work(self) -> bool:
        """Return whether anything is under way."""
        return bool(self.children or self.busy())

    def count(self, task: Task) -> int:
        """Return how many children do that task."""
        return sum(child.task == task for child in self.children)

    def has_room(self) -> bool:
        """Return whether one more crawl may run."""
        return self.count(Task.CRAWL) < self._most

    def room_for(self, archive: Archive, sources: Sequence[Source]) -> Sequence[Source]:  # noqa: ARG002
        """Return those of some due sources, the longest due first, that one crawl may take."""
        return sources

    def crawl(self, archive: Archive, words: Sequence[str], sources: Sequence[Source]) -> bool:
        """Start a crawl of sources, by the global options ``words``; return whether it began."""
        ids = [source.id for source in sources]
        return self.start(
            [*words, "crawl", "--due", "--", *ids],
            task=Task.CRAWL,
            sources=ids,
            now=time.monotonic(),
            after_run=archive.runs.last_id(),
        )

    def work(self, words: Sequence[str], task: Task) -> bool:
        """Start work that is about no source; return whether it began."""
        return self.start(words, task=task, sources=(), now=time.monotonic(), after_run=0)

    def go_on(
        self, archive: Archive, sources: Sequence[Source], may_crawl: Callable[[], bool]
    ) -> None:
        """Start what is to be done of sources besides due crawls: nothing, on one machine."""

    def patience(self) -> float:
        """Return the seconds after which to look again, whatever happens."""
        return 0.5 if self.is_ending() else LONG

    def is_ending(self) -> bool:
        """Return whether a child was asked to end and still runs."""
        return any(child.ending_since is not None for child in self.children)

    def start(
        self,
        arguments: Sequence[str],
        *,
        task: Task,
        sources: Sequence[str],
        now: float,
        after_run: int,
    ) -> bool:
        """Start a child; return False, and log why, if the system starts no process."""
        try:
            child = start_child(arguments, task=task, sources=sources, now=now, after_run=after_run)
        except OSError as error:
            logger.error("cannot start a child for %s: %s", ", ".join(sources) or task, error)
            return False
        self.children.append(child)
        names = ", ".join(sources)
        logger.info("child %d: %s %s", child.process.pid, task, names, extra={"event": "start"})
        return True

    def watch(self, archive: Archive | None, now: float) -> None:
        """End children that make no progress or run too long; kill those that do not end."""
        for child in self.children:
            if archive is not None and child.ending_since is None:
                child.watchdog.note(_progress(archive, child), now)
            if why := child.watchdog.overdue(now, stall=self._stall, limit=self._limit):
                if child.ending_since is None:
                    logger.warning("child %d: %s, asked to end", child.process.pid, why)
                child.end(why, now)
            if child.kill_if_late(now, self._grace):
                logger.warning("child %d: did not end, killed", child.process.pid)

    def end_all(self, why: str, now: float) -> None:
        """Ask every child to end."""
        for child in self.children:
            child.end(why, now)

    def kill_all(self, now: float) -> None:
        """Kill every child at once."""
        for child in self.children:
            child.end("killed", now)
            child.kill_if_late(now, 0.0)

    def close(self) -> None:
        """Let go of whatever is not a child."""

    def collect(self, archive: Archive | None) -> list[ChildResult]:
        """Remove children that have ended; return their results."""
        # Asked once: a child that ends between two questions would be in neither list.
        looked = [(child, child.has_ended()) for child in self.children]
        ended = [child for child, is_gone in looked if is_gone]
        self.children[:] = [child for child, is_gone in looked if not is_gone]
        return [_describe(child, archive) for child in ended]


def _progress(archive: Archive, child: Child) -> object:
    return archive.runs.progress(child.sources, after=child.after_run)


def _describe(child: Child, archive: Archive | None) -> ChildResult:
    ran: frozenset[str] = frozenset()
    if archive is not None and child.sources:
        ran = archive.runs.sources_since(child.after_run) & frozenset(child.sources)
    return ChildResult(
        task=child.task,
        sources=child.sources,
        ran=ran,
        status=child.process.returncode,
        ended_by=child.ended_by,
        messages=child.messages(),
    )
