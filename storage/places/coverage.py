"""Which mentions answer a question for a place: its units then and now.

An article answers for a place where it names the place, a unit in it, what it became, or what
went into it. ``answered_by`` says this from the side of the mention, so that an archive can keep
it with each article, and a question is one look-up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.places.units import COMMUNE, PROVINCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.places.units import Unit, Units


def answered_by(units: Units, unit: Unit) -> dict[str, Unit]:
    """Return the places, by code, that an article answers for by naming a unit."""
    found = {unit.code: unit}
    _add(found, units.parents(unit))
    if unit.old:
        # A district is no smaller than what it became, unless it became one unit.
        became = units.became(unit)
        if unit.level != PROVINCE and (unit.level == COMMUNE or len(became) == 1):
            _add(found, became)
        _add(found, units.became(units.province(unit)))
    else:
        for old in units.came_from(unit):
            _add(found, (old, *units.parents(old)))
    return found


def _add(found: dict[str, Unit], more: Iterable[Unit]) -> None:
    found.update((unit.code, unit) for unit in more)
