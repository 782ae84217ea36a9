"""The outlets: whether each works, why not, when it is asked next, and what comes from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.errors import SourceError
from crawler.monitoring.check import compare_coverage
from crawler.monitoring.coverage import Shares
from crawler.monitoring.status import as_source, read_row
from crawler.monitoring.verdicts import SEVERITY
from crawler.settings import REVISIT_SLACK
from crawler.sources import load_sources
from crawler.web import words
from crawler.web.charts.timeline import draw_days, draw_spark, draw_timeline
from crawler.web.language import sort_key
from crawler.web.pages import figures
from crawler.web.pages.asked import narrow_by
from storage.instants import VIETNAM, parse_instant, read_clock
from storage.search.filters import Filters
from storage.states import SourceStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from crawler.monitoring.status import Row
    from crawler.sources.model import Source
    from crawler.web.charts.timeline import Timeline
    from crawler.web.language import Language
    from crawler.web.memo import Memo
    from crawler.web.visit import Site, Visit
    from storage.archive import Archive
    from storage.frontier.health import KeptTrouble
    from storage.records import SourceRow

WEEKS = 8
STANDINGS = "standings"
SMALL = 20_000
"""Articles of an archive whose outlets are judged while the reader waits: some tenths of a second.
Of a larger one the page shows what was last known, until all are judged in the background."""
PATIENCE = 0.05
"""Seconds that the page of a larger archive waits for them."""
COVERAGE_ARTICLES = 120
"""Newest articles by which the coverage of fields is told."""
STATE_ORDER = ("broken", "blocked", "degraded", "frozen", "ok")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one source stands."""

    state: str
    """Empty while it is being judged for the first time."""
    cause: str
    """Cause of the gravest trouble; empty where there is none."""
    since: str | None
    next_poll_at: str | None
    """None: at once, or never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One line of the list."""

    source: SourceRow
    path: str
    """Address of its page."""
    archive: str
    """Name of the archive that it is in, where several are visited."""
    standing: Standing
    articles: int
    spark: str
    """Articles a day of eight weeks, as a path."""
    recent: int
    """Articles of the last eight weeks."""


def show_sources(visit: Visit) -> Response:
    """Answer ``/sources``: all outlets, those with trouble first."""
    wanted = visit.params.get("state", "")
    outlets = list_outlets(visit)
    states = {
        state: sum(1 for outlet in outlets if outlet.standing.state == state)
        for state in STATE_ORDER
    }
    shown = [outlet for outlet in outlets if wanted in ("", outlet.standing.state)]
    return visit.render(
        "sources.html",
        outlets=shown,
        states=states,
        wanted=wanted,
        everything=len(outlets),
        judging=any(not outlet.standing.state for outlet in outlets),
    )


def list_outlets(visit: Visit) -> list[Outlet]:
    """Return all outlets of the archives visited, the gravest trouble first, then by name."""
    every = visit.ask(_list_outlets)
    return sorted((outlet for _, found in every for outlet in found), key=_gravest_first)


def _list_outlets(visit: Visit) -> list[Outlet]:
    archive, memo = visit.archive, visit.memo
    today = dt.datetime.now(VIETNAM).date()
    first = (today - dt.timedelta(days=7 * WEEKS - 1)).isoformat()
    counts = figures.by_source(visit)
    days = memo.get(f"by_day {first}", archive, lambda a: a.volumes.by_day(first))
    standings = _standings(visit, sum(counts.values()))
    nothing = Standing(state="", cause="", since=None, next_poll_at=None)
    return [
        Outlet(
            source=source,
            path=visit.path(f"/source/{source.id}"),
            archive=visit.site.archive,
            standing=standings.get(source.id, nothing),
            articles=counts.get(source.id, 0),
            spark=draw_spark(days.get(source.id, {}), today, 7 * WEEKS),
            recent=sum(days.get(source.id, {}).values()),
        )
        for source in archive.sources.all()
    ]


def _standings(visit: Visit, articles: int) -> Mapping[str, Standing]:
    def judge(archive: Archive) -> Mapping[str, Standing]:
        return read_standings(archive, visit.site)

    if articles <= SMALL:
        return visit.memo.get(STANDINGS, visit.archive, judge)
    standings = visit.memo.soon(STANDINGS, judge, PATIENCE)
    return recall_standings(visit.archive) if standings is None else standings


def prepare(memo: Memo, site: Site) -> None:
    """Judge all sources in the background, before the first reader comes."""
    memo.prepare(STANDINGS, lambda archive: read_standings(archive, site))


def _gravest_first(outlet: Outlet) -> tuple[int, str]:
    return -SEVERITY.get(outlet.standing.state, 0), sort_key(outlet.source.name)


def read_standings(archive: Archive, site: Site) -> dict[str, Standing]:
    """Return how each source stands: as the daemon judged it lately, else judged now."""
    now = read_clock()
    return {
        source_id: standing_of(read_row(archive, source, now=now, slack=REVISIT_SLACK))
        for source_id, source in known_sources(archive, site).items()
    }


def recall_standings(archive: Archive) -> dict[str, Standing]:
    """Return how sources stood when they were judged last, at any time; without the others."""
    polls, found = archive.seeds.next_polls(), {}
    for source in archive.sources.all():
        if kept := archive.health.get(source.id):
            standing = archive.health.troubles(source.id)
            found[source.id] = Standing(
                state=kept.state,
                cause=standing[0].cause if standing else "",
                since=kept.since,
                next_poll_at=polls.get(source.id),
            )
    return found


def standing_of(row: Row) -> Standing:
    """Return how a source stands by a row of ``baotinh status``."""
    return Standing(
        state=str(row.health),
        cause=row.troubles[0].cause if row.troubles else "",
        since=row.since,
        next_poll_at=row.next_poll_at,
    )


def known_sources(archive: Archive, site: Site) -> dict[str, Source]:
    """Return the sources of the archive, by their files where they have any that can be read."""
    try:
        files: Mapping[str, Source] = load_sources(site.sources_dir)
    except SourceError:
        files = {}
    return {row.id: files.get(row.id) or as_source(row) for row in archive.sources.all()}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePage:
    """One outlet with all that is known of it."""

    row: Row
    standing: Standing
    days: Timeline
    months: Timeline | None
    troubles: Sequence[KeptTrouble]
    coverage: Sequence[tuple[str, float]]
    """Name of a field, and share of the newest articles that have it."""
    judged: int
    """Articles by which the coverage is told."""
    why_then: str
    """Why it is asked next when it is, in the reader's language; empty where nobody asks it."""


def show_source(visit: Visit) -> Response:
    """Answer ``/source/ID``."""
    page = read_source(visit, visit.request.path_params["id"])
    if page is None:
        return visit.missing(visit.language.gettext("The archive has no such outlet."))
    headlines = visit.archive.articles.newest(Filters(source=page.row.source.id), 8)
    return visit.render(
        "source.html",
        page=page,
        row=page.row,
        headlines=headlines,
        narrow=narrow_by(visit, source=page.row.source.id),
    )


def read_source(visit: Visit, source_id: str) -> SourcePage | None:
    """Return everything about an outlet, judged now; None where the archive has none of that id."""
    archive = visit.archive
    sources = visit.memo.get("sources", archive, lambda a: known_sources(a, visit.site))
    source = sources.get(source_id)
    if source is None:
        return None
    row = read_row(archive, source, now=read_clock(), slack=REVISIT_SLACK)
    today = dt.datetime.now(VIETNAM).date()
    first = (today - dt.timedelta(days=7 * WEEKS - 1)).isoformat()
    days = archive.volumes.by_day(first, source_id).get(source_id, {})
    newest = archive.articles.outlines(source_id, COVERAGE_ARTICLES)
    fields = {name: share.recent for name, share in compare_coverage(Shares(newest)).items()}
    return SourcePage(
        row=row,
        standing=standing_of(row),
        troubles=row.troubles,
        days=draw_days(days, today, 7 * WEEKS),
        months=draw_timeline(archive.volumes.by_month(source_id)),
        coverage=list(fields.items()),
        judged=min(len(newest), 20),
        why_then=explain_poll(visit.language, row, sum(days.values())),
    )


def explain_poll(language: Language, row: Row, recent: int) -> str:
    """Return why a source is asked next when it is; the daemon's own sentence is English.

    ``recent`` is how many articles it had in the last eight weeks.
    """
    if row.source.status != SourceStatus.ACTIVE:
        return ""
    if row.next_poll_cause in words.WAITS:
        return words.name_word(language, words.WAITS, row.next_poll_cause)
    polled = [
        (seed.next_poll_at, seed.polled_at, seed.failures)
        for seed in row.seeds
        if seed.polled_at and seed.next_poll_at
    ]
    if not polled:
        return language.gettext("it was never asked")
    then, before, failures = min(polled)
    wait = parse_instant(then) - parse_instant(before)
    span = language.span(max(0.0, wait.total_seconds()))
    if failures:
        text = language.gettext("%(span)s after the last time, which failed")
        return text % {"span": span}
    text = language.gettext(
        "%(span)s after the last time: about %(count)s articles a day are to be expected"
    )
    return text % {"span": span, "count": write_rate(language, recent / (7 * WEEKS))}


def write_rate(language: Language, number: float) -> str:
    """Return a number of articles a day: whole from ten on, else with a tenth."""
    if number >= 10:
        return language.number(round(number))
    return f"{number:.1f}".replace(".", "," if language.code == "vi" else ".")
