"""Every answer to an article link, kept as the server sent it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from crawler.spiders.session import session_of

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class CaptureMiddleware:
    """Writes answers to WARC before anybody decodes them, and notes where in ``meta["capture"]``.

    It stands below Scrapy's HttpCompression (590): only there is the body what was sent. Requests
    without ``meta["link"]`` (seeds, robots.txt) are not kept, nor are answers without a body of
    their own (304).
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads no setting."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the answer to an article link. Raise CaptureError when it cannot be written."""
        session = session_of(self._crawler)
        is_page = request.meta.get("link") is not None
        if session is not None and is_page and response.status != HTTPStatus.NOT_MODIFIED:
            request.meta["capture"] = session.recorder.captures.write(request, response)
        return response
