"""A page, or a part of it, as a flat list of lines of text and pictures, around which the skeleton
of block elements stands. Everything that looks for the body, captions or bylines works on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.extract.dom.tags import SUBHEADS
from crawler.extract.dom.traits import Trait

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from selectolax.lexbor import LexborNode

FURNITURE = Trait.JUNK | Trait.HIDDEN | Trait.COMMENT | Trait.RELATED | Trait.CRUMBS | Trait.TAGS


class Block:
    """A line of text between two block boundaries, or one picture."""

    __slots__ = ("align", "bold", "el", "image", "italic", "line", "links", "tag", "text", "traits")

    def __init__(self, text: str, el: int, tag: str, traits: int, align: str) -> None:
        self.text = text
        self.links = self.bold = self.italic = 0
        """Characters inside links, bold and italic type."""
        self.el = el
        self.tag = tag
        self.traits = traits
        self.align = align
        self.line = 0
        """0 for the first line of its element, counting on after each line break."""
        self.image: str | None = None
        """Address of the picture as the page writes it; then ``text`` is its alt text."""

    @property
    def is_bold(self) -> bool:
        return self.bold * 10 >= len(self.text) * 9 > 0

    @property
    def is_italic(self) -> bool:
        return self.italic * 10 >= len(self.text) * 9 > 0

    @property
    def density(self) -> float:
        """Which share of the text is links."""
        return self.links / len(self.text) if self.text else 0.0

    def __repr__(self) -> str:
        return f"<{self.tag} {self.image or self.text[:50]!r}>"


def with_text(block: Block, text: str) -> Block:
    """The same line with another text."""
    other = Block(text, block.el, block.tag, block.traits, block.align)
    other.line = block.line
    size = max(1, len(block.text))
    for name in ("links", "bold", "italic"):
        setattr(other, name, getattr(block, name) * len(text) // size)
    return other


@dataclass(slots=True)
class Scan:
    """Blocks in document order, and the skeleton of the elements they lie in."""

    blocks: list[Block] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    nodes: list[LexborNode] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    """Index of the first block inside the element."""
    ends: list[int] = field(default_factory=list)
    """Number of the first element behind it: those inside have the numbers between."""
    names: set[str] = field(default_factory=set)
    """Classes and ids of all elements that were seen."""
    values: list[float] = field(default_factory=list)
    """What each block is worth, once `crawler.extract.text.body` has weighed them."""

    @property
    def has_h1(self) -> bool:
        """Whether there is a first-level heading."""
        return "h1" in self.tags

    def ancestors(self, el: int) -> Iterator[int]:
        """The elements around an element, from the inside, the root left out."""
        el = self.parents[el]
        while el > 0:
            yield el
            el = self.parents[el]

    def inside(self, el: int, ancestor: int) -> bool:
        """Whether an element is the ancestor or lies inside it."""
        return ancestor <= el < self.ends[ancestor]


def closest(scan: Scan, el: int, tag: str) -> int | None:
    """The innermost element of that name around an element, itself included."""
    while el > 0:
        if scan.tags[el] == tag:
            return el
        el = scan.parents[el]
    return None


PROSE = 60
"""Characters of a line that counts as prose; shorter ones are menus, labels and counters too."""
PARAGRAPHS = 3
"""Paragraphs on end that no list of teasers has; comments have names between."""


def story_of(blocks: Iterable[Block]) -> int:
    """Return the characters of the longest run of paragraphs that stand on end, pictures and
    headings between; 0 where none is PARAGRAPHS long."""
    most = count = size = 0
    for block in blocks:
        if block.image or (block.tag in SUBHEADS and not block.links):
            continue
        is_prose = len(block.text) > PROSE and block.links * 2 < len(block.text)
        count, size = (count + 1, size + len(block.text)) if is_prose else (0, 0)
        if count >= PARAGRAPHS:
            most = max(most, size)
    return most


def find_block(scan: Scan, block: Block) -> int | None:
    """Where a line stands in the scan of the whole page, though it may be of another scan."""
    same = None
    for index, each in enumerate(scan.blocks):
        if each is block:
            return index
        if same is None and each.text == block.text and not each.image and not block.image:
            same = index
    return same
