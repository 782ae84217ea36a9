"""Instants and local days as the archive writes them, and dates as feeds and sitemaps give them."""

from __future__ import annotations

import contextlib
import datetime as dt
import re

VIETNAM = dt.timezone(dt.timedelta(hours=7))
"""Vietnam has had one offset and no daylight saving time since 1975."""

_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-]((?:19|20)\d\d)(?!\d)")


def read_day(hint: str | None) -> str | None:
    """Return the Vietnamese local day (``YYYY-MM-DD``) of a date hint; None where it says none.

    ISO 8601 and RFC 822 with their offsets, ISO days, and day-month-year with any separator,
    the only order Vietnamese papers use.
    """
    if not hint:
        return None
    moment = read_date_time(hint)
    if moment is not None:
        return _local_day(moment)
    try:
        return dt.date.fromisoformat(hint.strip()[:10]).isoformat()
    except ValueError:
        return _read_day_first(hint)


def day_of_instant(instant: str) -> str:
    """Return the Vietnamese local day of an instant of ours. Raise ValueError."""
    return parse_instant(instant).astimezone(VIETNAM).date().isoformat()


def start_of_day(day: str) -> str:
    """Return the instant at which a Vietnamese local day begins. Raise ValueError."""
    return format_instant(dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), VIETNAM))


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


def parse_instant(text: str) -> dt.datetime:
    """Return an aware instant from ISO 8601; one without an offset is UTC. Raise ValueError."""
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def format_instant(moment: dt.datetime) -> str:
    """Return an instant in UTC with ``Z`` and whole seconds."""
    return f"{moment.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def read_date_time(text: str | None) -> dt.datetime | None:
    """Return the instant of a feed's or sitemap's date, None where it names no time of day.

    ISO 8601 and RFC 822, the two forms their formats prescribe; a time without an offset is
    taken as Vietnam's.
    """
    if not text or ":" not in text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        known = _read_rfc822(text.strip())
        if known is None:
            return None
        moment = known
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)


def _read_rfc822(text: str) -> dt.datetime | None:
    # Here: every command reads the clock, few read dates, and this import takes milliseconds.
    from email.utils import parsedate_to_datetime

    with contextlib.suppress(ValueError, TypeError, IndexError, OverflowError):
        return parsedate_to_datetime(text)
    return None


SKEW = 2.0
"""Seconds by which an instant may lie too far ahead without the clock having been set back: it is
written in whole seconds, and processes do not read their clocks at the same moment."""


def time_left(at: float, now: float, longest: float) -> float:
    """Return the seconds until a stored instant; 0 when it is due.

    Every wait for an instant that was written down is decided here, because the clock may have
    jumped since: what lies further ahead than ``longest``, the longest wait that could have been
    meant, was written by a clock that was ahead, and counts as due.
    """
    wait = at - now
    return min(wait, longest) if 0.0 < wait <= longest + SKEW else 0.0


def time_until(at: str, now: str, longest: float) -> float:
    """Return the same for instants of ours (ISO 8601). Raise ValueError."""
    return time_left(parse_instant(at).timestamp(), parse_instant(now).timestamp(), longest)


def add_seconds(instant: str, seconds: float) -> str:
    """Return an instant of ours some seconds later. Raise ValueError."""
    return format_instant(parse_instant(instant) + dt.timedelta(seconds=seconds))


PLAUSIBLE = ("2026-01-01T00:00:00Z", "2036-01-01T00:00:00Z")
"""When this program was written, and ten years later: a clock outside of that is not set (1970) or
broken (2038)."""


def read_clock() -> str:
    """Return the present instant: UTC, whole seconds, ``Z``."""
    return format_instant(dt.datetime.now(dt.UTC))
