"""Where a cluster ends: the first wall of each part, for so many hosts. Arithmetic, no measuring.

python benchmarks/walls.py         # the tables of docs/cluster.md

Each figure says where it was measured; change one here to reckon with another machine.
"""

from __future__ import annotations

from dataclasses import dataclass

DAY, YEAR = 86400.0, 365.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What the parts need. Milliseconds are of one core's CPU."""

    articles: float = 20.0
    """New articles a host and day: what provincial papers publish, rounded up."""
    polls: float = 48.0
    """Polls a host and day: one each half hour."""
    revisits: float = 1.2
    """Revisits an article."""
    pause: float = 1.5
    """Seconds between two requests to a host: DOWNLOAD_DELAY."""
    answer: float = 0.3
    """Seconds that an answer takes."""
    page_ms: float = 53.0
    """A page on a worker, with its share of starts, order and delivery: 48 to 58."""
    poll_ms: float = 46.0
    """An unchanged poll, 50 sources a child."""
    merge_ms: float = 7.0
    """A page merged by the daemon, which is the one writer of an archive: 5.4 to 8.6."""
    cut_ms: float = 7.0
    """A source cut out for an order and merged back, by the daemon, whatever it has: 6 to 8."""
    call_ms: float = 0.063
    """A call of the script that keeps the pace, in Redis, with appendfsync everysec."""
    calls: float = 3.0
    """Such calls a request: one that says how long to wait, one that enters, one that leaves."""
    delivery_kb: float = 14.0
    """A page in a delivery, packed."""
    article_kb: float = 12.3
    """An article in the archive."""
    capture_kb: float = 8.1
    """A page of 35 KB in the captures."""
    link_mb: float = 110.0
    """Megabytes a second of the daemon's network and of Redis: 1 Gbit/s."""


@dataclass(frozen=True, slots=True)
class Load:
    """What hosts ask of the parts, a second."""

    hosts: int
    pages: float
    polls: float

    @property
    def requests(self) -> float:
        return self.pages + self.polls


def daily(hosts: int, figures: Figures) -> Load:
    """Each host's news of a day, spread over it."""
    pages = figures.articles * (1 + figures.revisits)
    return Load(hosts, hosts * pages / DAY, hosts * figures.polls / DAY)


def backfill(hosts: int, figures: Figures) -> Load:
    """Each host asked as often as its pace allows."""
    return Load(hosts, hosts / (figures.pause + figures.answer), 0.0)


def shares(load: Load, figures: Figures) -> dict[str, float]:
    """Part -> how many of it the load needs: cores of workers, daemons (one core each, as one process writes an archive), Redis
    servers (one core each), links."""
    return {
        "cores of workers": (load.pages * figures.page_ms + load.polls * figures.poll_ms) / 1000,
        "daemons": (load.pages * figures.merge_ms + load.polls * figures.cut_ms) / 1000,
        "Redis": load.requests * figures.calls * figures.call_ms / 1000,
        "links": load.pages * figures.delivery_kb / 1024 / figures.link_mb,
    }


def reached(load: Load, figures: Figures) -> tuple[float, str]:
    """Requests a second with one daemon and one Redis, and the part that ends it first."""
    needs = {part: share for part, share in shares(load, figures).items() if "cores" not in part}
    part = max(needs, key=lambda each: needs[each])
    if needs[part] <= 1:
        return load.requests, "the pace of the hosts"
    return load.requests / needs[part], {"daemons": "the daemon"}.get(part, part)


def print_table(name: str, loads: list[Load], figures: Figures) -> None:
    """Print one table as Markdown."""
    print(f"\n{name}\n")
    print(
        "| hosts | requests/s allowed | cores of workers | daemons | Redis servers "
        "| with one daemon and one Redis | its wall |"
    )
    print("|---|---|---|---|---|---|---|")
    for load in loads:
        need = shares(load, figures)
        rate, wall = reached(load, figures)
        cores = need["cores of workers"]
        print(
            f"| {load.hosts:,} | {load.requests:,.1f} | {cores:,.2f} | {need['daemons']:.3f} "
            f"| {need['Redis']:.4f} | {rate:,.1f}/s | {wall} |"
        )


def main() -> None:
    """Print the tables."""
    figures = Figures()
    hosts = (131, 1_000, 10_000, 100_000)
    print_table("**The news of each day**", [daily(each, figures) for each in hosts], figures)
    print_table(
        "**A backfill of all at once**", [backfill(each, figures) for each in hosts], figures
    )
    print("\n**A year of it**\n")
    print("| hosts | articles | archive | captures |\n|---|---|---|---|")
    for each in hosts:
        articles = each * figures.articles * YEAR
        archive = articles * figures.article_kb / 1024**2
        captures = articles * (1 + figures.revisits) * figures.capture_kb / 1024**2
        print(
            f"| {each:,} | {articles / 1e6:,.1f} million | {archive:,.0f} GB | {captures:,.0f} GB |"
        )


if __name__ == "__main__":
    main()
