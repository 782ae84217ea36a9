"""HTML pages of links: home pages, sections, and the JSON behind their "more" buttons."""

from __future__ import annotations

import itertools
import json
import re
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from crawler.charset import decode
from crawler.discovery.anchors import bare, read_anchors, read_dates
from crawler.discovery.articles import is_article_link
from crawler.discovery.load_more import find_more
from crawler.discovery.markup import MAX_LISTING, absolute, parse_html, plain, unpack
from crawler.discovery.pagination import choose_next, page_of
from crawler.discovery.results import Found, Listing
from crawler.sources.shapes import CONTAINERS, SECTIONS, SELDOM, count_words, is_never

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from selectolax.lexbor import LexborNode

    from crawler.discovery.anchors import Anchor
    from crawler.sources.model import Source

MAX_LINKS = 5000
"""Different links of one page that are kept."""
MAX_SECTIONS = 100
MAX_HEADS = 200
"""``<link>`` elements of one page that are looked at."""
MAX_LEVELS = 4
MAX_ASKED = 6
"""Parameters that the address of a section may have."""
LISTED_BY = frozenset(
    ("cat", "cate", "category", "chuyenmuc", "zone", "view", "module", "name", "nv")
)
"""Query parameters, besides `CONTAINERS`, that name a section."""

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
_FEED = re.compile(
    r"(?:/(?:rss|feed|atom)(?:/|$)|\.(?:rss|atom)$|/rss[^/]*\.(?:xml|aspx|html?)$)", re.IGNORECASE
)


def read_listing(body: bytes, url: str, source: Source, content_type: str | None = None) -> Listing:
    """Return links with titles and dates near them, and the ways on from here. Never raises."""
    data, problems = unpack(body, MAX_LISTING)
    text = decode(data, content_type).text
    if text.lstrip()[:1] in {"{", "["}:
        return _read_json(text, url, source, problems)
    return _read_html(text, url, source, problems)


def _read_html(text: str, url: str, source: Source, problems: tuple[str, ...]) -> Listing:
    root = parse_html(text)
    if root is None:
        return Listing(problems=(*problems, "is empty"))
    base = _base(root, url)
    here = page_of(url)[0]
    anchors = [
        replace(anchor, in_menu=True) if page_of(anchor.url)[0] == here else anchor
        for anchor in read_anchors(root, base)
    ]
    dates = read_dates(root, base)
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
    rows = _read_rows(text, url)
    if rows is None:
        return Listing(problems=(*problems, "is not valid JSON"))
    links = rows.links
    if not links and rows.html:
        links = _read_html(rows.html, url, source, ()).links
    if not links:
        return Listing(problems=(*problems, "names no pages"))
    onward = rows.next_page if rows.next_page and source.owns(rows.next_page) else None
    return Listing(links=links[:MAX_LINKS], next_page=onward, problems=problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """What one answer brought."""

    links: tuple[Found, ...]
    html: str
    """Fragments of HTML with links in them, when it brought HTML instead of rows."""
    next_page: str | None


def _read_rows(text: str, url: str) -> _Rows | None:
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
    return _Rows(
        links=tuple(links.values()), html="\n".join(fragments), next_page=_next_rows(value, url)
    )


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


def _next_rows(value: Any, url: str) -> str | None:
    named = next((node for node in _objects(value) if any(name in node for name in NEXT)), None)
    if named is not None:
        # The answer says itself where it goes on, or by null that it does not.
        return absolute(url, _text(named, NEXT))
    last = value.get("last_page") if isinstance(value, dict) else None
    number = page_of(url)[1]
    if isinstance(last, int) and number >= last:
        return None
    following = _PAGE.sub(rf"\g<1>{number + 1}", url, count=1)
    return following if following != url else None


def find_sections(links: Iterable[Found], source: Source) -> tuple[str, ...]:
    """Return own links that look like further listings: short paths, short names, no article."""
    home, _ = page_of(source.homepage)
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
    asked = {name.lower() for name, _ in parse_qsl(query)}
    return bool(asked & (CONTAINERS | LISTED_BY)) and len(asked) <= MAX_ASKED


def _base(root: LexborNode, url: str) -> str:
    bases = (absolute(url, each.attributes.get("href")) for each in root.css("base")[:3])
    return next((base for base in bases if base), url)


def _merge(anchors: list[Anchor], dates: dict[str, str]) -> tuple[tuple[Found, ...], bool]:
    """Each address once, where it stands first, under the fullest of its titles."""
    titles: dict[str, str] = {}
    outside = {anchor.url for anchor in anchors if not anchor.in_menu}
    for anchor in anchors:
        known = titles.get(anchor.url, "")
        # A headline has several words; "0" comments and "Xem thêm" come with it.
        better = count_words(known) < 3 and len(anchor.label) > len(known)
        titles[anchor.url] = anchor.label if better else known
    found = (
        Found(
            url=link,
            title=title or None,
            date=dates.get(bare(link)),
            in_menu=link not in outside,
        )
        for link, title in itertools.islice(titles.items(), MAX_LINKS)
    )
    return tuple(found), len(titles) > MAX_LINKS


def _next(
    root: LexborNode, anchors: list[Anchor], base: str, url: str, source: Source
) -> str | None:
    named = [
        (link, "", True)
        for element in root.css("link")[:MAX_HEADS]
        if (element.attributes.get("rel") or "").lower() == "next"
        and (link := absolute(base, element.attributes.get("href")))
    ]
    shown = [(anchor.url, anchor.label, anchor.is_next) for anchor in anchors]
    return choose_next(url, [each for each in named + shown if source.owns(each[0])])


def _feeds(
    root: LexborNode, base: str, links: tuple[Found, ...], source: Source
) -> tuple[str, ...]:
    feeds: dict[str, None] = {}
    for element in root.css("link")[:MAX_HEADS]:
        kind = (element.attributes.get("type") or "").lower()
        if "rss" in kind or "atom" in kind or "rdf" in kind:
            feeds[absolute(base, element.attributes.get("href")) or ""] = None
    for link in links:
        if _FEED.search(urlsplit(link.url).path):
            feeds[link.url] = None
    return tuple(feed for feed in feeds if feed and source.owns(feed))[:MAX_SECTIONS]
