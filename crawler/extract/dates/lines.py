"""Dates as Vietnamese pages print them.

``parse_date`` reads the first date of a string, ``find_dates`` all of them, ``read_date_line``
a line that is there to say when the article was published.

Order is day, month, year unless the caller knows better. A day that only one order allows is
read in that order. Nothing here ever guesses a time, and nothing returns a date later than one
day after the page was fetched.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from crawler.extract.dates import patterns
from crawler.extract.dates.values import (
    ParsedDate,
    fix_instant,
    is_midnight,
    is_possible,
    make_clock,
    make_day,
)
from crawler.extract.letters import compose, fold_letters
from crawler.extract.words import any_of
from storage.instants import VIETNAM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.extract.languages import Order

WINDOW = 72
"""How far around a day its clock, weekday and label may stand, in characters."""

_DIGITS = re.compile(r"[0-9]+")
_FEWEST = 4
"""Digits that every date has; so few are in two numbers or more."""
_LIMIT = 200
"""Dates looked at in one text at most; more is a calendar or an attack."""


def parse_date(
    text: str, *, now: dt.datetime, order: Order = "dmy", zone: dt.tzinfo = VIETNAM
) -> ParsedDate | None:
    """The first date in ``text`` that can be one of publication, else None.

    ``now`` is when the page was fetched; ``zone`` is where clocks without a zone stand.
    """
    return next(_scan(text, now, order, zone), None)


def find_dates(
    text: str, *, now: dt.datetime, order: Order = "dmy", zone: dt.tzinfo = VIETNAM
) -> list[ParsedDate]:
    """All dates in ``text`` in order of position, those inside sentences marked ``prose``."""
    return list(_scan(text, now, order, zone))


@cache
def _filler() -> re.Pattern[str]:
    return re.compile(rf"(?:{any_of('dates/filler')}|[0-9][0-9.,]*|\W)+")


@cache
def _before() -> re.Pattern[str]:
    return re.compile(rf"(?:(?:\A|[\s,(\[]){any_of('dates/before')},?){{1,2}}\Z")


def read_date_line(
    text: str, *, now: dt.datetime, order: Order = "dmy", zone: dt.tzinfo = VIETNAM
) -> ParsedDate | None:
    """The date of a line whose purpose is to say when: no sentence, at most a few names around.

    ``Cập nhật ngày 22/03/2016 07:55:24 AM - Lượt xem: 256`` is one, ``Chỉ thị số 58, ngày
    07/11/2023 của Ban Thường vụ`` is none. With several dates a labelled one goes first, then
    one with a time; the day of a change yields to an earlier one beside it.
    """
    if len(text) > 400:
        return None
    dates = [
        parsed for parsed in find_dates(text, now=now, order=order, zone=zone) if not parsed.prose
    ]
    if not dates:
        return None
    rest = compose(text)
    for parsed in reversed(dates):
        rest = rest[: parsed.start] + " " + rest[parsed.end :]
    words = _filler().sub(" ", fold_letters(rest)).split()
    if len(words) > 16:
        return None
    if len(dates) == 1:
        return dates[0]
    first = min(map(_printed_day, dates))
    own = [each for each in dates if each.label != "updated" or _printed_day(each) == first]
    return min(own, key=lambda d: (d.label != "published", d.label != "updated", d.at is None))


def _printed_day(parsed: ParsedDate) -> dt.date:
    """The day as readers see it: abroad an evening is the next day here."""
    return parsed.wall.date() if parsed.wall else parsed.on


def _scan(text: str, now: dt.datetime, order: Order, zone: dt.tzinfo) -> Iterator[ParsedDate]:
    numbers = _DIGITS.findall(text)
    # Day and year stand without a gap where boxes without one hold them: `Apr 042013`.
    size = sum(map(len, numbers))
    if size > _FEWEST or (size == _FEWEST and len(numbers) > 1):
        for parsed in _read_all(text, order, zone):
            if is_possible(parsed.on, parsed.at, now):
                yield parsed


@lru_cache(maxsize=256)
def _read_all(text: str, order: Order, zone: dt.tzinfo) -> tuple[ParsedDate, ...]:
    """Return all dates of a text, whenever they are. Titles, bylines and dates ask for those of the
    same lines, one after the other."""
    original = compose(text)
    folded = fold_letters(original)
    found: list[ParsedDate] = []
    used = 0
    for match in islice(patterns.DAY.finditer(folded), _LIMIT):
        parsed = _read(original, folded, match, used, order, zone)
        if parsed:
            found.append(parsed)
        used = parsed.end if parsed else match.end()
    return tuple(found)


def _read(
    original: str, folded: str, match: re.Match[str], used: int, order: Order, zone: dt.tzinfo
) -> ParsedDate | None:
    day, other = _read_day(match, order)
    if day is None:
        return None
    clock = _find_clock(folded, match, used)
    start = min(
        match.start(), clock.start() if clock and clock.start() < match.start() else 1 << 60
    )
    end = max(match.end(), _end_of(original, clock) if clock else 0)
    zone_text = clock["zone"] and clock if clock else None
    if not zone_text and end == match.end() and (tail := patterns.ZONE_AFTER.match(folded, end)):
        zone_text, end = (tail, tail.end()) if tail["zone"] else (None, end)
    weekday, start, end = _find_weekday(folded, match, start, end, used)
    agrees, day, other = _check_weekday(weekday, day, other)
    label, prose = _judge_context(original, folded, start, end, used)
    if (
        match["c"]
        and len(match["c"]) == 2
        and not _vouched(original, start, end, clock, weekday, label)
    ):
        return None
    wall, meridiem = _read_clock(original, clock, day)
    offset = _read_zone(zone_text) if zone_text else None
    at = fix_instant(wall, offset, zone) if wall else None
    return ParsedDate(
        on=at.date() if at else day,
        at=None if at is None or is_midnight(at) else at,
        raw=original[start:end].strip(" \t\r\n,;|-–\u00a0"),
        start=start,
        end=end,
        wall=wall,
        seconds=bool(clock and (clock["se"] or clock["hs"]) and wall),
        offset=offset,
        meridiem=meridiem,
        label=label,
        other=other,
        weekday=agrees,
        prose=prose,
    )


def _read_day(match: re.Match[str], order: Order) -> tuple[dt.date | None, dt.date | None]:
    """The day in the order asked for, and the day of the other order where both are possible."""
    got = match.groupdict()
    if got["iy"]:
        return make_day(int(got["iy"]), int(got["im"]), int(got["id"])), None
    for month, day, year in (
        ("vm", "vd", "vy"),
        ("em", "ed", "ey"),
        ("wm", "wd", "wy"),
        ("fm", "fd", "fy"),
        ("gm", "gd", "gy"),
        ("hm", "hd", "hy"),
    ):
        if got[month]:
            return make_day(int(got[year]), _read_month(got[month]), int(got[day])), None
    year_number = int(got["c"]) + (2000 if len(got["c"]) == 2 else 0)
    first, second = int(got["a"]), int(got["b"])
    day_first = make_day(year_number, second, first)
    month_first = make_day(year_number, first, second)
    wanted, unwanted = (day_first, month_first) if order == "dmy" else (month_first, day_first)
    if wanted is None:
        return unwanted, None
    return wanted, unwanted if unwanted != wanted else None


def _read_month(name: str) -> int:
    if name.isdigit():
        return int(name)
    plain = " ".join(name.split())
    abroad = patterns.MONTHS_ABROAD.get(plain) or patterns.MONTHS_UNDOTTED.get(plain)
    return patterns.MONTHS.get(plain) or abroad or patterns.MONTHS[plain[:3]]


def _find_clock(folded: str, match: re.Match[str], used: int) -> re.Match[str] | None:
    """The clock that belongs to this day: the one in front, unless the one behind is nearer.

    Rows such as ``10:58 | 19/06/2024 01:58 | 18/06/2024`` have clocks on both sides; there the
    second one is the next day's.
    """
    before = patterns.CLOCK_BEFORE.search(folded, max(used, match.start() - WINDOW), match.start())
    after = patterns.CLOCK_AFTER.match(folded, match.end(), match.end() + WINDOW)
    if before is None or after is None:
        return before or after
    if patterns.DAY.match(folded, _skip(folded, after.end())):
        return before
    same_line = "\n" not in folded[match.end() : after.end()]
    return after if same_line and "\n" in before.group() else before


def _skip(folded: str, position: int) -> int:
    end = min(len(folded), position + 8)
    while position < end and not folded[position].isalnum():
        position += 1
    return position


def _find_weekday(
    folded: str, match: re.Match[str], start: int, end: int, used: int
) -> tuple[str | None, int, int]:
    for anchor in (match.start(), start):
        found = patterns.WEEKDAY_BEFORE.search(folded, max(used, anchor - 24), anchor)
        if found:
            return found["wd"], min(start, found.start()), end
    found = patterns.WEEKDAY_AFTER.match(folded, match.end())
    if found:
        return found["wd"], start, max(end, found.end())
    return None, start, end


def _check_weekday(
    weekday: str | None, day: dt.date, other: dt.date | None
) -> tuple[bool | None, dt.date, dt.date | None]:
    """A printed weekday is a check digit; only an English one may turn day and month around,
    for nobody writes the month first next to a Vietnamese weekday."""
    if weekday is None:
        return None, day, other
    number, vietnamese = patterns.read_weekday(weekday)
    if day.weekday() == number:
        return True, day, None
    if other and not vietnamese and other.weekday() == number:
        return True, other, None
    return False, day, None if vietnamese else other


@cache
def _after() -> re.Pattern[str]:
    return re.compile(any_of("dates/after"))


@cache
def _change() -> re.Pattern[str]:
    """What says right behind a date that another one, which follows, is that of the change."""
    updated, joint = any_of("dates/updated"), any_of("dates/joint")
    return re.compile(
        rf"[\s,)]{{0,4}}{updated}\s?{joint}?(?:\s[a-z]{{3,9}},)?[^a-z]{{0,12}}(?:{patterns.DAY.pattern})"
    )


_RANGE_BEFORE = re.compile(
    r"(?:(?<![:0-9])[0-9]{1,4}\s?-\s?|\bden\s{0,2}(?:het )?(?:ngay )?|\btu ngay )\Z"
)
_RANGE_AFTER = re.compile(r"\s?(?:-|den(?![a-z]))\s?(?:ngay )?[0-9]{1,2}\s?[/.\-]\s?[0-9]")


_PART_OF_DAY = re.compile(r"(?<![a-z])(?:sang|trua|chieu|toi|dem|hom|truoc|sau|tu|den)\Z")


def _ends_range(original: str, folded: str, start: int, end: int) -> bool:
    """Whether a date is the end of a range. `den 3. August` without one before it is German."""
    begin = max(0, start - 24)
    found = _RANGE_BEFORE.search(folded[begin:start])
    if found is None:
        return False
    german = original[begin + found.start()] in "dD" and found[0].split() == ["den"]
    return not german or "/" in original[start:end] or bool(_DIGITS.search(original[:start]))


def _judge_context(original: str, folded: str, start: int, end: int, used: int) -> tuple[str, bool]:
    """The label in front, and whether the date stands in a sentence or a range."""
    if _ends_range(original, folded, start, end) or _RANGE_AFTER.match(folded, end):
        return "", True
    before = folded[max(used, start - WINDOW) : start]
    label = patterns.LABEL.search(before)
    if label:
        return "updated" if label["up"] else "published", False
    line = original[max(used, start - WINDOW) : start].rpartition("\n")[2]
    line_folded = before[len(before) - len(line) :]
    day_word = patterns.DAY_WORD.search(line_folded)
    word = (line[: day_word.start()] if day_word else line).rstrip(" \t\u00a0,(")
    word = _before().sub("", word).lstrip("[(")
    if _PART_OF_DAY.search(fold_letters(word)):
        return "", True
    if word and (day_word or word[-1].islower()) and not _is_name_before(word):
        return "", True
    after = original[end : end + 24].partition("\n")[0].lstrip(" \t\u00a0,)")
    lower = bool(after) and after[0].islower()
    told = _after().match(fold_letters(after)) or _change().match(folded, end)
    return "", lower and not told


def _is_name_before(words: str) -> bool:
    """Whether the words in front are names (`Đặng Hiền`, `Chính trị`), not half a sentence."""
    tail = re.split(r"[»›>/|•]", words)[-1].split()
    if not tail:
        return True
    if len(tail) > 6 or words[-1] in ",;":
        return False
    if len(tail) == 1:
        return tail[0][0].isupper()
    return tail[0][0].isupper() and (tail[-1][0].isupper() or len(tail) <= 3) and ":" not in words


def _vouched(
    original: str,
    start: int,
    end: int,
    clock: re.Match[str] | None,
    weekday: str | None,
    label: str,
) -> bool:
    """A year of two digits is believed only next to something else that says `date`."""
    before, ends = original[:start].rstrip(), not original[end:].strip()
    return bool(clock or weekday or label or (ends and before[-1:] in ("", "|", ",", "·", "•")))


_AFTERNOON = ("ch", "chieu", "toi")
_WORDS_OF_DAY = ("sang", "chieu", "toi", "trua", "dem", "khuya")


def _read_clock(
    original: str, clock: re.Match[str] | None, day: dt.date
) -> tuple[dt.datetime | None, bool]:
    if clock is None:
        return None, False
    hour = int(clock["h"])
    meridiem = _read_meridiem(original, clock, hour)
    time = make_clock(
        hour, int(clock["mi"] or clock["hm"] or 0), int(clock["se"] or clock["hs"] or 0), meridiem
    )
    if time is None:
        return None, False
    return dt.datetime.combine(day, time), bool(meridiem)


def _is_sentence_start(original: str, clock: re.Match[str]) -> bool:
    """`08:00 Sáng nay, ...`: a capital there begins the text that follows the date."""
    return clock["mer"] in _WORDS_OF_DAY and not original[clock.start("mer")].islower()


def _end_of(original: str, clock: re.Match[str]) -> int:
    return clock.start("mer") if _is_sentence_start(original, clock) else clock.end()


def _read_meridiem(original: str, clock: re.Match[str], hour: int) -> str:
    word = clock["mer"]
    if not word or _is_sentence_start(original, clock):
        return ""
    if word in _WORDS_OF_DAY:
        if hour > 12:
            return ""
        if word == "trua":
            return "pm" if hour in (12, 1, 2) else "am"
        if word in ("dem", "khuya"):
            return "pm" if 6 <= hour < 12 else "am"
    return "pm" if word in _AFTERNOON or word[0] == "p" else "am"


def _read_zone(match: re.Match[str]) -> dt.timedelta | None:
    name = "+7" if match["zone"].startswith("ict") else "+0"
    return read_offset(match["zg"] or match["zs"] or name)


def read_offset(text: str) -> dt.timedelta | None:
    """``+7``, ``+07:00``, ``-0330`` as a distance from UTC; None beyond 14 hours."""
    digits = re.sub(r"[^0-9]", "", text)
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    offset = dt.timedelta(hours=int(hours), minutes=int(minutes))
    if offset > dt.timedelta(hours=14):
        return None
    return -offset if text.lstrip().startswith("-") else offset
