"""Articles withheld by order: taken out of every table that readers read.

The rows of an article move into a file beside the archive, ``<archive>.withheld/<id>.json``, so
whoever reads articles, by whatever way, does not meet them, and no reader has to know of it. What
stays: the address, the reason, the digests of its texts (no copy of them is stored again at
another address of the source), and its captures, listed in their manifests. Erasing deletes the
file and puts an empty record, as long as the old one, in the place of each capture.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.db.rows import record
from storage.errors import ArchiveUnusable, BaotinhError
from storage.evidence.files import keep_file, read_bytes
from storage.evidence.manifest import sha256
from storage.records import Capture
from storage.warc.erase import erase_records

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from storage.db.database import Database

WITHHELD = "withheld"
"""The reason that links of withheld articles have."""
OLD = "article_id"
_KEPT_TABLES = frozenset({"links", "withheld"})
_SETTLE = """
update links set state = 'rejected', reason = 'withheld', article_id = null, next_try_at = null,
    title_hint = null, etag = null, last_modified = null,
    attempts = max(attempts, 1) -- without one, it would wait for room among the pending ones
where article_id = ?"""
_CAPTURES = """
select * from captures where id in (select capture_id from articles where id = :id)
    or id in (select capture_id from article_revisions where article_id = :id)
    or link_id in (select id from links where article_id = :id)"""
_MEDIA = """
select mine.media_id as id from article_media mine where mine.article_id = :id and not exists (
    select 1 from article_media o where o.media_id = mine.media_id and o.article_id <> :id)"""
_MEDIA_CAPTURES = """
select capture_id from media m
where capture_id is not null and digest in (
    select digest from media where id in (select value from json_each(:ids)))
and not exists (
    select 1 from media same join article_media on media_id = same.id where same.digest = m.digest)
"""
_FORGET_MEDIA = """
delete from media where not exists (select 1 from article_media where media_id = media.id)
    and (id in (select value from json_each(:media))
        or capture_id in (select value from json_each(:ids)))"""
_SHARED = """
select c.id, c.url, c.digest from captures c
where c.digest in (select digest from captures where id in (select value from json_each(:ids)))
    and c.id not in (select value from json_each(:ids))
    and c.id not in (select capture_id from erased) order by c.id"""
_ERASED = "select capture_id from erased"
_MET_AGAIN = """
select distinct w.id from withheld_captures m join withheld w on w.id = m.withheld_id
where w.erased_at is not null and m.capture_id not in (select capture_id from erased)"""
_NAMED = 5
"""Captures of other pages that a refusal names."""
_REGROUP = """
update articles set cluster_id = (select min(id) from articles where cluster_id = :id and id <> :id)
where cluster_id = :id and id <> :id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """One article that nobody reads any more."""

    id: int
    """The one it had."""
    source_id: str
    key: str
    url: str
    why: str
    withheld_at: str
    erased_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What was erased, and what was not."""

    erased: int
    """Captures of which nothing is left."""
    left: tuple[int, ...] = ()
    """Captures that nothing was read from, whose bytes other pages share: an empty shell."""


class Withholding:
    """Tables ``withheld`` and ``erased``."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.folder = db.path.with_name(db.path.name + ".withheld")

    def all(self) -> list[Withheld]:
        """Return what is withheld, the oldest first."""
        rows = self._db.conn.execute("select * from withheld order by withheld_at, id")
        return [record(Withheld, row) for row in rows]

    def get(self, article_id: int) -> Withheld | None:
        """Return what is withheld by the id it had, or None."""
        return self._one("select * from withheld where id = ?", article_id)

    def by_key(self, source_id: str, key: str) -> Withheld | None:
        """Return what is withheld by its identity, or None."""
        return self._one("select * from withheld where source_id = ? and key = ?", source_id, key)

    def withhold(self, article_id: int, why: str, *, now: str) -> Withheld:
        """Take an article away from all readers. Raise LookupError, ArchiveError."""
        conn = self._db.conn
        article = conn.execute("select * from articles where id = ?", (article_id,)).fetchone()
        if article is None:
            raise LookupError(f"no article {article_id}")
        captures = [row["id"] for row in conn.execute(_CAPTURES, {"id": article_id})]
        media = [row["id"] for row in conn.execute(_MEDIA, {"id": article_id})]
        kept = {"captures": captures, "media": media, "rows": dict(self._rows(article_id))}
        # First the file: killed between, the article is still there and the file is written anew.
        keep_file(self._path(article_id), json.dumps(kept, ensure_ascii=False).encode())
        conn.execute("pragma secure_delete = on")
        with self._db.transaction():
            self._remove(article, why, now)
        found = self.get(article_id)
        if found is None:
            raise LookupError(f"article {article_id} vanished")
        return found

    def erase(self, article_id: int, *, now: str) -> Erasure:
        """Remove text and payloads of what is withheld.

        May be repeated where it was killed. Raise BaotinhError when captures of other pages hold
        the bytes that its text was read from, or a file is being written.
        """
        media = self._media(article_id)
        captures, left = self._own(article_id, self._captures(article_id, media))
        with self._db.transaction():
            self._note_erased(article_id, self._digests(captures))
        erase_records(self._db.captures_dir, captures)
        ids = json.dumps([capture.id for capture in captures])
        with self._db.transaction():
            self._db.conn.execute(_FORGET_MEDIA, {"media": json.dumps(media), "ids": ids})
        self._path(article_id).unlink(missing_ok=True)
        with self._db.transaction():
            self._db.conn.execute(
                "update withheld set erased_at = ? where id = ?", (now, article_id)
            )
        self._wipe()
        return Erasure(erased=len(captures), left=tuple(left))

    def erase_again(self) -> int:
        """Erase captures in which what is erased was met again; return how many.

        Raise BaotinhError as `erase` does.
        """
        count = 0
        for row in self._db.conn.execute(_MET_AGAIN).fetchall():
            captures, _ = self._own(row["id"], self._captures(row["id"], []))
            known = {each["capture_id"] for each in self._db.conn.execute(_ERASED)}
            captures = [capture for capture in captures if capture.id not in known]
            digests = self._digests(captures)
            # Killed between, they are erased once more.
            erase_records(self._db.captures_dir, captures)
            with self._db.transaction():
                self._note_erased(row["id"], digests)
            count += len(captures)
        return count

    def _own(self, article_id: int, captures: list[Capture]) -> tuple[list[Capture], list[int]]:
        """Return captures to erase, and the ids of those that other pages have too.

        Raise BaotinhError where the latter are what its text was read from.
        """
        ids = json.dumps([capture.id for capture in captures])
        shared = self._db.conn.execute(_SHARED, {"ids": ids}).fetchall()
        digests = {row["digest"] for row in shared}
        left = [each.id for each in captures if each.digest in digests and each.id is not None]
        read = self._read_from(article_id)
        if known := {capture.digest for capture in captures if capture.id in read} & digests:
            others = [row for row in shared if row["digest"] in known][:_NAMED]
            named = ", ".join(f"{row['id']} ({row['url']})" for row in others)
            raise BaotinhError(
                f"captures of other pages hold the same bytes: {named}; withhold their articles"
                " first, nothing was erased"
            )
        return [capture for capture in captures if capture.digest not in digests], left

    def _read_from(self, article_id: int) -> set[int]:
        """Return the captures that the texts of what is withheld were read from."""
        if not self._path(article_id).exists():
            return set()
        kept = json.loads(self._path(article_id).read_bytes())
        rows = [row for table in kept["rows"].values() for row in table]
        return {row["capture_id"] for row in rows if row.get("capture_id") is not None}

    def _one(self, sql: str, *values: object) -> Withheld | None:
        row = self._db.conn.execute(sql, values).fetchone()
        return None if row is None else record(Withheld, row)

    def _path(self, article_id: int) -> Path:
        return self.folder / f"{article_id}.json"

    def _rows(self, article_id: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Yield each table that speaks of an article, with its rows."""
        conn = self._db.conn
        yield "articles", _dump(conn, "articles", "id", article_id)
        yield "links", _dump(conn, "links", OLD, article_id)
        for table in _tables_of_articles(conn):
            yield table, _dump(conn, table, OLD, article_id)

    def _remove(self, article: sqlite3.Row, why: str, now: str) -> None:
        conn, article_id = self._db.conn, article["id"]
        digests = conn.execute(
            "select digest from revisions where article_id = ? and digest is not null",
            (article_id,),
        ).fetchall()
        conn.execute(
            "insert into withheld (id, source_id, key, url, why, withheld_at)"
            " values (?, ?, ?, ?, ?, ?)",
            (article_id, article["source_id"], article["key"], article["url"], why, now),
        )
        conn.executemany(
            "insert or ignore into withheld_texts (digest, withheld_id) values (?, ?)",
            ((row["digest"], article_id) for row in digests),
        )
        conn.execute(_SETTLE, (article_id,))
        conn.execute(_REGROUP, {"id": article_id})
        for table in _tables_of_articles(conn):
            conn.execute(f"delete from {table} where {OLD} = ?", (article_id,))  # noqa: S608
        conn.execute("delete from articles where id = ?", (article_id,))

    def _media(self, article_id: int) -> list[int]:
        """Return the pictures and documents that only what is withheld had."""
        if not self._path(article_id).exists():
            return []
        return list(json.loads(self._path(article_id).read_bytes()).get("media", ()))

    def _captures(self, article_id: int, media: list[int]) -> list[Capture]:
        """Return the captures of what is withheld: those it had, and later ones of its links.

        Those of its pictures and documents are among them, unless an article shows the same bytes.
        """
        ids: list[int] = []
        if self._path(article_id).exists():
            ids = json.loads(self._path(article_id).read_bytes())["captures"]
        own = self._db.conn.execute(_MEDIA_CAPTURES, {"ids": json.dumps(media)})
        ids += [row["capture_id"] for row in own]
        rows = self._db.conn.execute(
            "select * from captures where id in (select value from json_each(:ids))"
            " or id in (select capture_id from erased where withheld_id = :id)"
            " or id in (select capture_id from withheld_captures where withheld_id = :id)"
            " or link_id in (select link_id from captures"
            "    where id in (select value from json_each(:ids)) and link_id is not null)",
            {"ids": json.dumps(ids), "id": article_id},
        )
        return [record(Capture, row) for row in rows.fetchall()]

    def _digests(self, captures: list[Capture]) -> list[tuple[int, str]]:
        """Return the id and the digest of each record, before it is erased."""
        folder = self._db.captures_dir
        return [(each.id or 0, sha256(read_bytes(folder, each))) for each in captures]

    def _note_erased(self, article_id: int, digests: list[tuple[int, str]]) -> None:
        self._db.conn.executemany(
            "insert into erased (capture_id, withheld_id, record) values (?, ?, ?)"
            " on conflict (capture_id) do nothing",
            ((capture_id, article_id, digest) for capture_id, digest in digests),
        )

    def _wipe(self) -> None:
        """Overwrite what the index still holds of deleted texts, and the log."""
        indexes = self._db.conn.execute(
            "select name from sqlite_master where sql like 'create virtual table%using fts5%'"
        )
        for (table,) in indexes.fetchall():
            with self._db.transaction():
                self._db.conn.execute(f"insert into {table} ({table}) values ('optimize')")  # noqa: S608
        if not self._db.checkpoint(patience=5.0):
            raise ArchiveUnusable(
                f"{self._db.path}-wal still holds the text: a reader keeps it; run this again"
            )


def find_withholding(conn: sqlite3.Connection, source_id: str, key: str, digest: str) -> int | None:
    """Return what is withheld by an article's identity, or its text at any address of the source.

    None: it is not.
    """
    row = conn.execute(
        "select id from withheld where source_id = :source and key = :key union all"
        " select w.id from withheld_texts t join withheld w on w.id = t.withheld_id"
        " where t.digest = :digest and w.source_id = :source limit 1",
        {"source": source_id, "key": key, "digest": digest},
    ).fetchone()
    return None if row is None else int(row["id"])


def remember_capture(conn: sqlite3.Connection, withheld_id: int, capture: Capture) -> None:
    """Record that a capture holds what is withheld; erasing erases it, too."""
    conn.execute(
        "insert into withheld_captures (capture_id, withheld_id) select id, ? from captures"
        " where file = ? and offset = ? on conflict do nothing",
        (withheld_id, capture.file, capture.offset),
    )


def _tables_of_articles(conn: sqlite3.Connection) -> list[str]:
    """Return all tables with rows of articles, those that later versions add, too."""
    tables = conn.execute(
        "select m.name from sqlite_master m join pragma_table_info(m.name) c"
        " where m.type = 'table' and c.name = ? order by m.name",
        (OLD,),
    )
    return [row["name"] for row in tables if row["name"] not in _KEPT_TABLES]


def _dump(
    conn: sqlite3.Connection, table: str, column: str, article_id: int
) -> list[dict[str, Any]]:
    rows = conn.execute(f"select * from {table} where {column} = ?", (article_id,))  # noqa: S608
    return [
        {
            name: value.hex() if isinstance(value, bytes) else value
            for name, value in dict(row).items()
        }
        for row in rows
    ]
