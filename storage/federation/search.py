"""One search over several archives, planned and ranked as in one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from storage.federation.union import open_search
from storage.search.engine import MOST_LIMIT, Wanted

if TYPE_CHECKING:
    from storage.federation.archives import Archives
    from storage.search.filters import Filters
    from storage.search.results import Facets, Hit, Note, Total
    from storage.search.tally import Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A hit, and which archives have it."""

    archive: str
    """The name of the archive that is shown; the id is that of the hit there."""
    hit: Hit
    also: list[str] = field(default_factory=list)
    """Other archives that have the very same article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JointResults:
    """What several archives found, the best first."""

    found: list[Found]
    total: Total
    """An article of two archives counts twice."""
    notes: tuple[Note, ...]
    facets: Facets | None


def search(
    archives: Archives,
    query: str,
    filters: Filters,
    *,
    sort: str = "relevance",
    copies: bool = False,
    limit: int = 10,
    offset: int = 0,
    facets: bool = False,
) -> JointResults:
    """Return the best hits of all archives: see ``storage.search.engine.search``.

    The same article in several archives is one hit, and so are copies, unless ``copies``: the
    earliest stands for the others. Raise QueryError, or ArchiveError where no archive answers.
    """
    limit = max(1, min(limit, MOST_LIMIT - offset))
    wanted = Wanted(sort=sort, copies=copies, limit=limit, offset=offset, facets=facets)
    with open_search(archives, query, filters, wanted) as (engine, also, names):
        hits = engine.answer()
        found = [
            Found(
                archive=names[hit.id % len(names)],
                hit=replace(hit, id=hit.id // len(names)),
                also=also[hit.id],
            )
            for hit in hits
        ]
    return JointResults(found=found, total=hits.total, notes=hits.notes, facets=hits.facets)


def count_matches(archives: Archives, query: str, by: str, filters: Filters) -> Counts:
    """Count the matches of all archives by one of ``GROUPS``; raise as ``search`` does.

    An article of two archives counts twice.
    """
    wanted = Wanted(sort="date", copies=True, limit=1, offset=0, facets=False)
    with open_search(archives, query, filters, wanted) as (engine, _, _):
        return engine.counts(by)
