"""A source's seeds into requests, their answers into links and next pages."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from scrapy import Request

from crawler.discovery.reader import describe_reading, read_seed
from crawler.failures import (
    FailureKind,
    Word,
    describe_failure,
    is_unasked,
    reason_of,
    weigh,
)
from crawler.net.errors import explain_failure
from crawler.runs import signals
from crawler.runs.answers import is_gone, name_status
from crawler.runs.links import read_header
from crawler.runs.polls import PollProgress, choose_children, gap_end, needs_next_page
from crawler.scheduling.policy import PollResult, is_full_turn
from crawler.scheduling.polls import plan_poll, read_freshness
from storage.instants import parse_instant
from storage.records import Poll, SeedState
from storage.states import SeedKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scrapy.http import Response
    from scrapy.signalmanager import SignalManager
    from twisted.python.failure import Failure

    from crawler.discovery.reader import Reading
    from crawler.runs.seeds import SeedRegistry
    from crawler.scheduling.policy import PollTime
    from storage.records import Link

logger = logging.getLogger(__name__)

SEED_PRIORITY = 100
"""Seeds are asked before the next batch of articles."""


class Poller:
    """All polls of one run."""

    def __init__(
        self,
        seeds: SeedRegistry,
        events: SignalManager,
        *,
        check_storage: Callable[[Failure], None],
        interval: float,
        most_pages: int,
        most_children: int,
    ) -> None:
        self._events = events
        self._check_storage = check_storage
        self.seeds = seeds
        self.source = seeds.source
        self.interval = interval
        self.most_pages = most_pages
        self.most_children = most_children
        self._open = 0
        self.has_begun = False
        """A seed was asked for in this run."""
        self._gapped: list[PollProgress] = []
        self._walk: PollProgress | None = None

    def start(self, seeds: list[SeedState]) -> list[Request]:
        """Ask for the first page of every seed."""
        return [self.begin(PollProgress(seed=seed)) for seed in seeds]

    def begin(self, poll: PollProgress) -> Request:
        """Start a poll."""
        self._open += 1
        self.has_begun = True
        if poll.parent is not None:
            poll.parent.open_children += 1
        return self.ask(poll, poll.seed.url)

    def adopt(self, seed: SeedState, response: Response) -> list[Request]:
        """Start a poll whose first answer is there already."""
        self._open += 1
        return self._read_page(PollProgress(seed=seed), response)

    def ask(self, poll: PollProgress, url: str, *, is_guess: bool = False) -> Request:
        """Return the request for a page of a poll; conditional for the first of a known seed."""
        seed = poll.seed
        meta: dict[str, object] = {"poll": poll, "guess": is_guess}
        if poll.pages == 0 and not poll.transient:
            meta["seed"] = seed
            meta["unconditional"] = is_full_turn(seed.complete_at, self.seeds.clock(), seed.id)
        return Request(
            url,
            callback=self.read,
            errback=self.fail,
            meta=meta,
            priority=SEED_PRIORITY,
        )

    # --- answers ---------------------------------------------------------------------------------

    def read(self, response: Response) -> list[Request]:
        """Take in the answer to one request of a poll; return what to ask next."""
        poll: PollProgress = response.meta["poll"]
        if response.status == HTTPStatus.OK:
            return self._read_page(poll, response)
        if response.status == HTTPStatus.NOT_MODIFIED and "seed" in response.meta:
            return self._finish(poll, unchanged=True)
        if is_gone(response.status) and poll.pages:
            # Some listings link one page more than they have.
            return self._finish(poll)
        reason = name_status(response)
        return self._miss(response.meta, reason, describe_failure(reason), response.url)

    def _read_page(self, poll: PollProgress, response: Response) -> list[Request]:
        content_type = read_header(response, "Content-Type")
        kind = poll.seed.kind
        reading = read_seed(kind, response.body, response.url, self.source, content_type)
        if poll.pages == 0:
            self._note_headers(poll, response)
        return self._take(poll, reading, response)

    def fail(self, failure: Failure) -> list[Request]:
        """Take in that a request of a poll got no answer."""
        self._check_storage(failure)
        request: Request = failure.request  # type: ignore[attr-defined]
        return self._miss(request.meta, *explain_failure(failure.value), request.url)

    def _miss(self, meta: dict[str, Any], reason: str, said: str, url: str) -> list[Request]:
        poll: PollProgress = meta["poll"]
        if not meta.get("guess") or is_unasked(reason):
            return self._fail(poll, reason, said, url=url)
        # Nobody promised that page: the poll ends as it does at a last page.
        logger.info("%s: %s %s", self.source.id, url, said)
        return self._finish(poll)

    def _note_headers(self, poll: PollProgress, response: Response) -> None:
        poll.etag = read_header(response, "ETag")
        poll.last_modified = read_header(response, "Last-Modified")
        names = ("cache-control", "age", "expires", "date")
        headers = {name: value for name in names if (value := read_header(response, name))}
        poll.max_age = read_freshness(headers, now=self.seeds.clock())

    def _take(self, poll: PollProgress, reading: Reading, response: Response) -> list[Request]:
        problem = describe_reading(reading)
        is_bare_sitemap = poll.seed.kind == SeedKind.SITEMAP and reading.others > 0
        # One that never showed a link is more likely not what it is taken for than quiet.
        is_quiet = poll.parent is not None or poll.seed.fruitful_at is not None
        poll.is_vacant = reading.is_vacant and is_quiet
        poll.is_index = poll.is_index or bool(reading.children)
        if poll.pages == 0 and problem and not ((is_bare_sitemap and is_quiet) or poll.is_vacant):
            word, said = _name_problem(reading, problem, response)
            return self._fail(poll, word, said, url=poll.seed.url)
        for note in reading.problems:
            logger.info("%s: %s %s", self.source.id, poll.seed.url, note)
        poll.ttl = poll.ttl or reading.ttl
        links, dropped = self.seeds.links_from(reading.articles, poll.seed.id)
        poll.left_out = poll.left_out or dropped > 0
        keys = [link.key for link in links]
        news = poll.turn(keys, *self.seeds.known_before(keys, poll.seed))
        poll.news += news
        poll.note_dates(link.date_hint for link in links)
        return self._follow(poll, reading, links, news)

    def _follow(
        self, poll: PollProgress, reading: Reading, links: list[Link], news: int
    ) -> list[Request]:
        if reading.next_page and needs_next_page(poll, news, most=self.most_pages):
            poll.fresh += self.seeds.add_links(links)
            return [self.ask(poll, reading.next_page, is_guess=reading.is_guess)]
        if poll is self._walk:
            below = [self._section(url, poll, poll) for url in reading.sections]
        else:
            children = self._choose_children(poll, reading)
            below = [PollProgress(seed=child, parent=poll) for child in children]
        requests = [self.begin(child) for child in below[: self.most_children]]
        if not requests:
            return self._finish(poll, links)
        poll.fresh += self.seeds.add_links(links)
        return requests

    def _choose_children(self, poll: PollProgress, reading: Reading) -> list[SeedState]:
        if not reading.children:
            return []
        polled = self.seeds.children_of(poll.seed)
        chosen = choose_children(
            (child for child in reading.children if self.source.owned(child.url)),
            polled,
            most=self.most_children,
            since=self.seeds.plan.since,
            until=self.seeds.plan.until,
            now=self.seeds.clock(),
        )
        room = poll.take_share(4 * self.most_children)
        if len(chosen) > room:
            self.seeds.complain(
                f"{self.source.id}: {poll.seed.url} names more sitemaps than one poll may follow"
            )
        chosen = chosen[:room]
        poll.line[-1].named += len(chosen)
        if any(child.lastmod is None for child in reading.children):
            # Such an index says nothing about its children's changes: it must be read each time.
            poll.partial = True
        return self.seeds.put_children(poll.seed, [child.url for child in chosen])

    def note_crash(self, poll: PollProgress) -> None:
        """A fault of ours ended the poll: it counts as failed, nothing is taken as read."""
        poll.problem = f"{self.source.id}: {poll.seed.url} could not be read: a fault of ours"
        poll.reason = Word.CRASHED
        self.seeds.complain(poll.problem)
        if not poll.transient:
            self._record(poll)

    def record_failure(self, seed: SeedState, reason: str, problem: str) -> None:
        """Record a poll that failed before it was begun; who calls has complained."""
        self._record(PollProgress(seed=seed, reason=reason, problem=problem))

    # --- the end of a poll -----------------------------------------------------------------------

    def _fail(self, poll: PollProgress, reason: str, said: str, *, url: str) -> list[Request]:
        place = poll.seed.url if poll.pages == 0 else url
        poll.problem = f"{self.source.id}: {poll.seed.kind} {place} {said}"
        poll.reason = reason
        if not poll.transient:
            self.seeds.complain(poll.problem)
        return self._finish(poll)

    def _finish(
        self, poll: PollProgress, links: Sequence[Link] = (), *, unchanged: bool = False
    ) -> list[Request]:
        self._open -= 1
        if poll.transient:
            poll.fresh += self.seeds.add_links(links)
        elif self._leaves_gap(poll) and poll.seed.kind == SeedKind.FEED:
            poll.fresh += self.seeds.add_links(links)
            self._gapped.append(poll)
        elif not (poll.reason and is_unasked(poll.reason)):
            self._record(poll, links, unchanged=unchanged)
            if self._leaves_gap(poll):
                self._record_gap(poll)
        return self._close_parent(poll) + self._close_gaps()

    def _close_parent(self, poll: PollProgress) -> list[Request]:
        parent = poll.parent
        if parent is None:
            return []
        parent.open_children -= 1
        if _is_missed(poll):
            parent.broken_children += 1
            parent.partial = True
        if not poll.transient:
            parent.sitemaps.append(poll)
        parent.left_out = parent.left_out or poll.left_out
        if parent.open_children:
            return []
        parent.take_blame()
        return self._finish(parent)

    def _record(
        self, poll: PollProgress, links: Sequence[Link] = (), *, unchanged: bool = False
    ) -> None:
        record = self._make_record(poll, unchanged=unchanged)
        poll.fresh += self.seeds.record_poll(
            record, links, complete=not poll.left_out, shown=poll.seen
        )
        self._events.send_catch_log(
            signals.seed_polled, seed=poll.seed, fresh=poll.fresh, problem=poll.problem
        )

    def _make_record(self, poll: PollProgress, *, unchanged: bool) -> Poll:
        now = self.seeds.clock()
        seed = poll.seed
        failures = weigh(seed.failures, poll.reason) if poll.reason else 0.0
        decision = self._plan_next(poll, now, failures)
        validators = (poll.etag, poll.last_modified)
        if unchanged:
            validators = (seed.etag, seed.last_modified)
        elif poll.partial or poll.left_out:
            validators = (None, None)
        return Poll(
            seed_id=seed.id,
            polled_at=now,
            etag=validators[0],
            last_modified=validators[1],
            next_poll_at=decision.at,
            next_poll_why=decision.why,
            seen=poll.count_links(self._fruitful_below(seed) if poll.is_index else ()),
            failures=failures,
            error=seed.last_error if poll.is_echo else poll.problem,
            reason=(seed.last_reason if poll.is_echo else poll.reason) or None,
            vacant=poll.lists_nothing,
        )

    def _fruitful_below(self, index: SeedState) -> set[int]:
        """Return the ids of the index's sitemaps that ever showed an article link."""
        known = self.seeds.children_of(index).values()
        return {seed.id for seed in known if seed.fruitful_at is not None}

    def _plan_next(self, poll: PollProgress, now: str, failures: float) -> PollTime:
        answer = PollResult(
            seen=len(poll.seen),
            # Those of the last page are not in the archive yet.
            fresh=poll.news,
            first=poll.first,
            ttl=poll.ttl,
            max_age=poll.max_age,
            reason=poll.reason,
            failures=failures,
            misses=poll.seed.misses + 1,
            missed_for=_seconds_between(poll.seed.missed_since or now, now),
            shown=poll.seed.seen or 0,
            is_flooded=poll.news * 2 > len(poll.seen) and self.seeds.is_flooded,
        )
        return plan_poll(
            self.seeds.archive,
            self.source,
            poll.seed.id,
            answer,
            now=now,
            interval=self.interval,
            dates=poll.dates,
        )

    # --- gaps ------------------------------------------------------------------------------------

    def _leaves_gap(self, poll: PollProgress) -> bool:
        """Return whether articles may have been missed: addresses that change say nothing."""
        return poll.leaves_gap and not self.seeds.is_flooded

    def _close_gaps(self) -> list[Request]:
        """A feed that shows nothing known has no next page: read the sections back instead."""
        if self._open or not self._gapped:
            return []
        if self._walk is None:
            oldest = min(self._gapped, key=_last_complete)
            self._walk = self._section(self.source.homepage, oldest)
            return [self.begin(self._walk)]
        complete = self._walk.pages > 0 and not self._walk.broken_children
        gapped, self._gapped = self._gapped, []
        for poll in gapped:
            self._record(poll)
            if not complete:
                self._record_gap(poll)
        return []

    def _section(
        self, url: str, like: PollProgress, parent: PollProgress | None = None
    ) -> PollProgress:
        seed = SeedState(
            id=like.seed.id,
            source_id=self.source.id,
            kind=SeedKind.LISTING,
            url=url,
            polled_at=like.seed.polled_at,
            complete_at=like.seed.complete_at,
        )
        return PollProgress(seed=seed, transient=True, parent=parent)

    def _record_gap(self, poll: PollProgress) -> None:
        begin = _last_complete(poll)
        end = gap_end(poll.dates, begin, self.seeds.clock())
        self.seeds.record_gap(poll.seed, begin, end)


def _last_complete(poll: PollProgress) -> str:
    """Return when the seed of a poll that leaves a gap was read to its end: no first poll does."""
    return cast("str", poll.seed.complete_at)


def _name_problem(reading: Reading, problem: str, response: Response) -> tuple[str, str]:
    """Return reason and sentence for an answer that is no seed, or one without links."""
    # Rules and parser take a while to import: a poll that works never needs them.
    from crawler.extract.refusal import name_refusal

    shown = name_refusal(response.body, read_header(response, "Content-Type"))
    if shown is not None:
        return shown, describe_failure(shown)
    return (Word.NOT_A_SEED if reading.is_other_kind else Word.NO_LINKS), problem


def _seconds_between(begin: str, end: str) -> float:
    return (parse_instant(end) - parse_instant(begin)).total_seconds()


def _is_missed(poll: PollProgress) -> bool:
    """Return whether a part of a larger poll may have held articles that were not read."""
    if poll.transient:
        return poll.leaves_gap or (
            bool(poll.reason)
            and reason_of(poll.reason).weight is not FailureKind.HARD
            and poll.reason != Word.NO_LINKS
        )
    return poll.problem is not None
