"""The readings of a value that is meant for machines, the likeliest first."""

from __future__ import annotations

import datetime as dt

import pytest

from crawler.extract.dates.machine import _place, read_machine_dates
from crawler.extract.dates.values import ParsedDate
from storage.instants import VIETNAM
from tests.support.markup import NOW


def readings(value: str) -> list[str]:
    found = read_machine_dates(value, now=NOW)
    return [(each.at or each.on).isoformat().removesuffix("+07:00") for each in found]


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("2026-11-01T08:30:00+07:00", ["2026-11-01T08:30:00", "2026-11-01T15:30:00"]),
        ("2026-11-01T08:30:00Z", ["2026-11-01T15:30:00", "2026-11-01T08:30:00"]),
        ("2026-11-01T08:30:00", ["2026-11-01T08:30:00", "2026-11-01T15:30:00"]),
        ("2026-11-01T08:30:00+09:00", ["2026-11-01T06:30:00", "2026-11-01T08:30:00"]),
        ("2026-11-01", ["2026-11-01"]),
        ("20261101", ["2026-11-01"]),
        ("2026-11-01T00:00:00+07:00", ["2026-11-01", "2026-11-01"]),
        ("1793496600", ["2026-11-01T08:30:00"]),
        ("/Date(1793496600000)/", ["2026-11-01T08:30:00"]),
        ("Fri Apr 28 19:20:36 ICT 2023", ["2023-04-28T19:20:36", "2023-04-29T02:20:36"]),
        ("2026-13-01", []),
        ("3026-11-01", []),
        ("hôm qua", []),
        ("", []),
    ],
)
def test_readings(value: str, wanted: list[str]) -> None:
    assert readings(value) == wanted


def test_slashes_are_month_first_for_machines_that_say_so() -> None:
    assert readings("6/5/2024 9:14:22 AM") == ["2024-06-05T09:14:22", "2024-05-06T09:14:22"]
    assert readings("6/5/2024") == ["2024-06-05", "2024-05-06"]
    assert readings("05/06/2024 14:30")[0] == "2024-06-05T14:30:00"


def test_a_feed_gmt_may_be_local_time() -> None:
    assert readings("Thu, 18 Sep 2025 16:05:33 GMT") == [
        "2025-09-18T23:05:33",
        "2025-09-18T16:05:33",
    ]


@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        ("EST", -5), ("EDT", -4), ("CST", -6), ("CDT", -5), ("PST", -8), ("PDT", -7), ("GMT", 0),
        ("UTC", 0), ("CET", 1), ("CEST", 2), ("ICT", 7), ("SGT", 8), ("JST", 9), ("KST", 9),
    ],
)  # fmt: skip
def test_short_names_of_zones_are_hours_from_utc(zone: str, hours: int) -> None:
    here = dt.datetime(2023, 4, 28, 12, 20, 36, tzinfo=VIETNAM) + dt.timedelta(hours=7 - hours)
    found = readings(f"Fri Apr 28 12:20:36 {zone} 2023")[0]
    assert found == here.isoformat().removesuffix("+07:00")


SEVEN, UTC = dt.timedelta(hours=7), dt.timedelta(0)


@pytest.mark.parametrize(
    ("clock", "offset", "zone", "day", "at"),
    [
        ("2026-03-01T08:30", SEVEN, VIETNAM, "2026-03-01", "08:30"),
        ("2026-03-01T20:00", UTC, VIETNAM, "2026-03-02", "03:00"),
        ("2026-03-01T00:00", SEVEN, VIETNAM, "2026-03-01", None),
        ("2026-03-01T17:00", UTC, VIETNAM, "2026-03-02", None),
        ("2026-03-01T00:00", UTC, VIETNAM, "2026-03-01", None),
        ("2026-03-01T07:00", SEVEN, dt.UTC, "2026-03-01", None),
        ("2026-03-01T00:01", None, VIETNAM, "2026-03-01", "00:01"),
    ],
)
def test_a_clock_at_midnight_is_a_day(
    clock: str, offset: dt.timedelta | None, zone: dt.tzinfo, day: str, at: str | None
) -> None:
    wall = dt.datetime.fromisoformat(clock)
    parsed = ParsedDate(on=wall.date(), at=None, raw=clock, wall=wall)
    placed = _place(parsed, offset, zone)
    assert placed is not None
    assert (str(placed.on), placed.at and f"{placed.at:%H:%M}") == (day, at)


def test_a_clock_that_is_no_instant_is_left_out() -> None:
    wall = dt.datetime.fromisoformat("0001-01-01T01:00")
    parsed = ParsedDate(on=wall.date(), at=None, raw="x", wall=wall)
    assert _place(parsed, dt.timedelta(hours=14), VIETNAM) is None
    bare = ParsedDate(on=wall.date(), at=None, raw="x")
    assert _place(bare, UTC, VIETNAM) is bare
