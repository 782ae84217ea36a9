"""A byline without what is stamped beside the names: dates, clocks, ages and counters."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

from crawler.extract.dates.lines import find_dates
from crawler.extract.words import any_of

EVER = dt.datetime.max.replace(tzinfo=dt.UTC)
"""A fetch so late that no date is in its future."""
_COUNTER = re.compile(
    r"(?:lượt xem|lượt đọc|lượt truy cập|đã xem|số lần xem|views?)\s{0,2}:?\s{0,2}[0-9.,]{0,12}"
    r"|[0-9.,]{1,12}\s{0,2}(?:lượt|views?)\b(?:\s(?:xem|đọc|truy cập))?",
    re.IGNORECASE,
)
_BEHIND_DATE = re.compile(
    r"\A[\s,.|\-–—(\[]*(?:(?:GMT|UTC)\s?[+\-]?\s?\d{0,2}[)\]]?|Uhr\b)?", re.IGNORECASE
)
_DIGIT = re.compile(r"[0-9]")


@cache
def _before_date() -> re.Pattern[str]:
    """A weekday and words in front of a date, be they set without a space behind a name. `Hải Đăng`
    is a name."""
    apart = r"(?:(?<![^\W\d_])|(?-i:(?<=[^\W\d_])(?=[A-ZĐ](?![A-Z]))))"
    words = rf"(?:{any_of('bylines/dated')}|(?-i:đăng)|(?<!\w\s)đăng)(?![^\W\d_])"
    return re.compile(rf"(?:{apart}{words}|[\s,.|:\-–—])*\Z", re.IGNORECASE)


@cache
def _ago() -> re.Pattern[str]:
    """`2 giờ trước`, `2 hours ago`, `hôm qua`."""
    return re.compile(rf"(?<![^\W_]){any_of('bylines/ago')}(?![^\W_])", re.IGNORECASE)


def without_dates(line: str) -> str:
    """The line without dates, clocks and view counters that stand next to the name."""
    if _DIGIT.search(line):
        for parsed in reversed(find_dates(line, now=EVER)):
            before = _before_date().sub("", line[: parsed.start])
            line = f"{before}\n{_BEHIND_DATE.sub('', line[parsed.end :])}"
        line = _COUNTER.sub("\n", line)
    return _ago().sub("\n", line).strip(" \n\t|•·,;")
