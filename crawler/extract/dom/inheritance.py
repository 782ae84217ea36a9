"""Which names of elements are true of the lines inside: a name is believed by how much it covers.

A name such as ``login`` or ``sidebar`` on an element that holds a good part of the page's prose
(``<body class="login sidebar-right">``) describes the page, not what is inside.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from crawler.extract.dom.blocks import PARAGRAPHS, PROSE, story_of
from crawler.extract.dom.lines import asks_consent, is_related_heading, may_ask_consent
from crawler.extract.dom.traits import Trait

if TYPE_CHECKING:
    from crawler.extract.dom.blocks import Block, Scan

HEADLINE = 25
"""Characters that a headline has at least; what is shorter is the name of a section."""
FEW_LINES = 300
"""Characters of prose that no list of tags holds; WordPress names articles after their tags."""
SOME_LINES = 1500
"""Characters of prose that no byline, date, caption or lead holds."""
GOOD_PART = 0.35
"""Share of a page's prose that no menu or hidden box holds."""
MANY_WORDS, SOME_PART, FEW_LINKS = 800, 0.1, 0.1
"""Characters of prose, their share of the page's and the share of links in them: no name of a box
has a verdict on so much with so few."""
NOTICE = 0.4
"""Share of a box's prose that asks for consent from which the whole box does."""
STORY = 240
"""Characters of paragraphs on end that are a text."""
MOST = 0.75
"""Share above which an element is the page itself: only `content` can be true of it."""

_OF_LINES = Trait.BYLINE | Trait.DATE | Trait.CAPTION | Trait.LEAD | Trait.TITLE | Trait.SOURCE
"""What only a few lines can be: on an element with much prose the name means something else."""
_OF_PAGE = Trait.JUNK | Trait.HIDDEN
"""What whole pages are called by mistake; a related box may well hold most of a page's prose."""
_OF_BOXES = Trait.JUNK | Trait.RELATED | Trait.TAGS
"""What boxes beside the text are named."""
_OF_STORIES = _OF_BOXES | Trait.COMMENT | Trait.CAPTION
"""What no element is that holds paragraphs on end."""
_NO_PARAGRAPH = Trait.JUNK | Trait.RELATED | Trait.TAGS
"""What a paragraph of prose is never, whatever an editor's tool called it."""


def hand_down(scan: Scan) -> None:
    """Hand traits down from the elements to the blocks, where they are true."""
    mass, linked, stated = _masses(scan)
    titled = _holding_headline(scan)
    notices = _notices(scan, mass, titled)
    handed: list[int] = [Trait.NONE] * len(scan.tags)
    parents = scan.parents
    styles = _styles(scan, mass)
    much, story = max(MANY_WORDS, SOME_PART * mass[0]), max(STORY, GOOD_PART * mass[0])
    for el, named in enumerate(scan.own):
        if el in notices:
            handed[el] = handed[parents[el]] | Trait.HIDDEN
            continue
        if not named or not el:
            handed[el] = handed[parents[el]] if el else Trait.NONE
            continue
        own = believe(named, scan.tags[el], mass[el], mass[0], titled=el in titled)
        if el in styles:
            own &= Trait.CONTENT
        if stated[el] * 2 > mass[el]:
            own &= ~Trait.JUNK
        if mass[el] > much and linked[el] < FEW_LINKS * mass[el]:
            # Hundreds of words without links are a text, whatever their box is called.
            own &= ~_OF_BOXES
        if own & _OF_STORIES and mass[el] >= story and _tells_story(scan, el, story):
            own &= ~_OF_STORIES
        handed[el] = handed[parents[el]] | own
    for block in scan.blocks:
        block.traits |= handed[block.el]


def _tells_story(scan: Scan, el: int, wanted: float) -> bool:
    """Whether so many characters of paragraphs stand on end in an element, a good part of the
    page's prose: no teasers, comments or captions, but the text that an unclosed box has
    swallowed."""
    inside = takewhile(lambda block: scan.inside(block.el, el), scan.blocks[scan.starts[el] :])
    return story_of(inside) >= wanted


def _styles(scan: Scan, mass: list[int]) -> set[int]:
    """Return the elements whose name is that of the paragraphs of a text: what several boxes in a
    row are called, each of which holds prose and nothing else, is no box beside the text."""
    groups: dict[tuple[int, int], list[int]] = {}
    for el, named in enumerate(scan.own):
        if named & ~Trait.CONTENT and mass[el]:
            groups.setdefault((scan.parents[el], named), []).append(el)
    wanted = GOOD_PART * mass[0]
    return {
        el
        for boxes in groups.values()
        if len(boxes) >= PARAGRAPHS and _are_a_story(scan, boxes, wanted)
        for el in boxes
    }


def _are_a_story(scan: Scan, boxes: list[int], wanted: float) -> bool:
    """Whether boxes beside each other hold so many characters of paragraphs, and nothing stands
    between: comments have names, teasers have headlines."""
    lines = scan.blocks[scan.starts[boxes[0]] : scan.starts[boxes[-1]] + 1]
    own = set(boxes)
    together = all(not own.isdisjoint((b.el, *scan.ancestors(b.el))) for b in lines)
    return together and story_of(lines) >= wanted


def believe(own: int, tag: str, size: int, whole: int, *, titled: bool) -> int:
    """Return which of an element's traits are true of what is inside.

    ``size`` and ``whole`` are characters of prose in the element and on the page; ``titled``
    says that the element holds the headline.
    """
    if tag == "p" and size > PROSE:
        own &= ~_NO_PARAGRAPH
    if own & Trait.CONTENT:
        own &= ~Trait.JUNK
    if size > FEW_LINES:
        own &= ~(Trait.TAGS | Trait.CRUMBS)
    if titled or size > MOST * whole:
        return own & Trait.CONTENT
    if size > GOOD_PART * whole:
        own &= ~_OF_PAGE
    return own & ~_OF_LINES if size > SOME_LINES else own


def _masses(scan: Scan) -> tuple[list[int], list[int], list[int]]:
    """Return how many characters each element holds: of prose, of links, and of prose in elements
    named as the place of the text."""
    own, parents = scan.own, scan.parents
    count = len(own)
    mass, linked, stated = [0] * count, [0] * count, [0] * count
    for block in scan.blocks:
        if not block.image:
            size = len(block.text)
            linked[block.el] += block.links
            if size > PROSE and block.links * 2 < size:
                mass[block.el] += size
    for el in range(count - 1, 0, -1):
        parent = parents[el]
        linked[parent] += linked[el]
        if mass[el]:
            mass[parent] += mass[el]
            if own[el] & Trait.CONTENT:
                stated[el] = mass[el]
            stated[parent] += stated[el]
    return mass, linked, stated


def _notices(scan: Scan, mass: list[int], titled: set[int]) -> set[int]:
    """Return the boxes in which the site asks for consent to cookies, whatever they are named.

    A paragraph is no box: among others it may quote somebody.
    """
    asking: dict[int, int] = {}
    prose = [block for block in scan.blocks if len(block.text) > PROSE and not block.image]
    if not may_ask_consent("\n".join([block.text for block in prose])):
        return set()
    for block in prose:
        if asks_consent(block.text):
            own = () if block.tag == "p" else (block.el,)
            for el in (*own, *scan.ancestors(block.el)):
                asking[el] = asking.get(el, 0) + len(block.text)
    return {
        el for el, size in asking.items() if el and el not in titled and size > NOTICE * mass[el]
    }


def _holding_headline(scan: Scan) -> set[int]:
    """Return the elements around the first first-level heading that names no box."""
    headline = next(filter(_is_headline, scan.blocks), None) if scan.has_h1 else None
    return set(scan.ancestors(headline.el)) if headline else set()


def _is_headline(block: Block) -> bool:
    if block.tag != "h1" or block.image or block.links * 2 >= len(block.text):
        return False
    return len(block.text) > HEADLINE and not is_related_heading(block.text)
