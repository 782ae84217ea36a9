"""Search against its peers: relevance, latency, size, build rate, in one run.

    python -m benchmarks.search                        # 100,000 articles, all peers that are here
    python -m benchmarks.search --articles 1000000 --peers ours --half unseen

The judged articles of `tests/data/search` stand among generated ones whose words follow Zipf's law.
Peers: `baotinh search`; the same questions answered by plain SQL; FTS5 with bm25, all words and any
word; sqlite-utils' default full-text table; PostgreSQL with unaccent and GIN (a server of its own in
a temporary folder, on a socket); tantivy alone with ASCII folding. What is not installed is named
and left out. Times are CPU time of this process, those of PostgreSQL wall time.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.batches import Missing
from benchmarks.judged import GOOD, HALVES, Judged, Planted, read_planted, read_queries
from benchmarks.search_peers import PEERS
from benchmarks.stock import NAME
from benchmarks.syllables import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.search_peers import Peer

TOP = 10
LEAST = 0.8
"""MRR of a kind below which it is named."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """A reproducible stream of articles; planted ones stand anywhere in it."""

    size: int
    seed: int = 7

    def __iter__(self) -> Iterator[tuple[int, str, str, str]]:
        writer = Writer(self.seed)
        places = self.places()
        for number in range(1, self.size + 1):
            article = writer.article()
            if planted := places.get(number):
                article = planted.title, planted.lead, planted.body
            yield (number, *article)

    def places(self) -> dict[int, Planted]:
        """Return article number -> what is planted there."""
        planted = read_planted()
        numbers = random.Random(self.seed).sample(range(1, self.size + 1), len(planted))
        return dict(zip(numbers, planted, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one peer reached; times in milliseconds."""

    mrr: float
    ndcg: float
    recall: float
    p50: float
    p95: float
    worst: float
    weak: dict[str, float]
    """Kind of query -> MRR, where it is below ``LEAST``."""


def main() -> None:
    """Build every peer's index over the same articles, ask the same queries, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--half", default="all", choices=HALVES)
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=list(PEERS))
    parser.add_argument("--folder", type=Path, help="keep and reuse indexes in this folder")
    options = parser.parse_args()
    corpus = Corpus(options.articles)
    queries = read_queries(options.half)
    if not options.folder:
        with tempfile.TemporaryDirectory(prefix="baotinh-search-") as folder:
            _run(corpus, queries, options.peers, Path(folder))
    else:
        options.folder.mkdir(parents=True, exist_ok=True)
        _run(corpus, queries, options.peers, options.folder)


def _run(corpus: Corpus, queries: list[Judged], names: list[str], folder: Path) -> None:
    text = sum(len("".join(article).encode()) for _, *article in corpus)
    kinds = len({judged.kind for judged in queries})
    print(f"{corpus.size} articles, {text / 1e6:.0f} MB; {len(queries)} queries of {kinds} kinds")
    print(
        "| system | MRR | NDCG | recall@10 | p50 ms | p95 ms | worst | index MB | of text | rows/s |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name in names:
        try:
            peer = PEERS[name](folder)
        except Missing as missing:
            print(f"| {name} | left out: {missing} |")
            continue
        try:
            _measure(name, peer, corpus, queries, text)
        finally:
            peer.close()
    if "ours" in names:
        _time_command(folder, queries)


def _measure(name: str, peer: Peer, corpus: Corpus, queries: list[Judged], text: int) -> None:
    rate = peer.build(corpus)
    size = peer.index_bytes()
    found = judge(peer, corpus, queries)
    print(
        f"| {name} | {found.mrr:.3f} | {found.ndcg:.3f} | {found.recall:.3f} | {found.p50:.1f} |"
        f" {found.p95:.1f} | {found.worst:.0f} | {size / 1e6:.0f} | {size / text:.2f} |"
        f" {f'{rate:.0f}' if rate else 'reused'} |",
        flush=True,
    )
    weak = ", ".join(f"{kind} {mrr:.2f}" for kind, mrr in sorted(found.weak.items()))
    if weak:
        print(f"  {name}: MRR below {LEAST} in {weak}")


def judge(peer: Peer, corpus: Corpus, queries: list[Judged]) -> Figures:
    """Ask every query twice: the first time is judged and warms up, the second is timed."""
    numbers = {planted.id: number for number, planted in corpus.places().items()}
    marks = [_mark(peer, judged, numbers) for judged in queries]
    times = [_timed(peer, judged.query) for judged in queries]
    by_kind: dict[str, list[float]] = defaultdict(list)
    for judged, (rank, _, _) in zip(queries, marks, strict=True):
        by_kind[judged.kind].append(rank)
    means = {kind: statistics.mean(ranks) for kind, ranks in by_kind.items()}
    return Figures(
        mrr=statistics.mean(rank for rank, _, _ in marks),
        ndcg=statistics.mean(gain for _, gain, _ in marks),
        recall=statistics.mean(recall for _, _, recall in marks),
        p50=statistics.median(times),
        p95=statistics.quantiles(times, n=20)[-1],
        worst=max(times),
        weak={kind: mean for kind, mean in means.items() if mean < LEAST},
    )


def _mark(peer: Peer, judged: Judged, numbers: dict[str, int]) -> tuple[float, float, float]:
    """Return the reciprocal rank of the first answer, NDCG and recall of the first ten hits."""
    grades = {numbers[name]: grade for name, grade in judged.judged.items()}
    right = {number for number, grade in grades.items() if grade >= GOOD}
    found = peer.search(judged.query)[:TOP]
    rank = next((1 / (at + 1) for at, hit in enumerate(found) if hit in right), 0.0)
    best = _gain(sorted(grades.values(), reverse=True)[:TOP])
    gain = _gain([grades.get(hit, 0) for hit in found])
    recall = len(right & set(found)) / min(TOP, len(right)) if right else 1.0
    return rank, gain / best, recall


def _gain(grades: list[int]) -> float:
    return sum((2**grade - 1) / math.log2(at + 2) for at, grade in enumerate(grades))


def _timed(peer: Peer, query: str) -> float:
    clock = time.perf_counter if peer.is_elsewhere else time.process_time
    started = clock()
    peer.search(query)
    return (clock() - started) * 1000


def _time_command(folder: Path, queries: list[Judged]) -> None:
    """Time the whole command, process start included, on this archive."""
    times, cpu = [], []
    for judged in queries[::20]:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "crawler", "search", "--", judged.query],
            env=os.environ | {"BAOTINH_ARCHIVE": str(folder / NAME)},
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
