"""Places: what finding them costs a crawl, and what asking for one costs a reader.

    python -m benchmarks.places                        # 100,000 articles
    python -m benchmarks.places --articles 1000000 --folder /var/tmp/places

Articles are generated (benchmarks/syllables.py), each about one district and what lies near it,
places spread as unevenly as news. Times are CPU times of this process, warm, the best of three
for an article and one ask each for searches.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
import tracemalloc
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.syllables import Writer
from storage.archive import Archive
from storage.db.fulltext import optimize_index, rebuild_index
from storage.places.mentions import Setting, find_mentions
from storage.places.questions import title
from storage.places.units import COMMUNE, DISTRICT, Units, answered_by, load_units
from storage.search import search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.places.units import Unit

SEED = 11
BATCH = 5_000
ASKED = 300
ARTICLES = 300


def main() -> None:
    """Measure, and print one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="keep and reuse the archive in this folder")
    options = parser.parse_args()
    _measure_units()
    _measure_mentions(load_units())
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        _measure_search(options.folder / f"places-{options.articles}.db", options.articles)
    else:
        with tempfile.TemporaryDirectory(prefix="baotinh-places-") as folder:
            _measure_search(Path(folder) / "places.db", options.articles)


def _measure_units() -> None:
    started = time.process_time()
    load_units()
    seconds = time.process_time() - started
    load_units.cache_clear()
    tracemalloc.start()
    units = load_units()
    find_mentions(units, "xã Mỹ Quý Tây, huyện Đức Huệ", Setting())
    memory = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    print(f"units: {seconds * 1000:.0f} ms to read, {memory / 1e6:.1f} MB in memory")


def _measure_mentions(units: Units) -> None:
    writer, draw = Writer(SEED), random.Random(SEED)
    taken, found, letters = [], 0, 0
    for _ in range(ARTICLES):
        district = draw.choice(_districts(units))
        text = "\n\n".join((*writer.article(), _told(units, district, draw)))
        setting = Setting("2024-05-01", frozenset({district.parent}))
        times = []
        for _ in range(3):
            started = time.process_time()
            mentions = find_mentions(units, text, setting)
            times.append(time.process_time() - started)
        taken.append(min(times))
        found += len(mentions)
        letters += len(text)
    print(
        f"mentions: {statistics.median(taken) * 1e6:.0f} µs an article (p95"
        f" {_p95(taken) * 1e6:.0f}) of {letters // ARTICLES} letters with {found / ARTICLES:.1f} places"
    )


def _told(units: Units, district: Unit, draw: random.Random) -> str:
    communes = units.children(district)
    near = draw.sample(communes, min(len(communes), draw.randint(1, 4)))
    names = ", ".join(unit.title for unit in near)
    return f"{names}, {title(units, district)}; {units.province(district).title}."


def _districts(units: Units) -> list[Unit]:
    return [u for u in units.by_code.values() if u.level == DISTRICT and units.children(u)]


def _measure_search(path: Path, size: int) -> None:
    units = load_units()
    if not path.exists():
        started = time.process_time()
        _build(path, units, size)
        print(f"built {size} articles in {time.process_time() - started:.0f} s CPU")
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.row_factory = sqlite3.Row
        rows = conn.execute("select count(*) from place_articles").fetchone()[0]
        pages = conn.execute(
            "select sum(pgsize) from dbstat where name in ('mentions', 'mentions_by_unit', 'place_articles')"
        ).fetchone()[0]
        print(
            f"{size} articles, {rows / size:.1f} places each, {pages / size:.0f} bytes an article"
        )
        writer, draw = Writer(SEED), random.Random(SEED + 1)
        for name, words in (("two words", 2), ("one word", 1), ("no words", 0)):
            taken, hits = [], 0
            for _ in range(ASKED):
                unit = _drawn(units, draw)
                query = " ".join(writer.sentence(3).split()[:words])
                place = title(units, unit) + (" (cũ)" if unit.old else "")
                started = time.process_time()
                hits += len(search(conn, query, place=place))
                taken.append(time.process_time() - started)
            print(
                f"search by place, {name}: p50 {statistics.median(taken) * 1000:.1f} ms, p95"
                f" {_p95(taken) * 1000:.1f} ms, worst {max(taken) * 1000:.0f} ms; {hits / ASKED:.1f} hits"
            )


def _drawn(units: Units, draw: random.Random) -> Unit:
    """Return a place as readers ask: a commune, a district or a province, of either time."""
    district = draw.choice(_districts(units))
    province = units.province(district)
    choices = (draw.choice(units.children(district)), district, province, *units.became(province))
    return draw.choice((*choices, draw.choice(units.became(district))))


def _build(path: Path, units: Units, size: int) -> None:
    Archive.open(path).close()
    conn = sqlite3.connect(path, isolation_level=None)
    conn.executescript(
        "pragma synchronous = off; pragma journal_mode = off; pragma cache_size = -262144"
    )
    triggers = conn.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
    for name, _ in triggers:
        conn.execute(f"drop trigger {name}")
    conn.execute(
        "insert into sources (id, name, kind, province, homepage) values ('a', 'A', 'newspaper',"
        " 'Tây Ninh', 'https://a.vn/')"
    )
    conn.execute("create temp table answers (place text, article_id integer)")
    for batch in _batches(units, size):
        conn.execute("begin")
        conn.executemany(
            "insert into articles (id, source_id, key, url, canonical_url, title, summary, body,"
            " digest, cluster_id, published_on, first_seen_at, last_seen_at) values (:id, 'a', :id,"
            " :id, :id, :title, null, :body, :id, :id, date('2015-01-01', (:id / 250) || ' days'),"
            " '', '')",
            batch,
        )
        for row in batch:
            conn.executemany(
                "insert into mentions values (?, ?, 'kind', 0.9, 0)",
                ((row["id"], unit.code) for unit in row["units"]),
            )
            places = {code for unit in row["units"] for code in answered_by(units, unit)}
            conn.executemany(
                "insert into answers values (?, ?)", ((code, row["id"]) for code in places)
            )
        conn.execute("commit")
    conn.execute("begin")
    conn.execute("insert into place_articles select * from answers order by 1, 2")
    rebuild_index(conn)
    optimize_index(conn)
    for _, sql in triggers:
        conn.execute(sql)
    conn.execute("commit")
    conn.execute("analyze")
    conn.close()


def _batches(units: Units, size: int) -> Iterator[list[dict[str, object]]]:
    writer, draw = Writer(SEED), random.Random(SEED)
    districts = _districts(units)
    draw.shuffle(districts)
    weights = [1 / (rank + 5) for rank in range(len(districts))]
    batch: list[dict[str, object]] = []
    for number in range(1, size + 1):
        (district,) = draw.choices(districts, weights=weights)
        communes = draw.choices(units.children(district), k=draw.randint(0, 3))
        named = [district, *communes]
        if number > size * 0.9:  # the time since July 2025
            named = [unit for unit in units.became(district) if draw.random() < 0.4]
            named += [*units.became(units.province(district))]
        assert all(unit.level <= COMMUNE for unit in named)
        batch.append(
            {
                "id": number,
                "title": writer.sentence(8),
                "body": writer.sentence(40) + ". " + ", ".join(unit.title for unit in named),
                "units": list(dict.fromkeys(named)),
            }
        )
        if len(batch) == BATCH or number == size:
            yield batch
            batch = []


def _p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


if __name__ == "__main__":
    main()
