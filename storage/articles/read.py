"""Reading articles and their history."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.db.rows import record, stored_article
from storage.records import Article, Evidence, Image, Revision, StoredArticle
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
_OUTLINES = """
select a.key, a.title, substr(a.body, 1, 400) as body, a.summary, a.authors, a.source_credit,
    a.published_on, a.published_at, a.published_raw, a.section, a.tags,
    json_extract(a.evidence, '$.body.how') as body_how,
    json_extract(a.evidence, '$.title.how') as title_how,
    json_extract(a.evidence, '$.title.confidence') as title_confidence,
    (select url from images where images.article_id = a.id limit 1) as image
from links join articles a on a.id = links.article_id and a.key = links.key
where links.source_id = ? order by links.found_at desc, links.id desc limit ? offset ?"""
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

    def outlines(self, source_id: str, limit: int, *, skip: int = 0) -> list[Article]:
        """Return a source's newest articles, newest first, with what coverage is judged by.

        ``skip`` leaves out as many of the newest. Of the body the first 400 characters, of the
        pictures the first, of the evidence that of body and title; everything else that an article
        has is left out.
        """
        rows = self._db.conn.execute(_OUTLINES, (source_id, limit, skip))
        return [_outline(source_id, row) for row in rows]

    def newest(self, filters: Filters, limit: int) -> list[Headline]:
        """Return the newest articles the filters admit by source and period. Raise QueryError."""
        from storage.search.filters import resolve

        condition, values = resolve(self._db.conn, filters).where()
        sql = _NEWEST.format(condition=condition)
        rows = self._db.conn.execute(sql, (*values, limit))
        return [record(Headline, row) for row in rows]

    def _stored(self, row: sqlite3.Row) -> StoredArticle:
        return stored_article(row, self.images(row["id"]))


def _list(text: str) -> list[str]:
    return json.loads(text) if text != "[]" else []


def _outline(source_id: str, row: sqlite3.Row) -> Article:
    return Article(
        source_id=source_id,
        url="",
        key=row["key"],
        title=row["title"],
        body=row["body"],
        summary=row["summary"],
        authors=_list(row["authors"]),
        source_credit=row["source_credit"],
        published_on=row["published_on"],
        published_at=row["published_at"],
        published_raw=row["published_raw"],
        section=row["section"],
        tags=_list(row["tags"]),
        images=[Image(url=row["image"])] if row["image"] else [],
        evidence={
            name: Evidence(how=how, confidence=1.0 if sure is None else sure)
            for name, how, sure in (
                ("body", row["body_how"], None),
                ("title", row["title_how"], row["title_confidence"]),
            )
            if how
        },
    )
