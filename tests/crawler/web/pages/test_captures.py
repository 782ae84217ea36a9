"""Captured pages, their bytes, and packages of them."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from crawler.web.pages.captures import content_type, send_page
from storage.archive import Archive
from storage.records import Capture
from tests.crawler.web.conftest import NOW
from tests.support.newsroom import fill_newsroom
from tests.support.visits import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A reader of three articles whose captures are gone from the disk, with a manifest of them."""
    path = tmp_path_factory.mktemp("damaged") / "archive.db"
    fill_newsroom(path, now=NOW, articles=0)
    with Archive.open(path) as archive:
        archive.evidence.make(now="2026-03-02T00:00:00Z")
        folder = archive.captures_dir
    with Reader(path) as opened:
        assert opened.get("/article/1/proof.zip").status_code == 200
        for file in captures(folder):
            file.unlink()
        yield opened


def captures(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*.warc.gz") if file.is_file()]


def test_a_capture_is_shown_in_a_frame_of_its_own_origin(reader: Reader) -> None:
    text = reader.text("/article/25/capture/26")
    assert 'src="http://kho.example:8002/26"' in text
    assert "Báo mẫu Long An" in text
    for address in ("/article/25/capture/1", "/article/1/capture/26", "/article/99/capture/26"):
        assert reader.get(address).status_code == 404


def test_the_payload_is_a_file(reader: Reader) -> None:
    answer = reader.get("/capture/26/payload")
    assert answer.headers["content-disposition"] == 'attachment; filename="capture-26.bin"'
    assert answer.headers["content-type"] == "application/octet-stream"
    assert bytes(answer.body).startswith(b"<!DOCTYPE html>")
    assert reader.get("/capture/99/payload").status_code == 404


def test_a_package_holds_all_captures_of_an_article(reader: Reader) -> None:
    answer = reader.get("/article/25.wacz")
    assert answer.headers["content-disposition"] == 'attachment; filename="baotinh-25.wacz"'
    assert answer.headers["content-type"] == "application/wacz"
    names = zipfile.ZipFile(io.BytesIO(bytes(answer.body))).namelist()
    assert "datapackage.json" in names
    assert reader.get("/article/99.wacz").status_code == 404


def test_without_a_manifest_there_is_no_proof(reader: Reader) -> None:
    assert reader.get("/article/25/proof.zip").status_code == 404
    assert reader.get("/article/99/proof.zip").status_code == 404


def test_what_cannot_be_read_is_said(damaged: Reader) -> None:
    for address in ("/capture/1/payload", "/article/1/proof.zip"):
        answer = damaged.get(address)
        assert answer.status_code == 500
        assert "baotinh verify" in bytes(answer.body).decode()


def page(reader: Reader, number: int) -> tuple[int, str, bytes]:
    visit = reader.visit(f"/capture/{number}/payload")
    answer = send_page(visit)
    return answer.status_code, answer.headers["content-type"], bytes(answer.body)


def test_the_page_itself_comes_as_it_was_sent(reader: Reader, damaged: Reader) -> None:
    status, kind, body = page(reader, 26)
    assert (status, kind) == (200, "text/html; charset=utf-8")
    assert b"<script>alert(1)</script>" in body
    assert page(reader, 99) == (404, "text/plain; charset=utf-8", b"no such capture\n")
    assert page(damaged, 1) == (
        500, "text/plain; charset=utf-8", b"this capture cannot be read\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (None, "text/html"), ("", "text/html"), ("text/html", "text/html"),
        ("Text/HTML ; Charset = 'Windows-1258'", "text/html; charset=Windows-1258"),
        ("application/xhtml+xml; charset=utf-8", "text/html; charset=utf-8"),
        ("image/png; charset=utf-8", "image/png"), ("image/svg+xml", "text/plain"),
        ("application/pdf", "text/plain"), ("text/html; charset=;x", "text/html"),
        ("text/html; charset=" + "a" * 41, "text/html; charset=" + "a" * 40),
    ],
)  # fmt: skip
def test_only_html_and_pictures_are_shown_as_what_they_are(given: str | None, shown: str) -> None:
    capture = Capture(
        url="https://a.example/", fetched_at="2026-01-01T00:00:00Z", status=200,
        content_type=given, digest="sha1:x", file="a.warc.gz", offset=0, length=1,
    )  # fmt: skip
    assert content_type(capture) == shown
