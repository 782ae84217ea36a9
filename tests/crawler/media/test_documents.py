"""Documents that pages attach, and the text of hostile ones."""

from __future__ import annotations

import asyncio
import os
import zlib
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from crawler.failures import Word
from crawler.media import documents, reader
from crawler.media.documents import clean_text, judge_document, list_documents, read_text
from crawler.media.errors import UnfitMedia
from crawler.media.reader import is_split, read_page
from tests.support.pdfs import make_pdf, write_pdf

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """<html><body><nav><a href="/menu.pdf">Menu</a></nav>
<a href="/truoc.pdf">before the headline</a>
<h1>Quyết định phân bổ vốn</h1><p>Nội dung <a href="tep/123.PDF?x=1">Quyết định <b>123</b></a></p>
<iframe src="https://kho.example.vn/xem.pdf"></iframe><a href="/tin-a1.html">Tin khác</a>
<a href="javascript:mo('a.pdf')">mở</a><a href="//[bad/a.pdf">x</a>
<aside><a href="/ben.pdf">Bên</a></aside><footer><a href="/chan.pdf">Chân</a></footer>"""


def text_of(body: bytes) -> str:
    return asyncio.run(read_text(body))


def test_documents_behind_the_headline_are_listed_with_their_names() -> None:
    found = list(list_documents(PAGE.encode(), "https://cong.example.vn/tin/1", "text/html"))
    assert [(each.url, each.title) for each in found] == [
        ("https://cong.example.vn/tin/tep/123.PDF?x=1", "Quyết định 123"),
        ("https://kho.example.vn/xem.pdf", "xem.pdf"),
    ]


def test_only_a_pdf_is_a_document() -> None:
    assert judge_document(make_pdf("x")).type == "application/pdf"
    for body in (b"", b"<html>404</html>", b"x" * 2000 + b"%PDF-1.7"):
        with pytest.raises(UnfitMedia) as caught:
            judge_document(body)
        assert caught.value.reason == Word.NOT_A_PDF


def test_the_text_of_all_pages_is_read() -> None:
    text = text_of(make_pdf("Ủy ban nhân dân tỉnh", "phân bổ 120 tỷ đồng"))
    assert text.split("\n") == ["Ủy ban nhân dân tỉnh", "phân bổ 120 tỷ đồng"]


def bomb() -> bytes:
    """A page whose content unpacks to a hundred megabytes."""
    content = zlib.compress(bytes(100 << 20), 1)
    head = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream"
    return write_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
            head % (len(content), content),
        ]
    )


def test_hostile_documents_have_no_text_and_end_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "SECONDS", 2)
    looped = write_pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Kids [2 0 R] /Count 9 >>"])
    for body in (bomb(), looped, make_pdf("cut")[:150], b"%PDF-1.7\n" + b"(" * 100_000):
        assert text_of(body) == ""


def test_a_text_is_bounded_and_holds_characters_only() -> None:
    assert clean_text("a\0b \x07 c\n\n\td") == "ab c\nd"
    assert len(clean_text("x" * 300_000)) == 100_000


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("Quyết định số 4711/QĐ-UBND về việc phê duyệt quy hoạch vùng nguyên liệu", False),
        ("Quy ế t đ ị nh s ố 4711/QĐ-UBND v ề vi ệ c phê duy ệ t quy ho ạ ch", True),
        ("1 2 3 4 5 6 - 7", False),
        ("", False),
    ],
)
def test_words_torn_into_letters_are_known(text: str, split: bool) -> None:
    assert is_split(text) is split


def test_a_page_whose_words_are_torn_is_read_by_places() -> None:
    class Page:
        def extract_text(self, extraction_mode: str = "plain") -> str:
            return {"plain": "Quy ế t đ ị nh", "layout": "Quyết định"}[extraction_mode]

    assert read_page(Page()) == "Quyết định"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("link", "named"),
    [
        ('<a href="a.pdf">Tệp</a>', [("https://a.vn/tin/a.pdf", "Tệp")]),
        ('<a href=" a.pdf ">  </a>', [("https://a.vn/tin/a.pdf", "a.pdf")]),
        ('<embed src="/t%E1%BB%87p.pdf">', [("https://a.vn/t%E1%BB%87p.pdf", "tệp.pdf")]),
        ('<object data="/x?f=a.pdf"></object>', [("https://a.vn/x?f=a.pdf", "x")]),
        ('<a href="a.pdf#page=2">x</a>', [("https://a.vn/tin/a.pdf#page=2", "x")]),
        ('<a href="a.html">x.pdf</a>', []),
        ('<a href="ftp://a.vn/a.pdf">x</a>', []),
        ('<img src="a.pdf">', []),
        ("<a>a.pdf</a>", []),
        ('<nav><p><a href="a.pdf">x</a></p></nav>', []),
        ('<header><a href="a.pdf">x</a></header>', []),
    ],
)
def test_each_place_names_a_document_or_none(link: str, named: list[tuple[str, str]]) -> None:
    page = f"<html><body><h1>T</h1>{link}</body></html>".encode()
    found = list_documents(page, "https://a.vn/tin/1.html", "text/html")
    assert [(each.url, each.title) for each in found] == named
    bare = f"<html><body>{link}</body></html>".encode()
    assert len(list(list_documents(bare, "https://a.vn/tin/1.html", "text/html"))) == len(named)


def test_a_name_is_cut_and_a_page_is_looked_through_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    page = f'<h1>T</h1><a href="a.pdf">{"x" * 301}</a>'.encode()
    (found,) = list_documents(page, "https://a.vn/", "text/html")
    assert len(found.title) == 300
    # Elements: html, head, body, the headline, two breaks, and then the link.
    page = b'<html><body><h1>T</h1><br><br><a href="a.pdf">x</a></body></html>'
    for most, names in ((6, 0), (7, 1)):
        monkeypatch.setattr(documents, "_MOST_NODES", most)
        assert len(list(list_documents(page, "https://a.vn/", "text/html"))) == names


@pytest.mark.parametrize(("breaks", "names"), [(19_995, 1), (19_996, 0)])
def test_twenty_thousand_elements_of_a_page_are_looked_at(breaks: int, names: int) -> None:
    page = "<html><body><h1>T</h1>" + "<br>" * breaks + '<a href="a.pdf">x</a></body></html>'
    assert len(list(list_documents(page.encode(), "https://a.vn/", "text/html"))) == names


def test_a_reader_has_a_minute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given: list[float] = []
    wait_for = asyncio.wait_for

    def note(what: Any, seconds: float) -> Any:
        given.append(seconds)
        return wait_for(what, seconds)

    patience = documents.PATIENCE
    stand_in(monkeypatch, tmp_path, "exit 0", patience)
    monkeypatch.setattr(documents.asyncio, "wait_for", note)
    assert text_of(b"%PDF") == ""
    assert given == [60.0]


def stand_in(
    monkeypatch: pytest.MonkeyPatch, folder: Path, script: str, patience: float = 30.0
) -> None:
    """Let a script read documents in the reader's place."""
    program = folder / "reader"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o700)
    monkeypatch.setattr(documents, "sys", SimpleNamespace(executable=str(program)))
    monkeypatch.setattr(documents, "PATIENCE", patience)


def test_a_reader_is_told_its_bounds_and_given_the_document(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stand_in(monkeypatch, tmp_path, 'echo "$@"; cat; echo noise >&2')
    assert text_of(b"%PDF") == "-m crawler.media.reader 100000 10\n%PDF"


def test_a_reader_that_hangs_or_does_not_listen_is_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wait_for = asyncio.wait_for

    async def give_up(what: Any, _: float) -> Any:
        """Lose patience when the reader is at work, and not before."""
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            await asyncio.sleep(0.01)
        return await wait_for(what, 0.01)

    stand_in(monkeypatch, tmp_path, "echo $$ > pid; exec sleep 60")
    monkeypatch.chdir(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(documents.asyncio, "wait_for", give_up)
        assert text_of(b"%PDF") == ""
    pid = int((tmp_path / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    stand_in(monkeypatch, tmp_path, "exit 3")
    assert text_of(b"x" * 1_000_000) == ""


@pytest.mark.parametrize(("before", "is_one"), [(1019, True), (1020, False)])
def test_a_pdf_names_itself_within_a_kilobyte(before: int, is_one: bool) -> None:
    body = b"x" * before + b"%PDF-1.7"
    if is_one:
        assert judge_document(body).bytes == len(body)
        return
    with pytest.raises(UnfitMedia):
        judge_document(body)


@pytest.mark.parametrize(("letters", "split"), [(3, False), (4, True)])
def test_more_than_three_letters_in_twenty_words_are_torn(letters: int, split: bool) -> None:
    assert is_split(" ".join(["a"] * letters + ["từ"] * (20 - letters))) is split


@pytest.mark.parametrize(
    ("plain", "placed", "wanted"),
    [
        ("Quyết định", "Khác", "Quyết định"),
        ("Quy ế t", "Quyết", "Quyết"),
        ("Quy ế t", "Q u y ế t", "Quy ế t"),
        ("Quy ế t", " ", "Quy ế t"),
    ],
)
def test_a_torn_page_is_read_by_places_where_that_is_better(
    plain: str, placed: str, wanted: str
) -> None:
    class Page:
        def extract_text(self, extraction_mode: str = "plain") -> str:
            return {"plain": plain, "layout": placed}[extraction_mode]

    assert read_page(Page()) == wanted  # type: ignore[arg-type]


def test_pages_are_read_until_there_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    body = make_pdf("một hai", "ba bốn", "năm sáu")
    whole = reader.read(body, 10_000)
    assert len(whole.split("\n\n")) >= 1
    assert reader.read(body, 4) == whole[:4]
    monkeypatch.setattr(reader, "MOST_PAGES", 0)
    assert reader.read(body, 10_000) == ""
