"""Articles of sources with ``render = true``, drawn by a browser before they are read."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from http import HTTPStatus
from typing import TYPE_CHECKING

from scrapy import Request, signals
from scrapy.exceptions import NotConfigured
from scrapy.http import HtmlResponse
from scrapy.http.request import NO_CALLBACK

from crawler.browser.options import BrowserOptions
from crawler.failures import Word
from crawler.net.addresses import pace_key
from crawler.net.errors import Refused
from crawler.net.handler import WAIT_SLICE
from crawler.spiders.session import session_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.browser.drawing import Resource

KEPT_HEADERS = ("Content-Type", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials")
"""Headers of an answer that a page's scripts may depend on."""
MOST_KEPT = 32 * 1024 * 1024
"""Bytes of answers that a run remembers: the pages of a site share their scripts."""


class DrawingMiddleware:
    """Draws pages when they have come whole, and keeps both; 540, above retries and redirects.

    What the browser asks for is fetched by requests of the run, which pass all middlewares.
    """

    def __init__(self, crawler: Crawler, options: BrowserOptions) -> None:
        from crawler.browser.chromium import SHARED

        self._crawler = crawler
        self._options = options
        self._shared = SHARED
        self._chromium = SHARED.take(options)
        self._known: OrderedDict[str, Resource] = OrderedDict()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Read ``BROWSER`` and the bounds beside it. Raise NotConfigured where nothing is drawn.

        Nothing of a browser is imported then.
        """
        source = getattr(crawler.spider, "source", None)
        if source is None or not source.render:
            raise NotConfigured
        options = BrowserOptions.from_settings(crawler.settings)
        try:
            middleware = cls(crawler, options)
        except ImportError:  # the run says so when it begins
            raise NotConfigured from None
        crawler.signals.connect(middleware.close, signals.spider_closed)
        return middleware

    async def close(self) -> None:
        """Give the browser back."""
        await self._shared.give_back()

    async def process_response(self, request: Request, response: Response) -> Response:
        """Return the page as it is drawn. Raise Refused, CaptureError."""
        session = session_of(self._crawler)
        link, raw = request.meta.get("link"), request.meta.get("capture")
        if session is None or link is None or raw is None or not _is_page(response):
            return response
        body = await self._draw(request, response)
        drawn = session.recorder.captures.write_drawn(link, raw, body)
        request.meta["capture"] = drawn
        return response.replace(
            cls=HtmlResponse,
            body=body,
            encoding="utf-8",
            headers={**response.headers, "Content-Type": [drawn.content_type]},
        )

    async def _draw(self, request: Request, response: Response) -> bytes:
        from crawler.browser.drawing import Drawing, Resource

        kind = _kind(response)
        page = Resource(status=200, headers={"Content-Type": kind}, body=response.body)
        drawing = Drawing(response.url, page, self._fetch, self._options)
        task = asyncio.ensure_future(self._chromium.draw(drawing))
        while not task.done():
            await asyncio.wait({task}, timeout=WAIT_SLICE)
            if not self._crawler.crawling and not task.done():
                task.cancel()
                await asyncio.wait({task})
                raise Refused(Word.STOPPED, request.url)
        if drawing.missing:
            request.meta["missing"] = drawing.missing
        return task.result()

    async def _fetch(self, url: str, headers: Mapping[str, str], most: int) -> Resource:
        """Return the answer to a request of a page's script, past all guards."""
        from crawler.browser.drawing import Resource

        if (known := self._known.get(url)) is not None and len(known.body) <= most:
            return known
        meta = {
            "download_maxsize": most,
            "max_retry_times": 0,
            # Pages of the run wait until this one is drawn; the host's gate keeps the pace.
            "download_slot": f"browser {pace_key(url)}",
        }
        request = Request(url, headers=dict(headers), callback=NO_CALLBACK, meta=meta)
        response = await self._crawler.engine.download_async(request)
        kept = {name: response.headers.get(name) for name in KEPT_HEADERS}
        said = {name: value.decode("latin-1") for name, value in kept.items() if value}
        answer = Resource(status=response.status, headers=said, body=response.body)
        if response.status == HTTPStatus.OK and "script" in said.get("Content-Type", ""):
            self._remember(url, answer)
        return answer

    def _remember(self, url: str, answer: Resource) -> None:
        self._known[url] = answer
        while sum(len(each.body) for each in self._known.values()) > MOST_KEPT:
            self._known.popitem(last=False)


def _is_page(response: Response) -> bool:
    is_html = "html" in _kind(response).lower()
    return response.status == HTTPStatus.OK and is_html and bool(response.body.strip())


def _kind(response: Response) -> str:
    return (response.headers.get("Content-Type") or b"text/html").decode("latin-1")
