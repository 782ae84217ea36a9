"""Headlines where a page shows them."""

from __future__ import annotations

import pytest

from crawler.extract.text.headings import Heading, find_text, named_headings, shown_whole
from tests.support.markup import scan

T = "Tăng tốc thi công tuyến kè chống sạt lở"


@pytest.mark.parametrize(
    ("title", "inner", "wanted"),
    [
        (f"Đài Hòn Tem | {T}", f"<p>x</p><h2>{T}</h2>", 1),
        (f"{T} - Báo Mây", f"<h4>{T.upper()}</h4>", 0),
        (T, f"<h3>Tin khác</h3><h3>{T}</h3><h3>{T}</h3>", 1),
        (T, f"<h1>{T}</h1><p>{T}</p>", None),
        (T, f"<h5>{T}</h5>", None),
        ("Tuyến kè sạt lở - Báo", "<h2>Tuyến kè sạt lở</h2>", None),
        ("Tuyến kè chống sạt lở - Báo", "<h2>Tuyến kè chống sạt lở</h2>", 0),
        (f"{T} | Bạn đọc viết về quê hương", "<h2>Bạn đọc viết về quê hương</h2>", None),
        ("Một tựa đề khác hẳn", f"<h2>{T}</h2>", None),
    ],
)
def test_a_heading_that_is_a_part_of_the_title(title: str, inner: str, wanted: int | None) -> None:
    found = named_headings(scan(inner), [Heading(text=title, how="title", weight=0.6)])
    assert [each.position for each in found] == ([] if wanted is None else [wanted])
    assert named_headings(scan(inner), [Heading(text=title, how="h1", weight=0.6)]) == []


@pytest.mark.parametrize("end", ["...", "…", " ..."])
@pytest.mark.parametrize(
    ("inner", "position"),
    [
        (f"<p>x</p><h2>{T}</h2>", 1),
        (f"<p>{T}</p>", 0),
        (f"<div class=related><p>{T}</p></div>", None),
        (f"<p>Hai ngày {T}</p>", None),
        (f"<p>{T} {'x' * 261}</p>", None),
        (f"<p>{T} {'x' * 260}</p>", 0),
    ],
)
def test_a_headline_that_breaks_off_is_taken_whole(
    end: str, inner: str, position: int | None
) -> None:
    cut = T[:22] + end
    found = scan(inner)
    wanted = cut if position is None else found.blocks[position].text
    assert shown_whole(found, cut) == (wanted, position)


def test_a_headline_that_is_whole_stays_as_it_is() -> None:
    assert shown_whole(scan(f"<h2>{T} và bờ sông</h2>"), T) == (T, None)


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        (f"<h1><span>Kinh tế</span> <span>{T}</span></h1>", 0),
        (f"<h1>{'x' * 39} {T}</h1>", 0),
        (f"<h1>{'x' * 40} {T}</h1>", None),
        (f"<h2>Kinh tế {T}</h2>", None),
        (f"<h1>{T} Kinh tế</h1>", None),
    ],
)
def test_a_word_above_a_headline_may_stand_in_its_heading(inner: str, wanted: int | None) -> None:
    assert find_text(scan(inner), T) == wanted
