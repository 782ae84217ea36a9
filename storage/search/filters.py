"""Which articles a search, export or list of changes is about."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from storage.engine.clauses import Narrowing
from storage.engine.sql import narrow, prepare
from storage.engine.words import name_form
from storage.errors import QueryError, QueryPart
from storage.states import ARTICLE_KINDS
from storage.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

SOURCE_KINDS = ("newspaper", "broadcaster", "portal")

_PLACE = re.compile(r"^(?:tinh|thanh pho|t\.? ?p)[. ]+|^tp(?=hcm$)")
_PLACE_MARKS = re.compile(r"[\W_]+")
_SHORT_PLACES = {
    "hcm": "hochiminh",
    "hcmc": "hochiminh",
    "saigon": "hochiminh",
    "brvt": "bariavungtau",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the user asked for. None leaves a question open."""

    source: str | None = None
    """Source id."""
    province: str | None = None
    """Name before or after July 2025, with or without accents."""
    place: str | None = None
    """Name of a province, district or commune that the article names: see docs/places.md."""
    kind: str | None = None
    """Kind of source (``portal``) or of article (``video``)."""
    section: str | None = None
    author: str | None = None
    """Full name, with or without accents."""
    since: str | None = None
    """First local day, ``YYYY-MM-DD``."""
    until: str | None = None
    """Last local day, ``YYYY-MM-DD``."""


class Scope(NamedTuple):
    """The same, resolved against an archive."""

    narrowing: Narrowing

    @property
    def place(self) -> str | None:
        """Code of a unit, as table ``place_articles`` has it."""
        return self.narrowing.place

    def where(self) -> tuple[str, list[object]]:
        """Return an SQL condition on ``articles a`` and its values."""
        tests = ["1"]
        values: list[object] = []
        for test, more in narrow(self.narrowing):
            tests.append(test)
            values += more
        return " and ".join(tests), values


def resolve(conn: sqlite3.Connection, filters: Filters) -> Scope:
    """Look up names in the archive. Raise QueryError for a name that nothing has."""
    since, until = check_day(filters.since), check_day(filters.until)
    if since and until and since > until:
        raise QueryError(f"no day lies between {since} and {until}", about=QueryPart.PERIOD)
    article_kind = filters.kind if filters.kind in ARTICLE_KINDS else None
    if filters.kind and not article_kind and filters.kind not in SOURCE_KINDS:
        said = f"no kind is called {filters.kind!r}: say {', '.join(SOURCE_KINDS + ARTICLE_KINDS)}"
        raise QueryError(said, about=QueryPart.KIND, given=filters.kind)
    prepare(conn)
    narrowing = Narrowing(
        sources=_sources(conn, filters),
        kind=article_kind,
        sections=(name_form(filters.section),) if filters.section else (),
        authors=(name_form(filters.author),) if filters.author else (),
        since=since,
        until=until,
        place=_place_code(filters.place) if filters.place else None,
    )
    return Scope(narrowing=narrowing)


def _place_code(name: str) -> str:
    # Here, as the units of the country take a while to read and few searches ask for a place.
    from storage.places.questions import find_place

    return find_place(name).unit.code


def place_name(name: str) -> str:
    """Return what makes two names of a province equal: ``TP.HCM`` is ``Thành phố Hồ Chí Minh``.

    Spaces and hyphens do not matter: ``Daklak``, ``long-an``.
    """
    bare = _PLACE_MARKS.sub("", _PLACE.sub("", " ".join(fold(name).split()))).replace(" ", "")
    return _SHORT_PLACES.get(bare, bare)


def _sources(conn: sqlite3.Connection, filters: Filters) -> tuple[str, ...] | None:
    kind = filters.kind if filters.kind in SOURCE_KINDS else None
    if not (filters.source or filters.province or kind):
        return None
    rows = list(
        conn.execute("select id, kind, province, province_before_2025 from sources order by id")
    )
    if filters.source:
        rows = _known(rows, filters.source)
    if filters.province:
        rows = _of_province(rows, filters.province)
    return tuple(row[0] for row in rows if kind in (None, row[1]))


def _known(rows: list[sqlite3.Row], source: str) -> list[sqlite3.Row]:
    if found := [row for row in rows if row[0] == source]:
        return found
    ids = {row[0]: row[0] for row in rows}
    said = f"the archive has no source {source!r}{_near(source.lower(), ids)}"
    raise QueryError(said, about=QueryPart.SOURCE, given=source)


def _of_province(rows: list[sqlite3.Row], province: str) -> list[sqlite3.Row]:
    wanted = place_name(province)
    found = [row for row in rows if wanted in {place_name(row[2]), place_name(row[3] or "")}]
    if found:
        return found
    if known := _known_province(wanted):
        said = f"no source of {known} is archived; --place finds who else writes of it"
    else:
        names = {place_name(name): name for row in rows for name in (row[2], row[3]) if name}
        said = f"the archive has no source of {province!r}{_near(wanted, names)}"
    raise QueryError(said, about=QueryPart.PROVINCE, given=province)


def _known_province(wanted: str) -> str | None:
    from storage.places.units import load_provinces

    units = load_provinces().provinces
    return next((unit.name for unit in units if place_name(unit.name) == wanted), None)


def _near(name: str, names: Mapping[str, str]) -> str:
    """``names``: form that is compared -> form that is shown."""
    import difflib

    near = [names[each] for each in difflib.get_close_matches(name, names, n=3)]
    return f": did you mean {' or '.join(near)}?" if near else ""


def check_day(text: str | None) -> str | None:
    """Return a local day as it is given. Raise QueryError for what is none."""
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        said = f"{text!r} is no date: write it as YYYY-MM-DD"
        raise QueryError(said, about=QueryPart.DAY, given=text) from None
