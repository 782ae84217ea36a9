"""Table ``media``: a picture or document at one address of one source, and who shows it.

A row is made in the transaction that stores its article, and is ``pending`` until its bytes are a
capture, or a reason says why not. A settled row is never asked for again. The same bytes at another
address are another row with a revisit record: the payload is kept once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urldefrag

from storage.db.media import is_there
from storage.db.rows import record
from storage.instants import SKEW, add_seconds
from storage.records import Capture, Image

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from storage.db.database import Database

_ADD = """
insert into media (source_id, kind, url, found_at) values (?, ?, ?, ?)
on conflict (source_id, url) do nothing"""
_SHOWN = """
insert into article_media (media_id, article_id, title)
select id, :article, :title from media where source_id = :source and url = :url
    and (not :shared or :most > (select count(*) from article_media where media_id = media.id))
on conflict do nothing"""
_ADD_TEXT = """
insert into document_texts (article_id, media_id, title, text, spellings)
select article_id, media_id, ifnull(title, ''), :text, :spellings from article_media
where media_id = :id on conflict do nothing"""
_COPY_TEXT = """
insert into document_texts (article_id, media_id, title, text, spellings)
select :article, d.media_id, ifnull(:title, ''), d.text, d.spellings
from media m join document_texts d on d.media_id = m.id
join article_media a on a.media_id = m.id and a.article_id = :article
where m.source_id = :source and m.url = :url limit 1 on conflict do nothing"""
LONGEST_WAIT = 86400.0
"""Seconds: nothing waits longer to be tried again. What lies further ahead was written by a clock
that was ahead, and is due."""
MOST_SHOWING = 5
"""Articles that attach one document, or name one picture in their page's head alone; what stands on
more pages is no article's."""
_DUE = """
select * from media where source_id = ? and state = 'pending'
    and (next_try_at is null or next_try_at <= ? or next_try_at > ?)
    and kind in (select value from json_each(?))
    and exists (select 1 from article_media where media_id = media.id)
    and id > ?
order by id desc limit ?"""
_SAME = """
select captures.* from media join captures on captures.id = media.capture_id
where media.digest = ? and captures.id not in (select capture_id from erased)
order by media.id limit 1"""
_STORE = """
update media set state = 'stored', reason = null, next_try_at = null, attempts = attempts + 1,
    capture_id = :capture_id, digest = :digest, type = :type, bytes = :bytes, width = :width,
    height = :height
where id = :id and state = 'pending'"""
_REFUSE = """
update media set state = ?, reason = ?, next_try_at = ?, attempts = attempts + 1
where id = ? and state = 'pending'"""
_OF_ARTICLE = """
select media.*, title from article_media join media on media.id = media_id
where article_id = ? order by media.id"""
_GET = """
select * from media where id = ? and exists (select 1 from article_media where media_id = media.id)
"""


class MediaKind(StrEnum):
    """What an article shows or attaches."""

    IMAGE = "image"
    DOCUMENT = "document"


class MediaState(StrEnum):
    """What has become of it."""

    PENDING = "pending"
    STORED = "stored"
    REJECTED = "rejected"
    """It is not what it should be, or may not be had."""
    FAILED = "failed"
    """It could not be had, and is not tried again."""


class Wanted(NamedTuple):
    """A file of an article that is to be fetched."""

    kind: MediaKind
    url: str
    title: str | None = None
    """What the page calls a document."""
    is_named: bool = False
    """Whether a picture is only named in the page's head, where sites have their emblem, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the bytes of a file are, whatever its server calls them."""

    type: str
    """Media type, e.g. ``image/jpeg``."""
    bytes: int
    width: int | None = None
    """Pixels; None for documents."""
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """One picture or document."""

    id: int
    source_id: str
    kind: MediaKind
    url: str
    state: MediaState
    found_at: str
    reason: str | None = None
    """Short word: why it is not stored, or what the last attempt met."""
    attempts: int = 0
    next_try_at: str | None = None
    capture_id: int | None = None
    digest: str | None = None
    """Of the payload, as its capture has it."""
    type: str | None = None
    bytes: int | None = None
    width: int | None = None
    height: int | None = None
    title: str | None = None
    """What the article calls a document."""


class Media:
    """Tables ``media`` and ``article_media``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def due(
        self,
        source_id: str,
        kinds: Sequence[MediaKind],
        *,
        now: str,
        limit: int,
        after: int = 0,
    ) -> list[MediaFile]:
        """Return pending files whose time has come, those found last first.

        ``after`` leaves out those with ids up to it: what was found before.
        """
        horizon = add_seconds(now, LONGEST_WAIT + SKEW)
        values = (source_id, now, horizon, json.dumps(kinds), after, limit)
        rows = self._db.conn.execute(_DUE, values).fetchall()
        return [_file(row) for row in rows]

    def newest(self) -> int:
        """Return the id of the file that was found last; 0 where there is none."""
        row = self._db.conn.execute("select max(id) from media").fetchone()
        return row[0] or 0

    def same(self, digest: str) -> Capture | None:
        """Return the first capture of a file with this payload, at whatever address, or None."""
        row = self._db.conn.execute(_SAME, (digest,)).fetchone()
        return None if row is None else record(Capture, row)

    def store(
        self, file: MediaFile, facts: Facts, capture_id: int, digest: str, text: str = ""
    ) -> None:
        """Record that a file is kept in a capture; ``text`` is searched with its articles."""
        values = {
            "id": file.id,
            "capture_id": capture_id,
            "digest": digest,
            "type": facts.type,
            "bytes": facts.bytes,
            "width": facts.width,
            "height": facts.height,
        }
        with self._db.transaction():
            self._db.conn.execute(_STORE, values)
            if text:
                # Here: who only shows what an article has reads no table of spellings.
                from storage.spelling import other_spellings

                spellings = " ".join(sorted(other_spellings(text)))
                shown = {"id": file.id, "text": text, "spellings": spellings}
                self._db.conn.execute(_ADD_TEXT, shown)

    def refuse(self, file: MediaFile, given_up: MediaState, reason: str, retry: str | None) -> None:
        """Record why a file could not be had; it stays pending with an instant to ``retry`` at."""
        state = given_up if retry is None else MediaState.PENDING
        with self._db.transaction():
            self._db.conn.execute(_REFUSE, (state, reason, retry, file.id))

    def of_article(self, article_id: int) -> list[MediaFile]:
        """Return the files that an article shows or has shown, in the order they were found."""
        if not is_there(self._db.conn):
            return []
        return [_file(row) for row in self._db.conn.execute(_OF_ARTICLE, (article_id,))]

    def get(self, file_id: int) -> MediaFile | None:
        """Return a file that an article shows, or None."""
        row = self._db.conn.execute(_GET, (file_id,)).fetchone()
        return None if row is None else _file(row)

    def count(self, state: MediaState) -> int:
        """Return how many files are in a state."""
        sql = "select count(*) from media where state = ?"
        return int(self._db.conn.execute(sql, (state,)).fetchone()[0])


def want(
    conn: sqlite3.Connection,
    article_id: int,
    source_id: str,
    wanted: Iterable[Wanted],
    found_at: str,
) -> None:
    """Note which files an article shows. Runs inside the caller's transaction."""
    for kind, url, title, is_named in wanted:
        values = {"article": article_id, "source": source_id, "url": url, "title": title}
        conn.execute(_ADD, (source_id, kind, url, found_at))
        shared = is_named or kind is MediaKind.DOCUMENT
        conn.execute(_SHOWN, values | {"most": MOST_SHOWING, "shared": shared})
        if kind is MediaKind.DOCUMENT:
            conn.execute(_COPY_TEXT, values)


def _file(row: sqlite3.Row) -> MediaFile:
    return record(MediaFile, row, kind=MediaKind(row["kind"]), state=MediaState(row["state"]))


def pair_pictures(
    images: Sequence[Image], files: Iterable[MediaFile]
) -> list[tuple[Image, MediaFile | None]]:
    """Return the pictures of an article, each with what became of it.

    One that shows none in its text has those that its page names in its head.
    """
    known = {file.url: file for file in files if file.kind is MediaKind.IMAGE}
    if not images:
        return [(Image(url=file.url), file) for file in known.values()]
    return [(image, known.get(urldefrag(image.url).url)) for image in images]
