"""Lines at the edges of a text that are nothing but a byline.

Where such a line stands tells what it is, whatever elements are around it: between headline and
text, or right behind the text. A name there may still be a section's, a tag's, a commenter's or of
somebody in a picture: the lines beside it tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.extract.authors.foreign import read_labelled, read_line
from crawler.extract.authors.names import has_surname
from crawler.extract.authors.parse import parse_byline
from crawler.extract.authors.proposals import find_text, may_sign
from crawler.extract.authors.stamps import EVER
from crawler.extract.dates.lines import find_dates
from crawler.extract.dom.blocks import FURNITURE, PROSE
from crawler.extract.dom.tags import HEADINGS
from crawler.extract.dom.traits import Trait

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.extract.context import Context
    from crawler.extract.dom.blocks import Block, Scan

ABOVE = 12
"""Lines between headline and text that are looked at."""
BEHIND = 6
"""Lines behind the text that are looked at."""
FULL = 3
"""Syllables of a name that is surely one, without a date beside it."""
_APART = FURNITURE | Trait.QUOTE


def lines_at_edges(context: Context, texts: list[Block]) -> Iterator[tuple[str, str, float]]:
    """Yield bylines in Vietnamese above and behind the text, with their place and our trust."""
    scan = context.scan
    first, last = find_text(scan, texts, context.headline)
    for index in _above(context, first):
        if _signs_above(scan, index):
            yield scan.blocks[index].text, "line under the headline", 0.8
    for index in _behind(scan, last) if texts else ():
        if _signs_behind(scan, index, last):
            yield scan.blocks[index].text, "line behind the text", 0.75


def names_above(context: Context, texts: list[Block]) -> Iterator[tuple[list[str], Block]]:
    """Yield the names that stand beside a date under the headline, in other languages, and their
    line: the text may begin with it."""
    scan = context.scan
    first, _ = find_text(scan, texts, context.headline)
    for index in _above(context, first + 2):
        block = scan.blocks[index]
        names = [] if block.links else read_line(block.text)
        if names and _beside_date(scan, index) and not _is_repeated(scan, index):
            yield names, block


def names_behind(context: Context, texts: list[Block]) -> Iterator[tuple[list[str], Block]]:
    """Yield the names behind `by` in the last two lines of the text and right behind it, and their
    line."""
    scan = context.scan
    first, last = find_text(scan, texts, context.headline)
    ends = range(max(first + 1, last - 1), last + 1)
    for index in (*ends, *_behind(scan, last)) if texts else ():
        block = scan.blocks[index]
        if _may_sign(block) and (names := read_labelled(block.text)):
            yield names, block


def _above(context: Context, first: int) -> Iterator[int]:
    """Yield where lines between headline and text may sign: those of pictures do not."""
    title, blocks = context.headline, context.scan.blocks
    if title is None:
        return
    for index in range(title + 1, min(first, title + ABOVE, len(blocks))):
        if _may_sign(blocks[index]) and not blocks[index - 1].image:
            yield index


def _behind(scan: Scan, last: int) -> Iterator[int]:
    """Yield where lines right behind the text and its last picture may sign, up to the first that
    does not."""
    for index in range(last + 1, min(last + 1 + BEHIND, len(scan.blocks))):
        block = scan.blocks[index]
        if block.image and not block.links:
            continue
        if index > last + 1 and not _is_credit(scan.blocks[index - 1]):
            return
        if not _may_sign(block) or 2 * block.links > len(block.text):
            return
        yield index


def _is_credit(block: Block) -> bool:
    """Whether a line is a picture, its caption or a byline, behind which another may stand."""
    return bool(block.image or block.traits & Trait.CAPTION or parse_byline(block.text))


def _may_sign(block: Block) -> bool:
    return (
        not block.image
        and may_sign(block)
        and block.tag not in HEADINGS
        and not block.traits & _APART
    )


def _signs_above(scan: Scan, index: int) -> bool:
    block = scan.blocks[index]
    byline = parse_byline(block.text)
    if byline is None or not (byline.authors or byline.source_credit):
        return False
    if byline.role:
        return True
    if byline.titled or block.traits & Trait.CAPTION or _is_repeated(scan, index):
        return False
    full = all(len(name.split()) >= FULL for name in byline.authors)
    return _are_names(byline.authors) and (full or _beside_figures(scan, index))


def _signs_behind(scan: Scan, index: int, last: int) -> bool:
    """Whether a line signs and no comment or note on its author begins with it."""
    block = scan.blocks[index]
    byline = parse_byline(block.text)
    if byline is None or not byline.authors:
        return False
    if byline.role:
        return True
    if block.traits & Trait.CAPTION or any(each.image for each in scan.blocks[last + 1 : index]):
        return False
    below = scan.blocks[index + 1 : index + 3]
    noted = any(
        not (each.image or each.links) and (len(each.text) > PROSE or each.text[-1:] in ".!?…")
        for each in below
    )
    return _are_names(byline.authors) and not (byline.titled or noted or _is_repeated(scan, index))


def _are_names(names: Iterable[str]) -> bool:
    """Whether long names begin with a surname; slogans and sections are long too."""
    return all(len(name.split()) < FULL or has_surname(name) for name in names)


def _beside_figures(scan: Scan, index: int) -> bool:
    """Whether a line beside it has figures, as dates and clocks have; or the line itself."""
    return any(any(map(str.isdigit, text)) for text in _around(scan, index))


def _beside_date(scan: Scan, index: int) -> bool:
    """Whether it or a line beside it has a date."""
    return any(find_dates(text, now=EVER) for text in _around(scan, index))


def _around(scan: Scan, index: int) -> Iterator[str]:
    """Yield a line and those beside it, where they are short: what a byline is stamped with."""
    for block in scan.blocks[index - 1 : index + 2]:
        if len(block.text) <= PROSE and not block.image:
            yield block.text


def _is_repeated(scan: Scan, index: int) -> bool:
    """Whether a link says the same: a section or a tag."""
    text = scan.blocks[index].text
    return any(
        block.text == text and block.links for at, block in enumerate(scan.blocks) if at != index
    )
