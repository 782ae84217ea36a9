"""The one spider: polls a source's seeds, then fetches what the archive's frontier says is due."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy import Request, Spider
from scrapy import signals as scrapy_signals
from scrapy.exceptions import CloseSpider, DontCloseSpider

from crawler.errors import NotAnArticle
from crawler.runs.plan import CrawlPlan, read_plan
from crawler.spiders.session import BROKEN_STORAGE, SessionOptions, open_session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from twisted.python.failure import Failure

    from crawler.sources import Source
    from crawler.spiders.session import Session
    from storage.records import Run

logger = logging.getLogger(__name__)


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
        self.session: Session | None = None
        """The run, once it is open. Callbacks do not ask here: they are made with it."""
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

    @classmethod
    def handles_request(cls, request: Request) -> bool:
        return cls.source.owned(request.url)

    async def start(self) -> AsyncIterator[Any]:
        """Poll the seeds; the frontier is fed when everything before it is done."""
        try:
            self.session = await open_session(
                self.source,
                self.plan,
                SessionOptions.from_settings(self.settings),
                self.crawler.signals,
                check_storage=self.check_storage,
            )
            requests = self.session.first_requests()
        except (*BROKEN_STORAGE, OSError) as error:
            self.give_up(error)
            raise CloseSpider("not-started") from error
        self.crawler.signals.connect(self.feed_frontier, scrapy_signals.spider_idle)
        for request in requests:
            yield request

    def feed_frontier(self) -> None:
        """Hand the next batch of the frontier to the engine; called when the spider is idle."""
        if self.session is None or self.error is not None:
            return
        if not self.session.may_go_on():
            raise DontCloseSpider
        try:
            requests = self.session.next_requests()
        except BROKEN_STORAGE as error:
            self.give_up(error)
            raise CloseSpider("archive") from error
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    def check_storage(self, failure: Failure) -> None:
        """End the run if a request failed because of the archive: its page stays pending."""
        if isinstance(failure.value, BROKEN_STORAGE):
            self.give_up(failure.value)
            raise CloseSpider("archive")

    def give_up(self, error: BaseException) -> None:
        """Note why the run must end; what is stored stays, what is pending stays pending."""
        if self.error is None:
            self.error = str(error) or type(error).__name__
            logger.error("%s", self.error)

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
                logger.warning("%s is no article: %s", response.url, refusal)
            return
        reading = read_seed(guess_kind(response.body), response.body, response.url, self.source)
        for found in reading.articles:
            yield Request(found.url)
