"""Vietnam's public holidays: the days on which a quiet paper is no broken source. Pure.

Tết and the Hùng Kings' day follow the lunar calendar, counted in Vietnam's own time (UTC+7),
which is why Tết differs from the Chinese new year in some years (2007, 2030). A lunar month
begins on the local day of a new moon; the one with the winter solstice is the eleventh; where
thirteen lie between two of those, the first in which the sun crosses no multiple of 30° of
longitude is the leap month. Moon and sun are from J. Meeus, Astronomical Algorithms (2nd ed.),
chapters 49 and 25, main terms only, without the minute between terrestrial time and UTC: good to
some minutes, checked by a test against 36 years.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from math import radians, sin

from storage.instants import VIETNAM

_SYNODIC_MONTH = 29.530588861
_J2000 = 2451545.0
_UNIX_EPOCH = 2440587.5

_FIXED = (
    (1, 1, "New Year"),
    (4, 30, "Reunification Day"),
    (5, 1, "Labour Day"),
    (9, 2, "National Day"),
)


def holiday(day: dt.date) -> str | None:
    """Return the name of the public holiday on a Vietnamese local day, None on any other.

    Tết counts from two days before the lunar new year to its fifth day, the span in which
    papers print little and offices are closed.
    """
    if -2 <= (day - tet(day.year)).days <= 4:
        return "Tết"
    if day == hung_kings(day.year):
        return "Hùng Kings' Day"
    return next(
        (name for month, date, name in _FIXED if (day.month, day.day) == (month, date)), None
    )


def working_seconds(begin: dt.datetime, end: dt.datetime) -> float:
    """Return the seconds between two instants, without weekends and public holidays."""
    total, moment = 0.0, begin.astimezone(VIETNAM)
    end = end.astimezone(VIETNAM)
    while moment < end:
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        following = min(end, midnight + dt.timedelta(days=1))
        if moment.weekday() < 5 and not holiday(moment.date()):
            total += (following - moment).total_seconds()
        moment = following
    return total


@lru_cache(maxsize=256)
def tet(year: int) -> dt.date:
    """Return the first day of the lunar year that begins in ``year``, in Vietnam."""
    return _month_start(year, 1)


@lru_cache(maxsize=256)
def hung_kings(year: int) -> dt.date:
    """Return the tenth day of the third lunar month."""
    return _month_start(year, 3) + dt.timedelta(days=9)


def _month_start(year: int, month: int) -> dt.date:
    eleventh, next_eleventh = _solstice_moon(year - 1), _solstice_moon(year)
    number = eleventh + 1 + month
    if next_eleventh - eleventh == 13:
        leap = next(n for n in range(eleventh + 1, next_eleventh) if not _has_major_term(n))
        number += leap <= number
    return _local_day(_new_moon(number))


def _solstice_moon(year: int) -> int:
    """Return the lunation that contains the winter solstice: month eleven, by definition."""
    day = dt.date(year, 12, 19)
    while _sun_longitude(_end_of(day)) < 270:
        day += dt.timedelta(days=1)
    number = round((_end_of(day) - 2451550.1) / _SYNODIC_MONTH) + 1
    while _local_day(_new_moon(number)) > day:
        number -= 1
    return number


def _has_major_term(number: int) -> bool:
    """Return whether the sun crosses a multiple of 30° then; the leap month is one without."""
    first, last = (_local_day(_new_moon(n)) - dt.timedelta(days=1) for n in (number, number + 1))
    return _sun_longitude(_end_of(first)) // 30 != _sun_longitude(_end_of(last)) // 30


def _end_of(day: dt.date) -> float:
    """Julian day of the midnight that ends a local day; it is 17:00 UTC."""
    return day.toordinal() + 1721424.5 + 17 / 24


def _local_day(julian: float) -> dt.date:
    since_epoch = julian + 7 / 24 - _UNIX_EPOCH
    return dt.date(1970, 1, 1) + dt.timedelta(days=int(since_epoch // 1))


def _sun_longitude(julian: float) -> float:
    """Degrees; the constant term is less the aberration."""
    century = (julian - _J2000) / 36525
    mean = 280.46077 + 36000.76983 * century
    anomaly = radians(357.52911 + 35999.05029 * century)
    return (mean + 1.914602 * sin(anomaly) + 0.019993 * sin(2 * anomaly)) % 360


def _new_moon(number: int) -> float:
    """Julian day of the new moon ``number`` lunations after January 2000."""
    mean = 2451550.09766 + _SYNODIC_MONTH * number
    sun = radians(2.5534 + 29.10535670 * number)
    moon = radians(201.5643 + 385.81693528 * number)
    node = radians(160.7108 + 390.67050284 * number)
    return (
        mean
        - 0.40720 * sin(moon)
        + 0.17241 * sin(sun)
        + 0.01608 * sin(2 * moon)
        + 0.01039 * sin(2 * node)
        + 0.00739 * sin(moon - sun)
        - 0.00514 * sin(moon + sun)
        + 0.00208 * sin(2 * sun)
    )
