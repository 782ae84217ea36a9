"""An order goes out, is crawled somewhere else, and comes back: once, twice, late, or never."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from crawler.cluster.post import Post
from crawler.cluster.work import Unbegun
from crawler.daemon.child import Task
from crawler.daemon.workers import ChildEnd
from crawler.locks import SourceLock
from crawler.net.broker import Broker
from tests.support.paths import ROOT
from tests.support.twins import facts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.site.exchange import Exchange
    from tests.site.town import Town
    from tests.support.cluster import Office


def check_sound(office: Office) -> None:
    assert [str(problem) for problem in office.archive.check()] == []


def lapse(office: Office, order: str) -> None:
    """Let the time pass in which a worker must say something."""
    out = office.remote._out[order]
    office.look()
    assert out.silent_since is not None
    out.silent_since -= office.remote._silence


def test_an_order_brings_what_a_crawl_would(office: Office, town: Town) -> None:
    result = office.do()
    assert (result.task, result.sources, result.ran) == (Task.CRAWL, ("town",), {"town"})
    assert (result.status, result.worker, result.end) == (0, "w1", ChildEnd.FINISHED)
    assert office.archive.articles.count() == 5
    (run,) = office.archive.runs.last("town")
    assert (run.worker, run.outcomes) == ("w1", {"new": 5})
    assert office.remote.busy() == set()
    assert town.max_concurrent == 1
    check_sound(office)


def test_a_source_that_is_out_is_locked_and_named(office: Office) -> None:
    work = office.worker("w7")
    order = office.hand_out()
    assert office.remote.busy() == {"town"}
    assert not SourceLock(office.desk.archive, "town").attempt()
    assert work._claim(order) is not None
    office.look()
    out = office.archive.orders.of_source("town")
    assert out is not None
    assert (out.id, out.worker) == (order, "w7")


def test_a_delivery_that_comes_twice_changes_nothing(office: Office) -> None:
    work = office.worker()
    order = office.hand_out()
    work.do(order)
    post = office.posts[0]
    parcel = post.fetch(order)
    assert parcel is not None
    office.collect()
    once = facts(office.archive)
    post.deliver(order, office.remote._key, parcel)
    assert office.collect() == []
    assert facts(office.archive) == once
    check_sound(office)


def test_an_order_of_a_silent_worker_is_given_up_and_comes_late(office: Office) -> None:
    work = office.worker()
    order = office.hand_out()
    parcel = work._claim(order)
    assert parcel is not None
    post = office.posts[0]
    post.release(order)
    lapse(office, order)
    (result,) = office.collect()
    assert result.end is ChildEnd.LOST
    assert "w1 was not heard of" in result.lost
    assert SourceLock(office.desk.archive, "town").attempt()
    # Nobody takes the void order; its first worker comes back with what it has.
    assert post.claim(order, "w2", "2026-12-01T00:00:00Z", 5.0) is None
    post.put_order(order, office.remote._key, parcel)
    work.do(order)
    assert office.collect() == []
    assert office.archive.articles.count() == 5
    assert office.archive.runs.last("town") == []
    assert [seed.polled_at for seed in office.archive.seeds.of("town")] in ([], [None])
    check_sound(office)


def test_a_daemon_that_was_killed_merges_what_came_meanwhile(office: Office) -> None:
    work = office.worker()
    work.do(office.hand_out())
    office.restart()
    (result,) = office.collect()
    assert result.ran == {"town"}
    assert office.archive.articles.count() == 5


MERGE = """
import os, signal, sys
from pathlib import Path
from crawler.cluster.arrivals import take_in
from storage.archive import Archive
from storage.instants import read_clock

path, order, parcel, folder = sys.argv[1:]
archive = Archive.open(Path(path))
seen = 0

def kill(sql):
    global seen
    seen += sql.lower().startswith("insert into articles ")
    if seen == 3:
        os.kill(os.getpid(), signal.SIGKILL)

archive._db.conn.set_trace_callback(kill)
given = archive.orders.find(order)
data = Path(parcel).read_bytes()
take_in(archive, given, data, Path(folder), hosts=(), now=read_clock())
"""


def test_a_merge_that_is_killed_has_brought_nothing_and_is_done_again(
    office: Office, tmp_path: Path
) -> None:
    work = office.worker()
    order = office.hand_out()
    work.do(order)
    parcel = tmp_path / "parcel.zip"
    parcel.write_bytes(office.posts[0].fetch(order) or b"")
    words = [str(office.desk.archive), order, str(parcel), str(office.remote._folder / order)]
    killed = subprocess.run([sys.executable, "-c", MERGE, *words], check=False, cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    assert office.archive.articles.count() == office.archive.captures.count() == 0
    (result,) = office.collect()
    assert result.ran == {"town"}
    assert office.archive.articles.count() == 5
    check_sound(office)


def test_an_emptied_broker_gives_sources_back(office: Office) -> None:
    office.worker()
    office.hand_out()
    with office.redis.client() as client:
        client.flushall()
    (result,) = office.collect()
    assert "knows it no more" in result.lost
    assert office.remote.busy() == set()


@pytest.mark.long
def test_a_worker_that_stops_sends_what_it_has(
    office: Office, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "crawler.cluster.work")
    work = office.worker()
    order = office.hand_out()

    def answer(exchange: Exchange) -> None:
        work.stopping.set()
        # Not before the crawl was asked to end: it might end by itself until the worker looks.
        while "the worker stops" not in caplog.text:
            exchange.wait(0.05)
        exchange.reply("", 503)

    town.routes["/rss/home.rss"] = answer
    work.do(order)
    (result,) = office.collect()
    assert result.ended_by == ""
    assert "was stopped" in result.lost
    check_sound(office)


def test_a_worker_that_is_to_end_leaves_an_order_to_others(office: Office) -> None:
    first, second = office.worker("w1"), office.worker("w2")
    order = office.hand_out()
    first.stopping.set()
    with pytest.raises(Unbegun):
        first.do(order)
    assert second._claim(order) is not None


@pytest.mark.long
def test_an_order_is_taken_by_one_worker_at_a_time(office: Office, town: Town) -> None:
    first, second = office.worker("w1"), office.worker("w2")
    order = office.hand_out()
    both = [threading.Thread(target=work.do, args=(order,)) for work in (first, second)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(300)
    office.collect()
    assert office.archive.articles.count() == 5
    assert town.count("/rss/home.rss") == 1


def test_while_the_broker_is_away_nothing_is_handed_out_and_nothing_lost(office: Office) -> None:
    office.worker()
    order = office.hand_out()
    away = Post(Broker.parse("redis://127.0.0.1:1/0"))
    near, office.remote._line._post = office.remote._line._post, away
    office.look()
    assert not office.remote.has_room()
    assert office.collect() == []
    assert office.remote.busy() == {"town"}
    office.remote._line._post = near
    office.look()
    assert office.remote._out[order].silent_since is None
    assert office.remote.busy() == {"town"}


@pytest.mark.parametrize(
    "parcel",
    [b"", b"PK\x03\x04 not a zip", b"\x00" * 2000],
)
def test_a_delivery_that_is_none_is_refused_with_a_reason(office: Office, parcel: bytes) -> None:
    office.worker()
    order = office.hand_out()
    before = facts(office.archive)
    office.posts[0].deliver(order, office.remote._key, parcel)
    (result,) = office.collect()
    assert "was refused" in result.lost
    assert facts(office.archive) == before
    assert office.remote.busy() == set()
    office.posts[0].deliver("ab" * 16, office.remote._key, b"of nobody")
    assert office.collect() == []


@pytest.mark.long
def test_a_backfill_that_is_left_to_workers_goes_on_part_by_part(office: Office) -> None:
    source = office.sources[0]
    office.do()
    backfill = office.archive.backfills.open(
        "town", "2026-01-01", "2026-11-30", "2026-12-01T00:00:00Z"
    )
    office.archive.backfills.hand_out(backfill, "2026-12-01T00:00:00Z")
    work = office.worker()
    office.look()
    office.remote.go_on(office.archive, [source], lambda: True)
    assert office.remote.busy() == {"town"}
    work.do(office.queue[-1])
    (result,) = office.collect()
    assert (result.task, result.ran) == (Task.BACKFILL, {"town"})
    assert office.archive.backfills.handed_out() == []
    assert [run.kind for run in office.archive.runs.last("town")] == ["backfill", "crawl"]
