"""Which articles of this archive an article of the other is a copy of.

The other archive has compared its own articles with each other: what it found holds here, as far as
the texts are the same, and is not compared again. What is left are the articles it does not know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.articles.clusters import Copies
from storage.records import Article

if TYPE_CHECKING:
    import sqlite3

    from storage.merge.kept import KeptArticle

_FIRST_THERE = """
select f.source_id, f.key, f.digest from articles a join articles f on f.id = a.cluster_id
where a.id = ? and f.id <> a.id
    and not exists (select 1 from copies_due where article_id in (a.id, f.id))"""
_FIRST_HERE = """
select id from articles where source_id = ? and key = ? and digest = ? and cluster_id = id"""
_HERE = "select source_id, key, digest from articles where id = ?"
_IS_FIRST = "id = cluster_id and id not in (select article_id from copies_due)"
_FIRST = f"select 1 from articles where id = ? and {_IS_FIRST}"  # noqa: S608
_KNOWN_THERE = f"""
select 1 from articles where source_id = ? and key = ? and digest = ? and {_IS_FIRST}"""  # noqa: S608


class Grouping:
    """Copies of articles that a merge brings."""

    def __init__(self, mine: sqlite3.Connection, other: sqlite3.Connection) -> None:
        self._mine = mine
        self._other = other

    def find(self, id_there: int, article: KeptArticle) -> tuple[int | None, Copies]:
        """Return the cluster here, None where it is a new one, and the article's copies."""
        copies = Copies.of(self._mine, as_article(article), article.first_seen_at)
        there = self._other.execute(_FIRST_THERE, (id_there,)).fetchone()
        here = self._mine.execute(_FIRST_HERE, tuple(there)).fetchone() if there else None
        if here is not None:
            return int(here[0]), copies
        # Two first articles of the other archive are no copies: it has compared them. Of others
        # it does not say: one that joined a cluster was compared no further.
        is_first = self._other.execute(_FIRST, (id_there,)).fetchone() is not None
        return copies.find(passed=self._is_first_there if is_first else None), copies

    def _is_first_there(self, first: int) -> bool:
        """Return whether a first article of ours is one of the other archive, too."""
        row = self._mine.execute(_HERE, (first,)).fetchone()
        return self._other.execute(_KNOWN_THERE, tuple(row)).fetchone() is not None


def as_article(article: KeptArticle) -> Article:
    """Return what copies are looked for with."""
    content = article.content
    return Article(
        source_id=article.source_id,
        url=content["url"],
        title=content["title"],
        summary=content["summary"],
        body=content["body"],
        published_on=content["published_on"],
        digest=content["digest"],
        signature=content["signature"],
    )
