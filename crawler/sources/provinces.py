"""The provinces, before and after 1 July 2025.

Resolution 202/2025/QH15 of the National Assembly made 34 provinces and cities out of 63.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from storage.places.units import load_provinces

if TYPE_CHECKING:
    from storage.places.units import Unit

_CATALOGUE_NAMES = {"79": "TP Hồ Chí Minh", "79c": "TP Hồ Chí Minh", "46c": "Thừa Thiên Huế"}
"""How the catalogue calls a unit, by code, where not by the name in the list of units."""


def _name(unit: Unit) -> str:
    """Return the catalogue's name: with today's place of the tone (``Hòa Bình``)."""
    return _CATALOGUE_NAMES.get(unit.code, unit.name.replace("oà", "òa"))


PROVINCES = {
    _name(old): _name(new)
    for units in (load_provinces(),)
    for old in units.provinces
    if old.old
    for new in units.became(old)
}
"""Name before -> name since 1 July 2025."""


def fold_name(name: str) -> str:
    """Return letters and digits only, lower case, without accents: ``Đắk Lắk`` -> ``daklak``."""
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())
