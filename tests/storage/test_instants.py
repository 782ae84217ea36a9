"""Local days of the dates that come with links."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.instants import (
    add_seconds,
    day_of_instant,
    format_instant,
    parse_instant,
    read_date_time,
    read_day,
    start_of_day,
    time_left,
    time_until,
)

SKEW = 2.0


@pytest.mark.parametrize(
    ("hint", "day"),
    [
        ("2026-11-24", "2026-11-24"),
        ("2026-11-23T18:30:00Z", "2026-11-24"),
        ("2026-11-24T00:30:00+07:00", "2026-11-24"),
        ("Mon, 23 Nov 2026 20:00:00 +0000", "2026-11-24"),
        ("24/11/2026", "2026-11-24"),
        ("Thứ ba, 24-11-2026", "2026-11-24"),
        ("5.3.2026", "2026-03-05"),
        ("2026-11-23T16:59:59Z", "2026-11-23"),
        ("2026-11-23T17:00:00Z", "2026-11-24"),
        ("2026-11-24T00:30:00", "2026-11-24"),
        ("Tue, 24 Nov 2026 00:30:00", "2026-11-24"),
        (" 2026-11-24 và sau", "2026-11-24"),
        ("2026-11-241", "2026-11-24"),
        ("24/11/26", None),
        ("24/11/1899", None),
        ("9999-12-31T23:00:00Z", None),
        ("31/02/2026", None),
        ("hôm qua", None),
        ("", None),
        (None, None),
    ],
)
def test_a_hint_names_its_local_day(hint: str | None, day: str | None) -> None:
    assert read_day(hint) == day


@given(st.text(max_size=60))
def test_any_text_is_a_day_or_none(hint: str) -> None:
    day = read_day(hint)
    assert day is None or len(day) == 10


instants = st.floats(0, 4e9)


@given(at=instants, now=instants, longest=st.floats(0, 1e7))
def test_no_stored_instant_is_waited_for_longer_than_was_meant(
    at: float, now: float, longest: float
) -> None:
    left = time_left(at, now, longest)
    assert 0 <= left <= longest
    if at <= now or at > now + longest + SKEW:
        assert left == 0
    elif longest > 0:
        assert left == min(at - now, longest)


def test_an_instant_of_a_clock_that_was_ahead_is_due() -> None:
    now = "2026-11-24T03:00:00Z"
    assert time_until(add_seconds(now, 3600), now, 86400) == 3600
    assert time_until(add_seconds(now, -1), now, 86400) == 0
    assert time_until("2038-01-19T03:14:07Z", now, 86400) == 0


@pytest.mark.parametrize(
    ("ahead", "left"), [(-1, 0), (0, 0), (0.5, 0.5), (8, 8), (9, 8), (10, 8), (10.5, 0), (11, 0)]
)
def test_an_instant_may_lie_two_seconds_further_than_the_longest_wait(
    ahead: float, left: float
) -> None:
    assert time_left(100 + ahead, 100, 8) == left


def test_days_are_those_of_vietnam() -> None:
    assert start_of_day("2026-11-24") == "2026-11-23T17:00:00Z"
    assert day_of_instant("2026-11-23T16:59:59Z") == "2026-11-23"
    assert day_of_instant("2026-11-23T17:00:00") == "2026-11-24"
    assert add_seconds("2026-11-24T23:59:59+07:00", 2) == "2026-11-24T17:00:01Z"


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-10-02T11:38:00Z", "2026-10-02T11:38:00Z"),
        ("2026-10-02T11:38:00", "2026-10-02T11:38:00Z"),
        ("2026-10-02", "2026-10-02T00:00:00Z"),
        ("2026-10-02T11:38:00+07:00", "2026-10-02T04:38:00Z"),
        ("2026-10-02T00:30:00.75-01:00", "2026-10-02T01:30:00Z"),
    ],
)
def test_an_instant_without_an_offset_is_of_utc(text: str, instant: str) -> None:
    assert format_instant(parse_instant(text)) == instant
    assert add_seconds(text, 0) == instant


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-10-02T11:38:00+09:00", "2026-10-02T02:38:00Z"),
        (" 2026-10-02 11:38 ", "2026-10-02T04:38:00Z"),
        ("Fri, 02 Oct 2026 11:38:00 GMT", "2026-10-02T11:38:00Z"),
        ("Fri, 02 Oct 2026 11:38:00 +0700", "2026-10-02T04:38:00Z"),
        ("Fri, 02 Oct 2026 11:38:00", "2026-10-02T04:38:00Z"),
    ],
)
def test_a_feed_s_date_without_an_offset_is_of_vietnam(text: str, instant: str) -> None:
    found = read_date_time(text)
    assert found is not None
    assert format_instant(found) == instant


@pytest.mark.parametrize(
    ("day", "instant"),
    [("2026-10-02", "2026-10-01T17:00:00Z"), ("2026-01-01", "2025-12-31T17:00:00Z")],
)
def test_a_local_day_begins_seven_hours_before_that_of_utc(day: str, instant: str) -> None:
    assert start_of_day(day) == instant
    assert day_of_instant(instant) == day
    assert day_of_instant(add_seconds(instant, -1)) < day


@pytest.mark.parametrize("text", ["", None, "24/11/2026", "12:30", ":"])
def test_what_names_no_time_of_a_day_is_no_instant(text: str | None) -> None:
    assert read_date_time(text) is None
