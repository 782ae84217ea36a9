"""The daemon: starts crawls as child processes when they are due, watches them, reports.

One thread does everything with the archive and the children. It waits for events, which come from
the timer (due sources, maintenance), from signals, and from its own tick. What is due is read from
the archive, so a restart forgets nothing.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.daemon.child import Task
from crawler.daemon.events import EventKind
from crawler.daemon.maintenance import Maintenance
from crawler.daemon.preflight import Problems, ensure_usable, find_obstacle, wait_for_archive
from crawler.daemon.queue import DueQueue
from crawler.daemon.systemd import notify
from crawler.daemon.timer import Timer
from crawler.daemon.workers import ChildResult, Workers
from crawler.monitoring.notifier import Notifier
from crawler.scheduling.due import has_failed
from storage.db.connections import check_not_lost
from storage.db.database import identity
from storage.errors import ArchiveError, ArchiveUnusable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from crawler.daemon.catalogue import Catalogue
    from crawler.daemon.events import Event, EventQueue
    from crawler.daemon.options import DaemonOptions
    from crawler.monitoring.delivery import Delivery
    from crawler.monitoring.metrics import Metrics
    from crawler.sources.model import Source
    from storage.archive import Archive

logger = logging.getLogger(__name__)

_BUSY_SECONDS = 2.0
"""Wait for another writer, at a time; short, so that the daemon can stop meanwhile."""
_CHECK_SECONDS = 10.0
"""Limit of the search for damage at a start."""
_DELIVERY_SECONDS, _DELIVERY_SECONDS_ONCE = 4.0, 60.0
"""Limits of the last delivery of alarms: at a stop, and at the end of ``--once``."""


@dataclass(slots=True, kw_only=True)
class _State:
    """State that is not in the archive and may be lost."""

    ticked: float = float("-inf")
    """Monotonic seconds of the last tick."""
    failed: float = float("-inf")
    """Monotonic seconds of the last failure of the archive."""
    stopping: str = ""
    exit_code: int = 0


class Daemon:
    """One daemon on one archive."""

    def __init__(
        self,
        archive: Path,
        catalogue: Catalogue,
        options: DaemonOptions,
        delivery: Delivery,
        events: EventQueue,
        *,
        captures_dir: Path | None = None,
        metrics: Metrics | None = None,
        workers: Workers | None = None,
    ) -> None:
        self.path = archive
        self.catalogue = catalogue
        self.options = options
        self.delivery = delivery
        self.metrics = metrics
        self.notifier = Notifier(delivery, gather=options.tick)
        self.state = _State()
        self.problems = Problems(logger)
        self.workers = workers or Workers(options)
        self.queue = DueQueue(gather=options.gather, most=options.sources_a_child)
        self._captures_dir = captures_dir
        self.events = events
        self.timer = Timer(
            lambda id_: events.put(EventKind.DUE, id_), slack=options.slack, hold=options.hold
        )
        self.maintenance = Maintenance(options)
        self._archive: Archive | None = None
        self._identity: tuple[int, int] | None = None

    def run(self) -> int:
        """Work until a signal, or until everything due is done (``once``); return the exit code.

        The caller holds a `DaemonLock`. Raise ArchiveError when the archive cannot be opened or is
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
        """Open the archive; return False when asked to stop before that was possible."""
        check_not_lost(self.path, self._captures_dir or self.path.parent / "captures")
        self._archive = wait_for_archive(
            self.path,
            self._captures_dir,
            self.events,
            self.problems,
            patience=_BUSY_SECONDS,
            once=self.options.once,
        )
        if self._archive is None:
            return False
        self.problems.clear("archive", f"{self.path} is open")
        self._identity = identity(self.path)
        seconds = 0.0 if self.options.once else _CHECK_SECONDS
        ensure_usable(self._archive, now=self.timer.now(), seconds=seconds)
        return True

    def _start(self) -> None:
        sources = self.sources()
        logger.info("%s: %d sources", self.path, len(sources), extra={"event": "started"})
        self._report_complaints()
        if self.options.once:
            self._guarded(self._mark_all_due)
            return
        self.timer.start()
        self._guarded(self._plan_start)
        self.timer.every(self.options.checkup, lambda: self.events.put(EventKind.CHECKUP))
        self.timer.every(self.options.checkpoint, lambda: self.events.put(EventKind.MAINTENANCE))
        notify("READY=1")

    def _loop(self) -> None:
        while not (self.state.stopping and not self.workers.children):
            for event in self.events.wait(self._patience()):
                self._handle(event)
            self._guarded(self._work)
            # By the clock, not by a timeout of the wait: events may come without a pause.
            if time.monotonic() - self.state.ticked >= self.options.tick:
                self.state.ticked = time.monotonic()
                self._guarded(self._tick)
            if self._is_done():
                # Also what was not due: a host that is left alone has no crawl.
                self._guarded(lambda: self._check(self.sources()))
                return

    def _is_done(self) -> bool:
        return self.options.once and not self.queue and not self.workers.is_at_work()

    def _patience(self) -> float:
        """Return the seconds to wait for an event before something has to be done anyway."""
        now = time.monotonic()
        waits = [self.state.ticked + self.options.tick - now, self.workers.patience()]
        first = self.queue.wait(now)
        if first is not None and self.workers.has_room() and "obstacle" not in self.problems:
            waits.append(first)
        return max(0.05, min(waits))

    def _handle(self, event: Event) -> None:
        if event.kind is EventKind.DUE:
            self.queue.add(event.detail, time.monotonic())
        elif event.kind is EventKind.STOP:
            self._stop(event.detail)
        elif event.kind is EventKind.RELOAD:
            logger.info("%s: reading the source files again", event.detail)
            self._guarded(self._reload)
        elif event.kind is EventKind.CHECKUP:
            self._guarded(lambda: self._check(self.sources()))
        elif event.kind is EventKind.MAINTENANCE:
            self._guarded(lambda: self.maintenance.work(self.archive, now=self.timer.now()))

    def _stop(self, why: str) -> None:
        if self.state.stopping:
            logger.warning("%s again: children are killed", why)
            self.workers.kill_all(time.monotonic())
            return
        logger.info("%s: stopping, %d children", why, len(self.workers.children))
        self.state.stopping = why
        self.queue.keep_only(())
        self.workers.end_all("the daemon stops", time.monotonic())

    def _clean_up(self) -> None:
        self.workers.kill_all(time.monotonic())
        for child in self.workers.children:
            child.process.wait()
        self.workers.close()
        self.timer.stop()
        if self._archive is not None:
            try:
                if identity(self.path) == self._identity:
                    self.notifier.send(self._archive, at_once=True)
                    self._archive.checkpoint()
            except (ArchiveError, sqlite3.Error) as error:
                logger.warning("%s", error)
            self._archive.close()
        self.delivery.finish(_DELIVERY_SECONDS if self.state.stopping else _DELIVERY_SECONDS_ONCE)

    # --- the archive, which may be missing -------------------------------------------------------

    @property
    def archive(self) -> Archive:
        """Return the open archive."""
        if self._archive is None:
            raise ArchiveUnusable(f"{self.path} is not open")
        return self._archive

    def sources(self) -> list[Source]:
        """Return the sources this daemon crawls."""
        return self.options.choose(self.catalogue.sources.values())

    def _guarded(self, work: Callable[[], None]) -> None:
        """Work with the archive; an error is reported once, and the daemon goes on.

        An archive that was removed or replaced ends the daemon: nobody would read what it writes.
        """
        if identity(self.path) != self._identity:
            self._give_up(f"{self.path} was removed or replaced while in use")
            self.workers.watch(None, time.monotonic())
            self.workers.collect(None)
            return
        try:
            work()
        except (ArchiveError, sqlite3.Error, OSError) as error:
            self.state.failed = time.monotonic()
            self.problems.report("archive", f"{error}; trying again")
        else:
            # Reading works on a full disk, too: the error is over when nothing failed for a while.
            if time.monotonic() - self.state.failed > 2 * self.options.tick:
                self.problems.clear("archive", f"{self.path} can be used again")

    def _give_up(self, why: str) -> None:
        if not self.state.stopping:
            logger.error("%s", why)
            self.state.exit_code = 1
            self._stop("cannot go on")

    # --- time ------------------------------------------------------------------------------------

    def _mark_all_due(self) -> None:
        for id_ in self.timer.due_now(self.archive, self.sources()):
            self.queue.add(id_, time.monotonic(), at_once=True)

    def _plan_start(self) -> None:
        self.timer.plan(self.archive, self.sources(), spread=self.options.stagger)
        self._check(self.sources())

    def _tick(self) -> None:
        self.timer.tick()
        if self.catalogue.has_changed():
            self._reload()
        if not self.options.once:
            self._find_forgotten()
        if self.metrics:
            self.metrics.show_daemon(
                self.path,
                children=len(self.workers.children),
                waiting=self.queue.since,
                alarms=self.delivery.waiting,
            )
        self.notifier.send(self.archive)
        notify("WATCHDOG=1")

    def _find_forgotten(self) -> None:
        """Schedule sources without a next crawl: the archive could not be read when it was due."""
        kept, busy = self.timer.planned(), self.workers.busy()
        for source in self.sources():
            if source.id not in kept and source.id not in busy and source.id not in self.queue:
                self.timer.refresh(self.archive, source)

    def _reload(self) -> None:
        changed, gone = self.catalogue.reload()
        self._report_complaints()
        if changed or gone:
            logger.info(
                "changed: %s; gone: %s", ", ".join(changed) or "none", ", ".join(gone) or "none"
            )
        if self.options.once:
            return
        for source in self.sources():
            if source.id in changed:
                self.timer.refresh(self.archive, source)
        self.timer.keep_only(source.id for source in self.sources())

    def _report_complaints(self) -> None:
        if self.catalogue.complaints:
            self.problems.report("sources", "; ".join(self.catalogue.complaints))
        else:
            self.problems.clear("sources", "all source files are right again")

    # --- work ------------------------------------------------------------------------------------

    def _work(self) -> None:
        """After every event: watch children, start what is due."""
        self.workers.watch(self.archive, time.monotonic())
        for ended in self.workers.collect(self.archive):
            self._finish_child(ended)
        if self.state.stopping:
            return
        while self._start_due():
            pass
        self.workers.go_on(self.archive, self.sources(), self._may_crawl)
        busy = {child.task for child in self.workers.children}
        for job in self.maintenance.jobs(self.archive, now=self.timer.now(), busy=busy):
            self.workers.work([*self._global_options(), *job.arguments], job.task)

    def _start_due(self) -> bool:
        """Start one child for what has waited long enough; return whether one was started."""
        self.queue.keep_only({source.id for source in self.sources()})
        ready = self.queue.choose(time.monotonic(), self.workers.busy())
        if not ready or not self.workers.has_room() or not self._may_crawl():
            return False
        sources = [self.catalogue.sources[id_] for id_ in ready]
        batch = self.workers.room_for(self.archive, sources)
        if not batch:
            return False
        started = self.workers.crawl(self.archive, self._global_options(), batch)
        self.queue.remove(source.id for source in batch)
        if not started and not self.options.once:
            for source in batch:
                self.timer.set(source.id, self.timer.hold(source.id))
        return started

    def _global_options(self) -> list[str]:
        folder = self.catalogue.children_folder
        return ["--archive", str(self.path), *(["--sources", str(folder)] if folder else [])]

    def _may_crawl(self) -> bool:
        now, reserve = self.timer.now(), self.options.reserve
        obstacle = find_obstacle(self.archive, now=now, reserve=reserve)
        if self.metrics:
            self.metrics.held.set(obstacle is not None)
        if obstacle is None:
            self.problems.clear("obstacle", "crawls may start again")
            return True
        self.problems.report("obstacle", f"no crawl is started: {obstacle}")
        if self.options.once:
            self._give_up(obstacle)
        return False

    def _finish_child(self, ended: ChildResult) -> None:
        for line in ended.messages.splitlines():
            logger.info("%s", line.removeprefix("baotinh: "), extra={"event": "child"})
        if self.metrics:
            self.metrics.count_end(ended.end, ended.worker)
        if ended.task not in (Task.CRAWL, Task.BACKFILL):
            self.maintenance.finish(ended.task, ended.status)
            return
        known = self.catalogue.sources
        for source in (sources := [known[id_] for id_ in ended.sources if id_ in known]):
            self._settle(source, ended)
        self._check(sources)

    def _settle(self, source: Source, ended: ChildResult) -> None:
        """Schedule the next crawl of the source, and count what its run did."""
        if self.state.stopping:
            return
        began = source.id in ended.ran
        if ended.task is Task.CRAWL:
            self.queue.remove([source.id])  # due before its order, which an earlier daemon gave
            self.queue.isolate(source.id, isolated=bool(ended.ended_by) or not began)
            if not self.options.once:
                self.timer.settle(self.archive, source, began=began)
        if not began:
            self._note_no_run(source, ended)
        elif self.options.once and has_failed(self.archive, source):
            self.state.exit_code = 1
        for run in self.archive.runs.last(source.id, 1) if began else ():
            self.maintenance.note_pages(run.outcomes)
            if self.metrics:
                self.metrics.count_pages(source.id, run.outcomes)

    def _note_no_run(self, source: Source, ended: ChildResult) -> None:
        from crawler.runs.captures import record_false_start

        if self.options.once:
            self.state.exit_code = 1
        if ended.lost:
            logger.warning("%s: crawled again later: %s", source.id, ended.lost)
            return
        why = ended.ended_by or f"exit code {ended.status}"
        logger.error("%s: its crawl could not begin (%s)", source.id, why)
        record_false_start(self.archive, source, self.timer.now())

    def _check(self, sources: Iterable[Source]) -> None:
        self.notifier.check(self.archive, sources, now=self.timer.now())
        if self.metrics:
            self.metrics.show_health(self.archive.health.states())
        self.notifier.send(self.archive, at_once=self.options.once)
