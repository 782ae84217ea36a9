"""Words typed by the Telex rules where no input method was on: ``dduowcj`` is ``được``. Pure.

A search tries these readings only when nothing holds the words as they were typed, since ``car``
and ``box`` are readings too (``cả``, ``bõ``).
"""

from __future__ import annotations

import re
import unicodedata

_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_LETTERS = (
    ("uow", "ươ"), ("aa", "â"), ("aw", "ă"), ("ee", "ê"), ("oo", "ô"), ("ow", "ơ"), ("uw", "ư"),
    ("ưo", "ươ"), ("uơ", "ươ"),
)  # fmt: skip
_QUALITY = "ăâêôơư"
_TYPED = re.compile(r"([b-df-hj-np-tv-z]*)([a-z]+)")
_SYLLABLE = re.compile(
    r"(?:ngh?|gh|gi|kh|ch|nh|ph|qu|th|tr|[bcdđghklmnprstvx])?"
    r"([aeêioôơuưy]|[aăâeêioôơuưy]{1,3}(?:ch|ng|nh|[cmnpt])|[aăâeêioôơuưy]{2,3})"
)


def read_telex(typed: str) -> str | None:
    """Return the Vietnamese syllable (lower case, NFC) that the keys spell; None if none."""
    found = _TYPED.fullmatch(typed)
    if not found:
        return None
    onset, rest = found.groups()
    keys = [key for key in rest if key in _TONES]
    if len(keys) > 1:
        return None
    rest = rest.replace(keys[0], "") if keys else rest
    for pair, letter in _LETTERS:
        rest = rest.replace(pair, letter)
    syllable = ("đ" + onset[2:] if onset.startswith("dd") else onset) + rest
    if (syllable == typed and not keys) or not _SYLLABLE.fullmatch(syllable):
        return None
    return _toned(syllable, _TONES[keys[0]]) if keys else syllable


def _toned(syllable: str, tone: str) -> str:
    """Put the tone on the last letter with a quality mark, else on the nucleus."""
    start = 2 if re.match(r"qu|gi[aăâeêoôơuư]", syllable) else 0
    vowels = [at for at, c in enumerate(syllable) if at >= start and c in "aeiouy" + _QUALITY]
    marked = [at for at in vowels if syllable[at] in _QUALITY]
    ends_open = vowels[-1] == len(syllable) - 1
    at = marked[-1] if marked else vowels[-2 if len(vowels) > 1 and ends_open else -1]
    return unicodedata.normalize("NFC", syllable[: at + 1] + tone + syllable[at + 1 :])
