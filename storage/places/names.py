"""Names of units: their usual spellings, and what a name without accents is compared by."""

from __future__ import annotations

import functools
import itertools
import re

from storage.spelling import exact_spellings
from storage.text import fold

ALIASES = {
    "Hồ Chí Minh": ("HCM", "TPHCM", "TPHồ Chí Minh"),
    "Bà Rịa - Vũng Tàu": ("BR-VT", "BRVT", "BR - VT"),
    "Huế": ("Thừa Thiên Huế", "Thừa Thiên - Huế", "TT Huế", "TT-Huế"),
    "Kon Tum": ("Kontum",),
    "Đắk Lắk": ("Daklak", "Dak Lak"),
    "Bắc Kạn": ("Bắc Cạn",),
    "Phan Rang - Tháp Chàm": ("Phan Rang",),
    "Mù Căng Chải": ("Mù Cang Chải",),
    "Sa Pa": ("Sapa",),
    "La Gi": ("Lagi",),
    "Si Ma Cai": ("Xi Ma Cai", "Simacai"),
    "KBang": ("K'Bang",),
    "M'Đrắk": ("M'Drắk", "M'Drăk"),
}
"""Other names of a unit in papers, beside spellings that follow from a habit."""

_HIGHLAND = {
    "đắk": ("đăk", "đắc", "đak"),
    "đăk": ("đắk", "đắc", "đak"),
    "lắk": ("lăk", "lắc", "lak"),
    "pắc": ("păc", "pắk", "păk"),
}
"""Syllables of highland names that papers spell each in its way."""
_MOST = 12
_DASH = re.compile(r" ?[-–] ?")


@functools.lru_cache(1024)
def spellings(name: str) -> tuple[str, ...]:
    """Return the ways in which papers write a name, in lower case, its own first.

    Tone placement and ``i``/``y`` as search has them; dashes with and without spaces; the
    apostrophes of highland names.
    """
    if name.isalpha() and name not in ALIASES:
        return _word(name.lower())
    found: dict[str, None] = {}
    for form in (name, *ALIASES.get(name, ())):
        for dashed in _dashes(form.lower()):
            found.update(dict.fromkeys(_words(dashed)))
    return tuple(found)


def folded_name(name: str) -> str:
    """Return what two names without accents are compared by."""
    return " ".join(re.sub(r"[^\w]+", " ", fold(name).replace("'", "").replace("’", "")).split())


def _dashes(name: str) -> tuple[str, ...]:
    if "-" not in name and "–" not in name:
        return (name,) if "'" not in name else (name, name.replace("'", "’"))
    return tuple(_DASH.sub(dash, name) for dash in (" - ", "-", " – ", "–", " "))


def _words(name: str) -> list[str]:
    choices = [_word(word) for word in name.split(" ")]
    if all(len(choice) == 1 for choice in choices):
        return [name]
    return [" ".join(words) for words in itertools.islice(itertools.product(*choices), _MOST)]


@functools.lru_cache(4096)
def _word(word: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*exact_spellings(word), *_HIGHLAND.get(word, ()))))
