"""Turns of sources: after downtime, after jumps of the clock, after crawls that changed nothing."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from apscheduler.schedulers.base import STATE_RUNNING, STATE_STOPPED

from crawler.daemon.timer import Holds, Timer
from crawler.scheduling.due import NEVER_POLLED, Due, read_due
from crawler.sources import Seed, Source
from storage.instants import format_instant
from storage.records import HostState, Link, Poll, SourceRow
from storage.states import SeedKind
from tests.support.template import open_new

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.archive import Archive

FEED = "https://a.vn/rss"


def source(id_: str = "a", url: str = FEED) -> Source:
    seed = Seed(kind=SeedKind.FEED, url=url)
    return Source(id=id_, name="A", province="Huế", homepage="https://a.vn/", seeds=(seed,))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_new(tmp_path / "archive.db") as archive:
        add_source(archive)
        yield archive


def add_source(archive: Archive, id_: str = "a") -> None:
    archive.sources.put(
        SourceRow(id=id_, name="A", kind="newspaper", province="Huế", homepage="https://a.vn/")
    )


def instant(seconds: float) -> str:
    return format_instant(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds))


def poll(archive: Archive, *, next_in: float, polled_in: float = -60, why: str = "so") -> None:
    (seed,) = archive.seeds.put("a", [("feed", FEED)])
    archive.seeds.record_poll(
        Poll(
            seed_id=seed.id,
            polled_at=instant(polled_in),
            next_poll_at=instant(next_in),
            next_poll_why=why,
        ),
        [],
    )


def due(archive: Archive, slack: float = 900) -> Due:
    return read_due(archive, source(), now=instant(0), slack=slack)


class Turns:
    """What a timer has scheduled, without starting it."""

    def __init__(self, table: Timer) -> None:
        self._table = table

    def wait(self, id_: str = "a") -> float:
        job = self._table._scheduler.get_job(f"source {id_}")
        return float(job.trigger.run_date.timestamp() - time.time())


@pytest.fixture
def table() -> Timer:
    return Timer(lambda _: None, slack=900, hold=60)


def test_a_source_never_polled_is_due_at_once(archive: Archive) -> None:
    assert due(archive).at == NEVER_POLLED
    archive.seeds.put("a", [("feed", FEED)])
    assert due(archive).at == NEVER_POLLED


def test_the_first_seed_decides_and_says_why(archive: Archive) -> None:
    poll(archive, next_in=600, why="it publishes so much")
    assert due(archive).why == "it publishes so much"
    assert 590 < due(archive).wait(instant(0), 86400) < 610


def test_seeds_that_left_the_file_do_not_count(archive: Archive) -> None:
    poll(archive, next_in=600)
    archive.seeds.put("a", [("feed", "https://a.vn/old")])
    assert due(archive).at > instant(0)


def test_waiting_pages_count_after_the_slack(archive: Archive) -> None:
    poll(archive, next_in=5000)
    url = "https://a.vn/x-a1.html"
    archive.links.add(
        [Link(source_id="a", url=url, canonical_url=url, key="1", found_at=instant(-100))]
    )
    assert 790 < due(archive, slack=900).wait(instant(0), 86400) < 810
    assert due(archive, slack=900).why == "a page waits to be fetched"


def test_a_host_that_wants_to_be_left_alone_puts_its_source_off(archive: Archive) -> None:
    poll(archive, next_in=10)
    archive.hosts.put(HostState(host="a.vn", not_before=instant(3000), reason="Retry-After"))
    assert due(archive).wait(instant(0), 86400) > 2900
    assert due(archive).why == "Retry-After"


@pytest.mark.parametrize("ahead", [10_000, 400 * 86400])
def test_what_was_decided_by_a_clock_that_was_ahead_is_due(archive: Archive, ahead: int) -> None:
    poll(archive, polled_in=ahead, next_in=ahead + 600)
    assert due(archive).wait(instant(0), 86400) == 0
    assert Timer(lambda _: None, slack=900, hold=60).due_now(archive, [source()]) == ["a"]


def test_a_hold_or_a_retry_of_a_clock_that_was_ahead_delays_nothing(archive: Archive) -> None:
    poll(archive, next_in=3000)
    archive.hosts.put(HostState(host="a.vn", not_before=instant(40 * 86400), reason="Retry-After"))
    assert 2900 < due(archive).wait(instant(0), 86400) <= 3000
    url = "https://a.vn/x-a1.html"
    link = Link(source_id="a", url=url, canonical_url=url, key="1", found_at=instant(-100))
    archive.links.add([replace(link, next_try_at=instant(400 * 86400))])
    assert due(archive, slack=0).wait(instant(0), 86400) == 0
    assert archive.links.count_due("a", instant(0)) == 1
    assert [found.key for found in archive.links.next("a", now=instant(0), limit=5)] == ["1"]


def test_what_is_overdue_after_downtime_is_spread(archive: Archive, table: Timer) -> None:
    sources = [source(f"s{n}") for n in range(10)]
    for each in sources:
        add_source(archive, each.id)
    table.plan(archive, sources, spread=100)
    waits = sorted(Turns(table).wait(each.id) for each in sources)
    assert waits[0] < 1
    assert 85 < waits[-1] < 95


def test_a_source_that_stays_due_is_held_back_longer_and_longer(
    archive: Archive, table: Timer
) -> None:
    waits = [table.settle(archive, source(), began=True) for _ in range(9)]
    assert waits[:3] == [60, 120, 240]
    assert waits[-1] == 3600
    poll(archive, next_in=600)
    assert 590 < table.settle(archive, source(), began=True) < 610
    assert table.settle(archive, source(), began=False) == pytest.approx(600, abs=10)


def test_setting_the_clock_back_keeps_what_was_left_of_a_wait(archive: Archive) -> None:
    del archive
    offset = [0.0]
    table = Timer(lambda _: None, slack=900, hold=60, wall=lambda: time.time() + offset[0])
    table.start()
    try:
        table.set("a", 600)
        offset[0] = -10_800.0
        table.tick()
        job = table._scheduler.get_job("source a")
        assert job.next_run_time.timestamp() - (time.time() - 10_800) == pytest.approx(600, abs=5)
    finally:
        table.stop()


def test_sources_that_are_due_are_reported_and_only_those_that_are_kept() -> None:
    called: list[str] = []
    table = Timer(called.append, slack=900, hold=60)
    table.set("b", 0)
    table.set("a", 0.2)
    table.keep_only(["a"])
    table.start()
    end = time.monotonic() + 60
    while not called and time.monotonic() < end:
        time.sleep(0.01)
    table.stop()
    assert called == ["a"]


def test_a_source_that_is_due_while_the_timer_stops_is_no_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = Timer(lambda _: None, slack=900, hold=60)
    scheduler = table._scheduler
    scheduler.start(paused=True)
    table.set("a", 0)

    def stop(*_: object) -> None:
        scheduler.state = STATE_STOPPED

    monkeypatch.setattr(scheduler._lookup_executor("default"), "submit_job", stop)
    scheduler.state = STATE_RUNNING
    scheduler._process_jobs()
    scheduler.state = STATE_RUNNING
    table.stop()


def test_the_daemon_and_status_load_no_scrapy() -> None:
    words = "import crawler.daemon.factory, crawler.commands.daemon, crawler.commands.status, sys"
    check = "sys.exit(bool({'scrapy', 'twisted', 'lxml'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", f"{words}; {check}"], check=False).returncode == 0


def test_chores_come_again_and_again() -> None:
    done: list[float] = []
    table = Timer(lambda _: None, slack=0, hold=1)
    table.every(0.05, lambda: done.append(time.monotonic()))
    table.start()
    end = time.monotonic() + 60
    while len(done) < 3 and time.monotonic() < end:
        time.sleep(0.01)
    table.stop()
    assert len(done) >= 3
    assert done[2] - done[0] >= 0.05


def test_retries_count_as_due_when_their_time_has_come_and_not_before(
    archive: Archive, table: Timer
) -> None:
    poll(archive, next_in=5000)
    assert table.due_now(archive, [source()]) == []
    url = "https://a.vn/x-a1.html"
    link = Link(source_id="a", url=url, canonical_url=url, key="1", found_at=instant(-100))
    archive.links.add([replace(link, next_try_at=instant(60))])
    assert table.due_now(archive, [source()]) == []
    archive.connection.execute("update links set next_try_at = ?", (instant(-1),))
    assert table.due_now(archive, [source()]) == ["a"], "no slack for who asks now"


def test_what_is_due_later_is_planned_for_then_and_within_a_day(
    archive: Archive, table: Timer
) -> None:
    table._scheduler.start(paused=True)
    poll(archive, next_in=500)
    table.plan(archive, [source()], spread=100)
    assert Turns(table).wait() == pytest.approx(500, abs=5)
    poll(archive, next_in=90_000, polled_in=-30)
    table.plan(archive, [source()], spread=100)
    assert Turns(table).wait() == pytest.approx(86_400, abs=5)
    table.set("a", -5)
    assert Turns(table).wait() == pytest.approx(0, abs=5)
    table._scheduler.shutdown(wait=False)


def test_a_source_that_is_held_back_stays_so_when_its_file_changes(
    archive: Archive, table: Timer
) -> None:
    table._scheduler.start(paused=True)
    poll(archive, next_in=10)
    table.hold("a")
    table.refresh(archive, source())
    assert Turns(table).wait() == pytest.approx(60, abs=5)
    poll(archive, next_in=500, polled_in=-30)
    table.refresh(archive, source())
    assert Turns(table).wait() == pytest.approx(500, abs=5)
    table.settle(archive, source(), began=True)
    poll(archive, next_in=10, polled_in=-10)
    table.refresh(archive, source())
    assert Turns(table).wait() == pytest.approx(10, abs=5)
    table._scheduler.shutdown(wait=False)


def test_holds_double_up_to_an_hour_and_end_when_a_source_gets_on() -> None:
    holds = Holds(50.0)
    assert [holds.note("a", got_on=False) for _ in range(8)] == [
        50, 100, 200, 400, 800, 1600, 3200, 3600,
    ]  # fmt: skip
    assert holds.left("a") == pytest.approx(3600, abs=5)
    assert holds.left("b") == 0
    assert holds.note("a", got_on=True) == 0
    assert holds.left("a") == 0
    assert holds.note("a", got_on=False) == 50


@pytest.mark.parametrize(("jump", "kept"), [(-5.3, True), (-4.7, False), (500.0, False)])
def test_small_jumps_of_the_clock_shift_nothing(
    monkeypatch: pytest.MonkeyPatch, jump: float, kept: bool
) -> None:
    offset, begun = [0.0], time.time()
    monkeypatch.setattr(time, "monotonic", lambda: 0.0)
    table = Timer(lambda _: None, slack=900, hold=60, wall=lambda: begun + offset[0])
    table.start()
    try:
        table.set("a", 600)
        table.every(700, lambda: None)
        before = {job.id: job.next_run_time.timestamp() for job in table._scheduler.get_jobs()}
        offset[0] = jump
        table.tick()
        table.tick()
        after = {job.id: job.next_run_time.timestamp() for job in table._scheduler.get_jobs()}
    finally:
        table.stop()
    for id_, was in before.items():
        assert after[id_] - was == pytest.approx(jump if kept else 0.0, abs=1.0)
    table.tick()  # harmless when it does not run


def test_only_sources_are_planned() -> None:
    table = Timer(lambda _: None, slack=0, hold=1)
    table.every(50, lambda: None)
    table.set("a", 5)
    table.set("b", 5)
    assert table.planned() == {"a", "b"}
    table.keep_only(["b", "c"])
    assert table.planned() == {"b"}
    assert len(table._scheduler.get_jobs()) == 2


def test_a_timer_that_was_stopped_does_not_run() -> None:
    table = Timer(lambda _: None, slack=0, hold=1)
    table.stop()
    table.start()
    assert table._scheduler.running
    table.stop()
    assert not table._scheduler.running


WALL = 1_780_000_000.0


def at_rest() -> Timer:
    """A timer whose clock stands still."""
    return Timer(lambda _: None, slack=900, hold=60, wall=lambda: WALL)


def left(table: Timer, id_: str) -> float:
    job = table._scheduler.get_job(f"source {id_}")
    return float(job.trigger.run_date.timestamp() - WALL)


def poll_at(archive: Archive, seconds: float, id_: str) -> Source:
    """A source whose feed is to be polled so many seconds after that moment."""
    moment = dt.datetime.fromtimestamp(WALL, dt.UTC)
    add_source(archive, id_)
    (seed,) = archive.seeds.put(id_, [("feed", FEED)])
    archive.seeds.record_poll(
        Poll(
            seed_id=seed.id,
            polled_at=format_instant(moment - dt.timedelta(seconds=600)),
            next_poll_at=format_instant(moment + dt.timedelta(seconds=seconds)),
            next_poll_why="so",
        ),
        [],
    )
    return source(id_)


def test_what_is_due_this_second_is_overdue_and_spread(archive: Archive) -> None:
    sources = [poll_at(archive, wait, id_) for wait, id_ in ((0, "b"), (-1, "c"), (1, "d"))]
    table = at_rest()
    table.plan(archive, sources, spread=100)
    assert [left(table, id_) for id_ in "cbd"] == [0, 50, 1]
    assert sorted(table.due_now(archive, sources)) == ["b", "c"]


@pytest.mark.parametrize(
    ("seconds", "began", "wait"), [(1, True, 1), (0, True, 60), (1, False, 60), (61, False, 61)]
)
def test_a_source_is_held_back_that_did_not_begin_or_is_still_due(
    archive: Archive, seconds: float, began: bool, wait: float
) -> None:
    table = at_rest()
    feed = poll_at(archive, seconds, "b")
    assert table.settle(archive, feed, began=began) == wait
    assert left(table, "b") == wait
    assert table._holds.left("b") == pytest.approx(60 if not began or seconds == 0 else 0, abs=5)


def test_a_page_that_waits_since_this_second_is_due_for_who_asks_now(archive: Archive) -> None:
    feed = poll_at(archive, 500, "b")
    now = format_instant(dt.datetime.fromtimestamp(WALL, dt.UTC))
    url = "https://a.vn/x-a1.html"
    archive.links.add([Link(source_id="b", url=url, canonical_url=url, key="1", found_at=now)])
    assert at_rest().due_now(archive, [feed]) == ["b"]
