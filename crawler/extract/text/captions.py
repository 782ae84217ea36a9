"""Pictures of an article with their captions, taken out of its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.extract.authors.parse import parse_byline
from crawler.extract.dom.blocks import FURNITURE, closest
from crawler.extract.dom.traits import Trait
from storage.records import Image
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.extract.dom.blocks import Block, Scan
    from crawler.extract.dom.markup import Page

MAX_CAPTION = 600
PROSE = 60
"""Characters of a paragraph."""
PARAGRAPHS = 3
"""Paragraphs that no figure holds beside its picture."""
_NOTE = re.compile(r"(?:^|\s)(?:note|ghichu)(?=$|\s)")
"""What lines right behind a picture are called."""
_PICTURE_BOX = re.compile(
    r"(?:^|[\s_-])(?:images?|img|photos?|foto|pictures?|pic|media|gallery|figure|hinh|anh)(?=$|[\s_A-Z-])"
)
"""How elements that hold a picture and its lines are named."""
_NUMBERED = re.compile(r"(?:\d{1,2}|[IVX]{1,4}|[a-z])[.)/]\s?\S")
_ENDS = '.!?…:;,”"»。！？」'
_CREDIT = re.compile(
    r"(?:^|[\s(./-])(?:anh|nguon anh|anh minh hoa|photo|foto|do hoa|image)\s*[:/©]", re.IGNORECASE
)
_NO_PICTURE = re.compile(
    r"(?i)(?:/(?:icon|logo|avatar|emoji|spacer|pixel|blank|loading|banner|button)s?[/_.\-]|google-news|\.svg(?:$|\?)|1x1|/themes?/)"
)


def pictures_above(scan: Scan, start: int, first: Block) -> list[Block]:
    """Pictures with a caption between the headline and the first block of the body."""
    found: list[Block] = []
    blocks = scan.blocks
    for index in range(start + 1, len(blocks) - 1):
        block, following = blocks[index], blocks[index + 1]
        if block is first or following is first:
            break
        if block.traits & FURNITURE or not block.image or following.image:
            continue
        if _boxed(scan, block.el, following, 0) and _in_picture_box(scan, block.el):
            following.traits |= Trait.CAPTION
        if following.traits & Trait.CAPTION and _share(scan, block.el, following.el, 2):
            found += [block, following]
    return found


def take_pictures(
    scan: Scan, blocks: list[Block], page: Page, root: int
) -> tuple[list[Image], list[Block]]:
    """Pictures in order with their captions, and the blocks that are left as text. ``root`` is
    the element that holds the text."""
    images: list[Image] = []
    captions: dict[int, list[str]] = {}
    texts: list[Block] = []
    picture: Block | None = None
    waiting: list[str] = []
    for index, block in enumerate(blocks):
        if block.image:
            url = page.absolute(block.image)
            if url and not _NO_PICTURE.search(url):
                picture = block
                images.append(Image(url=url))
                if waiting:
                    captions[len(images) - 1] = waiting
                    waiting = []
            continue
        if picture is not None and (
            _is_caption(scan, picture, block, captions.get(len(images) - 1))
            or _boxed(scan, picture.el, block, root)
        ):
            captions.setdefault(len(images) - 1, []).append(block.text)
            continue
        if block.traits & Trait.CAPTION and len(block.text) <= MAX_CAPTION:
            if _image_follows(blocks, index, scan):
                waiting.append(block.text)
                continue
            if images and len(images) - 1 not in captions and _image_before(blocks, index):
                captions[len(images) - 1] = [block.text]
                continue
            if _in_caption(scan, block.el) and not _names_people(block.text):
                continue
        picture = None
        texts.append(block)
    pictures = _unique(images, captions)
    return pictures, texts


def _unique(images: list[Image], captions: dict[int, list[str]]) -> list[Image]:
    seen: dict[str, int] = {}
    found: list[Image] = []
    for index, image in enumerate(images):
        caption = " ".join(captions.get(index, [])) or None
        if image.url in seen:
            if caption and not found[seen[image.url]].caption:
                found[seen[image.url]] = Image(url=image.url, caption=caption)
            continue
        seen[image.url] = len(found)
        found.append(Image(url=image.url, caption=caption))
    return found


def _image_follows(blocks: list[Block], index: int, scan: Scan) -> bool:
    following = blocks[index + 1] if index + 1 < len(blocks) else None
    return bool(following and following.image and _share(scan, following.el, blocks[index].el, 2))


def _image_before(blocks: list[Block], index: int) -> bool:
    return any(block.image for block in blocks[max(0, index - 3) : index])


def _is_caption(scan: Scan, picture: Block, block: Block, had: list[str] | None) -> bool:
    """Whether a line right behind a picture belongs to it."""
    text = block.text
    if scan.tags[block.el] == "figcaption":
        return True
    if len(text) > MAX_CAPTION or block.tag in ("h1", "h2", "h3", "h4"):
        return False
    if block.traits & Trait.CAPTION:
        return True
    if had and not _CREDIT.match(fold(text)):
        return False
    if block.el == picture.el and block.tag not in ("div", "article", "section", "body", "td"):
        return len(text) <= 300
    if _same_table(scan, picture.el, block.el) or _same_figure(scan, picture.el, block.el):
        return True
    if block.align == "right":
        return False
    if _NOTE.search(scan.nodes[block.el].attributes.get("class") or "") or _is_unfinished(block):
        return True
    if block.align == "center" or block.is_italic:
        return len(text) <= 400
    return len(text) <= 300 and _CREDIT.search(fold(text)[-80:]) is not None


def _is_unfinished(block: Block) -> bool:
    """A short line in plain type that ends as no sentence does, and signs nothing."""
    return (
        len(block.text) <= 200
        and block.tag in ("p", "div", "span")
        and not block.is_bold
        and not _NUMBERED.match(block.text)
        and block.text[-1:] not in _ENDS
        and not _signs(block.text)
    )


def _signs(line: str) -> bool:
    """Whether a line is a byline. People with a title are whom a picture shows."""
    byline = parse_byline(line)
    return byline is not None and not byline.titled


def _same_table(scan: Scan, one: int, other: int) -> bool:
    """Whether both stand in a table that is there for the picture, not for the whole page."""
    table = closest(scan, one, "table")
    if table is None or not scan.inside(other, table):
        return False
    return sum(len(line.text) for line in _lines_in(scan, table)) <= 2 * MAX_CAPTION


def _same_figure(scan: Scan, one: int, other: int) -> bool:
    """Whether both stand in a figure that was closed, and does not hold the text too."""
    figure = closest(scan, one, "figure")
    if figure is None or not scan.inside(other, figure):
        return False
    return sum(len(line.text) >= PROSE for line in _lines_in(scan, figure)) < PARAGRAPHS


def _lines_in(scan: Scan, box: int) -> Iterator[Block]:
    for block in scan.blocks[scan.starts[box] :]:
        if not scan.inside(block.el, box):
            return
        if not block.image:
            yield block


def _boxed(scan: Scan, picture: int, block: Block, root: int) -> bool:
    """Whether an element within the text holds the picture, this line and no other line; or, if
    it is named after pictures, no more than two short ones."""
    el = block.el
    if len(block.text) > MAX_CAPTION or block.tag in ("h1", "h2", "h3", "h4"):
        return False
    while el > root and not scan.inside(picture, el):
        el = scan.parents[el]
    if el <= root or scan.own[el] & Trait.CONTENT:
        return False
    others = 0
    for other in scan.blocks[scan.starts[el] :]:
        if not scan.inside(other.el, el):
            break
        if not other.image and other is not block:
            others += 1
            if others > 2 or len(other.text) > 300:
                return False
    if others:
        return _in_picture_box(scan, el)
    return len(block.text) <= 300


def _in_picture_box(scan: Scan, el: int) -> bool:
    """Whether the element is named after pictures."""
    return _PICTURE_BOX.search(scan.nodes[el].attributes.get("class") or "") is not None


def _names_people(line: str) -> bool:
    byline = parse_byline(line)
    return byline is not None and bool(byline.authors)


def _in_caption(scan: Scan, el: int) -> bool:
    """Whether the element or one right around it is named as a caption."""
    return any(scan.own[each] & Trait.CAPTION for each in (el, scan.parents[el]) if each > 0)


def _share(scan: Scan, one: int, other: int, levels: int) -> bool:
    """Whether two elements have an ancestor in common within some levels of the first."""
    for _ in range(levels + 1):
        if scan.inside(other, one):
            return True
        one = scan.parents[one]
        if one < 0:
            return False
    return False
