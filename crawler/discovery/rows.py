"""The JSON behind "more" buttons: rows of links, or rows of HTML."""

from __future__ import annotations

import itertools
import json
import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crawler.discovery.findings import Found
from crawler.discovery.markup import absolute, plain
from crawler.discovery.pagination import page_of

if TYPE_CHECKING:
    from collections.abc import Iterator

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
