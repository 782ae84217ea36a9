"""Tables of pictures and documents: the statements of their migration step."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

MEDIA = (
    """
create table media (
    -- a picture or document at one address of one source
    id integer primary key,
    source_id text not null references sources (id),
    kind text not null,
    url text not null,
    state text not null default 'pending',
    reason text,
    found_at text not null,
    attempts integer not null default 0,
    next_try_at text,
    capture_id integer references captures (id),
    digest text,
    type text,
    bytes integer,
    width integer,
    height integer,
    unique (source_id, url)
)""",
    "create index media_pending on media (source_id, id) where state = 'pending'",
    "create index media_by_digest on media (digest) where digest is not null",
    "create index media_by_capture on media (capture_id) where capture_id is not null",
    """
create table article_media (
    media_id integer not null references media (id),
    article_id integer not null references articles (id),
    primary key (media_id, article_id)
) without rowid""",
    "create index article_media_by_article on article_media (article_id)",
)

DOCUMENTS = (
    "alter table article_media add column title text",
    """
create table document_texts (
    -- spellings: what the full-text table holds beside the words of the text
    article_id integer not null references articles (id),
    media_id integer not null references media (id),
    title text not null,
    text text not null,
    spellings text not null,
    primary key (article_id, media_id)
) without rowid""",
    "create index document_texts_by_media on document_texts (media_id)",
)


def is_there(conn: sqlite3.Connection) -> bool:
    """Return whether an archive has the tables: one of an earlier version has none."""
    sql = "select 1 from sqlite_master where name = 'article_media'"
    return conn.execute(sql).fetchone() is not None
