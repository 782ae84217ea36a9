"""Daemon, workers, merges and Redis killed again and again: what is lost, doubled, or asked too soon.

    python benchmarks/cluster_kills.py [--hosts 4] [--pages 40] [--delay 0.3] [--kills 10] [--seed 1]

Sites on loopback log every request. In each round an archive is filled by a daemon and two workers:

* workers: killed with -9 at random moments in mid-crawl, a new one started for each;
* daemon: killed with -9, some of the times while it merges, and started again;
* redis: killed with -9 and started again some seconds later on its own log;
* cut off: a worker is stopped (SIGSTOP) until its order is given up and done by others, then goes on.

Fails where an article is missing or doubled, requests to a host overlap or come early, a page counts
as failed, or `verify` complains.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.site.town import Town
from tests.support.cluster import Crowd, find_rudeness
from tests.support.crawls import Desk
from tests.support.daemons import Keeper, count_articles, keep
from tests.support.kills import find_faults
from tests.support.redis import RedisServer, run_redis

if TYPE_CHECKING:
    from collections.abc import Callable

    Round = Callable[["Scene", random.Random, int], int]

LONGEST = 1200.0


class Scene:
    """Everything of one round."""

    def __init__(self, stack: contextlib.ExitStack, hosts: int, pages: int, delay: float) -> None:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self.stack, self.delay, self.pages = stack, delay, pages
        self.redis: RedisServer = stack.enter_context(run_redis(folder / "redis"))
        self.desk = Desk(folder)
        self.towns = []
        for number in range(hosts):
            town = stack.enter_context(Town(pages, name=f"s{number}-", lifetime=3600))
            self.desk.add_source(town.base, f"s{number}", seeds=[("sitemap", "/sitemap.xml")])
            self.towns.append(town)
        self.desk.settings = {
            "DOWNLOAD_DELAY": str(delay),
            "DOWNLOAD_DELAY_JITTER": "0",
            "DOWNLOAD_TIMEOUT": "3",
            "DAEMON_SOURCES_A_CHILD": "1",
            "DAEMON_STALL_TIMEOUT": "15",
            "DAEMON_HOLD": "1",
            "BROKER": self.redis.url,
        }
        self.crowd = stack.enter_context(Crowd(self.desk, self.redis))
        self.crowd.hire()
        self.crowd.hire()
        self.daemon = self.start_daemon()

    def start_daemon(self) -> Keeper:
        names = [path.stem for path in self.desk.sources.iterdir()]
        return self.stack.enter_context(keep(self.desk, *names))

    @property
    def said(self) -> str:
        """What all daemons of the round have logged."""
        return "".join(log.read_text("utf-8") for log in self.desk.folder.glob("daemon-*.log"))

    @property
    def asked(self) -> int:
        return sum(town.bodies_sent() for town in self.towns)

    @property
    def is_done(self) -> bool:
        return count_articles(self.desk) >= self.pages * len(self.towns)

    def wait_for_requests(self, more: int) -> bool:
        """Wait for so many pages more; False when all is done before."""
        goal, end = self.asked + more, time.monotonic() + LONGEST
        while self.asked < goal and not self.is_done:
            assert time.monotonic() < end, self.crowd.said + self.daemon.said
            time.sleep(0.02)
        return not self.is_done

    def check(self) -> list[str]:
        """What is wrong at the end."""
        self.daemon.wait_for_articles(self.pages * len(self.towns), LONGEST)
        self.daemon.wait_for(lambda: not self.daemon.children(), LONGEST)
        self.daemon.end()
        faults = find_faults(self.desk)
        if "(late)" in self.said:  # what comes late is counted in no run
            faults.pop("outcomes", None)
        wrong = [f"{name}: {what}" for name, what in faults.items()]
        wrong += [said for town in self.towns for said in find_rudeness(town, self.delay)]
        failed = "select count(*) from runs where outcomes like '%failed/%'"
        wrong += ["failed pages"] * bool(self.desk.value(failed))
        wrong += ["a traceback"] * ("Traceback" in self.crowd.said + self.said)
        verified = self.desk.run("verify", timeout=LONGEST)
        return wrong + ([verified.stdout] if verified.returncode else [])


def kill_workers(scene: Scene, chance: random.Random, kills: int) -> int:
    done = 0
    while done < kills and scene.wait_for_requests(chance.randint(2, 8)):
        scene.crowd.kill(chance.choice(scene.crowd.running))
        scene.crowd.hire()
        done += 1
    return done


def kill_daemons(scene: Scene, chance: random.Random, kills: int) -> int:
    done = 0
    while done < kills and scene.wait_for_requests(chance.randint(4, 20)):
        if chance.random() < 0.5:
            orders = scene.desk.folder / "archive.db.locks" / ".orders"
            end = time.monotonic() + 20
            while not any(orders.glob("*/words.json")) and time.monotonic() < end:
                time.sleep(0.002)
            time.sleep(chance.uniform(0.0, 0.3))
        scene.daemon.send(signal.SIGKILL)
        scene.daemon.process.wait(10)
        scene.daemon = scene.start_daemon()
        done += 1
    return done


def kill_redis(scene: Scene, chance: random.Random, kills: int) -> int:
    done = 0
    while done < kills and scene.wait_for_requests(chance.randint(4, 20)):
        scene.redis.kill()
        time.sleep(chance.uniform(0.5, 4.0))
        scene.redis.start()
        done += 1
    return done


def cut_off(scene: Scene, chance: random.Random, kills: int) -> int:
    done = 0
    while done < min(2, kills) and scene.wait_for_requests(chance.randint(4, 10)):
        worker = chance.choice(scene.crowd.running)
        worker.send_signal(signal.SIGSTOP)
        given_up = scene.daemon.said.count("given up")
        end = time.monotonic() + 60
        while scene.daemon.said.count("given up") == given_up and time.monotonic() < end:
            time.sleep(0.2)
        worker.send_signal(signal.SIGCONT)
        done += 1
    return done


ROUNDS: dict[str, Round] = {
    "workers": kill_workers,
    "daemon": kill_daemons,
    "redis": kill_redis,
    "cut off": cut_off,
}


def main() -> None:
    """Run each round, print one line, and fail if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hosts", type=int, default=4)
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--delay", type=float, default=0.3)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", nargs="*", choices=list(ROUNDS), default=list(ROUNDS))
    options = parser.parse_args()
    wrong: list[str] = []
    for name in options.rounds:
        with contextlib.ExitStack() as stack:
            scene = Scene(stack, options.hosts, options.pages, options.delay)
            begun = time.monotonic()
            kills = ROUNDS[name](scene, random.Random(options.seed), options.kills)
            found = scene.check()
            again = scene.asked - options.hosts * options.pages
            print(
                f"{name}: {kills} times, {count_articles(scene.desk)} articles of"
                f" {options.hosts * options.pages}, {again} pages fetched again,"
                f" {len(found)} wrong, {time.monotonic() - begun:.0f} s",
                flush=True,
            )
            wrong += found
    sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
