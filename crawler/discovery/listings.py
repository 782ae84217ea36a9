"""HTML pages of links: home pages, sections, and the JSON behind their "more" buttons."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from crawler.discovery.articles import is_article_link
from crawler.discovery.load_more import find_more, read_rows
from crawler.discovery.markup import (
    MAX_DATE,
    MAX_LISTING,
    MAX_TITLE,
    absolute,
    decode,
    local_name,
    one_line,
    parse_html,
    plain,
    unpack,
)
from crawler.discovery.menus import read_anchors
from crawler.discovery.pagination import choose_next, page_of
from crawler.discovery.results import Found, Listing
from crawler.sources.shapes import CONTAINERS, SECTIONS, SELDOM, count_words, is_never

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml import etree

    from crawler.sources.model import Source

MAX_LINKS = 5000
"""Different links of one page that are kept."""
MAX_SECTIONS = 100
MAX_LEVELS = 4
MAX_ASKED = 6
"""Parameters that the address of a section may have."""
LISTED_BY = frozenset(
    ("cat", "cate", "category", "chuyenmuc", "zone", "view", "module", "name", "nv")
)
"""Query parameters, besides `CONTAINERS`, that name a section."""
MAX_DATES = 2000
NEAR = 60
"""Elements around a date that may hold the link it belongs to."""
CLIMB = 4
"""Levels up from a date to the box of its link."""

_DATE = re.compile(r"\b\d{1,2}[-/.]\d{1,2}[-/.]\d{4}\b|\b(?:19|20)\d\d-\d\d-\d\d\b")
_FEED = re.compile(
    r"(?:/(?:rss|feed|atom)(?:/|$)|\.(?:rss|atom)$|/rss[^/]*\.(?:xml|aspx|html?)$)", re.IGNORECASE
)


class _Labelled(NamedTuple):
    url: str
    label: str
    is_next: bool
    in_menu: bool


def read_listing(body: bytes, url: str, source: Source) -> Listing:
    """Links with titles and dates near them, and the ways on from here. Never raises."""
    data, problems = unpack(body, MAX_LISTING)
    text = decode(data)
    if text.lstrip()[:1] in {"{", "["}:
        return _read_json(text, url, source, problems)
    return _read_html(text, url, source, problems)


def _read_html(text: str, url: str, source: Source, problems: tuple[str, ...]) -> Listing:
    root = parse_html(text)
    if root is None:
        return Listing(problems=(*problems, "is empty"))
    base = _base(root, url)
    anchors = [
        _Labelled(anchor.url, _label(anchor.element), anchor.is_next, anchor.in_menu)
        for anchor in read_anchors(root, base)
    ]
    dates = _dates(root, base)
    here = page_of(url)[0]
    anchors = [
        anchor._replace(in_menu=True) if page_of(anchor.url)[0] == here else anchor
        for anchor in anchors
    ]
    links, cut = _merge(anchors, dates)
    if cut:
        problems = (*problems, f"has more than {MAX_LINKS} links; the rest was not read")
    if not links:
        problems = (*problems, "has no links")
    return Listing(
        links=links,
        next_page=_next(root, anchors, base, url, source),
        feeds=_feeds(root, base, links, source),
        sections=find_sections(links, source),
        load_more=find_more(root, url, source),
        problems=problems,
    )


def _read_json(text: str, url: str, source: Source, problems: tuple[str, ...]) -> Listing:
    rows = read_rows(text, url)
    if rows is None:
        return Listing(problems=(*problems, "is not valid JSON"))
    links = rows.links
    if not links and rows.html:
        links = _read_html(rows.html, url, source, ()).links
    if not links:
        return Listing(problems=(*problems, "names no pages"))
    onward = rows.next_page if rows.next_page and source.owns(rows.next_page) else None
    return Listing(links=links[:MAX_LINKS], next_page=onward, problems=problems)


def find_sections(links: Iterable[Found], source: Source) -> tuple[str, ...]:
    """Own links that look like further listings: short paths, short names, no article."""
    home = page_of(source.homepage)[0]
    sections: dict[str, str] = {}
    for link in links:
        listing, number = page_of(link.url)
        if listing != home and number == 1 and _is_section(link, source):
            sections.setdefault(listing, link.url)
    return tuple(itertools.islice(sections.values(), MAX_SECTIONS))


def _is_section(link: Found, source: Source) -> bool:
    parts = urlsplit(link.url)
    names = [name for name in parts.path.split("/") if name]
    if len(names) > MAX_LEVELS or len(link.title or "") > 40 or not _may_list(parts.query, names):
        return False
    machinery = {name.lower() for name in names} & (SELDOM - SECTIONS)
    if machinery or is_never(parts.path, frozenset()):
        return False
    if any(count_words(name) > 8 for name in names) or _FEED.search(parts.path):
        return False
    return source.owns(link.url) and not is_article_link(source, link)


def _may_list(query: str, names: list[str]) -> bool:
    """Whether the query of an address, if it has one, names a section."""
    if not query:
        return bool(names)
    asked = {name.lower() for name, _ in parse_qsl(query)[:20]}
    return bool(asked & (CONTAINERS | LISTED_BY)) and len(asked) <= MAX_ASKED


def _base(root: etree._Element, url: str) -> str:
    for element in itertools.islice(root.iter("base"), 3):
        base = absolute(url, element.get("href"))
        if base:
            return base
    return url


def _label(anchor: etree._Element) -> str:
    """What the link says: its text, else its title, else what its picture shows."""
    nodes = list(itertools.islice(anchor.iter(), NEAR))
    text = [anchor.text, *(part for node in nodes[1:] for part in (_shown(node), node.tail))]
    label = plain("".join(part for part in text if part))
    pictured = (node.get("alt") for node in nodes if local_name(node) == "img")
    return label or one_line(anchor.get("title") or next(pictured, None), MAX_TITLE) or ""


def _shown(node: etree._Element) -> str | None:
    return node.text if local_name(node) not in {"", "script", "style"} else None


def _dates(root: etree._Element, base: str) -> dict[str, str]:
    """Link -> the date that stands in one box with it, and with no other link."""
    dates: dict[str, str] = {}
    for element in itertools.islice(_dated(root), MAX_DATES):
        near = _link_near(element, base)
        if near:
            shown = element.get("datetime") or "".join(element.itertext())
            dates.setdefault(near, one_line(shown, MAX_DATE) or "")
    return dates


def _dated(root: etree._Element) -> Iterator[etree._Element]:
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag in {"script", "style", "a"}:
            continue
        if element.tag == "time" or any(
            part and len(part) < MAX_DATE and _DATE.search(part)
            for part in (element.text, element[0].tail if len(element) else None)
        ):
            yield element


def _link_near(element: etree._Element, base: str) -> str | None:
    box: etree._Element | None = element
    for _ in range(CLIMB):
        box = box.getparent() if box is not None else None
        if box is None:
            return None
        inside = list(itertools.islice(box.iter(), NEAR))
        references = (node.get("href") for node in inside if node.tag == "a")
        links = {_bare(link) for link in (absolute(base, r) for r in references) if link}
        if links:
            return links.pop() if len(links) == 1 else None
    return None


def _bare(url: str) -> str:
    return url.partition("?")[0] if "utm_" in url else url


def _merge(anchors: list[_Labelled], dates: dict[str, str]) -> tuple[tuple[Found, ...], bool]:
    """Each address once, where it stands first, under the fullest of its titles."""
    titles: dict[str, str] = {}
    outside = {anchor.url for anchor in anchors if not anchor.in_menu}
    for link, label, _, _ in anchors:
        if link in titles or len(titles) < MAX_LINKS:
            known = titles.get(link, "")
            # A headline has several words; "0" comments and "Xem thêm" come with it.
            better = count_words(known) < 3 and len(label) > len(known)
            titles[link] = label if better else known
    found = (
        Found(
            url=link,
            title=title or None,
            date=dates.get(_bare(link)),
            in_menu=link not in outside,
        )
        for link, title in titles.items()
    )
    return tuple(found), len(titles) == MAX_LINKS


def _next(
    root: etree._Element, anchors: list[_Labelled], base: str, url: str, source: Source
) -> str | None:
    heads = itertools.islice(root.iter("link"), 200)
    named = [
        (link, "", True)
        for element in heads
        if (element.get("rel") or "").lower() == "next"
        and (link := absolute(base, element.get("href")))
    ]
    shown = [(anchor.url, anchor.label, anchor.is_next) for anchor in anchors]
    return choose_next(url, [each for each in (*named, *shown) if source.owns(each[0])])


def _feeds(
    root: etree._Element, base: str, links: tuple[Found, ...], source: Source
) -> tuple[str, ...]:
    feeds: dict[str, None] = {}
    for element in itertools.islice(root.iter("link"), 200):
        kind = (element.get("type") or "").lower()
        if "rss" in kind or "atom" in kind or "rdf" in kind:
            feeds[absolute(base, element.get("href")) or ""] = None
    for link in links:
        if _FEED.search(urlsplit(link.url).path):
            feeds[link.url] = None
    return tuple(feed for feed in feeds if feed and source.owns(feed))[:MAX_SECTIONS]
