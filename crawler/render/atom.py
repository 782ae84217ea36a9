"""An Atom feed (RFC 4287) of archived articles, for feed readers. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from storage.text import normalize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.records import StoredArticle

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_feed(name: str, slug: str, articles: Sequence[StoredArticle], *, now: str) -> bytes:
    """Return the feed of a saved search, entries in the order given.

    Titles and summaries are plain text; nothing a page wrote becomes markup.
    """
    feed = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom"})
    _add(feed, "id", f"tag:baotinh,2026:watch/{slug}")
    _add(feed, "title", f"Báo Tỉnh: {name}")
    _add(feed, "updated", max((a.first_seen_at for a in articles), default=now))
    _add(ET.SubElement(feed, "author"), "name", "Báo Tỉnh")
    for article in articles:
        _add_entry(feed, article)
    ET.indent(feed)
    text: str = ET.tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _add_entry(feed: ET.Element, article: StoredArticle) -> None:
    entry = ET.SubElement(feed, "entry")
    _add(entry, "id", f"tag:baotinh,2026:{article.source_id}/{article.id}")
    _add(entry, "title", article.title)
    _add(entry, "updated", article.first_seen_at)
    if article.published_at:
        _add(entry, "published", article.published_at)
    if article.url.startswith(("http://", "https://")):
        ET.SubElement(entry, "link", {"rel": "alternate", "href": _clean(article.url)})
    for author in article.authors or [article.source_id]:
        _add(ET.SubElement(entry, "author"), "name", author)
    if article.section:
        ET.SubElement(entry, "category", {"term": _clean(article.section)})
    _add(entry, "summary", article.summary or (article.paragraphs or [""])[0])


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = _clean(text)


def _clean(text: str) -> str:
    return _NOT_XML.sub("", normalize(text))
