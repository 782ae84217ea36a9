"""How a run ends, and what becomes of pages that broke on the way."""

from __future__ import annotations

import asyncio
import logging
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from scrapy import Request

from crawler.extensions.runlog import RunLog, is_not_of_storage, name_state
from crawler.pipelines import Refusal
from crawler.runs.items import PageItem
from storage.errors import ArchiveFull
from storage.states import RunState
from tests.support.runs import HOME, OpenRun, answer, failure_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.mark.parametrize(
    ("reason", "error", "state"),
    [
        ("finished", None, RunState.FINISHED),
        ("finished", "it broke", RunState.FAILED),
        ("shutdown", None, RunState.INTERRUPTED),
        ("shutdown", "", RunState.FAILED),
        ("closespider_itemcount", None, RunState.FINISHED),
        ("closespider_errorcount", None, RunState.FAILED),
        ("cancelled", None, RunState.FAILED),
        ("archive", None, RunState.FAILED),
    ],
)
def test_a_run_has_a_state_by_why_it_was_closed(
    reason: str, error: str | None, state: RunState
) -> None:
    assert name_state(reason, error) is state


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def log(run: OpenRun) -> RunLog:
    return log_of(run)


def log_of(run: OpenRun) -> RunLog:
    log = RunLog(run.crawler())
    log.crawler.spider.crawler = log.crawler  # type: ignore[union-attr]
    return log


def item(run: OpenRun, path: str = "tin-1.html", *, is_open: bool = True) -> PageItem:
    link = run.find(path)
    if is_open:
        run.recorder.take(link)
    else:
        run.recorder._open.clear()
    made = PageItem.__new__(PageItem)
    made.link, made.capture = link, None
    return made


def outcomes(run: OpenRun) -> dict[str, int]:
    return run.archive.runs.get(run.recorder.run_id).outcomes


def test_items_that_a_pipeline_drops_are_rejected_with_its_reason(
    run: OpenRun, log: RunLog
) -> None:
    log.refuse_item(item(run), Refusal("no-title"))
    log.refuse_item(item(run, "tin-2.html"), ValueError("x"))
    assert outcomes(run) == {"rejected/no-title": 1, "rejected/dropped": 1}
    log.refuse_item(item(run, "tin-3.html", is_open=False), Refusal("no-title"))
    log.refuse_item({"a": 1}, Refusal("no-title"))
    assert sum(outcomes(run).values()) == 2


def test_items_on_which_a_pipeline_breaks_have_crashed(run: OpenRun, log: RunLog) -> None:
    request = Request(HOME)
    log.fail_item(item(run), failure_of(request, ValueError("x")))
    assert outcomes(run) == {"failed/crashed": 1}


def test_answers_on_which_a_callback_breaks_have_crashed(run: OpenRun, log: RunLog) -> None:
    request = Request(HOME + "tin-1.html", meta={"link": item(run).link})
    log.fail_callback(failure_of(request, ValueError("x")), answer(request, ""))
    log.fail_callback(failure_of(request, ValueError("x")), None)
    assert outcomes(run) == {"failed/crashed": 1}


def test_an_archive_that_is_full_ends_the_run_once_and_counts_for_no_page(
    run: OpenRun, log: RunLog
) -> None:
    closed: list[dict[str, Any]] = []

    async def close(**how: Any) -> None:
        closed.append(how)

    log.crawler.engine = SimpleNamespace(close_spider_async=close)  # type: ignore[assignment]
    failure = failure_of(Request(HOME), ArchiveFull("no room"))

    async def fail() -> None:
        log.fail_item(item(run), failure)
        log.fail_callback(failure, answer(Request(HOME), ""))
        await asyncio.sleep(0)

    asyncio.run(fail())
    assert closed == [{"reason": "archive"}]
    assert outcomes(run) == {}
    assert "no room" in str(log.spider.error)


def test_a_run_ends_with_its_reason_and_lends_its_source(tmp_path: Path) -> None:
    run = OpenRun(tmp_path)
    log = log_of(run)
    assert run.session.lock.attempt()
    log.end_run("shutdown")
    assert log.spider.run is not None
    assert log.spider.run.state == "interrupted"
    assert not run.session.lock.is_held
    log.crawler.spider = None
    log.end_run("finished")


def test_a_run_that_cannot_be_ended_says_why_and_lends_its_source(
    run: OpenRun, log: RunLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> None:
        raise ArchiveFull("no room")

    monkeypatch.setattr(run.recorder, "close", full)
    assert run.session.lock.attempt()
    log.end_run("finished")
    assert (log.spider.run, log.spider.error) == (None, "no room")
    assert not run.session.lock.is_held


@pytest.mark.parametrize("how", ["refuse", "fail", "callback"])
def test_an_archive_that_breaks_while_a_page_is_settled_ends_the_run(
    run: OpenRun, log: RunLog, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    def full(*_: object, **__: object) -> None:
        raise ArchiveFull("no room")

    closed: list[dict[str, Any]] = []

    async def close(**reason: Any) -> None:
        closed.append(reason)

    async def settle() -> None:
        made = item(run)
        monkeypatch.setattr(run.recorder, "reject", full)
        monkeypatch.setattr(run.recorder, "fail", full)
        broken = failure_of(Request(HOME), ValueError("x"))
        if how == "refuse":
            log.refuse_item(made, Refusal("no-title"))
        elif how == "fail":
            log.fail_item(made, broken)
        else:
            log.fail_callback(broken, answer(Request(HOME, meta={"link": made.link})))
        await asyncio.sleep(0)

    log.crawler.engine = SimpleNamespace(close_spider_async=close)  # type: ignore[assignment]
    asyncio.run(settle())
    assert closed == [{"reason": "archive"}]
    assert log.spider.error == "no room"


def test_all_ends_of_a_page_are_heard(tmp_path: Path) -> None:
    from scrapy import signals

    run = OpenRun(tmp_path)
    crawler = run.crawler()
    log = RunLog.from_crawler(crawler)
    scraper = logging.getLogger("scrapy.core.scraper")
    assert is_not_of_storage in scraper.filters
    crawler.spider.crawler = crawler  # type: ignore[union-attr]
    crawler.signals.send_catch_log(
        signals.item_dropped, item=item(run), exception=Refusal("no-title")
    )
    broken = failure_of(Request(HOME), ValueError("x"))
    crawler.signals.send_catch_log(signals.item_error, item=item(run, "b.html"), failure=broken)
    page = answer(Request(HOME, meta={"link": run.find("c.html")}))
    crawler.signals.send_catch_log(signals.spider_error, failure=broken, response=page)
    assert outcomes(run) == {"rejected/no-title": 1, "failed/crashed": 2}
    crawler.signals.send_catch_log(signals.spider_closed, reason="finished")
    assert log.spider.run is not None


def test_what_scrapy_logs_of_a_full_archive_is_left_out() -> None:
    def record(error: BaseException | None) -> logging.LogRecord:
        info = (type(error), error, None) if error else None
        return logging.LogRecord("a", logging.ERROR, "a", 1, "a", (), info)  # type: ignore[arg-type]

    assert not is_not_of_storage(record(ArchiveFull("x")))
    assert is_not_of_storage(record(ValueError("x")))
    assert is_not_of_storage(record(None))
