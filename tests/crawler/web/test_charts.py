"""Timelines, lines and maps: positions and shades."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.web.charts.lines import draw_lines
from crawler.web.charts.tiles import ERAS, SHADES, draw_tiles
from crawler.web.charts.timeline import (
    MOST_MONTHS,
    draw_days,
    draw_spark,
    draw_timeline,
    round_up,
    span_of,
)
from storage.places.units import load_provinces

MONTHS = st.dictionaries(
    st.dates(dt.date(1000, 1, 1)).map(lambda day: day.isoformat()[:7]),
    st.integers(0, 10**7),
    max_size=30,
)


def test_months_without_articles_have_room_and_no_bar() -> None:
    chart = draw_timeline({"2025-11": 4, "2026-02": 10, "": 7})
    assert chart is not None
    assert [(bar.name, bar.count) for bar in chart.bars] == [
        ("2025-11", 4), ("2025-12", 0), ("2026-01", 0), ("2026-02", 10),
    ]  # fmt: skip
    assert (chart.by, chart.top) == ("month", 10)
    assert chart.bars[1].height == 0
    assert chart.bars[3].height == chart.base - chart.ceiling
    assert (chart.bars[3].since, chart.bars[3].until) == ("2026-02-01", "2026-02-28")


def test_a_long_time_is_drawn_by_years() -> None:
    chart = draw_timeline({"2016-01": 1, "2016-05": 2, "2026-01": 5})
    assert chart is not None
    assert chart.by == "year"
    assert [bar.count for bar in chart.bars] == [3, *[0] * 9, 5]
    assert (chart.bars[0].since, chart.bars[0].until) == ("2016-01-01", "2016-12-31")


def test_one_month_is_no_course_of_time() -> None:
    assert draw_timeline({"2026-01": 5}) is None
    assert draw_timeline({}) is None


@given(MONTHS)
def test_every_bar_stands_in_the_picture(counts: dict[str, int]) -> None:
    chart = draw_timeline(counts)
    if chart is None:
        return
    assert len(chart.bars) <= MOST_MONTHS
    for bar in chart.bars:
        assert chart.left <= bar.x <= bar.x + bar.width <= chart.width + 0.1
        assert chart.ceiling - 0.1 <= bar.y <= chart.base
        assert (bar.height > 0) == (bar.count > 0)


def test_days_end_with_the_last() -> None:
    chart = draw_days({"2026-03-01": 2}, dt.date(2026, 3, 1), 56)
    assert (chart.bars[-1].name, chart.bars[-1].count) == ("2026-03-01", 2)
    assert len(chart.bars) == 56
    assert draw_spark({"2026-03-01": 2, "2026-02-28": 1}, dt.date(2026, 3, 1), 56) == (
        "M54 100V50h.8V100zM55 100V0h.8V100z"
    )


@pytest.mark.parametrize(("number", "top"), [(1, 1), (3, 5), (6, 10), (11, 20), (10_001, 20_000)])
def test_scales_are_numbers_that_people_read(number: int, top: int) -> None:
    assert round_up(number) == top


def test_a_month_ends_with_its_last_day() -> None:
    assert span_of("2024-02") == ("2024-02-01", "2024-02-29")
    assert span_of("2024") == ("2024-01-01", "2024-12-31")


def test_lines_share_one_scale() -> None:
    chart = draw_lines(["2026-01", "2026-02"], [{"2026-01": 4.0}, {"2026-02": 10.0}])
    assert chart is not None
    assert chart.top == 10
    first, second = (path.split() for path in chart.paths)
    assert first[1].endswith(f",{chart.base}.0")
    assert second[1].endswith(f",{chart.ceiling}.0")
    assert draw_lines(["2026-01"], [{}]) is None


@pytest.mark.parametrize(("era", "number"), [("new", 34), ("old", 63)])
def test_every_province_has_a_tile_of_its_own(era: str, number: int) -> None:
    assert era in ERAS
    tiles = draw_tiles(era, {})
    assert len(tiles) == len({(tile.column, tile.row) for tile in tiles}) == number
    provinces = {u.code for u in load_provinces().provinces if u.old == (era == "old")}
    assert {tile.code for tile in tiles} == provinces
    assert {tile.shade for tile in tiles} == {0}


def test_tiles_are_shaded_by_share_of_what_was_published() -> None:
    counts = {"80": 10, "82": 10, "01": 1}
    by_number = {tile.code: tile.shade for tile in draw_tiles("new", counts)}
    assert by_number["80"] == by_number["82"] == SHADES
    assert 0 < by_number["01"] < SHADES
    shares = {t.code: t.shade for t in draw_tiles("new", counts, {"80": 10, "82": 1000, "01": 2})}
    assert shares["80"] == SHADES > shares["01"] > shares["82"] > 0
