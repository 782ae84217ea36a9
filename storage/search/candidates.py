"""Which articles may answer a query: bounded work on the index, best guesses first.

Nothing here ranks by reading the whole match set: that is what makes search slow in a large
archive. Steps run from strict (the query as a phrase in a title) to loose (all words
anywhere), each newest first and in windows of article ids, and stop when enough is found.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from storage.search.finder import Finder
from storage.search.query import adjacent, all_of, any_of, phrase

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from storage.search.budget import Budget
    from storage.search.filters import Scope
    from storage.search.finder import Part
    from storage.search.query import Query, Word

STEP_WANTS = 60
MOST_CHECKED = 20
"""Articles asked one by one for the words that a step on pairs leaves open; half as many once
some are found."""
LOOSE_SPAN = 40_000
"""How many of the newest articles a loose step looks at once a strict one has found some."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the index alone tells about a candidate."""

    level: int
    """All words side by side in the title: 4; somewhere: 3; two by two: 2; apart: 1; some: 0."""
    exact: bool
    """Whether every word typed with accents occurs with them."""


def find_candidates(
    conn: sqlite3.Connection, query: Query, scope: Scope, *, want: int, few: int, budget: Budget
) -> dict[int, Standing]:
    """Return ids of articles that may match with what the index tells, the strictest first.

    ``want`` ends the search for more; up to ``few`` ids may come unsorted, to be all read.
    """
    finder = Finder(conn, query, scope, budget)
    loosest = _loosest(finder, query, few) if finder.is_small else []
    every = loosest if 0 < len(loosest) <= few else _with_required(finder, query, few)
    if every is not None:
        return dict.fromkeys(every, Standing(1, exact=False))
    found: dict[int, Standing] = {}
    exact = _exact(query.words)
    exact_done = False
    for step in _steps(query):
        # FTS5 reads the lists of all words with a prefix, however many they are.
        if found and query.has_prefix and not finder.is_small:
            break
        if loosest and query.has_prefix and step.asks_bodies:
            continue
        if step.crowded and len(found) < STEP_WANTS:
            continue
        if len(found) >= want and step.level < 3:
            break
        span = LOOSE_SPAN if found and step.loose else None
        ids = finder.find(step.parts, want=STEP_WANTS, span=span)
        if step.check:
            most = MOST_CHECKED // 2 if found else MOST_CHECKED
            ids = finder.keep(ids[:most], ("articles_fts", step.check))
        _note(found, ids, Standing(step.level, exact=False))
        if exact and len(ids) == STEP_WANTS:
            # There are more: those with the accents that were typed must be among ours.
            sparse = 2 * few <= STEP_WANTS and not step.loose and finder.is_sparse(ids)
            typed = finder.keep(ids[: 2 * few], *exact) if sparse else []
            if len(typed) < few:
                typed = finder.find(step.parts + exact, want=STEP_WANTS, span=span)
            _note(found, typed, Standing(step.level, exact=True))
            exact_done = step.loose
    _note(found, loosest if query.has_prefix else (), Standing(1, exact=False))
    if not found:
        return dict.fromkeys(_partial(finder, query, want), Standing(0, exact=False))
    if exact and len(found) > few:
        exact_done = exact_done or sum(standing.exact for standing in found.values()) > few
        _note_exact(finder, query, found, done=exact_done)
    return found


def _loosest(finder: Finder, query: Query, few: int) -> list[int]:
    """Return articles with all words: enough to know whether they are few."""
    parts = [("articles_fts", all_of(query.words)), *_required(query)]
    return finder.find(parts, want=STEP_WANTS if query.has_prefix else few + 1, span=None)


def _with_required(finder: Finder, query: Query, few: int) -> list[int] | None:
    """Return all articles with the pairs of its phrases; None where they are no few."""
    required = _required(query)
    lone = [word for run in query.runs if len(run) == 1 for word in run]
    if not required or any(word.prefix for word in lone):
        return None
    ids = finder.find(required, want=few + 1, span=None)
    if len(ids) > few:
        return None
    return finder.keep(ids, ("articles_fts", all_of(lone))) if lone else ids


def _note_exact(finder: Finder, query: Query, found: dict[int, Standing], *, done: bool) -> None:
    """Note which have all words as they were typed."""
    exact = _exact(query.words)
    if not query.has_prefix:
        strict = [i for i, standing in found.items() if standing == Standing(3, exact=False)]
        _note(found, finder.keep(strict[:MOST_CHECKED], *exact), Standing(3, exact=True))
    if not done and (finder.is_small or not query.has_prefix):
        every = [("articles_fts", all_of(query.words)), *_required(query), *exact]
        ids = finder.find(every, want=STEP_WANTS, span=LOOSE_SPAN)
        _note(found, ids, Standing(1, exact=True))


def _note(found: dict[int, Standing], ids: Iterable[int], standing: Standing) -> None:
    for article_id in ids:
        known = found.setdefault(article_id, standing)
        if known is not standing:
            level = max(known.level, standing.level)
            found[article_id] = Standing(level, exact=known.exact or standing.exact)


def settle_spelling(conn: sqlite3.Connection, query: Query, scope: Scope, budget: Budget) -> Query:
    """Return the query, or its Telex reading where nothing matches but that."""
    meant = query.telex
    if meant is None or all_matches(conn, query, scope, most=1, budget=budget):
        return query
    return meant if all_matches(conn, meant, scope, most=1, budget=budget) else query


def all_matches(
    conn: sqlite3.Connection, query: Query, scope: Scope, *, most: int, budget: Budget
) -> list[int]:
    """Return the ids of articles with all words, newest archived first, at most ``most``."""
    runs = " AND ".join(phrase(run) for run in query.runs)
    parts = [("articles_fts", runs), *_required(query)]
    return Finder(conn, query, scope, budget).find(parts, want=most, span=None)


def likely_matches(
    conn: sqlite3.Connection, query: Query, scope: Scope, *, most: int, budget: Budget
) -> list[int]:
    """Return ids of articles that match but for beginnings, when the time for those is over.

    FTS5 merges the lists of all words that begin so, in one step that nothing ends: some
    hundred milliseconds for two letters in a million articles.
    """
    certain = query.certain
    if certain is None:
        return []
    budget.renew()
    return all_matches(conn, certain, scope, most=most, budget=budget)


def newer_matches(
    conn: sqlite3.Connection, query: Query, scope: Scope, *, above: int, most: int, budget: Budget
) -> list[int]:
    """Return the ids above one of articles with all words, the lowest ``most`` of them."""
    runs = " AND ".join(phrase(run) for run in query.runs)
    parts = [("articles_fts", runs), *_required(query)]
    return Finder(conn, query, scope, budget).find_above(parts, above=above, want=most)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    parts: list[Part]
    level: int
    loose: bool = False
    crowded: bool = False
    """Whether it matters only where the steps before found more than they could bring."""
    check: str = ""
    """What ``articles_fts`` must match besides, asked article by article."""

    @property
    def asks_bodies(self) -> bool:
        """Whether the index of bodies is asked: the largest one."""
        return any(table == "articles_fts" for table, _ in self.parts)


def _steps(query: Query) -> list[_Step]:
    words = query.words
    required = _required(query)
    steps: list[_Step] = []
    if len(words) > 1:
        # Lists of pairs are short, and hold every article that has the phrase in its title.
        pairs: list[Part] = [("articles_pairs", adjacent(words))]
        steps.append(_Step(parts=pairs, level=3))
        steps.append(_Step(parts=[("articles_titles", phrase(words))], level=4, crowded=True))
    title: list[Part] = [("articles_titles", all_of(words))]
    steps.append(_Step(parts=title, level=1, loose=len(words) == 2))
    steps += _segments(words)
    everything: list[Part] = [("articles_fts", all_of(words))]
    steps.append(_Step(parts=everything, level=1, loose=True))
    return [replace(step, parts=step.parts + required) for step in steps]


def _required(query: Query) -> list[Part]:
    pairs = [adjacent(run) for run in query.runs if len(run) > 1]
    return [("articles_pairs", " AND ".join(pairs))] if pairs else []


def _exact(words: Sequence[Word]) -> list[Part]:
    accented = [word for word in words if word.accented]
    if not accented:
        return []
    return [("articles_exact", " AND ".join(any_of(w.exact_spellings, w.prefix) for w in accented))]


def _segments(words: Sequence[Word]) -> Iterator[_Step]:
    """Two-syllable words side by side, from the first syllable or from the second."""
    if len(words) < 3:
        return
    for first in (0, 1):
        starts = range(first, len(words) - 1, 2)
        pairs = " AND ".join(adjacent(words[at : at + 2]) for at in starts)
        rest = [*words[:first], *words[starts[-1] + 2 :]]
        parts: list[Part] = [("articles_pairs", pairs)]
        if any(word.prefix for word in rest):
            yield _Step(parts=[*parts, ("articles_fts", all_of(rest))], level=2)
        else:
            yield _Step(parts=parts, level=2, check=all_of(rest))


def _partial(finder: Finder, query: Query, want: int) -> list[int]:
    """When nothing has all words: what has all but one, then any two neighbours."""
    words = query.words
    if len(words) < 3 or any(len(run) > 1 for run in query.runs):
        return []
    found: dict[int, None] = {}
    for left_out in range(min(len(words), 8)):
        rest = [word for at, word in enumerate(words) if at != left_out]
        parts = [("articles_fts", all_of(rest))]
        found.update(dict.fromkeys(finder.find(parts, want=want, span=LOOSE_SPAN)))
    if not found:
        pairs = " OR ".join(adjacent(pair) for pair in itertools.pairwise(words))
        found.update(dict.fromkeys(finder.find([("articles_pairs", pairs)], want=want, span=None)))
    return list(found)
