"""Numbers of articles by the province of the outlet, of today and of before July 2025."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.places.questions import find_provinces

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    homes = visit.site.memo.get("homes", visit.archive, _homes)
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
    counts = visit.site.memo.get("by_source", visit.archive, lambda a: a.volumes.by_source())
    return count_provinces(visit, counts).by_code


def _homes(archive: Archive) -> dict[str, tuple[tuple[str, ...], str]]:
    """Source id -> codes of its province today and before, and the name of one that ended."""
    found = {}
    for source in archive.sources.all():
        today = {code for code in find_provinces([source.province]) if not code.endswith("c")}
        name = source.province_before_2025 or source.province
        before = {code for code in find_provinces([name]) if code.endswith("c")}
        ended = name if name != source.province else ""
        found[source.id] = (tuple(sorted(today | before)), ended)
    return found
