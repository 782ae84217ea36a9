"""Search against its peers: relevance, latency, size, build rate, in one run.

    python -m benchmarks.search                        # 100,000 articles, all peers that are here
    python -m benchmarks.search --articles 1000000 --peers ours

Peers: the planner behind `baotinh search`; the same index asked in plain SQL; sqlite-utils'
default full-text table; PostgreSQL with unaccent and GIN (a server of its own in a temporary
folder, on a socket); tantivy with ASCII folding. What is not installed is named and left out.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.batches import Missing
from benchmarks.judged import QUERIES, Planted, plant
from benchmarks.search_peers import PEERS
from benchmarks.syllables import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.search_peers import Peer

ROUNDS = 3
TOP = 10


@dataclass(frozen=True, slots=True)
class Corpus:
    """A reproducible stream of articles; planted ones stand anywhere in it."""

    size: int
    seed: int = 7

    def __iter__(self) -> Iterator[tuple[int, str, str, str]]:
        writer = Writer(self.seed)
        places = self.places()
        for number in range(1, self.size + 1):
            planted = places.get(number)
            article = writer.article()
            if planted:
                article = planted.title, planted.summary, planted.body
            yield (number, *article)

    def places(self) -> dict[int, Planted]:
        """Return article number -> what is planted there."""
        planted = plant(Writer(self.seed + 1))
        numbers = random.Random(self.seed).sample(range(1, self.size + 1), len(planted))
        return dict(zip(numbers, planted, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one peer reached."""

    mrr: float
    recall: float
    accents: float
    p50: float
    p95: float
    worst: dict[str, float]
    """Kind of query -> MRR, where it is below 1."""


def main() -> None:
    """Build every peer's index over the same articles, ask the same queries, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=list(PEERS))
    parser.add_argument("--folder", type=Path, help="keep and reuse indexes in this folder")
    options = parser.parse_args()
    corpus = Corpus(options.articles)
    if not options.folder:
        with tempfile.TemporaryDirectory(prefix="baotinh-search-") as folder:
            _run(corpus, options.peers, Path(folder))
    else:
        options.folder.mkdir(parents=True, exist_ok=True)
        _run(corpus, options.peers, options.folder)


def _run(corpus: Corpus, names: list[str], folder: Path) -> None:
    text = sum(len("".join(article).encode()) for _, *article in corpus)
    kinds = len({judged.kind for judged in QUERIES})
    print(
        f"{corpus.size} articles, {text / 1e6:.0f} MB of text; {len(QUERIES)} queries of {kinds} kinds"
    )
    print(
        "| system | MRR | recall@10 | accents kept | p50 ms | p95 ms | index MB | of text | rows/s |\n"
        "|---|---|---|---|---|---|---|---|---|"
    )
    weak = []
    for name in names:
        try:
            peer = PEERS[name](folder)
        except Missing as missing:
            print(f"| {name} | left out: {missing} |")
            continue
        try:
            weak.append((name, _measure(name, peer, corpus, text)))
        finally:
            peer.close()
    for name, figures in weak:
        if figures.worst:
            kinds_below = ", ".join(f"{kind} {mrr:.2f}" for kind, mrr in figures.worst.items())
            print(f"{name}: MRR below 1 in {kinds_below}")
    if "ours" in names:
        _time_command(folder)


def _measure(name: str, peer: Peer, corpus: Corpus, text: int) -> Figures:
    rate = peer.build(corpus)
    size = peer.index_bytes()
    figures = judge(peer, corpus)
    print(
        f"| {name} | {figures.mrr:.3f} | {figures.recall:.3f} | {figures.accents:.2f} |"
        f" {figures.p50:.1f} | {figures.p95:.1f} | {size / 1e6:.0f} | {size / text:.2f} |"
        f" {f'{rate:.0f}' if rate else 'reused'} |",
        flush=True,
    )
    return figures


def judge(peer: Peer, corpus: Corpus) -> Figures:
    """Ask every query some rounds; the first round warms up and is judged, the rest is timed."""
    places = corpus.places()
    ranks, recalls, accents, times = [], [], [], []
    by_kind: dict[str, list[float]] = {}
    for number, judged in enumerate(QUERIES):
        right = {place for place, planted in places.items() if number in planted.answers}
        found = peer.search(judged.query)[:TOP]
        rank = next((1 / (at + 1) for at, hit in enumerate(found) if hit in right), 0.0)
        ranks.append(rank)
        by_kind.setdefault(judged.kind, []).append(rank)
        recalls.append(len(right & set(found)) / len(right))
        if judged.lookalike:
            accents.append(_kept(found, right))
    for _ in range(ROUNDS):
        for judged in QUERIES:
            started = time.perf_counter()
            peer.search(judged.query)
            times.append((time.perf_counter() - started) * 1000)
    cuts = statistics.quantiles(times, n=20)
    means = {kind: statistics.mean(values) for kind, values in by_kind.items()}
    return Figures(
        mrr=statistics.mean(ranks),
        recall=statistics.mean(recalls),
        accents=statistics.mean(accents),
        p50=statistics.median(times),
        p95=cuts[-1],
        worst={kind: mean for kind, mean in means.items() if mean < 1},
    )


def _kept(found: list[int], right: set[int]) -> float:
    """Share of the hits up to the last right one that are right: 1 when no other precedes."""
    at = [place for place, hit in enumerate(found) if hit in right]
    return len(at) / (at[-1] + 1) if at else 0.0


def _time_command(folder: Path) -> None:
    """Time the whole command, process start included, on this archive."""
    archive = folder / "ours.db"
    times, cpu = [], []
    for judged in QUERIES[::4]:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "crawler", "search", "--", judged.query],
            env=os.environ | {"BAOTINH_ARCHIVE": str(archive)},
            capture_output=True,
            check=True,
        )
        times.append(time.perf_counter() - started)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    print(
        f"whole command: p50 {statistics.median(times):.2f} s, worst {max(times):.2f} s"
        f" (CPU p50 {statistics.median(cpu):.2f} s)"
    )


if __name__ == "__main__":
    main()
