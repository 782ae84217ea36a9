"""Articles as lines and as cells."""

from __future__ import annotations

import io
import json
from contextlib import closing

import pytest

from storage.export.articles import (
    COLUMNS,
    pages_of_ids,
    read_articles,
    safe_cell,
    write_csv,
    write_jsonl,
)
from storage.search.filters import Filters, resolve
from tests.support.shelf import open_shelf, put


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Giá lúa", "Giá lúa"),
        ("=1+1", "'=1+1"),
        ("  @x", "'  @x"),
        ("＝x", "'＝x"),
        ("-5", "'-5"),
        ("\tx", "'\\x09x"),
        ("\nx", "'\nx"),
        ("a=1", "a=1"),
        ("\x1b[2J", "\\x1b[2J"),
    ],
)
def test_no_cell_is_a_formula_or_a_command(text: str, cell: str) -> None:
    assert safe_cell(text) == cell


def test_articles_are_written_as_rows_and_as_lines() -> None:
    records = [
        {"id": 1, "title": "Giá lúa", "authors": ["Nga", "=Bạch"], "tags": [], "summary": None},
        {"id": 0, "title": "=x", "authors": [], "tags": ["lúa"], "summary": "a,b"},
    ]
    out = io.BytesIO()
    columns = ("id", "title", "authors", "tags", "summary")
    assert write_csv(out, records, columns=columns) == 2
    assert out.getvalue().decode().splitlines() == [
        "id,title,authors,tags,summary", "1,Giá lúa,Nga; =Bạch,,", "0,'=x,,lúa,\"a,b\"",
    ]  # fmt: skip
    assert not out.closed
    out = io.BytesIO()
    assert write_jsonl(out, records, json.dumps) == 2
    assert [json.loads(line) for line in out.getvalue().splitlines()] == records
    assert write_jsonl(io.BytesIO(), [], json.dumps) == 0


@pytest.mark.parametrize(("count", "pages"), [(0, []), (500, [500]), (501, [500, 1])])
def test_articles_are_read_by_five_hundred(count: int, pages: list[int]) -> None:
    with closing(open_shelf()) as conn:
        conn.execute("begin")
        for _ in range(count):
            put(conn, "Tin")
        found = list(pages_of_ids(conn, resolve(conn, Filters())))
        assert [len(page) for page in found] == pages
        assert [number for page in found for number in page] == [*range(1, count + 1)]


def test_articles_are_read_by_place_and_other_filters() -> None:
    with closing(open_shelf()) as conn:
        put(conn, "Một", authors=["Nga"], tags=["lúa"], kind="video")
        put(conn, "Hai")
        put(conn, "Ba", kind="video")
        conn.executemany("insert into place_articles values ('80', ?)", [(1,), (2,)])
        read = list(read_articles(conn, Filters(place="Tây Ninh", kind="video")))
        assert [(row["id"], row["title"], row["authors"], row["tags"]) for row in read] == [
            (1, "Một", ["Nga"], ["lúa"])
        ]
        assert tuple(read[0]) == COLUMNS
        assert [row["id"] for row in read_articles(conn, Filters())] == [1, 2, 3]
