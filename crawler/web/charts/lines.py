"""Several courses over time as lines in one picture, in the units of an SVG's viewBox. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.web.charts.timeline import BOTTOM, LEFT, TOP, round_up

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH, HEIGHT = 720, 220


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """One line a course, all over the same times."""

    names: Sequence[str]
    """Months, or years."""
    paths: Sequence[str]
    """``points`` of a polyline, one a course."""
    ticks: Sequence[tuple[float, str]]
    top: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - BOTTOM
    ceiling: int = TOP


def draw_lines(names: Sequence[str], courses: Sequence[Mapping[str, float]]) -> Lines | None:
    """Return the lines of values by name; None for fewer than two names."""
    if len(names) < 2:
        return None
    most = max((course.get(name, 0) for course in courses for name in names), default=0)
    top = most if 0 < most < 1 else float(round_up(max(1, round(most))))
    step = (WIDTH - LEFT - 8) / (len(names) - 1)
    full = HEIGHT - BOTTOM - TOP
    paths = [
        " ".join(
            f"{LEFT + at * step:.1f},{HEIGHT - BOTTOM - full * course.get(name, 0) / top:.1f}"
            for at, name in enumerate(names)
        )
        for course in courses
    ]
    each = max(1, -(-len(names) // 12))
    ticks = [(round(LEFT + at * step, 1), names[at]) for at in range(0, len(names), each)]
    return Lines(names=names, paths=paths, ticks=ticks, top=top)
