"""What a text is, in a few bytes: a digest for "the same", a signature for "nearly the same". Pure.

The signature is a MinHash by one permutation (Li, Owen, Zhang: "One Permutation Hashing", 2012):
each shingle of five folded syllables is hashed once and falls into one of 64 bins by its upper
bits; a bin keeps its least value. Empty bins borrow from the next full one, as in Shrivastava
and Li, "Densifying One Permutation Hashing" (2014). 16 bits of each bin are stored.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from functools import lru_cache
from itertools import accumulate

from storage.text import fold, normalize

SHINGLE = 5
"""Syllables in a shingle: about two and a half words, so stock phrases alone make no copy."""
BINS = 64
SIGNATURE_BYTES = 2 * BINS

_SYLLABLE = re.compile(r"\w+")
_MIX = 0x9E3779B97F4A7C15  # 2**64 / golden ratio: Knuth's multiplicative hash
_MASK = 0xFFFFFFFFFFFFFFFF


def content_digest(title: str, summary: str | None, body: str) -> str:
    """Return the SHA-256 (hex) of title, summary and body in normal form.

    White space, paragraph breaks and the spelling of accents do not count; every letter,
    figure and mark of the three fields does. Nothing else of a page can change it.
    """
    return text_digest(normalize(title), normalize(summary or ""), normalize(body))


def text_digest(*fields: str) -> str:
    """Return the SHA-256 (hex) of fields that are in normal form already."""
    return hashlib.sha256("\x1f".join(fields).encode("utf-8", "surrogatepass")).hexdigest()


def syllables(text: str) -> list[str]:
    """Return the folded syllables and numbers of a text, in order."""
    return _SYLLABLE.findall(fold(text))


def shingles(words: list[str], size: int = SHINGLE) -> set[int]:
    """Return 64-bit hashes of all runs of ``size`` syllables; a shorter text is one run."""
    if not words:
        return set()
    joined = " ".join(words)
    data = joined.encode()
    sizes = map(len, words if joined.isascii() else (word.encode() for word in words))
    ends = list(accumulate(size + 1 for size in sizes))
    starts = [0, *ends[: max(0, len(words) - size)]]
    lasts = ends[size - 1 :] or ends[-1:]
    crc = zlib.crc32
    # One pass over the joined bytes: a run is a slice of them.
    return {
        (crc(data[start : last - 1]) + 1) * _MIX & _MASK
        for start, last in zip(starts, lasts, strict=True)
    }


def runs_of(summary: str | None, body: str) -> frozenset[int]:
    """Return the shingles of a lead and the text below it, as of one text."""
    first, runs, is_short = _read(body)
    words = syllables(summary) if summary else []
    if not words:
        return runs
    # Each run of both either begins in the lead or is one of the body's.
    begun = shingles([*words, *first])
    return frozenset(begun) if is_short else runs | begun


@lru_cache(maxsize=4)
def _read(body: str) -> tuple[list[str], frozenset[int], bool]:
    """Return what runs begun before a text reach into, its shingles, and whether it has but one.

    Remembered, as an article is asked for its signature and then for its runs.
    """
    words = syllables(body)
    return words[: SHINGLE - 1], frozenset(shingles(words)), len(words) < SHINGLE


def signature(body: str) -> bytes:
    """Return 128 bytes that stay alike where texts are alike; empty for a text without words."""
    _, hashes, _ = _read(body)
    if not hashes:
        return b""
    least: list[int | None] = [None] * BINS
    for value in hashes:
        place = value >> 58
        kept = least[place]
        if kept is None or value < kept:
            least[place] = value
    return struct.pack(f">{BINS}H", *_densified(least))


def _densified(least: list[int | None]) -> list[int]:
    """Fill empty bins from the next full one, telling borrowed values apart by distance."""
    filled = []
    for place in range(BINS):
        distance = 0
        while (value := least[(place + distance) % BINS]) is None:
            distance += 1
        # The middle bits: the upper six name the bin, the lowest are weak in this hash.
        filled.append(((value >> 24) + distance * 0x9E37) & 0xFFFF)
    return filled


def bins(signature: bytes) -> tuple[int, ...]:
    """Return the 64 values of a signature, by place; none of bytes that are no signature."""
    return struct.unpack(f">{BINS}H", signature) if len(signature) == SIGNATURE_BYTES else ()


def similarity(a: bytes, b: bytes) -> float:
    """Return how alike two texts are, 0 to 1: an estimate of their shingles' Jaccard index."""
    return sum(1 for one, other in zip(bins(a), bins(b), strict=False) if one == other) / BINS
