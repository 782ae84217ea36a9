"""What the polls of one run read and write in the archive: seeds, links found, gaps, complaints."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from crawler.runs.links import make_link
from crawler.scheduling.policy import is_due
from storage.frontier.gaps import record_gap
from storage.instants import read_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from crawler.discovery import Found
    from crawler.runs.plan import CrawlPlan
    from crawler.sources import Source
    from storage.archive import Archive
    from storage.records import Link, Poll, SeedState

logger = logging.getLogger(__name__)


class SeedRegistry:
    """One source's seeds, during one run."""

    def __init__(
        self, archive: Archive, source: Source, plan: CrawlPlan, clock: Callable[[], str]
    ) -> None:
        self.archive = archive
        self.source = source
        self.plan = plan
        self.clock = clock
        self.started_at = clock()
        self.complaints: list[str] = []
        """What went wrong, a sentence each: the run did not do all it should."""

    # --- seeds -----------------------------------------------------------------------------------

    def put_seeds(self) -> list[SeedState]:
        """The seeds to poll: those of the source file, else those found earlier."""
        self._forget_former_hosts()
        if self.source.seeds:
            seeds = self.archive.put_seeds(
                self.source.id, [(seed.kind, seed.url) for seed in self.source.seeds]
            )
        else:
            seeds = [seed for seed in self.archive.seeds(self.source.id) if seed.parent_id is None]
        if not self.plan.due_only:
            return seeds
        now = self.clock()
        return [seed for seed in seeds if is_due(seed.next_poll_at, seed.polled_at, now)]

    def _forget_former_hosts(self) -> None:
        """Drop the seeds on hosts that the source has left; discovery finds those of the new."""
        known = self.archive.seeds(self.source.id)
        kept = [seed for seed in known if self.source.owns(seed.url)]
        if len(kept) < len(known):
            here = {None, *(seed.id for seed in kept)}
            seeds = [(seed.kind, seed.url) for seed in kept if seed.parent_id in here]
            self.archive.put_seeds(self.source.id, seeds, only=True)

    def put_seed(self, kind: str, url: str) -> SeedState:
        """A seed that discovery found by itself."""
        (state,) = self.archive.put_seeds(self.source.id, [(kind, url)])
        return state

    def children_of(self, index: SeedState) -> dict[str, SeedState]:
        """The sitemaps an index named at earlier polls, by URL."""
        return {
            seed.url: seed
            for seed in self.archive.seeds(self.source.id)
            if seed.parent_id == index.id
        }

    def put_children(self, index: SeedState, urls: Sequence[str]) -> list[SeedState]:
        """Record sitemaps that an index names; one that is a seed by itself is left alone."""
        named = [url for url in urls if url != index.url]
        with self.archive.transaction():
            roots = {
                seed.url
                for seed in self.archive.seeds(self.source.id)
                if seed.parent_id != index.id
            }
            children = [("sitemap", url) for url in named if url not in roots]
            states = self.archive.put_seeds(self.source.id, children)
            self.archive.conn.executemany(
                "update seeds set parent_id = ? where id = ? and parent_id is null",
                [(index.id, state.id) for state in states],
            )
        return states

    # --- links -----------------------------------------------------------------------------------

    def links_from(self, found: Iterable[Found], seed_id: int) -> tuple[list[Link], int]:
        """Links to record, and how many were left out because the plan is not about their day."""
        links, left_out = [], 0
        now = self.clock()
        for item in found:
            day = read_day(item.date)
            if self.plan.is_too_old(day) or self.plan.is_too_new(day):
                left_out += 1
                continue
            links.append(
                make_link(
                    self.source,
                    item.url,
                    found_at=now,
                    key=item.key,
                    title=item.title,
                    date=item.date,
                    seed_id=seed_id,
                )
            )
        return links, left_out

    def known_before(self, keys: Sequence[str], seed: SeedState) -> tuple[set[str], set[str]]:
        """Which keys the archive had before this run, and which at the seed's last complete poll.

        A link that this seed itself found since then came from a poll that was cut short: it
        says nothing about the pages that poll never reached, and does not count.
        """
        rows = self.archive.conn.execute(
            "select key, found_at, seed_id from links where source_id = ?"
            " and key in (select value from json_each(?))",
            (self.source.id, json.dumps(list(keys))),
        ).fetchall()
        complete = seed.complete_at or ""
        own = {row["key"] for row in rows if row["found_at"] <= complete}
        others = {
            row["key"]
            for row in rows
            if row["seed_id"] != seed.id and row["found_at"] < self.started_at
        }
        return own | others, own

    def add_links(self, links: Sequence[Link]) -> int:
        """Record links before their poll is complete; return how many are new."""
        return self.archive.add_links(links) if links else 0

    # --- polls -----------------------------------------------------------------------------------

    def record_poll(self, poll: Poll, links: Sequence[Link], *, complete: bool = True) -> int:
        """Record a poll with the last links it found, in one transaction.

        ``complete``: all it showed was taken, so that what it found counts as known from now on.
        """
        with self.archive.transaction():
            fresh = self.archive.record_poll(poll, links)
            if poll.error is None and complete:
                self.archive.conn.execute(
                    "update seeds set complete_at = ? where id = ?", (poll.polled_at, poll.seed_id)
                )
        return fresh

    def record_gap(self, seed: SeedState, begin: str, end: str) -> None:
        """Record that articles between two instants may never have been seen."""
        with self.archive.transaction():
            record_gap(
                self.archive.conn,
                self.source.id,
                seed.id,
                begin_at=begin,
                end_at=end,
                found_at=self.clock(),
            )
        logger.warning(
            "%s: %s %s may have shown articles between %s and %s that were never seen",
            *(self.source.id, seed.kind, seed.url, begin, end),
        )

    def complain(self, sentence: str) -> None:
        """Say what is wrong with the source; the command ends with exit code 1."""
        self.complaints.append(sentence)
        logger.warning("%s", sentence)
