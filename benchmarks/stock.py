"""One large archive for every benchmark: articles with all that a crawl keeps beside them.

    python -m benchmarks.stock --articles 1000000 --folder /var/tmp/million

`archive.db`, and its index in `archive.db.index/`, serve `benchmarks.search` (the judged articles
stand in it) and `benchmarks.pages --folder`; `status` and `changes` can be asked of it as well. Ids
follow the days of ten years. Each article has its link, capture, revisions, keys of copies, two places and their
units; every thirtieth was edited, every hundredth is gone; every fifth link beside was rejected.
The full-text tables are kept by the archive's own triggers. Texts are made by a second process, so
that the time told is that of writing.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import multiprocessing
import random
import sqlite3
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.batches import BATCH, batches
from benchmarks.resident import Resident
from crawler.sources import load_sources
from storage.archive import Archive
from storage.articles.clusters import KEYS, MONTH
from storage.db.fulltext import TABLES, optimize_index
from storage.instants import add_seconds, read_clock
from storage.places.units import answered_by, load_units
from storage.records import SourceRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from benchmarks.judged import Planted
    from benchmarks.search import Corpus

    Made = dict[str, list[tuple[Any, ...]]]

NAME = "archive.db"
DAYS = 3650
TOLD = 50_000
"""Articles between two lines about the rate."""
SECTIONS = (
    "Thời sự", "Kinh tế", "Xã hội", "Pháp luật", "Văn hóa", "Thể thao", "Giáo dục", "Y tế",
    "Nông nghiệp - Nông thôn", "Quốc phòng - An ninh", "Xây dựng Đảng", "Đất và người",
)  # fmt: skip
_EPOCH = dt.date(1970, 1, 1).toordinal()
_HASH = 16_000_000
"""Bytes that FTS5 gathers before it writes, while many articles come; some 1 MB otherwise."""
_INSERTS = {
    "captures": ("id", "url", "fetched_at", "status", "digest", "file", "offset", "length", "link_id"),
    "articles": (
        "id", "source_id", "key", "url", "canonical_url", "title", "summary", "body", "authors",
        "section", "published_at", "published_on", "first_seen_at", "last_seen_at", "gone_at",
        "digest", "signature", "cluster_id", "revisions", "capture_id",
    ),
    "article_revisions": (
        "article_id", "number", "seen_at", "kind", "title", "summary", "body", "digest", "capture_id",
    ),
    "links": (
        "id", "source_id", "url", "canonical_url", "key", "state", "reason", "found_at", "attempts",
        "next_try_at", "article_id", "absent",
    ),
    "mentions": ("article_id", "unit", "how", "confidence", "position"),
    "place_articles": ("place", "article_id"),
    "copy_keys": ("key", "article_id"),
}  # fmt: skip


def main() -> None:
    """Build the archive and its index, telling how fast."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--without-fulltext", action="store_true", help="twice as fast")
    options = parser.parse_args()
    from benchmarks.search import Corpus

    options.folder.mkdir(parents=True, exist_ok=True)
    started = time.process_time()
    corpus = Corpus(options.articles)
    build(options.folder / NAME, corpus, fulltext=not options.without_fulltext)
    print(f"built in {time.process_time() - started:.0f} s of CPU", flush=True)


def build(path: Path, corpus: Corpus, *, fulltext: bool = True) -> float:
    """Write the archive, then its index; return articles per CPU second.

    Without ``fulltext`` the tables for plain SQL stay empty: no search by the index asks them.
    """
    made = _ahead(corpus)
    with Archive.open(path) as archive:
        _put_sources(archive)
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        seconds = _write(conn, made, fulltext=fulltext)
    alone = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=alone) as pool:
        return corpus.size / (seconds + pool.submit(_index, path, corpus).result())


def _index(path: Path, corpus: Corpus) -> float:
    """Build the index in a process of its own, whose memory is told; return its CPU seconds."""
    with Archive.open(path) as archive:
        _name_planted(archive, corpus)
        started = time.process_time()
        with Resident() as held:
            archive.update_index(report=_teller("indexed"))
        seconds = time.process_time() - started
        archive.checkpoint(patience=60)
    print(f"index: {seconds:.0f} s of CPU; memory: {held}", flush=True)
    return seconds


def _ahead(corpus: Corpus) -> Iterator[Made]:
    """Rows of the corpus by batches, made by another process."""
    queue: multiprocessing.Queue[Any] = multiprocessing.Queue(maxsize=8)
    maker = multiprocessing.Process(target=_make, args=(corpus, queue), daemon=True)
    maker.start()
    return iter(queue.get, None)


def _make(corpus: Corpus, queue: multiprocessing.Queue[Any]) -> None:
    rows = _Rows(corpus)
    for batch in batches(corpus, BATCH):
        queue.put(rows.of(batch))
    queue.put(None)


def _put_sources(archive: Archive) -> None:
    now = read_clock()
    for source in load_sources(None).values():
        facts = {name: getattr(source, name) for name in SourceRow.__slots__}
        archive.sources.put(
            SourceRow(**facts | {"kind": str(source.kind), "status": str(source.status)})
        )
        conn = archive.connection
        hours = (add_seconds(now, -3600 * hour) for hour in range(200))
        conn.executemany(
            "insert into runs (source_id, kind, started_at, finished_at, state, outcomes)"
            " values (?, 'crawl', ?, ?, 'finished', '{\"new\": 3}')",
            [(source.id, at, at) for at in hours],
        )
        conn.executemany(
            "insert into seeds (source_id, kind, url, polled_at, next_poll_at)"
            " values (?, 'feed', ?, ?, ?)",
            [(source.id, f"https://a.vn/{source.id}/{seed}", now, now) for seed in range(5)],
        )


def _write(conn: sqlite3.Connection, batches_made: Iterable[Made], *, fulltext: bool) -> float:
    """Insert by transactions of some hundred; return the CPU seconds of writing alone."""
    conn.executescript("pragma synchronous = off; pragma cache_size = -262144")
    # The index is built from the articles afterwards: it needs no log of their places.
    idle = ["places_log_insert"] if fulltext else ["places_log_insert", "articles_fts_insert"]
    for name in idle:
        conn.execute(f"drop trigger {name}")
    _set_hash(conn, _HASH)
    tell, seconds = _teller("written"), 0.0
    for made in batches_made:
        started = time.process_time()
        conn.execute("begin")
        for table, columns in _INSERTS.items():
            names, marks = ", ".join(columns), ", ".join("?" * len(columns))
            conn.executemany(
                f"insert or ignore into {table} ({names}) values ({marks})", made[table]
            )
        conn.execute("commit")
        seconds += time.process_time() - started
        tell(made["articles"][-1][0])
    started = time.process_time()
    _finish(conn, idle)
    seconds += time.process_time() - started
    print(f"tables: {seconds:.0f} s of CPU", flush=True)
    return seconds


def _set_hash(conn: sqlite3.Connection, size: int) -> None:
    for table in TABLES:
        conn.execute(f"insert into {table} ({table}, rank) values ('hashsize', ?)", (size,))


def _finish(conn: sqlite3.Connection, idle: list[str]) -> None:
    from storage.db import fulltext

    _set_hash(conn, 1 << 20)
    conn.execute("begin")
    optimize_index(conn)
    for trigger in (*fulltext._log_triggers(), *fulltext._triggers()):
        if any(f"trigger {name} " in trigger for name in idle):
            conn.execute(trigger)
    units = load_units().by_code
    used = [row[0] for row in conn.execute("select distinct place from place_articles")]
    conn.executemany(
        "insert or ignore into places (code, kind, name, district, province, until, today)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        map(_unit_row, [units[code] for code in used]),
    )
    conn.execute("commit")
    conn.execute("analyze")
    fulltext.correct_statistics(conn)
    conn.execute("pragma wal_checkpoint(truncate)")


def _unit_row(unit: Any) -> tuple[object, ...]:
    from storage.articles.places import _row

    return _row(unit)


def _name_planted(archive: Archive, corpus: Corpus) -> None:
    """Read the judged articles for the places that they name."""
    archive.connection.executemany(
        "insert into places_due values (?)", [(number,) for number in corpus.places()]
    )
    while archive.places.read_due():
        pass


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of an article besides its text."""

    source: str
    section: str
    authors: str
    day: str
    seen: str


class _Rows:
    """The rows of a batch of articles, by table."""

    def __init__(self, corpus: Corpus) -> None:
        self._size = corpus.size
        self._planted = corpus.places()
        self._sources = list(load_sources(None).values())
        self._last = dt.date.fromisoformat(read_clock()[:10])
        units = load_units()
        chance = random.Random(corpus.seed)
        self._units = chance.sample(sorted(units.by_code), 3000)
        self._answered = {
            code: tuple(answered_by(units, units.by_code[code])) for code in self._units
        }

    def of(self, batch: list[tuple[int, str, str, str]]) -> Made:
        """Return table -> rows."""
        made: Made = {table: [] for table in _INSERTS}
        for number, title, summary, body in batch:
            draw = random.Random(number)
            facts = self._facts(number, draw)
            url = f"https://{facts.source}.example/tin-a{number}.html"
            texts = 1 + (number % 30 == 0 and number not in self._planted)
            gone = facts.seen if number % 100 == 0 and number not in self._planted else None
            made["captures"].append(
                (
                    number,
                    url,
                    facts.seen,
                    200,
                    f"sha1:{number}",
                    facts.source,
                    number,
                    9000,
                    number * 10,
                )
            )
            made["articles"].append(
                (number, facts.source, str(number), url, url, title, summary, body, facts.authors,
                 facts.section, f"{facts.day}{facts.seen[10:19]}+07:00", facts.day, facts.seen,
                 facts.seen, gone, str(number), draw.randbytes(64), number, texts, number)
            )  # fmt: skip
            made["article_revisions"] += _revisions(
                number, facts.seen, texts, (title, summary, body)
            )
            made["links"] += _links(number, facts, url)
            self._add_places(made, number, draw)
            month = (dt.date.fromisoformat(facts.day).toordinal() - _EPOCH) // MONTH
            made["copy_keys"] += [(month << 32 | draw.getrandbits(32), number) for _ in range(KEYS)]
        return made

    def _facts(self, number: int, draw: random.Random) -> _Facts:
        """Source, section, authors and day, spread as unevenly as papers publish."""
        back = (self._size - number) * DAYS * 86_400 // self._size
        seen = add_seconds(f"{self._last}T16:00:00Z", -back)
        if planted := self._planted.get(number):
            paper = self._paper(planted)
            return _Facts(paper, planted.section, "[]", planted.published_on, seen)
        source = self._sources[int(len(self._sources) * draw.random() ** 2)]
        author = f"Bút danh {int(400 * draw.random() ** 2)}"
        section = SECTIONS[int(len(SECTIONS) * draw.random() ** 2)]
        authors = json.dumps([author], ensure_ascii=False)
        return _Facts(source.id, section, authors, seen[:10], seen)

    def _paper(self, planted: Planted) -> str:
        """A source of the province that the article names as its own."""
        from storage.search.filters import place_name

        for source in self._sources:
            before = source.province_before_2025 or source.province
            if place_name(before) == place_name(planted.province):
                return source.id
        return self._sources[0].id

    def _add_places(self, made: Made, number: int, draw: random.Random) -> None:
        if number in self._planted:
            return
        named = {self._units[int(len(self._units) * draw.random() ** 2)] for _ in "12"}
        made["mentions"] += [
            (number, code, "name", 0.9, at) for at, code in enumerate(sorted(named))
        ]
        places = set(chain.from_iterable(self._answered[code] for code in named))
        made["place_articles"] += [(place, number) for place in places]


def _revisions(number: int, seen: str, texts: int, text: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """The texts an article has had; the current one stands in ``articles`` alone."""
    now = (number, texts, seen, "edited" if texts > 1 else "first", None, None, None, None, number)
    title, summary, body = text
    before = (number, 1, seen, "first", title, summary, f"{body} (sửa)", f"{number}-1", number)
    return [before, now] if texts > 1 else [now]


def _links(number: int, facts: _Facts, url: str) -> Iterator[tuple[Any, ...]]:
    again = facts.seen if number % 10 == 0 else None
    yield (
        number * 10, facts.source, url, url, str(number), "stored", None, facts.seen, 0, again,
        number, 0,
    )  # fmt: skip
    for every, state in ((5, "rejected"), (50, "pending")):
        if number % every == 0:
            other = f"{url}/{state}"
            yield (
                number * 10 + every % 7, facts.source, other, other, other, state, "listing",
                facts.seen, 1, None, None, 0,
            )  # fmt: skip


def _teller(what: str) -> Any:
    """Tell the rate of each span of articles."""
    last = [0, time.process_time(), time.monotonic()]

    def tell(count: int) -> None:
        if count - last[0] < TOLD:
            return
        cpu, wall = time.process_time(), time.monotonic()
        more = count - last[0]
        print(
            f"{count:,} {what}: {more / (cpu - last[1]):.0f} a CPU second,"
            f" {more / (wall - last[2]):.0f} a second",
            flush=True,
        )
        last[:] = count, cpu, wall

    return tell


if __name__ == "__main__":
    main()
