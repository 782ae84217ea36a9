"""Which units an article names: a gazetteer with the habits of Vietnamese papers.

The kind before a name (``xã``, ``TP.``), a list that shares a kind, the parent beside it and the
outlet's own province tell which unit is meant; words before a bare name tell places from persons,
companies, streets and rivers. Pure: text in, mentions out.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from storage.places import words
from storage.places.resolve import Reader, Setting
from storage.places.scan import How, find_names, is_kind
from storage.places.units import COMMUNE

if TYPE_CHECKING:
    from storage.places.scan import Found
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


def join_lists(units: Units, text: str, found: list[Found]) -> list[Found]:
    """Give the names of a list the kind of its first, and each name the parents beside it."""
    for before, one in pairwise(found):
        joint = text[before.end : one.start]
        if before.trap and joint in words.DASHES:
            one.trap = True
        if joint in words.LIST_JOINTS and _may_be_province(before) and _may_be_province(one):
            before.listed = one.listed = True
        if one.kind or joint not in words.LIST_JOINTS or not before.kind:
            continue
        same = tuple(unit for unit in one.candidates if is_kind(unit, before.kind))
        if not before.plural and joint != " và " and _holds(units, one, before):
            continue
        if same or (before.plural and not one.candidates):
            one.kind, one.how, one.candidates = before.kind, How.LIST, same
            one.plural = before.plural
    _link_parents(units, text, found)
    return [one for one in found if one.candidates]


def _may_be_province(one: Found) -> bool:
    return not one.trap and any(not unit.parent for unit in one.candidates)


def _holds(units: Units, one: Found, inner: Found) -> bool:
    """Return whether a name may be of what holds the unit before it."""
    codes = {unit.code for unit in one.candidates}
    return any(parent.code in codes for unit in inner.candidates for parent in units.parents(unit))


def _link_parents(units: Units, text: str, found: list[Found]) -> None:
    """Note for each name the larger units that follow it at once: ``xã A, huyện B, tỉnh C``."""
    for at, one in enumerate(found):
        level = min((unit.level for unit in one.candidates), default=COMMUNE)
        end = one.end
        for after in found[at + 1 : at + 16]:
            joint = text[end : after.named_start]
            if joint.endswith("("):
                joint = " ("
            beside = joint in words.PARENT_JOINTS
            if not beside and joint not in words.LIST_JOINTS:
                break
            end = after.end
            if not after.candidates:
                continue
            above = min(unit.level for unit in after.candidates)
            larger = above < level
            if larger and not beside:
                break  # "huyện A và tỉnh B"
            if larger:
                one.parents.append(after)
                after.holds |= bool(one.kind) and _holds(units, after, one)
                level = above
