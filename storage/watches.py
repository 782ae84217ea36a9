"""Saved searches: what matched them, and what is new since they last ran."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from storage.db.rows import record
from storage.errors import BaotinhError
from storage.search.budget import Budget
from storage.search.candidates import newer_matches
from storage.search.filters import Filters, resolve
from storage.search.query import parse_query
from storage.search.scoring import Scorer
from storage.text import fold

if TYPE_CHECKING:
    from storage.db.database import Database
    from storage.search.filters import Scope

MOST_NEW = 500
"""New matches told in one run; the rest waits for the next one."""
KEPT = 100
"""Matches kept for a feed."""
SECONDS = 5.0

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
    seen_id: int = 0
    """Articles up to this id have been looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a run of a watch found."""

    watch: Watch
    found: tuple[int, ...]
    """Ids of new matches, the oldest first."""
    seen_id: int


class Watches:
    """Tables ``watches`` and ``watch_matches``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, name: str, query: str, filters: Filters, *, now: str) -> Watch:
        """Save a search. Raise BaotinhError when the name is taken, QueryError for the rest."""
        if query or not filters.place:
            parse_query(query)
        resolve(self._db.conn, filters)
        slug = _slug(name)
        if not slug or len(slug) > 60:
            raise BaotinhError(f"{name!r} is no name for a watch: use up to 60 letters and digits")
        if any(slug == watch.slug for watch in self.all()):
            raise BaotinhError(f"there is a watch {name!r} already: remove it first")
        watch = Watch(name=name, slug=slug, query=query, filters=filters, created_at=now)
        with self._db.transaction():
            self._db.conn.execute(
                "insert into watches (name, slug, query, filters, created_at)"
                " values (?, ?, ?, ?, ?)",
                (name, slug, query, json.dumps(asdict(filters), ensure_ascii=False), now),
            )
        return watch

    def all(self) -> list[Watch]:
        """Return the saved searches by name."""
        rows = self._db.conn.execute("select * from watches order by name")
        return [record(Watch, row, filters=Filters(**json.loads(row["filters"]))) for row in rows]

    def remove(self, name: str) -> None:
        """Forget a saved search. Raise BaotinhError where there is none."""
        with self._db.transaction():
            if not self._db.conn.execute("delete from watches where name = ?", (name,)).rowcount:
                raise BaotinhError(f"there is no watch {name!r}: see `baotinh watch list`")

    def find_news(self, watch: Watch) -> News:
        """Return the articles archived since the last run that match.

        Words typed with accents must have them: a watch on ``Mạ`` is not told of every ``mà``.
        """
        scope = resolve(self._db.conn, watch.filters)
        if not watch.query:
            return self._find_news_of_place(watch, scope)
        query = parse_query(watch.query)
        # Read first: what is archived meanwhile belongs to the next run.
        highest = self._db.conn.execute("select ifnull(max(id), 0) from articles").fetchone()[0]
        budget = Budget(SECONDS)
        matches = newer_matches(
            self._db.conn, query, scope, above=watch.seen_id, most=MOST_NEW, budget=budget
        )
        ids = [article_id for article_id in matches if article_id <= highest]
        scorer = Scorer(query)
        condition, values = scope.where()
        sql = f"select title, summary, body from articles a where id = ? and {condition}"  # noqa: S608
        found = []
        for article_id in ids:
            for title, summary, body in self._db.conn.execute(sql, (article_id, *values)):
                score = scorer.score(title, summary or "", body)
                if score is not None and score.exact:
                    found.append(article_id)
        if len(ids) == MOST_NEW or budget.spent:
            highest = ids[-1] if ids else watch.seen_id
        return News(watch=watch, found=tuple(found), seen_id=max(highest, watch.seen_id))

    def _find_news_of_place(self, watch: Watch, scope: Scope) -> News:
        highest = self._db.conn.execute("select ifnull(max(id), 0) from articles").fetchone()[0]
        condition, values = scope.where()
        sql = f"select a.id from articles a where id > ? and id <= ? and {condition} order by id"  # noqa: S608
        rows = self._db.conn.execute(f"{sql} limit ?", (watch.seen_id, highest, *values, MOST_NEW))
        found = tuple(row[0] for row in rows)
        seen = found[-1] if len(found) == MOST_NEW else highest
        return News(watch=watch, found=found, seen_id=max(seen, watch.seen_id))

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
