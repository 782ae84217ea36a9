"""kill -9 while pages are captured and stored: nothing lost, nothing doubled, sums right."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.records import Link, SourceRow
from storage.warc.repair import repair_captures

if TYPE_CHECKING:
    from pathlib import Path

NOW = "2026-10-02T11:38:00Z"
PAGES = 120
KILLS = 5

CRAWL = """
import os, sys
from pathlib import Path
from storage.archive import Archive
from storage.warc.files import CaptureWriter
from storage.records import Article

NOW = "2026-10-02T11:38:00Z"
archive = Archive.open(Path(sys.argv[1]))
run = archive.runs.start("baolongan", "crawl", NOW)
writer = CaptureWriter(archive.captures_dir, f"baolongan-{run}")
while links := archive.links.next("baolongan", now=NOW, limit=7):
    for link in links:
        number = int(link.key)
        body = f"Đoạn một của tin số {number}.\\n\\n" + f"Đoạn hai, tin {number}. " * 40
        capture = writer.write(url=link.url, fetched_at=NOW, status=200, reason="OK", headers=[],
            body=body.encode(), ip=None)
        article = Article(source_id="baolongan", url=link.url, key=link.key,
            title=f"Tin số {number}", body=body, fetched_at=NOW)
        if number % 10 == 3:
            archive.pages.reject(link, "no-body", capture=capture, run_id=run)
        else:
            archive.add(article, link=link, capture=capture, run_id=run)
        print(number, flush=True)
writer.close()
archive.runs.finish(run, "finished", NOW)
"""


def prepare(path: Path) -> None:
    with Archive.open(path) as archive:
        row = SourceRow(
            id="baolongan", name="x", kind="newspaper", province="x", homepage="https://x.vn/"
        )
        archive.sources.put(row)
        urls = {str(n): f"https://baolongan.vn/tin-a{n}.html" for n in range(PAGES)}
        archive.links.add(
            Link(source_id="baolongan", url=url, canonical_url=url, key=key, found_at=NOW)
            for key, url in urls.items()
        )


def crawl_until(path: Path, seconds: float | None) -> set[str]:
    """Run the crawl, kill it after some seconds, and return what it said was stored."""
    child = subprocess.Popen(
        [sys.executable, "-c", CRAWL, str(path)], stdout=subprocess.PIPE, text=True
    )
    said: set[str] = set()
    assert child.stdout is not None
    if seconds is not None:
        said.add(child.stdout.readline().strip())
        time.sleep(seconds)
        child.kill()
    said.update(line.strip() for line in child.stdout if line.endswith("\n"))
    child.stdout.close()
    child.wait()
    return said - {""}


@pytest.mark.long
def test_a_killed_crawl_loses_and_doubles_nothing(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    prepare(path)
    pauses = random.Random(7)
    said: set[str] = set()
    for _ in range(KILLS):
        said |= crawl_until(path, pauses.uniform(0.02, 0.3))
        with Archive.open(path) as archive:
            repair_captures(archive.captures_dir)
            assert [str(problem) for problem in archive.check()] == []
            settled = archive._db.conn.execute(
                "select key, state from links where state <> 'pending'"
            ).fetchall()
            assert said <= {row["key"] for row in settled}
            outcomes = [
                json.loads(row["outcomes"])
                for row in archive._db.conn.execute("select * from runs")
            ]
            assert sum(sum(each.values()) for each in outcomes) == len(settled)
            states = {run.state for run in archive.runs.last("baolongan", 20)}
            assert states <= {"interrupted", "finished"}
    crawl_until(path, None)
    with Archive.open_reading(path) as archive:
        counts = archive._db.conn.execute(
            "select count(*), count(distinct key) from articles"
        ).fetchone()
        assert tuple(counts) == (PAGES - PAGES // 10, PAGES - PAGES // 10)
        assert archive.links.count_due("baolongan", NOW) == 0
        assert archive.runs.last("baolongan", 1)[0].state == "finished"
