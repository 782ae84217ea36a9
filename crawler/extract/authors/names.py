"""What the name of a person looks like, in Vietnamese first.

A reporter signs with a full name, with the last two syllables of it (`Thanh Nga`), in capitals,
with initials (`K.Vân`, `Đ. Hậu`), with initials alone (`C.L`), with a pen name. Syllables follow
a strict pattern in Vietnamese, and the stock of name syllables is small: that tells names from
section names and slogans. Outlets, offices, accounts and roles are told apart here too.
"""

from __future__ import annotations

import re
from functools import cache

from crawler.extract.letters import fold_letters
from crawler.extract.words import any_of, load_words

_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvxjfwz])?[aeiouy]{1,3}(?:ch|ng|nh|[cmnpt])?"
)
_MINORITY = re.compile(r"(?:[hk]'|(?:y|ro|a|ka|ksor|siu|rmah|kpa|nay|nie|eban|mlo|alang|arat)\b)")

_INITIALS = re.compile(
    r"(?:[^\W\d_]{1,2}\.\s?){1,4}(?:[^\W\d_]{1,12}\.?)?(?:\s[^\W\d_]{2,10}){0,3}"
)
_LAST_INITIAL = re.compile(r"(?:[^\W\d_]{2,8}\s){1,3}[^\W\d_]\.")
_CAPITALS = re.compile(r"[^\W\d_]{2,3}")
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+){0,3}\.?")
_TONE_PLACES = (
    *(("oà", "òa"), ("oá", "óa"), ("oả", "ỏa"), ("oã", "õa"), ("oạ", "ọa")),
    *(("oè", "òe"), ("oé", "óe"), ("oẻ", "ỏe"), ("oẽ", "õe"), ("oẹ", "ọe")),
    *(("uỳ", "ùy"), ("uý", "úy"), ("uỷ", "ủy"), ("uỹ", "ũy"), ("uỵ", "ụy")),
)
"""New and old way to set the tone mark; the word lists have the old one."""

_ACCOUNT = re.compile(r"[a-z][a-z0-9_.\-]{2,}|\S*[0-9_@]\S*|\S*(?:://|www\.)\S*|.*\\.*")


@cache
def _office() -> re.Pattern[str]:
    """Words that name an outlet, office, school or web site."""
    start = any_of("bylines/office-start")
    return re.compile(rf"(?:\A|[(\-–/]\s?){start}\s(?=\w)|\b{any_of('bylines/office')}(?!\w)")


@cache
def _honorific() -> re.Pattern[str]:
    words = any_of("bylines/honorific", "bylines/title")
    return re.compile(rf"(?:{words}[.\s]+)+(?=[^\W\d_])")


@cache
def _title() -> re.Pattern[str]:
    return re.compile(rf"(?:{any_of('bylines/title')}[.,\s]+)+(?=[^\W\d_])")


@cache
def _listed(*concepts: str) -> frozenset[str]:
    return frozenset(word for each in concepts for word in load_words(f"names/{each}"))


def is_honorific(text: str) -> bool:
    """Whether a title or form of address stands before the name: an expert, not a reporter."""
    match = _honorific().match(text.lower())
    if match is None or not text[match.end() : match.end() + 1].isupper():
        return False
    # `Anh Dũng` is a name, `Anh Lê Văn Minh` a man who is spoken of.
    return match.group().strip() != "anh" or " " in text[match.end() :].strip()


def without_title(text: str) -> str:
    """The name without titles of profession, degree or rank in front of it."""
    match = _title().match(text.lower())
    rest = text[match.end() :] if match else text
    return rest if rest[:1].isupper() and (" " in rest or is_initials(rest)) else text


def is_placeholder(text: str) -> bool:
    """Template text where a name should stand, such as `Bút danh`."""
    folded = fold_letters(text).strip(" .:()[]*-")
    return folded in _listed("placeholders") or text.strip().startswith(("{", "[", "<"))


def is_role(text: str) -> bool:
    """`PV`, `CTV`, `BBT`, `Tổng hợp`: a function, signed instead of a name."""
    return fold_letters(text).strip(" :()[]*-,") in _listed("roles")


def is_account(text: str) -> bool:
    """A user name, address or system account, not a name."""
    plain = text.strip()
    if fold_letters(plain) in _listed("accounts"):
        return True
    return _ACCOUNT.fullmatch(plain) is not None


def is_heading(text: str) -> bool:
    """A section name, outlet or polite phrase of two or three words."""
    return _is_listed(text, _listed("headings", "outlets"), accents=False)


def is_organisation(text: str) -> bool:
    """An outlet, office, school, web site or other body."""
    return is_heading(text) or _office().search(text.lower()) is not None


def is_place(text: str, *, accents: bool = False) -> bool:
    """A province or country, all of which look like names of people. With ``accents`` a text
    without any is not taken for an accented name."""
    return _is_listed(text, _listed("places"), accents=accents)


def _is_listed(text: str, phrases: frozenset[str], *, accents: bool) -> bool:
    """Whether the text is one of the phrases; a text without accents is compared without."""
    plain = text.lower().strip(" .()-")
    if len(plain) > _longest(phrases):
        return False
    for new, old in _TONE_PLACES:
        plain = plain.replace(new, old)
    return plain in phrases or (not accents and plain in _without_accents(phrases))


@cache
def _longest(phrases: frozenset[str]) -> int:
    return max(map(len, phrases))


@cache
def _without_accents(phrases: frozenset[str]) -> frozenset[str]:
    return frozenset(fold_letters(phrase) for phrase in phrases)


def has_surname(name: str) -> bool:
    """Whether a name begins as full names do: with a Vietnamese surname, or as in the highlands."""
    folded = fold_letters(name)
    return folded.split(" ")[0] in _listed("surnames") or _MINORITY.match(folded) is not None


def is_initials(text: str) -> bool:
    """`K.Vân`, `Đ.PHI`, `C.L`, `P. MAI`: at least one abbreviated part, all parts capitalised."""
    if not (_INITIALS.fullmatch(text) or _LAST_INITIAL.fullmatch(text)):
        return False
    parts = [part for part in re.split(r"[.\s]+", text) if part]
    return all(part[0].isupper() for part in parts)


def is_person(text: str, *, known: bool = False) -> bool:
    """Whether ``text`` is one person's name.

    Without further hints it takes two to five capitalised Vietnamese syllables of which one at
    least is a usual part of names, or initials. ``known`` says that a label or a field already
    tells that a name comes here: then one word, two or three capitals (`PL`) and foreign names
    will do.
    """
    name = text.strip()
    if not 2 <= len(name) <= 60 or not name[0].isupper():
        return False
    if is_role(name) or is_placeholder(name) or is_organisation(name):
        return False
    if is_place(name, accents=known):
        return False
    if is_initials(name):
        return True
    words = name.split()
    if len(words) == 1:
        return known and _is_single(name)
    if len(words) > 5 + known or not all(_WORD.fullmatch(word) for word in words):
        return False
    if not all(word[0].isupper() or (known and word in _listed("particles")) for word in words):
        return False
    return known or _is_vietnamese(words)


def _is_single(name: str) -> bool:
    if name.isupper() and len(name) <= 3:
        return _CAPITALS.fullmatch(name) is not None
    return _WORD.fullmatch(name) is not None and not is_account(name) and _is_cased(name)


def _is_cased(word: str) -> bool:
    """`Hạnh` or `HẠNH`, not `HanhNT`."""
    return word.isupper() or word[1:].islower() or "'" in word or "-" in word


def _is_vietnamese(words: list[str]) -> bool:
    folded = [fold_letters(word).rstrip(".") for word in words]
    if not all(_is_cased(word) for word in words):
        return False
    if _MINORITY.match(folded[0]) and len(words) <= 4:
        return True
    if not all(_SYLLABLE.fullmatch(part) for part in folded):
        return False
    if len(words) == 5 and folded[0] not in _listed("surnames"):
        return False
    hits = sum(
        part in _listed("syllables") or (i == 0 and part in _listed("surnames"))
        for i, part in enumerate(folded)
    )
    return hits * 2 >= len(folded)
