"""Time to first byte of the pages, wall and CPU, and memory of the server, on a large archive.

    python -m benchmarks.pages --articles 1000000 --folder /var/tmp/pages
    python -m benchmarks.pages --folder /var/tmp/pages          # the archive that is there, again

Articles are of benchmarks/syllables.py, of 131 outlets and ten years. The full-text tables for plain
SQL are left empty: no page asks them. ``--plain`` leaves the index out, too, which takes most of the
building: searches are then not asked.
"""

from __future__ import annotations

import argparse
import datetime as dt
import http.client
import os
import random
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from benchmarks.syllables import COMMON, Writer
from crawler.sources import load_sources
from storage.archive import Archive
from storage.places.units import load_provinces
from storage.records import SourceRow
from tests.support.servers import Served, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

DAYS = 3650
BODIES = 400
"""Different texts in each 20,000 articles: the pages read them, and do not compare them."""
QUERIES = 60
ROUNDS = 3
_ARTICLE = """
insert into articles (id, source_id, key, url, canonical_url, title, summary, body, section,
    published_at, published_on, first_seen_at, last_seen_at, digest, cluster_id)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


def main() -> None:
    """Build what is not there, ask, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--plain", action="store_true")
    options = parser.parse_args()
    path = options.folder / "archive.db"
    if not path.exists():
        options.folder.mkdir(parents=True, exist_ok=True)
        began = time.process_time()
        build(path, options.articles, plain=options.plain)
        print(
            f"built in {time.process_time() - began:.0f} s of CPU, {path.stat().st_size >> 20} MB"
        )
    with serve(path) as served:
        measure(served, options.articles, plain=options.plain)


def build(path: Path, number: int, *, plain: bool) -> None:
    """Write the archive: rows without triggers, then the index."""
    with Archive.open(path) as archive:
        for source in load_sources().values():
            facts = {name: getattr(source, name) for name in SourceRow.__slots__}
            archive.sources.put(SourceRow(**facts | {"kind": str(source.kind), "status": "active"}))
        conn = archive._db.conn
        conn.execute("pragma synchronous = off")
        triggers = conn.execute("select name from sqlite_master where type = 'trigger'").fetchall()
        for (name,) in triggers:
            conn.execute(f"drop trigger {name}")
        sources = [source.id for source in archive.sources.all()]
        for first in range(1, number + 1, 20_000):
            conn.execute("begin")
            rows = list(_rows(first, min(first + 20_000, number + 1), number, sources))
            conn.executemany(_ARTICLE, rows)
            conn.executemany(
                "insert into article_revisions (article_id, number, seen_at, kind)"
                " values (?, 1, ?, ?)",
                [(row[0], row[11], "edited" if row[0] % 50 == 0 else "first") for row in rows],
            )
            conn.executemany("insert into place_articles values (?, ?)", _places(rows))
            conn.execute("commit")
        conn.execute("analyze")
        archive.checkpoint()
        if not plain:
            archive.update_index()


def _rows(first: int, end: int, number: int, sources: list[str]) -> Iterator[tuple[Any, ...]]:
    chance, writer = random.Random(first), Writer(first)
    texts = [writer.article() for _ in range(min(BODIES, end - first))]
    last = dt.date.today()  # noqa: DTZ011 - days of a benchmark
    for at in range(first, end):
        title, summary, body = texts[chance.randrange(len(texts))]
        source = sources[min(int(chance.paretovariate(0.6)) - 1, len(sources) - 1)]
        day = (last - dt.timedelta(days=DAYS - DAYS * at // number)).isoformat()
        url = f"https://{source}.example/tin-a{at}.html"
        moment = f"{day}T{at % 24:02}:00:00"
        yield (
            at, source, str(at), url, url, f"{title} {at}", summary, body, "Thời sự",
            f"{moment}+07:00", day, f"{moment}Z", f"{moment}Z", str(at), at,
        )  # fmt: skip


def _places(rows: list[tuple[Any, ...]]) -> Iterator[tuple[str, int]]:
    codes = [unit.code for unit in load_provinces().provinces]
    for row in rows:
        yield from {(codes[row[0] % 34], row[0]), (codes[34 + row[0] % 63], row[0])}


def paths(number: int, *, plain: bool) -> list[str]:
    """Return addresses of every kind of page, the same each time."""
    chance = random.Random(3)
    sources = list(load_sources())
    found = ["/", "/?page=3", "/sources", "/places", "/changes", "/changes.atom", "/help"]
    found += [f"/article/{chance.randint(1, number)}" for _ in range(12)]
    found += [f"/source/{source}" for source in sources[:8]]
    found += [f"/?source={source}" for source in sources[8:12]]
    found += [f"/place/{code}" for code in ("80", "80c", "01", "46c")]
    if not plain:
        for _ in range(QUERIES - 10):
            words = chance.sample(COMMON, chance.randint(1, 4))
            found.append("/?q=" + quote_plus(" ".join(words)))
        for extra in (
            "&province=Long+An",
            "&since=2024-01-01",
            "&sort=date",
            "&copies=1",
            "&page=2",
        ):
            found += [f"/?q={quote_plus(' '.join(chance.sample(COMMON, 2)))}{extra}" for _ in "12"]
        found += ["/compare?q=gia+lua&q=lu+lut", "/feed.atom?q=gia+lua"]
    return found


def measure(served: Served, number: int, *, plain: bool) -> None:
    """Ask each page, print what a kind takes."""
    kinds: dict[str, list[tuple[float, float]]] = {}
    for _ in range(ROUNDS):
        for path in paths(number, plain=plain):
            kind = "search" if "q=" in path else path.split("?")[0].rsplit("/", 1)[0] or path[:9]
            kinds.setdefault(kind, []).append(_ask(served, path))
    print(f"{'':14}{'pages':>6}{'p50 ms':>9}{'p95 ms':>9}{'CPU p95':>9}{'worst':>9}")
    kinds["all"] = [pair for pairs in kinds.values() for pair in pairs]
    for kind, pairs in kinds.items():
        wall, cpu = sorted(p[0] for p in pairs), sorted(p[1] for p in pairs)
        at = min(len(wall) - 1, int(0.95 * len(wall)))
        print(
            f"{kind:14}{len(wall):6}{1000 * statistics.median(wall):9.1f}{1000 * wall[at]:9.1f}"
            f"{1000 * cpu[at]:9.1f}{1000 * wall[-1]:9.1f}"
        )
    print(f"memory: {served.peak_mb:.0f} MB at most")


def _ask(served: Served, path: str) -> tuple[float, float]:
    conn = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    busy = _cpu(served.pid)
    began = time.perf_counter()
    conn.request("GET", path, headers={"Accept-Language": "vi"})
    answer = conn.getresponse()
    wall = time.perf_counter() - began
    answer.read()
    conn.close()
    if answer.status != 200:
        print(f"{answer.status} {path}", file=sys.stderr)
    return wall, _cpu(served.pid) - busy


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
