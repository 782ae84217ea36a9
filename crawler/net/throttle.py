"""What hosts ask of their guests, in seconds: ``Retry-After``, ``Crawl-delay``, pauses. Pure.

`crawler.net.pace` keeps the pace that follows.
"""

from __future__ import annotations

import datetime as dt
import math
import re

RETRY_AFTER_CAP = 86400.0
"""Seconds. After a day a host is asked again, whatever it said."""
_SECONDS = re.compile(r"[0-9]{1,20}")


def parse_retry_after(value: str | None, now: dt.datetime) -> float | None:
    """Return the seconds that ``Retry-After`` (RFC 9110, 10.2.3) asks for; None: it says nothing.

    Both forms, seconds and an HTTP date, are understood; what is neither counts as absent, a date
    in the past too. Never more than `RETRY_AFTER_CAP`. ``now`` must know its zone.
    """
    text = (value or "").strip()[:100]
    if _SECONDS.fullmatch(text):
        return min(float(text), RETRY_AFTER_CAP) or None
    if not re.match(r"[A-Za-z]{3}", text):
        return None
    # Here, as short commands judge hosts too and few answers have it: the import takes 10 ms.
    from email.utils import parsedate_to_datetime

    try:
        until = parsedate_to_datetime(text)
        if until.tzinfo is None:
            until = until.replace(tzinfo=dt.UTC)
        wait = (until - now).total_seconds()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return min(wait, RETRY_AFTER_CAP) if wait > 0 else None


def choose_delay(own: float, crawl_delay: float | None, cap: float) -> float:
    """Return the seconds between two requests: ours, or the ``Crawl-delay`` up to ``cap``."""
    if crawl_delay is None or not math.isfinite(crawl_delay) or crawl_delay < 0:
        return own
    return max(own, min(crawl_delay, cap))


def back_off(attempt: int, base: float, cap: float) -> float:
    """Return the seconds to wait before a repetition (1 is the first): doubling, capped."""
    return min(base * 2.0 ** min(attempt - 1, 32), cap)
