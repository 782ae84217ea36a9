"""What a user means by the name of a place, and what is said about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.errors import QueryError, QueryPart
from storage.places.units import COMMUNE, PROVINCE, folded_name, load_provinces, load_units
from storage.text import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from storage.places.units import Unit, Units

KINDS = {
    "tỉnh": "tỉnh", "thành phố": "thành phố", "tp": "thành phố", "t.p": "thành phố",
    "quận": "quận", "q": "quận", "huyện": "huyện", "h": "huyện", "thị xã": "thị xã",
    "tx": "thị xã", "phường": "phường", "p": "phường", "xã": "xã", "thị trấn": "thị trấn",
    "tt": "thị trấn", "đặc khu": "đặc khu",
}  # fmt: skip
"""What a user writes before a name, and the kind that is meant."""
MOST_LISTED = 12
_FOLDED_KINDS = {folded_name(word): kind for word, kind in KINDS.items()}
_PARTS = re.compile(
    r"\s*[,(;]\s*|\s+[-–]\s+(?=(?:tỉnh|thành phố|quận|huyện|thị xã|t\.?p|tx|q|h)\b)", re.IGNORECASE
)
_OLD = re.compile(r"[\s(]+(?:cũ|cu|before 2025|until june 2025)\)?$", re.IGNORECASE)
_SHORT = re.compile(r"^(?:(tp|tx|tt|[hqpx])\.\s*|([pq])(?=\d))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """One unit that a user asked for."""

    unit: Unit
    note: str
    """Its history in a line."""


def find_place(text: str) -> Place:
    """Return the unit that a user means: a name, with kind and parents where needed.

    ``Đức Huệ``, ``huyen duc hue``, ``xã Mỹ Quý, Tây Ninh``, ``Tân Phú, Đồng Tháp``. Accents and
    kinds decide where they are typed. A bare name means the largest unit of that name; ``cũ``
    behind it, the one before July 2025. Raise QueryError for an unknown name, and one that lists
    the choices for a name of several units.
    """
    units = load_units()
    asked = normalize(text)
    only_old = _OLD.search(asked)
    name, *parents = [part.strip(" )") for part in _PARTS.split(_OLD.sub("", asked))]
    found = _named(units, name)
    if not found:
        raise _refuse(text, f"no place is called {text!r}: docs/places.md says how to write one")
    for parent in filter(None, parents):
        within = [unit for unit in found if _is_within(units, unit, parent, then=False)]
        if not within:
            raise _refuse(text, f"no {name!r} lies in {parent!r}: say one of {_choices(found)}")
        found = _of_that_time(units, within, parent)
    if only_old:
        found = [unit for unit in found if unit.old] or found
    chosen = _largest(units, found)
    if len(chosen) > 1 and parents:  # provinces of before count where those of today leave two
        chosen = [one for one in chosen if _is_within(units, one, parents[-1], then=True)] or chosen
    if len(chosen) > 1:
        raise _refuse(text, f"{len(chosen)} places are called {name!r}: {_choices(chosen)}")
    return Place(chosen[0], describe(units, chosen[0]))


def _refuse(text: str, said: str) -> QueryError:
    return QueryError(said, about=QueryPart.PLACE, given=text)


def find_provinces(names: Iterable[str]) -> frozenset[str]:
    """Return the codes of provinces, before and since July 2025, by names of the catalogue."""
    bare = (folded_name(name).removeprefix("tp ").removeprefix("thanh pho ") for name in names)
    provinces = load_provinces().folded
    return frozenset(unit.code for name in bare for unit in provinces.get(name, ()))


def describe(units: Units, unit: Unit) -> str:
    """Return the history of a unit in a line: what it was, and what it is."""
    if unit.old:
        return f"{title(units, unit)}, until June 2025; now {_now(units, unit)}"
    origins = units.came_from(unit)
    if unit.level == PROVINCE:
        names = [old.name for old in origins if old.name != unit.name]
        joined = f", with {_listed(names)} since July 2025" if names else ""
        return f"{unit.title}{joined}"
    of = _by_parent(units, origins)
    return f"{title(units, unit)}, since July 2025; before: {of}" if of else title(units, unit)


def title(units: Units, unit: Unit) -> str:
    """Return a unit with what holds it: ``xã Mỹ Quý Tây, huyện Đức Huệ, Long An``."""
    parents = units.parents(unit)
    names = [parent.name if parent.level == PROVINCE else parent.title for parent in parents]
    return ", ".join((unit.title, *names))


def name_code(code: str) -> str:
    """Return the title of a unit by its code, with ``cũ`` where it ended in June 2025."""
    units = load_units()
    unit = units.by_code.get(code)
    return code if unit is None else title(units, unit) + (" (cũ)" if unit.old else "")


def _named(units: Units, name: str) -> list[Unit]:
    """Return the units of a name; with the accents and the kind as typed, if any has them."""
    lower = _SHORT.sub(r"\1\2 ", name.lower())
    choices = [(lower, "")]
    for length in (1, 2):
        words = lower.split(" ", length)
        kind = _FOLDED_KINDS.get(folded_name(" ".join(words[:-1])), "")
        if kind:
            choices.append((words[-1], kind))
    for bare, kind in choices[::-1]:
        for found in (units.named.get(bare, ()), _unaccented(units, bare)):
            if kept := [unit for unit in found if kind in ("", unit.kind)]:
                return kept
    return []


def _unaccented(units: Units, name: str) -> list[Unit]:
    """Return the units of a name typed without accents; none where it has some."""
    if not name.isascii():
        return []
    return list(units.folded.get(folded_name(name), ()))


def _is_within(units: Units, unit: Unit, parent: str, *, then: bool) -> bool:
    """Return whether a place of that name holds it, then or now, or (``then``) in its own time."""
    wanted = {found.code for found in _named(units, parent)}
    near = () if then else units.became(unit) if unit.old else units.came_from(unit)
    return any(holder.code in wanted for one in (unit, *near) for holder in units.parents(one))


def _of_that_time(units: Units, found: list[Unit], parent: str) -> list[Unit]:
    """Return the units that lay in a parent which has ended, where there are any; else all."""
    if any(not holder.old for holder in _named(units, parent) if holder.level < COMMUNE):
        return found
    return [unit for unit in found if _is_within(units, unit, parent, then=True)] or found


def _largest(units: Units, found: Sequence[Unit]) -> list[Unit]:
    """Return the units of the highest level; where one of a province is of today, that one."""
    level = min(unit.level for unit in found)
    highest = [unit for unit in found if unit.level == level]
    today = {units.province(unit).code for unit in highest}
    return [
        unit
        for unit in highest
        if not unit.old or not any(new.code in today for new in units.became(units.province(unit)))
    ]


def _choices(found: Iterable[Unit]) -> str:
    titles = sorted({name_code(unit.code) for unit in found})
    more = f" and {len(titles) - MOST_LISTED} more" if len(titles) > MOST_LISTED else ""
    return "; ".join(titles[:MOST_LISTED]) + more


def _now(units: Units, unit: Unit) -> str:
    became = units.became(unit)
    if unit.level == PROVINCE:
        same = became[0].name == unit.name
        return became[0].title if same else f"part of {became[0].title}"
    names = [
        f"{new.title} (in part)" if unit.steps and units.took_part(unit, new) else new.title
        for new in became
    ]
    kinds = {new.kind for new in became}
    if len(kinds) == 1:
        names[1:] = [name.removeprefix(f"{became[0].kind} ") for name in names[1:]]
    provinces = dict.fromkeys(units.province(new).name for new in became)
    return f"{', '.join(names)} of {' and '.join(provinces)}"


def _by_parent(units: Units, olds: Sequence[Unit]) -> str:
    groups: dict[str, list[str]] = {}
    for old in olds:
        holder = ", ".join(p.name if p.level == PROVINCE else p.title for p in units.parents(old))
        groups.setdefault(holder, []).append(old.title)
    return "; ".join(f"{', '.join(names)} of {holder}" for holder, names in groups.items())


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
