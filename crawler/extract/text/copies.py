"""Texts that a page holds twice: once for wide and once for narrow screens. Pure."""

from __future__ import annotations

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
    of the text. The first of each stays."""
    seen: set[str] = set()
    copies: list[Block] = []
    size = 0
    for block in blocks:
        if block.image or len(block.text) < SHORTEST:
            continue
        size += len(block.text)
        if block.text in seen:
            copies.append(block)
        seen.add(block.text)
    copied = sum(len(block.text) for block in copies)
    if len({block.text for block in copies}) < SEVERAL or copied < SHARE * size:
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
