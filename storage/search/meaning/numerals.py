"""Numbers and dates in the spellings that papers use. Pure.

``mười nghìn`` is ``10 nghìn`` and ``10.000``; ``17/3/2014`` is ``ngày 17 tháng 3 năm 2014``.
Words are folded, numbers as ``storage.engine.words`` writes them.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

DIGITS = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7,
    "tam": 8, "chin": 9, "muoi": 10,
}  # fmt: skip
NAMES = {1: "mot", 2: "hai", 3: "ba", 4: "bon", 5: "nam", 6: "sau", 7: "bay", 8: "tam", 9: "chin",
         10: "muoi"}  # fmt: skip
MONTHS = NAMES | {4: "tu"}
"""Names of months that are one word; the eleventh and the twelfth are two."""
_TENS: dict[tuple[str, ...], int] = {("muoi",): 10, ("hai", "muoi"): 20, ("ba", "muoi"): 30}
_COUNTS: dict[tuple[str, ...], int] = {
    **{(name,): value for name, value in DIGITS.items()}, ("gieng",): 1, ("chap",): 12, **_TENS,
    **{
        (*ten, name): tens + value
        for ten, tens in _TENS.items() for name, value in DIGITS.items() if value < 10
    },
}  # fmt: skip
"""Numbers of days and months in words."""
SCALES = {"nghin": 1_000, "ngan": 1_000, "trieu": 1_000_000, "ti": 1_000_000_000}
_SHORT = SCALES | {"k": 1_000, "tr": 1_000_000}
"""The same, and what is typed for short: ``94k``."""
_MOST_YEAR = 2100


class Reading(NamedTuple):
    """So many words of a query, and what else says the same."""

    length: int
    others: tuple[tuple[str, ...], ...]


def read_number(words: Sequence[str]) -> Reading | None:
    """Return other spellings of the number that the words begin with; None where there are none."""
    value = _value(words[0])
    if value is None:
        return None
    if len(words) > 1 and words[1] in _SHORT:
        return Reading(2, _spellings(value * _SHORT[words[1]]))
    if words[0].isascii() and words[0].isdigit() and value >= 1_000 and value % 1_000 == 0:
        return Reading(1, _spellings(value))
    return None


def read_date(words: Sequence[str], *, named: bool = False) -> Reading | None:
    """Return other spellings of the date that the words begin with; None where there is none.

    ``named``: they stand behind "day", so the first of them may be a number in words.
    """
    if words[0] in ("ngay", "mung", "mong") and len(words) > 1:
        found = read_date(words[1:], named=True)
        return found and Reading(found.length + 1, found.others)
    digits, longer = _in_digits(words, named=named)
    for shape in (_day_month_year, _day_month, _month_year):
        if found := shape(digits):
            return Reading(found.length + longer, found.others)
    return None


def _in_digits(words: Sequence[str], *, named: bool) -> tuple[Sequence[str], int]:
    """Return the words with day and month in digits, and by how many they were longer."""
    day, used = _read_count(words, 31) if named else (words[0], 1)
    if words[used : used + 1] != ["thang"]:
        return words, 0
    month, more = _read_count(words[used + 1 :], 12)
    rest = words[used + 1 + more :]
    # "12 tháng năm 2024" are twelve months of a year.
    if not day or not month or (month == "5" and words[used + 1] == "nam" and _begins(rest)):
        return words, 0
    return [day, "thang", month, *rest], used + more - 2


def _begins(words: Sequence[str]) -> bool:
    return bool(words) and words[0].isdigit()


def _read_count(words: Sequence[str], most: int) -> tuple[str, int]:
    """Return the number that the words begin with, in digits, and how many words it is."""
    if words and words[0].isdigit():
        return words[0], 1
    for length in (3, 2, 1):
        value = _COUNTS.get(tuple(words[:length]), 0)
        if 0 < value <= most and len(words) >= length:
            return str(value), length
    return "", 0


def _day_month_year(words: Sequence[str]) -> Reading | None:
    digits = words[:3]
    if _numbers(digits, (31, 12, _MOST_YEAR)) and len(digits[2]) == 4:
        return Reading(3, _full_date(*digits))
    spelt = (words[:1], words[1:2], words[2:3], words[3:4], words[4:5])
    if [*spelt[1], *spelt[3]] == ["thang", "nam"] and spelt[4]:
        digits = [words[0], words[2], words[4]]
        if _numbers(digits, (31, 12, _MOST_YEAR)):
            return Reading(5, _full_date(*digits))
    return None


def _day_month(words: Sequence[str]) -> Reading | None:
    if words[1:2] == ["thang"] and _numbers([words[0], *words[2:3]], (31, 12)):
        day, month = words[0], words[2]
        return Reading(3, ((day, month), (day, "thang", month), *_with_name(day, month)))
    return None


def _month_year(words: Sequence[str]) -> Reading | None:
    if words[0] != "thang":
        return None
    rest = [word for word in words[1:4] if word != "nam"][:2]
    if _numbers(rest, (12, _MOST_YEAR)) and len(rest[1]) == 4:
        length = 4 if words[2:3] == ["nam"] else 3
        month, year = rest
        return Reading(length, (("thang", month, year), ("thang", month, "nam", year)))
    return None


def short_date(words: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return the spellings of a day and a month that were typed with a mark between them."""
    if len(words) == 2 and _numbers(words, (31, 12)):
        return (tuple(words), (words[0], "thang", words[1]), *_with_name(*words))
    return ()


def _full_date(day: str, month: str, year: str) -> tuple[tuple[str, ...], ...]:
    named = tuple((*words, "nam", year) for words in _with_name(day, month))
    spelt = ((day, "thang", month, "nam", year), (day, "thang", month, year))
    return ((day, month, year), *spelt, *named)


def _with_name(day: str, month: str) -> tuple[tuple[str, ...], ...]:
    """``30 tháng Tư``."""
    name = MONTHS.get(int(month))
    return ((day, "thang", name),) if name else ()


def _numbers(words: Sequence[str], most: tuple[int, ...]) -> bool:
    return len(words) == len(most) and all(
        word.isascii() and word.isdigit() and len(word) <= 4 and 0 < int(word) <= limit
        for word, limit in zip(words, most, strict=True)
    )


def _value(word: str) -> int | None:
    if word.isascii() and word.isdigit():
        return int(word) if len(word) <= 12 else None
    return DIGITS.get(word)


def _spellings(number: int) -> tuple[tuple[str, ...], ...]:
    found: dict[tuple[str, ...], None] = {(str(number),): None}
    for scale, size in SCALES.items():
        count, rest = divmod(number, size)
        if not rest and 0 < count < 1_000:
            found[str(count), scale] = None
            if count in NAMES:
                found[NAMES[count], scale] = None
    return tuple(itertools.islice(found, 12))
