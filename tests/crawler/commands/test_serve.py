"""`baotinh serve`, as a child process asked over loopback."""

from __future__ import annotations

import csv
import datetime as dt
import http.client
import io
import json
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.instants import VIETNAM
from tests.support.servers import Served, serve
from tests.support.shelf import fill, put, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENDLESS = (
    "create view endless as"
    " with recursive n (i) as (select 1 union all select i + 1 from n) select i from n"
)
"""As many rows as nobody can count: the largest archive there is."""
TODAY = dt.datetime.now(VIETNAM).date().isoformat()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    archive = fill(tmp_path_factory.mktemp("serve") / "tin-tuc.db")
    with Archive.open(archive) as opened:
        put(
            opened._db.conn,
            "<script>alert(1)</script> Giá lúa",
            "<img src=x onerror=alert(2)> {{7*7}}",
        )
        put(opened._db.conn, "Tin đã gỡ", published_on=TODAY, gone_at="2026-03-02T00:00:00Z")
        put(opened._db.conn, "=cmd|' /C calc'!A0", "-2+3", url='https://x.vn/"><b>')
        opened._db.conn.execute(ENDLESS)
    with serve(archive, "--allow-host", "kho.example.vn", "--base-path", "/bao") as running:
        yield running


def test_the_start_line_says_where_it_listens(served: Served) -> None:
    first = served.log.read_text().splitlines()[0]
    assert f"http://127.0.0.1:{served.port}/bao/" in first
    assert str(served.captures_port) in first


def test_pages_load_nothing_from_elsewhere_and_are_not_indexed(served: Served) -> None:
    answer = served.get("/")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'")
    assert "script-src" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert served.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_only_its_own_names_are_answered(served: Served) -> None:
    assert served.get("/", host=f"127.0.0.1:{served.port}").status == 200
    assert served.get("/", host="kho.example.vn").status == 200
    for port in (served.port, served.captures_port):
        assert served.get("/1", host="evil.example", port=port).status == 421


def test_a_base_path_is_taken_off_and_put_before_every_link(served: Served) -> None:
    for path in ("/bao/", "/"):
        page = served.get(path).text
        assert 'href="/bao/static/style.css"' in page
        assert 'href="/bao/article/1"' in page
        assert 'href="/article' not in page
    assert served.get("/bao/static/style.css").status == 200
    assert 'href="/bao/' in served.get("/bao/tin-tuc").text


def test_every_request_is_one_line_of_the_log(served: Served) -> None:
    assert served.get("/nirgends", q="\x1b[2Jlúa").status == 404
    assert served.get("/tin-tuc/nirgends").status == 404
    lines = served.log.read_text().splitlines()
    (line,) = [line for line in lines if "/nirgends?" in line]
    assert " GET /nirgends?q=%1B%5B2Jl%C3%BAa 404 " in line
    assert line.endswith(" ms")
    assert not any("Traceback" in line or "locals" in line for line in lines)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_pages_can_only_be_read(served: Served, method: str) -> None:
    conn = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
    try:
        conn.request(method, "/article/1", headers={"Accept-Language": "vi"})
        answer = conn.getresponse()
        page = answer.read().decode()
    finally:
        conn.close()
    assert answer.status == 405
    assert "Các trang chỉ để đọc." in page


def test_a_page_that_is_not_there_is_a_page(served: Served) -> None:
    for path in (
        *(
            "/nirgends",
            "/article/999",
            "/source/x",
            "/place/0",
            "/article/1.doc",
            "//x",
        ),
        *(f"/article/{'9' * 40}", f"/capture/{'9' * 40}/payload", f"/article/1/with/{1 << 63}"),
        *(
            "/source/%00",
            "/place/..%2f..",
            "/article/-1",
            "/watch/%E2%80%AE.atom",
            "/article/1/capture/9",
        ),
    ):
        answer = served.get(path)
        assert answer.status == 404
        assert answer.headers["content-type"].startswith("text/html")
        assert 'lang="vi"' in answer.text


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("search", [{"title": "Tỉnh ủy Long An họp"}]),
        ("edits", [{"title": "Tỉnh ủy Long An họp", "revision": 2, "source": "Báo Long An"}]),
        ("gone", [{"title": "Tin đã gỡ", "gone_at": "2026-03-02T00:00:00Z"}]),
        ("volume", [{"published_on": TODAY, "source": "Báo Long An", "articles": 1}]),
    ],
)
def test_every_canned_query_finds_its_rows_in_an_archive_of_any_name(
    served: Served, query: str, rows: list[dict[str, object]]
) -> None:
    answer = served.get(f"/tin-tuc/{query}.json", q='"tỉnh uỷ" -lũ', _shape="objects")
    found = json.loads(answer.body)["rows"]
    assert [
        {name: row[name] for name in want} for row, want in zip(found, rows, strict=True)
    ] == rows


@pytest.mark.parametrize("query", ["tinh uy long an", "Tỉnh ủy Long An", '"tỉnh uỷ" -lũ'])
def test_the_front_page_searches_as_the_command_does(served: Served, query: str) -> None:
    answer = served.get("/", q=query, province="long an")
    assert answer.status == 200
    assert '<a href="/bao/article/1">Tỉnh ủy Long An họp</a>' in answer.text
    assert "<mark>" in answer.text


def test_without_words_the_front_page_shows_the_newest(served: Served) -> None:
    answer = served.get("/", since="2026-03-01", until="2026-03-01")
    assert answer.status == 200
    assert answer.text.count('<article class="hit">') == 4
    assert "Không có bài nào" in served.get("/", until="2020-01-01").text


@pytest.mark.parametrize(
    "fields",
    [
        {"q": '"'}, {"q": "-"}, {"q": "*"}, {"q": "a" * 50_000}, {"q": "x", "since": "2026-13-01"},
        {"q": "lúa", "source": "nobody"}, {"province": "' or 1 --"}, {"q": "x", "page": "9" * 99},
        {"q": "NEAR(a b)"}, {"q": "title:x AND"}, {"q": "\x00"}, {"sort": "; drop table articles"},
        {"kind": "x"}, {"place": "Nirgends"}, {"since": "2026-02-01", "until": "2026-01-01"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/feed.atom", "/results.csv", "/compare"])
def test_what_cannot_be_asked_is_a_sentence(
    served: Served, path: str, fields: dict[str, str]
) -> None:
    answer = served.get(path, **fields)
    assert answer.status in (200, 400)
    for word in ("Traceback", "OperationalError", "sqlite"):
        assert word not in answer.text


def test_scraped_text_is_text_on_the_pages(served: Served) -> None:
    assert "&lt;script&gt;alert(1)" in served.get("/", q="giá lúa").text
    for number in (2, 3, 5):
        page = served.get(f"/article/{number}").text
        assert "<script" not in page
        assert "<img" not in page
        assert '"><b>' not in page
        assert not any(sign in page for sign in "\x1b\x07\x9b\u202e\u2028")
    assert "{{7*7}}" in served.get("/article/3").text


def test_no_cell_of_any_csv_is_a_formula(served: Served) -> None:
    tables = served.get("/tin-tuc/articles.csv", _size="max", _stream="on")
    results = served.get("/results.csv")
    for answer in (tables, results):
        rows = list(csv.reader(io.StringIO(answer.text, newline="")))
        assert len(rows) == 6
        cells = [cell for row in rows for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "@", "+", "-"))]
        assert any("'=cmd" in cell for cell in cells)


@pytest.mark.parametrize(
    "sql",
    [
        "select randomblob(1000000000)",
        "select length(randomblob(3900000)) from articles, articles, articles",
        "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n",
        (
            "select group_concat(hex(randomblob(1000))) from articles a, articles b, articles c,"
            " articles d, articles e"
        ),
        (
            "with recursive n(i) as (select 1 union all select i + 1 from n)"
            " select randomblob(500000) from n limit 2000"
        ),
    ],
)
def test_a_greedy_query_takes_neither_memory_nor_time(served: Served, sql: str) -> None:
    assert served.get("/tin-tuc.json", sql=sql).status in (200, 400)
    assert served.get("/").status == 200
    assert served.peak_mb < 400


def test_ids_of_tables_lead_to_articles_and_internals_are_hidden(served: Served) -> None:
    assert (
        '<a href="/bao/article/1">Tỉnh ủy Long An họp</a>' in served.get("/tin-tuc/articles").text
    )
    assert '<a href="/bao/article/1">1</a>' in served.get("/tin-tuc/news").text
    page = served.get("/tin-tuc").text
    assert "/tin-tuc/news" in page
    assert "articles_fts_data" not in page
    assert "article_pairs" not in page


def test_long_cells_are_cut(served: Served) -> None:
    assert max(map(len, served.get("/tin-tuc/articles").text.splitlines())) < 3_000


def test_a_table_too_large_to_count_is_shown_without_its_count(served: Served) -> None:
    answer = served.get("/tin-tuc/endless")
    assert answer.status == 200
    assert answer.text.count('class="col-i ') == 100
    assert served.get("/tin-tuc").status == 200


def test_what_a_reader_counts_in_sql_is_counted(served: Served) -> None:
    answer = served.get("/tin-tuc.json", sql="select count(*) from articles where id < 3")
    assert json.loads(answer.body)["rows"] == [[2]]


def test_a_missing_archive_is_one_sentence(tmp_path: Path) -> None:
    args = [sys.executable, "-m", "crawler", "--archive", str(tmp_path / "no.db"), "serve"]
    done = subprocess.run(args, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "no.db" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("option", ["--port", "--captures-port"])
def test_a_taken_port_is_one_sentence_and_exit_code_1(tmp_path: Path, option: str) -> None:
    archive = fill(tmp_path / "archive.db")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        others = [] if option == "--port" else ["--port", "0"]
        args = [sys.executable, "-m", "crawler", "--archive", str(archive), "serve", *others]
        done = subprocess.run(
            [*args, option, port], capture_output=True, text=True, timeout=30, check=False
        )
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
    assert option in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "options",
    [["--base-path", "bao"], ["--captures-url", "javascript:alert(1)"], ["--allow-host", "a/b"]],
)
def test_wrong_options_are_wrong_use(tmp_path: Path, options: list[str]) -> None:
    result = run(fill(tmp_path / "archive.db"), "serve", *options)
    assert result.exception is not None
    assert getattr(result.exception, "exit_code", None) == 2
