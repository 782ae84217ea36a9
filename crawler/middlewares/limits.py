"""What an answer may cost: its size, decoded too, its encodings, its redirects.

`GuardedRedirectMiddleware` (600) takes the place of Scrapy's redirect middleware and
`DecodingMiddleware` (590) that of its HttpCompression, which accepts half a gzip stream as whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest, ResponseDataLossError
from scrapy.http import TextResponse
from scrapy.responsetypes import responsetypes

from crawler.failures import Word
from crawler.net.errors import Refused
from crawler.net.policy import REDIRECTS
from storage.warc.encodings import MAX_LAYERS, BodyTooLarge, decode_body

if TYPE_CHECKING:
    from typing import Any

    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response

ENCODINGS = ("gzip", "deflate", "br", "zstd")
_UNSAFE = re.compile(rb"[\x00-\x1f\x7f\\]")


class GuardedRedirectMiddleware(RedirectMiddleware):
    """Follows redirects of the server, never in a circle; says why one is not followed."""

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response, **_: Any
    ) -> Request | Response:
        """Return the request to follow, or the response. Raise Refused."""
        location = response.headers.get("Location")
        if location is None or response.status not in REDIRECTS:
            return response
        if _UNSAFE.search(location):
            raise Refused(Word.MALFORMED_URL, repr(location[:200]))
        try:
            result = super().process_response(request, response)
        except IgnoreRequest:
            raise Refused(Word.REDIRECTS, request.url) from None
        except ValueError as error:
            raise Refused(Word.MALFORMED_URL, str(error)[:200]) from None
        if result is response:
            raise Refused(Word.SCHEME, repr(location[:200]))
        if result.url in (request.url, *request.meta.get("redirect_urls", ())):
            raise Refused(Word.REDIRECTS, f"{request.url} leads back to itself")
        return result


class DecodingMiddleware:
    """Decodes bodies whole or not at all: what is cut or damaged is asked for again."""

    def __init__(self, crawler: Crawler, *, max_bytes: int, max_page: int) -> None:
        self._crawler = crawler
        self._max_bytes = max_bytes
        self._max_page = max_page

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DecodingMiddleware:
        """Read ``DOWNLOAD_MAXSIZE`` and, for article pages, ``PAGE_MAXSIZE``, in bytes."""
        return cls(
            crawler,
            max_bytes=crawler.settings.getint("DOWNLOAD_MAXSIZE"),
            max_page=crawler.settings.getint("PAGE_MAXSIZE"),
        )

    def process_request(self, request: Request) -> None:
        """Say what we can decode, and how much of it we take."""
        request.headers.setdefault("Accept-Encoding", ", ".join(ENCODINGS))
        if request.meta.get("link") is not None:
            request.meta.setdefault("download_maxsize", self._max_page)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the decoded response or a repetition. Raise Refused, ResponseDataLossError."""
        layers = _layers(response)
        if not layers or not response.body:
            return response
        if len(layers) > MAX_LAYERS or not {*ENCODINGS, "x-gzip"}.issuperset(layers):
            raise Refused(Word.ENCODING, ", ".join(layers)[:100])
        limit = request.meta.get("download_maxsize") or self._max_bytes
        try:
            body = decode_body(response.body, ",".join(layers), max_bytes=limit)
        except BodyTooLarge as error:
            raise Refused(Word.TOO_LARGE, str(error)) from error
        except ValueError as error:
            return self._repeat(request, error)
        return _with_body(response, body)

    def _repeat(self, request: Request, error: ValueError) -> Request:
        spider = cast("Spider", self._crawler.spider)  # responses come to a spider
        again = get_retry_request(request, spider=spider, reason="data loss")
        if again is None:
            raise ResponseDataLossError(str(error)) from error
        return again


def _layers(response: Response) -> list[str]:
    header = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
    layers = (layer.strip().lower() for layer in header.split(","))
    return [layer for layer in layers if layer not in ("", "identity")]


def _with_body(response: Response, body: bytes) -> Response:
    headers = response.headers.copy()
    del headers["Content-Encoding"]  # else Scrapy takes any type for bytes
    kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
    extra: dict[str, Any] = {"encoding": None} if issubclass(kind, TextResponse) else {}
    return response.replace(cls=kind, body=body, headers=headers, **extra)
