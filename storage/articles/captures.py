"""Where the captured responses lie, by article, link and URL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.db.media import is_there
from storage.db.rows import record, values_of
from storage.records import Capture

if TYPE_CHECKING:
    from storage.db.database import Database

_OF_ARTICLE = """
select * from captures where link_id in (select id from links where article_id = :id)
union
select * from captures where id in (select capture_id from revisions where article_id = :id)
order by fetched_at, id"""
_ALL_AT = """
select * from captures where url = ? and fetched_at = ?
    and id not in (select capture_id from erased) order by id"""
_OF_MEDIA = """
select distinct captures.* from article_media
join media on media.id = media_id join captures on captures.id = media.capture_id
where article_id = ? and captures.id not in (select capture_id from erased)
order by captures.id"""
_GET = """
select * from captures where id = ? and not exists (
    select 1 from links where links.id = captures.link_id and reason = 'withheld')"""
_HIDDEN = """
select max(exists (select 1 from article_media where media_id = media.id)) = 0 from media
where capture_id = ?"""
_KEEP = """
insert into captures
    (url, fetched_at, status, content_type, digest, file, offset, length, link_id,
    origin, origin_offset, origin_record, origin_digest, origin_manifests)
values (:url, :fetched_at, :status, :content_type, :digest, :file, :offset, :length, :link_id,
    :origin, :origin_offset, :origin_record, :origin_digest, :origin_manifests)
on conflict (file, offset) do update set link_id = coalesce(excluded.link_id, link_id)
returning id"""
_NEWEST_GOOD = """
select c.id as capture_id, c.link_id, max(c.fetched_at || printf('%016d', c.id))
from captures c join links l on l.id = c.link_id
where l.source_id = ? and c.status = 200 group by c.link_id order by capture_id"""
_REFUSED = """
select captures.id from links join captures on captures.link_id = links.id
where links.source_id = ? and links.found_at >= ?
    and links.state in ('rejected', 'failed', 'pending')
order by captures.id desc limit 1"""

_REFUSED_PAYLOADS = """
select captures.* from links join captures on captures.link_id = links.id
where links.source_id = ? and links.state = 'pending' and links.refused_at is not null
order by links.found_at desc, links.id limit ?"""


class Captures:
    """Table ``captures``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, capture: Capture, link_id: int | None) -> int:
        """Record a capture, unless it has an id already, and return its id."""
        if capture.id is not None:
            return capture.id
        values = {**values_of(capture), "link_id": link_id}
        return int(self._db.conn.execute(_KEEP, values).fetchone()["id"])

    def of_article(self, article_id: int) -> list[Capture]:
        """Return all captures of the links that led to an article, oldest first."""
        return [
            record(Capture, row) for row in self._db.conn.execute(_OF_ARTICLE, {"id": article_id})
        ]

    def with_media(self, article_id: int) -> list[Capture]:
        """Return the captures of an article's pictures and documents, then those of its page."""
        conn = self._db.conn
        rows = conn.execute(_OF_MEDIA, (article_id,)) if is_there(conn) else ()
        return [*(record(Capture, row) for row in rows), *self.of_article(article_id)]

    def get(self, capture_id: int) -> Capture | None:
        """Return a capture by its id, or None; one of a page that is withheld is none."""
        row = self._db.conn.execute(_GET, (capture_id,)).fetchone()
        if row is None or (row["link_id"] is None and self._is_hidden(capture_id)):
            return None
        return record(Capture, row)

    def _is_hidden(self, capture_id: int) -> bool:
        """Return whether it is of a picture or document that no article shows any more."""
        conn = self._db.conn
        return is_there(conn) and bool(conn.execute(_HIDDEN, (capture_id,)).fetchone()[0])

    def of_link(self, link_id: int) -> list[Capture]:
        """Return all captures of a link, oldest first."""
        found = self._db.conn.execute(
            "select * from captures where link_id = ? order by id", (link_id,)
        )
        return [record(Capture, row) for row in found]

    def last(self, url: str) -> Capture | None:
        """Return the newest capture of exactly this URL, or None."""
        row = self._db.conn.execute(
            "select * from captures where url = ? order by id desc limit 1", (url,)
        ).fetchone()
        return None if row is None else record(Capture, row)

    def first(self, url: str, digest: str) -> Capture | None:
        """Return the oldest capture of exactly this URL with this payload digest, or None."""
        row = self._db.conn.execute(
            "select * from captures where url = ? and digest = ?"
            " and id not in (select capture_id from erased) order by id limit 1",
            (url, digest),
        ).fetchone()
        return None if row is None else record(Capture, row)

    def refused_payloads(self, source_id: str, most: int) -> dict[str, Capture]:
        """Return captures of pages that wait to be asked again, newest links first, by digest."""
        rows = self._db.conn.execute(_REFUSED_PAYLOADS, (source_id, most))
        return {row["digest"]: record(Capture, row) for row in rows}

    def at(self, url: str, fetched_at: str) -> Capture | None:
        """Return the capture of exactly this URL at that instant, or None."""
        row = self._db.conn.execute(
            "select * from captures where url = ? and fetched_at = ? order by id limit 1",
            (url, fetched_at),
        ).fetchone()
        return None if row is None else record(Capture, row)

    def all_at(self, url: str, fetched_at: str) -> list[Capture]:
        """Return all captures of exactly this URL at that instant that were not erased."""
        rows = self._db.conn.execute(_ALL_AT, (url, fetched_at))
        return [record(Capture, row) for row in rows]

    def add_proof(self, capture: Capture) -> None:
        """Note which manifests of others list a capture, or keep it beside one of that page and
        instant that none lists."""
        conn = self._db.conn
        if capture.id is not None:
            named = (capture.origin_manifests, capture.id)
            conn.execute("update captures set origin_manifests = ? where id = ?", named)
            return
        row = conn.execute(_ALL_AT, (capture.url, capture.fetched_at)).fetchone()
        if row is not None:
            self.keep(capture, row["link_id"])

    def with_payload(self, url: str, digest: str) -> Capture | None:
        """Return the oldest capture of exactly this URL with this payload digest, or None.

        The digest may be that of where it was copied from.
        """
        row = self._db.conn.execute(
            "select * from captures where url = :url and (digest = :digest"
            " or origin_digest = :digest) order by id limit 1",
            {"url": url, "digest": digest},
        ).fetchone()
        return None if row is None else record(Capture, row)

    def has_payload(self, link_id: int, digest: str) -> bool:
        """Return whether a capture of a link, at whatever spelling, has this payload digest."""
        found = self._db.conn.execute(
            "select 1 from captures where link_id = :link and (digest = :digest"
            " or origin_digest = :digest) limit 1",
            {"link": link_id, "digest": digest},
        )
        return found.fetchone() is not None

    def count(self) -> int:
        """Return how many captures there are."""
        return int(self._db.conn.execute("select count(*) from captures").fetchone()[0])

    def newest_good(self, source_id: str) -> list[tuple[int, int]]:
        """Return (capture id, link id) of the newest capture with status 200 of each link."""
        rows = self._db.conn.execute(_NEWEST_GOOD, (source_id,))
        return [(row["capture_id"], row["link_id"]) for row in rows]

    def last_refused(self, source_id: str, since: str) -> int | None:
        """Return the newest capture's id, of links found since then that gave no article."""
        row = self._db.conn.execute(_REFUSED, (source_id, since)).fetchone()
        return None if row is None else int(row["id"])
