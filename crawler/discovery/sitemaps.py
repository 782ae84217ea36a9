"""Sitemaps: plain, index, news, gzip, and plain lists of addresses.

The protocol is https://www.sitemaps.org/protocol.html; news fields are those of
http://www.google.com/schemas/sitemap-news/0.9.
"""

from __future__ import annotations

import datetime as dt
import re
from io import BytesIO
from typing import TYPE_CHECKING

from lxml import etree

from crawler.discovery.feeds import read_feed
from crawler.discovery.findings import Child, Found, Sitemap
from crawler.discovery.markup import (
    MAX_DATE,
    absolute,
    decode,
    local_name,
    one_line,
    own_text,
    plain,
    repair_xml,
    unpack,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PAGES = 50_000
"""What the protocol allows in one file."""
MAX_CHILDREN = 10_000
MAX_FIELDS = 1000
"""Elements inside one <url> that are looked at: images come by the dozen."""

_PERIOD = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:[-_/.]?(0[1-9]|1[0-2])(?:[-_/.]?(0[1-9]|[12]\d|3[01]))?)?(?!\d)"
)


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """Pages and child sitemaps, and what was wrong. Never raises."""
    data, problems = unpack(body)
    text = decode(data).lstrip()
    if not text:
        return Sitemap(problems=(*problems, "is empty"))
    head = text[:5000].lower()
    if "<urlset" in head or "<sitemapindex" in head:
        return _read_xml(text, url, problems)
    if "<rss" in head or "<feed" in head or "<rdf:rdf" in head:
        feed = read_feed(data, url)
        return Sitemap(pages=feed.items, problems=(*problems, *feed.problems))
    if "<html" in head or "<!doctype html" in head:
        return Sitemap(problems=(*problems, "is an HTML page, not a sitemap"))
    if "<" not in head:
        return _read_lines(text, url, problems)
    return Sitemap(problems=(*problems, "is not a sitemap"))


def _read_xml(text: str, url: str, problems: tuple[str, ...]) -> Sitemap:
    sitemap, error = _collect(text, url, recover=False)
    if error:
        problems = (*problems, f"is not well-formed XML: {error}; read as far as it can be")
        again, _ = _collect(repair_xml(text), url, recover=True)
        # Repair may stop elsewhere; the reading that saw more wins.
        sitemap = max(sitemap, again, key=lambda read: len(read.pages) + len(read.children))
    problems = (*problems, *sitemap.problems)
    if not sitemap.pages and not sitemap.children:
        problems = (*problems, "names no pages")
    return Sitemap(pages=sitemap.pages, children=sitemap.children, problems=problems)


def _collect(text: str, url: str, *, recover: bool) -> tuple[Sitemap, str | None]:
    pages: list[Found] = []
    children: list[Child] = []
    error: str | None = None
    full: tuple[str, ...] = ()
    try:
        for element in _entries(text, recover=recover):
            if local_name(element) == "sitemap" and len(children) < MAX_CHILDREN:
                children.extend(_child(element, url))
            elif local_name(element) == "url":
                pages.extend(_page(element, url))
            if len(pages) > MAX_PAGES:
                del pages[MAX_PAGES:]
                full = (f"names more than {MAX_PAGES} pages; the rest was not read",)
                break
    except (etree.XMLSyntaxError, ValueError) as failure:
        error = one_line(str(failure), 120) or "unknown error"
    return Sitemap(pages=tuple(pages), children=tuple(children), problems=full), error


def _entries(text: str, *, recover: bool) -> Iterator[etree._Element]:
    """Each <url> or <sitemap>, thrown away after use: memory does not grow with the file."""
    events = etree.iterparse(
        BytesIO(text.encode("utf-8", "replace")),
        tag=("{*}url", "{*}sitemap"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=recover,
    )
    for _, element in events:
        yield element
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


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
        if "image" not in namespace and "video" not in namespace and len(node) == 0:
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
    links = (absolute(url, line) for line in text.splitlines()[:MAX_PAGES] if "://" in line)
    pages = tuple(Found(url=link) for link in links if link)
    if not pages:
        problems = (*problems, "is not a sitemap")
    return Sitemap(pages=pages, problems=problems)
