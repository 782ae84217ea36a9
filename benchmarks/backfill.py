"""Backfill a source of 50,000 sitemap URLs, killed with -9 at five random moments and resumed.

    python benchmarks/backfill.py [--pages N] [--kills N] [--seed N] [--seconds N]

The site's sitemap index names one sitemap a month. Ends with 1 unless every article is there
once, nothing is pending or doubled, and no process ever held more than 200 MB.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.site import text
from tests.site.exchange import HTML, XML
from tests.site.server import Site, not_found
from tests.support.crawls import Desk
from tests.support.kills import find_faults

if TYPE_CHECKING:
    from tests.site.exchange import Exchange

MOST_MEMORY = 200
"""Megabytes a backfill may hold at its peak."""
MONTHS = 25
LAST = dt.date(2026, 10, 28)


class Depot:
    """A paper that publishes the same number of articles every month."""

    def __init__(self, pages: int) -> None:
        self.pages = pages
        self.months: dict[str, list[int]] = {}
        for number in range(pages):
            self.months.setdefault(self.day_of(number)[:7], []).append(number)

    def day_of(self, number: int) -> str:
        """The local day of an article; the highest number is the newest."""
        months = (self.pages - 1 - number) * MONTHS // self.pages
        year, month = divmod(LAST.year * 12 + LAST.month - 1 - months, 12)
        return f"{year}-{month + 1:02d}-{1 + number % 28:02d}"

    def answer(self, exchange: Exchange) -> None:
        """The index, a month's sitemap, an article, or a 404."""
        path = exchange.hit.path
        if path == "/sitemap.xml":
            rows = (
                f"<sitemap><loc>{exchange.base}/sitemap-{month}.xml</loc></sitemap>"
                for month in self.months
            )
            exchange.reply(f"<sitemapindex>{''.join(rows)}</sitemapindex>", content_type=XML)
        elif path.startswith("/sitemap-") and path[9:16] in self.months:
            rows = (
                f"<url><loc>{exchange.base}/tin-trong-tinh-a{100_000 + number}.html</loc>"
                f"<lastmod>{self.day_of(number)}</lastmod></url>"
                for number in self.months[path[9:16]]
            )
            exchange.reply(f"<urlset>{''.join(rows)}</urlset>", content_type=XML)
        elif path.startswith("/tin-trong-tinh-a"):
            self._article(exchange, int(path[17:-5]) - 100_000)
        else:
            not_found(exchange)

    def _article(self, exchange: Exchange, number: int) -> None:
        paragraphs = "".join(f"<p>{each}</p>" for each in text.make_paragraphs(f"d{number}"))
        exchange.reply(
            f"<html><head><title>Báo</title></head><body><h1>{text.make_title(f'd{number}')}</h1>"
            f"<time datetime='{self.day_of(number)}T08:00:00+07:00'></time>"
            f"<div class='entry-content'>{paragraphs}</div></body></html>",
            content_type=HTML,
        )


def watch(child: subprocess.Popen[str], seconds: float) -> int:
    """Wait until the child ends or the time is over; the most memory it held, in megabytes."""
    peak, end = 0, time.monotonic() + seconds
    status = Path(f"/proc/{child.pid}/status")
    while child.poll() is None and time.monotonic() < end:
        lines = status.read_text().splitlines()
        held = [int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")]
        peak = max(peak, *held, 0)
        time.sleep(0.2)
    return peak


def main() -> int:
    """Run and print; the exit status says whether all was found once, in bounds."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--pages", type=int, default=50_000)
    options.add_argument("--kills", type=int, default=5)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--longest", type=float, default=60.0, help="seconds until a kill")
    options.add_argument("--seconds", type=float, default=7200.0, help="for the last run")
    given = options.parse_args()
    depot, chance, peak = Depot(given.pages), random.Random(given.seed), 0
    with (
        tempfile.TemporaryDirectory() as folder,
        Site({}, depot.answer, lifetime=given.seconds + 1800) as site,
    ):
        desk = Desk(Path(folder))
        desk.add_source(site.base, seeds=[("sitemap", "/sitemap.xml")])
        for turn in [*range(given.kills), None]:
            child = start(desk)
            longest = given.seconds if turn is None else chance.uniform(2, given.longest)
            peak = max(peak, watch(child, longest))
            ended = child.poll() is not None
            if not ended:
                child.send_signal(signal.SIGKILL)
            child.wait()
            stored, doubled = desk.rows(
                "select count(*), count(*) - count(distinct canonical_url) from articles"
            )[0]
            said = f"ended {child.returncode}" if ended else "killed"
            print(f"{said}: {stored} of {given.pages} stored, {doubled} doubled, peak {peak} MB")
        faults = find_faults(desk)
    print(f"faults: {faults or 'none'}")
    whole = stored == given.pages and not faults
    return 0 if whole and peak < MOST_MEMORY and child.returncode == 0 else 1


def start(desk: Desk) -> subprocess.Popen[str]:
    """Start the backfill; what it says is of no interest here and must not fill a pipe."""
    command = [sys.executable, "-m", "crawler", "backfill", "town", "--since", "2024-01-01"]
    return subprocess.Popen(
        command,
        env=desk.environ,
        cwd=Path(__file__).parent.parent,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    sys.exit(main())
