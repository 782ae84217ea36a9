"""Words as they were meant: one letter wrong, missing, too many or swapped; joined; cut apart."""

from __future__ import annotations

import itertools
import string
from typing import TYPE_CHECKING, Protocol

from storage.engine.clauses import Atom, Phrase
from storage.engine.words import folded_words
from storage.spelling import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from storage.search.meaning.reading import Reading

MOST_PARTS = 7
"""Words that a joined one is taken apart into."""
LONGEST_PART = 8
SHORTEST, LONGEST = 2, 24
"""Letters of words that are corrected."""
LONG = 4
"""Letters of a word that is corrected into one that stands beside none of its neighbours. It is no
syllable of Vietnamese: of two that are, nearness alone does not say that one was meant."""
Changes = dict[int, list[tuple[tuple[str, ...], list[tuple[str, str]]]]]
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
    found = {near: terms.frequency(near) for near in set(_edits(word)) - {word}}
    known = [near for near, count in found.items() if count]
    return sorted(known, key=lambda near: (-found[near], near))


def take_apart(terms: Terms, word: str) -> tuple[str, ...]:
    """Return the words that a joined one (``#quythonglaivung``) was made of; empty if none."""
    if not 4 <= len(word) <= 40 or not word.isascii() or not word.isalpha():
        return ()
    best: tuple[int, tuple[str, ...]] = (0, ())
    for parts in itertools.islice(_splits(terms, word, MOST_PARTS), 400):
        common = min(terms.pair_frequency(a, b) for a, b in itertools.pairwise(parts))
        if common and (not best[1] or (len(parts), -common) < (len(best[1]), -best[0])):
            best = (common, parts)
    return best[1]


def _splits(terms: Terms, word: str, most: int) -> Iterator[tuple[str, ...]]:
    """Ways to part a word into two and more words that the archive has."""
    for at in range(min(len(word) - 1, LONGEST_PART), 0, -1):
        head, rest = word[:at], word[at:]
        if not terms.frequency(head):
            continue
        short = len(rest) <= LONGEST_PART
        if short and terms.frequency(rest) and terms.pair_frequency(head, rest):
            yield (head, rest)
        if most > 2:
            for tail in _splits(terms, rest, most - 1):
                if terms.pair_frequency(head, tail[0]):
                    yield (head, *tail)


def _edits(word: str) -> Iterator[str]:
    letters = string.ascii_lowercase
    for at in range(len(word) + 1):
        head, rest = word[:at], word[at:]
        yield from (head + letter + rest for letter in letters)
        if rest:
            yield head + rest[1:]
            yield from (head + letter + rest[1:] for letter in letters)
        if len(rest) > 1:
            yield head + rest[1] + rest[0] + rest[2:]


def with_neighbours(
    atoms: Sequence[Atom], at: int, words: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Return pairs of words that stand side by side where ``words`` stand for an atom."""
    pairs = list(itertools.pairwise(words))
    if at > 0:
        pairs.append((atoms[at - 1].choices[0].words[-1], words[0]))
    if at + 1 < len(atoms):
        pairs.append((words[-1], atoms[at + 1].choices[0].words[0]))
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
        typed = reading.atoms[at].choices[0].words
        if not pairs.isdisjoint(with_neighbours(reading.atoms, at, typed)):
            continue
        may_stand_alone = typed[0] not in present and is_no_word(typed[0])
        for words, neighbours in choices:
            if len(words) > 1:
                meant = pairs.issuperset(itertools.pairwise(words))
            else:
                meant = not pairs.isdisjoint(neighbours) or (
                    may_stand_alone and words[0] in present
                )
            if meant:
                reading = reading.replaced(at, Atom(choices=(Phrase(words),)))
                changed.append(at)
                break
    return reading, changed


def is_no_word(folded: str) -> bool:
    """Whether a word may be corrected though it stands beside none of its neighbours."""
    return len(folded) >= LONG and not is_syllable(folded)
