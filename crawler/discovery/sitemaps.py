"""Sitemaps: plain, index, news, gzip, and plain lists of addresses.

The protocol is https://www.sitemaps.org/protocol.html; news fields are those of
http://www.google.com/schemas/sitemap-news/0.9.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from typing import TYPE_CHECKING

from crawler.charset import decode
from crawler.discovery.feeds import read_feed
from crawler.discovery.markup import (
    FEEDS,
    MAX_DATE,
    SITEMAPS,
    absolute,
    one_line,
    plain,
    unpack,
)
from crawler.discovery.results import Child, Found, Sitemap
from crawler.discovery.streams import has_elements, local_name, own_text, stream_entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

MAX_PAGES = 50_000
"""What the protocol allows in one file."""
MAX_ENTRIES = 100_000
"""Entries that are looked at, of use or not."""
MAX_LINES = 8 * 1024 * 1024
"""Bytes of a plain list of addresses that are read."""
MAX_CHILDREN = 10_000
MAX_FIELDS = 1000
"""Elements inside one <url> that are looked at: images come by the dozen."""

_LINE = re.compile(r"[^\r\n]+")
_PERIOD = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:[-_/.]?(0[1-9]|1[0-2])(?:[-_/.]?(0[1-9]|[12]\d|3[01]))?)?(?!\d)"
)


def read_sitemap(body: bytes, url: str, content_type: str | None = None) -> Sitemap:
    """Return pages and child sitemaps, and what was wrong. Never raises."""
    data, problems = unpack(body)
    head = decode(data[:20_000], content_type).text.lstrip()[:5000].lower()
    if not head:
        return Sitemap(problems=(*problems, "is empty"))
    if SITEMAPS.search(head):
        return _read_xml(data, url, content_type, problems)
    if FEEDS.search(head):
        feed = read_feed(data, url, content_type)
        return Sitemap(pages=feed.items, problems=(*problems, *feed.problems))
    if "<html" in head or "<!doctype html" in head:
        return Sitemap(problems=(*problems, "is an HTML page, not a sitemap"), is_other_kind=True)
    if "<" not in head:
        return _read_lines(decode(data[:MAX_LINES], content_type).text, url, problems)
    return Sitemap(problems=(*problems, "is not a sitemap"), is_other_kind=True)


def _read_xml(
    data: bytes, url: str, content_type: str | None, problems: tuple[str, ...]
) -> Sitemap:
    sitemap, error = _collect(data, url, content_type, repair=False)
    if error:
        problems = (*problems, f"is not well-formed XML: {error}; read as far as it can be")
        again, _ = _collect(data, url, content_type, repair=True)
        # Repair may stop elsewhere; the reading that saw more wins.
        sitemap = max(sitemap, again, key=lambda read: len(read.pages) + len(read.children))
    problems = (*problems, *sitemap.problems)
    is_bare = not sitemap.pages and not sitemap.children
    is_vacant = sitemap.is_vacant and not problems
    if is_bare:
        problems = (*problems, "names no pages")
    return Sitemap(
        pages=sitemap.pages, children=sitemap.children, problems=problems, is_vacant=is_vacant
    )


def _collect(
    data: bytes, url: str, content_type: str | None, *, repair: bool
) -> tuple[Sitemap, str | None]:
    pages: list[Found] = []
    children: list[Child] = []
    error: str | None = None
    full: tuple[str, ...] = ()
    is_vacant = True
    entries = stream_entries(data, ("url", "sitemap"), content_type, repair=repair)
    try:
        for number, element in enumerate(entries):
            is_vacant = False
            if local_name(element) == "sitemap" and len(children) < MAX_CHILDREN:
                children.extend(_child(element, url))
            elif local_name(element) == "url":
                pages.extend(_page(element, url))
            if len(pages) > MAX_PAGES or number > MAX_ENTRIES:
                del pages[MAX_PAGES:]
                full = (f"names more than {MAX_PAGES} pages; the rest was not read",)
                break
    except ValueError as failure:
        error = one_line(str(failure), 120) or "unknown error"
    read = Sitemap(pages=tuple(pages), children=tuple(children), problems=full, is_vacant=is_vacant)
    return read, error


def _page(element: etree._Element, base: str) -> Iterator[Found]:
    fields = _fields(element)
    link = absolute(base, fields.get("loc"))
    if link:
        date = _instant(fields.get("publication_date")) or _instant(fields.get("lastmod"))
        yield Found(url=link, title=plain(fields.get("title")), date=date)


def _child(element: etree._Element, base: str) -> Iterator[Child]:
    fields = _fields(element)
    link = absolute(base, fields.get("loc"))
    if link:
        yield Child(url=link, lastmod=_instant(fields.get("lastmod")), period=_period(link))


def _fields(element: etree._Element) -> dict[str, str]:
    fields: dict[str, str] = {}
    for number, node in enumerate(element.iterdescendants()):
        namespace = node.tag.rpartition("}")[0] if isinstance(node.tag, str) else "image"
        # <image:loc> and <video:title> describe other things than the page.
        if "image" not in namespace and "video" not in namespace and not has_elements(node):
            fields.setdefault(local_name(node), own_text(node))
        if number > MAX_FIELDS:
            break
    return fields


def _instant(text: str | None) -> str | None:
    """The text if it begins with a real day, else None: ``0000-00-00`` helps nobody."""
    line = one_line(text, MAX_DATE)
    try:
        day = dt.date.fromisoformat((line or "")[:10])
    except ValueError:
        return None
    return line if 1990 <= day.year <= 2100 else None


def _period(url: str) -> str | None:
    dates = _PERIOD.findall(url.rpartition("//")[2].partition("/")[2])
    return "-".join(part for part in dates[-1] if part) if dates else None


def _read_lines(text: str, url: str, problems: tuple[str, ...]) -> Sitemap:
    lines = (line[0] for line in itertools.islice(_LINE.finditer(text), MAX_PAGES))
    links = (absolute(url, line) for line in lines if "://" in line)
    pages = tuple(Found(url=link) for link in links if link)
    if not pages:
        problems = (*problems, "is not a sitemap")
    return Sitemap(pages=pages, problems=problems, is_other_kind=not pages)
