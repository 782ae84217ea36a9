"""Lines around the headline and the text, where date and byline stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.extract.dom.traits import Trait

if TYPE_CHECKING:
    from crawler.extract.dom.blocks import Block, Scan


def lines_around(
    scan: Scan, title: int | None, first: int, last: int, reach: int = 40
) -> list[tuple[Block, int]]:
    """Short lines that may carry date or byline, with their distance in characters from the
    headline (negative before it): from a little above the headline to a little below the body."""
    anchor = title if title is not None else max(first - 1, 0)
    found: list[tuple[Block, int]] = []
    distance = 0
    for index in range(anchor - 1, max(-1, anchor - reach), -1):
        block = scan.blocks[index]
        distance -= 0 if block.image else len(block.text)
        if not block.image and len(block.text) <= 200:
            found.append((block, distance))
    distance = 0
    for index in range(anchor, min(len(scan.blocks), max(last + 12, anchor + reach))):
        block = scan.blocks[index]
        apart = bool(block.traits & (Trait.COMMENT | Trait.RELATED)) and index > last
        if not (block.image or apart) and len(block.text) <= 200 and index != title:
            found.append((block, distance))
        distance += 0 if block.image else len(block.text)
    return found
