"""Articles out: JSON lines, CSV that is safe in spreadsheets; `storage.export.parquet`.

Everything streams: articles are read some hundred at a time, in short transactions, so that a
slow reader neither fills the memory nor holds back the write-ahead log.
"""

from __future__ import annotations

import csv
import io
import json
import re
from typing import IO, TYPE_CHECKING, Any

from storage.engine.entries import read_list
from storage.search.filters import Filters, resolve
from storage.text import printable

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from storage.search.filters import Scope

PAGE = 500
"""Articles read at once."""
COLUMNS = (
    *("id", "source", "province", "published_on", "published_at", "modified_at", "title"),
    *("summary", "body", "authors", "section", "tags", "kind", "language", "url"),
    *("first_seen_at", "last_seen_at", "gone_at", "revisions", "cluster_id", "digest"),
)
LISTS = ("authors", "tags")
NUMBERS = ("id", "revisions", "cluster_id")

_ROWS = """
select a.id, a.source_id as source, s.province, a.published_on, a.published_at, a.modified_at,
    a.title, a.summary, a.body, a.authors, a.section, a.tags, a.kind, a.language, a.url,
    a.first_seen_at, a.last_seen_at, a.gone_at, a.revisions, a.cluster_id, a.digest
from articles a join sources s on s.id = a.source_id
where a.id in (select value from json_each(?)) and {condition} order by a.id"""

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")


def read_articles(conn: sqlite3.Connection, filters: Filters) -> Iterator[dict[str, Any]]:
    """Yield every article the filters admit, by id, as a dictionary of ``COLUMNS``.

    ``authors`` and ``tags`` are lists. Raise QueryError for a filter that nothing can match.
    """
    # Here and not with the first article: a wrong filter must be said before anything is written.
    return _read_scope(conn, resolve(conn, filters))


def _read_scope(conn: sqlite3.Connection, scope: Scope) -> Iterator[dict[str, Any]]:
    for ids in pages_of_ids(conn, scope):
        yield from read_rows(conn, scope, ids)


def read_rows(conn: sqlite3.Connection, scope: Scope, ids: list[int]) -> Iterator[dict[str, Any]]:
    """Yield the articles that a scope admits, of those with the ids, as ``read_articles`` does."""
    condition, values = scope.where()
    sql = _ROWS.format(condition=condition)
    for row in conn.execute(sql, [json.dumps(ids), *values]).fetchall():
        record = dict(zip(COLUMNS, row, strict=True))
        yield record | {name: list(read_list(record[name])) for name in LISTS}


def write_jsonl(
    out: IO[bytes], records: Iterable[dict[str, Any]], to_line: Callable[[object], str]
) -> int:
    """Write one JSON object a line, spelled by ``to_line``; return how many."""
    count = 0
    for record in records:
        out.write(to_line(record).encode() + b"\n")
        count += 1
    return count


def write_csv(
    out: IO[bytes], records: Iterable[dict[str, Any]], columns: Sequence[str] = COLUMNS
) -> int:
    """Write CSV (RFC 4180, UTF-8) in which no cell is a formula; return how many articles."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(columns)
    count = 0
    for record in records:
        writer.writerow([_cell(record[name]) for name in columns])
        count += 1
    text.detach()
    return count


def safe_cell(text: str) -> str:
    """Return text that no spreadsheet takes for a formula and no terminal obeys.

    A cell that starts with ``= + - @``, their full-width forms, TAB or a line break gets a
    leading ``'`` (owasp.org/www-community/attacks/CSV_Injection).
    """
    shown = printable(text, lines=True)
    return f"'{shown}" if _FORMULA.match(text) else shown


def _cell(value: object) -> str | int:
    if isinstance(value, int):
        return value
    if isinstance(value, list):
        return safe_cell("; ".join(value))
    return safe_cell(str(value or ""))


def pages_of_ids(conn: sqlite3.Connection, scope: Scope) -> Iterator[list[int]]:
    """Yield ids of articles that are meant, some hundred at a time, each by a statement."""
    condition, values = scope.where()
    sql = f"select a.id from articles a where a.id > ? and {condition} order by a.id limit ?"  # noqa: S608
    if scope.place:
        sql = (
            "select a.id from place_articles p join articles a on a.id = p.article_id"  # noqa: S608
            f" where p.article_id > ? and p.place = '{scope.place}' and {condition}"
            " order by p.article_id limit ?"
        )
    last = -1 << 62
    while ids := [row[0] for row in conn.execute(sql, [last, *values, PAGE]).fetchall()]:
        yield ids
        last = ids[-1]
