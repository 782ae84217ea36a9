"""One walk over the tree of a page: no recursion, each node seen once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.extract.dom.blocks import Block, Scan
from crawler.extract.dom.lines import is_related_heading
from crawler.extract.dom.markup import MAX_TEXT
from crawler.extract.dom.traits import Trait, alignment, is_bold_type, is_invisible, traits_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from selectolax.lexbor import LexborNode

SKIPPED = frozenset((
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed",
    "canvas", "head", "select", "option", "textarea", "button", "input", "datalist", "audio",
    "video", "map", "nav", "footer", "dialog", "progress", "meter", "rp", "rt", "frameset",
    "applet", "ins-ad",
))  # fmt: skip
"""Elements that hold no text of an article."""
INLINE = frozenset((
    "a", "b", "strong", "i", "em", "u", "span", "font", "small", "big", "sub", "sup", "mark",
    "abbr", "acronym", "code", "kbd", "samp", "var", "q", "cite", "dfn", "time", "label", "bdi",
    "bdo", "s", "strike", "del", "ins", "tt", "wbr", "data", "nobr", "ruby", "rb", "blink",
))  # fmt: skip
"""Elements that do not end a line; all others, br aside, do."""
_BOLD = frozenset(["b", "strong"])
_ITALIC = frozenset(["i", "em", "cite"])
LINK, BOLD, ITALIC, MARKED = 1, 2, 4, 16
"""Styles of pieces of a line; MARKED ones lie in an inline element with a telling name."""
_BREAK = ("\n", 8)
"""What stands for a line break among the pieces of a line; no text has the style 8."""
MAX_BLOCKS = 20_000
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-image", "data-url", "src")
_ENDS = '.!?…:;”"»)。'


class _Walk:
    """The state of one walk."""

    __slots__ = ("inline", "lines", "parts", "scan", "style")

    def __init__(self) -> None:
        self.scan = Scan()
        self.parts: list[tuple[str, int]] = []
        self.style = 0
        self.inline: int = Trait.NONE
        """What the inline elements of the present line are named as."""
        self.lines: dict[int, int] = {}

    def flush(self, el: int, traits: int, align: str) -> None:
        parts = self.parts
        if not parts:
            return
        self.parts = []
        inline, self.inline = self.inline, Trait.NONE
        scan = self.scan
        if len(parts) == 1 and parts[0][0].isspace():
            return
        for line in _lines(parts):
            text = " ".join("".join([piece for piece, _ in line])[:MAX_TEXT].split())
            if not text or len(scan.blocks) >= MAX_BLOCKS:
                continue
            block = Block(text, el, scan.tags[el], traits, align)
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
            block.line = self.lines.get(el, 0)
            self.lines[el] = block.line + 1
            scan.blocks.append(block)


def _lines(parts: list[tuple[str, int]]) -> list[list[tuple[str, int]]]:
    """Split at line breaks: always at two, at one where a sentence or item ends there."""
    if len(parts) == 1 or _BREAK not in parts:
        return [parts]
    lines: list[list[tuple[str, int]]] = [[]]
    breaks = 0
    for part in parts:
        if part == _BREAK:
            breaks += 1
        elif not part[0].strip():
            lines[-1].append(part)
        else:
            if breaks and (breaks > 1 or _ends_line(lines[-1], part[0])):
                lines.append([part])
            else:
                if breaks:
                    lines[-1].append((" ", 0))
                lines[-1].append(part)
            breaks = 0
    return lines


def _ends_line(line: list[tuple[str, int]], following: str) -> bool:
    before = "".join([piece for piece, _ in line]).rstrip()
    after = following.lstrip()
    if not before or not after:
        return True
    return before[-1] in _ENDS or after[0] in '-–—•*+(“"' or len(before) < 60


def scan_tree(root: LexborNode, dropped: Collection[int] = ()) -> Scan:
    """The blocks below a node, those below the nodes with a ``mem_id`` in ``dropped`` left out."""
    walk = _Walk()
    scan = walk.scan
    scan.parents.append(-1)
    scan.tags.append(root.tag or "")
    scan.own.append(Trait.NONE)
    scan.nodes.append(root)
    scan.starts.append(0)
    # One frame per open element: node, element index, traits, alignment, style, is a block.
    stack: list[tuple[LexborNode, int, int, str, int, bool]] = []
    el, align = 0, ""
    traits: int = Trait.NONE
    names: set[str] = set()
    node = root.child
    while True:
        if node is None:
            if not stack:
                break
            node, outer_el, outer_traits, outer_align, outer_style, is_block = stack.pop()
            if is_block:
                walk.flush(el, traits, align)
            el, traits, align, walk.style = outer_el, outer_traits, outer_align, outer_style
            node = node.next
            continue
        tag = node.tag or ""
        if tag == "-text":
            text = node.text_content
            if text:
                walk.parts.append((text, walk.style))
        elif tag == "br":
            walk.parts.append(_BREAK)
        elif tag == "img" or tag == "amp-img":
            _see_image(walk, node, el, traits, align)
        elif (
            tag not in SKIPPED
            and node.is_element_node
            and (not dropped or node.mem_id not in dropped)
        ):
            child = node.child
            if child is None:
                if tag == "div":
                    # A place of text that is empty tells of the layout too.
                    _own_traits(node.attributes, names)
            else:
                attributes = node.attributes
                own = _own_traits(attributes, names)
                if (tag in INLINE or ":" in tag) and not (
                    own & _LINE_TRAITS and _is_line(tag, scan.tags[el])
                ):
                    if not own & (Trait.HIDDEN | Trait.JUNK):
                        stack.append((node, el, traits, align, walk.style, False))
                        walk.style |= _style(tag, attributes)
                        if own & _INLINE_TRAITS:
                            traits |= own & _INLINE_TRAITS
                            walk.style |= MARKED
                            walk.inline |= own & _INLINE_TRAITS
                        node = child
                        continue
                else:
                    walk.flush(el, traits, align)
                    stack.append((node, el, traits, align, walk.style, True))
                    walk.style |= _style(tag, attributes)
                    if attributes:
                        align = (
                            alignment(
                                attributes.get("style"),
                                attributes.get("align"),
                                attributes.get("class"),
                            )
                            or align
                        )
                    if tag == "center":
                        align = "center"
                    own |= _TAG_TRAITS.get(tag, Trait.NONE)
                    scan.parents.append(el)
                    scan.tags.append(tag)
                    scan.own.append(own)
                    scan.nodes.append(node)
                    scan.starts.append(len(scan.blocks))
                    el = len(scan.tags) - 1
                    traits = Trait.NONE
                    node = child
                    continue
        node = node.next
    walk.flush(el, traits, align)
    scan.names.update(*(each.split() for each in names))
    _inherit(scan)
    return scan


_OF_LINES = Trait.BYLINE | Trait.DATE | Trait.CAPTION | Trait.LEAD | Trait.TITLE | Trait.SOURCE
"""What only a few lines can be: on an element with much prose the name means something else."""
FEW_LINES = 300
"""Characters of prose that no list of tags holds; WordPress names articles after their tags."""
_OF_PAGE = Trait.JUNK | Trait.HIDDEN
"""What whole pages are called by mistake; a related box may well hold most of a page's prose."""


def _holding_headline(scan: Scan) -> set[int]:
    """The elements around the first first-level heading that names no box."""
    for block in scan.blocks:
        if block.tag != "h1" or len(block.text) <= 25 or block.links * 2 >= len(block.text):
            continue
        if not block.image and not is_related_heading(block.text):
            return set(scan.ancestors(block.el))
    return set()


def _believed(scan: Scan, el: int, mass: list[int], titled: bool) -> int:
    """Which of an element's traits are true of what is inside."""
    own = scan.own[el]
    if not own:
        return own
    size, whole = mass[el], mass[0]
    if scan.tags[el] == "p" and size > 60:
        own &= ~(Trait.JUNK | Trait.RELATED | Trait.TAGS)
    if own & Trait.CONTENT:
        own &= ~Trait.JUNK
    if size > FEW_LINES:
        own &= ~(Trait.TAGS | Trait.CRUMBS)
    if titled or size > 0.75 * whole:
        return own & Trait.CONTENT
    if size > 0.35 * whole:
        own &= ~_OF_PAGE
    return own & ~_OF_LINES if size > 1500 else own


def _stated_mass(scan: Scan, mass: list[int]) -> list[int]:
    """How much prose of each element lies in elements named as the place of the text."""
    stated = [0] * len(mass)
    for el in range(len(mass) - 1, 0, -1):
        if scan.own[el] & Trait.CONTENT:
            stated[el] = mass[el]
        stated[scan.parents[el]] += stated[el]
    return stated


def _inherit(scan: Scan) -> None:
    """Hand traits down to the blocks, where they are true.

    A name such as ``login`` or ``sidebar`` on an element that holds a good part of the page's
    prose (``<body class="login sidebar-right">``) describes the page, not what is inside.
    """
    mass = [0] * len(scan.tags)
    for block in scan.blocks:
        if len(block.text) > 60 and not block.image and block.links * 2 < len(block.text):
            mass[block.el] += len(block.text)
    for el in range(len(mass) - 1, 0, -1):
        mass[scan.parents[el]] += mass[el]
    titled = _holding_headline(scan)
    stated = _stated_mass(scan, mass)
    handed = [Trait.NONE] * len(scan.tags)
    for el in range(1, len(mass)):
        own = _believed(scan, el, mass, el in titled)
        if stated[el] * 2 > mass[el]:
            own &= ~Trait.JUNK
        handed[el] = handed[scan.parents[el]] | own
    for block in scan.blocks:
        block.traits |= handed[block.el]


_LINE_TRAITS = Trait.TITLE | Trait.LEAD | Trait.CONTENT
_LINES = frozenset(["h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "a"])


def _is_line(tag: str, around: str) -> bool:
    """Whether an inline element named so is a block: `<span id="lblTieuDe">` of old ASP.NET."""
    return tag in ("span", "label", "font") and around not in _LINES


_TAG_TRAITS = {
    "header": Trait.HEADER,
    "figcaption": Trait.CAPTION,
    "aside": Trait.JUNK,
    "blockquote": Trait.QUOTE,
}
_INLINE_TRAITS = Trait.BYLINE | Trait.DATE | Trait.CAPTION | Trait.SOURCE


def _own_traits(attributes: dict[str, str | None], seen: set[str]) -> int:
    if not attributes:
        return Trait.NONE
    names = attributes.get("class") or ""
    identifier = attributes.get("id")
    if identifier:
        names = f"{names} {identifier}"
    seen.add(names)
    own = traits_of(names) if names else Trait.NONE
    style = attributes.get("style")
    if (style and is_invisible(style)) or "hidden" in attributes:
        own |= Trait.HIDDEN
    if (attributes.get("itemprop") or "") == "articleBody":
        own |= Trait.CONTENT
    return own


def _style(tag: str, attributes: dict[str, str | None]) -> int:
    if tag == "a":
        return LINK
    if tag in _BOLD:
        return BOLD
    if tag in _ITALIC:
        return ITALIC
    return BOLD if attributes and is_bold_type(attributes) else 0


def _see_image(walk: _Walk, node: LexborNode, el: int, traits: int, align: str) -> None:
    attributes = node.attributes
    source = image_source(attributes)
    if not source:
        return
    walk.flush(el, traits, align)
    if len(walk.scan.blocks) >= MAX_BLOCKS:
        return
    block = Block(attributes.get("alt") or "", el, walk.scan.tags[el], traits, align)
    block.image = source
    block.links = LINK if walk.style & LINK else 0
    walk.scan.blocks.append(block)


def image_source(attributes: dict[str, str | None]) -> str | None:
    """Where a picture lies, lazy loading included; None for icons, pixels and placeholders."""
    for name in _LAZY:
        source = (attributes.get(name) or "").strip()
        if source and not source.startswith(("data:", "blob:", "about:", "javascript:")):
            break
    else:
        return None
    for side in ("width", "height"):
        size = (attributes.get(side) or "").removesuffix("px")
        if size.isdigit() and 0 < int(size) < 50:
            return None
    return source
