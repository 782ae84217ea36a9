"""Dates and cache headers of polled seeds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.scheduling.polls import read_freshness
from storage.instants import format_instant, read_date_time

NOW = "2026-11-24T03:00:00Z"


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("Tue, 24 Nov 2026 10:00:00 +0700", "2026-11-24T03:00:00Z"),
        ("Tue, 24 Nov 2026 03:00:00 GMT", "2026-11-24T03:00:00Z"),
        ("2026-11-24T10:00:00+07:00", "2026-11-24T03:00:00Z"),
        ("2026-11-24T10:00:00", "2026-11-24T03:00:00Z"),
        ("2026-11-24", None),
        ("24/11/2026", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_of_feeds_and_sitemaps_are_read(text: str | None, instant: str | None) -> None:
    moment = read_date_time(text)
    assert (moment and format_instant(moment)) == instant


@given(st.text())
def test_any_text_is_an_instant_or_none(text: str) -> None:
    assert read_date_time(text) is None or read_date_time(text).tzinfo is not None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": "public, max-age=600"}, 600),
        ({"cache-control": "max-age=600", "age": "500"}, 100),
        ({"cache-control": "max-age=600", "age": "soon"}, 600),
        ({"cache-control": "max-age=600", "age": "²"}, 600),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "s-maxage=60"}, 60),
        ({"expires": "Tue, 24 Nov 2026 04:00:00 GMT"}, 3600),
        (
            {"expires": "Tue, 24 Nov 2026 04:00:00 GMT", "date": "Tue, 24 Nov 2026 03:30:00 GMT"},
            1800,
        ),
        ({"expires": "0"}, None),
        ({}, None),
    ],
)
def test_cache_headers_are_read(headers: dict[str, str], seconds: float | None) -> None:
    assert read_freshness(headers, now=NOW) == seconds


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": "max-age=600", "age": "600"}, 0),
        ({"cache-control": "max-age=600", "age": "601"}, 0),
        ({"cache-control": "Max-Age=600"}, 600),
        ({"cache-control": "NO-STORE, max-age=600"}, None),
        ({"cache-control": "max-age=0", "expires": "Tue, 24 Nov 2026 04:00:00 GMT"}, 0),
        ({"expires": "Tue, 24 Nov 2026 02:00:00 GMT"}, 0),
        ({"expires": "Tue, 24 Nov 2026 04:00:00 GMT", "date": "soon"}, 3600),
        ({"cache-control": "public"}, None),
    ],
)
def test_an_answer_is_never_fresh_for_less_than_nothing(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert read_freshness(headers, now=NOW) == seconds
