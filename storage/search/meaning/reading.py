"""What a query means: its words as atoms, each with the spellings that stand for the same. Pure."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from storage.engine.clauses import Atom, Phrase
from storage.engine.words import exact_form, folded_form, folded_words, split_words
from storage.search.meaning.numerals import read_date, read_number, short_date
from storage.spelling import read_telex, read_vni
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from storage.search.query import Query, Run, Word

_Known = TypeVar("_Known")
_WORDS = Path(__file__).with_name("words")
MOST_IN_NAME = 5
"""Words of the longest name of a province: ``Bà Rịa - Vũng Tàu`` has four."""
_LONGEST = 8
"""Words of the longest phrase in the lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A query as it is asked."""

    atoms: tuple[Atom, ...]
    words: tuple[str, ...]
    """What of the query each atom was, as it was typed."""
    excluded: tuple[Atom, ...]
    empty: frozenset[int] = frozenset()
    """Atoms that only ask, or say nothing: left out where nothing has all."""

    def only(self, kept: Iterable[int]) -> Reading:
        """Return the reading with some of its atoms."""
        numbers = list(kept)
        return replace(
            self,
            atoms=tuple(self.atoms[at] for at in numbers),
            words=tuple(self.words[at] for at in numbers),
            empty=frozenset(new for new, at in enumerate(numbers) if at in self.empty),
        )

    def without(self, unknown: Collection[int], known: Callable[[str], int]) -> Reading:
        """Return the reading without some of its atoms; of these, words that are known stay."""
        atoms: list[Atom] = []
        words: list[str] = []
        empty: set[int] = set()
        for at, atom in enumerate(self.atoms):
            parts = atom.choices[0].words if at in unknown else ()
            left = [word for word in parts if known(word)]
            if at in self.empty and not parts:
                empty.add(len(atoms))
            atoms += [Atom(choices=(Phrase((word,)),)) for word in left] if parts else [atom]
            words += left if parts else [self.words[at]]
        return replace(self, atoms=tuple(atoms), words=tuple(words), empty=frozenset(empty))

    def with_accents(self, known: Callable[[str], int]) -> Reading:
        """Return the reading without accents that no article has: ``đak lak``, ``lể hội``."""
        return replace(self, atoms=tuple(_with_accents(atom, known) for atom in self.atoms))

    def replaced(self, at: int, atom: Atom) -> Reading:
        """Return the reading with another atom in one place."""
        return replace(self, atoms=(*self.atoms[:at], atom, *self.atoms[at + 1 :]))

    def other_words(self, known: Iterable[Word]) -> list[Word]:
        """Return words that are looked for and are none of the known: other spellings."""
        from storage.search.query import Word

        seen = {folded_form(word.folded) for word in known}
        phrases = (phrase for atom in self.atoms for phrase in atom.choices)
        words = (w for phrase in phrases for w in phrase.exact or phrase.words)
        return [Word(word) for word in dict.fromkeys(words) if folded_form(fold(word)) not in seen]


def read_query(query: Query) -> Reading:
    """Return what a query asks for."""
    atoms: list[Atom] = []
    words: list[str] = []
    accented = any(word.accented for word in query.words)
    for part in _parts(query.runs):
        atoms.append(_atom(part))
        words.append(" ".join(word.exact for run in part for word in run))
    excluded = tuple(_unwanted(run) for run in query.excluded)
    reading = Reading(atoms=tuple(atoms), words=tuple(words), excluded=excluded)
    return replace(reading, empty=_empty(reading, accented=accented))


def read_keys(query: Query) -> Query | None:
    """Return the query as keys of Telex or VNI spell it; None where they spell nothing."""
    runs = tuple(_typed(run) for run in query.runs)
    return None if runs == query.runs else replace(query, runs=runs)


def name_provinces(
    reading: Reading, homes: Callable[[tuple[str, ...]], tuple[str, ...]]
) -> Reading:
    """Return the reading with each name of a province as one atom.

    ``homes`` returns the sources of the province that folded words name; empty for other words.
    """
    atoms: list[Atom] = []
    texts: list[str] = []
    at = 0
    while at < len(reading.atoms):
        length, found = _province(reading.atoms[at : at + MOST_IN_NAME], homes)
        group = reading.atoms[at : at + length]
        atoms.append(_as_name(group, found) if found else group[0])
        texts.append(" ".join(reading.words[at : at + length]))
        at += length
    return replace(reading, atoms=tuple(atoms), words=tuple(texts), empty=frozenset())


def atoms_of_provinces(
    reading: Reading, names: Callable[[tuple[str, ...]], tuple[_Known, ...]]
) -> frozenset[int]:
    """Return the numbers of the atoms that make up names of provinces, typed right."""
    found: set[int] = set()
    for at in range(len(reading.atoms)):
        length, known = _province(reading.atoms[at : at + MOST_IN_NAME], names)
        if known:
            found.update(range(at, at + length))
    return frozenset(found)


def _province(
    atoms: Sequence[Atom], homes: Callable[[tuple[str, ...]], tuple[_Known, ...]]
) -> tuple[int, tuple[_Known, ...]]:
    for length in range(len(atoms), 1, -1):
        group = atoms[:length]
        if any(atom.strict or atom.choices[0].prefix for atom in group):
            continue
        words = tuple(word for atom in group for word in atom.choices[0].words)
        if found := homes(words):
            return length, found
    return 1, ()


def _as_name(atoms: Sequence[Atom], homes: tuple[str, ...]) -> Atom:
    words = tuple(word for atom in atoms for word in atom.choices[0].words)
    accented = any(atom.exact for atom in atoms)
    exact = tuple(word for atom in atoms for word in atom.exact or atom.choices[0].words)
    return Atom(choices=(Phrase(words),), exact=exact if accented else (), homes=homes)


def _typed(run: Run) -> Run:
    from storage.search.query import Run, Word

    if run.quoted:
        return run
    if (meant := read_vni(run.raw)) or (meant := read_telex(run.raw)):
        return Run((Word(meant),), raw=meant)
    words = tuple(Word(read_telex(w.exact) or w.exact, prefix=w.prefix) for w in run)
    return run if words == run.words else Run(words, raw=run.raw)


def _parts(runs: Sequence[Run]) -> Iterator[tuple[Run, ...]]:
    """Runs that are one thing together: a date, a number, a name that has a short form."""
    at = 0
    while at < len(runs):
        length = _length(runs[at : at + _LONGEST])
        yield tuple(runs[at : at + length])
        at += length


def _length(runs: Sequence[Run]) -> int:
    if runs[0].quoted:
        return 1
    loose = itertools.takewhile(lambda run: not run.quoted, runs)
    folded = [[folded_form(fold(w.exact)) for w in run] for run in loose]
    for length in range(len(folded), 1, -1):
        words = [word for run in folded[:length] for word in run]
        known = tuple(words) in short_forms() or tuple(words) in synonyms()
        if known and _is_typed_so(runs[:length], tuple(words)):
            return length
    flat = [word for run in folded for word in run]
    for found in (read_date(flat), read_number(flat)):
        if found and (length := _runs_of(folded, found.length)) > 1:
            return length
    return 1


def _runs_of(runs: Sequence[Sequence[str]], words: int) -> int:
    """How many whole runs so many words are; 0 where they end inside one."""
    for length in range(1, len(runs) + 1):
        words -= len(runs[length - 1])
        if words <= 0:
            return length if words == 0 else 0
    return 0


def _is_typed_so(runs: Sequence[Run], words: tuple[str, ...]) -> bool:
    """Whether accents, where any were typed, are those of the long form."""
    typed = [word for run in runs for word in run]
    known = _accents(_phrases()[words])
    return all(
        not word.accented or exact_form(word.exact) == exact
        for word, exact in zip(typed, known, strict=True)
    )


def _atom(runs: Sequence[Run]) -> Atom:
    words = [word for run in runs for word in run]
    folded = tuple(folded_form(word.folded) for word in words)
    exact = tuple(exact_form(word.exact) for word in words) if _has_accents(words) else ()
    first = Phrase(folded, prefix=words[-1].prefix)
    if runs[0].quoted:
        return Atom(choices=(first,), exact=exact, strict=True)
    if first.prefix:
        return Atom(choices=(first,), exact=())
    same = dict.fromkeys(choice for choice in _same(runs, folded) if choice != folded)
    others = (Phrase(choice, exact=_accents_of(choice)) for choice in same)
    return Atom(choices=(first, *others), exact=exact)


def _same(runs: Sequence[Run], folded: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """What else says the same as these words."""
    yield from synonyms().get(folded, ())
    yield from short_forms().get(folded, ())
    yield from long_forms().get(folded, ())
    if len(runs) == 1 and len(folded) > 1:
        yield from short_date(folded)
        if all(word.isalpha() for word in folded):
            yield ("".join(folded),)
        elif folded[1].isdigit():  # QL62, TT29/2024
            yield from ((*long, *folded[1:]) for long in long_forms().get(folded[:1], ()))
    for found in (read_date(list(folded)), read_number(list(folded))):
        if found and found.length == len(folded):
            yield from found.others


def _with_accents(atom: Atom, known: Callable[[str], int]) -> Atom:
    if atom.strict or all(word.isascii() or known(word) for word in atom.exact):
        return atom
    both = zip(atom.exact, atom.choices[0].words, strict=True)
    exact = tuple(word if known(word) else folded for word, folded in both)
    return atom._replace(exact=() if all(map(str.isascii, exact)) else exact)


def _accents_of(folded: tuple[str, ...]) -> tuple[str, ...]:
    """Return the accents that a phrase of the lists has; empty where it has none."""
    exact = _accents(_phrases().get(folded, ""))
    return exact if exact != folded else ()


def _accents(phrase: str) -> tuple[str, ...]:
    return tuple(map(exact_form, split_words(phrase)))


def _unwanted(run: Run) -> Atom:
    atom = _atom((run,))
    return atom._replace(choices=atom.choices[:1], strict=True)


def _has_accents(words: Sequence[Word]) -> bool:
    return any(word.accented for word in words)


def _empty(reading: Reading, *, accented: bool) -> frozenset[int]:
    """Atoms that ask or say nothing; none where nothing else would be left."""
    found: set[int] = set()
    texts = [fold(word) if not accented else word for word in reading.words]
    at = 0
    while at < len(texts):
        length = _asking(texts[at:], accented=accented)
        if length == 0 and texts[at] in _empty_words(accented):
            length = 1
        found.update(range(at, at + length))
        at += length or 1
    kept = [at for at, atom in enumerate(reading.atoms) if atom.strict or at not in found]
    return frozenset(found - set(kept)) if kept else frozenset()


def _asking(texts: Sequence[str], *, accented: bool) -> int:
    """How many of the first atoms are a question's words."""
    for length in range(min(4, len(texts)), 0, -1):
        if " ".join(texts[:length]) in _questions(accented):
            return length
    return 0


@functools.cache
def long_forms() -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return short form -> what it stands for, both folded."""
    found: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
    for short, long in _abbreviations():
        key = _folded(short)
        found[key] = (*found.get(key, ()), _folded(long))
    return found


@functools.cache
def short_forms() -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return long form -> its short forms, both folded."""
    found: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
    for short, long in _abbreviations():
        key = _folded(long)
        found[key] = (*found.get(key, ()), _folded(short))
    return found


@functools.cache
def synonyms() -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return phrase -> what other regions and papers call the same, all folded."""
    groups = [list(map(_folded, group)) for group in _synonyms()]
    return {phrase: tuple(g for g in group if g != phrase) for group in groups for phrase in group}


@functools.cache
def _phrases() -> dict[tuple[str, ...], str]:
    """Return the phrases of the lists as they are written, by their folded words."""
    phrases = [long for _, long in _abbreviations()]
    phrases += [phrase for group in _synonyms() for phrase in group]
    return {_folded(phrase): phrase for phrase in phrases}


@functools.cache
def _folded(phrase: str) -> tuple[str, ...]:
    return tuple(folded_words(phrase))


@functools.cache
def _synonyms() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split("\t")) for line in _lines("synonyms.tsv"))


@functools.cache
def _abbreviations() -> tuple[tuple[str, str], ...]:
    pairs = (line.split("\t") for line in _lines("abbreviations.tsv"))
    return tuple((short, long) for short, long in pairs)


@functools.cache
def _questions(accented: bool) -> frozenset[str]:
    phrases = _lines("questions.txt")
    # Without accents a lone word is too often another one: `sao` is a star, `chua` sour.
    return frozenset(phrases if accented else (fold(p) for p in phrases if " " in p))


@functools.cache
def _empty_words(accented: bool) -> frozenset[str]:
    words = _lines("empty.txt")
    return frozenset(words if accented else map(fold, words))


def _lines(name: str) -> list[str]:
    text = (_WORDS / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
