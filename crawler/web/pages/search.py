"""The front page: search, with counts, a timeline, a map, and the newest articles without words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.render.terminal import MARKED
from crawler.web.charts.tiles import ERAS, draw_tiles
from crawler.web.charts.timeline import draw_timeline
from crawler.web.language import sort_key
from crawler.web.pages import figures
from crawler.web.pages.asked import read_asked
from crawler.web.pages.notes import explain_error, explain_notes
from crawler.web.words import KINDS, name_word
from storage.errors import QueryError
from storage.places.questions import name_code
from storage.search.engine import MOST_LIMIT
from storage.search.results import Count, Total

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from starlette.responses import Response

    from crawler.web.charts.tiles import Tile
    from crawler.web.charts.timeline import Timeline
    from crawler.web.pages.asked import Asked
    from crawler.web.visit import Visit
    from storage.articles.read import Headline
    from storage.federation.search import Found
    from storage.search.filters import Filters
    from storage.search.results import Facets

A_PAGE = 20
"""Hits on a page."""
FACET_VALUES = 8
"""Values of a facet that are shown; the rest is behind them."""
MOST_VALUES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One article in a list."""

    path: str
    """Address of its page."""
    title: str
    source: str
    province: str
    published_on: str | None
    section: str | None
    authors: Sequence[str]
    pieces: Sequence[tuple[str, bool]]
    """The snippet or the lead, as (text, whether it is a hit)."""
    document: str | None = None
    """Name of the attached document that the snippet is from."""
    copies: int = 0
    archive: str = ""
    """Name of the archive that it is in, where several are searched."""
    also: Sequence[str] = ()
    """Names of others that have it, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of a facet."""

    label: str
    count: int
    path: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One way to narrow the results."""

    name: str
    title: str
    values: Sequence[Value]

    @property
    def shown(self) -> Sequence[Value]:
        """The most frequent."""
        return self.values[:FACET_VALUES]

    @property
    def hidden(self) -> Sequence[Value]:
        """The rest."""
        return self.values[FACET_VALUES:]


@dataclass(slots=True, kw_only=True)
class SearchPage:
    """A question, and what the archive has for it."""

    asked: Asked
    rows: Sequence[Row] = ()
    total: Total | None = None
    error: str = ""
    """One sentence when the question cannot be answered."""
    notes: Sequence[str] = ()
    facets: Sequence[Facet] = ()
    timeline: Timeline | None = None
    tiles: Mapping[str, Sequence[Tile]] = field(default_factory=dict)
    """Era -> tiles, by the outlets' provinces."""
    before: str = ""
    after: str = ""
    """Addresses of the pages before and after; empty where there is none."""
    ended: bool = False
    """Whether no more hits are ranked, though more articles match."""


def show_search(visit: Visit) -> Response:
    """Answer ``/``."""
    page = read_search(visit, read_asked(visit.params))
    asked = page.asked
    return visit.render(
        "search.html",
        400 if page.error else 200,
        page=page,
        asked=asked,
        form=_form(visit),
        narrow=lambda since, until: visit.path("/", asked.params(since=since, until=until)),
        narrow_province=lambda tile: (
            visit.path("/", asked.params(province=tile.name)) if tile.count else ""
        ),
    )


def read_search(visit: Visit, asked: Asked) -> SearchPage:
    """Return the answer to a search; without words, the newest articles."""
    page = SearchPage(asked=asked)
    try:
        if asked.query or asked.narrowed:
            _find(visit, page)
        else:
            _browse(visit, page)
    except QueryError as error:
        page.error = explain_error(visit, error)
    return page


def _find(visit: Visit, page: SearchPage) -> None:
    asked = page.asked
    offset = (asked.page - 1) * A_PAGE
    answer = visit.search(
        asked.query,
        asked.filters,
        sort=asked.sort,
        copies=asked.copies,
        limit=A_PAGE,
        offset=min(offset, MOST_LIMIT - A_PAGE),
        facets=True,
    )
    page.rows = [_row_of_hit(visit, found) for found in answer.found]
    page.total = answer.total
    page.notes = explain_notes(visit, answer.notes)
    if answer.facets is not None:
        _count(visit, page, answer.facets)
    more, page.ended = find_end(offset, len(answer.found), answer.total.count)
    _turn(visit, page, more=more)


def find_end(offset: int, found: int, total: int) -> tuple[bool, bool]:
    """Return whether there is a next page, and whether hits end though more articles match."""
    reached = offset + A_PAGE
    return (
        found == A_PAGE and reached < MOST_LIMIT,
        reached >= MOST_LIMIT and total > MOST_LIMIT,
    )


def _count(visit: Visit, page: SearchPage, found: Facets) -> None:
    """Fill in what the matches have in common."""
    olds = figures.count_provinces(visit, {each.name: each.count for each in found.source})
    provinces = [
        *found.province,
        *(Count(name=f"{name} (cũ)", count=n) for name, n in olds.ended.items()),
    ]
    groups = (
        ("province", visit.language.gettext("Province of the outlet"), provinces),
        ("source", visit.language.gettext("Outlet"), found.source),
        ("kind", visit.language.gettext("Kind"), found.kind),
        ("section", visit.language.gettext("Section"), found.section),
        ("place", visit.language.gettext("Names a place"), _titles(found.place)),
    )
    page.facets = [
        facet
        for name, title, counts in groups
        if (facet := _facet(visit, page, name, title, counts))
    ]
    page.timeline = draw_timeline({each.name: each.count for each in found.month})
    wholes = figures.published_by_province(visit)
    page.tiles = {era: draw_tiles(era, olds.by_code, wholes) for era in ERAS}


def _titles(counts: Iterable[Count]) -> list[Count]:
    """Return counts by code of a unit as counts by how a reader writes it."""
    most = list(counts)[:MOST_VALUES]
    return [Count(name=name_code(each.name), count=each.count) for each in most]


def _facet(
    visit: Visit, page: SearchPage, name: str, title: str, counts: Iterable[Count]
) -> Facet | None:
    chosen = page.asked.values.get(name)
    values = []
    for each in list(counts)[:MOST_VALUES]:
        if not each.name:
            continue
        value = each.name if name == "place" else each.name.removesuffix(" (cũ)")
        is_chosen = chosen == value
        path = visit.path("/", page.asked.params(**{name: None if is_chosen else value}))
        label = _label(visit, name, each.name)
        values.append(Value(label=label, count=each.count, path=path, chosen=is_chosen))
    return Facet(name=name, title=title, values=values) if values else None


def _label(visit: Visit, facet: str, value: str) -> str:
    if facet == "source":
        return visit.names.get(value, value)
    if facet == "kind":
        return name_word(visit.language, KINDS, value)
    if facet == "province" and value.endswith(" (cũ)"):
        return visit.language.gettext("%(name)s (before 2025)") % {"name": value[:-5]}
    return value


def _browse(visit: Visit, page: SearchPage) -> None:
    """The newest articles of all, and what the archive has."""
    offset = min((page.asked.page - 1) * A_PAGE, MOST_LIMIT)
    most = offset + A_PAGE + 1
    headlines = find_newest(visit, page.asked.filters, most)[offset:]
    page.rows = [_row_of_headline(part, each) for part, each in headlines[:A_PAGE]]
    counts = figures.by_source(visit)
    page.total = Total(count=sum(counts.values()), exact=True)
    page.timeline = draw_timeline(figures.by_month(visit))
    olds = figures.count_provinces(visit, counts)
    page.tiles = {era: draw_tiles(era, olds.by_code) for era in ERAS}
    _turn(visit, page, more=len(headlines) > A_PAGE and offset + A_PAGE < MOST_LIMIT)
    page.ended = len(headlines) > A_PAGE and not page.after


def _turn(visit: Visit, page: SearchPage, *, more: bool) -> None:
    params, number = page.asked.params(), page.asked.page
    if number > 1:
        page.before = visit.path("/", [*params, ("page", str(number - 1) if number > 2 else "")])
    if more:
        page.after = visit.path("/", [*params, ("page", str(number + 1))])


def _form(visit: Visit) -> dict[str, list[tuple[str, str]]]:
    """Return what the form offers: (value, label) for each field with a list."""
    every = visit.ask(
        lambda each: each.memo.get("provinces", each.archive, lambda a: a.sources.provinces())
    )
    provinces = {name for _, found in every for name in found}
    return {
        "sources": sorted(visit.names.items(), key=lambda pair: sort_key(pair[1])),
        "provinces": [(name, name) for name in sorted(provinces, key=sort_key)],
        "kinds": [(kind, name_word(visit.language, KINDS, kind)) for kind in KINDS],
    }


def _row_of_hit(visit: Visit, found: Found) -> Row:
    hit = found.hit
    return Row(
        path=visit.of(found.archive).path(f"/article/{hit.id}"),
        archive=found.archive,
        also=found.also,
        title=hit.title,
        source=visit.names.get(hit.source, hit.source),
        province=hit.province,
        published_on=hit.published_on,
        section=hit.section,
        authors=hit.authors,
        pieces=mark(hit.snippet),
        document=hit.document,
        copies=hit.copies,
    )


def find_newest(visit: Visit, filters: Filters, most: int) -> list[tuple[Visit, Headline]]:
    """Return the newest articles of the archives visited, each with the archive that shows it.

    Raise QueryError.
    """
    every = visit.ask(lambda each: each.archive.articles.newest(filters, most))
    if not visit.several:
        return [(part, headline) for part, found in every for headline in found]
    first: dict[tuple[str, str], tuple[Visit, Headline]] = {}
    for part, found in every:
        for headline in found:
            first.setdefault((headline.source_id, headline.url), (part, headline))
    newest = sorted(first.values(), key=lambda pair: _publication(pair[1]), reverse=True)
    return newest[:most]


def _publication(headline: Headline) -> tuple[str, str]:
    return headline.published_on or "", headline.published_at or ""


def _row_of_headline(visit: Visit, headline: Headline) -> Row:
    return Row(
        path=visit.path(f"/article/{headline.id}"),
        archive=visit.site.archive,
        title=headline.title,
        source=visit.names.get(headline.source_id, headline.source_id),
        province=headline.province,
        published_on=headline.published_on,
        section=headline.section,
        authors=(),
        pieces=[(" ".join(headline.lead.split()), False)],
    )


def mark(snippet: str) -> list[tuple[str, bool]]:
    """Return a snippet as (text, whether it is a hit)."""
    parts = MARKED.split(snippet)
    return [(part, number % 2 == 1) for number, part in enumerate(parts) if part]
