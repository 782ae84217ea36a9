"""Headlines where a page shows them: lines that say what its titles say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from crawler.extract.dom.blocks import FURNITURE
from crawler.extract.dom.traits import Trait
from crawler.extract.text.labels import SEPARATOR
from storage.text import fold

if TYPE_CHECKING:
    from crawler.extract.dom.blocks import Scan

KICKER = 40
"""Characters of a word or two above a headline, in the same element."""
LONGEST_HEAD = 300
"""Characters of a line that shows the whole of a headline which breaks off elsewhere."""
HEADLINE_WORDS = 5
"""Words of a headline at least; labels and names have fewer."""


@dataclass(slots=True, kw_only=True)
class Heading:
    """A candidate for the headline."""

    text: str
    how: str
    weight: float
    position: int | None = None
    """Index of its block in the scan."""


NAMED = 1.5
"""Weight of a heading of any level that is a part of ``<title>``: little less than an h1."""


def named_headings(scan: Scan, candidates: list[Heading]) -> list[Heading]:
    """The first heading below h1 that says the same as ``<title>``, or as its longest part without
    the site's name: an h1 further down is a sub-head then."""
    title = next((each.text for each in candidates if each.how == "title"), "")
    parts = {key_of(title), key_of(max(SEPARATOR.split(title), key=len))}
    for index, block in enumerate(scan.blocks):
        is_heading = block.tag in ("h2", "h3", "h4") and not block.image
        if is_heading and len(block.text.split()) >= HEADLINE_WORDS and key_of(block.text) in parts:
            return [Heading(text=block.text, how="named heading", weight=NAMED, position=index)]
    return []


def shown_whole(scan: Scan, text: str) -> tuple[str, int | None]:
    """A headline as the page shows it, and where: the whole of one that breaks off for length."""
    cut = text.rstrip(".… ")
    if cut != text and text.endswith(("...", "…")):
        key = key_of(cut)
        for index, block in enumerate(scan.blocks):
            whole = not block.image and len(text) < len(block.text) <= LONGEST_HEAD
            if whole and key_of(block.text).startswith(key) and not block.traits & FURNITURE:
                return block.text, index
    return text, find_text(scan, text)


def find_text(scan: Scan, text: str) -> int | None:
    """Index of the block that shows a text: a heading if there is one, else the first."""
    key = key_of(text)
    first: int | None = None
    size = len(text)
    for index, block in enumerate(scan.blocks):
        more = len(block.text) - size
        if block.tag == "h1" and 0 < more <= KICKER and key_of(block.text).endswith(f" {key}"):
            return index
        if not -12 <= more <= 12 or block.image or key_of(block.text) != key:
            continue
        if block.tag == "h1" or block.traits & Trait.TITLE:
            return index
        if first is None and not block.traits & FURNITURE:
            first = index
    return first


@lru_cache(maxsize=512)
def key_of(text: str) -> str:
    return " ".join(fold(text.replace("’", "'").replace("“", '"').replace("”", '"')).split())
