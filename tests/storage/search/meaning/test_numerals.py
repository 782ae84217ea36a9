"""Numbers, days and months in words and in digits."""

from __future__ import annotations

import pytest

from storage.search.meaning.numerals import read_date, read_number, short_date
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
