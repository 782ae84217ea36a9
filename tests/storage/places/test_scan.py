"""Names in a text, their kinds, and what stands around them."""

from __future__ import annotations

import pytest

from storage.places.scan import find_names
from storage.places.units import load_units

UNITS = load_units()


def told(text: str) -> list[tuple[str, str, str]]:
    """Each name with the kind before it, that kind, and a letter for what else is known of it.

    ``s``: it may begin a list; ``l``: it has another kind than was written; ``t``: it is no place;
    ``p``: it is a part of the capitalised words.
    """
    return [
        (
            text[one.named_start : one.end],
            one.kind,
            "s" * one.plural + "l" * one.loose + "t" * one.trap + "p" * (not one.whole),
        )
        for one in find_names(UNITS, text, 100)
        if one.candidates
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("LŨ VỀ ĐỨC HUỆ, TÂY NINH", ["ĐỨC HUỆ", "TÂY NINH"]),
        ("MƯA Ở THỪA THIÊN HUẾ NAY", ["THỪA THIÊN HUẾ"]),
        ("MƯA Ở BÀ RỊA VŨNG TÀU NAY", ["BÀ RỊA VŨNG TÀU"]),
        ("HỌP LONG AN VÀ TÂY NINH", ["LONG AN", "TÂY NINH"]),
        ("LŨ VỀ MỸ QUÝ TÂY NAY", []),
        ("ÔNG NGUYỄN LONG AN HỌP", []),
        ("ÔNG NGUYỄN VĂN LONG AN HỌP", []),
        ("NGUYỄN THỊ BÌNH LONG AN HỌP", ["LONG AN"]),
        ("VỀ LONG AN GIANG", ["LONG AN"]),
        ("MƯA " * 38 + "LONG AN", ["LONG AN"]),
        ("MƯA " * 39 + "LONG AN", []),
    ],
)
def test_provinces_and_districts_are_found_in_headlines_in_capitals(
    text: str, names: list[str]
) -> None:
    assert [name for name, _, _ in told(text)] == names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("UBND Xã Mỹ Quý Tây", [("UBND Xã Mỹ Quý Tây", "xã", "")]),
        ("HĐND UBND Đức Huệ", [("Đức Huệ", "", "")]),
        ("UBND", []),
        ("Thị Trấn Đông Thành", [("Thị Trấn Đông Thành", "thị trấn", "")]),
        ("Tin Thị Trấn Đông Thành", [("Tin Thị Trấn Đông Thành", "thị trấn", "")]),
        ("Thành Phố Tân An", [("Thành Phố Tân An", "thành phố", "")]),
        ("Ban A B C Xã Mỹ Quý Tây", [("Ban A B C Xã Mỹ Quý Tây", "xã", "")]),
        ("Ban A B C D Xã Mỹ Quý Tây", []),
        ("Hợp Tác Xã Mỹ Quý Tây", []),
        ("TP Tân An", [("TP Tân An", "thành phố", "")]),
        ("TP. Tân An", [("TP. Tân An", "thành phố", "")]),
        ("H. Đức Huệ", [("H. Đức Huệ", "huyện", "")]),
        ("TX. Tân Châu", [("TX. Tân Châu", "thị xã", "")]),
        ("về P. Bến Thành", [("P. Bến Thành", "phường", "")]),
        ("xã. Mỹ Quý Tây", [("Mỹ Quý Tây", "", "")]),
    ],
)
def test_a_kind_may_be_written_in_capitals_or_for_short(
    text: str, found: list[tuple[str, str, str]]
) -> None:
    assert told(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ở xã Mỹ Quý Tây", ("xã Mỹ Quý Tây", "xã", "")),
        ("các xã Mỹ Quý Tây", ("xã Mỹ Quý Tây", "xã", "s")),
        ("(các xã Mỹ Quý Tây", ("xã Mỹ Quý Tây", "xã", "s")),
        ("(xã Mỹ Quý Tây", ("xã Mỹ Quý Tây", "xã", "")),
        ("“Xã Mỹ Quý Tây", ("Xã Mỹ Quý Tây", "xã", "")),
        ("xã: Mỹ Quý Tây", ("xã: Mỹ Quý Tây", "xã", "")),
        ("các xã gồm: Mỹ Quý Tây", ("xã gồm: Mỹ Quý Tây", "xã", "s")),
        ("hai xã như Mỹ Quý Tây", ("xã như Mỹ Quý Tây", "xã", "s")),
        ("các xã, phường Mỹ Quý Tây", ("xã, phường Mỹ Quý Tây", "any commune", "s")),
        ("các tỉnh, thành phố Long An", ("tỉnh, thành phố Long An", "any province", "s")),
        ("các huyện, thị xã Đức Huệ", ("huyện, thị xã Đức Huệ", "any district", "s")),
        ("thị xã Tân Châu", ("thị xã Tân Châu", "thị xã", "")),
        ("các thị trấn Đông Thành", ("thị trấn Đông Thành", "thị trấn", "s")),
        ("xã biên giới Mỹ Quý Tây", ("xã biên giới Mỹ Quý Tây", "xã", "")),
        ("các xã biên giới Mỹ Quý Tây", ("xã biên giới Mỹ Quý Tây", "xã", "s")),
        ("hợp tác xã Mỹ Quý Tây", ("Mỹ Quý Tây", "", "t")),
        ("huyện Đức Huệ Nguyễn Văn A", ("huyện Đức Huệ", "huyện", "p")),
        ("huyện Đức Huệ 12 căn nhà", ("huyện Đức Huệ", "huyện", "")),
        ("phường Cổ Nhuế 1", ("phường Cổ Nhuế 1", "phường", "")),
        ("thành phố Vinh Nguyễn Văn A", ("thành phố Vinh", "thành phố", "p")),
        ("quận Bến Lức", ("quận Bến Lức", "quận", "l")),
        ("Tỉnh Bà Rịa-Vũng Tàu", ("Tỉnh Bà Rịa-Vũng Tàu", "tỉnh", "")),
        ("Tỉnh Bà Rịa – Vũng Tàu", ("Tỉnh Bà Rịa – Vũng Tàu", "tỉnh", "")),
    ],
)
def test_a_kind_before_a_name_is_its_kind(text: str, found: tuple[str, str, str]) -> None:
    assert told(text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "CLB xã Mỹ Quý Tây", "cao tốc tỉnh Long An", "thành phố Vinh Nguyễn Văn",
        "huyện Mỹ Quý Tây", "tỉnh Hà Nam (Trung Quốc)", "Ea", "Đức Huệ Nguyễn Văn A",
        "Long An Nguyễn", "phường 15%",
    ],
)  # fmt: skip
def test_what_is_another_name_is_none_of_a_unit(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ông Long An", ("Long An", "", "t")),
        ("sau đó. Ông Long An", ("Long An", "", "t")),
        ("tin “Ông Long An", ("Long An", "", "t")),
        ("Đường Long An", ("Long An", "", "t")),
        ("Ở Long An", ("Long An", "", "")),
        ("Và Long An", ("Long An", "", "")),
        ("Y Tý", ("Y Tý", "", "")),
        ("Sở Y tế Long An Nguyễn Văn A", ("Long An", "", "p")),
        ("Huế Nguyễn Văn A", ("Huế", "", "p")),
        ("Thừa Thiên Huế Nguyễn Văn A", ("Thừa Thiên Huế", "", "p")),
    ],
)
def test_a_bare_name_may_stand_behind_an_opening_word_or_before_a_person(
    text: str, found: tuple[str, str, str]
) -> None:
    assert told(text) == [found]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("các phường 1, 02 và 3", ["phường 1", "02", "3"]),
        ("phường 1-3, quận 3", ["phường 1", "3", "quận 3"]),
        ("Q.1 và Q. 3", ["Q.1", "Q. 3"]),
        ("phường 12 hộ", ["phường 12"]),
        ("phường 2 Bảo Lộc", ["phường 2 Bảo Lộc", "Bảo Lộc"]),
        ("phường 2, Bảo Lộc", ["phường 2", "Bảo Lộc"]),
    ],
)
def test_units_may_be_numbers(text: str, names: list[str]) -> None:
    assert [name for name, _, _ in told(text)] == names
    assert {kind for _, kind, _ in told(text)} <= {"phường", "quận", ""}


@pytest.mark.parametrize("name", ["Văn Miếu - Quốc Tử Giám", "Văn Miếu – Quốc Tử Giám", "Bà Rịa"])
@pytest.mark.parametrize("rest", [" họp", ", Hà Nội", ""])
def test_the_longest_name_has_six_words(name: str, rest: str) -> None:
    found = told(f"Lễ ở phường {name}{rest}")
    assert ("phường " + name, "phường", "") in found


def test_a_name_that_was_read_alone_is_in_no_list_and_holds_nothing() -> None:
    found = find_names(UNITS, "xã Đức Hòa, tỉnh Long An, Hà Nam", 10)
    assert len(found) == 3
    for one in found:
        assert (one.plural, one.loose, one.trap, one.whole) == (False, False, False, True)
        assert (one.listed, one.holds, one.unit, one.sure, one.parents) == (
            False,
            False,
            None,
            0,
            [],
        )
