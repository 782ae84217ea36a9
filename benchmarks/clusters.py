"""Copies: are the right articles put together, and what does finding them cost?

    python benchmarks/clusters.py [--pairs 1200] [--sizes 10000,100000,1000000] [--seed 1]

Pairs are composed (``newswire.py``) and labelled by how they were made. Each pair goes through
``Archive.add`` as two outlets' articles, all into one archive, so that a pair must be found
among all others. Then ``add`` is timed in archives of growing size.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import statistics
import sys
import tempfile
import time
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))
from newswire import FORMS, TOPICS, Newsroom, Text

from storage.archive import Archive
from storage.articles.clusters import keep_bands
from storage.fingerprint import content_digest, signature
from storage.records import Article, Link, SourceRow
from storage.text import normalize_body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

START = dt.date(2026, 1, 1)


def other_lead(room: Newsroom, text: Text) -> list[str]:
    fresh = room.event(text.topic)
    return [" ".join(fresh.paragraphs[0].split()[:45]) + ".", *text.paragraphs[1:]]


def trimmed(room: Newsroom, text: Text) -> list[str]:
    return text.paragraphs[: -room.random.randint(1, 3)]


def local_addition(room: Newsroom, text: Text) -> list[str]:
    more = room.event().paragraphs[: room.random.randint(1, 2)]
    place = room.random.randint(1, len(text.paragraphs))
    return [*text.paragraphs[:place], *more, *text.paragraphs[place:]]


def edited(room: Newsroom, text: Text) -> list[str]:
    return [room.reworded(paragraph, 0.5) for paragraph in text.paragraphs]


def cut_and_edited(room: Newsroom, text: Text) -> list[str]:
    """A brief of a long report: half of it, one word in thirty gone."""
    kept = text.paragraphs[: len(text.paragraphs) // 2 + 1]
    return [
        " ".join(word for word in part.split() if room.random.random() > 1 / 30)
        for part in (room.reworded(paragraph, 0.3) for paragraph in kept)
    ]


def all_at_once(room: Newsroom, text: Text) -> list[str]:
    for change in (other_lead, trimmed, local_addition):
        text.paragraphs = change(room, text)
    return [room.reworded(paragraph, 0.2) for paragraph in text.paragraphs]


def respelled(_: Newsroom, text: Text) -> list[str]:
    joined = " ".join(text.paragraphs)
    half = joined.find(". ", len(joined) // 2) + 2
    return [
        unicodedata.normalize("NFD", part) for part in ("(TTXVN) - " + joined[:half], joined[half:])
    ]


COPIES: tuple[Callable[[Newsroom, Text], list[str]], ...] = (
    other_lead, trimmed, local_addition, edited, cut_and_edited, all_at_once, respelled,
)  # fmt: skip


def copies(room: Newsroom) -> Iterator[tuple[str, Text, Text]]:
    """Yield pairs that are copies, round all ways to make one."""
    while True:
        for make in COPIES:
            text = room.event()
            own = Text(text.title, text.summary, list(text.paragraphs), text.topic, text.plan)
            title = room.event(text.topic).title
            yield make.__name__, text, Text(title, own.summary, make(room, own), text.topic)


def strangers(room: Newsroom) -> Iterator[tuple[str, Text, Text]]:
    """Yield pairs that are no copies though they look alike."""
    while True:
        topic = room.random.choice(sorted(TOPICS))
        yield "same topic", room.event(topic), room.event(topic)
        text = room.event(topic)
        plan = room.random.sample(text.plan, len(text.plan))
        yield "same event, other words", text, room.report(topic, plan)
        quoted = room.event(topic)
        quoting = room.report(topic, quoted.plan)
        quoting.paragraphs.insert(2, quoted.paragraphs[1])
        yield "same event, one paragraph quoted", quoted, quoting
        for kind in sorted(FORMS):
            yield f"form letter: {kind}", room.form(kind), room.form(kind)


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
    for name in ("bao-a", "bao-b"):
        row = SourceRow(
            id=name, name=name, kind="newspaper", province="x", homepage="https://x.vn/"
        )
        archive.sources.put(row)


def measure_quality(folder: Path, pairs: int, seed: int) -> None:
    """Add all pairs to one archive in one order, then judge every cluster."""
    room = Newsroom(seed)
    made = [(True, *next(each)) for each in [copies(room)] for _ in range(pairs // 2)]
    made += [(False, *next(each)) for each in [strangers(room)] for _ in range(pairs // 2)]
    room.random.shuffle(made)
    with Archive.open(folder / "quality.db") as archive:
        put_sources(archive)
        archive._db.conn.execute("pragma synchronous = off")
        ids, origin = [], {}
        for number, (_, _, one, other) in enumerate(made):
            # Copies come within days of each other; pairs are spread over three months.
            day = START + dt.timedelta(days=number % 90)
            later = day + dt.timedelta(days=room.random.randint(0, 3))
            pair = (
                add(archive, article("bao-a", number, one, day)),
                add(archive, article("bao-b", number, other, later)),
            )
            ids.append(pair)
            origin.update(dict.fromkeys(pair, number))
        cluster = dict(
            tuple(row) for row in archive._db.conn.execute("select id, cluster_id from articles")
        )
    report_quality(made, ids, cluster, origin)


def report_quality(
    made: list[tuple[bool, str, Text, Text]],
    ids: list[tuple[int, int]],
    cluster: dict[int, int],
    origin: dict[int, int],
) -> None:
    kinds: Counter[str] = Counter()
    joined: Counter[str] = Counter()
    found = right = 0
    for (_, kind, *_), (one, other) in zip(made, ids, strict=True):
        kinds[kind] += 1
        joined[kind] += cluster[one] == cluster[other]
    members: dict[int, list[int]] = defaultdict(list)
    for one, its in cluster.items():
        members[its].append(one)
    for group in members.values():
        for place, one in enumerate(group):
            for other in group[:place]:
                found += 1
                right += origin[one] == origin[other] and made[origin[one]][0]
    truth = sum(is_copy for is_copy, *_ in made)
    print(f"{len(made)} pairs, {truth} of them copies, {len(cluster)} articles in one archive")
    for kind, count in sorted(kinds.items()):
        print(f"  {kind:34} {count:5} pairs {joined[kind]:5} joined")
    print(f"precision {right / max(1, found):.4f} of {found} joined pairs, any with any")
    print(f"recall    {right / truth:.4f}")


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
            keep_bands(archive._db.conn, number + 1, made, made.fetched_at)
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
    parser.add_argument("--pairs", type=int, default=1200)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        measure_quality(Path(name), options.pairs, options.seed)
        if options.sizes:
            sizes = [int(size) for size in options.sizes.split(",")]
            measure_cost(Path(name), sizes, options.seed)


if __name__ == "__main__":
    main()
