"""Boxes inside or behind a text that are none of it: teasers of other articles, which are all
built the same, and boxes that ask the reader for something. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from crawler.extract.dom.tags import SUBHEADS

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from crawler.extract.dom.blocks import Block, Scan

MAX_TEASER = 450
"""Characters of one teaser."""
SEVERAL = 3
"""So many boxes of one kind side by side are a list."""
ENOUGH_LEFT = 400
"""Characters of prose that must be left: an article may itself be a list with links."""

CONTROLS = (
    "form, textarea, select, input:not([type=checkbox]):not([type=hidden]), "
    "button:not([role=checkbox]):not([aria-expanded]):not(:empty)"
)
"""What a reader fills in or presses; lists to tick off and lines to unfold are text."""
MAX_CONTROLS = 60
"""Controls of a text that are looked at."""
ASKED = 250
"""Characters of a box that asks for an address, an answer or money."""
PARAGRAPH = 80
"""Characters of a paragraph."""
ASKED_LINES = 12
"""Lines that no such box has."""


def find_asking_boxes(scan: Scan, root: int) -> set[int]:
    """Elements below ``root`` that hold a form, or a heading, a few short lines and a control:
    newsletters, polls, offers to subscribe; and all elements inside of them. Boxes of one kind
    under different headings are parts of the text, such as cards and questions to unfold."""
    controls = scan.nodes[root].css(CONTROLS)[:MAX_CONTROLS] if scan.nodes else []
    if not controls:
        return set()
    numbers = {scan.nodes[el].mem_id: el for el in range(root + 1, scan.ends[root])}
    opening = _opening(scan, root)
    kinds: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for node in controls:
        box = _asking_box(scan, _around(node, numbers, root), root)
        if box is None or (node.tag == "button" and scan.starts[box] <= opening):
            continue
        names = scan.nodes[box].attributes.get("class") or ""
        kinds[scan.tags[box], names][scan.blocks[scan.starts[box]].text] = box
    alone = [box for each in kinds.values() if len(each) == 1 for box in each.values()]
    return {el for box in alone for el in range(box, scan.ends[box])}


def _opening(scan: Scan, root: int) -> int:
    """Index of the first paragraph below an element: buttons above it belong to the headline."""
    first = scan.starts[root]
    lines = enumerate(scan.blocks[first:], first)
    return next((n for n, line in lines if len(line.text) >= PARAGRAPH and not line.links), first)


def _around(node: LexborNode | None, numbers: dict[int, int], root: int) -> int:
    """The element of a scan around a node; ``root`` for what stands in a window of its own."""
    while node is not None and node.mem_id not in numbers:
        if node.tag == "dialog":
            return root
        node = node.parent
    return root if node is None else numbers[node.mem_id]


def _asking_box(scan: Scan, el: int, root: int) -> int | None:
    """The innermost short element around a control that begins with a heading which is no link,
    else the form around it."""
    box: int | None = None
    while el > root:
        lines = scan.blocks[scan.starts[el] : scan.starts[el] + ASKED_LINES]
        lines = [line for line in lines if scan.inside(line.el, el)]
        if sum(len(line.text) for line in lines) > ASKED or len(lines) == ASKED_LINES:
            break
        if _asks(lines):
            return el
        if lines and scan.tags[el] == "form":
            box = el
        el = scan.parents[el]
    return box


def _asks(lines: list[Block]) -> bool:
    """Whether lines begin with a heading that is no link, and are no list."""
    if len(lines) < 2 or lines[0].tag not in SUBHEADS or lines[0].links or lines[0].image:
        return False
    return all(line.tag != "li" for line in lines)


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
