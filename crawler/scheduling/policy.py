"""When to ask again for seeds and articles. Pure: clock and chance are passed in.

All instants in and out are ISO 8601 strings in UTC with ``Z`` and whole seconds, as the archive
keeps them. Every decision carries one sentence that says why.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crawler.net.throttle import RETRY_AFTER_CAP
from storage.instants import VIETNAM, format_instant, parse_instant, time_until

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from crawler.scheduling.rhythm import Rhythm

REVISITS = (3600, 6 * 3600, 86400, 3 * 86400, 14 * 86400)
"""Ages in seconds at which an article is looked at again: papers correct early or never."""

_DAY = 86400.0
LONGEST_POLL = 1.1 * _DAY
"""Seconds: `bounds` and the jitter allow no longer wait between two polls."""
_CACHE_LIMIT = 3600.0
"""Cache headers are often set for browsers and pictures; a feed's own TTL is meant for us."""
_EVENNESS = 0.4
"""Polls lie as dense as this power of the publication rate. With 1/2 the sum of all delays is the
least for a given number of requests, with 0 the longest delay is."""
_DENSITY = 0.87
"""This and the numbers of a surge are chosen with benchmarks/polling.py: in a month of five traces
they take fewer requests than a fixed interval of ``start``, with shorter delays both in the median
and for the slowest 5 %."""
_SURE_AFTER = 3
_UNSURE_WAIT = 3600.0
"""Seconds. After the first failures it is asked again soon: with the third a wrong address is
taken to be one, and others are looked for."""
_HOPEFUL_FOR, _HOPEFUL_WAIT = 7 * _DAY, _DAY / 2
"""Seconds. So long a failing seed waits no longer than that: certificates are renewed within days,
and people are to hear of it within a day."""
_STEP = dt.timedelta(minutes=5)
_SURGE_WINDOW = dt.timedelta(hours=1)
_SURGE_FADES = 3 * 3600.0
_JITTER = 0.1
FLOOD_WAIT = 4
"""So many times as long waits a seed whose new addresses lead to known texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Limits, in seconds, of the waits that a schedule may choose."""

    start: float
    """The source file's ``poll``: near the wait at one article an hour; it sets the scale."""
    shortest: float
    longest: float


def bounds(start: float) -> Bounds:
    """Return the bounds that follow from a source's poll interval in seconds.

    A third of it at least, 24 times it at most, never more than a day.
    """
    return Bounds(start=start, shortest=start / 3, longest=max(start, min(start * 24, _DAY)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """The result of one poll of a seed."""

    seen: int = 0
    """Article links it showed; 0 where nothing was read (304, failure)."""
    fresh: int = 0
    """How many of them were unknown."""
    first: bool = False
    """Nothing of this seed had been known before, so that unknown links say nothing."""
    ttl: float | None = None
    """Seconds for which the feed itself says it does not change."""
    max_age: float | None = None
    """Seconds for which the HTTP headers say the answer is fresh."""
    not_before: str | None = None
    """Instant before which the server asked us not to come back (Retry-After)."""
    reason: str = ""
    """Why it failed, a word of `crawler.failures`; empty where it did not."""
    failures: float = 0.0
    """Weighed failures in a row, this one included: `crawler.failures.weigh`."""
    misses: int = 0
    """Polls in a row that showed no article link, this one included; 0: not known."""
    missed_for: float = 0.0
    """Seconds since the first of them."""
    shown: int = 0
    """Article links it showed when it last answered."""
    is_flooded: bool = False
    """Most links are new, and such as led to known texts lately: they are no news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollTime:
    """The next poll, and why then."""

    at: str
    why: str
    """One sentence for `baotinh status SOURCE`."""


def next_poll(
    answer: PollResult, *, now: str, rhythm: Rhythm, limits: Bounds, chance: Random
) -> PollTime:
    """Decide the next poll of a seed.

    The wait follows a power law, see `_EVENNESS`: a quarter of the news makes it 1.7 times as long.
    It is shortened when a poll overlaps little with what was
    known, and never so long that half the page could turn over; it is lengthened by TTL, cache
    headers and failures. `limits` hold for all of that; only Retry-After goes beyond them.
    """
    moment = parse_instant(now)
    if answer.reason:
        wait, why = _after_failure(answer, moment, rhythm, limits)
    else:
        wait, why = _after_success(answer, moment, rhythm, limits)
    wait = max(limits.shortest, min(limits.longest, wait))
    wait *= 1 + _JITTER * (2 * chance.random() - 1)
    wait, why = _obey(answer, moment, wait, why)
    at = moment + dt.timedelta(seconds=max(1.0, wait))
    return PollTime(at=format_instant(at), why=why)


def next_revisit(first_seen_at: str, now: str, *, ages: Sequence[float] = REVISITS) -> str | None:
    """Return when to visit a stored article again; None when it is too old for that.

    Both instants are ISO strings. The visits follow the article's age, not the last visit: a
    late visit is not made up for.
    """
    moment = parse_instant(now)
    first = min(parse_instant(first_seen_at), moment)  # found by a clock that was ahead
    for age in ages:
        at = first + dt.timedelta(seconds=age)
        if at > moment:
            return format_instant(at)
    return None


def is_due(next_poll_at: str | None, polled_at: str | None, now: str) -> bool:
    """Return whether a seed may be polled.

    Also when its next poll lies further ahead than was decided at its last one: the clock was set
    back, and the seed must not wait until that time comes again.
    """
    if next_poll_at is None or next_poll_at <= now:
        return True
    return time_until(next_poll_at, now, poll_interval(next_poll_at, polled_at)) == 0.0


def poll_interval(next_poll_at: str, polled_at: str | None) -> float:
    """Return the seconds between a poll and the next one, as they were decided; a day at most."""
    if polled_at is None:
        return LONGEST_POLL
    decided = (parse_instant(next_poll_at) - parse_instant(polled_at)).total_seconds()
    return max(0.0, min(decided, LONGEST_POLL))


def stagger(due: Sequence[str], *, now: str, spread: float) -> list[str]:
    """Spread what is overdue over the next ``spread`` seconds, in the order given.

    For a start after downtime: what is due later keeps its time, what is overdue starts one after
    the other, the first at once, so that a restart causes no burst and no long wait.
    """
    overdue = sum(at <= now for at in due)
    gap = dt.timedelta(seconds=spread / max(1, overdue))
    moment, spread_out, position = parse_instant(now), [], 0
    for at in due:
        if at <= now:
            spread_out.append(format_instant(moment + position * gap))
            position += 1
        else:
            spread_out.append(at)
    return spread_out


def describe_wait(seconds: float) -> str:
    """Return a wait for people: ``40 s``, ``16 min``, ``5.5 h``, ``3 days``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.3g} h" if seconds < 2 * _DAY else f"{seconds / _DAY:.0f} days"


def _after_success(
    answer: PollResult, moment: dt.datetime, rhythm: Rhythm, limits: Bounds
) -> tuple[float, str]:
    surge = _surge(rhythm, moment)
    wait = _wait_for_density(moment, rhythm, limits, surge)
    why = _describe_rate(rhythm.at(moment) * surge, rhythm, moment, wait)
    if surge >= 1.5:
        why += f"; the last hour brought {surge:.1f} times what is usual"
    if answer.is_flooded:
        wait, why = (
            wait * FLOOD_WAIT,
            f"{why}; {FLOOD_WAIT} times as long, since its new addresses lead to known texts",
        )
        answer = replace(answer, fresh=0)
    turnover = _half_turnover(answer, moment, rhythm, limits)
    if turnover < wait:
        wait, why = turnover, f"{why}; sooner, before half of its {answer.seen} links turn over"
    if answer.seen and not answer.first and answer.fresh == answer.seen:
        wait, why = (
            limits.shortest,
            f"{why}; soonest, since nothing it showed was known: some may be missed",
        )
    elif not answer.first and answer.fresh * 3 > answer.seen * 2:
        wait, why = (
            wait / 2,
            f"{why}; in half the time, since {answer.fresh} of {answer.seen} links were new",
        )
    for asked, words in ((answer.ttl, "feed's TTL"), (answer.max_age, "cache headers")):
        most = limits.longest if words == "feed's TTL" else _CACHE_LIMIT
        if asked and min(asked, most) > wait:
            wait, why = (
                min(asked, most),
                f"{why}; later, as the {words} ask: {describe_wait(asked)}",
            )
    return wait, why


def _after_failure(
    answer: PollResult, moment: dt.datetime, rhythm: Rhythm, limits: Bounds
) -> tuple[float, str]:
    wait = limits.start * 2 ** min(answer.failures, 20.0)
    why = f"failed ({answer.reason}), weighed failures in a row {answer.failures:g}"
    if 0 < answer.misses < _SURE_AFTER:
        wait = min(wait, _UNSURE_WAIT)
    if answer.missed_for < _DAY:
        # Most troubles pass within hours; what it shows must not have turned over by then.
        shown = replace(answer, seen=answer.shown)
        wait = min(wait, max(limits.start, _half_turnover(shown, moment, rhythm, limits)))
    if answer.missed_for < _HOPEFUL_FOR:
        wait = min(wait, _HOPEFUL_WAIT)
    if wait >= limits.longest:
        return (
            limits.longest,
            f"{why}: every {describe_wait(limits.longest)} until it answers again",
        )
    return wait, f"{why}: waits {describe_wait(wait)}"


def _obey(answer: PollResult, moment: dt.datetime, wait: float, why: str) -> tuple[float, str]:
    if answer.not_before is None:
        return wait, why
    asked = (cap_request(answer.not_before, moment) - moment).total_seconds()
    if asked <= wait:
        return wait, why
    return asked, f"{why}; not before the server's Retry-After allows, {describe_wait(asked)}"


def cap_request(not_before: str, now: dt.datetime) -> dt.datetime:
    """Return when a server that asked for peace (Retry-After) may be asked, a day at the latest."""
    return min(parse_instant(not_before), now + dt.timedelta(seconds=RETRY_AFTER_CAP))


def _surge(rhythm: Rhythm, now: dt.datetime) -> float:
    """Return how many times the usual number came in the last hour, from 0.5 to 16."""
    begin = now - _SURGE_WINDOW
    ratio = (rhythm.seen(begin, now) + 1.0) / (rhythm.expected(begin, now) + 1.0)
    return max(0.5, min(16.0, ratio))


def _wait_for_density(now: dt.datetime, rhythm: Rhythm, limits: Bounds, surge: float) -> float:
    """Return the seconds until the integral of rate ** _EVENNESS is its target; surges fade."""
    target = _DENSITY * limits.start / 3600
    step = min(_STEP, dt.timedelta(seconds=max(1.0, limits.shortest)))
    hours = step.total_seconds() / 3600
    done, waited = 0.0, dt.timedelta()
    while waited.total_seconds() < limits.longest:
        fading = 1 + (surge - 1) * max(0.0, 1 - waited.total_seconds() / _SURGE_FADES)
        density = math.pow(rhythm.at(now + waited) * fading, _EVENNESS)
        if done + density * hours >= target:
            return waited.total_seconds() + 3600 * (target - done) / density
        done += density * hours
        waited += step
    return limits.longest


def _half_turnover(answer: PollResult, now: dt.datetime, rhythm: Rhythm, limits: Bounds) -> float:
    """Return the seconds in which half of the links of the seed are expected to be replaced."""
    if answer.seen < 4:
        return limits.longest
    expected, waited = 0.0, dt.timedelta()
    while waited.total_seconds() < limits.longest:
        expected += rhythm.at(now + waited) * 0.5
        waited += dt.timedelta(minutes=30)
        if expected * 2 >= answer.seen:
            return waited.total_seconds()
    return limits.longest


def _describe_rate(rate: float, rhythm: Rhythm, now: dt.datetime, wait: float) -> str:
    local = now.astimezone(VIETNAM)
    basis = "assumed" if not rhythm.known else "expected"
    when = f"{local:%A %H:%M} in Vietnam"
    return f"{rate:.2g} articles an hour {basis} around {when}: waits {describe_wait(wait)}"


FULL_EVERY = 86400.0
"""Seconds. Once a day a seed is asked for in full: some servers answer 304 for ever."""


def is_full_turn(polled_at: str | None, now: str, salt: int) -> bool:
    """Return whether this poll is the one of its day that asks for the whole seed.

    ``salt`` (the seed's id) spreads the turns of many seeds over the day.
    """
    if polled_at is None:
        return True
    shift = (salt * 7919) % FULL_EVERY
    return _day(polled_at, shift) != _day(now, shift)


def _day(instant: str, shift: float) -> float:
    return (dt.datetime.fromisoformat(instant).timestamp() + shift) // FULL_EVERY
