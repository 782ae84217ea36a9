"""Where a list goes on that has no link to its next page: buttons, scrolling, scripts. Pure.

Pages name it in an attribute of the button (``data-url``, ``data-next``, ``onclick``) or in the
script that reads on. Nothing is executed: an address counts when it stands there and numbers
the page that follows, or ends in the name of a page number that a script adds.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from crawler.discovery.markup import absolute
from crawler.discovery.pagination import find_position
from crawler.sources.shapes import is_never

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

    from crawler.sources.model import Source

MORE = {"list-post-by-category": {"show_thumb": "true", "show_desc": "true"}}
"""Parameters an address of that name needs, which pages do not show (MEDIATECH sites)."""
MAX_ELEMENTS = 20_000
"""Elements of one page whose attributes are looked at."""
MAX_LISTS = 50
"""Lists of one page that may say where they go on."""
MAX_SCRIPTS = 100
MAX_SCRIPT = 50_000
"""Characters of one script that are read; those that turn pages are short."""
ASKABLE = frozenset(("ajax", "api"))
"""Segments under which no articles are, but rows of links."""

_PAGE_NUMBER = re.compile(r"[0-9]{1,5}")
_QUOTED = re.compile(r"""(["'`])((?:https?://|/|\?)[^"'`<>\s\\]{1,500})\1(\s*\+)?""")
_READS_ON = re.compile(r"more|scroll|append|next|xem.?th|tiep|insertadjacent", re.IGNORECASE)
_SENDS = re.compile(r"""\.post\s*\(|["'`]POST["'`]""", re.IGNORECASE)
_OPEN = re.compile(r"[?&](?:page|p|trang|paged|pg|page_?(?:no|index|number))=$", re.IGNORECASE)
_INSERTED = re.compile(r"\$\{[^}]{1,60}\}$")


def find_more(root: LexborNode, url: str, source: Source) -> str | None:
    """Return the address of the rows that follow those of a page; None where none is named."""
    rows = _find_rows(root, url, source)
    if rows is not None:
        return rows or None
    wanted = (find_position(url).value or 1) + 1
    for reference in itertools.chain(_in_attributes(root), _in_scripts(root, wanted)):
        address = absolute(url, reference)
        if not address or not source.owns(address) or is_never(urlsplit(address).path, ASKABLE):
            continue
        there = find_position(address)
        if there.value == wanted and not there.is_offset:
            return address
    return None


def _find_rows(root: LexborNode, url: str, source: Source) -> str | None:
    """Return what address and page number in ``data-`` attributes make; "" for a short list."""
    for element in root.css("[data-url]")[:MAX_LISTS]:
        data = _data_of(element)
        page = data.get("page", "")
        address = absolute(url, data["url"])
        if not address or not _PAGE_NUMBER.fullmatch(page) or not source.owns(address):
            continue
        if _is_short(element, data.get("limit", "")):
            return ""
        known = MORE.get(urlsplit(address).path.rpartition("/")[2], {})
        rest = {n.replace("-", "_"): v for n, v in data.items() if n not in {"url", "page"}}
        query = urlencode({"page": str(int(page) + 1), **rest, **known})
        return f"{address}{'&' if '?' in address else '?'}{query}"
    return None


def _data_of(element: LexborNode) -> dict[str, str]:
    attributes = element.attributes.items()
    return {name[5:]: value or "" for name, value in attributes if name.startswith("data-")}


def _is_short(rows: LexborNode, limit: str) -> bool:
    """Whether a list holds fewer rows than it may: then there are no more."""
    shown = sum(1 for row in rows.iter() if row.is_element_node)
    return _PAGE_NUMBER.fullmatch(limit) is not None and 0 < shown < int(limit)


def _in_attributes(root: LexborNode) -> Iterator[str]:
    for element in itertools.islice(root.traverse(), MAX_ELEMENTS):
        for name, value in element.attributes.items():
            if not value:
                continue
            if name.startswith("data-") and ("/" in value or "?" in value):
                yield value
            elif name == "onclick":
                yield from (quoted[2] for quoted in _QUOTED.finditer(value[:2000]))


def _in_scripts(root: LexborNode, wanted: int) -> Iterator[str]:
    for element in root.css("script")[:MAX_SCRIPTS]:
        script = element.text(deep=True)[:MAX_SCRIPT]
        if not _READS_ON.search(script) or _SENDS.search(script):
            continue
        for quoted in _QUOTED.finditer(script):
            address = _INSERTED.sub("", quoted[2])
            is_open = _OPEN.search(address) and (quoted[3] or address != quoted[2])
            yield f"{address}{wanted}" if is_open else address
