"""What the indexes of the Wayback Machine and of Common Crawl say, read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from crawler.imports.services.client import Answer
from crawler.imports.services.commoncrawl import Index, read_lines, read_list
from crawler.imports.services.wayback import Row, _response, describe, hosts_of, read_index
from crawler.sources import Source

if TYPE_CHECKING:
    from crawler.imports.responses import Response

FIELDS = ["timestamp", "original", "mimetype", "statuscode", "digest"]
FIRST = ["20230101080000", "http://a.vn/1", "text/html", "200", "A" * 32]
SECOND = ["20230102080000", "http://a.vn/2", "text/html", "404", "B" * 32]


def row(fields: list[str]) -> Row:
    return Row(timestamp=fields[0], url=fields[1], digest=f"sha1:{fields[4]}", status=fields[3])


@pytest.mark.parametrize(
    ("table", "rows", "key"),
    [
        ([], [], None),
        ([FIELDS], [], None),
        ([FIELDS, FIRST], [FIRST], None),
        ([FIELDS, FIRST, SECOND], [FIRST, SECOND], None),
        ([FIELDS, FIRST, SECOND, [], ["next"]], [FIRST, SECOND], "next"),
        ([FIELDS, [], ["next"]], [], "next"),
        ([FIELDS, FIRST, []], [FIRST], None),
        ([FIELDS, FIRST, [], []], [FIRST], None),
        ([["urlkey", *FIELDS], ["x", *FIRST]], [FIRST], None),
    ],
)
def test_an_index_of_wayback_is_read(
    table: list[list[str]], rows: list[list[str]], key: str | None
) -> None:
    assert read_index(json.dumps(table)) == ([row(each) for each in rows], key)
    assert read_index("") == ([], None)


@pytest.mark.parametrize("text", ["{}", "[1]", '[["a"], 1]', "null", '"a"', '[["a"]]', "<html>"])
def test_what_is_no_index_of_wayback_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the caller says what it is
        read_index(text)


LINE = {
    "url": "http://a.vn/1",
    "status": 200,
    "mime": "text/html",
    "digest": "A" * 32,
    "filename": "f.warc.gz",
    "offset": "10",
    "length": "20",
}


def test_lines_of_common_crawl_are_read_and_others_are_none() -> None:
    bare = {name: value for name, value in LINE.items() if name not in ("status", "mime", "digest")}
    lines = [LINE, bare, {**LINE, "offset": "x"}, {"url": "http://a.vn/1"}, [], 1]
    text = "\n\n".join(map(json.dumps, lines)) + "\n  \n{"
    first, second, *others = read_lines(text)
    assert first is not None
    assert second is not None
    assert (first.url, first.status, first.mime) == ("http://a.vn/1", "200", "text/html")
    assert (first.digest, first.file, first.offset, first.length) == (
        f"sha1:{'A' * 32}",
        "f.warc.gz",
        10,
        20,
    )
    assert (second.status, second.mime, second.digest) == ("", "", None)
    assert others == [None] * 5


def test_the_list_of_indexes_is_read() -> None:
    text = json.dumps(
        [
            {"id": "A", "cdx-api": "http://i/A", "from": "2023-01", "to": "2023-02"},
            {"id": "B", "cdx-api": "http://i/B", "from": None},
        ]
    )
    assert read_list(text) == [
        Index(id="A", api="http://i/A", begin="2023-01", end="2023-02"),
        Index(id="B", api="http://i/B", begin="", end=""),
    ]


def test_a_source_is_asked_for_by_each_of_its_hosts_once() -> None:
    source = Source(
        id="a",
        name="A",
        province="Huế",
        homepage="https://www.a.vn/",
        hosts=("a.vn", "", "www.b.vn"),
        former_hosts=("http://c.vn/", "b.vn"),
    )
    assert hosts_of(source) == ["a.vn", "b.vn", "c.vn"]


def test_an_answer_is_described_by_how_it_begins() -> None:
    body = b"a \n  b" + b"x" * 194 + b"y"
    answer = Answer(url="http://a.vn", status=200, headers=(), body=body)
    assert describe(answer) == "a b" + "x" * 194


NOW = "2026-11-24T03:00:00Z"
ROW = Row(timestamp="20230101080000", url="http://a.vn/1", digest="sha1:A", status="200")


def replayed(
    *headers: tuple[str, str], url: str = "http://w/web/20230102090000id_/http://a.vn/1"
) -> Response:
    return _response(Answer(url=url, status=200, headers=headers, body=b"x"), ROW, NOW)


def test_a_copy_has_the_headers_of_its_original() -> None:
    response = replayed(
        ("Content-Type", "text/html"), ("X-Archive-Orig-Server", "nginx"),
        ("x-archive-orig-content-type", "text/html; charset=utf-8"),
        ("x-archive-orig-Content-Length", "12"), ("x-archive-orig-transfer-encoding", "chunked"),
        ("x-archive-orig-connection", "close"), ("x-archive-orig-content-encoding", "gzip"),
        ("memento-datetime", "x"), ("Content-Encoding", "br"),
    )  # fmt: skip
    assert response.headers == (
        ("Server", "nginx"), ("content-type", "text/html; charset=utf-8"),
        ("Content-Encoding", "br"),
    )  # fmt: skip
    assert (response.url, response.status, response.reason) == ("http://a.vn/1", 200, "OK")
    assert (response.fetched_at, response.notes) == ("2023-01-02T09:00:00Z", ())
    assert (response.origin.name, response.origin.digest) == (
        "http://w/web/20230102090000id_/http://a.vn/1", "sha1:A",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "kind"),
    [([], "text/html"), ([("content-type", "text/plain")], "text/plain")],
)
def test_one_that_kept_none_has_its_type(headers: list[tuple[str, str]], kind: str) -> None:
    assert replayed(*headers, ("server", "w")).headers == (("Content-Type", kind),)


@pytest.mark.parametrize(
    ("url", "instant"),
    [
        ("http://w/web/20230102090000/http://a.vn/1", "2023-01-02T09:00:00Z"),
        ("http://w/other", "2023-01-01T08:00:00Z"),
        ("http://w/web/2023id_/http://a.vn/1", "2023-01-01T08:00:00Z"),
    ],
)
def test_a_copy_is_of_the_instant_that_its_address_says(url: str, instant: str) -> None:
    assert replayed(url=url).fetched_at == instant


def test_a_copy_of_a_time_to_come_is_told() -> None:
    response = replayed(url="http://w/web/20990101000000id_/http://a.vn/1")
    assert (response.fetched_at, [str(note) for note in response.notes]) == (NOW, ["future"])
