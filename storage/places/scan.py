"""Names of units in a text: where they stand, their kind, lists, and the parents beside them.

A name is a run of capitalised words. Which of the units of that name it means is decided
afterwards, in ``resolve``.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from storage.places import words
from storage.places.traps import is_abroad, is_trap
from storage.places.units import COMMUNE, DISTRICT, PROVINCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from storage.places.units import Unit, Units


class How(StrEnum):
    """How a mention was found."""

    KIND = "kind"
    """Its kind stands before it."""
    LIST = "list"
    """It shares the kind of a list."""
    PARENT = "parent"
    """What holds it stands beside it."""
    NAME = "name"
    """A bare name that nothing speaks against."""
    REPEAT = "repeat"
    """A bare name that the article has with its kind elsewhere."""


_LETTERS = (
    "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệfghiìíỉĩịjklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvwxyỳýỷỹỵz"
)
_UPPER = _LETTERS.upper()
_COUNTED = r"(?:năm|tháng|giờ|người|hộ|ha|km|tỉ|tỷ|triệu|đồng)"
_OF_A_NAME = rf" \d{{1,2}}(?![\w.,/%:-]?\d|\w| {_COUNTED}\b)"
"""A number that belongs to the name: Cổ Nhuế 1, not 12 người."""
# A class of letters in front lets the search skip all others.
_WORD = rf"[{_UPPER}](?:(?<=T)\.[TPX]\b|[\w'’]*+)"
RUN = re.compile(rf"{_WORD}(?: {_WORD})*+(?:{_OF_A_NAME})?")
"""Capitalised words side by side."""
_NUMBER = r"\d{1,2}(?![\w/%]|[.,]\d)"
_NUMBERED = re.compile(
    r"[PpQq](?<!\w.)(?:((?<=[Pp])hường|(?<=[Qq])uận)|(?<=[PQ])(?:\.|(?=\d{1,2}, ?[QT])))"
    rf" ?({_NUMBER})((?:(?:, | và |-){_NUMBER})*)"
)
_DIGITS = re.compile(r"\d+")
_DASH = re.compile(r" ?[-–] ?")
_SHORT = re.compile(r"(?:^|[^\w.])(TP|Tp|TX|Tx|TT|Tt|H|Q|P|X|T)\. ?$")
_BETWEEN = re.compile(
    rf"\b(xã|phường|thị trấn|huyện|thị xã|thành phố|tp|tỉnh|quận) (?:{'|'.join(words.BETWEEN)})$",
    re.IGNORECASE,
)
_OPENING = dict.fromkeys(map(ord, '\n(“"'), " ")
"""Beside a blank, what may stand right before a word."""
_STARTS = frozenset("\n.:?!“\"-–…(•+*'‘")
WIDE = {"any province": PROVINCE, "any district": DISTRICT, "any commune": COMMUNE}
"""Kinds of a list that names several: ``các xã, phường``, ``các tỉnh, thành phố``."""
_AND = r"(?:,|/| và|, và) ?"
_WIDE = re.compile(
    rf"\b(?:(tỉnh(?:{_AND}| )thành(?: phố)?)"
    rf"|((?:huyện|quận|thị xã|thị|thành phố)(?:{_AND}(?:huyện|quận|thị xã|thị|thành phố))+)"
    rf"|((?:xã|phường|thị trấn)(?:{_AND}(?:xã|phường|thị trấn|đặc khu))+))$",
    re.IGNORECASE,
)
_NAMED_AFTER = ("cao tốc ", "Cao tốc ", "CLB ", "Câu lạc bộ ", "câu lạc bộ ")
"""Before a kind: a road or club that is named after the place."""
LONGEST = 6
"""Words of the longest name."""
MOST_CAPITALS = 40
"""Words of a headline in capitals that are read."""
LONGEST_LETTERS = 60
"""Letters of the longest name, and more."""


@dataclass(slots=True)
class Found:
    """A name in the text that units have, on its way to one unit."""

    start: int
    end: int
    kind: str
    candidates: tuple[Unit, ...]
    how: How
    named_start: int
    """Where its kind begins, or the name where none is known."""
    plural: bool = False
    loose: bool = False
    trap: bool = False
    whole: bool = True
    """Whether the run of capitalised words is this name alone."""
    unit: Unit | None = None
    sure: float = 0.0
    parents: list[Found] = field(default_factory=list)
    listed: bool = False
    """Whether it stands in a list of provinces."""
    holds: bool = False
    """Whether it may hold the unit right before it: ``xã A, Đức Hòa``."""


def find_names(units: Units, text: str, most: int) -> list[Found]:
    """Return the first names of a text, in order, each with the units that have it."""
    named = units.named
    found: list[Found] = []
    last_end = 0
    for match in itertools.islice(RUN.finditer(text), most):
        start, end = match.span()
        if start < last_end:
            continue
        run = match[0]
        if text[end : end + 3] in (" - ", " – ") or text[end : end + 1] in ("-", "–"):
            end = _dashed(named, text, start, end)
            run = text[start:end]
        one = _read_run(named, text, start, run)
        if one:
            last_end = end
            found.append(one)
        if run.isupper() and not (one and one.candidates):
            found += _read_capitals(named, text, start, run)
    if numbered := {one.start: one for one in itertools.islice(_find_numbered(named, text), most)}:
        found = [one for one in found if one.start not in numbered]
        found = sorted([*found, *numbered.values()], key=lambda one: one.start)
    return found


def _read_capitals(
    named: dict[str, tuple[Unit, ...]], text: str, start: int, run: str
) -> Iterator[Found]:
    """Find provinces and districts in a headline in capitals, where no letter ends a name."""
    parts = run.split(" ")[:MOST_CAPITALS]
    at = 0
    while at < len(parts):
        for count in (4, 3, 2):
            name = " ".join(parts[at : at + count])
            units = tuple(u for u in named.get(name.lower(), ()) if u.level != COMMUNE)
            if len(parts) - at < count or not units or _is_named_person(parts[:at]):
                continue
            begin = start + len(" ".join(parts[:at])) + bool(at)
            end = begin + len(name)
            trap = is_trap(text, begin, end)
            yield Found(begin, end, "", units, How.NAME, begin, trap=trap)
            at += count - 1
            break
        at += 1


def _is_named_person(parts: Sequence[str]) -> bool:
    return any(part.lower() in words.SURNAMES for part in parts[-2:])


def _dashed(named: dict[str, tuple[Unit, ...]], text: str, start: int, end: int) -> int:
    """Return the end of a name with a dash in it, such as Bà Rịa - Vũng Tàu."""
    dash = _DASH.match(text, end)
    after = RUN.match(text, dash.end()) if dash else None
    if after is None:
        return end
    words_before = text[start:end].rsplit(" ", LONGEST)[-LONGEST:]
    rest = text[end : min(after.end(), end + LONGEST_LETTERS)]
    for skip in range(len(words_before)):
        whole = " ".join(words_before[skip:]) + rest
        if whole.lower() in named:
            return after.end()
    return end


def _read_run(named: dict[str, tuple[Unit, ...]], text: str, start: int, run: str) -> Found | None:
    parts = run.split(" ")
    kind, skip = _kind_in_run(parts)
    plural, named_start = False, start
    if not kind and (before := _kind_before(text, start)):
        kind, plural, named_start = before
    if skip:
        start += len(" ".join(parts[:skip])) + 1
        parts = parts[skip:]
    if parts[-1].isdigit() and " ".join(parts).lower() not in named:
        parts.pop()  # "huyện Đức Huệ 12 căn nhà"
    if kind and text.endswith(_NAMED_AFTER, 0, named_start):
        return Found(start, start + len(" ".join(parts)), "", (), How.NAME, start, trap=True)
    if kind:
        return _with_kind(named, text, kind, parts, start, plural=plural, named_start=named_start)
    return _bare(named, text, parts, start)


def _kind_in_run(parts: Sequence[str]) -> tuple[str, int]:
    """Return a kind in capitals within the run, and after how many words the name begins."""
    for at in range(min(len(parts) - 1, 5)):
        word = parts[at].lower()
        kind, length = words.KINDS.get(word, ""), 1
        if at + 2 < len(parts):
            both = words.KINDS_OF_TWO.get(f"{word} {parts[at + 1].lower()}")
            kind, length = (both, 2) if both else (kind, 1)
        if not kind or (at and len(word) == 2 and word not in ("tp", "tx", "xã")):
            continue
        if kind != "xã" or not at or parts[at - 1].lower() not in words.NOT_BEFORE_XA:
            return kind, at + length
    offices = 0
    while offices < len(parts) - 1 and parts[offices] in words.OFFICES:
        offices += 1
    return "", offices


def _kind_before(text: str, start: int) -> tuple[str, bool, int] | None:
    """Return the kind before a name, whether a list follows, and where the kind begins."""
    before = text[max(0, start - 32) : start]
    if before.endswith((".", ". ")):
        short = _SHORT.search(before)
        if short is None:
            return None
        return words.SHORT_KINDS[short[1].lower()], False, start - len(before) + short.start(1)
    if not before.endswith(" "):
        return None
    tail = before[:-1].removesuffix(":").removesuffix(" gồm").removesuffix(" như")
    if wide := _WIDE.search(tail):
        kind = next(kind for kind, part in zip(WIDE, wide.groups(), strict=True) if part)
        return kind, True, start - len(before) + wide.start()
    head, word = _split_last(tail)
    begin = start - len(before) + len(tail) - len(word)
    kind = words.KINDS.get(word, "")
    if word in words.SECOND_WORDS:
        further, first = _split_last(head)
        if both := words.KINDS_OF_TWO.get(f"{first} {word}"):
            return both, _plural(further), begin - len(first) - len(" ")
        if kind == "xã" and first in words.NOT_BEFORE_XA:
            return None
    if kind:
        return kind, _plural(head), begin
    if between := _BETWEEN.search(tail):
        word, at = between[1].lower(), between.start()
        return words.KINDS.get(word, word), _plural(tail[:at].rstrip()), start - len(before) + at
    return None


def _split_last(text: str) -> tuple[str, str]:
    """Split the last word, in lower case, from what stands before it."""
    head, _, word = text.translate(_OPENING).rpartition(" ")
    return head, word.lower()


def _plural(head: str) -> bool:
    return _split_last(head)[1] in words.PLURAL


def _with_kind(
    named: dict[str, tuple[Unit, ...]],
    text: str,
    kind: str,
    parts: Sequence[str],
    start: int,
    *,
    plural: bool,
    named_start: int,
) -> Found | None:
    """Return the longest name of that kind; what is left over must look like a person's name."""
    for count in range(min(len(parts), LONGEST), 0, -1):
        if count < len(parts) and not _is_person(parts[count:], alone=count == 1):
            continue
        name = " ".join(parts[:count])
        candidates = named.get(name.lower())
        if not candidates:
            continue
        if is_abroad(text, start + len(name)):
            break
        kept = tuple(unit for unit in candidates if is_kind(unit, kind))
        loose = not kept
        if loose:
            kept = tuple(unit for unit in candidates if unit.level == level_of(kind))
        if kept:
            return Found(
                start, start + len(name), kind, kept, How.KIND,
                plural=plural, loose=loose, whole=count == len(parts), named_start=named_start,
            )  # fmt: skip
    return Found(start, start + len(" ".join(parts)), kind, (), How.KIND, start, plural=plural)


def _is_person(parts: Sequence[str], *, alone: bool) -> bool:
    """Return whether the words after a name are a person's: ``UBND huyện Đức Huệ Nguyễn Văn A``.

    After a name of one word (``alone``) they may as well belong to it.
    """
    return len(parts) > (2 if alone else 1) and parts[0].lower() in words.SURNAMES


def is_kind(unit: Unit, kind: str) -> bool:
    """Return whether a unit may be called by a kind; a city of today may be a ``tỉnh`` before."""
    if kind in WIDE:
        return unit.level == WIDE[kind]
    return unit.kind == kind or (kind == "tỉnh" and not unit.parent)


def level_of(kind: str) -> int:
    if kind in WIDE:
        return WIDE[kind]
    if kind in ("xã", "phường", "thị trấn", "đặc khu"):
        return COMMUNE
    return PROVINCE if kind == "tỉnh" else DISTRICT


def _bare(
    named: dict[str, tuple[Unit, ...]], text: str, parts: list[str], start: int
) -> Found | None:
    name = " ".join(parts)
    candidates = named.get(name.lower())
    opener = ""
    if not candidates and len(parts) > 1 and _opens(text, start):
        opener = parts[0].lower()
        if opener in words.OPENERS or opener in words.NEAR or opener in words.PERSONS:
            start += len(parts[0]) + 1
            parts = parts[1:]
            name = " ".join(parts)
            candidates = named.get(name.lower())
    whole = True
    if not candidates:
        candidates, name = _before_person(named, parts)
        whole = False
    if not candidates:
        # A name in a list that no unit has must not end the list.
        return Found(start, start + len(name), "", (), How.NAME, start)
    if len(name) < 3:
        return None
    trap = bool(opener) and (opener in words.NEAR or opener in words.PERSONS)
    return Found(
        start, start + len(name), "", candidates, How.NAME,
        trap=trap or is_trap(text, start, start + len(name)), whole=whole, named_start=start,
    )  # fmt: skip


def _before_person(
    named: dict[str, tuple[Unit, ...]], parts: Sequence[str]
) -> tuple[tuple[Unit, ...], str]:
    """Read ``Giám đốc Sở Y tế Long An Nguyễn Văn A``: a province, then a person."""
    for count in (2, 1, 3):
        if len(parts) > count + 1 and parts[count].lower() in words.SURNAMES:
            name = " ".join(parts[:count])
            kept = tuple(unit for unit in named.get(name.lower(), ()) if not unit.parent)
            if kept:
                return kept, name
    return (), " ".join(parts)


def _opens(text: str, start: int) -> bool:
    """Return whether a sentence begins here."""
    return (
        start == 0
        or text[start - 1] in _STARTS
        or (text[start - 1] == " " and text[start - 2] in _STARTS)
    )


def _find_numbered(named: dict[str, tuple[Unit, ...]], text: str) -> Iterator[Found]:
    """Find ``phường 12``, ``Q.1``, ``các phường 1, 2 và 3``."""
    for match in _NUMBERED.finditer(text):
        letter = match[0][0].lower()
        kind = f"{letter}{match[1]}" if match[1] else words.SHORT_KINDS[letter]
        spans = [match.span(2)]
        spans += [
            (match.start(3) + d.start(), match.start(3) + d.end())
            for d in _DIGITS.finditer(match[3])
        ]
        for at, (start, end) in enumerate(spans):
            number = text[start:end].lstrip("0")
            if (after := RUN.match(text, end + 1)) and text[end : end + 1] == " ":
                whole = f"{number} {after[0]}".lower()  # phường 2 Bảo Lộc
                if whole in named:
                    number, end = whole, after.end()
            candidates = tuple(unit for unit in named.get(number, ()) if unit.kind == kind)
            if candidates:
                how = How.LIST if at else How.KIND
                named_start = start if at else match.start()
                yield Found(start, end, kind, candidates, how, named_start)
