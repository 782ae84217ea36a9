"""What stands around a bare name and says that it is no place."""

from __future__ import annotations

import pytest

from storage.places.traps import is_abroad, is_trap
from storage.places.words import FAR, NEAR, PERSONS, STOPS


def trapped(text: str, name: str) -> bool:
    start = text.index(name)
    return is_trap(text, start, start + len(name))


@pytest.mark.parametrize(
    "text",
    [
        "ông Long An", "đường Long An", "sông Long An", "Công ty Cổ phần May Long An",
        "Trường Tiểu học Long An", "TS. Long An", "ca sĩ Long An", "bánh đậu xanh Long An",
        "bán gạo Long An",
        "“Long An”", "Long An FC", "Long An thắng Tây Ninh", "Long An 3-1", "Long An, Trung Quốc",
        "số 12 Long An", "cao tốc Long An", "khu công nghiệp Long An", "sân vận động Long An",
        "quốc-Long An",
    ],
)  # fmt: skip
def test_names_of_others_are_no_places(text: str) -> None:
    assert trapped(text, "Long An")


@pytest.mark.parametrize(
    "text",
    [
        "Long An", "ở Long An", "công ty tại Long An", "người lao động Long An", "Long An (cũ)",
        "môi trường Long An", "cá nhân Long An", "Công ty May. Long An", "Long An - Tây Ninh",
        "“Long An mùa này", "Long An 12 tuổi", "gia đình Long An", "ngành công nghiệp Long An",
    ],
)  # fmt: skip
def test_other_words_leave_a_name_a_place(text: str) -> None:
    assert not trapped(text, "Long An")


def test_a_president_is_no_city() -> None:
    assert trapped("học tập Hồ Chí Minh", "Hồ Chí Minh")


def test_a_country_behind_a_name_says_that_it_lies_abroad() -> None:
    assert is_abroad("Hà Nam (Trung Quốc)", 6)
    assert not is_abroad("Hà Nam (cũ)", 6)


def test_word_lists_do_not_contradict_each_other() -> None:
    assert not STOPS & (FAR | NEAR | PERSONS)
    assert all(word == word.lower() for word in STOPS | FAR | NEAR | PERSONS)


@pytest.mark.parametrize(
    ("text", "is_trapped"),
    [
        ("công ty một hai ba bốn năm sáu Long An", True),  # seven words before
        ("công ty một hai ba bốn năm sáu bảy Long An", False),
        ("tin TS.Long An", True),
        ("sông, Long An", False),
        ("12-Long An", False),
        ("-Long An", False),
        ("ông - Long An", False),
        ("'Long An'", True),
        ("'Long An”", False),
        ("công ty " + "xxxxxxxxx " * 5 + "Long An", True),  # sixty letters before
        ("công ty " + "xxxxxxxxx " * 6 + "Long An", False),
    ],
)
def test_how_far_before_a_name_a_word_counts(text: str, *, is_trapped: bool) -> None:
    assert trapped(text, "Long An") is is_trapped
