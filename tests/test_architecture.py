"""docs/architecture.md describes the tree as it is, and no room is too full."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAP = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGES = ("crawler", "storage")
MOST_MODULES = 12
ONE_EACH = {"commands", "layouts"}
"""One module a command, or a publishing system, by its name."""


def rooms() -> Iterator[str]:
    """Every package below the two, and every module at their top, as the map writes them."""
    for package in PACKAGES:
        for init in sorted((ROOT / package).rglob("__init__.py")):
            folder = init.parent.relative_to(ROOT).as_posix()
            if folder != package:
                yield f"{folder}/"
        for module in sorted((ROOT / package).glob("*.py")):
            if not module.name.startswith("__"):
                yield module.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("room", list(rooms()))
def test_every_room_has_a_line(room: str) -> None:
    assert f"| `{room}` | " in MAP


def test_every_place_named_exists() -> None:
    places = re.findall(r"`((?:crawler|storage|tests)/[\w/.]+)`", MAP)
    assert len(places) > 50
    assert [place for place in places if not (ROOT / place).exists()] == []


def _modules(folder: Path) -> int:
    return sum(module.name != "__init__.py" for module in folder.glob("*.py"))


def test_no_room_is_too_full() -> None:
    full = {}
    for package in PACKAGES:
        for init in (ROOT / package).rglob("__init__.py"):
            count = _modules(init.parent)
            if count > MOST_MODULES and init.parent.name not in ONE_EACH:
                full[init.parent.relative_to(ROOT).as_posix()] = count
    assert full == {}
