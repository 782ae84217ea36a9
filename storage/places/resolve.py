"""Which unit each name of an article means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.places import words
from storage.places.scan import RUN, How
from storage.places.units import CHANGED_ON, COMMUNE, DISTRICT, PROVINCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from storage.places.scan import Found
    from storage.places.units import Unit, Units

BASE = {How.KIND: 0.95, How.LIST: 0.9, How.PARENT: 0.9, How.NAME: 0.8, How.REPEAT: 0.85}
"""How sure a mention is, by how it was found; times what singled out the unit, below."""
BESIDE, NAMED, HOME, UNIQUE = 1.0, 0.97, 0.95, 0.85
"""The parent stands beside it; is named in the article; is the outlet's; or no other unit has
the name."""
CITIES_SINCE = "2026"
"""Before, Bắc Ninh, Đồng Nai and Quảng Ninh were no cities: "TP Bắc Ninh" was one in Bắc Ninh."""
ELSEWHERE = 0.0
"""What stands beside the name does not hold the unit."""
LOOSE = 0.8
"""Another kind than the list of units has."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known of an article beside its text."""

    day: str | None = None
    """Local day of publication; None where unknown."""
    home: frozenset[str] = frozenset()
    """Codes of the outlet's province, before and since July 2025."""


_WAS = re.compile(
    r"(?: ?\(| |, )(?:cũ|trước đây|trước kia|ngày trước|trước khi|trước sáp nhập|trước sắp xếp)\b"
)
"""Behind a name: the unit of the time before."""
_MERGED = r"(?:từ|toàn bộ|nguyên trạng|các|hai|ba|xã|phường|huyện|tỉnh|thị trấn|thành phố)"
_WAS_BEFORE = re.compile(
    r"\b(?:trước đây|trước kia|trước|vốn|nguyên) (?:là|thuộc)\b"
    r"|\b(?:khi|hồi|thời|lúc) (?:đó )?còn\b|\bcòn thuộc\b|\btrước (?:ngày )?0?1/7\b"
    r"|\bcơ sở (?:nhập|sáp nhập|hợp nhất|sắp xếp)\b|\bthành lập (?:từ|trên cơ sở)\b"
    rf"|\b(?:sáp nhập|hợp nhất|nhập) (?:{_MERGED} |$|(?-i:(?=[A-ZĐ])))",
    re.IGNORECASE,
)
_IS_BEFORE = re.compile(
    r"\b(?:nay|bây giờ) (?:là|thuộc)\b|\bthành lập\b|\bmang tên\b", re.IGNORECASE
)
_NEW = re.compile(r" mới\b")
_MERGING = re.compile(r" (?:hợp nhất|sáp nhập|nhập)(?! vào| với)\b")
_SENTENCE_ENDS = re.compile(r"[.;\n]")
LOOKED_BACK = 160
"""Characters before a name in which its sentence may say that it was, or is."""
OWN_PLACE, NAMED_PLACE, NAMED_DISTRICT, BESIDE_PLACE, NOT_BESIDE = 2.0, 2.0, 3.0, 5.0, -3.0
OF_THE_TIME, SAID_OF_THE_TIME, WAS = 4.0, 5.0, 9.0
ENDED_BESIDE = -4.5
"""What speaks for a unit, weighed: the outlet's province, a province or district that the article
names, what stands beside it; the time of the article, words of the sentence, ``cũ`` behind it.
A district of the article outweighs no unit of the article's time; one beside the name does."""


class Reader:
    """Decides which unit each name of one article means, the largest first."""

    def __init__(self, units: Units, text: str, setting: Setting, found: list[Found]) -> None:
        self._units = units
        self._text = text
        self._found = found
        self._home = setting.home
        self._day = setting.day or ""
        self._old = "" < self._day < CHANGED_ON
        self._now = self._day >= CHANGED_ON
        self._provinces: set[str] = set()
        self._districts: set[str] = set()
        self._told: dict[str, Unit] = {}
        self._persons: set[str] | None = None

    def read(self) -> None:
        """Give each name its unit, or none."""
        self._read_level(PROVINCE)
        self._provinces = {
            code for one in self._found if one.unit for code in self._twins(one.unit)
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
            candidates = [unit for unit in one.candidates if unit.level == level]
            if one.unit is not None or not candidates or not self._may_be(one, level, candidates):
                continue
            unit = self._settle(one, candidates)
            if one.kind and unit:
                self._told.setdefault(self._text[one.start : one.end].lower(), unit)

    def _may_be(self, one: Found, level: int, candidates: Sequence[Unit]) -> bool:
        """Return whether a name is a place of that level at all, and note how that is known."""
        if one.kind:
            return level != PROVINCE or not self._is_city_of_then(one)
        if one.trap or not (one.whole or level == PROVINCE):
            return False
        if level == PROVINCE:
            name = self._text[one.start : one.end].lower()
            return one.listed or name not in self._person_names()
        if any(not unit.parent for unit in one.candidates):
            return False
        if self._is_beside(one, candidates) or (level == DISTRICT and one.holds):
            one.how = How.PARENT
            return True
        if level == DISTRICT and self._is_known_city(one, candidates):
            return True
        return level == self._home_level(one) and self._is_home(one, candidates)

    def _is_known_city(self, one: Found, candidates: Sequence[Unit]) -> bool:
        """Return whether a bare name behind ``ở``, ``từ``, ... is a city that needs no province."""
        before = self._text[max(0, one.start - 6) : one.start].lower().split()
        cities = [unit for unit in candidates if unit.kind in ("thành phố", "thị xã")]
        return (
            len(cities) == len(candidates) == 1
            and self._text[one.start - 1 : one.start] == " "
            and bool(before)
            and before[-1] in words.PLACES_BEFORE
            and " " in self._text[one.start : one.end]
        )

    def _is_city_of_then(self, one: Found) -> bool:
        """Return whether a ``thành phố`` is one in a province that became a city in 2026."""
        if one.kind != "thành phố" or self._day >= CITIES_SINCE:
            return False
        return not any(unit.old for unit in one.candidates if not unit.parent)

    def _home_level(self, one: Found) -> int:
        """Return the level of a bare name of the outlet's own province: its districts.

        Since July 2025, where a commune took over the name of the district, that commune.
        """
        if _WAS_BEFORE.search(self._said_before(one.start)):
            return DISTRICT
        heirs = [unit for unit in one.candidates if unit.level == COMMUNE and not unit.old]
        was_district = any(unit.level == DISTRICT for unit in one.candidates)
        is_heir = self._now and was_district and self._is_home(one, heirs)
        return COMMUNE if is_heir else DISTRICT

    def _person_names(self) -> set[str]:
        """Return the last two words of persons' names, in lower case."""
        if self._persons is None:
            runs = (match[0].lower().split(" ") for match in RUN.finditer(self._text))
            self._persons = {
                " ".join(run[-2:]) for run in runs if len(run) > 2 and run[0] in words.SURNAMES
            }
        return self._persons

    def _is_beside(self, one: Found, candidates: Sequence[Unit]) -> bool:
        return any(self._within(unit, parent) for parent in one.parents for unit in candidates)

    def _is_home(self, one: Found, candidates: Sequence[Unit]) -> bool:
        name = self._text[one.start : one.end]
        if " " not in name or name.lower() in self._person_names():
            return False
        return any(self._units.province(unit).code in self._home for unit in candidates)

    def _within(self, unit: Unit, parent: Found) -> bool:
        """Return whether a unit lies in what a name beside it means."""
        meant = {u.code for u in (parent.candidates if parent.unit is None else (parent.unit,))}
        times = (unit,) if unit.old else (unit, *self._units.came_from(unit))
        if any(holder.code in meant for one in times for holder in self._units.parents(one)):
            return True
        # "xã A, tỉnh Tây Ninh (trước là Long An)": the province may be that of another time.
        return any(
            self._units.province(unit).code == code
            for u in parent.candidates
            for code in self._twins(u)
        )

    def _settle(self, one: Found, candidates: Sequence[Unit]) -> Unit | None:
        """Give a name the unit that most speaks for; none where two are alike."""
        era = self._era(one)
        scored = []
        for unit in candidates:
            score, factor = self._score(one, unit)
            scored.append((score + era[unit.old], factor, unit))
        scored.sort(key=lambda row: -row[0])
        best, factor, unit = scored[0]
        if len(scored) > 1 and scored[1][0] == best:
            return None
        if factor == ELSEWHERE or (factor == UNIQUE and not self._is_known_far(one, candidates)):
            return None
        one.unit = unit
        one.sure = BASE[one.how] * factor * (LOOSE if one.loose else 1.0)
        return unit

    def _is_known_far(self, one: Found, candidates: Sequence[Unit]) -> bool:
        """Return whether a name alone tells a unit that nothing near it speaks for.

        A paper says where a commune of another province lies; a name that its own province lacks
        is rather one that ended before 2025.
        """
        if one.loose or (self._home and candidates[0].level == COMMUNE):
            return False
        return len({new.code for unit in candidates for new in self._units.became(unit)[:1]}) == 1

    def _score(self, one: Found, unit: Unit) -> tuple[float, float]:
        """Return what speaks for a unit, and the factor of the strongest reason."""
        score, factor = 0.0, BESIDE if unit.level == PROVINCE else UNIQUE
        province = self._units.province(unit)
        if unit.level != PROVINCE and province.code in self._home:
            score, factor = score + OWN_PLACE, max(factor, HOME)
        if province.code in self._provinces:
            score, factor = score + NAMED_PLACE, max(factor, NAMED)
        if unit.parent in self._districts:
            score, factor = score + NAMED_DISTRICT, max(factor, NAMED)
        for parent in one.parents:
            near = self._within(unit, parent)
            score += BESIDE_PLACE if near else NOT_BESIDE
            if near and not unit.old and parent.unit and parent.unit.level == DISTRICT:
                score += ENDED_BESIDE
            factor = BESIDE if near else factor
        abroad = unit.level == COMMUNE and province.code not in self._home
        if abroad and factor != BESIDE and any(parent.kind for parent in one.parents):
            factor = ELSEWHERE
        return score, factor

    def _era(self, one: Found) -> tuple[float, float]:
        """Return what day and sentence say for a unit of today and for one of before.

        Words such as ``cũ`` outweigh the article's day.
        """
        if _WAS.match(self._text, one.end):
            return 0.0, WAS
        now, then = (0.0, OF_THE_TIME) if self._old else (OF_THE_TIME, 0.0)
        if _NEW.match(self._text, one.end):
            return now + WAS, then
        if _MERGING.match(self._text, one.end):
            return now, then + SAID_OF_THE_TIME
        said = self._said_before(one.named_start)
        if _WAS_BEFORE.search(said):
            then += SAID_OF_THE_TIME
        elif _IS_BEFORE.search(said):
            now += SAID_OF_THE_TIME
        return now, then

    def _said_before(self, start: int) -> str:
        """Return the sentence before a name."""
        return _SENTENCE_ENDS.split(self._text[max(0, start - LOOKED_BACK) : start])[-1]

    def _read_repeats(self) -> None:
        """A bare name that the article has with its kind means the same unit."""
        for one in self._found:
            if one.unit is None and not one.trap and not one.kind and one.whole:
                told = self._told.get(self._text[one.start : one.end].lower())
                if told is not None:
                    one.unit, one.how = told, How.REPEAT
                    one.sure = BASE[How.REPEAT]
