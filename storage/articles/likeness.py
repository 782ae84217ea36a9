"""Whether two texts are copies of one: the decision behind clusters. Pure.

Copies share runs of words *and* facts. Reprints with another lead, a trimmed end or a local
paragraph share most runs of the shorter text. Two reports of one event share its facts and few
runs. Two issues of one form letter (weather, prices, draws) share runs and few facts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.fingerprint import shingles, syllables

SHARED_RUNS = 0.45
"""Least share of the shorter text's runs of words that the other text has."""
SHARED_FACTS = 0.45
"""Least share of the shorter text's figures and names that the other text has."""
FEWEST_RUNS = 12
"""A shorter text is too little to tell a copy from a stock phrase."""
FEWEST_FACTS = 4
"""With fewer facts, runs decide alone."""

_WORD = re.compile(r"""(^|[.!?…\n]["”’')\]]*\s+)?["“‘'(\[]*(\w+(?:[.,:/-]\w+)*)""")


@dataclass(frozen=True, slots=True)
class Features:
    """What of a text is compared."""

    runs: frozenset[int]
    facts: frozenset[str]


def features(summary: str | None, body: str) -> Features:
    """Return the features of a text. The lead counts, since outlets disagree on what it is."""
    text = f"{summary}\n\n{body}" if summary else body
    return Features(frozenset(shingles(syllables(text))), frozenset(_facts(text)))


def is_copy(one: Features, other: Features) -> bool:
    """Say whether two texts are copies of one."""
    if min(len(one.runs), len(other.runs)) < FEWEST_RUNS:
        return False
    if shared(one.runs, other.runs) < SHARED_RUNS:
        return False
    fewest = min(len(one.facts), len(other.facts))
    return fewest < FEWEST_FACTS or shared(one.facts, other.facts) >= SHARED_FACTS


def shared(one: frozenset[int] | frozenset[str], other: frozenset[int] | frozenset[str]) -> float:
    """Return the share of the smaller set that the other one has, 0 to 1."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def _facts(text: str) -> set[str]:
    """Return figures, and capitalised words that do not begin a sentence."""
    return {
        word.casefold()
        for start, word in _WORD.findall(text)
        if word[0].isdigit() or (word[0].isupper() and not start)
    }
