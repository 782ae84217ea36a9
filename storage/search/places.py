"""Searches that ask for a place: without words, and by the name of a province that ended."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from storage.places.units import load_provinces
from storage.search.filters import read_list
from storage.search.ranking import EARLIEST_FIRST
from storage.search.results import Hit, Hits
from storage.search.snippets import WIDTH
from storage.text import fold, normalize

if TYPE_CHECKING:
    import sqlite3

    from storage.places.units import Unit
    from storage.search.filters import Scope

MOST_LISTED = 2_000
"""The newest archived articles of a place that a list without words is made from."""

WORDS = frozenset(("hòa bình", "hoà bình", "hoa binh", "thái bình", "thai binh"))
"""Names that are words too: the province is meant in capitals or behind ``tỉnh``."""

_FIELDS = """
select a.id, a.title, ifnull(a.summary, substr(a.body, 1, {width})) as lead, a.url, a.source_id,
    s.province, a.published_on, a.authors, a.section, a.cluster_id,
    (select count(*) - 1 from articles c where c.cluster_id = a.cluster_id) as copies"""
_NEWEST = """
from (
    select article_id from place_articles where place = ? order by article_id desc limit {most}
) p
join articles a on a.id = p.article_id
join sources s on s.id = a.source_id
where {condition}
order by a.published_on desc, a.published_at desc, a.id desc"""
_EARLIEST = """
from articles a join sources s on s.id = a.source_id
where a.cluster_id = ? and {condition} order by {order}, a.id limit 1"""


def list_newest(conn: sqlite3.Connection, scope: Scope, *, copies: bool, limit: int) -> Hits:
    """Return the newest articles that answer for the place of a scope.

    Unless ``copies``, a text that several have is shown once, by its earliest article in scope.
    """
    condition, values = scope.where()
    fields = _FIELDS.format(width=WIDTH)
    newest = fields + _NEWEST.format(condition=condition, most=MOST_LISTED)
    earliest = fields + _EARLIEST.format(condition=condition, order=EARLIEST_FIRST)
    shown: dict[int, sqlite3.Row] = {}
    for row in conn.execute(newest, [scope.place, *values]):
        shown.setdefault(row["id"] if copies else row["cluster_id"], row)
        if len(shown) >= limit:
            break
    if not copies:
        for cluster, row in shown.items():
            if row["copies"]:
                shown[cluster] = conn.execute(earliest, [cluster, *values]).fetchone()
    hits = map(_hit, shown.values())
    return Hits(sorted(hits, key=lambda hit: hit.published_on or "", reverse=True))


def newest_of(conn: sqlite3.Connection, scope: Scope, *, most: int) -> list[int]:
    """Return the ids of the newest archived articles that answer for the place of a scope."""
    sql = "select article_id from place_articles where place = ? order by article_id desc limit ?"
    return [row[0] for row in conn.execute(sql, (scope.place, most))]


def find_old_province(conn: sqlite3.Connection, query: str) -> tuple[str, Unit] | None:
    """Return the rest of a query and the province before July 2025 that it names; None if none.

    Only of provinces that ended: the words of the others find the articles of both times.
    Quoted words stay words. None in an archive of a version that knew no places.
    """
    text = normalize(query)
    if any(mark in text for mark in '"*-'):
        return None
    for name, unit in ended_provinces().items():
        shown = fold(text) if text.isascii() else text.lower()
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


def _hit(row: sqlite3.Row) -> Hit:
    return Hit(
        id=row["id"],
        title=row["title"],
        snippet=" ".join(row["lead"].split())[:WIDTH],
        url=row["url"],
        source=row["source_id"],
        province=row["province"],
        published_on=row["published_on"],
        authors=read_list(row["authors"]),
        section=row["section"],
        copies=row["copies"],
    )
