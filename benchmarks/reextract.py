"""Captures read again a CPU second and a second, by number of processes; and killed ones.

    python benchmarks/reextract.py [--pages N] [--jobs 1 2] [--kills N]

An archive is filled by a crawl of the site of `benchmarks/crawl.py`, its texts are spoiled as older
rules might have left them, and each number of jobs reads a copy of it. All must leave the same
rows, the killed ones after one more run. Memory is the most that one process held (VmHWM).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.crawl import ROOT, Paper
from tests.support.crawls import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = (
    "select * from revisions order by id",
    "select * from articles order by id",
    "select * from links order by id",
    "select * from images order by article_id, position",
    "select * from mentions order by article_id, unit",
    "select * from copy_keys order by key, article_id",
)
SPOIL = "update articles set body = body || char(10, 10) || 'Chia sẻ bài viết', digest = 'x' || id"


def main() -> int:
    """Run all of it; 1 when rows differ."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--pages", type=int, default=600)
    options.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    options.add_argument("--kills", type=int, default=5)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, Paper(given.pages, lifetime=1800) as town:
        desk = Desk(Path(folder))
        desk.add_source(town.base, seeds=[("sitemap", "/sitemap.xml")])
        run(desk, ["crawl", "town"])
        with closing(sqlite3.connect(desk.archive, isolation_level=None)) as conn:
            conn.execute(SPOIL)
            conn.execute("pragma wal_checkpoint(truncate)")
        whole = desk.archive.with_name("whole")
        shutil.copyfile(desk.archive, whole)
        digests = {}
        for jobs in given.jobs:
            shutil.copyfile(whole, desk.archive)
            seconds, cpu, writer, memory = run(desk, ["reextract", "--jobs", str(jobs)])
            digests[jobs] = rows_of(desk.archive)
            print(
                f"{jobs} jobs: {given.pages / seconds:.1f} pages a second,"
                f" {given.pages / cpu:.1f} a CPU second, {100 * writer / cpu:.0f} % of it in the"
                f" first process, at most {memory} MB a process",
                flush=True,
            )
        shutil.copyfile(whole, desk.archive)
        for _ in range(given.kills):
            kill(desk, given.jobs[-1], seconds)
        run(desk, ["reextract", "--jobs", str(given.jobs[-1])])
        digests["killed"] = rows_of(desk.archive)
        same = len(set(digests.values())) == 1
        print("the same rows" if same else f"rows differ: {digests}")
    return int(not same)


def run(desk: Desk, words: list[str]) -> tuple[float, float, float, int]:
    """Run a command: seconds, CPU seconds of all and of the first process, most MB of one."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    child = start(desk, words)
    memory, writer = 0, 0.0
    while child.poll() is None:
        memory = max(memory, *map(peak, family(child.pid)), 0)
        writer = max(writer, cpu_of(child.pid))
        time.sleep(0.1)
    if child.returncode:
        sys.exit(f"{' '.join(words)} ended with {child.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - started, cpu, writer, memory


def kill(desk: Desk, jobs: int, seconds: float) -> None:
    """Kill a command at a random moment; its processes must be gone with it."""
    child = start(desk, ["reextract", "--jobs", str(jobs)])
    time.sleep(random.uniform(0.2, 0.9) * seconds)
    processes = list(family(child.pid))
    child.send_signal(signal.SIGKILL)
    child.wait()
    for _ in range(50):
        left = [pid for pid in processes if peak(pid)]
        if not left:
            return
        time.sleep(0.1)
    print(f"{len(left)} processes live on")


def start(desk: Desk, words: list[str]) -> subprocess.Popen[bytes]:
    """Start a command on the archive."""
    return subprocess.Popen(
        [sys.executable, "-m", "crawler", *words],
        env=desk.environ | {"PYTHONWARNINGS": "ignore"},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )


def family(pid: int) -> Iterator[int]:
    """A process and its children."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            yield from map(int, task.read_text().split())
        except OSError:
            continue


def cpu_of(pid: int) -> float:
    """CPU seconds of a process so far; 0 where there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak(pid: int) -> int:
    """The most memory a process has held, in MB; 0 where there is none."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    held = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(next(held, "0")) // 1024


def rows_of(path: Path) -> str:
    """A digest over what reading again may change."""
    total = hashlib.sha256()
    with closing(sqlite3.connect(path)) as conn:
        for sql in ROWS:
            for row in conn.execute(sql):
                total.update(repr(row).encode())
    return total.hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main())
