"""What FTS5 must match for words of a query: every word quoted, in all its spellings. Pure."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from storage.query import Word

MOST_COMBINATIONS = 16


def all_of(words: Sequence[Word]) -> str:
    return " AND ".join(any_of(word.terms, word.prefix) for word in words)


def phrase(words: Sequence[Word]) -> str:
    return any_of(_combined(words, " "), words[-1].prefix)


def adjacent(words: Sequence[Word]) -> str:
    """Every two neighbours are side by side somewhere; a lone word is itself."""
    pairs = itertools.pairwise(words)
    return " AND ".join(any_of(_combined(pair, "_"), pair[1].prefix) for pair in pairs)


def _combined(words: Sequence[Word], joint: str) -> tuple[str, ...]:
    choices = itertools.product(*(word.terms for word in words))
    return tuple(joint.join(choice) for choice in itertools.islice(choices, MOST_COMBINATIONS))


def any_of(terms: Iterable[str], prefix: bool = False) -> str:
    star = " *" if prefix else ""
    return "(" + " OR ".join(quoted(term) + star for term in terms) + ")"


def quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'
