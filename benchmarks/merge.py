"""Kill -9 a merge of 100,000 articles ten times, then let it finish, and compare the archives.

    python benchmarks/merge.py [--articles N] [--kills N] [--seed N] [--keep FOLDER]

An archive of composed articles (a tenth of them edited once, a tenth copied from another paper,
each with a capture) is merged into one that holds a tenth of them already, with other captures and
other edits. Ends with 1 unless afterwards the archive is sound and holds what both held, each once.
Prints the rate of the merge that was let finish, and what merging once more costs.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.newswire import Newsroom
from storage.archive import Archive
from storage.db.fulltext import rebuild_index
from storage.db.migrations import STEPS
from storage.fingerprint import content_digest, signature
from storage.places.units import load_units
from storage.records import SourceRow
from storage.warc import records

SOURCES = 40
CODES = sorted(load_units().by_code)
A_FILE = 500
"""Captures of one file, as of a day's runs."""


def main() -> int:
    """Run and print; the exit status says whether the merged archive holds all of both, once."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--articles", type=int, default=100_000)
    options.add_argument("--kills", type=int, default=10)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", type=Path, help="folder for the archives; not removed")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        here, there = folder / "here" / "archive.db", folder / "there" / "archive.db"
        if not there.exists():
            build(there, range(given.articles), name="there")
            build(here, range(0, given.articles, 10), name="here")
        expected = union(here, there)
        chance = random.Random(given.seed)
        longest = max(2.0, given.articles / 4000)
        killed = sum(
            kill_one(here, there, chance.uniform(0.5, longest)) for _ in range(given.kills)
        )
        print(
            f"killed {killed} of {given.kills} merges while they ran,"
            f" {count(here)} articles and captures there"
        )
        seconds, cpu = merge(here, there)
        print(f"the rest: {seconds:.0f} s, {cpu:.0f} s of CPU")
        seconds, cpu = merge(here, there)
        print(f"once more: {seconds:.0f} s, {cpu:.0f} s of CPU")
        faults = find_faults(here, expected)
        for fault in faults:
            print(fault)
        (folder / "fresh").mkdir(exist_ok=True)
        fresh = folder / "fresh" / "archive.db"
        seconds, cpu = merge(fresh, there)
        print(
            f"into an empty archive: {given.articles / cpu:.0f} articles a CPU second"
            f" ({cpu / given.articles * 1000:.1f} ms each), {seconds:.0f} s"
        )
        print(
            f"largest merge: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB"
        )
    return 1 if faults else 0


def kill_one(here: Path, there: Path, seconds: float) -> bool:
    """Start a merge and kill it after some seconds of merging; say whether it still ran."""
    before = count(here)
    child = subprocess.Popen(command(here, there), stdout=subprocess.DEVNULL)
    # The other archive is read as a whole first: wait for the first rows, then for the moment.
    while child.poll() is None and count(here) == before and seconds > 0:
        time.sleep(0.2)
    time.sleep(seconds)
    alive = child.poll() is None
    child.send_signal(signal.SIGKILL)
    child.wait()
    return alive


def merge(here: Path, there: Path) -> tuple[float, float]:
    """Merge undisturbed; return seconds and seconds of CPU."""
    before, started = _cpu(), time.monotonic()
    subprocess.run(command(here, there), check=True)
    return time.monotonic() - started, _cpu() - before


def command(here: Path, there: Path) -> list[str]:
    """Return the command that a user would type."""
    return [sys.executable, "-m", "crawler", "--archive", str(here), "merge", str(there)]


def count(path: Path) -> int:
    """Return how many captures and articles an archive holds."""
    with Archive.open_reading(path) as archive:
        return archive.articles.count() + archive.captures.count()


TEXTS = """
select a.source_id, a.key, r.digest, r.seen_at
from revisions r join articles a on a.id = r.article_id"""
CAPTURES = "select url, fetched_at, digest, length from captures"


def union(here: Path, there: Path) -> tuple[set[object], set[object]]:
    """Return the texts and the captures that the merged archive must hold."""
    sets: tuple[set[object], set[object]] = (set(), set())
    for path in (here, there):
        with Archive.open_reading(path) as archive:
            for found, sql in zip(sets, (TEXTS, CAPTURES), strict=True):
                found.update(tuple(row) for row in archive.connection.execute(sql))
    return sets


def find_faults(path: Path, expected: tuple[set[object], set[object]]) -> list[str]:
    """Return what is wrong with the merged archive."""
    with Archive.open(path) as archive:
        faults = [str(problem) for problem in archive.check()]
        for name, sql, wanted in zip(
            ("texts", "captures"), (TEXTS, CAPTURES), expected, strict=True
        ):
            rows = [tuple(row) for row in archive.connection.execute(sql)]
            earliest = set(rows) if name == "captures" else _earliest(rows)
            missing = (wanted if name == "captures" else _earliest(wanted)) - earliest
            if missing or len(rows) != len(earliest):
                faults.append(
                    f"{name}: {len(missing)} missing, {len(rows) - len(earliest)} doubled"
                )
        held, wanted_articles = archive.articles.count(), len({row[:2] for row in expected[0]})
        if held != wanted_articles:
            faults.append(f"{held} articles, not {wanted_articles}")
        print(f"{held} articles, {archive.captures.count()} captures, {len(faults)} faults")
    return faults


def _earliest(rows: object) -> set[object]:
    """A text that both archives saw is one text, seen when the first saw it."""
    first: dict[tuple[str, str, str], str] = {}
    for source, key, digest, seen in rows:  # type: ignore[attr-defined]
        known = first.get((source, key, digest), seen)
        first[source, key, digest] = min(known, seen)
    return {(*name, seen) for name, seen in first.items()}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


# --- an archive, quickly ------------------------------------------------------------------------


def build(path: Path, numbers: range, name: str) -> None:
    """Fill an archive row by row. Its full-text index stays empty: a merge does not read it."""
    path.parent.mkdir(parents=True)
    with Archive.open(path) as archive:
        for source in range(SOURCES):
            archive.sources.put(
                SourceRow(
                    id=f"paper-{source}", name=f"Paper {source}", kind="newspaper",
                    province="Tây Ninh", homepage=f"https://paper-{source}.vn/",
                )
            )  # fmt: skip
        conn, folder = archive.connection, archive.captures_dir
        folder.mkdir(parents=True, exist_ok=True)
        triggers = conn.execute(
            "select name, sql from sqlite_master where type = 'trigger' and tbl_name = 'articles'"
        ).fetchall()
        for trigger in triggers:
            conn.execute(f"drop trigger {trigger['name']}")
        conn.execute("pragma synchronous = off")
        newsroom = Newsroom(7)
        for start in range(0, len(numbers), A_FILE):
            with archive.transaction():
                _fill(conn, folder, newsroom, numbers[start : start + A_FILE], name)
        for trigger in triggers:
            conn.execute(trigger["sql"])
    if name == "here":
        with Archive.open(path) as archive, archive.transaction():
            rebuild_index(archive.connection)
    print(f"{path}: {len(numbers)} articles, {path.stat().st_size >> 20} MB, {len(STEPS)} steps")


def _fill(conn, folder: Path, newsroom: Newsroom, numbers: range, name: str) -> None:
    file = f"{name}-{numbers[0]:07d}-00001.warc.gz"
    out = bytearray(records.info_bytes(file, {}))
    for number in numbers:
        # An article is the same in both archives; what the other saw later is not.
        newsroom.random.seed(number if number % 10 else number * 2 + (name == "here"))
        text = newsroom.event()
        if number % 10 == 9:
            newsroom.random.seed(number - 1)
            text = newsroom.event()  # what another paper printed the day before
        day = f"2025-{1 + number % 12:02d}-{1 + number % 28:02d}"
        seen = f"{day}T0{1 + (name == 'here')}:00:00Z"
        _put(conn, number, text, day, seen, _capture(conn, out, file, number, text.body, seen))
    (folder / file).write_bytes(out)


def _capture(conn, out: bytearray, file: str, number: int, body: str, seen: str) -> int:
    exchange = records.Exchange(
        url=_url(number), fetched_at=seen, status=200, reason="OK",
        headers=[("Content-Type", "text/html")], body=f"<html>{body}</html>".encode(),
    )  # fmt: skip
    digest = records.payload_digest(exchange.body)
    member, _ = records.response_bytes(exchange, digest)
    row = conn.execute(
        "insert into captures (url, fetched_at, status, content_type, digest, file, offset, length)"
        " values (?, ?, 200, 'text/html', ?, ?, ?, ?) returning id",
        (_url(number), seen, digest, file, len(out), len(member)),
    ).fetchone()
    out += member
    return row[0]


def _put(conn, number: int, text, day: str, seen: str, capture: int) -> None:
    digest = content_digest(text.title, text.summary, text.body)
    article_id = conn.execute("select coalesce(max(id), 0) + 1 from articles").fetchone()[0]
    edited = number % 7 == 0
    conn.execute(
        "insert into articles (id, source_id, key, url, canonical_url, title, summary, body, digest,"
        " signature, published_on, first_seen_at, last_seen_at, cluster_id, capture_id, revisions)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            article_id, _source(number), str(number), _url(number), _url(number), text.title,
            text.summary, text.body, digest, signature(text.body), day,
            f"{day}T00:00:00Z" if edited else seen, seen, article_id - (number % 10 == 9), capture,
            1 + edited,
        ),
    )  # fmt: skip
    if edited:
        earlier = text.body + "\n\nBản đầu tiên."
        conn.execute(
            "insert into article_revisions (article_id, number, seen_at, kind, title, summary, body,"
            " digest) values (?, 1, ?, 'first', ?, ?, ?, ?)",
            (
                article_id, f"{day}T00:00:00Z", text.title, text.summary, earlier,
                content_digest(text.title, text.summary, earlier),
            ),
        )  # fmt: skip
    conn.execute(
        "insert into article_revisions (article_id, number, seen_at, kind, capture_id)"
        " values (?, ?, ?, ?, ?)",
        (article_id, 1 + edited, seen, "edited" if edited else "first", capture),
    )
    link = conn.execute(
        "insert into links (source_id, url, canonical_url, key, state, found_at, article_id, absent)"
        " values (?, ?, ?, ?, 'stored', ?, ?, 0) returning id",
        (_source(number), _url(number), _url(number), str(number), seen, article_id),
    ).fetchone()
    conn.execute("update captures set link_id = ? where id = ?", (link[0], capture))
    codes = json.dumps([CODES[number * n % len(CODES)] for n in (31, 47)])
    conn.execute(
        "insert or ignore into mentions select ?, value, 'kind', 1.0, 10 from json_each(?)",
        (article_id, codes),
    )


def _source(number: int) -> str:
    return f"paper-{number % SOURCES}"


def _url(number: int) -> str:
    return f"https://{_source(number)}.vn/tin-a{number}.html"


if __name__ == "__main__":
    sys.exit(main())
