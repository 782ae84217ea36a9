"""Judge the health of a source from the archive; keep the verdict and what was reported."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.monitoring.coverage import coverage, outdone
from crawler.monitoring.rules import Coverage, Facts, HealthState, judge
from crawler.scheduling.due import current_seeds
from crawler.scheduling.polls import read_first_run, read_instants
from storage.health import HealthRow
from storage.instants import format_instant, parse_instant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.monitoring.rules import Health
    from crawler.sources.model import Source
    from storage.archive import Archive
    from storage.records import Article

_RECENT_ARTICLES = 20
_LATEST_ARTICLES = 5
_USUAL_ARTICLES = 200
_ALWAYS = 0.95
_RUNS = 60
_STALE = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of health that is to be reported, once."""

    source_id: str
    name: str
    state: str
    before: str
    since: str
    why: str
    capture_id: int | None = None

    @property
    def recovered(self) -> bool:
        """Return whether the source is ok again."""
        return self.state == HealthState.OK


def check(archive: Archive, source: Source, *, now: str) -> Change | None:
    """Judge a source, keep the verdict, and return the change to report, if any.

    A change is returned by every check until ``archive.health.mark_told`` says that people know.
    Raise ArchiveError.
    """
    verdict = judge(read_facts(archive, source, now=now))
    before = archive.health.get(source.id)
    row = _row(archive, source, verdict, before, now)
    if before is None or _differs(before, row):
        archive.health.put(row)
    told = (before and before.told) or HealthState.OK
    if verdict.state == told:
        return None
    return Change(
        source_id=source.id,
        name=source.name,
        state=verdict.state,
        before=told,
        since=row.since,
        why=verdict.why,
        capture_id=row.capture_id,
    )


def _row(
    archive: Archive, source: Source, verdict: Health, before: HealthRow | None, now: str
) -> HealthRow:
    is_ok = verdict.state == HealthState.OK
    return HealthRow(
        source_id=source.id,
        state=verdict.state,
        since=before.since if before and before.state == verdict.state else now,
        why=verdict.why,
        checked_at=now,
        told=before.told if before else None,
        capture_id=None if is_ok else _offending_capture(archive, source.id, now),
    )


def _differs(before: HealthRow, row: HealthRow) -> bool:
    """Return whether to write the row: it has changed, or the check time is an hour old."""
    stale = abs(parse_instant(row.checked_at) - parse_instant(before.checked_at)) > _STALE
    kept = (before.state, before.why, before.told, before.capture_id)
    return stale or kept != (row.state, row.why, row.told, row.capture_id)


def read_facts(archive: Archive, source: Source, *, now: str) -> Facts:
    """Return everything the rules of `crawler.monitoring.rules` look at."""
    newest = archive.articles.outlines(source.id, _RECENT_ARTICLES + _USUAL_ARTICLES)
    return Facts(
        now=now,
        status=source.status,
        seeds=current_seeds(archive, source),
        runs=archive.runs.last(source.id, _RUNS),
        published=read_instants(archive, source.id, now=now),
        watched_since=read_first_run(archive, source.id),
        coverage=compare_coverage(newest),
        outdone=outdone(newest[:_RECENT_ARTICLES]),
        judged=len(newest[:_RECENT_ARTICLES]),
        gaps=archive.gaps.unclosed(source.id),
    )


def compare_coverage(articles: Sequence[Article]) -> Mapping[str, Coverage]:
    """Return how often the newest articles have each field, and how often the ones before had it.

    The newest twenty count; only the newest five where a field that all articles had is in none
    of them, so that a change of the pages shows after one run.
    """
    usual = coverage(articles[_RECENT_ARTICLES:])
    if len(articles) < 2 * _RECENT_ARTICLES:
        return {}
    recent, latest = coverage(articles[:_RECENT_ARTICLES]), coverage(articles[:_LATEST_ARTICLES])
    found: dict[str, Coverage] = {}
    for name, share in usual.items():
        gone = share >= _ALWAYS and latest[name] == 0
        found[name] = Coverage(
            recent=0.0 if gone else recent[name],
            usual=share,
            articles=_LATEST_ARTICLES if gone else _RECENT_ARTICLES,
        )
    return found


def _offending_capture(archive: Archive, source_id: str, now: str) -> int | None:
    """Return the newest kept page of the last two days that gave no article."""
    begin = format_instant(parse_instant(now) - dt.timedelta(days=2))
    return archive.captures.last_refused(source_id, begin)
