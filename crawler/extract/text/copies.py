"""Texts that a page holds twice: once for wide and once for narrow screens. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.extract.dom.blocks import Block

SHORTEST = 60
"""Characters of a paragraph that is not said twice by chance."""
SEVERAL = 3
"""So many different paragraphs that stand twice are a copy; a refrain is one."""
SHARE = 0.25
"""Share of the text that a copy is at least."""


def without_copies(blocks: list[Block]) -> list[Block]:
    """The blocks without paragraphs that stand in them a second time, where these are a good part
    of the text and follow each other as they did before. The first of each stays."""
    long = [block for block in blocks if not block.image and len(block.text) >= SHORTEST]
    first_at: dict[str, int] = {}
    for index, block in enumerate(long):
        first_at.setdefault(block.text, index)
    places = [index for index, block in enumerate(long) if first_at[block.text] != index]
    copies = [long[index] for index in places]
    size, copied = (sum(len(block.text) for block in some) for some in (long, copies))
    if len({block.text for block in copies}) < SEVERAL or copied < SHARE * size:
        return blocks
    if places[-1] - places[0] >= len(places) or not _in_order([first_at[b.text] for b in copies]):
        # What is said again in other places, such as the meals of a week, is text.
        return blocks
    first = next(index for index, block in enumerate(blocks) if block is copies[0])
    while first and blocks[first - 1].text in {block.text for block in blocks[: first - 1]}:
        first -= 1
    said = {(block.text, block.image) for block in blocks[:first]}
    dropped = set(map(id, copies))
    return [
        block
        for index, block in enumerate(blocks)
        if id(block) not in dropped and (index < first or (block.text, block.image) not in said)
    ]


def _in_order(places: list[int]) -> bool:
    """Whether places go up by one each, from the first one again where there is a third copy."""
    return all(after in (before + 1, places[0]) for before, after in pairwise(places))
