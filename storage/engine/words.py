"""The words of a text as the index holds them, and as a query asks for them. Pure.

One form for what people take for the same: ``kỹ`` and ``kĩ``, ``hoà`` and ``hòa``; ``1.000`` and
``1000``, ``03`` and ``3``; letters and digits are parted: ``4471QĐ`` is ``4471`` and ``qd``.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import TYPE_CHECKING

from storage.spelling import exact_spellings, folded_spellings
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.engine.clauses import Phrase

_WORD = re.compile(r"[^\W\d_]+|\d+")
_DIGIT = re.compile(r"\d")
# What stands before is looked at behind the first digit: so only digits are tried.
_THOUSANDS = re.compile(r"\d(?<![\d.,].)\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*(?![.,]?\d)")
_ZERO = re.compile(r"0(?<![\d.,].)(?=\d(?!\d))")
_NUMBER = re.compile(r"\d+")
_HYPHENS = re.compile("[-\u2010\u2011]")
_JOINED = re.compile("(?<![\\w/-])[^\\W\\d_]+(?:[-\u2010\u2011][^\\W\\d_]+)+(?![\\w/-])")
_TYPOGRAPHY = "–—…“”‘’«»•·"
_OTHER_SCRIPT = re.compile("[^\x00-\u036f\u1e00-\u1eff\u2000-\u206f\u20ab]")
_ASCII_WORDS = bytes(code if code < 0x80 and chr(code).isalnum() else 0x20 for code in range(256))


def split_words(text: str) -> list[str]:
    """Return the words of a text in lower case or folded, each number in one form."""
    text = part_numbers(text)
    if text.isascii():
        return text.encode().translate(_ASCII_WORDS).decode().split()
    return _WORD.findall(text)


def part_numbers(text: str) -> str:
    """Return a text with each number in one form and as a word of its own."""
    if not _DIGIT.search(text):
        return text
    text = _THOUSANDS.sub(lambda found: found[0].replace(found[1], ""), text)
    return _NUMBER.sub(r" \g<0> ", _ZERO.sub("", text))


def folded_words(text: str) -> list[str]:
    """Return the words without accents, in the spelling that stands for all."""
    return list(map(folded_form, split_words(fold_fast(text))))


def stands_in(phrase: Phrase, texts: Iterable[str]) -> bool:
    """Return whether the words of a phrase stand side by side in one of the texts."""
    sought = f" {' '.join(phrase.words)}" + ("" if phrase.prefix else " ")
    return any(sought in f" {' '.join(folded_words(text))} " for text in texts)


def accented_words(text: str) -> set[str]:
    """Return the words that have accents, in the spelling that stands for all."""
    return {word for joined in set(_lower(text).split()) for word in _accented(joined)}


@functools.lru_cache(maxsize=1 << 16)
def _accented(joined: str) -> tuple[str, ...]:
    if joined.isascii():
        return ()
    return tuple(exact_form(word) for word in _WORD.findall(joined) if not word.isascii())


def joined_words(text: str) -> list[str]:
    """Return hyphenated words as one word each: ``start-up`` is also ``startup``."""
    if "-" not in text and "\u2010" not in text and "\u2011" not in text:
        return []
    parts = [p for p in text.split() if "-" in p or "\u2010" in p or "\u2011" in p]
    joined = " ".join(parts)
    return [fold_fast(_HYPHENS.sub("", match[0])) for match in _JOINED.finditer(joined)]


def fold_fast(text: str) -> str:
    """Return what ``storage.text.fold`` does, but typographic marks end words; sooner."""
    lower = _lower(text)
    if lower.isascii():
        return lower
    if _OTHER_SCRIPT.search(lower):
        return fold(lower)
    plain = unicodedata.normalize("NFD", lower.replace("đ", "d"))
    return plain.encode("ascii", "ignore").decode()


def _lower(text: str) -> str:
    """Lower case, NFC, typographic marks as spaces."""
    lower = unicodedata.normalize("NFC", text).lower()
    if lower.isascii():
        return lower
    for mark in _TYPOGRAPHY:
        lower = lower.replace(mark, " ")
    return lower


@functools.lru_cache(maxsize=1 << 16)
def folded_form(word: str) -> str:
    """Return the spelling that stands for a folded word and its other spelling."""
    return min(folded_spellings(word))


@functools.lru_cache(maxsize=1 << 16)
def exact_form(word: str) -> str:
    """Return the spelling that stands for a word with accents and its other spellings."""
    return word if word.isascii() else min(exact_spellings(word))


def name_form(name: str) -> str:
    """Return what makes two names of a section or an author equal."""
    return "_".join(folded_words(name)) or fold(name)
