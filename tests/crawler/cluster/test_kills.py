"""Daemon, workers and Redis are killed while they are at work: nothing lost, doubled, or rude.

Real processes, sites that log each request, and a pause that all machines keep together.
`benchmarks/cluster_kills.py` is the long form.
"""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.site.town import Town
from tests.support.cluster import Crowd, find_rudeness
from tests.support.crawls import Desk
from tests.support.daemons import count_articles, keep
from tests.support.kills import find_faults

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.redis import RedisServer

DELAY = 0.1
PAGES = 30
SETTINGS = {
    "DOWNLOAD_DELAY": str(DELAY),
    "DOWNLOAD_DELAY_JITTER": "0",
    "DOWNLOAD_TIMEOUT": "3",
    "DAEMON_STALL_TIMEOUT": "15",
    "DAEMON_SOURCES_A_CHILD": "1",
    "ORDER_PAGES": "200",
}
NAMES = ("one", "two")
LONG = 400.0
"""Seconds that a crawl may take on a machine that has other things to do."""


@pytest.fixture
def towns() -> Iterator[list[Town]]:
    with Town(PAGES, name="a") as one, Town(PAGES, name="b") as two:
        yield [one, two]


@pytest.fixture
def desk(tmp_path: Path, towns: list[Town], redis: RedisServer) -> Desk:
    desk = Desk(tmp_path)
    for name, town in zip(NAMES, towns, strict=True):
        desk.add_source(town.base, name, seeds=[("sitemap", "/sitemap.xml")])
    desk.settings = SETTINGS | {"BROKER": redis.url}
    return desk


def wait_until_asked(towns: list[Town], more: int = 6) -> None:
    """Wait until pages are being fetched: then a kill hits in mid-crawl."""
    before, end = sum(town.bodies_sent() for town in towns), time.monotonic() + LONG
    while sum(town.bodies_sent() for town in towns) < before + more:
        assert time.monotonic() < end, "nothing is fetched"
        time.sleep(0.02)


def check_sound(desk: Desk, towns: list[Town]) -> None:
    assert count_articles(desk) == PAGES * len(towns)
    assert find_faults(desk) == {}
    assert [find_rudeness(town, DELAY) for town in towns] == [[] for _ in towns]
    done = desk.run("verify", timeout=LONG)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.long
def test_workers_daemon_and_redis_are_killed_in_mid_crawl(
    desk: Desk, towns: list[Town], redis: RedisServer
) -> None:
    with Crowd(desk, redis, DAEMON_STALL_TIMEOUT="15") as crowd:
        first = crowd.hire()
        with keep(desk, *NAMES, DAEMON_STALL_TIMEOUT="15", DAEMON_HOLD="1") as daemon:
            wait_until_asked(towns)
            crowd.kill(first)
            crowd.hire()
            daemon.wait_for_words("given up: worker w1 was not heard of", LONG)
            wait_until_asked(towns)
            daemon.send(signal.SIGKILL)
        with keep(desk, *NAMES, DAEMON_STALL_TIMEOUT="15", DAEMON_HOLD="1") as daemon:
            redis.kill()
            time.sleep(2)
            redis.start()
            daemon.wait_for_articles(PAGES * len(towns), LONG)
            daemon.wait_for(lambda: not daemon.children(), LONG)
            assert daemon.end() == 0
        assert crowd.kill(crowd.running[0], signal.SIGTERM) == 0
        assert "Traceback" not in crowd.said + daemon.said
    assert desk.value("select count(*) from runs where outcomes like '%failed/%'") == 0
    check_sound(desk, towns)
