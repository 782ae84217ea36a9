"""How many articles match, by province, source, place or month."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from storage.errors import QueryError
from storage.places.questions import name_code
from storage.search.budget import bounded
from storage.search.candidates import all_matches, settle_spelling
from storage.search.filters import Filters, resolve
from storage.search.places import find_old_province, newest_of
from storage.search.query import parse_query
from storage.search.results import Count, Facets, Total

if TYPE_CHECKING:
    import sqlite3

    from storage.search.budget import Budget
    from storage.search.filters import Scope

MOST_COUNTED = 20_000
"""Matches looked at; beyond them, counts are of the newest archived ones."""
GROUPS = {
    "province": "s.province",
    "source": "a.source_id",
    "place": "m.unit",
    "month": "ifnull(substr(a.published_on, 1, 7), '')",
    "kind": "a.kind",
    "section": "ifnull(a.section, '')",
}

_COUNTS = """
select {group} as name, count(*) from articles a join sources s on s.id = a.source_id {join}
where a.id in (select value from json_each(?)) and {condition} group by 1 order by {order}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Matches by group, the largest first; months the newest first."""

    rows: tuple[tuple[str, int], ...]
    complete: bool
    """False where more articles match than were looked at."""


def count_matches(
    conn: sqlite3.Connection, query: str, by: str, filters: Filters | None = None
) -> Counts:
    """Count the articles with all words of the query, copies included.

    As in a search, words may be left out where the filters have a place, and the name of a province
    that ended in June 2025 also counts articles that name its places. Looks at no more than
    ``MOST_COUNTED`` matches. Raise QueryError.
    """
    if by not in GROUPS:
        raise QueryError(f"matches are counted by {', '.join(GROUPS)}, not by {by!r}")
    with bounded(conn) as budget:
        scope = resolve(conn, filters or Filters())
        ids = _matches(conn, query, scope, budget)
        if scope.place is None and (named := find_old_province(conn, query)):
            rest, unit = named
            more = _matches(conn, rest, replace(scope, place=unit.code), budget)
            ids = sorted({*ids, *more}, reverse=True)[:MOST_COUNTED]
        complete = len(ids) < MOST_COUNTED and not budget.spent
        budget.check(found=bool(ids))
        condition, values = scope.where()
        order = "1 desc" if by == "month" else "2 desc, 1"
        join = "join mentions m on m.article_id = a.id" if by == "place" else ""
        sql = _COUNTS.format(group=GROUPS[by], join=join, condition=condition, order=order)
        rows = conn.execute(sql, [json.dumps(ids), *values]).fetchall()
    name = name_code if by == "place" else str
    return Counts(rows=tuple((name(row[0]), row[1]) for row in rows), complete=complete)


def count_groups(conn: sqlite3.Connection, query: str, filters: Filters) -> tuple[Total, Facets]:
    """Return how many articles match, and by what they have. Raise QueryError."""
    groups = {}
    complete = True
    for by in ("province", "source", "kind", "section", "month"):
        counts = count_matches(conn, query, by, filters)
        complete &= counts.complete
        groups[by] = tuple(Count(name=name, count=count) for name, count in counts.rows)
    groups["month"] = groups["month"][::-1]
    total = sum(count.count for count in groups["kind"])
    return Total(count=total, exact=complete), Facets(**groups)


def _matches(conn: sqlite3.Connection, query: str, scope: Scope, budget: Budget) -> list[int]:
    if scope.place and not query.strip():
        return newest_of(conn, scope, most=MOST_COUNTED)
    parsed = settle_spelling(conn, parse_query(query), scope, budget)
    return all_matches(conn, parsed, scope, most=MOST_COUNTED, budget=budget)
