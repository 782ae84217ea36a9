"""What a date string says: the value object, and the limits no published date may pass."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from storage.instants import VIETNAM

EARLIEST = dt.date(1995, 1, 1)
"""No Vietnamese paper was on the web before; null dates of databases (0001, 1900, 1970) are."""

SLACK = dt.timedelta(days=1)
"""How far past the fetch a date may lie: clocks differ, and a day has no time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDate:
    """One date as it was read. ``start`` and ``end`` are positions in the NFC form of the text."""

    on: dt.date
    """Vietnamese local day."""
    at: dt.datetime | None
    """Instant with ``+07:00``; None when no time was given, or when it was midnight sharp."""
    raw: str
    """The string that was read, weekday and zone included, label and counters not."""
    start: int = 0
    end: int = 0
    wall: dt.datetime | None = None
    """The clock exactly as printed, without zone (midnight included); None without a time."""
    seconds: bool = False
    """Whether seconds were printed."""
    offset: dt.timedelta | None = None
    """The zone that was printed; None where none was."""
    meridiem: bool = False
    """Whether the hour carried AM, PM, SA, CH, sáng, chiều ..."""
    label: str = ""
    """``published`` or ``updated`` where words before the date say so."""
    other: dt.date | None = None
    """The day that the other order of day and month would give, where it is possible."""
    weekday: bool | None = None
    """Whether a printed weekday belongs to this day; None where none was printed."""
    prose: bool = False
    """Whether the date stands inside a sentence or a range: an event, not a publication."""


@lru_cache(maxsize=64)
def last_moment(now: dt.datetime) -> dt.datetime:
    """The latest instant a page fetched at ``now`` may have been published at."""
    aware = now if now.tzinfo else now.replace(tzinfo=dt.UTC)
    try:
        return aware.astimezone(VIETNAM) + SLACK
    except OverflowError:
        return dt.datetime.max.replace(tzinfo=VIETNAM)


def is_possible(on: dt.date, at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether something can have been published then: not before the web, not after the fetch."""
    limit = last_moment(now)
    if on < EARLIEST or on > limit.date():
        return False
    return at is None or at <= limit


def make_day(year: int, month: int, day: int) -> dt.date | None:
    """The day, or None where the calendar has no such day."""
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def make_clock(hour: int, minute: int, second: int, meridiem: str) -> dt.time | None:
    """A time of day; None where it is none or where hour and meridiem contradict each other.

    ``meridiem`` is ``am``, ``pm`` or empty. ``14:30 PM`` is how 24-hour clocks are misprinted
    and is understood; ``14:30 AM`` could be either half of the day and is not.
    """
    if hour > 23 or minute > 59 or second > 59:
        return None
    if meridiem == "am" and hour > 12:
        return None
    if meridiem == "am" and hour == 12:
        hour = 0
    elif meridiem == "pm" and hour < 12:
        hour += 12
    return dt.time(hour, minute, second)


def fix_instant(
    wall: dt.datetime, offset: dt.timedelta | None, zone: dt.tzinfo
) -> dt.datetime | None:
    """The instant of a printed clock in Vietnamese time; ``zone`` counts where none was printed."""
    try:
        aware = wall.replace(tzinfo=zone if offset is None else dt.timezone(offset))
        return aware.astimezone(VIETNAM)
    except (OverflowError, ValueError):
        return None


def is_midnight(at: dt.datetime) -> bool:
    """Whether it is midnight sharp: imported items, days written as instants."""
    return (at.hour, at.minute, at.second) == (0, 0, 0)
