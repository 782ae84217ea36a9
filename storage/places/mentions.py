"""Which units an article names: a gazetteer with the habits of Vietnamese papers.

A name is a run of capitalised words. The kind before it (``xã``, ``TP.``), a list that shares a
kind, the parent beside it and the outlet's own province tell which unit is meant; words before a
bare name tell places from persons, companies, streets and rivers. Pure: text in, mentions out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from storage.places import words
from storage.places.units import CHANGED_ON, COMMUNE, DISTRICT, PROVINCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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


BASE = {How.KIND: 0.95, How.LIST: 0.9, How.PARENT: 0.9, How.NAME: 0.8, How.REPEAT: 0.85}
"""How sure a mention is, by how it was found; times what singled out the unit, below."""
BESIDE, NAMED, HOME, UNIQUE = 1.0, 0.97, 0.95, 0.85
"""The parent stands beside it; is named in the article; is the outlet's; or no other unit has
the name."""
LOOSE = 0.8
"""Another kind than the list of units has."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One place in a text that names a unit."""

    unit: str
    """Code of the unit."""
    how: How
    confidence: float
    """0 to 1."""
    position: int
    """First character of the name (without its kind) in the text."""
    length: int
    """Characters of the name."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of an article beside its text."""

    day: str | None = None
    """Local day of publication; None where unknown."""
    home: frozenset[str] = frozenset()
    """Codes of the outlet's province, before and since July 2025."""


_LETTERS = "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệfghiìíỉĩịjklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvwxyỳýỷỹỵz"
_UPPER = _LETTERS.upper()
_RUN = re.compile(rf"[{_UPPER}][\w'’]*+(?: [{_UPPER}][\w'’]*+)*+(?: \d{{1,2}}(?![\w.,/%:-]?\d|\w| (?:năm|tháng|giờ|người|hộ|ha|km|tỉ|tỷ|triệu|đồng)\b))?")
_NUMBERED = re.compile(r"(?:\b([Pp]hường|[Qq]uận)|\b([PQ])\.?) ?(\d{1,2})(?![\w/%]|[.,]\d)((?:(?:, | và |-)\d{1,2}(?![\w/%]|[.,]\d))*)")
_DIGITS = re.compile(r"\d+")
_DASH = re.compile(r" ?[-–] ?")
_SHORT = re.compile(r"(?:^|[^\w.])(TP|Tp|TX|Tx|TT|Tt|H|Q|P|X|T)\. ?$")
_BETWEEN = re.compile(rf"\b(xã|phường|thị trấn|huyện|thị xã|thành phố|tỉnh|quận) (?:{'|'.join(words.BETWEEN)})$", re.IGNORECASE)
_WAS = re.compile(r"(?: ?\(| |, )(?:cũ|trước đây|trước kia|ngày trước|trước khi|trước sáp nhập|trước sắp xếp)\b")
_WAS_BEFORE = re.compile(r"\b(?:trước đây|trước kia|vốn|nguyên|cũ) (?:là|thuộc)\b|\bcơ sở (?:nhập|sáp nhập|hợp nhất|sắp xếp)\b|\b(?:sáp nhập|hợp nhất|nhập) (?:từ |toàn bộ |các |hai |ba |xã |phường |huyện |tỉnh |thị trấn )", re.IGNORECASE)
_IS_BEFORE = re.compile(r"\b(?:nay|giờ) (?:là|thuộc)\b|\bthành lập\b", re.IGNORECASE)
_BREAK = re.compile(r"[.,;:!?()\[\]“”\"\n/]")
_STARTS = frozenset("\n.:?!“\"-–…(•+*'‘")
LONGEST = 6
"""Words of the longest name."""


@dataclass(slots=True)
class _Found:
    """A name in the text that units have, on its way to one unit."""

    start: int
    end: int
    kind: str
    candidates: tuple[Unit, ...]
    how: How
    plural: bool = False
    loose: bool = False
    trap: bool = False
    whole: bool = True
    """Whether the run of capitalised words is this name alone."""
    named_start: int = 0
    """Where the kind begins."""
    unit: Unit | None = None
    sure: float = 0.0
    parents: list[_Found] = field(default_factory=list)


def find_mentions(units: Units, text: str, setting: Setting) -> list[Mention]:
    """Return the units that a text names, in order; what stays unclear is left out."""
    found = _join_lists(units, text, _find_names(units, text))
    _Reader(units, text, setting, found).read()
    return [
        Mention(one.unit.code, one.how, round(one.sure, 3), one.start, one.end - one.start)
        for one in found
        if one.unit
    ]


def _find_names(units: Units, text: str) -> list[_Found]:
    named = units.named
    found: list[_Found] = []
    last_end = -1
    for match in _RUN.finditer(text):
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
    if numbered := list(_find_numbered(named, text)):
        found = sorted([*found, *numbered], key=lambda one: one.start)
    return found


def _dashed(named: dict[str, tuple[Unit, ...]], text: str, start: int, end: int) -> int:
    """Return the end of a name with a dash in it, such as Bà Rịa - Vũng Tàu."""
    dash = _DASH.match(text, end)
    after = _RUN.match(text, dash.end()) if dash else None
    if after is None:
        return end
    words_before = text[start:end].split(" ")
    for skip in range(len(words_before)):
        whole = " ".join(words_before[skip:]) + text[end : after.end()]
        if whole.lower() in named:
            return after.end()
    return end


def _read_run(
    named: dict[str, tuple[Unit, ...]], text: str, start: int, run: str
) -> _Found | None:
    parts = run.split(" ")
    kind, skip, plural, named_start = _kind_in_run(parts, text, start)
    if not kind:
        kind, plural, named_start = _kind_before(text, start)
    if skip:
        start += len(" ".join(parts[:skip])) + 1
        parts = parts[skip:]
    if kind:
        return _with_kind(named, kind, parts, start, plural=plural, named_start=named_start)
    return _bare(named, text, parts, start)


def _kind_in_run(parts: Sequence[str], text: str, start: int) -> tuple[str, int, bool, int]:
    """Return a kind in capitals within the run, how many words it ends after, and the rest."""
    for at in range(min(len(parts) - 1, 5)):
        word = parts[at].lower()
        kind = words.ONE_WORD_KINDS.get(word, "")
        length = 1
        if at + 2 < len(parts) and (both := words.TWO_WORD_KINDS.get((word, parts[at + 1].lower()))):
            kind, length = both, 2
        if not kind or (at and not all(part.isupper() for part in parts[:at])):
            continue
        if kind != "xã" or not at or parts[at - 1].lower() not in words.NO_KIND_AFTER:
            return kind, at + length, False, start
    if len(parts) > 1 and parts[0] in words.OFFICES:
        return "", 1, False, start
    return "", 0, False, start


def _kind_before(text: str, start: int) -> tuple[str, bool, int]:
    """Return the kind before a name, whether a list follows, and where the kind begins."""
    before = text[max(0, start - 32) : start]
    if before[-1:] == "." or before[-2:] == ". ":
        short = _SHORT.search(before)
        kind = words.SHORT_KINDS.get(short[1].lower(), "") if short else ""
        return kind, False, start
    if before[-1:] != " ":
        return "", False, start
    tail = before[:-1]
    if tail[-1:] == ":":
        tail = tail[:-1]
    last = tail.rfind(" ")
    word = tail[max(last, tail.rfind("\n"), tail.rfind("(")) + 1 :].lower()
    head = tail[: max(last, 0)]
    kind = words.ONE_WORD_KINDS.get(word, "")
    if word in words.SECOND_WORDS or kind == "xã":
        first = head[max(head.rfind(" "), head.rfind("\n"), head.rfind("(")) + 1 :].lower().strip("“\"")
        if both := words.TWO_WORD_KINDS.get((first, word)):
            head = head[: max(head.rfind(" "), 0)]
            return both, _plural(head), start - len(first) - len(word) - 2
        if first in words.NO_KIND_AFTER:
            return "", False, start
    if not kind and (adjective := _BETWEEN.search(tail)):
        return adjective[1].lower(), _plural(tail[: adjective.start()].rstrip()), start - len(tail) + adjective.start()
    if not kind:
        return "", False, start
    return kind, _plural(head), start - len(word) - 1


def _plural(head: str) -> bool:
    return head[head.rfind(" ") + 1 :].lower() in words.PLURAL


def _with_kind(
    named: dict[str, tuple[Unit, ...]],
    kind: str,
    parts: Sequence[str],
    start: int,
    *,
    plural: bool,
    named_start: int,
) -> _Found | None:
    """Return the longest name of that kind; what is left over must look like a person's name."""
    for count in range(min(len(parts), LONGEST), 0, -1):
        if count < len(parts) and not _is_person(parts[count:], alone=count == 1):
            continue
        name = " ".join(parts[:count])
        candidates = named.get(name.lower())
        if not candidates:
            continue
        kept = tuple(unit for unit in candidates if _is_kind(unit, kind))
        loose = not kept
        if loose:
            kept = tuple(unit for unit in candidates if unit.level == _level(kind))
        if kept:
            return _Found(
                start, start + len(name), kind, kept, How.KIND,
                plural=plural, loose=loose, whole=count == len(parts), named_start=named_start,
            )  # fmt: skip
    return _Found(start, start + len(" ".join(parts)), kind, (), How.KIND, plural=plural)


def _is_person(parts: Sequence[str], *, alone: bool) -> bool:
    """Return whether the words after a name are a person's: ``UBND huyện Đức Huệ Nguyễn Văn A``.

    After a name of one word (``alone``) they may as well belong to it.
    """
    return len(parts) > (2 if alone else 1) and parts[0].lower() in words.SURNAMES


def _is_kind(unit: Unit, kind: str) -> bool:
    return unit.kind == kind or (kind == "tỉnh" and not unit.parent)


def _level(kind: str) -> int:
    if kind in ("xã", "phường", "thị trấn", "đặc khu"):
        return COMMUNE
    return PROVINCE if kind == "tỉnh" else DISTRICT


def _bare(
    named: dict[str, tuple[Unit, ...]], text: str, parts: list[str], start: int
) -> _Found | None:
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
        return _Found(start, start + len(name), "", (), How.NAME)
    if len(name) < 3:
        return None
    trap = bool(opener) and (opener in words.NEAR or opener in words.PERSONS)
    return _Found(
        start, start + len(name), "", candidates, How.NAME,
        trap=trap or _is_trap(text, start), whole=whole, named_start=start,
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
    return start == 0 or text[start - 1] in _STARTS or (text[start - 1] == " " and text[start - 2] in _STARTS)


def _is_trap(text: str, start: int) -> bool:
    """Return whether the words before a bare name say that it is no place."""
    before = text[max(0, start - 60) : start]
    if before[-1:] not in (" ", ""):
        return before[-1:] in ("-", "–") and bool(before[:-1]) and before[-2].isalpha()
    cut = None
    for cut in _BREAK.finditer(before):
        pass
    phrase = before[cut.end() :] if cut else before
    said = [word for word in phrase.lower().split() if word not in ("-", "–")]
    if not said:
        return False
    last = said[-1]
    two = f"{said[-2]} {last}" if len(said) > 1 else ""
    if {last, two} & words.PERSONS or {last, two} & words.NEAR:
        return True
    previous = ""
    for word in reversed(said[-7:]):
        if word in words.STOPS:
            return False
        if word in words.FAR or f"{word} {previous}" in words.FAR:
            return True
        previous = word
    return False


def _find_numbered(named: dict[str, tuple[Unit, ...]], text: str) -> Iterator[_Found]:
    """Find ``phường 12``, ``Q.1``, ``các phường 1, 2 và 3``."""
    for match in _NUMBERED.finditer(text):
        kind = words.SHORT_KINDS[match[2].lower()] if match[2] else match[1].lower()
        spans = [match.span(3)]
        spans += [(match.start(4) + d.start(), match.start(4) + d.end()) for d in _DIGITS.finditer(match[4])]
        for at, (start, end) in enumerate(spans):
            number = text[start:end].lstrip("0")
            candidates = tuple(unit for unit in named.get(number, ()) if unit.kind == kind)
            if candidates:
                how = How.LIST if at else How.KIND
                yield _Found(start, end, kind, candidates, how, named_start=match.start())


def _join_lists(units: Units, text: str, found: list[_Found]) -> list[_Found]:
    """Give the names of a list the kind of its first, and each name the parents beside it."""
    for before, one in zip(found, found[1:], strict=False):
        joint = text[before.end : one.start]
        if before.trap and joint in words.DASHES:
            one.trap = True
        if one.kind or not one.whole or joint not in words.LIST_JOINTS or not before.kind:
            continue
        if before.how not in (How.KIND, How.LIST):
            continue
        same = tuple(unit for unit in one.candidates if _is_kind(unit, before.kind))
        if not before.plural and joint != " và " and _holds(units, one, before):
            continue
        if same or (before.plural and not one.candidates):
            one.kind, one.how, one.candidates = before.kind, How.LIST, same
            one.plural, one.trap = before.plural, False
    _link_parents(text, found)
    return [one for one in found if one.candidates]


def _holds(units: Units, one: _Found, inner: _Found) -> bool:
    """Return whether a name may be of what holds the unit before it."""
    codes = {unit.code for unit in one.candidates}
    return any(parent.code in codes for unit in inner.candidates for parent in units.parents(unit))


def _link_parents(text: str, found: list[_Found]) -> None:
    """Note for each name the larger units that follow it at once: ``xã A, huyện B, tỉnh C``."""
    for at in range(len(found) - 1, -1, -1):
        one = found[at]
        level = min((unit.level for unit in one.candidates), default=COMMUNE)
        if one.kind:
            level = _level(one.kind) if one.kind != "thành phố" else level
        end = one.end
        for after in found[at + 1 : at + 16]:
            joint = text[end : after.named_start or after.start]
            if joint.endswith("("):
                joint = " ("
            if joint not in words.PARENT_JOINTS and joint not in words.LIST_JOINTS:
                break
            end = after.end
            if not after.candidates:
                continue
            above = min(unit.level for unit in after.candidates)
            if after.kind and after.kind != "thành phố":
                above = _level(after.kind)
            if above < level or (not after.kind and any(u.level < COMMUNE for u in after.candidates)):
                one.parents.append(after)
                if after.kind or above == PROVINCE:
                    level = min(level, above)
                if above == PROVINCE:
                    break


class _Reader:
    """Decides which unit each name of one article means, the largest first."""

    def __init__(self, units: Units, text: str, setting: Setting, found: list[_Found]) -> None:
        self._units = units
        self._text = text
        self._found = found
        self._home = setting.home
        self._old = setting.day is not None and setting.day < CHANGED_ON
        self._dated = setting.day is not None
        self._provinces: set[str] = set()
        self._districts: set[str] = set()
        self._told: dict[str, Unit] = {}
        self._persons: set[str] | None = None

    def read(self) -> None:
        """Give each name its unit, or none."""
        for one in self._found:
            if not one.trap or one.kind:
                self._provinces.update(u.code for u in one.candidates if not u.parent)
        self._read_level(PROVINCE)
        self._provinces = {
            code
            for one in self._found
            if one.unit and not one.unit.parent
            for code in self._twins(one.unit)
        }
        self._districts = {
            unit.code
            for one in self._found
            if one.kind and one.unit is None
            for unit in one.candidates
            if unit.level == DISTRICT
        }
        self._read_level(DISTRICT)
        self._districts = {
            one.unit.code for one in self._found if one.unit and one.unit.level == DISTRICT
        }
        self._read_level(COMMUNE)
        self._read_repeats()

    def _twins(self, province: Unit) -> Iterable[str]:
        """Return a province and what it became or came from: its communes changed hands."""
        yield province.code
        near = self._units.became(province) if province.old else self._units.came_from(province)
        for unit in near:
            yield unit.code

    def _read_level(self, level: int) -> None:
        for one in self._found:
            if one.unit is not None:
                continue
            candidates = [unit for unit in one.candidates if unit.level == level]
            if not candidates:
                continue
            if one.kind:
                if level == DISTRICT or not self._has_larger(one, level):
                    self._settle(one, candidates)
            elif level == PROVINCE:
                if self._is_province(one):
                    self._settle(one, candidates)
            elif not one.trap and one.whole and self._is_beside(one, candidates):
                one.how = How.PARENT
                self._settle(one, candidates)
            elif level == DISTRICT and not one.trap and one.whole and self._is_home(one, candidates):
                self._settle(one, candidates)
            if one.unit is not None and one.kind:
                self._told.setdefault(self._text[one.start : one.end].lower(), one.unit)

    def _has_larger(self, one: _Found, level: int) -> bool:
        """A city of a province and a province-level city share the kind."""
        return one.unit is not None and one.unit.level < level

    def _is_province(self, one: _Found) -> bool:
        if one.trap:
            return False
        name = self._text[one.start : one.end].lower()
        return name not in self._person_names()

    def _person_names(self) -> set[str]:
        """Return the last two words of persons' names, in lower case."""
        if self._persons is None:
            runs = (match[0].lower().split(" ") for match in _RUN.finditer(self._text))
            self._persons = {
                " ".join(run[-2:]) for run in runs if len(run) > 2 and run[0] in words.SURNAMES
            }
        return self._persons

    def _is_beside(self, one: _Found, candidates: Sequence[Unit]) -> bool:
        return any(self._within(unit, parent) for parent in one.parents for unit in candidates)

    def _is_home(self, one: _Found, candidates: Sequence[Unit]) -> bool:
        name = self._text[one.start : one.end]
        if " " not in name or name.lower() in self._person_names():
            return False
        return any(self._units.province(unit).code in self._home for unit in candidates)

    def _within(self, unit: Unit, parent: _Found) -> bool:
        """Return whether a unit lies in what a name beside it means."""
        meant = {u.code for u in (parent.candidates if parent.unit is None else (parent.unit,))}
        if any(holder.code in meant for holder in self._units.parents(unit)):
            return True
        # "xã A, tỉnh Tây Ninh (trước là Long An)": the province may be that of another time.
        return any(self._units.province(unit).code == code for u in parent.candidates if not u.parent for code in self._twins(u))

    def _settle(self, one: _Found, candidates: Sequence[Unit]) -> None:
        scored = sorted(((self._score(one, unit), unit) for unit in candidates), key=lambda x: -x[0][0])
        (best, factor), unit = scored[0]
        if len(scored) > 1 and scored[1][0][0] == best:
            return
        if factor == UNIQUE and not self._is_known_far(one, candidates):
            return
        one.unit = unit
        one.sure = BASE[one.how] * factor * (LOOSE if one.loose else 1.0)

    def _is_known_far(self, one: _Found, candidates: Sequence[Unit]) -> bool:
        """Return whether a name alone tells a unit that nothing near it speaks for.

        A paper says where a commune of another province lies; a name that its own province lacks
        is rather one that ended before 2025.
        """
        if one.loose or (self._home and candidates[0].level == COMMUNE):
            return False
        return len({new.code for unit in candidates for new in self._units.became(unit)[:1]}) == 1

    def _score(self, one: _Found, unit: Unit) -> tuple[float, float]:
        """Return what speaks for a unit, and the factor of the strongest reason."""
        score, factor = 0.0, UNIQUE
        province = self._units.province(unit)
        if unit.level == PROVINCE:
            factor = BESIDE
        if unit.level != PROVINCE and province.code in self._home:
            score, factor = score + 2, max(factor, HOME)
        if unit.level != PROVINCE and province.code in self._provinces:
            score, factor = score + 2, max(factor, NAMED)
        if unit.level == COMMUNE and unit.parent in self._districts:
            score, factor = score + 3, max(factor, NAMED)
        if one.parents:
            near = [parent for parent in one.parents if self._within(unit, parent)]
            score += 4 * len(near) - 2 * (len(one.parents) - len(near))
            factor = max(factor, BESIDE) if near else factor
        return score + self._era(one, unit), factor

    def _era(self, one: _Found, unit: Unit) -> float:
        """Return what the article's day, and words such as ``cũ``, say for a unit."""
        if _WAS.match(self._text, one.end):
            return 6.0 if unit.old else 0.0
        score = 1.0 if unit.old == self._old else 0.0
        before = self._text[max(0, one.start - 48) : one.start]
        if _WAS_BEFORE.search(before):
            score += 1.5 if unit.old else 0.0
        elif _IS_BEFORE.search(before):
            score += 1.5 if not unit.old else 0.0
        return score

    def _read_repeats(self) -> None:
        """A bare name that the article has with its kind means the same unit."""
        for one in self._found:
            if one.unit is None and not one.trap and not one.kind and one.whole:
                told = self._told.get(self._text[one.start : one.end].lower())
                if told is not None:
                    one.unit, one.how = told, How.REPEAT
                    one.sure = BASE[How.REPEAT]
