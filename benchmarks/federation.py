"""Search over ten archives side by side: CPU of a query, against one of them alone.

    python -m benchmarks.federation [--archives N] [--articles N] [--rounds N] [--half HALF]
        [--keep FOLDER]

Each archive holds other composed articles (``syllables.py``) with the judged ones of ``judged.py``
among them, and an index of its own; the full-text tables, which only plain SQL asks, stay empty.
Prints CPU milliseconds of the judged queries of one half, or of all, and the dearest of them.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.judged import read_planted, read_queries
from benchmarks.syllables import Writer
from storage.archive import Archive
from storage.engine.catchup import catch_up
from storage.engine.folder import folder_of
from storage.federation.archives import Archives
from storage.federation.search import search
from storage.search.filters import Filters

BATCH = 500


def main() -> None:
    """Build what is not there, ask, and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--archives", type=int, default=10)
    options.add_argument("--articles", type=int, default=100_000, help="of each archive")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--half", choices=["development", "unseen", "all"], default="all")
    options.add_argument("--keep", type=Path, help="folder for the archives; not removed")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        paths = [folder / f"archive-{number}.db" for number in range(given.archives)]
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            wanted = [(n, path) for n, path in enumerate(paths) if not path.exists()]
            for made in [pool.submit(build, path, given.articles, n) for n, path in wanted]:
                made.result()
        with Archives.open_reading(paths) as archives:
            one = archives.members[0].archive
            queries = read_halves(given.half)
            report("one alone", lambda query: one.search(query), queries, given.rounds)
            report(
                f"{len(paths)} side by side",
                lambda query: search(archives, query, Filters()),
                queries,
                given.rounds,
            )
            print(f"archives that failed: {archives.failures or 'none'}")


def read_halves(half: str) -> list[str]:
    """Return the judged queries."""
    halves = ("development", "unseen") if half == "all" else (half,)
    return [judged.query for each in halves for judged in read_queries(each)]


def report(name: str, ask, queries: list[str], rounds: int) -> None:
    """Ask every query in some rounds, the first of which does not count."""
    for query in queries:
        ask(query)
    spent = []
    for _ in range(rounds):
        for query in queries:
            started = time.process_time()
            ask(query)
            spent.append(((time.process_time() - started) * 1000, query))
    spent.sort()
    p50, p95 = (spent[int(len(spent) * share)][0] for share in (0.5, 0.95))
    print(
        f"{name}: {len(spent)} answers, CPU ms p50 {p50:.0f}, p95 {p95:.0f}, max {spent[-1][0]:.0f}"
    )
    for query in dict.fromkeys(query for _, query in reversed(spent[-3 * rounds :])):
        print(f"    {query}")


def build(path: Path, size: int, seed: int) -> None:
    """Fill an archive row by row, and index it."""
    from storage.db import fulltext

    part = path.with_suffix(".part")
    Archive.open(part).close()
    conn = sqlite3.connect(part, isolation_level=None)
    conn.executescript("pragma synchronous = off; pragma cache_size = -65536")
    conn.execute("drop trigger articles_fts_insert")
    conn.execute(
        "insert into sources (id, name, kind, province, homepage)"
        " values (?, ?, 'newspaper', 'Tây Ninh', ?)",
        (f"paper-{seed}", f"Paper {seed}", f"https://paper-{seed}.vn/"),
    )
    writer, planted = Writer(seed), read_planted()
    numbers = random.Random(seed).sample(range(size), len(planted))
    # An article stands in one archive, as in life.
    places = {n: text for n, text in zip(numbers, planted, strict=True) if n % 10 == seed % 10}
    for start in range(0, size, BATCH):
        conn.execute("begin")
        for number in range(start, min(start + BATCH, size)):
            text = places.get(number)
            title, summary, body = (text.title, text.lead, text.body) if text else writer.article()
            url = f"https://paper-{seed}.vn/tin-a{number}.html"
            conn.execute(
                "insert into articles (id, key, url, canonical_url, title, summary, body, digest,"
                " cluster_id, source_id, published_on, first_seen_at, last_seen_at)"
                " values (:id, :id, :url, :url, :title, :summary, :body, :digest, :id, :source,"
                " date('2010-01-01', (:id % 5800) || ' days'), '', '')",
                {
                    "id": number + 1,
                    "url": url,
                    "title": title,
                    "summary": summary,
                    "body": body,
                    "digest": f"{seed}-{number}",
                    "source": f"paper-{seed}",
                },
            )
        conn.execute("commit")
    for trigger in fulltext._triggers():
        if "trigger articles_fts_insert " in trigger:
            conn.execute(trigger)
    conn.close()
    part.rename(path)
    with Archive.open(path) as archive:
        catch_up(archive.connection, folder_of(path))
    print(f"{path.name}: {size} articles", flush=True)


if __name__ == "__main__":
    sys.exit(main())
