"""Opening a run: all of it, or nothing that stays behind."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from scrapy.signalmanager import SignalManager

from crawler import settings
from crawler.errors import UsageError
from crawler.failures import Verdict, reason_of
from crawler.locks import SourceLock
from crawler.process import read_settings
from crawler.runs.plan import CrawlPlan
from crawler.sources import Seed
from crawler.spiders.session import Session, SessionOptions, open_session, session_of
from storage.errors import ArchiveBusy
from storage.records import Poll
from storage.states import RunKind, SeedKind
from tests.support.runs import HOME, NOW, SOURCE, OpenRun, answer

if TYPE_CHECKING:
    from pathlib import Path

SINCE, UNTIL = dt.date(2026, 11, 1), dt.date(2026, 11, 30)
BACKFILL = CrawlPlan(kind=RunKind.BACKFILL, since=SINCE, until=UNTIL)


def options(folder: Path) -> SessionOptions:
    found = SessionOptions.from_settings(read_settings(folder / "archive.db"))
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
