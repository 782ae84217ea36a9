"""When each source's turn is: due times from the archive, put on APScheduler's clock.

APScheduler is a clock only: in memory, never a misfire, several missed turns are one. Its timer
is monotonic, so `tick` wakes it up after suspends and jumps of the wall clock.
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
"""Seconds. Whatever the archive says, after a day a source is looked at again."""
LONGEST_HOLD = 3600.0
_JUMP = 5.0
"""Seconds by which wall clock and monotonic clock may differ in one tick."""


@dataclass(slots=True, kw_only=True)
class _Hold:
    """A source that stays due although it was crawled, or whose crawl could not begin."""

    wait: float
    until: float
    """Monotonic seconds."""


class _Every(BaseTrigger):  # type: ignore[misc] # APScheduler carries no types
    """Again and again, from now on each time.

    APScheduler's own interval counts every turn that was missed, which takes minutes after a jump
    of a year, while nobody hears a signal.
    """

    def __init__(self, interval: dt.timedelta) -> None:
        self._interval = interval

    def get_next_fire_time(self, _previous: dt.datetime | None, now: dt.datetime) -> dt.datetime:
        return now + self._interval


class Timer:
    """The clock of a daemon. ``ring`` is called from another thread with the id that is due."""

    def __init__(
        self,
        ring: Callable[[str], None],
        *,
        slack: float,
        hold: float,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._on_due = ring
        self._slack = slack
        self._first_hold = hold
        self._wall = wall
        self._holds: dict[str, _Hold] = {}
        self._last = (wall(), time.monotonic())
        self._clock = BackgroundScheduler(
            timezone=VIETNAM,
            executors={"default": ThreadPoolExecutor(2)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def start(self) -> None:
        """Start the clock's thread."""
        self._clock.start()

    def stop(self) -> None:
        """Stop it; harmless when it does not run."""
        if self._clock.running:
            self._clock.shutdown(wait=False)

    def every(self, seconds: float, work: Callable[[], object]) -> None:
        """Call ``work`` again and again, in another thread."""
        self._clock.add_job(work, _Every(dt.timedelta(seconds=seconds)))

    def now(self) -> str:
        """The wall clock, as the archive writes instants."""
        return format_instant(dt.datetime.fromtimestamp(self._wall(), dt.UTC))

    def due_now(self, archive: Archive, sources: Iterable[Source]) -> list[str]:
        """Ids of what is due at this moment, retries and revisits included."""
        now = self.now()
        return [each.id for each in sources if read_due(archive, each, slack=0).at <= now]

    def plan(self, archive: Archive, sources: Sequence[Source], *, spread: float) -> None:
        """Set every source's turn; what is overdue is spread, the longest overdue first."""
        now = self.now()
        due = [read_due(archive, source, slack=self._slack) for source in sources]
        due.sort(key=lambda each: each.at)
        turns = stagger([each.at for each in due], now=now, spread=spread)
        for each, at in zip(due, turns, strict=True):
            overdue = (parse_instant(at) - parse_instant(now)).total_seconds()
            wait = overdue if each.at <= now else each.wait(now, LONGEST_WAIT)
            self.set(each.source_id, wait)

    def set(self, source_id: str, wait: float) -> None:
        """Ring for the source in ``wait`` seconds, and not at any other time."""
        self._clock.add_job(
            self._on_due,
            "date",
            run_date=dt.datetime.fromtimestamp(self._wall() + max(0.0, wait), VIETNAM),
            args=[source_id],
            id=_job(source_id),
            replace_existing=True,
        )

    def settle(self, archive: Archive, source: Source, *, began: bool) -> float:
        """Set the next turn after a crawl; return the wait in seconds.

        A source that is still due, or whose crawl did not even begin, is held back for a while
        that doubles, up to an hour: nothing may spin.
        """
        due = read_due(archive, source, slack=self._slack)
        wait = due.wait(self.now(), LONGEST_WAIT)
        if began and wait > 0:
            self._holds.pop(source.id, None)
        else:
            wait = max(wait, self.hold(source.id))
        self.set(source.id, wait)
        return wait

    def hold(self, source_id: str) -> float:
        """Hold a source back; return the seconds."""
        before = self._holds.get(source_id)
        wait = min(LONGEST_HOLD, before.wait * 2) if before else self._first_hold
        self._holds[source_id] = _Hold(wait=wait, until=time.monotonic() + wait)
        return wait

    def refresh(self, archive: Archive, source: Source) -> None:
        """Set the turn of a source whose file was changed."""
        wait = read_due(archive, source, slack=self._slack).wait(self.now(), LONGEST_WAIT)
        if hold := self._holds.get(source.id):
            wait = max(wait, hold.until - time.monotonic())
        self.set(source.id, wait)

    def planned(self) -> frozenset[str]:
        """Ids of the sources that have a turn."""
        prefix = _job("")
        jobs = self._clock.get_jobs()
        return frozenset(job.id.removeprefix(prefix) for job in jobs if job.id.startswith(prefix))

    def keep_only(self, ids: Iterable[str]) -> None:
        """Forget the turns of all other sources."""
        for id_ in self.planned() - frozenset(ids):
            with contextlib.suppress(JobLookupError):  # it has just rung
                self._clock.remove_job(_job(id_))

    def tick(self) -> None:
        """Notice jumps of the wall clock, and wake the scheduler's own timer."""
        wall, steady = self._wall(), time.monotonic()
        jump = (wall - self._last[0]) - (steady - self._last[1])
        self._last = (wall, steady)
        if not self._clock.running:
            return
        if abs(jump) > _JUMP:
            ahead = "forward" if jump > 0 else "back"
            logger.warning("the clock jumped %s by %s", ahead, describe_wait(abs(jump)))
        if jump < -_JUMP:
            self._shift(jump)
        self._clock.wakeup()

    def _shift(self, jump: float) -> None:
        """Keep what was left of every wait when the clock was set back."""
        for job in self._clock.get_jobs():
            if job.id.startswith(_job("")) and job.next_run_time is not None:
                left = job.next_run_time.timestamp() + jump - self._wall()
                self.set(job.id.removeprefix(_job("")), left)
            elif job.next_run_time is not None:
                job.modify(next_run_time=job.next_run_time + dt.timedelta(seconds=jump))


def _job(source_id: str) -> str:
    return f"source {source_id}"
