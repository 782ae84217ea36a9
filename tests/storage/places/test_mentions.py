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
