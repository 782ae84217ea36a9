"""Which articles a search, export or list of changes is about."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.errors import QueryError
from storage.text import fold

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

SOURCE_KINDS = ("newspaper", "broadcaster", "portal")
ARTICLE_KINDS = ("article", "photo", "video", "roundup", "live")
MOST_MONTHS = 36

_NAME_MARKS = re.compile(r"[ \-–/.,&()_]")
_PLACE = re.compile(r"^(?:tinh|thanh pho|t\.? ?p)[. ]+|^tp(?=hcm$)")
_PLACE_MARKS = re.compile(r"[\W_]+")
_SHORT_PLACES = {"hcm": "ho chi minh"}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The same, resolved against an archive."""

    sources: tuple[str, ...] | None
    """Source ids that match; None means all."""
    kind: str | None
    names: tuple[str, ...]
    """Facets of section and author."""
    since: str | None
    until: str | None
    place: str | None = None
    """Code of a unit, as table ``place_articles`` has it."""

    @property
    def facets(self) -> tuple[tuple[str, ...], ...]:
        """Terms of ``articles_pairs``: one of each group must match."""
        groups: list[tuple[str, ...]] = [(name,) for name in self.names]
        if self.sources is not None:
            groups.append(tuple(f"_s_{source.replace('-', '_')}" for source in self.sources))
        if self.kind:
            groups.append((f"_k_{self.kind}",))
        if times := tuple(_times(self.since, self.until)):
            groups.append(times)
        return tuple(groups)

    def where(self) -> tuple[str, list[str]]:
        """Return an SQL condition on ``articles a`` and its values, for what columns can say."""
        tests = ["1"]
        values: list[str] = []
        if self.sources is not None:
            tests.append(f"a.source_id in ({', '.join('?' * len(self.sources))})")
            values += self.sources
        for test, value in (
            ("a.kind = ?", self.kind),
            ("a.published_on >= ?", self.since),
            ("a.published_on <= ?", self.until),
        ):
            if value:
                tests.append(test)
                values.append(value)
        if self.place:
            tests.append(
                "exists (select 1 from place_articles where place = ? and article_id = a.id)"
            )
            values.append(self.place)
        return " and ".join(tests), values


def resolve(conn: sqlite3.Connection, filters: Filters) -> Scope:
    """Look up names in the archive. Raise QueryError for a name that nothing has."""
    since, until = _day(filters.since), _day(filters.until)
    if since and until and since > until:
        raise QueryError(f"no day lies between {since} and {until}")
    article_kind = filters.kind if filters.kind in ARTICLE_KINDS else None
    if filters.kind and not article_kind and filters.kind not in SOURCE_KINDS:
        raise QueryError(
            f"no kind is called {filters.kind!r}: say {', '.join(SOURCE_KINDS + ARTICLE_KINDS)}"
        )
    names = [("_in_", filters.section), ("_by_", filters.author)]
    return Scope(
        sources=_sources(conn, filters),
        kind=article_kind,
        names=tuple(prefix + facet_name(name) for prefix, name in names if name),
        since=since,
        until=until,
        place=_place_code(filters.place) if filters.place else None,
    )


def _place_code(name: str) -> str:
    # Here, as the units of the country take a while to read and few searches ask for a place.
    from storage.places.questions import find_place

    return find_place(name).unit.code


def facet_name(name: str) -> str:
    """Return a section's or author's name as the index holds it."""
    return _NAME_MARKS.sub("_", fold(name))


def place_name(name: str) -> str:
    """Return what makes two names of a province equal: ``TP.HCM`` is ``Thành phố Hồ Chí Minh``."""
    bare = _PLACE_MARKS.sub(" ", _PLACE.sub("", " ".join(fold(name).split()))).strip()
    return _SHORT_PLACES.get(bare, bare)


def read_list(text: str) -> list[str]:
    """Return a column that holds a JSON array; empty where another client wrote no array."""
    try:
        values = json.loads(text)
    except ValueError:
        return []
    return [str(value) for value in values] if isinstance(values, list) else []


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
    raise QueryError(f"the archive has no source {source!r}{_near(source, (r[0] for r in rows))}")


def _of_province(rows: list[sqlite3.Row], province: str) -> list[sqlite3.Row]:
    wanted = place_name(province)
    found = [row for row in rows if wanted in {place_name(row[2]), place_name(row[3] or "")}]
    if found:
        return found
    names = (name for row in rows for name in (row[2], row[3]) if name)
    raise QueryError(f"the archive has no source of {province!r}{_near(province, names)}")


def _near(name: str, names: Iterable[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, dict.fromkeys(names), n=3)
    return f": did you mean {' or '.join(near)}?" if near else ""


def _day(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise QueryError(f"{text!r} is no date: write it as YYYY-MM-DD") from None


def _times(since: str | None, until: str | None) -> Iterator[str]:
    """Months of a short period, years of a long one; a term each keeps the match small."""
    if not since:
        return
    start, end = dt.date.fromisoformat(since), dt.date.fromisoformat(until or "9999-12-31")
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    if months <= MOST_MONTHS:
        for month in range(start.month - 1, start.month - 1 + months):
            yield f"_m_{start.year + month // 12:04}_{month % 12 + 1:02}"
    elif end.year - start.year <= MOST_MONTHS:
        for year in range(start.year, end.year + 1):
            yield f"_y_{year:04}"
