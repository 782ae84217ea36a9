"""The daemon under load: what a quiet round costs, fifty kills, an hour's soak in a minute or two.

    python benchmarks/daemon.py cost [--sources 100]
    python benchmarks/daemon.py kill [--times 50]
    python benchmarks/daemon.py soak [--sources 100] [--seconds 120]

Everything is on loopback; each ends with the figures and fails when something was lost or doubled.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import signal
import sys
import tempfile
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.site.town import Town
from tests.support.crawls import Desk
from tests.support.daemons import QUICK, Keeper, count_articles, is_alive, keep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.site.exchange import Hit

FEED = [("feed", "/rss/home.rss")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["cost", "kill", "soak"])
    parser.add_argument("--sources", type=int, default=100)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        if options.what == "cost":
            measure_cost(desk, options.sources)
        elif options.what == "kill":
            kill_often(desk, options.times, Random(options.seed))
        else:
            soak(desk, options.sources, options.seconds, Random(options.seed))


@contextlib.contextmanager
def serve(desk: Desk, count: int, articles: int) -> Iterator[dict[str, Town]]:
    """So many towns, each a source of its own."""
    with contextlib.ExitStack() as stack:
        towns = {}
        for number in range(count):
            town = stack.enter_context(Town(articles, name=f"s{number}-", lifetime=7200.0))
            desk.add_source(town.base, f"s{number}", seeds=FEED)
            towns[f"s{number}"] = town
        yield towns


def measure_cost(desk: Desk, count: int) -> None:
    """CPU seconds of a round in which nothing is new, daemon and children together."""
    desk.settings = {**QUICK, "POLL_INTERVAL": "3600", "DAEMON_CHECKPOINT": "300"}
    with serve(desk, count, 2) as towns:
        assert desk.run("daemon", "--once", *towns, timeout=600).returncode == 0
        assert count_articles(desk) == 2 * count
        desk.change("update seeds set next_poll_at = '2026-01-01T00:00:00Z'")
        before = children_seconds()
        started = time.monotonic()
        assert desk.run("daemon", "--once", *towns, timeout=600).returncode == 0
        cpu, wall = children_seconds() - before, time.monotonic() - started
        asked = sum(town.count("/rss/home.rss") for town in towns.values())
        assert asked == 2 * count, asked
        print(f"{count} sources, nothing new: {cpu:.1f} s CPU, {wall:.1f} s wall")
        measure_idleness(desk, towns)


def measure_idleness(desk: Desk, towns: dict[str, Town], seconds: float = 60.0) -> None:
    """CPU and memory of a daemon whose sources are not due, with the usual tick."""
    with keep(desk, *towns, DAEMON_TICK="30", DAEMON_CHECKUP="3600") as keeper:
        time.sleep(8)
        begin = cpu_seconds(keeper)
        time.sleep(seconds)
        share = (cpu_seconds(keeper) - begin) / seconds
        print(f"idle daemon: {share:.2%} CPU, {memory(keeper) >> 10} MB")
        assert keeper.end() == 0


def cpu_seconds(keeper: Keeper) -> float:
    fields = Path(f"/proc/{keeper.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def kill_often(desk: Desk, times: int, chance: Random) -> None:
    """Kill -9 of the daemon, and with it its children, at random moments."""
    orphans = 0
    with serve(desk, 3, 10) as towns:
        for number in range(times):
            with keep(desk, *towns) as keeper:
                towns[f"s{number % 3}"].publish(f"before kill {number}")
                time.sleep(0.3 + 2.5 * chance.random())
                children = keeper.children()
                keeper.process.kill()
                keeper.process.wait()
                time.sleep(0.3)
                orphans += sum(is_alive(pid) for pid in children)
        total = sum(len(town.pieces) for town in towns.values())
        with keep(desk, *towns) as keeper:
            keeper.wait_for_articles(total, 300)
            assert keeper.end() == 0
    check(desk, total)
    assert orphans == 0, orphans
    print(f"{times} kills: {total} of {total} articles, none doubled, no orphan, integrity ok")


@dataclass(slots=True)
class Outage:
    """A source that does not work for a while. Monotonic seconds."""

    source: str
    hard: bool
    begin: float
    end: float


def soak(desk: Desk, count: int, seconds: float, chance: Random) -> None:
    """Publish, edit, fail and recover for a while; then everything must be in and told rightly."""
    said = desk.folder / "alarms.jsonl"
    script = desk.folder / "listen.py"
    script.write_text(f"import sys\nopen({str(said)!r}, 'a').write(sys.stdin.read() + '\\n')\n")
    desk.settings = {
        "ALARM_COMMAND": f"{sys.executable} {script}",
        "POLL_INTERVAL": "2",
        "REVISIT_SLACK": "2",
        "RETRY_BACKOFF": "0.2",
        "DAEMON_TICK": "0.1",
        "DAEMON_GATHER": "0.5",
        "DAEMON_CHECKUP": "10",
    }
    with serve(desk, count, 5) as towns, keep(desk, *towns) as keeper:
        keeper.wait_for_articles(5 * count, 600)
        first = memory(keeper)
        outages = disturb(towns, seconds, chance)
        total = sum(len(town.pieces) for town in towns.values())
        keeper.wait_for_articles(total, 300)
        keeper.wait_for(lambda: not troubled(desk), 300)
        last = memory(keeper)
        assert keeper.end(signal.SIGTERM) == 0
        heard = [
            each
            for each in outages
            if any(each.begin < hit.at < each.end - 3 for hit in feed_hits(towns[each.source]))
        ]
    check(desk, total)
    new = sum(
        json.loads(str(row[0])).get("new", 0) for row in desk.rows("select outcomes from runs")
    )
    assert new == total, (new, total)
    told = [json.loads(line) for line in said.read_text().splitlines()] if said.exists() else []
    changes = check_alarms(told, outages, heard)
    runs = desk.value("select count(*) from runs")
    print(f"{count} sources, {seconds:.0f} s: {total} articles in, {runs} runs, all accounted for")
    print(
        f"{len(outages)} outages, {len(heard)} met by a poll: {changes} changes told in"
        f" {len(told)} messages, each once, no false alarm, none missed"
    )
    print(f"daemon memory {first >> 10} MB at first, {last >> 10} MB at the end")
    assert last < 80 << 10
    assert last < first + (6 << 10)


def check_alarms(told: list[dict[str, Any]], outages: list[Outage], heard: list[Outage]) -> int:
    """Nobody is accused wrongly, trouble and its end take turns; return the number of changes."""
    states: dict[str, list[str]] = {}
    for message in told:
        for change in message["changes"]:
            states.setdefault(change["source_id"], []).append(change["state"])
    wrong = set(states) - {each.source for each in outages}
    assert not wrong, wrong
    for source, list_ in states.items():
        turns = [state == "ok" for state in list_]
        assert turns == [False, True] * (len(turns) // 2), (source, list_)
    missed = {each.source for each in heard if each.hard} - set(states)
    assert not missed, missed
    return sum(map(len, states.values()))


def feed_hits(town: Town) -> list[Hit]:
    return [hit for hit in town.hits if hit.path == "/rss/home.rss"]


def disturb(towns: dict[str, Town], seconds: float, chance: Random) -> list[Outage]:
    """Something happens four times a second; return what failed for a while."""
    outages: list[Outage] = []
    now = time.monotonic()
    end = now + seconds
    while now < end:
        name = chance.choice(list(towns))
        town = towns[name]
        action = chance.random()
        if action < 0.7:
            town.publish(f"{name} {chance.random()}")
        elif action < 0.9:
            chance.choice(town.pieces).revision += 1
        elif town.routes["/rss/home.rss"] == town._feed:
            status = chance.choice([404, 503])
            town.routes["/rss/home.rss"] = lambda x, s=status: x.reply("down", s)
            outages.append(Outage(name, status == 404, now, now + 20))
        time.sleep(0.25)
        now = time.monotonic()
        recover(towns, outages, now)
    recover(towns, outages, float("inf"))
    return outages


def recover(towns: dict[str, Town], outages: list[Outage], now: float) -> None:
    for outage in outages:
        if outage.end <= now:
            town = towns[outage.source]
            still = any(o.source == outage.source and o.end > now for o in outages)
            if not still:
                town.routes["/rss/home.rss"] = town._feed


def troubled(desk: Desk) -> int:
    return int(str(desk.value("select count(*) from health where state <> 'ok'")))


def memory(keeper: Keeper) -> int:
    """Resident memory of the daemon in KB."""
    status = Path(f"/proc/{keeper.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


def check(desk: Desk, total: int) -> None:
    """Every article once, the database whole, nothing left over."""
    assert desk.value("select count(*) from articles") == total
    assert desk.value("select count(distinct source_id || key) from articles") == total
    assert desk.value("select count(*) from links where state = 'pending'") == 0
    assert desk.value("pragma integrity_check") == "ok"


if __name__ == "__main__":
    main()
