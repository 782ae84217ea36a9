"""Dates as witnesses: what a place is, and which values may be the moment of the fetch."""

from __future__ import annotations

import datetime as dt

import pytest

from crawler.extract.dates.candidates import (
    DateCandidate,
    is_clock,
    is_recent,
    read_machine,
    read_visible,
)
from crawler.extract.dates.values import ParsedDate
from storage.instants import VIETNAM

NOW = dt.datetime(2026, 11, 24, 1, 0, tzinfo=dt.UTC)
"""08:00 in Vietnam."""
DAY = ParsedDate(on=dt.date(2026, 11, 24), at=None, raw="")


@pytest.mark.parametrize(
    ("where", "machine", "visible"),
    [
        ("json-ld datePublished", True, False),
        ("microdata", True, False),
        ("meta date", True, False),
        ("time", True, False),
        ("gtag", True, False),
        ("feed", True, False),
        ("sitemap", True, False),
        ("url", False, False),
        ("listing", False, False),
        ("layout", False, True),
        ("near title", False, True),
        ("visible dateline", False, True),
        ("header", False, True),
    ],
)
def test_places_are_for_machines_for_readers_or_not_of_the_page(
    where: str, *, machine: bool, visible: bool
) -> None:
    candidate = DateCandidate(where=where, parsed=DAY)
    assert (candidate.is_machine, candidate.is_visible) == (machine, visible)
    assert (candidate.trusted, candidate.readings, candidate.position) == (False, (), None)


@pytest.mark.parametrize(
    ("shown", "clock", "recent"),
    [
        ("24/11/2026 07:44:59", False, True),
        ("24/11/2026 07:45:00", True, True),
        ("24/11/2026 08:15:00", True, True),
        ("24/11/2026 08:15:01", False, True),
        ("24/11/2026", True, True),
        ("24/11/2026 00:00", False, True),
        ("23/11/2026", False, True),
        ("22/11/2026", False, False),
        ("25/11/2026", False, True),
    ],
)
@pytest.mark.parametrize("now", [NOW, NOW.replace(tzinfo=None), NOW.astimezone(VIETNAM)])
def test_what_may_be_the_moment_of_the_fetch(
    shown: str, now: dt.datetime, *, clock: bool, recent: bool
) -> None:
    seen = read_visible(shown, where="visible", now=NOW)
    assert seen is not None
    assert (is_clock(seen.parsed, now), is_recent(seen.parsed, now)) == (clock, recent)


def test_days_are_those_of_vietnam() -> None:
    late = dt.datetime(2026, 11, 23, 17, 0, tzinfo=dt.UTC)
    assert is_clock(DAY, late)
    assert not is_clock(DAY, late - dt.timedelta(seconds=1))


def test_a_value_for_machines_keeps_its_readings_the_likeliest_first() -> None:
    found = read_machine(" 2026-11-01T08:30:00Z ", where="meta date", now=NOW)
    assert found is not None
    assert (found.raw, found.where, found.trusted) == ("2026-11-01T08:30:00Z", "meta date", False)
    hours = [reading.at.hour for reading in found.readings if reading.at]
    assert (hours, found.parsed) == ([15, 8], found.readings[0])
    assert read_machine("hôm qua", where="meta", now=NOW) is None


def test_a_line_that_readers_see_is_trusted_where_a_layout_names_it() -> None:
    found = read_visible("Ngày 1/11/2026", where="layout", now=NOW, position=3, trusted=True)
    assert found is not None
    assert (found.position, found.trusted, found.readings) == (3, True, ())
    other = read_visible("1/11/2026", where="visible", now=NOW)
    assert other is not None
    assert (other.position, other.trusted, other.raw) == (None, False, "1/11/2026")
    assert read_visible("Xã đã họp ngày 1/11/2026 để bàn", where="visible", now=NOW) is None
