"""Dates that readers see, and whose they are: the article's, another one's, or the site's. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from crawler.extract.dates.candidates import DateCandidate, is_clock, is_recent, read_visible
from crawler.extract.dates.patterns import LABEL
from crawler.extract.dom.around import lines_around
from crawler.extract.dom.blocks import FURNITURE
from crawler.extract.dom.lines import fold_line, is_comments_heading, is_related_heading
from crawler.extract.dom.markup import line_of
from crawler.extract.dom.traits import Trait
from crawler.extract.letters import compose, fold_letters
from crawler.extract.words import any_of
from crawler.sources.shapes import is_front, shape_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

    from crawler.extract.context import Context
    from crawler.extract.dom.blocks import Block, Scan
    from crawler.extract.dom.markup import Page

_DIGIT = re.compile(r"\d")
CHANGE = "visible change"
"""Where a date is found that is said to be one of the last change, behind the text."""
BESIDE = 4
"""Lines behind the text within which a date can be the article's own."""
LABELLED = 12
"""The same for a date that is labelled as one of publication."""
TEASER = 20
"""Characters of a link that is another article's headline; shorter ones name sections."""
NEAR = 300
"""Characters from the headline within which a line without a telling name can be its date."""
IMPRINT = 2
"""Lines below one of the imprint that belong to it."""
MENU = 3
"""Lines that are links between a date and the headline, from which the date is the site's."""
MARKS = 3
"""Characters beside a date in a line that is nothing else."""
ABOVE_TEXT = 6
"""Lines between headline and text within which a date alone in its line is the article's."""
LONGEST_LABEL = 30
"""Characters of a line that is nothing but the label of the date in the next one."""
INSIDE = 40
"""Lines of a text behind which a line of it is a date only by its name or label."""
ITEM_LINES = 5
"""Lines of the text that no item of a list holds, and the last one."""
ITEM_DEPTH = 4
"""Elements around a date in which the link of its item is looked for."""


@cache
def _imprint() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){any_of('lines/imprint')}")


def find_shown(context: Context, first: int | None, last: int | None) -> Iterator[DateCandidate]:
    """Yield the dates of lines with digits around headline and text.

    ``first`` and ``last`` are the first and last line of the text. A name that says `date` counts
    only beside headline and text. Dates of other articles are left out: beside a link to one, in
    one of several boxes that are built the same. So are those of the site: its clock above the
    menu, its licence and whatever stands far behind the text.
    """
    scan, title = context.scan, context.headline
    end = first + 6 if first is not None else (title or 0) + 12
    text = range(first or 0, (last if last is not None else end) + 1)
    around = [
        each
        for each in lines_around(scan, title, first or (title or 0) + 1, end, text.stop)
        if _DIGIT.search(each[0].text) and not each[0].traits & Trait.COMMENT
    ]
    if not around:
        return
    places = {id(block): index for index, block in enumerate(scan.blocks)}
    limit = _end_of_own(scan, text)
    found: list[tuple[int, DateCandidate]] = []
    for block, distance in around:
        index = places[id(block)]
        if index >= limit[1]:
            continue
        labelled = index > 0 and _is_label(scan.blocks[index - 1].text)
        date = read_visible(
            f"{scan.blocks[index - 1].text}: {block.text}" if labelled else block.text,
            where="",
            now=context.now,
            position=distance,
            zone=context.zone,
            order=context.order,
        )
        own = _own_date(context, index, date, text, limit[0]) if date is not None else None
        if own is not None:
            found.append((index, own))
    repeated = _repeated(scan, [index for index, _ in found], title)
    yield from (date for index, date in found if index not in repeated)


@lru_cache(maxsize=256)
def _is_label(text: str) -> bool:
    """Whether a line is nothing but the label of the date in the next one."""
    return len(text) <= LONGEST_LABEL and bool(LABEL.fullmatch(fold_letters(compose(text))))


def _own_date(
    context: Context, index: int, date: DateCandidate, text: range, limit: int
) -> DateCandidate | None:
    """Return a line's date with its place, None where it is the site's or another article's. What
    says that it is one of a change counts between headline and text, and is a last resort behind:
    links beside it name authors."""
    distance, label, title = date.position or 0, date.parsed.label, context.headline
    date = replace(date, where=_place_of(context, index, distance, date, text))
    if _is_of_the_site(context, index, distance, date, text):
        return None
    if label == "updated" and index >= limit:
        return replace(date, where=CHANGE)
    above = text.start - ABOVE_TEXT if title is None else title
    if label == "published" or (label and above <= index < max(text.start, above + ABOVE_TEXT)):
        return date
    # Inside a long text sources and events have their dates.
    inside = text.start + INSIDE <= index < text.stop
    bare = index < limit and (not inside or context.scan.blocks[index].traits & Trait.DATE)
    return date if bare and not _is_of_item(context, index, text) else None


def _end_of_own(scan: Scan, text: range) -> tuple[int, int]:
    """Return the lines from which a date is the article's only if it is labelled so, and from which
    none is: some lines behind the text, or where imprint or comments begin; links to others end
    what needs no label."""
    near, far = text.stop + BESIDE, text.stop + LABELLED
    for index, block in enumerate(scan.blocks[text.start + 1 : far], text.start + 1):
        said = index >= text.stop and _imprint().search(fold_line(block.text))
        if is_comments_heading(block.text) or said:
            return min(near, index), index
        if index >= text.stop and is_related_heading(block.text):
            near = min(near, index)
    return near, far


def _is_labelled(date: DateCandidate) -> bool:
    """Whether a line says that its date is one of publication."""
    return date.parsed.label == "published"


def _place_of(context: Context, index: int, distance: int, date: DateCandidate, text: range) -> str:
    block = context.scan.blocks[index]
    if _may_be_kept_clock(context, index, date, text):
        return "header"
    near = (block.traits & Trait.DATE and index < text.stop + BESIDE) or abs(distance) < NEAR
    if block.traits & FURNITURE and not block.traits & Trait.DATE:
        # Boxes right below the headline are called related or tagged that hold its date.
        below = 0 <= distance < NEAR and not block.traits & (Trait.HIDDEN | Trait.JUNK)
        return "visible" if below or _stands_alone(context, index, date, text) else "header"
    return "near title" if near and distance >= 0 else "visible"


def _may_be_kept_clock(context: Context, index: int, date: DateCandidate, text: range) -> bool:
    """Whether a bare day above the headline may be that on which a page was made that was kept
    since, or today's in another zone: such a line stands outside of headline and text."""
    scan, title, parsed = context.scan, context.headline, date.parsed
    if title is None or index >= title or parsed.label or parsed.wall is not None:
        return False
    if not is_recent(parsed, context.now):
        return False
    block, around = scan.blocks[index], scan.blocks[title].el
    while text.start < len(scan.blocks) and not scan.inside(scan.blocks[text.start].el, around):
        around = scan.parents[around]
    named = parsed.weekday is not None
    if scan.inside(block.el, around):
        return named and scan.tags[around] == "body"
    return named or not block.traits & Trait.DATE


def _stands_alone(context: Context, index: int, date: DateCandidate, text: range) -> bool:
    """Whether a line of a box that is called a menu is the article's own for all that: a labelled
    date behind the headline, or a day alone in its line right above it, or between it and text."""
    title, block = context.headline, context.scan.blocks[index]
    if title is None or block.traits & Trait.HIDDEN or index < title - 1:
        return False
    if _is_labelled(date):
        return index > title
    # Clocks of sites tell the hour, too.
    alone = len(block.text) - len(date.raw) <= MARKS and date.parsed.wall is None
    return alone and index <= min(text.start, title + ABOVE_TEXT) + 1


def _is_of_the_site(
    context: Context, index: int, distance: int, date: DateCandidate, text: range
) -> bool:
    """Whether a date is the site's own: it stands above a menu, is the clock of the page, or
    of today or yesterday in its header, where a page that was kept shows when it was made."""
    scan, title = context.scan, context.headline
    block = scan.blocks[index]
    above = scan.blocks[max(text.start, index - IMPRINT) : index]
    if any(_imprint().search(fold_line(each.text)) for each in (*above, block) if not each.image):
        return True
    ticks = is_clock(date.parsed, context.now)
    if distance >= 0 or title is None:
        # The last line that reads as text may be the page's clock, too.
        return ticks and index >= text.stop - 1 > text.start
    if (
        block.traits & Trait.HEADER
        and not _is_labelled(date)
        and is_recent(date.parsed, context.now)
    ):
        return True
    if stands_above_menu(scan, index, title):
        return True
    between = scan.blocks[index + 1 : title]
    parsed = date.parsed
    # A bare day of today may be the article's; clocks of sites name the day of the week, too.
    clear = parsed.at is not None or parsed.weekday is not None
    return ticks and not parsed.label and (clear or any(each.links for each in (block, *between)))


def stands_above_menu(scan: Scan, index: int, headline: int) -> bool:
    """Return whether several lines that are links stand between a line and the headline."""
    between = scan.blocks[index + 1 : headline]
    return sum(1 for each in between if each.links * 2 > len(each.text) and not each.image) >= MENU


def _is_of_item(context: Context, index: int, text: range) -> bool:
    """Whether a line stands beside the link to another article, or in the box of one."""
    scan = context.scan
    others = [index - 1, index, index + 1] if index != text.stop else [index - 1, index]
    for other in others:
        if 0 <= other < len(scan.blocks) and other != context.headline:
            block = scan.blocks[other]
            long = block.links >= TEASER and block.links * 2 > len(block.text)
            boxed = index > text.start or scan.blocks[index].traits & FURNITURE
            if long and not block.image and (boxed or _leads_away(context, block)):
                return True
    box = _box_of(context, index, text)
    links = _articles_in(context.page, scan.nodes[box]) if box is not None else []
    if context.headline is None or not context.headline < index < text.start:
        return bool(links)
    # Short links between headline and text name authors, unless they stand beside the date.
    beside = " ".join(scan.blocks[other].text for other in others if scan.blocks[other].links)
    return any(
        len(line := line_of(link)) >= TEASER or line in beside or link.css_first("img") is not None
        for link in links
    )


def _leads_away(context: Context, block: Block) -> bool:
    link = context.scan.nodes[block.el].css_first("a[href]")
    return link is not None and _leads_to_article(context.page, link)


def _box_of(context: Context, index: int, text: range) -> int | None:
    """The largest element around a line, of a few, that holds neither headline nor text."""
    scan, el, found = context.scan, context.scan.blocks[index].el, None
    kept = {context.headline, *text[:ITEM_LINES], *text[-1:]} - {None, index}
    inside = [scan.blocks[each].el for each in kept if each is not None and each < len(scan.blocks)]
    for _ in range(ITEM_DEPTH):
        if el <= 0 or any(scan.inside(each, el) for each in inside):
            break
        found, el = el, scan.parents[el]
    return found


def _articles_in(page: Page, node: LexborNode) -> list[LexborNode]:
    return [link for link in node.css("a[href]")[:20] if _leads_to_article(page, link)]


def _leads_to_article(page: Page, link: LexborNode) -> bool:
    """Whether an address is built as those of articles are, and is not the page's own."""
    target = page.absolute(link.attributes.get("href") or "")
    if target is None or is_front(target) or _is_own(_path(target), _path(page.url)):
        return False
    return shape_of(target) is not None


def _is_own(target: str, path: str) -> bool:
    """Whether two addresses are the page's: below other hosts and archives its slug is the same."""
    slug = path.rpartition("/")[2]
    return target == path or (len(slug) >= TEASER and target.rpartition("/")[2] == slug)


def _path(url: str) -> str:
    return url.partition("://")[2].partition("#")[0].rstrip("/").removeprefix("www.")


def _repeated(scan: Scan, indexes: list[int], headline: int | None) -> set[int]:
    """Return the lines that stand in boxes which are built the same and hold a link each. The box
    around the headline is the article's own whatever others look like."""
    own = scan.blocks[headline].el if headline is not None else 0
    groups: dict[tuple[int, str, str], list[tuple[int, int]]] = {}
    for index in indexes:
        el = scan.blocks[index].el
        for _ in range(ITEM_DEPTH):
            if el <= 0:
                break
            names = scan.nodes[el].attributes.get("class") or ""
            groups.setdefault((scan.parents[el], scan.tags[el], names), []).append((index, el))
            el = scan.parents[el]
    return {
        index
        for each in groups.values()
        if len({el for _, el in each}) > 1
        and all(scan.nodes[el].css_first("a[href]") is not None for _, el in each)
        for index, el in each
        if not scan.inside(own, el)
    }
