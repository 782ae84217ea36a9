"""Lines around the headline and the text, where date and byline stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.extract.dom.traits import Trait

if TYPE_CHECKING:
    from crawler.extract.dom.blocks import Block, Scan

REACH = 40
"""Lines above and below the headline."""
BELOW = 12
"""Lines behind the text, or behind its beginning."""
LAST = 2
"""Last lines of a long text, which may be its date."""


def lines_around(
    scan: Scan, title: int | None, first: int, last: int, end: int = 0
) -> list[tuple[Block, int]]:
    """Short lines that may carry date or byline, with their distance in characters from the
    headline (negative before it): from a little above the headline to a little below the body.
    ``end`` is the line behind a body of which ``last`` is not the last: its middle is left out."""
    anchor = title if title is not None else max(first - 1, 0)
    found: list[tuple[Block, int]] = []
    distance = 0
    for index in range(anchor - 1, max(-1, anchor - REACH), -1):
        block = scan.blocks[index]
        distance -= 0 if block.image else len(block.text)
        if not block.image and len(block.text) <= 200:
            found.append((block, distance))
    distance, near = 0, max(last + BELOW, anchor + REACH)
    for index in range(anchor, min(len(scan.blocks), max(near, end + BELOW))):
        block = scan.blocks[index]
        apart = bool(block.traits & (Trait.COMMENT | Trait.RELATED)) and index > last
        middle = near <= index < end - LAST
        if not (block.image or apart or middle) and len(block.text) <= 200 and index != title:
            found.append((block, distance))
        distance += 0 if block.image else len(block.text)
    return found
