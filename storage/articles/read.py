"""Reading articles and their history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.db.rows import record, stored_article
from storage.records import ENOUGH_BODY, Image, Outline, Revision, StoredArticle
from storage.states import RevisionKind
from storage.urls import canonical_url

if TYPE_CHECKING:
    import sqlite3

    from storage.db.database import Database
    from storage.search.filters import Filters

_BY_URL = """
select * from articles where canonical_url = :url
union
select a.* from links l join articles a on a.id = l.article_id where l.canonical_url = :url
order by id limit 1"""
_OUTLINES = f"""
select a.key, a.title, a.summary, a.published_on, a.published_at, a.published_raw, a.section,
    substr(a.body, {ENOUGH_BODY}, 1) <> '' as has_body,
    a.authors <> '[]' or coalesce(a.source_credit, '') <> '' as is_signed,
    a.tags <> '[]' as has_tags,
    exists (select 1 from images where images.article_id = a.id) as has_images,
    coalesce(json_extract(a.evidence, '$.body.how'), '') as body_how,
    coalesce(json_extract(a.evidence, '$.title.how'), '') as title_how,
    coalesce(json_extract(a.evidence, '$.title.confidence'), 1.0) as title_confidence
from links join articles a on a.id = links.article_id and a.key = links.key
where links.source_id = ? order by links.found_at desc, links.id desc limit ? offset ?"""  # noqa: S608 - a number
_NEWEST = """
select a.id, a.title, coalesce(a.summary, substr(a.body, 1, 220)) as lead, a.published_on,
    a.published_at, a.source_id, s.province, a.section, a.url
from articles a join sources s on s.id = a.source_id
where {condition}
order by a.published_on desc, a.published_at desc, a.id desc limit ?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One article in a list of the newest."""

    id: int
    title: str
    lead: str
    """The summary, else the start of the body."""
    published_on: str | None
    published_at: str | None
    source_id: str
    province: str
    section: str | None
    url: str


def read_id(which: str) -> int | None:
    """Return the id of an article that somebody gives; None for what is none, such as a URL."""
    is_id = which.isascii() and which.isdigit() and len(which) < 19  # as SQLite's integers
    return int(which) if is_id else None


class Articles:
    """Tables ``articles``, ``images`` and ``revisions``, for reading."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, article_id: int) -> StoredArticle | None:
        """Return an article by its id, or None."""
        row = self._db.conn.execute("select * from articles where id = ?", (article_id,)).fetchone()
        return None if row is None else self._stored(row)

    def by_url(self, url: str) -> StoredArticle | None:
        """Return the article at a URL, whatever its spelling, or None.

        URLs that led to an article by a redirect or held the same text find it too.
        Raise ValueError for what is no absolute http(s) URL.
        """
        row = self._db.conn.execute(_BY_URL, {"url": canonical_url(url)}).fetchone()
        return None if row is None else self._stored(row)

    def find(self, which: str) -> StoredArticle | None:
        """Return an article by its id or its URL, or None. Raise ValueError for neither."""
        number = read_id(which)
        return self.by_url(which) if number is None else self.get(number)

    def by_key(self, source_id: str, key: str) -> StoredArticle | None:
        """Return the source's article with that identity, or None."""
        row = self._db.conn.execute(
            "select * from articles where source_id = ? and key = ?", (source_id, key)
        ).fetchone()
        return None if row is None else self._stored(row)

    def images(self, article_id: int) -> list[Image]:
        """Return an article's pictures in their order on the page."""
        found = self._db.conn.execute(
            "select url, caption from images where article_id = ? order by position", (article_id,)
        )
        return [record(Image, row) for row in found]

    def copies(self, article_id: int) -> list[StoredArticle]:
        """Return the other articles of an article's cluster, earliest first."""
        found = self._db.conn.execute(
            "select other.* from articles a join articles other using (cluster_id)"
            " where a.id = ? and other.id <> a.id order by other.first_seen_at, other.id",
            (article_id,),
        )
        return [self._stored(row) for row in found.fetchall()]

    def revisions(self, article_id: int) -> list[Revision]:
        """Return all texts of an article in the order of time, the earliest first."""
        found = self._db.conn.execute(
            "select * from revisions where article_id = ? order by seen_at, number", (article_id,)
        )
        return [record(Revision, row, kind=RevisionKind(row["kind"])) for row in found]

    def count(self, source_id: str | None = None) -> int:
        """Return how many articles there are, of one source or of all."""
        if source_id is None:
            row = self._db.conn.execute("select count(*) from articles").fetchone()
        else:
            row = self._db.conn.execute(
                "select count(*) from articles where source_id = ?", (source_id,)
            ).fetchone()
        return int(row[0])

    def last_first_seen_at(self, source_id: str) -> str | None:
        """Return when the source's newest article was first seen, or None."""
        row = self._db.conn.execute(
            "select max(first_seen_at) from articles where source_id = ? and first_seen_at > ''",
            (source_id,),
        ).fetchone()
        return None if row[0] is None else str(row[0])

    def bodies(self, source_id: str, limit: int) -> list[str]:
        """Return the bodies of a source's latest articles, without empty ones."""
        rows = self._db.conn.execute(
            "select body from articles where source_id = ? and body <> '' order by id desc limit ?",
            (source_id, limit),
        )
        return [row["body"] for row in rows]

    def outlines(self, source_id: str, limit: int, *, skip: int = 0) -> list[Outline]:
        """Return a source's newest articles in short, newest first.

        ``skip`` leaves out as many of the newest.
        """
        rows = self._db.conn.execute(_OUTLINES, (source_id, limit, skip))
        return list(map(Outline._make, rows))

    def newest(self, filters: Filters, limit: int) -> list[Headline]:
        """Return the newest articles the filters admit by source and period. Raise QueryError."""
        from storage.search.filters import resolve

        condition, values = resolve(self._db.conn, filters).where()
        sql = _NEWEST.format(condition=condition)
        rows = self._db.conn.execute(sql, (*values, limit))
        return [record(Headline, row) for row in rows]

    def _stored(self, row: sqlite3.Row) -> StoredArticle:
        return stored_article(row, self.images(row["id"]))
