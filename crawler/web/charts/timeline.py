"""Numbers over time as bars, in the units of an SVG's viewBox. Pure."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WIDTH, HEIGHT = 720, 120
LEFT, BOTTOM, TOP = 44, 22, 8
MOST_MONTHS = 60
"""Bars of months; a longer time is drawn by years."""
MOST_YEARS = 60
"""Years drawn, the latest: one wrong date must not make all bars hairs."""
LEAST_BAR = 1.5
"""A bar of few articles among many is still to be seen."""
_NICE = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One month, year or day."""

    name: str
    """``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``."""
    count: int
    x: float
    y: float
    width: float
    height: float
    since: str
    until: str
    """First and last local day, ``YYYY-MM-DD``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Bars with an axis."""

    bars: Sequence[Bar]
    ticks: Sequence[tuple[float, str]]
    """Position and year or month."""
    top: int
    """What the full height stands for."""
    by: str
    """``year``, ``month`` or ``day``."""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: float = HEIGHT - BOTTOM
    ceiling: float = TOP


def draw_timeline(counts: Mapping[str, int]) -> Timeline | None:
    """Return the bars of months, ``YYYY-MM`` -> number, or of years where they are too many.

    None where fewer than two months have a number: that is no course of time.
    """
    known = {name: count for name, count in counts.items() if _is_month(name) and count}
    if len(known) < 2:
        return None
    begin, end = min(known), max(known)
    if 12 * (int(end[:4]) - int(begin[:4])) + int(end[5:]) - int(begin[5:]) >= MOST_MONTHS:
        years: dict[str, int] = {}
        for name, count in known.items():
            years[name[:4]] = years.get(name[:4], 0) + count
        first = max(int(min(years)), int(max(years)) - MOST_YEARS + 1)
        names = [f"{year:04}" for year in range(first, int(max(years)) + 1)]
        return _draw({name: years.get(name, 0) for name in names}, "year")
    return _draw({name: known.get(name, 0) for name in _months(begin, end)}, "month")


def draw_days(counts: Mapping[str, int], last: dt.date, days: int) -> Timeline:
    """Return the bars of so many days, the last one included."""
    names = [(last - dt.timedelta(days=ago)).isoformat() for ago in range(days - 1, -1, -1)]
    return _draw({name: counts.get(name, 0) for name in names}, "day")


def draw_spark(counts: Mapping[str, int], last: dt.date, days: int) -> str:
    """Return the bars of so many days as one path, in a viewBox of ``days`` by 100."""
    top = max([1, *counts.values()])
    bars = []
    for at in range(days):
        day = (last - dt.timedelta(days=days - 1 - at)).isoformat()
        if count := counts.get(day):
            bars.append(f"M{at} 100V{100 - max(4, round(100 * count / top))}h.8V100z")
    return "".join(bars)


def span_of(name: str) -> tuple[str, str]:
    """Return the first and the last day of a year, month or day."""
    if len(name) == 4:
        return f"{name}-01-01", f"{name}-12-31"
    if len(name) == 7:
        year, month = int(name[:4]), int(name[5:])
        return f"{name}-01", f"{name}-{calendar.monthrange(year, month)[1]:02}"
    return name, name


def round_up(number: int) -> int:
    """Return the next of 1, 2, 5, 10, 20, 50, …: a scale that people read."""
    power = 1
    while True:
        for step in _NICE:
            if step * power >= number:
                return step * power
        power *= 10


def _draw(counts: Mapping[str, int], by: str) -> Timeline:
    top = round_up(max(1, *counts.values()))
    room = WIDTH - LEFT
    step = room / len(counts)
    width = step * 0.82 if step > 4 else step
    full = HEIGHT - BOTTOM - TOP
    bars = []
    for at, (name, count) in enumerate(counts.items()):
        height = max(LEAST_BAR, full * count / top) if count else 0.0
        since, until = span_of(name)
        bars.append(
            Bar(
                name=name,
                count=count,
                x=round(LEFT + at * step, 2),
                y=round(HEIGHT - BOTTOM - height, 2),
                width=round(width, 2),
                height=round(height, 2),
                since=since,
                until=until,
            )
        )
    return Timeline(bars=bars, ticks=list(_ticks(bars, by)), top=top, by=by)


def _ticks(bars: Sequence[Bar], by: str) -> Iterator[tuple[float, str]]:
    """Yield as many labels as have room: years, or months of a short time."""
    starts = bars if by == "year" else [bar for bar in bars if bar.name[5:] == "01"]
    if by == "month" and len(bars) <= 14:
        starts = list(bars)
    if by == "day":
        starts = [bar for bar in bars if bar.name.endswith("-01")]
    each = max(1, -(-len(starts) // 12))
    for bar in starts[::each]:
        yield (
            round(bar.x + bar.width / 2, 2),
            bar.name if by != "month" or len(bars) <= 14 else (bar.name[:4]),
        )


def _is_month(name: str) -> bool:
    return (
        len(name) == 7
        and name[4] == "-"
        and name[:4].isdecimal()
        and name[5:].isdecimal()
        and 1 <= int(name[5:]) <= 12
        and int(name[:4]) > 0
    )


def _months(first: str, last: str) -> Iterator[str]:
    year, month = int(first[:4]), int(first[5:])
    while (name := f"{year:04}-{month:02}") <= last:
        yield name
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
