"""One run of one source while it is open: all that its callbacks work with."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.browser.options import BrowserOptions, check_browser
from crawler.failures import Word
from crawler.locks import SourceLock
from crawler.media.choice import choose
from crawler.runs.captures import open_for_run
from crawler.runs.recorder import Recorder
from crawler.runs.seeds import SeedRegistry
from crawler.runs.signals import pages_done
from crawler.spiders.backfill import BackfillWalk
from crawler.spiders.media import MediaFetcher, MediaOptions, check_libraries
from crawler.spiders.pages import Pages
from crawler.spiders.polls import Poller
from crawler.spiders.seeds import SeedFinder
from storage.errors import BaotinhError
from storage.states import RunKind, RunState

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings
    from scrapy.signalmanager import SignalManager
    from twisted.python.failure import Failure

    from crawler.media.choice import Choice
    from crawler.runs.plan import CrawlPlan
    from crawler.sources import Source
    from storage.records import Run

BROKEN_STORAGE = (BaotinhError, sqlite3.Error)
"""Errors after which going on would lose pages: the run ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOptions:
    """What the settings say about a run."""

    archive: Path
    captures: Path | None
    lock_wait: float
    """Seconds to wait for another run of the same source."""
    frontier_batch: int
    """Links handed out at a time."""
    pending_links: int
    """Links of the source that may be pending; older ones wait aside."""
    poll_interval: float
    """Seconds; a source file's ``poll`` comes before it."""
    listing_pages: int
    sitemap_children: int
    """Sitemaps of one index that a poll reads at most."""
    backfill_batch: int
    backfill_pages: int
    images: str
    attachments: str
    media_per_article: int
    media: MediaOptions
    browser: BrowserOptions

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Read ``ARCHIVE``, ``CAPTURES_DIR``, ``LOCK_WAIT`` and the bounds of a run."""
        captures = settings["CAPTURES_DIR"]
        return cls(
            archive=Path(settings["ARCHIVE"]),
            captures=Path(captures) if captures else None,
            lock_wait=settings.getfloat("LOCK_WAIT"),
            frontier_batch=settings.getint("FRONTIER_BATCH"),
            pending_links=settings.getint("MAX_PENDING_LINKS"),
            poll_interval=settings.getfloat("POLL_INTERVAL"),
            listing_pages=settings.getint("LISTING_MAX_PAGES"),
            sitemap_children=settings.getint("SITEMAP_MAX_CHILDREN"),
            backfill_batch=settings.getint("BACKFILL_BATCH"),
            backfill_pages=settings.getint("BACKFILL_MAX_PAGES"),
            images=settings["IMAGES"],
            attachments=settings["ATTACHMENTS"],
            media_per_article=settings.getint("MEDIA_PER_ARTICLE"),
            media=MediaOptions.from_settings(settings),
            browser=BrowserOptions.from_settings(settings),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A run from the moment its source is locked and its row is written, until it is closed."""

    lock: SourceLock
    recorder: Recorder
    seeds: SeedRegistry
    pages: Pages
    polls: Poller
    finder: SeedFinder
    media: MediaFetcher
    events: SignalManager
    backfill: BackfillWalk | None
    """The walk back through the source; None in a crawl."""

    def first_requests(self) -> list[Request]:
        """Return what to ask before the frontier: the one page wanted, or the seeds."""
        plan, recorder = self.recorder.plan, self.recorder
        if plan.url is not None:
            return [self.pages.ask(recorder.take(recorder.link_for(plan.url)))]
        if self.backfill is not None:
            return []
        requests = self.polls.start(self.seeds.put_seeds())
        return requests if recorder.source.seeds else requests + self.finder.start()

    def next_requests(self) -> list[Request]:
        """Return the next batch when nothing is under way; empty: the run is over."""
        requests = self._find_work() or self._find_media() or self._ask_seed()
        if not requests and (trouble := self.recorder.describe_troubles()) is not None:
            self.seeds.complain(trouble)
        return requests

    def _find_media(self) -> list[Request]:
        """Return requests for pictures and documents, which come after all pages."""
        if self.recorder.is_host_away or not (requests := self.media.start()):
            return []
        self.events.send_catch_log(pages_done)
        return requests

    def _ask_seed(self) -> list[Request]:
        """Ask for a seed that is not due, where no page had an answer: one page may be at fault."""
        if not self.recorder.is_unanswered or self.recorder.plan.url or self.backfill is not None:
            return []
        return [] if self.polls.has_begun else self.polls.start(self.seeds.known_seeds()[:1])

    def _find_work(self) -> list[Request]:
        recorder = self.recorder
        if recorder.plan.url is not None:
            return []
        if self.backfill is None and (requests := self.finder.heal()):
            return requests
        links = recorder.next_links()
        if recorder.is_host_away:
            return []
        if not links and self.backfill is not None and recorder.room != 0:
            if self.backfill.release(recorder.room):
                links = recorder.next_links()
            elif (request := self.backfill.next_request()) is not None:
                return [request]
        return [self.pages.ask(link) for link in links]

    def close(self, state: RunState) -> Run:
        """End the run and give its archive back."""
        recorder = self.recorder
        try:
            recorder.flush()
            self.seeds.withdraw_gaps(recorder.archive.runs.get(recorder.run_id).outcomes)
        finally:
            run = recorder.close(state)
        return run

    def may_go_on(self) -> bool:
        """Return whether the source is ours: a backfill lends it to a crawl that wants it."""
        if self.backfill is None:
            return True
        if self.lock.is_held and self.lock.is_wanted():
            # The next idle call comes seconds later: time enough for the other to take it.
            self.lock.release()
            return False
        return self.lock.attempt(RunKind.BACKFILL)

    def note_crash(self, response: Response) -> None:
        """Settle a page or poll on which a callback of ours broke; the log has the traceback."""
        if (link := response.meta.get("link")) is not None:
            self.recorder.fail(link, Word.CRASHED, capture=response.meta.get("capture"))
        elif (poll := response.meta.get("poll")) is not None:
            self.polls.note_crash(poll)


async def open_session(
    source: Source,
    plan: CrawlPlan,
    options: SessionOptions,
    signals: SignalManager,
    *,
    check_storage: Callable[[Failure], None],
) -> Session:
    """Open the archive, lock the source and begin a run.

    ``check_storage`` ends the run when a failed request failed because of the archive. Raise
    ArchiveBusy when another process crawls the source, BaotinhError, sqlite3.Error or OSError when
    the archive cannot be opened.
    """
    with ExitStack() as undo:
        archive = open_for_run(options.archive, options.captures)
        undo.callback(archive.close)
        lock = SourceLock(options.archive, source.id)
        undo.callback(lock.release)
        await lock.acquire(options.lock_wait, kind=plan.kind)
        batch = options.frontier_batch
        if plan.kind is RunKind.BACKFILL:
            batch = options.backfill_batch
        choice = choose(
            source,
            images=options.images,
            attachments=options.attachments,
            most=options.media_per_article,
        )
        check_libraries(choice)
        if source.render:
            check_browser(options.browser)
        recorder = Recorder(archive, source, plan, batch=batch, events=signals)
        undo.callback(recorder.close, RunState.FAILED)
        recorder.begin()
        session = _make_session(lock, recorder, options, signals, check_storage, choice)
        undo.pop_all()
    return session


def _make_session(
    lock: SourceLock,
    recorder: Recorder,
    options: SessionOptions,
    signals: SignalManager,
    check_storage: Callable[[Failure], None],
    choice: Choice,
) -> Session:
    seeds = SeedRegistry(
        recorder.archive,
        recorder.source,
        recorder.plan,
        recorder.clock,
        most_pending=options.pending_links,
    )
    recorder.archive.links.take_in(recorder.source.id, options.pending_links)
    polls = Poller(
        seeds,
        signals,
        check_storage=check_storage,
        interval=options.poll_interval,
        most_pages=options.listing_pages,
        most_children=options.sitemap_children,
    )
    backfill = None
    if recorder.plan.kind is RunKind.BACKFILL:
        backfill = BackfillWalk(
            seeds,
            signals,
            recorder.plan.period,
            most_pages=options.backfill_pages,
            batch=options.backfill_batch,
        )
    return Session(
        lock=lock,
        recorder=recorder,
        seeds=seeds,
        pages=Pages(recorder, check_storage, choice),
        polls=polls,
        finder=SeedFinder(seeds, polls),
        media=MediaFetcher(
            recorder,
            options.media,
            choice.kinds,
            check_storage=check_storage,
            makes_way=lock.is_wanted,
        ),
        events=signals,
        backfill=backfill,
    )


def session_of(crawler: Crawler) -> Session | None:
    """Return the open run of a crawler; None before it is open, and for spiders not of ours."""
    return getattr(crawler.spider, "session", None)
