"""Teasers of other articles inside or behind a text: boxes that are all built the same. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.extract.dom.blocks import Block, Scan

MAX_TEASER = 450
"""Characters of one teaser."""
SEVERAL = 3
"""So many boxes of one kind side by side are a list."""
ENOUGH_LEFT = 400
"""Characters of prose that must be left: an article may itself be a list with links."""


def find_teasers(
    scan: Scan, blocks: list[Block], root: int, left_over: int = ENOUGH_LEFT
) -> set[int]:
    """Elements below ``root`` that are each a linked headline with a few lines, several of the
    same tag and class in one parent, and all elements inside of them. None where less than
    ``left_over`` would be left."""
    # A date or a counter may stand in the line of the headline.
    linked = [
        block
        for block in blocks
        if block.links >= 20 and block.links * 10 >= len(block.text) * 6 and not block.image
    ]
    if len(linked) < SEVERAL:
        return set()
    sizes: dict[int, int] = defaultdict(int)
    for block in blocks:
        if not block.image:
            sizes[block.el] += len(block.text)
    for el in range(max(sizes, default=0), root, -1):
        if sizes.get(el):
            sizes[scan.parents[el]] += sizes[el]
    boxes: dict[tuple[int, str, str], set[int]] = defaultdict(set)
    for block in linked:
        box = _box_around(scan, block.el, sizes, root)
        if box is not None and sizes[box] > len(block.text):
            names = scan.nodes[box].attributes.get("class") or ""
            boxes[scan.parents[box], scan.tags[box], names].add(box)
    found = {box for group in boxes.values() if len(group) >= SEVERAL for box in group}
    left = sizes[root] - sum(sizes[box] for box in found)
    return (
        {el for box in found for el in range(box, scan.ends[box])} if left >= left_over else set()
    )


def _box_around(scan: Scan, el: int, sizes: dict[int, int], root: int) -> int | None:
    """The outermost element around a linked headline that is no longer than a teaser."""
    if sizes[el] > MAX_TEASER or el <= root:
        return None
    while scan.parents[el] > root and sizes[scan.parents[el]] <= MAX_TEASER:
        el = scan.parents[el]
    return el
