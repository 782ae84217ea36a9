"""A source's seeds into requests, their answers into links and next pages."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.discovery.reader import describe_reading, read_seed
from crawler.failures import (
    FailureKind,
    Word,
    describe_failure,
    reason_of,
    status_word,
    weigh,
)
from crawler.net.errors import name_failure
from crawler.runs import signals
from crawler.runs.answers import is_gone
from crawler.runs.links import read_header
from crawler.runs.polls import Round, choose_children, gap_end, needs_next_page
from crawler.scheduling.policy import Answer, is_full_turn
from crawler.scheduling.polls import plan_poll, read_freshness
from crawler.sources import SeedKind
from storage.records import Poll, SeedState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.discovery.reader import Reading
    from crawler.runs.seeds import Seedbook
    from crawler.spiders.source import SourceSpider
    from storage.records import Link

logger = logging.getLogger(__name__)

SEED_PRIORITY = 100
"""Seeds are asked before the next batch of articles."""


class Polls:
    """All polls of one run."""

    def __init__(
        self,
        spider: SourceSpider,
        book: Seedbook,
        *,
        interval: float,
        most_pages: int,
        most_children: int,
    ) -> None:
        self.spider = spider
        self.book = book
        self.source = book.source
        self.interval = interval
        self.most_pages = most_pages
        self.most_children = most_children
        self._open = 0
        self._gapped: list[Round] = []
        self._walk: Round | None = None

    def start(self, seeds: list[SeedState]) -> list[Request]:
        """Ask for the first page of every seed."""
        return [self.begin(Round(seed=seed)) for seed in seeds]

    def begin(self, round_: Round) -> Request:
        """Start a poll."""
        self._open += 1
        if round_.parent is not None:
            round_.parent.open_children += 1
        return self.ask(round_, round_.seed.url)

    def adopt(self, seed: SeedState, response: Response) -> list[Request]:
        """Start a poll whose first answer is there already."""
        self._open += 1
        return self._read_page(Round(seed=seed), response)

    def ask(self, round_: Round, url: str, *, is_guess: bool = False) -> Request:
        """The request for one page of a poll; conditional for the first page of a known seed."""
        seed = round_.seed
        meta: dict[str, object] = {"round": round_, "guess": is_guess}
        if round_.pages == 0 and not round_.transient:
            meta["seed"] = seed
            meta["unconditional"] = is_full_turn(seed.complete_at, self.book.clock(), seed.id)
        return Request(
            url,
            callback=self.spider.parse_seed,
            errback=self.spider.fail_seed,
            meta=meta,
            priority=SEED_PRIORITY,
        )

    # --- answers ---------------------------------------------------------------------------------

    def read(self, response: Response) -> list[Request]:
        """Take in the answer to one request of a poll; return what to ask next."""
        round_: Round = response.meta["round"]
        if response.status == HTTPStatus.NOT_MODIFIED and "seed" in response.meta:
            return self._finish(round_, unchanged=True)
        if is_gone(response.status) and round_.pages:
            # Some listings link one page more than they have.
            return self._finish(round_)
        if response.status != 200:
            return self._miss(response.meta, status_word(response.status), response.url)
        return self._read_page(round_, response)

    def _read_page(self, round_: Round, response: Response) -> list[Request]:
        content_type = read_header(response, "Content-Type")
        kind = round_.seed.kind
        reading = read_seed(kind, response.body, response.url, self.source, content_type)
        if round_.pages == 0:
            self._note_headers(round_, response)
        return self._take(round_, reading)

    def read_failure(self, failure: Failure) -> list[Request]:
        """Take in that a request of a poll got no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        return self._miss(request.meta, name_failure(failure.value), request.url)

    def _miss(self, meta: dict[str, Any], reason: str, url: str) -> list[Request]:
        round_: Round = meta["round"]
        if not meta.get("guess"):
            return self._fail(round_, reason, url=url)
        # Nobody promised that page: the poll ends as it does at a last page.
        logger.info("%s: %s %s", self.source.id, url, describe_failure(reason))
        return self._finish(round_)

    def _note_headers(self, round_: Round, response: Response) -> None:
        round_.etag = read_header(response, "ETag")
        round_.last_modified = read_header(response, "Last-Modified")
        names = ("cache-control", "age", "expires", "date")
        headers = {name: value for name in names if (value := read_header(response, name))}
        round_.max_age = read_freshness(headers, now=self.book.clock())

    def _take(self, round_: Round, reading: Reading) -> list[Request]:
        problem = describe_reading(reading)
        is_bare_sitemap = round_.seed.kind == SeedKind.SITEMAP and reading.others > 0
        if round_.pages == 0 and problem and not is_bare_sitemap:
            word = Word.NOT_A_SEED if reading.is_other_kind else Word.NO_LINKS
            return self._fail(round_, word, problem, url=round_.seed.url)
        for note in reading.problems:
            logger.info("%s: %s %s", self.source.id, round_.seed.url, note)
        round_.ttl = round_.ttl or reading.ttl
        links, dropped = self.book.links_from(reading.articles, round_.seed.id)
        round_.left_out = round_.left_out or dropped > 0
        keys = [link.key for link in links]
        news = round_.turn(keys, *self.book.known_before(keys, round_.seed))
        round_.note_dates(link.date_hint for link in links)
        return self._follow(round_, reading, links, news)

    def _follow(
        self, round_: Round, reading: Reading, links: list[Link], news: int
    ) -> list[Request]:
        if reading.next_page and needs_next_page(round_, news, most=self.most_pages):
            round_.fresh += self.book.add_links(links)
            return [self.ask(round_, reading.next_page, is_guess=reading.is_guess)]
        if round_ is self._walk:
            below = [self._section(url, round_, round_) for url in reading.sections]
        else:
            children = self._choose_children(round_, reading)
            below = [Round(seed=child, parent=round_) for child in children]
        requests = [self.begin(child) for child in below[: self.most_children]]
        if not requests:
            return self._finish(round_, links)
        round_.fresh += self.book.add_links(links)
        return requests

    def _choose_children(self, round_: Round, reading: Reading) -> list[SeedState]:
        if not reading.children:
            return []
        polled = self.book.children_of(round_.seed)
        chosen = choose_children(
            (child for child in reading.children if self.source.owned(child.url)),
            polled,
            most=self.most_children,
            since=self.book.plan.since,
            until=self.book.plan.until,
        )
        room = round_.take_share(4 * self.most_children)
        if len(chosen) > room:
            self.book.complain(
                f"{self.source.id}: {round_.seed.url} names more sitemaps than one poll may follow"
            )
        chosen = chosen[:room]
        round_.line[-1].named += len(chosen)
        if any(child.lastmod is None for child in reading.children):
            # Such an index says nothing about its children's changes: it must be read each time.
            round_.partial = True
        return self.book.put_children(round_.seed, [child.url for child in chosen])

    def note_crash(self, round_: Round) -> None:
        """A fault of ours ended the poll: it counts as failed, nothing is taken as read."""
        round_.problem = f"{self.source.id}: {round_.seed.url} could not be read: a fault of ours"
        round_.reason = Word.CRASHED
        self.book.complain(round_.problem)
        if not round_.transient:
            self._record(round_, ())

    # --- the end of a poll -----------------------------------------------------------------------

    def _fail(
        self, round_: Round, reason: str, problem: str | None = None, *, url: str
    ) -> list[Request]:
        said = problem or describe_failure(reason)
        place = round_.seed.url if round_.pages == 0 else url
        round_.problem = f"{self.source.id}: {round_.seed.kind} {place} {said}"
        round_.reason = reason
        if not round_.transient:
            self.book.complain(round_.problem)
        return self._finish(round_)

    def _finish(
        self, round_: Round, links: Sequence[Link] = (), *, unchanged: bool = False
    ) -> list[Request]:
        self._open -= 1
        if round_.transient:
            round_.fresh += self.book.add_links(links)
        elif round_.leaves_gap and round_.seed.kind == SeedKind.FEED:
            round_.fresh += self.book.add_links(links)
            self._gapped.append(round_)
        else:
            self._record(round_, links, unchanged=unchanged)
            if round_.leaves_gap:
                self._record_gap(round_)
        return self._close_parent(round_) + self._close_gaps()

    def _close_parent(self, round_: Round) -> list[Request]:
        parent = round_.parent
        if parent is None:
            return []
        parent.open_children -= 1
        if _is_missed(round_):
            parent.broken_children += 1
            parent.partial = True
        parent.left_out = parent.left_out or round_.left_out
        return [] if parent.open_children else self._finish(parent)

    def _record(self, round_: Round, links: Sequence[Link], *, unchanged: bool = False) -> None:
        now = self.book.clock()
        seed = round_.seed
        kind = reason_of(round_.reason).weight if round_.reason else None
        failures = weigh(seed.failures, kind) if kind else 0.0
        answer = Answer(
            seen=len(round_.seen),
            fresh=round_.fresh,
            first=round_.first,
            ttl=round_.ttl,
            max_age=round_.max_age,
            failure=kind,
            reason=round_.reason,
            failures=failures,
        )
        decision = plan_poll(
            self.book.archive.conn,
            self.source,
            seed.id,
            answer,
            now=now,
            interval=self.interval,
            dates=round_.dates,
        )
        validators = (round_.etag, round_.last_modified)
        if unchanged:
            validators = (seed.etag, seed.last_modified)
        elif round_.partial or round_.left_out:
            validators = (None, None)
        poll = Poll(
            seed_id=seed.id,
            polled_at=now,
            etag=validators[0],
            last_modified=validators[1],
            next_poll_at=decision.at,
            next_poll_why=decision.why,
            seen=len(round_.seen) if round_.pages else None,
            failures=failures,
            error=round_.problem,
            reason=round_.reason or None,
        )
        round_.fresh += self.book.record_poll(poll, links, complete=not round_.left_out)
        self.spider.crawler.signals.send_catch_log(
            signals.seed_polled, seed=seed, fresh=round_.fresh, problem=round_.problem
        )

    # --- gaps ------------------------------------------------------------------------------------

    def _close_gaps(self) -> list[Request]:
        """A feed that shows nothing known has no next page: read the sections back instead."""
        if self._open or not self._gapped:
            return []
        if self._walk is None:
            oldest = min(self._gapped, key=lambda gap: gap.seed.complete_at or "")
            self._walk = self._section(self.source.homepage, oldest)
            return [self.begin(self._walk)]
        complete = self._walk.pages > 0 and not self._walk.broken_children
        gapped, self._gapped = self._gapped, []
        for round_ in gapped:
            self._record(round_, ())
            if not complete:
                self._record_gap(round_)
        return []

    def _section(self, url: str, like: Round, parent: Round | None = None) -> Round:
        seed = SeedState(
            id=like.seed.id,
            source_id=self.source.id,
            kind=SeedKind.LISTING,
            url=url,
            polled_at=like.seed.polled_at,
            complete_at=like.seed.complete_at,
        )
        return Round(seed=seed, transient=True, parent=parent)

    def _record_gap(self, round_: Round) -> None:
        begin = round_.seed.complete_at or round_.seed.polled_at
        assert begin is not None  # noqa: S101 - a first poll leaves no gap
        end = gap_end(round_.dates, begin, self.book.clock())
        self.book.record_gap(round_.seed, begin, end)


def _is_missed(round_: Round) -> bool:
    """Whether a part of a larger poll may have held articles that were not read."""
    if round_.transient:
        return round_.leaves_gap or (
            bool(round_.reason)
            and reason_of(round_.reason).weight is not FailureKind.HARD
            and round_.reason != Word.NO_LINKS
        )
    return round_.problem is not None
