"""The full-text tables over articles, in plain SQL: whoever writes, triggers keep them in step.

``articles_fts``    title, summary and body without accents: the plain face, for any client.
``articles_exact``  words with their accents, as bare lists of articles.
``index_log``       which articles changed, in order: the index beside the archive follows it.

No tokenizer of SQLite takes ``đ`` for ``d`` or ``kĩ`` for ``ky``, so table
``article_spellings`` keeps such other spellings of an article's words, and ``articles_fts`` has
them in a column of its own.

A trigger sees the row that ``insert or replace`` removes only where ``recursive_triggers`` is
on: it is in our connections and in those of sqlite-utils.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from storage.spelling import i_and_y

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

TABLES = {
    "articles_fts": ("title", "summary", "body", "spellings"),
    "articles_exact": ("title", "summary", "body"),
}
"""The full-text tables and their columns."""

_COUNTED = "select 1 from sqlite_master where name = 'sqlite_stat1'"
_CORRECT = """
update sqlite_stat1 set stat = :rows
where tbl in (select value from json_each(:names)) and stat <> :rows"""
_MANY = 1 << 20
_MOST_SEGMENTS = 256
"""Segments on one level from which FTS5 merges all of them inside one article's transaction.

Of its own 16 that happened wherever large ones lie among small ones, as after a bulk load: one
article in a million then took 1.6 s. Its small steps (``automerge``) keep far below 256
(sqlite.org/fts5.html, 6.8)."""
_CONTENT = {"articles_fts": "article_text"}
_TEXT = "id, title, summary, body"
_WATCHED = f"{_TEXT}, source_id, kind, section, section_path, authors, published_on, published_at"
_WEIGHTS = "bm25(8.0, 3.0, 1.0, 0.5)"

# SQLite's parser gives up at about forty nested calls, so each view replaces a dozen.
_PUNCTUATION = ("\n.,;:!?()[]", "-–—/…\"'“”‘’_%")

_SPELLINGS = (
    """
create table spellings (
    -- words in use with i and with y: what the index holds beside the word
    word text primary key,
    other text not null
) without rowid""",
    """
create table article_spellings (
    -- a table, not a view: FTS5 rebuilds from no view that splits words by json_each
    id integer primary key,
    spellings text
)""",
)
_SPELL = """    insert into article_spellings
    select a.id, (
        select group_concat(
            distinct ifnull(s.other, replace(replace(w.value, 'đ', 'd'), 'Đ', 'D')))
        from json_each(a.words) w left join spellings s on s.word = w.value
        where s.word is not null or instr(w.value, 'đ') or instr(w.value, 'Đ')
    ) from article_words a"""
_FORGET = "    delete from article_spellings"

_VIEWS = """
create view article_words as
select id, '[' || replace(json_quote({second}), ' ', '","') || ']' as words
from (select id, {first} as text from articles);

create view article_text as
select a.id, a.title, a.summary, a.body, s.spellings
from articles a left join article_spellings s on s.id = a.id;"""

_TABLES = """
create virtual table articles_fts using fts5(
    title, summary, body, spellings, content='article_text', content_rowid='id',
    tokenize='unicode61 remove_diacritics 2'
    /* where sqlite-utils and Datasette look for the table it serves: content="articles" */
);

create virtual table articles_exact using fts5(
    title, summary, body, content='articles', content_rowid='id', detail=none, columnsize=0,
    tokenize='unicode61 remove_diacritics 0'
)"""

_LOG = """
create table index_log (
    -- token: by it an index beside the archive knows that it followed this very log
    seq integer primary key autoincrement,
    article_id integer not null,
    token blob not null default (randomblob(8))
)"""
_BEGIN_LOG = "insert into index_log (article_id) values (0)"
"""An archive whose log is empty is never taken for another one."""
_UNUSED = (
    "drop trigger if exists articles_fts_insert",
    "drop trigger if exists articles_fts_delete",
    "drop trigger if exists articles_fts_update_before",
    "drop trigger if exists articles_fts_update_after",
    "drop table if exists articles_pairs",
    "drop table if exists articles_titles",
    "drop view if exists article_pairs",
    "drop view if exists article_facets",
)


def create_index(conn: sqlite3.Connection) -> None:
    """Create the full-text tables, views and triggers, inside the caller's transaction."""
    for statement in _SPELLINGS:
        conn.execute(statement)
    conn.executemany("insert into spellings values (?, ?)", _spelling_rows())
    for statement in (*_views().split(";\n"), *_TABLES.split(";\n"), *_triggers()):
        conn.execute(statement)
    conn.execute("insert into articles_fts (articles_fts, rank) values ('rank', ?)", (_WEIGHTS,))


def drop_unused(conn: sqlite3.Connection) -> None:
    """Drop what an earlier version searched besides, and have the triggers write it no more."""
    for statement in (*_UNUSED, *_triggers()):
        conn.execute(statement)


def create_log(conn: sqlite3.Connection) -> None:
    """Create the log of changes that the index beside the archive follows."""
    for statement in (_LOG, _BEGIN_LOG, *_log_triggers()):
        conn.execute(statement)


def search_documents(conn: sqlite3.Connection) -> None:
    """Have ``articles_fts`` hold the texts of attached documents too, beside other spellings."""
    conn.execute("drop view article_text")
    for statement in (_text_view(), *_document_triggers(), *_document_log()):
        conn.execute(statement)


def rebuild_index(conn: sqlite3.Connection) -> None:
    """Build the whole index again from ``articles``, inside the caller's transaction."""
    conn.execute(_FORGET)
    conn.execute(_SPELL)
    for table in TABLES:
        conn.execute(f"insert into {table} ({table}) values ('delete-all')")  # noqa: S608
        conn.execute(_entry(table, delete=False))


def optimize_index(conn: sqlite3.Connection) -> None:
    """Merge the index's segments: smaller and faster. Rewrites the index once."""
    for table in TABLES:
        conn.execute(f"insert into {table} ({table}) values ('optimize')")  # noqa: S608


def merge_by_steps(conn: sqlite3.Connection) -> None:
    """Have FTS5 merge segments by small steps alone, never all of a level for one article."""
    for table in TABLES:
        sql = f"insert into {table} ({table}, rank) values ('crisismerge', ?)"  # noqa: S608
        conn.execute(sql, (_MOST_SEGMENTS,))


def correct_statistics(conn: sqlite3.Connection) -> None:
    """Have SQLite's planner take the tables behind the index for large ones.

    FTS5 asks them by their primary keys alone. Where they were counted while the archive was nearly
    empty, it goes through all of a large index for each of its small merges instead.
    """
    if conn.execute(_COUNTED).fetchone() is None:
        return
    names = json.dumps([f"{table}_data" for table in TABLES])
    if conn.execute(_CORRECT, {"rows": str(_MANY), "names": names}).rowcount:
        conn.execute("analyze sqlite_master")  # has this connection read them again


def find_broken_tables(conn: sqlite3.Connection) -> list[str]:
    """Return the names of the index's tables that do not agree with ``articles``.

    Reads the whole index; inside the caller's transaction, since FTS5 checks by a statement
    that counts as a write. Where others write, ask `storage.db.fulltext_check` instead.
    """
    return [table for table in TABLES if not _is_whole(conn, table)]


def _is_whole(conn: sqlite3.Connection, table: str) -> bool:
    import sqlite3

    try:
        conn.execute(f"insert into {table} ({table}, rank) values ('integrity-check', 1)")  # noqa: S608
    except sqlite3.DatabaseError:
        return False
    return True


def _spelling_rows() -> Iterator[tuple[str, str]]:
    for word, other in i_and_y().items():
        for spelling in {word, word.capitalize(), word.upper()}:
            yield spelling, other


def _views() -> str:
    text = "title || ' ' || ifnull(summary, '') || ' ' || body"
    return _VIEWS.format(
        first=_without(text, _PUNCTUATION[0], " "),
        second=_without("text", _PUNCTUATION[1], " "),
    )


def _without(expression: str, characters: str, instead: str) -> str:
    for character in characters:
        literal = "char(10)" if character == "\n" else "'" + character.replace("'", "''") + "'"
        expression = f"replace({expression}, {literal}, '{instead}')"
    return expression


def _triggers() -> Iterator[str]:
    update = _update_of(_TEXT, "articles")
    yield _trigger("insert", "after insert on articles", "new", delete=False)
    yield _trigger("delete", "before delete on articles", "old", delete=True)
    yield _trigger("update_before", f"before {update}", "old", delete=True)
    yield _trigger("update_after", f"after {update}", "new", delete=False)


def _text_view() -> str:
    columns = f"a.id, a.title, a.summary, a.body, {_with_documents('1')} as spellings"
    joined = "articles a left join article_spellings s on s.id = a.id"
    return f"create view article_text as\nselect {columns}\nfrom {joined}"


def _with_documents(condition: str) -> str:
    """Other spellings of an article's words, then texts of its documents that meet a condition."""
    texts = (
        "(select group_concat(' ' || d.text || ' ' || d.spellings, '') from document_texts d"  # noqa: S608
        f" where d.article_id = a.id and {condition})"
    )
    return f"coalesce(s.spellings || {texts}, s.spellings, {texts})"


def _document_triggers() -> Iterator[str]:
    """An insert may be ignored after its "before" triggers have run: so it has none."""
    without = _with_documents("d.media_id <> new.media_id")
    forget = (
        "    insert into articles_fts (articles_fts, rowid, title, summary, body, spellings)"  # noqa: S608
        f" select 'delete', a.id, a.title, a.summary, a.body, {without} from articles a"
        " left join article_spellings s on s.id = a.id where a.id = new.article_id;\n"
    )
    add, drop = _entry("articles_fts", delete=False), _entry("articles_fts", delete=True)
    for name, event, body in (
        ("insert", "after insert", f"{forget}{add} where id = new.article_id;"),
        ("delete_before", "before delete", f"{drop} where id = old.article_id;"),
        ("delete_after", "after delete", f"{add} where id = old.article_id;"),
        ("update", "before update", "    select raise(abort, 'delete the text and insert it');"),
    ):
        yield f"create trigger documents_fts_{name} {event} on document_texts begin\n{body}\nend"


def _document_log() -> Iterator[str]:
    for name, row in (("insert", "new"), ("delete", "old")):
        yield (
            f"create trigger documents_log_{name} after {name} on document_texts begin\n"  # noqa: S608
            f"    insert into index_log (article_id) values ({row}.article_id);\nend"
        )


def _log_triggers() -> Iterator[str]:
    update = _update_of(_WATCHED, "articles")
    for name, event, column in (
        ("articles_log_insert", "insert on articles", "new.id"),
        ("articles_log_delete", "delete on articles", "old.id"),
        ("articles_log_update", update, "new.id"),
        ("articles_log_move", "update of id on articles when old.id <> new.id", "old.id"),
        ("places_log_insert", "insert on place_articles", "new.article_id"),
        ("places_log_delete", "delete on place_articles", "old.article_id"),
    ):
        yield (
            f"create trigger {name} after {event} begin\n"  # noqa: S608
            f"    insert into index_log (article_id) values ({column});\nend"
        )


def _update_of(columns: str, table: str) -> str:
    changed = " or ".join(f"old.{name} is not new.{name}" for name in columns.split(", "))
    return f"update of {columns} on {table} when {changed}"


def _trigger(name: str, event: str, row: str, *, delete: bool) -> str:
    entries = [_entry(table, delete=delete) for table in TABLES]
    entries.insert(len(entries) if delete else 0, _FORGET if delete else _SPELL)
    lines = "\n".join(f"{entry} where id = {row}.id;" for entry in entries)
    return f"create trigger articles_fts_{name} {event} begin\n{lines}\nend"


def _entry(table: str, *, delete: bool) -> str:
    columns = ", ".join(TABLES[table])
    content = _CONTENT.get(table, "articles")
    into, command = (f"{table}, ", "'delete', ") if delete else ("", "")
    return (
        f"    insert into {table} ({into}rowid, {columns})"  # noqa: S608
        f" select {command}id, {columns} from {content}"
    )
