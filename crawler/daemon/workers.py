"""The daemon's running children: who crawls what, how far they are, how they ended."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.daemon.child import Child, start_child

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from crawler.daemon.options import Routine

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a child ended, source by source."""

    task: str
    sources: tuple[str, ...]
    ran: frozenset[str]
    """Sources that a run was recorded for."""
    status: int
    ended_by: str
    """Why the daemon ended it, empty when it ended by itself."""
    messages: str

    @property
    def how(self) -> str:
        """One word: ``finished``, ``failed`` (it says so itself) or ``killed`` (we ended it)."""
        if self.ended_by:
            return "killed"
        return "failed" if self.status else "finished"


class Crew:
    """All running children. Times are monotonic seconds."""

    def __init__(self, routine: Routine) -> None:
        self.children: list[Child] = []
        self._stall = routine.stall_timeout
        self._limit = routine.crawl_timeout
        self._grace = routine.kill_grace
        self._most = routine.children

    def busy(self) -> set[str]:
        """Sources that a child works on."""
        return {source for child in self.children for source in child.sources}

    def count(self, task: str) -> int:
        """How many children do that kind of work."""
        return sum(child.task == task for child in self.children)

    def has_room(self) -> bool:
        """Whether one more crawl may run."""
        return self.count("crawl") < self._most

    def is_ending(self) -> bool:
        """Whether a child was told to end and has not."""
        return any(child.told_to_end is not None for child in self.children)

    def start(
        self,
        arguments: Sequence[str],
        *,
        task: str,
        sources: Sequence[str],
        now: float,
        after_run: int,
    ) -> bool:
        """Start a child; False, and said in the log, where the system gives us no process."""
        try:
            child = start_child(arguments, task=task, sources=sources, now=now, after_run=after_run)
        except OSError as error:
            logger.error("cannot start a child for %s: %s", ", ".join(sources) or task, error)
            return False
        self.children.append(child)
        names = ", ".join(sources)
        logger.info("child %d: %s %s", child.process.pid, task, names, extra={"event": "start"})
        return True

    def watch(self, conn: sqlite3.Connection | None, now: float) -> None:
        """The watchdog: end what makes no progress or runs too long, kill what does not end."""
        for child in self.children:
            if conn is not None and child.told_to_end is None:
                child.note_progress(read_progress(conn, child), now)
            if why := child.overdue(now, stall=self._stall, limit=self._limit):
                if child.told_to_end is None:
                    logger.warning("child %d: %s, told to end", child.process.pid, why)
                child.end(why, now)
            if child.kill_if_deaf(now, self._grace):
                logger.warning("child %d: did not end, killed", child.process.pid)

    def end_all(self, why: str, now: float) -> None:
        """Ask every child to end."""
        for child in self.children:
            child.end(why, now)

    def kill_all(self, now: float) -> None:
        """Kill every child at once."""
        for child in self.children:
            child.end("killed", now)
            child.kill_if_deaf(now, 0.0)

    def collect(self, conn: sqlite3.Connection | None) -> list[Ended]:
        """Take leave of children that have ended."""
        # Asked once: one that ends between two looks would be in neither list.
        looked = [(child, child.has_ended()) for child in self.children]
        ended = [child for child, is_gone in looked if is_gone]
        self.children[:] = [child for child, is_gone in looked if not is_gone]
        return [_describe(child, conn) for child in ended]


def read_progress(conn: sqlite3.Connection, child: Child) -> object:
    """What the child has done so far; it differs as soon as it has done more."""
    marks = ",".join("?" * len(child.sources))
    runs = conn.execute(
        f"SELECT id, state, outcomes FROM runs WHERE source_id IN ({marks}) AND id > ?",  # noqa: S608
        (*child.sources, child.after_run),
    ).fetchall()
    polls = conn.execute(
        f"SELECT max(polled_at), count(*) FROM seeds WHERE source_id IN ({marks})",  # noqa: S608
        child.sources,
    ).fetchall()
    return [tuple(row) for row in (*runs, *polls)]


def _describe(child: Child, conn: sqlite3.Connection | None) -> Ended:
    ran: frozenset[str] = frozenset()
    if conn is not None and child.sources:
        rows = conn.execute(
            "SELECT DISTINCT source_id FROM runs WHERE id > ? OR state = 'running'",
            (child.after_run,),
        )
        ran = frozenset(row[0] for row in rows) & frozenset(child.sources)
    return Ended(
        task=child.task,
        sources=child.sources,
        ran=ran,
        status=child.process.returncode,
        ended_by=child.ended_by,
        messages=child.messages(),
    )
