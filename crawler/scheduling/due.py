"""When each source is due, read from the archive: due times are kept nowhere else."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.net.throttle import pace_key
from storage.instants import format_instant, parse_instant

if TYPE_CHECKING:
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
    polled_at: str | None = None
    """Last poll of the seed that decides, to detect a clock that was set back."""

    def wait(self, now: str, longest: float) -> float:
        """Return the seconds from ``now``, 0 when due.

        When the clock was set back, the last poll lies in the future: then the interval that was
        decided counts from now on, so the source is neither polled all the time nor left alone
        until the clock has caught up.
        """
        if self.at <= now:
            return 0.0
        moment, at = parse_instant(now), parse_instant(self.at)
        wait = (at - moment).total_seconds()
        if self.polled_at is not None and self.polled_at > now:
            wait = min(wait, (at - parse_instant(self.polled_at)).total_seconds())
        return max(0.0, min(wait, longest))


def read_due(archive: Archive, source: Source, *, slack: float) -> Due:
    """Return when the source is due: its first seed, or links that have waited ``slack`` seconds.

    Retries and revisits share the process of a poll that comes within the slack.
    """
    candidates = [_first_seed(archive, source)]
    for at, why in (
        (archive.links.first_revisit_at(source.id), "a revisit is due"),
        (archive.links.first_pending_at(source.id), "a page waits to be fetched"),
    ):
        if at is not None:
            later = format_instant(parse_instant(at) + dt.timedelta(seconds=slack))
            candidates.append(Due(source_id=source.id, at=later, why=why))
    return _postpone(archive, source, min(candidates, key=lambda due: due.at))


def _postpone(archive: Archive, source: Source, due: Due) -> Due:
    """Postpone a source while none of its hosts may be asked (Retry-After, no answer)."""
    urls = [seed.url for seed in current_seeds(archive, source)] or [source.homepage]
    states = [archive.hosts.get(key) for key in {pace_key(url) for url in urls}]
    first = min(states, key=lambda state: (state and state.not_before) or "")
    if first is None or first.not_before is None or first.not_before <= due.at:
        return due
    return Due(source_id=source.id, at=first.not_before, why=first.reason or due.why)


def _first_seed(archive: Archive, source: Source) -> Due:
    seeds = current_seeds(archive, source)
    if len(seeds) < max(1, len(source.seeds)) or any(seed.next_poll_at is None for seed in seeds):
        return Due(source_id=source.id, at=NEVER_POLLED, why="it was never polled")
    first = min(seeds, key=lambda seed: seed.next_poll_at or "")
    return Due(
        source_id=source.id,
        at=first.next_poll_at or NEVER_POLLED,
        why=first.next_poll_why or "",
        polled_at=first.polled_at,
    )


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
