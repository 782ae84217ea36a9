"""Atom feeds (RFC 4287) of articles and of what papers changed. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from storage.text import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from storage.records import StoredArticle

MEDIA_TYPE = "application/atom+xml"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_IN_URL = re.compile(r"[\s<>\"{}|\\^`]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. Texts are plain; nothing in them becomes markup."""

    id: str
    title: str
    updated: str
    """An instant, ISO 8601 with its offset."""
    published: str | None = None
    authors: Sequence[str] = ()
    category: str | None = None
    links: Sequence[tuple[str, str]] = ()
    """(relation, address)."""
    summary: str = ""
    paragraphs: Sequence[str] = ()
    """The content; empty: the summary is all there is."""
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One feed, entries in the order they are to be shown."""

    id: str
    title: str
    updated: str
    entries: Sequence[Entry] = ()
    self_url: str = ""
    """Where this feed is to be had."""
    page_url: str = ""
    """The page that shows the same to people."""
    language: str | None = None


def write_atom(feed: Feed) -> bytes:
    """Return the feed as XML in UTF-8."""
    attributes = {"xmlns": "http://www.w3.org/2005/Atom"}
    if feed.language:
        attributes["xml:lang"] = feed.language
    root = ET.Element("feed", attributes)
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", feed.updated)
    _add(ET.SubElement(root, "author"), "name", "Báo Tỉnh")
    _add(root, "generator", "Báo Tỉnh")
    for relation, url in (("self", feed.self_url), ("alternate", feed.page_url)):
        _add_link(root, relation, url)
    for entry in feed.entries:
        _add_entry(root, entry)
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def write_feed(
    name: str,
    slug: str,
    articles: Sequence[StoredArticle],
    *,
    now: str,
    names: Mapping[str, str] | None = None,
    self_url: str = "",
    page_url: str = "",
) -> bytes:
    """Return the feed of a saved search; ``names`` are the outlets' by source id."""
    return write_atom(
        Feed(
            id=f"tag:baotinh,2026:watch/{slug}",
            title=f"Báo Tỉnh: {name}",
            updated=max((a.first_seen_at for a in articles), default=now),
            entries=list(article_entries(articles, names or {})),
            self_url=self_url,
            page_url=page_url,
        )
    )


def article_entries(
    articles: Iterable[StoredArticle], names: Mapping[str, str], archive: str = ""
) -> Iterable[Entry]:
    """Yield an entry an article: its whole text, its people, else the outlet by its name.

    ``archive`` names the one of several that they are in: ids are an archive's own.
    """
    within = f"{archive}/" if archive else ""
    for article in articles:
        outlet = names.get(article.source_id, article.source_id)
        yield Entry(
            id=f"tag:baotinh,2026:{within}{article.source_id}/{article.id}",
            title=article.title,
            updated=article.first_seen_at,
            published=article.published_at,
            authors=[*article.authors, outlet] if article.authors else [outlet],
            category=article.section,
            links=[("alternate", article.url)],
            summary=article.summary or (article.paragraphs or [""])[0],
            paragraphs=[text for text in (article.summary, *article.paragraphs) if text],
            language=article.language,
        )


def _add_entry(feed: ET.Element, entry: Entry) -> None:
    attributes = {"xml:lang": _clean(entry.language)} if entry.language else {}
    element = ET.SubElement(feed, "entry", attributes)
    _add(element, "id", entry.id)
    _add(element, "title", entry.title or "–")
    _add(element, "updated", entry.updated)
    if entry.published:
        _add(element, "published", entry.published)
    for relation, url in entry.links:
        _add_link(element, relation, url)
    for author in entry.authors:
        _add(ET.SubElement(element, "author"), "name", author)
    if entry.category:
        ET.SubElement(element, "category", {"term": _clean(entry.category)})
    _add(element, "summary", entry.summary)
    if entry.paragraphs:
        markup = "".join(f"<p>{escape(_clean(text))}</p>" for text in entry.paragraphs)
        ET.SubElement(element, "content", {"type": "html"}).text = markup


def _add_link(parent: ET.Element, relation: str, url: str) -> None:
    if url.startswith(("http://", "https://")):
        href = _NOT_IN_URL.sub("", _clean(url))
        ET.SubElement(parent, "link", {"rel": relation, "href": href})


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = _clean(text)


def _clean(text: str) -> str:
    return _NOT_XML.sub("", normalize(text))
