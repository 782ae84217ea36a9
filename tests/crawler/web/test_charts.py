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


def months(count: int) -> dict[str, int]:
    return {f"{2020 + at // 12}-{at % 12 + 1:02}": 1 for at in range(count)}


@pytest.mark.parametrize(
    ("count", "by", "bars", "ticks"),
    [
        (2, "month", 2, ["2020-01", "2020-02"]),
        (12, "month", 12, [f"2020-{month:02}" for month in range(1, 13)]),
        (13, "month", 13, [f"2020-{month:02}" for month in range(1, 13, 2)] + ["2021-01"]),
        (14, "month", 14, [f"2020-{month:02}" for month in range(1, 13, 2)] + ["2021-01"]),
        (15, "month", 15, ["2020", "2021"]),
        (60, "month", 60, ["2020", "2021", "2022", "2023", "2024"]),
        (61, "year", 6, ["2020", "2021", "2022", "2023", "2024", "2025"]),
    ],
)
def test_five_years_are_drawn_by_months_and_a_year_has_all_their_names(
    count: int, by: str, bars: int, ticks: list[str]
) -> None:
    chart = draw_timeline(months(count))
    assert chart is not None
    assert (chart.by, len(chart.bars), [name for _, name in chart.ticks]) == (by, bars, ticks)


def test_sixty_years_are_drawn_the_latest_ones() -> None:
    chart = draw_timeline({"1950-01": 1, "1967-03": 2, "2025-01": 1, "2026-01": 1000})
    assert chart is not None
    assert [bar.name for bar in chart.bars] == [str(year) for year in range(1967, 2027)]
    assert [name for _, name in chart.ticks] == [str(year) for year in range(1967, 2027, 5)]
    early = draw_timeline({"2000-01": 1, "2026-01": 1})
    assert early is not None
    assert early.bars[0].name == "2000"


def test_bars_have_their_places() -> None:
    chart = draw_timeline({"2020-01": 1, "2020-02": 1000, "2020-03": 500})
    assert chart is not None
    assert [(bar.x, bar.y, bar.width, bar.height) for bar in chart.bars] == [
        (44.0, 96.5, 184.77, 1.5), (269.33, 8.0, 184.77, 90.0), (494.67, 53.0, 184.77, 45.0),
    ]  # fmt: skip
    assert chart.ticks == [(136.38, "2020-01"), (361.71, "2020-02"), (587.06, "2020-03")]
    assert (chart.top, chart.width, chart.height, chart.left, chart.base, chart.ceiling) == (
        1000, 720, 120, 44, 98, 8,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "width", "ticks"),
    [
        (56, 9.9, ["2026-02-01", "2026-03-01"]), (168, 3.3, 6), (169, 4.0, 6), (170, 3.98, 6),
        (200, 3.38, 7),
    ],
)  # fmt: skip
def test_days_are_apart_as_long_as_there_is_room(
    days: int, width: float, ticks: list[str] | int
) -> None:
    chart = draw_days({}, dt.date(2026, 3, 1), days)
    names = [name for _, name in chart.ticks]
    assert (chart.bars[0].width, chart.top, chart.by) == (width, 1, "day")
    assert (names if isinstance(ticks, list) else len(names)) == ticks


@pytest.mark.parametrize(
    ("name", "is_month"),
    [
        ("2020-01", True), ("2020-12", True), ("1960-01", True), ("2020-13", False),
        ("2020-00", False), ("0000-01", False), ("2020/01", False), ("202001", False),
        ("2020-1x", False), ("x020-01", False), ("2020-011", False), ("", False),
    ],
)  # fmt: skip
def test_what_is_no_month_is_not_drawn(name: str, is_month: bool) -> None:
    chart = draw_timeline({name: 1, "2019-01": 1, "2019-02": 1})
    assert chart is not None
    assert any(bar.name in (name, name[:4]) for bar in chart.bars if bar.count) is (
        is_month and bool(name)
    )


def test_a_spark_has_a_bar_for_each_day_with_articles() -> None:
    counts = {"2026-03-01": 100, "2026-02-28": 1, "2026-02-26": 5, "2026-02-25": 9}
    assert draw_spark(counts, dt.date(2026, 3, 1), 4) == (
        "M0 100V95h.8V100zM2 100V96h.8V100zM3 100V0h.8V100z"
    )
    assert draw_spark({}, dt.date(2026, 3, 1), 4) == ""
    assert draw_spark({"2026-03-01": 1}, dt.date(2026, 3, 1), 1) == "M0 100V0h.8V100z"


@pytest.mark.parametrize(
    ("courses", "top", "paths"),
    [
        ([{"a": 0.25, "b": 0.5}], 0.5, ["44.0,103.0 712.0,8.0"]),
        ([{"a": 1}, {}], 1.0, ["44.0,8.0 712.0,198.0", "44.0,198.0 712.0,198.0"]),
        ([{"a": 3, "b": 6}], 10.0, ["44.0,141.0 712.0,84.0"]),
        ([{}], 1.0, ["44.0,198.0 712.0,198.0"]),
        ([], 1.0, []),
    ],
)
def test_lines_have_their_places(
    courses: list[dict[str, float]], top: float, paths: list[str]
) -> None:
    chart = draw_lines(["a", "b"], courses)
    assert chart is not None
    assert (chart.top, chart.paths, chart.ticks) == (top, paths, [(44.0, "a"), (712.0, "b")])
    assert (chart.width, chart.height, chart.left, chart.base, chart.ceiling) == (
        720, 220, 44, 198, 8,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("count", "names"),
    [(12, list(range(12))), (13, list(range(0, 13, 2))), (25, list(range(0, 25, 3)))],
)
def test_a_dozen_names_have_room_below_lines(count: int, names: list[int]) -> None:
    chart = draw_lines([str(at) for at in range(count)], [{}])
    assert chart is not None
    assert [name for _, name in chart.ticks] == [str(name) for name in names]


@pytest.mark.parametrize(
    ("count", "shade"),
    [(0, 0), (1, 1), (8, 1), (9, 2), (24, 2), (25, 2), (26, 3), (48, 3), (49, 4), (80, 4), (81, 4),
     (82, 5), (100, 5)],
)  # fmt: skip
def test_a_shade_is_the_root_of_a_share(count: int, shade: int) -> None:
    tiles = {tile.code: tile.shade for tile in draw_tiles("new", {"80": count, "82": 100})}
    assert (tiles["80"], tiles["82"]) == (shade, 5)


def test_a_share_is_of_what_was_published_and_never_more_than_all() -> None:
    counts, wholes = {"80": 3, "82": 6, "01": 1, "92": 0}, {"80": 12, "82": 3, "92": 5}
    tiles = {tile.code: tile for tile in draw_tiles("new", counts, wholes)}
    assert {code: tiles[code].shade for code in ("80", "82", "01", "92")} == {
        "80": 2, "82": 5, "01": 5, "92": 0,
    }  # fmt: skip
    assert [tiles[code].whole for code in ("80", "82", "01")] == [12, 3, 0]
    rows = [(tile.row, tile.column) for tile in draw_tiles("old", {})]
    assert rows == sorted(rows)
