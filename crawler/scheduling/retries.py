"""When a page that gave no article is asked again. Pure: the clock is passed in.

The plan of each reason stands in the table of `crawler.failures`; here are the waits. Instants are
ISO 8601 strings in UTC with ``Z``.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from crawler.failures import FailureKind, Retry, Verdict
from crawler.scheduling.policy import cap_request, next_revisit
from storage.instants import (
    VIETNAM,
    add_seconds,
    format_instant,
    parse_instant,
    read_date_time,
    read_day,
    time_until,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.failures import Reason

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0

SLOW = (_HOUR, 5 * _HOUR, 18 * _HOUR, _DAY, 2 * _DAY, 3 * _DAY, 3 * _DAY, 4 * _DAY)
"""Attempts 1 h, 6 h, 1, 2, 4, 7, 10 and 14 days after the first: an outage of a site, a check for
robots or a robots.txt written by mistake lasts hours; a certificate that nobody renews over a
holiday lasts a week. After a fortnight a paper has either come back or changed its address."""
QUICK = (5 * _MINUTE, 25 * _MINUTE, 90 * _MINUTE, 6 * _HOUR, 16 * _HOUR, *SLOW[3:])
"""Attempts 5 min, 30 min, 2 h, 8 h after the first, then as `SLOW`: a broken connection is most
often whole again within minutes."""
REOPENINGS = (_HOUR, 6 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY, 14 * _DAY)
"""Seconds after the first, second, … refusal of a page that was given up before which its seed
cannot have it asked again; the last one counts for all later ones."""
NEW_FOR = 14 * _DAY
"""Seconds after its publication in which a page may be new to some servers of its site."""


def waits_of(reason: Reason) -> tuple[float, ...]:
    """Return the seconds to wait after the first, second, … failed attempt; empty: no other.

    What answers with another page, or fails hard, is up to people; the rest mends itself sooner.
    """
    if reason.retry not in (Retry.BACK_OFF, Retry.WHILE_NEW):
        return ()
    is_brief = reason.verdict is Verdict.FAILED and reason.weight is not FailureKind.HARD
    return QUICK if is_brief else SLOW


def retry_at(
    attempts: int,
    reason: Reason,
    now: str,
    *,
    is_stored: bool = False,
    is_new: bool = True,
    not_before: str | None = None,
    found_at: str | None = None,
) -> str | None:
    """Return when to ask again for a page that gave no article, by the plan of ``reason``.

    None: not by itself. ``attempts`` counts this one, too. ``found_at``: when the page was found;
    ``is_stored``: whether it was an article before; ``is_new``: see `is_new`; ``not_before``: what
    the server asked for (Retry-After). ``now``, ``not_before``, ``found_at``: ISO strings.
    """
    if is_stored and reason.verdict is Verdict.REJECTED and found_at is not None:
        return next_revisit(found_at, now)
    if reason.retry is Retry.WHILE_NEW and not is_new:
        return None
    wait = _back_off(attempts, waits_of(reason), _age(found_at, now))
    if wait is None:
        return None
    at = parse_instant(now) + dt.timedelta(seconds=wait)
    if not_before is not None:
        at = max(at, cap_request(not_before, parse_instant(now)))
    return format_instant(at)


MEDIA_TRIES = 4
"""Attempts at a picture or document. Its article is there without it."""


def retry_media_at(attempts: int, reason: Reason, now: str) -> str | None:
    """Return when to ask again for a picture or document; None: it is given up.

    ``attempts`` counts this one, too. ``now``: ISO string.
    """
    waits = waits_of(reason)
    if attempts >= MEDIA_TRIES or not waits:
        return None
    return add_seconds(now, waits[attempts - 1])


def _back_off(attempts: int, waits: Sequence[float], age: float | None) -> float | None:
    """Return the seconds to wait after a failed attempt; None: give the page up.

    A page stays as long as all waits together, also where somebody tries it every few minutes;
    ``age``: seconds since it was found.
    """
    if attempts <= len(waits):
        return waits[attempts - 1]
    if age is None or age >= sum(waits):
        return None
    return min(_DAY, sum(waits) - age)


def _age(found_at: str | None, now: str) -> float | None:
    if found_at is None:
        return None
    return max(0.0, (parse_instant(now) - parse_instant(found_at)).total_seconds())


def is_new(published_on: str | None, now: str) -> bool:
    """Return whether a page may be so new that not all servers of its site know it yet.

    ``published_on``: the local day that its seed gave; a page without one may be of today.
    """
    if published_on is None:
        return True
    since = parse_instant(now).astimezone(VIETNAM) - dt.timedelta(seconds=NEW_FOR)
    return published_on >= since.date().isoformat()


def may_reopen(
    *,
    refusals: int,
    refused_at: str | None,
    was_absent: bool,
    date: str | None,
    shown: str | None,
    now: str,
) -> bool:
    """Return whether a page that was given up is asked once more because its seed shows it.

    Its seed gives a newer date than at the refusal (``date``, ``shown``: date hints), or shows it
    again after it did not. Never before the step of `REOPENINGS` after the last refusal is over,
    so that a site that dates everything anew each time costs a handful of requests.
    """
    if not was_absent and not is_newer(shown, date):
        return False
    if refused_at is None:
        return True
    step = REOPENINGS[min(max(refusals, 1), len(REOPENINGS)) - 1]
    return time_until(add_seconds(refused_at, step), now, step) == 0.0


def is_newer(hint: str | None, before: str | None) -> bool:
    """Return whether a date hint names a later time than another; days where one has no time."""
    shown, known = read_date_time(hint), read_date_time(before)
    if shown and known:
        return shown > known
    day, earlier = read_day(hint), read_day(before)
    return bool(day and earlier and day > earlier)
