"""Local days of the dates that come with links."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.instants import add_seconds, read_day, time_left, time_until

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
