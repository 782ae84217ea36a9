"""From a query to the articles that may answer it: all words, then most, then any by rarity."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from storage.engine.clauses import Atom, Phrase, Request
from storage.search.meaning.corrections import (
    as_in,
    is_no_word,
    near_words,
    part_joined,
    with_neighbours,
)
from storage.search.meaning.reading import (
    atoms_of_provinces,
    name_provinces,
    read_keys,
    read_query,
)
from storage.search.places import named_today
from storage.search.results import Note, NoteKind
from storage.search.scoring import Scorer
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.engine.clauses import Found, Narrowing
    from storage.engine.searcher import Searcher
    from storage.search.meaning.corrections import Changes
    from storage.search.meaning.reading import Reading
    from storage.search.query import Query, Run
    from storage.search.scoring import Score

READ = 30
"""Candidates that are read and scored, at least; so many at a time are ranked among themselves, so
that a longer list begins with the shorter one and no hit is on two pages."""
MUCH = 0.75
"""Share of a query, by rarity, in one text from which on nothing is corrected."""
GOOD = 0.4
"""Share of neighbours side by side from which on the best candidate is taken for what was meant."""
CORRECTED_READ = 8
"""Candidates for a corrected query that are read."""
CORRECTED = 0.5
"""What a corrected word loses of its worth beside one that was typed."""
MOST_WRONG = 2
"""Of so many words one may be corrected."""
MOST_NEAR = 60
"""Words at edit distance 1 that are tried for one word."""
LEAST_SHARE = 0.35
"""Share of a query, by rarity, that an article must have where none has all."""


class Texts(Protocol):
    """What reads articles by their ids."""

    def read(self, ids: Iterable[int]) -> dict[int, tuple[str, str, str]]:
        """Return title, summary and body of each that is in scope."""

    def source(self, number: int) -> str:
        """Return the source of an article that was read."""

    def homes(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Return the sources of the province that folded words name; empty for other words."""


class Match(NamedTuple):
    """An article that was read and scored."""

    id: int
    score: Score
    batch: int = 0
    """Which ``READ`` of what was found it is among."""


@dataclass(slots=True, kw_only=True)
class Plan:
    """What is looked for in the end, and the candidates."""

    reading: Reading
    request: Request
    """Articles with all of it: what is counted."""
    total: int
    found: list[Found] = field(default_factory=list)
    """The best of them."""
    matches: list[Match] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def best(self) -> float:
        """The highest score."""
        return max((match.score.value for match in self.matches), default=0.0)


class Planner:
    """Answers queries with one retriever, within one scope."""

    def __init__(self, retriever: Searcher, texts: Texts, narrowing: Narrowing) -> None:
        self._index = retriever
        self._texts = texts
        self._narrowing = narrowing
        self._loose: dict[tuple[str, ...], list[Found]] = {}
        """Words of a reading -> articles with any of them: names of provinces have the same."""

    def plan(self, query: Query, *, want: int, correct: bool) -> Plan:
        """Return the scored candidates for a page of ``want`` hits.

        ``correct``: also where a word is corrected, or a province's name means its papers.
        """
        limit = READ * max(1, math.ceil((want + want // 2) / READ))
        plan = self._begin(query, limit)
        self._fill(plan, limit)
        if correct and not self._is_good(plan):
            plan = self._at_home(plan, limit)
        if correct and not self._is_good(plan, MUCH):
            plan = self._mended(plan, query, limit)
        self._note(plan)
        return plan

    def settle(self, query: Query) -> Plan:
        """Return the same without candidates: what is counted, and sorted by date."""
        plan = self._begin(query, 0)
        if plan.total == 0:
            self._fill(plan, READ)
            plan = self._mended(plan, query, READ)
            self._note(plan)
        return plan

    def _begin(self, query: Query, limit: int) -> Plan:
        """Read the query; as keys, or without its empty words, where nothing has all of it."""
        plan = self._whole(read_query(query), limit)
        if plan.total == 0 and (meant := read_keys(query)):
            typed, other = plan, self._whole(read_query(meant), limit)
            if other.total or self._known(other.reading) > self._known(typed.reading):
                plan = other
                plan.notes.append(_correction(query, meant))
        if plan.total == 0 and plan.reading.empty:
            plan = self._without_empty(plan, limit)
        return plan

    def _whole(self, reading: Reading, limit: int) -> Plan:
        """Return the plan for articles with all of a reading, with ``limit`` of them found."""
        reading = reading.with_accents(self._index.accented_frequency)
        request = Request(atoms=reading.atoms, excluded=reading.excluded, narrowing=self._narrowing)
        # Found first, then counted: the index does both in one pass.
        found = self._index.find(request, limit=limit) if limit else []
        total = self._index.count(request)
        return Plan(reading=reading, request=request, total=total, found=found)

    def _without_empty(self, plan: Plan, limit: int) -> Plan:
        reading = plan.reading
        kept = [at for at in range(len(reading.atoms)) if at not in reading.empty]
        dropped = tuple(reading.words[at] for at in sorted(reading.empty))
        smaller = self._whole(reading.only(kept), limit)
        smaller.notes = [*plan.notes, Note(kind=NoteKind.EMPTY_WORDS, words=dropped)]
        return smaller

    def _known(self, reading: Reading) -> int:
        return sum(self._rarity(atom)[1] > 0 for atom in reading.atoms)

    def _rarity(self, atom: Atom) -> tuple[float, int]:
        """Return what an atom is worth by its rarity, and in how many articles it stands."""
        count = max(self._as_typed(atom), *map(self._frequency, atom.choices[1:]), 0)
        size = self._index.size
        return math.log(1 + (size - min(count, size) + 0.5) / (count + 0.5)), count

    def _as_typed(self, atom: Atom) -> int:
        """Return in about how many articles the words stand: with any accents, and as typed.

        ``măng`` is rare though ``mang``, ``mạng`` and ``màng`` are not. The geometric mean of both:
        words that have no accents are counted with those of all others, and would else be nothing
        beside it.
        """
        count = self._frequency(atom.choices[0])
        accented = (word for word in atom.exact if not word.isascii())
        exact = min(map(self._index.accented_frequency, accented), default=0)
        return math.isqrt(count * min(count, exact)) if exact else count

    def _frequency(self, phrase: Phrase) -> int:
        if phrase.prefix:
            return max(1, self._index.size // 1000)
        words = phrase.words
        if len(words) == 1:
            return self._index.frequency(words[0])
        return min(self._index.pair_frequency(*pair) for pair in itertools.pairwise(words))

    def _weights(self, reading: Reading) -> list[float]:
        weights = [self._rarity(atom)[0] for atom in reading.atoms]
        return [weight / 3 if at in reading.empty else weight for at, weight in enumerate(weights)]

    def _fill(self, plan: Plan, limit: int) -> None:
        """Find candidates and score them.

        Where articles have all words only by chance, far from each other, one with most of them
        may be what was meant: it is shown where it answers better.
        """
        scorer = Scorer(plan.reading, self._weights(plan.reading))
        if plan.total:
            plan.matches = self._scored(scorer, plan.found)
        if not self._is_good(plan):
            # Of the first batch, as a longer list begins with the shorter one.
            best = max((m.score.value for m in plan.matches if not m.batch), default=0.0)
            found = self._with_any(plan.request, limit)
            known = {match.id for match in plan.matches}
            others = self._scored(scorer, found)
            plan.matches += [
                match
                for match in others
                if match.id not in known and (not match.score.missing or match.score.value > best)
            ]

    def _with_any(self, request: Request, limit: int) -> list[Found]:
        words = tuple(w for a in request.atoms for phrase in a.choices for w in phrase.words)
        if words not in self._loose:
            self._loose[words] = self._index.find(request._replace(least=1), limit=limit)
        return self._loose[words]

    def _scored(self, scorer: Scorer, found: Iterable[Found]) -> list[Match]:
        texts = self._texts.read(dict.fromkeys(each.id for each in found))
        scores = (
            (number, scorer.score(*text, source=self._texts.source(number)))
            for number, text in texts.items()
        )
        right = ((number, score) for number, score in scores if score is not None)
        return [Match(number, score, at // READ) for at, (number, score) in enumerate(right)]

    def _is_good(self, plan: Plan, coverage: float = 1.0) -> bool:
        """Whether the best candidate has so much, and words side by side as they were typed."""
        best = max(plan.matches, key=lambda match: match.score.value, default=None)
        if best is None or best.score.coverage < coverage - 1e-6:
            return False
        return len(plan.reading.atoms) == 1 or best.score.linked >= GOOD

    def _at_home(self, plan: Plan, limit: int) -> Plan:
        """Take a province's name for the papers of that province, where few articles name it."""
        reading = name_provinces(plan.reading, self._texts.homes)
        named = [bool(atom.homes) for atom in reading.atoms]
        if all(named) or not any(named):
            return plan
        home = self._whole(reading, limit)
        home.notes = plan.notes
        self._fill(home, limit)
        return home if home.best > plan.best else plan

    def _mended(self, plan: Plan, query: Query, limit: int) -> Plan:
        """Return the plan of what may have been meant, where one answers much better."""
        return self._known_alone(self._parted(self._corrected(plan, limit), query, limit), limit)

    def _parted(self, plan: Plan, query: Query, limit: int) -> Plan:
        """Take joined words apart (``#chonoicairang``), where that answers better."""
        runs = part_joined(self._index, query.runs)
        if all(len(parts) == 1 for parts in runs):
            return plan
        meant = replace(query, runs=tuple(itertools.chain.from_iterable(runs)))
        other = self._whole(read_query(meant), limit)
        self._fill(other, limit)
        if not self._is_good(other, MUCH):
            other = self._corrected(other, limit)
        other.notes.insert(0, _parting(query.runs, runs))
        return other if other.best > plan.best else plan

    def _known_alone(self, plan: Plan, limit: int) -> Plan:
        """Leave out what no article has: it is so rare that nothing would be left beside it."""
        reading = plan.reading
        loose = (at for at, a in enumerate(reading.atoms) if not (a.strict or a.homes))
        unknown = [at for at in loose if not self._rarity(reading.atoms[at])[1]]
        if plan.total or not 0 < len(unknown) < len(reading.atoms):
            return plan
        smaller = self._whole(reading.without(unknown, self._index.frequency), limit)
        self._fill(smaller, limit)
        left_out = Note(kind=NoteKind.DROPPED, words=tuple(reading.words[at] for at in unknown))
        smaller.notes = [*plan.notes, left_out]
        return smaller

    def _corrected(self, plan: Plan, limit: int) -> Plan:
        """Return the plan of the query as it was meant, where one answers much better."""
        changes = self._changes(plan.reading)
        found = self._meant(plan, changes) if changes else None
        if found is None or found[0] <= plan.best:
            return plan
        meant = self._whole(found[1], limit)
        self._fill(meant, limit)
        meant.notes = [*plan.notes, _change(plan.reading, found[1])]
        return meant

    def _changes(self, reading: Reading) -> Changes:
        """Return number of an atom -> words that may have been meant, with their neighbours."""
        found: Changes = {}
        as_typed = atoms_of_provinces(reading, named_today) | reading.empty
        for at, atom in enumerate(reading.atoms):
            typed = atom.choices[0].words
            if atom.strict or len(typed) > 1 or atom.choices[0].prefix or at in as_typed:
                continue
            if near := near_words(self._index, typed[0])[:MOST_NEAR]:
                found[at] = [(word, with_neighbours(reading.atoms, at, word)) for word in near]
        return found

    def _meant(self, plan: Plan, changes: Changes) -> tuple[float, Reading] | None:
        """Return the corrected query that an article has most of, and what that is worth."""
        if (request := self._near(plan, changes)) is None:
            return None
        ids = [each.id for each in self._index.find(request, limit=CORRECTED_READ)]
        weights = self._weights(plan.reading)
        best: tuple[float, Reading] | None = None
        for text in self._texts.read(ids).values():
            meant, corrected = as_in(plan.reading, changes, text)
            if not 0 < len(corrected) <= max(1, len(weights) // MOST_WRONG):
                continue
            score = Scorer(meant, weights).score(*text)
            if score is None or not self._may_correct(plan.reading, corrected, score):
                continue
            share = sum(weights[at] for at in corrected) / sum(weights)
            value = score.value * (1 - CORRECTED * share)
            if best is None or value > best[0]:
                best = (value, meant)
        return best

    def _may_correct(self, reading: Reading, corrected: list[int], score: Score) -> bool:
        """Whether words of the archive stand so close together in the text that they are meant."""
        if len(reading.atoms) == 1 or score.linked >= GOOD:
            return True
        return not any(self._frequency(reading.atoms[at].choices[0]) for at in corrected)

    def _near(self, plan: Plan, changes: Changes) -> Request | None:
        """The query for articles with neighbours side by side, some of them corrected.

        None where no such neighbours are known, and none may be corrected without them.
        """
        atoms = plan.reading.atoms
        pairs = {
            (one.choices[0].words[-1], other.choices[0].words[0]): None
            for one, other in itertools.pairwise(atoms)
        }
        for choices in changes.values():
            for _, beside in choices:
                pairs |= dict.fromkeys(beside)
        known = tuple(pair for pair in pairs if self._index.pair_frequency(*pair))
        if known:
            strict = tuple(atom for atom in atoms if atom.strict)
            return plan.request._replace(atoms=strict, pairs=known)
        alone = (c for at, c in changes.items() if is_no_word(atoms[at].choices[0].words[0]))
        near = tuple(Phrase((word,)) for choices in alone for word, _ in choices[:8])
        return plan.request._replace(atoms=(Atom(choices=near),), least=1) if near else None

    def _note(self, plan: Plan) -> None:
        """Say what the answer lacks, and leave out what has too little of the query."""
        best = max((match.score.coverage for match in plan.matches), default=0.0)
        least = max(LEAST_SHARE, best / 2)
        plan.matches = [match for match in plan.matches if match.score.coverage >= least]
        top = max(plan.matches, key=lambda match: match.score.value, default=None)
        if top is None or not top.score.missing:
            return
        gone = [word for n in plan.notes if n.kind is NoteKind.DROPPED for word in n.words]
        missing = [plan.reading.words[at] for at in top.score.missing]
        known = {part for word in gone for part in fold(word).split()}
        words = (*gone, *(word for word in missing if fold(word) not in known))
        plan.notes = [note for note in plan.notes if note.kind is not NoteKind.DROPPED]
        plan.notes += [Note(kind=NoteKind.SOME), Note(kind=NoteKind.DROPPED, words=words)]


def _correction(query: Query, meant: Query) -> Note:
    return Note(
        kind=NoteKind.CORRECTED,
        words=tuple(word.exact for word in query.words),
        instead=tuple(word.exact for word in meant.words),
    )


def _parting(typed: tuple[Run, ...], runs: list[tuple[Run, ...]]) -> Note:
    pairs = [(run.raw, parts) for run, parts in zip(typed, runs, strict=True) if len(parts) > 1]
    return Note(
        kind=NoteKind.CORRECTED,
        words=tuple(raw for raw, _ in pairs),
        instead=tuple(" ".join(run.raw for run in parts) for _, parts in pairs),
    )


def _change(typed: Reading, meant: Reading) -> Note:
    pairs = [
        (word, " ".join(new.choices[0].words))
        for word, old, new in zip(typed.words, typed.atoms, meant.atoms, strict=True)
        if old != new
    ]
    return Note(
        kind=NoteKind.CORRECTED,
        words=tuple(word for word, _ in pairs),
        instead=tuple(new for _, new in pairs),
    )
