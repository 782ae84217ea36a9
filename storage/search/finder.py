"""Asks the index, newest articles first and in windows of ids, within one budget."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from storage.search.query import any_of, phrase, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from storage.search.budget import Budget
    from storage.search.filters import Scope
    from storage.search.query import Query, Word

PROBE = 4_000
"""Newest articles that tell how crowded the match set is."""
WINDOW = 60_000
"""Articles that are looked at next; then four times as many, then all others."""
FEW = 240
"""Ids that are read upwards, at least, before a window counts as crowded."""
SPARSE = 500
"""Articles between two matches, beyond which a long list is not read for both."""

_SHORT = ("articles_titles", "articles_pairs")
"""Tables with lists so short that finding the start of a window costs as much as reading them."""

_OF_PLACE = "select article_id from place_articles where place = ? and article_id between ? and ?"

Part = tuple[str, str]
"""A table of the index and an expression it must match."""


class Finder:
    """Runs steps on one archive within one budget."""

    def __init__(
        self, conn: sqlite3.Connection, query: Query, scope: Scope, budget: Budget
    ) -> None:
        self._conn = conn
        facets = facet_match(scope)
        self._nothing = facets is None
        self._facets = [("articles_pairs", facets)] if facets else []
        self._place = scope.place
        self._without = [_excluding(run) for run in query.excluded]
        self._budget = budget
        # FTS5 merges the lists of all words with a prefix anew for each window.
        self._has_prefix = query.has_prefix
        # Two look-ups: one select of both would read every row.
        low = conn.execute("select min(id) from articles").fetchone()[0]
        high = conn.execute("select max(id) from articles").fetchone()[0]
        self._low, self._high = low or 0, high or 0

    @property
    def is_small(self) -> bool:
        """Whether one window holds the whole archive."""
        return self._high - self._low < WINDOW

    def is_sparse(self, ids: Sequence[int]) -> bool:
        """Whether asking for each is faster than reading the long lists between them."""
        return self._high - ids[-1] > SPARSE * len(ids)

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
        values = [expression for _, expression in (*matches, *self._without)]
        if self._place:
            sql += f" intersect {_OF_PLACE}"
            values.insert(len(matches), self._place)
        sql += "".join(f" except {_select(table)}" for table, _ in self._without)
        return f"{sql} order by {order} limit ?", values


def _select(table: str) -> str:
    return f"select rowid from {table} where {table} match ? and rowid between ? and ?"  # noqa: S608


def _excluding(run: Sequence[Word]) -> Part:
    if len(run) == 1 and run[0].accented:
        return "articles_exact", any_of(run[0].exact_spellings, run[0].prefix)
    if any(word.accented for word in run):
        return "articles_exact", quoted("\ufffe")
    return "articles_fts", phrase(run)


def facet_match(scope: Scope) -> str | None:
    """Return what ``articles_pairs`` must match; empty for everything, None for nothing."""
    if any(not group for group in scope.facets):
        return None
    return " AND ".join(any_of(group) for group in scope.facets)
