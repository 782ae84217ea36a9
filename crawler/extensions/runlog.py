"""Keeps the books of a run: how it ended, and what became of pages that broke on the way."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, cast

from scrapy import signals

from crawler.failures import Word
from crawler.pipelines.validate import Refusal
from crawler.spiders.source import BROKEN_STORAGE

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.spiders.source import SourceSpider

logger = logging.getLogger(__name__)


class RunLog:
    """Settles what the normal way could not, and ends the run in the archive."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        log = cls(crawler)
        crawler.signals.connect(log.refuse_item, signals.item_dropped)
        crawler.signals.connect(log.fail_item, signals.item_error)
        crawler.signals.connect(log.fail_callback, signals.spider_error)
        crawler.signals.connect(log.end_run, signals.spider_closed)
        return log

    @property
    def spider(self) -> SourceSpider:
        return cast("SourceSpider", self.crawler.spider)

    def refuse_item(self, item: Any, exception: Exception) -> None:
        """A pipeline found that the item is no article."""
        if self.spider.ledger is not None and self.spider.ledger.holds(item):
            reason = exception.reason if isinstance(exception, Refusal) else Word.DROPPED
            self._guarded(lambda: self.spider.ledger.refuse(item, reason))

    def fail_item(self, item: Any, failure: Failure) -> None:
        """A pipeline broke on the item."""
        if self._is_storage(failure) or self.spider.ledger is None:
            return
        link = self.spider.ledger.release(item)
        if link is not None:
            self._guarded(lambda: self.spider.ledger.fail(link, Word.CRASHED))

    def fail_callback(self, failure: Failure, response: Response | None) -> None:
        """A callback broke on the response."""
        if self._is_storage(failure) or response is None:
            return
        self._guarded(lambda: self.spider.note_crash(response))

    def end_run(self, reason: str) -> None:
        """Write down how the run ended, then let others crawl the source."""
        spider = self.spider
        try:
            if spider.ledger is not None:
                spider.run = spider.ledger.close(name_state(reason, spider.error))
        except BROKEN_STORAGE as error:
            spider.give_up(error)
        finally:
            if spider.lock is not None:
                spider.lock.release()

    def _guarded(self, settle: Any) -> None:
        try:
            settle()
        except BROKEN_STORAGE as error:
            self._stop(error)

    def _is_storage(self, failure: Failure) -> bool:
        if not isinstance(failure.value, BROKEN_STORAGE):
            return False
        self._stop(failure.value)
        return True

    def _stop(self, error: BaseException) -> None:
        # What cannot be written down must not be fetched: the pages stay pending.
        self.spider.give_up(error)
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(
                self.crawler.engine.close_spider_async(reason="archive")
            )


def name_state(reason: str, error: str | None) -> str:
    """The state of a run from Scrapy's reason for closing the spider."""
    if error is not None:
        return "failed"
    if reason == "shutdown":
        return "interrupted"
    budget = reason.startswith("closespider_") and reason != "closespider_errorcount"
    return "finished" if reason == "finished" or budget else "failed"
