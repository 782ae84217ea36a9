"""The links of a page: what they say, the date beside them, and which stand in menus only. Pure.

A site without ids writes "About our newsroom" as it writes a headline. Where the link stands
tells them apart: menus, breadcrumbs and footers hold no news.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.discovery.markup import (
    MAX_DATE,
    MAX_TITLE,
    UNSEEN,
    absolute,
    one_line,
    plain,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

MAX_ANCHORS = 20_000
"""Anchors of one page that are looked at."""
MAX_DATES = 2000
NEAR = 60
"""Elements around a date that may hold the link it belongs to, and inside a link that say what
it leads to."""
CLIMB = 4
"""Levels up from a date to the box of its link."""
MENU_TAGS = frozenset(("nav", "footer"))
MENU_NAMES = frozenset(
    (
        "menu",
        "mainmenu",
        "submenu",
        "megamenu",
        "topmenu",
        "topnav",
        "nav",
        "navbar",
        "navigation",
        "breadcrumb",
        "breadcrumbs",
        "footer",
    )
)
"""Words of class names and ids that menus, breadcrumbs and footers go by."""
HOLDERS = frozenset(("html", "body", "main", "article", "form"))
"""Elements that hold the page itself, whatever their class says (``body class="has-menu"``)."""

_WORD = re.compile(r"[a-z]+")
_DATE = re.compile(r"\b\d{1,2}[-/.]\d{1,2}[-/.]\d{4}\b|\b(?:19|20)\d\d-\d\d-\d\d\b")


@dataclass(frozen=True, slots=True)
class Anchor:
    """One ``<a>`` of a page."""

    url: str
    label: str
    is_next: bool
    in_menu: bool


def read_anchors(root: LexborNode, base: str) -> list[Anchor]:
    """Return the anchors with an address, in the order of the page, at most ``MAX_ANCHORS``."""
    anchors: list[Anchor] = []
    seen = menu_end = 0
    for number, element in enumerate(root.traverse()):
        if element.tag == "a":
            seen += 1
            attributes = element.attributes
            url = absolute(base, attributes.get("href"))
            if url:
                is_next = "next" in (attributes.get("rel") or "").lower().split()
                anchors.append(Anchor(url, _label(element), is_next, number < menu_end))
            if seen == MAX_ANCHORS:
                break
        elif number >= menu_end and _is_menu(element):
            menu_end = number + sum(1 for _ in element.traverse())
    return anchors


def _is_menu(element: LexborNode) -> bool:
    tag = element.tag
    if tag in HOLDERS or not element.is_element_node:
        return False
    attributes = element.attributes
    if tag in MENU_TAGS or attributes.get("role") == "navigation":
        return True
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:500].lower()
    return not MENU_NAMES.isdisjoint(_WORD.findall(names))


def _label(anchor: LexborNode) -> str:
    """Return what the link says: its text, else its title, else what its picture shows."""
    label = plain(text_of(anchor, 2 * NEAR))
    if label:
        return label
    inside = itertools.islice(anchor.traverse(), NEAR)
    pictured = (node.attributes.get("alt") for node in inside if node.tag == "img")
    return one_line(anchor.attributes.get("title") or next(pictured, None), MAX_TITLE) or ""


def read_dates(root: LexborNode, base: str) -> dict[str, str]:
    """Return link -> the date that stands in one box with it, and with no other link.

    Keys are without the parameters that only say where a reader came from: see `bare`.
    """
    dates: dict[str, str] = {}
    for element in itertools.islice(_dated(root), MAX_DATES):
        near = _link_near(element, base)
        if near:
            shown = element.attributes.get("datetime") or text_of(element, 2 * NEAR)
            dates.setdefault(near, one_line(shown, MAX_DATE) or "")
    return dates


def bare(url: str) -> str:
    """Return the address by which a link and its date are brought together."""
    return url.partition("?")[0] if "utm_" in url else url


def _dated(root: LexborNode) -> Iterator[LexborNode]:
    """Each element whose text begins with a date, at its first place or after its first child."""
    last = 0
    for node in root.traverse(include_text=True):
        element: LexborNode | None = node
        if node.tag == "-text":
            text = node.text_content or ""
            if len(text) >= MAX_DATE or not _DATE.search(text) or not _stands_first(node):
                continue
            element = node.parent
        elif node.tag != "time":
            continue
        if element is not None and element.tag not in UNSEEN and element.tag != "a":
            if element.mem_id != last:
                yield element
            last = element.mem_id


def _stands_first(text: LexborNode) -> bool:
    """Whether at most one element or comment stands before the text in its parent."""
    before, node = 0, text.prev
    while node is not None and before < 2:
        before += not node.is_text_node
        node = node.prev
    return before < 2


def _link_near(element: LexborNode, base: str) -> str | None:
    box: LexborNode | None = element
    for _ in range(CLIMB):
        box = box.parent if box is not None else None
        if box is None:
            return None
        inside = itertools.islice(box.traverse(), NEAR)
        references = (node.attributes.get("href") for node in inside if node.tag == "a")
        links = {bare(link) for link in (absolute(base, r) for r in references) if link}
        if links:
            return links.pop() if len(links) == 1 else None
    return None
