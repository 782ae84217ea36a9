"""What is asked of the index or of plain SQL: words that must occur, and in which order."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


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


class Request(NamedTuple):
    """One question."""

    atoms: tuple[Atom, ...] = ()
    excluded: tuple[Atom, ...] = ()
    narrowing: Narrowing = Narrowing()
    pairs: tuple[tuple[str, str], ...] = ()
    """Neighbours, one of which must occur: instead of all else that is asked by words."""
    least: int | None = None
    """How many of the atoms must occur besides the strict ones; None means all."""


class Found(NamedTuple):
    """An article that answers, and how rare what it has is."""

    id: int
    score: float
