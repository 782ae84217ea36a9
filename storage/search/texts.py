"""Articles read by their ids: what is scored, and what a hit shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

from storage.engine.entries import read_list, whole_body
from storage.search.places import Homes
from storage.search.results import Hit

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from storage.search.filters import Scope

_TEXTS = """
select a.id, a.title, a.summary, {body}, a.published_on, a.published_at, a.cluster_id,
    a.source_id, length(a.body)
from articles a where a.id in (select value from json_each(?)) and {condition}"""
_DOCUMENTS = "select title, text from document_texts where article_id = ? order by media_id"
_HIT = """
select a.id, a.title, a.summary, a.body, a.url, a.source_id, a.authors, a.section,
    a.published_on, a.published_at, a.cluster_id, s.province
from articles a join sources s on s.id = a.source_id where a.id = ?"""
EARLIEST_FIRST = (
    "published_on is null, published_on, ifnull(published_at, published_on), first_seen_at"
)
_COPIES = f"""
select cluster_id, id from articles where cluster_id in (select value from json_each(?))
order by {EARLIEST_FIRST}, id"""  # noqa: S608 - constants


class ReadsTexts(Protocol):
    """What reads articles by their ids, of one archive or of several: see ``Texts``."""

    def read(self, ids: Iterable[int]) -> dict[int, tuple[str, str, str]]:
        """Return title, summary and body of each that is in scope, in the order asked for."""

    def day(self, number: int) -> tuple[str, str, int]:
        """Return what orders an article that was read by its publication."""

    def source(self, number: int) -> str:
        """Return the source of an article that was read."""

    def documents(self, number: int) -> list[tuple[str, str]]:
        """Return name and text of each document of an article that was read.

        They stand behind its body, each after an empty line.
        """

    def homes(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Return the sources of the province that folded words name; empty for other words."""

    def cluster(self, number: int) -> int:
        """Return the cluster of an article that was read."""

    def copies(self, clusters: Iterable[int]) -> dict[int, list[int]]:
        """Return cluster -> its articles, the earliest first."""

    def hit(
        self, number: int, *, snippet: str, score: float, copies: int, document: str | None
    ) -> Hit:
        """Return a hit as it is shown."""


class Texts:
    """Reads articles of one scope; what was read is kept while a query is answered."""

    def __init__(self, conn: sqlite3.Connection, scope: Scope) -> None:
        self._conn = conn
        condition, self._values = scope.where()
        self._sql = _TEXTS.format(condition=condition, body=whole_body(conn))
        self._rows: dict[int, sqlite3.Row | None] = {}
        self.homes = Homes(conn).of

    def read(self, ids: Iterable[int]) -> dict[int, tuple[str, str, str]]:
        """Return title, summary and body of each that is in scope, in the order asked for."""
        wanted = list(ids)
        if new := [number for number in wanted if number not in self._rows]:
            self._rows |= dict.fromkeys(new)
            rows = self._conn.execute(self._sql, (json.dumps(new), *self._values))
            self._rows |= {row[0]: row for row in rows}
        found = ((number, self._rows[number]) for number in wanted)
        return {number: (row[1], row[2] or "", row[3]) for number, row in found if row is not None}

    def day(self, number: int) -> tuple[str, str, int]:
        """Return what orders an article that was read by its publication."""
        row = self._rows[number]
        return ("", "", number) if row is None else (row[4] or "", row[5] or "", number)

    def source(self, number: int) -> str:
        """Return the source of an article that was read."""
        row = self._rows[number]
        return "" if row is None else str(row[7])

    def documents(self, number: int) -> list[tuple[str, str]]:
        """Return name and text of each document of an article that was read."""
        row = self._rows[number]
        if row is None or len(row[3]) == row[8]:
            return []
        return [(each[0], each[1]) for each in self._conn.execute(_DOCUMENTS, (number,))]

    def cluster(self, number: int) -> int:
        """Return the cluster of an article that was read."""
        row = self._rows[number]
        return number if row is None else int(row[6])

    def copies(self, clusters: Iterable[int]) -> dict[int, list[int]]:
        """Return cluster -> its articles, the earliest first."""
        found: dict[int, list[int]] = {cluster: [] for cluster in clusters}
        for cluster, number in self._conn.execute(_COPIES, (json.dumps(list(found)),)):
            found[cluster].append(number)
        return found

    def hit(
        self, number: int, *, snippet: str, score: float, copies: int, document: str | None
    ) -> Hit:
        """Return a hit as it is shown."""
        row = self._conn.execute(_HIT, (number,)).fetchone()
        return Hit(
            id=row[0], title=row[1], snippet=snippet, url=row[4], source=row[5], province=row[11],
            published_on=row[8], authors=list(read_list(row[6])), section=row[7],
            score=round(score, 3), copies=copies, document=document,
        )  # fmt: skip
