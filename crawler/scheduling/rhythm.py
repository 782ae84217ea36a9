"""How often a source publishes, by hour and weekday in Vietnam's time. Pure.

The rate is a product: articles per hour on average, times the share of the hour of the day,
times the share of the weekday, times a factor on public holidays. Old evidence fades with a
half-life of two weeks, so a source that changes its habits is learned anew, and a source without
history starts from what is usual.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.scheduling.holidays import holiday, working_seconds
from storage.instants import VIETNAM

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MEMORY = dt.timedelta(days=56)
"""Older instants are ignored."""

_HALF_LIFE_DAYS = 14.0
_USUAL_RATE = 1.0
"""Articles per hour that are assumed of an unknown source."""
_USUAL_RATE_HOURS = 12.0
"""Hours of observation that weigh as much as that assumption."""
_USUAL_HOURS = (0.2,) * 5 + (0.8,) * 2 + (1.6,) * 11 + (1.0,) * 4 + (0.4,) * 2
"""Assumed factors of the hours: offices and papers work by day."""
_USUAL_HOURS_WEIGHT = 24.0
_USUAL_WEEKDAYS_WEIGHT = 14.0
"""How many articles the assumptions weigh."""
_HOLIDAY_FACTOR = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """The learned rate of one source or seed."""

    rate: float
    """Articles per hour, averaged over the week."""
    hours: tuple[float, ...]
    """24 factors, mean 1; index 0 is 00:00 to 00:59 in Vietnam."""
    weekdays: tuple[float, ...]
    """7 factors, mean 1; index 0 is Monday."""
    recent: tuple[dt.datetime, ...]
    """Publication instants of the last day, ascending."""
    known: int
    """How many instants it was learned from."""

    def at(self, moment: dt.datetime) -> float:
        """Return the articles per hour expected at an aware instant."""
        local = moment.astimezone(VIETNAM)
        factor = _HOLIDAY_FACTOR if holiday(local.date()) else 1.0
        return self.rate * self.hours[local.hour] * self.weekdays[local.weekday()] * factor

    def expected(self, since: dt.datetime, until: dt.datetime) -> float:
        """Return the articles expected between two aware instants."""
        total, moment = 0.0, since
        while moment < until:
            following = min(until, moment + dt.timedelta(seconds=3600 - moment.timestamp() % 3600))
            total += self.at(moment) * (following - moment).total_seconds() / 3600
            moment = following
        return total

    def seen(self, since: dt.datetime, until: dt.datetime) -> int:
        """Return the articles published between two instants of the last day."""
        return sum(since < moment <= until for moment in self.recent)


def learn_rhythm(
    published: Iterable[dt.datetime], *, watched_since: dt.datetime | None, now: dt.datetime
) -> Rhythm:
    """Return the rhythm of the publication instants of the last eight weeks.

    ``published`` are aware instants in any order; those in the future or older than `MEMORY` are
    left out. ``watched_since`` is the first crawl, None if there was none: time without articles
    counts from it or the first instant on, whichever is earlier.
    """
    known = sorted(moment for moment in published if now - MEMORY <= moment <= now)
    begin = min([moment for moment in (watched_since, *known[:1]) if moment], default=now)
    span = min(max((now - begin).total_seconds() / 3600, 0.0), MEMORY.total_seconds() / 3600)
    weights = [_weight((now - moment).total_seconds() / 86400) for moment in known]
    hour_counts, day_counts = [0.0] * 24, [0.0] * 7
    for moment, weight in zip(known, weights, strict=True):
        local = moment.astimezone(VIETNAM)
        hour_counts[local.hour] += weight
        day_counts[local.weekday()] += weight
    days = max(span / 24, 0.5)
    hours_watched = _effective_hours(span)
    rate = (sum(weights) + _USUAL_RATE * _USUAL_RATE_HOURS) / (hours_watched + _USUAL_RATE_HOURS)
    return Rhythm(
        rate=rate,
        hours=_factors(hour_counts, _USUAL_HOURS, _USUAL_HOURS_WEIGHT * max(1, 2 / days)),
        weekdays=_factors(day_counts, (1,) * 7, _USUAL_WEEKDAYS_WEIGHT * max(1, 14 / days - 1)),
        recent=tuple(moment for moment in known if moment > now - dt.timedelta(days=1)),
        known=len(known),
    )


def expect_articles(
    published: Sequence[dt.datetime],
    begin: dt.datetime,
    end: dt.datetime,
    *,
    watched_since: dt.datetime | None,
) -> tuple[float, float]:
    """Return how many articles were to be expected between two instants, from those before: by
    rhythm, and on average of working days.

    ``published``: aware instants, ascending, none of them later than ``begin``, at least one.
    """
    rhythm = learn_rhythm(published, watched_since=watched_since, now=published[-1])
    # What a rhythm assumes of an unknown source is too much of one that publishes twice a week.
    worked = max(1.0, working_seconds(published[0], published[-1]))
    average = len(published) * working_seconds(begin, end) / worked
    return rhythm.expected(begin, end), average


def _weight(age_days: float) -> float:
    return float(0.5 ** (age_days / _HALF_LIFE_DAYS))


def _effective_hours(span: float) -> float:
    """Return the hours observed, each weighed as an article of that age would be."""
    scale = _HALF_LIFE_DAYS * 24 / 0.6931471805599453
    return scale * (1 - _weight(span / 24))


def _factors(counts: Sequence[float], usual: Sequence[float], weight: float) -> tuple[float, ...]:
    """Return factors with mean 1, drawn towards ``usual`` as if it had been ``weight`` articles.

    The weight is greater in the first days: an hour or weekday that was not observed yet must not
    look like a quiet one.
    """
    unit = weight / sum(usual)
    mixed = [count + unit * share for count, share in zip(counts, usual, strict=True)]
    mean = sum(mixed) / len(mixed)
    return tuple(share / mean for share in mixed)
