"""Kill -9 a crawl of 1,500 pages at 20 random moments, then let it finish, and count.

    python benchmarks/kill.py [--pages N] [--kills N] [--seed N] [--backfill]

Ends with 1 unless every article is there once, no link is pending, database, full-text index and
captures are whole, and every stored article was counted by exactly one run.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.site.town import Town
from tests.support.crawls import Desk
from tests.support.kills import crawl_and_kill, find_faults


def main() -> int:
    """Run and print; the exit status says whether nothing was lost or doubled."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--pages", type=int, default=1500)
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--longest", type=float, default=4.0, help="seconds until a kill")
    options.add_argument("--backfill", action="store_true", help="of a backfill, not of a crawl")
    given = options.parse_args()
    words = ["backfill", "town", "--since", "2026-01-01"] if given.backfill else ["crawl", "town"]
    with tempfile.TemporaryDirectory() as folder, Town(given.pages, lifetime=1800) as town:
        desk = Desk(Path(folder))
        desk.add_source(town.base, seeds=[("feed", "/rss/home.rss"), ("sitemap", "/sitemap.xml")])
        chance = random.Random(given.seed)
        alive = crawl_and_kill(
            desk, *words, kills=given.kills, longest=given.longest, chance=chance
        )
        print(f"killed {alive} of {given.kills} children while they ran")
        so_far = desk.value("select count(*) from articles")
        print(f"stored so far: {so_far}")
        started = time.monotonic()
        done = desk.run(*words, timeout=900)
        print(f"undisturbed: {done.stdout.strip()} in {time.monotonic() - started:.0f} s")
        stored = desk.value("select count(*) from articles")
        faults = find_faults(desk)
        sent = town.bodies_sent()
    print(
        f"articles: {stored} of {given.pages}; page bodies sent: {sent}; faults: {faults or 'none'}"
    )
    return 0 if stored == given.pages and not faults and done.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
