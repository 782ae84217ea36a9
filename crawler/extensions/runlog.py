"""Records how a run ended, and what became of pages that broke on the way."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, cast

from scrapy import signals

from crawler.failures import Word
from crawler.pipelines import Refusal
from crawler.runs.items import PageItem
from crawler.spiders.session import BROKEN_STORAGE, session_of
from storage.states import RunState

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from crawler.runs.recorder import Recorder
    from crawler.spiders.source import SourceSpider

logger = logging.getLogger(__name__)


class RunLog:
    """Settles pages that broke on the way, and ends the run in the archive."""

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
        logging.getLogger("scrapy.core.scraper").addFilter(is_not_of_storage)
        return log

    @property
    def spider(self) -> SourceSpider:
        return cast("SourceSpider", self.crawler.spider)

    def refuse_item(self, item: Any, exception: Exception) -> None:
        """Reject a page whose item a pipeline found to be no article."""
        reason = exception.reason if isinstance(exception, Refusal) else Word.DROPPED
        self._settle(item, lambda recorder: recorder.reject(item.link, reason, item.capture))

    def fail_item(self, item: Any, failure: Failure) -> None:
        """Fail a page on whose item a pipeline broke."""
        if not self._is_storage(failure):
            self._settle(item, lambda recorder: recorder.fail(item.link, Word.CRASHED))

    def _settle(self, item: Any, settle: Callable[[Recorder], object]) -> None:
        session = session_of(self.crawler)
        if session is None or not isinstance(item, PageItem):
            return
        if session.recorder.is_open(item.link):
            self._guarded(lambda: settle(session.recorder))

    def fail_callback(self, failure: Failure, response: Response | None) -> None:
        """Fail a page or poll on whose answer a callback broke."""
        session = session_of(self.crawler)
        if self._is_storage(failure) or response is None or session is None:
            return
        self._guarded(lambda: session.note_crash(response))

    def end_run(self, reason: str) -> None:
        """Record how the run ended, then let others crawl the source."""
        spider, session = self.spider, session_of(self.crawler)
        if session is None:
            return
        try:
            spider.run = session.close(name_state(reason, spider.error))
        except BROKEN_STORAGE as error:
            spider.give_up(error)
        finally:
            session.lock.release()

    def _guarded(self, settle: Callable[[], object]) -> None:
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


def is_not_of_storage(record: logging.LogRecord) -> bool:
    """Leave out what Scrapy logs of a page that could not be stored: the run ends and says why."""
    return not (record.exc_info and isinstance(record.exc_info[1], BROKEN_STORAGE))


def name_state(reason: str, error: str | None) -> RunState:
    """Return the state of a run from Scrapy's reason for closing the spider."""
    if error is not None:
        return RunState.FAILED
    if reason == "shutdown":
        return RunState.INTERRUPTED
    budget = reason.startswith("closespider_") and reason != "closespider_errorcount"
    return RunState.FINISHED if reason == "finished" or budget else RunState.FAILED
