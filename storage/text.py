"""The normal form of Vietnamese text, and what matches what.

``normalize`` and ``normalize_body`` decide how text is stored, ``fold`` decides which texts
a search without accents takes for equal, ``printable`` makes scraped text harmless on a
terminal. All four are pure, total over any ``str`` and idempotent.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUALITY = "\u0302\u0306\u031b"
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff"
)

_BREAKS = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_DROPPED = re.compile(f"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff{_BIDI}{_INVISIBLE}]")
_MISORDERED = re.compile(f"(?<![{_TONES}])([{_TONES}]++)([{_QUALITY}]++)")
_MARK = re.compile("[\u0300-\u036f]")
_PILED = re.compile("([\u0300-\u036f]{8})[\u0300-\u036f]++")
_CROWD = re.compile(r"[^\x00-\x7f\w\s]{33,}")
_ASCII = bytes(range(0x80))
MAX_MARKS = 8
"""Marks on one letter that are kept; no language has more."""
_PARAGRAPHS = re.compile(r"\n\s*\n")

_ETHS = "\u00d0\u0189\u00f0\u0256"
_ETH = re.compile(f"[{_ETHS}]")
_VIETNAMESE = (
    "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"
)
_WORD_START = re.compile(rf"(?<!\w)[{_ETHS}](?=[{_VIETNAMESE}{_VIETNAMESE.upper()}{_ETHS}])")
_ANY_D = re.compile("[đ\u00f0\u0256]")
_CONSONANTS = re.compile(rf"(?<!\w)[BCDĐGHKLMNPQRSTVX{_ETHS[:2]}]++(?!\w)")
_D_FOR_ETH = str.maketrans({"\u00d0": "Đ", "\u0189": "Đ", "\u00f0": "đ", "\u0256": "đ"})

_ABROAD = "".join(
    letter
    for letter in map(chr, range(0xC0, 0x180))
    if letter.isalpha() and letter not in _ETHS and len(letter.lower()) == 1
)
"""Letters of other languages in Latin script, each of them one code point in its normal form."""
_ACCENTED = _VIETNAMESE + _VIETNAMESE.upper() + _ABROAD
_SEEN = "\u00a0©«»®°·×–—‘’‚“”„•…″"
_SIGNS = "\u00a0-\u00ac\u00ae-\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e"
_UNUSUAL = re.compile(f"[^\t\n -~{_ACCENTED}{_SIGNS}]")
"""What a text must hold before its normal form takes more than white space. All else is composed,
visible, and lower case or bare by itself."""
_BARE = {
    letter: "d" if letter == "đ" else unicodedata.normalize("NFD", letter)[0]
    for letter in (*_ABROAD, *_VIETNAMESE)
}
_COMMON = "".join(
    dict.fromkeys(
        letter
        for letter in (*"\0\t\n\r", *map(chr, range(0x20, 0x7F)), *_BARE, *_SEEN)
        if letter == letter.lower()
    )
).ljust(256, "\ufffe")
"""Letters and signs of nearly all lines, in lower case: as many as a byte tells apart."""
_CODES = codecs.charmap_build(_COMMON)
_FOLDED = "".join(_BARE.get(letter, letter) for letter in _COMMON)
"""What each of them is without marks."""
_SPELT = "".join(sign if sign.isalnum() or sign == "_" else " " for sign in _FOLDED)
"""The same with a space for each sign that is part of no word."""
_WORD = re.compile(r"\w+")
CACHED_LENGTH = 80
"""Characters up to which a folded text is remembered: menus and boxes come again on every page."""

_UNSAFE = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_BIDI}{_INVISIBLE}]")


def normalize(text: str) -> str:
    """One line of text as the archive stores it.

    NFC with Vietnamese marks in their order (quality before tone); ``Đ`` where a page wrote
    the look-alike Eth (U+00D0) or African D in a Vietnamese word; no control, bidi,
    zero-width or surrogate code points, no letter with more than
    eight marks; every run of white space one space, none at the ends. Spelling, tone
    placement included, stays as published.
    """
    if not (text.isascii() and text.isprintable()) and _UNUSUAL.search(text):
        text = unpile(_PILED.sub(r"\1", _DROPPED.sub("", _BREAKS.sub(" ", text))))
        text = _repair_d(_compose(text))
    return " ".join(text.split())


def normalize_body(text: str) -> str:
    """Paragraphs as the archive stores them: each normalised, joined by one blank line.

    Paragraphs are separated by blank lines (or U+2029); a single line break is a space.
    """
    if _UNUSUAL.search(text):
        text = _BREAKS.sub("\n", text.replace("\u2029", "\n\n"))
        paragraphs = (normalize(part) for part in _PARAGRAPHS.split(text))
    else:
        paragraphs = (" ".join(part.split()) for part in _PARAGRAPHS.split(text))
    return "\n\n".join(part for part in paragraphs if part)


def fold(text: str) -> str:
    """What a search without accents compares: lower case, no marks, ``d`` for ``đ``.

    Neither ``hoà``/``hòa`` nor composed/decomposed input makes a difference. White space and
    punctuation are kept.
    """
    if text.isascii():
        return text.lower()
    return _fold(text) if len(text) > CACHED_LENGTH else _fold_short(text)


def _fold(text: str) -> str:
    try:
        # A table for bytes is ten times as fast as one for letters.
        return codecs.charmap_decode(
            codecs.charmap_encode(text.lower(), "strict", _CODES)[0], "strict", _FOLDED
        )[0]
    except UnicodeEncodeError:
        return _fold_unusual(text)


def fold_words(text: str) -> list[str]:
    """Return the words of a text, folded, without the signs between them."""
    try:
        codes = codecs.charmap_encode(text.lower(), "strict", _CODES)[0]
    except UnicodeEncodeError:
        return _WORD.findall(fold(text))
    return codecs.charmap_decode(codes, "strict", _SPELT)[0].split()


_fold_short = lru_cache(maxsize=4096)(_fold)


def _fold_unusual(text: str) -> str:
    base = _MARK.sub("", unicodedata.normalize("NFD", unpile(_PILED.sub(r"\1", text.lower()))))
    folded = _ANY_D.sub("d", unicodedata.normalize("NFC", base))
    return folded if folded == text else fold(folded)


def unpile(text: str) -> str:
    """No letter with more than ``MAX_MARKS`` marks of any script.

    Composing sorts the marks of a letter in quadratic time: a page of one letter would take hours.
    """
    beyond = text.encode("utf-8", "surrogatepass").translate(None, _ASCII)
    if not _CROWD.search(beyond.decode("utf-8", "surrogatepass")):
        return text
    return _CROWD.sub(lambda found: "".join(_few_marks(found[0])), text)


def _few_marks(run: str) -> Iterator[str]:
    marks = 0
    for letter in run:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks <= MAX_MARKS:
            yield letter


def printable(text: str, *, lines: bool = False) -> str:
    """Text that cannot act on a terminal: controls, bidi and invisible characters shown as
    ``\\x1b`` or ``\\u202e``. Line breaks too, unless ``lines`` asks to keep ``\\n``.
    """
    return _UNSAFE.sub(lambda found: _keep_line(found[0]) if lines else _shown(found[0]), text)


def _compose(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    if composed.isascii() or not _MARK.search(composed):
        return composed
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", _MISORDERED.sub(r"\2\1", decomposed))


def _repair_d(text: str) -> str:
    """Icelandic never starts a word with Eth and has no words without vowels: those stay."""
    if not _ETH.search(text):
        return text
    text = _WORD_START.sub(lambda found: found[0].translate(_D_FOR_ETH), text)
    return _CONSONANTS.sub(lambda found: found[0].translate(_D_FOR_ETH), text)


def _keep_line(character: str) -> str:
    return character if character == "\n" else _shown(character)


def _shown(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
