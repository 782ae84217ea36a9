"""One run of one source on a real archive, without a process and without a network."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, TextResponse
from scrapy.signalmanager import SignalManager
from twisted.python.failure import Failure

from crawler.locks import SourceLock
from crawler.runs.captures import open_for_run
from crawler.runs.plan import CrawlPlan
from crawler.runs.recorder import Recorder
from crawler.runs.seeds import SeedRegistry
from crawler.runs.texts import finish_texts
from crawler.sources import Source
from crawler.spiders.loader import make_spider
from crawler.spiders.media import MediaFetcher, MediaOptions
from crawler.spiders.pages import Pages
from crawler.spiders.polls import Poller
from crawler.spiders.seeds import SeedFinder
from crawler.spiders.session import Session
from storage.records import Article
from storage.states import RunState
from tests.support.template import begin

if TYPE_CHECKING:
    from pathlib import Path

    from scrapy import Request

    from storage.records import Link

HOME = "https://bao.example.vn/"
SOURCE = Source(id="bao", name="Báo Tỉnh Nhà", province="Tây Ninh", homepage=HOME)
NOW = "2026-11-20T08:00:00Z"


def article_at(link: Link, title: str, body: str, **more: Any) -> Article:
    """Return what a page of a run's source says, finished as it is before it is stored."""
    article = Article(
        source_id=link.source_id,
        url=link.url,
        canonical_url=link.canonical_url,
        key=link.key,
        fetched_at=NOW,
        title=title,
        body=body,
        **more,
    )
    finish_texts(article)
    return article


@dataclass
class OpenRun:
    """A run that has begun, with a clock that stands still until a test moves it."""

    path: Path
    source: Source = SOURCE
    plan: CrawlPlan = field(default_factory=CrawlPlan)
    now: str = NOW

    def __post_init__(self) -> None:
        self.events = SignalManager()
        self.archive = open_for_run(begin(self.path / "archive.db"), None)
        self.recorder = Recorder(
            self.archive,
            self.source,
            self.plan,
            batch=10,
            events=self.events,
            clock=lambda: self.now,
        )
        self.seeds = SeedRegistry(
            self.archive, self.source, self.plan, lambda: self.now, most_pending=1000
        )
        self.polls = Poller(
            self.seeds,
            self.events,
            check_storage=lambda _: None,
            interval=1800.0,
            most_pages=3,
            most_children=5,
        )
        self.finder = SeedFinder(self.seeds, self.polls)
        self.session = Session(
            lock=SourceLock(self.path / "archive.db", self.source.id),
            recorder=self.recorder,
            seeds=self.seeds,
            pages=Pages(self.recorder, lambda _: None),
            polls=self.polls,
            finder=self.finder,
            media=MediaFetcher(
                self.recorder,
                MediaOptions(
                    most=500,
                    seconds=120.0,
                    timeout=15.0,
                    largest_image=10_000,
                    largest_document=20_000,
                ),
                (),
                check_storage=lambda _: None,
                makes_way=lambda: False,
            ),
            events=self.events,
            backfill=None,
        )

    def crawler(self) -> Crawler:
        """A crawler of Scrapy's whose spider has this run open."""
        crawler = Crawler(make_spider(self.source), {"ARCHIVE": str(self.path / "archive.db")})
        crawler.spider = crawler.spidercls()
        crawler.spider.session = self.session  # type: ignore[attr-defined]
        return crawler

    def find(self, path: str) -> Link:
        """Record a link of the source and hand it out; return it as the archive has it."""
        return self.recorder.take(self.recorder.link_for(HOME + path))

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What the archive's file says."""
        with closing(sqlite3.connect(self.path / "archive.db")) as conn:
            return conn.execute(sql, values).fetchall()

    def value(self, sql: str, *values: object) -> Any:
        """One value of the archive's file."""
        return self.rows(sql, *values)[0][0]

    def close(self, state: str = "finished") -> None:
        """End the run."""
        self.recorder.close(RunState(state))


def answer(
    request: Request, body: bytes | str = b"", status: int = 200, **headers: str
) -> TextResponse:
    """The answer of a server to a request."""
    encoded = body.encode() if isinstance(body, str) else body
    kind = TextResponse if encoded.startswith(b"<?xml") else HtmlResponse
    return kind(
        request.url, status=status, body=encoded, headers=headers, request=request, encoding="utf-8"
    )


def failure_of(request: Request, error: BaseException) -> Failure:
    """A request that got no answer, as Scrapy reports it to an errback."""
    failure = Failure(error)
    failure.request = request  # type: ignore[attr-defined]
    return failure


def feed(*items: tuple[str, str]) -> str:
    """An RSS feed of (path, publication date)."""
    entries = "".join(
        f"<item><title>Tin số {number}</title><link>{HOME}{path}</link>"
        f"<pubDate>{date}</pubDate></item>"
        for number, (path, date) in enumerate(items)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{entries}</channel></rss>'
