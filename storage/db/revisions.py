"""The migration that stores the current text of an article once.

It writes some 200 bytes a revision and drops the table that held every text a second time, all
in the transaction of the upgrade: killed or out of space, the archive is as it was.
"""

from __future__ import annotations

import logging
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import ArchiveUnusable

if TYPE_CHECKING:
    import sqlite3

logger = logging.getLogger(__name__)

BYTES_A_REVISION = 500
"""Free space an upgrade asks for: twice what a row with its index entries takes, as it stands in
the write-ahead log and in the file."""
BATCH = 20_000
"""Revisions moved by one statement: a fraction of a second."""
REPORT_SECONDS = 5
"""How long an upgrade is silent."""

_TABLE = """
create table article_revisions (
    -- without a digest: the text is the one that the article has now, see view revisions
    id integer primary key,
    article_id integer not null references articles (id),
    number integer not null,
    seen_at text not null,
    kind text not null,
    title text,
    summary text,
    body text,
    digest text,
    capture_id integer references captures (id),
    returned_at text,
    returns integer not null default 0,
    unique (article_id, number)
)"""
_MOVE = """
insert into article_revisions
select r.id, r.article_id, r.number, r.seen_at, r.kind, iif(a.id is null, r.title, null),
    iif(a.id is null, r.summary, null), iif(a.id is null, r.body, null),
    iif(a.id is null, r.digest, null), r.capture_id, r.returned_at, r.returns
from revisions r left join articles a indexed by articles_by_digest
    on a.digest = r.digest and a.id = r.article_id
where r.id between ? and ?"""
_AFTERWARDS = (
    "drop table revisions",
    "create index revisions_by_time on article_revisions (seen_at)",
    """create index revisions_edited on article_revisions (seen_at, article_id)
    where kind = 'edited'""",
    """create index revisions_returned on article_revisions (returned_at, article_id)
    where returned_at is not null""",
    """
create view revisions as
select r.id, r.article_id, r.number, r.seen_at, r.kind, iif(r.digest is null, a.title, r.title)
    as title, iif(r.digest is null, a.summary, r.summary) as summary,
    iif(r.digest is null, a.body, r.body) as body, ifnull(r.digest, a.digest) as digest,
    r.capture_id, r.returned_at, r.returns
from article_revisions r left join articles a on a.id = r.article_id""",
)


def move_texts(conn: sqlite3.Connection) -> None:
    """Replace table ``revisions`` by ``article_revisions`` and a view. Raise ArchiveUnusable."""
    count, last = conn.execute("select count(*), coalesce(max(id), 0) from revisions").fetchone()
    _check_space(conn, count)
    conn.execute(_TABLE)
    reported = time.monotonic()
    for first in range(0, last + 1, BATCH):
        conn.execute(_MOVE, (first, first + BATCH - 1))
        if time.monotonic() - reported > REPORT_SECONDS:
            reported = time.monotonic()
            logger.warning("upgrading the archive: %d %% of its revisions", 100 * first // last)
    # Overwriting what is dropped with zeros, where SQLite was built to, would write it all again.
    (secure,) = conn.execute("pragma secure_delete").fetchone()
    conn.execute("pragma secure_delete = off")
    for statement in _AFTERWARDS:
        conn.execute(statement)
    conn.execute(f"pragma secure_delete = {int(secure)}")


def _check_space(conn: sqlite3.Connection, revisions: int) -> None:
    path = Path(conn.execute("pragma database_list").fetchone()[2] or "/")
    needed, free = revisions * BYTES_A_REVISION, shutil.disk_usage(path.parent).free
    if needed > free:
        raise ArchiveUnusable(
            f"{path} cannot be upgraded: it needs {_megabytes(needed)} of free space,"
            f" and there are {_megabytes(free)}"
        )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
