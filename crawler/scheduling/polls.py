"""The next poll of a seed: reads from the archive what `policy` decides by.

All instants are ISO 8601 strings in UTC with ``Z``, as the archive keeps them.
"""

from __future__ import annotations

import datetime as dt
import re
from random import SystemRandom
from typing import TYPE_CHECKING

from crawler.scheduling.policy import PollTime, bounds, next_poll
from crawler.scheduling.rhythm import MEMORY, Rhythm, learn_rhythm
from storage.frontier.sources import MOST_INSTANTS
from storage.instants import format_instant, parse_instant, read_date_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from random import Random

    from crawler.scheduling.policy import PollResult
    from crawler.sources.model import Source
    from storage.archive import Archive

_AHEAD = dt.timedelta(days=1)
"""An article is found once it is published: a date so long after is that of something else."""
_FEW = 32
"""Links that are read at first where the newest instants may be enough; then four times as many."""
_MAX_AGE = re.compile(r"(?:^|[\s,])(?:s-maxage|max-age)\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


def plan_poll(
    archive: Archive,
    source: Source,
    seed_id: int,
    answer: PollResult,
    *,
    now: str,
    interval: float,
    dates: Iterable[str | None] = (),
    chance: Random | None = None,
) -> PollTime:
    """Return when to poll a seed again after `answer`, and why.

    ``interval``, in seconds, is used where the source file has no ``poll``. ``dates`` are the
    date hints of the links that this poll found, raw, so that the very first poll already teaches
    when the source publishes. Reads the archive, writes nothing.
    """
    rhythm = read_rhythm(archive, source.id, seed_id, now=now, dates=dates)
    limits = bounds(source.pace.poll or interval)
    return next_poll(answer, now=now, rhythm=rhythm, limits=limits, chance=chance or SystemRandom())


def read_rhythm(
    archive: Archive,
    source_id: str,
    seed_id: int | None = None,
    *,
    now: str,
    dates: Iterable[str | None] = (),
) -> Rhythm:
    """Return how often a source, or one seed of it, publishes, from the last eight weeks."""
    known = [instant for instant in map(read_date_time, dates) if instant is not None]
    return learn_rhythm(
        read_instants(archive, source_id, seed_id, now=now) + known,
        watched_since=read_first_run(archive, source_id),
        now=parse_instant(now),
    )


def read_instants(
    archive: Archive, source_id: str, seed_id: int | None = None, *, now: str
) -> list[dt.datetime]:
    """Return when the links of the last eight weeks were published, newest find first.

    The article's own time comes before the date its seed gave, and that before the time it was
    found at.
    """
    since = format_instant(parse_instant(now) - MEMORY)
    found = archive.sources.published(source_id, since=since, seed_id=seed_id)
    return [_published(date, parse_instant(found_at)) for date, found_at in found]


def _published(date: str | None, found: dt.datetime) -> dt.datetime:
    known = read_date_time(date)
    return found if known is None or known - found > _AHEAD else known


class Instants:
    """When a source published in the last eight weeks, the newest first.

    Links are read as far as somebody goes through them, as the newest finds hold the newest
    articles: what is not read yet is older than a day after the last link that was.
    """

    def __init__(self, archive: Archive, source_id: str, *, now: str) -> None:
        self._archive = archive
        self._source_id = source_id
        self._since = format_instant(parse_instant(now) - MEMORY)
        self._limit = 0
        self._known: list[dt.datetime] = []

    def __iter__(self) -> Iterator[dt.datetime]:
        """Yield aware instants, descending."""
        done = 0
        while True:
            yield from self._known[done:]
            done = max(done, len(self._known))
            if self._limit >= MOST_INSTANTS:
                return
            self._read_on()

    def _read_on(self) -> None:
        limit = min(MOST_INSTANTS, self._limit * 4 or _FEW)
        found = self._archive.sources.published(self._source_id, since=self._since, limit=limit)
        # Of one time zone they are compared a few times quicker.
        instants = [
            _published(date, parse_instant(found_at)).astimezone(dt.UTC) for date, found_at in found
        ]
        if len(found) < limit:
            limit = MOST_INSTANTS
        elif limit < MOST_INSTANTS:
            end = parse_instant(found[-1][1]) + _AHEAD
            instants = [instant for instant in instants if instant > end]
        self._known, self._limit = sorted(instants, reverse=True), limit


def read_first_run(archive: Archive, source_id: str) -> dt.datetime | None:
    """Return when the source was crawled for the first time."""
    first = archive.runs.first_started_at(source_id)
    return parse_instant(first) if first else None


def read_freshness(headers: Mapping[str, str], *, now: str) -> float | None:
    """Return the seconds an answer is fresh, by ``Cache-Control``, ``Age`` and ``Expires``.

    Header names in lower case. None where the headers say nothing, or forbid to keep it
    (RFC 9111, sections 4.2.1 and 5.2.2).
    """
    control = headers.get("cache-control", "")
    if re.search(r"no-cache|no-store", control, re.IGNORECASE):
        return None
    if found := _MAX_AGE.search(control):
        age = headers.get("age", "")
        return max(0.0, float(found[1]) - (float(age) if age.isascii() and age.isdigit() else 0.0))
    expires = read_date_time(headers.get("expires"))
    if expires is None:
        return None
    sent = read_date_time(headers.get("date")) or parse_instant(now)
    return max(0.0, (expires - sent).total_seconds())
