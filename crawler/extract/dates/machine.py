"""Dates that a CMS writes for machines: JSON-LD, meta tags, ``<time datetime>``, gtag, epochs.

They lie in known ways, so a value is read together with its other possible readings:

* an ISO value without zone is local time, or UTC that lost its ``Z``;
* a ``Z`` or ``+00:00`` is UTC, or local time with a false ``Z``;
* slashes are month first (``12/2/2023 9:14:22 AM`` of .NET), unless only the other order is
  possible or the page disagrees.

The first reading is the one to believe when nothing else on the page speaks.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from crawler.extract.dates.lines import parse_date, read_offset
from crawler.extract.dates.patterns import MONTHS
from crawler.extract.dates.values import (
    ParsedDate,
    fix_instant,
    is_midnight,
    is_possible,
    make_clock,
    make_day,
)
from crawler.extract.letters import compose, fold_letters
from storage.instants import VIETNAM

if TYPE_CHECKING:
    from collections.abc import Iterator

_ISO = re.compile(
    r"\s*(?P<y>[0-9]{4})(?P<s>[-/.]?)(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})"
    r"(?:(?:\s{0,3}t\s{0,3}|\s{1,3}|,\s{0,2}|(?=[0-9]{4}(?:[0-9]{2})?\Z))"
    r"(?P<h>[0-9]{1,2}):?(?P<mi>[0-9]{2})(?::?(?P<se>[0-9]{2})"
    r"(?:[.,][0-9]{1,9})?)?\s{0,2}(?P<mer>[ap]m)?"
    r"\s{0,2}(?:gmt|utc)?\s{0,2}(?P<zone>z|gmt|utc|[+\-]\s?[0-9]{1,2}(?::?[0-9]{2})?)?)?(?![0-9:])"
)
_EPOCH = re.compile(
    r"\s*(?:/?date\()?(?P<n>[0-9]{9,10}|[0-9]{12,13})"
    r"(?:[.][0-9]{1,6})?(?:[+\-]0[0-9]00)?(?:\)/?)?\s*"
)
_SEVEN_HOURS = dt.timedelta(hours=7)


def read_machine_dates(
    text: str, *, now: dt.datetime, zone: dt.tzinfo = VIETNAM
) -> list[ParsedDate]:
    """Return all readings of a value, the likeliest first, without those that cannot be.

    ``now`` is when the page was fetched; ``zone`` is where clocks without a zone stand.
    """
    value = text.strip()[:120]
    # An ISO date, as most are, is neither a number of seconds nor what Java writes.
    other = (
        []
        if value[4:5] in ("-", "/", ".")
        else list(_read_epoch(value)) or list(_read_java(value, zone))
    )
    readings = other or _iso_readings(value, zone) or list(_read_written(value, now, zone))
    return [parsed for parsed in readings if is_possible(parsed.on, parsed.at, now)]


def _read_epoch(value: str) -> Iterator[ParsedDate]:
    match = _EPOCH.fullmatch(fold_letters(value))
    if match is None:
        return
    number = int(match["n"])
    seconds = number / 1000 if len(match["n"]) > 10 else number
    at = dt.datetime.fromtimestamp(int(seconds), VIETNAM)
    yield ParsedDate(
        on=at.date(),
        at=None if is_midnight(at) else at,
        raw=value,
        end=len(value),
        wall=at.replace(tzinfo=None),
        seconds=True,
        offset=_SEVEN_HOURS,
    )


_JAVA = re.compile(
    r"(?:mon|tue|wed|thu|fri|sat|sun) (?P<m>[a-z]{3}) (?P<d>[0-9]{1,2})"
    r" (?P<h>[0-9]{2}):(?P<mi>[0-9]{2}):(?P<se>[0-9]{2})"
    r" (?:(?P<zone>[a-z]{3,4})(?P<off>[+\-][0-9]{2}:?[0-9]{2})? )?(?P<y>[0-9]{4})"
)
_WEST = {"est": -5, "edt": -4, "cst": -6, "cdt": -5, "pst": -8, "pdt": -7}
_EAST = {"gmt": 0, "utc": 0, "cet": 1, "cest": 2, "ict": 7, "sgt": 8, "jst": 9, "kst": 9}
_ZONES = _WEST | _EAST
"""Short name of a zone -> hours from UTC."""


def _read_java(value: str, zone: dt.tzinfo) -> Iterator[ParsedDate]:
    """`Fri Apr 28 19:20:36 ICT 2023`, as Java writes a date that nobody formatted."""
    match = _JAVA.fullmatch(fold_letters(value))
    month = MONTHS.get(match["m"]) if match else None
    day = make_day(int(match["y"]), month, int(match["d"])) if match and month else None
    clock = match and make_clock(int(match["h"]), int(match["mi"]), int(match["se"]), "")
    if not match or day is None or not clock:
        return
    hours = _ZONES.get(match["zone"] or "")
    offset = read_offset(match["off"]) if match["off"] else None
    if offset is None and hours is not None:
        offset = dt.timedelta(hours=hours)
    wall = dt.datetime.combine(day, clock)
    parsed = ParsedDate(
        on=day, at=None, raw=value, end=len(value), wall=wall, seconds=True, offset=offset
    )
    yield from _read_zones(parsed, zone)


@lru_cache(maxsize=64)
def _iso_readings(value: str, zone: dt.tzinfo) -> tuple[ParsedDate, ...]:
    """A page says the same to several machines."""
    return tuple(_read_iso(value, zone))


def _read_iso(value: str, zone: dt.tzinfo) -> Iterator[ParsedDate]:
    match = _ISO.match(fold_letters(compose(value)))
    if match is None or (not match["s"] and len(match["m"] + match["d"]) != 4):
        return
    day = make_day(int(match["y"]), int(match["m"]), int(match["d"]))
    if day is None:
        return
    clock = match["h"] and make_clock(
        int(match["h"]), int(match["mi"]), int(match["se"] or 0), match["mer"] or ""
    )
    if not clock:
        yield ParsedDate(on=day, at=None, raw=value, end=len(value))
        return
    timed = ParsedDate(
        on=day,
        at=None,
        raw=value,
        end=len(value),
        wall=dt.datetime.combine(day, clock),
        seconds=match["se"] is not None,
        meridiem=bool(match["mer"]),
        offset=_read_iso_zone(match["zone"]),
    )
    yield from _read_zones(timed, zone)


def _read_iso_zone(name: str | None) -> dt.timedelta | None:
    if not name:
        return None
    return read_offset("+0" if name in ("z", "gmt", "utc") else name)


def _read_zones(parsed: ParsedDate, zone: dt.tzinfo) -> Iterator[ParsedDate]:
    """The readings of one printed clock: as it says, then as it is often wrong."""
    other = dt.timedelta(0) if parsed.offset in (None, _SEVEN_HOURS) else None
    for each in (parsed.offset, other):
        placed = _place(parsed, each, zone)
        if placed:
            yield placed


def _place(parsed: ParsedDate, offset: dt.timedelta | None, zone: dt.tzinfo) -> ParsedDate | None:
    """``parsed`` with its instant. A clock at midnight, in its own zone or in the page's, is a
    day written as an instant: the day is the printed one, or the Vietnamese one, and no time."""
    if parsed.wall is None:
        return parsed
    at = fix_instant(parsed.wall, offset, zone)
    if at is None:
        return None
    if is_midnight(at.astimezone(zone)) or is_midnight(parsed.wall):
        return replace(parsed, on=at.date() if is_midnight(at) else parsed.on, at=None)
    return replace(parsed, on=at.date(), at=at)


def _read_written(value: str, now: dt.datetime, zone: dt.tzinfo) -> Iterator[ParsedDate]:
    """Other forms: RFC 2822 of feeds, ``12/2/2023 9:14:22 AM``, and whatever a reader may see."""
    orders = ("mdy", "dmy") if _is_month_first(value) else ("dmy", "mdy")
    seen: set[tuple[dt.date, dt.datetime | None]] = set()
    for order in orders:
        parsed = parse_date(value, now=now, order="dmy" if order == "dmy" else "mdy", zone=zone)
        if parsed and (parsed.on, parsed.at) not in seen:
            seen.add((parsed.on, parsed.at))
            whole = replace(parsed, raw=value)
            yield whole
            if parsed.offset == dt.timedelta(0):
                # `Thu, 18 Sep 2025 16:05:33 GMT` of feeds that write local time.
                local = _place(whole, None, zone)
                if local:
                    yield local


_AMERICAN = re.compile(
    r"[1-9][0-9]?/[1-9][0-9]?/[0-9]{4}(?:,? [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?P<mer> [ap]m)?)?"
)
_AM_PM = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4},? [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})? ?[ap]m")


def _is_month_first(value: str) -> bool:
    """Slash dates with AM or PM, or without leading zeros (``6/5/2024``), are US English ones of
    .NET or JavaScript; ``05/06/2024 14:30`` is what Vietnamese settings write."""
    folded = " ".join(fold_letters(value).split())
    if _AM_PM.fullmatch(folded):
        return True
    match = _AMERICAN.fullmatch(folded)
    return match is not None and re.match(r"[0-9]{2}/[0-9]{2}/", folded) is None
