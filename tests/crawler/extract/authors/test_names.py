"""What looks like the name of a person, and what only seems to."""

from __future__ import annotations

import pytest

from crawler.extract.authors.names import (
    has_surname,
    is_account,
    is_heading,
    is_honorific,
    is_initials,
    is_organisation,
    is_person,
    is_place,
    is_placeholder,
    is_role,
    without_title,
)


@pytest.mark.parametrize(
    "name",
    [
        "Lê Minh Anh",
        "LÊ MINH ANH",
        "Thanh Nga",
        "K.Vân",
        "Đ. Hậu",
        "C.L",
        "P. MAI",
        "H'Mai Niê",
        "Hải Đường",
        "Nguyễn Thị Thanh Huyền Trang",
    ],
)
def test_people(name: str) -> None:
    assert is_person(name)


@pytest.mark.parametrize(
    "text",
    [
        "Lê minh anh",
        "lê Minh Anh",
        "Hải Dương",
        "Thanh Hoá",
        "Thanh Niên",
        "Phóng viên",
        "Bút danh",
        "Sở Y tế",
        "Hạnh",
        "PL",
        "John Smith",
        "Chống Sạt Lở",
        "Anh Minh Thanh Nga Huyền Trang",
        "X",
        "",
    ],
)
def test_no_people_without_a_hint(text: str) -> None:
    assert not is_person(text)


@pytest.mark.parametrize("name", ["Hạnh", "PL", "PLT", "John Smith", "Ludwig van Beethoven"])
def test_where_a_name_is_known_to_come_more_is_one(name: str) -> None:
    assert is_person(name, known=True)


@pytest.mark.parametrize("text", ["HanhNT", "hanh_nt", "PV", "Admin", "P-L", "A'B"])
def test_and_this_is_still_none(text: str) -> None:
    assert not is_person(text, known=True)


def test_initials() -> None:
    assert is_initials("K.Vân")
    assert is_initials("Vân K.")
    assert not is_initials("Vân")
    assert not is_initials("k.vân")
    assert not is_initials("v.v.v.v.v.v")


def test_roles_accounts_placeholders_and_headings() -> None:
    assert is_role("(PV)")
    assert is_role("Tổng hợp")
    assert not is_role("Tổng Hợp Lực")
    assert is_account("quantri")
    assert is_account("a@b.vn")
    assert not is_account("Lê Anh")
    assert is_placeholder("Bút danh:")
    assert is_placeholder("{author}")
    assert not is_placeholder("Lê Anh")
    assert is_heading("Văn hóa")
    assert is_heading("Văn hoá")
    assert is_heading("VietnamPlus")
    assert not is_heading("Văn Hóa Dân")


def test_offices_by_their_first_word_or_any_word() -> None:
    assert is_organisation("Sở Y tế")
    assert is_organisation("Lê Anh (Sở Y tế)")
    assert not is_organisation("Lê Sở Anh")
    assert is_organisation("Báo Long An")
    assert is_organisation("Vietnam News Agency")
    assert not is_organisation("Lê Bảo Anh")


def test_places_with_and_without_accents() -> None:
    assert is_place("Hải Dương")
    assert is_place("Hai Duong")
    assert not is_place("Hai Duong", accents=True)
    assert not is_place("Hải Đường")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Ông Lê Văn Minh", True),
        ("ThS. BS. Lê Văn Minh", True),
        ("Thượng tá Lê Văn Minh", True),
        ("Anh Lê Văn Minh", True),
        ("Anh Dũng", False),
        ("Ông già", False),
        ("Tsang Minh", False),
        ("Ông Minh", True),
        ("Ông lê minh", False),
    ],
)
def test_titles_in_front_of_a_name(text: str, wanted: bool) -> None:
    assert is_honorific(text) is wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("TS. Lê Văn Minh", "Lê Văn Minh"),
        ("TS. K.Vân", "K.Vân"),
        ("TS. Minh", "TS. Minh"),
        ("TS. lê văn minh", "TS. lê văn minh"),
        ("Lê Văn Minh", "Lê Văn Minh"),
    ],
)
def test_a_title_comes_off_names_of_two_parts(text: str, wanted: str) -> None:
    assert without_title(text) == wanted


@pytest.mark.parametrize(
    ("text", "alone", "known"),
    [
        # how long, of how many words
        ("X", False, False),
        ("H" + "a" * 28 + " B" + "a" * 29, False, True),
        ("H" + "a" * 29 + " B" + "a" * 29, False, False),
        ("Anh Minh Thanh Nga", True, True),
        ("Anh Minh Thanh Nga Huyền", False, True),
        ("Nguyễn Minh Thanh Nga Huyền", True, True),
        ("Nguyễn Minh Thanh Nga Huyền Lan", False, True),
        ("An Minh Thanh Nga Huyền Lan Anh", False, False),
        # a name of a minority, whatever its other syllables are
        ("H'Mai Adrơng Ktul Knul", True, True),
        ("H'Mai Adrơng Ktul Knul Mlô", False, True),
        # half of the syllables are those of names; a surname counts where surnames stand
        ("Bùi Xếp", True, True),
        ("Xếp Bùi", False, True),
        ("Minh Xếp", True, True),
        ("Xếp Minh", True, True),
        ("Xếp Chông", False, True),
        ("Xếp Minh Chông", False, True),
        ("Xếp Minh Anh Chông", True, True),
        ("Xếp Minh Hàng Chông Mêm", False, True),
        # how words are written
        ("Lê MInh", False, True),
        ("Lê van Minh", False, True),
        ("Lê xếp Minh", False, False),
        ("Lê Minh!", False, False),
        ("Lê Minhstrk", False, True),
        ("PLTT", False, True),
        ("HnT", False, False),
        ("Thu-Hà", False, True),
        ("Hạnh!", False, False),
        # what else has a name of its own
        ("Tổng Hợp", False, False),
        ("Bút Danh", False, False),
        ("Báo Long An", False, False),
        ("Hai Duong", False, True),
        ("Hải Dương", False, False),
    ],
)
def test_a_name_alone_and_where_a_name_is_known_to_come(
    text: str, *, alone: bool, known: bool
) -> None:
    assert (is_person(text), is_person(text, known=True)) == (alone, known)


def test_headings_are_known_without_accents_too() -> None:
    assert is_heading("Van hoa")
    assert is_heading(" (Văn hóa) ")
    assert not is_heading("Văn hòa")


@pytest.mark.parametrize(
    ("name", "has"),
    [
        ("Nguyễn Văn An", True), ("trần", True), ("NGUYEN An", True), ("Thu Nguyễn", False),
        ("Thanh", False), ("", False),
    ],
)  # fmt: skip
def test_a_full_name_begins_with_a_surname(name: str, has: bool) -> None:
    assert has_surname(name) is has
