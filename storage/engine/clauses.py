"""What is asked of the index or of plain SQL: words that must occur, and in which order."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import NamedTuple, Protocol


class Order(StrEnum):
    """In which order ids come."""

    RELEVANCE = "relevance"
    DATE = "date"


class Phrase(NamedTuple):
    """Folded words side by side; a lone word is one, too."""

    words: tuple[str, ...]
    prefix: bool = False
    """Whether longer words that begin like the last one count, too."""
    exact: tuple[str, ...] = ()
    """Its words with their accents, where it counts with these alone: it was not typed, but says
    the same as what was (``hồ bơi``, and not ``họ bơi``, for ``bể bơi``)."""


class Atom(NamedTuple):
    """One thing that an article should have: one of several spellings of the same."""

    choices: tuple[Phrase, ...]
    exact: tuple[str, ...] = ()
    """The words as typed, where they were typed with accents: preferred, or forbidden."""
    homes: tuple[str, ...] = ()
    """Sources whose every article has it: papers of a province, where it is the province's name."""
    strict: bool = False
    """Whether it must stand as typed (a quoted phrase): never left out, never corrected."""


class Narrowing(NamedTuple):
    """Which articles may answer at all."""

    sources: tuple[str, ...] | None = None
    """Source ids; None means all."""
    kind: str | None = None
    sections: tuple[str, ...] = ()
    """Names as ``name_form`` writes them, one of which each article has."""
    authors: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    place: str | None = None
    """Code of a unit that the article answers for."""


class Collection(Protocol):
    """Articles among which a word is rare, or is not."""

    @property
    def size(self) -> int:
        """How many articles there are."""

    def document_frequency(self, field: str, term: str) -> int:
        """Return how many of them have a term in a field of the index."""


def rarity(count: int, size: int) -> float:
    """Return what a term is worth that ``count`` of ``size`` articles have, as BM25 weighs it.

    Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
    """
    # An index counts for a while what was deleted from it.
    return math.log(1 + (max(0, size - count) + 0.5) / (count + 0.5))


class Request(NamedTuple):
    """One question."""

    atoms: tuple[Atom, ...] = ()
    excluded: tuple[Atom, ...] = ()
    narrowing: Narrowing = Narrowing()
    pairs: tuple[tuple[str, str], ...] = ()
    """Neighbours, one of which must occur: instead of all else that is asked by words."""
    least: int | None = None
    """How many of the atoms must occur besides the strict ones; None means all."""
    among: Collection | None = None
    """Where the archive is one of several, the articles of all: words are as rare as in these."""


class Found(NamedTuple):
    """An article that answers, and how rare what it has is."""

    id: int
    score: float
    plain: bool = False
    """Whether plain SQL found it, whose scores are no index's."""
