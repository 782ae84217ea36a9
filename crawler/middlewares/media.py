"""Answers to requests for pictures and documents, kept if they are any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.spiders.session import session_of

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


class MediaMiddleware:
    """Has the run judge and keep what comes; below HttpCompression, as `CaptureMiddleware` is."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads no setting."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Keep a picture or document. Raise Refused where it is none, CaptureError."""
        session = session_of(self._crawler)
        if session is not None and request.meta.get("media") is not None:
            await session.media.keep(request, response)
        return response
