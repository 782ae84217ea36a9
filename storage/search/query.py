"""What a user typed, as words and phrases. Any string is either understood or a QueryError."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from storage.engine.words import split_words
from storage.errors import QueryError
from storage.spelling import exact_spellings, folded_spellings
from storage.text import fold, normalize

if TYPE_CHECKING:
    from collections.abc import Iterator


MOST_CHARACTERS = 1_000
MOST_WORDS = 64

_PART = re.compile(r'(?:(?<=\s)|^)(-?)(?:"([^"]*)"|([^\s"]+))|"([^"]*)"|([^\s"]+)')
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s/]+/(?:[^\s?#]*/)?([^\s/?#]+?)/?(?:\.\w+)?(?:[?#]\S*)?"
)
"""The address of a page: its last part is what its title was."""
_LOOSE = re.compile(r"[^\w\-–/.,&@'’*]+")


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


@dataclass(frozen=True, slots=True)
class Run:
    """Words that stand side by side: a lone word, a number such as ``58-CT/TU``, a phrase."""

    words: tuple[Word, ...]
    quoted: bool = False
    raw: str = ""
    """What was typed, in lower case."""

    def __iter__(self) -> Iterator[Word]:
        return iter(self.words)

    def __len__(self) -> int:
        return len(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A parsed query: what should occur, and what must not."""

    runs: tuple[Run, ...]
    excluded: tuple[Run, ...] = ()
    asks: bool
    """Whether it ends as questions do."""

    @property
    def words(self) -> tuple[Word, ...]:
        """All words that should occur, in order."""
        return tuple(word for run in self.runs for word in run)


def parse_query(text: str) -> Query:
    """Understand a query: words, ``"phrases"``, ``-exclusions``, ``prefix*``, ``58-CT/TU``.

    Anything else, operators of SQLite included, is punctuation or a word. Raise QueryError
    when there is nothing to look for, or too much.
    """
    if len(text) > MOST_CHARACTERS:
        raise QueryError(f"the query has {len(text)} characters; at most {MOST_CHARACTERS} work")
    runs: list[Run] = []
    excluded: list[Run] = []
    clean = normalize(text)
    for part in _PART.finditer(clean):
        minus, *choices = part.groups()
        phrase = choices[0] if choices[0] is not None else choices[2]
        loose = _without_address(choices[1] or choices[3] or "")
        pieces = [phrase] if phrase is not None else _LOOSE.split(loose)
        found = [run for piece in pieces if (run := _read_run(piece, phrase is not None)).words]
        (excluded if minus else runs).extend(found)
    asks = clean.rstrip().endswith("?")
    return _checked(Query(runs=tuple(runs), excluded=tuple(excluded), asks=asks))


def _without_address(text: str) -> str:
    """Return the words of an address that was pasted: its title's, without accents."""
    found = _ADDRESS.fullmatch(text)
    return re.sub("[-_+.]", " ", found[1]) if found else text


def _read_run(text: str, quoted: bool) -> Run:
    text = text.lower()
    words = [Word(word) for word in split_words(text)]
    if words and text.endswith("*"):
        words[-1] = Word(words[-1].exact, prefix=True)
    return Run(tuple(words), quoted, text)


def one_word(word: str) -> Run:
    """Return a lone word as it is when typed."""
    return Run((Word(word),), raw=word)


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
