"""Scrapy item pipelines, in the order in which an item passes them: thin shells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.exceptions import DropItem

from crawler.runs.items import PageItem
from crawler.runs.texts import add_fingerprints, fields_of, find_fault, normalize_texts
from crawler.spiders.session import session_of

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler


class NormalizePipeline:
    """Brings text fields into the archive's normal form; what is empty then is absent."""

    def process_item(self, item: Any) -> Any:
        """Change the item's fields and return it."""
        normalize_texts(fields_of(item))
        return item


class Refusal(DropItem):
    """The item is no article. ``reason`` is the word behind ``rejected/``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, log_level="DEBUG")
        self.reason = reason


class ValidatePipeline:
    """Refuses what extraction should not have let through."""

    def process_item(self, item: Any) -> Any:
        """Return the item. Raise Refusal where it cannot be an article."""
        reason = find_fault(fields_of(item))
        if reason:
            raise Refusal(reason)
        return item


class FingerprintPipeline:
    """Computes the content digest and the near-duplicate signature."""

    def process_item(self, item: Any) -> Any:
        """Set ``digest`` and ``signature`` and return the item."""
        add_fingerprints(fields_of(item))
        return item


class ArchivePipeline:
    """Stores articles through the run's recorder, in one transaction of the archive.

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
