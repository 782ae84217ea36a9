"""Is everything the archive promises still true? Database, index, captures, and their links."""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from storage.db.connections import explain
from storage.db.forms import find_mistyped, find_strange, read_words
from storage.db.fulltext import rebuild_index
from storage.db.fulltext_check import find_disagreements
from storage.db.rows import record
from storage.engine.searcher import is_installed
from storage.errors import ArchiveError, CaptureError
from storage.fingerprint import content_digest, text_digest
from storage.records import Capture
from storage.states import LinkState
from storage.warc.files import OPEN, find_file, read_capture
from storage.warc.repair import is_abandoned, repair_captures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from storage.db.database import Database

MOST_LINES = 100
"""Problems SQLite names before it stops looking."""

_NO_REVISION = "article {} has a text that is none of its revisions"
_BROKEN_PROMISES = {
    "article {} says it has another number of revisions than it has": """
        select a.id from articles a
        where a.revisions <> (
            select count(*) from article_revisions r where r.article_id = a.id)""",
    _NO_REVISION: """
        select a.id from articles a where 1 <> (
            select count(*) from article_revisions r
            where r.article_id = a.id and r.digest is null)""",
    "article {} is in a cluster that no article opened": """
        select a.id from articles a
        where not exists (select 1 from articles o where o.id = a.cluster_id)""",
    "article {} is no link's": """
        select a.id from articles a
        where not exists (select 1 from links l where l.article_id = a.id)""",
    "picture or document {} is stored without a capture": """
        select id from media where state = 'stored' and capture_id is null""",
    "link {} is stored without an article": """
        select id from links where state = 'stored' and article_id is null""",
}
"""What is wrong, with the row's id -> the rows that are."""
READABLE = """
select * from captures where id not in (select capture_id from erased) order by file, offset"""
_STATES = frozenset(LinkState)
_TEXTS = {
    "article {} has a text that does not have its digest": """
        select id, cast(title as blob) as title, cast(summary as blob) as summary,
            cast(body as blob) as body, digest
        from articles""",
    "revision {} has a text that does not have its digest": """
        select id, cast(title as blob) as title, cast(summary as blob) as summary,
            cast(body as blob) as body, digest
        from article_revisions where digest is not null""",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is not as it should be."""

    part: str
    """``database``, ``index``, ``texts``, ``links``, ``rows`` or ``captures``."""
    what: str

    def __str__(self) -> str:
        return f"{self.part}: {self.what}"


def check_archive(
    db: Database, *, watch: Callable[[str], None] = lambda _: None
) -> Iterator[Problem]:
    """Yield what is wrong with an archive that is open for writing.

    Reads everything, and lets others write meanwhile. ``watch`` is told each part before it is
    looked at.
    """
    damaged = False
    watch("database")
    for problem in _guarded("database", _check_database(db.conn)):
        damaged = True
        yield problem
    watch("index")
    yield from _guarded("index", _check_index(db))
    yield from _guarded("index", _check_engine(db))
    watch("texts")
    yield from _guarded("texts", _check_texts(db.conn))
    watch("links")
    yield from _guarded("links", _check_promises(db.conn))
    watch("rows")
    yield from _guarded("rows", _check_forms(db.conn))
    watch("captures")
    yield from _guarded("captures", _check_captures(db, damaged=damaged))


def check_rows(conn: sqlite3.Connection) -> Iterator[Problem]:
    """Yield why the rows of an archive cannot be taken: what can be asked while only reading.

    Index and captures are not looked at.
    """
    yield from _guarded("database", _check_database(conn))
    yield from _guarded("rows", _check_types(conn))
    yield from _guarded("texts", _check_texts(conn))
    # The other promises hold again in what a merge makes of the rows.
    yield from _guarded("links", _check_promises(conn, [_NO_REVISION]))


def check_captures(db: Database) -> Iterator[Problem]:
    """Yield what is wrong with captures: each is read, and compared with its digest."""
    yield from _guarded("captures", _check_captures(db, damaged=True))


def repair_archive(db: Database) -> Iterator[str]:
    """Rebuild what can be made again from the rest, and yield a sentence for each thing done.

    Raise ArchiveError or CaptureError when a repair itself fails: tables cannot be made again.
    """
    try:
        yield from _repair(db)
    except (sqlite3.Error, UnicodeError) as error:
        raise explain(error, db.path) from error


def _repair(db: Database) -> Iterator[str]:
    if db.captures_dir.is_dir():
        yield from (f"captures: {done}" for done in repair_captures(db.captures_dir))
    if _tables_are_whole_but_indexes_not(db.conn):
        with db.transaction():
            db.conn.execute("reindex")
        yield "database: indexes of tables built again"
    if wrong := find_disagreements(db.conn):
        with db.transaction():
            rebuild_index(db.conn)
        yield f"index: built again ({', '.join(wrong)} did not agree with the articles)"
    if list(_check_engine(db)):
        from storage.engine.catchup import catch_up
        from storage.engine.folder import folder_of, forget

        forget(folder_of(db.path))
        catch_up(db.conn, folder_of(db.path))
        yield f"index: {folder_of(db.path)} built again"


def find_damage(db: Database, *, seconds: float) -> str | None:
    """Return the first thing SQLite's quick check finds wrong, looking for so many seconds at most.

    What is too large to be looked through in that time is left to ``check_archive`` and to the
    check of the nightly backup.
    """
    deadline = time.monotonic() + seconds
    db.conn.set_progress_handler(lambda: time.monotonic() > deadline, 100_000)
    try:
        found = db.conn.execute("pragma quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return None
        raise
    finally:
        db.conn.set_progress_handler(None, 0)
    return None if found == "ok" else str(found)


def _guarded(part: str, problems: Iterator[Problem]) -> Iterator[Problem]:
    """End a check where damage stops it, naming the damage."""
    try:
        yield from problems
    except sqlite3.DatabaseError as error:
        yield Problem(part=part, what=f"cannot be checked any further: {error}")
    except UnicodeError as error:
        # Damage inside a text column: bytes that are no UTF-8.
        yield Problem(part=part, what=f"holds what is no text: {error}")
    except ArchiveError as error:
        yield Problem(part=part, what=str(error))


def _check_database(conn: sqlite3.Connection) -> Iterator[Problem]:
    for row in conn.execute(f"pragma integrity_check({MOST_LINES})"):
        if row[0] != "ok":
            yield from (Problem(part="database", what=line) for line in row[0].splitlines())
    for row in conn.execute("pragma foreign_key_check"):
        what = f"row {row['rowid']} of {row['table']} points at no row of {row['parent']}"
        yield Problem(part="database", what=what)
    read_words(conn)


def _check_types(conn: sqlite3.Connection) -> Iterator[Problem]:
    for what in find_mistyped(conn):
        yield Problem(part="rows", what=what)


def _check_index(db: Database) -> Iterator[Problem]:
    for table in find_disagreements(db.conn):
        yield Problem(part="index", what=f"{table} does not agree with the articles")


def _check_engine(db: Database) -> Iterator[Problem]:
    """The index beside the archive, where there is one."""
    if not is_installed():
        return
    from storage.engine import check
    from storage.engine.folder import folder_of

    for what in check.check_index(db.conn, folder_of(db.path)):
        yield Problem(part="index", what=what)


def _check_texts(conn: sqlite3.Connection) -> Iterator[Problem]:
    """SQLite has no checksums: a byte flipped inside a text is known by the text's digest."""
    for what, rows in _TEXTS.items():
        for row in conn.execute(rows):
            fields = (row["title"], row["summary"] or b"", row["body"])
            if row["digest"] not in _digests(*(each.decode("utf-8", "replace") for each in fields)):
                yield Problem(part="texts", what=what.format(row["id"]))


def _digests(title: str, summary: str, body: str) -> Iterator[str]:
    """Digests a stored text may have: in the normal form it was stored in, and in today's."""
    yield text_digest(title, summary, " ".join(body.split()))
    yield content_digest(title, summary, body)


def _check_promises(
    conn: sqlite3.Connection, promises: Iterable[str] = tuple(_BROKEN_PROMISES)
) -> Iterator[Problem]:
    for what in promises:
        for row in conn.execute(_BROKEN_PROMISES[what]):
            yield Problem(part="links", what=what.format(row[0]))
    yield from _check_states(conn)


def _check_states(conn: sqlite3.Connection) -> Iterator[Problem]:
    for link_id, state in conn.execute("select id, state from links"):
        if state not in _STATES:
            what = f"link {link_id} is in a state that does not exist"
            yield Problem(part="links", what=what)
    for row in conn.execute("select id, outcomes from runs"):
        if not _is_count(row["outcomes"]):
            yield Problem(part="links", what=f"run {row['id']} has no readable outcomes")


def _check_forms(conn: sqlite3.Connection) -> Iterator[Problem]:
    """Days, instants, words, lists: what each column promises. States of links were checked."""
    for strange in find_strange(conn, but={("links", "state")}):
        yield Problem(part="rows", what=str(strange))


def _is_count(outcomes: str) -> bool:
    try:
        counts = json.loads(outcomes)
    except ValueError:
        return False
    return isinstance(counts, dict) and all(isinstance(n, int) for n in counts.values())


def _check_captures(db: Database, *, damaged: bool) -> Iterator[Problem]:
    rows = db.conn.execute(READABLE)
    for file, captures in groupby((record(Capture, row) for row in rows), lambda c: c.file):
        yield from _check_file(db, file, captures)
    if db.captures_dir.is_dir() and not damaged:
        for path in sorted(db.captures_dir.glob(f"*{OPEN}")):
            if is_abandoned(path):
                what = f"{path.name} was left open by a killed process"
                yield Problem(part="captures", what=what)


def _check_file(db: Database, file: str, captures: Iterable[Capture]) -> Iterator[Problem]:
    try:
        missing = not find_file(db.captures_dir, file).exists()
    except CaptureError as error:
        yield Problem(part="captures", what=str(error))
        return
    if missing:
        count = sum(1 for _ in captures)
        yield Problem(part="captures", what=f"{file} is missing, and {count} captures with it")
        return
    for capture in captures:
        try:
            read_capture(db.captures_dir, capture, decode=False)
        except CaptureError as error:
            yield Problem(part="captures", what=str(error))


def _tables_are_whole_but_indexes_not(conn: sqlite3.Connection) -> bool:
    lines = [row[0] for row in conn.execute(f"pragma integrity_check({MOST_LINES})")]
    return all(" index " in line for line in lines)
