"""Which part of a page is the article, by the text alone. Pure; no rule for any site.

Each line is worth its length if it reads like prose and costs something if it reads like
navigation. The body is the element whose lines add up to most; then lines that are not the
article's are taken out one by one.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from crawler.extract.dom.blocks import FURNITURE
from crawler.extract.dom.lines import (
    LONGEST_HEADING,
    is_comments_heading,
    is_junk,
    is_related_heading,
    is_sentence,
)
from crawler.extract.dom.tags import HEADINGS
from crawler.extract.dom.traits import Trait
from crawler.extract.text.columns import (
    MIN_TEXT,
    column_of_headline,
    first_of_several,
    with_opening,
)
from crawler.extract.text.copies import without_copies
from crawler.extract.text.teasers import find_asking_boxes, find_teasers
from crawler.extract.words import any_of
from storage.text import fold

if TYPE_CHECKING:
    from crawler.extract.dom.blocks import Block, Scan

_PARAGRAPHS = frozenset(["p", "li", "blockquote", "h2", "h3", "h4"])
"""Elements that are a part of a text, be it the only long one."""
_DAY = re.compile(r"\b\d{1,2}([/.-])\d{1,2}\1(?:19|20)\d\d\b")
_ASIDE = Trait.CAPTION | Trait.LEAD


@dataclass(slots=True, kw_only=True)
class Body:
    """The element that holds the article, and its blocks in order, junk included."""

    el: int
    blocks: list[Block]
    score: float


def worth(block: Block) -> float:
    """What a line says for (or against) the element it lies in."""
    size = len(block.text)
    if block.image:
        return 0.0
    if block.traits & FURNITURE:
        return -min(size, 200) * 0.3
    if block.links * 2 > size:
        return -min(size, 120) * 0.4
    if block.tag in HEADINGS:
        return 2.0
    if size >= 25 and is_junk(block.text):
        return -min(size, 200) * 0.3
    if size >= 80 or (size >= 25 and is_sentence(block.text)):
        value = size - 2.0 * block.links
        if block.traits & _ASIDE:
            value *= 0.4
        return value
    if block.line and size >= 12 and block.tag == "p" and not block.links:
        # A verse: lines of one paragraph that end as no sentence does.
        return size * 0.5
    if size >= 20 and not block.links and (block.tag == "p" or block.traits & Trait.CONTENT):
        return size * 0.3
    return -1.0


def weigh(scan: Scan) -> list[float]:
    """What each block of a scan is worth."""
    if not scan.values:
        scan.values = [worth(block) for block in scan.blocks]
    return scan.values


SHARE = 0.8
"""An element is entered when it holds this share of what its parent is worth."""
SEVERAL_PICTURES = 3
"""Pictures that can be a story without a text."""
COMMENTED = 400
"""Characters of text above a heading behind which only readers speak."""
TAKEN = 0.25
"""Share of a text that boxes of teasers may take from it: what is more is the text."""
NEXT_ARTICLE = 0.3
"""Share of the text above a later first-level heading that can be an article of its own."""
LINKED_TITLE = 20
"""Characters of a link that is another article's headline; shorter ones name things."""
DRAG = 0.15
"""How much of what speaks against an element counts: an article is full of insertions."""


def find_body(scan: Scan, start: int) -> Body | None:
    """The innermost element that holds most of the page's prose. ``start`` is the index of the
    headline: what stands before it is worth nothing."""
    start = useful_start(scan, start)
    count = len(scan.tags)
    good, bad = [0.0] * count, [0.0] * count
    teasers = _teasers_below(scan, start)
    values = weigh(scan)
    said = 0.0
    silent = 0
    for index in range(start + 1, len(scan.blocks)):
        block = scan.blocks[index]
        if block.tag in HEADINGS and said > MIN_TEXT and is_comments_heading(block.text):
            silent = max(silent, scan.ends[_box_below(scan, block.el)])
        value = 0.0 if block.el in teasers or block.el < silent else values[index]
        said += max(value, 0.0)
        if value >= 0:
            good[block.el] += value
        else:
            bad[block.el] -= value
    parents = scan.parents
    for el in range(count - 1, 0, -1):
        good[parents[el]] += good[el]
        bad[parents[el]] += bad[el]
    sums = [_net(*each) if each[0] else 0.0 for each in zip(good, bad, scan.own, strict=True)]
    best = _descend(scan, sums)
    if sums[best] < MIN_TEXT:
        return _pictures(scan, start)
    best = first_of_several(scan, sums, best, start, weigh(scan))
    best = column_of_headline(scan, sums, best, start)
    best = with_opening(scan, best, start)
    return _body_in(scan, best, sums[best])


def _box_below(scan: Scan, heading: int) -> int:
    """The innermost element that holds a heading and something below it."""
    box = scan.parents[heading]
    while box > 0 and scan.ends[box] == scan.ends[heading]:
        box = scan.parents[box]
    return box


def _body_in(scan: Scan, el: int, score: float) -> Body:
    end = scan.ends[el]
    return Body(el=el, blocks=[b for b in scan.blocks if el <= b.el < end], score=score)


def _pictures(scan: Scan, start: int) -> Body | None:
    """Where there is hardly a text: the innermost element that holds the pictures below the
    headline, three at least that lead nowhere."""
    shown = [
        block
        for block in scan.blocks[start + 1 :]
        if block.image and not block.links and not block.traits & FURNITURE
    ]
    if start < 0 or len(shown) < SEVERAL_PICTURES:
        return None
    el = shown[0].el
    while el > 0 and not all(scan.inside(block.el, el) for block in shown[:SEVERAL_PICTURES]):
        el = scan.parents[el]
    return _body_in(scan, el, 0.0)


def find_lead_alone(scan: Scan, start: int) -> Body | None:
    """The lead below the headline, as the only text there is: what a page with a video has."""
    for block in scan.blocks[start + 1 : start + 12] if start >= 0 else ():
        if block.traits & Trait.LEAD and not block.traits & FURNITURE and len(block.text) >= 80:
            return Body(el=block.el, blocks=[block], score=0.0)
    return None


def _teasers_below(scan: Scan, start: int) -> set[int]:
    """Teasers of other articles, where something that reads like text stands between the headline
    and the first of them. A list of articles has nothing there."""
    teasers = find_teasers(scan, scan.blocks, 0, MIN_TEXT) if start >= 0 else set()
    if not teasers:
        return teasers
    text = 0.0
    for index in range(start + 1, len(scan.blocks)):
        if text >= MIN_TEXT or scan.blocks[index].el in teasers:
            break
        text += max(0.0, weigh(scan)[index])
    return teasers if text >= MIN_TEXT else set()


def useful_start(scan: Scan, start: int) -> int:
    """The headline's index, unless most prose stands before it: then it was a copy below."""
    if start < 0:
        return start
    values = weigh(scan)
    below = sum([value for value in values[start + 1 :] if value > 0.0])
    return start if below > 0.4 * sum([value for value in values if value > 0.0]) else -1


def _net(good: float, bad: float, own: int) -> float:
    value = good - min(DRAG * bad, 0.5 * good)
    return value * 1.2 if own & Trait.CONTENT else value


def _descend(scan: Scan, sums: list[float]) -> int:
    children: dict[int, list[int]] = {}
    for el in range(1, len(sums)):
        if sums[el] > 0:
            children.setdefault(scan.parents[el], []).append(el)
    el = 0
    while el in children:
        best = max(children[el], key=sums.__getitem__)
        if sums[best] < SHARE * sums[el] or (el and scan.tags[best] in _PARAGRAPHS):
            break
        el = best
    return el


def prune(scan: Scan, body: Body, host: str) -> list[Block]:
    """The blocks that are text of the article or pictures in it. ``host`` is the site's own."""
    kept: list[Block] = []
    cut: int | None = None
    size = 0
    prose = _prose_of(body)
    apart = _boxes_apart(scan, body, prose)
    beside: set[int] = set()
    linked: int | None = None
    headed = False
    for block in body.blocks:
        if block.el in apart:
            continue
        if cut is not None:
            if scan.inside(block.el, cut):
                continue
            cut = None
        if block.traits & FURNITURE:
            continue
        if block.image:
            kept.append(block)
            continue
        if block.tag == "h1" and size > 600 and not block.links:
            headed = headed or scan.parents[block.el] in beside
            if not headed and size > NEXT_ARTICLE * prose.total():
                # The next article of a page that goes on for ever.
                break
            headed = True
        is_short = len(block.text) <= LONGEST_HEADING
        if is_short and is_comments_heading(block.text):
            if size > COMMENTED and not block.links:
                break
            cut = _comments_below(scan, block, body) if size else None
            continue
        if is_short and is_related_heading(block.text):
            cut = _box_of(scan, block, body, prose) if _is_set_apart(block) else None
            continue
        if is_junk(block.text):
            continue
        if is_no_text(block) and not _leads_away(scan, block, host):
            linked = scan.parents[block.el] if block.tag in HEADINGS else linked
            continue
        if block.links * 5 > len(block.text) * 4 and scan.parents[block.el] == linked != body.el:
            # The text of a teaser, in the link of its headline.
            continue
        size += len(block.text)
        beside.add(scan.parents[block.el])
        kept.append(block)
    return _without_tail(without_copies(kept))


def _prose_of(body: Body) -> Counter[int]:
    """Element -> characters of prose in its own lines."""
    prose: Counter[int] = Counter()
    for block in body.blocks:
        prose[block.el] += _prose(block)
    return prose


def _boxes_apart(scan: Scan, body: Body, prose: Counter[int]) -> set[int]:
    """Elements that are no part of the text: teasers, unless they take much of it, and what asks
    for an address, a vote or money."""
    teasers = find_teasers(scan, body.blocks, body.el)
    if sum(prose[el] for el in teasers) > TAKEN * prose.total():
        teasers = set()
    return teasers | find_asking_boxes(scan, body.el)


def _comments_below(scan: Scan, heading: Block, body: Body) -> int | None:
    """The element that a heading of comments shares with them, where that is not all the text."""
    box = _box_below(scan, heading.el)
    return box if heading.tag in HEADINGS and box > body.el else None


def is_no_text(block: Block) -> bool:
    """Lines that their place says are not text: links alone, dates, notes about authors."""
    size = len(block.text)
    if block.links * 5 > size * 4 or _is_dated_link(block):
        return not (block.tag in ("p", "li", "td") and is_sentence(block.text) and size > 60)
    if block.traits & Trait.DATE and size <= 100 and block.tag != "p":
        return True
    return bool(block.traits & Trait.BYLINE) and size > 100


def _is_dated_link(block: Block) -> bool:
    """Whether nothing but a date or a number stands beside a link: an item of a list."""
    if block.links < LINKED_TITLE or block.tag not in ("li", "div", "td", "p"):
        return False
    if block.tag == "p" and not _DAY.search(block.text):
        return False  # what an editor put between the paragraphs, such as the maker's page
    return sum(map(str.isalpha, block.text)) <= block.links and block.links * 2 > len(block.text)


def _leads_away(scan: Scan, block: Block, host: str) -> bool:
    """Whether a paragraph is a link to another site: what the text speaks of, no other article."""
    if block.tag != "p" or not block.links or not host:
        return False
    link = scan.nodes[block.el].css_first("a[href^=http]")
    target = (link.attributes.get("href") or "").partition("://")[2] if link is not None else ""
    site = ".".join(host.split(".")[-2:])
    return bool(target) and site not in target.partition("/")[0]


def _is_set_apart(block: Block) -> bool:
    """Whether a line can be a heading: `Xem thêm` inside running text is none."""
    return block.tag in HEADINGS or block.is_bold or block.links > 0 or block.tag != "p"


@cache
def _end_note() -> re.Pattern[str]:
    return re.compile(any_of("lines/end-note"))


def _without_tail(blocks: list[Block]) -> list[Block]:
    """Without what follows a heading such as `About the author` near the end."""
    size = sum(len(block.text) for block in blocks if not block.image)
    passed = 0
    for index, block in enumerate(blocks):
        if block.image:
            continue
        passed += len(block.text)
        near_end = passed > 0.6 * size
        if (
            near_end
            and len(block.text) <= 80
            and _end_note().fullmatch(fold(block.text).strip(" :."))
        ):
            return blocks[:index]
    end = len(blocks)
    while end and not blocks[end - 1].image and blocks[end - 1].tag in HEADINGS:
        end -= 1
    return blocks[:end]


def _box_of(scan: Scan, heading: Block, body: Body, prose: Counter[int]) -> int | None:
    """The outermost element that begins with a heading: the box it heads, never much of the text.
    ``prose`` is what each element of the body holds itself.

    None for a line among others of one element, as in bodies written with line breaks.
    """
    limit = 0.25 * prose.total()
    if prose[heading.el] > limit or heading.el == body.el:
        return None
    el = heading.el
    while scan.parents[el] > body.el and scan.starts[scan.parents[el]] == scan.starts[el]:
        if _prose_inside(scan, scan.parents[el], limit) > limit:
            break
        el = scan.parents[el]
    return el


def _prose_inside(scan: Scan, el: int, limit: float) -> int:
    """How much prose an element holds, counted until it is more than the limit."""
    size = 0
    for index in range(scan.starts[el], len(scan.blocks)):
        block = scan.blocks[index]
        if size > limit or not scan.inside(block.el, el):
            break
        size += _prose(block)
    return size


def _prose(block: Block) -> int:
    return 0 if block.image or block.traits & FURNITURE else len(block.text) - block.links
