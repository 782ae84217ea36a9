"""Every answer to an article link, kept as the server sent it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.spiders.source import SourceSpider


class CaptureMiddleware:
    """Writes answers to WARC before anybody decodes them, and notes where in ``meta["capture"]``.

    It stands below Scrapy's HttpCompression (590): only there is the body what was sent. Requests
    without ``meta["link"]`` (seeds, robots.txt) are not kept, nor are answers without a body of
    their own (304).
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        spider: SourceSpider | None = self.crawler.spider  # type: ignore[assignment]
        if request.meta.get("link") is None or spider is None or spider.ledger is None:
            return response
        if response.status != HTTPStatus.NOT_MODIFIED:
            request.meta["capture"] = spider.ledger.capture(request, response)
        return response
