"""What a reader asked for, by the address of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.web.pages.asked import Asked, day_of, narrow_by, read_asked, watch_params
from storage.articles.watches import Watch
from storage.search.filters import Filters

if TYPE_CHECKING:
    from tests.support.visits import Reader

PARAMS = {
    "q": "lúa",
    "source": "mau-hue",
    "province": "Huế",
    "place": "Phú Vang",
    "kind": "portal",
    "section": "Kinh tế",
    "author": "Thanh Nga",
    "since": "2020",
    "until": "2021",
    "sort": "date",
    "copies": "1",
}


def test_every_field_is_taken_and_goes_back_into_an_address() -> None:
    asked = read_asked(PARAMS)
    assert (asked.values, asked.page) == (PARAMS, 1)
    assert asked.params() == list(PARAMS.items())
    assert asked.params(since="2019", until=None, sort="")[-3:] == [
        ("author", "Thanh Nga"), ("since", "2019"), ("copies", "1"),
    ]  # fmt: skip
    assert asked.narrowed == {
        name: PARAMS[name] for name in PARAMS if name not in ("q", "sort", "copies")
    }
    assert asked.filters == Filters(
        source="mau-hue", province="Huế", place="Phú Vang", kind="portal", section="Kinh tế",
        author="Thanh Nga", since="2020-01-01", until="2021-12-31",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("params", "values"),
    [
        ({}, {}),
        ({"q": "  ", "other": "x", "page": "2", "lang": "en"}, {}),
        ({"q": " lúa  mùa "}, {"q": "lúa  mùa"}),
        ({"q": "a" * 2001}, {"q": "a" * 2000}),
        ({"sort": "relevance", "q": "a"}, {"q": "a"}),
        ({"sort": "title"}, {}),
        ({"sort": "date"}, {"sort": "date"}),
    ],
)
def test_what_is_empty_or_unknown_is_left_out(
    params: dict[str, str], values: dict[str, str]
) -> None:
    assert read_asked(params).values == values


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("", 1), ("1", 1), ("2", 2), ("0", 1), ("-1", 1), ("x", 1), ("²", 1), ("٣", 1),
        ("999", 999), ("1000", 1000), ("1001", 1000), ("99999", 1000), ("100000", 1),
    ],
)  # fmt: skip
def test_pages_are_numbers_up_to_a_thousand(text: str, page: int) -> None:
    assert read_asked({"page": text}).page == page
    assert Asked(values={}).page == 1


@pytest.mark.parametrize(
    ("values", "sort", "copies"),
    [
        ({}, "date", False),
        ({"q": "lúa"}, "relevance", False),
        ({"q": "lúa", "sort": "date"}, "date", False),
        ({"sort": "date"}, "date", False),
        ({"copies": "1"}, "date", True),
    ],
)
def test_without_words_the_newest_come_first(
    values: dict[str, str], sort: str, copies: bool
) -> None:
    asked = Asked(values=values)
    assert (asked.sort, asked.copies) == (sort, copies)


@pytest.mark.parametrize(
    ("text", "last", "day"),
    [
        ("28/11/2023", False, "2023-11-28"), ("11/2023", False, "2023-11-01"),
        ("11/2023", True, "2023-11-30"), ("2023", True, "2023-12-31"), ("hôm nao", True, "hôm nao"),
        ("", False, None), (None, True, None),
    ],
)  # fmt: skip
def test_a_day_is_read_or_left_to_be_complained_of(
    text: str | None, last: bool, day: str | None
) -> None:
    assert day_of(text, last=last) == day


def test_a_month_without_more_begins_with_its_first_day() -> None:
    assert day_of("11/2023") == "2023-11-01"


def test_a_period_is_an_address_of_the_search(reader: Reader) -> None:
    narrow = narrow_by(reader.visit(), place="tỉnh Tây Ninh")
    assert narrow("2026-01-01", "2026-01-31") == (
        "/?place=t%E1%BB%89nh+T%C3%A2y+Ninh&since=2026-01-01&until=2026-01-31"
    )


def test_a_saved_search_is_an_address_too() -> None:
    filters = Filters(source="mau-hue", until="2026-01-31")
    watch = Watch(
        name="Giá lúa", slug="gia-lua", query="giá lúa", filters=filters,
        created_at="2026-01-01T00:00:00Z", seen_id=0,
    )  # fmt: skip
    assert watch_params(watch) == [
        ("q", "giá lúa"), ("source", "mau-hue"), ("until", "2026-01-31"),
    ]  # fmt: skip
