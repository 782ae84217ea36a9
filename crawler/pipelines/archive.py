"""The last step: one transaction in the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from crawler.spiders.source import SourceSpider


class ArchivePipeline:
    """Stores articles through the run's ledger.

    An item that no run announced (``scrapy parse --pipelines``) passes and is not stored.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        ledger = cast("SourceSpider", self.crawler.spider).ledger
        if ledger is not None and ledger.holds(item):
            ledger.store(item)
        return item
