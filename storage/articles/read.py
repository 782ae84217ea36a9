"""Reading articles, their history and their captures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.db import rows
from storage.db.database import Database
from storage.records import Capture, Image, Revision, StoredArticle
from storage.urls import canonical_url

if TYPE_CHECKING:
    import sqlite3

_BY_URL = """
select * from articles where canonical_url = :url
union
select a.* from links l join articles a on a.id = l.article_id where l.canonical_url = :url
order by id limit 1"""
_CAPTURES = """
select * from captures where link_id in (select id from links where article_id = :id)
union
select * from captures where id in (select capture_id from revisions where article_id = :id)
order by fetched_at, id"""


class Reading(Database):
    """What an archive tells about its articles."""

    def article(self, article_id: int) -> StoredArticle | None:
        """Return an article by its id, or None."""
        row = self.conn.execute("select * from articles where id = ?", (article_id,)).fetchone()
        return None if row is None else self._article(row)

    def article_by_url(self, url: str) -> StoredArticle | None:
        """Return the article at a URL, whatever its spelling, or None.

        URLs that led to an article by a redirect or held the same text find it too.
        Raises ValueError for what is no absolute http(s) URL.
        """
        row = self.conn.execute(_BY_URL, {"url": canonical_url(url)}).fetchone()
        return None if row is None else self._article(row)

    def article_by_key(self, source_id: str, key: str) -> StoredArticle | None:
        """Return the source's article with that identity, or None."""
        row = self.conn.execute(
            "select * from articles where source_id = ? and key = ?", (source_id, key)
        ).fetchone()
        return None if row is None else self._article(row)

    def images(self, article_id: int) -> list[Image]:
        """Return an article's pictures in their order on the page."""
        found = self.conn.execute(
            "select url, caption from images where article_id = ? order by position", (article_id,)
        )
        return [rows.record(Image, row) for row in found]

    def copies(self, article_id: int) -> list[StoredArticle]:
        """Return the other articles of an article's cluster, earliest first."""
        found = self.conn.execute(
            "select other.* from articles a join articles other using (cluster_id)"
            " where a.id = ? and other.id <> a.id order by other.first_seen_at, other.id",
            (article_id,),
        )
        return [self._article(row) for row in found.fetchall()]

    def revisions(self, article_id: int) -> list[Revision]:
        """Return all texts of an article, the first one first."""
        found = self.conn.execute(
            "select * from revisions where article_id = ? order by number", (article_id,)
        )
        return [rows.record(Revision, row) for row in found]

    def captures_of(self, article_id: int) -> list[Capture]:
        """Return all captures of the links that led to an article, oldest first."""
        return [
            rows.record(Capture, row) for row in self.conn.execute(_CAPTURES, {"id": article_id})
        ]

    def capture(self, capture_id: int) -> Capture | None:
        """Return a capture by its id, or None."""
        row = self.conn.execute("select * from captures where id = ?", (capture_id,)).fetchone()
        return None if row is None else rows.record(Capture, row)

    def captures_of_link(self, link_id: int) -> list[Capture]:
        """Return all captures of a link, oldest first."""
        found = self.conn.execute(
            "select * from captures where link_id = ? order by id", (link_id,)
        )
        return [rows.record(Capture, row) for row in found]

    def last_capture(self, url: str) -> Capture | None:
        """Return the newest capture of exactly this URL, or None."""
        row = self.conn.execute(
            "select * from captures where url = ? order by id desc limit 1", (url,)
        ).fetchone()
        return None if row is None else rows.record(Capture, row)

    def first_capture(self, url: str, digest: str) -> Capture | None:
        """Return the oldest capture of exactly this URL with this payload digest, or None."""
        row = self.conn.execute(
            "select * from captures where url = ? and digest = ? order by id limit 1", (url, digest)
        ).fetchone()
        return None if row is None else rows.record(Capture, row)

    def _article(self, row: sqlite3.Row) -> StoredArticle:
        return rows.stored_article(row, self.images(row["id"]))
