"""Figures about the whole archive that several pages show, kept between requests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.places.questions import find_provinces
from storage.places.units import load_units

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crawler.web.memo import Memo
    from crawler.web.visit import Visit
    from storage.archive import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class ByProvince:
    """Numbers of articles by province."""

    by_code: Mapping[str, int]
    """Code of a province of today or before -> number."""
    ended: Mapping[str, int]
    """Name of a province that ended in June 2025 -> number, the greatest first."""


def count_provinces(visit: Visit, by_source: Mapping[str, int]) -> ByProvince:
    """Return numbers by source as numbers by province."""
    homes: dict[str, tuple[tuple[str, ...], str]] = {}
    for _, found in visit.ask(lambda each: each.memo.get("homes", each.archive, _read_homes)):
        homes |= found
    by_code: dict[str, int] = {}
    ended: dict[str, int] = {}
    for source_id, count in by_source.items():
        codes, name = homes.get(source_id, ((), ""))
        for code in codes:
            by_code[code] = by_code.get(code, 0) + count
        if name:
            ended[name] = ended.get(name, 0) + count
    most_first = dict(sorted(ended.items(), key=lambda pair: (-pair[1], pair[0])))
    return ByProvince(by_code=by_code, ended=most_first)


def published_by_province(visit: Visit) -> Mapping[str, int]:
    """Return code of a province -> articles of its outlets in the whole archive."""
    return count_provinces(visit, by_source(visit)).by_code


def by_source(visit: Visit) -> Mapping[str, int]:
    """Return source id -> articles."""
    return add_up(visit, "by_source", _by_source)


def by_month(visit: Visit) -> Mapping[str, int]:
    """Return month -> articles."""
    return dict(sorted(add_up(visit, "by_month", _by_month).items()))


def by_province(visit: Visit) -> Mapping[str, int]:
    """Return code of a province -> articles that name a place of it."""
    return add_up(visit, "by_province", _by_province)


def add_up(
    visit: Visit, name: str, count: Callable[[Archive], Mapping[str, int]]
) -> Mapping[str, int]:
    """Return a figure that is kept by its name, of all archives visited together."""
    total: Counter[str] = Counter()
    for _, counts in visit.ask(lambda each: each.memo.get(name, each.archive, count)):
        total.update(counts)
    return total


def warm(archive: Archive, memo: Memo) -> None:
    """Count all of these, and read the names of places, before the first reader comes."""
    load_units()
    memo.get("by_source", archive, _by_source)
    memo.get("by_month", archive, _by_month)
    memo.get("by_province", archive, _by_province)
    memo.get("homes", archive, _read_homes)


def _by_source(archive: Archive) -> dict[str, int]:
    return archive.volumes.by_source()


def _by_month(archive: Archive) -> dict[str, int]:
    return archive.volumes.by_month()


def _by_province(archive: Archive) -> dict[str, int]:
    return archive.volumes.by_province()


def _read_homes(archive: Archive) -> dict[str, tuple[tuple[str, ...], str]]:
    """Source id -> codes of its province today and before, and the name of one that ended."""
    found = {}
    for source in archive.sources.all():
        today = {code for code in find_provinces([source.province]) if not code.endswith("c")}
        name = source.province_before_2025 or source.province
        before = {code for code in find_provinces([name]) if code.endswith("c")}
        ended = name if name != source.province else ""
        found[source.id] = (tuple(sorted(today | before)), ended)
    return found
