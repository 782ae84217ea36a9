"""Up to five queries side by side: over time and by province, in numbers and in shares."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crawler.web.charts.lines import draw_lines
from crawler.web.pages import figures
from crawler.web.pages.asked import NARROWING, Asked
from crawler.web.pages.notes import explain_error
from storage.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from crawler.web.charts.lines import Lines
    from crawler.web.visit import Visit

MOST_QUERIES = 5
MOST_MONTHS = 36
"""Months in the picture; a longer time is shown by years."""
MOST_PROVINCES = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One query and what it found."""

    asked: Asked
    error: str = ""
    count: int = 0
    exact: bool = True
    times: Mapping[str, int]
    """Month or year -> number."""
    provinces: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All queries over the same times."""

    courses: Sequence[Course]
    names: Sequence[str]
    """Months or years, the earliest first."""
    wholes: Mapping[str, int]
    """Month or year -> articles in the archive."""
    provinces: Sequence[str]
    published: Mapping[str, int]
    """Province -> articles of its outlets in the archive."""
    lines: Lines | None
    shares: bool
    """Whether the picture shows shares of what was published."""


def show_comparison(visit: Visit) -> Response:
    """Answer ``/compare``."""
    queries, shared, shares = read_queries(visit)
    asked = [Asked(values={**shared, "q": query}) for query in queries]
    page = compare(visit, asked, shares=shares) if asked else None
    params = [*(("q", query) for query in queries), *shared.items()]
    return visit.render(
        "compare.html",
        page=page,
        queries=[*queries, *[""] * (MOST_QUERIES - len(queries))],
        shared=shared,
        shares=shares,
        other_way=visit.path("/compare", [*params, ("as", "numbers" if shares else "")]),
    )


def read_queries(visit: Visit) -> tuple[list[str], dict[str, str], bool]:
    """Return the queries, the filters of all, and whether shares are wanted."""
    queries = [text.strip()[:500] for text in visit.params.getlist("q") if text.strip()]
    shared = {n: text.strip()[:200] for n in NARROWING if (text := visit.params.get(n, ""))}
    return (
        list(dict.fromkeys(queries))[:MOST_QUERIES],
        shared,
        visit.params.get("as") != "numbers",
    )


def compare(visit: Visit, every: Sequence[Asked], *, shares: bool) -> Comparison:
    """Return the queries over the same times and provinces."""
    courses = [_count(visit, asked) for asked in every]
    wholes = figures.by_month(visit)
    return put_side_by_side(courses, wholes, _published(visit), shares=shares)


def put_side_by_side(
    courses: Sequence[Course],
    wholes: Mapping[str, int],
    published: Mapping[str, int],
    *,
    shares: bool,
) -> Comparison:
    """Return courses by months, or by years where the months are too many.

    ``wholes`` is month -> articles in the archive, ``published`` the same by province.
    """
    if len({name for course in courses for name in course.times}) > MOST_MONTHS:
        courses = [replace(course, times=add_by_year(course.times)) for course in courses]
        wholes = add_by_year(wholes)
    names = sorted({name for course in courses for name in course.times})
    values = [
        {name: (n / max(n, wholes.get(name, 0)) if shares else n) for name, n in c.times.items()}
        for c in courses
    ]
    totals: Counter[str] = Counter()
    for course in courses:
        totals.update(course.provinces)
    return Comparison(
        courses=courses,
        names=names,
        wholes=wholes,
        provinces=sorted(totals, key=lambda name: (-totals[name], name))[:MOST_PROVINCES],
        published=published,
        lines=draw_lines(names, values),
        shares=shares,
    )


def _count(visit: Visit, asked: Asked) -> Course:
    try:
        hits = visit.search(asked.query, asked.filters, limit=1, facets=True)
    except QueryError as error:
        return Course(asked=asked, error=explain_error(visit, error), times={}, provinces={})
    months = hits.facets.month if hits.facets else ()
    provinces = hits.facets.province if hits.facets else ()
    return Course(
        asked=asked,
        count=hits.total.count,
        exact=hits.total.exact,
        times={each.name: each.count for each in months if each.name},
        provinces={each.name: each.count for each in provinces if each.name},
    )


def add_by_year(months: Mapping[str, int]) -> dict[str, int]:
    """Return numbers by month as numbers by year."""
    years: Counter[str] = Counter()
    for name, count in months.items():
        years[name[:4]] += count
    return dict(years)


def _published(visit: Visit) -> dict[str, int]:
    counts = figures.by_source(visit)
    found: Counter[str] = Counter()
    every = visit.ask(lambda each: each.archive.sources.all())
    provinces = {source.id: source.province for _, sources in every for source in sources}
    for source_id, province in provinces.items():
        found[province] += counts.get(source_id, 0)
    return dict(found)
