"""Opening a run: all of it, or nothing that stays behind."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from scrapy import Request
from scrapy.signalmanager import SignalManager

from crawler import settings
from crawler.errors import UsageError
from crawler.failures import Verdict, reason_of
from crawler.locks import SourceLock
from crawler.process import scrapy_settings
from crawler.runs.plan import CrawlPlan
from crawler.runs.signals import pages_done
from crawler.sources import Seed
from crawler.spiders.session import Session, SessionOptions, open_session, session_of
from storage.errors import ArchiveBusy
from storage.media.files import MediaKind
from storage.records import Poll
from storage.states import RunKind, RunState, SeedKind
from tests.support.runs import HOME, NOW, SOURCE, OpenRun, answer

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.sources import Source

SINCE, UNTIL = dt.date(2026, 11, 1), dt.date(2026, 11, 30)
BACKFILL = CrawlPlan(kind=RunKind.BACKFILL, since=SINCE, until=UNTIL)


def options(folder: Path) -> SessionOptions:
    found = SessionOptions.from_settings(scrapy_settings(folder / "archive.db"))
    return replace(found, lock_wait=0.0)


def open_run(folder: Path, plan: CrawlPlan) -> Session:
    return asyncio.run(
        open_session(SOURCE, plan, options(folder), SignalManager(), check_storage=lambda _: None)
    )


def test_a_run_opens_with_what_the_settings_say(tmp_path: Path) -> None:
    found = options(tmp_path)
    assert found.archive == tmp_path / "archive.db"
    assert found.poll_interval == settings.POLL_INTERVAL
    assert found.frontier_batch == settings.FRONTIER_BATCH
    session = open_run(tmp_path, CrawlPlan(url=HOME + "tin-a1.html"))
    assert session.backfill is None
    assert session.may_go_on()
    assert [request.url for request in session.first_requests()] == [HOME + "tin-a1.html"]
    assert session.next_requests() == []
    session.recorder.close("finished")
    session.lock.release()


def test_a_source_that_another_process_crawls_is_left_alone(tmp_path: Path) -> None:
    lock = SourceLock(tmp_path / "archive.db", SOURCE.id)
    assert lock.attempt()
    with pytest.raises(ArchiveBusy, match="is being crawled"):
        open_run(tmp_path, CrawlPlan())
    lock.release()
    session = open_run(tmp_path, CrawlPlan())
    assert session.lock.is_held
    session.recorder.close("finished")
    session.lock.release()


def test_a_run_that_cannot_begin_is_recorded_and_gives_its_lock_back(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="since and until"):
        open_run(tmp_path, CrawlPlan(kind=RunKind.BACKFILL))
    with closing(sqlite3.connect(tmp_path / "archive.db")) as conn:
        assert conn.execute("select kind, state from runs").fetchall() == [("backfill", "failed")]
    lock = SourceLock(tmp_path / "archive.db", SOURCE.id)
    assert lock.attempt()
    lock.release()


def test_a_backfill_lends_its_source_to_a_crawl_that_wants_it(tmp_path: Path) -> None:
    session = open_run(tmp_path, BACKFILL)
    assert session.first_requests() == []
    (step,) = session.next_requests()
    assert "step" in step.meta
    assert session.may_go_on()
    session.recorder.close("finished")
    session.lock.release()


def test_a_backfill_reads_a_sitemap_and_keeps_what_lies_in_its_period(tmp_path: Path) -> None:
    session = open_run(tmp_path, BACKFILL)
    walk = session.backfill
    assert walk is not None
    request = walk.next_request()
    while request is not None and not request.url.endswith("sitemap.xml"):
        walk.read(answer(request, "nothing", 404))
        request = walk.next_request()
    assert request is not None
    pages = "".join(
        f"<url><loc>{HOME}tin/khai-mac-hoi-cho-nong-san-a{number}.html</loc>"
        f"<lastmod>{day}</lastmod></url>"
        for number, day in enumerate(("2026-10-31", "2026-11-02", "2026-11-20"))
    )
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    walk.read(answer(request, f'<?xml version="1.0"?><urlset xmlns="{space}">{pages}</urlset>'))
    assert walk.release(None) == 2
    urls = [link.url for link in session.recorder.next_links()]
    assert urls == [f"{HOME}tin/khai-mac-hoi-cho-nong-san-a{number}.html" for number in (2, 1)]
    session.recorder.close("interrupted")
    session.lock.release()


def test_the_run_of_a_crawler_is_found_by_its_spider(tmp_path: Path) -> None:
    run = OpenRun(tmp_path)
    crawler = run.crawler()
    assert session_of(crawler) is run.session
    crawler.spider = None
    assert session_of(crawler) is None
    run.close()


@pytest.mark.parametrize(
    ("words", "asks"),
    [
        (["connection"], True),
        (["timeout", "dns"], True),
        (["certificate-expired"], True),
        (["robots-unreachable"], True),
        (["http-503"], False),
        (["connection", "http-500"], False),
        (["connection", "no-body"], False),
        ([], False),
    ],
)
def test_where_no_page_had_an_answer_a_seed_is_asked(
    tmp_path: Path, words: list[str], *, asks: bool
) -> None:
    """One page may be at fault itself; a seed that is not due says whether the host is there."""
    source = replace(SOURCE, seeds=(Seed(kind=SeedKind.FEED, url=HOME + "rss"),))
    run = OpenRun(tmp_path, source, CrawlPlan(due_only=True))
    (seed,) = run.archive.seeds.put(SOURCE.id, [("feed", HOME + "rss")])
    poll = Poll(seed_id=seed.id, polled_at=NOW, next_poll_at="2026-11-20T09:00:00Z", seen=5)
    run.archive.seeds.record_poll(poll, [])
    assert run.session.first_requests() == []
    for number, word in enumerate(words):
        link = run.find(f"tin-a{number}.html")
        if reason_of(word).verdict is Verdict.DEFERRED:
            run.recorder.defer(link, word)
        elif reason_of(word).verdict is Verdict.REJECTED:
            run.recorder.reject(link, word)
        else:
            run.recorder.fail(link, word)
    assert [request.url for request in run.session.next_requests()] == [HOME + "rss"] * asks
    assert run.session.next_requests() == [], "once"
    run.close()


# --- what is asked next --------------------------------------------------------------------------

WITH_FEED = replace(SOURCE, seeds=(Seed(kind=SeedKind.FEED, url=HOME + "rss"),))


def urls(requests: list[Request]) -> list[str]:
    return [request.url.removeprefix(HOME) for request in requests]


def test_seeds_are_asked_first_and_looked_for_where_none_is_named(tmp_path: Path) -> None:
    for name, source in (("named", WITH_FEED), ("unnamed", SOURCE)):
        folder = tmp_path / name
        folder.mkdir()
        run = OpenRun(folder, source)
        asked = urls(run.session.first_requests())
        assert asked == ["rss"] if source.seeds else "robots.txt" in asked
        run.close()


def test_a_crawl_of_one_page_asks_for_nothing_else(tmp_path: Path) -> None:
    run = OpenRun(tmp_path, WITH_FEED, CrawlPlan(url=HOME + "tin-a1.html"))
    other = run.recorder.link_for(HOME + "tin-a2.html")
    run.archive.links.add([replace(other, id=None, next_try_at=NOW)])
    assert urls(run.session.first_requests()) == ["tin-a1.html"]
    link = run.recorder.link_for(HOME + "tin-a1.html")
    run.recorder.defer(link, "retry-after")
    assert run.session.next_requests() == []
    assert run.seeds.complaints[0].startswith(f"bao: {HOME}tin-a1.html ")
    run.close()


def test_pages_of_the_frontier_are_asked_for_until_their_host_is_away(tmp_path: Path) -> None:
    run = OpenRun(tmp_path, WITH_FEED)
    heard: list[object] = []

    def note() -> None:
        heard.append(1)

    run.events.connect(note, pages_done)
    for number in range(12):
        run.recorder.link_for(f"{HOME}tin-a{number}.html")
    asked = run.session.next_requests()
    assert len(asked) == 5, "as many as a host may spoil"
    for request in asked:
        run.recorder.defer(request.meta["link"], "retry-after")
    assert run.recorder.is_host_away
    assert run.session.next_requests() == []
    assert "gave nothing" in run.seeds.complaints[0]
    assert heard == []
    run.close()


class Media:
    """Has one picture to ask for."""

    def start(self) -> list[Request]:
        return [Request(HOME + "a.jpg")]


def test_pictures_come_when_all_pages_are_done_and_not_where_the_host_is_away(
    tmp_path: Path,
) -> None:
    run = OpenRun(tmp_path, WITH_FEED)
    session = replace(run.session, media=Media())  # type: ignore[arg-type]
    heard: list[object] = []

    def note() -> None:
        heard.append(1)

    run.events.connect(note, pages_done)
    link = run.recorder.link_for(HOME + "tin-a1.html")
    assert urls(session.next_requests()) == ["tin-a1.html"]
    assert heard == []
    run.recorder.reject(link, "listing")
    assert urls(session.next_requests()) == ["a.jpg"]
    assert heard == [1]
    assert run.seeds.complaints == []
    for number in range(9):
        run.recorder.defer(run.find(f"tin-b{number}.html"), "retry-after")
    assert session.next_requests() == []
    run.close()


def test_seeds_are_healed_before_pages_are_asked_for(tmp_path: Path) -> None:
    run = OpenRun(tmp_path, WITH_FEED)
    run.session.first_requests()
    run.archive.connection.execute("update seeds set misses = 3, polled_at = ?", (NOW,))
    run.recorder.link_for(HOME + "tin-a1.html")
    assert urls(run.session.next_requests()) == [""], "the home page"
    assert urls(run.session.next_requests()) == ["tin-a1.html"]
    run.close()


@pytest.mark.parametrize("kind", ["first", "second", "backfill"])
def test_a_seed_that_is_not_due_is_asked_in_a_crawl_whose_seeds_were_not(
    tmp_path: Path, kind: str
) -> None:
    run = OpenRun(tmp_path, WITH_FEED, CrawlPlan(due_only=True))
    run.archive.seeds.put(SOURCE.id, [("feed", HOME + "rss")])
    session = run.session
    if kind == "second":
        session.polls.start(run.seeds.known_seeds())
    if kind == "backfill":
        session = replace(session, backfill=object())  # type: ignore[arg-type]
    run.recorder.fail(run.find("tin-a1.html"), "timeout")
    assert urls(session._ask_seed()) == (["rss"] if kind == "first" else [])
    run.close()


# --- backfills -----------------------------------------------------------------------------------


class Walk:
    """A walk back that has so many links to release and steps to read."""

    def __init__(self, run: OpenRun, links: int = 0, steps: int = 0) -> None:
        self.run = run
        self.links = links
        self.steps = steps
        self.rooms: list[int | None] = []

    def release(self, limit: int | None) -> int:
        self.rooms.append(limit)
        if self.links:
            self.links -= 1
            self.run.recorder.link_for(f"{HOME}tin-a{self.links}.html")
            return 1
        return 0

    def next_request(self) -> Request | None:
        self.steps -= 1
        return Request(f"{HOME}step-{self.steps}") if self.steps >= 0 else None


def test_a_backfill_reads_pages_then_releases_more_then_takes_a_step(tmp_path: Path) -> None:
    run = OpenRun(tmp_path, WITH_FEED, CrawlPlan(limit=2))
    walk = Walk(run, links=1, steps=1)
    session = replace(run.session, backfill=walk)  # type: ignore[arg-type]
    assert session.first_requests() == []
    link = run.recorder.link_for(HOME + "tin-b1.html")
    assert urls(session.next_requests()) == ["tin-b1.html"]
    run.recorder.reject(link, "listing")
    (request,) = session.next_requests()
    assert request.url == HOME + "tin-a0.html"
    assert walk.rooms == [1]
    assert urls(session.next_requests()) == [], "what was asked for twice is lost"
    assert run.recorder.room == 0
    assert walk.rooms == [1], "a plan that is full takes no step"
    assert walk.steps == 1
    run.close()


def test_a_backfill_without_links_takes_its_steps(tmp_path: Path) -> None:
    run = OpenRun(tmp_path, WITH_FEED)
    run.seeds.put_seeds()
    # What stands in for failing seeds is a crawl's to find.
    run.archive.connection.execute("update seeds set misses = 3, polled_at = ?", (NOW,))
    walk = Walk(run, steps=2)
    session = replace(run.session, backfill=walk)  # type: ignore[arg-type]
    asked = [urls(session.next_requests()) for _ in range(3)]
    assert asked == [["step-1"], ["step-0"], []]
    for number in range(9):
        run.recorder.defer(run.find(f"tin-b{number}.html"), "retry-after")
    walk.steps = 1
    assert session.next_requests() == []
    assert walk.steps == 1, "where the host is away no step is taken"
    run.close()


def test_a_backfill_makes_way_once_and_takes_its_source_again(tmp_path: Path) -> None:
    session = open_run(tmp_path, BACKFILL)
    waiter = SourceLock(tmp_path / "archive.db", SOURCE.id)

    async def meet() -> None:
        waiting = asyncio.ensure_future(waiter.acquire(5.0))
        await asyncio.sleep(0.15)
        assert session.may_go_on() is False
        assert not session.lock.is_held
        await waiting

    asyncio.run(meet())
    assert session.may_go_on() is False, "the other has it"
    waiter.release()
    assert session.may_go_on() is True
    assert session.lock.is_held
    with pytest.raises(ArchiveBusy, match="process"):
        asyncio.run(waiter.acquire(0.0, "backfill"))
    session.recorder.close("finished")
    session.lock.release()


# --- the end -------------------------------------------------------------------------------------


def test_an_end_stores_what_waits_and_gives_the_archive_back(tmp_path: Path) -> None:
    run = OpenRun(tmp_path, WITH_FEED)
    run.recorder.reject(run.find("tin-a1.html"), "listing")
    ended = run.session.close(RunState.FINISHED)
    assert (ended.state, ended.outcomes) == ("finished", {"rejected/listing": 1})
    with pytest.raises(sqlite3.ProgrammingError):
        run.archive.connection.execute("select 1")


def test_an_archive_that_breaks_at_the_end_is_given_back_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = OpenRun(tmp_path, WITH_FEED)
    calls: list[int] = []

    def breaks() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(run.recorder, "flush", breaks)
    with pytest.raises(sqlite3.OperationalError):
        run.session.close(RunState.FINISHED)
    assert run.value("select state from runs") == "finished"


def test_a_crash_is_settled_for_what_it_was_about(tmp_path: Path) -> None:
    run = OpenRun(tmp_path, WITH_FEED)
    (request,) = run.session.first_requests()
    run.session.note_crash(answer(request, "x"))
    assert run.value("select last_reason from seeds") == "crashed"
    run.session.note_crash(answer(Request(HOME), "x"))
    page = Request(HOME, meta={"link": run.find("tin-a1.html")})
    response = answer(page, "x")
    capture = run.recorder.captures.write(page, response)
    response.meta["capture"] = capture
    run.session.note_crash(response)
    assert run.rows("select reason from links") == [("crashed",)]
    assert run.value("select count(*) from captures") == 1
    run.close()


# --- the beginning -------------------------------------------------------------------------------


def test_options_are_the_settings_each_in_its_place(tmp_path: Path) -> None:
    names = {
        "LOCK_WAIT": 1, "FRONTIER_BATCH": 2, "MAX_PENDING_LINKS": 3, "POLL_INTERVAL": 4,
        "LISTING_MAX_PAGES": 5, "SITEMAP_MAX_CHILDREN": 6, "BACKFILL_BATCH": 7,
        "BACKFILL_MAX_PAGES": 8, "MEDIA_PER_ARTICLE": 9, "IMAGES": "lead", "ATTACHMENTS": "pdf",
        "CAPTURES_DIR": str(tmp_path / "captures"),
    }  # fmt: skip
    found = SessionOptions.from_settings(scrapy_settings(tmp_path / "archive.db", names))
    assert (found.lock_wait, found.frontier_batch, found.pending_links) == (1, 2, 3)
    assert (found.poll_interval, found.listing_pages, found.sitemap_children) == (4, 5, 6)
    assert (found.backfill_batch, found.backfill_pages, found.media_per_article) == (7, 8, 9)
    assert (found.images, found.attachments) == ("lead", "pdf")
    assert found.captures == tmp_path / "captures"
    assert options(tmp_path).captures is None


@pytest.mark.parametrize("kind", [RunKind.CRAWL, RunKind.BACKFILL])
def test_a_run_is_made_with_the_bounds_of_its_kind(tmp_path: Path, kind: RunKind) -> None:
    plan = BACKFILL if kind is RunKind.BACKFILL else CrawlPlan()
    bounds = replace(
        options(tmp_path),
        frontier_batch=11, backfill_batch=22, backfill_pages=33, pending_links=44,
        poll_interval=55.0, listing_pages=66, sitemap_children=77, images="lead",
    )  # fmt: skip
    session = asyncio.run(
        open_session(SOURCE, plan, bounds, SignalManager(), check_storage=lambda _: None)
    )
    is_backfill = kind is RunKind.BACKFILL
    assert session.recorder._batch == (22 if is_backfill else 11)
    assert (session.polls.interval, session.polls.most_pages) == (55.0, 66)
    assert session.polls.most_children == 77
    assert session.media._kinds == (MediaKind.IMAGE,)
    assert session.media._makes_way == session.lock.is_wanted
    assert session.pages._choice.images == "lead"
    assert session.seeds._most_pending == 44
    if is_backfill:
        assert session.backfill is not None
        assert (session.backfill._most_pages, session.backfill._batch) == (33, 22)
    else:
        assert session.backfill is None
    assert session.recorder.archive.runs.get(session.recorder.run_id).state == "running"
    session.recorder.close("finished")
    session.lock.release()


def test_a_source_that_is_drawn_needs_a_browser(tmp_path: Path) -> None:
    pytest.importorskip("playwright", reason="the extra browser is not installed")
    bounds = options(tmp_path)
    bounds = replace(bounds, browser=replace(bounds.browser, program="/nowhere/chromium"))

    def begin(source: Source) -> Session:
        manager = SignalManager()
        return asyncio.run(
            open_session(source, CrawlPlan(), bounds, manager, check_storage=lambda _: None)
        )

    with pytest.raises(UsageError, match="there is no /nowhere/chromium"):
        begin(replace(SOURCE, render=True))
    session = begin(SOURCE)
    session.recorder.close("finished")
    session.lock.release()
