"""Which units a text names."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.places.mentions import How, Setting, find_mentions, join_lists
from storage.places.questions import title
from storage.places.scan import find_names
from storage.places.units import load_units

UNITS = load_units()
LINES = Path(__file__).parents[2].joinpath("data/places.tsv").read_text(encoding="utf-8")
CASES = [line.split("\t") for line in LINES.splitlines() if not line.startswith("#")]


def setting(day: str | None, province: str = "") -> Setting:
    home = [u for u in UNITS.named.get(province.lower(), ()) if not u.parent and u.old]
    codes = {unit.code for old in home for unit in (old, *UNITS.became(old))}
    return Setting(day=day, home=frozenset(codes))


def told(text: str, where: Setting) -> list[str]:
    units = [UNITS[mention.unit] for mention in find_mentions(UNITS, text, where)]
    return [title(UNITS, unit) + (" cũ" if unit.old else "") for unit in units]


@pytest.mark.parametrize(("day", "province", "text", "wanted"), CASES)
def test_units_are_found(day: str, province: str, text: str, wanted: str) -> None:
    assert told(text, setting(day, province)) == [name for name in wanted.split("; ") if name]


def test_each_mention_says_how_it_was_found_how_surely_and_where() -> None:
    text = "Các xã Mỹ Quý Tây, Bình Thành (huyện Đức Huệ). Bến Lức, Long An. Bình Thành họp."
    found = find_mentions(UNITS, text, setting("2024-05-01", "Long An"))
    assert [mention.how for mention in found] == [
        How.KIND, How.LIST, How.KIND, How.PARENT, How.NAME, How.REPEAT,
    ]  # fmt: skip
    assert all(0.5 < mention.confidence <= 1 for mention in found)
    assert [text[m.position :][: m.length] for m in found] == [
        "Mỹ Quý Tây", "Bình Thành", "Đức Huệ", "Bến Lức", "Long An", "Bình Thành",
    ]  # fmt: skip


def test_the_day_tells_the_unit_of_the_time() -> None:
    text = "Tỉnh Tây Ninh họp."
    assert told(text, setting("2025-06-30")) == ["tỉnh Tây Ninh cũ"]
    assert told(text, setting("2025-07-01")) == ["tỉnh Tây Ninh"]


def test_a_commune_of_the_own_province_needs_no_other_words() -> None:
    text = "Xã Hòa Phú có đường mới."
    assert told(text, setting("2024-05-01", "Long An")) == [
        "xã Hòa Phú, huyện Châu Thành, Long An cũ"
    ]
    assert told(text, setting("2024-05-01", "Cao Bằng")) == []


def test_names_that_no_unit_has_do_not_end_a_list() -> None:
    text = "Các xã Mỹ Quý Tây, Xyz Abc và Bình Thành."
    found = join_lists(UNITS, text, find_names(UNITS, text, 100))
    assert [text[one.start : one.end] for one in found] == ["Mỹ Quý Tây", "Bình Thành"]
    assert found[1].how == How.LIST


PIECES = "xã Xã huyện TP. P. Q.1 các và , ( ) - cũ Long An Tây Ninh Đức Huệ Nguyễn 12"


@given(st.text(max_size=200) | st.lists(st.sampled_from(PIECES.split())).map(" ".join))
def test_any_text_is_read(text: str) -> None:
    found = find_mentions(UNITS, text, setting("2024-05-01", "Long An"))
    assert all(text[m.position :][: m.length].strip() for m in found)
    assert [m.position for m in found] == sorted(m.position for m in found)


@pytest.mark.parametrize(
    ("text", "province", "wanted"),
    [
        ("Tỉnh Long An họp.", "", {How.KIND: 0.95}),
        ("Long An họp.", "", {How.NAME: 0.8}),
        ("Xã Mỹ Quý Tây, huyện Đức Huệ, tỉnh Long An.", "", {How.KIND: 0.95}),
        ("Huyện Đức Huệ họp.", "", {How.KIND: 0.807}),
        ("Xã Hòa Phú họp.", "Long An", {How.KIND: 0.902}),
        ("Tại Long An, xã Mỹ Quý Tây họp.", "", {How.NAME: 0.8, How.KIND: 0.921}),
    ],
)
def test_a_mention_is_as_sure_as_what_speaks_for_it(
    text: str, province: str, wanted: dict[How, float]
) -> None:
    found = find_mentions(UNITS, text, setting("2024-05-01", province))
    assert {mention.how: mention.confidence for mention in found} == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Huyện Mỹ Quý Tây họp.", []),
        ("Quận Bến Lức họp.", ["huyện Bến Lức, Long An cũ"]),
        ("Tỉnh Bến Lức họp.", []),
    ],
)
def test_a_name_behind_another_kind_is_a_unit_of_the_same_level(
    text: str, wanted: list[str]
) -> None:
    assert told(text, setting("2024-05-01", "Long An")) == wanted


def sure(text: str, where: Setting) -> list[str]:
    found = find_mentions(UNITS, text, where)
    return [f"{mention.unit} {mention.how} {mention.confidence}" for mention in found]


FAR = "chữ " * 36
"""144 letters."""


@pytest.mark.parametrize(
    ("day", "province", "text", "wanted"),
    [
        ("2024-05-01", "", "Tại Phú Quốc.", ["911c name 0.68"]),
        ("2024-05-01", "", "Quận 1 họp.", ["760c kind 0.807"]),
        (None, "", "Long An", ["80c name 0.8"]),
        (None, "Nghệ An", "Ở Vinh cũ.", []),
        (None, "Hà Nội", "Đức Hòa", []),
        ("2024-05-01", "Tây Ninh", "Ở xã Sín Chéng.", []),
        ("2024-05-01", "", "Ở xã Sín Chéng.", ["02824c kind 0.807"]),
        ("2024-05-01", "Hà Nội", "Ở huyện Đức Hòa.", ["802c kind 0.807"]),
        (None, "", "Lũ từ Bảo Lạc về.", []),
        (None, "Hà Nội", "Khi còn xã Hòa Phú.", []),
        ("2025-09-01", "Cao Bằng", "Ở xã Huy Giáp - TP Đồng Nai.", ["01354 kind 0.902"]),
        ("2026-03-01", "", "Ở TP Đồng Nai.", ["75 kind 0.95"]),
        ("2026-01-01", "", "TP Bắc Ninh họp.", ["24 kind 0.95"]),
        ("2025-12-31", "", "TP Bắc Ninh họp.", ["256c kind 0.807"]),
        ("2025-09-01", "", "Tỉnh Bắc Ninh họp.", ["24 kind 0.95"]),
        ("2026-03-01", "Bắc Giang", "Tân An cũ.", ["07682c name 0.76"]),
        ("2026-03-01", "Tiền Giang", "Ở tỉnh Long An về huyện Châu Thành", ["80c kind 0.95"]),
        ("2026-03-01", "", "Trạm ở Thủy Nguyên họp.", ["311c name 0.68"]),
        ("2024-05-01", "", "Nay là thành phố Hồ Chí Minh", ["79 kind 0.95"]),
        (
            "2025-09-01",
            "",
            "Tỉnh Tây Ninh cũ, tỉnh Tây Ninh mới.",
            ["72c kind 0.95", "80 kind 0.95"],
        ),
        (
            "2025-09-01",
            "",
            "Tây Ninh sáp nhập. Tây Ninh sáp nhập vào.",
            ["72c name 0.8", "80 name 0.8"],
        ),
        ("2025-09-01", "", "Trước đây thuộc " + FAR + "tỉnh Tây Ninh.", ["72c kind 0.95"]),
        ("2025-09-01", "", "Trước đây thuộc " + FAR + "chữ tỉnh Tây Ninh.", ["80 kind 0.95"]),
        ("2025-09-01", "", "Trước đây thuộc xa. Tỉnh Tây Ninh.", ["80 kind 0.95"]),
        ("2024-05-01", "", "Ông Lê Văn Long An nói. Lũ ở Long An.", []),
        (
            "2024-05-01",
            "",
            "Ông Lê Văn Long An nói. Lũ ở Tây Ninh, Long An.",
            ["72c name 0.8", "80c name 0.8"],
        ),
        ("2024-05-01", "Long An", "Ông Lê Văn Đức Huệ nói. Lũ ở Đức Huệ.", []),
        ("2024-05-01", "Nghệ An", "Từ quận Bến Lức, Long An.", ["803c kind 0.76", "80c name 0.8"]),
        (
            "2024-05-01",
            "Nghệ An",
            "Hai huyện An Biên, Tây Ninh.",
            ["908c kind 0.807", "72c name 0.8"],
        ),
        (
            None,
            "Long An",
            "Tại Xyz Abc, thuộc Tân An, Tây Ninh.",
            ["794c parent 0.9", "80 name 0.8"],
        ),
        (
            "2024-05-01",
            "",
            "Xã Mỹ Quý Tây cũ (huyện Đức Huệ).",
            ["27907c kind 0.95", "801c kind 0.807"],
        ),
        (
            "2024-05-01",
            "",
            "Xã Mỹ Quý Tây và huyện Đức Huệ.",
            ["27907c kind 0.921", "801c kind 0.807"],
        ),
        (
            "2024-05-01",
            "",
            "Huyện Đức Huệ họp. Đức Huệ mưa.",
            ["801c kind 0.807", "801c repeat 0.85"],
        ),
        (
            "2024-05-01",
            "",
            "Xã Huy Giáp, khi còn thuộc huyện Bảo Lạc.",
            ["01354c kind 0.921", "043c kind 0.807"],
        ),
        ("2025-09-01", "Long An", "Đức Huệ mưa.", ["27925 name 0.76"]),
        ("2024-05-01", "Long An", "Đức Huệ mưa.", ["801c name 0.76"]),
        ("2025-09-01", "Long An", "Khi còn thuộc Đức Huệ.", ["801c name 0.76"]),
        ("2025-09-01", "Long An", "Mỹ Quý mưa.", []),
    ],
)
def test_a_name_means_what_most_speaks_for(
    day: str | None, province: str, text: str, wanted: list[str]
) -> None:
    assert sure(text, setting(day, province)) == wanted


@pytest.mark.parametrize(("between", "beside"), [(14, True), (15, False)])
def test_what_holds_a_unit_is_looked_for_among_the_next_fifteen_names(
    between: int, *, beside: bool
) -> None:
    text = "Xã Mỹ Quý Tây, " + "Xyz Abc, " * between + "huyện Đức Huệ."
    one, other = join_lists(UNITS, text, find_names(UNITS, text, 100))
    assert one.parents == ([other] if beside else [])


def test_parents_are_the_next_larger_ones() -> None:
    def parents(text: str) -> list[list[str]]:
        found = join_lists(UNITS, text, find_names(UNITS, text, 100))
        return [[text[each.start : each.end] for each in one.parents] for one in found]

    whole = "Xã Mỹ Quý Tây, huyện Đức Huệ, tỉnh Long An, Tây Ninh."
    assert parents(whole) == [["Đức Huệ", "Long An"], ["Long An"], [], []]
    assert parents("Xã Mỹ Quý Tây và huyện Đức Huệ.") == [[], []]
    assert parents("Huyện Đức Huệ, xã Mỹ Quý Tây.") == [[], []]
    assert parents("Xã Mỹ Quý Tây. Huyện Đức Huệ.") == [[], []]


def test_a_list_shares_the_kind_of_its_first() -> None:
    def listed(text: str) -> list[tuple[str, str, bool]]:
        found = join_lists(UNITS, text, find_names(UNITS, text, 100))
        return [(text[one.start : one.end], one.kind, one.plural) for one in found]

    assert listed("Các xã Mỹ Quý Tây, Bình Thành.") == [
        ("Mỹ Quý Tây", "xã", True), ("Bình Thành", "xã", True),
    ]  # fmt: skip
    assert listed("Xã Mỹ Quý Tây, Đức Huệ.") == [
        ("Mỹ Quý Tây", "xã", False), ("Đức Huệ", "", False),
    ]  # fmt: skip
    assert listed("Xã Mỹ Quý Tây và Đức Huệ.") == [
        ("Mỹ Quý Tây", "xã", False), ("Đức Huệ", "xã", False),
    ]  # fmt: skip
    assert listed("Xã Mỹ Quý Tây, Đức Hòa.")[1] == ("Đức Hòa", "xã", False), (
        "it holds no Mỹ Quý Tây"
    )
    assert listed("Các xã Mỹ Quý Tây, Đức Huệ.")[1] == ("Đức Huệ", "xã", True)
    assert listed("Các xã Mỹ Quý Tây. Bình Thành.")[1] == ("Bình Thành", "", False)


def test_two_thousand_names_of_a_text_are_read() -> None:
    text = "Long An. " * 1999 + "Tây Ninh. Huế."
    found = find_mentions(UNITS, text, setting("2024-05-01"))
    assert len(found) == 2000
    assert found[-1].unit == "72c"
