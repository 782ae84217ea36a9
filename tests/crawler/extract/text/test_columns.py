"""Which of a page's boxes the article is."""

from __future__ import annotations

import pytest

from crawler.extract.text.body import find_body
from crawler.extract.text.columns import with_opening
from tests.support.markup import LONG, MORE, scan

OPENING = "x" * 118 + "z."
"""As short as a paragraph that opens a text may be."""


@pytest.mark.parametrize(
    ("above", "holds"),
    [
        (f"<p>{OPENING}</p><p>{OPENING}</p>", True),
        (f"<div><p>{OPENING}</p><p>{OPENING}</p></div>", True),
        (f"<p>{OPENING}</p>", False),
        (f"<p>{OPENING}</p><p>{OPENING[1:]}</p>", False),
        (f"<p>{OPENING}</p><p>{OPENING[:-1]}x</p>", False),
        (f"<p>{OPENING}</p><li>{OPENING}</li>", False),
        (f"<p>{OPENING}</p><p class=sapo>{OPENING}</p>", False),
        (f"<p>{OPENING}</p><p><a href=/x>Xem</a> {OPENING}</p>", False),
    ],
)
def test_paragraphs_above_the_box_of_the_others_belong_to_them(above: str, holds: bool) -> None:
    rest = f"<div><p>{LONG} {MORE}</p><p>{MORE} {LONG}</p></div>"
    found = scan(f"<div><h1>Tựa</h1>{above}{rest}</div>")
    box = next(block.el for block in found.blocks if block.text.startswith(LONG))
    box = found.parents[box]
    assert (with_opening(found, box, 0) != box) is holds
    assert with_opening(found, box, -1) == box


def test_a_text_begins_above_the_box_that_a_click_opens() -> None:
    shown = f"<p>{OPENING}</p><p>{OPENING}</p>"
    found = scan(f"<div><h1>Tựa</h1>{shown}<div>{f'<p>{LONG} {MORE}</p>' * 9}</div></div>")
    body = find_body(found, 0)
    assert body is not None
    assert [block.text for block in body.blocks].count(OPENING) == 2
