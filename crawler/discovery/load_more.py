"""Where a list goes on that has no link to its next page: buttons, scrolling, scripts. Pure.

Pages say it in an attribute of the button (``data-url``, ``data-next``, ``onclick``) or in the
script that reads on. Nothing is executed: an address counts when it stands there and numbers
the page that follows, or ends in the name of a page number that a script adds.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from crawler.discovery.markup import absolute, plain
from crawler.discovery.pagination import find_position, page_of
from crawler.discovery.results import Found
from crawler.sources.shapes import is_never

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from crawler.sources.model import Source

MORE = {"list-post-by-category": {"show_thumb": "true", "show_desc": "true"}}
"""Parameters an address of that name needs, which pages do not show (MEDIATECH sites)."""
MAX_ELEMENTS = 20_000
"""Elements of one page whose attributes are looked at."""
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


def find_more(root: etree._Element, url: str, source: Source) -> str | None:
    """The address of the rows that follow those of a page; None where none is named."""
    told = _told(root, url, source)
    if told is not None:
        return told or None
    wanted = (find_position(url).value or 1) + 1
    for reference in itertools.chain(_in_attributes(root), _in_scripts(root, wanted)):
        address = absolute(url, reference)
        if not address or not source.owns(address) or is_never(urlsplit(address).path, ASKABLE):
            continue
        there = find_position(address)
        if there.value == wanted and not there.is_offset:
            return address
    return None


def _told(root: etree._Element, url: str, source: Source) -> str | None:
    """What address and page number in ``data-`` attributes make; "" where the list is short."""
    for element in itertools.islice(root.iterfind(".//*[@data-url]"), 50):
        data = {
            str(name)[5:]: value
            for name, value in element.attrib.items()
            if str(name).startswith("data-")
        }
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


def _is_short(rows: etree._Element, limit: str) -> bool:
    """Whether a list holds fewer rows than it may: then there are no more."""
    shown = sum(1 for row in rows if isinstance(row.tag, str))
    return _PAGE_NUMBER.fullmatch(limit) is not None and 0 < shown < int(limit)


def _in_attributes(root: etree._Element) -> Iterator[str]:
    for element in itertools.islice(root.iter(), MAX_ELEMENTS):
        if not isinstance(element.tag, str):
            continue
        for name, value in element.attrib.items():
            if str(name).startswith("data-") and ("/" in value or "?" in value):
                yield str(value)
            elif name == "onclick":
                yield from (quoted[2] for quoted in _QUOTED.finditer(value[:2000]))


def _in_scripts(root: etree._Element, wanted: int) -> Iterator[str]:
    for element in itertools.islice(root.iter("script"), MAX_SCRIPTS):
        script = (element.text or "")[:MAX_SCRIPT]
        if not _READS_ON.search(script) or _SENDS.search(script):
            continue
        for quoted in _QUOTED.finditer(script):
            address = _INSERTED.sub("", quoted[2])
            is_open = _OPEN.search(address) and (quoted[3] or address != quoted[2])
            yield f"{address}{wanted}" if is_open else address


MAX_NODES = 20_000
"""Objects and lists of one answer that are looked at."""
MAX_BRACKETS = 100_000
"""Objects and lists of one answer that is read at all."""
LINKED = ("link", "url", "href", "permalink", "detail_url", "share_url")
TITLED = ("title", "name", "headline")
DATED = ("published_at", "publish_time", "published", "pubdate", "date", "created_at", "time")

NEXT = ("next_page_url", "nextPageUrl", "next_url", "nextUrl", "next_link", "nextLink")
"""Names under which an answer gives the address of the rows that follow."""

_PAGE = re.compile(r"([?&](?:page|p|trang|paged)=)\d{1,6}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What one answer brought."""

    links: tuple[Found, ...]
    html: str
    """Fragments of HTML with links in them, when it brought HTML instead of rows."""
    next_page: str | None


def read_rows(text: str, url: str) -> Rows | None:
    """Rows with a link, outermost first, and the next page; None if it is no JSON."""
    if text.count("[") + text.count("{") > MAX_BRACKETS:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    nodes = list(itertools.islice(_objects(value), MAX_NODES))
    links: dict[str, Found] = {}
    for row in nodes:
        link = absolute(url, _text(row, LINKED))
        if link:
            found = Found(url=link, title=plain(_text(row, TITLED)), date=plain(_text(row, DATED)))
            links.setdefault(link, found)
    fragments = (v for row in nodes for v in row.values() if isinstance(v, str) and "<a" in v)
    return Rows(links=tuple(links.values()), html="\n".join(fragments), next_page=_next(value, url))


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object inside, without recursion: depth costs nothing."""
    waiting = deque([value])
    while waiting:
        node = waiting.popleft()
        children = node.values() if isinstance(node, dict) else node
        if isinstance(node, dict):
            yield node
        waiting.extend(child for child in children if isinstance(child, dict | list))


def _text(row: dict[str, Any], names: tuple[str, ...]) -> str | None:
    return next((row[name] for name in names if isinstance(row.get(name), str)), None)


def _next(value: Any, url: str) -> str | None:
    named = [node for node in _objects(value) if any(name in node for name in NEXT)][:1]
    if named:
        # The answer says itself where it goes on, or by null that it does not.
        return absolute(url, _text(named[0], NEXT))
    last = value.get("last_page") if isinstance(value, dict) else None
    number = page_of(url)[1]
    if isinstance(last, int) and number >= last:
        return None
    following = _PAGE.sub(rf"\g<1>{number + 1}", url, count=1)
    return following if following != url else None
