"""Lines that a source repeats on many pages, learnt from its articles. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from crawler.extract.hints import fingerprint_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MIN_PAGES = 10
MIN_SHARE = 0.2
EDGE = 2
"""Paragraphs at the beginning and at the end of a text where notices stand."""
SERIES = 0.3
"""Share of its pages that may have another line in common before they count as a series."""
MAX_LINE = 1500


def learn_boilerplate(pages: Iterable[Sequence[str]]) -> dict[str, str]:
    """Lines that stand on many pages of one source: fingerprint -> the line as one page has it.

    ``pages`` holds the paragraphs of articles whose texts differ (revisions and duplicates
    left out, or they would count as repetition). A merger notice, an appeal or an address stands
    word for word at the beginning or end of at least MIN_PAGES pages and MIN_SHARE of all, on
    pages that have nothing else in common. What daily bulletins on weather and prices repeat
    does not count: they share more than one line, and those are their text.
    """
    middles: dict[str, list[set[str]]] = {}
    seen: dict[str, str] = {}
    inside: set[str] = set()
    total = 0
    for paragraphs in pages:
        total += 1
        lines = [line for line in paragraphs if 0 < len(line) <= MAX_LINE]
        marks = [fingerprint_line(line) for line in lines]
        middle = set(marks[EDGE:-EDGE])
        inside |= middle
        for mark in {*marks[:EDGE], *marks[-EDGE:]}:
            middles.setdefault(mark, []).append(middle)
        seen.update(zip(marks, lines, strict=True))
    needed = max(MIN_PAGES, total * MIN_SHARE)
    return {
        mark: seen[mark]
        for mark, around in middles.items()
        if len(around) >= needed and mark not in inside and not _is_series(around)
    }


def _is_series(around: list[set[str]]) -> bool:
    shared = Counter(mark for middle in around for mark in middle)
    return any(count > SERIES * len(around) for count in shared.values())
