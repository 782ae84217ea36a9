"""The last step: one transaction in the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.runs.items import PageItem
from crawler.spiders.session import session_of

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler


class ArchivePipeline:
    """Stores articles through the run's recorder.

    An item that is no page of the run (``scrapy parse --pipelines``) passes and is not stored.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads no setting."""
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        """Store the item, if it is one, and return it as it came."""
        session = session_of(self._crawler)
        if session is not None and isinstance(item, PageItem):
            session.recorder.store(item)
        return item
