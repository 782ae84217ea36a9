"""Dates of a page as witnesses, each with the place it was found in, and what is made of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.extract.dates.lines import read_date_line
from crawler.extract.dates.machine import read_machine_dates
from storage.instants import VIETNAM

if TYPE_CHECKING:
    from crawler.extract.dates.values import ParsedDate
    from crawler.extract.languages import Order

MACHINE = ("json-ld", "microdata", "meta", "time", "gtag", "feed", "sitemap")
_UNSEEN = (*MACHINE, "url", "listing")
"""Places that are not on the page itself: values for machines, its address, the line beside the
link to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateCandidate:
    """One date of a page, with all its readings and the place it was found in.

    ``where`` starts with a word that says the kind of place: ``json-ld``, ``microdata``,
    ``meta``, ``time``, ``gtag``, ``feed``, ``sitemap`` for machines; ``layout``, ``near title``,
    ``visible``, ``header`` for readers; ``url`` for the address; ``listing`` for the line beside
    the link.
    """

    where: str
    parsed: ParsedDate
    raw: str = ""
    position: int | None = None
    """Characters of visible text from the headline: negative before it; None where unknown."""
    trusted: bool = False
    """Whether a layout's own selector for the date found it."""
    readings: tuple[ParsedDate, ...] = ()
    """All readings, the likeliest first; empty when ``parsed`` is the only one."""

    @property
    def is_machine(self) -> bool:
        return self.where.startswith(MACHINE)

    @property
    def is_visible(self) -> bool:
        return not self.where.startswith(_UNSEEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """When an article was published, and how we know."""

    at: dt.datetime | None
    """Instant with ``+07:00``; None where only the day is known."""
    on: dt.date | None
    """Vietnamese local day; None where nothing is known."""
    raw: str | None
    where: str
    confidence: float
    """0 to 1."""


UNKNOWN = Published(at=None, on=None, raw=None, where="", confidence=0.0)


CLOCK = dt.timedelta(minutes=15)
"""Apart from the fetch by less than this, a time may be the clock of the page."""


def is_clock(parsed: ParsedDate, now: dt.datetime) -> bool:
    """Return whether the value may be the moment of the fetch: rendered, not published."""
    aware = now if now.tzinfo else now.replace(tzinfo=dt.UTC)
    if parsed.at is None:
        return parsed.wall is None and parsed.on == aware.astimezone(VIETNAM).date()
    return abs(parsed.at - aware) <= CLOCK


def is_recent(parsed: ParsedDate, now: dt.datetime) -> bool:
    """Return whether the value may be the moment at which a page was made that was kept since."""
    aware = now if now.tzinfo else now.replace(tzinfo=dt.UTC)
    return aware.astimezone(VIETNAM).date() - parsed.on <= dt.timedelta(days=1)


def read_machine(
    value: str, *, where: str, now: dt.datetime, zone: dt.tzinfo = VIETNAM
) -> DateCandidate | None:
    """Return a candidate from a value meant for machines."""
    readings = tuple(read_machine_dates(value, now=now, zone=zone))
    if not readings:
        return None
    return DateCandidate(where=where, parsed=readings[0], raw=value.strip(), readings=readings)


def read_visible(
    text: str,
    *,
    where: str,
    now: dt.datetime,
    position: int | None = None,
    trusted: bool = False,
    zone: dt.tzinfo = VIETNAM,
    order: Order = "dmy",
) -> DateCandidate | None:
    """Return a candidate from a line that readers see; None where the line is no date line."""
    parsed = read_date_line(text, now=now, order=order, zone=zone)
    if parsed is None:
        return None
    return DateCandidate(
        where=where, parsed=parsed, raw=parsed.raw, position=position, trusted=trusted
    )
