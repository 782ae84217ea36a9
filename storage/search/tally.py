"""How many articles match, and by what they have, whichever questions make up a search."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.errors import QueryError
from storage.search.results import Count, Facets, Total

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from storage.engine.clauses import Request
    from storage.engine.searcher import Searcher
    from storage.search.results import Note

GROUPS = ("province", "source", "place", "month", "kind", "section")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Matches by group, the largest first; months the newest first."""

    rows: tuple[tuple[str, int], ...]
    notes: tuple[Note, ...] = ()
    """What was done to the query."""


class Tally:
    """Counts over questions that are added, and over those that were counted twice."""

    def __init__(self, provinces: Mapping[str, str], searcher: Searcher) -> None:
        """``provinces``: id of a source -> its province."""
        self._provinces = provinces
        self._searcher = searcher
        self._parts: list[tuple[int, Request]] = []

    def add(self, request: Request | None) -> None:
        """Count what answers a question; None answers nothing."""
        if request is not None:
            self._parts.append((1, request))

    def subtract(self, request: Request) -> None:
        """Count what answers a question once less."""
        self._parts.append((-1, request))

    def total(self) -> Total:
        """Return how many articles match."""
        count = sum(sign * self._searcher.count(request) for sign, request in self._parts)
        return Total(count=count, exact=True)

    def facets(self) -> Facets:
        """Return the matches by what they have."""
        groups = self.groups()
        return Facets(
            province=_largest(groups["province"]),
            source=_largest(groups["source"]),
            kind=_largest(groups["kind"]),
            section=_largest(groups["section"]),
            place=_largest(groups["place"]),
            month=tuple(Count(name=n, count=c) for n, c in sorted(groups["month"].items())),
        )

    def counts(self, by: str) -> Counts:
        """Return the matches by one thing. Raise QueryError where they are not counted so."""
        if by not in GROUPS:
            raise QueryError(f"matches are counted by {', '.join(GROUPS)}, not by {by!r}")
        found = self.groups()[by]
        if by == "month":
            rows = sorted(found.items(), reverse=True)
        else:
            rows = [(each.name, each.count) for each in _largest(found)]
        if by == "place":
            from storage.places.questions import name_code

            rows = [(name_code(name), count) for name, count in rows]
        return Counts(rows=tuple(rows))

    def groups(self) -> dict[str, dict[str, int]]:
        """Return group -> value -> number of matches, in one pass over each question."""
        sums: dict[str, Counter[str]] = {name: Counter() for name in GROUPS}
        for sign, request in self._parts:
            for column, values in self._searcher.groups(request).items():
                name = "place" if column == "unit" else column
                for value, count in values.items():
                    sums[name][value] += sign * count
        for source, count in sums["source"].items():
            sums["province"][self._provinces.get(source, "")] += count
        return {
            name: {value: count for value, count in found.items() if count > 0}
            for name, found in sums.items()
        }


def read_provinces(conn: sqlite3.Connection) -> dict[str, str]:
    """Return id of a source -> its province."""
    return dict(conn.execute("select id, province from sources").fetchall())


def _largest(found: dict[str, int]) -> tuple[Count, ...]:
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Count(name=name, count=count) for name, count in ordered)
