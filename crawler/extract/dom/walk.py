"""One walk over the tree of a page: no recursion, each node seen once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.extract.dom.blocks import Block, Scan, story_of
from crawler.extract.dom.breaks import BREAK, ENDS, split_lines
from crawler.extract.dom.inheritance import hand_down
from crawler.extract.dom.looks import (
    BOLD,
    ITALIC,
    LINK,
    MARKED,
    TAG_STYLES,
    image_source,
    look_of,
)
from crawler.extract.dom.markup import MAX_TEXT, line_of
from crawler.extract.dom.tags import (
    APART,
    BOX,
    BOX_TAGS,
    IN_LINE,
    KINDS,
    LINE_BREAK,
    PICTURE,
    is_line,
)
from crawler.extract.dom.traits import Trait

if TYPE_CHECKING:
    from collections.abc import Collection

    from selectolax.lexbor import LexborNode

    from crawler.extract.dom.breaks import Piece
    from crawler.extract.dom.looks import Attributes

MAX_BLOCKS = 20_000
LINKED = 400
"""Characters of prose in links to one address that make them no links: more than a teaser has."""
PROSE = 80
"""Characters of a paragraph of it."""
_BOXES = ", ".join(BOX_TAGS)
BOXED, BOXED_SENTENCES = 240, 3
"""Characters and sentences that no menu, button or label has: an unclosed one holds more."""
GOOD_PART = 0.5
"""Paragraphs on end in such a box to those outside: less is an imprint."""
_SENTENCE_END = re.compile(r"[.!?…](?=\s|[A-ZĐÀ-Ỹ]|$)")

_TAG_TRAITS = {
    "header": Trait.HEADER,
    "figcaption": Trait.CAPTION,
    "aside": Trait.JUNK,
    "blockquote": Trait.QUOTE,
}
_INLINE_TRAITS = Trait.BYLINE | Trait.DATE | Trait.CAPTION | Trait.SOURCE
"""What an inline element may say of its line."""
_LINE_TRAITS = Trait.TITLE | Trait.LEAD | Trait.CONTENT
_BOXED = Trait.HIDDEN | Trait.JUNK


def scan_tree(root: LexborNode, dropped: Collection[int] = ()) -> Scan:
    """Return the blocks below a node, without those below nodes whose ``mem_id`` is dropped."""
    walk = _walk(root, dropped)
    opened = _boxes_around_prose(walk, dropped)
    if opened:
        walk = _walk(root, dropped, (), opened)
    if _is_linked_prose(walk.scan) and (around := _links_around_prose(root)):
        walk = _walk(root, dropped, around, opened)
    walk.scan.names.update(" ".join(set(walk.names)).split())
    hand_down(walk.scan)
    return walk.scan


def _walk(
    root: LexborNode,
    dropped: Collection[int],
    texts: Collection[int] = (),
    opened: Collection[int] = (),
) -> _Walk:
    walk = _Walk(root, dropped, texts, opened)
    walk.read(root)
    walk.end_line()
    walk.scan.ends[0] = len(walk.scan.tags)
    return walk


def _is_linked_prose(scan: Scan) -> bool:
    """Whether much of what reads as prose lies in links."""
    linked = (
        len(block.text)
        for block in scan.blocks
        if block.links * 2 > len(block.text) >= PROSE and not block.image and _is_prose(block.text)
    )
    return sum(linked) >= LINKED


def _boxes_around_prose(walk: _Walk, dropped: Collection[int]) -> set[int]:
    """Return menus, footers and buttons, by ``mem_id``, that somebody forgot to close: much of the
    page's prose lies in them, and browsers show it."""
    texts = ((box, box.text(deep=True)) for box in walk.boxes)
    long = [(box, text) for box, text in texts if len(text) >= BOXED]
    if not long:
        return set()
    least = max(BOXED, GOOD_PART * story_of(walk.scan.blocks))
    found: set[int] = set()
    for outer, text in long:
        if len(text) > least and sum(map(text.count, ".!?…")) >= BOXED_SENTENCES:
            for node in outer.css(_BOXES):  # itself among them
                if _may_hold(node, least):
                    inside = _walk(node, dropped, (), {each.mem_id for each in node.css(_BOXES)})
                    if story_of(inside.scan.blocks) > least:
                        found.add(node.mem_id)
    return found


def _may_hold(node: LexborNode, size: float) -> bool:
    """Whether a box may hold so many characters of prose: cheaper than to walk through it. In prose
    less than half is links."""
    text = node.text(deep=True)
    if len(text) <= size or len(_SENTENCE_END.findall(text)) < BOXED_SENTENCES:
        return False
    plain = len(" ".join(text.split())) - sum(len(line_of(link)) for link in node.css("a[href]"))
    return 2 * plain > size


def _is_long(node: LexborNode) -> bool:
    """Whether an element holds more than a label, a button or a note does."""
    return len(node.text(deep=True)) >= BOXED


def _links_around_prose(root: LexborNode) -> set[int]:
    """Return links, by ``mem_id``, that somebody forgot to close or put around a whole text.

    Browsers carry an open link on through the paragraphs that follow, one element for each, all
    with the same address; they show text, and so do we. A teaser lies in one link, beside others.
    """
    found: dict[str, list[tuple[int, int]]] = {}
    for node in root.css("a[href]"):
        text = node.text(deep=True).strip()
        if _is_prose(text):
            key = node.attributes.get("href") or ""
            found.setdefault(key, []).append((node.mem_id, len(text)))
    sizes = {key: sum(size for _, size in nodes) for key, nodes in found.items()}
    half = sum(sizes.values()) / 2
    return {
        node
        for key, nodes in found.items()
        if sizes[key] >= LINKED and (len(nodes) > 1 or sizes[key] > half)
        for node, _ in nodes
    }


def _is_prose(text: str) -> bool:
    return len(text) >= PROSE and (text[-1] in ENDS or ". " in text)


class _Walk:
    """The state of one walk: what was found, the line being read, and the element it is in."""

    __slots__ = (
        *("align", "blank", "boxes", "dropped", "el", "inline", "lines", "names", "opened"),
        *("parts", "scan", "stack", "style", "texts", "traits"),
    )

    def __init__(
        self,
        root: LexborNode,
        dropped: Collection[int],
        texts: Collection[int] = (),
        opened: Collection[int] = (),
    ) -> None:
        self.dropped = dropped
        self.opened = opened
        """Skipped elements that are read all the same."""
        self.texts = texts
        """Links that are none but by their name."""
        self.boxes: list[LexborNode] = []
        """Skipped elements that may have been opened by mistake; not those inside of them."""
        self.names: list[str] = []
        tags, own = [root.tag or ""], [Trait.NONE]
        self.scan = Scan(parents=[-1], tags=tags, own=own, nodes=[root], starts=[0], ends=[0])
        self.parts: list[Piece] = []
        """The line being read."""
        self.blank = False
        """Whether only white space has been read of it."""
        self.inline: int = Trait.NONE
        """What the inline elements of that line are named as."""
        self.lines: dict[int, int] = {}
        """Lines of each element so far."""
        self.el, self.align, self.style = 0, "", 0
        self.traits: int = Trait.NONE
        self.stack: list[tuple[LexborNode, int, int, str, int, bool]] = []
        """Open elements: node, then element, traits, alignment and style around it, is a block."""

    def read(self, root: LexborNode) -> None:
        """Read all nodes below one."""
        stack, parts, ends = self.stack, self.parts, self.scan.ends
        dropped, opened = self.dropped, self.opened
        node = root.child
        while node is not None or stack:
            if node is None:
                # The innermost element ends.
                node, el, traits, align, style, is_block = stack.pop()
                if is_block:
                    if parts:
                        self.end_line()
                    elif self.blank:
                        self.blank, self.inline = False, Trait.NONE
                    ends[self.el] = len(ends)
                self.el, self.traits, self.align, self.style = el, traits, align, style
                node = node.next
                continue
            if node.is_text_node:
                # Asked first: it is half of all nodes, and most of it the space between elements.
                text = "" if not parts and node.is_empty_text_node else node.text_content or ""
                if parts or (text and not text.isspace()):
                    parts.append((text, self.style))
                else:
                    self.blank = True
                node = node.next
                continue
            tag = node.tag or ""
            kind = KINDS[tag]
            if kind == BOX:
                if opened and node.mem_id in opened:
                    kind = APART
                else:
                    self.boxes.append(node)
            if kind >= IN_LINE:
                if not dropped or node.mem_id not in dropped:
                    child = self._enter(node, tag, kind)
                    if child is not None:
                        node = child
                        continue
            elif kind == LINE_BREAK:
                parts.append(BREAK)
            elif kind == PICTURE:
                self._see_image(node.attributes)
            node = node.next

    def _enter(self, node: LexborNode, tag: str, kind: int) -> LexborNode | None:
        """Open an element. Return its first child; None where nothing inside is read."""
        child = node.child
        if child is None and tag != "div":
            return None
        # A place of text that is empty tells of the layout too.
        attributes = node.attributes
        if attributes:
            own, style, align = look_of(tag, attributes, self.names)
        else:
            own, style, align = Trait.NONE, TAG_STYLES.get(tag, 0), ""
        if child is None:
            return None
        if style & LINK and self.texts and node.mem_id in self.texts:
            style = 0
        boxed = own & _BOXED
        if (
            kind == APART
            or (own & _LINE_TRAITS and is_line(tag, self.scan.tags[self.el]))
            or (boxed and _is_long(node))
        ):
            around = (node, self.el, self.traits, self.align, self.style, True)
            if self.parts:
                self.end_line()
            elif self.blank:
                self.blank, self.inline = False, Trait.NONE
            self.style |= style
            self.align = "center" if tag == "center" else align or self.align
            scan = self.scan
            scan.parents.append(self.el)
            self.el, self.traits = len(scan.tags), Trait.NONE
            scan.tags.append(tag)
            scan.own.append(own | _TAG_TRAITS.get(tag, Trait.NONE))
            scan.nodes.append(node)
            scan.starts.append(len(scan.blocks))
            scan.ends.append(0)
            if child.next is None and child.is_text_node:
                self._read(child)
                _, self.el, self.traits, self.align, self.style, _ = around
                return None
            self.stack.append(around)
            return child
        return None if boxed else self._open_inline(node, child, own & _INLINE_TRAITS, style)

    def _read(self, child: LexborNode) -> None:
        """Read the one text of an element that has just been opened and ends behind it."""
        text = child.text_content or ""
        if text and not text.isspace():
            self.parts.append((text, self.style))
            self.end_line()
        else:
            self.inline = Trait.NONE
        self.scan.ends[self.el] = self.el + 1

    def _open_inline(
        self, node: LexborNode, child: LexborNode, named: int, style: int
    ) -> LexborNode | None:
        style |= self.style
        if named:
            style |= MARKED
            self.inline |= named
        if child.is_text_node and child.next is None:
            # Most links and words in bold: nothing need be opened for one text.
            text = child.text_content or ""
            if self.parts or (text and not text.isspace()):
                self.parts.append((text, style))
            else:
                self.blank = True
            return None
        self.stack.append((node, self.el, self.traits, self.align, self.style, False))
        self.style = style
        self.traits |= named
        return child

    def _see_image(self, attributes: Attributes) -> None:
        source = image_source(attributes)
        if not source:
            return
        self.end_line()
        if len(self.scan.blocks) < MAX_BLOCKS:
            block = Block(
                attributes.get("alt") or "",
                self.el,
                self.scan.tags[self.el],
                self.traits,
                self.align,
            )
            block.image = source
            block.links = LINK if self.style & LINK else 0
            self.scan.blocks.append(block)

    def end_line(self) -> None:
        """Turn the pieces read so far into blocks of the present element."""
        parts, inline = self.parts, self.inline
        if parts or self.blank:
            self.blank, self.inline = False, Trait.NONE
        if len(parts) == 1:
            self._add_line(parts[0][0], parts, inline)
        elif parts:
            for line in split_lines(parts):
                self._add_line("".join([piece for piece, _ in line]), line, inline)
        parts.clear()

    def _add_line(self, text: str, line: list[Piece], inline: int) -> None:
        text = " ".join(text[:MAX_TEXT].split())
        if not text or len(self.scan.blocks) >= MAX_BLOCKS:
            return
        block = Block(text, self.el, self.scan.tags[self.el], self.traits, self.align)
        marked = 0
        for piece, style in line:
            if style:
                size = len(piece.strip())
                block.links += size if style & LINK else 0
                block.bold += size if style & BOLD else 0
                block.italic += size if style & ITALIC else 0
                marked += size if style & MARKED else 0
        if marked * 2 > len(text):
            block.traits |= inline
        block.line = self.lines.get(self.el, 0)
        self.lines[self.el] = block.line + 1
        self.scan.blocks.append(block)
