"""Bodies to choose from: what the generic rules find, what a layout finds, what the page states."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from crawler.extract.dom.blocks import Block, Scan
from crawler.extract.dom.traits import PLAYER
from crawler.extract.dom.walk import scan_tree
from crawler.extract.text.body import Body, find_body, find_lead_alone, prune, useful_start
from crawler.extract.text.captions import pictures_above, take_pictures
from crawler.extract.text.tables import join_rows

if TYPE_CHECKING:
    from crawler.extract.dom.markup import Page
    from crawler.extract.dom.structured import Structured
    from crawler.extract.layouts import Layout
    from storage.records import Image


POORER = 0.5
"""A layout that finds less than this share of what the generic rules find has had its day."""


@dataclass(slots=True, kw_only=True)
class Draft:
    """A body with what was taken out of it."""

    how: str
    scan: Scan
    body: Body
    images: list[Image] = field(default_factory=list)
    texts: list[Block] = field(default_factory=list)

    @property
    def size(self) -> int:
        return sum(len(block.text) for block in self.texts)


def choose_draft(page: Page, scan: Scan, layouts: list[Layout], start: int) -> Draft | None:
    """The layout's body or the generic one: the layout's, unless it is much poorer."""
    generic = _draft(page, scan, find_body(scan, start), "generic", start)
    if generic is None and page.tree.css_first(PLAYER):
        generic = _draft(page, scan, find_lead_alone(scan, start), "lead of a video", start)
    for layout in layouts:
        found = _layout_draft(page, layout)
        if found is None:
            continue
        if generic is None or found.size >= POORER * generic.size:
            return found
        if layout is layouts[0] and found.size == 0 and not found.images and _is_one(page, layout):
            # The place of the text is there and empty: what stands elsewhere is not the text.
            return None
        if layout is layouts[0]:
            generic.how = f"generic, layout {layout.name} found less"
    return generic


def _is_one(page: Page, layout: Layout) -> bool:
    """Whether the layout's place of the text is one element; several are a list of teasers."""
    return next((len(nodes) == 1 for each in layout.body if (nodes := page.tree.css(each))), False)


def with_stated_body(draft: Draft | None, data: Structured) -> Draft | None:
    """The text that JSON-LD gives, where the page shows less than half of it."""
    stated = data.body or ""
    if (
        len(stated) < 500
        or "<" in stated[:20]
        or (draft is not None and 2 * draft.size > len(stated))
    ):
        return draft
    lines = [line.strip() for line in stated.splitlines() if line.strip()]
    blocks = [Block(line, 0, "p", 0, "") for line in lines]
    return Draft(
        how="json-ld articleBody",
        scan=Scan(blocks=blocks, parents=[-1], tags=["body"], own=[0], ends=[1]),
        body=Body(el=0, blocks=blocks, score=0.0),
        images=draft.images if draft else [],
        texts=blocks,
    )


def _layout_draft(page: Page, layout: Layout) -> Draft | None:
    for selector in layout.body:
        nodes = page.tree.css(selector)
        if not nodes:
            continue
        node = max(nodes[:5], key=lambda each: len(each.text(deep=True)))
        dropped = {each.mem_id for drop in layout.drop for each in node.css(drop)}
        scan = scan_tree(node, dropped)
        body = Body(el=0, blocks=scan.blocks, score=0.0)
        draft = _draft(page, scan, body, f"layout {layout.name}", -1)
        if draft is not None:
            return draft
    return None


def _draft(page: Page, scan: Scan, body: Body | None, how: str, start: int) -> Draft | None:
    if body is None:
        return None
    start = useful_start(scan, start)
    after = {id(block) for block in scan.blocks[: start + 1]} if start >= 0 else set()
    rows = replace(body, blocks=join_rows(scan, body.blocks))
    kept = [block for block in prune(scan, rows, page.host) if id(block) not in after]
    if start >= 0 and kept:
        kept = pictures_above(scan, start, kept[0]) + kept
    images, texts = take_pictures(scan, kept, page, body.el)
    return Draft(how=how, scan=scan, body=body, images=images, texts=texts)
