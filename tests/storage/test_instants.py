"""Local days of the dates that come with links."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.instants import read_day


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
