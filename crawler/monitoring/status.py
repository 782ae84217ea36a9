"""What `baotinh status` shows: one row a source, read from the archive."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.monitoring.check import JUDGED_RUNS, read_facts, standing_troubles
from crawler.monitoring.rules import judge
from crawler.monitoring.verdicts import HealthState
from crawler.scheduling.due import NEVER_POLLED, current_seeds, read_due
from crawler.sources.model import Source
from storage.instants import parse_instant
from storage.records import SourceRow
from storage.states import RunState, SourceStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.monitoring.verdicts import Facts
    from storage.archive import Archive
    from storage.frontier.gaps import Gap
    from storage.frontier.health import HealthRow, KeptTrouble
    from storage.frontier.orders import Order
    from storage.records import Run, SeedState

UNLISTED = "unlisted"
"""The status shown of a source that is in the archive and in no file."""
FRESH = dt.timedelta(hours=3)
"""How old a verdict may be that the daemon has kept, before the source is judged anew: the
daemon judges it after each crawl, and all sources each hour."""
SHOWN_RUNS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One source. Instants are ISO strings in UTC."""

    source: Source
    health: str
    why: str
    since: str | None
    last_run: Run | None
    next_poll_at: str | None
    """None: at once, or never (a source that is not active)."""
    next_poll_why: str
    next_poll_cause: str
    """``Due.cause``."""
    last_success_at: str | None
    """When it last answered, as far as is kept: the last poll of a seed that did not fail, what a
    seed that fails now had brought, or the newest article."""
    last_article_at: str | None
    """When the newest article was first seen."""
    articles: int
    pending: int
    retrying: Sequence[tuple[str, int, str]] = field(default=())
    """(reason, number, first next try) of pages that are tried again later."""
    capture_id: int | None = None
    troubles: Sequence[KeptTrouble] = field(default=())
    """All causes, the gravest first, each with when it began."""
    seeds: Sequence[SeedState] = field(default=())
    runs: Sequence[Run] = field(default=())
    gaps: Sequence[Gap] = field(default=())
    order: Order | None = None
    """The order by which a worker of a cluster has the source now."""

    @property
    def alarming(self) -> bool:
        """Return whether `status --check` fails because of it."""
        return self.health != HealthState.OK


def as_source(row: SourceRow) -> Source:
    """Return a source of the archive that no file describes any more: shown, never polled."""
    facts = {name: getattr(row, name) for name in SourceRow.__slots__}
    return Source(**facts | {"status": UNLISTED})


def read_row(archive: Archive, source: Source, *, now: str, slack: float) -> Row:
    """Return everything about one source.

    Health is judged now, so no daemon is needed, unless it was judged since the last crawl.
    """
    kept = archive.health.get(source.id)
    polled = source.status == SourceStatus.ACTIVE
    recent = kept is not None and polled and is_recent(kept, now)
    runs = archive.runs.last(source.id, SHOWN_RUNS if recent or not polled else JUDGED_RUNS)
    seeds = current_seeds(archive, source)
    if kept and recent and is_fresh(kept, runs):
        standing = _recall(archive, kept)
    else:
        known = None if recent else runs
        facts = read_facts(archive, source, now=now, seeds=seeds, runs=known)
        standing = _judge(archive, facts, kept, source.id)
    due = read_due(archive, source, now=now, slack=slack, seeds=seeds)
    last_article_at = archive.articles.last_first_seen_at(source.id)
    return Row(
        source=source,
        health=standing.state,
        why=standing.why,
        since=standing.since,
        last_run=runs[0] if runs else None,
        next_poll_at=due.at if polled and due.at != NEVER_POLLED else None,
        next_poll_why=due.why if polled else _why_not(source),
        next_poll_cause=due.cause,
        last_success_at=_last_answer(seeds, last_article_at),
        last_article_at=last_article_at,
        articles=archive.articles.count(source.id),
        pending=archive.links.count_due(source.id, now),
        retrying=archive.links.waiting(source.id, now),
        capture_id=standing.capture_id,
        troubles=standing.troubles,
        seeds=seeds,
        runs=runs[:SHOWN_RUNS],
        gaps=archive.gaps.unclosed(source.id),
        order=archive.orders.of_source(source.id),
    )


def _last_answer(seeds: Sequence[SeedState], last_article_at: str | None) -> str | None:
    known = [seed.fruitful_at if seed.failures else seed.polled_at for seed in seeds]
    return max((at for at in (*known, last_article_at) if at), default=None)


def is_recent(kept: HealthRow, now: str) -> bool:
    """Return whether a kept verdict is young enough to hold."""
    return dt.timedelta(0) <= parse_instant(now) - parse_instant(kept.checked_at) <= FRESH


def is_fresh(kept: HealthRow, runs: Sequence[Run]) -> bool:
    """Return whether a recent verdict still holds; ``runs`` are the source's last."""
    if any(run.state is RunState.RUNNING for run in runs):
        return False
    last = max((run.finished_at or run.started_at for run in runs), default="")
    return last <= kept.checked_at


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """A verdict, and since when it holds."""

    state: str
    why: str
    since: str | None
    troubles: Sequence[KeptTrouble]
    capture_id: int | None


def _recall(archive: Archive, kept: HealthRow) -> _Standing:
    troubles = [each for each in archive.health.troubles(kept.source_id) if not each.ended_at]
    return _Standing(
        state=kept.state,
        why=kept.why,
        since=troubles[0].since if troubles else kept.since,
        troubles=troubles,
        capture_id=kept.capture_id,
    )


def _judge(archive: Archive, facts: Facts, kept: HealthRow | None, source_id: str) -> _Standing:
    verdict = judge(facts)
    troubles = standing_troubles(source_id, verdict, archive.health.troubles(source_id), facts.now)
    since = kept.since if kept and kept.state == verdict.state else None
    return _Standing(
        state=verdict.state,
        why=verdict.why,
        since=troubles[0].since if troubles else since,
        troubles=troubles,
        capture_id=kept.capture_id if kept else None,
    )


def _why_not(source: Source) -> str:
    if source.status == UNLISTED:
        return "no source file has this id"
    return f"its source file says {source.status}"
