"""What Scrapy logs of each page and item, made only where it is read."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scrapy.logformatter import LogFormatter

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.http import Response
    from scrapy.logformatter import LogFormatterResult
    from twisted.python.failure import Failure

_scrapy = logging.getLogger("scrapy.core")


class QuietFormatter(LogFormatter):
    """Scrapy's, but for lines of level DEBUG that would be thrown away."""

    def crawled(  # type: ignore[override]
        self, request: Request, response: Response, spider: Spider
    ) -> LogFormatterResult | None:
        """Return the line about a page, or None: then Scrapy logs nothing."""
        return super().crawled(request, response, spider) if _is_read() else None

    def scraped(  # type: ignore[override]
        self, item: Any, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult | None:
        """Return the line about an item, or None: then Scrapy logs nothing."""
        return super().scraped(item, response, spider) if _is_read() else None


def _is_read() -> bool:
    return _scrapy.isEnabledFor(logging.DEBUG)
