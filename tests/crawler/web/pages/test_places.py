"""Pages of places: maps, and what one unit was and is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.web.pages.places import PlacePage, place_query, read_place
from storage.places.units import load_units
from storage.search.results import Count, Facets

if TYPE_CHECKING:
    from tests.support.visits import Reader


def read(reader: Reader, code: str, *months: tuple[str, int]) -> PlacePage:
    facets = Facets(month=tuple(Count(name=name, count=count) for name, count in months))
    unit = load_units().by_code[code]
    return read_place(reader.visit(), unit, facets if months else None)


def test_a_province_that_ended_names_what_it_became(reader: Reader) -> None:
    page = read(reader, "80c", ("2025-02", 2), ("", 9), ("2025-01", 1))
    assert (page.title, page.count, page.parents) == ("tỉnh Long An (cũ)", 7, [])
    assert [(each.code, each.title, each.part) for each in page.became] == [
        ("80", "tỉnh Tây Ninh", False)
    ]
    assert page.came_from == []
    assert [(each.code, each.count) for each in page.children[:4]] == [
        ("801c", 4), ("795c", 2), ("807c", 1), ("803c", 0),
    ]  # fmt: skip
    assert page.timeline is not None
    assert [(bar.name, bar.count) for bar in page.timeline.bars] == [("2025-01", 1), ("2025-02", 2)]
    assert [(path, source.id) for path, source in page.sources] == [
        ("/source/mau-long-an", "mau-long-an")
    ]


def test_one_of_today_names_what_it_was_made_of(reader: Reader) -> None:
    page = read(reader, "80")
    assert [each.code for each in page.came_from] == ["72c", "80c"]
    assert (page.became, page.timeline) == ([], None)
    assert [source.id for _, source in page.sources] == ["mau-long-an", "mau-tay-ninh"]


def test_a_district_has_parents_and_no_outlets(reader: Reader) -> None:
    page = read(reader, "801c")
    assert [each.code for each in page.parents] == ["80c"]
    assert (page.sources, page.count) == ([], 4)
    assert place_query(page.unit) == page.title == "huyện Đức Huệ, Long An (cũ)"


def test_a_unit_that_was_divided_is_said_to_be_a_part() -> None:
    units = load_units()
    divided = [
        (unit, new)
        for unit in units.by_code.values()
        if unit.old and unit.steps
        for new in units.became(unit)
    ]
    assert {units.took_part(unit, new) for unit, new in divided} == {True, False}


@pytest.mark.parametrize("part", [True, False])
def test_parts_are_marked_on_the_page(reader: Reader, part: bool) -> None:
    units = load_units()
    unit, new = next(
        (unit, new)
        for unit in units.by_code.values()
        if unit.old and unit.steps
        for new in units.became(unit)
        if units.took_part(unit, new) is part
    )
    found = {each.code: each.part for each in read_place(reader.visit(), unit, None).became}
    assert found[new.code] is part


def test_the_maps_count_names_or_outlets(reader: Reader) -> None:
    named, outlets = reader.text("/places"), reader.text("/places?by=outlet")
    assert named != outlets
    assert 'href="/place/80c"' in named
    assert reader.text("/places?by=other") == named.replace(
        "/places?lang", "/places?by=other&amp;lang"
    )


def test_a_place_is_found_by_its_name(reader: Reader) -> None:
    found = reader.get("/places?name=Long+An+(c%C5%A9)")
    assert (found.status_code, found.headers["location"]) == (303, "/place/80c")
    for lang, sentence in (
        ("vi", "Không tìm ra đúng một địa phương tên “Nao”.<"),
        ("en", "No single place is called “Nao”. (no place is called"),
    ):
        answer = reader.get(f"/places?name=Nao&lang={lang}")
        assert (answer.status_code, sentence in bytes(answer.body).decode()) == (404, True)
    assert reader.get("/places?name=++").status_code == 200
    long = bytes(reader.get("/places?name=" + "a" * 201).body).decode()
    assert f"“{'a' * 200}”" in long


def test_a_place_shows_ten_articles_that_name_it(reader: Reader) -> None:
    text = reader.text("/place/80")
    assert text.count('<li><time datetime="') == 10
    assert 'href="/?place=t%E1%BB%89nh+T%C3%A2y+Ninh&amp;since=2026-02-01' in text
    assert reader.get("/place/none").status_code == 404


def test_articles_of_several_archives_lead_into_theirs(several: Reader) -> None:
    page = several.text("/place/80")
    assert 'href="/in/baolongan-archive/source/baolongan"' in page
