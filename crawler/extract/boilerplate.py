"""Lines that a source repeats on many pages, learnt from its articles. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MIN_PAGES = 4
MIN_SHARE = 0.08
MAX_LINE = 1500


def fingerprint_line(line: str) -> str:
    """Identity of a line whatever its case, accents, digits and white space."""
    key = "".join("0" if letter.isdigit() else letter for letter in " ".join(fold(line).split()))
    return hashlib.blake2b(key.encode("utf-8", "ignore"), digest_size=8).hexdigest()


def learn_boilerplate(pages: Iterable[Sequence[str]]) -> dict[str, str]:
    """Lines that stand on many pages of one source: fingerprint -> the line as one page has it.

    ``pages`` holds the paragraphs of articles whose texts differ (revisions and duplicates
    left out, or they would count as repetition). A line is boilerplate when at least MIN_PAGES
    pages and MIN_SHARE of all have it: a merger notice, an appeal, a correspondent's address.
    """
    counts: Counter[str] = Counter()
    seen: dict[str, str] = {}
    total = 0
    for paragraphs in pages:
        total += 1
        lines = {fingerprint_line(line): line for line in paragraphs if 0 < len(line) <= MAX_LINE}
        counts.update(lines.keys())
        seen.update(lines)
    needed = max(MIN_PAGES, total * MIN_SHARE)
    return {mark: seen[mark] for mark, count in counts.items() if count >= needed}
