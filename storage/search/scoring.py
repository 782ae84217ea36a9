"""How well an article's text answers a query. Pure."""

from __future__ import annotations

import functools
import itertools
import math
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from storage.engine.words import joined_words, part_numbers
from storage.spelling import exact_spellings, folded_spellings
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from storage.engine.clauses import Atom
    from storage.search.meaning.reading import Reading

FIELDS = (4.0, 2.0, 1.0)
"""Weights of title, summary and body."""
WHOLE = 6.0
"""Weight of how much of the query stands anywhere in the article."""
PAIRS, PHRASE = 1.5, 2.5
"""Weights of neighbours side by side, and of the whole query as one phrase."""
HOME = 0.5
"""Worth of a province's name in an article of its papers that does not name it."""
SHORTEST_JOINED = 5
"""Letters of a word that may be written with a hyphen in it."""
OTHER_SPELLING = 0.95
"""Worth of what says the same as the words that were typed."""
OTHER_ACCENTS = 0.35
"""Worth of a word that matches only without the accents it was typed with."""

_SPACES = bytes(
    code if code >= 0x80 or code == 0 or chr(code).isalnum() else 0x20 for code in range(256)
)
_TYPOGRAPHY = "–—…“”‘’«»•·"


class Score(NamedTuple):
    """How well one text answers."""

    value: float
    coverage: float
    """Share of the query that stands in the text, 0 to 1; rare words count more."""
    missing: tuple[int, ...]
    """Numbers of the atoms that do not occur."""
    exact: bool
    """Whether all that occurs has the accents it was typed with."""
    linked: float
    """Share of the neighbours that stand side by side in some field."""


class _Needle(NamedTuple):
    """One atom as bytes to look for."""

    folded: bytes
    """Its words, with a space on both sides."""
    exact: bytes
    """The same as typed; empty where they had no accents."""
    others: tuple[tuple[bytes, bytes], ...] = ()
    """What says the same, in both forms; the second empty where accents do not matter."""


class _Wanted(NamedTuple):
    """In which forms a query needs texts."""

    ascii: bool
    """Whether its folded words are ASCII."""
    joined: bool
    """Whether it has words that may be written with a hyphen."""
    numbers: bool
    exact: bool
    """Whether it has words with accents."""


class Scorer:
    """Scores texts against one query."""

    def __init__(self, reading: Reading, weights: Sequence[float] | None = None) -> None:
        """Take the rarity of each atom, in any unit; alike where none is given."""
        atoms = reading.atoms
        total = sum(weights or ()) or 1.0
        self._weights = [w / total for w in weights or ()] or [1 / len(atoms) for _ in atoms]
        self._needles = [_needle(atom) for atom in atoms]
        self._homes = {at: atom.homes for at, atom in enumerate(atoms) if atom.homes}
        self._strict = [at for at, atom in enumerate(atoms) if atom.strict]
        self._excluded = [(_needle(atom), bool(atom.exact)) for atom in reading.excluded]
        self._pairs = [_neighbours(one, other) for one, other in itertools.pairwise(atoms)]
        self._whole = _joined(atoms)
        every = (*atoms, *reading.excluded)
        folded = {word for atom in every for phrase in atom.choices for word in phrase.words}
        self._other_folded = _others(map(folded_spellings, sorted(folded)))
        exact = {word for atom in every for word in atom.exact}
        exact |= {word for atom in every for phrase in atom.choices for word in phrase.exact}
        self._other_exact = _others(map(exact_spellings, sorted(exact)))
        self._any_exact = bool(exact)
        self._forms = _Wanted(
            ascii=all(word.isascii() for word in folded),
            joined=any(_may_be_joined(atom) for atom in atoms),
            numbers=any(word.isdigit() for word in folded),
            exact=bool(exact),
        )

    def score(self, title: str, summary: str, body: str, *, source: str = "") -> Score | None:
        """Return how well the text matches, or None where it must not."""
        fields = self._read(*(text.replace("\0", " ") for text in (title, summary, body)))
        if not self._admits(fields):
            return None
        worths = [self._worths(*field) for field in fields]
        best = [max(column) for column in zip(*worths, strict=True)]
        for at, homes in self._homes.items():
            if source in homes:
                best[at] = max(best[at], HOME)
        coverage = sum(w for w, worth in zip(self._weights, best, strict=True) if worth)
        value = WHOLE * sum(w * b for w, b in zip(self._weights, best, strict=True)) ** 2
        linked = 0.0
        for weight, worth, field in zip(FIELDS, worths, fields, strict=True):
            if any(worth):
                worth_of_field, side_by_side = self._field(worth, *field)
                value += weight * worth_of_field
                linked = max(linked, side_by_side)
        missing = tuple(at for at, worth in enumerate(best) if not worth)
        exact = OTHER_ACCENTS not in best
        return Score(value, coverage, missing, exact, linked)

    def _admits(self, fields: list[tuple[bytes, bytes]]) -> bool:
        for at in self._strict:
            needle = self._needles[at]
            if not any(_stands(needle, exact, folded) for exact, folded in fields):
                return False
        for needle, accented in self._excluded:
            if any(
                (needle.exact in exact) if accented else _stands(needle, exact, folded)
                for exact, folded in fields
            ):
                return False
        return True

    def _worths(self, exact: bytes, folded: bytes) -> list[float]:
        return [_worth(needle, exact, folded) for needle in self._needles]

    def _field(self, worths: list[float], exact: bytes, folded: bytes) -> tuple[float, float]:
        share = sum(w * worth for w, worth in zip(self._weights, worths, strict=True))
        value = share**2
        linked = 0.0
        if self._pairs:
            linked, whole = self._adjacency(worths, exact, folded)
            value += PAIRS * linked + PHRASE * whole
        if all(worths):
            rarest = min(folded.count(needle.folded) for needle in self._needles)
            value += 0.1 * math.log1p(min(8, rarest))
        return value, linked

    def _adjacency(self, worths: list[float], exact: bytes, folded: bytes) -> tuple[float, float]:
        found = total = 0.0
        for at, needle in enumerate(self._pairs):
            weight = self._weights[at] + self._weights[at + 1]
            total += weight
            if worths[at] and worths[at + 1]:
                found += weight * _worth(needle, exact, folded)
        whole = _worth(self._whole, exact, folded) if found else 0.0
        return found / (total or 1.0), whole

    def _read(self, *texts: str) -> list[tuple[bytes, bytes]]:
        """All fields at once, as bytes: many small steps would cost more than the comparing."""
        exact, folded = _forms(texts, self._forms)
        folds = _replaced(folded, self._other_folded).split(b"\0")
        if not self._any_exact:
            return [(b"", part) for part in folds]
        return list(zip(_replaced(exact, self._other_exact).split(b"\0"), folds, strict=True))


@functools.lru_cache(maxsize=128)
def _forms(texts: tuple[str, ...], wanted: _Wanted) -> tuple[bytes, bytes]:
    """Return fields as typed and folded: words between single spaces, NULs between fields.

    Kept for a while, as one search may score a text by several readings of the query.
    """
    if wanted.joined:
        texts = tuple(" ".join((text, *joined_words(text))) for text in texts)
    lower = plain_marks("\0".join(texts))
    if wanted.numbers:
        lower = part_numbers(lower)
    if not wanted.ascii:
        return _spaced(lower.encode("utf-8", "replace")), _spaced(
            fold(lower).encode("utf-8", "replace")
        )
    if not wanted.exact:
        return b"", _spaced(fold_ascii(lower))
    exact = _spaced(lower.encode("utf-8", "replace"))
    return exact, _single(fold_ascii(exact.decode()))


def plain_marks(text: str) -> str:
    """Lower case, NFC, typographic marks as spaces."""
    lower = unicodedata.normalize("NFC", text).lower()
    for mark in _TYPOGRAPHY:
        lower = lower.replace(mark, " ")
    return lower


def fold_ascii(lower: str) -> bytes:
    """Fold for comparison with ASCII words only: much faster than ``fold``."""
    return unicodedata.normalize("NFD", lower.replace("đ", "d")).encode("ascii", "ignore")


def _may_be_joined(atom: Atom) -> bool:
    """Whether a text may have the word with a hyphen: ``playoff``, ``play-off``."""
    words = atom.choices[0].words
    return len(words) == 1 and not atom.exact and len(words[0]) >= SHORTEST_JOINED


def _stands(needle: _Needle, exact: bytes, folded: bytes) -> bool:
    return needle.folded in folded or _stands_otherwise(needle, exact, folded)


def _stands_otherwise(needle: _Needle, exact: bytes, folded: bytes) -> bool:
    return any(other in folded and accented in exact for other, accented in needle.others)


def _worth(needle: _Needle, exact: bytes, folded: bytes) -> float:
    here = needle.folded in folded
    if here and (not needle.exact or needle.exact in exact):
        return 1.0
    if needle.others and _stands_otherwise(needle, exact, folded):
        return OTHER_SPELLING
    return OTHER_ACCENTS if here else 0.0


def _needle(atom: Atom) -> _Needle:
    end = b"" if atom.choices[0].prefix else b" "
    folded, *others = (f" {' '.join(phrase.words)}".encode() + end for phrase in atom.choices)
    accents = (_spelt(phrase.exact) for phrase in atom.choices[1:])
    return _Needle(folded, _spelt(atom.exact), tuple(zip(others, accents, strict=True)))


def _spelt(words: tuple[str, ...]) -> bytes:
    return f" {' '.join(words)} ".encode() if words else b""


def _neighbours(one: Atom, other: Atom) -> _Needle:
    """The last word of an atom and the first of the next one."""
    end = b"" if other.choices[0].prefix and len(other.choices[0].words) == 1 else b" "
    folded, *others = (
        f" {left.words[-1]} {right.words[0]}".encode() + end
        for left, right in itertools.islice(itertools.product(one.choices, other.choices), 16)
    )
    exact = b""
    if one.exact or other.exact:
        left = (one.exact or one.choices[0].words)[-1]
        right = (other.exact or other.choices[0].words)[0]
        exact = f" {left} {right} ".encode()
    # Both stand in the text with their accents: see where they were looked for.
    return _Needle(folded, exact, tuple((other, b"") for other in others))


def _joined(atoms: Sequence[Atom]) -> _Needle:
    words = " ".join(" ".join(atom.choices[0].words) for atom in atoms)
    end = "" if atoms[-1].choices[0].prefix else " "
    exact = " ".join(" ".join(atom.exact or atom.choices[0].words) for atom in atoms)
    accented = any(atom.exact for atom in atoms)
    return _Needle(f" {words}{end}".encode(), f" {exact}{end}".encode() if accented else b"")


def _others(spellings: Iterable[tuple[str, ...]]) -> list[tuple[bytes, bytes]]:
    """Each other spelling in a text, and the one that stands for all of them."""
    return [
        (f" {other} ".encode(), f" {min(group)} ".encode())
        for group in dict.fromkeys(spellings)
        for other in group
        if other != min(group)
    ]


def _spaced(text: bytes) -> bytes:
    return _single(b" " + text.translate(_SPACES).replace(b"\0", b" \0 ") + b" ")


def _single(text: bytes) -> bytes:
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text


def _replaced(text: bytes, others: list[tuple[bytes, bytes]]) -> bytes:
    for other, word in others:
        if other in text:
            # Twice: two neighbours share the space between them.
            text = text.replace(other, word).replace(other, word)
    return text
