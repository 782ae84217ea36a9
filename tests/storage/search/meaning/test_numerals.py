"""Numbers, days and months in words and in digits."""

from __future__ import annotations

import pytest

from storage.search.meaning.numerals import _COUNTS, read_date, read_number, short_date
from storage.text import fold

COUNTS = ["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"]
MONTHS = [*COUNTS[:3], "tư", *COUNTS[4:], "mười một", "mười hai"]


@pytest.mark.parametrize(("word", "size"), [*zip(COUNTS, range(1, 11), strict=True), ("tư", 4)])
@pytest.mark.parametrize(
    ("scale", "factor"), [("nghìn", 10**3), ("ngàn", 10**3), ("triệu", 10**6), ("tỉ", 10**9)]
)
def test_numbers_in_words_are_those_in_digits(
    word: str, size: int, scale: str, factor: int
) -> None:
    read = read_number([fold(word), fold(scale)])
    assert read is not None
    assert read.length == 2
    assert (str(size * factor),) in read.others
    assert (str(size), fold(scale)) in read.others
    assert word == "tư" or (fold(word), fold(scale)) in read.others


@pytest.mark.parametrize(
    ("words", "value"),
    [(["94", "k"], 94_000), (["2", "tr"], 2_000_000), (["999", "ti"], 999 * 10**9)],
)
def test_numbers_are_typed_for_short(words: list[str], value: int) -> None:
    read = read_number(words)
    assert read is not None
    assert read.others[0] == (str(value),)


@pytest.mark.parametrize("words", [["1001"], ["999"], ["ba"], ["ba", "người"], ["1" * 13, "k"]])
def test_other_numbers_have_one_spelling(words: list[str]) -> None:
    assert read_number(words) is None


def test_thousands_are_spelt_with_counts_below_a_thousand() -> None:
    read = read_number(["1000000"])
    assert read is not None
    assert read.others == (("1000000",), ("1", "trieu"), ("mot", "trieu"))
    assert read_number(["999000"]) is not None


@pytest.mark.parametrize(("number", "name"), [*enumerate(MONTHS, 1)])
def test_months_have_names(number: int, name: str) -> None:
    words = fold(name).split()
    read = read_date(["ngay", "3", "thang", *words])
    assert read is not None
    assert (read.length, read.others[0]) == (3 + len(words), ("3", str(number)))
    spelt = ("3", "thang", *words) in read.others
    assert spelt == (number <= 10)


@pytest.mark.parametrize(
    ("words", "day"),
    [("mot", 1), ("tu", 4), ("muoi", 10), ("muoi lam", 15), ("hai muoi", 20), ("hai muoi tu", 24),
     ("ba muoi", 30), ("ba muoi mot", 31)],
)  # fmt: skip
def test_days_stand_in_words_behind_their_name(words: str, day: int) -> None:
    for name in ("ngay", "mung", "mong"):
        read = read_date([name, *words.split(), "thang", "chap"])
        assert read is not None
        assert read.others[0] == (str(day), "12")
        assert read.length == len(words.split()) + 3


@pytest.mark.parametrize(
    ("words", "is_date"),
    [
        ("31 12", True), ("32 12", False), ("31 13", False), ("0 1", False), ("1 0", False),
        ("1", False),
    ],
)  # fmt: skip
def test_a_day_and_a_month_exist(words: str, *, is_date: bool) -> None:
    assert bool(short_date(words.split())) == is_date


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("31 12 2100", 3), ("31 12 2101", 0), ("31 12 99", 0), ("17 thang 3 nam 2014", 5),
        ("17 thang 3 nam 2101", 3), ("17 thang 3", 3), ("thang 3 2014", 3), ("thang 3 nam 2014", 4),
        ("thang 13 2014", 0), ("thang 3 2101", 0), ("12 thang nam 2024", 0),
    ],
)  # fmt: skip
def test_dates_end_in_the_year_2100(words: str, length: int) -> None:
    read = read_date(words.split())
    assert (read.length if read else 0) == length


@pytest.mark.parametrize(
    ("words", "named", "length", "first"),
    [
        ("3 thang nam", False, 3, "3 5"),
        ("3 thang nam 2024", False, 0, ""),
        ("3 thang nam nam 2024", False, 5, "3 5 2024"),
        ("3 thang muoi hai nam 2024 mua", False, 6, "3 12 2024"),
        ("muoi lam thang gieng", True, 4, "15 1"),
        ("muoi lam thang gieng", False, 0, ""),
        ("hai muoi lam thang muoi mot nam 2024", True, 8, "25 11 2024"),
        ("ba muoi hai thang mot", True, 0, ""),
        ("ngay ba thang", False, 0, ""),
        ("ngay", False, 0, ""),
        ("thang 3 nam 2014 mua", False, 4, "thang 3 2014"),
        ("thang 3 2014 nam", False, 3, "thang 3 2014"),
        ("thang 3 nam 14", False, 0, ""),
        ("17 3 2014 nam", False, 3, "17 3 2014"),
        ("17 3 14", False, 0, ""),
        ("17 thang 3 nam 14", False, 5, "17 3 14"),
    ],
)  # fmt: skip
def test_a_date_is_as_long_as_its_words(words: str, named: bool, length: int, first: str) -> None:
    read = read_date(words.split(), named=named)
    assert (read.length if read else 0) == length
    assert (" ".join(read.others[0]) if read else "") == first


def test_a_full_date_is_written_in_four_ways_and_with_the_name_of_its_month() -> None:
    read = read_date(["30", "4", "1975"])
    assert read is not None
    assert [" ".join(words) for words in read.others] == [
        "30 4 1975", "30 thang 4 nam 1975", "30 thang 4 1975", "30 thang tu nam 1975",
    ]  # fmt: skip
    assert short_date(["30", "11"]) == (("30", "11"), ("30", "thang", "11"))
    assert short_date(["00030", "4"]) == short_date(["30", "4", "5"]) == ()


@pytest.mark.parametrize(
    ("words", "others"),
    [
        (["1" * 12, "k"], ["1" * 12 + "000"]),
        (["0"], None),
        (["0", "trieu"], ["0"]),
        (["1000"], ["1000", "1 nghin", "mot nghin", "1 ngan", "mot ngan"]),
        (["1000", "nghin"], ["1000000", "1 trieu", "mot trieu"]),
        (["999", "trieu"], ["999000000", "999 trieu"]),
    ],
)
def test_a_number_is_written_in_these_ways(words: list[str], others: list[str] | None) -> None:
    read = read_number(words)
    assert (None if read is None else [" ".join(other) for other in read.others]) == others


def test_behind_tens_stand_the_digits_up_to_nine() -> None:
    assert _COUNTS["hai", "muoi", "chin"] == 29
    assert _COUNTS["ba", "muoi", "mot"] == 31
    assert not any(words[-2:] == ("muoi", "muoi") for words in _COUNTS)
