"""Whether what stands around a bare name says that it is no place."""

from __future__ import annotations

import re

from storage.places import words

_BREAK = re.compile(r"[.,;:!?()\[\]“”\"\n/]")
_TITLE = re.compile(r"(?:^|\W)(?:TS|ThS|PGS|GS|BS|Th\.S|LS|KS|Dr|MC|NSƯT|NSND)\. ?$")
_QUOTES = {"“": "”", '"': '"', "‘": "’", "'": "'", "«": "»"}
_ABROAD = re.compile(
    r"(?: ?\(|, |-)(?:Trung Quốc|Lào|Campuchia|Cam-pu-chia|Thái Lan|Hàn Quốc|Nhật Bản|Đài Loan)\b"
)
_MATCH = re.compile(
    r" (?:FC\b|\d{1,2}-\d{1,2}\b|(?:thắng|thua|hòa|cầm hòa|đánh bại) (?:đậm )?[A-ZĐ])"
)
"""Behind the name of a team."""
NAMESAKES = frozenset(("hồ chí minh",))
"""Names that without a kind are the person."""
FARTHEST = 7
"""Words before a name in which a company or school may begin."""


def is_trap(text: str, start: int, end: int) -> bool:
    """Return whether a bare name is a person's, a company's, a street's, or lies abroad."""
    before = text[max(0, start - 60) : start]
    last = before[-1:]
    if last in _QUOTES and text[end : end + 1] == _QUOTES[last]:
        return True
    person = text[start:end].lower() in NAMESAKES
    if person or is_abroad(text, end) or _MATCH.match(text, end):
        return True
    if last in ("-", "–"):
        return before[-2:-1].isalpha()
    return _TITLE.search(before) is not None or _follows_trap(before)


def is_abroad(text: str, end: int) -> bool:
    """Return whether another country stands behind a name: ``Hà Nam (Trung Quốc)``."""
    return _ABROAD.match(text, end) is not None


def _follows_trap(before: str) -> bool:
    phrase = _BREAK.split(before)[-1]
    said = phrase.lower().split()
    if not said:
        return False
    if said[-1].isdigit():
        return True  # a house number
    last = len(said) - 1
    for at in range(last, max(-1, last - FARTHEST), -1):
        for count in (3, 2, 1):
            head = " ".join(said[max(0, at + 1 - count) : at + 1])
            if head in words.STOPS:
                return False
            if head in words.FAR or (at == last and head in words.BESIDE):
                return True
    return False
