"""Look at a site a page at a time, through the same guards as a crawl, and keep nothing.

A job is a coroutine that asks a `Visitor` for pages, one after the other. Robots.txt, the
pause between requests, the address guard, the size limits and the user agent are those of the
crawler, and every request counts against the visitor's budget: robots.txt, redirects and
repetitions too.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import NotConfigured

from crawler.failures import Word, describe_failure, status_word
from crawler.net.errors import Refused, name_failure
from crawler.process import scrapy_settings
from crawler.runs.links import read_header

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import Settings

    from crawler.sources import Source

T = TypeVar("T")
AT_ONCE = 8
"""Sites that are visited side by side; each has its own pause between requests."""
OWN_MIDDLEWARES = ("capture.CaptureMiddleware", "conditional.ConditionalMiddleware")
"""Middlewares of a crawl that write to the archive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """One page as it came, after redirects."""

    url: str
    status: int
    content_type: str | None
    body: bytes


class Unvisited(Exception):
    """A page that could not be had. ``reason`` is the short word, ``detail`` what a guard said of
    it; the text stands behind a URL."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(_say(reason, detail))
        self.reason = reason
        self.detail = detail


def _say(reason: str, detail: str) -> str:
    if reason == Word.ROBOTS_UNREACHABLE:
        # Nearly always the site as a whole: robots.txt is what is asked for first.
        what = re.sub(r"^\w+(?:Error|Exception): ", "", detail).rstrip(". ")
        return f"does not answer, not even for its robots.txt, which {what}"
    return describe_failure(reason)


class Visitor:
    """Asks for pages while its budget lasts."""

    def __init__(self, download: Callable[[Request], Awaitable[Response]], budget: int) -> None:
        self._download = download
        self.budget = budget
        self.spent = 0

    @property
    def left(self) -> int:
        """Requests that may still be made."""
        return self.budget - self.spent

    async def get(self, url: str) -> Visited:
        """Return the page at ``url``. Raise Unvisited for every answer that is not a 200."""
        request = Request(url, dont_filter=True)
        try:
            response = await self._download(request)
        except Exception as error:
            raise Unvisited(name_failure(error), getattr(error, "detail", "")) from error
        if response.status != 200:
            raise Unvisited(status_word(response.status))
        return Visited(
            url=response.url,
            status=response.status,
            content_type=read_header(response, "Content-Type"),
            body=response.body,
        )


class BudgetMiddleware:
    """Counts what is about to be sent, and refuses what the budget does not cover."""

    def __init__(self, spider: VisitSpider) -> None:
        self._spider = spider

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BudgetMiddleware:
        if not isinstance(crawler.spider, VisitSpider):
            raise NotConfigured("the budget of requests is for visits only")
        return cls(crawler.spider)

    def process_request(self, request: Request) -> None:  # noqa: ARG002 - Scrapy's signature
        if self._spider.visitor.left <= 0:
            raise Refused(Word.BUDGET)
        self._spider.visitor.spent += 1


@dataclass(slots=True)
class Job(Generic[T]):
    """What to do on one site, and what came of it."""

    source: Source
    budget: int
    run: Callable[[Visitor], Awaitable[T]]
    outcome: Future[T] = field(default_factory=Future)
    """Done when `run_visits` returns."""


class VisitSpider(Spider):
    """Runs one job."""

    name = "visit"

    def __init__(self, job: Job[Any], turns: asyncio.Semaphore, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = job
        self.source = job.source
        self.turns = turns

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> VisitSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.visitor = Visitor(spider.download, spider.job.budget)
        return spider

    visitor: Visitor

    async def download(self, request: Request) -> Response:
        """Return the answer to a request, past all middlewares."""
        engine = self.crawler.engine
        if engine is None:
            raise RuntimeError(f"{request.url} is asked for before the crawler has started")
        return await engine.download_async(request)

    async def start(self) -> AsyncIterator[Any]:
        """Do the job; nothing is scheduled."""
        async with self.turns:
            try:
                self.job.outcome.set_result(await self.job.run(self.visitor))
            except Exception as error:  # noqa: BLE001 - handed to whoever sent the job
                self.job.outcome.set_exception(error)
        nothing: tuple[Request, ...] = ()
        for request in nothing:
            yield request


def run_visits(
    jobs: Sequence[Job[Any]],
    *,
    archive: Path,
    overrides: Mapping[str, Any] | None = None,
) -> None:
    """Do all jobs, a few side by side; once per process, as Twisted's reactor allows.

    With an archive there, its pace for each host is shared with crawls that are under way.
    """
    with tempfile.TemporaryDirectory(prefix="baotinh-") as folder:
        place = archive if archive.exists() else Path(folder) / "visit.db"
        process = AsyncCrawlerProcess(_settings(place, overrides))
        turns = asyncio.Semaphore(AT_ONCE)
        for job in jobs:
            spider = _spider_for(job.source)
            process.crawl(spider, job=job, turns=turns)
        process.start()
    for job in jobs:
        if not job.outcome.done():
            job.outcome.set_exception(KeyboardInterrupt())


def _spider_for(source: Source) -> type[VisitSpider]:
    custom: dict[str, Any] = {"DOWNLOAD_VERIFY_CERTIFICATES": source.verify_tls}
    if source.pace.delay is not None:
        custom["DOWNLOAD_DELAY"] = source.pace.delay
    return type("VisitSpider", (VisitSpider,), {"custom_settings": custom})


def _settings(archive: Path, overrides: Mapping[str, Any] | None) -> Settings:
    settings = scrapy_settings(archive, overrides)
    middlewares = {
        name: order
        for name, order in settings.getdict("DOWNLOADER_MIDDLEWARES").items()
        if not str(name).endswith(OWN_MIDDLEWARES)
    }
    middlewares["crawler.survey.visits.BudgetMiddleware"] = 1
    settings.set("DOWNLOADER_MIDDLEWARES", middlewares, priority="cmdline")
    settings.set("ITEM_PIPELINES", {}, priority="cmdline")
    unused = dict.fromkeys(settings.getdict("EXTENSIONS"))
    settings.set("EXTENSIONS", unused, priority="cmdline")
    # What went wrong with a page is told by whoever asked for it; Scrapy's log would tell it twice.
    if settings["LOG_LEVEL"].upper() in {"WARNING", "ERROR"}:
        settings.set("LOG_LEVEL", "CRITICAL", priority="cmdline")
    settings.set("RETRY_TIMES", 1, priority="cmdline")
    settings.set("REDIRECT_MAX_TIMES", 3, priority="cmdline")
    return settings
