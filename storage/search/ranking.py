"""Candidates read, scored, folded into clusters and turned into hits."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.search.candidates import Standing, all_matches, find_candidates, likely_matches
from storage.search.filters import read_list
from storage.search.results import Hit
from storage.search.scoring import Score, Scorer
from storage.search.snippets import make_snippet

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from storage.search.budget import Budget
    from storage.search.filters import Scope
    from storage.search.query import Query

OUTLINED = 60
"""Candidates whose title and lead are scored for a page of results."""
READ = 15
"""Candidates that are read in full, at least."""
MOST_EARLIER = 20
"""Earlier copies looked at for one that matches too."""
SAME_CLUSTER = 3
"""Copies of one text that are read, where copies are folded."""

_OUTLINES = """
select a.id, a.title, a.summary, a.published_on, a.published_at, a.cluster_id
from articles a where a.id in (select value from json_each(?)) and {condition}"""
_ARTICLE = """
select a.id, a.title, a.summary, a.body, a.url, a.source_id, a.authors, a.section,
    a.published_on, a.published_at, a.cluster_id, s.province
from articles a join sources s on s.id = a.source_id where a.id = ? and {condition}"""
EARLIEST_FIRST = (
    "published_on is null, published_on, ifnull(published_at, published_on), first_seen_at"
)
_COPIES = f"""
select cluster_id, id from articles where cluster_id in (select value from json_each(?))
order by {EARLIEST_FIRST}, id limit 2000"""  # noqa: S608 - constants
_BY_DAY = """
select id from articles where id in (select value from json_each(?))
order by published_on desc, published_at desc, id desc"""


@dataclass(frozen=True, slots=True)
class Match:
    """An article that answers the query."""

    score: Score
    row: sqlite3.Row

    @property
    def rank(self) -> tuple[bool, float, str, str, int]:
        """Sorts by relevance, then by publication."""
        row = self.row
        day, instant = row["published_on"] or "", row["published_at"] or ""
        return (self.score.exact, round(self.score.value, 2), day, instant, row["id"])


class Ranker:
    """Answers one query on one archive."""

    def __init__(
        self, conn: sqlite3.Connection, query: Query, scope: Scope, budget: Budget
    ) -> None:
        self._conn = conn
        self._query = query
        self._scope = scope
        self._budget = budget
        self._scorer = Scorer(query)
        condition, self._values = scope.where()
        self._outlines = _OUTLINES.format(condition=condition)
        self._article = _ARTICLE.format(condition=condition)

    def best(self, limit: int, *, fold_copies: bool) -> list[Match]:
        """Return the best matches, the best first."""
        read = max(READ, limit + limit // 2)
        most = max(OUTLINED, 3 * limit)
        found = find_candidates(
            self._conn, self._query, self._scope, want=most, few=read, budget=self._budget
        )
        if not found and self._budget.spent:
            found = dict.fromkeys(self._likely(most), Standing(1, exact=False))
        self._budget.check(found=bool(found))
        ids = list(found)
        if len(ids) > read:
            ids = self._outlined(found, most, fold_copies=fold_copies)
        matches: list[Match] = []
        for match in self._read(ids):
            matches.append(match)
            if len(matches) >= read:
                break
        return sorted(matches, key=lambda match: match.rank, reverse=True)

    def newest(self, limit: int) -> Iterator[Match]:
        """Yield matches, the newest first."""
        most = 1_000 + 20 * limit
        ids = all_matches(self._conn, self._query, self._scope, most=most, budget=self._budget)
        if not ids and self._budget.spent:
            ids = self._likely(most)
        self._budget.check(found=bool(ids))
        by_day = self._conn.execute(_BY_DAY, [json.dumps(ids)]).fetchall()
        yield from self._read(row[0] for row in by_day)

    def _likely(self, most: int) -> list[int]:
        self._scorer = Scorer(self._query, beginnings=True)
        return likely_matches(self._conn, self._query, self._scope, most=most, budget=self._budget)

    def hits(self, matches: Iterable[Match], limit: int, *, fold_copies: bool) -> list[Hit]:
        """Turn matches into hits, one for each cluster where copies are folded."""
        shown: dict[int, Match] = {}
        for match in matches:
            key = match.row["cluster_id"] if fold_copies else match.row["id"]
            shown.setdefault(key, match)
            if len(shown) >= limit:
                break
        copies = self._copies({match.row["cluster_id"] for match in shown.values()})
        hits = []
        for match in shown.values():
            same = copies[match.row["cluster_id"]]
            first = self._earliest(match, same) if fold_copies else match
            hits.append(self._hit(first, len(same) - 1))
        return hits

    def _copies(self, clusters: set[int]) -> dict[int, list[int]]:
        copies: dict[int, list[int]] = {cluster: [] for cluster in clusters}
        for cluster, article_id in self._conn.execute(_COPIES, [json.dumps(list(clusters))]):
            copies[cluster].append(article_id)
        return copies

    def _outlined(self, found: dict[int, Standing], most: int, *, fold_copies: bool) -> list[int]:
        """Sort candidates by title, lead and standing, without reading their bodies."""
        ids = sorted(found, key=lambda i: (found[i].level, found[i].exact), reverse=True)
        values = [json.dumps(ids[: 2 * most]), *self._values]
        rows = self._conn.execute(self._outlines, values).fetchall()
        heads = [(row["title"], row["summary"] or "", found[row["id"]]) for row in rows]
        matches = list(map(Match, self._scorer.outline(heads), rows))
        matches.sort(key=lambda match: match.rank, reverse=True)
        return _spread(matches) if fold_copies else [match.row["id"] for match in matches]

    def _read(self, ids: Iterable[int]) -> Iterator[Match]:
        """Read articles one by one as long as they are wanted; leave out what does not match."""
        for article_id in ids:
            row = self._conn.execute(self._article, [article_id, *self._values]).fetchone()
            if row is None:
                continue
            score = self._scorer.score(row["title"], row["summary"] or "", row["body"])
            if score is not None:
                yield Match(score, row)

    def _earliest(self, match: Match, copies: Sequence[int]) -> Match:
        """Return the first copy that is in scope and matches too."""
        for article_id in copies[:MOST_EARLIER]:
            if article_id == match.row["id"]:
                return match
            for earlier in self._read([article_id]):
                return earlier
        return match

    def _hit(self, match: Match, copies: int) -> Hit:
        row = match.row
        return Hit(
            id=row["id"],
            title=row["title"],
            snippet=make_snippet(self._query, row["title"], row["summary"] or "", row["body"]),
            url=row["url"],
            source=row["source_id"],
            province=row["province"],
            published_on=row["published_on"],
            authors=read_list(row["authors"]),
            section=row["section"],
            score=round(match.score.value, 3),
            copies=copies,
        )


def _spread(matches: Sequence[Match]) -> list[int]:
    """Ids in order, without the fourth and later copy of one text."""
    seen: Counter[int] = Counter()
    ids = []
    for match in matches:
        cluster = match.row["cluster_id"]
        seen[cluster] += 1
        if seen[cluster] <= SAME_CLUSTER:
            ids.append(match.row["id"])
    return ids
