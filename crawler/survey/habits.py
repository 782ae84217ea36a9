"""How a site writes the addresses of its articles, learnt from its own links. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.sources.patterns import compile_pattern
from crawler.sources.shapes import count_words, shape_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

MIN_SHARE = 0.05
"""Share of the known articles that a second form of address must have to count."""
MIN_LINKS = 2
ENOUGH = 0.98
"""Once this share of the articles is covered, rarer forms are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """What article addresses of a site have in common."""

    patterns: tuple[str, ...]
    """None of them matches a known section."""
    covered: int
    """Known articles that a pattern matches."""
    known: int
    has_ids: bool

    @property
    def confidence(self) -> float:
        """Return 0 to 1: few examples, uncovered ones and missing ids all cost."""
        if not self.patterns or not self.known:
            return 0.0
        share = self.covered / self.known
        examples = min(1.0, self.known / 8)
        return round(share * (0.5 + 0.45 * examples) * (1.0 if self.has_ids else 0.8), 2)


def learn_habit(articles: Collection[str], sections: Collection[str]) -> Habit:
    """Return the patterns that cover the articles and match none of the sections.

    ``articles`` are addresses that a feed or news sitemap vouches for, or else those that look
    like articles; ``sections`` are listings that were read as such.
    """
    known = list(dict.fromkeys(articles))
    patterns = _numbered(known, sections)
    has_ids = bool(patterns)
    if not patterns:
        patterns = _worded(known, sections)
    covered = count_matches(patterns, known)
    return Habit(patterns=tuple(patterns), covered=covered, known=len(known), has_ids=has_ids)


def count_matches(patterns: Iterable[str], urls: Iterable[str]) -> int:
    """Return how many of the addresses at least one pattern matches."""
    compiled = [compile_pattern(pattern) for pattern in patterns]
    return sum(1 for url in urls if any(each.search(url) for each in compiled))


def _numbered(known: Sequence[str], sections: Collection[str]) -> list[str]:
    """Forms with an id or a date, the most frequent first."""
    shapes = [shape.pattern for url in known if (shape := shape_of(url)) and shape.strong]
    chosen: list[str] = []
    for pattern, count in Counter(shapes).most_common():
        if count < max(MIN_LINKS, MIN_SHARE * len(known)) and chosen:
            break
        if count_matches([pattern], sections) == 0:
            chosen.append(pattern)
        if count_matches(chosen, known) >= ENOUGH * len(known):
            break
    # A few numbered pages on a site of words are its exceptions, not its articles.
    return chosen if count_matches(chosen, known) * 2 > len(known) else []


def _worded(known: Sequence[str], sections: Collection[str]) -> list[str]:
    """A form without ids: the same folders, as many levels, long slugs."""
    forms = Counter(_form(url) for url in known if count_words(_slug(url)) >= 3)
    if not forms:
        return []
    (folder, levels, extension), count = forms.most_common(1)[0]
    if count < MIN_LINKS or count < 0.7 * len(known):
        return []
    middle = "[^/]+/" * levels
    for slug in ("[^/]+", "[^/-]+(-[^/-]+){3,}", "[^/-]+(-[^/-]+){5,}"):
        pattern = f"^https?://[^/]+/{folder}{middle}{slug}{extension}$"
        misses = [url for url in known if not compile_pattern(pattern).search(url)]
        if count_matches([pattern], sections) == 0 and len(misses) <= 0.3 * len(known):
            return [pattern]
    return []


def _form(url: str) -> tuple[str, int, str]:
    """First folder if it is a fixed word of the site, further levels, extension."""
    path = urlsplit(url).path
    folders = [part for part in path.split("/") if part][:-1]
    fixed = folders[0] if folders and folders[0] in _FIXED else ""
    ending = re.search(r"\.[a-z]{2,5}/?$", path)
    extension = re.escape(ending[0]) if ending else "/?"
    prefix = f"{re.escape(fixed)}/" if fixed else ""
    return prefix, len(folders) - (1 if fixed else 0), extension


_FIXED = frozenset(("tin-bai", "tin-tuc", "bai-viet", "news", "article", "articles", "post"))
"""Folders under which some sites keep all articles and nothing else."""


def _slug(url: str) -> str:
    return urlsplit(url).path.rstrip("/").rpartition("/")[2]
