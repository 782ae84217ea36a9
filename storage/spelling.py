"""Spellings of one Vietnamese word that readers take for the same.

Three habits differ between papers and years: where the tone of ``oa``, ``oe``, ``uy`` stands
(``hoà``/``hòa``), ``i`` or ``y`` in an open syllable (``kĩ``/``kỹ``), and, on keyboards without
Vietnamese, ``d`` for ``đ``. The table covers what is in use, so ``giá`` or ``58-CT/TU`` stay as
they are.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_GLIDES = ("oa", "oe", "uy")
_I_AND_Y = {
    "h": "\u0309\u0300", "k": "\u0300\u0301\u0309\u0303\u0323", "l": "\u0301",
    "m": "\u0303", "s": "\u0303", "t": "\u0300\u0309\u0323", "v": "\u0303",
    "qu": "\u0300\u0301\u0309\u0303\u0323",
}  # fmt: skip
_BARE_I_AND_Y = ("hi", "ki", "li", "mi", "si", "ti", "qui")
_MOST_DS = 3


def _compose(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def i_and_y() -> dict[str, str]:
    """Return each syllable that is in use with ``i`` and with ``y``, and its other spelling."""
    pairs = [(bare, bare[:-1] + "y") for bare in _BARE_I_AND_Y]
    for onset, tones in _I_AND_Y.items():
        pairs += [(_compose(f"{onset}i{tone}"), _compose(f"{onset}y{tone}")) for tone in tones]
    return {one: other for pair in pairs for one, other in (pair, pair[::-1])}


_OTHER = i_and_y()
_OTHER_FOLDED = {
    one: other
    for start in ("h", "k", "l", "m", "s", "t", "v", "qu")
    for one, other in ((f"{start}i", f"{start}y"), (f"{start}y", f"{start}i"))
}


_LETTERS = re.compile(r"[^\W\d_]+")


def other_spellings(text: str) -> set[str]:
    """Return how else the words of a text are asked for, where that is another word.

    With ``d`` for ``đ``, and with ``i`` and ``y`` for each other.
    """
    found = set()
    for word in set(_LETTERS.findall(text.lower())):
        other = i_and_y().get(word)
        if other or "đ" in word:
            found.add(other or word.replace("đ", "d"))
    return found


def exact_spellings(word: str) -> tuple[str, ...]:
    """Return the word (lower case, NFC) and the spellings that differ only by habit."""
    found = dict.fromkeys((word, *_tone_places(word)))
    for spelling in tuple(found):
        if other := _OTHER.get(spelling):
            found.update(dict.fromkeys((other, *_tone_places(other))))
    return tuple(found)


def folded_spellings(folded: str) -> tuple[str, ...]:
    """Return a folded word and the folded spelling with ``i`` for ``y`` or ``y`` for ``i``."""
    other = _OTHER_FOLDED.get(folded)
    return (folded, other) if other else (folded,)


def index_terms(folded: str) -> tuple[str, ...]:
    """Return the forms in which the index holds a folded word: SQLite never folds ``đ``."""
    return tuple(dict.fromkeys(term for word in folded_spellings(folded) for term in _ds(word)))


def _ds(word: str) -> tuple[str, ...]:
    if word.count("d") > _MOST_DS:
        return (word, word.replace("d", "đ"), word.replace("d", "đ", 1))
    choices = (("d", "đ") if letter == "d" else (letter,) for letter in word)
    return tuple("".join(letters) for letters in itertools.product(*choices))


def _tone_places(word: str) -> tuple[str, ...]:
    """Move a tone that stands on ``oa``, ``oe`` or ``uy`` to the glide's other letter."""
    letters = unicodedata.normalize("NFD", word)
    tone = next((mark for mark in letters if mark in _TONES), "")
    bare = letters.replace(tone, "", 1) if tone else letters
    if not tone or unicodedata.normalize("NFC", bare) != bare or bare.startswith("qu"):
        return ()
    at = next((bare.find(glide) for glide in _GLIDES if glide in bare), -1)
    if at < 0 or letters.index(tone) - at not in (1, 2):
        return ()
    return tuple(_compose(bare[: at + n] + tone + bare[at + n :]) for n in (1, 2))


# Telex and VNI: words typed where no input method was on: ``dduowcj`` and ``d9uo7c5`` are
# ``được``. Keys may stand anywhere behind the letter they change, as common engines allow. A
# search tries these readings only when nothing holds the words as they were typed, since ``car``
# and ``box`` are readings too (``cả``, ``bõ``).
_TONE_KEYS = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_TONE_DIGITS = dict(zip("12345", "\u0301\u0300\u0309\u0303\u0323", strict=True))
_HORNS = (("uo", "ươ"), ("ua", "ưa"), ("ui", "ưi"), ("uu", "ưu"), ("oa", "oă"), ("oe", "oe"),
          ("a", "ă"), ("o", "ơ"), ("u", "ư"))  # fmt: skip
"""What ``w`` makes of the first of these that stands before it."""
_QUALITY = "ăâêôơư"
_TYPED = re.compile(r"([b-df-hj-np-tv-z]*)([a-z]+)")
_BARE_W = re.compile("^([b-df-hj-np-tvxz]+)w")
"""``w`` where no vowel stands before it is ``ư``: ``ddwcs``."""
_VNI = re.compile(r"(?=.*\d)[a-z][a-z1-9]*")
_SYLLABLE = re.compile(
    r"(?:ngh?|gh|gi|kh|ch|nh|ph|qu|th|tr|[bcdđghklmnprstvx])?"
    r"([aeêioôơuưy]|[aăâeêioôơuưy]{1,3}(?:ch|ng|nh|[cmnpt])|[aăâeêioôơuưy]{2,3})"
)

_ONSETS = (
    "", *"bcdghklmnpqrstvx", "ch", "gh", "gi", "kh", "ng", "ngh", "nh", "ph", "qu", "th", "tr",
)  # fmt: skip
_ENDS = {
    "a": " c ch i m n ng nh o p t u y", "e": " c ch m n ng nh o p t u", "ie": "c m n ng p t u",
    "i": " a ch m n nh p t u c", "o": " a c e i m n ng p t", "oa": "c ch i m n ng nh o p t y",
    "oe": "n o t", "oo": "c ng p", "u": " a c e i m n ng o p t u y", "ua": "n ng t y",
    "ue": " ch", "uo": " c i m n ng p t u", "uy": "a ch n nh p t u", "uye": "n t",
    "y": "", "ye": "m n t u",
}  # fmt: skip
_RIMES = frozenset(nucleus + end for nucleus, ends in _ENDS.items() for end in ends.split(" "))
"""What stands behind the onset of a syllable, without accents, as spelling allows it."""


@functools.cache
def _syllables() -> frozenset[str]:
    every = itertools.product(_ONSETS, _RIMES)
    return frozenset(o + rime for o, rime in every if o != "gi" or rime[0] in "aeou")


def is_syllable(folded: str) -> bool:
    """Say whether Vietnamese spelling allows a folded word: ``song`` and ``uy``, not ``honh``."""
    return folded in _syllables()


def read_telex(typed: str) -> str | None:
    """Return the Vietnamese syllable (lower case, NFC) that the keys spell; None if none."""
    found = _TYPED.fullmatch(_BARE_W.sub(r"\1uw", typed))
    if not found:
        return None
    onset, rest = found.groups()
    keys = [key for key in rest if key in _TONE_KEYS]
    if len(keys) > 1:
        return None
    key = "".join(keys)
    onset, rest = _stroke(onset, rest.replace(key, ""))
    syllable = _horned(onset + _hatted(rest))
    return _checked(syllable, _TONE_KEYS.get(key, ""), typed)


def read_vni(typed: str) -> str | None:
    """Return the syllable that letters and digits spell (``d9uo7c5``); None if none."""
    if not _VNI.fullmatch(typed):
        return None
    tones = [key for key in typed if key in _TONE_DIGITS]
    if len(tones) > 1:
        return None
    letters = "".join(key for key in typed if not key.isdigit())
    if "9" in typed:
        letters = letters.replace("d", "đ", 1)
    if "6" in typed:
        letters = re.sub("[aeo]", lambda found: "âêô"["aeo".index(found[0])], letters, count=1)
    if "8" in typed:
        letters = letters.replace("a", "ă", 1)
    if "7" in typed:
        letters = _horn(letters)
    return _checked(letters, _TONE_DIGITS.get("".join(tones), ""), typed)


def _stroke(onset: str, rest: str) -> tuple[str, str]:
    """``dd``, and a ``d`` behind the syllable, make ``đ``."""
    if onset == "dd":
        return "đ", rest
    if onset == "d" and rest.endswith("d"):
        return "đ", rest.removesuffix("d")
    return onset, rest


def _hatted(rest: str) -> str:
    """A vowel typed twice, the second time anywhere behind it, has a circumflex."""
    for plain, hat in (("a", "â"), ("e", "ê"), ("o", "ô")):
        if rest.count(plain) == 2:
            rest = rest.replace(plain, hat, 1).replace(plain, "")
    return rest


def _horned(syllable: str) -> str:
    """``w`` changes the vowels before it, ``ww`` in ``uwow`` once."""
    return _horn(syllable.replace("w", "")) if "w" in syllable else syllable


def _horn(letters: str) -> str:
    start = 2 if letters.startswith("qu") else 0
    if letters.endswith("uo") and not start:
        return letters[:-1] + "ơ"
    for plain, horn in _HORNS:
        at = letters.find(plain, start)
        if at >= 0:
            return letters[:at] + horn + letters[at + len(plain) :]
    return letters


def _checked(syllable: str, tone: str, typed: str) -> str | None:
    if syllable == typed or not _SYLLABLE.fullmatch(syllable):
        return None
    plain = unicodedata.normalize("NFD", syllable.replace("đ", "d")).encode("ascii", "ignore")
    if not is_syllable(plain.decode()):
        return None
    return _toned(syllable, tone) if tone else syllable


def _toned(syllable: str, tone: str) -> str:
    """Put the tone on the last letter with a quality mark, else on the nucleus."""
    start = 2 if re.match(r"qu|gi[aăâeêoôơuư]", syllable) else 0
    vowels = [at for at, c in enumerate(syllable) if at >= start and c in "aeiouy" + _QUALITY]
    marked = [at for at in vowels if syllable[at] in _QUALITY]
    ends_open = vowels[-1] == len(syllable) - 1
    at = marked[-1] if marked else vowels[-2 if len(vowels) > 1 and ends_open else -1]
    return unicodedata.normalize("NFC", syllable[: at + 1] + tone + syllable[at + 1 :])
