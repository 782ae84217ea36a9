"""Lists of articles that look like one: pages whose text is made of teasers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from crawler.errors import NotAnArticle
from crawler.extract.dom.lines import fold_line
from crawler.extract.words import any_of
from crawler.failures import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.extract.dom.blocks import Block, Scan
    from crawler.extract.dom.markup import Page
    from crawler.extract.dom.structured import Structured

STORY = 5
"""Paragraphs on end, with no teaser between, that no list of teasers has."""
PARAGRAPH = 80
"""Characters of such a paragraph; teasers are cut shorter, or have a headline each."""
LITTLE_TEXT = 400
"""Characters of text below which headings that are links are what the page is about."""
SEVERAL = 3
"""Headings that are links, beside a headline that is one, make a list."""
MANY_HEADINGS = 5
"""The same on a page that shows a headline of its own: related articles are fewer."""
FEW_TEASERS = 4
"""Fewer teasers than that are related articles inside a text."""
MANY_TEASERS = 6
"""So many are a list where little stands between them."""
LONG_PARAGRAPH = 500
"""Characters of a paragraph that no teaser has."""
TEASER = 350
"""Characters for each teaser, headline and lead together, below which there is no other text."""
SHORT_LEAD = 40
"""Characters of a line below a headline in a list; dates and sections are shorter."""
PAIR = 2
"""The same where no headline of its own has a date: two results of a search are a list, too."""
ALTERNATING = 0.75
"""Share of the paragraphs below a link of their own from which a page is a list."""
LONG_LINK = 25
"""Characters above which a line that is all link is a headline; shorter ones name sections."""
MOSTLY = 6
"""Tenths of such a line that are link at least."""
_SUBHEADS = ("h2", "h3", "h4", "h5")
_HEADS = ("h1", *_SUBHEADS)


def check_headline(
    page: Page, scan: Scan, data: Structured, position: int | None, text: Iterable[Block]
) -> None:
    """Refuse pages whose headline is a link to another page: the first of a list.

    ``text`` is all lines where the text stands; where it tells a story, the headline is unknown.
    """
    if position is None or data.published or scan.blocks[position].tag not in _HEADS:
        return
    headline = scan.blocks[position]
    if not _is_link(headline):
        return
    link = scan.nodes[headline.el].css_first("a[href]")
    target = page.absolute(link.attributes.get("href") or "") if link is not None else None
    if target is None or page.is_own(target):
        return
    others = sum(map(is_linked_heading, scan.blocks)) - (headline.tag in _SUBHEADS)
    teasers = sum(map(is_teaser, scan.blocks))
    if (others >= SEVERAL - 1 or teasers > MANY_TEASERS) and not _tells_story(text):
        raise NotAnArticle(Word.LISTING, "the headline is a link")


def heads_a_teaser(block: Block) -> bool:
    """Whether a line is a headline that leads to another page; a section's name is shorter."""
    return is_linked_heading(block) and len(block.text) > LONG_LINK


def is_linked_heading(block: Block) -> bool:
    """Whether a line is a heading that leads to another page."""
    return block.tag in _SUBHEADS and _is_link(block)


def _is_link(block: Block) -> bool:
    return block.links * 10 >= len(block.text) * 8 and not block.image


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What a page shows that a list of articles does not."""

    titled: bool
    """It shows its headline: a page that names itself only in <title> is likelier a list."""
    dated: bool
    """It says when it was published: to machines, or between that headline and the text."""
    stated: bool
    """It says so to machines."""
    signed: bool
    """A byline stands between headline and text, or is its last line; not asked where the rest
    settles it."""

    @property
    def are_enough(self) -> bool:
        """Whether headline and date are there, and one more sign that no list has."""
        return self.are_of_an_article and (self.stated or self.signed)

    @property
    def are_of_an_article(self) -> bool:
        """Whether the page shows a headline of its own with a date."""
        return self.titled and self.dated


NO_SIGNS = Signs(titled=False, dated=False, stated=False, signed=False)


def check_listing(
    scan: Scan, data: Structured, texts: list[Block], body_el: int, signs: Signs
) -> None:
    """Refuse pages whose text is made of teasers for other pages."""
    if data.published and _says_article(data):
        return
    size = sum(len(block.text) for block in texts)
    if signs.are_enough and size >= LITTLE_TEXT:
        return
    lines = list(lines_inside(scan, body_el))
    opened = _opens_with_text(lines)
    alternating = _alternates(lines, least=SEVERAL if signs.are_of_an_article else PAIR)
    if alternating and not (signs.stated or (opened and signs.titled)):
        raise NotAnArticle(Word.LISTING, "each paragraph stands below a link")
    if opened and signs.titled and (signs.dated or not alternating):
        return
    heads = sum(map(is_linked_heading, scan.blocks))
    little = size < LITTLE_TEXT and not data.published and not signs.dated
    if little and heads >= (MANY_HEADINGS if signs.titled else 1):
        raise NotAnArticle(Word.LISTING, "little text among headings that are links")
    teasers = [block for block in lines if is_teaser(block)]
    longest = max((len(block.text) for block in texts), default=0)
    if len(teasers) < FEW_TEASERS or longest >= LONG_PARAGRAPH or _tells_story(lines):
        return
    dense = len(teasers) >= MANY_TEASERS and size < TEASER * len(teasers) and longest < TEASER
    shown = {id(block) for block in texts}
    if sum(id(block) in shown for block in teasers) * 2 > len(texts):
        raise NotAnArticle(Word.LISTING, "most of its paragraphs lead on")
    if dense or sum(len(block.text) for block in teasers) > size:
        raise NotAnArticle(Word.LISTING, f"{len(teasers)} teasers")


def lines_inside(scan: Scan, el: int) -> Iterator[Block]:
    """Yield the lines of an element, links and pictures' captions among them."""
    end = scan.ends[el]
    return (block for block in scan.blocks if el <= block.el < end and not block.image)


def _says_article(data: Structured) -> bool:
    return any("article" in kind.lower() or kind == "BlogPosting" for kind in data.types)


def is_teaser(block: Block) -> bool:
    """Whether a line leads to another article: a heading that is a link, or a long link, be a date
    or a counter beside it."""
    is_link = block.links * 10 >= len(block.text) * MOSTLY
    if is_linked_heading(block) or (is_link and len(block.text) > LONG_LINK):
        return True
    return block.links >= LONG_LINK and _leads_on().search(fold_line(block.text)) is not None


@cache
def _leads_on() -> re.Pattern[str]:
    """What stands at the end of a teaser."""
    return re.compile(rf"\b{any_of('lines/read-on')}[\W_]*$")


def _opens_with_text(lines: list[Block]) -> bool:
    """Whether a paragraph stands above the first link to another article."""
    for block in lines:
        if is_teaser(block):
            return False
        if len(block.text) >= PARAGRAPH and block.links * 2 < len(block.text):
            return True
    return False


def _alternates(lines: list[Block], *, least: int) -> bool:
    """Whether nearly every paragraph, and so many, stand below links that could be headlines."""
    below = paragraphs = 0
    linked = False
    for block in lines:
        if is_teaser(block):
            linked = True
        elif len(block.text) >= SHORT_LEAD:
            paragraphs += 1
            below += linked
            linked = False
    return below >= least and below >= ALTERNATING * paragraphs


def _tells_story(lines: Iterable[Block]) -> bool:
    """Whether STORY paragraphs, in whatever elements, stand on end with no teaser between."""
    run = 0
    for block in lines:
        if is_teaser(block):
            run = 0
        elif len(block.text) >= PARAGRAPH:
            run += 1
            if run == STORY:
                return True
    return False
