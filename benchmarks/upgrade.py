"""The upgrade of a large archive: time, disk, kills and a full disk.

    python benchmarks/upgrade.py [--articles N] [--folder DIR] [--before STEP]

Writes an archive as the very first version left it, or the one before a later ``STEP``: articles with
made texts of some 2.5 KB, every thirtieth edited once, each with its link and its capture, every
tenth link more of a page that was given up; the full-text table of today empty (no step reads it),
one of those that a step drops filled. Then it upgrades it in a child to the version of today: killed
with SIGKILL at five moments, with a file-size limit that stops the log midway (as a full disk does),
and to its end. After each failure every revision must be read as before.
"""

from __future__ import annotations

import argparse
import hashlib
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

from storage.db.database import SET
from storage.db.migrations import STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = "tỉnh ủy xã phường lúa giá trái cây đường cầu trường học mưa lũ người dân năm nay".split()
LENGTH = 2_000
"""Letters of a text."""
EDITED = 30
"""One article in so many has a second text."""
KILLS = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Moments of the kills, as shares of the time that a whole upgrade takes."""
DROPPED = "create virtual table articles_pairs using fts5(pairs, content='', detail=none)"
PAIRS = 500
"""Letters of an article in a full-text table that a later version drops."""
UPGRADE = """
import sys
from pathlib import Path
from storage.archive import Archive
from storage.errors import ArchiveError
try:
    Archive.open(Path(sys.argv[1])).close()
except ArchiveError as error:
    sys.exit(str(error))
"""


def main() -> int:
    """Run all of it and print the figures; 1 when a row was lost."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--articles", type=int, default=100_000)
    options.add_argument("--folder", type=Path)
    options.add_argument("--before", choices=list(STEPS)[1:], default=list(STEPS)[1])
    given = options.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        path = Path(folder) / "archive.db"
        make(path, given.articles, before=given.before)
        print(f"{given.articles:,} articles, {megabytes(path):,.0f} MB", flush=True)
        before = fingerprint(path)
        trial = Path(folder) / "trial.db"
        shutil.copyfile(path, trial)
        whole = upgrade(trial)
        print(f"upgrade: {whole}; the file grew by {megabytes(trial) - megabytes(path):,.0f} MB")
        faults = [say("upgraded", fingerprint(trial), before)]
        free = pages(trial, "freelist_count") / pages(trial, "page_count")
        print(f"of the file {100 * free:.0f} % are free for new articles")
        trial.unlink()
        print(upgrade(path, most_bytes=whole.log // 2).said.strip())
        faults.append(say("no space", fingerprint(path), before))
        for share in KILLS:
            upgrade(path, kill_after=share * whole.seconds)
            faults.append(say(f"killed at {share:.0%}", fingerprint(path), before))
        upgrade(path)
        faults.append(say("upgraded after all that", fingerprint(path), before))
    return int(any(faults))


def make(path: Path, articles: int, *, before: str) -> None:
    """Write an archive of the version before a step."""
    words = " ".join(random.Random(7).choices(WORDS, k=50_000))
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("pragma journal_mode = wal")
        conn.execute("pragma synchronous = off")
        conn.execute("begin")
        conn.execute(
            "create table _sqlite_migrations"
            " (id integer primary key, migration_set text, name text, applied_at text)"
        )
        for name, step in STEPS.items():
            if name == before:
                break
            step(conn)
            conn.execute(
                "insert into _sqlite_migrations (migration_set, name, applied_at)"
                " values (?, ?, datetime('now'))",
                (SET, name),
            )
        for (trigger,) in conn.execute(
            "select name from sqlite_master where type = 'trigger'"
        ).fetchall():
            conn.execute(f"drop trigger {trigger}")
        conn.execute(
            "insert into sources (id, name, kind, province, homepage)"
            " values ('a', 'A', 'newspaper', 'Huế', 'https://a.vn/')"
        )
        if list(STEPS).index(before) <= list(STEPS).index("drop_planner_tables"):
            conn.execute(DROPPED)
        for number in range(1, articles + 1):
            insert(conn, number, list(texts(number, words)))
            insert_around(conn, number)
            if number % 20_000 == 0:
                conn.execute("commit")
                conn.execute("begin")
        conn.execute("commit")
        conn.execute("pragma wal_checkpoint(truncate)")


def texts(number: int, words: str) -> Iterator[tuple[str, str, str]]:
    """The texts an article has had: body, digest, kind."""
    for version in range(2 if number % EDITED == 0 else 1):
        start = number * 31 % (len(words) - LENGTH)
        body = f"{number} {version} {words[start : start + LENGTH]}"
        yield body, hashlib.sha256(body.encode()).hexdigest(), "edited" if version else "first"


def insert(conn: sqlite3.Connection, number: int, versions: list[tuple[str, str, str]]) -> None:
    """One article and its revisions, as the version before stored them."""
    body, digest, _ = versions[-1]
    url, at = f"https://a.vn/{number}", "2026-01-01T00:00:00Z"
    conn.execute(
        "insert into articles (id, source_id, key, url, canonical_url, title, summary, body,"
        " first_seen_at, last_seen_at, digest, cluster_id, revisions)"
        " values (?, 'a', ?, ?, ?, 'Tít', 'Lời dẫn', ?, ?, ?, ?, ?, ?)",
        (number, str(number), url, url, body, at, at, digest, number, len(versions)),
    )
    if conn.execute("select 1 from sqlite_master where name = 'articles_pairs'").fetchone():
        conn.execute(
            "insert into articles_pairs (rowid, pairs) values (?, ?)", (number, body[:PAIRS])
        )
    conn.executemany(
        "insert into revisions (article_id, number, seen_at, kind, title, summary, body, digest)"
        " values (?, ?, ?, ?, 'Tít', 'Lời dẫn', ?, ?)",
        [
            (number, count, at, kind, text, mark)
            for count, (text, mark, kind) in enumerate(versions, 1)
        ],
    )


def insert_around(conn: sqlite3.Connection, number: int) -> None:
    """The links and the capture of an article."""
    url, at = f"https://a.vn/{number}", "2026-01-01T00:00:00Z"
    links = [(url, "stored", None, number)]
    if number % 10 == 0:
        links.append((f"{url}/anh", "failed", "http-503", None))
    conn.executemany(
        "insert into links (source_id, url, canonical_url, key, state, reason, found_at, article_id)"
        " values ('a', :url, :url, :url, :state, :reason, :at, :article)",
        [
            {"url": url, "state": state, "reason": reason, "article": article, "at": at}
            for url, state, reason, article in links
        ],
    )
    conn.execute(
        "insert into captures (url, fetched_at, status, digest, file, offset, length)"
        " values (?, ?, 200, ?, 'a.warc.gz', ?, 9000)",
        (url, at, f"sha1:{number}", number * 9000),
    )


class Result:
    """How an upgrade went."""

    def __init__(self, seconds: float, cpu: float, log: int, said: str) -> None:
        self.seconds = seconds
        self.cpu = cpu
        self.log = log
        self.said = said

    def __str__(self) -> str:
        lines = len(self.said.splitlines())
        return (
            f"{self.seconds:.1f} s, {self.cpu:.1f} s of CPU, log at most {self.log / 1e6:,.0f} MB,"
            f" {lines} lines of progress"
        )


def upgrade(path: Path, *, kill_after: float | None = None, most_bytes: int = 0) -> Result:
    """Open the archive for writing in a child."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, "-c", UPGRADE, str(path)],
        cwd=Path(__file__).parent.parent,
        stderr=subprocess.PIPE,
        text=True,
    )
    if most_bytes:
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    log, wal = 0, path.with_name(path.name + "-wal")
    while child.poll() is None:
        if wal.exists():
            log = max(log, wal.stat().st_size)
        if kill_after is not None and time.monotonic() - started > kill_after:
            child.send_signal(signal.SIGKILL)
            break
        time.sleep(0.02)
    said = child.communicate()[1]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Result(time.monotonic() - started, cpu, log, said)


def fingerprint(path: Path) -> str:
    """A digest over every revision, as anyone reads them with plain SQL; of bodies their length,
    and of each fiftieth all of it.
    """
    total = hashlib.sha256()
    with closing(sqlite3.connect(path)) as conn:
        for row in conn.execute(
            "select id, article_id, number, seen_at, kind, title, summary, length(body), digest,"
            " capture_id, returned_at, returns, iif(id % 50, '', body) from revisions order by id"
        ):
            total.update(repr(row).encode())
        state = conn.execute("pragma quick_check(1)").fetchone()[0]
    return f"{total.hexdigest()[:16]} {state}"


def pages(path: Path, name: str) -> int:
    """A figure of SQLite about the file."""
    with closing(sqlite3.connect(path)) as conn:
        return int(conn.execute(f"pragma {name}").fetchone()[0])


def megabytes(path: Path) -> float:
    """The size of a file."""
    return path.stat().st_size / 1e6


def say(what: str, now: str, before: str) -> bool:
    """Print whether every revision is read as before; return whether one is not."""
    print(f"{what}: {'whole' if now == before else 'NOT WHOLE'}", flush=True)
    return now != before


if __name__ == "__main__":
    sys.exit(main())
