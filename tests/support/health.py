"""Facts about a source, as the rules of health get them."""

from __future__ import annotations

from dataclasses import replace

from crawler.monitoring.verdicts import Facts
from storage.records import Run, SeedState
from storage.states import RunKind, RunState

NOW = "2026-11-24T03:00:00Z"
GOOD_AT = "2026-11-24T00:30:00Z"


def at(clock: str) -> str:
    """The instant of a time of this day, or one that is written in full."""
    if len(clock) > 8:
        return clock
    return f"2026-11-24T{clock}{':00' if len(clock) == 5 else ''}Z"


def met(clock: str, outcomes: dict[str, int], state: str = "finished") -> Run:
    """A crawl that began at a time and met so many pages of each outcome."""
    return Run(
        source_id="a",
        kind=RunKind.CRAWL,
        started_at=at(clock),
        state=RunState(state),
        outcomes=outcomes,
    )


def seed(number: int = 1, **changes: object) -> SeedState:
    """A feed that answered a few minutes ago."""
    state = SeedState(
        id=number,
        source_id="a",
        kind="feed",
        url=f"https://a.vn/rss/{number}",
        polled_at=at("02:55"),
    )
    return replace(state, **changes)  # type: ignore[arg-type]


def facts(**changes: object) -> Facts:
    """An active source of which nothing is known but its seed."""
    base = Facts(
        now=NOW,
        status="active",
        seeds=[seed()],
        runs=[],
        published=[],
        watched_since=None,
        coverage={},
    )
    return replace(base, **changes)  # type: ignore[arg-type]
