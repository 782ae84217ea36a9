"""The reader's language: which one, its words, and how it writes numbers and times."""

from __future__ import annotations

import datetime as dt
import functools
import gettext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from storage.instants import VIETNAM, parse_instant
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable


LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
"""Code (BCP 47) -> name in the language itself."""
DOMAIN = "web"
LOCALE = Path(__file__).parent / "locale"
MOST_WISHES = 20
"""Entries of an Accept-Language header that are read."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def choose_language(asked: str | None, kept: str | None, header: str) -> str:
    """Return the code of a language: as asked for in the address, else kept, else the browser's.

    ``header`` is Accept-Language (RFC 9110, 12.5.4). Who wishes neither language reads English;
    who wishes nothing, Vietnamese.
    """
    for code in (asked, kept):
        if code in LANGUAGES:
            return str(code)
    wishes = sorted(_wishes(header), reverse=True)
    for _, _, code in wishes:
        if code == "*":
            break
        if code in LANGUAGES:
            return code
    return "en" if wishes and wishes[0][2] != "*" else "vi"


def _wishes(header: str) -> Iterable[tuple[float, int, str]]:
    """Yield (weight, minus place, primary language) of each entry that is wished at all."""
    for place, entry in enumerate(header.split(",")[:MOST_WISHES]):
        tag, _, weight = entry.partition(";")
        try:
            value = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if value > 0 and tag.strip():
            yield value, -place, tag.strip().lower().partition("-")[0]


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the pages."""

    code: str
    words: gettext.NullTranslations

    def gettext(self, text: str) -> str:
        """Return a text of ours in this language."""
        return self.words.gettext(text) if text else ""

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Return a text of ours for a number of things."""
        return self.words.ngettext(one, many, number)

    def number(self, number: int) -> str:
        """Return a number with its thousands parted: ``1.234`` in Vietnamese."""
        return f"{number:,}".replace(",", "." if self.code == "vi" else ",")

    def share(self, part: float, whole: float) -> str:
        """Return a share: ``12,5 %``; below a thousandth ``< 0,1 %``; ``–`` of nothing."""
        if not whole:
            return "–"
        percent = 100 * part / whole
        text = f"{percent:.0f}" if percent >= 10 or not part else f"{percent:.1f}"
        text = "< 0.1" if 0 < percent < 0.1 else text
        mark = "," if self.code == "vi" else "."
        return text.replace(".", mark) + ("\N{NO-BREAK SPACE}%" if self.code == "vi" else "%")

    def day(self, text: str | None) -> str:
        """Return a day, ``YYYY-MM-DD``, as people write it: ``28/11/2023``."""
        try:
            return self._day(dt.date.fromisoformat((text or "")[:10]))
        except ValueError:
            return text or ""

    def instant(self, text: str | None) -> str:
        """Return an instant in Vietnam's time: ``28/11/2023 14:31``. A day alone stays a day."""
        if not text or len(text) <= 10:
            return self.day(text)
        try:
            moment = parse_instant(text).astimezone(VIETNAM)
        except ValueError:
            return text
        return f"{self._day(moment.date())} {moment:%H:%M}"

    def month(self, text: str) -> str:
        """Return a month, ``YYYY-MM``, or a year, ``YYYY``: ``11/2023``."""
        year, _, month = text.partition("-")
        if not (month.isdecimal() and 1 <= int(month) <= 12):
            return year
        return f"{month}/{year}" if self.code == "vi" else f"{_MONTHS[int(month) - 1]} {year}"

    def _day(self, day: dt.date) -> str:
        if self.code == "vi":
            return f"{day:%d/%m}/{day.year:04}"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year:04}"

    def span(self, seconds: float) -> str:
        """Return a length of time in its largest unit: ``3 giờ``."""
        minutes = max(1, round(seconds / _MINUTE))
        if seconds < _HOUR:
            return self._some("%(num)s minute", "%(num)s minutes", minutes)
        if seconds < 2 * _DAY:
            return self._some("%(num)s hour", "%(num)s hours", round(seconds / _HOUR))
        return self._some("%(num)s day", "%(num)s days", round(seconds / _DAY))

    def _some(self, one: str, many: str, number: int) -> str:
        return self.ngettext(one, many, number) % {"num": self.number(number)}


@functools.cache
def load_language(code: str) -> Language:
    """Return a language of ``LANGUAGES``. English is the language of the messages themselves."""
    if code == "en":
        return Language(code, gettext.NullTranslations())
    return Language(code, gettext.translation(DOMAIN, LOCALE, [code]))


def sort_key(name: str) -> str:
    """Return what names are sorted by: without accents, and ``Đ`` behind ``D``."""
    return fold(name.replace("Đ", "Dz").replace("đ", "dz"))
