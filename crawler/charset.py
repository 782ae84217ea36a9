"""Bytes of a page to text, whatever the headers say. Pure.

The order is: byte order mark, valid UTF-8 (bytes that decode as UTF-8 are UTF-8, whatever was
declared), what the HTTP header and the page declare, and a detector. Vietnamese pages older than
about 2008 use windows-1258 or one of the "font" encodings TCVN3 (ABC), VNI and VISCII, which
declare themselves as Latin-1 or even UTF-8; those are recognised by the words they spell.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from charset_normalizer import from_bytes

from storage.text import unpile

if TYPE_CHECKING:
    from collections.abc import Callable

_LATIN_LETTER = re.compile("[\xa1-\xff]")
_UNIQUE_LETTER = re.compile("[\u1ea0-\u1ef9\u01b0\u01a1]")
"""Letters that only Vietnamese has: where they are, nothing needs undoing."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_HEAD = 4096
"""How far into a page its declaration is looked for, in bytes."""
_SAMPLE = 12_000
"""How much of a page the detectors read, in characters or bytes."""

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
_LATIN = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252",
          "us-ascii": "cp1252", "x-user-defined": "cp1252", "utf8": "utf-8"}  # fmt: skip

_VISCII_LOW = {2: "Ẳ", 5: "Ẵ", 6: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
_VISCII_HIGH = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_TCVN3 = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ", 0xB5: "àảãáạ", 0xBB: "ằẳẵắ", 0xC6: "ặầẩẫấậè", 0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò", 0xE1: "ỏõóọồổỗốộờởỡớợù", 0xF1: "ủũúụừửữứựỳỷỹýỵ",
}  # fmt: skip
_VNI_A = {"ù": "á", "ø": "à", "û": "ả", "õ": "ã", "ï": "ạ", "â": "â", "á": "ấ", "à": "ầ", "å": "ẩ",
          "ã": "ẫ", "ä": "ậ", "ê": "ă", "é": "ắ", "è": "ằ", "ú": "ẳ", "ü": "ẵ", "ë": "ặ"}  # fmt: skip
_VNI_E = {"ù": "é", "ø": "è", "û": "ẻ", "õ": "ẽ", "ï": "ẹ", "â": "ê", "á": "ế", "à": "ề", "å": "ể",
          "ã": "ễ", "ä": "ệ"}  # fmt: skip
_VNI_O = {"ù": "ó", "ø": "ò", "û": "ỏ", "õ": "õ", "ï": "ọ", "â": "ô", "á": "ố", "à": "ồ", "å": "ổ",
          "ã": "ỗ", "ä": "ộ"}  # fmt: skip
_VNI_TONES = {
    "a": _VNI_A, "e": _VNI_E, "o": _VNI_O,
    "u": {"ù": "ú", "ø": "ù", "û": "ủ", "õ": "ũ", "ï": "ụ"},
    "y": {"ù": "ý", "ø": "ỳ", "û": "ỷ", "õ": "ỹ"},
    "ô": {"ù": "ớ", "ø": "ờ", "û": "ở", "õ": "ỡ", "ï": "ợ"},
    "ö": {"ù": "ứ", "ø": "ừ", "û": "ử", "õ": "ữ", "ï": "ự"},
}  # fmt: skip
_VNI_SINGLE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


_HIGH_BYTES = bytes(128) + b"\x01" * 128
_RUN = b"\x01" * 33
"""So many bytes in a row that are not ASCII: only then can marks be piled on a letter. To look for
them so costs a tenth of what looking at the text does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A page as text, and how its encoding was found."""

    text: str
    """NFC, without byte order mark and NULs."""
    encoding: str
    how: str
    """``bom``, ``valid utf-8``, ``header``, ``page``, ``words`` or ``detected``."""


def decode_page(body: bytes, content_type: str | None = None) -> Decoded:
    """The text of a page. Never raises: what cannot be decoded becomes U+FFFD."""
    text, encoding, how = _decode(body, content_type)
    if how != "bom":
        text, encoding, how = _undo_font(text, encoding, how)
    if not text.isascii():
        if how == "bom" or "16" in encoding or _RUN in body.translate(_HIGH_BYTES):
            text = unpile(text)
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
    return Decoded(text=text.replace("\0", ""), encoding=encoding, how=how)


def _decode(body: bytes, content_type: str | None) -> tuple[str, str, str]:
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace"), encoding, "bom"
    try:
        return body.decode("utf-8"), "utf-8", "valid utf-8"
    except UnicodeDecodeError as error:
        spoilt = error.start
    utf16 = _guess_utf16(body)
    if utf16:
        return body.decode(utf16, "replace"), utf16, "detected"
    text = body.decode("utf-8", "replace")
    if _mostly_utf8(text, spoilt, len(body)):
        return text, "utf-8", "detected"
    return _decode_legacy(body, content_type)


def _guess_utf16(body: bytes) -> str | None:
    """Text of Latin letters in UTF-16 is a NUL in every second byte."""
    head = body[:2000]
    if head.count(0) * 3 < len(head) or not head:
        return None
    return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"


def _mostly_utf8(text: str, spoilt: int, size: int) -> bool:
    """A truncated or slightly damaged UTF-8 page is still one: many good letters, few bad."""
    bad = text.count("\ufffd")
    good = sum(1 for letter in text[:_SAMPLE] if letter > "\x7f") - bad
    return spoilt >= size - 3 or good > 10 * bad


def _decode_legacy(body: bytes, content_type: str | None) -> tuple[str, str, str]:
    tried: list[tuple[str, str, str]] = []
    for name, how in _declared(body, content_type):
        text = _try(body, name)
        if text is not None:
            tried.append((text, name, how))
    for name, read in _VIETNAMESE.items():
        tried.append((read(body), name, "words"))
    best = max(tried, key=lambda one: _spell(one[0]))
    if _spell(best[0]) > 0.02:
        return best
    if tried[0][2] != "words":
        return tried[0]
    guess = from_bytes(body[:_SAMPLE]).best()
    name = guess.encoding if guess else "cp1252"
    return body.decode(name, "replace"), name, "detected"


def _declared(body: bytes, content_type: str | None) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    places = ((content_type or "").encode("ascii", "ignore"), "header"), (body[:_HEAD], "page")
    for where, how in places:
        match = _DECLARED.search(where)
        if match:
            name = match[1].decode("ascii").lower()
            found.append((_LATIN.get(name, name), how))
    return found


def _try(body: bytes, name: str) -> str | None:
    try:
        info = codecs.lookup(name)
    except LookupError:
        return None
    # Not every codec is one of text: "hex" and "zlib" are codecs too.
    if not getattr(info, "_is_text_encoding", True) or info.name == "utf-8":
        return None
    try:
        return body.decode(name, "replace")
    except (LookupError, UnicodeError, ValueError):
        return None


def _spell(text: str) -> float:
    """Which share of the words are common Vietnamese ones. Markup is the same in every reading."""
    words = _WORD.findall(unicodedata.normalize("NFC", unpile(text[:_SAMPLE])).lower())
    marked = [word for word in words if not word.isascii()]
    if not marked:
        return 0.0
    known = sum(1 for word in marked if word in _WORDS)
    damaged = text[:_SAMPLE].count("\ufffd")
    return max(0.0, known / len(marked) - damaged / (len(marked) + damaged))


def _undo_font(text: str, encoding: str, how: str) -> tuple[str, str, str]:
    """Font encodings survive a conversion to UTF-8: the letters are Latin-1, the words nonsense."""
    sample = text[len(text) // 3 :][:_SAMPLE]
    if sample.isascii() or len(_UNIQUE_LETTER.findall(sample)) > 10:
        return text, encoding, how
    latin = len(_LATIN_LETTER.findall(sample))
    if latin < 40 or latin < len(sample) / 400 or _spell(sample) > 0.02:
        return text, encoding, how
    readings: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("tcvn3", _read_tcvn3),
        ("vni", _read_vni),
    )
    name, read = max(readings, key=lambda one: _spell(one[1](sample)))
    return (read(text), name, "words") if _spell(read(sample)) > 0.08 else (text, encoding, how)


def _table(codec: str) -> dict[int, str]:
    table: dict[int, str] = {}
    for start, letters in _TCVN3.items():
        table.update({start + index: letter for index, letter in enumerate(letters)})
    return {ord(bytes([byte]).decode(codec, "ignore") or chr(byte)): c for byte, c in table.items()}


def _vni_pairs() -> dict[str, str]:
    pairs: dict[str, str] = {}
    for base, tones in _VNI_TONES.items():
        for mark, letter in tones.items():
            pairs[base + mark] = letter
            pairs[base.upper() + mark.upper()] = letter.upper()
            pairs[base.upper() + mark] = letter.upper()
    for mark, letter in _VNI_SINGLE.items():
        pairs[mark] = letter
        pairs[mark.upper()] = letter.upper()
    return pairs


_TCVN3_TABLE = _table("cp1252")
_VNI_PAIRS = _vni_pairs()
_VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, _VNI_PAIRS), key=len, reverse=True)))
_VISCII_TABLE = [
    _VISCII_LOW.get(byte) or (chr(byte) if byte < 128 else _VISCII_HIGH[byte - 128])
    for byte in range(256)
]


def _read_tcvn3(text: str) -> str:
    return text.translate(_TCVN3_TABLE)


def _read_vni(text: str) -> str:
    return _VNI_PATTERN.sub(lambda found: _VNI_PAIRS[found[0]], text)


def _read_single(body: bytes, codec: str) -> str:
    return body.decode(codec, "replace")


def _read_cp1252(body: bytes) -> str:
    """windows-1252 without its five holes, as browsers read it."""
    return body.decode("latin-1").translate(_CP1252)


_CP1252 = {byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(128, 160)}

_VIETNAMESE: dict[str, Callable[[bytes], str]] = {
    "windows-1258": partial(_read_single, codec="cp1258"),
    "tcvn3": lambda body: _read_tcvn3(_read_cp1252(body)),
    "vni": lambda body: _read_vni(_read_cp1252(body)),
    "viscii": lambda body: "".join(map(_VISCII_TABLE.__getitem__, body)),
}
"""Name -> how to read it, in the order in which equal readings are preferred."""
