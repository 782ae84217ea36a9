"""`baotinh serve`, as a child process asked over loopback."""

from __future__ import annotations

import datetime as dt
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from storage.archive import Archive
from storage.instants import VIETNAM
from tests.support.shelf import fill, put

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
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    archive = fill(tmp_path_factory.mktemp("serve") / "tin-tuc.db")
    with Archive.open(archive) as opened:
        put(
            opened._db.conn,
            "<script>alert(1)</script> Giá lúa",
            "<img src=x onerror=alert(2)> {{7*7}}",
        )
        put(opened._db.conn, "Tin đã gỡ", published_on=TODAY, gone_at="2026-03-02T00:00:00Z")
        opened._db.conn.execute(ENDLESS)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    args = [sys.executable, "-m", "crawler", "--archive", str(archive), "serve", "--port"]
    with subprocess.Popen([*args, str(port)], stderr=subprocess.DEVNULL) as child:
        try:
            yield _wait_for(f"http://127.0.0.1:{port}")
        finally:
            child.terminate()


def _wait_for(address: str) -> str:
    for _ in range(200):
        try:
            with urllib.request.urlopen(address, timeout=5):
                return address
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answered at {address}")


def test_pages_load_nothing_from_elsewhere(address: str) -> None:
    with urllib.request.urlopen(address, timeout=5) as answer:
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("search", [{"title": "Tỉnh ủy Long An họp", "hit": "[Tỉnh] ủy Long An họp"}]),
        ("edits", [{"title": "Tỉnh ủy Long An họp", "revision": 2, "source": "Báo Long An"}]),
        ("gone", [{"title": "Tin đã gỡ", "gone_at": "2026-03-02T00:00:00Z"}]),
        ("volume", [{"published_on": TODAY, "source": "Báo Long An", "articles": 1}]),
    ],
)
def test_every_canned_query_finds_its_rows_in_an_archive_of_any_name(
    address: str, query: str, rows: list[dict[str, object]]
) -> None:
    url = f"{address}/tin-tuc/{query}.json?q=tinh&_shape=objects"
    with urllib.request.urlopen(url, timeout=5) as answer:
        found = json.load(answer)["rows"]
    assert [
        {name: row[name] for name in want} for row, want in zip(found, rows, strict=True)
    ] == rows


def read(address: str, path: str, **fields: str) -> tuple[int, str]:
    """Status and text of a page."""
    try:
        with urllib.request.urlopen(f"{address}{path}?{urlencode(fields)}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.parametrize("query", ["tinh uy long an", "Tỉnh ủy Long An", '"tỉnh uỷ" -lũ'])
def test_the_front_page_searches_as_the_command_does(address: str, query: str) -> None:
    status, page = read(address, "/", q=query, province="long an")
    assert status == 200
    assert '<a href="/article/1">Tỉnh ủy Long An họp</a>' in page
    assert "<mark>" in page


def test_without_words_the_front_page_shows_the_newest(address: str) -> None:
    status, page = read(address, "/", since="2026-03-01", until="2026-03-01")
    assert status == 200
    assert page.count("<h2>") == 3
    assert "No article matches" in read(address, "/", until="2020-01-01")[1]


@pytest.mark.parametrize(
    "fields",
    [
        {"q": '"'}, {"q": "-"}, {"q": "*"}, {"q": "a" * 60_000}, {"q": "x", "since": "2026-13-01"},
        {"q": "lúa", "source": "nobody"}, {"province": "' or 1 --"}, {"q": "x", "limit": "9" * 99},
        {"q": "NEAR(a b)"}, {"q": "title:x AND"}, {"q": "\x00"}, {"sort": "; drop table articles"},
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_a_sentence(address: str, fields: dict[str, str]) -> None:
    status, page = read(address, "/", **fields)
    assert status in (200, 400, 414)
    assert "Traceback" not in page
    assert "OperationalError" not in page
    assert "sqlite" not in page.lower()


def test_scraped_text_is_text_on_the_pages(address: str) -> None:
    status, page = read(address, "/", q="giá lúa")
    assert status == 200
    assert "&lt;script&gt;alert(1)" in page
    for number in (2, 3):
        status, page = read(address, f"/article/{number}")
        assert status == 200
        assert "<script" not in page
        assert "<img" not in page
        assert not any(sign in page for sign in "\x1b\x07\x9b\u202e\u2028")
    assert "{{7*7}}" in page


def test_an_article_shows_what_changed_and_where_its_capture_lies(address: str) -> None:
    status, page = read(address, "/article/1")
    assert status == 200
    assert "<del>chín</del>" in page
    assert "<ins>mười</ins>" in page
    assert "run-00001.warc.gz at" in page
    assert read(address, "/article/999")[0] == 404


def test_the_tables_stay_within_reach(address: str) -> None:
    assert '<a href="/tin-tuc">' in read(address, "/")[1]
    assert read(address, "/tin-tuc/news")[0] == 200


def test_a_table_too_large_to_count_is_shown_without_its_count(address: str) -> None:
    status, page = read(address, "/tin-tuc/endless")
    assert status == 200
    assert page.count('class="col-i ') == 100
    assert read(address, "/tin-tuc")[0] == 200


def test_what_a_reader_counts_in_sql_is_counted(address: str) -> None:
    status, page = read(address, "/tin-tuc.json", sql="select count(*) from articles where id < 3")
    assert status == 200
    assert json.loads(page)["rows"] == [[2]]


def test_a_missing_archive_is_one_sentence(tmp_path: Path) -> None:
    args = [sys.executable, "-m", "crawler", "--archive", str(tmp_path / "no.db"), "serve"]
    done = subprocess.run(args, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "no.db" in done.stderr
    assert "Traceback" not in done.stderr
