"""The units of the country: totals, and every old unit leads to its new ones and back."""

from __future__ import annotations

from collections import Counter

import pytest

from storage.places.units import (
    COMMUNE,
    DISTRICT,
    PROVINCE,
    Units,
    answered_by,
    folded_name,
    load_provinces,
    load_units,
    spellings,
)

UNITS = load_units()
ALL = UNITS.by_code.values()


def test_totals_are_those_of_june_and_july_2025() -> None:
    assert Counter((unit.old, unit.level) for unit in ALL) == {
        (True, PROVINCE): 63,
        (True, DISTRICT): 696,
        (True, COMMUNE): 10_033,  # reports say 10,035: see benchmarks/place_units.py
        (False, PROVINCE): 34,
        (False, COMMUNE): 3_321,
    }
    kinds = Counter(unit.kind for unit in ALL if unit.level == COMMUNE and not unit.old)
    assert kinds == {"xã": 2_621, "phường": 687, "đặc khu": 13}


@pytest.mark.parametrize(
    ("province", "before", "now"),
    [("Hà Nội", 526, 126), ("Hồ Chí Minh", 273, 168), ("Long An", 186, 0), ("Tây Ninh", 94, 96)],
)
def test_provinces_have_the_communes_that_reports_count(
    province: str, before: int, now: int
) -> None:
    communes = [unit for unit in ALL if unit.level == COMMUNE]
    found = Counter(unit.old for unit in communes if UNITS.province(unit).name == province)
    assert (found[True], found[False]) == (before, now)


def test_every_old_unit_leads_to_new_ones_and_back() -> None:
    for unit in (unit for unit in ALL if unit.old):
        became = UNITS.became(unit)
        assert became, unit
        assert not any(new.old for new in became)
        if unit.level != DISTRICT or unit.steps:
            assert all(unit in UNITS.came_from(new) for new in became), unit


def test_every_new_unit_came_from_old_ones() -> None:
    for unit in (unit for unit in ALL if not unit.old):
        came_from = UNITS.came_from(unit)
        assert came_from, unit
        assert all(unit in UNITS.became(old) for old in came_from)


def test_communes_stay_in_the_province_that_theirs_became() -> None:
    for unit in (unit for unit in ALL if unit.old and unit.level != PROVINCE):
        (province,) = UNITS.became(UNITS.province(unit))
        assert {UNITS.province(new) for new in UNITS.became(unit)} == {province}, unit


def test_units_of_one_place_have_different_names() -> None:
    places = Counter((unit.parent, unit.kind, unit.name) for unit in ALL if unit.parent)
    assert [place for place, count in places.items() if count > 1] == []


def test_parts_are_marked() -> None:
    divided = [unit for unit in ALL if unit.level == COMMUNE and len(UNITS.became(unit)) > 1]
    assert len(divided) == 441
    assert all(UNITS.took_part(unit, new) for unit in divided for new in UNITS.became(unit))
    whole = UNITS["27907c"]
    assert (whole.name, [new.name for new in UNITS.became(whole)]) == ("Mỹ Quý Tây", ["Mỹ Quý"])
    assert not UNITS.took_part(whole, UNITS["27907"])


def test_a_district_became_what_its_communes_became() -> None:
    names = [new.name for new in UNITS.became(UNITS["801c"])]
    assert names == ["Bình Thành", "Đông Thành", "Mỹ Quý", "Đức Huệ"]
    island = next(unit for unit in ALL if unit.title == "huyện Lý Sơn")
    assert [new.title for new in UNITS.became(island)] == ["đặc khu Lý Sơn"]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Khánh Hòa", "khánh hoà"),
        ("Bà Rịa - Vũng Tàu", "bà rịa-vũng tàu"),
        ("Bà Rịa - Vũng Tàu", "br-vt"),
        ("Đắk Lắk", "đăk lăk"),
        ("Cư M'gar", "cư m’gar"),
        ("Mỹ Quý", "mỹ quí"),
        ("Huế", "thừa thiên huế"),
    ],
)
def test_names_are_known_in_every_usual_spelling(name: str, written: str) -> None:
    assert written in spellings(name)
    assert any(unit.name == name for unit in UNITS.named[written])


def test_names_compare_without_accents() -> None:
    assert folded_name("Ea H'leo") == folded_name("ea hleo")
    assert folded_name("Bà Rịa - Vũng Tàu") == "ba ria vung tau"


def test_small_lists_of_units_work_too() -> None:
    units = Units(["01\ttỉnh\tA\t\t", "01c\ttỉnh\tA\t\t01", "001c\thuyện\tB\t01c\t"])
    assert [unit.code for unit in units.parents(units["001c"])] == ["01c"]
    assert units.became(units["001c"]) == ()


@pytest.mark.parametrize(
    ("code", "places"),
    [
        ("27907c", {"27907c", "801c", "80c", "27907", "80"}),
        ("801c", {"801c", "80c", "80"}),
        ("80c", {"80c", "80"}),
        ("80", {"80", "80c", "72c"}),
    ],
)
def test_an_article_answers_for_what_holds_and_followed_the_unit_it_names(
    code: str, places: set[str]
) -> None:
    assert set(answered_by(UNITS, UNITS[code])) == places


def test_a_new_commune_answers_for_all_that_went_into_it() -> None:
    found = answered_by(UNITS, UNITS["27907"])
    titles = {unit.title for unit in found.values()}
    assert titles == {
        "xã Mỹ Quý", "tỉnh Tây Ninh", "xã Mỹ Quý Đông", "xã Mỹ Quý Tây", "xã Mỹ Thạnh Bắc",
        "huyện Đức Huệ", "tỉnh Long An",
    }  # fmt: skip


def test_provinces_are_read_alone() -> None:
    provinces = load_provinces()
    assert len(provinces.by_code) == 63 + 34
    assert not any(unit.parent for unit in provinces.by_code.values())
    assert len(provinces.provinces) == len(UNITS.provinces) == 97
    assert [unit.code for unit in UNITS.children(UNITS["801c"])][:1] == ["27898c"]
    assert UNITS.children(UNITS["27907c"]) == ()
    assert UNITS.province(UNITS["27907c"]) == UNITS["80c"]
    assert UNITS.province(UNITS["80c"]) == UNITS["80c"]
    units = [UNITS[code] for code in ("80c", "801c", "27907")]
    assert [(unit.level, unit.old) for unit in units] == [(1, True), (2, True), (3, False)]
