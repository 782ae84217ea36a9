"""The daemon on a bad day of its machine: clocks, disks, locks, damage."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from crawler.net.addresses import pace_key
from crawler.runs.links import row_of
from crawler.sources import load_sources
from storage.archive import Archive
from storage.instants import add_seconds, read_clock
from storage.records import HostState, Poll
from storage.states import SeedKind
from tests.support.crawls import Desk
from tests.support.daemons import FEED, OFTEN, QUICK, keep

if TYPE_CHECKING:
    from pathlib import Path

    from tests.site.town import Town


@pytest.mark.long
def test_a_clock_far_before_the_newest_row_is_refused(desk: Desk) -> None:
    desk.settings = dict(QUICK)
    assert desk.run("daemon", "--once", "town").returncode == 0
    desk.change("update runs set started_at = '2099-01-01T00:00:00Z'")
    done = desk.run("daemon", "town")
    assert done.returncode == 1
    assert "set the clock" in done.stderr


@pytest.mark.long
def test_a_clock_that_was_a_day_fast_delays_nothing_for_long(desk: Desk, town: Town) -> None:
    desk.settings = dict(QUICK)
    assert desk.run("daemon", "--once", "town").returncode == 0
    desk.change(
        "update seeds set polled_at = strftime('%Y-%m-%dT%H:%M:%SZ', polled_at, '+1 day'),"
        " next_poll_at = strftime('%Y-%m-%dT%H:%M:%SZ', polled_at, '+1 day', '+2 seconds')",
    )
    desk.change("update links set next_try_at = null")
    before = town.count("/rss/home.rss")
    with keep(desk, "town") as keeper:
        keeper.wait_for(lambda: town.count("/rss/home.rss") > before)
        assert keeper.end() == 0


def test_once_ends_with_1_after_all_seeds_of_a_source_failed(desk: Desk, town: Town) -> None:
    desk.settings = dict(QUICK)
    town.routes["/rss/home.rss"] = lambda exchange: exchange.reply("", 500)
    assert desk.run("daemon", "--once", "town").returncode == 1
    assert desk.value("select last_reason from seeds") == "http-500"


@pytest.mark.long
def test_a_removed_archive_stops_the_daemon(desk: Desk) -> None:
    with keep(desk, "town") as keeper:
        keeper.wait_for_articles(5)
        desk.archive.rename(desk.folder / "elsewhere.db")
        assert keeper.process.wait(120) == 1
        assert "was removed or replaced" in keeper.said
    again = desk.run("daemon", "town")
    assert again.returncode == 1
    assert "holds captures of one: restore it" in again.stderr
    assert not desk.archive.exists()


@pytest.mark.long
def test_a_locked_archive_is_waited_for(desk: Desk, town: Town) -> None:
    with keep(desk, "town", **OFTEN) as keeper:
        keeper.wait_for_articles(5)
        with closing(sqlite3.connect(desk.archive, isolation_level=None)) as conn:
            conn.execute("begin immediate")
            town.publish("while it is locked")
            time.sleep(3)
        keeper.wait_for_articles(6)
        assert keeper.end() == 0


@pytest.mark.long
def test_a_source_whose_next_turn_could_not_be_set_is_not_forgotten(desk: Desk) -> None:
    desk.settings = dict(QUICK)
    assert desk.run("daemon", "--once", "town").returncode == 0
    desk.change("update seeds set next_poll_at = null")
    with (
        closing(sqlite3.connect(desk.archive, isolation_level=None)) as conn,
        # What is due gathers until the archive is locked.
        keep(desk, "town", DAEMON_GATHER="3") as keeper,
    ):
        keeper.wait_until_up()
        conn.execute("begin immediate")
        keeper.wait_for_words(": crawl town")
        (crawl,) = re.findall(r"child (\d+): crawl town", keeper.said)
        os.kill(int(crawl), signal.SIGKILL)
        keeper.wait_for_words("is held by another process: try again later; trying again")
        conn.execute("rollback")
        keeper.wait_for(lambda: desk.value("select min(next_poll_at) from seeds"))
        assert keeper.end() == 0


@pytest.mark.long
def test_an_archive_that_is_locked_at_the_start_is_waited_for(desk: Desk) -> None:
    desk.settings = dict(QUICK)
    assert desk.run("daemon", "--once", "town").returncode == 0
    with closing(sqlite3.connect(desk.archive, isolation_level=None)) as conn:
        conn.execute("begin exclusive")
        with keep(desk, "town") as keeper:
            keeper.wait_for_words("waiting for it")
            keeper.send(signal.SIGTERM)
            assert keeper.process.wait(120) == 0, keeper.said
        with keep(desk, "town") as keeper:
            keeper.wait_for_words("waiting for it")
            conn.execute("rollback")
            assert keeper.end() == 0


def test_no_crawl_starts_when_the_disk_is_nearly_full(desk: Desk, town: Town) -> None:
    free = shutil.disk_usage(desk.folder).free >> 20
    with keep(desk, "town", DISK_RESERVE_MB=str(free * 2)) as keeper:
        keeper.wait_for_words("are kept in reserve")
        time.sleep(1)
        assert keeper.said.count("are kept in reserve") == 1
        assert keeper.end() == 0
    assert town.hits == []


@pytest.mark.long
def test_a_damaged_archive_is_said_at_the_start(desk: Desk) -> None:
    desk.settings = dict(QUICK)
    assert desk.run("daemon", "--once", "town").returncode == 0
    desk.change("pragma wal_checkpoint(truncate)")
    content = bytearray(desk.archive.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 40960] = bytes(40960)
    desk.archive.write_bytes(content)
    done = desk.run("daemon", "town")
    assert done.returncode == 1
    assert "is damaged: restore a backup" in done.stderr


def test_an_archive_that_cannot_be_written_is_said_at_the_start(tmp_path: Path, town: Town) -> None:
    desk = Desk(tmp_path)
    desk.settings = dict(QUICK)
    desk.add_source(town.base, seeds=FEED)
    desk.archive.mkdir()
    done = desk.run("daemon", "town")
    assert done.returncode == 1
    assert "is a folder" in done.stderr


def test_a_host_that_is_left_alone_for_days_is_told_though_no_run_begins(
    desk: Desk, town: Town
) -> None:
    url = town.base + "/rss/home.rss"
    now = read_clock()
    told_at, tomorrow = add_seconds(now, -7200), add_seconds(now, 80_000)
    with Archive.open(desk.archive) as archive:
        source = load_sources(desk.sources)["town"]
        archive.sources.put(row_of(source))
        (seed,) = archive.seeds.put("town", [(SeedKind.FEED, url)])
        said = f"town: feed {url} answered 503"
        poll = Poll(
            seed_id=seed.id, polled_at=told_at, next_poll_at=tomorrow, failures=0.5,
            error=said, reason="http-503",
        )  # fmt: skip
        archive.seeds.record_poll(poll, [])
        archive.hosts.put(HostState(host=pace_key(url), not_before=tomorrow, reason=said))
    assert "town is broken" in desk.run("daemon", "--once", "town").stderr
    assert desk.value("select cause from troubles") == "server-error"
    assert "is broken" not in desk.run("daemon", "--once", "town").stderr, "told once"
    assert desk.value("select count(*) from runs") == 0
