"""Numbers and dates in the spellings that papers use. Pure.

``mười nghìn`` is ``10 nghìn`` and ``10.000``; ``17/3/2014`` is ``ngày 17 tháng 3 năm 2014``.
Words are folded, numbers as ``storage.engine.words`` writes them.
"""

from __future__ import annotations

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
    if value and not value % 1_000:
        return Reading(1, _spellings(value))
    return None


def read_date(words: Sequence[str], *, named: bool = False) -> Reading | None:
    """Return other spellings of the date that the words begin with; None where there is none.

    ``named``: they stand behind "day", so the first of them may be a number in words.
    """
    if words[0] in ("ngay", "mung", "mong") and len(words) > 1:
        found = read_date(words[1:], named=True)
        return found and Reading(found.length + 1, found.others)
    digits = _in_digits(words, named=named)
    for shape in (_day_month_year, _day_month, _month_year):
        if found := shape(digits):
            return Reading(found.length + len(words) - len(digits), found.others)
    return None


def _in_digits(words: Sequence[str], *, named: bool) -> Sequence[str]:
    """Return the words with day and month in digits; none where they are no date."""
    day, used = _read_count(words, 31) if named else (words[0], 1)
    if words[used : used + 1] != ["thang"]:
        return words
    month, more = _read_count(words[used + 1 :], 12)
    rest = words[used + 1 + more :]
    # "12 tháng năm 2024" are twelve months of a year.
    if not month or (words[used + 1] == "nam" and "".join(rest[:1]).isdigit()):
        return []
    return [day, "thang", month, *rest]


def _read_count(words: Sequence[str], most: int) -> tuple[str, int]:
    """Return the number that the words begin with, in digits, and how many words it is."""
    if words and words[0].isdigit():
        return words[0], 1
    for length in (3, 2, 1):
        found = tuple(words[:length])
        if 0 < _COUNTS.get(found, 0) <= most:
            return str(_COUNTS[found]), len(found)
    return "", 0


def _day_month_year(words: Sequence[str]) -> Reading | None:
    match words:
        case [day, month, year, *_] if _is_full((day, month, year)) and len(year) == 4:
            return Reading(3, _full_date(day, month, year))
        case [day, "thang", month, "nam", year, *_] if _is_full((day, month, year)):
            return Reading(5, _full_date(day, month, year))
    return None


def _is_full(digits: Sequence[str]) -> bool:
    return _numbers(digits, (31, 12, _MOST_YEAR))


def _day_month(words: Sequence[str]) -> Reading | None:
    match words:
        case [day, "thang", month, *_] if _numbers((day, month), (31, 12)):
            return Reading(3, ((day, month), (day, "thang", month), *_with_name(day, month)))
    return None


def _month_year(words: Sequence[str]) -> Reading | None:
    match words:
        case ["thang", month, "nam", year, *_]:
            length = 4
        case ["thang", month, year, *_]:
            length = 3
        case _:
            return None
    if _numbers((month, year), (12, _MOST_YEAR)) and len(year) == 4:
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
    return tuple(found)
