"""Ask only for what changed: ``If-None-Match`` and ``If-Modified-Since``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler

    from storage.records import Link, SeedState


class ConditionalMiddleware:
    """Sends the validators of the last answer back, byte for byte.

    They come from ``request.meta["seed"]`` or ``request.meta["link"]``; a request with
    ``meta["unconditional"]`` asks for the whole page.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:  # noqa: ARG003 - Scrapy's signature
        return cls()

    def process_request(self, request: Request) -> None:
        """Add the validators, where the last answer had any."""
        if request.meta.get("unconditional") or request.meta.get("redirect_times"):
            return
        known: SeedState | Link | None = request.meta.get("seed") or request.meta.get("link")
        if known is None:
            return
        for header, value in validators(known.etag, known.last_modified).items():
            request.headers[header] = value


def validators(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """Return the headers of a conditional request; empty when nothing is known."""
    headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in headers.items() if value}
