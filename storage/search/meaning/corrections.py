"""Words as they were meant: one letter wrong, missing, too many or swapped; joined; cut apart."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple, Protocol

from storage.engine.clauses import Atom, Phrase
from storage.engine.words import folded_words
from storage.search.query import one_word
from storage.spelling import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from storage.search.meaning.reading import Reading
    from storage.search.query import Run

SHORTEST_JOINED, LONGEST_JOINED = 4, 40
"""Letters of joined words that are taken apart."""
LONGEST_PART = 8
MOST_JOINED = 4
"""Joined words of a query that are taken apart: a long one takes some milliseconds."""
SHORTEST, LONGEST = 2, 24
"""Letters of words that are corrected."""
LONG = 4
"""Letters of a word that is corrected into one that stands beside none of its neighbours. It is no
syllable of Vietnamese: of two that are, nearness alone does not say that one was meant."""
Changes = dict[int, list[tuple[str, list[tuple[str, str]]]]]
"""Number of an atom -> words that may have been meant, and the neighbours these would have."""


class Terms(Protocol):
    """What is asked about the words of the archive."""

    def frequency(self, word: str) -> int:
        """Return in about how many articles a folded word stands."""

    def pair_frequency(self, one: str, other: str) -> int:
        """Return in how many articles two folded words stand side by side."""


def near_words(terms: Terms, word: str) -> list[str]:
    """Return words of the archive at edit distance 1, swapped letters counted as one."""
    if not SHORTEST <= len(word) <= LONGEST or not word.isascii() or not word.isalpha():
        return []
    edits = set(_edits(word)) - {word}
    if is_syllable(word):  # then another one was meant: a fifth of the words to ask for
        edits = set(filter(is_syllable, edits))
    found = {near: terms.frequency(near) for near in edits}
    known = [near for near, count in found.items() if count]
    return sorted(known, key=lambda near: (-found[near], near))


def part_joined(terms: Terms, runs: Sequence[Run]) -> list[tuple[Run, ...]]:
    """Return what each run of a query is made of: itself, or the words that were joined in it."""
    found: list[tuple[Run, ...]] = []
    for run in runs:
        is_enough = sum(len(parts) > 1 for parts in found) == MOST_JOINED
        found.append((run,) if is_enough else _parts(terms, run))
    return found


def _parts(terms: Terms, run: Run) -> tuple[Run, ...]:
    word = run.words[0].folded
    if len(run) > 1 or run.quoted or run.words[0].prefix or terms.frequency(word):
        return (run,)
    return tuple(one_word(part) for part in take_apart(terms, word)) or (run,)


class _Parts(NamedTuple):
    """A beginning of a joined word as words: the smaller, the likelier."""

    parts: int
    strange: int
    """Neighbours that no article has side by side."""
    rare: int
    """The rarest of the others: minus in how many articles they stand."""
    words: tuple[str, ...]


def take_apart(terms: Terms, word: str) -> tuple[str, ...]:
    """Return the words that a joined one (``#quythonglaivung``) was made of; empty if none.

    Two syllables may stand side by side in no article, as a word between them was left out
    (``#chocairang`` of ``chợ nổi Cái Răng``): but not most of the neighbours.
    """
    if not SHORTEST_JOINED <= len(word) <= LONGEST_JOINED or not (
        word.isascii() and word.isalpha()
    ):
        return ()
    ways: list[dict[str, _Parts]] = [{"": _Parts(0, 0, 0, ())}]
    for end in range(1, len(word) + 1):
        starts = range(max(0, end - LONGEST_PART), end)
        parts = ((start, word[start:end]) for start in starts)
        known = ((start, part) for start, part in parts if terms.frequency(part))
        found = {
            part: min(more)
            for start, part in known
            if (more := [*_with_part(terms, ways[start].values(), part)])
        }
        ways.append(found)
    whole = (way for way in ways[-1].values() if way.parts > max(1, 2 * way.strange))
    return min(whole, default=_Parts(0, 0, 0, ())).words


def _with_part(terms: Terms, ways: Iterable[_Parts], part: str) -> Iterator[_Parts]:
    """Beginnings of a joined word with one more word."""
    for parts, strange, rare, words in ways:
        common = terms.pair_frequency(words[-1], part) if words else 0
        if words and not common and not (is_syllable(words[-1]) and is_syllable(part)):
            continue
        rarest = max(rare or -common, -common) if common else rare
        yield _Parts(parts + 1, strange + bool(words and not common), rarest, (*words, part))


def _edits(word: str) -> Iterator[str]:
    import string  # few searches have a typing error

    letters = string.ascii_lowercase
    for at in range(len(word) + 1):
        head, rest = word[:at], word[at:]
        yield from (head + letter + rest for letter in letters)
        if rest:
            yield head + rest[1:]
            yield from (head + letter + rest[1:] for letter in letters)
        if len(rest) > 1:
            yield head + rest[1] + rest[0] + rest[2:]


def with_neighbours(atoms: Sequence[Atom], at: int, word: str) -> list[tuple[str, str]]:
    """Return pairs of words that stand side by side where ``word`` stands for an atom."""
    pairs = []
    if at > 0:
        pairs.append((atoms[at - 1].choices[0].words[-1], word))
    if at + 1 < len(atoms):
        pairs.append((word, atoms[at + 1].choices[0].words[0]))
    return pairs


def as_in(reading: Reading, changes: Changes, text: Sequence[str]) -> tuple[Reading, list[int]]:
    """Return the query in the words of a text, and which of its atoms that changed.

    A word is changed into one that stands beside its neighbour in the text, or, where the text
    has nothing of its own for it, stands there at all.
    """
    fields = [folded_words(part) for part in text]
    present = {word for field in fields for word in field}
    pairs = {pair for field in fields for pair in itertools.pairwise(field)}
    changed: list[int] = []
    for at, choices in changes.items():
        typed = reading.atoms[at].choices[0].words[0]
        if not pairs.isdisjoint(with_neighbours(reading.atoms, at, typed)):
            continue
        may_stand_alone = typed not in present and is_no_word(typed)
        for word, neighbours in choices:
            alone = may_stand_alone and word in present
            if alone or not pairs.isdisjoint(neighbours):
                reading = reading.replaced(at, Atom(choices=(Phrase((word,)),)))
                changed.append(at)
                break
    return reading, changed


def is_no_word(folded: str) -> bool:
    """Whether a word may be corrected though it stands beside none of its neighbours."""
    return len(folded) >= LONG and not is_syllable(folded)
