"""Search: query text -> ranked hits, in bounded time, with and without Vietnamese accents.

Facts behind the design: a syllable is no word, so neighbours count more than loose words;
ranking the whole match set is what makes large archives slow, so at most a few hundred
candidates from the index are read and scored. On a query that matches very many articles,
those whose title says it come first, then the newest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from storage.search.budget import bounded
from storage.search.candidates import settle_spelling
from storage.search.counting import count_groups
from storage.search.filters import Filters, resolve
from storage.search.places import find_old_province, list_newest
from storage.search.query import parse_query
from storage.search.ranking import Ranker
from storage.search.results import Hits, Note, NoteKind, Total

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from storage.search.budget import Budget
    from storage.search.filters import Scope
    from storage.search.ranking import Match

MOST_LIMIT = 1_000
SORTS = ("relevance", "date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How many hits, in which order, with or without every copy."""

    sort: str
    copies: bool
    limit: int


def search(
    conn: sqlite3.Connection,
    query: str,
    *,
    source: str | None = None,
    province: str | None = None,
    place: str | None = None,
    kind: str | None = None,
    section: str | None = None,
    author: str | None = None,
    since: str | None = None,
    until: str | None = None,
    sort: str = "relevance",
    copies: bool = False,
    limit: int = 10,
    offset: int = 0,
    facets: bool = False,
) -> Hits:
    """Return the best ``limit`` hits for a query.

    Words must all occur; ``"a phrase"``, ``-without``, ``begin*`` and ``58-CT/TU`` work. Words
    typed with accents prefer them; without, any accents match; words spelled by Telex keys
    (``dduowcj``) are read as such where nothing matches otherwise. ``since`` and ``until`` are
    local days; ``place`` is a unit that the article names, or that what it names is part of,
    became or came from; the words may then be empty. A province that ended in June 2025 also
    finds articles that name its places of today. Near-duplicates are folded to their earliest
    copy unless ``copies``. ``offset`` hits are left out at the start; ``facets`` counts the
    matches by province, source, month, kind and section. Where time ran
    out, what was found so far is marked as ``partial``.
    Raise QueryError, in one sentence, for what cannot be understood; never an SQL error.
    """
    filters = Filters(
        source=source, province=province, place=place, kind=kind, section=section,
        author=author, since=since, until=until,
    )  # fmt: skip
    limit = min(limit + offset, MOST_LIMIT)
    wanted = Wanted(sort=sort, copies=copies, limit=limit)
    with bounded(conn) as budget:
        hits = _search(conn, query, resolve(conn, filters), wanted, budget)
        if place is None and (named := find_old_province(conn, query)):
            rest, unit = named
            scope = replace(resolve(conn, filters), place=unit.code)
            hits = _joined(hits, _search(conn, rest, scope, wanted, budget), wanted)
        shown = Hits(hits[offset:])
        shown.total = Total(count=len(hits), exact=len(hits) < limit)
        shown.notes = (Note(kind=NoteKind.PARTIAL),) if budget.cut else ()
    if facets:
        shown.total, shown.facets = count_groups(conn, query, filters)
    return shown


def _search(
    conn: sqlite3.Connection, query: str, scope: Scope, wanted: Wanted, budget: Budget
) -> Hits:
    if scope.place and not query.strip():
        return list_newest(conn, scope, copies=wanted.copies, limit=wanted.limit)
    parsed = settle_spelling(conn, parse_query(query), scope, budget)
    ranker = Ranker(conn, parsed, scope, budget)
    fold_copies = not wanted.copies
    matches: Iterable[Match]
    if wanted.sort == "date":
        matches = ranker.newest(wanted.limit)
    else:
        matches = ranker.best(wanted.limit, fold_copies=fold_copies)
    return Hits(ranker.hits(matches, wanted.limit, fold_copies=fold_copies))


def _joined(hits: Hits, more: Hits, wanted: Wanted) -> Hits:
    """Add articles that name what a province became to those that have its name as words."""
    known = {hit.id for hit in hits}
    found = [*hits, *(hit for hit in more if hit.id not in known)]
    if wanted.sort == "date":
        found.sort(key=lambda hit: hit.published_on or "", reverse=True)
    return Hits(found[: wanted.limit])
