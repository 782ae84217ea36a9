"""The limits that no date of publication passes."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from crawler.extract.dates.values import (
    ParsedDate,
    fix_instant,
    is_midnight,
    is_possible,
    last_moment,
    make_clock,
    make_day,
)
from storage.instants import VIETNAM
from tests.support.markup import NOW


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        (dt.date(1994, 12, 31), False),
        (dt.date(1995, 1, 1), True),
        (dt.date(2026, 11, 25), True),
        (dt.date(2026, 11, 26), False),
    ],
)
def test_days_from_the_first_web_papers_to_one_past_the_fetch(day: dt.date, wanted: bool) -> None:
    assert is_possible(day, None, NOW) is wanted


def test_instants_up_to_one_day_past_the_fetch() -> None:
    latest = dt.datetime(2026, 11, 25, 8, 0, tzinfo=VIETNAM)
    assert last_moment(NOW) == latest
    assert is_possible(latest.date(), latest, NOW)
    assert not is_possible(latest.date(), latest + dt.timedelta(seconds=1), NOW)
    assert last_moment(dt.datetime.max.replace(tzinfo=dt.UTC)).year == 9999


@pytest.mark.parametrize(
    ("hour", "meridiem", "wanted"),
    [
        (0, "am", 0),
        (11, "am", 11),
        (12, "am", 0),
        (13, "am", None),
        (6, "pm", 18),
        (11, "pm", 23),
        (12, "pm", 12),
        (1, "pm", 13),
        (14, "pm", 14),
        (14, "am", None),
        (24, "", None),
        (23, "", 23),
        (6, "", 6),
    ],
)
def test_clocks_of_twelve_and_twenty_four_hours(
    hour: int, meridiem: str, wanted: int | None
) -> None:
    clock = make_clock(hour, 5, 0, meridiem)
    assert (clock.hour if clock else None) == wanted
    assert make_clock(5, 59, 59, "") == dt.time(5, 59, 59)
    assert make_clock(5, 60, 0, "") is None
    assert make_clock(5, 0, 60, "") is None


def test_days_that_no_calendar_has() -> None:
    assert make_day(2024, 2, 29)
    assert make_day(2023, 2, 29) is None


def test_instants_in_vietnamese_time() -> None:
    wall = dt.datetime(2026, 1, 1, 20, 0)  # noqa: DTZ001 - a printed clock has no zone
    at = fix_instant(wall, dt.timedelta(0), VIETNAM)
    assert at is not None
    assert at.isoformat() == "2026-01-02T03:00:00+07:00"
    local = fix_instant(wall, None, VIETNAM)
    assert local is not None
    assert local.isoformat() == "2026-01-01T20:00:00+07:00"
    latest = dt.datetime(9999, 12, 31, 23, 0)  # noqa: DTZ001 - the same
    assert fix_instant(latest, dt.timedelta(hours=-9), VIETNAM) is None
    assert is_midnight(dt.datetime(2026, 1, 1, tzinfo=VIETNAM))
    assert not is_midnight(local)


def test_a_clock_without_a_zone_is_utc_wherever_the_machine_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert last_moment(dt.datetime(2026, 3, 1, 5, 0)) == dt.datetime(  # noqa: DTZ001 - the case
            2026, 3, 2, 12, 0, tzinfo=VIETNAM
        )
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_date_without_a_clock_says_nothing_of_one() -> None:
    day = ParsedDate(on=dt.date(2026, 3, 1), at=None, raw="1/3/2026")
    assert (day.wall, day.offset, day.other, day.weekday) == (None,) * 4
    assert not any((day.seconds, day.meridiem, day.label, day.prose, day.start, day.end))


def test_a_date_alone_claims_nothing_more() -> None:
    day = ParsedDate(on=dt.date(2026, 3, 1), at=None, raw="1/3/2026")
    assert (day.start, day.end, day.label) == (0, 0, "")
    assert (day.seconds, day.meridiem, day.prose) == (False, False, False)
