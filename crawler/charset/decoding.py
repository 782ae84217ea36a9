"""Bytes of pages, feeds and sitemaps to text, whatever the headers say. Pure.

The order is: byte order mark, valid UTF-8 (bytes that decode as UTF-8 are UTF-8, whatever was
declared), what the HTTP header and the page declare, and a detector. Vietnamese pages older than
about 2008 use windows-1258 or one of the "font" encodings TCVN3 (ABC), VNI and VISCII, which
declare themselves as Latin-1 or even UTF-8; those are recognised by the words they spell.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from charset_normalizer import from_bytes

from crawler.charset.fonts import as_browsers_read, read_tcvn3, read_viscii, read_vni
from storage.text import unpile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LATIN_LETTER = re.compile("[\xa1-\xff]")
_UNIQUE_LETTER = re.compile("[\u1ea0-\u1ef9\u01b0\u01a1]")
"""Letters that only Vietnamese has."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_XML = re.compile(
    rb"\s*<\?xml[^<>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE
)
_HEAD = 4096
"""How far into a page its declaration is looked for, in bytes."""
_STEP = 1024 * 1024
"""Bytes that are decoded at a time where the whole text is not needed."""
_SAMPLE = 12_000
"""How much of a page the detectors read, in characters or bytes."""
_GLANCE = 3000
"""Bytes in which most pages in Vietnamese show that they need no detector."""

_WORDS = frozenset(
    [
        "và",
        "của",
        "các",
        "là",
        "có",
        "được",
        "trong",
        "cho",
        "những",
        "người",
        "không",
        "với",
        "đã",
        "này",
        "một",
        "đến",
        "tại",
        "tỉnh",
        "về",
        "để",
        "theo",
        "trên",
        "ông",
        "bà",
        "năm",
        "ngày",
        "từ",
        "nhân",
        "dân",
        "xã",
        "huyện",
        "thành",
        "phố",
        "công",
        "việc",
        "hội",
        "đồng",
        "việt",
        "nam",
        "nước",
    ]
)
"""Words that every Vietnamese text is full of."""
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = {
    **dict.fromkeys(("iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii"), "cp1252"),
    "x-user-defined": "cp1252",
    "utf8": "utf-8",
}
"""What browsers read under a name: https://encoding.spec.whatwg.org/#names-and-labels"""

_ASCII = bytes(range(128))
_COMMON_LETTERS = (
    *(*range(0xA0, 0x100), 0x102, 0x103, 0x110, 0x111, 0x128, 0x129, 0x168, 0x169),
    *(*range(0x1A0, 0x1A2), *range(0x1AF, 0x1B1), *range(0x1EA0, 0x1EFA)),
    *(*range(0x2010, 0x2027), 0x2030, 0x20AC, 0x2122),
)
"""Code points of Western Europe and Vietnam, and of the signs of their texts."""


class How(StrEnum):
    """What an encoding was found by, in the order in which it is believed."""

    BOM = "bom"
    VALID = "valid utf-8"
    HEADER = "header"
    PAGE = "page"
    WORDS = "words"
    DETECTED = "detected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Charset:
    """The encoding of a document."""

    name: str
    """A Python codec, or ``tcvn3``, ``vni`` or ``viscii``."""
    how: How
    codec: str
    """The Python codec that reads the bytes."""
    letters: Callable[[str], str] | None = None
    """What makes Vietnamese letters of the characters the codec gives, for font encodings."""
    skip: int = 0
    """Bytes of the byte order mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A document as text, and how its encoding was found."""

    text: str
    encoding: str
    how: How
    raw: bytes | None = None
    """The bytes themselves, where they are this text in UTF-8: parsers need not encode it again."""


def decode_page(body: bytes, content_type: str | None = None) -> Decoded:
    """Return the text of an article's page in NFC, without byte order mark and NULs.

    Never raises: what cannot be decoded becomes U+FFFD.
    """
    decoded = decode(body, content_type)
    text = decoded.text
    raw = body if decoded.how is How.VALID else text.encode("utf-8", "replace")
    if not (text.isascii() or _is_composed(raw)):
        text = unicodedata.normalize("NFC", unpile(text))
    if b"\0" in body:
        text = text.replace("\0", "")
    return replace(decoded, text=text, raw=body if text is decoded.text and raw is body else None)


def _is_composed(raw: bytes) -> bool:
    """Whether each letter of a text in UTF-8 is its own NFC, whatever stands in front of it.

    Asked of the text's letters beyond ASCII only, each once: an eighth of the cost of asking the
    whole text.
    """
    letters = raw.translate(None, _ASCII).decode()
    try:
        codecs.charmap_encode(letters, "strict", _COMPOSED)
    except UnicodeEncodeError:
        return all(map(_stands_alone, set(letters)))
    return True


@lru_cache(maxsize=4096)
def _stands_alone(letter: str) -> bool:
    """Whether a letter is composed and no mark, Hangul vowel or final, all of which join what
    stands in front of them."""
    if "\ufe00" <= letter <= "\ufe0f":
        # What chooses between two faces of an emoji joins nothing.
        return True
    joins = unicodedata.category(letter)[0] == "M" or "\u1100" <= letter <= "\u11ff"
    return not joins and unicodedata.is_normalized("NFC", letter)


_COMPOSED = codecs.charmap_build(
    # Tables that begin with NUL and have 256 signs are the fast ones.
    "".join(["\0", *filter(_stands_alone, map(chr, _COMMON_LETTERS))]).ljust(256, "\ufffe")
)
"""The letters that nearly all pages are written with: to encode by this table tells in a third of
the time of listing them that a page has no others."""


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """Return the text of a page, feed, sitemap or robots.txt, without byte order mark.

    Its letters stay composed as they are, so that addresses in it stay what the site wrote.
    Never raises: what cannot be decoded becomes U+FFFD.
    """
    whole = None if _starts_with_bom(body) else _read_valid(body)
    if whole is not None:
        # Nearly every page: it is decoded once, and not once more to learn whether it can be.
        charset, text = _undo_font(body, _plain("utf-8", How.VALID)), whole
    else:
        charset = find_charset(body, content_type)
        text = body[charset.skip :].decode(charset.codec, "replace")
    if charset.letters:
        text = charset.letters(text)
    return Decoded(text=text, encoding=charset.name, how=charset.how)


def _starts_with_bom(body: bytes) -> bool:
    return body.startswith(tuple(bom for bom, _ in _BOMS))


def _read_valid(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def decode_steps(body: bytes, content_type: str | None = None) -> Iterator[str]:
    """Yield the same text in pieces, so that no more than a piece of it is held in memory."""
    charset = find_charset(body, content_type)
    decoder = codecs.getincrementaldecoder(charset.codec)("replace")
    view = memoryview(body)[charset.skip :]
    held = ""
    for place in range(0, len(view), _STEP):
        is_last = place + _STEP >= len(view)
        text = held + decoder.decode(view[place : place + _STEP], is_last)
        held = ""
        if charset.letters:
            # A letter of two characters is not cut in two: pieces end where a word does.
            cut = len(text) if is_last else max(0, text.rfind("<"), text.rfind(" "))
            text, held = charset.letters(text[:cut]), text[cut:]
        yield text


def find_charset(body: bytes, content_type: str | None = None) -> Charset:
    """Return the encoding of a document. ``content_type`` is the HTTP header's value."""
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return Charset(name=encoding, codec=encoding, how=How.BOM, skip=len(bom))
    charset = _guess_utf(body) or _find_legacy(body, content_type)
    return charset if charset.letters else _undo_font(body, charset)


def _guess_utf(body: bytes) -> Charset | None:
    damage = _first_damage(body)
    if damage is None:
        return _plain("utf-8", How.VALID)
    utf16 = _guess_utf16(body)
    if utf16:
        return _plain(utf16, How.DETECTED)
    return _plain("utf-8", How.DETECTED) if _mostly_utf8(body, damage) else None


def _plain(name: str, how: How) -> Charset:
    return Charset(name=name, codec=name, how=how)


def _first_damage(body: bytes) -> int | None:
    """Return where the bytes stop to be UTF-8, in steps: text takes up to four times more."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for place in range(0, len(body), _STEP):
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(body[place : place + _STEP], place + _STEP >= len(body))
        except UnicodeDecodeError as error:
            return place - pending + error.start
    return None


def _guess_utf16(body: bytes) -> str | None:
    """Text of Latin letters in UTF-16 is a NUL in every second byte."""
    head = body[:2000]
    if head.count(0) * 3 < len(head) or not head:
        return None
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"


def _mostly_utf8(body: bytes, damage: int) -> bool:
    """A truncated or slightly damaged UTF-8 page is still one: many good letters, few bad."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    good = bad = 0
    for place in range(0, len(body), _STEP):
        text = decoder.decode(body[place : place + _STEP])  # a letter cut at the end is no damage
        bad += text.count("\ufffd")
        if place == 0:
            good = sum(1 for letter in text[:_SAMPLE] if letter > "\x7f")
    return damage >= len(body) - 3 or good - bad > 10 * bad


def _find_legacy(body: bytes, content_type: str | None) -> Charset:
    sample = body[: 4 * _SAMPLE]
    declared = [
        _plain(name, how) for name, how in _declared(body, content_type) if _is_text_codec(name)
    ]
    tried = [*declared, *_VIETNAMESE]
    best = max(tried, key=lambda one: _spell(_read(sample, one)))
    if _spell(_read(sample, best)) > 0.02:
        return best
    if declared:
        return declared[0]
    guess = from_bytes(body[:_SAMPLE]).best()
    return _plain(guess.encoding if guess else "cp1252", How.DETECTED)


def _read(body: bytes, charset: Charset) -> str:
    text = body.decode(charset.codec, "replace")
    return charset.letters(text) if charset.letters else text


def _declared(body: bytes, content_type: str | None) -> list[tuple[str, How]]:
    head = body[:_HEAD]
    said = (
        (_DECLARED.search((content_type or "").encode("ascii", "ignore")), How.HEADER),
        (_XML.match(head) or _DECLARED.search(head), How.PAGE),
    )
    names = ((match[1].decode("ascii").lower(), how) for match, how in said if match)
    return [(_LATIN.get(name, name), how) for name, how in names]


def _is_text_codec(name: str) -> bool:
    try:
        info = codecs.lookup(name)
        b"a".decode(name, "replace")
    except (LookupError, UnicodeError, ValueError):
        return False
    # UTF-16 without its zero bytes is a lie, and what is not valid UTF-8 is not UTF-8.
    return not info.name.startswith(("utf-8", "utf-16", "utf-32"))


def _spell(text: str) -> float:
    """Which share of the words are common Vietnamese ones. Markup is the same in every reading."""
    words = _WORD.findall(unicodedata.normalize("NFC", unpile(text[:_SAMPLE])).lower())
    marked = [word for word in words if not word.isascii()]
    if not marked:
        return 0.0
    known = sum(1 for word in marked if word in _WORDS)
    damaged = text[:_SAMPLE].count("\ufffd")
    return max(0.0, known / len(marked) - damaged / (len(marked) + damaged))


def _sample(body: bytes, codec: str) -> str:
    """The first characters; few bytes of most pages hold so many."""
    text = body[: 3 * _SAMPLE // 2].decode(codec, "replace")
    if len(text) <= _SAMPLE:
        text = body.decode(codec, "replace")
    return text[:_SAMPLE]


def _is_vietnamese(text: str) -> bool:
    """Whether a text has letters that only Vietnamese in Unicode has: nothing needs undoing."""
    return len(_UNIQUE_LETTER.findall(text)) > 10


def _undo_font(body: bytes, charset: Charset) -> Charset:
    """Font encodings survive a conversion to UTF-8: the letters are Latin-1, the words nonsense."""
    third = len(body) // 3
    if _is_vietnamese(body[third : third + _GLANCE].decode(charset.codec, "replace")):
        return charset
    sample = _sample(body[third : third + 4 * _SAMPLE], charset.codec)
    letters = sample.encode("utf-8", "replace").translate(None, _ASCII).decode()
    if not letters or _is_vietnamese(letters):
        return charset
    latin = len(_LATIN_LETTER.findall(letters))
    if latin < 40:
        return charset
    # Only words with such letters count, and markup has none.
    words = " ".join([word for word in sample.split() if not word.isascii()])
    if _spell(words) > 0.02:
        return charset
    shares = {name: _spell(reader(words)) for name, reader in _FONTS.items()}
    name = max(shares, key=shares.__getitem__)
    if shares[name] <= 0.08:
        return charset
    return replace(charset, name=name, letters=_FONTS[name], how=How.WORDS)


_FONTS: dict[str, Callable[[str], str]] = {"tcvn3": read_tcvn3, "vni": read_vni}
"""Encodings that survive a conversion to UTF-8."""


def _font(name: str, letters: Callable[[str], str]) -> Charset:
    return Charset(name=name, codec="latin-1", letters=letters, how=How.WORDS)


_VIETNAMESE = (
    _plain("windows-1258", How.WORDS),
    _font("tcvn3", lambda text: read_tcvn3(as_browsers_read(text))),
    _font("vni", lambda text: read_vni(as_browsers_read(text))),
    _font("viscii", read_viscii),
)
"""Encodings of Vietnamese before Unicode, in the order in which equal readings are preferred."""
