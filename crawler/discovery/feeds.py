"""RSS 0.9x, RSS 1.0 (RDF), RSS 2.0 and Atom, as papers really serve them."""

from __future__ import annotations

import itertools
import re
from operator import itemgetter
from typing import TYPE_CHECKING

from crawler.charset import decode
from crawler.discovery.markup import (
    FEEDS,
    MAX_DATE,
    MAX_FEED,
    SITEMAPS,
    absolute,
    one_line,
    plain,
    unpack,
)
from crawler.discovery.results import Feed, Found
from crawler.discovery.streams import local_name, own_text, stream_entries
from crawler.sources.shapes import is_front

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml import etree

MAX_ITEMS = 5000
MAX_ITEM = 200_000
"""Characters of one item that a damaged feed is searched for."""
DATES = ("pubdate", "published", "date", "issued", "created", "updated", "modified")
"""Names that hold the time of an item, the best first."""
CHANNEL = re.compile(r"<(?:[\w.-]{1,20}:)?channel(?=[\s>/])", re.IGNORECASE)
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
PERIODS = {"hourly": 3600, "daily": 86400, "weekly": 7 * 86400}
ITEMS = ("item", "entry", "Item", "Entry")
LASTING = ("ttl", "updatePeriod", "updateFrequency")
_LASTING = frozenset(name.lower() for name in LASTING)
SNIFFED = 1_000_000
"""Bytes that are looked at to tell what a body is: a list of entities may stand in front."""
TTL = (60.0, 7 * 86400.0)
"""Shortest and longest wait we believe, seconds."""

_ITEM = re.compile(r"<(?P<prefix>\w{1,20}:)?(?:item|entry)(?=[\s/>])", re.IGNORECASE)
_LINK = re.compile(r"<(?:\w{1,20}:)?link(?=[\s/>])[^<>]{0,4000}", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(href|rel|type)\s*=\s*["']([^"'<>]{1,2000})["']""", re.IGNORECASE)


def read_feed(body: bytes, url: str, content_type: str | None = None) -> Feed:
    """Return the items of a feed with their hints, and what was wrong with it. Never raises."""
    data, problems = unpack(body, MAX_FEED)
    kind = _sniff(decode(data[:SNIFFED], content_type).text)
    if kind != "feed":
        return Feed(problems=(*problems, kind), is_other_kind=bool(data.strip()))
    items, ttl, error = _stream(data, url, content_type, repair=False)
    if error:
        problems = (*problems, "is not well-formed XML; read as far as it can be")
        items, ttl, error = _stream(data, url, content_type, repair=True)
    if error:
        items, ttl = list(_scan(decode(data, content_type).text, url)), None
    return _feed(items, ttl, problems)


def _stream(
    data: bytes, url: str, content_type: str | None, *, repair: bool
) -> tuple[list[Found | None], float | None, str]:
    """Items, how long the feed may be kept, and what stopped the reading."""
    items: list[Found | None] = []
    fields: dict[str, str] = {}
    entries = stream_entries(data, (*ITEMS, *LASTING), content_type, repair=repair)
    try:
        for element in entries:
            if local_name(element) in _LASTING:
                fields.setdefault(local_name(element), (element.text or "").strip().lower())
            elif len(items) > MAX_ITEMS:
                break
            else:
                items.append(_item(element, url))
    except ValueError as error:
        return items, _ttl(fields), str(error) or "unknown"
    return items, _ttl(fields), ""


def _sniff(text: str) -> str:
    """``feed``, or a sentence that says what it is instead."""
    if not text.strip():
        return "is empty"
    head = text[:5000].lower()
    if _is_feed(head):
        return "feed"
    if "<html" in head or "<!doctype html" in head or "<body" in head:
        return "is an HTML page, not a feed"
    if SITEMAPS.search(head):
        return "is a sitemap, not a feed"
    # A long list of entities may stand in front.
    return "feed" if _is_feed(text) else "is not a feed"


def _is_feed(text: str) -> bool:
    return bool(FEEDS.search(text) or CHANNEL.search(text))


def _feed(items: Iterable[Found | None], ttl: float | None, problems: tuple[str, ...]) -> Feed:
    read = list(itertools.islice(items, MAX_ITEMS + 1))
    if len(read) > MAX_ITEMS:
        problems = (*problems, f"has more than {MAX_ITEMS} items; the rest was not read")
    usable = tuple(item for item in read[:MAX_ITEMS] if item)
    is_vacant = not read and not problems
    if not read:
        problems = (*problems, "has no items")
    elif len(usable) < min(len(read), MAX_ITEMS):
        problems = (*problems, f"{len(read) - len(usable)} of {len(read)} items have no link")
    return Feed(items=usable, ttl=ttl, problems=problems, is_vacant=is_vacant)


def _item(element: etree._Element, url: str) -> Found | None:
    base = absolute(url, element.getroottree().getroot().get(XML_BASE)) or url
    fields: dict[str, str] = {}
    ranked: list[tuple[int, str]] = []
    for child in itertools.islice(element, 200):
        name = local_name(child)
        if name in {"link", "origlink"}:
            ranked.extend(_links(child, name))
        elif name == "guid":
            is_address = child.get("isPermaLink", "true").lower() == "true"
            fields.setdefault("guid" if is_address else "token", own_text(child))
        elif name in {"title", "id", *DATES}:
            fields.setdefault(name, own_text(child))
    links = [reference for _, reference in sorted(ranked, key=itemgetter(0))]
    about = next((v for k, v in element.attrib.items() if str(k).endswith("}about")), None)
    base = absolute(base, element.get(XML_BASE)) or base
    # What is no address by its own word is one only where the link leads nowhere.
    names = [fields.get("guid"), fields.get("id"), about, fields.get("token") if links else None]
    return _found(base, links, names, fields)


def _links(element: etree._Element, name: str) -> Iterator[tuple[int, str]]:
    """Addresses that an element gives for the page, each with its rank: the original of a feed
    that was passed on, RSS's own link, then Atom's by what is behind it."""
    if name == "origlink":
        yield 0, own_text(element)
    elif element.get("rel", "alternate").lower() == "alternate":
        if text := own_text(element).strip():
            yield 1, text
        if reference := element.get("href"):
            yield _rank(element.get("type")), reference


def _rank(media_type: str | None) -> int:
    if media_type is None or not media_type.strip():
        return 3
    return 2 if "html" in media_type.lower() else 4


def _found(
    base: str, links: list[str], names: list[str | None], fields: dict[str, str]
) -> Found | None:
    # A guid or id may be any string; only what is an address by itself stands in for a link.
    addresses = (name for name in names if name and "//" in name)
    tried = (absolute(base, reference) for reference in (*links[:1], *addresses, *links[1:]))
    usable = [address for address in tried if address]
    link = next((address for address in usable if not is_front(address)), None)
    link = link or next(iter(usable), None)
    if not link:
        return None
    date = next((fields[name] for name in DATES if fields.get(name, "").strip()), None)
    return Found(url=link, title=plain(fields.get("title")), date=one_line(date, MAX_DATE))


def _ttl(fields: dict[str, str]) -> float | None:
    period = PERIODS.get(fields.get("updateperiod", ""))
    try:
        if "ttl" in fields:
            seconds = float(fields["ttl"]) * 60
        elif period:
            seconds = period / max(1.0, float(fields.get("updatefrequency") or 1))
        else:
            return None
    except ValueError:
        return None
    return seconds if TTL[0] <= seconds <= TTL[1] else None


def _scan(text: str, url: str) -> Iterator[Found | None]:
    """Item by item, without a tree: one damaged item costs only itself."""
    starts = [match.start() for match in itertools.islice(_ITEM.finditer(text), MAX_ITEMS + 1)]
    for start, end in itertools.pairwise([*starts, len(text)]):
        chunk = text[start : min(end, start + MAX_ITEM)]
        own = _ITEM.match(chunk)
        prefix = own["prefix"] or "" if own else ""
        fields = {name: _between(chunk, prefix + name) for name in ("title", "guid", *DATES)}
        fields["date"] = fields["date"] or _between(chunk, "dc:date")
        linked = _between(chunk, f"{prefix}link") or _href(chunk)
        yield _found(url, [linked] if linked else [], [fields["guid"]], fields)


def _between(chunk: str, name: str) -> str:
    """Text of the first element of that name, CDATA unwrapped; empty if there is none."""
    lowered = chunk.lower() if len(chunk.lower()) == len(chunk) else chunk
    name = name.lower()
    start = lowered.find(f"<{name}")
    opened = lowered.find(">", start) if start >= 0 else -1
    end = lowered.find(f"</{name}", opened) if opened >= 0 else -1
    if end < 0 or chunk[opened - 1] == "/":
        return ""
    inner = chunk[opened + 1 : end].strip()
    return inner.removeprefix("<![CDATA[").removesuffix("]]>").strip()


def _href(chunk: str) -> str:
    """The best ``href`` of a link to the page; empty if there is none."""
    best, found = 9, ""
    for link in itertools.islice(_LINK.finditer(chunk), 20):
        marks = {name.lower(): value for name, value in _ATTRIBUTE.findall(link[0])}
        rank = _rank(marks.get("type"))
        if marks.get("rel", "alternate").lower() == "alternate" and "href" in marks and rank < best:
            best, found = rank, marks["href"]
    return found
