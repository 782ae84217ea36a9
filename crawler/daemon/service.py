"""The daemon: keeps time, starts crawls as children, watches, tells, survives.

One thread does everything with the archive and the children. It waits for events, which come from
the timetable (what is due, upkeep), from signals, and from its own tick. What is due stands in the
archive, so a restart forgets nothing.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.daemon.maintenance import Upkeep
from crawler.daemon.preflight import (
    check_not_lost,
    find_damage,
    find_obstacle,
    identity,
    wait_for_archive,
)
from crawler.daemon.queue import WaitingLine
from crawler.daemon.systemd import notify
from crawler.daemon.timer import Timetable
from crawler.daemon.workers import Crew, Ended
from crawler.logs import Troubles
from crawler.monitoring.notifier import Teller
from storage.errors import ArchiveError, ArchiveUnusable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from crawler.daemon.catalogue import Roster
    from crawler.daemon.events import Bell
    from crawler.daemon.options import Routine
    from crawler.monitoring.delivery import Outbox
    from crawler.monitoring.metrics import Metrics
    from crawler.sources.model import Source
    from storage.archive import Archive

logger = logging.getLogger(__name__)

_BUSY_SECONDS = 2.0
"""How long the daemon waits for a writer at a time: it must stay able to stop."""

_CHECK_SECONDS = 10.0
"""How long a start may look for damage."""
_LAST_POST, _LAST_POST_ONCE = 4.0, 60.0
"""Seconds that alarms have at a stop, and at the end of a single round."""


@dataclass(slots=True, kw_only=True)
class _State:
    """What the daemon knows that is not in the archive, and may forget."""

    ticked: float = float("-inf")
    """Monotonic seconds of the last tick."""
    failed: float = float("-inf")
    """Monotonic seconds of the last failure of the archive."""
    stopping: str = ""
    exit_code: int = 0


class Daemon:
    """One daemon on one archive. `run` returns the exit code."""

    def __init__(
        self,
        archive: Path,
        roster: Roster,
        routine: Routine,
        outbox: Outbox,
        bell: Bell,
        *,
        captures_dir: Path | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self.path = archive
        self.roster = roster
        self.routine = routine
        self.outbox = outbox
        self.metrics = metrics
        self.teller = Teller(outbox, gather=routine.tick)
        self.state = _State()
        self.troubles = Troubles(logger)
        self.crew = Crew(routine)
        self.line = WaitingLine(gather=routine.gather, most=routine.sources_a_child)
        self._captures_dir = captures_dir
        self.bell = bell
        self.timetable = Timetable(
            lambda id_: bell.ring("due", id_), slack=routine.slack, hold=routine.hold
        )
        self.upkeep = Upkeep(routine)
        self._archive: Archive | None = None
        self._identity: tuple[int, int] | None = None

    def run(self) -> int:
        """Work until a signal, or until everything due is done (``once``).

        Hold a `DaemonLock` meanwhile. Raises ArchiveError when the archive cannot be opened or is
        damaged, or the clock cannot be right.
        """
        try:
            if self._open():
                self._start()
                self._loop()
        finally:
            notify("STOPPING=1")
            self._clean_up()
        return self.state.exit_code

    def _open(self) -> bool:
        """Open the archive; False when we are to stop before it can be had."""
        check_not_lost(self.path, self._captures_dir or self.path.parent / "captures")
        self._archive = wait_for_archive(
            self.path, self._captures_dir, self.bell, self.troubles, patience=_BUSY_SECONDS
        )
        if self._archive is None:
            return False
        self._identity = identity(self.path)
        obstacle = find_obstacle(self._archive, now=self.timetable.now(), reserve=0)
        if obstacle is not None:
            raise ArchiveUnusable(f"not started: {obstacle.why}")
        if not self.routine.once and (damage := find_damage(self._archive, seconds=_CHECK_SECONDS)):
            raise ArchiveUnusable(f"{self.path} is damaged: restore a backup ({damage})")
        return True

    def _start(self) -> None:
        sources = self.sources()
        logger.info("%s: %d sources", self.path, len(sources), extra={"event": "started"})
        self._say_complaints()
        self.outbox.start()
        if self.routine.once:
            self._guarded(self._mark_all_due)
            return
        self.timetable.start()
        self._guarded(self._plan_start)
        self.timetable.every(self.routine.checkup, lambda: self.bell.ring("checkup"))
        self.timetable.every(self.routine.checkpoint, lambda: self.bell.ring("upkeep"))
        notify("READY=1")

    def _loop(self) -> None:
        while not (self.state.stopping and not self.crew.children):
            for word, detail in self.bell.hear(self._patience()):
                self._handle(word, detail)
            # By the clock: where something always rings, silence never comes.
            if time.monotonic() - self.state.ticked >= self.routine.tick:
                self.state.ticked = time.monotonic()
                self._guarded(self._tick)
            self._guarded(self._work)
            if self.routine.once and not self.line and not self.crew.children:
                return

    def _patience(self) -> float:
        """Seconds to wait for an event before there is something to do anyway."""
        now = time.monotonic()
        waits = [self.state.ticked + self.routine.tick - now]
        if self.crew.is_ending():
            waits.append(0.5)
        first = self.line.wait(now)
        if first is not None and self.crew.has_room() and "obstacle" not in self.troubles:
            waits.append(first)
        return max(0.05, min(waits))

    def _handle(self, word: str, detail: str) -> None:
        if word == "due":
            self.line.join(detail, time.monotonic())
        elif word == "stop":
            self._stop(detail)
        elif word == "reload":
            logger.info("%s: reading the source files again", detail)
            self._guarded(self._reload)
        elif word == "checkup":
            self._guarded(lambda: self._check(self.sources()))
        elif word == "upkeep":
            self._guarded(lambda: self.upkeep.work(self.archive, now=self.timetable.now()))

    def _stop(self, why: str) -> None:
        if self.state.stopping:
            logger.warning("%s again: children are killed", why)
            self.crew.kill_all(time.monotonic())
            return
        logger.info("%s: stopping, %d children", why, len(self.crew.children))
        self.state.stopping = why
        self.line.keep_only(())
        self.crew.end_all("the daemon stops", time.monotonic())

    def _clean_up(self) -> None:
        self.crew.kill_all(time.monotonic())
        for child in self.crew.children:
            child.process.wait()
        self.timetable.stop()
        if self._archive is not None:
            try:
                if identity(self.path) == self._identity:
                    self.teller.tell(self._archive, at_once=True)
                    self._archive.checkpoint()
            except (ArchiveError, sqlite3.Error) as error:
                logger.warning("%s", error)
            self._archive.close()
        self.outbox.finish(_LAST_POST if self.state.stopping else _LAST_POST_ONCE)

    # --- the archive, which may be away ----------------------------------------------------------

    @property
    def archive(self) -> Archive:
        """The open archive."""
        assert self._archive is not None  # noqa: S101 - opened before anything else happens
        return self._archive

    def sources(self) -> list[Source]:
        """The sources this daemon crawls."""
        return [source for source in self.roster.sources.values() if self.routine.wants(source)]

    def _guarded(self, work: Callable[[], None]) -> None:
        """Do something with the archive; what is wrong with it is said once, and work goes on.

        An archive that was removed or replaced ends the daemon: it would write into the void.
        """
        if identity(self.path) != self._identity:
            self._give_up(f"{self.path} was removed or replaced while in use")
            self.crew.watch(None, time.monotonic())
            self.crew.collect(None)
            return
        try:
            work()
        except (ArchiveError, sqlite3.Error, OSError) as error:
            self.state.failed = time.monotonic()
            self.troubles.say("archive", f"{error}; trying again")
        else:
            # Reading works on a full disk, too: what counts is that nothing fails for a while.
            if time.monotonic() - self.state.failed > 2 * self.routine.tick:
                self.troubles.clear("archive", f"{self.path} can be used again")

    def _give_up(self, why: str) -> None:
        if not self.state.stopping:
            logger.error("%s", why)
            self.state.exit_code = 1
            self._stop("cannot go on")

    # --- time ------------------------------------------------------------------------------------

    def _mark_all_due(self) -> None:
        for id_ in self.timetable.due_now(self.archive, self.sources()):
            self.line.join(id_, time.monotonic(), at_once=True)

    def _plan_start(self) -> None:
        self.timetable.plan(self.archive, self.sources(), spread=self.routine.stagger)
        self._check(self.sources())

    def _tick(self) -> None:
        self.timetable.tick()
        if self.roster.has_changed():
            self._reload()
        if not self.routine.once:
            self._find_forgotten()
        if self.metrics:
            self.metrics.show_daemon(
                self.path,
                children=len(self.crew.children),
                waiting=self.line.since,
                letters=self.outbox.waiting,
            )
        self.teller.tell(self.archive)
        notify("WATCHDOG=1")

    def _find_forgotten(self) -> None:
        """Give a turn to sources that lost theirs, as when the archive could not be read then."""
        kept, busy = self.timetable.planned(), self.crew.busy()
        for source in self.sources():
            if source.id not in kept and source.id not in busy and source.id not in self.line:
                self.timetable.refresh(self.archive, source)

    def _reload(self) -> None:
        changed, gone = self.roster.reload()
        self._say_complaints()
        if changed or gone:
            logger.info(
                "changed: %s; gone: %s", ", ".join(changed) or "none", ", ".join(gone) or "none"
            )
        if self.routine.once:
            return
        for source in self.sources():
            if source.id in changed:
                self.timetable.refresh(self.archive, source)
        self.timetable.keep_only(source.id for source in self.sources())

    def _say_complaints(self) -> None:
        if self.roster.complaints:
            self.troubles.say("sources", "; ".join(self.roster.complaints))
        else:
            self.troubles.clear("sources", "all source files are right again")

    # --- work ------------------------------------------------------------------------------------

    def _work(self) -> None:
        """After every event: look after children, start what is due."""
        self.crew.watch(self.archive.conn, time.monotonic())
        for ended in self.crew.collect(self.archive.conn):
            self._take_leave(ended)
        if self.state.stopping:
            return
        while self._start_due():
            pass
        busy = {child.task for child in self.crew.children}
        for chore in self.upkeep.chores(self.archive, now=self.timetable.now(), busy=busy):
            self._start_child([*self._global_options(), *chore.arguments], chore.task, [])

    def _start_due(self) -> bool:
        """Start one child for what has waited long enough; whether one was started."""
        self.line.keep_only({source.id for source in self.sources()})
        batch = self.line.choose(time.monotonic(), self.crew.busy())
        if not batch or not self.crew.has_room() or not self._may_crawl():
            return False
        words = [*self._global_options(), "crawl", "--due", "--", *batch]
        started = self._start_child(words, "crawl", batch)
        self.line.leave(batch)
        if not started and not self.routine.once:
            for id_ in batch:
                self.timetable.set(id_, self.timetable.hold(id_))
        return started

    def _global_options(self) -> list[str]:
        folder = self.roster.children_folder
        return ["--archive", str(self.path), *(["--sources", str(folder)] if folder else [])]

    def _start_child(self, arguments: list[str], task: str, sources: list[str]) -> bool:
        last = self.archive.conn.execute("SELECT coalesce(max(id), 0) FROM runs").fetchone()[0]
        now = time.monotonic()
        return self.crew.start(arguments, task=task, sources=sources, now=now, after_run=last)

    def _may_crawl(self) -> bool:
        now, reserve = self.timetable.now(), self.routine.reserve
        obstacle = find_obstacle(self.archive, now=now, reserve=reserve)
        if self.metrics:
            self.metrics.held.set(obstacle is not None)
        if obstacle is None:
            self.troubles.clear("obstacle", "crawls may start again")
            return True
        self.troubles.say("obstacle", f"no crawl is started: {obstacle.why}")
        if self.routine.once:
            self._give_up(obstacle.why)
        return False

    def _take_leave(self, ended: Ended) -> None:
        for line in ended.messages.splitlines():
            logger.info("%s", line.removeprefix("baotinh: "), extra={"event": "child"})
        if self.metrics:
            self.metrics.count_end(ended.how)
        if ended.task != "crawl":
            self.upkeep.finish(ended.task, ended.status)
            return
        sources = [self.roster.sources[id_] for id_ in ended.sources if id_ in self.roster.sources]
        for source in sources:
            self._settle(source, ended)
        self._check(sources)

    def _settle(self, source: Source, ended: Ended) -> None:
        """Set the source's next turn, and count what its run did."""
        if self.state.stopping:
            return
        began = source.id in ended.ran
        suspect = bool(ended.ended_by) or not began
        self.line.suspect(source.id, suspected=suspect)
        if not self.routine.once:
            self.timetable.settle(self.archive, source, began=began)
        if not began:
            self._record_failure(source, ended)
        for run in self.archive.last_runs(source.id, 1) if began else ():
            self.upkeep.note_pages(run.outcomes)
            if self.metrics:
                self.metrics.count_pages(source.id, run.outcomes)

    def _record_failure(self, source: Source, ended: Ended) -> None:
        from crawler.runs.recorder import record_false_start

        if self.routine.once:
            self.state.exit_code = 1
        why = ended.ended_by or f"exit code {ended.status}"
        logger.error("%s: its crawl could not begin (%s)", source.id, why)
        record_false_start(self.archive, source, self.timetable.now())

    def _check(self, sources: Iterable[Source]) -> None:
        self.teller.look(self.archive, sources, now=self.timetable.now())
        if self.metrics:
            self.metrics.show_health(self.archive.conn)
        self.teller.tell(self.archive, at_once=self.routine.once)
