"""Days that stand in an address.

Paths of Vietnamese CMSs carry the day of publication (``/2023/20231128/``, ``/2024-4-25/``), a
timestamp inside the id (``d20110328024900000``) or only the month (``/202512/``). An address
never gives a time: the hours of such timestamps may be those of a 12-hour clock.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from crawler.extract.dates.values import ParsedDate, is_possible, make_day
from storage.instants import VIETNAM

_LIMIT = 2048
_DIGIT = re.compile(r"[0-9]")
_FEWEST = 6
"""Digits of the shortest form of a day."""
_YEAR = r"(?P<y>19[89][0-9]|20[0-9]{2})"
_CLOCK = r"[0-2][0-9][0-5][0-9][0-5][0-9]"
_FORMS = tuple(
    re.compile(form)
    for form in (
        # /2023/20231128/, /2023/11/28/, /2025-04-25/; a date inside a slug is an event's
        rf"(?<=/){_YEAR}/(?P<m>[01]?[0-9])/(?P<d>[0-3]?[0-9])(?=/|\Z)",
        rf"(?<=/){_YEAR}(?P<s>[-_.])(?P<m>[01]?[0-9])(?P=s)(?P<d>[0-3]?[0-9])(?![0-9])",
        rf"(?<=/){_YEAR}(?P<m>[01][0-9])(?P<d>[0-3][0-9])(?=/|\Z|[._-])",
        # /2026/1107/, /2026-11/07/, /20261107/ with a letter or a word before it, ?d=20261107
        rf"(?<=/){_YEAR}/(?P<m>[01][0-9])(?P<d>[0-3][0-9])(?=/|\Z)",
        rf"(?<=/){_YEAR}-(?P<m>[01]?[0-9])/(?P<d>[0-3]?[0-9])(?=/|\Z)",
        rf"(?<=[/?&])(?:[A-Za-z]{{1,10}}[-_=]?)?{_YEAR}(?P<m>[01][0-9])(?P<d>[0-3][0-9])(?=/|\Z|[._&-])",
        # /07-11-2026/, /07/11/2026/: the day first, as Vietnamese sites write it
        rf"(?<=/)(?P<d>[0-3]?[0-9])(?P<s>[-/])(?P<m>[01]?[0-9])(?P=s){_YEAR}(?=/|\Z)",
        # -20261107.html, -d20261107/: at the end of a segment; in a slug such a day is an event's
        rf"(?<=[-_])[Dd]?{_YEAR}(?P<m>[01][0-9])(?P<d>[0-3][0-9])(?=/|\Z|\.[A-Za-z]{{3,5}}\Z)",
        # d20110328024900000.html, 20220909085625-name.jpg
        rf"(?<![0-9]){_YEAR}(?P<m>[01][0-9])(?P<d>[0-3][0-9]){_CLOCK}(?:[0-9]{{3}})?(?![0-9])",
        # -110230327111223007.htm: a prefix of three digits, then year of two digits to milliseconds
        rf"(?<=-)1[0-9]{{2}}(?P<y>[0-3][0-9])(?P<m>[01][0-9])(?P<d>[0-3][0-9]){_CLOCK}[0-9]{{3}}(?=\.)",
    )
)
_ARCHIVED = re.compile(r"/web/[0-9]{14}[a-z_]{0,3}/https?:/")
"""How an archive of the web begins the path of what it keeps: with the day it was kept."""
_MONTH = re.compile(rf"/{_YEAR}(?:/?(?P<m>0[1-9]|1[0-2]))/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month without a day: it can confirm or contradict a date, it cannot be one."""

    year: int
    month: int

    def holds(self, day: dt.date) -> bool:
        """Whether the day is in this month, or within two days of it (drafts, late hours)."""
        near = (day - dt.timedelta(days=2), day, day + dt.timedelta(days=2))
        return any((one.year, one.month) == (self.year, self.month) for one in near)


def url_date(url: str, *, now: dt.datetime | None = None) -> ParsedDate | None:
    """The day in an address, without a time; None for a month alone, or for no date at all."""
    path = _path_of(url)
    if len(_DIGIT.findall(path)) < _FEWEST:
        return None
    limit = now or dt.datetime.max.replace(tzinfo=VIETNAM)
    for form in _FORMS:
        for match in form.finditer(path):
            year = int(match["y"]) + (2000 if len(match["y"]) == 2 else 0)
            day = make_day(year, int(match["m"]), int(match["d"]))
            if day and is_possible(day, None, limit):
                return ParsedDate(
                    on=day, at=None, raw=match.group(), start=match.start(), end=match.end()
                )
    return None


def url_month(url: str) -> Month | None:
    """The month in an address such as ``/kinh-te/202512/…`` or ``/2025/12/…``."""
    match = _MONTH.search(_path_of(url))
    return Month(year=int(match["y"]), month=int(match["m"])) if match else None


def _path_of(url: str) -> str:
    try:
        parts = urlsplit(url[:_LIMIT])
    except ValueError:
        return ""
    path = unquote(parts.path)
    kept = _ARCHIVED.match(path)
    path = path[kept.end() :] if kept else path
    return path + ("?" + unquote(parts.query) if parts.query else "")
