"""Run Scrapy in this process: several sources, a few of them at a time."""

from __future__ import annotations

import ctypes
import gc
import logging
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

# First, as Scrapy's TLS modules look up the module of each frame of the stack when imported: here
# the stack is short, and few modules are loaded.
import scrapy.core.downloader.contextfactory  # noqa: F401
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

import crawler.net.handler  # noqa: F401 - in the reactor it would take longer to import
from crawler.extensions.progress import Progress
from crawler.runs.signals import pages_done
from crawler.spiders.loader import make_spider
from storage.states import RunState

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from scrapy.crawler import Crawler

    from crawler.extensions.progress import Board
    from crawler.runs.plan import CrawlPlan
    from crawler.sources import Source
    from crawler.spiders.source import SourceSpider
    from storage.records import Run

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlReport:
    """How the crawl of one source went."""

    source_id: str
    run: Run | None
    """None when the crawl could not begin."""
    error: str | None = None
    """Why it could not begin, or had to end."""
    complaints: tuple[str, ...] = field(default=())
    """What was wrong with seeds, a sentence each. They have been logged already."""

    @property
    def failed(self) -> bool:
        """Return whether something failed: the crawl itself, a seed, or a page."""
        outcomes = self.run.outcomes if self.run else {}
        broken_pages = any(name.startswith("failed") for name in outcomes)
        return self.error is not None or bool(self.complaints) or broken_pages


def scrapy_settings(archive: Path, overrides: Mapping[str, Any] | None = None) -> Settings:
    """Return Scrapy's settings for our crawls: the module's, the archive's path, ``overrides``."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.set("ARCHIVE", str(archive), priority="cmdline")
    for name, value in (overrides or {}).items():
        settings.set(name, value, priority="cmdline")
    return settings


def crawl(
    sources: Sequence[Source],
    *,
    archive: Path,
    plan: CrawlPlan,
    board: Board | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> list[CrawlReport]:
    """Crawl sources, ``CRAWL_SOURCES_AT_ONCE`` of them side by side; return one report each.

    Blocks until all have ended, or until SIGINT or SIGTERM: then runs end as ``interrupted``
    after what is under way, ``SHUTDOWN_GRACE`` seconds at most, and the reports say so. Can be
    called once per process, as Twisted's reactor can.
    """
    keep_heap_small()
    spare_old_objects()
    process = CrawlProcess(scrapy_settings(archive, overrides), plan, board)
    return process.run(sources)


class CrawlProcess(AsyncCrawlerProcess):
    """Starts a source when another one has ended."""

    def __init__(self, settings: Settings, plan: CrawlPlan, board: Board | None) -> None:
        # Before logging is set up, so that what is logged appears above the bars.
        if board is not None:
            board.start()
        super().__init__(settings)
        self._plan = plan
        self._board = board
        self._waiting: deque[Source] = deque()
        self._crawlers_by_source: dict[str, Crawler] = {}
        self._progress: list[Progress] = []
        self._stopping = False

    def run(self, sources: Sequence[Source]) -> list[CrawlReport]:
        """Crawl all sources; return their reports in the same order."""
        self._waiting.extend(sources)
        for _ in range(max(1, self.settings.getint("CRAWL_SOURCES_AT_ONCE"))):
            self._start_next()
        try:
            self.start()
        finally:
            if self._board is not None:
                self._board.stop()
        return [self._report(source) for source in sources]

    def _start_next(self) -> None:
        if not self._waiting or self._stopping:
            return
        source = self._waiting.popleft()
        crawler = self.create_crawler(make_spider(source))
        self._crawlers_by_source[source.id] = crawler
        crawler.signals.connect(self._note_end, signals.spider_closed)
        turn = Turn(self._start_next)
        # Pictures come after the pages of all sources: those that wait for a turn go first.
        crawler.signals.connect(turn.end, pages_done)
        if self._board is not None:
            progress = Progress(source.id, self._board, self._plan.limit)
            progress.attach(crawler)
            self._progress.append(progress)
        task = self.crawl(crawler, plan=self._plan)
        task.add_done_callback(_report_error)
        task.add_done_callback(lambda _: turn.end())

    def _note_end(self, reason: str) -> None:
        self._stopping = self._stopping or reason == "shutdown"

    def _signal_shutdown(self, signum: int, _: Any) -> None:
        super()._signal_shutdown(signum, _)
        from twisted.internet import reactor

        self._stopping = True
        grace = self.settings.getfloat("SHUTDOWN_GRACE")
        reactor.callFromThread(reactor.callLater, grace, self._stop_reactor)

    def _report(self, source: Source) -> CrawlReport:
        crawler = self._crawlers_by_source.get(source.id)
        spider = cast("SourceSpider | None", crawler.spider) if crawler else None
        if spider is None:
            begun = "stopped before it began" if crawler is None else "could not be started"
            return CrawlReport(source_id=source.id, run=None, error=f"{source.id}: {begun}")
        session = spider.session
        if spider.run is None and session is not None and spider.error is None:
            # The grace is over: what is stored stays, and the run is marked.
            spider.run = session.close(RunState.INTERRUPTED)
        return CrawlReport(
            source_id=source.id,
            run=spider.run,
            error=spider.error,
            complaints=tuple(session.seeds.complaints) if session else (),
        )


class Turn:
    """One of the sources that are crawled at once: it makes room for the next one, once."""

    def __init__(self, start_next: Callable[[], None]) -> None:
        self._start_next = start_next
        self._ended = False

    def end(self) -> None:
        """Let the next source begin."""
        if not self._ended:
            self._ended = True
            self._start_next()


def _report_error(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("a crawl could not be run: %s", error, exc_info=error)


LARGE = 128 * 1024
"""Bytes from which a block is mapped by itself, and unmapped when it is freed."""
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # numbers of glibc's mallopt(3)


def keep_heap_small() -> None:
    """Fix the thresholds of glibc's allocator, which grow with the largest block ever freed.

    After one page of four megabytes it would keep all later ones on its heap, where small blocks
    between them hold the rest. Other C libraries have no such setting and need none.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, LARGE)
        mallopt(_TRIM_THRESHOLD, LARGE)


YOUNG, MIDDLE = 3_000, 5
"""New objects after which Python looks for circles among them; so many times, and it looks among
older ones too. Of the thousands of objects of a page almost all go without it; but large pages that
hang in a circle wait for it: with 10,000 hostile sites took 20 MB more."""


def spare_old_objects() -> None:
    """Leave what was imported out of Python's search for circles of objects: it stays anyway."""
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, MIDDLE)
