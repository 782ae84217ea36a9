"""``baotinh export``, ``changes`` and ``watch``: what leaves the archive."""

from __future__ import annotations

import csv
import gzip
import http.server
import io
import json
import subprocess
import sys
import threading
import tracemalloc
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import settings
from crawler.render.atom import write_feed
from storage.archive import Archive
from storage.errors import BaotinhError, QueryError
from storage.export.articles import COLUMNS, read_articles, safe_cell, write_csv
from storage.search.filters import Filters
from storage.warc.records import read_record
from storage.warc.wacz import surt
from tests.support.shelf import HOSTILE, fill, open_shelf, put, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return fill(tmp_path / "archive.db")


def test_json_lines_hold_every_article(path: Path) -> None:
    result = run(path, "export")
    records = [json.loads(line) for line in result.stdout.split("\n")[:-1]]
    assert [record["id"] for record in records] == [1, 2]
    assert set(records[0]) == set(COLUMNS)
    assert records[0]["authors"] == ["Thanh Nga"]
    assert records[1]["title"] == HOSTILE
    assert "2 articles" in result.stderr


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (["--source", "baolongan"], [1, 2]), (["--source", "baotayninh"], []),
        (["--province", "long an", "--author", "thanh nga"], [1]), (["--since", "2026-03-02"], []),
    ],
)  # fmt: skip
def test_exports_are_narrowed_like_searches(
    path: Path, filters: list[str], expected: list[int]
) -> None:
    lines = run(path, "export", *filters).stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == expected


def test_a_wrong_filter_is_said_before_anything_is_written(path: Path) -> None:
    result = run(path, "export", "--format", "csv", "--since", "soon")
    assert result.exit_code == 2
    assert result.stdout == ""


def test_no_cell_of_a_csv_is_a_formula(path: Path, tmp_path: Path) -> None:
    with Archive.open(path) as archive:
        for start in "=+-@\t\r＝＋－＠":
            put(archive._db.conn, f"{start}cmd|' /C calc'!A0", f' {start}1\n"x",y')
    out = tmp_path / "out.csv"
    run(path, "export", "--format", "csv", "-o", str(out))
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"), newline="")))
    assert len(rows) == 12
    for row in rows:
        assert all(not cell or cell.lstrip()[:1] not in "=+-@＝＋－＠" for cell in row.values())
    assert rows[2]["title"] == "'=cmd|' /C calc'!A0"
    assert rows[0]["authors"] == "Thanh Nga"
    assert not {"\x1b", "\u202e", "\x9b"} & set(out.read_text(encoding="utf-8"))


@given(st.text())
def test_a_cell_never_starts_with_what_starts_a_formula(text: str) -> None:
    cell = safe_cell(text)
    assert not cell or cell.strip()[:1] not in {*"=+-@＝＋－＠"}
    assert cell[:1] not in {*"\t\r\n"}


@pytest.mark.long
def test_exports_stream(tmp_path: Path) -> None:
    with closing(open_shelf(tmp_path / "a.db")) as conn, (tmp_path / "out.csv").open("wb") as out:
        conn.execute("begin")
        for _ in range(2_000):
            put(conn, "Tin", "x" * 20_000)
        conn.execute("commit")
        tracemalloc.start()
        assert write_csv(out, read_articles(conn, Filters())) == 2_000
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 25_000_000


def test_parquet_keeps_lists_and_numbers(path: Path, tmp_path: Path) -> None:
    import pyarrow.parquet

    out = tmp_path / "out.parquet"
    run(path, "export", "--format", "parquet", "-o", str(out))
    table = pyarrow.parquet.read_table(out).to_pylist()
    assert [row["id"] for row in table] == [1, 2]
    assert table[0]["authors"] == ["Thanh Nga"]


def test_parquet_without_its_extra_is_one_sentence(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)  # as Python marks what cannot be imported
    result = run(path, "export", "--format", "parquet", "-o", str(tmp_path / "x"))
    assert "pip install 'baotinh[parquet]'" in str(result.exception)
    assert not list(tmp_path.glob("x*"))


@pytest.fixture
def wacz(path: Path, tmp_path: Path) -> Path:
    out = tmp_path / "out.wacz"
    run(path, "export", "--format", "wacz", "-o", str(out))
    return out


def test_captures_are_found_where_the_setting_puts_them(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = (path.parent / "captures").rename(tmp_path / "elsewhere")
    monkeypatch.setattr(settings, "CAPTURES_DIR", str(elsewhere))
    assert run(path, "show", "1", "--raw").stdout_bytes == "<p>mười</p>".encode()
    out = tmp_path / "out.wacz"
    assert run(path, "export", "--format", "wacz", "-o", str(out)).exit_code == 0
    assert out.exists()


def test_a_wacz_leads_from_page_to_index_to_record(wacz: Path) -> None:
    with zipfile.ZipFile(wacz) as package:
        assert package.getinfo("archive/baotinh.warc.gz").compress_type == zipfile.ZIP_STORED
        records = package.read("archive/baotinh.warc.gz")
        index = package.read("indexes/index.cdx").decode().splitlines()
        head, page = map(json.loads, package.read("pages/pages.jsonl").splitlines())
    assert head["format"] == "json-pages-1.0"
    assert page["url"] == "https://baolongan.vn/a-a1.html"
    assert index == sorted(index)
    bodies = []
    for line in index:
        key, stamp, fields = line.split(" ", 2)
        assert key == "vn,baolongan)/a-a1.html"
        assert stamp.startswith("20260301")
        place = json.loads(fields)
        start = int(place["offset"])
        member = records[start : start + int(place["length"])]
        assert gzip.decompress(member)
        bodies.append(read_record(member).payload.decode())
    assert bodies == ["<p>chín</p>", "<p>mười</p>"]


def test_the_wacz_validates(wacz: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "wacz", "validate", "-f", wacz],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_lost_capture_is_said_and_left_out(path: Path, tmp_path: Path) -> None:
    for file in (path.parent / "captures").glob("*.warc.gz"):
        file.unlink()
    result = run(path, "export", "--format", "wacz", "-o", str(tmp_path / "out.wacz"))
    assert "2 captures could not be read" in str(result.exception)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.BaoLongAn.vn/Tin-a1.html", "vn,baolongan)/tin-a1.html"),
        ("http://x.vn:8080/?b=2&a=1", "vn,x:8080)/?a=1&b=2"),
        ("https://x.vn", "vn,x)/"),
    ],
)
def test_index_keys_sort_by_host(url: str, key: str) -> None:
    assert surt(url) == key


def test_edits_and_removals_are_listed(path: Path) -> None:
    with Archive.open(path) as archive:
        archive._db.conn.execute(
            "update articles set gone_at = '2026-03-05T00:00:00Z', gone_reason = 'http-404'"
            " where id = 2"
        )
    removed, edited = run(path, "changes").stdout.splitlines()
    assert "removed (http-404)" in removed
    assert "edited" in edited
    assert "[-chín-] {+mười+}" in run(path, "changes", "--diff").stdout
    lines = run(path, "changes", "--json").stdout.splitlines()
    assert [json.loads(line)["added"] for line in lines] == [[], ["mười"]]
    assert len(run(path, "changes", "--since", "2026-03-02").stdout.splitlines()) == 1
    assert run(path, "changes", "--source", "baotayninh").stdout == ""
    assert "no date" in run(path, "changes", "--since", "hôm nào").output


def test_a_watch_tells_each_match_once(path: Path) -> None:
    assert run(path, "watch", "add", "Lúa gạo", '"giá lúa"', "--since", "2000-01-01").exit_code == 0
    assert "giá lúa" in run(path, "watch", "list").stdout
    assert len(run(path, "watch", "run").stdout.splitlines()) == 1
    assert run(path, "watch", "run").stdout == ""
    with Archive.open(path) as archive:
        put(archive._db.conn, "Giá lúa tăng <b>mạnh</b> & đều")
        put(archive._db.conn, "Gia cầm lùa đồng")
        # What was captured before the search was saved would not be told.
        now = "update articles set first_seen_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"
        archive._db.conn.execute(now)
    (record,) = map(json.loads, run(path, "watch", "run", "--json").stdout.splitlines())
    assert record["title"] == "Giá lúa tăng <b>mạnh</b> & đều"
    feed = ET.parse(path.parent / "watches" / "lua-gao.atom").getroot()  # noqa: S314 - our own
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert titles[0] == record["title"]
    assert len(titles) == 2
    run(path, "watch", "remove", "Lúa gạo")
    assert "nothing is watched" in run(path, "watch", "run").stderr


def test_news_that_could_not_be_told_is_told_again(path: Path, tmp_path: Path) -> None:
    run(path, "watch", "add", "lua", "lúa", "--since", "2000-01-01")
    failed = run(path, "watch", "run", "--command", "false")
    assert "'false' ended with 1" in str(failed.exception)
    script = f"{sys.executable} -c \"import sys; open(sys.argv[1], 'w').write(sys.stdin.read())\" "
    out = tmp_path / "told"
    run(path, "watch", "run", "--command", script + str(out))
    assert [json.loads(line)["id"] for line in out.read_text().splitlines()] == [1, 2]


def test_a_watch_that_could_not_be_told_keeps_no_other_from_its_readers(path: Path) -> None:
    run(path, "watch", "add", "a", "lúa", "--since", "2000-01-01")
    run(path, "watch", "add", "b", "lúa", "--since", "2000-01-01")
    script = "import os, sys; sys.exit(os.environ['BAOTINH_WATCH'] == 'a')"
    failed = run(path, "watch", "run", "--command", f'{sys.executable} -c "{script}"')
    assert failed.exit_code == 1
    assert "watch a" in str(failed.exception)
    assert run(path, "watch", "run", "b").stdout == ""
    assert len(run(path, "watch", "run", "a").stdout.splitlines()) == 2


class Receiver(http.server.BaseHTTPRequestHandler):
    bodies: list[bytes]

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in its base
        """Stay quiet."""


@pytest.fixture
def receiver() -> Iterator[http.server.HTTPServer]:
    Receiver.bodies = []
    with http.server.HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_webhook_gets_the_news_if_its_address_is_allowed(
    path: Path, receiver: http.server.HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(path, "watch", "add", "lua", "lúa", "--since", "2000-01-01")
    url = f"http://127.0.0.1:{receiver.server_port}/hook"
    refused = run(path, "watch", "run", "--webhook", url)
    assert "not public" in str(refused.exception)
    assert Receiver.bodies == []
    monkeypatch.setattr(settings, "ALLOW_PRIVATE_HOSTS", [f"127.0.0.1:{receiver.server_port}"])
    run(path, "watch", "run", "--webhook", url)
    assert len(Receiver.bodies[0].splitlines()) == 2


def test_a_watch_without_an_archive_makes_none(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    for words in (("run",), ("list",), ("remove", "x")):
        assert "there is no archive" in str(run(path, "watch", *words).exception)
    assert not path.exists()


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("add", "x", '"'), "no word"), (("add", "lua", "x"), "already"),
        (("add", "!", "x"), "name"),
        (("remove", "y"), "no watch"), (("run", "y"), "no watch"),
        (("add", "z", "x", "--source", "y"), "no source"),
    ],
)  # fmt: skip
def test_a_watch_that_cannot_be_is_one_sentence(
    path: Path, args: tuple[str, ...], says: str
) -> None:
    run(path, "watch", "add", "lúa", "lúa", "--since", "2000-01-01")
    error = run(path, "watch", *args).exception
    assert isinstance(error, BaotinhError | QueryError)
    assert says in str(error)


def test_a_hostile_article_makes_a_well_formed_feed(path: Path) -> None:
    with Archive.open_reading(path) as archive:
        article = archive.article(2)
    assert article is not None
    feed = ET.fromstring(  # noqa: S314 - our own
        write_feed("</title>\x00<entry/>", "x", [article], now="2026-03-01T00:00:00Z")
    )
    assert feed.findtext(f"{ATOM}title") == "Báo Tỉnh: </title><entry/>"
    (entry,) = feed.findall(f"{ATOM}entry")
    assert "Giá lúa" in str(entry.findtext(f"{ATOM}title"))
    assert str(entry.findtext(f"{ATOM}summary")).startswith("=HYPERLINK()")
    text = "".join(feed.itertext())
    assert not any(sign in text for sign in "\x00\x07\x08\x1b")
