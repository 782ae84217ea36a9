"""Articles as Parquet, with days and instants as such: one file, or a folder with one a month.

A folder is laid out for readers that know Hive partitions (``month=2026-10/articles.parquet``),
and each file says what of the archive it was written from: an export into the same folder writes
the months anew in which anything has changed, and no other.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.util
import itertools
import json
import os
from array import array
from collections import defaultdict
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from storage.errors import BaotinhError
from storage.export.articles import COLUMNS, LISTS, NUMBERS, PAGE, pages_of_ids, read_rows
from storage.instants import parse_instant

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from storage.search.filters import Scope

FILE = "articles.parquet"
UNDATED = "month=__HIVE_DEFAULT_PARTITION__"
"""Folder of articles without a day, as readers of Hive partitions spell "none"."""
VERSION = f"1 {' '.join(COLUMNS)}".encode()
"""Goes into every fingerprint: the number is to be raised when files are written otherwise."""

_PART = f".{FILE}.part"
_FINGERPRINT = b"baotinh.fingerprint"
_DAYS = ("published_on",)
_PUBLISHED = ("published_at", "modified_at")
_SEEN = ("first_seen_at", "last_seen_at", "gone_at")
_STATES = """
select substr(a.published_on, 1, 7), a.id, a.digest, a.source_id, s.province, a.published_on,
    a.published_at, a.modified_at, a.authors, a.section, a.tags, a.kind, a.language, a.url,
    a.first_seen_at, a.last_seen_at, a.gone_at, a.revisions, a.cluster_id
from articles a join sources s on s.id = a.source_id
where a.id in (select value from json_each(?)) and {condition} order by a.id"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Months:
    """What an export by month did."""

    articles: int
    months: int
    written: int
    """Months whose file is new or was written anew."""
    removed: int
    """Months that have no article any more."""


def write_parquet(
    out: IO[bytes], records: Iterable[dict[str, Any]], columns: Sequence[str] = COLUMNS
) -> int:
    """Write Parquet in row groups of some hundred articles; return how many articles.

    Raise BaotinhError where the extra ``parquet`` is not installed.
    """
    return _write(out, records, {}, columns)


def write_months(conn: sqlite3.Connection, scope: Scope, folder: Path) -> Months:
    """Bring a folder of monthly files up to date with the articles that a scope admits.

    Each file is replaced whole, or stays; killed in between, the next export goes on. Raise
    BaotinhError where the folder holds something else, or cannot be written.
    """
    _need_pyarrow()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f"month=*/{_PART}"):
            left.unlink()
        known = dict(_known_months(folder))
        states = _read_states(conn, scope)
        written = 0
        for name, (fingerprint, ids) in sorted(states.items()):
            if known.get(name) != fingerprint:
                _write_month(folder / name, _records(conn, scope, ids), fingerprint)
                written += 1
        gone = known.keys() - states.keys()
        for name in gone:
            (folder / name / FILE).unlink()
            (folder / name).rmdir()
    except OSError as error:
        raise BaotinhError(f"{folder} cannot be written: {error.strerror}") from error
    articles = sum(len(ids) for _, ids in states.values())
    return Months(articles=articles, months=len(states), written=written, removed=len(gone))


def _read_states(conn: sqlite3.Connection, scope: Scope) -> dict[str, tuple[bytes, array[int]]]:
    """Return month's folder -> what its articles are now, in short, and their ids."""
    condition, values = scope.where()
    sql = _STATES.format(condition=condition)
    ids: dict[str, array[int]] = defaultdict(lambda: array("q"))
    hashes: dict[str, Any] = defaultdict(lambda: hashlib.blake2b(VERSION, digest_size=16))
    for page in pages_of_ids(conn, scope):
        for month, *state in conn.execute(sql, [json.dumps(page), *values]):
            name = _folder(month)
            ids[name].append(state[0])
            # The digest stands for title, summary and body.
            hashes[name].update(repr(state).encode())
    return {name: (hashes[name].hexdigest().encode(), found) for name, found in ids.items()}


def _folder(month: str | None) -> str:
    try:
        dt.date.fromisoformat(f"{month}-01")
    except ValueError:
        return UNDATED
    return f"month={month}"


def _known_months(folder: Path) -> Iterator[tuple[str, bytes | None]]:
    """Yield month's folder and fingerprint of every file that an export has left."""
    import pyarrow
    import pyarrow.parquet

    for path in sorted(folder.glob(f"month=*/{FILE}")):
        try:
            metadata = pyarrow.parquet.read_metadata(path).metadata or {}
        except (OSError, pyarrow.ArrowException):
            metadata = {}  # torn: to be written anew
        yield path.parent.name, metadata.get(_FINGERPRINT)


def _records(conn: sqlite3.Connection, scope: Scope, ids: array[int]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(ids), PAGE):
        yield from read_rows(conn, scope, ids[start : start + PAGE].tolist())


def _write_month(folder: Path, records: Iterable[dict[str, Any]], fingerprint: bytes) -> None:
    folder.mkdir(exist_ok=True)
    part = folder / _PART
    try:
        with part.open("wb") as out:
            _write(out, records, {_FINGERPRINT: fingerprint}, COLUMNS)
            out.flush()
            os.fsync(out.fileno())
        part.replace(folder / FILE)
    finally:
        part.unlink(missing_ok=True)


def _write(
    out: IO[bytes],
    records: Iterable[dict[str, Any]],
    metadata: dict[bytes, bytes],
    columns: Sequence[str],
) -> int:
    _need_pyarrow()
    import pyarrow
    import pyarrow.parquet

    types = dict.fromkeys(LISTS, pyarrow.list_(pyarrow.string()))
    types |= dict.fromkeys(NUMBERS, pyarrow.int64())
    types |= dict.fromkeys(_DAYS, pyarrow.date32())
    types |= dict.fromkeys(_PUBLISHED, pyarrow.timestamp("ms", tz="Asia/Ho_Chi_Minh"))
    types |= dict.fromkeys(_SEEN, pyarrow.timestamp("ms", tz="UTC"))
    fields = [(name, types.get(name, pyarrow.string())) for name in columns]
    schema = pyarrow.schema(fields, metadata=metadata)
    count, rows = 0, iter(records)
    with pyarrow.parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        while batch := [_typed(row) for row in itertools.islice(rows, PAGE)]:
            writer.write_table(pyarrow.Table.from_pylist(batch, schema=schema))
            count += len(batch)
    return count


def _typed(record: dict[str, Any]) -> dict[str, Any]:
    days = {name: _day(record[name]) for name in _DAYS}
    return record | days | {name: _instant(record[name]) for name in (*_PUBLISHED, *_SEEN)}


def _day(value: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value or "")
    except ValueError:
        return None


def _instant(value: str | None) -> dt.datetime | None:
    try:
        return parse_instant(value or "").astimezone(dt.UTC)
    except (OverflowError, ValueError):
        return None


def _need_pyarrow() -> None:
    if importlib.util.find_spec("pyarrow") is None:
        raise BaotinhError("export to Parquet needs pyarrow: pip install 'baotinh[parquet]'")
