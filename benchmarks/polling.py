"""A month of publication traces: adaptive polling against fixed intervals.

    python benchmarks/polling.py [--seed N] [--svg docs/polling.svg]

Each trace is polled by `crawler.scheduling.policy.next_poll` with a source's usual settings (`poll` of
30 minutes), starting with no history but the 20 items that its feed shows, and at fixed intervals
of 15, 30 and 60 minutes. Delay is the time from publication to the poll that shows the article; an
article that has left the feed of 20 before it was seen is lost. Nothing touches the network.
"""

from __future__ import annotations

import argparse
import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median

from crawler.scheduling.policy import PollResult, bounds, next_poll
from crawler.scheduling.rhythm import learn_rhythm
from storage.instants import VIETNAM, format_instant, parse_instant

START = dt.datetime(2026, 10, 19, tzinfo=VIETNAM)
DAYS = 30
WINDOW = 20
FIXED = (15, 30, 60)
LIMITS = bounds(1800)

Rate = Callable[[dt.datetime], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one policy achieved on one trace."""

    policy: str
    requests: int
    delays: list[float]
    """Minutes."""
    lost: int

    def percentile(self, share: float) -> float:
        """Minutes; nan where nothing was published."""
        ordered = sorted(self.delays)
        return (
            ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--svg", type=Path)
    options = parser.parse_args()
    results = {}
    print(f"{'trace':<14}{'policy':<12}{'requests/day':>13}{'median':>9}{'p95':>9}{'lost':>6}")
    for name, rate in TRACES.items():
        published = publish(rate, Random(options.seed))
        results[name] = [simulate_adaptive(published, Random(options.seed))]
        results[name] += [simulate_fixed(published, minutes) for minutes in FIXED]
        for result in results[name]:
            figures = f"{result.requests / DAYS:13.1f}{percent(result, 0.5)}{percent(result, 0.95)}"
            print(f"{name:<14}{result.policy:<12}{figures}{result.lost:6d}")
    print_total(results)
    if options.svg:
        options.svg.write_text(draw(results), encoding="utf-8")


def percent(result: Result, share: float) -> str:
    return f"{result.percentile(share):5.0f} min" if result.delays else f"{'-':>9}"


def print_total(results: dict[str, list[Result]]) -> None:
    """All traces together: what a daemon with one source of each kind would see."""
    adaptive, *fixed = ([rows[n] for rows in results.values()] for n in range(1 + len(FIXED)))
    for rows in [adaptive, *fixed]:
        delays = sorted(delay for row in rows for delay in row.delays)
        requests = sum(row.requests for row in rows) / DAYS
        soon = sum(delay <= 2 * LIMITS.shortest / 60 for delay in delays) / len(delays)
        print(
            f"{'all':<14}{rows[0].policy:<12}{requests:13.1f}{median(delays):5.0f} min"
            f"{delays[int(0.95 * len(delays))]:5.0f} min{sum(row.lost for row in rows):6d}"
            f"   {soon:.0%} within {2 * LIMITS.shortest / 60:.0f} min"
        )


# --- traces ---------------------------------------------------------------------------------------


def office(per_hour: float) -> Rate:
    """07:00 to 18:00 from Monday to Friday, a little on Saturday morning and in the evening."""

    def rate(moment: dt.datetime) -> float:
        if moment.weekday() == 6:
            return 0.0
        if moment.weekday() == 5:
            return per_hour / 4 if 8 <= moment.hour < 12 else 0.0
        return (
            per_hour if 7 <= moment.hour < 18 else per_hour / 10 if 18 <= moment.hour < 22 else 0.0
        )

    return rate


def bursts(moment: dt.datetime) -> float:
    """A trickle, and each day one hour (never the same) in which 15 articles come."""
    hour = Random(moment.toordinal()).randrange(24)
    return 15.0 if moment.hour == hour else 0.3


def revived(moment: dt.datetime) -> float:
    """Nothing for 15 days, then office hours."""
    return office(2.0)(moment) if moment >= START + dt.timedelta(days=15) else 0.0


TRACES: dict[str, Rate] = {
    "constant": lambda _: 2.0,
    "bursty": bursts,
    "office hours": office(4.0),
    "dead": lambda _: 0.0,
    "revived": revived,
}


def publish(rate: Rate, chance: Random) -> list[dt.datetime]:
    """A Poisson process with the given rate; the feed also holds items from before the start."""
    begin = START - dt.timedelta(days=3)
    old = START - dt.timedelta(days=400)
    moments = [old + dt.timedelta(hours=n) for n in range(WINDOW)]
    for minute in range((DAYS + 3) * 1440):
        moment = begin + dt.timedelta(minutes=minute)
        if chance.random() < rate(moment) / 60:
            moments.append(moment + dt.timedelta(seconds=chance.randrange(60)))
    return moments


# --- policies -------------------------------------------------------------------------------------


def simulate_fixed(published: list[dt.datetime], minutes: int) -> Result:
    def polls() -> Iterator[dt.datetime]:
        moment = START
        while moment < START + dt.timedelta(days=DAYS):
            yield moment
            moment += dt.timedelta(minutes=minutes)

    return measure(f"each {minutes} min", published, list(polls()))


def simulate_adaptive(published: list[dt.datetime], chance: Random) -> Result:
    moment, polls, known = START, [], 0
    while moment < START + dt.timedelta(days=DAYS):
        polls.append(moment)
        now = bisect_right(published, moment)
        rhythm = learn_rhythm(published[:now], watched_since=START, now=moment)
        seen, fresh = min(WINDOW, now), min(WINDOW, now - known)
        answer = PollResult(seen=seen, fresh=fresh, first=not known)
        known = now
        decision = next_poll(
            answer, now=format_instant(moment), rhythm=rhythm, limits=LIMITS, chance=chance
        )
        moment = parse_instant(decision.at).astimezone(VIETNAM)
    return measure("adaptive", published, polls)


def measure(policy: str, published: list[dt.datetime], polls: list[dt.datetime]) -> Result:
    """Delay of each article of the month; lost is what 20 newer ones pushed out unseen."""
    delays, lost = [], 0
    for position, moment in enumerate(published):
        if moment <= START:
            continue
        index = bisect_right(polls, moment)
        if index == len(polls):
            continue
        if bisect_right(published, polls[index]) - position > WINDOW:
            lost += 1
        delays.append((polls[index] - moment).total_seconds() / 60)
    return Result(policy=policy, requests=len(polls), delays=delays, lost=lost)


# --- plot -----------------------------------------------------------------------------------------

WIDTH, HEIGHT, PANEL, LEFT = 820, 300, 190, 60
MOST_REQUESTS, MOST_DELAY = 100.0, 60.0


def draw(results: dict[str, list[Result]]) -> str:
    """Requests a day against the p95 delay, one panel a trace; nearer to the corner is better."""
    shown = {name: rows for name, rows in results.items() if rows[0].delays}
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="11"'
    title = "minutes within which 95 % of the articles are seen, for so many requests a day"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="18" font-size="13">{title}</text>',
    ]
    for number, (name, rows) in enumerate(shown.items()):
        parts += draw_panel(LEFT + number * PANEL, name, rows)
    return "\n".join([*parts, "</svg>", ""])


def draw_panel(left: float, name: str, rows: list[Result]) -> list[str]:
    top, bottom, width = 45.0, 250.0, PANEL - 35.0
    middle = f'x="{left + width / 2:.0f}" text-anchor="middle"'
    parts = [
        f'<path d="M{left},{top} V{bottom} H{left + width}" fill="none" stroke="#888"/>',
        f'<text {middle} y="38" font-weight="bold">{name}</text>',
        f'<text {middle} y="285" fill="#555">requests a day</text>',
    ]
    for minutes in (0, 15, 30, 45, 60):
        y = bottom - minutes / MOST_DELAY * (bottom - top)
        parts.append(
            f'<text x="{left - 4}" y="{y + 4:.0f}" text-anchor="end" fill="#555">{minutes}</text>'
        )
    for requests in (0, 50, 100):
        x = left + requests / MOST_REQUESTS * width
        parts.append(
            f'<text x="{x:.0f}" y="265" text-anchor="middle" fill="#555">{requests}</text>'
        )
    points = []
    for row in rows:
        x = left + min(1.0, row.requests / DAYS / MOST_REQUESTS) * width
        y = bottom - min(1.0, row.percentile(0.95) / MOST_DELAY) * (bottom - top)
        points.append((x, y, row.policy))
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points[1:])
    parts.append(f'<polyline points="{line}" fill="none" stroke="#bbb"/>')
    for x, y, policy in points:
        colour = "#c0392b" if policy == "adaptive" else "#555"
        label = policy.removeprefix("each ")
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>')
        parts.append(f'<text x="{x + 6:.1f}" y="{y - 5:.1f}" fill="{colour}">{label}</text>')
    return parts


if __name__ == "__main__":
    main()
