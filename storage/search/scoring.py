"""How well an article's text answers a query. Pure."""

from __future__ import annotations

import itertools
import math
import operator
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from storage.search.candidates import Standing
    from storage.search.query import Query, Word

TITLE, SUMMARY, BODY = 4.0, 2.0, 1.0
"""Weights of the fields."""
BY_LEVEL = (0.3, 1.0, 2.0, 5.0, 5.0)
"""What a body is worth by the level of its standing, before it is read."""
OTHER_ACCENTS = 0.35
"""Worth of a word that matches only without the accents it was typed with."""

_SPACES = bytes(
    code if code >= 0x80 or code == 0 or chr(code).isalnum() else 0x20 for code in range(256)
)
_TYPOGRAPHY = "–—…“”‘’«»•·"


@dataclass(frozen=True, slots=True)
class Score:
    """How well one text answers: exact ones come first, then greater values."""

    exact: bool
    """Whether every word typed with accents occurs with them."""
    value: float


@dataclass(frozen=True, slots=True)
class _Needle:
    """One word, or several side by side, in both forms."""

    exact: bytes
    folded: bytes


class Scorer:
    """Scores texts against one query."""

    def __init__(self, query: Query, *, beginnings: bool = False) -> None:
        """Look for ``beginnings`` where the index was not asked for them."""
        words = query.words
        self._words = [_needle((word,)) for word in words]
        self._accented = {at for at, word in enumerate(words) if word.accented}
        self._pairs = [_needle(pair) for pair in pairwise(words)]
        self._pair_accents = [a.accented or b.accented for a, b in pairwise(words)]
        self._whole = _needle(words)
        self._runs = [
            _needle(run) for run in query.runs if len(run) > 1 or (beginnings and run[0].prefix)
        ]
        self._excluded = [(_needle(run), any(w.accented for w in run)) for run in query.excluded]
        every = (*words, *(word for run in query.excluded for word in run))
        self._other_exact = _others(word.exact_spellings for word in every)
        self._other_folded = _others(word.folded_spellings for word in every)
        self._ascii = all(word.folded.isascii() for word in every)
        self._any_accent = any(word.accented for word in every)

    def score(self, title: str, summary: str, body: str) -> Score | None:
        """Return how well the text matches, or None where it does not."""
        fields = self._read(*(text.replace("\0", " ") for text in (title, summary, body)))
        if not self._admits(fields):
            return None
        values, exacts = zip(*(self._field(*field) for field in fields), strict=True)
        value = sum(map(operator.mul, (TITLE, SUMMARY, BODY), values))
        return Score(set[int]().union(*exacts) == self._accented, value)

    def outline(self, heads: Sequence[tuple[str, str, Standing]]) -> list[Score]:
        """Return about what ``score`` would, from title, summary and what the index told."""
        texts = [
            text.replace("\0", " ") for title, summary, _ in heads for text in (title, summary)
        ]
        fields = list(itertools.starmap(self._field, self._read(*texts)))
        scores = []
        for at, (_, _, standing) in enumerate(heads):
            (title, in_title), (summary, in_summary) = fields[2 * at : 2 * at + 2]
            value = BODY * BY_LEVEL[standing.level] + TITLE * title + SUMMARY * summary
            scores.append(Score(standing.exact or in_title | in_summary == self._accented, value))
        return scores

    def _admits(self, fields: list[tuple[bytes, bytes]]) -> bool:
        for run in self._runs:
            if not any(run.folded in folded for _, folded in fields):
                return False
        for run, accented in self._excluded:
            if any((run.exact in e) if accented else (run.folded in f) for e, f in fields):
                return False
        return True

    def _field(self, exact: bytes, folded: bytes) -> tuple[float, set[int]]:
        """Return a field's value and which of the accented words stand in it as typed."""
        counts = [folded.count(word.folded) for word in self._words]
        if not any(counts):
            return 0.0, set()
        typed = {at for at in self._accented if counts[at] and self._words[at].exact in exact}
        worth = [
            (1.0 if at in typed or at not in self._accented else OTHER_ACCENTS) if count else 0.0
            for at, count in enumerate(counts)
        ]
        value = (sum(worth) / len(worth)) ** 2
        if self._pairs:
            value += self._adjacency(exact, folded, counts)
        return value + 0.1 * math.log1p(min(*counts, 8)), typed

    def _adjacency(self, exact: bytes, folded: bytes, counts: list[int]) -> float:
        pairs = [
            _worth(pair, exact, folded, accented=accented) if both else 0.0
            for pair, accented, both in zip(
                self._pairs,
                self._pair_accents,
                itertools.starmap(min, pairwise(counts)),
                strict=True,
            )
        ]
        if not any(pairs):
            return 0.0
        accented = bool(self._accented)
        whole = _worth(self._whole, exact, folded, accented=accented) if all(pairs) else 0.0
        return 1.5 * sum(pairs) / len(pairs) + 2.5 * whole

    def _read(self, *texts: str) -> list[tuple[bytes, bytes]]:
        """All fields at once, as bytes: many small steps would cost more than the comparing."""
        lower = plain_marks("\0".join(texts))
        folded = fold_ascii(lower) if self._ascii else fold(lower).encode("utf-8", "replace")
        folds = _replaced(_spaced(folded), self._other_folded).split(b"\0")
        if not self._any_accent:
            return [(b"", part) for part in folds]
        exact = _replaced(_spaced(lower.encode("utf-8", "replace")), self._other_exact)
        return list(zip(exact.split(b"\0"), folds, strict=True))


def plain_marks(text: str) -> str:
    """Lower case, NFC, typographic marks as spaces."""
    lower = unicodedata.normalize("NFC", text).lower()
    for mark in _TYPOGRAPHY:
        lower = lower.replace(mark, " ")
    return lower


def fold_ascii(lower: str) -> bytes:
    """Fold for comparison with ASCII words only: much faster than ``fold``."""
    return unicodedata.normalize("NFD", lower.replace("đ", "d")).encode("ascii", "ignore")


def _worth(needle: _Needle, exact: bytes, folded: bytes, *, accented: bool) -> float:
    if needle.folded not in folded:
        return 0.0
    return 1.0 if not accented or needle.exact in exact else OTHER_ACCENTS


def _needle(words: tuple[Word, ...]) -> _Needle:
    end = "" if words[-1].prefix else " "
    exact = " ".join(word.exact if word.prefix else min(word.exact_spellings) for word in words)
    folded = " ".join(word.folded if word.prefix else min(word.folded_spellings) for word in words)
    return _Needle(f" {exact}{end}".encode(), f" {folded}{end}".encode())


def _others(spellings: Iterable[tuple[str, ...]]) -> list[tuple[bytes, bytes]]:
    """Each other spelling in a text, and the one that stands for all of them."""
    return [
        (f" {other} ".encode(), f" {min(group)} ".encode())
        for group in dict.fromkeys(spellings)
        for other in group
        if other != min(group)
    ]


def _spaced(text: bytes) -> bytes:
    """Words between single spaces, fields between NULs that have spaces around them."""
    text = b" " + text.translate(_SPACES).replace(b"\0", b" \0 ") + b" "
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text


def _replaced(text: bytes, others: list[tuple[bytes, bytes]]) -> bytes:
    for other, word in others:
        if other in text:
            # Twice: two neighbours share the space between them.
            text = text.replace(other, word).replace(other, word)
    return text
