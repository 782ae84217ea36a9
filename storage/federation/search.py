"""One search over several archives: each ranks its own, and the best of all come first.

A score says how well a text answers the query and knows nothing of the other texts, so scores of
different archives can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from storage.federation.copies import Known
from storage.search.results import NoteKind

if TYPE_CHECKING:
    from storage.federation.archives import Archives, Member
    from storage.search.filters import Filters
    from storage.search.results import Hit, Hits, Note, Total


@dataclass(slots=True, kw_only=True)
class Found:
    """A hit, and which archives have it."""

    archive: str
    """The name of the archive that is shown; its id is that of the hit."""
    hit: Hit
    also: list[str] = field(default_factory=list)
    """Other archives that have the very same article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What several archives found, the best first."""

    found: list[Found]
    totals: dict[str, Total]
    """Archive -> how many match there; an article of two archives counts in both."""
    notes: dict[str, tuple[Note, ...]]
    """Archive -> what was done to the query there."""


def search(
    archives: Archives,
    query: str,
    filters: Filters,
    *,
    sort: str = "relevance",
    copies: bool = False,
    limit: int = 10,
) -> Answer:
    """Return the best hits of all archives: see ``storage.search.engine.search``.

    The same article in several archives is one hit, and so are copies, unless ``copies``: the
    earliest stands for the others. Raise QueryError, or ArchiveError where no archive answers.
    """
    answers = archives.ask(
        lambda archive: archive.search(query, filters, sort=sort, copies=copies, limit=limit)
    )
    answers = _as_typed(answers)
    ranked = sorted(
        ((member, hit) for member, hits in answers for hit in hits),
        key=lambda found: _rank(found[1], sort),
        reverse=True,
    )
    return Answer(
        found=_fold(ranked, fold_copies=not copies, limit=limit),
        totals={member.name: hits.total for member, hits in answers},
        notes={member.name: hits.notes for member, hits in answers if hits.notes},
    )


def _as_typed(answers: list[tuple[Member, Hits]]) -> list[tuple[Member, Hits]]:
    """Leave out what was found by words that nobody typed, where the typed ones are found."""
    typed = [
        (member, hits)
        for member, hits in answers
        if not any(note.kind is NoteKind.CORRECTED for note in hits.notes)
    ]
    return typed if any(hits for _, hits in typed) else answers


def _rank(hit: Hit, sort: str) -> tuple[object, ...]:
    day = hit.published_on or ""
    # As within one archive: scores that differ less than a reader would notice are equal.
    score = round(hit.score, 2)
    return (day, score, hit.url) if sort == "date" else (score, day, hit.url)


def _fold(ranked: list[tuple[Member, Hit]], *, fold_copies: bool, limit: int) -> list[Found]:
    shown: list[tuple[Found, Known]] = []
    for member, hit in ranked:
        known = Known(member, hit)
        place = next((n for n, (_, other) in enumerate(shown) if known.is_same(other)), None)
        if place is not None:
            shown[place][0].also.append(member.name)
            continue
        if len(shown) == limit:
            continue
        if fold_copies:
            place = next((n for n, (_, other) in enumerate(shown) if known.is_copy(other)), None)
        if place is not None:
            shown[place] = _joined(shown[place], Found(archive=member.name, hit=hit), known)
        else:
            shown.append((Found(archive=member.name, hit=hit), known))
    return [found for found, _ in shown]


def _joined(shown: tuple[Found, Known], found: Found, known: Known) -> tuple[Found, Known]:
    """Return a hit that stands for two copies: the earlier one, in the place of the better one."""
    first, other = shown
    copies = first.hit.copies + found.hit.copies + 1
    if (found.hit.published_on or "~") < (first.hit.published_on or "~"):
        first, other = found, known
    first.hit = replace(first.hit, copies=copies)
    return first, other
