"""What `baotinh status` shows: one row a source, read from the archive."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.monitoring.check import read_facts, standing_troubles
from crawler.monitoring.rules import judge
from crawler.monitoring.verdicts import HealthState
from crawler.scheduling.due import NEVER_POLLED, current_seeds, read_due
from crawler.sources.model import Source, SourceStatus
from storage.records import SourceRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.monitoring.verdicts import Health
    from storage.archive import Archive
    from storage.frontier.gaps import Gap
    from storage.health import HealthRow, KeptTrouble
    from storage.records import Run, SeedState

UNLISTED = "unlisted"
"""The status shown of a source that is in the archive and in no file."""


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
    last_success_at: str | None
    """The last poll of any seed that did not fail."""
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

    @property
    def alarming(self) -> bool:
        """Return whether `status --check` fails because of it."""
        return self.health != HealthState.OK


def as_source(row: SourceRow) -> Source:
    """Return a source of the archive that no file describes any more: shown, never polled."""
    facts = {name: getattr(row, name) for name in SourceRow.__slots__}
    return Source(**facts | {"status": UNLISTED})


def read_row(archive: Archive, source: Source, *, now: str, slack: float) -> Row:
    """Return everything about one source. Health is judged now, so no daemon is needed."""
    facts = read_facts(archive, source, now=now)
    verdict, kept = judge(facts), archive.health.get(source.id)
    troubles = standing_troubles(source.id, verdict, archive.health.troubles(source.id), now)
    due = read_due(archive, source, now=now, slack=slack)
    seeds = current_seeds(archive, source)
    polled = source.status == SourceStatus.ACTIVE
    return Row(
        source=source,
        health=verdict.state,
        why=verdict.why,
        since=_since(verdict, troubles, kept),
        last_run=facts.runs[0] if facts.runs else None,
        next_poll_at=due.at if polled and due.at != NEVER_POLLED else None,
        next_poll_why=due.why if polled else _why_not(source),
        last_success_at=max(
            (seed.polled_at for seed in seeds if seed.polled_at and not seed.failures), default=None
        ),
        last_article_at=archive.articles.last_first_seen_at(source.id),
        articles=archive.articles.count(source.id),
        pending=archive.links.count_due(source.id, now),
        retrying=archive.links.waiting(source.id, now),
        capture_id=kept.capture_id if kept else None,
        troubles=troubles,
        seeds=seeds,
        runs=facts.runs[:5],
        gaps=archive.gaps.unclosed(source.id),
    )


def _since(verdict: Health, troubles: Sequence[KeptTrouble], kept: HealthRow | None) -> str | None:
    if troubles:
        return troubles[0].since
    return kept.since if kept and kept.state == verdict.state else None


def _why_not(source: Source) -> str:
    if source.status == UNLISTED:
        return "no source file has this id"
    return f"its source file says {source.status}"
