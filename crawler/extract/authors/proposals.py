"""Where the names of authors may stand on a page: lines in sight, and what the page states."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.extract.authors.stamps import EVER
from crawler.extract.dates.lines import find_dates
from crawler.extract.dom.around import lines_around
from crawler.extract.dom.blocks import FURNITURE, find_block
from crawler.extract.dom.traits import Trait
from crawler.extract.words import load_words
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from crawler.extract.context import Context
    from crawler.extract.dom.blocks import Block, Scan
    from crawler.extract.dom.markup import Page
    from crawler.extract.dom.structured import Structured

MAX_BYLINE = 120
"""Characters of a line that names authors."""
_LABEL = re.compile(
    r"(?:tac gia|nguon(?: tin)?|bai|tin|thuc hien|nguoi viet|theo)\b.{0,20}[:(]|theo "
)


def list_lines(
    context: Context,
    texts: list[Block],
    marked: list[str],
    ends: list[str],
    may: Callable[[str], bool] = bool,
) -> list[tuple[str, str, float]]:
    """Return lines that may name the authors, the likeliest first, with their place and our trust
    in it. ``texts`` is the text before any byline left it; of lines with a date only those count
    that ``may``, as it is dear to look for dates."""
    layout, scan, title = context.layout, context.scan, context.headline
    lines = context.lines_at(*layout.author, *layout.source) if layout else []
    near = _unique([*marked, *_around(scan, texts, title)])
    return [
        *((line, f"layout {context.layout_name}", 0.95) for line in lines),
        *((line, "end of text", 0.9) for line in ends),
        *((line, "line near the text", 0.8) for line in near),
        *((line, "line of the date", 0.75) for line in _dated(scan, texts, title, may)),
    ]


def _around(scan: Scan, texts: list[Block], title: int | None) -> list[str]:
    """Lines named as bylines, and right-aligned lines right behind the text."""
    first, last = find_text(scan, texts, title)
    marked = [b.text for b in _marked_bylines(lines_around(scan, title, first, last))]
    behind = [
        block.text
        for block in scan.blocks[last + 1 : last + 4]
        if texts
        and not block.image
        and may_sign(block)
        and (block.align == "right" or _LABEL.match(fold(block.text)))
    ]
    return _unique([*behind, *marked])


def _dated(
    scan: Scan, texts: list[Block], title: int | None, may: Callable[[str], bool]
) -> list[str]:
    """Lines between headline and text with a date and names: `Đặng Hiền 15/11/2023 - 14:50`."""
    if title is None or not texts:
        return []
    first = find_block(scan, texts[0]) or title
    return [
        block.text
        for block in scan.blocks[max(0, title - 3) : min(first, title + 12)]
        if len(block.text) <= MAX_BYLINE
        and not block.image
        and may(block.text)
        and find_dates(block.text, now=EVER)
    ]


def _marked_bylines(blocks: list[tuple[Block, int]]) -> list[Block]:
    """Lines whose class says that they name the author."""
    return [
        block
        for block, _ in blocks
        if block.traits & Trait.BYLINE
        and not block.traits & (FURNITURE & ~(Trait.RELATED | Trait.JUNK))
        and 2 < len(block.text) <= 160
    ]


def find_text(scan: Scan, texts: list[Block], title: int | None) -> tuple[int, int]:
    """Return where the text begins and ends among all lines."""
    ids = {id(block) for block in texts}
    inside = [index for index, block in enumerate(scan.blocks) if id(block) in ids]
    if not inside:
        # A layout reads its own part of the page: the same lines, seen again.
        lines = {block.text for block in texts if len(block.text) > 60}
        inside = [index for index, block in enumerate(scan.blocks) if block.text in lines]
    return (inside[0], inside[-1]) if inside else (title or 0, (title or 0) + 12)


def may_sign(block: Block) -> bool:
    """Return whether a line is short enough for a byline, and no heading."""
    return len(block.text) <= MAX_BYLINE and block.tag not in ("h1", "h2", "h3")


def list_stated(page: Page, data: Structured) -> Iterator[tuple[str, str, float]]:
    """Yield what structured data and metadata name as authors, as `list_lines` returns lines."""
    names = [name for name in data.authors if not name.startswith("http")]
    if names:
        yield "; ".join(dict.fromkeys(names)), "json-ld author", 0.85
    for key in load_words("metas/author"):
        values = [value for value in page.metas.get(key, ()) if not value.startswith("http")]
        if values:
            yield "; ".join(dict.fromkeys(values)), f"meta {key}", 0.7


def name_outlets(page: Page, data: Structured) -> list[str]:
    """Return names of the paper itself: no author is called so."""
    names = [*data.organizations, page.meta("og:site_name"), page.meta("copyright")]
    return [name for name in names if name]


def _unique(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(lines))
