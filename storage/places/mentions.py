"""Which units an article names: a gazetteer with the habits of Vietnamese papers.

The kind before a name (``xã``, ``TP.``), a list that shares a kind, the parent beside it and the
outlet's own province tell which unit is meant; words before a bare name tell places from persons,
companies, streets and rivers. Pure: text in, mentions out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.places.lists import join_lists
from storage.places.resolve import Reader, Setting
from storage.places.scan import How, find_names

if TYPE_CHECKING:
    from storage.places.units import Units

MOST = 2_000
"""Capitalised names of a text that are read."""

__all__ = ["How", "Mention", "Setting", "find_mentions"]


@dataclass(frozen=True, slots=True)
class Mention:
    """One place in a text that names a unit."""

    unit: str
    """Code of the unit."""
    how: How
    confidence: float
    """0 to 1."""
    position: int
    """First character of the name (without its kind) in the text."""
    length: int
    """Characters of the name."""


def find_mentions(units: Units, text: str, setting: Setting) -> list[Mention]:
    """Return the units that a text names, in order; what stays unclear is left out.

    Reads the first ``MOST`` names: an article has some dozen, a directory of places is none.
    """
    found = join_lists(units, text, find_names(units, text, MOST))
    Reader(units, text, setting, found).read()
    return [
        Mention(one.unit.code, one.how, round(one.sure, 3), one.start, one.end - one.start)
        for one in found
        if one.unit
    ]
