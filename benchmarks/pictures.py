"""What pictures cost: crawls of the same site with none, the lead, and all of them.

    python benchmarks/pictures.py [--pages N] [--pictures N] [--runs N]

Pages of 35 KB, each with ``--pictures`` photographs of its own of 120 KB. Runs are paired: none,
lead, all, and again; a figure is the median over the pairs. CPU is user and system time of
``baotinh crawl`` from its start to its end; the site is served by this process.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))

from PIL import Image

from benchmarks.crawl import Paper, command, spend
from tests.support.crawls import Desk

if TYPE_CHECKING:
    from tests.site.exchange import Exchange

CHOICES = ("none", "lead", "all")
SIZE = (1200, 800)
BYTES = 120_000


def take_photograph() -> bytes:
    """A picture as large as those of newspapers: coarse noise does not compress away."""
    noise = random.Random(1).randbytes(SIZE[0] // 8 * (SIZE[1] // 8) * 3)
    small = Image.frombytes("RGB", (SIZE[0] // 8, SIZE[1] // 8), noise)
    out = BytesIO()
    small.resize(SIZE).save(out, "JPEG", quality=80)
    return out.getvalue()[:BYTES].ljust(BYTES, b"\0")


class Gallery(Paper):
    """A paper whose articles show photographs of their own."""

    def __init__(self, count: int, pictures: int) -> None:
        super().__init__(count, lifetime=1800)
        photograph = take_photograph()

        def answer(exchange: Exchange) -> None:
            exchange.reply(photograph + exchange.hit.path.encode(), content_type="image/jpeg")

        self.routes["/anh/*"] = answer
        self.illustrate = lambda piece: "".join(
            f'<figure><img src="{self.base}/anh/{piece.number}-{n}.jpg"></figure>'
            for n in range(pictures)
        )


def measure(town: Gallery, choice: str) -> tuple[float, int, int]:
    """CPU seconds of one crawl, articles and pictures stored."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        desk.settings |= {"IMAGES": choice, "MEDIA_PER_RUN": "100000", "MEDIA_SECONDS": "1000"}
        desk.add_source(town.base, seeds=[("sitemap", "/sitemap.xml")])
        cost, done = spend(command("ours", town.base, folder), desk, timeout=900)
        if done.returncode:
            sys.stderr.write(done.stderr[-2000:])
        articles = desk.value("select count(*) from articles")
        pictures = desk.value("select count(*) from media where state = 'stored'")
    return cost, int(str(articles)), int(str(pictures))


def main() -> int:
    """Print CPU seconds by choice, and each against none; 1 where something was not stored."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--pages", type=int, default=200)
    options.add_argument("--pictures", type=int, default=4)
    options.add_argument("--runs", type=int, default=3)
    given = options.parse_args()
    costs: dict[str, list[float]] = {choice: [] for choice in CHOICES}
    wanted = {"none": 0, "lead": given.pages, "all": given.pages * given.pictures}
    with Gallery(given.pages, given.pictures) as town:
        for _ in range(given.runs):
            for choice in CHOICES:
                cost, articles, pictures = measure(town, choice)
                if (articles, pictures) != (given.pages, wanted[choice]):
                    print(f"{choice}: {articles} articles, {pictures} pictures")
                    return 1
                costs[choice].append(cost)
    print(f"{'IMAGES':10}{'pictures':>10}{'CPU s':>10}{'of none':>10}{'ms a picture':>15}")
    for choice in CHOICES:
        ratio = statistics.median(c / n for c, n in zip(costs[choice], costs["none"], strict=True))
        more = [c - n for c, n in zip(costs[choice], costs["none"], strict=True)]
        each = 1000 * statistics.median(more) / wanted[choice] if wanted[choice] else 0.0
        median = statistics.median(costs[choice])
        print(f"{choice:10}{wanted[choice]:10}{median:10.2f}{ratio:10.2f}{each:15.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
