"""Programmes of broadcasters: what is sent at which hour, which is no article."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.errors import NotAnArticle
from crawler.failures import Word
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.extract.dom.blocks import Block

NAMED_SLOTS = 6
"""Times of day that make a schedule of a page whose headline says that it is one."""
MANY_SLOTS = 15
"""The same where the headline does not say so, and `DAY` minutes lie between the first and last."""
DAY = 12 * 60
LONG_LINE = 160
"""Characters of a line that no programme's title has."""
_SLOT = re.compile(
    r"\W*(?:\d{1,3} \| )?([01]?\d|2[0-4])"
    r"\s?(?:[:.]\s?([0-5]\d)|(?:h|giờ|g)\s?([0-5]\d)?)\b(?![./]\d)"
    r"(?:\s?[-–—]\s?\d{1,2}\s?[:.hg]\s?\d{0,2}\b)?\W*",
    re.IGNORECASE,
)
"""Where a line begins with a time of day, with its number in front or its end behind."""
_CLOCK = re.compile(r"[0-9]\s?(?:[:.]\s?[0-5]\d|[hgHG])")
"""What every time of day holds."""
_NEXT_SLOT = re.compile(r"\s+(?=(?:[01]?\d|2[0-4])[:h][0-5]\d\b)")
_SCHEDULE = re.compile(
    r"\b(?:lich (?:phat (?:song|thanh|hinh)|truyen hinh|chieu phim|chuong trinh)"
    r"|(?:khung )?chuong trinh (?:phat (?:song|thanh|hinh)|truyen (?:hinh|thanh)))\b"
)


@dataclass(slots=True)
class Timetable:
    """What a text is made of: times of day with what they announce, and prose."""

    slots: list[int] = field(default_factory=list)
    """Times of day that lines begin with, in minutes."""
    listed: int = 0
    """Characters of lines that announce something."""
    told: int = 0
    """Such lines that are sentences."""
    prose: int = 0
    """Characters of sentences and long lines beside them."""

    @property
    def span(self) -> int:
        """Minutes between the first and the last time of day."""
        return max(self.slots) - min(self.slots)


def check_schedule(title: str, texts: list[Block]) -> None:
    """Refuse what a broadcaster sends at which hour: lines of times and names, and little prose.
    Articles with a timetable say more about it; reports by the minute are written in sentences."""
    if sum(len(_CLOCK.findall(block.text)) for block in texts) < NAMED_SLOTS:
        return
    named = _SCHEDULE.search(fold(title)) is not None
    table = read_timetable(_all_lines(texts), named=named)
    slots = len(table.slots)
    if slots < (NAMED_SLOTS if named else MANY_SLOTS) or 2 * table.prose > table.listed:
        return
    if named or (3 * table.told < slots and table.span >= DAY):
        raise NotAnArticle(Word.SCHEDULE, f"{slots} times of day")


def read_timetable(lines: Iterable[str], *, named: bool) -> Timetable:
    """Return what the lines are made of. ``named`` says that the headline calls them a programme:
    then no line is taken for a sentence."""
    table = Timetable()
    is_open = False
    for text in lines:
        slot = _SLOT.match(text)
        rest = text[slot.end() :] if slot else text
        is_sentence = rest.endswith((".", "!", "?", "…", "”")) and not named
        if slot:
            table.slots.append(60 * int(slot[1]) + int(slot[2] or slot[3] or 0))
        if (slot or is_open) and len(rest) < LONG_LINE:
            table.listed += len(text)
            table.told += is_sentence
        elif is_sentence or len(rest) >= LONG_LINE:
            table.prose += len(text)
        is_open = slot is not None and not rest
    return table


def _all_lines(texts: list[Block]) -> Iterable[str]:
    return (line for block in texts if not block.image for line in split_slots(block.text))


def split_slots(text: str) -> list[str]:
    """A line, or the many lines with times of day that single line breaks left in one."""
    lines = _NEXT_SLOT.split(text) if len(text) >= LONG_LINE else [text]
    return lines if len(lines) > 3 and len(text) < len(lines) * LONG_LINE // 2 else [text]
