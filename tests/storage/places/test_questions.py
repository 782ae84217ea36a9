"""What a user means by the name of a place, and what is said about it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import QueryError
from storage.places.questions import _unaccented, describe, find_place, name_code, title
from storage.places.units import load_units

MOST_LISTED = 12


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("huyện Đức Huệ", "801c"),
        ("Đức Huệ", "801c"),
        ("duc hue", "801c"),
        ("HUYEN DUC HUE", "801c"),
        ("H. Đức Huệ", "801c"),
        ("xã Đức Huệ", "27925"),
        ("Đức Huệ, Long An", "801c"),
        ("Đức Huệ (Tây Ninh)", "801c"),
        ("Mỹ Quý, Tây Ninh", "27907"),
        ("xã Mỹ Quí Tây", "27907c"),
        ("Long An", "80c"),
        ("phường Long An", "27694"),
        ("Tây Ninh", "80"),
        ("Tây Ninh cũ", "72c"),
        ("tỉnh Tây Ninh (cũ)", "72c"),
        ("TP.HCM", "79"),
        ("Thành phố Hồ Chí Minh", "79"),
        ("huyện Tam Nông, Phú Thọ", "236c"),
        ("huyện Châu Thành, Tây Ninh", "708c"),
        ("phường 12, Bình Thạnh", "26917c"),
        ("xã Canh Liên, huyện Vân Canh, Bình Định", "21997c"),
        ("phường Bồ Đề, quận Long Biên", "00139c"),
        ("xã Canh Liên, Gia Lai", "21997"),
        ("Q1", "760c"),
        ("p12, bình thạnh", "26917c"),
        ("phường 12 - quận Bình Thạnh – TP.HCM", "26917c"),
        ("Bà Rịa - Vũng Tàu", "77c"),
        ("Phan Rang - Tháp Chàm", "582c"),
        ("Hoà Bình", "17c"),
        ("Phú Quốc", "911c"),
        ("đặc khu Phú Quốc", "31078"),
    ],
)
def test_a_name_means_the_largest_unit_of_that_name(asked: str, code: str) -> None:
    assert find_place(asked).unit.code == code


def test_the_history_of_a_unit_is_one_line() -> None:
    assert find_place("huyện Đức Huệ").note == (
        "huyện Đức Huệ, Long An, until June 2025; now xã Bình Thành, Đông Thành, Mỹ Quý, Đức Huệ"
        " of Tây Ninh"
    )
    assert find_place("Long An").note == "tỉnh Long An, until June 2025; now part of tỉnh Tây Ninh"
    assert find_place("Tây Ninh").note == "tỉnh Tây Ninh, with Long An since July 2025"
    assert find_place("xã Mỹ Quý, Tây Ninh").note == (
        "xã Mỹ Quý, Tây Ninh, since July 2025; before: xã Mỹ Quý Đông, xã Mỹ Thạnh Bắc,"
        " xã Mỹ Quý Tây of huyện Đức Huệ, Long An"
    )
    assert "(in part)" in find_place("xã Công Đa").note


def test_every_unit_is_found_by_its_whole_title() -> None:
    units = load_units()
    for unit in list(units.by_code.values())[::97]:
        assert unit.name in describe(units, unit)
        assert find_place(title(units, unit) + (" (cũ)" if unit.old else "")).unit == unit


def test_names_of_several_places_are_listed_with_their_provinces() -> None:
    with pytest.raises(
        QueryError, match=r"^10 places are called 'Châu Thành': .*Long An"
    ) as raised:
        find_place("Châu Thành")
    assert "\n" not in str(raised.value)
    with pytest.raises(QueryError, match="xã Mỹ Quý, Tây Ninh"):
        find_place("xã Mỹ Quý")


@pytest.mark.parametrize(
    "asked", ["", "Nowhere", "xã", ",", "(", "Đức Huệ, Cà Mau", "tỉnh Đức Huệ"]
)
def test_unknown_places_are_said_to_be_unknown(asked: str) -> None:
    with pytest.raises(QueryError, match=r"no place is called|lies in"):
        find_place(asked)


@given(st.text(max_size=60))
def test_any_text_is_a_place_or_a_question_error(asked: str) -> None:
    try:
        note = find_place(asked).note
    except QueryError as error:
        note = str(error)
    assert note


def test_few_places_of_a_name_are_all_listed() -> None:
    units = load_units()
    names: dict[str, list[str]] = {}
    for unit in units.by_code.values():
        if unit.old and len(unit.code) == 6:
            names.setdefault(unit.name, []).append(unit.code)
    few = next(name for name, codes in names.items() if 4 <= len(codes) <= 8)
    many = next(name for name, codes in names.items() if len(codes) > MOST_LISTED + 2)
    for name, more in ((few, False), (many, True)):
        with pytest.raises(QueryError) as raised:
            find_place(f"xã {name} cũ")
        shown = str(raised.value).partition(": ")[2]
        assert (" more" in shown) is more
        assert shown.count(";") <= MOST_LISTED - 1


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("Long Thuận, Đồng Tháp cũ", "29992c"), ("Vân Khánh, An Giang cũ", "31042c"),
        ("br-vt", "77c"), ("Lào Cai", "15"), ("thi tran Kim Son", "16738c"), ("xã Đại Phúc", None),
    ],
)  # fmt: skip
def test_places_of_before_are_meant_where_their_province_is(asked: str, code: str | None) -> None:
    if code is None:
        with pytest.raises(QueryError, match="places are called"):
            find_place(asked)
    else:
        assert find_place(asked).unit.code == code


def test_a_code_that_is_none_is_its_own_title() -> None:
    assert name_code("zzz") == "zzz"
    assert (name_code("80"), name_code("80c")) == ("tỉnh Tây Ninh", "tỉnh Long An (cũ)")


@pytest.mark.parametrize(
    ("name", "codes"),
    [("my quy tay", ["27907c"]), ("duc hue", ["801c", "27925"]), ("mỵ quý tây", []),
     ("mỹ quý tây", []), ("đuc hue", []), ("abc", [])],
)  # fmt: skip
def test_a_name_without_accents_means_those_that_have_some(name: str, codes: list[str]) -> None:
    assert [unit.code for unit in _unaccented(load_units(), name)] == codes
