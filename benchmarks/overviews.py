"""CPU seconds of `status` and `changes` on a large archive.

    python benchmarks/overviews.py [--articles N] [--folder DIR]

Rows are written by SQL, spread over the sources of the catalogue: articles with their links,
captures and revisions, every fifth link rejected, every fiftieth pending, every thirtieth article
edited, every hundredth gone; without a full-text index, which neither command reads. CPU is that of
the whole command, its start included, which stands beside it. All is timed twice: with the health
that the daemon keeps, and for an archive that no daemon ever looked at. ``--archive`` is an archive
that is there already, for instance a copy of a real one: health is kept in it.
"""

from __future__ import annotations

import argparse
import resource
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))

from crawler.monitoring.check import check
from crawler.sources import load_sources
from storage.archive import Archive
from storage.instants import add_seconds, read_clock
from storage.records import SourceRow

if TYPE_CHECKING:
    from collections.abc import Sequence

BODY = "Người dân các xã thu hoạch lúa. " * 60
COMMANDS = (
    ("--version",),
    ("status",),
    ("status", "--json"),
    ("status", "baolongan"),
    ("changes",),
    ("changes", "--source", "baolongan"),
    ("changes", "--since", "2026-01-01", "--limit", "1000"),
)
RUNS = 3


def main() -> int:
    """Fill an archive and time the commands."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--articles", type=int, default=100_000)
    options.add_argument("--folder", type=Path)
    options.add_argument("--archive", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        path = given.archive or Path(folder) / "archive.db"
        if given.archive is None:
            fill(path, given.articles)
        with Archive.open(path) as archive:
            print(f"{archive.articles.count():,} articles")
            with archive.transaction():
                archive.connection.execute("delete from troubles")
                archive.connection.execute("delete from health")
        report("no daemon", path)
        keep_health(path)
        report("health kept by the daemon", path)
    return 0


def report(what: str, path: Path) -> None:
    """Time the commands and print."""
    print(what)
    for words in COMMANDS:
        print(f"  {' '.join(words):45}{min(cost(path, words) for _ in range(RUNS)):6.2f} s")


def keep_health(path: Path) -> None:
    """Judge all sources, as the daemon does after each crawl."""
    with Archive.open(path) as archive:
        for source in load_sources(None).values():
            if archive.sources.get(source.id):
                check(archive, source, now=read_clock())


def fill(path: Path, articles: int) -> None:
    """Write the archive."""
    with Archive.open(path) as archive:
        sources = list(load_sources(None).values())
        for source in sources:
            facts = {name: getattr(source, name) for name in SourceRow.__slots__}
            archive.sources.put(SourceRow(**facts | {"status": str(source.status)}))
    ids = [source.id for source in sources]
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("pragma synchronous = off")
        for (trigger,) in conn.execute(
            "select name from sqlite_master where type = 'trigger'"
        ).fetchall():
            conn.execute(f"drop trigger {trigger}")
        conn.execute("begin")
        now = read_clock()
        for number in range(1, articles + 1):
            at = add_seconds(now, -(articles - number) * 60)
            insert(conn, ids[number % len(ids)], number, at)
        for id_ in ids:
            conn.executemany(
                "insert into runs (source_id, kind, started_at, finished_at, state, outcomes)"
                " values (?, 'crawl', ?, ?, 'finished', '{\"new\": 3}')",
                [(id_, at, at) for at in (add_seconds(now, -3600 * hour) for hour in range(200))],
            )
            conn.executemany(
                "insert into seeds (source_id, kind, url, polled_at, next_poll_at)"
                " values (?, 'feed', ?, ?, ?)",
                [(id_, f"https://a.vn/{id_}/{seed}", now, now) for seed in range(5)],
            )
        conn.execute("commit")
        conn.execute("analyze")


def insert(conn: sqlite3.Connection, source_id: str, number: int, at: str) -> None:
    """One article with its link, capture and revisions, and a share of other links."""
    url, texts = f"https://a.vn/{number}", 1 + (number % 30 == 0)
    gone = at if number % 100 == 0 else None
    conn.execute(
        "insert into captures (id, url, fetched_at, status, digest, file, offset, length, link_id)"
        " values (?, ?, ?, 200, ?, ?, ?, 9000, ?)",
        (number, url, at, f"sha1:{number}", source_id, number, number * 10),
    )
    conn.execute(
        "insert into articles (id, source_id, key, url, canonical_url, title, body, published_on,"
        " first_seen_at, last_seen_at, gone_at, digest, cluster_id, revisions, capture_id)"
        " values (?, ?, ?, ?, ?, 'Tít', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (number, source_id, url, url, url, BODY, at[:10], at, at, gone, str(number), number)
        + (texts, number),
    )
    conn.executemany(
        "insert into article_revisions (article_id, number, seen_at, kind, digest)"
        " values (?, ?, ?, ?, ?)",
        [
            (number, text, at, "first" if text == 1 else "edited", None if text == texts else "x")
            for text in range(1, texts + 1)
        ],
    )
    conn.execute(
        "insert into links (id, source_id, url, canonical_url, key, state, found_at, article_id,"
        " next_try_at, absent) values (?, ?, ?, ?, ?, 'stored', ?, ?, ?, 0)",
        (number * 10, source_id, url, url, url, at, number, None if number % 10 else at),
    )
    for every, state in ((5, "rejected"), (50, "pending")):
        if number % every == 0:
            other = f"{url}/{state}"
            conn.execute(
                "insert into links (id, source_id, url, canonical_url, key, state, reason,"
                " found_at, attempts, absent) values (?, ?, ?, ?, ?, ?, 'listing', ?, 1, 0)",
                (number * 10 + every % 7, source_id, other, other, other, state, at),
            )


def cost(path: Path, words: Sequence[str]) -> float:
    """CPU seconds of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "crawler", "--archive", str(path), *words],
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main())
