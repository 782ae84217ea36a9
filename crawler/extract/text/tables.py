"""Rows of tables of figures, put together from their cells. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.extract.dom.blocks import FURNITURE, Block, closest

if TYPE_CHECKING:
    from crawler.extract.dom.blocks import Scan

MAX_CELL = 150
"""Characters of a cell of a table of figures; longer ones are text that a table holds."""


def join_rows(scan: Scan, blocks: list[Block]) -> list[Block]:
    """The lines with those of one row of a table of figures in one line: `OM 18 | 7.200 | 0`."""
    joined: list[Block] = []
    index = 0
    while index < len(blocks):
        row = closest(scan, blocks[index].el, "tr")
        end = index + 1
        while row and end < len(blocks) and scan.inside(blocks[end].el, row):
            end += 1
        cells = _cells(scan, blocks[index:end]) if row and end - index > 1 else []
        if len(cells) > 1:
            joined.append(_with_row(blocks[index:end], cells, row))
        else:
            joined.extend(blocks[index:end])
        index = end
    return joined


def _cells(scan: Scan, blocks: list[Block]) -> list[str]:
    """The texts of a row's cells; none where the row holds more than figures and words."""
    cells: dict[int, str] = {}
    for block in blocks:
        if block.image or block.traits & FURNITURE or block.links * 2 > len(block.text):
            return []
        cell = closest(scan, block.el, "td") or closest(scan, block.el, "th") or 0
        cells[cell] = f"{cells[cell]} {block.text}" if cell in cells else block.text
    return list(cells.values()) if max(map(len, cells.values())) <= MAX_CELL else []


def _with_row(blocks: list[Block], cells: list[str], row: int | None) -> Block:
    line = Block(" | ".join(cells), row or 0, "tr", blocks[0].traits, "")
    line.bold = sum(block.bold for block in blocks)
    line.links = sum(block.links for block in blocks)
    return line
