"""Articles as files: the formats that `baotinh export` and the pages have in common."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from crawler.render.terminal import json_line
from storage.export.articles import write_csv, write_jsonl
from storage.export.parquet import write_parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Write = Callable[[IO[bytes], Iterable[dict[str, Any]], Sequence[str]], int]

WRITERS: Mapping[str, Write] = {
    "jsonl": lambda out, records, _: write_jsonl(out, records, json_line),
    "csv": write_csv,
    "parquet": write_parquet,
}
"""Name of a format, and ending of its files -> what writes articles with these columns."""
