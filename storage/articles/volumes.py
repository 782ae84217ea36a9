"""How many articles there are: by month, by source, by day, by place.

Each method asks an index that holds all it needs; over a million articles a count of everything
takes some tenths of a second, so who shows it often keeps it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from storage.places.units import load_provinces

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.db.database import Database

_BY_MONTH = """
select substr(published_on, 1, 7) as name, count(*) from articles
where published_on is not null group by 1 order by 1"""
_OF_SOURCE = """
select substr(published_on, 1, 7) as name, count(*) from articles
where source_id = ? and published_on is not null group by 1 order by 1"""
_BY_SOURCE = "select source_id, count(*) from articles group by 1"
_BY_DAY = """
select s.id, a.published_on, count(*)
from sources s join articles a on a.source_id = s.id and a.published_on >= :since
where :source is null or s.id = :source group by 1, 2"""
_BY_PLACE = """
select place, count(*) from place_articles where place in (select value from json_each(?))
group by 1"""


class Volumes:
    """Table ``articles`` and ``place_articles``, counted."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def by_month(self, source_id: str | None = None) -> dict[str, int]:
        """Return month, ``YYYY-MM``, -> articles, of all sources or one; the earliest first."""
        if source_id is None:
            return self._pairs(_BY_MONTH)
        return self._pairs(_OF_SOURCE, source_id)

    def by_source(self) -> dict[str, int]:
        """Return source id -> articles."""
        return self._pairs(_BY_SOURCE)

    def by_day(self, since: str, source_id: str | None = None) -> dict[str, dict[str, int]]:
        """Return source id -> local day -> articles published since that day."""
        found: dict[str, dict[str, int]] = defaultdict(dict)
        values = {"since": since, "source": source_id}
        for source, day, count in self._db.conn.execute(_BY_DAY, values):
            found[source][day] = count
        return dict(found)

    def by_province(self) -> dict[str, int]:
        """Return the code of each province, of today and before, -> articles that answer for it."""
        return self.by_place(unit.code for unit in load_provinces().provinces)

    def by_place(self, codes: Iterable[str]) -> dict[str, int]:
        """Return code of a unit -> articles that answer for it; without those of none."""
        if not self._db.has_table("place_articles"):
            return {}
        return self._pairs(_BY_PLACE, json.dumps(list(codes)))

    def _pairs(self, sql: str, *values: str) -> dict[str, int]:
        return {row[0]: row[1] for row in self._db.conn.execute(sql, values)}
