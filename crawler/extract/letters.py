"""Letters as the patterns of extraction read them: composed, then folded one by one.

Folding keeps positions: one character in, one character out.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

CACHED_LENGTH = 200
"""Characters up to which a folded text is remembered, as long as bylines and lines of dates are."""


def _letters() -> dict[int, str]:
    table = {code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(code))[0].lower()
        if base.isascii():
            table[code] = base
    table |= {code: chr(code + 32) for code in range(0x410, 0x430)} | {0x406: "\u0456"}
    table |= dict.fromkeys((0x110, 0x111, 0xD0, 0xF0), "d")
    # Invisible characters stand between a date's parts on many pages; they become spaces.
    table |= dict.fromkeys((*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF), " ")
    table |= dict.fromkeys(range(0x2010, 0x2016), "-") | dict.fromkeys((0x2212, 0xFE58), "-")
    table |= dict.fromkeys((0x2018, 0x2019, 0x02BC, 0x2032, 0x60, 0xB4), "'")
    table |= {0xFF1A: ":", 0x2236: ":", 0xFF0F: "/", 0x2215: "/", 0x2044: "/", 0xA0: " "}
    # 2020年1月20日, 2020년 1월 20일: what stands behind year, month and day.
    table |= dict.fromkeys((0x5E74, 0x6708, 0xB144, 0xC6D4), "-") | dict.fromkeys(
        (0x65E5, 0xC77C), " "
    )
    return table


_TABLE = _letters()
_MARK = re.compile("[\u0300-\u036f]")
_DECOMPOSED = re.compile(r"[^\W\d_][\u0300-\u036f]{1,4}")


def compose(text: str) -> str:
    """NFC for letters with their accents. ``unicodedata.normalize`` takes quadratic time on long
    runs of combining marks, so it is given one letter at a time."""
    if text.isascii() or not _MARK.search(text):
        return text
    return _DECOMPOSED.sub(lambda match: unicodedata.normalize("NFC", match.group()), text)


def fold_letters(text: str) -> str:
    """Lower case without accents, invisible characters as spaces, of the same length as ``text``.

    ``text`` must be composed, else combining marks stay where they are.
    """
    return _fold_short(text) if len(text) <= CACHED_LENGTH else text.translate(_TABLE)


@lru_cache(maxsize=1024)
def _fold_short(text: str) -> str:
    """The same for short texts: several rules ask it of one name or line."""
    return text.translate(_TABLE)
