"""Local days from the dates that feeds, sitemaps and listings give with their links. Pure."""

from __future__ import annotations

import datetime as dt
import re

from crawler.polling import read_date
from crawler.rhythm import VIETNAM

_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-]((?:19|20)\d\d)(?!\d)")


def read_day(hint: str | None) -> str | None:
    """The Vietnamese local day (``YYYY-MM-DD``) of a date hint; None where it says none.

    ISO 8601 and RFC 822 with their offsets, ISO days, and day-month-year with any separator,
    the only order Vietnamese papers use.
    """
    if not hint:
        return None
    moment = read_date(hint)
    if moment is not None:
        return _local_day(moment)
    try:
        return dt.date.fromisoformat(hint.strip()[:10]).isoformat()
    except ValueError:
        return _read_day_first(hint)


def day_of_instant(instant: str) -> str:
    """The Vietnamese local day of an instant of ours."""
    day = _local_day(dt.datetime.fromisoformat(instant))
    assert day is not None  # noqa: S101 - the archive's own instants are in range
    return day


def _local_day(moment: dt.datetime) -> str | None:
    try:
        return moment.astimezone(VIETNAM).date().isoformat()
    except (OverflowError, ValueError):
        return None


def _read_day_first(hint: str) -> str | None:
    found = _DAY_FIRST.search(hint)
    if not found:
        return None
    day, month, year = map(int, found.groups())
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None
