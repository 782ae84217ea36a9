from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.net.throttle import back_off, choose_delay, parse_retry_after

RETRY_AFTER_CAP = 86_400.0

NOW = dt.datetime(2026, 11, 24, 0, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30),
        (" 4 ", 4),
        ("999999999", RETRY_AFTER_CAP),
        ("9" * 20, RETRY_AFTER_CAP),
        ("Tue, 24 Nov 2026 00:00:04 GMT", 4),
        ("Tuesday, 24-Nov-26 00:01:00 GMT", 60),
        ("Tue Nov 24 00:02:00 2026", 120),
        ("Tue, 24 Nov 2036 00:00:04 GMT", RETRY_AFTER_CAP),
        ("Mon, 23 Nov 2026 00:00:00 GMT", None),
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("1e9", None),
        ("٣", None),
        ("", None),
        (None, None),
        ("3.5", None),
        ("Tue, 99 Nov 2026 99:99:99 GMT", None),
        ("Tue, 24 Nov 99999999 00:00:04 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_nonsense_is_absent(
    value: str | None, seconds: float | None
) -> None:
    assert parse_retry_after(value, NOW) == seconds


@given(st.text(max_size=200))
def test_retry_after_never_raises_and_never_exceeds_a_day(text: str) -> None:
    wait = parse_retry_after(text, NOW)
    assert wait is None or 0 < wait <= RETRY_AFTER_CAP


def test_the_longer_delay_counts_up_to_the_cap() -> None:
    assert choose_delay(1.5, None, 30) == 1.5
    assert choose_delay(1.5, 3, 30) == 3
    assert choose_delay(5, 3, 30) == 5
    assert choose_delay(1.5, 86400, 30) == 30
    assert choose_delay(1.5, -1, 30) == 1.5
    assert choose_delay(1.5, float("inf"), 30) == 1.5
    assert choose_delay(1.5, float("nan"), 30) == 1.5


def test_repetitions_wait_longer_each_time() -> None:
    assert [back_off(n, 2, 30) for n in (1, 2, 3, 4, 5, 99)] == [2, 4, 8, 16, 30, 30]
    assert [back_off(n, 1, 1e12) for n in (33, 34, 9_999)] == [2.0**32] * 3, "no number overflows"
