"""Bytes from anywhere to text and trees: bounded, without entities, files or network."""

from __future__ import annotations

import codecs
import html
import re
import zlib
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawler.bounds import bound_page
from crawler.sources.files import MAX_URL
from storage.warc.encodings import MAX_MEMBERS

MAX_BYTES = 16 * 1024 * 1024
"""Decoded bytes of one sitemap that are read; a legitimate one of 50,000 URLs has about 9 MB."""
MAX_FEED = 8 * 1024 * 1024
"""The same of a feed; those that carry whole articles have about 1 MB."""
MAX_LISTING = 4 * 1024 * 1024
"""The same of a listing, and of the JSON behind it."""
STEP = 1024 * 1024
MAX_TITLE = 500
MAX_DATE = 100

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(
    rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE
)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_BLANKS = re.compile(r"\s+")
_TAGS = re.compile(r"<[^<>]{0,500}>")


def unpack(body: bytes, most: int = MAX_BYTES) -> tuple[bytes, tuple[str, ...]]:
    """The first ``most`` bytes of the body, unzipped when its first bytes say gzip."""
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


def decode(body: bytes, content_type: str | None = None) -> str:
    """Text of the bytes. What is valid UTF-8 is UTF-8, whatever was declared."""
    start, encoding = choose_encoding(body, content_type)
    return body[start:].decode(encoding, "replace")


def choose_encoding(body: bytes, content_type: str | None = None) -> tuple[int, str]:
    """How many bytes of byte order mark there are, and the encoding of the rest."""
    for bom, encoding in BOMS:
        if body.startswith(bom):
            return len(bom), encoding
    if body[1:2] == b"\0" and body[:1] == b"<":
        return 0, "utf-16-le"
    if body[:2] == b"\0<":
        return 0, "utf-16-be"
    damage = _first_damage(body)
    # One cut or broken letter far into valid text is damage, not another encoding.
    if damage is None or any(byte > 127 for byte in body[:damage][-4096:]):
        return 0, "utf-8"
    return 0, _declared(body, content_type)


def _first_damage(body: bytes) -> int | None:
    """Where the bytes stop to be UTF-8; read in steps, since text takes up to four times more."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for place in range(0, len(body), STEP):
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(body[place : place + STEP], place + STEP >= len(body))
        except UnicodeDecodeError as error:
            return place - pending + error.start
    return None


def _declared(body: bytes, content_type: str | None) -> str:
    said = _CHARSET.search((content_type or "").encode("ascii", "replace"))
    for match in (said, _CHARSET.search(body[:2048])):
        try:
            name = codecs.lookup(match[1].decode("ascii")).name if match else "utf-8"
        except LookupError:
            continue
        # UTF-16 without its zero bytes is a lie; codecs such as hex are no encodings of text.
        if name != "utf-8" and not name.startswith("utf-16") and _is_text_codec(name):
            return name
    return "cp1252"


def _is_text_codec(name: str) -> bool:
    try:
        b"a".decode(name)
    except (LookupError, UnicodeError, ValueError):
        return False
    return True


def repair_xml(text: str) -> str:
    """Bare ampersands escaped, entities of HTML resolved, forbidden characters out."""
    return _BARE_AMPERSAND.sub("&amp;", _resolve_html(_NOT_XML.sub("", text)))


def _resolve_html(text: str) -> str:
    known = ("amp", "lt", "gt", "quot", "apos")

    def replace(match: re.Match[str]) -> str:
        return match[0] if match[1] in known else html.unescape(match[0])

    return re.sub(r"&([A-Za-z][A-Za-z0-9]{1,31});", replace, text)


def parse_html(text: str) -> etree._Element | None:
    """The tree of a page, however broken; None for a page without any element."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    data = bound_page(_NOT_XML.sub("", text)).encode("utf-8", "replace")
    try:
        return etree.fromstring(data, parser) if data.strip() else None
    except (etree.XMLSyntaxError, ValueError):
        return None


def local_name(element: etree._Element) -> str:
    """Name without namespace, lower case; empty for comments, entities and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def own_text(element: etree._Element) -> str:
    """All text inside, without what entities, comments and instructions would add."""
    parts = [element.text or ""] if isinstance(element.tag, str) else []
    for node in element.iterdescendants():
        parts.append((node.text or "") if isinstance(node.tag, str) else "")
        parts.append(node.tail or "")
    return "".join(parts)


def one_line(text: str | None, limit: int) -> str | None:
    """White space collapsed, at most ``limit`` characters; None for nothing."""
    line = _BLANKS.sub(" ", (text or "")[: limit * 4]).strip()
    return line[:limit] or None


def plain(text: str | None) -> str | None:
    """A title as text: some feeds escape HTML into it."""
    if text and ("<" in text or "&" in text):
        text = html.unescape(_TAGS.sub(" ", text[: MAX_TITLE * 4]))
    return one_line(text, MAX_TITLE)


def absolute(base: str, reference: str | None) -> str | None:
    """The absolute http(s) URL without fragment, or None for anything else. Never raises."""
    if not reference:
        return None
    cleaned = re.sub(r"[\t\r\n]", "", reference).strip().replace("&amp;", "&").replace(" ", "%20")
    if not cleaned or len(cleaned) > MAX_URL or cleaned.startswith("#"):
        return None
    try:
        url = urljoin(base, cleaned).partition("#")[0]
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    fit = parts.scheme in {"http", "https"} and parts.hostname and parts.username is None
    return url if fit and len(url) <= MAX_URL and "\\" not in url else None
