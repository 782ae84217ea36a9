"""A small archive of some sources that a crawl can run on, to be merged back afterwards.

It has what a crawl of the sources asks for: their rows, seeds, links, repeated lines and
unfinished backfills, what hosts said, which pictures and documents are known, and the articles that
are to be visited again or whose pictures wait, each with its current text alone. Captures stay; so
do articles that are not due, whose links keep their state, so that nothing is fetched twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage.db.connections import connect_writing, prepare_writing
from storage.db.database import Database, migrate
from storage.errors import ArchiveError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from pathlib import Path

MOST_FILES = 1000
"""Pictures and documents that wait and go with one source: more than one run asks for."""
_ARTICLES = """
    select article_id from links
    where source_id = :source and state = 'stored' and next_try_at <= :until
    union select article_id from article_media where media_id in (
        select id from media where source_id = :source and state = 'pending'
            and (next_try_at is null or next_try_at <= :until)
        order by id desc limit :files)"""
"""Articles that are visited again, or whose pictures and documents wait."""
_ROWS = {
    "sources": "select * from sources where id = :source",
    "seeds": "select * from seeds where source_id = :source order by id",
    "articles": "select * from articles where id in ({articles})",
    "article_revisions": """
select r.* from article_revisions r join articles a on a.id = r.article_id
where a.source_id = :source and r.digest is null and a.id in ({articles})""",
    "images": "select * from images where article_id in ({articles})",
    "media": "select * from media where source_id = :source order by id",
    "article_media": "select * from article_media where article_id in ({articles})",
    "links": "select * from links where source_id = :source order by id",
    "repeated_lines": "select * from repeated_lines where source_id = :source",
    "backfills": "select * from backfills where source_id = :source and finished_at is null",
    "backfill_steps": """
select * from backfill_steps where backfill_id in (
    select id from backfills where source_id = :source and finished_at is null)""",
    "backfill_links": """
select * from backfill_links where backfill_id in (
    select id from backfills where source_id = :source and finished_at is null)""",
}
"""Table -> its rows that a crawl of one source asks for, parents before children."""


def cut(mine: Database, sources: Iterable[str], path: Path, *, until: str) -> None:
    """Make an archive at ``path`` of what a crawl of the sources needs that ends by ``until``.

    Rows keep their ids. Raise ArchiveError where something is at the path, or a source unknown.
    """
    if path.exists():
        raise ArchiveError(f"{path} is there already: name a new file")
    conn = connect_writing(path)
    try:
        prepare_writing(conn)
        made = Database(conn, path)
        with made.transaction():
            migrate(conn, path)
            # Links lead to articles that stay behind, and articles to captures.
            conn.execute("pragma defer_foreign_keys = on")
            for source in sources:
                _copy(mine.conn, conn, source, until)
            _copy_rows(mine.conn, conn, "hosts", "select * from hosts", {})
        made.checkpoint()
    finally:
        conn.close()


def _copy(mine: sqlite3.Connection, made: sqlite3.Connection, source: str, until: str) -> None:
    values = {"source": source, "until": until, "files": MOST_FILES}
    if not mine.execute("select 1 from sources where id = ?", (source,)).fetchone():
        raise ArchiveError(f"the archive knows no source {source!r}")
    for table, sql in _ROWS.items():
        _copy_rows(mine, made, table, sql.format(articles=_ARTICLES), values)


def _copy_rows(
    mine: sqlite3.Connection,
    made: sqlite3.Connection,
    table: str,
    sql: str,
    values: dict[str, Any],
) -> None:
    insert = ""
    for row in mine.execute(sql, values):
        record = dict(row)
        if not insert:
            marks = ", ".join(f":{name}" for name in record)
            insert = f"insert into {table} ({', '.join(record)}) values ({marks})"  # noqa: S608
        made.execute(insert, record | _changed(made, table, record))


def _changed(made: sqlite3.Connection, table: str, record: dict[str, object]) -> dict[str, object]:
    """Return what a row must say where its archive lacks the rows that it points at."""
    if table == "articles":
        return {"capture_id": None, "cluster_id": record["id"]}
    if table in ("article_revisions", "media"):
        return {"capture_id": None}
    if table == "links":
        known = "select 1 from articles where id = ?"
        if not made.execute(known, (record["article_id"],)).fetchone():
            return {"article_id": None}
    return {}
