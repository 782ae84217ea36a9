"""What one crawl is asked to do, as the command line or Scrapy's ``-a`` says it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from crawler.errors import UsageError
from crawler.failures import Word
from storage.states import RunKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlPlan:
    """The task of one run for one source."""

    kind: RunKind = RunKind.CRAWL
    limit: int | None = None
    """Pages to handle at most; None: all that are due."""
    since: dt.date | None = None
    """Vietnamese local day; what was published earlier is left alone."""
    until: dt.date | None = None
    """Last local day of a backfill."""
    url: str | None = None
    """Crawl this page and nothing else."""
    due_only: bool = False
    """Respect waiting times of failed pages and polls; a crawl by hand tries again at once."""

    @property
    def period(self) -> tuple[dt.date, dt.date]:
        """Return both local days of a backfill. Raise UsageError where one is missing."""
        if self.since is None or self.until is None:
            raise UsageError("a backfill needs both days: since and until")
        return self.since, self.until

    def is_too_old(self, day: str | None) -> bool:
        """Return whether a local day (``YYYY-MM-DD``; None: unknown) lies before the plan."""
        return self.since is not None and day is not None and day < self.since.isoformat()

    def is_too_new(self, day: str | None) -> bool:
        """Return whether a local day lies after the plan."""
        return self.until is not None and day is not None and day > self.until.isoformat()

    def outside(self, day: str | None) -> Word | None:
        """Return the reason why a page of that day is not what this run is for; None when it is."""
        if self.is_too_old(day):
            return Word.BEFORE_SINCE
        return Word.AFTER_UNTIL if self.is_too_new(day) else None


def read_plan(
    *,
    kind: str = "crawl",
    limit: str | int | None = None,
    since: str | dt.date | None = None,
    until: str | dt.date | None = None,
    url: str | None = None,
    due_only: str | bool = False,
) -> CrawlPlan:
    """Read a plan from words. Raise UsageError naming the argument that is wrong."""
    return CrawlPlan(
        kind=RunKind(kind),
        limit=_read_limit(limit),
        since=_read_day("since", since),
        until=_read_day("until", until),
        url=url or None,
        due_only=str(due_only).lower() in {"1", "true", "yes", "on"},
    )


def _read_limit(limit: str | int | None) -> int | None:
    if limit is None or limit == "":
        return None
    try:
        number = int(limit)
    except ValueError:
        number = 0
    if number < 1:
        raise UsageError(f"limit: {limit!r} is not a whole number of 1 or more")
    return number


def _read_day(name: str, day: str | dt.date | None) -> dt.date | None:
    if day is None or day == "":
        return None
    if isinstance(day, dt.date):
        return day
    try:
        return dt.date.fromisoformat(day)
    except ValueError:
        raise UsageError(f"{name}: {day!r} is not a day like 2026-11-24") from None
