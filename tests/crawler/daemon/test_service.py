"""The daemon with real processes and signals, at short intervals."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.site.town import Town
from tests.support.crawls import Desk
from tests.support.daemons import FEED, OFTEN, QUICK, is_alive, keep

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.site.exchange import Exchange


# --- keeping time -----------------------------------------------------------------------------


def test_what_is_published_arrives(desk: Desk, town: Town) -> None:
    with keep(desk, "town", **OFTEN) as keeper:
        keeper.wait_for_articles(5)
        town.publish("later")
        keeper.wait_for_articles(6)
        assert keeper.end() == 0
    # The next poll may have been under way when it was told to end.
    ended = "select count(*) from runs where state not in ('finished', 'interrupted')"
    assert desk.value(ended) == 0


def test_once_runs_what_is_due_and_ends(desk: Desk, town: Town) -> None:
    desk.settings = dict(QUICK)
    assert desk.run("daemon", "--once", "town").returncode == 0
    assert desk.value("select count(*) from articles") == 5
    asked = len(town.hits)
    again = desk.run("daemon", "--once", "town")
    assert again.returncode == 0, again.stderr
    assert len(town.hits) == asked


@pytest.mark.long
def test_a_restart_asks_for_nothing_that_is_not_due(desk: Desk, town: Town) -> None:
    with keep(desk, "town") as keeper:
        keeper.wait_for_articles(5)
        assert keeper.end() == 0
    asked = len(town.hits)
    with keep(desk, "town") as keeper:
        keeper.wait_until_up()
        time.sleep(1.5)
        assert keeper.end() == 0
    assert len(town.hits) == asked


def test_several_due_sources_share_one_child(desk: Desk) -> None:
    with Town(3, name="b", first=2000) as second:
        desk.add_source(second.base, "second", seeds=FEED)
        desk.settings = dict(QUICK)
        done = desk.run("daemon", "--once", "town", "second")
    assert done.returncode == 0
    assert "crawl town, second" in done.stderr or "crawl second, town" in done.stderr
    assert desk.value("select count(*) from articles") == 8


@pytest.mark.long
def test_after_a_suspend_each_source_runs_once(desk: Desk, town: Town) -> None:
    with keep(desk, "town", POLL_INTERVAL="60") as keeper:
        keeper.wait_for_articles(5)
        keeper.wait_for(lambda: not keeper.children())
        assert keeper.end() == 0
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=10)
    desk.change("update seeds set next_poll_at = ?", soon.strftime("%Y-%m-%dT%H:%M:%SZ"))
    with keep(desk, "town", POLL_INTERVAL="60") as keeper:
        keeper.wait_until_up()
        keeper.send(signal.SIGSTOP)
        assert dt.datetime.now(dt.UTC) < soon, "it was up too late to miss its turn"
        time.sleep((soon - dt.datetime.now(dt.UTC)).total_seconds() + 1)
        before = town.count("/rss/home.rss")
        keeper.send(signal.SIGCONT)
        keeper.wait_for(lambda: town.count("/rss/home.rss") > before)
        keeper.wait_for(lambda: not keeper.children())
        time.sleep(1)
        assert town.count("/rss/home.rss") == before + 1
        assert keeper.end() == 0


# --- stopping, and dying ---------------------------------------------------------------------


def slow(exchange: Exchange) -> None:
    exchange.hang(20)


@pytest.mark.long
def test_sigterm_in_mid_crawl_ends_in_time_and_loses_nothing(desk: Desk, town: Town) -> None:
    town.routes[town.latest()[-1].path] = slow
    with keep(desk, "town", DOWNLOAD_TIMEOUT="4", SHUTDOWN_GRACE="8") as keeper:
        keeper.wait_for_articles(4)
        children = keeper.children()
        assert keeper.end() == 0
        assert not any(is_alive(pid) for pid in children)
    del town.routes[town.latest()[-1].path]
    assert desk.crawl().returncode == 0
    assert desk.value("select count(*) from articles") == 5


def test_a_stop_during_start_is_heard_and_asking_again_does_no_harm(desk: Desk) -> None:
    with keep(desk, "town") as keeper:
        keeper.wait_for(lambda: catches(keeper.process.pid, signal.SIGTERM))
        while keeper.process.poll() is None:
            keeper.send(signal.SIGTERM)
            time.sleep(0.01)
        assert keeper.process.returncode == 0, keeper.said


def catches(pid: int, number: int) -> bool:
    """Whether a process has a handler for a signal (proc(5), SigCgt)."""
    status = Path(f"/proc/{pid}/status").read_text()
    mask = next(line for line in status.splitlines() if line.startswith("SigCgt")).split()[1]
    return bool(int(mask, 16) >> (number - 1) & 1)


def test_children_die_with_a_killed_daemon(desk: Desk, town: Town) -> None:
    town.routes["/rss/home.rss"] = slow
    with keep(desk, "town") as keeper:
        keeper.wait_for(lambda: keeper.children() and town.count("/rss/home.rss"))
        children = keeper.children()
        keeper.process.kill()
        keeper.process.wait()
        wait_until(lambda: not any(is_alive(pid) for pid in children))


def test_a_second_daemon_refuses(desk: Desk) -> None:
    with keep(desk, "town") as keeper:
        keeper.wait_for_articles(5)
        others = desk.folder / "others"
        others.mkdir()
        second = desk.run("--sources", str(others), "daemon")
        assert second.returncode == 1
        assert f"process {keeper.process.pid}" in second.stderr
        assert (desk.folder / "archive.db.locks" / ".sources" / "town.toml").exists()
        assert keeper.end() == 0


@pytest.mark.long
def test_a_crawl_that_waits_for_ever_is_ended_and_the_next_one_runs(desk: Desk, town: Town) -> None:
    town.routes["/rss/home.rss"] = slow
    with keep(desk, "town", **OFTEN, DAEMON_STALL_TIMEOUT="4", SHUTDOWN_GRACE="1") as keeper:
        keeper.wait_for_words("no progress for 4 s")
        town.routes["/rss/home.rss"] = town._feed
        keeper.wait_for_articles(5)
        assert keeper.end() == 0


@pytest.mark.long
def test_a_child_that_does_not_hear_is_killed(desk: Desk, town: Town) -> None:
    with keep(desk, "town", **OFTEN, DAEMON_STALL_TIMEOUT="4", DAEMON_KILL_GRACE="1") as keeper:

        def deafen(exchange: Exchange) -> None:
            for pid in keeper.children():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
            exchange.hang(20)

        town.routes["/rss/home.rss"] = deafen
        keeper.wait_for_words("did not end, killed")
        town.routes["/rss/home.rss"] = town._feed
        keeper.wait_for_articles(5)
        assert keeper.end() == 0


@pytest.mark.long
def test_a_child_that_cannot_begin_is_on_record_and_not_tried_at_once(desk: Desk) -> None:
    desk.settings = dict(QUICK)
    assert desk.run("daemon", "--once", "town").returncode == 0
    lock = desk.folder / "archive.db.locks" / "town.lock"
    lock.unlink()
    lock.mkdir()
    desk.change("update seeds set next_poll_at = null")
    with keep(desk, "town", DAEMON_HOLD="30") as keeper:
        keeper.wait_for_words("could not begin")
        time.sleep(1)
        assert keeper.said.count("could not begin") == 1
        assert keeper.end() == 0
    assert desk.value("select count(*) from runs where state = 'failed'") == 1


@pytest.mark.long
def test_nothing_is_lost_or_doubled_when_everything_is_killed_again_and_again(
    desk: Desk, town: Town
) -> None:
    chance = Random(5)
    for number in range(4):
        with keep(desk, "town", **OFTEN) as keeper:
            town.publish(f"before kill {number}")
            time.sleep(0.8 + 2 * chance.random())
            children = keeper.children()
            keeper.process.kill()
            keeper.process.wait()
        wait_until(lambda pids=children: not any(is_alive(pid) for pid in pids))
    with keep(desk, "town", **OFTEN) as keeper:
        keeper.wait_until_up()
        keeper.wait_for_articles(9)
        assert keeper.end() == 0
    assert desk.value("select count(*) from articles") == 9
    assert desk.value("select count(distinct url) from articles") == 9
    assert desk.value("select count(*) from links where state <> 'stored'") == 0
    assert desk.value("pragma integrity_check") == "ok"


def wait_until(what: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.long
def test_what_it_writes_is_private_whatever_the_umask(desk: Desk) -> None:
    desk.settings = {**QUICK, "NIGHTLY_HOUR": "0", "BACKUP_DIR": str(desk.folder / "backups")}
    before = os.umask(0)
    try:
        # In a new interpreter: a server that forks would hand on the umask that it began with.
        with keep(desk, "town", fresh=True) as keeper:
            keeper.wait_for_articles(5)
            keeper.wait_for_words("the backup is done")
            assert keeper.end() == 0
            own = {keeper.log, *desk.sources.rglob("*"), desk.sources}
    finally:
        os.umask(before)
    written = set(desk.folder.rglob("*")) - own
    assert {path.name for path in written if path.suffix == ".gz"}
    assert not [path for path in written if path.stat().st_mode & 0o077]


# --- being a good guest ------------------------------------------------------------------------


def test_public_hosts_are_not_asked_without_contact(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.settings = {**QUICK, "CONTACT": ""}
    desk.add_source("https://baotinhnha.example.vn", seeds=FEED)
    desk.private.clear()
    done = desk.run("daemon", "--once", "town")
    assert done.returncode == 2
    assert "BAOTINH_CONTACT" in done.stderr


@pytest.mark.long
def test_retry_after_holds_across_restart_and_beside_a_crawl(desk: Desk, town: Town) -> None:
    town.routes["/rss/home.rss"] = lambda x: x.reply("later", 429, **{"Retry-After": "6"})
    with keep(desk, "town", **OFTEN) as keeper:
        keeper.wait_for(lambda: town.count("/rss/home.rss"))
        assert keeper.end() == 0
    with keep(desk, "town", **OFTEN) as keeper:
        beside = desk.start("crawl", "town")
        keeper.wait_for(lambda: time.monotonic() - town.hits[0].at > 7)
        beside.kill()
        beside.communicate()
        assert keeper.end() == 0
    times = [hit.at - town.hits[0].at for hit in town.hits if hit.path == "/rss/home.rss"]
    assert not [at for at in times if 0 < at - times[0] < 5.5], times


# --- reload --------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("by_signal", [True, False])
def test_a_new_source_file_is_taken_over(desk: Desk, by_signal: bool) -> None:
    # Something rings each second, and the folder is looked at all the same.
    tick = "60" if by_signal else "2"
    with Town(3, name="n", first=2000) as new:
        desk.private.add(new.netloc)
        with keep(desk, CONTACT="", DAEMON_TICK=tick) as keeper:
            keeper.wait_for_articles(5)
            desk.add_source(new.base, "newcomer", seeds=FEED)
            if by_signal:
                keeper.send(signal.SIGHUP)
            keeper.wait_for_words("changed: newcomer")
            keeper.wait_for_articles(8)
            assert keeper.end() == 0


@pytest.mark.long
def test_a_half_written_source_file_keeps_the_old_one_and_is_told(desk: Desk, town: Town) -> None:
    with keep(desk, "town", **OFTEN) as keeper:
        keeper.wait_for_articles(5)
        path = desk.sources / "town.toml"
        whole = path.read_text(encoding="utf-8")
        path.write_text(whole[: len(whole) // 2], encoding="utf-8")
        keeper.wait_for_words("stays in force")
        assert "town.toml" in keeper.said
        town.publish("while the file is broken")
        keeper.wait_for_articles(6)
        path.write_text(whole, encoding="utf-8")
        keeper.wait_for_words("all source files are right again")
        assert keeper.end() == 0


# --- what it costs ----------------------------------------------------------------------------


@pytest.mark.long
def test_an_idle_daemon_is_small_and_quiet(desk: Desk) -> None:
    with keep(desk, "town", fresh=True, DAEMON_TICK="1") as keeper:
        keeper.wait_for_articles(5)
        keeper.wait_for(lambda: not keeper.children())
        before = cpu_seconds(keeper.process.pid)
        time.sleep(4)
        assert cpu_seconds(keeper.process.pid) - before < before / 5, "what its start took"
        status = Path(f"/proc/{keeper.process.pid}/status").read_text()
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        assert int(resident.split()[1]) < 80 * 1024
        assert keeper.end() == 0


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
