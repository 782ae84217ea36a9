"""The timer of the daemon: due times from the archive as jobs of APScheduler.

The scheduler only keeps time: jobs are in memory, never misfire, and several missed calls are one.
It is made for wall clocks that run steadily; three things are added for those that do not:

- `_Every` instead of its interval trigger, which steps through every missed call, one by one:
  after a jump of a year that takes minutes.
- Its thread waits by the monotonic clock, so `tick` wakes it after a suspend or a jump forward.
- Its jobs are due at wall-clock times, so `tick` moves them when the clock was set back:
  otherwise each would wait until the clock has caught up.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from crawler.scheduling.due import read_due
from crawler.scheduling.policy import describe_wait, stagger
from storage.instants import VIETNAM, format_instant, parse_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from crawler.sources.model import Source
    from storage.archive import Archive

logger = logging.getLogger(__name__)

LONGEST_WAIT = 86400.0
"""Seconds. A source is crawled again after a day at the latest."""
LONGEST_HOLD = 3600.0
_JUMP = 5.0
"""Seconds by which wall clock and monotonic clock may differ in one tick."""


@dataclass(slots=True, kw_only=True)
class _Hold:
    """The wait of a source that is still due after its crawl, or whose crawl could not begin."""

    wait: float
    until: float
    """Monotonic seconds."""


class Holds:
    """Sources that are held back, twice as long each time, up to an hour."""

    def __init__(self, first: float) -> None:
        self._first = first
        self._holds: dict[str, _Hold] = {}

    def note(self, id_: str, *, got_on: bool) -> float:
        """Hold a source back, or let it go when it got on; return the seconds."""
        before = self._holds.pop(id_, None)
        if got_on:
            return 0.0
        wait = min(LONGEST_HOLD, before.wait * 2) if before else self._first
        self._holds[id_] = _Hold(wait=wait, until=time.monotonic() + wait)
        return wait

    def left(self, id_: str) -> float:
        """Return the seconds for which a source is still held back; 0 for others."""
        hold = self._holds.get(id_)
        return max(0.0, hold.until - time.monotonic()) if hold else 0.0


class _Every(BaseTrigger):  # type: ignore[misc] # APScheduler carries no types
    """Repeats after an interval, counted from now."""

    def __init__(self, interval: dt.timedelta) -> None:
        self._interval = interval

    def get_next_fire_time(self, _previous: dt.datetime | None, now: dt.datetime) -> dt.datetime:
        return now + self._interval


class _Scheduler(BackgroundScheduler):  # type: ignore[misc] # APScheduler carries no types
    """Removes jobs that are there: one that has just run is not, and none once it was stopped."""

    def remove_job(self, job_id: str, jobstore: str | None = None) -> None:
        with contextlib.suppress(JobLookupError):
            super().remove_job(job_id, jobstore)


class Timer:
    """Calls ``on_due`` with the id of a source that is due, from another thread."""

    def __init__(
        self,
        on_due: Callable[[str], None],
        *,
        slack: float,
        hold: float,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._on_due = on_due
        self._slack = slack
        self._holds = Holds(hold)
        self._wall = wall
        self._last = (wall(), time.monotonic())
        self._scheduler = _Scheduler(
            timezone=VIETNAM,
            executors={"default": ThreadPoolExecutor(2)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        """Start the scheduler's thread."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stop it; harmless when it does not run."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def every(self, seconds: float, work: Callable[[], object]) -> None:
        """Call ``work`` again and again, in another thread."""
        self._scheduler.add_job(work, _Every(dt.timedelta(seconds=seconds)))

    def now(self) -> str:
        """Return the wall-clock time as the archive writes instants."""
        return format_instant(dt.datetime.fromtimestamp(self._wall(), dt.UTC))

    def due_now(self, archive: Archive, sources: Iterable[Source]) -> list[str]:
        """Return the ids of sources that are due now, retries and revisits included."""
        now = self.now()
        return [each.id for each in sources if read_due(archive, each, now=now, slack=0).at <= now]

    def plan(self, archive: Archive, sources: Sequence[Source], *, spread: float) -> None:
        """Schedule all sources; overdue ones are spread, the longest overdue first."""
        now = self.now()
        due = [read_due(archive, source, now=now, slack=self._slack) for source in sources]
        due.sort(key=lambda each: each.at)
        times = stagger([each.at for each in due], now=now, spread=spread)
        for each, at in zip(due, times, strict=True):
            overdue = (parse_instant(at) - parse_instant(now)).total_seconds()
            wait = overdue if each.at <= now else each.wait(now, LONGEST_WAIT)
            self.set(each.source_id, wait)

    def set(self, source_id: str, wait: float) -> None:
        """Schedule the source in ``wait`` seconds, instead of any other time."""
        self._scheduler.add_job(
            self._on_due,
            "date",
            run_date=dt.datetime.fromtimestamp(self._wall() + max(0.0, wait), VIETNAM),
            args=[source_id],
            id=_job(source_id),
            replace_existing=True,
        )

    def settle(self, archive: Archive, source: Source, *, began: bool) -> float:
        """Schedule the next crawl after one has ended; return the wait in seconds.

        A source that is still due, or whose crawl did not begin, is held back for a time that
        doubles, up to an hour, so that nothing loops.
        """
        wait = self._wait(archive, source)
        if began and wait > 0:
            self._holds.note(source.id, got_on=True)
        else:
            wait = max(wait, self.hold(source.id))
        self.set(source.id, wait)
        return wait

    def _wait(self, archive: Archive, source: Source) -> float:
        now = self.now()
        return read_due(archive, source, now=now, slack=self._slack).wait(now, LONGEST_WAIT)

    def hold(self, source_id: str) -> float:
        """Hold a source back, twice as long each time; return the seconds."""
        return self._holds.note(source_id, got_on=False)

    def refresh(self, archive: Archive, source: Source) -> None:
        """Schedule a source again, as after a change of its file."""
        self.set(source.id, max(self._wait(archive, source), self._holds.left(source.id)))

    def planned(self) -> frozenset[str]:
        """Return the ids of the scheduled sources."""
        prefix = _job("")
        jobs = self._scheduler.get_jobs()
        return frozenset(job.id.removeprefix(prefix) for job in jobs if job.id.startswith(prefix))

    def keep_only(self, ids: Iterable[str]) -> None:
        """Cancel all other sources."""
        for id_ in self.planned() - frozenset(ids):
            self._scheduler.remove_job(_job(id_))

    def tick(self) -> None:
        """Handle jumps of the wall clock, and wake the scheduler."""
        wall, steady = self._wall(), time.monotonic()
        jump = (wall - self._last[0]) - (steady - self._last[1])
        self._last = (wall, steady)
        if not self._scheduler.running:
            return
        if abs(jump) > _JUMP:
            ahead = "forward" if jump > 0 else "back"
            logger.warning("the clock jumped %s by %s", ahead, describe_wait(abs(jump)))
        if jump < -_JUMP:
            self._shift(jump)
        self._scheduler.wakeup()

    def _shift(self, jump: float) -> None:
        """Keep what was left of every wait when the clock was set back."""
        for job in self._scheduler.get_jobs():
            if job.id.startswith(_job("")):
                left = job.next_run_time.timestamp() + jump - self._wall()
                self.set(job.id.removeprefix(_job("")), left)
            else:
                job.modify(next_run_time=job.next_run_time + dt.timedelta(seconds=jump))


def _job(source_id: str) -> str:
    return f"source {source_id}"
