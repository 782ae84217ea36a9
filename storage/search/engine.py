"""Search: query text -> ranked hits, in bounded time, with and without Vietnamese accents.

Facts behind the design: a syllable is no word, so neighbours count more than loose words;
ranking the whole match set is what makes large archives slow, so at most a few hundred
candidates from the index are read and scored. On a query that matches very many articles,
those whose title says it come first, then the newest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.records import Hits
from storage.search.budget import bounded
from storage.search.candidates import settle_spelling
from storage.search.filters import Filters, resolve
from storage.search.query import parse_query
from storage.search.ranking import Ranker

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from storage.search.ranking import Match

MOST_LIMIT = 1_000
SORTS = ("relevance", "date")


def search(
    conn: sqlite3.Connection,
    query: str,
    *,
    source: str | None = None,
    province: str | None = None,
    kind: str | None = None,
    section: str | None = None,
    author: str | None = None,
    since: str | None = None,
    until: str | None = None,
    sort: str = "relevance",
    copies: bool = False,
    limit: int = 10,
) -> Hits:
    """Return the best ``limit`` hits for a query.

    Words must all occur; ``"a phrase"``, ``-without``, ``begin*`` and ``58-CT/TU`` work. Words
    typed with accents prefer them; without, any accents match; words spelled by Telex keys
    (``dduowcj``) are read as such where nothing matches otherwise. ``since`` and ``until`` are
    local days. Near-duplicates are folded to their earliest copy unless ``copies``. Where time
    ran out, what was found so far is marked as ``partial``. Raise QueryError, in one sentence,
    for what cannot be understood; never an SQL error.
    """
    parsed = parse_query(query)
    filters = Filters(
        source=source, province=province, kind=kind, section=section, author=author,
        since=since, until=until,
    )  # fmt: skip
    limit = min(limit, MOST_LIMIT)
    with bounded(conn) as budget:
        scope = resolve(conn, filters)
        parsed = settle_spelling(conn, parsed, scope, budget)
        ranker = Ranker(conn, parsed, scope, budget)
        fold_copies = not copies
        matches: Iterable[Match]
        if sort == "date":
            matches = ranker.newest(limit)
        else:
            matches = ranker.best(limit, fold_copies=fold_copies)
        hits = Hits(ranker.hits(matches, limit, fold_copies=fold_copies))
        hits.partial = budget.cut
        return hits
