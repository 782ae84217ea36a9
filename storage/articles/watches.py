"""Saved searches: what matched them, and what is new since they last ran."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from storage.db.rows import record
from storage.engine.clauses import Request
from storage.engine.entries import whole_body
from storage.engine.sql import SqlSearcher
from storage.errors import BaotinhError
from storage.search.filters import Filters, resolve
from storage.search.meaning.reading import read_query
from storage.search.query import parse_query
from storage.search.scoring import Scorer
from storage.text import fold

if TYPE_CHECKING:
    from storage.db.database import Database

PAGE = 500
"""New matches that are read at once."""
MOST_NEW = 5_000
"""New matches told in one run; the oldest ones above are counted and left out."""
KEPT = 100
"""Matches kept for a feed."""

_PRUNE = """
delete from watch_matches where name = :name and article_id not in (
    select article_id from watch_matches where name = :name
    order by article_id desc limit :kept)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One saved search."""

    name: str
    slug: str
    """Its name as part of a file name."""
    query: str
    filters: Filters
    created_at: str
    seen_id: int
    """Articles up to this id have been looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a run of a watch found."""

    watch: Watch
    found: tuple[int, ...]
    """Ids of new matches, the oldest first."""
    seen_id: int
    left_out: int
    """How many more there were: the earlier ones."""


class Watches:
    """Tables ``watches`` and ``watch_matches``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(
        self, name: str, query: str, filters: Filters, *, now: str, backlog: bool = False
    ) -> Watch:
        """Save a search, for what is archived from now on; with ``backlog`` for all that is there.

        Raise BaotinhError when the name is taken, QueryError for the rest.
        """
        if query or not filters.place:
            parse_query(query)
        resolve(self._db.conn, filters)
        slug = _slug(name)
        if not slug or len(slug) > 60:
            raise BaotinhError(f"{name!r} is no name for a watch: use up to 60 letters and digits")
        if any(slug == watch.slug for watch in self.all()):
            raise BaotinhError(f"there is a watch {name!r} already: remove it first")
        with self._db.transaction():
            seen = 0 if backlog else self._highest()
            self._db.conn.execute(
                "insert into watches (name, slug, query, filters, created_at, seen_id)"
                " values (?, ?, ?, ?, ?, ?)",
                (name, slug, query, json.dumps(asdict(filters), ensure_ascii=False), now, seen),
            )
        return Watch(
            name=name, slug=slug, query=query, filters=filters, created_at=now, seen_id=seen
        )

    def all(self) -> list[Watch]:
        """Return the saved searches by name."""
        rows = self._db.conn.execute("select * from watches order by name")
        return [record(Watch, row, filters=Filters(**json.loads(row["filters"]))) for row in rows]

    def remove(self, name: str) -> None:
        """Forget a saved search. Raise BaotinhError where there is none."""
        with self._db.transaction():
            if not self._db.conn.execute("delete from watches where name = ?", (name,)).rowcount:
                raise BaotinhError(f"there is no watch {name!r}: see `baotinh watch list`")

    def find_news(self, watch: Watch, *, now: str | None = None) -> News:
        """Return the articles archived since the last run that match.

        A search that was saved later than ``now``, by a clock that was ahead, is told of all that
        was archived since.

        Words typed with accents must have them: a watch on ``Mạ`` is not told of every ``mà``.
        """
        scope = resolve(self._db.conn, watch.filters)
        # Read first: what is archived meanwhile belongs to the next run.
        highest = self._highest()
        request = Request(narrowing=scope.narrowing)
        scorer = None
        if watch.query:
            reading = read_query(parse_query(watch.query))
            request = request._replace(atoms=reading.atoms, excluded=reading.excluded)
            scorer = Scorer(reading)
        found: list[int] = []
        # The first run of one that begins with all that is there looks at the past, too.
        is_past = now is None or watch.created_at <= now
        since = watch.created_at if watch.seen_id and is_past else ""
        left_out, seen = 0, watch.seen_id
        # Plain SQL: it knows every article at once, and looks at the new ones only.
        searcher = SqlSearcher(self._db.conn)
        while ids := searcher.newer(request, above=seen, limit=PAGE):
            last = ids[-1]
            ids = [number for number in ids if number <= highest]
            found += self._exact(scorer, self._since(since, ids))
            left_out += max(0, len(found) - MOST_NEW)
            del found[:-MOST_NEW]
            seen = last
        return News(
            watch=watch, found=tuple(found), seen_id=max(highest, watch.seen_id), left_out=left_out
        )

    def _since(self, instant: str, ids: list[int]) -> list[int]:
        """Return those that were first seen since then: an import brings pages of long ago."""
        sql = (
            "select id from articles where id in (select value from json_each(?))"
            " and first_seen_at >= ? order by id"
        )
        return [row[0] for row in self._db.conn.execute(sql, (json.dumps(ids), instant))]

    def _exact(self, scorer: Scorer | None, ids: list[int]) -> list[int]:
        """Return those that have the words as they were typed."""
        if scorer is None:
            return ids
        sql = (
            f"select a.id, a.title, a.summary, {whole_body(self._db.conn)} from articles a"  # noqa: S608
            " where a.id in (select value from json_each(?)) order by a.id"
        )
        found = []
        for number, title, summary, body in self._db.conn.execute(sql, (json.dumps(ids),)):
            score = scorer.score(title, summary or "", body)
            if score is not None and score.exact and not score.missing:
                found.append(number)
        return found

    def _highest(self) -> int:
        row = self._db.conn.execute("select ifnull(max(id), 0) from articles").fetchone()
        return int(row[0])

    def keep_news(self, news: News, *, now: str) -> None:
        """Record that the news was told; the next run starts behind it."""
        name = news.watch.name
        with self._db.transaction():
            self._db.conn.execute(
                "update watches set seen_id = max(seen_id, ?) where name = ?", (news.seen_id, name)
            )
            self._db.conn.executemany(
                "insert or ignore into watch_matches select name, ?, ? from watches where name = ?",
                ((article_id, now, name) for article_id in news.found),
            )
            self._db.conn.execute(_PRUNE, {"name": name, "kept": KEPT})

    def matches(self, name: str) -> list[int]:
        """Return the ids of the matches that were told, the newest first."""
        rows = self._db.conn.execute(
            "select article_id from watch_matches where name = ? order by article_id desc limit ?",
            (name, KEPT),
        )
        return [row[0] for row in rows]


def _slug(name: str) -> str:
    plain = "".join(c if c.isascii() and c.isalnum() else " " for c in fold(name))
    return "-".join(plain.split())
