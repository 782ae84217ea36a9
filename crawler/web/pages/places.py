"""Provinces, districts and communes: what each was and is, and the articles that name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from crawler.web.charts.tiles import ERAS, draw_tiles
from crawler.web.charts.timeline import draw_timeline
from crawler.web.language import sort_key
from crawler.web.pages import figures
from crawler.web.pages.asked import narrow_by
from crawler.web.pages.notes import explain_error
from storage.errors import QueryError
from storage.federation.search import JointResults
from storage.places.questions import find_place, name_code
from storage.places.units import load_units
from storage.search.filters import Filters
from storage.search.results import Total

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from starlette.responses import Response

    from crawler.web.charts.timeline import Timeline
    from crawler.web.visit import Visit
    from storage.archive import Archive
    from storage.places.units import Unit
    from storage.records import SourceRow
    from storage.search.results import Count, Facets


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A unit with a link to its page."""

    code: str
    title: str
    count: int = 0
    part: bool = False
    """Whether only a part of it is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacePage:
    """One unit."""

    unit: Unit
    title: str
    parents: Sequence[Named]
    became: Sequence[Named]
    """What a unit that ended is today."""
    came_from: Sequence[Named]
    """What a unit of today was made of."""
    children: Sequence[Named]
    """Units in it that articles name, the most first."""
    count: int
    timeline: Timeline | None
    sources: Sequence[tuple[str, SourceRow]]
    """Address of its page, and the outlet."""


def show_places(visit: Visit) -> Response:
    """Answer ``/places``: both maps, by the articles that name places of each province."""
    if name := visit.params.get("name", "").strip()[:200]:
        return _find(visit, name)
    by_outlet = visit.params.get("by") == "outlet"
    counted = figures.published_by_province if by_outlet else figures.by_province
    tiles = {era: draw_tiles(era, counted(visit)) for era in ERAS}
    return visit.render(
        "places.html",
        tiles=tiles,
        by_outlet=by_outlet,
        show_place=lambda tile: visit.path(f"/place/{tile.code}"),
    )


def _find(visit: Visit, name: str) -> Response:
    try:
        unit = find_place(name).unit
    except QueryError as error:
        return visit.render("problem.html", 404, sentence=explain_error(visit, error))
    return RedirectResponse(visit.path(f"/place/{unit.code}"), 303)


def show_place(visit: Visit) -> Response:
    """Answer ``/place/CODE``."""
    unit = load_units().by_code.get(visit.request.path_params["code"])
    if unit is None:
        return visit.missing(visit.language.gettext("There is no such place."))
    try:
        answer = visit.search("", Filters(place=place_query(unit)), limit=10, facets=True)
    except QueryError:  # without an index a large archive cannot be asked: the rest is shown
        answer = JointResults(found=[], total=Total(count=0, exact=False), notes=(), facets=None)
    page = read_place(visit, unit, answer.facets)
    hits = [
        (visit.of(each.archive).path(f"/article/{each.hit.id}"), each.hit) for each in answer.found
    ]
    return visit.render(
        "place.html",
        page=page,
        unit=unit,
        hits=hits,
        names=visit.names,
        narrow=narrow_by(visit, place=page.title),
    )


def read_place(visit: Visit, unit: Unit, facets: Facets | None) -> PlacePage:
    """Return everything about a unit; ``facets`` are of the articles that name it."""
    units = load_units()
    children = units.children(unit)
    add_up = figures.add_up
    counts = add_up(visit, f"in {unit.code}", lambda a: _counts(a, [unit, *children]))
    within = [Named(code=c.code, title=c.title, count=counts.get(c.code, 0)) for c in children]
    within.sort(key=lambda each: (-each.count, sort_key(each.title)))
    months = facets.month if facets else ()
    origins = () if unit.old else units.came_from(unit)
    return PlacePage(
        unit=unit,
        title=name_code(unit.code),
        parents=[_named(parent) for parent in units.parents(unit)],
        became=[
            _named(new, part=bool(unit.steps) and units.took_part(unit, new))
            for new in (units.became(unit) if unit.old else ())
        ],
        came_from=[_named(old) for old in origins],
        children=within,
        count=counts.get(unit.code, 0),
        timeline=draw_timeline(
            {each.name: each.count for each in sorted(months, key=_name) if each.name}
        ),
        sources=_sources(visit, unit),
    )


def _name(count: Count) -> str:
    return count.name


def _counts(archive: Archive, units: Iterable[Unit]) -> Mapping[str, int]:
    return archive.volumes.by_place(unit.code for unit in units)


def _named(unit: Unit, *, part: bool = False) -> Named:
    return Named(code=unit.code, title=name_code(unit.code), part=part)


def _sources(visit: Visit, unit: Unit) -> list[tuple[str, SourceRow]]:
    """Return the outlets of a province, each with the address of its page."""
    if unit.parent:
        return []
    return [
        (part.path(f"/source/{source.id}"), source)
        for part, found in visit.ask(lambda each: each.archive.sources.all())
        for source in found
        if unit.code in figures.count_provinces(visit, {source.id: 1}).by_code
    ]


def place_query(unit: Unit) -> str:
    """Return how a reader writes a unit so that no other is meant."""
    return name_code(unit.code)
