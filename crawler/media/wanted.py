"""Pictures and documents that a page names besides those of its text. Pure."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from crawler.media.choice import list_wanted
from crawler.media.documents import list_documents
from storage.media.choices import AttachmentChoice, ImageChoice
from storage.media.files import MediaKind, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.media.choice import Choice
    from crawler.sources import Source
    from storage.records import Article

NAMES = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image")
"""What a page calls the picture that stands for it, the most common name first (ogp.me)."""
_HEAD = 256 * 1024
"""Bytes in which a page must name it."""


def list_media(
    article: Article, source: Source, choice: Choice, body: bytes, content_type: str | None
) -> tuple[Wanted, ...]:
    """Return what is to be fetched of a page that was read as an article."""
    documents: Iterable[Wanted] = ()
    if choice.attachments is AttachmentChoice.PDF:
        documents = list_documents(body, article.url, content_type)
    named: Iterable[Wanted] = ()
    if choice.images is not ImageChoice.NONE and not article.images:
        named = list_named(body, article.url, content_type)
    return list_wanted(article, source, choice, chain(named, documents))


def list_named(body: bytes, url: str, content_type: str | None) -> Iterator[Wanted]:
    """Yield the picture that a page names in its head, if it does."""
    from selectolax.lexbor import LexborHTMLParser

    from crawler.charset import decode_page

    tree = LexborHTMLParser(decode_page(body[:_HEAD], content_type).text)
    said: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        name = node.attributes.get("property") or node.attributes.get("name") or ""
        said.setdefault(name.strip().lower(), (node.attributes.get("content") or "").strip())
    found = next((said[name] for name in NAMES if said.get(name)), None)
    if found is None:
        return
    try:
        yield Wanted(MediaKind.IMAGE, urljoin(url, found), is_named=True)
    except ValueError:
        return
