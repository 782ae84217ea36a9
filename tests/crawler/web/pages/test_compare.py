"""Queries side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.web.pages.asked import Asked
from crawler.web.pages.compare import (
    Comparison,
    Course,
    add_by_year,
    compare,
    put_side_by_side,
    read_queries,
)

if TYPE_CHECKING:
    from tests.support.visits import Reader


def course(times: dict[str, int], provinces: dict[str, int] | None = None) -> Course:
    return Course(
        asked=Asked(values={"q": "lúa"}), error="why", count=7, exact=False, times=times,
        provinces=provinces or {},
    )  # fmt: skip


def put(*courses: Course, wholes: dict[str, int], shares: bool = False) -> Comparison:
    return put_side_by_side(courses, wholes, {"Huế": 3}, shares=shares)


def months(count: int) -> dict[str, int]:
    return {f"{2020 + at // 12}-{at % 12 + 1:02}": 1 for at in range(count)}


def test_months_are_added_up_to_years() -> None:
    assert add_by_year({"2020-01": 1, "2020-12": 2, "2021-01": 3}) == {"2020": 3, "2021": 3}


def test_up_to_three_years_are_shown_by_months_and_more_by_years() -> None:
    assert len(put(course(months(36)), wholes=months(36)).names) == 36
    page = put(course(months(36)), course({"2023-01": 2}), wholes=months(37))
    assert page.names == ["2020", "2021", "2022", "2023"]
    assert page.wholes == {"2020": 12, "2021": 12, "2022": 12, "2023": 1}
    assert [each.times for each in page.courses] == [
        {"2020": 12, "2021": 12, "2022": 12}, {"2023": 2},
    ]  # fmt: skip
    assert [(each.count, each.exact, each.error) for each in page.courses] == [
        (7, False, "why")
    ] * 2


@pytest.mark.parametrize(
    ("shares", "wholes", "tops"),
    [
        (False, {}, 5.0),
        (True, {"2020-01": 8, "2020-02": 8}, 0.5),
        (True, {}, 1.0),
        (True, {"2020-01": 2, "2020-02": 8}, 1.0),
    ],
)
def test_lines_are_numbers_or_shares_of_what_there_is(
    shares: bool, wholes: dict[str, int], tops: float
) -> None:
    page = put(course({"2020-01": 4, "2020-02": 2}), wholes=wholes, shares=shares)
    assert page.lines is not None
    assert (page.lines.top, page.shares, page.names) == (tops, shares, ["2020-01", "2020-02"])


def test_provinces_with_most_articles_come_first() -> None:
    page = put(
        course({}, {"Huế": 1, "Gia Lai": 2, "An Giang": 1}), course({}, {"Huế": 3}), wholes={}
    )
    assert (page.provinces, page.published) == (["Huế", "Gia Lai", "An Giang"], {"Huế": 3})
    assert (page.lines, page.names) == (None, [])
    many = {f"{number:02}": 1 for number in range(40)}
    assert put(course({}, many), wholes={}).provinces == list(many)[:34]


@pytest.mark.parametrize(
    ("address", "queries", "shared", "shares"),
    [
        ("/compare", [], {}, True),
        ("/compare?q=lua&q=+&q=lu&q=lua", ["lua", "lu"], {}, True),
        ("/compare?q=1&q=2&q=3&q=4&q=5&q=6", ["1", "2", "3", "4", "5"], {}, True),
        ("/compare?q=lua&as=numbers&source=+a+&since=", ["lua"], {"source": "a"}, False),
        ("/compare?q=" + "a" * 501, ["a" * 500], {}, True),
        ("/compare?place=" + "a" * 201, [], {"place": "a" * 200}, True),
    ],
)
def test_up_to_five_queries_are_asked_with_one_set_of_filters(
    reader: Reader, address: str, queries: list[str], shared: dict[str, str], shares: bool
) -> None:
    assert read_queries(reader.visit(address)) == (queries, shared, shares)


def test_a_comparison_counts_what_each_query_finds(reader: Reader) -> None:
    asked = [Asked(values={"q": "lua"}), Asked(values={"q": "lua", "kind": "blog"})]
    page = compare(reader.visit("/compare?lang=en"), asked, shares=True)
    found, wrong = page.courses
    assert (found.count, found.exact, found.error) == (6, True, "")
    assert found.times == {
        "2025-01": 1, "2025-04": 1, "2025-05": 1, "2025-08": 1, "2025-11": 1, "2026-02": 1,
    }  # fmt: skip
    assert found.provinces == {"Cần Thơ": 2, "Tây Ninh": 2, "Nghệ An": 1, "Đồng Tháp": 1}
    assert (wrong.count, wrong.times, wrong.error) == (0, {}, "No kind is called “blog”.")
    assert (page.wholes["2026-02"], page.published["Tây Ninh"]) == (8, 12)
    assert page.provinces == ["Cần Thơ", "Tây Ninh", "Nghệ An", "Đồng Tháp"]


def test_the_other_way_to_look_is_one_link_away(reader: Reader) -> None:
    assert 'href="/compare?q=lua&amp;as=numbers"' in reader.text("/compare?q=lua")
    assert 'href="/compare?q=lua&amp;source=mau-long-an"' in reader.text(
        "/compare?q=lua&as=numbers&source=mau-long-an"
    )
    empty = reader.text("/compare")
    assert "<svg" not in empty
    assert empty.count('name="q"') == 5
    assert reader.text("/compare?q=lua").count('name="q"') == 5
