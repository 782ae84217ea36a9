"""Documents that articles attach: kept as pictures are, and found by their text."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.site.town import Town
from tests.support.crawls import Desk
from tests.support.pdfs import make_pdf
from tests.support.vault import run

if TYPE_CHECKING:
    from pathlib import Path

FEED = [("feed", "/rss/home.rss")]
PDF = make_pdf("Danh mục công trình thủy lợi kênh Rạch Đào được bố trí vốn")
MATCHES = "select rowid from articles_fts where articles_fts match ?"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, settings={"ATTACHMENTS": "pdf"})
    with Town(2) as town:
        town.routes |= {
            "/tep/1000.pdf": lambda x: x.reply(PDF, content_type="application/octet-stream"),
            "/tep/1001.pdf": lambda x: x.reply("<h1>404</h1>", content_type="application/pdf"),
        }
        town.illustrate = lambda p: f'<a href="/tep/{p.number}.pdf">Phụ lục {p.number}</a>'
        desk.add_source(town.base, seeds=FEED)
        done = desk.crawl()
        assert done.returncode == 0, done.stderr
    return desk


def hits(desk: Desk, *words: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in run(desk, "search", "--json", *words).stdout.splitlines()]


def article(desk: Desk, number: int) -> int:
    found = desk.value("select id from articles where url like ?", f"%-a{number}.html")
    assert isinstance(found, int)
    return found


def test_an_article_is_found_by_its_document_and_says_so(desk: Desk) -> None:
    number = article(desk, 1000)
    for _ in range(2):  # by plain SQL, then by the index
        for query in ("kênh Rạch Đào", "kenh rach dao", '"thuỷ lợi kênh"'):
            (hit,) = hits(desk, query)
            assert (hit["id"], hit["document"]) == (number, "Phụ lục 1000"), query
            assert "[" in str(hit["snippet"])
        assert run(desk, "index").exit_code == 0
    (title,) = desk.rows("select title from articles where id = ?", number)[0]
    (own,) = hits(desk, str(title))[:1]
    assert own["document"] is None
    shown = run(desk, "show", str(number)).stdout
    assert "[Phụ lục 1000]" in shown
    assert "document: kept, application/pdf" in shown
    refused = run(desk, "show", str(article(desk, 1001))).stdout
    assert "document: rejected: is no PDF document" in refused


def test_plain_sql_finds_it_and_triggers_keep_step(desk: Desk) -> None:
    number = article(desk, 1000)
    assert desk.rows(MATCHES, "thuy loi kenh dao") == [(number,)]
    desk.change("update articles set title = title || ' x'")
    desk.change("update articles set title = substr(title, 1, length(title) - 2)")
    assert run(desk, "verify").exit_code == 0
    with closing(sqlite3.connect(desk.archive, isolation_level=None)) as conn:
        conn.execute("insert or ignore into document_texts select * from document_texts")
        with pytest.raises(sqlite3.IntegrityError, match="delete the text"):
            conn.execute("update document_texts set text = 'x'")
    assert run(desk, "verify").exit_code == 0
    assert desk.rows(MATCHES, "thuy loi kenh dao") == [(number,)]
    desk.change("delete from document_texts")
    assert desk.rows(MATCHES, "thuy loi kenh dao") == []
    assert run(desk, "verify").exit_code == 0


def test_a_merge_brings_texts_and_a_withheld_one_is_nowhere(desk: Desk, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other")
    other.folder.mkdir()
    for _ in range(2):
        assert run(other, "merge", str(desk.archive)).exit_code == 0
        assert len(hits(other, "kênh Rạch Đào")) == 1
    assert run(other, "verify").exit_code == 0
    number = str(article(desk, 1000))
    assert run(desk, "withhold", number, "--why", "court order", "--erase").exit_code == 0
    assert hits(desk, '"kênh Rạch Đào"') == []
    assert desk.rows(MATCHES, "thuy loi") == []
    assert run(desk, "verify", "--evidence").exit_code in (0, 1)
    assert "Rạch Đào".encode() not in desk.archive.read_bytes()
    assert run(desk, "verify").exit_code == 0
