"""Pictures and documents of another archive's articles; their captures are there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.media.files import MediaState
from storage.merge.reading import capture_key, find_articles, find_capture

if TYPE_CHECKING:
    import sqlite3

    from storage.db.database import Database

PAGE = 200
"""Rows of one transaction."""
_PAGE = """
select m.*, a.key, am.article_id, am.title, d.text, d.spellings
from article_media am join media m on m.id = am.media_id
join articles a on a.id = am.article_id
left join document_texts d on d.article_id = am.article_id and d.media_id = m.id
where (am.media_id, am.article_id) > (?, ?) order by am.media_id, am.article_id limit ?"""
_ADD = """
insert into media (source_id, kind, url, state, reason, found_at, attempts, next_try_at,
    capture_id, digest, type, bytes, width, height)
values (:source_id, :kind, :url, :state, :reason, :found_at, :attempts, :next_try_at,
    :capture_id, :digest, :type, :bytes, :width, :height)
on conflict (source_id, url) do update set state = excluded.state, reason = excluded.reason,
    found_at = excluded.found_at, attempts = excluded.attempts,
    next_try_at = excluded.next_try_at, capture_id = excluded.capture_id,
    digest = excluded.digest, type = excluded.type, bytes = excluded.bytes,
    width = excluded.width, height = excluded.height
-- a row that is stored, then one that was tried more often, then one that is settled, then the
-- earlier one: whichever archive is merged into the other
where (excluded.state = 'stored', iif(excluded.state = 'stored', 0, excluded.attempts),
        excluded.state <> 'pending', found_at, ifnull(digest, ''))
    > (state = 'stored', iif(state = 'stored', 0, attempts),
        state <> 'pending', excluded.found_at, ifnull(excluded.digest, ''))"""
_SHOWN = """
insert into article_media (media_id, article_id, title)
select id, :article, :title from media where source_id = :source and url = :url
on conflict do nothing"""
_OTHER_TEXT = """
delete from document_texts where article_id = :article and text <> :text and media_id = (
    select id from media where source_id = :source and url = :url
        and digest = :digest and found_at = :found_at)"""
_TEXT = """
insert into document_texts (article_id, media_id, title, text, spellings)
select :article, id, ifnull(:title, ''), :text, :spellings from media
where source_id = :source and url = :url on conflict do nothing"""


def add_media(mine: Database, other: Database) -> None:
    """Bring what articles show that both have by now; what either has stored is stored, of what
    both have the earlier is kept, and of what neither has, what was tried more often is right."""
    after = (0, 0)
    while rows := other.conn.execute(_PAGE, (*after, PAGE)).fetchall():
        ids = find_articles(mine.conn, ((row["source_id"], row["key"]) for row in rows))
        with mine.transaction():
            for row in rows:
                article = ids.get((row["source_id"], row["key"]))
                if article is not None:
                    _join(mine.conn, row, article, _capture_here(mine.conn, other.conn, row))
        after = (rows[-1]["id"], rows[-1]["article_id"])


def _join(conn: sqlite3.Connection, row: sqlite3.Row, article: int, capture_id: int | None) -> None:
    values = dict(row) | {"capture_id": capture_id}
    if capture_id is None and row["state"] == MediaState.STORED:
        # Its capture file was lost: it may be fetched anew.
        values |= {"state": MediaState.PENDING, "digest": None}
    conn.execute(_ADD, values)
    shown = {"article": article, "source": row["source_id"], "url": row["url"]}
    conn.execute(_SHOWN, shown | {"title": row["title"]})
    if row["text"] is not None:
        names = ("title", "text", "spellings", "digest", "found_at")
        text = shown | {name: row[name] for name in names}
        conn.execute(_OTHER_TEXT, text)  # of a file that gave way to this one
        conn.execute(_TEXT, text)


def _capture_here(
    mine: sqlite3.Connection, other: sqlite3.Connection, row: sqlite3.Row
) -> int | None:
    there = other.execute("select * from captures where id = ?", (row["capture_id"],)).fetchone()
    return None if there is None else find_capture(mine, capture_key(there))
