"""What all steps of extraction look at: one page, as it was parsed and as far as it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.extract.dom.markup import line_of
from crawler.extract.hints import NO_HINTS
from storage.instants import VIETNAM

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from selectolax.lexbor import LexborNode

    from crawler.extract.dom.blocks import Scan
    from crawler.extract.dom.markup import Page
    from crawler.extract.dom.structured import Structured
    from crawler.extract.hints import Hints
    from crawler.extract.languages import Order
    from crawler.extract.layouts import Layout


@dataclass(slots=True, kw_only=True)
class Context:
    """A page on its way to an article."""

    page: Page
    data: Structured
    scan: Scan
    """All lines of the page."""
    now: dt.datetime
    """When the page was fetched."""
    hints: Hints = NO_HINTS
    """What the page's link says."""
    repeated: Collection[str] = ()
    """Fingerprints of what the source repeats on many pages."""
    names: Collection[str] = ()
    """What the source's file calls the outlet and its province."""
    layout: Layout | None = None
    headline: int | None = None
    """Index of the block that shows the headline; None where the page shows none."""
    foreign: bool = False
    """Whether the article is neither in Vietnamese nor on a Vietnamese host."""
    zone: dt.tzinfo = VIETNAM
    """Where clocks without a zone stand: abroad nobody knows."""
    order: Order = "dmy"
    """Whether readers of the page read day or month first in ``3/4/2025``."""

    @property
    def layout_name(self) -> str:
        """The layout's name, empty where there is none."""
        return self.layout.name if self.layout else ""

    def first_text(self, *selectors: str) -> str | None:
        """Return the text of the first selector that finds any."""
        css, first = self.page.tree.css, self.page.tree.css_first
        for selector in selectors:
            # Most find nothing or enough, which is known without a look at the rest of the page.
            node = first(selector)
            if node is None:
                continue
            if text := line_of(node):
                return text
            for node in css(selector)[1:5]:
                if text := line_of(node):
                    return text
        return None

    def lines_at(self, *selectors: str) -> list[str]:
        """Return the first line that each selector finds."""
        return [line for each in selectors if (line := self.first_text(each))]

    def nodes_at(self, *selectors: str) -> list[LexborNode] | None:
        """Return the nodes of the first selector that finds any."""
        for selector in selectors:
            nodes = self.page.tree.css(selector)
            if nodes:
                return list(nodes)
        return None
