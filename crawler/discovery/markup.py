"""Bodies from anywhere to bounded bytes, trees of HTML, lines and addresses. Pure."""

from __future__ import annotations

import html
import itertools
import re
import unicodedata
import zlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.bounds import bound_page
from crawler.sources.files import MAX_URL
from storage.urls import as_browsers_read, resolve_url
from storage.warc.encodings import MAX_MEMBERS

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MAX_BYTES = 16 * 1024 * 1024
"""Decoded bytes of one sitemap that are read; a legitimate one of 50,000 URLs has about 9 MB."""
MAX_FEED = 8 * 1024 * 1024
"""The same of a feed; those that carry whole articles have about 1 MB."""
MAX_LISTING = 4 * 1024 * 1024
"""The same of a listing, and of the JSON behind it."""
MAX_TITLE = 500
MAX_DATE = 100
UNSEEN = frozenset(("script", "style"))
"""Elements whose text no reader sees."""

FEEDS = re.compile(r"<(?:[\w.-]{1,20}:)?(?:rss|feed|rdf)(?=[\s>/])", re.IGNORECASE)
"""The root of a feed, whatever prefix its namespace has."""
SITEMAPS = re.compile(r"<(?:[\w.-]{1,20}:)?(?:urlset|sitemapindex)(?=[\s>/])", re.IGNORECASE)

NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BLANKS = re.compile(r"\s+")
_TAGS = re.compile(r"<[^<>]{0,500}>")


def unpack(body: bytes, most: int = MAX_BYTES) -> tuple[bytes, tuple[str, ...]]:
    """Return the first ``most`` bytes of the body, unzipped when its first bytes say gzip."""
    if not body.startswith(b"\x1f\x8b"):
        return _cut(body, most)
    plain = bytearray()
    for _ in range(MAX_MEMBERS):
        engine = zlib.decompressobj(31)
        try:
            plain += engine.decompress(body, most + 1 - len(plain))
        except zlib.error as error:
            return bytes(plain), (f"cannot be unzipped: {error}",)
        body = engine.unused_data
        if len(plain) > most or not body.startswith(b"\x1f\x8b"):
            break
    data, problems = _cut(bytes(plain), most)
    if not engine.eof and not problems:
        problems = ("its gzip data ends early",)
    return data, problems


def _cut(data: bytes, most: int) -> tuple[bytes, tuple[str, ...]]:
    if len(data) <= most:
        return data, ()
    return data[:most], (f"is longer than {most >> 20} MiB; the rest was not read",)


def parse_html(text: str) -> LexborNode | None:
    """Return the root of the tree that browsers build, however broken the page; None if empty."""
    if not text.strip():
        return None
    return LexborHTMLParser(bound_page(NOT_XML.sub("", text)), scripting=False).root


def text_of(node: LexborNode, most: int) -> str:
    """Return the text in the first ``most`` nodes below, scripts and styles left out."""
    return "".join(
        each.text_content or ""
        for each in itertools.islice(node.traverse(include_text=True), most)
        if each.is_text_node and (each.parent is None or each.parent.tag not in UNSEEN)
    )


def one_line(text: str | None, limit: int) -> str | None:
    """Return the text in NFC, white space collapsed, at most ``limit`` characters, or None."""
    line = unicodedata.normalize("NFC", _BLANKS.sub(" ", (text or "")[: limit * 4])).strip()
    return line[:limit] or None


def plain(text: str | None) -> str | None:
    """Return a title as text: some feeds escape HTML into it."""
    if text and ("<" in text or "&" in text):
        text = html.unescape(_TAGS.sub(" ", text[: MAX_TITLE * 4]))
    return one_line(text, MAX_TITLE)


def absolute(base: str, reference: str | None) -> str | None:
    """Return the absolute http(s) URL without fragment, or None for anything else. Never raises."""
    if not reference:
        return None
    cleaned = as_browsers_read(reference).replace("&amp;", "&").replace(" ", "%20")
    if not cleaned or len(cleaned) > MAX_URL or cleaned.startswith("#"):
        return None
    url = (resolve_url(base, cleaned) or "").partition("#")[0]
    fit = url and len(url) <= MAX_URL and urlsplit(url).username is None
    return url if fit else None
