"""The process that reads a PDF: what it may take, and what it writes."""

from __future__ import annotations

import io
import logging
import resource
import runpy
import sys
from types import SimpleNamespace

import pytest

from crawler.media import reader
from tests.support.pdfs import make_pdf


def run_reader(monkeypatch: pytest.MonkeyPatch, body: bytes, most: int) -> tuple[str, list[object]]:
    """Run it in this process, whose own limits stay; what it wrote, and what it asked for."""
    done: list[object] = []
    out = io.BytesIO()
    monkeypatch.setattr(resource, "setrlimit", lambda what, limit: done.append((what, limit)))
    monkeypatch.setattr(logging, "disable", lambda: done.append("quiet"))
    streams = SimpleNamespace(
        stdin=SimpleNamespace(buffer=io.BytesIO(body)), stdout=SimpleNamespace(buffer=out)
    )
    monkeypatch.setattr(reader, "sys", streams)
    reader.main(most, 10)
    return out.getvalue().decode(), done


def test_a_reader_bounds_itself_before_it_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    text, done = run_reader(monkeypatch, make_pdf("Ủy ban", "tỉnh"), 100)
    assert text == "Ủy ban\n\ntỉnh"
    assert done == [
        (resource.RLIMIT_AS, (805_306_368, 805_306_368)),
        (resource.RLIMIT_CPU, (10, 10)),
        (resource.RLIMIT_CORE, (0, 0)),
        (resource.RLIMIT_FSIZE, (0, 0)),
        "quiet",
    ]


def test_its_command_line_says_how_many_characters_and_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[tuple[object, object]] = []
    out = io.BytesIO()
    monkeypatch.setattr(resource, "setrlimit", lambda *what: done.append(what))
    monkeypatch.setattr(logging, "disable", lambda: None)
    monkeypatch.setattr(sys, "argv", ["reader", "4", "9"])
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(make_pdf("một hai"))))
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=out))
    runpy.run_path(reader.__file__, run_name="__main__")
    assert out.getvalue().decode() == "một "
    assert (resource.RLIMIT_CPU, (9, 9)) in done


def test_a_text_is_composed_and_as_long_as_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    text, _ = run_reader(monkeypatch, make_pdf("a\u0301b"), 100)
    assert text == "áb"
    text, _ = run_reader(monkeypatch, make_pdf("một hai", "ba"), 4)
    assert text == "một "


@pytest.mark.parametrize(("most", "read"), [(1, 1), (7, 1), (8, 2), (14, 2), (15, 3), (999, 3)])
def test_no_page_is_read_that_is_not_needed(
    monkeypatch: pytest.MonkeyPatch, most: int, read: int
) -> None:
    pages: list[object] = []

    def note(page: object) -> str:
        pages.append(page)
        return "một hai"

    monkeypatch.setattr(reader, "read_page", note)
    assert (
        reader.read(make_pdf("a", "b", "c"), most)
        == "một hai\n\nmột hai\n\nmột hai"[:most][: 7 * read + 2 * (read - 1)]
    )
    assert len(pages) == read


def test_five_hundred_pages_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    many = SimpleNamespace(pages=range(501))
    monkeypatch.setattr("pypdf.PdfReader", lambda _: many)
    monkeypatch.setattr(reader, "read_page", str)
    assert reader.read(b"", 99_999).rpartition("\n")[2] == "499"


@pytest.mark.parametrize(("most", "read"), [(1, 1), (2, 2), (3, 3), (9, 3)])
def test_so_many_pages_are_read(monkeypatch: pytest.MonkeyPatch, most: int, read: int) -> None:
    monkeypatch.setattr(reader, "MOST_PAGES", most)
    assert len(reader.read(make_pdf("a", "b", "c"), 999).split("\n\n")) == read
