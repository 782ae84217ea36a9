"""The one spider: what it may ask, what it asks next, and when its run must end."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from scrapy import Request
from scrapy.exceptions import CloseSpider, DontCloseSpider
from scrapy.settings import Settings

from crawler.locks import SourceLock
from crawler.process import scrapy_settings
from crawler.runs.plan import CrawlPlan
from crawler.sources import Pace
from crawler.spiders.loader import make_spider
from crawler.spiders.source import SourceSpider
from storage.errors import ArchiveFull
from storage.states import RunState
from tests.support.runs import HOME, SOURCE, OpenRun, answer, failure_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scrapy.crawler import Crawler


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path)
    yield opened
    opened.close()


class Engine:
    """Takes the requests that a spider hands over."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def crawl(self, request: Request) -> None:
        self.taken.append(request.url)


def spider_of(crawler: Crawler) -> SourceSpider:
    spider = crawler.spider
    assert isinstance(spider, SourceSpider)
    spider.crawler = crawler
    crawler.engine = Engine()  # type: ignore[assignment]
    return spider


def test_words_of_a_command_line_are_a_plan_unless_one_is_given() -> None:
    kind = make_spider(SOURCE)
    assert kind(limit="3", url=HOME + "a.html").plan == CrawlPlan(limit=3, url=HOME + "a.html")
    assert kind(plan=CrawlPlan(limit=7), limit="3").plan.limit == 7
    assert kind(colour="red").colour == "red"  # type: ignore[attr-defined]
    assert kind.name == "bao"
    assert kind.__name__ == "BaoSpider"
    made = kind()
    assert (made.session, made.run, made.error) == (None, None, None)


@pytest.mark.parametrize(
    ("changes", "delay", "verifies"),
    [
        ({}, 1.5, True),
        ({"pace": Pace(delay=0.0)}, 0.0, True),
        ({"pace": Pace(delay=4.0)}, 4.0, True),
        ({"verify_tls": False}, 1.5, False),
    ],
)
def test_a_source_has_a_pace_and_a_trust_of_its_own(
    changes: dict[str, Any], delay: float, *, verifies: bool
) -> None:
    settings = Settings({"DOWNLOAD_DELAY": 1.5, "DOWNLOAD_VERIFY_CERTIFICATES": True})
    make_spider(replace(SOURCE, **changes)).update_settings(settings)
    assert settings.getfloat("DOWNLOAD_DELAY") == delay
    assert settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES") is verifies
    named = settings.getpriority("DOWNLOAD_DELAY")
    assert named == (30 if "pace" in changes else 20), "that of a spider, above a project's"


def test_settings_of_a_spider_class_hold_beside_those_of_its_source() -> None:
    kind = make_spider(replace(SOURCE, pace=Pace(delay=4.0)))
    kind.custom_settings = {"RETRY_TIMES": 7}
    settings = Settings()
    kind.update_settings(settings)
    assert (settings.getint("RETRY_TIMES"), settings.getfloat("DOWNLOAD_DELAY")) == (7, 4.0)


def test_requests_to_its_hosts_are_its_own() -> None:
    kind = make_spider(SOURCE)
    assert kind.handles_request(Request(HOME + "a.html"))
    assert not kind.handles_request(Request("https://khac.example.vn/a.html"))


# --- the frontier --------------------------------------------------------------------------------


def test_the_frontier_is_handed_over_as_long_as_it_has_something(run: OpenRun) -> None:
    spider = spider_of(run.crawler())
    link = run.recorder.link_for(HOME + "tin-1.html")
    run.archive.links.add([replace(link, id=None, next_try_at=run.now)])
    with pytest.raises(DontCloseSpider):
        spider.feed_frontier()
    assert spider.crawler.engine.taken == [HOME + "tin-1.html"]  # type: ignore[union-attr]
    run.recorder.fail(run.recorder.take(link), "timeout")
    spider.feed_frontier()
    assert len(spider.crawler.engine.taken) == 1  # type: ignore[union-attr]


def test_a_run_that_is_not_open_or_over_asks_nothing(run: OpenRun) -> None:
    spider = spider_of(run.crawler())
    spider.session = None
    spider.feed_frontier()
    spider.session = SimpleNamespace(may_go_on=lambda: False)  # type: ignore[assignment]
    with pytest.raises(DontCloseSpider):
        spider.feed_frontier()
    spider.error = "it broke"
    spider.feed_frontier()


def test_an_archive_that_breaks_ends_the_run(run: OpenRun) -> None:
    def breaks() -> list[Request]:
        raise sqlite3.OperationalError("disk I/O error")

    spider = spider_of(run.crawler())
    spider.session = SimpleNamespace(  # type: ignore[assignment]
        may_go_on=lambda: True, next_requests=breaks
    )
    with pytest.raises(CloseSpider) as closed:
        spider.feed_frontier()
    assert (closed.value.reason, spider.error) == ("archive", "disk I/O error")


def test_only_a_failure_of_the_archive_ends_a_run_and_the_first_is_told(run: OpenRun) -> None:
    spider = spider_of(run.crawler())
    request = Request(HOME)
    spider.check_storage(failure_of(request, ValueError("x")))
    assert spider.error is None
    for error in (ArchiveFull("no room"), sqlite3.OperationalError("locked")):
        with pytest.raises(CloseSpider) as closed:
            spider.check_storage(failure_of(request, error))
        assert (closed.value.reason, spider.error) == ("archive", "no room")
    silent = spider_of(run.crawler())
    silent.give_up(OSError())
    assert silent.error == "OSError"


# --- the start -----------------------------------------------------------------------------------


def started(folder: Path, plan: CrawlPlan) -> tuple[SourceSpider, list[str]]:
    from scrapy.crawler import Crawler

    kind = make_spider(SOURCE)
    crawler = Crawler(kind, scrapy_settings(folder / "archive.db", {"LOCK_WAIT": 0}))
    crawler.spider = kind(plan=plan)
    spider = spider_of(crawler)
    spider.settings = crawler.settings

    async def begin() -> list[str]:
        return [request.url async for request in spider.start()]

    try:
        return spider, asyncio.run(begin())
    except CloseSpider as closed:
        return spider, [closed.reason]


def test_a_run_begins_with_its_first_requests_and_is_fed_when_idle(tmp_path: Path) -> None:
    spider, asked = started(tmp_path, CrawlPlan(url=HOME + "tin-a1.html"))
    assert asked == [HOME + "tin-a1.html"]
    assert spider.session is not None
    from scrapy import signals

    heard = spider.crawler.signals.send_catch_log(signals.spider_idle)
    assert [receiver for receiver, _ in heard] == [spider.feed_frontier]
    spider.session.close(RunState.FINISHED)
    spider.session.lock.release()


def test_a_run_that_cannot_begin_says_why(tmp_path: Path) -> None:
    lock = SourceLock(tmp_path / "archive.db", SOURCE.id)
    assert lock.attempt()
    spider, asked = started(tmp_path, CrawlPlan())
    lock.release()
    assert asked == ["not-started"]
    assert spider.session is None
    assert "bao is being crawled by process" in str(spider.error)


# --- what ``scrapy parse`` shows ------------------------------------------------------------------

LISTING = "".join(
    f'<article><h3><a href="/tin/hoi-nghi-tong-ket-so-{n}-a{n}.html">Hội nghị tổng kết số {n}</a>'
    "</h3></article>"
    for n in range(3)
)


def test_of_a_listing_the_links_are_shown(run: OpenRun) -> None:
    spider = spider_of(run.crawler())
    found = list(spider.parse(answer(Request(HOME), f"<html><body>{LISTING}</body></html>")))
    assert [each.url for each in found] == [
        f"{HOME}tin/hoi-nghi-tong-ket-so-{n}-a{n}.html" for n in range(3)
    ]


def test_of_a_page_the_article_is_shown_or_nothing(run: OpenRun) -> None:
    spider = spider_of(run.crawler())
    request = Request(HOME + "tin/hoi-nghi-tong-ket-so-1-a1.html")
    text = "Ngày 20/11, Ủy ban nhân dân tỉnh tổ chức hội nghị tổng kết công tác năm. " * 4
    page = f"<html><body><h1>Hội nghị tổng kết</h1><article><p>{text}</p><p>{text}</p></article>"
    (article,) = spider.parse(answer(request, page))
    assert article.title == "Hội nghị tổng kết"
    assert list(spider.parse(answer(request, "<html><body></body></html>"))) == []
