"""When each source is due, read from the archive: due times are kept nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.net.addresses import pace_key
from crawler.net.throttle import RETRY_AFTER_CAP
from crawler.scheduling.policy import is_due
from storage.instants import add_seconds, parse_instant, time_until
from storage.states import RunState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.sources.model import Source
    from storage.archive import Archive
    from storage.records import SeedState

NEVER_POLLED = "0000-00-00T00:00:00Z"
"""Sorts before every instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When one source is to be crawled next. Instants are ISO strings in UTC."""

    source_id: str
    at: str
    why: str
    cause: str = "poll"
    """``poll``, ``revisit``, ``page`` or ``host``: what it is due for, or waits for."""

    def wait(self, now: str, longest: float) -> float:
        """Return the seconds from ``now``, 0 when due, ``longest`` at most."""
        if self.at <= now:
            return 0.0
        left = (parse_instant(self.at) - parse_instant(now)).total_seconds()
        return max(0.0, min(left, longest))


def read_due(
    archive: Archive,
    source: Source,
    *,
    now: str,
    slack: float,
    seeds: Sequence[SeedState] | None = None,
) -> Due:
    """Return when the source is due: its first seed, or links that have waited ``slack`` seconds.

    Retries and revisits share the process of a poll that comes within the slack. What lies
    further ahead than could have been meant, after the clock was set back, is due at once.
    ``seeds`` are the current ones, where they are known.
    """
    seeds = current_seeds(archive, source) if seeds is None else seeds
    candidates = [_first_seed(source, seeds, now)]
    for at, why, cause in (
        (archive.links.first_revisit_at(source.id, now), "a revisit is due", "revisit"),
        (archive.links.first_pending_at(source.id, now), "a page waits to be fetched", "page"),
    ):
        if at is not None:
            then = add_seconds(at, slack)
            candidates.append(Due(source_id=source.id, at=then, why=why, cause=cause))
    urls = [seed.url for seed in seeds] or [source.homepage]
    return _postpone(archive, urls, min(candidates, key=lambda due: due.at), now)


def _postpone(archive: Archive, urls: Sequence[str], due: Due, now: str) -> Due:
    """Postpone a source while none of its hosts may be asked (Retry-After, no answer)."""
    states = [archive.hosts.get(key) for key in {pace_key(url) for url in urls}]
    first = min(states, key=lambda state: (state and state.not_before) or "")
    if first is None or first.not_before is None or first.not_before <= due.at:
        return due
    if time_until(first.not_before, now, RETRY_AFTER_CAP) == 0.0:
        return due
    why = first.reason or due.why
    return Due(source_id=due.source_id, at=first.not_before, why=why, cause="host")


def _first_seed(source: Source, seeds: Sequence[SeedState], now: str) -> Due:
    if len(seeds) < max(1, len(source.seeds)) or any(seed.next_poll_at is None for seed in seeds):
        return Due(source_id=source.id, at=NEVER_POLLED, why="it was never polled")
    times = [(_poll_time(seed, now), seed.next_poll_why or "") for seed in seeds]
    at, why = min(times, key=lambda time: time[0])
    return Due(source_id=source.id, at=at, why=why)


def _poll_time(seed: SeedState, now: str) -> str:
    at = seed.next_poll_at or NEVER_POLLED
    return min(at, now) if is_due(seed.next_poll_at, seed.polled_at, now) else at


def current_seeds(archive: Archive, source: Source) -> list[SeedState]:
    """Return the seeds that are polled now: those of the source file, or those that were found.

    Where none of the file's works, those that were found stand beside them. Sitemaps named in an
    index are polled with it, and a seed that left the file is history.
    """
    named = {seed.url for seed in source.seeds}
    return [
        seed
        for seed in archive.seeds.of(source.id)
        if (
            seed.url in named or seed.substitute_since is not None
            if named
            else seed.parent_id is None
        )
    ]


def has_failed(archive: Archive, source: Source) -> bool:
    """Return whether the last crawl of a source failed, or the last poll of each of its seeds."""
    seeds = current_seeds(archive, source)
    if seeds and all(seed.failures for seed in seeds):
        return True
    return any(run.state is RunState.FAILED for run in archive.runs.last(source.id, 1))
