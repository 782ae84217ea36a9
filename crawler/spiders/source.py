"""The one spider: polls a source's seeds, then fetches what the archive's frontier says is due."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy import Request, Spider
from scrapy import signals as scrapy_signals
from scrapy.exceptions import CloseSpider, DontCloseSpider

from crawler.errors import NotAnArticle
from crawler.failures import Word
from crawler.locks import SourceLock
from crawler.net.errors import Refused, name_failure
from crawler.runs.answers import read_answer
from crawler.runs.plan import CrawlPlan, read_plan
from crawler.runs.recorder import Ledger, open_archive
from crawler.runs.seeds import Seedbook
from crawler.sources import asked_at
from crawler.spiders.backfill import History
from crawler.spiders.polls import Polls
from crawler.spiders.seeds import Ladder
from storage.errors import BaotinhError
from storage.records import RunKind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure

    from crawler.runs.answers import Answer
    from crawler.sources import Source
    from storage.records import Article, Link, Run

logger = logging.getLogger(__name__)

BROKEN_STORAGE = (BaotinhError, sqlite3.Error)
"""Errors after which going on would lose pages: the run ends."""


class SourceSpider(Spider):
    """Crawls one source; `SourceSpiderLoader` makes a subclass of it for every source file.

    Arguments (``-a`` of ``scrapy crawl``): ``limit``, ``since``, ``until``, ``url``, ``kind``,
    ``due_only``; see `crawler.runs.plan.CrawlPlan`.
    """

    source: ClassVar[Source]

    def __init__(self, *args: Any, plan: CrawlPlan | None = None, **kwargs: Any) -> None:
        words = {name: kwargs.pop(name) for name in CrawlPlan.__slots__ if name in kwargs}
        super().__init__(*args, **kwargs)
        self.plan = plan or read_plan(**words)
        self.ledger: Ledger | None = None
        self.book: Seedbook | None = None
        self.polls: Polls | None = None
        self.ladder: Ladder | None = None
        self.history: History | None = None
        self.lock: SourceLock | None = None
        self.run: Run | None = None
        """How the run ended, once it has."""
        self.error: str | None = None
        """The sentence that says why the run could not be done or had to end."""

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        super().update_settings(settings)
        if cls.source.pace.delay is not None:
            settings.set("DOWNLOAD_DELAY", cls.source.pace.delay, priority="spider")
        if not cls.source.verify_tls:
            settings.set("DOWNLOAD_VERIFY_CERTIFICATES", False, priority="spider")
        if not settings["USER_AGENT"]:
            settings.set("USER_AGENT", name_agent(settings["CONTACT"]), priority="spider")

    @classmethod
    def handles_request(cls, request: Request) -> bool:
        return cls.source.owned(request.url)

    # --- the way through a run -------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        """Poll the seeds; the frontier is fed when everything before it is done."""
        await self._open()
        assert self.ledger is not None  # noqa: S101 - opened just now
        self.crawler.signals.connect(self.feed_frontier, scrapy_signals.spider_idle)
        if self.plan.url is not None:
            yield self.fetch(self.ledger.take(self.ledger.link_for(self.plan.url)))
            return
        if self.plan.kind is RunKind.BACKFILL:
            return
        for request in self._discover():
            yield request

    def _discover(self) -> list[Request]:
        assert self.book is not None and self.polls is not None  # noqa: S101, PT018 - opened
        assert self.ladder is not None  # noqa: S101 - opened
        requests = self.polls.start(self.book.put_seeds())
        return requests if self.source.seeds else requests + self.ladder.climb()

    async def _open(self) -> None:
        try:
            path = Path(self.settings["ARCHIVE"])
            captures = self.settings["CAPTURES_DIR"]
            with ExitStack() as undo:
                archive = undo.enter_context(
                    open_archive(path, Path(captures) if captures else None)
                )
                self.lock = SourceLock(path, self.source.id)
                await self.lock.acquire(self.settings.getfloat("LOCK_WAIT"), kind=self.plan.kind)
                self.ledger = Ledger(
                    archive,
                    self.source,
                    self.plan,
                    batch=self.settings.getint(
                        "BACKFILL_BATCH" if self.plan.kind is RunKind.BACKFILL else "FRONTIER_BATCH"
                    ),
                    events=self.crawler.signals,
                )
                undo.pop_all()  # from here on the end of the run closes it
            self.ledger.begin()
        except (*BROKEN_STORAGE, OSError) as error:
            self.give_up(error)
            raise CloseSpider("not-started") from error
        self.book = Seedbook(archive, self.source, self.plan, self.ledger.clock)
        self.polls = Polls(
            self,
            self.book,
            interval=self.settings.getfloat("POLL_INTERVAL"),
            most_pages=self.settings.getint("LISTING_MAX_PAGES"),
            most_children=self.settings.getint("SITEMAP_MAX_CHILDREN"),
        )
        self.ladder = Ladder(self.book, self.polls)
        if self.plan.kind is RunKind.BACKFILL:
            self.history = History(
                self.book,
                self.crawler.signals,
                most_pages=self.settings.getint("BACKFILL_MAX_PAGES"),
                batch=self.settings.getint("BACKFILL_BATCH"),
            )

    def feed_frontier(self) -> None:
        """Hand the next batch of the frontier to the engine; called when the spider is idle."""
        if self.ledger is None or self.error is not None:
            return
        if not self._may_go_on():
            raise DontCloseSpider
        try:
            requests = self._next_requests()
        except BROKEN_STORAGE as error:
            self.give_up(error)
            raise CloseSpider("archive") from error
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def _next_requests(self) -> list[Request]:
        if self.ledger is None or self.plan.url is not None:
            return []
        links = self.ledger.next_links()
        if not links and self.history is not None and self.ledger.room != 0:
            if self.history.release(self.ledger.room):
                links = self.ledger.next_links()
            elif (request := self.history.next_request()) is not None:
                return [request]
        return [self.fetch(link) for link in links]

    def _may_go_on(self) -> bool:
        """Whether the source is ours: a backfill lends it to a live crawl that wants it."""
        if self.lock is None or self.plan.kind is not RunKind.BACKFILL:
            return True
        if self.lock.is_held and self.lock.is_wanted():
            # The next idle call comes seconds later: time enough for the other to take it.
            self.lock.release()
            return False
        return self.lock.attempt(self.plan.kind)

    def fetch(self, link: Link) -> Request:
        """The request for an article; conditional when it is stored."""
        return Request(
            asked_at(self.source, link.url),
            callback=self.parse_page,
            errback=self.fail_page,
            meta={"link": link},
        )

    def give_up(self, error: BaseException) -> None:
        """Note why the run must end; what is stored stays, what is pending stays pending."""
        if self.error is None:
            self.error = str(error) or type(error).__name__
            logger.error("%s", self.error)

    # --- answers ---------------------------------------------------------------------------------

    def parse_seed(self, response: Response) -> Iterator[Request]:
        """A page of a feed, sitemap or listing."""
        assert self.polls is not None  # noqa: S101 - polls asked for it
        yield from self.polls.read(response)

    def fail_seed(self, failure: Failure) -> Iterator[Request]:
        """A seed that could not be fetched."""
        assert self.polls is not None  # noqa: S101 - polls asked for it
        self._check_storage(failure)
        yield from self.polls.read_failure(failure)

    def parse_page(self, response: Response) -> Iterator[Article | Request]:
        """An answer to an article link."""
        assert self.ledger is not None  # noqa: S101 - the ledger handed the link out
        link: Link = response.meta["link"]
        answer = read_answer(
            response,
            link,
            self.source,
            now=self.ledger.clock(),
            repeated=self.ledger.repeated_lines,
        )
        again = self._settle(answer, response, link)
        if again is not None:
            yield again
        elif answer.article is None:
            return
        elif outside := self.plan.outside(answer.article.published_on):
            self.ledger.reject(link, outside, response.meta.get("capture"))
        else:
            self.ledger.hold(answer.article, answer.link, response.meta.get("capture"))
            yield answer.article

    def _settle(self, answer: Answer, response: Response, link: Link) -> Request | None:
        """Settle what is no article; a request is returned where it pays to ask again."""
        assert self.ledger is not None  # noqa: S101 - as above
        capture = response.meta.get("capture")
        match answer.verdict:
            case "unchanged":
                self.ledger.confirm(link)
            case "gone":
                self.ledger.lose(link, answer.reason, capture)
            case "rejected":
                self.ledger.reject(link, answer.reason, capture)
            case "failed":
                self.ledger.fail(link, answer.reason, capture=capture)
            case "again":
                return self.fetch(link).replace(meta={"link": link, "unconditional": True})
        return None

    def fail_page(self, failure: Failure) -> None:
        """An article that could not be fetched, or that a guard refused."""
        assert self.ledger is not None  # noqa: S101 - the ledger handed the link out
        self._check_storage(failure)
        link: Link = failure.request.meta["link"]  # type: ignore[attr-defined]
        error = failure.value
        if isinstance(error, Refused):
            capture = failure.request.meta.get("capture")  # type: ignore[attr-defined]
            self.ledger.obey(link, error, capture)
        else:
            reason = name_failure(error)
            if reason == Word.CRASHED:
                logger.error("%s: %s", link.url, failure.getTraceback())
            self.ledger.fail(link, reason)

    def _check_storage(self, failure: Failure) -> None:
        if isinstance(failure.value, BROKEN_STORAGE):
            self.give_up(failure.value)
            raise CloseSpider("archive")

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Any]:  # noqa: ARG002
        """What ``scrapy parse URL`` shows: the article, or the links found. Stores nothing."""
        from crawler.discovery.reader import guess_kind, read_seed
        from crawler.extract import extract
        from crawler.sources import is_article_url
        from storage.instants import read_clock

        if is_article_url(self.source, response.url):
            try:
                yield extract(
                    response.body, url=response.url, source=self.source, fetched_at=read_clock()
                )
            except NotAnArticle as refusal:
                self.logger.warning("%s is no article: %s", response.url, refusal)
            return
        reading = read_seed(guess_kind(response.body), response.body, response.url, self.source)
        for found in reading.articles:
            yield Request(found.url)

    def note_crash(self, response: Response) -> None:
        """Settle a page or poll on which a callback of ours broke; the log has the traceback."""
        if self.ledger is not None and "link" in response.meta:
            self.ledger.fail(
                response.meta["link"], Word.CRASHED, capture=response.meta.get("capture")
            )
        elif self.polls is not None and "round" in response.meta:
            self.polls.note_crash(response.meta["round"])


def name_agent(contact: str) -> str:
    """The user agent: who we are, and where to complain."""
    name = f"baotinh/{version('baotinh')}"
    return f"{name} (+{contact})" if contact else name
