"""Which articles may answer a query: bounded work on the index, best guesses first.

Nothing here ranks by reading the whole match set: that is what makes search slow in a large
archive. Steps run from strict (the query as a phrase in a title) to loose (all words
anywhere), each newest first and in windows of article ids, and stop when enough is found.
"""

from __future__ import annotations

import itertools
import sqlite3
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from storage.budget import Budget
    from storage.filters import Scope
    from storage.query import Query, Word

PROBE = 4_000
"""Newest articles that tell how crowded the match set is."""
WINDOW = 60_000
"""Articles that are looked at next; then four times as many, then all others."""
FEW = 240
"""Ids that are read upwards, at least, before a window counts as crowded."""
STEP_WANTS = 60
MOST_CHECKED = 20
"""Articles asked one by one for the words that a step on pairs leaves open."""
LOOSE_SPAN = 40_000
"""How many of the newest articles a loose step looks at once a strict one has found some."""
MOST_COMBINATIONS = 16

_SHORT = ("articles_titles",)
"""Tables with lists so short that finding the start of a window costs as much as reading them."""

Part = tuple[str, str]
"""A table of the index and an expression it must match."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the index alone tells about a candidate."""

    level: int
    """3: all words side by side somewhere; 2: two by two; 1: all words; 0: some."""
    exact: bool
    """Whether every word typed with accents occurs with them."""


def find_candidates(
    conn: sqlite3.Connection, query: Query, scope: Scope, *, want: int, few: int, budget: Budget
) -> dict[int, Standing]:
    """Return ids of articles that may match with what the index tells, the strictest first.

    ``want`` ends the search for more; up to ``few`` ids may come unsorted, to be all read.
    """
    finder = Finder(conn, query, scope, budget)
    if finder.is_small:
        loosest = finder.find([("articles_fts", _all(query.words))], want=few + 1, span=None)
        if 0 < len(loosest) <= few:
            return dict.fromkeys(loosest, Standing(1, exact=False))
    if required := _required(query):
        ids = finder.find(required, want=few + 1, span=None)
        lone = [word for run in query.runs if len(run) == 1 for word in run]
        if len(ids) <= few and not any(word.prefix for word in lone):
            ids = finder.keep(ids, ("articles_fts", _all(lone))) if lone else ids
            return dict.fromkeys(ids, Standing(1, exact=False))
    found: dict[int, Standing] = {}
    exact = _exact(query.words)
    has_prefix = any(word.prefix for word in query.words)
    for step in _steps(query):
        if found and has_prefix and not finder.is_small:
            break  # FTS5 reads the lists of all words with a prefix, however many they are
        if step.crowded and len(found) < STEP_WANTS:
            continue
        span = LOOSE_SPAN if found and step.loose else None
        ids = finder.find(step.parts, want=STEP_WANTS, span=span)
        if step.check:
            ids = finder.keep(ids[:MOST_CHECKED], ("articles_fts", step.check))
        _note(found, ids, Standing(step.level, exact=False))
        full = len(ids) == STEP_WANTS
        if exact and full:
            # There are more: those with the accents that were typed must be among ours.
            ids = finder.find(step.parts + exact, want=STEP_WANTS, span=span)
            _note(found, ids, Standing(step.level, exact=True))
        if len(found) >= want and step.settles:
            break
    if not found:
        return dict.fromkeys(_partial(finder, query, want), Standing(0, exact=False))
    if exact and len(found) > few and not has_prefix:
        strict = [i for i, standing in found.items() if standing == Standing(3, exact=False)]
        _note(found, finder.keep(strict[:MOST_CHECKED], *exact), Standing(3, exact=True))
    loosest_done = step.settles and full
    if exact and len(found) > few and not loosest_done and (finder.is_small or not has_prefix):
        every = [("articles_fts", _all(query.words)), *_required(query), *exact]
        ids = finder.find(every, want=STEP_WANTS, span=LOOSE_SPAN)
        _note(found, ids, Standing(1, exact=True))
    return found


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
    runs = " AND ".join(_phrase(run) for run in query.runs)
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
    runs = " AND ".join(_phrase(run) for run in query.runs)
    parts = [("articles_fts", runs), *_required(query)]
    return Finder(conn, query, scope, budget).find_above(parts, above=above, want=most)


def facet_match(scope: Scope) -> str | None:
    """Return what ``articles_pairs`` must match; empty for everything, None for nothing."""
    if any(not group for group in scope.facets):
        return None
    return " AND ".join(_any(group) for group in scope.facets)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    parts: list[Part]
    level: int
    loose: bool = False
    settles: bool = False
    """Whether what comes after can only be weaker."""
    crowded: bool = False
    """Whether it matters only where the steps before found more than they could bring."""
    check: str = ""
    """What ``articles_fts`` must match besides, asked article by article."""


def _steps(query: Query) -> list[_Step]:
    words = query.words
    required = _required(query)
    steps: list[_Step] = []
    if len(words) > 1:
        # Lists of pairs are short, and hold every article that has the phrase in its title.
        adjacent: list[Part] = [("articles_pairs", _adjacent(words))]
        steps.append(_Step(parts=adjacent, level=3))
        steps.append(_Step(parts=[("articles_titles", _phrase(words))], level=3, crowded=True))
    title: list[Part] = [("articles_titles", _all(words))]
    steps.append(_Step(parts=title, level=1, settles=len(words) > 1))
    steps += _segments(words)
    everything: list[Part] = [("articles_fts", _all(words))]
    steps.append(_Step(parts=everything, level=1, loose=True, settles=True))
    return [replace(step, parts=step.parts + required) for step in steps]


def _required(query: Query) -> list[Part]:
    pairs = [_adjacent(run) for run in query.runs if len(run) > 1]
    return [("articles_pairs", " AND ".join(pairs))] if pairs else []


def _exact(words: Sequence[Word]) -> list[Part]:
    accented = [word for word in words if word.accented]
    if not accented:
        return []
    return [("articles_exact", " AND ".join(_any(w.exact_spellings, w.prefix) for w in accented))]


def _segments(words: Sequence[Word]) -> Iterator[_Step]:
    """Two-syllable words side by side, from the first syllable or from the second."""
    if len(words) < 3:
        return
    for first in (0, 1):
        starts = range(first, len(words) - 1, 2)
        pairs = " AND ".join(_adjacent(words[at : at + 2]) for at in starts)
        rest = [*words[:first], *words[starts[-1] + 2 :]]
        parts: list[Part] = [("articles_pairs", pairs)]
        if any(word.prefix for word in rest):
            yield _Step(parts=[*parts, ("articles_fts", _all(rest))], level=2)
        else:
            yield _Step(parts=parts, level=2, check=_all(rest))


def _partial(finder: Finder, query: Query, want: int) -> list[int]:
    """When nothing has all words: what has all but one, then any two neighbours."""
    words = query.words
    if len(words) < 3 or any(len(run) > 1 for run in query.runs):
        return []
    found: dict[int, None] = {}
    for left_out in range(min(len(words), 8)):
        rest = [word for at, word in enumerate(words) if at != left_out]
        parts = [("articles_fts", _all(rest))]
        found.update(dict.fromkeys(finder.find(parts, want=want, span=LOOSE_SPAN)))
    if not found:
        pairs = " OR ".join(_adjacent(pair) for pair in itertools.pairwise(words))
        found.update(dict.fromkeys(finder.find([("articles_pairs", pairs)], want=want, span=None)))
    return list(found)


class Finder:
    """Runs steps on one archive within one budget."""

    def __init__(
        self, conn: sqlite3.Connection, query: Query, scope: Scope, budget: Budget
    ) -> None:
        self._conn = conn
        facets = facet_match(scope)
        self._nothing = facets is None
        self._facets = [("articles_pairs", facets)] if facets else []
        self._without = [_excluding(run) for run in query.excluded]
        self._budget = budget
        # FTS5 merges the lists of all words with a prefix anew for each window.
        self._has_prefix = any(word.prefix for word in query.words)
        # Two look-ups: one select of both would read every row.
        low = conn.execute("select min(id) from articles").fetchone()[0]
        high = conn.execute("select max(id) from articles").fetchone()[0]
        self._low, self._high = low or 0, high or 0

    @property
    def is_small(self) -> bool:
        """Whether one window holds the whole archive."""
        return self._high - self._low < WINDOW

    def find(self, parts: Sequence[Part], *, want: int, span: int | None) -> list[int]:
        """Return up to ``want`` ids, highest first, from the ``span`` highest ids."""
        if self._nothing or self._budget.spent:
            return []
        parts = [*parts, *self._facets]
        found: list[int] = []
        seen = 0
        for low, high in self._windows(parts, span):
            left, size = want - len(found), high - low + 1
            crowded = (
                len(found) * size > 2 * left * seen if seen else self._has_prefix or size <= PROBE
            )
            found += self._highest(parts, low, high, want=left, crowded=crowded)
            if len(found) >= want or self._budget.spent:
                break
            seen += size
        return found

    def _highest(
        self, parts: Sequence[Part], low: int, high: int, *, want: int, crowded: bool
    ) -> list[int]:
        """Return the highest ids of a window; FTS5 reads a list upwards in half the time."""
        if not crowded:
            most = max(4 * want, FEW)
            found = self._run(*self._statement(parts, order="1"), low, high, most)
            if len(found) < most:
                return found[: -want - 1 : -1]
        return self._run(*self._statement(parts), low, high, want)

    def keep(self, ids: Iterable[int], *parts: Part) -> list[int]:
        """Return those of a few ids that match all parts."""
        for table, expression in parts:
            sql = f"select 1 from {table} where {table} match ? and rowid = ?"  # noqa: S608
            ids = [i for i in ids if self._conn.execute(sql, (expression, i)).fetchone()]
        return list(ids)

    def find_above(self, parts: Sequence[Part], *, above: int, want: int) -> list[int]:
        """Return up to ``want`` ids above one, lowest first."""
        if self._nothing:
            return []
        sql, values = self._statement([*parts, *self._facets], order="1")
        found: list[int] = []
        low = max(self._low, above + 1)
        while low <= self._high and len(found) < want and not self._budget.spent:
            high = low + WINDOW - 1
            found += self._run(sql, values, low, high, want - len(found))
            low = high + 1
        return found

    def _run(self, sql: str, values: list[str], low: int, high: int, want: int) -> list[int]:
        """Return what one window has; where the budget ends in it, what came before."""
        bound = [x for value in values for x in (value, low, high)]
        found: list[int] = []
        try:
            found.extend(row[0] for row in self._conn.execute(sql, [*bound, want]))
        except sqlite3.OperationalError:
            if not self._budget.spent:
                raise
        return found

    def _windows(self, parts: Sequence[Part], span: int | None) -> Iterator[tuple[int, int]]:
        lowest = self._low if span is None else max(self._low, self._high - span + 1)
        whole = self._has_prefix or all(table in _SHORT for table, _ in parts)
        high = self._high
        for end in () if whole else (PROBE, WINDOW, 5 * WINDOW):
            low = max(lowest, self._high - end + 1)
            if low <= high:
                yield low, high
            high = low - 1
        if high >= lowest:
            yield lowest, high

    def _statement(self, parts: Iterable[Part], order: str = "1 desc") -> tuple[str, list[str]]:
        # One MATCH per table: FTS5 intersects faster than a temporary table does.
        wanted: dict[str, list[str]] = {}
        for table, expression in parts:
            wanted.setdefault(table, []).append(f"({expression})")
        matches = [(table, " AND ".join(expressions)) for table, expressions in wanted.items()]
        sql = " intersect ".join(map(_select, (table for table, _ in matches)))
        sql += "".join(f" except {_select(table)}" for table, _ in self._without)
        values = [expression for _, expression in (*matches, *self._without)]
        return f"{sql} order by {order} limit ?", values


def _select(table: str) -> str:
    return f"select rowid from {table} where {table} match ? and rowid between ? and ?"  # noqa: S608


def _excluding(run: Sequence[Word]) -> Part:
    if len(run) == 1 and run[0].accented:
        return "articles_exact", _any(run[0].exact_spellings, run[0].prefix)
    if any(word.accented for word in run):
        return "articles_exact", _quoted("\ufffe")
    return "articles_fts", _phrase(run)


def _all(words: Sequence[Word]) -> str:
    return " AND ".join(_any(word.terms, word.prefix) for word in words)


def _phrase(words: Sequence[Word]) -> str:
    return _any(_combined(words, " "), words[-1].prefix)


def _adjacent(words: Sequence[Word]) -> str:
    """Every two neighbours are side by side somewhere; a lone word is itself."""
    pairs = itertools.pairwise(words)
    return " AND ".join(_any(_combined(pair, "_"), pair[1].prefix) for pair in pairs)


def _combined(words: Sequence[Word], joint: str) -> tuple[str, ...]:
    choices = itertools.product(*(word.terms for word in words))
    return tuple(joint.join(choice) for choice in itertools.islice(choices, MOST_COMBINATIONS))


def _any(terms: Iterable[str], prefix: bool = False) -> str:
    star = " *" if prefix else ""
    return "(" + " OR ".join(_quoted(term) + star for term in terms) + ")"


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'
