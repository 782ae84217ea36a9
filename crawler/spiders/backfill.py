"""Backfill: sitemaps by their period and listings page by page, newest first, resumable.

One step at a time: the sitemap or listing that may hold the newest articles is read, what it
shows is fetched, then comes the next. What was read is in the archive, so a backfill that was
killed goes on where it was.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from scrapy import Request

from crawler.discovery.listings import read_listing
from crawler.discovery.reader import read_seed
from crawler.discovery.usual import seeds_from_listing, seeds_from_robots, usual_seeds
from crawler.failures import Whose, Word, describe_failure, reason_of, status_word
from crawler.net.errors import name_failure
from crawler.runs import signals
from crawler.runs.links import make_link
from crawler.runs.polls import choose_children
from storage.instants import read_day
from storage.states import SeedKind

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from scrapy.http import Response
    from scrapy.signalmanager import SignalManager
    from twisted.python.failure import Failure

    from crawler.discovery import Found
    from crawler.discovery.reader import Reading
    from crawler.runs.seeds import SeedRegistry
    from storage.frontier.backfills import Step
    from storage.records import Link

logger = logging.getLogger(__name__)

ENTRANCE = "entrance"
"""Kind of the steps that only lead to others: robots.txt, the home page, usual addresses."""
MOST_CHILDREN = 10_000


class BackfillWalk:
    """The walk back through a source."""

    def __init__(
        self,
        seeds: SeedRegistry,
        events: SignalManager,
        period: tuple[dt.date, dt.date],
        *,
        most_pages: int,
        batch: int,
    ) -> None:
        self.seeds = seeds
        self.source = seeds.source
        self._backfills = seeds.archive.backfills
        self._events = events
        self._most_pages = most_pages
        self._batch = batch
        self._passed: set[int] = set()
        self._shown: dict[int, frozenset[str]] = {}
        self._since, self._until = period
        with seeds.archive.transaction():
            self.backfill = self._backfills.open(
                self.source.id, self._since.isoformat(), self._until.isoformat(), seeds.clock()
            )
            self._backfills.add_steps(self.backfill, self._entrances())
        self._report(None, self._backfills.count_waiting(self.backfill))

    def _entrances(self) -> list[tuple[str, str, None]]:
        declared = [
            (seed.kind, seed.url) for seed in self.source.seeds if seed.kind != SeedKind.FEED
        ]
        found = [
            (seed.kind, seed.url)
            for seed in self.seeds.archive.seeds.of(self.source.id)
            if seed.parent_id is None and seed.kind != SeedKind.FEED
        ]
        usual = [
            (ENTRANCE, seed.url)
            for seed in usual_seeds(self.source)
            if seed.kind == SeedKind.SITEMAP
        ]
        robots = (ENTRANCE, urljoin(self.source.homepage, "/robots.txt"))
        home = (ENTRANCE, self.source.homepage)
        return [(kind, url, None) for kind, url in (*declared, *found, robots, *usual, home)]

    # --- what to do next -------------------------------------------------------------------------

    def release(self, limit: int | None) -> int:
        """Make the newest waiting links due; return how many."""
        batch = self._batch if limit is None else min(self._batch, limit)
        with self.seeds.archive.transaction():
            links = self._backfills.release_links(self.backfill, batch)
            self.seeds.archive.links.add_wanted(links)
        return len(links)

    def next_request(self) -> Request | None:
        """Return the request for the next page of the newest step; None when all has been read."""
        step = self._backfills.next_step(self.backfill, self._passed)
        if step is None:
            if not self._passed:
                self._finish()
            return None
        return Request(
            step.next_url or step.url,
            callback=self.read,
            errback=self.miss,
            meta={"step": step, "unconditional": True},
        )

    def _finish(self) -> None:
        now = self.seeds.clock()
        begin, end = f"{self._since}T00:00:00Z", f"{self._until}T23:59:59Z"
        with self.seeds.archive.transaction():
            self._backfills.finish(self.backfill, now)
            self.seeds.archive.gaps.close(self.source.id, begin_at=begin, end_at=end, now=now)

    # --- answers ---------------------------------------------------------------------------------

    def read(self, response: Response) -> None:
        """One page of a step."""
        step: Step = response.meta["step"]
        if response.status != 200:
            self._give_up(step, status_word(response.status))
        elif step.kind == ENTRANCE:
            self._enter(step, response)
        else:
            reading = read_seed(SeedKind(step.kind), response.body, response.url, self.source)
            self._take(step, reading)

    def miss(self, failure: Failure) -> None:
        """A step that got no answer: tried again by the next run."""
        step: Step = failure.request.meta["step"]  # type: ignore[attr-defined]
        self._give_up(step, name_failure(failure.value))

    def _give_up(self, step: Step, reason: str) -> None:
        sentence = f"{self.source.id}: {step.kind} {step.next_url or step.url} "
        sentence += describe_failure(reason)
        declared = any(seed.url == step.url for seed in self.source.seeds)
        if self._may_pass(step, reason, declared=declared):
            self._passed.add(step.id)
            self.seeds.complain(sentence)
            return
        # Other addresses are guesses, and listings link a page more than they have.
        if step.pages == 0 and declared:
            self.seeds.complain(sentence)
        with self.seeds.archive.transaction():
            self._backfills.advance(step, done_at=self.seeds.clock(), problem=reason)

    def _may_pass(self, step: Step, reason: str, *, declared: bool) -> bool:
        """Return whether a sitemap or listing that we know of is only shut for now."""
        if reason == Word.ROBOTS and not declared:
            # A site may close some of its sections for good. All shut for now shows at the home.
            return step.url == self.source.homepage
        if not reason_of(reason).is_lasting:
            return True
        known = step.kind != ENTRANCE and step.pages == 0
        return known and reason_of(reason).whose in (Whose.HOST, Whose.MOMENT)

    def _enter(self, step: Step, response: Response) -> None:
        found: list[tuple[str, str, str | None]] = []
        if step.url.endswith("/robots.txt"):
            seeds = seeds_from_robots(response.body, response.url, self.source)
            found = [(seed.kind, seed.url, None) for seed in seeds]
        elif step.url == self.source.homepage:
            listing = read_listing(response.body, response.url, self.source)
            seeds = seeds_from_listing(listing, step.url)
            found = [(seed.kind, seed.url, None) for seed in seeds if seed.kind == SeedKind.LISTING]
        reading = read_seed(SeedKind.SITEMAP, response.body, response.url, self.source)
        if reading.children or reading.others or reading.articles:
            self._take(step, reading)
            return
        with self.seeds.archive.transaction():
            self._backfills.add_steps(self.backfill, found)
            self._backfills.advance(step, done_at=self.seeds.clock())

    def _take(self, step: Step, reading: Reading) -> None:
        # The median: boxes of latest and most read articles stand on every page of a listing.
        days = sorted(day for found in reading.articles if (day := read_day(found.date)))
        day = days[len(days) // 2] if days else None
        ended = day is not None and day < self._since.isoformat()
        onward = None
        with self.seeds.archive.transaction():
            fresh = self._backfills.keep_links(self.backfill, self._within(reading.articles))
            if step.kind == SeedKind.LISTING and not ended:
                onward = self._onward(step, reading)
            self._backfills.add_steps(self.backfill, self._children(reading))
            self._backfills.advance(
                step,
                next_url=onward,
                day=day,
                done_at=None if onward else self.seeds.clock(),
            )
        source, url = self.source.id, step.url
        logger.info("%s: read %s, back to %s", source, url, step.day or "the newest")
        self._report(step, fresh)

    def _onward(self, step: Step, reading: Reading) -> str | None:
        """Return the next page of a listing, unless it shows what the page before it showed."""
        shown = frozenset(found.url for found in reading.articles)
        turns = shown <= self._shown.get(step.id, frozenset())
        self._shown[step.id] = shown
        return None if turns or step.pages + 1 >= self._most_pages else reading.next_page

    def _children(self, reading: Reading) -> list[tuple[str, str, str | None]]:
        own = (child for child in reading.children if self.source.owned(child.url))
        chosen = choose_children(own, {}, most=MOST_CHILDREN, since=self._since, until=self._until)
        return [
            (SeedKind.SITEMAP, child.url, _last_day(child.period) or read_day(child.lastmod))
            for child in chosen
        ]

    def _within(self, articles: Iterable[Found]) -> Iterable[tuple[Link, str | None]]:
        now = self.seeds.clock()
        for found in map(self.seeds.as_known, articles):
            day = read_day(found.date)
            if day and not self._since.isoformat() <= day <= self._until.isoformat():
                continue
            link = make_link(
                self.source,
                found.url,
                found_at=now,
                key=found.key,
                title=found.title,
                date=found.date,
            )
            yield link, day

    def _report(self, step: Step | None, fresh: int) -> None:
        self._events.send_catch_log(signals.seed_polled, seed=step, fresh=fresh, problem=None)


def _last_day(period: str | None) -> str | None:
    """Return the last day a period (``2025``, ``2025-03``, ``2025-03-14``) may hold, roughly."""
    if period is None:
        return None
    return period + {4: "-12-31", 7: "-31"}.get(len(period), "")
