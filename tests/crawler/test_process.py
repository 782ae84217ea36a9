"""How the crawl of one source is reported, and whose turn comes next."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
from collections import deque
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from scrapy.crawler import Crawler
from scrapy.settings import Settings

from crawler import process as processes
from crawler.process import (
    CrawlProcess,
    CrawlReport,
    Turn,
    _report_error,
    keep_heap_small,
    scrapy_settings,
    spare_old_objects,
)
from crawler.runs.plan import CrawlPlan
from crawler.runs.signals import pages_done
from crawler.spiders.loader import make_spider
from tests.support.health import met
from tests.support.runs import SOURCE, OpenRun

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crawler.sources import Source


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({"run": met("02:00", {"new": 3, "rejected/no-body": 1})}, False),
        ({"run": met("02:00", {"new": 3, "failed/timeout": 1})}, True),
        ({"run": met("02:00", {"new": 3}), "complaints": ("a seed fails",)}, True),
        ({"run": met("02:00", {"new": 3}), "error": "it was stopped"}, True),
        ({"run": None}, False),
        ({"run": None, "error": ""}, True),
    ],
)
def test_a_crawl_has_failed_where_a_page_a_seed_or_itself_did(
    changes: dict[str, Any], failed: bool
) -> None:
    assert CrawlReport(source_id="a", **changes).failed is failed


def test_a_turn_ends_once() -> None:
    started: list[int] = []
    turn = Turn(lambda: started.append(1))
    turn.end()
    turn.end()
    assert started == [1]


def test_settings_are_those_of_the_module_unless_something_else_is_said(tmp_path: Path) -> None:
    plain = scrapy_settings(tmp_path / "a.db")
    assert plain["ARCHIVE"] == str(tmp_path / "a.db")
    assert plain["SPIDER_LOADER_CLASS"].endswith("SourceSpiderLoader")
    changed = scrapy_settings(tmp_path / "a.db", {"LOCK_WAIT": 7})
    assert changed["LOCK_WAIT"] == 7 != plain["LOCK_WAIT"]
    # What a command says comes before what a spider or an add-on sets.
    assert changed.getpriority("LOCK_WAIT") == changed.getpriority("ARCHIVE") == 40


def test_a_crawl_makes_its_process_small_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Any] = []

    def process(settings: Settings, plan: CrawlPlan, board: object) -> Any:
        done.append((settings["ARCHIVE"], settings["LOCK_WAIT"], plan.limit, board))
        return SimpleNamespace(run=lambda sources: [each.id for each in sources])

    monkeypatch.setattr(processes, "CrawlProcess", process)
    monkeypatch.setattr(processes, "keep_heap_small", lambda: done.append("heap"))
    monkeypatch.setattr(processes, "spare_old_objects", lambda: done.append("objects"))
    archive = tmp_path / "a.db"
    told: Any = processes.crawl(
        [SOURCE], archive=archive, plan=CrawlPlan(limit=3), overrides={"LOCK_WAIT": 9}
    )
    assert told == ["bao"]
    assert done == ["heap", "objects", (str(archive), 9, 3, None)]


# --- several sources -----------------------------------------------------------------------------

SOURCES = [replace(SOURCE, id=name) for name in ("a", "b", "c", "d")]


class Board:
    """Shows nothing; notes when it was begun and ended."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def start(self) -> None:
        self.said.append("start")

    def stop(self) -> None:
        self.said.append("stop")


class Crowd(CrawlProcess):
    """Starts crawls that only note that they have begun, and end when they are told."""

    def __init__(self, board: Board | None = None, at_once: int = 2) -> None:
        self.settings = Settings({"CRAWL_SOURCES_AT_ONCE": at_once})
        self._plan = CrawlPlan(limit=5)
        self._board = board  # type: ignore[assignment]
        self._waiting = deque()
        self._crawlers_by_source = {}
        self._progress = []
        self._stopping = False
        self.begun: list[str] = []
        self.tasks: dict[str, Any] = {}
        self.fails = False

    def create_crawler(self, kind: Any) -> Any:
        return Crawler(kind, {})

    def crawl(self, crawler: Any, **how: Any) -> Any:
        name = crawler.spidercls.source.id
        self.begun.append(name)
        assert how == {"plan": self._plan}
        calls: list[Any] = []
        self.tasks[name] = SimpleNamespace(
            add_done_callback=calls.append,
            cancelled=lambda: True,
            end=lambda: [call(self.tasks[name]) for call in calls],
        )
        return self.tasks[name]

    def start(self, **_: Any) -> None:
        if self.fails:
            raise RuntimeError("no reactor")


def test_a_few_sources_begin_and_the_next_when_one_has_ended() -> None:
    crowd = Crowd()
    crowd.run(SOURCES)
    assert crowd.begun == ["a", "b"]
    crowd.tasks["b"].end()
    assert crowd.begun == ["a", "b", "c"]
    crowd.tasks["b"].end()
    assert crowd.begun == ["a", "b", "c"], "a crawl ends once"
    pages_of_a = crowd._crawlers_by_source["a"].signals
    pages_of_a.send_catch_log(pages_done)
    assert crowd.begun == ["a", "b", "c", "d"], "its pictures take no turn of another"
    crowd.tasks["a"].end()
    crowd.tasks["c"].end()
    assert crowd.begun == ["a", "b", "c", "d"]


@pytest.mark.parametrize(("at_once", "begun"), [(0, 1), (1, 1), (3, 3), (9, 4)])
def test_at_least_one_source_begins(at_once: int, begun: int) -> None:
    crowd = Crowd(at_once=at_once)
    crowd.run(SOURCES)
    assert len(crowd.begun) == begun


@pytest.mark.parametrize(("reason", "goes_on"), [("finished", True), ("shutdown", False)])
def test_after_a_stop_no_source_begins(reason: str, goes_on: bool) -> None:
    from scrapy import signals

    crowd = Crowd(at_once=1)
    crowd.run(SOURCES)
    crowd._crawlers_by_source["a"].signals.send_catch_log(signals.spider_closed, reason=reason)
    crowd.tasks["a"].end()
    assert (len(crowd.begun) == 2) is goes_on
    crowd._note_end("finished")
    assert crowd._stopping is not goes_on, "a stop is not taken back"


@pytest.mark.parametrize("fails", [False, True])
def test_a_board_is_taken_down_however_a_crawl_ends(fails: bool) -> None:
    board = Board()
    crowd = Crowd(board)
    crowd.fails = fails
    if fails:
        with pytest.raises(RuntimeError):
            crowd.run(SOURCES)
    else:
        crowd.run(SOURCES)
    assert board.said == ["stop"]
    assert len(crowd._progress) == 2
    assert Crowd().run([]) == []


def test_a_stop_gives_what_is_under_way_its_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[Any] = []
    crowd = Crowd()
    crowd.settings.set("SHUTDOWN_GRACE", 12.5)
    parent = CrawlProcess.__mro__[1]
    monkeypatch.setattr(parent, "_signal_shutdown", lambda *seen: called.append(seen[1]))
    reactor = SimpleNamespace(callFromThread=lambda *what: called.append(what), callLater="later")
    monkeypatch.setattr("twisted.internet.reactor", reactor, raising=False)
    crowd._signal_shutdown(15, None)
    assert called == [15, ("later", 12.5, crowd._stop_reactor)]
    assert crowd._stopping


# --- reports -------------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path)
    yield opened
    opened.recorder.archive.close()


def report(source: Source, crawler: Any) -> CrawlReport:
    crowd = Crowd()
    if crawler is not None:
        crowd._crawlers_by_source[source.id] = crawler
    return crowd._report(source)


def test_a_source_that_never_began_says_why() -> None:
    assert report(SOURCE, None).error == "bao: stopped before it began"
    assert report(SOURCE, Crawler(make_spider(SOURCE), {})).error == "bao: could not be started"


def test_a_run_whose_grace_is_over_is_marked(run: OpenRun) -> None:
    crawler = run.crawler()
    run.seeds.complain("bao: a seed fails")
    told = report(SOURCE, crawler)
    assert told.run is not None
    assert (told.run.state, told.error) == ("interrupted", None)
    assert told.complaints == ("bao: a seed fails",)
    assert crawler.spider.run is told.run


@pytest.mark.parametrize("why", ["ended", "broken", "unopened"])
def test_a_run_that_ended_or_broke_is_told_as_it_is(run: OpenRun, why: str) -> None:
    crawler = run.crawler()
    spider: Any = crawler.spider
    ended = run.session.close(processes.RunState.FINISHED) if why == "ended" else None
    spider.run = ended
    spider.error = None if why == "ended" else "no room"
    if why == "unopened":
        spider.session = None
    told = report(SOURCE, crawler)
    assert (told.run, told.error, told.complaints) == (ended, spider.error, ())


def test_a_crawl_that_broke_is_logged_and_one_that_was_stopped_is_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def nothing() -> None:
        return

    async def breaks() -> None:
        raise ValueError("no such setting")

    async def all_of_them() -> None:
        stopped = asyncio.ensure_future(asyncio.sleep(9))
        stopped.cancel()
        tasks = [stopped, *map(asyncio.ensure_future, (nothing(), breaks()))]
        await asyncio.wait(tasks)
        for task in tasks:
            _report_error(task)

    with caplog.at_level(logging.ERROR, logger="crawler.process"):
        asyncio.run(all_of_them())
    assert [each.getMessage() for each in caplog.records] == [
        "a crawl could not be run: no such setting"
    ]


# --- memory --------------------------------------------------------------------------------------


def test_large_blocks_are_mapped_and_the_heap_is_trimmed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers of mallopt(3): M_MMAP_THRESHOLD is -3, M_TRIM_THRESHOLD -1."""
    said: list[tuple[int, int]] = []
    library = SimpleNamespace(mallopt=lambda *what: said.append(what))
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)
    keep_heap_small()
    assert said == [(-3, 131_072), (-1, 131_072)]
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace())
    keep_heap_small()


def test_what_is_imported_is_left_out_of_the_search_for_circles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[Any] = []
    monkeypatch.setattr(gc, "freeze", lambda: said.append("freeze"))
    monkeypatch.setattr(gc, "set_threshold", lambda *what: said.append(what))
    spare_old_objects()
    assert said == ["freeze", (3_000, 5, 5)]
