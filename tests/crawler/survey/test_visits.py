"""One page, asked for."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from scrapy import Request, Spider
from scrapy.exceptions import NotConfigured
from scrapy.utils.test import get_crawler

from crawler.failures import Word
from crawler.net.errors import Refused
from crawler.sources import Source
from crawler.sources.model import Pace
from crawler.survey.visits import (
    BudgetMiddleware,
    Job,
    Unvisited,
    Visitor,
    VisitSpider,
    _settings,
    _spider_for,
)
from tests.crawler.survey.visiting import HOME, visit

if TYPE_CHECKING:
    from pathlib import Path


def test_a_page_comes_with_its_type_and_costs_a_request() -> None:
    page, visitor = visit({HOME: b"<p>"}, lambda visitor: visitor.get(HOME), budget=3)
    assert (page.url, page.body, page.content_type) == (HOME, b"<p>", "text/html; charset=utf-8")
    assert visitor.left == 2


def test_every_other_answer_is_a_word_and_a_sentence() -> None:
    with pytest.raises(Unvisited, match="404") as missing:
        visit({}, lambda visitor: visitor.get(HOME))
    assert "404" in missing.value.reason
    with pytest.raises(Unvisited) as refused:
        visit({HOME: Refused(Word.ROBOTS)}, lambda visitor: visitor.get(HOME))
    assert refused.value.reason == Word.ROBOTS


@pytest.mark.parametrize(
    ("reason", "detail", "said"),
    [
        (Word.ROBOTS, "x", "its robots.txt forbids it"),
        (
            Word.ROBOTS_UNREACHABLE, "DownloadTimeoutError: took too long. ",
            "does not answer, not even for its robots.txt, which took too long",
        ),
        (
            Word.ROBOTS_UNREACHABLE, "answered 503",
            "does not answer, not even for its robots.txt, which answered 503",
        ),
    ],
)  # fmt: skip
def test_a_page_that_was_not_had_says_why(reason: Word, detail: str, said: str) -> None:
    error = Unvisited(reason, detail)
    assert (error.reason, error.detail) == (reason, detail)
    if reason is Word.ROBOTS_UNREACHABLE:
        assert str(error) == said
    else:
        assert "robots.txt" in str(error)


def test_a_source_keeps_its_pace_and_its_trust() -> None:
    source = Source(id="a", name="A", province="Huế", homepage="https://a.vn/")
    assert _spider_for(source).custom_settings == {"DOWNLOAD_VERIFY_CERTIFICATES": True}
    slow = replace(source, pace=Pace(delay=0.0), verify_tls=False)
    spider = _spider_for(slow)
    assert spider.custom_settings == {"DOWNLOAD_VERIFY_CERTIFICATES": False, "DOWNLOAD_DELAY": 0.0}
    assert (spider.name, issubclass(spider, VisitSpider)) == ("visit", True)


@pytest.mark.parametrize(
    ("level", "used"), [("WARNING", "CRITICAL"), ("error", "CRITICAL"), ("INFO", "INFO")]
)
def test_a_visit_writes_nothing_and_says_nothing(tmp_path: Path, level: str, used: str) -> None:
    settings = _settings(tmp_path / "archive.db", {"LOG_LEVEL": level})
    middlewares = settings.getdict("DOWNLOADER_MIDDLEWARES")
    assert middlewares["crawler.survey.visits.BudgetMiddleware"] == 1
    assert not [name for name in middlewares if "Capture" in name or "Conditional" in name]
    assert any("robots" in str(name).lower() for name in middlewares)
    assert settings.getdict("ITEM_PIPELINES") == {}
    assert set(settings.getdict("EXTENSIONS").values()) == {None}
    assert (settings.getint("RETRY_TIMES"), settings.getint("REDIRECT_MAX_TIMES")) == (1, 3)
    assert settings["LOG_LEVEL"] == used


def test_the_budget_bounds_requests() -> None:
    class Asking:
        visitor = Visitor(None, 2)  # type: ignore[arg-type]

    budget = BudgetMiddleware(Asking)  # type: ignore[arg-type]
    request = Request(HOME)
    budget.process_request(request)
    budget.process_request(request)
    assert (Asking.visitor.left, Asking.visitor.spent) == (0, 2)
    with pytest.raises(Refused):
        budget.process_request(request)
    assert Asking.visitor.spent == 2


def test_a_budget_is_for_visits_only() -> None:
    class Crawling:
        spider = Spider("x")

    with pytest.raises(NotConfigured):
        BudgetMiddleware.from_crawler(Crawling)  # type: ignore[arg-type]


def test_a_job_gets_a_visitor_with_its_budget() -> None:
    source = Source(id="a", name="A", province="Huế", homepage="https://a.vn/")

    async def nothing(_: Visitor) -> None:
        return None

    job, turns = Job(source, 7, nothing), asyncio.Semaphore(1)
    spider = VisitSpider.from_crawler(get_crawler(VisitSpider), job=job, turns=turns)
    assert (spider.visitor.budget, spider.visitor.left, spider.source) == (7, 7, source)
    assert not job.outcome.done()


@pytest.mark.parametrize("fails", [False, True])
def test_what_a_job_returns_or_raises_is_its_outcome(fails: bool) -> None:
    source = Source(id="a", name="A", province="Huế", homepage="https://a.vn/")

    async def run(visitor: Visitor) -> int:
        if fails:
            raise Unvisited(Word.ROBOTS)
        return visitor.budget

    job = Job(source, 7, run)
    spider = VisitSpider.from_crawler(get_crawler(VisitSpider), job=job, turns=asyncio.Semaphore(1))

    async def start() -> list[object]:
        return [each async for each in spider.start()]

    assert asyncio.run(start()) == []
    assert isinstance(job.outcome.exception(), Unvisited) if fails else job.outcome.result() == 7
