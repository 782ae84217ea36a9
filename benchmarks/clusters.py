"""Copies: are the right articles put together, and what does finding them cost?

    python benchmarks/clusters.py [--rounds 15] [--sizes 10000,100000,1000000] [--seed 1]

Pairs are composed and labelled by how they were made (``pairs.py``). Each pair goes through
``Archive.add`` as articles of two papers or of one, all into one archive, so that a pair must be
found among all others. Bulletins of a month in twenty papers follow (``bulletins.py``). Then ``add`` is timed in archives of growing size.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import random
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from bulletins import TEMPLATES, Desk
from newswire import Newsroom, Text
from pairs import START, Pair, make_pairs

from storage.archive import Archive
from storage.articles.clusters import KEYS, MONTH
from storage.fingerprint import content_digest, signature
from storage.records import Article, Link, SourceRow
from storage.text import normalize_body

EPOCH = dt.date(1970, 1, 1).toordinal()
PAPERS = [f"bao-{letter}" for letter in "abcdefghijklmnopqrst"]


def article(source: str, number: int, text: Text, day: dt.date) -> Article:
    url = f"https://{source}.vn/tin-a{number}.html"
    return Article(
        source_id=source, url=url, canonical_url=url, key=str(number), title=text.title,
        summary=text.summary, body=normalize_body(text.body), published_on=day.isoformat(),
        fetched_at=f"{day}T08:00:00Z",
    )  # fmt: skip


def link(of: Article) -> Link:
    return Link(
        source_id=of.source_id, url=of.url, canonical_url=of.canonical_url, key=of.key,
        found_at=of.fetched_at,
    )  # fmt: skip


def add(archive: Archive, made: Article) -> int:
    outcome = archive.add(made, link=link(made), capture=None, run_id=None)
    return outcome.article_id or 0


def put_sources(archive: Archive) -> None:
    for name in PAPERS:
        row = SourceRow(
            id=name, name=name, kind="newspaper", province="x", homepage="https://x.vn/"
        )
        archive.sources.put(row)


def measure_quality(folder: Path, rounds: int, seed: int) -> None:
    """Add all pairs to one archive in one order, then judge every cluster."""
    pairs = make_pairs(rounds, seed)
    shuffled = random.Random(seed)
    with Archive.open(folder / "quality.db") as archive:
        put_sources(archive)
        archive._db.conn.execute("pragma synchronous = off")
        ids, origin = [], {}
        for number, pair in enumerate(pairs):
            # Copies come within days of each other; pairs are spread over three months.
            day = START + dt.timedelta(days=number % 90)
            paper, *others = shuffled.sample(PAPERS, 2)
            other = paper if pair.one_paper else others[0]
            later = day + dt.timedelta(days=pair.days)
            made = (
                add(archive, article(paper, 2 * number, pair.one, day)),
                add(archive, article(other, 2 * number + 1, pair.other, later)),
            )
            ids.append(made)
            origin.update(dict.fromkeys(made, number))
        cluster = read_clusters(archive)
        measure_grouping_anew(archive, cluster)
    report_quality(pairs, ids, cluster, origin)


def read_clusters(archive: Archive) -> dict[int, int]:
    rows = archive._db.conn.execute("select id, cluster_id from articles")
    return dict(tuple(row) for row in rows)


def measure_grouping_anew(archive: Archive, found: dict[int, int]) -> None:
    """Group all articles as after an upgrade: the clusters must be those found on arrival."""
    conn = archive._db.conn
    conn.execute("update articles set cluster_id = 1")
    conn.execute("delete from copy_keys")
    conn.execute("insert into copies_due select id from articles")
    started = time.process_time()
    while archive.clusters.regroup_due():
        pass
    each = (time.process_time() - started) / len(found)
    same = sum(found[one] == its for one, its in read_clusters(archive).items())
    print(
        f"grouped anew: {same} of {len(found)} articles where they were;"
        f" {each * 1000:.2f} ms of CPU each, {each * 1_000_000 / 60:.0f} minutes for a million"
    )


def report_quality(
    pairs: list[Pair], ids: list[tuple[int, int]], cluster: dict[int, int], origin: dict[int, int]
) -> None:
    kinds = Counter((not pair.is_copy, pair.kind) for pair in pairs)
    joined = Counter(
        (not pair.is_copy, pair.kind)
        for pair, (one, other) in zip(pairs, ids, strict=True)
        if cluster[one] == cluster[other]
    )
    print(f"{len(pairs)} pairs of {len(kinds)} kinds, {len(cluster)} articles in one archive")
    for key, count in sorted(kinds.items()):
        print(
            f"  {'other' if key[0] else 'copy ':5} {key[1]:34} {count:5} pairs {joined[key]:5} joined"
        )
    members: dict[int, list[int]] = defaultdict(list)
    for one, its in cluster.items():
        members[its].append(one)
    for unseen in (False, True):
        found = right = 0
        for group in members.values():
            for place, one in enumerate(group):
                if pairs[origin[one]].unseen != unseen:
                    continue
                found += place
                right += sum(
                    origin[one] == origin[other] and pairs[origin[one]].is_copy
                    for other in group[:place]
                )
        truth = sum(pair.is_copy and pair.unseen == unseen for pair in pairs)
        print(
            f"{'unseen' if unseen else 'development':12} {truth} copies:"
            f" precision {right / max(1, found):.4f} of {found} joined pairs, any with any;"
            f" recall {right / truth:.4f}"
        )


def measure_bulletins(folder: Path, seed: int, papers: int = 20, days: int = 30) -> None:
    """Add every paper's bulletin of every day: no cluster may hold two days."""
    desk = Desk(seed)
    for kind in sorted(TEMPLATES):
        with Archive.open(folder / f"{kind}.db") as archive:
            put_sources(archive)
            archive._db.conn.execute("pragma synchronous = off")
            places = {paper: desk.places() for paper in PAPERS[:papers]}
            for number in range(days):
                day = START + dt.timedelta(days=number)
                wire = desk.issue(kind, day, desk.places())
                for paper in PAPERS[:papers]:
                    # Every other paper prints the wire's bulletin, the rest that of its province.
                    own = PAPERS.index(paper) % 2
                    text = desk.issue(kind, day, places[paper]) if own else wire
                    add(archive, article(paper, number, text, day))
            rows = archive._db.conn.execute(
                "select cluster_id, count(*), count(distinct published_on) from articles"
                " group by cluster_id"
            ).fetchall()
        print(
            f"  {kind:18} {papers * days} bulletins of {days} days in {papers} papers:"
            f" {len(rows)} clusters of at most {max(row[1] for row in rows)} articles"
            f" and {max(row[2] for row in rows)} days"
        )


def fill(archive: Archive, room: Newsroom, size: int) -> None:
    """Bring an archive to a size quickly: same rows, short texts, no index of words for them."""
    sources = ("bao-a", "bao-b")
    triggers = archive._db.conn.execute(
        "select name, sql from sqlite_master where type = 'trigger' and tbl_name = 'articles'"
    ).fetchall()
    with archive.transaction():
        for trigger in triggers:
            archive._db.conn.execute(f'drop trigger "{trigger["name"]}"')
        for number in range(size):
            text = room.random.randbytes(24).hex(" ", 2)
            day = START + dt.timedelta(days=number * 365 // 1_000_000)
            made = article(sources[number % 2], number, Text(f"t {number}", "s", [text]), day)
            made.digest = content_digest(made.title, made.summary, made.body)
            # Signatures as varied as real texts have them.
            made.signature = room.random.randbytes(len(signature(text)))
            archive._db.conn.execute(
                "insert into articles (id, source_id, key, url, canonical_url, title, summary,"
                " body, published_on, first_seen_at, last_seen_at, digest, signature, cluster_id)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (number + 1, made.source_id, made.key, made.url, made.canonical_url, made.title,
                 made.summary, made.body, made.published_on, made.fetched_at, made.fetched_at,
                 made.digest, made.signature, number + 1),
            )  # fmt: skip
            month = (day.toordinal() - EPOCH) // MONTH
            archive._db.conn.executemany(
                "insert or ignore into copy_keys values (?, ?)",
                [(month << 32 | room.random.getrandbits(32), number + 1) for _ in range(KEYS)],
            )
        for trigger in triggers:
            archive._db.conn.execute(trigger["sql"])


def measure_cost(folder: Path, sizes: list[int], seed: int, repeats: int = 300) -> None:
    """Time ``add`` in archives of each size, by turns, so that all meet the same machine.

    New articles of each archive's newest day, every third one a copy of another outlet's.
    """
    room = Newsroom(seed + 1)
    texts = [room.event() for _ in range(repeats)]
    wall: dict[int, list[float]] = {size: [] for size in sizes}
    cpu: dict[int, list[float]] = {size: [] for size in sizes}
    with contextlib.ExitStack() as stack:
        archives = {}
        for size in sizes:
            archive = archives[size] = stack.enter_context(Archive.open(folder / f"{size}.db"))
            put_sources(archive)
            fill(archive, room, size)
            archive.checkpoint(patience=60)
        for number, text in enumerate(texts):
            for size, archive in archives.items():
                day = START + dt.timedelta(days=size * 365 // 1_000_000)
                batch = [article("bao-a", 10**8 + number, text, day)]
                if number % 2:
                    batch.append(article("bao-b", 10**8 + number, text, day))
                for made in batch:
                    clocks = time.perf_counter(), time.process_time()
                    add(archive, made)
                    wall[size].append((time.perf_counter() - clocks[0]) * 1000)
                    cpu[size].append((time.process_time() - clocks[1]) * 1000)
    for size in sizes:
        print(
            f"{size:>9} articles: add {statistics.median(wall[size]):.2f} ms median"
            f" ({statistics.median(wall[size]) / statistics.median(wall[sizes[0]]):.2f} of the"
            f" first), {statistics.quantiles(wall[size], n=20)[-1]:.2f} ms p95;"
            f" CPU {statistics.median(cpu[size]):.2f} ms median"
            f" ({statistics.median(cpu[size]) / statistics.median(cpu[sizes[0]]):.2f})"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        measure_quality(Path(name), options.rounds, options.seed)
        measure_bulletins(Path(name), options.seed)
        if options.sizes:
            sizes = [int(size) for size in options.sizes.split(",")]
            measure_cost(Path(name), sizes, options.seed)


if __name__ == "__main__":
    main()
