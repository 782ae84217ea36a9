"""A fortnight in the life: real daemons, real HTTP, and a clock that is moved on between rounds.

    python benchmarks/fortnight.py [--days 14] [--sources 30] [--seed 1] [--step 3600]

Papers of all kinds on loopback publish by office hours; each day troubles are dealt out by dice.
The crawler runs as by a user's timer: ``baotinh daemon --once``, then the clock moves to the next
due time that the archive names. Afterwards every article, alarm and request is held against what
was published, what went wrong and what was allowed. Ends with 1 unless all holds, with 2 where
libfaketime is missing. ``--days 2 --sources 6 --step 7200`` takes about a minute.

The clock of the papers is the truth; the machine's own may be wrong. Not simulated: names (DNS),
several machines, a long-lived daemon (each round is a process), slow networks.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))

from life import verdict
from life.machine import MEGABYTES, Machine, Receiver, find_faketime
from life.papers import FORMS, SEEDS, Paper, World
from life.stories import DAY, HOUR, START, write_stories
from life.troubles import FOREVER, deal_troubles

from crawler.scheduling import retries
from tests.support.certificates import make_certificate, trust
from tests.support.crawls import Desk
from tests.support.disks import no_space, small_disk

if TYPE_CHECKING:
    from life.troubles import Trouble

DELAY = 0.05
SETTINGS = {
    "DOWNLOAD_DELAY": str(DELAY),
    "DOWNLOAD_TIMEOUT": "5",
    "RETRY_AFTER_WAIT": "2",
    "RETRY_BACKOFF": "0.1",
    "CRAWL_SOURCES_AT_ONCE": "12",
    "DAEMON_CHILDREN": "2",
    "DAEMON_GATHER": "0.05",
    "DISK_RESERVE_MB": "0",
    "NIGHTLY_HOUR": "24",
}
SKEW = -3 * HOUR
TLS_EVERY = 5
"""One in so many papers speaks TLS."""
NO_ID = "accept = ['^https?://[^/]+/.+-a\\d+\\.html$']"
WITH_ID = r"accept = ['-a(?P<id>\d+)\.html$']"


def main() -> int:
    """Live through it, judge, print; return the exit code."""
    options = read_options()
    library = find_faketime()
    if library is None:
        print("the fortnight needs libfaketime: install the package faketime")
        return 2
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fortnight-")))
        can_fill = stack.enter_context(small_disk(folder, MEGABYTES))
        desk = Desk(folder, settings=dict(SETTINGS))
        world = World()
        papers = open_papers(options, desk, world, stack)
        troubles = share_troubles(papers, options)
        receiver = stack.enter_context(Receiver(world))
        desk.private.add(receiver.netloc)
        desk.settings["ALARM_WEBHOOK"] = f"http://{receiver.netloc}/alarm"
        machine = Machine(desk, world, library, [paper.name for paper in papers])
        # Asked to end, it finishes the round and judges what was lived through so far.
        signal.signal(signal.SIGTERM, lambda *_: setattr(machine, "stopping", True))
        print("\n".join(map(str, troubles)), flush=True)
        live(machine, options, receiver, can_fill=can_fill)
        waiting, ended = machine.waiting(), world.now
        print(f"lived until {verdict.when(ended)}, of {options.days} days", flush=True)
        for each in troubles:
            each.end = min(each.end, ended) if each.end < FOREVER else each.end
        settle(machine)
        print(
            f"pages still waiting at the end: {waiting}, after the dust settled: {machine.waiting()}"
        )
        return report(machine, papers, troubles, receiver, options, ended=ended, can_fill=can_fill)


def read_options() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--sources", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--step", type=float, default=3600, help="least seconds between rounds")
    parser.add_argument("--paper", action="append", help="only this one, with what is dealt to it")
    parser.add_argument("--no-troubles", action="store_true", help="a healthy fortnight")
    parser.add_argument("--verbose", action="store_true", help="print alarms as they come")
    parser.add_argument("--keep", type=Path, help="copy the archive into this folder at the end")
    return parser.parse_args()


def open_papers(
    options: argparse.Namespace, desk: Desk, world: World, stack: contextlib.ExitStack
) -> list[Paper]:
    """Start the papers and write their source files."""
    papers = []
    for number in range(options.sources):
        form = FORMS[number % len(FORMS)]
        name = f"bao-{number:02}-{form}"
        if options.paper and name not in options.paper:
            continue
        chance = Random(f"{options.seed}-{name}")
        stories = write_stories(name, options.days, chance, videos=form == "broadcaster")
        paper = Paper(name, form, stories, world, chance, host=f"127.0.{number + 1}.1")
        if number % TLS_EVERY == 0:
            certify(paper, desk.folder)
        papers.append(stack.enter_context(paper))
        stack.enter_context(paper.second)
        add_source(desk, paper, chance)
    return papers


def certify(paper: Paper, folder: Path) -> None:
    """Give the paper a sound certificate and an expired one, which the machine both trusts."""
    kept, ahead = folder / "certificates", round((START - time.time()) / DAY)
    kept.mkdir(exist_ok=True)
    paper.tls = paper.sound = make_certificate(kept, address=paper.host, begin=-9, end=ahead + 99)
    paper.expired = make_certificate(kept, address=paper.host, begin=-8, end=ahead - 1)
    # The crawler's processes inherit it: OpenSSL trusts these and no other.
    os.environ["SSL_CERT_FILE"] = str(folder / "trusted.pem")
    trust(folder / "trusted.pem", kept)


def add_source(desk: Desk, paper: Paper, chance: Random) -> None:
    """Write the source file of a paper."""
    kind = paper.form if paper.form in ("portal", "broadcaster") else "newspaper"
    more = (
        f'kind = "{kind}"\nhosts = ["{paper.second.netloc}"]\n'
        f"[pace]\npoll = {chance.choice((1800, 2700, 3600))}\n"
    )
    articles = NO_ID if chance.random() < 0.3 else WITH_ID
    desk.add_source(paper.base, paper.name, seeds=SEEDS[paper.form], articles=articles, more=more)
    desk.private.add(paper.second.netloc)


def share_troubles(papers: list[Paper], options: argparse.Namespace) -> list[Trouble]:
    """Deal troubles to the papers."""
    if options.no_troubles:
        return []
    forms = [FORMS[number % len(FORMS)] for number in range(options.sources)]
    traits = {
        f"bao-{number:02}-{form}": [form, *([] if number % TLS_EVERY else ["tls"])]
        for number, form in enumerate(forms)
    }
    names = {paper.name for paper in papers}
    dealt = deal_troubles(traits, options.days, Random(options.seed))
    troubles = [each for each in dealt if each.paper in names]
    for paper in papers:
        paper.troubles = [each for each in troubles if each.paper == paper.name]
    return troubles


def live(
    machine: Machine, options: argparse.Namespace, receiver: Receiver, *, can_fill: bool
) -> None:
    """Run rounds until the days are over; once the clock is set back, once the disk is full."""
    world, end = machine.world, START + options.days * DAY
    back = START + (options.days // 2) * DAY + 10 * HOUR
    full = START + (2 * options.days // 3) * DAY + 14 * HOUR
    troubled, told = not options.no_troubles, 0
    world.now = START + 7 * HOUR
    while world.now < end and not machine.stopping:
        machine.skew = SKEW if troubled and back <= world.now < back + 3 * HOUR else 0.0
        lasts = world.now < full + HOUR or not any(each.full for each in machine.rounds)
        machine.full = troubled and can_fill and world.now >= full and lasts
        with no_space(machine.desk.folder) if machine.full else contextlib.nullcontext():
            done = machine.crawl()
        for alarm in receiver.alarms[told:] if options.verbose else ():
            over = "over: " if alarm.is_end else ""
            print(f"{verdict.when(alarm.at)}: {over}{alarm.source} {alarm}", flush=True)
        told = len(receiver.alarms)
        if done.number % 20 == 0:
            count = machine.desk.value("select count(*) from articles")
            print(f"{verdict.when(world.now)}: round {done.number}, {count} articles", flush=True)
        world.now = max(world.now + options.step, machine.next_due())


def settle(machine: Machine) -> None:
    """Go on without news for a day, in which troubles are told to be over, until no page waits."""
    begin = machine.world.now
    while machine.world.now < begin + (20 * DAY if machine.waiting() else DAY):
        machine.world.now = max(machine.world.now + 6 * HOUR, machine.next_due())
        machine.crawl()


def report(
    machine: Machine,
    papers: list[Paper],
    troubles: list[Trouble],
    receiver: Receiver,
    options: argparse.Namespace,
    *,
    ended: float,
    can_fill: bool,
) -> int:
    """Print figures and what is wrong; return the exit code."""
    findings = [
        verdict.judge_articles(papers, machine, longest_gap()),
        verdict.judge_alarms(troubles, receiver.alarms, ended),
        verdict.judge_manners(papers, DELAY),
        verdict.judge_machine(machine),
    ]
    if not can_fill:
        print("the disk was never full: that needs root and tmpfs")
    for each in findings:
        print("\n".join(each.figures))
    wrong = [line for each in findings for line in each.wrong]
    print("\n".join(["", *shorten(wrong), f"{len(wrong)} findings" if wrong else "all holds"]))
    if options.keep:
        shutil.copytree(machine.desk.folder, options.keep, dirs_exist_ok=True)
    return 1 if wrong else 0


def shorten(lines: list[str], most: int = 12) -> list[str]:
    """Return the first lines of each kind, and how many more there are of it."""
    kinds: dict[str, list[str]] = {}
    for line in lines:
        kinds.setdefault(line.partition(":")[0].partition(" ")[0], []).append(line)
    return [
        text
        for group in kinds.values()
        for text in [*group[:most], *([f"… and {len(group) - most} more"] if group[most:] else [])]
    ]


def longest_gap() -> float:
    """Seconds between two tries at a page, at most, by the written rules."""
    return max(*retries.SLOW, *retries.QUICK)


if __name__ == "__main__":
    begun = time.monotonic()
    code = main()
    print(f"{time.monotonic() - begun:.0f} s")
    sys.exit(code)
