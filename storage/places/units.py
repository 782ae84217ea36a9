"""The units of Vietnam before and since 1 July 2025, their names, and which became which.

``units.tsv`` holds the facts and names their source. A code is that of the National Statistics
Office: two digits for a province, three for a district, five for a commune; a unit that ended on
30 June 2025 has a ``c`` behind it (``cũ``), since many codes are in use again.
"""

from __future__ import annotations

import functools
import itertools
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from storage.spelling import exact_spellings
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CHANGED_ON = "2025-07-01"
"""First day of the units of today."""
PROVINCE, DISTRICT, COMMUNE = 1, 2, 3
PROVINCES = 63 + 34
"""Provinces before and since; they come first in the file."""
_FILE = Path(__file__).with_name("units.tsv")
_LEVELS = {2: PROVINCE, 3: DISTRICT, 5: COMMUNE}
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
_MOST_SPELLINGS = 12
_DASH = re.compile(r" ?[-–] ?")


class Unit(NamedTuple):
    """One province, district or commune."""

    code: str
    kind: str
    """``tỉnh``, ``thành phố``, ``huyện``, ``xã``, ..."""
    name: str
    """Without its kind."""
    parent: str
    """Code of the unit that holds it; empty for a province."""
    steps: str
    """What it became, as in the file: codes, each with ``~`` where it took a part only."""

    @property
    def old(self) -> bool:
        """Whether it ended on 30 June 2025."""
        return self.code[-1] == "c"

    @property
    def level(self) -> int:
        """``PROVINCE``, ``DISTRICT`` or ``COMMUNE``."""
        return _LEVELS[len(self.code) - self.old]

    @property
    def title(self) -> str:
        """Kind and name: ``huyện Đức Huệ``."""
        return f"{self.kind} {self.name}"


class Units:
    """All units, by code and by name. Built once a process: see ``load_units``."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.by_code: dict[str, Unit] = {}
        alike: dict[str, list[Unit]] = defaultdict(list)
        sources: dict[str, list[str]] = defaultdict(list)
        for line in lines:
            code, kind, name, parent, steps = line.rstrip("\n").split("\t")
            unit = Unit(code, sys.intern(kind), sys.intern(name), sys.intern(parent), steps)
            self.by_code[code] = unit
            alike[name].append(unit)
            if steps:
                for step in steps.split():
                    sources[step.rstrip("~")].append(code)
        place = {code: at for at, code in enumerate(self.by_code)}
        named: dict[str, tuple[Unit, ...]] = {}
        for name, units in alike.items():
            for key in spellings(name):
                known = named.get(key)
                both = (
                    sorted((*known, *units), key=lambda unit: place[unit.code]) if known else units
                )
                named[key] = tuple(both)
        self.named = named
        """Units by name in lower case, in every usual spelling."""
        self._sources = {code: tuple(found) for code, found in sources.items()}

    def __getitem__(self, code: str) -> Unit:
        return self.by_code[code]

    def parents(self, unit: Unit) -> tuple[Unit, ...]:
        """Return the units that hold it, the smallest first."""
        found = []
        while unit.parent:
            unit = self.by_code[unit.parent]
            found.append(unit)
        return tuple(found)

    def province(self, unit: Unit) -> Unit:
        """Return the province that holds it, or itself."""
        return self.parents(unit)[-1] if unit.parent else unit

    def children(self, unit: Unit) -> tuple[Unit, ...]:
        """Return the units directly in it."""
        return self._children.get(unit.code, ())

    def became(self, unit: Unit) -> tuple[Unit, ...]:
        """Return what an old unit is today, in order of code; a unit of today is itself.

        A district became what its communes became.
        """
        if not unit.old:
            return (unit,)
        steps = [step.rstrip("~") for step in unit.steps.split()]
        if not steps:
            children = self.children(unit)
            steps = sorted({new.code for child in children for new in self.became(child)})
        return tuple(self.by_code[step] for step in steps)

    def took_part(self, old: Unit, new: Unit) -> bool:
        """Return whether ``new`` took a part of ``old``, not all of it."""
        if not old.steps:
            return len(self.became(old)) > 1
        return f"{new.code}~" in old.steps.split()

    def came_from(self, unit: Unit) -> tuple[Unit, ...]:
        """Return the old units that went into a unit of today: its own level, or an island."""
        return tuple(self.by_code[code] for code in self._sources.get(unit.code, ()))

    @functools.cached_property
    def _children(self) -> dict[str, tuple[Unit, ...]]:
        found: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.by_code.values():
            found[unit.parent].append(unit)
        return {code: tuple(units) for code, units in found.items() if code}

    @functools.cached_property
    def folded(self) -> dict[str, tuple[Unit, ...]]:
        """Units by name without accents."""
        found: dict[str, dict[str, Unit]] = defaultdict(dict)
        for key, units in self.named.items():
            found[folded_name(key)].update((unit.code, unit) for unit in units)
        return {key: tuple(units.values()) for key, units in found.items()}

    @functools.cached_property
    def provinces(self) -> tuple[Unit, ...]:
        """The 63 old provinces and the 34 of today."""
        return tuple(unit for unit in self.by_code.values() if not unit.parent)


@functools.cache
def load_units() -> Units:
    """Return the units of ``units.tsv``; the first call reads it."""
    return Units(_lines())


@functools.cache
def load_provinces() -> Units:
    """Return the provinces alone, which are the first lines of the file: in a millisecond."""
    return Units(_lines(PROVINCES))


def _lines(most: int | None = None) -> Iterator[str]:
    with _FILE.open(encoding="utf-8") as lines:
        facts = (line for line in lines if not line.startswith("#"))
        next(facts)
        yield from itertools.islice(facts, most)


@functools.lru_cache(1024)
def spellings(name: str) -> tuple[str, ...]:
    """Return the ways in which papers write a name, in lower case, its own first.

    Tone placement and ``i``/``y`` as search has them; dashes with and without spaces; the
    apostrophes of highland names.
    """
    if name not in ALIASES:
        if name.isalpha():
            return _spell_word(name.lower())
        if name.replace(" ", "").isalpha():
            return _spell_words(name.lower())
    found: dict[str, None] = {}
    for form in (name, *ALIASES.get(name, ())):
        for dashed in _dashes(form.lower()):
            found.update(dict.fromkeys(_spell_words(dashed)))
    return tuple(found)


def folded_name(name: str) -> str:
    """Return what two names without accents are compared by."""
    return " ".join(re.sub(r"[^\w]+", " ", fold(name).replace("'", "").replace("’", "")).split())


def _dashes(name: str) -> tuple[str, ...]:
    if "-" not in name and "–" not in name:
        return (name,) if "'" not in name else (name, name.replace("'", "’"))
    return tuple(_DASH.sub(dash, name) for dash in (" - ", "-", " – ", "–", " "))


def _spell_words(name: str) -> tuple[str, ...]:
    choices = [_spell_word(word) for word in name.split(" ")]
    if max(map(len, choices)) == 1:
        return (name,)
    found = itertools.islice(itertools.product(*choices), _MOST_SPELLINGS)
    return tuple(" ".join(words) for words in found)


@functools.lru_cache(4096)
def _spell_word(word: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*exact_spellings(word), *_HIGHLAND.get(word, ()))))


def answered_by(units: Units, unit: Unit) -> dict[str, Unit]:
    """Return the places, by code, that an article answers for by naming a unit.

    An article answers for a place where it names the place, a unit in it, what it became, or what
    went into it. This says so from the side of the mention, so that an archive can keep it with
    each article, and a question is one look-up.
    """
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
