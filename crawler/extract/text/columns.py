"""Which of a page's boxes the article is, where several hold prose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.extract.dom.lines import is_sentence
from crawler.extract.dom.tags import HEADINGS
from crawler.extract.dom.traits import Trait

if TYPE_CHECKING:
    from crawler.extract.dom.blocks import Scan

MIN_TEXT = 60
"""What a body is worth at least, about one short sentence."""
ITEMS_TEXT = 200
"""What the text between a headline and its items is worth at least."""
OPENING, SEVERAL_PARAGRAPHS = 120, 2
"""Characters of a paragraph that opens a text, and how many above the rest are none of a lead."""


def first_of_several(
    scan: Scan, sums: list[float], best: int, start: int, values: list[float]
) -> int:
    """Where a page goes on with further articles, each an ``article`` or with a first-level
    heading of its own, the first of them. Items below one headline and its text are none."""
    inside = range(best + 1, scan.ends[best])
    children = [el for el in inside if scan.parents[el] == best and sums[el] > 400]
    if len(children) < 2:
        return best
    headed = {
        el
        for block in scan.blocks
        if block.tag == "h1" and not block.image
        for el in scan.ancestors(block.el)
    }
    children = [el for el in children if scan.tags[el] == "article" or el in headed]
    same = [el for el in children if scan.own[el] == scan.own[children[0]]]
    if len(same) < 2 or sum(sums[el] for el in same) <= 0.7 * sums[best]:
        return best
    before = range(max(start + 1, scan.starts[best]), scan.starts[same[0]])
    if sum(max(0.0, values[index]) for index in before) >= ITEMS_TEXT:
        return best
    return same[0]


def column_of_headline(scan: Scan, sums: list[float], best: int, start: int) -> int:
    """Where a text stands beside boxes that each begin with a heading or a link, the column of
    the headline."""
    if start < 0:
        return best
    inside = range(best + 1, scan.ends[best])
    columns = [el for el in inside if scan.parents[el] == best and sums[el] > 0]
    own = next((el for el in columns if scan.inside(scan.blocks[start].el, el)), None)
    if own is None or sums[own] < MIN_TEXT or sums[own] < 0.25 * sums[best]:
        return best
    for el in columns:
        first = scan.blocks[scan.starts[el]]
        begins = first.tag in HEADINGS or first.links > 0
        if el != own and (not begins or scan.own[el] & Trait.CONTENT):
            return best
    return own


def with_opening(scan: Scan, best: int, start: int) -> int:
    """The element that holds also the first paragraphs, where several stand between the headline
    and the box of the others: those that a page shows before one asks for more."""
    opening = [
        block
        for block in (scan.blocks[start + 1 : scan.starts[best]] if start >= 0 else ())
        if block.tag == "p" and len(block.text) >= OPENING and is_sentence(block.text)
        if not (block.links or block.image or block.traits)
    ]
    if len(opening) < SEVERAL_PARAGRAPHS:
        return best
    around = best
    while around > 0 and not scan.inside(opening[0].el, around):
        around = scan.parents[around]
    return around or best
