"""Articles per CPU second of a whole crawl, against two peers in the same run.

    python benchmarks/crawl.py [--pages N] [--runs N] [--no-profile]

(a) the same crawl that stores nothing: same guards, same extraction, no archive and no captures;
(b) a plain Scrapy spider with trafilatura and one sqlite-utils insert a page.

All three fetch the same pages of a site on loopback, one request at a time and without a pause.
CPU is user and system time of the child process from its start to its end, imports included; the
site is served by this process and not counted. Figures are medians of interleaved runs.
"""

from __future__ import annotations

import argparse
import os
import pstats
import resource
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.crawls import Desk
from tests.site.town import Town

ROOT = Path(__file__).parent.parent
NAMES = {
    "ours": "baotinh crawl",
    "bare": "(a) the same, storing nothing",
    "plain": "(b) Scrapy, trafilatura, sqlite-utils",
}
GROUPS = (
    ("/crawler/extract/", "extraction"),
    ("/selectolax", "extraction"),
    ("/lxml/", "extraction"),
    ("/storage/warc", "captures"),
    ("/storage/captures", "captures"),
    ("/storage/", "archive"),
    ("/crawler/", "our crawling"),
    ("/scrapy/", "Scrapy"),
    ("/twisted/", "Twisted"),
    ("/OpenSSL/", "Twisted"),
    ("importlib", "imports"),
)
BUILT_IN = (
    ("sqlite3", "archive: SQLite"),
    ("fsync", "captures: fsync"),
    ("zlib", "captures: compression"),
    ("lexbor", "extraction"),
    ("re.Pattern", "regular expressions"),
    ("compile", "imports"),
    ("marshal", "imports"),
    ("_imp.", "imports"),
    ("epoll", "waiting"),
)


def main() -> int:
    """Run the three, print figures and the profile; 1 when a peer did not get every page."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--pages", type=int, default=300)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--no-profile", action="store_true")
    given = options.parse_args()
    costs: dict[str, list[float]] = {name: [] for name in NAMES}
    with Town(given.pages, lifetime=1800) as town:
        for _ in range(given.runs):
            for name in NAMES:
                cost, stored = measure(name, town)
                if stored != given.pages:
                    print(f"{NAMES[name]}: {stored} of {given.pages} pages")
                    return 1
                costs[name].append(cost)
        report({name: given.pages / statistics.median(cost) for name, cost in costs.items()})
        if not given.no_profile:
            profile(town)
    return 0


def measure(name: str, town: Town) -> tuple[float, int]:
    """CPU seconds of one child, and how many articles it says it has got."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        desk.add_source(town.base, seeds=[("sitemap", "/sitemap.xml")])
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            command(name, town.base, folder),
            env=desk.environ | {"PYTHONWARNINGS": "ignore"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    counted = [word for word in done.stdout.split() if word.isdigit()]
    if not counted:
        sys.stderr.write(done.stderr[-2000:])
    cost = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cost, int(counted[0]) if counted else 0


def command(name: str, base: str, folder: str) -> list[str]:
    """What to run for one of the three."""
    if name == "ours":
        return [sys.executable, "-m", "crawler", "crawl", "town"]
    script = Path(__file__).with_name("crawl_peers.py")
    return [sys.executable, str(script), name, base, folder]


def report(rates: dict[str, float]) -> None:
    """Print rates, and ours as a share of each peer's."""
    print(f"\n{'':40}articles per CPU second   ours is")
    for name, rate in rates.items():
        print(f"{NAMES[name]:40}{rate:23.1f}{rates['ours'] / rate:9.2f} x")


def profile(town: Town) -> None:
    """Where the time of one crawl of ours goes, by part."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        desk.add_source(town.base, seeds=[("sitemap", "/sitemap.xml")])
        out = Path(folder) / "profile"
        words = [sys.executable, "-m", "cProfile", "-o", str(out), "-m", "crawler", "crawl", "town"]
        environ = desk.environ | {"PYTHONWARNINGS": "ignore"}
        subprocess.run(words, env=environ, cwd=ROOT, capture_output=True, timeout=600, check=True)
        stats = pstats.Stats(str(out)).stats  # type: ignore[attr-defined]
    spent: Counter[str] = Counter()
    for (file, _, function), (_, _, own, _, _) in stats.items():
        spent[part_of(file, function)] += own
    waited = spent.pop("waiting", 0.0)
    total = spent.total()
    print(f"\nWhere {total:.1f} s under the profiler go (and {waited:.1f} s of waiting):")
    for part, seconds in spent.most_common(10):
        print(f"  {part:26}{100 * seconds / total:5.1f} %")


def part_of(file: str, function: str) -> str:
    """The part of the program that a profiled function belongs to."""
    groups = BUILT_IN if file == "~" else GROUPS
    text = function if file == "~" else file.replace(os.sep, "/")
    return next((part for mark, part in groups if mark in text), "Python and other libraries")


if __name__ == "__main__":
    sys.exit(main())
