"""What the polls of one run read and write in the archive: seeds, links found, gaps, complaints."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from crawler.failures import Word
from crawler.runs.links import make_link
from crawler.scheduling.due import current_seeds
from crawler.scheduling.policy import is_due, is_full_turn
from crawler.scheduling.retries import may_reopen
from crawler.sources.changing import (
    FLOOD,
    FLOOD_LINKS,
    LEAST_PAIRS,
    KnownPages,
    describe_places,
    find_changing,
    without_changing,
)
from storage.instants import read_day
from storage.states import OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from crawler.discovery import Found
    from crawler.runs.plan import CrawlPlan
    from crawler.sources import Source
    from storage.archive import Archive
    from storage.records import Link, Poll, SeedState
    from storage.states import SeedKind

SUBSTITUTE_AFTER = 3
"""Polls without an article link after which a seed of the source file is taken to be wrong."""
COPIES, COPIES_SHARE = 4, 0.5
"""Pages of a run, and share of those at new addresses, that show known texts where addresses have
changed: what a seed shows then reaches back to what was known."""
SAME = (OutcomeKind.UNCHANGED, OutcomeKind.REVISED)
"""Outcomes of pages that were known by their addresses."""
MOST_ALIASES = 1000
"""Newest links in which addresses that change are looked for."""
MOST_KNOWN = 20_000
"""Newest links among which the page of a changing address is looked for."""

logger = logging.getLogger(__name__)


def are_known_texts(outcomes: Mapping[str, int]) -> bool:
    """Return whether what a run found at new addresses were known texts. Visits to pages that were
    known by their addresses say nothing of it."""
    copies, new = outcomes.get(OutcomeKind.DUPLICATE, 0), outcomes.get(OutcomeKind.NEW, 0)
    nothing_else = copies > 0 and not {*outcomes} - {OutcomeKind.DUPLICATE, *SAME}
    return nothing_else or (copies >= COPIES and copies >= COPIES_SHARE * (copies + new))


class SeedRegistry:
    """One source's seeds, during one run."""

    def __init__(
        self,
        archive: Archive,
        source: Source,
        plan: CrawlPlan,
        clock: Callable[[], str],
        *,
        most_pending: int,
    ) -> None:
        self.archive = archive
        self.source = source
        self.plan = plan
        self.clock = clock
        self.started_at = clock()
        self._before: list[SeedState] = []
        """The seeds of the source file that are polled in this run, as they were before."""
        self._most_pending = most_pending
        self.complaints: list[str] = []
        """What went wrong, a sentence each: the run did not do all it should."""

    # --- seeds -----------------------------------------------------------------------------------

    def put_seeds(self) -> list[SeedState]:
        """Return the seeds to poll: those of the source file, else those found earlier."""
        self._forget_former_hosts()
        if self.source.seeds:
            named = self._put_named()
            substitutes = [seed for seed in self._current() if seed.substitute_since]
            seeds = [*named, *substitutes]
        else:
            seeds = [
                seed for seed in self.archive.seeds.of(self.source.id) if seed.parent_id is None
            ]
        if self.plan.due_only:
            now = self.clock()
            seeds = [seed for seed in seeds if is_due(seed.next_poll_at, seed.polled_at, now)]
        if self.source.seeds:
            self._before = [seed for seed in seeds if seed.substitute_since is None]
        return seeds

    def _put_named(self) -> list[SeedState]:
        named = [(seed.kind, seed.url) for seed in self.source.seeds]
        self.archive.seeds.drop_substitutes(self.source.id, [url for _, url in named])
        return self.archive.seeds.put(self.source.id, named)

    def known_seeds(self) -> list[SeedState]:
        """Return the seeds that the source has by now, due or not."""
        return self._current()

    def _current(self) -> list[SeedState]:
        return current_seeds(self.archive, self.source)

    def needs_substitutes(self) -> bool:
        """Return whether to look for seeds on the site, now that those of the file were polled.

        When none of them has shown an article link for three polls: then, and once a day as long
        as that lasts. As soon as one of them works, those that stood in for them are dropped, and
        those that stopped to work themselves before others are looked for.
        """
        current = self._current()
        named = [seed for seed in current if seed.substitute_since is None]
        found = [seed for seed in current if seed.substitute_since is not None]
        works = any(seed.polled_at and not seed.misses for seed in named)
        useless = found if works else [seed for seed in found if seed.misses >= SUBSTITUTE_AFTER]
        self.archive.seeds.drop_substitutes(self.source.id, [seed.url for seed in useless])
        if works and found:
            logger.warning("%s: a seed of its source file works again", self.source.id)
        if not self._before or any(seed.misses < SUBSTITUTE_AFTER for seed in named):
            return False
        now = self.clock()
        return any(
            seed.misses < SUBSTITUTE_AFTER or is_full_turn(seed.polled_at, now, seed.id)
            for seed in self._before
        )

    def put_substitute(self, kind: SeedKind, url: str) -> SeedState:
        """Record a seed that was found in the place of those of the source file."""
        return self.archive.seeds.put_substitute(self.source.id, kind, url, self.clock())

    def _forget_former_hosts(self) -> None:
        """Drop the seeds on hosts that the source has left; discovery finds those of the new."""
        known = self.archive.seeds.of(self.source.id)
        kept = [seed for seed in known if self.source.owns(seed.url)]
        if len(kept) < len(known):
            here = {None, *(seed.id for seed in kept)}
            seeds = [(seed.kind, seed.url) for seed in kept if seed.parent_id in here]
            self.archive.seeds.put(self.source.id, seeds, only=True)

    def put_seed(self, kind: SeedKind, url: str) -> SeedState:
        """A seed that discovery found by itself."""
        (state,) = self.archive.seeds.put(self.source.id, [(kind, url)])
        return state

    def children_of(self, index: SeedState) -> dict[str, SeedState]:
        """Return the sitemaps an index named at earlier polls, by URL."""
        return {
            seed.url: seed
            for seed in self.archive.seeds.of(self.source.id)
            if seed.parent_id == index.id
        }

    def put_children(self, index: SeedState, urls: Sequence[str]) -> list[SeedState]:
        """Record sitemaps that an index names; one that is a seed by itself is left alone."""
        return self.archive.seeds.put_children(index, urls)

    # --- links -----------------------------------------------------------------------------------

    def links_from(self, found: Iterable[Found], seed_id: int) -> tuple[list[Link], int]:
        """Links to record, and how many were left out because the plan is not about their day."""
        links, left_out = [], 0
        now = self.clock()
        for item in map(self.as_known, found):
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

    def as_known(self, found: Found) -> Found:
        """Return a link at the address its page is known by, where a part of addresses changes."""
        link = self._changing and self._changing.find(found.url, found.title, found.date)
        return replace(found, url=link.url, key=link.key) if link else found

    @cached_property
    def _changing(self) -> KnownPages | None:
        """The source's pages, where its addresses change; None where they stay."""
        aliases = self.archive.links.aliases(self.source.id, MOST_ALIASES)
        if len(aliases) < LEAST_PAIRS:
            return None
        places = find_changing(self.archive.links.addresses(self.source.id, MOST_ALIASES))
        left = [without_changing(url, places) for pair in aliases for url in pair]
        apart = sum(one != other for one, other in zip(left[::2], left[1::2], strict=True))
        by_title = apart >= LEAST_PAIRS
        if not places and not by_title:
            return None
        logger.warning(
            "%s: its addresses change at %s: pages are known by what stays%s",
            self.source.id,
            describe_places(places),
            ", title and day" if by_title else "",
        )
        newest = self.archive.links.newest(self.source.id, MOST_KNOWN)
        return KnownPages(places, newest, by_title=by_title, now=self.started_at)

    @cached_property
    def is_flooded(self) -> bool:
        """Return whether the newest addresses of the source led to texts known from others."""
        newest = self.archive.links.addresses(self.source.id, FLOOD_LINKS)
        return sum(one != other for one, other in newest) >= FLOOD

    def known_before(self, keys: Sequence[str], seed: SeedState) -> tuple[set[str], set[str]]:
        """Return the keys known before this run, and those known at the last complete poll.

        A link that this seed itself found since then came from a poll that was cut short: it
        says nothing about the pages that poll never reached, and does not count.
        """
        links = self.archive.links.with_keys(self.source.id, keys)
        complete = seed.complete_at or ""
        own = {link.key for link in links if link.found_at <= complete}
        others = {
            link.key
            for link in links
            if link.seed_id != seed.id and link.found_at < self.started_at
        }
        return own | others, own

    def add_links(self, links: Sequence[Link]) -> int:
        """Record links before their poll is complete; return how many are new."""
        if not links:
            return 0
        with self.archive.transaction():
            self._reopen(links)
            new = self.archive.links.add(links)
            self._put_aside(new)
        return new

    def _put_aside(self, new: int) -> None:
        if not new:
            return
        aside = self.archive.links.put_aside(self.source.id, self._most_pending, Word.OVER_LIMIT)
        if aside:
            logger.warning(
                "%s: has more than %d links to fetch (MAX_PENDING_LINKS); %d older ones wait",
                self.source.id,
                self._most_pending,
                aside,
            )

    def _reopen(self, links: Sequence[Link]) -> None:
        """Ask once more for pages that were given up, where their seed says something new."""
        of_seed: defaultdict[int, dict[str, Link]] = defaultdict(dict)
        for link in links:
            if link.seed_id is not None:
                of_seed[link.seed_id][link.key] = link
        now = self.clock()
        for seed_id, shown in of_seed.items():
            refused = self.archive.links.refused(self.source.id, seed_id, shown)
            again = [
                (link, shown[link.key].date_hint)
                for link in refused
                if may_reopen(
                    refusals=link.attempts,
                    refused_at=link.refused_at,
                    was_absent=bool(link.absent),
                    date=link.date_hint,
                    shown=shown[link.key].date_hint,
                    now=now,
                )
            ]
            self.archive.links.ask_again(again, now)

    # --- polls -----------------------------------------------------------------------------------

    def record_poll(
        self,
        poll: Poll,
        links: Sequence[Link],
        *,
        complete: bool = True,
        shown: Collection[str] = (),
    ) -> int:
        """Record a poll with the last links it found, in one transaction.

        ``complete``: all it showed was taken, so that what it found counts as known from now on.
        ``shown``: keys of all links on all its pages.
        """
        with self.archive.transaction():
            self._reopen(links)
            if complete and shown and poll.error is None:
                self.archive.links.mark_absent(poll.seed_id, shown)
            new = self.archive.seeds.record_poll(poll, links, complete=complete)
            self._put_aside(new)
        return new

    def record_gap(self, seed: SeedState, begin: str, end: str) -> None:
        """Record that articles between two instants may never have been seen."""
        self.archive.gaps.open(seed, begin_at=begin, end_at=end, found_at=self.clock())
        logger.warning(
            "%s: %s %s may have shown articles between %s and %s that were never seen",
            self.source.id,
            seed.kind,
            seed.url,
            begin,
            end,
        )

    def withdraw_gaps(self, outcomes: Mapping[str, int]) -> None:
        """Take back the gaps of this run where what it read were known texts at new addresses.

        Nothing known was shown then because the addresses had changed. One text that was known at
        the last poll is enough, as one address is.
        """
        gaps, since, now = self.archive.gaps, self.started_at, self.clock()
        if are_known_texts(outcomes):
            gaps.withdraw(self.source.id, found_since=since, now=now)
        elif outcomes.get(OutcomeKind.DUPLICATE):
            gaps.withdraw_met(self.source.id, found_since=since, now=now)

    def complain(self, sentence: str) -> None:
        """Say, once, what is wrong with the source; the command ends with exit code 1."""
        if sentence in self.complaints:
            return
        self.complaints.append(sentence)
        logger.warning("%s", sentence)
