"""Does the index hold what the archive has? Files, articles, and the words of some of them."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, BinaryIO

import tantivy
from tantivy import Occur, Query

from storage.engine.documents import ALL, COLUMNS, HEADS, make_document, schema
from storage.engine.entries import changed_since, read_entries
from storage.engine.folder import State, open_index, unbroken
from storage.engine.tantivy import count_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

SPAN = 10_000
"""Ids that are counted at once."""
SAMPLED = 200
"""Articles whose words are compared."""
_BLOCK = 1 << 20
_FOOTER_MAGIC = 1337
"""Ends each file of tantivy, behind the length of its footer (tantivy, src/directory/footer.rs)."""


def check_index(conn: sqlite3.Connection, folder: Path) -> Iterator[str]:
    """Yield what is wrong with an index; nothing for one that is missing or being built."""
    opened = open_index(conn, folder)
    if opened.state in (State.MISSING, State.BUILDING):
        return
    if opened.index is None or opened.stamp is None:
        yield f"{folder} is {opened.state}"
        return
    with unbroken() as harm:
        problems = [*_check_files(folder), *_compare(conn, opened.index, opened.stamp.followed)]
        yield from problems
    if harm:
        yield f"{folder} is {State.DAMAGED}: {harm[0]}"


def _check_files(folder: Path) -> Iterator[str]:
    """Each file of tantivy ends with a checksum of the rest."""
    for name in sorted(_live(folder)):
        # Another process may have brought the index up to date meanwhile, and removed it.
        if not _is_whole(folder / name) and name in _live(folder):
            yield f"{name} of {folder} is {State.DAMAGED}"


def _live(folder: Path) -> set[str]:
    """Return the files of the last commit: what a killed process left besides is no part of it."""
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    parts = {each["segment_id"].replace("-", ""): each["deletes"] for each in meta["segments"]}
    deletes = {f"{part}.{gone['opstamp']}.del" for part, gone in parts.items() if gone}
    names = {path.name for path in folder.iterdir() if path.name.split(".")[0] in parts}
    return {name for name in names if not name.endswith(".del")} | deletes


def _is_whole(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _agrees(file, path.stat().st_size)
    except FileNotFoundError:
        return False


def _agrees(file: BinaryIO, size: int) -> bool:
    """Whether a file ends with the checksum of what stands before it."""
    file.seek(max(0, size - 8))
    end = file.read(8)
    length, magic = int.from_bytes(end[:4], "little"), int.from_bytes(end[4:], "little")
    if magic != _FOOTER_MAGIC or length + 8 > size:
        return False
    file.seek(size - 8 - length)
    try:
        wanted = json.loads(file.read(length))["crc"]
    except (ValueError, KeyError):
        return False
    file.seek(0)
    crc, left = 0, size - 8 - length
    while left and (block := file.read(min(_BLOCK, left))):
        crc = zlib.crc32(block, crc)
        left -= len(block)
    return bool(crc == wanted)


def _compare(conn: sqlite3.Connection, index: tantivy.Index, followed: int) -> Iterator[str]:
    """Count articles by spans of ids, and look up the words of some."""
    _, pending = changed_since(conn, followed, 1 << 40)
    later = set(pending)
    searcher = index.searcher()
    for low, high, ids in _spans(conn):
        known = ids - later
        count = count_of(searcher, _between(low, high, later))
        if count != len(known):
            yield f"holds {count} of the {len(known)} articles from {low} to {high - 1}"
    step = max(1, (conn.execute("select max(id) from articles").fetchone()[0] or 1) // SAMPLED)
    sample = [row[0] for row in conn.execute("select id from articles where id % ? = 0", (step,))]
    for entry in read_entries(conn, (number for number in sample[:SAMPLED] if number not in later)):
        document = make_document(entry)
        if not count_of(searcher, _same(entry.id, document)):
            yield f"has other words than article {entry.id}"


def _spans(conn: sqlite3.Connection) -> Iterator[tuple[int, int, set[int]]]:
    low, high = conn.execute("select min(id), max(id) from articles").fetchone()
    if low is None:
        yield 1, 1 << 62, set()
        return
    yield 1, low, set()
    while low <= high:
        rows = conn.execute("select id from articles where id >= ? and id < ?", (low, low + SPAN))
        yield low, low + SPAN, {row[0] for row in rows}
        low += SPAN
    yield low, 1 << 62, set()


def _between(low: int, high: int, later: set[int]) -> Query:
    span = Query.range_query(schema(), "id", tantivy.FieldType.Integer, low, high, True, False)
    without = Query.term_set_query(schema(), "id", sorted(later))
    return Query.boolean_query([(Occur.Must, span), (Occur.MustNot, without)])


def _same(number: int, document: tantivy.Document) -> Query:
    wanted = [Query.term_query(schema(), "id", number)]
    for field in (*HEADS, ALL, "exact", *COLUMNS):
        for value in document.get_all(field):
            words = value.split() if field not in COLUMNS else [value]
            wanted += [Query.term_query(schema(), field, word, "basic") for word in set(words)]
    return Query.boolean_query([(Occur.Must, query) for query in wanted])
