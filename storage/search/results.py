"""What a search answers: hits, how many there are, where they lie, and what was done to find them.

All of it is data: commands and pages make the sentences.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class NoteKind(StrEnum):
    """What a reader must know about an answer."""

    DROPPED = "dropped"
    """``words`` were left out: no article has them beside the others."""
    EMPTY_WORDS = "empty-words"
    """``words`` only ask a question, and were left out."""
    CORRECTED = "corrected"
    """Nothing has the ``words``; ``instead`` was looked for."""
    SOME = "some"
    """No article has all words: these have most of them, or some rare ones."""
    BEHIND = "behind"
    """``count`` articles have changed since the index was brought up to date, and are left out."""
    PLAIN = "plain"
    """The index is not there (``words`` say why): plain SQL answered, slower and less well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One thing that was done to a query."""

    kind: NoteKind
    words: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """How many articles match, copies included."""

    count: int
    exact: bool
    """False: at least so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many of the matches have one value."""

    name: str
    """A province, a source's id, a month as ``YYYY-MM``, ...; empty where there is none."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """The matches by what they have, the most first; exact or at least as the total is."""

    province: tuple[Count, ...] = ()
    source: tuple[Count, ...] = ()
    kind: tuple[Count, ...] = ()
    section: tuple[Count, ...] = ()
    place: tuple[Count, ...] = ()
    """Codes of the units that articles name."""
    month: tuple[Count, ...] = ()
    """The timeline: the earliest first; articles without a date have an empty name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One search result."""

    id: int
    title: str
    snippet: str
    """Original text around the hit, hits marked with ``[`` and ``]``."""
    url: str
    source: str
    province: str
    published_on: str | None
    authors: list[str] = field(default_factory=list)
    section: str | None = None
    score: float
    copies: int
    """How many other copies the cluster holds."""
    document: str | None = None
    """Name of the attached document that the snippet is from; None: it is from the article."""


class Hits(list[Hit]):
    """What a search found, the best first."""

    total: Total = Total(count=0, exact=True)
    facets: Facets | None = None
    """None where they were not asked for."""
    notes: tuple[Note, ...] = ()
