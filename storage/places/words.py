"""Words beside a name that say whether it is a place, and which kind: ``words.toml``."""

from __future__ import annotations

import tomllib
from importlib.resources import files

_DATA = tomllib.loads((files(__package__) / "words.toml").read_text("utf-8"))
_WORDS: dict[str, list[str]] = _DATA["words"]

KINDS: dict[str, str] = _DATA["kinds"]
KINDS_OF_TWO: dict[str, str] = _DATA["kinds_of_two"]
SHORT_KINDS: dict[str, str] = _DATA["short_kinds"]
SECOND_WORDS = frozenset(both.split(" ")[1] for both in KINDS_OF_TWO)
NOT_BEFORE_XA = frozenset(_WORDS["not_before_xa"])
BETWEEN = tuple(_WORDS["between"])
PLURAL = frozenset(_WORDS["plural"])
OFFICES = frozenset(_WORDS["offices"])
SURNAMES = frozenset(_WORDS["surnames"])
PERSONS = frozenset(_WORDS["persons"])
NEAR = frozenset(_WORDS["near"])
BESIDE = PERSONS | NEAR
FAR = frozenset(_WORDS["far"]) | frozenset(_WORDS["products"])
PLACES_BEFORE = frozenset(_WORDS["places_before"])
STOPS = frozenset(_WORDS["stops"])
OPENERS = frozenset(_WORDS["openers"])

DASHES = frozenset((" - ", " – ", "-", "–"))
LIST_JOINTS = frozenset((", ", " và ", ", và ", "; ", " - ", " – ", " hay ", " hoặc ", " cùng "))
"""Between the names of a list."""
PARENT_JOINTS = DASHES | {", ", ",", " (", " thuộc ", ", thuộc ", " (thuộc ", " của "}
"""Between a unit and what holds it."""
