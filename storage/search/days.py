"""Days as people write them: 2026-11-25, 25/11/2026, 2026-10, 7d, "hôm qua"."""

from __future__ import annotations

import datetime as dt
import re

from storage.errors import QueryError, QueryPart
from storage.instants import VIETNAM
from storage.text import fold

HELP = "2026-11-25, 25/11/2026, 2026-10, 2026, 7d (days ago), today, yesterday"
_YEAR_FIRST = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_DAY_FIRST = re.compile(r"(?:(\d{1,2})[-/.])?(\d{1,2})[-/.](\d{4})")
_AGO = re.compile(r"(\d{1,4}) ?(d|w|ngay|tuan)(?: truoc)?")
_KIND = re.compile(r"^(?:ngay|thang|nam) ")
_UNITS = {"d": 1, "ngay": 1, "w": 7, "tuan": 7}
_NAMES = {"today": 0, "hom nay": 0, "yesterday": 1, "hom qua": 1, "hom kia": 2}


def read_wish(text: str, today: dt.date, *, last: bool) -> dt.date:
    """Return the day that somebody means; of a month or year its first, or with ``last`` its last.

    Days stand before months, as in Vietnam. Raise ValueError for what is no day.
    """
    words = _KIND.sub("", fold(text.strip()))
    if words in _NAMES:
        return today - dt.timedelta(days=_NAMES[words])
    if ago := _AGO.fullmatch(words):
        return today - dt.timedelta(days=int(ago[1]) * _UNITS[ago[2]])
    if found := _YEAR_FIRST.fullmatch(words):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.fullmatch(words):
        day, month, year = found.groups()
    else:
        raise ValueError(text)
    return _edge(int(year), month, day, last=last)


def _edge(year: int, month: str | None, day: str | None, *, last: bool) -> dt.date:
    number = int(month) if month else 12 if last else 1
    if day or not last:
        return dt.date(year, number, int(day or 1))
    import calendar  # few searches end with a month

    return dt.date(year, number, calendar.monthrange(year, number)[1])


def read_asked_day(given: str | dt.date, *, last: bool = False) -> str:
    """Return the day as ``YYYY-MM-DD``, by today's date in Vietnam; of an instant, its own date.

    Raise QueryError for what is no day.
    """
    if isinstance(given, dt.date):
        return f"{given:%Y-%m-%d}"
    try:
        return read_wish(given, dt.datetime.now(VIETNAM).date(), last=last).isoformat()
    except (ValueError, OverflowError):
        said = f"{given!r} is no date; write it as one of: {HELP}"
        raise QueryError(said, about=QueryPart.DAY, given=given) from None
