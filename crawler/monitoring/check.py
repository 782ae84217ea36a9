"""Judge the health of a source from the archive; keep the verdict and what was reported."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crawler.failures import Word, reason_of
from crawler.monitoring.coverage import FIELD_CAUSES, Shares, is_title_of_page, outdone
from crawler.monitoring.page_rules import YOUNG_FOR
from crawler.monitoring.rules import DROP_FROM, DROP_TO, judge
from crawler.monitoring.verdicts import SEVERITY, Coverage, Facts, HealthState
from crawler.net.addresses import pace_key
from crawler.net.throttle import RETRY_AFTER_CAP
from crawler.scheduling.due import current_seeds
from crawler.scheduling.polls import Instants, read_first_run, read_instants
from storage.frontier.health import HealthRow, KeptTrouble
from storage.instants import (
    SKEW,
    add_seconds,
    day_of_instant,
    format_instant,
    parse_instant,
    read_day,
)
from storage.states import SourceStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from crawler.monitoring.verdicts import Health, Trouble
    from crawler.sources.model import Source
    from storage.archive import Archive
    from storage.records import Link, Outline, Run, SeedState

_RECENT_ARTICLES = 20
_LATEST_ARTICLES = 5
_USUAL_ARTICLES = 200
_MAY_LACK = (1 - DROP_FROM) * _USUAL_ARTICLES
"""Articles that may lack a usual field."""
_STEPS = (_RECENT_ARTICLES, 65, 120, _RECENT_ARTICLES + _USUAL_ARTICLES)
"""So many articles are read, until it is clear which fields were lost: 41 of 45 without one leave
it to less than four fifths of 200."""
GONE = {_LATEST_ARTICLES: 0.95, 10: 0.8}
"""So many of the newest articles without a field -> share of the ones before that had it, from
which that is no chance."""
JUDGED_RUNS = 60
"""So many runs, the newest, say how readable a source is."""
_SPREAD = dt.timedelta(days=1)
"""So long after its begin a trouble may become graver without being reported again."""
_STALE = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthChange:
    """A change of health that is to be reported, once."""

    source_id: str
    name: str
    state: str
    before: str
    since: str
    why: str
    capture_id: int | None = None
    began: tuple[KeptTrouble, ...] = ()
    """Troubles that people do not know of, or as lesser ones only; the gravest first."""
    ended: tuple[KeptTrouble, ...] = ()
    """Troubles that people know of and that are over."""

    @property
    def recovered(self) -> bool:
        """Return whether the source is ok again."""
        return self.state == HealthState.OK


def check(archive: Archive, source: Source, *, now: str) -> HealthChange | None:
    """Judge a source, keep the verdict, and return the change to report, if any.

    A change is returned by every check until ``archive.health.mark_told`` says that people know.
    Raise ArchiveError.
    """
    facts = read_facts(archive, source, now=now)
    verdict = judge(facts)
    before, known = archive.health.get(source.id), archive.health.troubles(source.id)
    standing = standing_troubles(source.id, verdict, known, now)
    ended = _ended_troubles(standing, known, now)
    row = _row(archive, verdict, standing, before or _first_row(source.id, now), now)
    differs = before is None or _differs(before, row) or _has_run_since(before, facts)
    if differs or [*standing, *ended] != known:
        archive.health.put(row, [*standing, *ended])
    began = tuple(each for each in standing if _is_news(each, now))
    if not began and not ended:
        return None
    return HealthChange(
        source_id=source.id,
        name=source.name,
        state=verdict.state,
        before=row.told or HealthState.OK,
        since=row.since,
        why=verdict.why,
        capture_id=row.capture_id,
        began=began,
        ended=tuple(ended),
    )


def standing_troubles(
    source_id: str, verdict: Health, known: Sequence[KeptTrouble], now: str
) -> list[KeptTrouble]:
    """Return the troubles of a verdict with what is known of each: since when, and who was told."""
    by_cause = {each.cause: each for each in known}
    return [_keep(source_id, each, by_cause.get(each.cause), now) for each in verdict.troubles]


def _ended_troubles(
    standing: Sequence[KeptTrouble], known: Sequence[KeptTrouble], now: str
) -> list[KeptTrouble]:
    """Return the troubles that people know of and that are over."""
    causes = {each.cause for each in standing}
    return [
        replace(each, ended_at=each.ended_at or now)
        for each in known
        if each.told and each.cause not in causes
    ]


def _keep(source_id: str, trouble: Trouble, known: KeptTrouble | None, now: str) -> KeptTrouble:
    began = min(trouble.since or now, now)
    return KeptTrouble(
        source_id=source_id,
        cause=trouble.cause,
        state=trouble.state,
        since=min(known.since, began) if known else began,
        why=trouble.why,
        told=known.told if known else None,
    )


def _is_news(trouble: KeptTrouble, now: str) -> bool:
    """Return whether people do not know of a trouble, or of how grave it has become.

    A host that goes away fails its seeds one after the other: that is one piece of news.
    """
    if trouble.told is None:
        return True
    spreads = parse_instant(now) - parse_instant(trouble.since) < _SPREAD
    return SEVERITY[trouble.state] > SEVERITY[trouble.told] and not spreads


def _first_row(source_id: str, now: str) -> HealthRow:
    return HealthRow(source_id=source_id, state="", since=now, why="", checked_at=now)


def _row(
    archive: Archive,
    verdict: Health,
    standing: Sequence[KeptTrouble],
    before: HealthRow,
    now: str,
) -> HealthRow:
    if standing:
        since = standing[0].since
    else:
        since = before.since if before.state == verdict.state else now
    return replace(
        before,
        state=verdict.state,
        since=since,
        why=verdict.why,
        checked_at=now,
        capture_id=_offending_capture(archive, before.source_id, now) if standing else None,
    )


def _differs(before: HealthRow, row: HealthRow) -> bool:
    """Return whether to write the row: it has changed, or the check time is an hour old."""
    stale = abs(parse_instant(row.checked_at) - parse_instant(before.checked_at)) > _STALE
    kept = (before.state, before.why, before.told, before.capture_id)
    return stale or kept != (row.state, row.why, row.told, row.capture_id)


def _has_run_since(before: HealthRow, facts: Facts) -> bool:
    """Return whether a crawl ended after a verdict: from then on only a later one is taken."""
    return any((run.finished_at or "") > before.checked_at for run in facts.runs[:1])


def read_facts(
    archive: Archive,
    source: Source,
    *,
    now: str,
    seeds: Sequence[SeedState] | None = None,
    runs: Sequence[Run] | None = None,
) -> Facts:
    """Return everything the rules of `crawler.monitoring.rules` look at.

    Of a source that is not active that is its status alone. ``seeds`` are the current ones and
    ``runs`` the newest ``JUDGED_RUNS``, where they are known.
    """
    if source.status != SourceStatus.ACTIVE:
        return Facts(
            now=now, status=source.status, seeds=(), runs=(), published=(), watched_since=None,
            coverage={},
        )  # fmt: skip
    seeds = current_seeds(archive, source) if seeds is None else seeds
    standing = {each.cause for each in archive.health.troubles(source.id) if not each.ended_at}
    newest = read_newest(archive, source.id, standing)
    runs = archive.runs.last(source.id, JUDGED_RUNS) if runs is None else runs
    met = {outcome.partition("/")[2] for run in runs for outcome in run.outcomes}
    return Facts(
        now=now,
        status=source.status,
        seeds=seeds,
        runs=runs,
        published=Instants(archive, source.id, now=now),
        watched_since=read_first_run(archive, source.id),
        coverage=compare_coverage(newest),
        entries={
            seed.id: read_instants(archive, source.id, seed.id, now=now)
            for seed in seeds
            if seed.vacant_since
        },
        outdone=outdone(newest.articles[:_RECENT_ARTICLES]),
        judged=min(len(newest.articles), _RECENT_ARTICLES),
        gaps=archive.gaps.unclosed(source.id),
        standing=standing,
        young=_count_young(archive, source.id, met, now),
        untitled=_count_untitled(archive, source.id, newest.articles, met),
        aside=archive.links.count_aside(source.id),
        held=_read_held(archive, seeds, now),
        pages_held=_read_pages_held(archive, source.id, now),
    )


def _read_held(archive: Archive, seeds: Sequence[SeedState], now: str) -> Mapping[int, str]:
    failing = [seed for seed in seeds if seed.failures]
    found = {seed.id: _held_until(archive, seed.url, now) for seed in failing}
    return {id_: until for id_, until in found.items() if until is not None}


def _read_pages_held(archive: Archive, source_id: str, now: str) -> str | None:
    newest = archive.links.newest(source_id, 1)
    return _held_until(archive, newest[0].url, now) if newest else None


def _held_until(archive: Archive, url: str, now: str) -> str | None:
    """Return until when the host of a URL asked to be left alone; None: never, or by a clock that
    was ahead, which nobody minds."""
    host = archive.hosts.get(pace_key(url))
    until = host.not_before if host else None
    latest = add_seconds(now, RETRY_AFTER_CAP + SKEW)
    return until if until is not None and until <= latest else None


def _count_young(
    archive: Archive, source_id: str, met: Iterable[str], now: str
) -> Mapping[str, int]:
    """Return what `count_young` does, without a look at links where no run met such a refusal.

    ``met``: the reasons for which pages gave no article.
    """
    if not any(reason_of(word).is_early for word in met):
        return {}
    since = add_seconds(now, -YOUNG_FOR.total_seconds())
    return count_young(archive.links.young(source_id, since), now)


def _count_untitled(
    archive: Archive, source_id: str, newest: Sequence[Outline], met: Collection[str]
) -> int:
    """Return how many pages, found since the newest that shows a title of its own, show none: each
    has that of its link, or was refused; 0 where none was refused (``met``: the reasons)."""
    if Word.COMMON_TITLE not in met:
        return 0
    number = next((n for n, each in enumerate(newest) if is_title_of_page(each)), len(newest))
    titled = archive.links.find(source_id, newest[number].key) if newest[number:] else None
    since = titled.found_at if titled else ""
    refused = archive.links.count_refused(source_id, Word.COMMON_TITLE, since)
    return refused and number + refused


def count_young(links: Iterable[Link], now: str) -> Mapping[str, int]:
    """Return how often pages were refused that may not be there yet, by reason.

    Those that their seeds date before yesterday were there before they were found.
    """
    yesterday = day_of_instant(add_seconds(now, -86400.0))
    found: Counter[str] = Counter()
    for link in links:
        if (read_day(link.date_hint) or yesterday) >= yesterday:
            found[link.reason or ""] += link.attempts
    return found


def read_newest(archive: Archive, source_id: str, standing: Collection[str]) -> Shares:
    """Return the newest articles of a source, as many as say which fields were lost.

    ``standing``: causes of troubles that stand. The verdict is that on all of the newest 220:
    fewer are read where the others could not change it.
    """
    shares = Shares([])
    for number in _STEPS:
        known = len(shares.articles)
        shares.add(archive.articles.outlines(source_id, number - known, skip=known))
        if len(shares.articles) < number or not _is_open(shares, standing):
            break
    return shares


def _is_open(shares: Shares, standing: Collection[str]) -> bool:
    """Return whether older articles could show that a field was lost: the newest lack it, and of
    those before not so many do that it cannot be usual."""
    recent, before = shares.of(stop=_RECENT_ARTICLES), shares.of(_RECENT_ARTICLES)
    few = [shares.of(stop=number) for number in GONE]
    number = len(shares.articles) - _RECENT_ARTICLES
    return any(
        FIELD_CAUSES.get(name, "fields") in standing
        or (
            (share <= DROP_TO or any(newest[name] == 0 for newest in few))
            and (1 - before.get(name, 1.0)) * number <= _MAY_LACK
        )
        for name, share in recent.items()
    )


def compare_coverage(shares: Shares) -> Mapping[str, Coverage]:
    """Return how often the newest articles have each field, and how often the ones before had it.

    The newest twenty count; only the newest five or ten where a field that all or most articles
    had is in none of them, so that a change of the pages shows after one run. Of few articles
    nothing is usual but what nearly all of them had, and most if none of the newest five has it.
    """
    newest = {number: shares.of(stop=number) for number in (1, *GONE, _RECENT_ARTICLES)}
    number = min(len(shares.articles), _RECENT_ARTICLES)
    is_known = len(shares.articles) >= 2 * _RECENT_ARTICLES
    begin = _RECENT_ARTICLES if is_known else _LATEST_ARTICLES
    usual = shares.of(begin) if len(shares.articles) >= _RECENT_ARTICLES else {}
    found: dict[str, Coverage] = {}
    for name, recent in newest[_RECENT_ARTICLES].items():
        share = usual.get(name)
        gone = _gone_from(name, share, newest) if is_known or share == 1.0 else None
        absent = share is not None and share >= DROP_FROM and not newest[_LATEST_ARTICLES][name]
        found[name] = Coverage(
            recent=0.0 if gone else recent,
            usual=share if is_known or gone or absent else None,
            articles=gone or number,
            latest=newest[_LATEST_ARTICLES][name],
            has_newest=newest[1][name] > 0,
        )
    return found


def _gone_from(
    name: str, usual: float | None, newest: Mapping[int, Mapping[str, float]]
) -> int | None:
    """Return from how many of the newest articles a field is gone that most had; else None."""
    return next(
        (
            number
            for number, least in GONE.items()
            if usual is not None and usual >= least and newest[number][name] == 0
        ),
        None,
    )


def _offending_capture(archive: Archive, source_id: str, now: str) -> int | None:
    """Return the newest kept page of the last two days that gave no article."""
    begin = format_instant(parse_instant(now) - dt.timedelta(days=2))
    return archive.captures.last_refused(source_id, begin)
