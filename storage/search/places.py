"""Searches that ask for a place: without words, and by the name of a province that ended."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from storage.engine.words import folded_words
from storage.places.units import load_provinces
from storage.text import fold, normalize

if TYPE_CHECKING:
    import sqlite3

    from storage.places.units import Unit

WORDS = frozenset(("hòa bình", "hoà bình", "hoa binh", "thái bình", "thai binh"))
"""Names that are words too: the province is meant in capitals or behind ``tỉnh``."""


def find_old_province(conn: sqlite3.Connection, query: str) -> tuple[str, Unit] | None:
    """Return the rest of a query and the province before July 2025 that it names; None if none.

    Only of provinces that ended: the words of the others find the articles of both times.
    Quoted words stay words. None in an archive of a version that knew no places.
    """
    text = normalize(query)
    if any(mark in text for mark in '"*-'):
        return None
    shown = fold(text) if text.isascii() else text.lower()
    for name, unit in ended_provinces().items():
        if name not in shown:
            continue
        found = re.search(rf"(?<!\w)(tỉnh |tinh )?{re.escape(name)}(?!\w)", shown)
        if found and (found[1] or name not in WORDS or text[found.start()].isupper()):
            rest = " ".join((shown[: found.start()] + shown[found.end() :]).split())
            rest = rest if any(map(str.isalnum, rest)) else ""
            return (rest, unit) if _knows_places(conn) else None
    return None


@functools.cache
def ended_provinces() -> dict[str, Unit]:
    """Return the provinces whose name ended, by name in lower case, with and without accents."""
    units = load_provinces()
    today = {name for name, found in units.named.items() if not all(unit.old for unit in found)}
    exact = {name: found[0] for name, found in units.named.items() if name not in today}
    folded = {fold(name): unit for name, unit in exact.items() if fold(name) not in today}
    return {**exact, **folded}


def _knows_places(conn: sqlite3.Connection) -> bool:
    return bool(
        conn.execute("select 1 from sqlite_master where name = 'place_articles'").fetchone()
    )


class Homes:
    """Which sources are of a province, by any name it has or had."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._rows: list[tuple[str, set[tuple[str, ...]]]] | None = None

    def of(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Return the sources of the province that folded words name; empty for other words.

        Papers of what the province became are meant, too: who asks for Quảng Nam means articles
        that Đà Nẵng's papers write today.
        """
        became = province_names().get(words)
        if became is None:
            return ()
        return tuple(source for source, names in self._sources() if names & {words, *became})

    def _sources(self) -> list[tuple[str, set[tuple[str, ...]]]]:
        if self._rows is None:
            rows = self._conn.execute("select id, province, province_before_2025 from sources")
            self._rows = [(row[0], {_name(row[1]), _name(row[2] or row[1])}) for row in rows]
        return self._rows


def named_today(words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return what the province that folded words name is called today; empty for other words."""
    return tuple(province_names().get(words, ()))


@functools.cache
def province_names() -> dict[tuple[str, ...], frozenset[tuple[str, ...]]]:
    """Return the folded words of each province's name -> those of what it became."""
    units = load_provinces()
    found: dict[tuple[str, ...], frozenset[tuple[str, ...]]] = {}
    for name, meant in units.named.items():
        today = {_name(units.province(new).name) for unit in meant for new in units.became(unit)}
        found[_name(name)] = found.get(_name(name), frozenset()) | today
    return found


@functools.lru_cache(maxsize=512)
def _name(name: str) -> tuple[str, ...]:
    words = tuple(folded_words(name))
    return ("ho", "chi", "minh") if words in (("tp", "hcm"), ("tphcm",)) else words
