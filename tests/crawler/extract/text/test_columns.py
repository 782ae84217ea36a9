"""Which of a page's boxes the article is."""

from __future__ import annotations

import pytest

from crawler.extract.text.body import find_body
from crawler.extract.text.columns import first_of_several, with_opening
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


TEXT = f"<p>{LONG} {MORE}</p>" * 3


@pytest.mark.parametrize(
    ("inner", "is_first"),
    [
        (f"<div class=a><h1>Một</h1>{TEXT}</div>" * 3, True),
        (f"<article class=a><h2>Một</h2>{TEXT}</article>" * 3, True),
        (f"<div class=a><h2>Một</h2>{TEXT}</div>" * 3, False),
        (f"<div class=a><h1><img src=/a.jpg></h1>{TEXT}</div>" * 3, False),
        (f"<div class=a><h1>Một</h1>{TEXT}</div>", False),
        (f"<p>{LONG} {MORE}</p>" + f"<div class=a><h1>Một</h1>{TEXT}</div>" * 2, False),
    ],
)
def test_of_articles_one_below_the_other_the_first_is_read(inner: str, is_first: bool) -> None:
    found = scan(f"<div class=all>{inner}</div>")
    values = [float(len(block.text)) for block in found.blocks]
    every = range(len(found.tags))
    best = next(el for el in every if found.nodes[el].attributes.get("class") == "all")
    sums = [0.0 for _ in every]
    for index, block in enumerate(found.blocks):
        for el in found.ancestors(block.el):
            sums[el] += values[index]
    first = first_of_several(found, sums, best, -1, values)
    assert (first != best) is is_first
