"""Days as people write them."""

from __future__ import annotations

import datetime as dt

import pytest

from storage.errors import QueryError
from storage.search.days import read_asked_day, read_wish

TODAY = dt.date(2026, 3, 1)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-11-25", "2026-11-25", "2026-11-25"),
        ("25/11/2026", "2026-11-25", "2026-11-25"),
        ("1.2.2026", "2026-02-01", "2026-02-01"),
        ("2026-2", "2026-02-01", "2026-02-28"),
        ("2/2024", "2024-02-01", "2024-02-29"),
        ("tháng 10/2026", "2026-10-01", "2026-10-31"),
        (" năm 2026 ", "2026-01-01", "2026-12-31"),
        ("ngày 5/6/2025", "2025-06-05", "2025-06-05"),
        ("today", "2026-03-01", "2026-03-01"),
        ("Hôm nay", "2026-03-01", "2026-03-01"),
        ("yesterday", "2026-02-28", "2026-02-28"),
        ("hôm qua", "2026-02-28", "2026-02-28"),
        ("hôm kia", "2026-02-27", "2026-02-27"),
        ("0d", "2026-03-01", "2026-03-01"),
        ("7d", "2026-02-22", "2026-02-22"),
        ("3 ngày trước", "2026-02-26", "2026-02-26"),
        ("1w", "2026-02-22", "2026-02-22"),
        ("2 tuần", "2026-02-15", "2026-02-15"),
    ],
)
def test_a_wish_is_a_day_or_the_ends_of_a_month_or_year(text: str, first: str, last: str) -> None:
    assert read_wish(text, TODAY, last=False).isoformat() == first
    assert read_wish(text, TODAY, last=True).isoformat() == last


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize(
    "text", ["", "x", "13/2026", "2026-13", "2026-00-05", "00/2026", "30/02/2026", "0/1/2026"]
)
def test_what_is_no_day_is_said(text: str, *, last: bool) -> None:
    with pytest.raises(QueryError, match="is no date; write it as one of: 2026-11-25"):
        read_asked_day(text, last=last)


def test_a_date_is_its_own_day() -> None:
    assert read_asked_day(dt.date(26, 3, 1)) == f"{dt.date(26, 3, 1):%Y-%m-%d}"
    assert read_asked_day(dt.datetime(2026, 3, 1, 23, 30, tzinfo=dt.UTC)) == "2026-03-01"
    assert read_asked_day("2026") == "2026-01-01"
