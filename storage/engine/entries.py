"""Articles read for the index, and the log of what changed."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, NamedTuple

from storage.engine.documents import Entry

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

_ENTRIES = """
select a.id, a.title, a.summary, {body}, a.source_id, a.kind, a.section, a.section_path, a.authors,
    a.published_on, a.published_at,
    (select json_group_array(m.unit) from mentions m where m.article_id = a.id) as units
from articles a where a.id in (select value from json_each(?))"""
_TEXTS = """
select a.id, a.title, a.summary, {body} from articles a
where a.id in (select value from json_each(?))"""
_DOCUMENTS = """(
    select group_concat(char(10, 10) || d.text, '') from document_texts d
    where d.article_id = a.id)"""
_PAGE = "select id from articles where id > ? order by id limit ?"
_LAST = "select seq, hex(token) from index_log order by seq desc limit 1"
_PASSED = "select hex(token) from index_log where seq = ?"
_CHANGED = "select seq, article_id from index_log where seq > ? order by seq limit ?"
_PRUNE = "delete from index_log where seq in (select seq from index_log where seq < ? limit ?)"


class Point(NamedTuple):
    """A place in the log."""

    seq: int
    token: str


def read_entries(conn: sqlite3.Connection, ids: Iterable[int]) -> Iterator[Entry]:
    """Yield those of the articles that exist."""
    sql = _ENTRIES.format(body=whole_body(conn))
    for row in conn.execute(sql, (json.dumps(list(ids)),)):
        units = read_list(row[11])
        yield Entry(
            id=row[0], title=row[1], summary=row[2] or "", body=row[3], source=row[4], kind=row[5],
            section=row[6] or "", sections=read_list(row[7]), authors=read_list(row[8]),
            published_on=row[9], published_at=row[10], units=units, places=_places(units),
        )  # fmt: skip


def next_ids(conn: sqlite3.Connection, after: int, most: int) -> list[int]:
    """Return the next ids of articles, the lowest first."""
    return [row[0] for row in conn.execute(_PAGE, (after, most))]


def last_point(conn: sqlite3.Connection) -> Point:
    """Return where the log ends."""
    seq, token = conn.execute(_LAST).fetchone()
    return Point(seq, token)


def is_ours(conn: sqlite3.Connection, point: Point) -> bool:
    """Return whether the archive's log has passed this very point."""
    row = conn.execute(_PASSED, (point.seq,)).fetchone()
    return row is not None and row[0] == point.token


def changed_since(conn: sqlite3.Connection, seq: int, most: int) -> tuple[int, list[int]]:
    """Return the articles that the next ``most`` lines of the log name, and where these end."""
    rows = conn.execute(_CHANGED, (seq, most)).fetchall()
    if not rows:
        return seq, []
    return rows[-1][0], list(dict.fromkeys(row[1] for row in rows if row[1] > 0))


def prune(conn: sqlite3.Connection, before: int, *, most: int = 20_000) -> int:
    """Delete lines of the log that the index has followed; return how many. One statement."""
    return conn.execute(_PRUNE, (before, most)).rowcount


def read_texts(conn: sqlite3.Connection, ids: Iterable[int]) -> Iterator[tuple[int, str, str, str]]:
    """Yield id, title, summary and body of those of the articles that exist."""
    sql = _TEXTS.format(body=whole_body(conn))
    for number, *texts in conn.execute(sql, (json.dumps(list(ids)),)):
        title, summary, body = (text or "" for text in texts)
        yield number, title, summary, body


def whole_body(conn: sqlite3.Connection) -> str:
    """Return the SQL of the text of an article ``a`` with those of its documents behind it.

    An archive of an earlier version has none.
    """
    found = conn.execute("select 1 from sqlite_master where name = 'document_texts'").fetchone()
    return "a.body" if found is None else f"a.body || ifnull({_DOCUMENTS}, '')"


def has_log(conn: sqlite3.Connection) -> bool:
    """Return whether the archive keeps a log: one of earlier versions does not."""
    found = conn.execute("select 1 from sqlite_master where name = 'index_log'").fetchone()
    return found is not None


def read_list(text: str | None) -> tuple[str, ...]:
    """Return a column that holds a JSON array; empty where another client wrote no array."""
    try:
        values = json.loads(text or "[]")
    except ValueError:
        return ()
    return tuple(str(value) for value in values) if isinstance(values, list) else ()


def _places(units: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place for unit in units for place in _answered(unit)))


@functools.lru_cache(maxsize=1 << 14)
def _answered(code: str) -> tuple[str, ...]:
    from storage.places.units import answered_by, load_units

    units = load_units()
    unit = units.by_code.get(code)
    return tuple(answered_by(units, unit)) if unit else ()
