"""What we add to Datasette, without it running."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from datasette.utils.asgi import Base400, NotFound
from datasette.views.base import DatasetteError

from crawler.web.readers import Readers
from crawler.web.tables import database
from crawler.web.tables.application import read_metadata
from crawler.web.tables.csvs import SafeCsv
from crawler.web.tables.database import _read_rows, find_limit
from crawler.web.tables.hooks import Hooks, _describe
from tests.crawler.web.test_guard import ask
from tests.support.twins import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATABASES = {"kho": ("a/kho", lambda path: f"/tin{path}")}
ROW = {"id": 7, "article_id": 9, "title": "<b>Tin</b>", "other": 1}


@pytest.fixture
def readers(tmp_path: Path) -> Iterator[Readers]:
    shelf = Shelf(tmp_path / "archive.db")
    shelf.crawl(0, {"1": "vụ lúa", "2": "trường học"})
    shelf.close()
    readers = Readers([shelf.archive.path], None)
    yield readers
    readers.archives().close()
    readers.close()


@pytest.mark.parametrize(
    ("table", "column", "value", "shown"),
    [
        ("articles", "id", 7, ("7", "7")), ("news", "title", "Tin", ("7", "Tin")),
        ("article_places", "id", 7, ("7", "7")), ("articles", "article_id", 9, ("9", "9")),
        ("images", "article_id", 9, ("9", "9")), ("images", "title", "Tin", ("9", "Tin")),
        ("images", "id", 7, None), ("articles", "other", 1, None),
        (None, "title", "Tin", ("9", "Tin")),
        ("articles", "id", None, None), ("articles", "id", "7", None),
        ("articles", "title", "<b>", ("7", "&lt;b&gt;")),
        ("news", "title", "x" * 200, ("7", "x" * 160)),
    ],
)  # fmt: skip
def test_articles_are_linked(
    readers: Readers, table: str | None, column: str, value: object, shown: tuple[str, str] | None
) -> None:
    hooks = Hooks(readers, DATABASES)
    found = hooks.render_cell(ROW, value, column, table, "kho")
    if shown is None:
        assert found is None
    else:
        assert found == f'<a href="/tin/article/{shown[0]}">{shown[1]}</a>'
    assert hooks.render_cell(ROW, value, column, table, "other") is None
    assert hooks.render_cell({"title": "x"}, "x", "title", "images", "kho") is None


def test_connections_are_bounded_and_know_a_search(readers: Readers) -> None:
    hooks = Hooks(readers, {"archive": ("", str)})
    with closing(sqlite3.connect(":memory:")) as conn:
        hooks.prepare_connection(conn, "archive")
        assert conn.getlimit(sqlite3.SQLITE_LIMIT_LENGTH) == 4_000_000
        for words, ids in (("vụ lúa", [1]), ("trường", [2]), (None, []), ('"', [])):
            ((found,),) = conn.execute("select archive_search(?)", (words,)).fetchall()
            assert json.loads(found) == ids
        with pytest.raises(sqlite3.DatabaseError, match="not authorized"):
            conn.execute("select printf('x')")
    with closing(sqlite3.connect(":memory:")) as conn:
        hooks.prepare_connection(conn, "other")
        with pytest.raises(sqlite3.OperationalError, match="no such function"):
            conn.execute("select archive_search('a')")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DatasetteError("no table", status=404), (404, "no table")), (Base400("bad"), (400, "bad")),
        (NotFound("gone"), (404, "gone")), (Base400(), (400, "")), (ValueError("x"), (500, "x")),
    ],
)  # fmt: skip
def test_errors_are_one_sentence(error: Exception, said: tuple[int, str]) -> None:
    assert _describe(error) == said


def test_errors_of_json_are_json(readers: Readers) -> None:
    class Asked:
        path = "/kho/x.json?a=1"

    answer = Hooks(readers, {}).handle_exception(None, Asked, DatasetteError("no", status=404))
    response = asyncio.run(answer())
    assert (response.status, json.loads(response.body)) == (
        404, {"ok": False, "error": "no", "status": 404},
    )  # fmt: skip


def test_each_database_has_titles_of_its_own() -> None:
    found = read_metadata(["a", "b"])["databases"]
    assert list(found) == ["a", "b"]
    assert found["a"] == found["b"]
    assert found["a"] is not found["b"]
    found["a"]["queries"] = {}
    assert found["b"]["queries"]


@pytest.mark.parametrize(
    ("sql", "custom", "truncate", "limit"),
    [
        ("select 1", None, False, 2000), ("select 1", 500, False, 500),
        ("select 1", 9000, True, 2000),
        ("select count(*) from x", None, False, 150), ("select count(*) from x", None, True, 2000),
        ("select count(*) from x", 20, False, 20), ("select count(*) from x", 500, False, 150),
        ("select count(*)", None, False, 2000),
    ],
)  # fmt: skip
def test_a_count_of_rows_has_less_time(
    sql: str, custom: int | None, truncate: bool, limit: int
) -> None:
    assert find_limit(sql, 2000, custom, truncate=truncate) == limit


@pytest.mark.parametrize(
    ("most", "room", "rows", "cut"),
    [
        (None, 100, 5, False), (5, 100, 5, False), (4, 100, 4, True), (0, 100, 0, True),
        (None, 20, 5, False), (None, 19, 4, True), (None, 3, 0, True),
    ],
)  # fmt: skip
def test_rows_are_bounded_in_number_and_size(
    monkeypatch: pytest.MonkeyPatch, most: int | None, room: int, rows: int, cut: bool
) -> None:
    monkeypatch.setattr(database, "MOST_RESULT", room)
    with closing(sqlite3.connect(":memory:")) as conn:
        sql = " union all ".join(["select 'abc', x'00', 12345"] * 5)
        found, is_cut = _read_rows(conn.execute(sql), most)
    assert (len(found), is_cut) == (rows, cut)


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/kho/x.csv", b"text/csv; charset=utf-8", b"a,'=1\r\n"),
        ("/kho/x.csv", b"text/plain; charset=utf-8", b"a,'=1\r\n"),
        ("/kho/x", b"text/csv", b"a,'=1\r\n"),
        ("/kho/x", b"text/plain", b"a,=1\n"),
        ("/kho/x.csv", b"text/html", b"a,=1\n"),
    ],
)
def test_answers_that_are_csv_are_made_safe(path: str, kind: bytes, body: bytes) -> None:
    async def answer(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"Content-Type", kind), (b"Content-Length", b"5")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"a,=", "more_body": True})
        await send({"type": "http.response.body", "body": b"1\n"})

    start, *pieces = ask(SafeCsv(answer), path)
    assert b"".join(piece["body"] for piece in pieces) == body
    names = [name.lower() for name, _ in start["headers"]]
    assert (b"content-length" in names) is (b"'" not in body)
