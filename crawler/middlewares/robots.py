"""Nothing is asked for that robots.txt forbids: articles, seeds, sitemaps and feeds alike.

Order 100, in the place of Scrapy's own, which takes an unreachable file for a permission. The file
is read once a run and origin, through all other guards; `crawler.net.robots` says what it means.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import Request, signals
from scrapy.exceptions import NotConfigured, StopDownload
from scrapy.http.request import NO_CALLBACK

from crawler.failures import Verdict, Word, describe_failure, status_word
from crawler.locks import locks_folder
from crawler.net.addresses import place_of
from crawler.net.errors import Refused, name_failure
from crawler.net.robots import (
    MAX_BYTES,
    Availability,
    Copies,
    Copy,
    Rules,
    judge_status,
    parse_rules,
)
from storage.errors import BaotinhError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

RETRIES = 1
PRIORITY = 1000


class RobotsMiddleware:
    """Asks for robots.txt before anything else of an origin, and keeps to it."""

    def __init__(self, crawler: Crawler, copies: Copies, delay_cap: float) -> None:
        self._crawler = crawler
        self._copies = copies
        self._delay_cap = delay_cap
        self._rules: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Read ``ARCHIVE`` (copies are kept beside it) and ``CRAWL_DELAY_MAX``.

        Raise NotConfigured without ``ROBOTSTXT_OBEY``, as Scrapy's own middleware does.
        """
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        folder = locks_folder(Path(crawler.settings["ARCHIVE"])) / "robots"
        delay_cap = crawler.settings.getfloat("CRAWL_DELAY_MAX")
        middleware = cls(crawler, Copies(folder), delay_cap)
        crawler.signals.connect(middleware.cut, signals.bytes_received)
        return middleware

    async def process_request(self, request: Request) -> None:
        """Let the request pass with the host's delay, or raise Refused."""
        if request.meta.get("robots"):
            return
        rules = await self._rules_for(request.url)
        if rules.unreachable:
            raise Refused(
                Word.ROBOTS_UNREACHABLE,
                describe_failure(rules.unreachable),
                cause=rules.unreachable,
            )
        if not rules.allow(request.url):
            raise Refused(Word.ROBOTS, request.url)
        request.meta["crawl_delay"] = rules.delay

    def cut(self, data: bytes, request: Request) -> None:
        """Stop reading a robots.txt at its limit."""
        if request.meta.get("robots"):
            got = request.meta["robots_bytes"] = request.meta.get("robots_bytes", 0) + len(data)
            if got > MAX_BYTES:
                raise StopDownload(fail=False)

    async def _rules_for(self, url: str) -> Rules:
        origin = _origin(url)
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._fetch(origin))
        try:
            return await asyncio.shield(self._rules[origin])
        except Refused:
            self._rules.pop(origin, None)
            raise

    async def _fetch(self, origin: str) -> Rules:
        copy = self._copies.read(origin)
        try:
            response = await self._ask(origin, copy)
        except Refused as refused:
            if refused.verdict is Verdict.REJECTED or refused.reason == Word.REDIRECTS:
                return Rules()  # it leads to where we may not go: as good as absent
            if refused.reason == Word.BROKER_AWAY:
                raise  # nobody was asked: that says nothing about the file
            return self._stand_in(copy, refused.reason)
        except BaotinhError:
            raise  # a fault of ours: the run ends
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the file was not reached
            return self._stand_in(copy, name_failure(error))
        return self._judge(origin, response, copy)

    async def _ask(self, origin: str, copy: Copy | None) -> Response:
        request = Request(
            f"{origin}/robots.txt",
            callback=NO_CALLBACK,
            priority=PRIORITY,
            # Read as it is: a file cut at its limit could not be decompressed.
            headers={"Accept-Encoding": "identity"},
            meta={"robots": True, "max_retry_times": RETRIES, "download_maxsize": 0},
        )
        if copy is not None and copy.etag:
            request.headers["If-None-Match"] = copy.etag
        return await self._crawler.engine.download_async(request)

    def _judge(self, origin: str, response: Response, copy: Copy | None) -> Rules:
        availability = judge_status(response.status)
        if availability is Availability.UNREACHABLE:
            return self._stand_in(copy, status_word(response.status))
        if availability is Availability.SAME and copy is not None:
            self._copies.write(origin, replace(copy, fetched_at=time.time()))
            return self._heed(origin, parse_rules(copy.body))
        if availability is not Availability.RULES:
            return Rules()
        etag = response.headers.get("ETag")
        self._copies.write(
            origin, Copy(time.time(), response.body, etag.decode("latin-1") if etag else None)
        )
        return self._heed(origin, parse_rules(response.body))

    def _heed(self, origin: str, rules: Rules) -> Rules:
        if rules.delay is not None and rules.delay > self._delay_cap:
            logger.warning(
                "%s/robots.txt asks for %g s between requests; we keep to %g s",
                origin,
                rules.delay,
                self._delay_cap,
            )
        return rules

    def _stand_in(self, copy: Copy | None, reason: str) -> Rules:
        if copy is not None and copy.is_fresh(time.time()):
            return parse_rules(copy.body)
        return Rules(unreachable=reason)


def _origin(url: str) -> str:
    scheme = url.split(":", 1)[0]
    host, port = place_of(url)
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}:{port}" if port not in (80, 443) else f"{scheme}://{shown}"
