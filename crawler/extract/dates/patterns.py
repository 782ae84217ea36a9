"""The regular expressions that read dates, over text folded letter by letter.

Folded text (``crawler/extract/letters.py``) is as long as the text. So the patterns are plain
ASCII, know every capitalisation, accept words without accents, and what they find can be cut from
the unfolded text. Every repetition is bounded: hostile input costs linear time.
"""

from __future__ import annotations

import re

from crawler.extract.words import any_of, load_words

_VIETNAMESE_MONTH = (
    r"muoi\s{1,3}mot|muoi\s{1,3}hai|muoi|gieng|mot|hai|ba|bon|tu|nam|sau|bay|tam|chin|chap"
)
_ENGLISH_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_YEAR = r"(?:19|20)[0-9]{2}(?![0-9])"
_GAP = r"[\s,.\-]{0,4}"

_MONTH_NAMES = (
    ("gieng", "mot", "jan"),
    ("hai", "feb"),
    ("ba", "mar"),
    ("tu", "bon", "apr"),
    ("nam", "may"),
    ("sau", "jun"),
    ("bay", "jul"),
    ("tam", "aug"),
    ("chin", "sep"),
    ("muoi", "oct"),
    ("muoi mot", "nov"),
    ("muoi hai", "chap", "dec"),
)
MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names}
"""Month names as they are looked up: Vietnamese in full, English by three letters."""


def _load_months(words: str) -> dict[str, int]:
    lines = map(str.split, load_words(words))
    return {name: int(number) for number, *names in lines for name in names}


MONTHS_ABROAD = _load_months("dates/months")
"""Month names of other European languages."""
MONTHS_UNDOTTED = _load_months("dates/undotted")
"""Those that are read behind a day without a dot only."""

# Forms of a day. Each names its groups with a letter of its own: a pattern has a name once.
_ISO_DAY = (
    r"(?P<iy>(?:19|20)[0-9]{2})\s?(?P<is>[/.\-])\s?(?P<im>[0-9]{1,2})\s?(?P=is)\s?"
    r"(?P<id>[0-9]{1,2})(?![0-9])"
)
"""2023-11-28, 2023/11/28"""
_NUMBERS = (
    r"(?P<a>[0-9]{1,2})\s{0,2}(?P<s>[/.\-]|(?<=\s)\|(?=\s))\s{0,2}(?P<b>[0-9]{1,2})\s{0,2}(?P=s)\s{0,2}"
    rf"(?P<c>{_YEAR}|[0-9]{{2}}(?!\s?(?P=s)\s?[0-9])(?![0-9]))"
)
"""28/11/2023, 28 - 11 - 2023, 28.11.23: day or month first"""
_VIETNAMESE_DAY_FIRST = (
    r"(?P<vd>[0-9]{1,2})\s{0,3},?\s{0,3}(?:thang|thg|th)\.?\s{0,3}"
    rf"(?P<vm>[0-9]{{1,2}}|{_VIETNAMESE_MONTH}){_GAP}(?:/\s?)?(?:nam\s{{0,3}})?(?P<vy>{_YEAR})"
)
"""28 tháng 11 năm 2023, 13 Tháng 10 2015, 28 Th11, 2023"""
_ENGLISH_DAY_FIRST = (
    rf"(?P<ed>[0-9]{{1,2}})(?:st|nd|rd|th)?\s{{0,3}}(?:of\s{{1,3}})?{_GAP}(?P<em>{_ENGLISH_MONTH})"
    rf"{_GAP}(?P<ey>{_YEAR})"
)
"""28 November 2023, 28th of Nov. 2023, 28-Nov-2023"""
_VIETNAMESE_MONTH_FIRST = (
    rf"(?:thang|thg|th(?=[0-9]))\.?\s{{0,3}}(?P<wm>[0-9]{{1,2}}|{_VIETNAMESE_MONTH})\s{{1,3}}"
    rf"(?P<wd>[0-9]{{1,2}})\s{{0,2}},?\s{{0,3}}(?P<wy>{_YEAR})"
)
"""Tháng Mười Một 28, 2023, Th11 28, 2023"""
_ENGLISH_MONTH_FIRST = (
    rf"(?P<fm>{_ENGLISH_MONTH})\.?\s{{0,3}}(?P<fd>[0-9]{{1,2}})(?:st|nd|rd|th)?"
    rf"\s{{0,2}},?\s{{0,3}}(?P<fy>{_YEAR})"
)
"""November 28, 2023, Nov 28th 2023"""

_MONTH_ABROAD = "|".join(MONTHS_ABROAD)
_UNDOTTED_MONTH = rf"(?<!\.)(?<!\.\s)(?:{'|'.join(MONTHS_UNDOTTED)})"
_ABROAD = (
    r"(?P<gd>[0-9]{1,2})(?:\.\s{0,3}|(?:er|º|°)?\s{1,3})(?:de\s{1,3})?"
    rf"(?P<gm>{_MONTH_ABROAD}|{_UNDOTTED_MONTH})[.,]?\s{{1,3}}(?:de[l]?\s{{1,3}})?(?P<gy>{_YEAR})"
)
"""28. November 2023, 1er mars 2023, 28 de noviembre de 2023"""
_ABROAD_MONTH_FIRST = (
    rf"(?P<hm>{_MONTH_ABROAD})\.?\s{{1,3}}(?P<hd>[0-9]{{1,2}})\s?,\s{{0,3}}(?P<hy>{_YEAR})"
)
"""Juli 12, 2017, as templates of blogs print it in any language"""

DAY = re.compile(
    rf"(?<![0-9])(?<![0-9]:)(?:{_ISO_DAY}|{_NUMBERS}|{_VIETNAMESE_DAY_FIRST}|{_ENGLISH_DAY_FIRST}|{_ABROAD})"
    rf"|(?<![a-z])(?:{_VIETNAMESE_MONTH_FIRST}|{_ENGLISH_MONTH_FIRST}|{_ABROAD_MONTH_FIRST})"
)
"""A calendar day in any of the written forms."""

_WEEKDAY = (
    r"(?:thu\s{0,3}(?:hai|ba|tu|nam|sau|bay|[2-7])(?![a-z0-9])|chu\s{0,3}nhat(?![a-z])|cn(?![a-z])"
    r"|t[2-7](?![a-z0-9])|(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|satu?r?|sun)(?:day)?(?![a-z]))"
)
_TIME = (
    r"(?P<h>[0-9]{1,2})\s?(?::\s?(?P<mi>[0-9]{2})(?:\s?:\s?(?P<se>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r"|(?:gio|h|g)(?![a-z])\s?(?:(?P<hm>[0-9]{1,2})(?![0-9])(?!\s?[/.\-]\s?[0-9])"
    r"(?:\s?(?:phut|ph|p|m)(?![a-z]))?(?:\s?(?P<hs>[0-9]{1,2})\s?(?:giay|s)(?![a-z]))?)?)(?![0-9])"
    r"\s?'{0,2}"
)
_MERIDIEM = r"(?:\s{0,2}(?P<mer>(?:[ap]\.?\s?m\.?|sa|ch|sang|chieu|toi|trua|dem|khuya)(?![a-z])))?"
_ZONE = (
    r"(?:\s{0,2}[\[({,]{0,2}\s{0,2}(?P<zone>(?:gmt|utc|ict)\s{0,2}"
    r"(?:(?P<zg>[+\-]\s?[0-9]{1,2}(?::?[0-9]{2})?)(?![0-9]))?(?![a-z])"
    r"|(?P<zs>[+\-][0-9]{2}:[0-9]{2}|\+[0-9]{4}|-0[0-9][0-5]0)(?![0-9:/.\-])|z(?![a-z0-9]))"
    r"\s?[\])}]{0,2})?"
)
_AROUND = r"[\s,;|•·()\[\]\-_]"

CLOCK_AFTER = re.compile(
    rf"(?:{_AROUND}|\.|{_WEEKDAY}|luc(?![a-z])|vao(?![a-z])|hoi(?![a-z])|at(?![a-z])|um(?![a-z])"
    rf"|t(?=[0-9])){{0,8}}?"
    rf"(?<![0-9]){_TIME}{_MERIDIEM}{_ZONE}"
)
"""A clock behind a day, to be matched where the day ends."""

CLOCK_BEFORE = re.compile(
    rf"(?<![0-9:.,/]){_TIME}{_MERIDIEM}{_ZONE}"
    rf"(?:{_AROUND}|{_WEEKDAY}|ngay(?![a-z])|m[uo]ng(?![a-z])|on(?![a-z])){{0,8}}\Z"
)
"""A clock in front of a day, to be searched in a short window that ends where the day starts."""

ZONE_AFTER = re.compile(_ZONE)
WEEKDAY_BEFORE = re.compile(
    rf"(?<![a-z0-9])(?P<wd>{_WEEKDAY})[\s,.|\-:]{{0,4}}(?:ngay\s{{0,3}})?(?:m[uo]ng\s{{1,3}})?\Z"
)
WEEKDAY_AFTER = re.compile(rf"[\s,(\-]{{1,4}}(?P<wd>{_WEEKDAY})\s?\)?")
DAY_WORD = re.compile(r"(?<![a-z])(?:ngay|(?:vao )?luc)[\s:]{0,3}\Z")

LABEL = re.compile(
    rf"(?<![a-z])(?:(?P<up>{any_of('dates/updated')})|(?P<pub>{any_of('dates/published')}))"
    rf"\s{{0,3}}{any_of('dates/joint')}?\s{{0,3}}[:,\-|]{{0,2}}\s{{0,3}}\Z"
)
"""Words in front of a date that say what it is the date of."""

_DAY_NAMES = (
    ("hai", "2", "mon"),
    ("ba", "3", "tue"),
    ("tu", "4", "wed"),
    ("nam", "5", "thu"),
    ("sau", "6", "fri"),
    ("bay", "7", "sat"),
    ("nhat", "cn", "sun"),
)
WEEKDAYS = {name: number for number, names in enumerate(_DAY_NAMES) for name in names}

_VIETNAMESE_DAY = re.compile(r"(?:thu\s*|t)(hai|ba|tu|nam|sau|bay|[2-7])|(?:chu\s*)(nhat)|(cn)")


def read_weekday(folded: str) -> tuple[int, bool]:
    """Monday as 0, and whether the name was Vietnamese."""
    match = _VIETNAMESE_DAY.fullmatch(folded)
    if match:
        return WEEKDAYS[next(filter(None, match.groups()))], True
    return WEEKDAYS[folded[:3]], False
