"""What one more article costs, by the size of the archive; what reader, writer and catch-up hold.

    python -m benchmarks.stock --articles 10000 --folder /var/tmp/small
    python -m benchmarks.stock --articles 1000000 --folder /var/tmp/large
    python -m benchmarks.adding /var/tmp/small/archive.db /var/tmp/large/archive.db

The same new articles, every third a copy of another paper's with some words changed, go into a copy
of each archive by turns, so that all meet the same machine: full-text tables, mentions of places,
the table of copies and the log of the index are written as in a crawl. Then each index is brought
up to date, and searches are asked, each in a process of its own whose memory is told.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import multiprocessing
import shutil
import statistics
import subprocess
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.judged import read_queries
from benchmarks.resident import Resident
from benchmarks.syllables import Writer
from storage.archive import Archive
from storage.engine.folder import folder_of
from storage.records import Article, Link
from storage.text import normalize_body

if TYPE_CHECKING:
    from collections.abc import Iterator

COPIED = 3
"""Every so many-th article is a copy."""
SEED = 99
"""Another one than that of the articles in the archives."""


def main() -> None:
    """Copy the archives, add to them by turns, catch up, search."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("archives", nargs="+", type=Path)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--in-place", action="store_true", help="change the archives themselves")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.archives[-1].parent) as folder:
        paths = list(options.archives)
        if not options.in_place:
            paths = [_copy(path, Path(folder, str(at))) for at, path in enumerate(paths)]
        _time_adding(paths, options.articles)
        for path in paths:
            for work in (_write_more, _catch_up, _read):
                _run_alone(work, path)


def _copy(path: Path, folder: Path) -> Path:
    folder.mkdir()
    subprocess.run(["cp", "--reflink=auto", path, folder], check=True)
    shutil.copytree(folder_of(path), folder / folder_of(path).name)
    return folder / path.name


def _time_adding(paths: list[Path], articles: int) -> None:
    cpu: dict[Path, list[float]] = {path: [] for path in paths}
    with contextlib.ExitStack() as stack:
        archives = {path: stack.enter_context(Archive.open(path)) for path in paths}
        papers = {path: _papers(archive) for path, archive in archives.items()}
        for number, text in enumerate(_texts(articles)):
            for path, archive in archives.items():
                started = time.process_time()
                _add(archive, papers[path][number % COPIED], number, text)
                cpu[path].append((time.process_time() - started) * 1000)
    first = cpu[paths[0]]
    for path, times in cpu.items():
        print(
            f"{path}: add {statistics.median(times):.2f} ms of CPU in the middle"
            f" ({statistics.median(times) / statistics.median(first):.2f} of the first),"
            f" {statistics.mean(times):.2f} on average"
            f" ({statistics.mean(times) / statistics.mean(first):.2f}),"
            f" p95 {statistics.quantiles(times, n=20)[-1]:.2f}, worst {max(times):.0f}",
            flush=True,
        )


def _papers(archive: Archive) -> list[str]:
    rows = archive.connection.execute("select id from sources order by id limit ?", (COPIED,))
    return [row[0] for row in rows]


def _texts(articles: int) -> Iterator[tuple[str, str, str]]:
    writer = Writer(SEED)
    text = writer.article()
    for number in range(articles):
        if number % COPIED:
            text = writer.article()
        title, lead, body = text
        yield title, lead, body if number % COPIED else f"{body} {writer.sentence(8)}."


def _add(archive: Archive, paper: str, number: int, text: tuple[str, str, str]) -> None:
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    url = f"https://{paper}.example/moi-b{number}.html"
    title, lead, body = text
    article = Article(
        source_id=paper, url=url, canonical_url=url, key=f"b{number}", title=title, summary=lead,
        body=normalize_body(body), published_on=now[:10], fetched_at=now,
    )  # fmt: skip
    link = Link(source_id=paper, url=url, canonical_url=url, key=article.key, found_at=now)
    archive.add(article, link=link, capture=None, run_id=None)


def _run_alone(work: object, path: Path) -> None:
    alone = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=alone) as pool:
        print(f"{path}: {pool.submit(work, path).result()}", flush=True)  # type: ignore[arg-type]


def _write_more(path: Path) -> str:
    with Resident() as held, Archive.open(path) as archive:
        papers = _papers(archive)
        for number, text in enumerate(_texts(200)):
            _add(archive, papers[number % COPIED], 10**6 + number, text)
    return f"a writer of 200 articles: {held}"


def _catch_up(path: Path) -> str:
    with Resident() as held, Archive.open(path) as archive:
        started = time.process_time()
        progress = archive.update_index()
        each = (time.process_time() - started) * 1000 / max(1, progress.articles)
    return f"index brought up to date with {progress.articles} articles, {each:.2f} ms each: {held}"


def _read(path: Path) -> str:
    with Resident() as held, Archive.open_reading(path) as archive:
        asked = [judged.query for judged in read_queries("development")]
        for query in asked:
            archive.search(query)
    return f"a reader of {len(asked)} searches: {held}"


if __name__ == "__main__":
    main()
