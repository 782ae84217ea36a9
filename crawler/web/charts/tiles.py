"""The provinces as a map of tiles, the 34 of today or the 63 of before July 2025. Pure."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from storage.places.units import load_provinces

if TYPE_CHECKING:
    from collections.abc import Mapping

ERAS = ("new", "old")
SHADES = 5
"""Shades of a tile with articles; 0 is one without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One province on the map."""

    code: str
    """Code of the unit, as ``storage.places`` has it."""
    name: str
    column: int
    row: int
    count: int
    whole: int
    """What the count is a share of; 0 where that is not known."""
    shade: int
    """0 to ``SHADES``."""


def draw_tiles(
    era: str, counts: Mapping[str, int], wholes: Mapping[str, int] | None = None
) -> list[Tile]:
    """Return the tiles of an era, from the north-west to the south.

    ``counts`` is code -> number. Shaded by share of ``wholes`` where they are given, else by
    number; the darkest shade is that of the greatest.
    """
    names = load_provinces().by_code
    values = {code: _value(counts.get(code, 0), wholes, code) for code, _, _ in _places()[era]}
    most = max(values.values(), default=0.0)
    return [
        Tile(
            code=code,
            name=names[code].name,
            column=column,
            row=row,
            count=counts.get(code, 0),
            whole=wholes.get(code, 0) if wholes else 0,
            shade=_shade(values[code], most),
        )
        for code, column, row in _places()[era]
    ]


def _value(count: int, wholes: Mapping[str, int] | None, code: str) -> float:
    return count / max(1, count, wholes.get(code, 0)) if wholes is not None else float(count)


def _shade(value: float, most: float) -> int:
    """The square root keeps the many small provinces apart beside a few great ones."""
    if not value:
        return 0
    return max(1, min(SHADES, round(SHADES * math.sqrt(value / most))))


@functools.cache
def _places() -> dict[str, list[tuple[str, int, int]]]:
    """Era -> (code, column, row), in reading order."""
    found: dict[str, list[tuple[str, int, int]]] = {era: [] for era in ERAS}
    with Path(__file__).with_name("tiles.tsv").open(encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("#"):
                era, code, column, row = line.split()
                found[era].append((code, int(column), int(row)))
    return {era: sorted(tiles, key=lambda tile: (tile[2], tile[1])) for era, tiles in found.items()}
