"""Rows of figures in one line."""

from __future__ import annotations

from crawler.extract.text.tables import join_rows
from tests.support.markup import scan


def rows(inner: str) -> list[str]:
    found = scan(inner)
    return [block.text for block in join_rows(found, found.blocks)]


def test_cells_of_a_row_are_one_line() -> None:
    table = "<table><tr><th>Giống</th><th>Giá</th></tr><tr><td>OM 18</td><td>7.200</td></tr>"
    assert rows(f"<p>A</p>{table}</table><p>B</p>") == ["A", "Giống | Giá", "OM 18 | 7.200", "B"]


def test_lines_of_one_cell_stay_together() -> None:
    assert rows("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>") == ["a b | c"]


def test_a_row_with_text_pictures_or_links_stays_as_it_is() -> None:
    assert rows(f"<table><tr><td>a</td><td>{'x' * 150}</td></tr></table>") == [f"a | {'x' * 150}"]
    assert len(rows(f"<table><tr><td>a</td><td>{'x' * 151}</td></tr></table>")) == 2
    assert len(rows("<table><tr><td>a</td><td><img src=/a.jpg></td></tr></table>")) == 2
    assert len(rows("<table><tr><td>a</td><td><a href=/>bcd</a></td></tr></table>")) == 2
