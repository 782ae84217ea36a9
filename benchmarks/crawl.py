"""Articles per CPU second of a whole crawl, against two peers and the floor in the same run.

    python benchmarks/crawl.py [--pages N] [--runs N] [--no-profile]

(a) the same crawl that stores nothing: same guards, same extraction, no archive and no captures;
(b) a plain Scrapy spider with trafilatura and one sqlite-utils insert a page;
(c) the floor: one answer, one parse, one gzip, one indexed and synced row, and nothing else.

All fetch the same pages of a site on loopback, one request at a time and without a pause.
Each page is the frame of a real one (some 35 KB: menus, boxes, scripts) around a text of its own.
CPU is user and system time of the child process from its start to its end, imports included; the
site is served by this process and not counted. Figures are medians of interleaved runs.
"""

from __future__ import annotations

import argparse
import html
import pstats
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import html as lxml_html

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.site.exchange import HTML
from tests.site.server import not_found
from tests.site.town import Piece, Town
from tests.support.crawls import Desk

if TYPE_CHECKING:
    from tests.site.exchange import Exchange

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "tests" / "samples" / "v1_baolongan_seed.html"
MARKS = (
    ("//title", "", "@TITLE@"),
    ("//meta[@property='og:title']", "content", "@TITLE@"),
    ("//meta[@property='og:url']", "content", "@URL@"),
    ("//h1", "", "@TITLE@"),
    ("//*[contains(@class,'pubdate')]", "", "@DAY@"),
    ("//*[contains(@class,'detail-desc')]", "", "@LEAD@"),
    ("//*[@class='content-fck-font-size'][@data]", "", "@BODY@"),
)
NAMES = {
    "ours": "baotinh crawl",
    "bare": "(a) the same, storing nothing",
    "plain": "(b) Scrapy, trafilatura, sqlite-utils",
    "floor": "(c) the floor",
}
PARTS = (
    ("extraction", "/crawler/extract/article.py", "extract"),
    ("normal form, fingerprint", "/crawler/runs/texts.py", "normalize_texts"),
    ("normal form, fingerprint", "/crawler/runs/texts.py", "add_fingerprints"),
    ("archive: article, copies, link", "/storage/articles/write.py", "add_all"),
    ("full-text index", "/storage/engine/catchup.py", "catch_up"),
    ("captures: WARC, digest, fsync", "/storage/warc/files.py", "write"),
    ("discovery", "/crawler/discovery/reader.py", "read_seed"),
    ("imports", "<frozen importlib._bootstrap>", "_find_and_load"),
)


PROFILED = """
import cProfile, sys, time
from crawler.cli import main
out = sys.argv.pop(1)
profile = cProfile.Profile(time.process_time)
try:
    profile.runcall(main)
finally:
    profile.dump_stats(out)
"""
"""By CPU time: what a busy machine lets a crawl wait for does not count."""
MOST_TABLES = 8
MOST_FUNCTIONS = 14
EXTRACT = "/crawler/extract/"
_BYTES = """
select case when s.tbl_name like 'articles\\_%' escape '\\' then 'full-text index'
    else s.tbl_name end as owner, sum(d.pgsize) as size
from dbstat d join sqlite_schema s on s.name = d.name
group by owner order by size desc"""


class Paper(Town):
    """A town whose articles stand in the frame of a real page."""

    def __init__(self, count: int, **site: object) -> None:
        super().__init__(count, **site)
        self.frame = read_frame()

    def _show(self, exchange: Exchange) -> None:
        found = next((p for p in self.pieces if p.path == exchange.hit.path), None)
        if found is None:
            not_found(exchange)
            return
        shown = self.illustrate(found)
        page = fill_frame(self.frame, found, exchange.base, shown).encode()
        self._send(exchange, page, HTML, found.version, found.modified)


def read_frame() -> str:
    """A sample page with marks where an article's own title, day, lead and text go."""
    tree = lxml_html.fromstring(SAMPLE.read_bytes().decode())
    for path, name, mark in MARKS:
        node = tree.xpath(path)[0]
        if name:
            node.set(name, mark)
        else:
            for child in list(node):
                node.remove(child)
            node.text = mark
    return str(lxml_html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>"))


def fill_frame(frame: str, piece: Piece, base: str, shown: str = "") -> str:
    """The page of one piece; ``shown`` is HTML behind its text."""
    body = "".join(f"<p>{html.escape(line)}</p>" for line in piece.paragraphs)
    day = piece.published.strftime("%d/%m/%Y - %H:%M")
    words = {"TITLE": piece.title, "LEAD": piece.lead, "URL": base + piece.path, "DAY": day}
    for name, word in words.items():
        frame = frame.replace(f"@{name}@", html.escape(word))
    return frame.replace("@BODY@", body + shown)


def main() -> int:
    """Run the four, print figures and the profile; 1 when a peer did not get every page."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--pages", type=int, default=300)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--no-profile", action="store_true")
    given = options.parse_args()
    costs: dict[str, list[float]] = {name: [] for name in NAMES}
    with Paper(given.pages, lifetime=1800) as town:
        for _ in range(given.runs):
            for name in NAMES:
                cost, stored = measure(name, town)
                if stored != given.pages:
                    print(f"{NAMES[name]}: {stored} of {given.pages} pages")
                    return 1
                costs[name].append(cost)
        report({name: given.pages / statistics.median(cost) for name, cost in costs.items()})
        print_bytes(town)
        if not given.no_profile:
            profile(town)
    return 0


def measure(name: str, town: Town) -> tuple[float, int]:
    """CPU seconds of one child, and how many articles it says it has got."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        desk.add_source(town.base, seeds=[("sitemap", "/sitemap.xml")])
        cost, done = spend(command(name, town.base, folder), desk)
    counted = [word for word in done.stdout.split() if word.isdigit()]
    if not counted:
        sys.stderr.write(done.stderr[-2000:])
    return cost, int(counted[0]) if counted else 0


def spend(
    argv: list[str], desk: Desk, timeout: int = 600
) -> tuple[float, subprocess.CompletedProcess[str]]:
    """CPU seconds of one child, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        argv,
        env=desk.environ | {"PYTHONWARNINGS": "ignore"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done


def command(name: str, base: str, folder: str) -> list[str]:
    """What to run for one of the four."""
    if name == "ours":
        return [sys.executable, "-m", "crawler", "crawl", "town"]
    script = Path(__file__).with_name("crawl_peers.py")
    return [sys.executable, str(script), name, base, folder]


def print_bytes(town: Town) -> None:
    """Bytes an article in the database, by table with its indexes, and of its capture."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        desk.add_source(town.base, seeds=[("sitemap", "/sitemap.xml")])
        subprocess.run(
            command("ours", town.base, folder),
            env=desk.environ,
            cwd=ROOT,
            check=True,
            capture_output=True,
            timeout=600,
        )
        with closing(sqlite3.connect(desk.archive)) as conn:
            (count,) = conn.execute("select count(*) from articles").fetchone()
            tables = conn.execute(_BYTES).fetchall()
        kept = sum(path.stat().st_size for path in desk.folder.glob("captures/*"))
    total = sum(size for _, size in tables)
    print(f"\nBytes an article: {total / count:,.0f} in the database, {kept / count:,.0f} captured")
    for table, size in tables[:MOST_TABLES]:
        print(f"  {table:40}{size / count:9,.0f}")


def report(rates: dict[str, float]) -> None:
    """Print rates, and ours as a share of each peer's."""
    print(f"\n{'':40}articles per CPU second   ms each   ours is")
    for name, rate in rates.items():
        print(f"{NAMES[name]:40}{rate:23.1f}{1000 / rate:10.1f}{rates['ours'] / rate:8.2f} x")


def profile(town: Town) -> None:
    """Where the time of one crawl of ours goes, by part."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        desk.add_source(town.base, seeds=[("sitemap", "/sitemap.xml")])
        out = Path(folder) / "profile"
        words = [sys.executable, "-c", PROFILED, str(out), "crawl", "town"]
        environ = desk.environ | {"PYTHONWARNINGS": "ignore"}
        subprocess.run(words, env=environ, cwd=ROOT, capture_output=True, timeout=600, check=True)
        stats = pstats.Stats(str(out)).stats  # type: ignore[attr-defined]
    total = sum(own for _, _, own, _, _ in stats.values())
    spent: Counter[str] = Counter()
    missed = set(PARTS)
    for (file, _, name), (_, _, _, with_callees, _) in stats.items():
        for part, where, function in PARTS:
            if name == function and file.endswith(where):
                spent[part] += with_callees
                missed.discard((part, where, function))
    for _, where, function in sorted(missed):
        print(f"{function} of {where} was never called: was it moved?", file=sys.stderr)
    spent["Scrapy, Twisted, asyncio, guards"] = total - spent.total()
    print(f"\nWhere {total:.1f} s of CPU under the profiler go:")
    for part, seconds in spent.most_common():
        print(f"  {part:40}{100 * seconds / total:5.1f} %")
    print("\nOur dearest functions beside extraction, with the libraries that they call:")
    for (file, line, name), seconds in dearest(stats).most_common(MOST_FUNCTIONS):
        where = f"{file.removeprefix(f'{ROOT}/')}:{line}"
        print(f"  {100 * seconds / total:5.1f} %  {name} ({where})")


def dearest(stats: dict) -> Counter[tuple[str, int, str]]:
    """Seconds that each function of ours spent itself and in libraries, but not in ours."""
    spent: Counter[tuple[str, int, str]] = Counter()
    for function, (_, _, own, _, callers) in stats.items():
        if is_ours(function):
            spent[function] += own
            continue
        for caller, (*_, with_callees) in callers.items():
            if is_ours(caller):
                spent[caller] += with_callees
    return Counter({each: seconds for each, seconds in spent.items() if EXTRACT not in each[0]})


def is_ours(function: tuple[str, int, str]) -> bool:
    """Whether a function is of this project, and does not merely import or start others."""
    file, _, name = function
    starts = file.startswith((f"{ROOT}/crawler/c", f"{ROOT}/crawler/process.py"))
    ours = file.startswith((f"{ROOT}/crawler", f"{ROOT}/storage")) and not starts
    return ours and name != "<module>"


if __name__ == "__main__":
    sys.exit(main())
