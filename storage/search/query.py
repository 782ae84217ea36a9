"""What a user typed, as words and phrases. Any string is either understood or a QueryError."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from storage.errors import QueryError
from storage.spelling import exact_spellings, folded_spellings, index_terms, read_telex
from storage.text import fold, normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


MOST_CHARACTERS = 1_000
MOST_WORDS = 32

_PART = re.compile(r'(?:(?<=\s)|^)(-?)(?:"([^"]*)"|([^\s"]+))|"([^"]*)"|([^\s"]+)')
_LOOSE = re.compile(r"[^\w\-–/.,&@'’*]+")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Word:
    """One word of a query."""

    exact: str
    """Lower case, NFC, as typed."""
    prefix: bool = False
    """Whether longer words that start so match too (``khuyến*``)."""

    @cached_property
    def folded(self) -> str:
        """The word without accents."""
        return fold(self.exact)

    @cached_property
    def accented(self) -> bool:
        """Whether it was typed with accents, which are then preferred."""
        return self.folded != self.exact

    @cached_property
    def exact_spellings(self) -> tuple[str, ...]:
        """With accents as typed: the word and its other spellings."""
        return exact_spellings(self.exact)

    @cached_property
    def folded_spellings(self) -> tuple[str, ...]:
        """Without accents: the word and its other spellings."""
        return folded_spellings(self.folded)

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """The forms in which the index without accents holds it."""
        return index_terms(self.folded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A parsed query: every run must match, no exclusion may."""

    runs: tuple[tuple[Word, ...], ...]
    """Words that must stand side by side (a phrase, a document number); a lone word is a run."""
    excluded: tuple[tuple[Word, ...], ...] = ()

    @property
    def words(self) -> tuple[Word, ...]:
        """All words that must occur, in order."""
        return tuple(word for run in self.runs for word in run)

    @property
    def has_prefix(self) -> bool:
        """Whether a word that must occur is a beginning."""
        return any(word.prefix for word in self.words)

    @property
    def telex(self) -> Query | None:
        """The query as it was meant if it was typed without an input method; None if not."""
        runs = tuple(tuple(map(_meant, run)) for run in self.runs)
        return None if runs == self.runs else replace(self, runs=runs)

    @property
    def certain(self) -> Query | None:
        """The query without beginnings; None where it has none or nothing else."""
        runs = (tuple(word for word in run if not word.prefix) for run in self.runs)
        excluded = tuple(run for run in self.excluded if not run[-1].prefix)
        certain = replace(self, runs=tuple(run for run in runs if run), excluded=excluded)
        return None if certain == self or not certain.runs else certain


def parse_query(text: str) -> Query:
    """Understand a query: words, ``"phrases"``, ``-exclusions``, ``prefix*``, ``58-CT/TU``.

    Anything else, operators of SQLite included, is punctuation or a word. Raise QueryError
    when there is nothing to look for, or too much.
    """
    if len(text) > MOST_CHARACTERS:
        raise QueryError(f"the query has {len(text)} characters; at most {MOST_CHARACTERS} work")
    runs: list[tuple[Word, ...]] = []
    excluded: list[tuple[Word, ...]] = []
    for part in _PART.finditer(normalize(text)):
        minus, *choices = part.groups()
        phrase = choices[0] if choices[0] is not None else choices[2]
        loose = choices[1] or choices[3] or ""
        pieces = [phrase] if phrase is not None else _LOOSE.split(loose)
        found = [run for piece in pieces if (run := _read_run(piece))]
        (excluded if minus else runs).extend(found)
    return _checked(Query(runs=tuple(runs), excluded=tuple(excluded)))


def _meant(word: Word) -> Word:
    return Word(read_telex(word.exact) or word.exact, prefix=word.prefix)


def _read_run(text: str) -> tuple[Word, ...]:
    text = text.lower()
    words = [Word(found[0], prefix=False) for found in _WORD.finditer(text)]
    if words and text.endswith("*"):
        words[-1] = Word(words[-1].exact, prefix=True)
    return tuple(words)


def _checked(query: Query) -> Query:
    count = len(query.words) + sum(len(run) for run in query.excluded)
    if count > MOST_WORDS:
        raise QueryError(f"the query has {count} words; at most {MOST_WORDS} work")
    if not query.runs:
        what = "only says what to leave out" if query.excluded else "holds no word to look for"
        raise QueryError(f"the query {what}")
    if any(word.prefix and len(word.exact) < 2 for word in query.words):
        raise QueryError("a beginning such as khuyến* needs at least two letters")
    return query


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
