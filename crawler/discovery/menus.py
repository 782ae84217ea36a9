"""The links of a page, and which of them stand in its menus only. Pure.

A site without ids writes "About our newsroom" as it writes a headline. Where the link stands
tells them apart: menus, breadcrumbs and footers hold no news.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from crawler.discovery.markup import absolute

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_ANCHORS = 20_000
"""Anchors of one page that are looked at."""
MENU_TAGS = frozenset(("nav", "footer"))
MENU_NAMES = frozenset(
    (
        *("menu", "mainmenu", "submenu", "megamenu", "topmenu", "topnav", "nav", "navbar"),
        *("navigation", "breadcrumb", "breadcrumbs", "footer"),
    )
)
"""Words of class names and ids that menus, breadcrumbs and footers go by."""
HOLDERS = frozenset(("html", "body", "main", "article", "form"))
"""Elements that hold the page itself, whatever their class says (``body class="has-menu"``)."""

_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Anchor:
    """One ``<a>`` of a page."""

    element: etree._Element
    url: str
    is_next: bool
    in_menu: bool


def read_anchors(root: etree._Element, base: str) -> Iterator[Anchor]:
    """The anchors with an address, in the order of the page, at most ``MAX_ANCHORS``."""
    menus: set[etree._Element] = set()
    left = MAX_ANCHORS
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            menus.discard(element)
        elif element.tag == "a":
            link = absolute(base, element.get("href"))
            if link:
                is_next = "next" in (element.get("rel") or "").lower().split()
                yield Anchor(element, link, is_next, bool(menus))
            left -= 1
            if left <= 0:
                return
        elif _is_menu(element):
            menus.add(element)


def _is_menu(element: etree._Element) -> bool:
    tag = element.tag
    if not isinstance(tag, str) or tag in HOLDERS:
        return False
    if tag in MENU_TAGS or element.get("role") == "navigation":
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:500].lower()
    return len(names) > 1 and not MENU_NAMES.isdisjoint(_WORD.findall(names))
