"""Workers against the daemon's own children, on loopback, with a real Redis.

    python benchmarks/cluster.py [--hosts 8] [--pages 40] [--delay 0.25] [--workers 1 2 4]

Each host is a source of so many pages, asked one at a time with a pause, so that the pace of hosts is
the bound, as in life. One worker, and the daemon at home, run one crawl of one source at a time:
ratios say what another worker brings. CPU is that of all processes but the sites', from start to end.
With `--delay 0` the machine is the bound, and the CPU a page says more than the ratios. Fails when an
article is missing or doubled, or a host was asked twice at once or too early.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.site.town import Town
from tests.support.crawls import Desk
from tests.support.daemons import Keeper, keep
from tests.support.kills import find_faults
from tests.support.redis import RedisServer, run_redis

if TYPE_CHECKING:
    from collections.abc import Iterator

SEEDS = [("sitemap", "/sitemap.xml")]
MERGED = re.compile(r"merged from \S+ in ([\d.]+) s: (\d+) new")
DELIVERED = re.compile(r"delivered, (\d+) KB")


@dataclass(slots=True)
class Result:
    """What one round took. Seconds; memory is the greatest ever, in megabytes."""

    name: str
    pages: int = 0
    wall: float = 0.0
    daemon_cpu: float = 0.0
    """Of the daemon and, where there are no workers, of its children."""
    worker_cpu: float = 0.0
    daemon_mb: float = 0.0
    worker_mb: float = 0.0
    merges: list[tuple[float, int]] = field(default_factory=list)
    """Seconds and new articles of each."""
    deliveries: list[int] = field(default_factory=list)
    """Kilobytes."""

    @property
    def rate(self) -> float:
        return self.pages / self.wall

    @property
    def page_ms(self) -> float:
        return (self.daemon_cpu + self.worker_cpu) * 1000 / self.pages


def main() -> None:
    """Run each round in an archive of its own, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hosts", type=int, default=8)
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--delay", type=float, default=0.25)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    options = parser.parse_args()
    rounds = [0, *options.workers]
    results = [run_round(n, options.hosts, options.pages, options.delay) for n in rounds]
    report(results)


def run_round(workers: int, hosts: int, pages: int, delay: float) -> Result:
    """One archive filled by the daemon's own children (0) or by so many workers."""
    name = f"{workers} worker{'s' * (workers > 1)}" if workers else "at home"
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        desk = Desk(folder)
        towns = []
        for number in range(hosts):
            town = stack.enter_context(Town(pages, name=f"s{number}-", lifetime=3600))
            desk.add_source(town.base, f"s{number}", seeds=SEEDS)
            towns.append(town)
        desk.settings = {
            "DOWNLOAD_DELAY": str(delay),
            "DAEMON_SOURCES_A_CHILD": "1",
            "DAEMON_CHILDREN": "1",
            "WORKER_CHILDREN": "1",
            "ORDER_PAGES": "200",
        }
        crew: list[Process] = []
        if workers:
            redis = stack.enter_context(run_redis(folder / "redis"))
            desk.settings["BROKER"] = redis.url
            crew = [stack.enter_context(work(desk, number)) for number in range(workers)]
            wait_for_workers(redis, workers)
        result = watch(name, desk, crew, hosts * pages)
        check(desk, towns, delay)
    print(f"{name}: {result.pages} pages in {result.wall:.1f} s", flush=True)
    return result


def watch(name: str, desk: Desk, crew: list[Process], pages: int) -> Result:
    """Run a daemon until all pages are there; return the figures."""
    begun = [each.cpu() for each in crew]
    started = time.monotonic()
    sources = [path.stem for path in desk.sources.iterdir()]
    with keep(desk, *sources) as keeper:
        keeper.wait_for_articles(pages, 1200)
        wall = time.monotonic() - started
        wait_for_the_end(keeper, desk)
        daemon = Process(keeper.process.pid, keeper.log)
        return Result(
            name,
            pages=pages,
            wall=wall,
            daemon_cpu=daemon.cpu(),
            daemon_mb=daemon.peak_mb(),
            worker_cpu=sum(each.cpu() for each in crew) - sum(begun),
            worker_mb=max((each.peak_mb() for each in crew), default=0.0),
            merges=[(float(s), int(n)) for s, n in MERGED.findall(keeper.said)],
            deliveries=[int(kb) for each in crew for kb in DELIVERED.findall(each.said)],
        )


def wait_for_the_end(keeper: Keeper, desk: Desk) -> None:
    """Wait until no run is open: children that have ended have told what they cost."""
    keeper.wait_for(lambda: desk.value("select count(*) from runs where state = 'running'") == 0)
    keeper.wait_for(lambda: keeper.children() == [])


@dataclass(slots=True)
class Process:
    """A running process of ours."""

    pid: int
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def cpu(self) -> float:
        """Seconds of CPU, with those of its children that have ended."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")

    def peak_mb(self) -> float:
        """Megabytes, without its children."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024


@contextlib.contextmanager
def work(desk: Desk, number: int) -> Iterator[Process]:
    """A worker; killed at the end of the block."""
    log = desk.folder / f"worker-{number}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "crawler", "worker", "--name", f"w{number}"],
            env=desk.environ, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        yield Process(process.pid, log)
    finally:
        process.kill()
        process.wait()


def wait_for_workers(redis: RedisServer, count: int) -> None:
    """Wait until so many have said that they are there."""
    deadline = time.monotonic() + 120
    with redis.client() as client:
        while client.hlen("baotinh:workers") < count:
            assert time.monotonic() < deadline, "no worker"
            time.sleep(0.1)


def check(desk: Desk, towns: list[Town], delay: float) -> None:
    """Fail unless all is there once, and every host was asked politely."""
    faults = find_faults(desk)
    assert not faults, faults
    for town in towns:
        assert town.max_concurrent == 1, town.base
        assert town.min_gap() >= delay - 0.01, (town.base, town.min_gap())


def report(results: list[Result]) -> None:
    """Print the tables of docs/benchmarks.md."""
    home = results[0]
    one = next((each for each in results if each.deliveries), home)
    print(
        "\n| | pages/s | to one worker | CPU ms a page, daemon + workers | to home | MB, daemon / worker |"
    )
    print("|---|---|---|---|---|---|")
    for each in results:
        daemon, worker = (cpu * 1000 / each.pages for cpu in (each.daemon_cpu, each.worker_cpu))
        print(
            f"| {each.name} | {each.rate:.1f} | {each.rate / one.rate:.2f} "
            f"| {daemon:.1f} + {worker:.1f} | {each.page_ms / home.page_ms:.2f} "
            f"| {each.daemon_mb:.0f} / {each.worker_mb:.0f} |"
        )
    merges = [merge for each in results for merge in each.merges]
    sizes = [size for each in results for size in each.deliveries]
    if merges and sizes:
        articles = sum(count for _, count in merges)
        print(f"\nmerge: {articles / sum(seconds for seconds, _ in merges):.0f} pages/s")
        print(f"delivery: {sum(sizes) / articles:.1f} KB a page")


if __name__ == "__main__":
    main()
