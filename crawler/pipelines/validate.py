"""What may enter the archive: an article has a title and something to read."""

from __future__ import annotations

from typing import Any

from itemadapter import ItemAdapter
from scrapy.exceptions import DropItem

from crawler.failures import Word

MAX_TITLE = 1000
"""Characters; longer "titles" are pages gone wrong."""


class Refusal(DropItem):
    """The item is no article. ``reason`` is the word behind ``rejected/``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, log_level="DEBUG")
        self.reason = reason


class ValidatePipeline:
    """Refuses what extraction should not have let through."""

    def process_item(self, item: Any) -> Any:
        reason = find_fault(ItemAdapter(item))
        if reason:
            raise Refusal(reason)
        return item


def find_fault(fields: ItemAdapter) -> Word | None:
    """Why an item cannot be an article; None when it can."""
    if not fields.get("title"):
        return Word.NO_TITLE
    if len(fields["title"]) > MAX_TITLE:
        return Word.LONG_TITLE
    if not (fields.get("body") or fields.get("summary")):
        return Word.NO_BODY
    return None
