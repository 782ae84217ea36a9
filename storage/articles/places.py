"""Which units each article names, kept in the transaction that keeps the article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.places.mentions import Mention, Setting, find_mentions
from storage.places.questions import find_provinces, name_code
from storage.places.units import CHANGED_ON, answered_by, load_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from storage.db.database import Database
    from storage.places.units import Unit
    from storage.records import Article

PAGE = 200
"""Articles of an earlier version that are read in one transaction: a tenth of a second."""

_DUE = """
select a.id, a.title, a.summary, a.body, a.published_on, a.source_id
from places_due d join articles a on a.id = d.article_id order by d.article_id limit ?"""
_NAMED = "select unit, confidence from mentions where article_id = ? order by position, unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlace:
    """A unit that an article names."""

    code: str
    title: str
    """Kind, name and what holds it; ``(cũ)`` behind one that ended in June 2025."""
    confidence: float
    """From 0 to 1: how sure it is that this unit is meant."""


class Places:
    """Tables ``mentions``, ``places`` and ``place_articles``."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._homes: dict[str, frozenset[str]] = {}

    def find(self, article: Article) -> list[Mention]:
        """Return the units that an article names, one mention each: the surest, the first."""
        return self._find(
            article.source_id, article.published_on, article.title, article.summary, article.body
        )

    def keep(self, article_id: int, mentions: Sequence[Mention]) -> None:
        """Make an article's mentions the given ones. The caller holds a transaction."""
        conn = self._db.conn
        rows = conn.execute("select unit from mentions where article_id = ?", (article_id,))
        before = _answered(row["unit"] for row in rows.fetchall())
        now = _answered(mention.unit for mention in mentions)
        conn.execute("delete from places_due where article_id = ?", (article_id,))
        conn.execute("delete from mentions where article_id = ?", (article_id,))
        conn.executemany(
            "insert into mentions (article_id, unit, how, confidence, position)"
            " values (?, ?, ?, ?, ?)",
            ((article_id, m.unit, m.how, m.confidence, m.position) for m in mentions),
        )
        conn.executemany(
            "delete from place_articles where place = ? and article_id = ?",
            ((code, article_id) for code in before.keys() - now.keys()),
        )
        conn.executemany(
            "insert or ignore into places (code, kind, name, district, province, until, today)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            map(_row, now.values()),
        )
        conn.executemany(
            "insert or ignore into place_articles (place, article_id) values (?, ?)",
            ((code, article_id) for code in now),
        )

    def named_by(self, article_id: int) -> list[NamedPlace]:
        """Return the units that an article names, in the order of its text."""
        if not self._db.has_table("mentions"):
            return []
        rows = self._db.conn.execute(_NAMED, (article_id,))
        return [
            NamedPlace(code=row["unit"], title=name_code(row["unit"]), confidence=row["confidence"])
            for row in rows
        ]

    def read_due(self) -> int:
        """Read some of the articles that an earlier version archived; return how many.

        One transaction; 0 when none is left.
        """
        if not self.has_due():
            return 0
        load_units()
        with self._db.transaction():
            rows = self._db.conn.execute(_DUE, (PAGE,)).fetchall()
            for article_id, title, summary, body, day, source_id in rows:
                self.keep(article_id, self._find(source_id, day, title, summary, body))
        return len(rows)

    def has_due(self) -> bool:
        """Return whether articles of an earlier version are still unread."""
        row = self._db.conn.execute("select exists (select 1 from places_due)").fetchone()
        return bool(row[0])

    def _find(
        self, source_id: str, day: str | None, title: str, summary: str | None, body: str
    ) -> list[Mention]:
        text = "\n\n".join((title, summary or "", body))
        setting = Setting(day=day, home=self._home(source_id))
        best: dict[str, Mention] = {}
        for mention in find_mentions(load_units(), text, setting):
            known = best.get(mention.unit)
            if known is None or mention.confidence > known.confidence:
                best[mention.unit] = mention
        return list(best.values())

    def _home(self, source_id: str) -> frozenset[str]:
        """Return the codes of a source's province, before and since July 2025."""
        if source_id not in self._homes:
            row = self._db.conn.execute(
                "select province, province_before_2025 from sources where id = ?", (source_id,)
            ).fetchone()
            self._homes[source_id] = find_provinces(name for name in row or () if name)
        return self._homes[source_id]


def _answered(codes: Iterable[str]) -> dict[str, Unit]:
    units = load_units()
    found: dict[str, Unit] = {}
    for code in codes:
        if unit := units.by_code.get(code):
            found |= answered_by(units, unit)
    return found


def _row(unit: Unit) -> tuple[str | None, ...]:
    units = load_units()
    parents = units.parents(unit)
    district = parents[0].title if len(parents) > 1 else None
    province = units.province(unit)
    today = {units.province(new).name for new in units.became(unit)} or {province.name}
    until = CHANGED_ON if unit.old else None
    return (unit.code, unit.kind, unit.name, district, province.name, until, min(today))
