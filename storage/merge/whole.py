"""One archive merged into another.

Captures come first, as files and then as rows; then articles, each with its texts and its links;
then the other links; last what happened beside. Every step is many short transactions, each of
them whole in itself: killed at any instant the archive is sound, and merging again goes on. What
is there already is only read.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from storage.articles.places import Places
from storage.articles.withhold import find_withholding
from storage.db.connections import explain
from storage.merge import history
from storage.merge.check import check_apart, check_source, check_sources_agree
from storage.merge.files import Captures
from storage.merge.grouping import Grouping
from storage.merge.joining import join_articles, join_links
from storage.merge.media import add_media
from storage.merge.reading import (
    captures_of,
    find_articles,
    find_capture,
    find_link,
    find_withheld,
    has_link,
    links_to,
    page_of_articles,
    page_of_links,
    read_articles,
)
from storage.merge.writing import add_article, change_article, lead_to, put_link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from storage.db.database import Database
    from storage.merge.kept import ArticleKey, CaptureKey, KeptArticle, KeptLink

PAGE = 40
"""Articles of one transaction: a fifth of a second at most, so that crawls wait no longer."""
LINKS = 400
"""Links without an article of one transaction."""


@dataclass(slots=True, kw_only=True)
class Merged:
    """What a merge brought, so far or in the end."""

    articles: int = 0
    """Articles of the other archive that were looked at."""
    new: int = 0
    changed: int = 0
    """Articles of both that got a text, an earlier or later date, or another state."""
    links: int = 0
    captures: int = 0
    runs: int = 0
    gaps: int = 0
    withheld: list[str] = field(default_factory=list)
    """One sentence for each article that is withheld there, and read here."""
    lost: list[str] = field(default_factory=list)
    """Capture files of the other archive that are missing or torn: their captures are left out."""

    strange: list[str] = field(default_factory=list)
    """Manifests and stamps of the other archive of which other bytes are here: ours stay."""

    @property
    def is_nothing(self) -> bool:
        """Whether the archive had everything already."""
        counts = (self.new, self.changed, self.links, self.captures, self.runs, self.gaps)
        return not any(counts)


def check(mine: Database | None, other: Database) -> None:
    """Raise ArchiveError, one sentence, where ``merge`` would refuse. Reads all of the other.

    None: there is no archive yet to merge into.
    """
    if mine is not None:
        check_apart(mine.path, other.path)
    check_source(other)
    if mine is not None:
        check_sources_agree(mine, other)


def merge(
    mine: Database, other: Database, *, now: str, watch: Callable[[Merged], None] | None = None
) -> Merged:
    """Bring everything that another archive knows, as of one instant. ``check`` it first.

    ``now`` is the end of runs that were killed there; ``watch`` is told how far it is. Raise
    ArchiveError.
    """
    merged = Merged()
    tell = watch or (lambda _: None)
    with reading(other):
        captures = Captures(mine, other)
        history.add_sources(mine, other, seeds=True)
        for taken in captures.take():
            merged.captures = taken
            tell(merged)
        merged.captures, merged.lost = captures.new, captures.lost
        merged.strange = captures.strange
        joiner = Joiner(mine, other, merged, late=False)
        for _ in joiner.join_articles():
            tell(merged)
        add_media(mine, other)
        for _ in joiner.join_links():
            tell(merged)
        merged.gaps = history.add_gaps(mine, other)
        merged.runs = history.add_runs(mine, other, now)
        history.add_lines(mine, other)
        history.add_backfills(mine, other)
        history.join_polls(mine, other)
        merged.withheld = history.add_withheld(mine, other)
    return merged


class Joiner:
    """Articles and links of another archive, page by page."""

    def __init__(self, mine: Database, other: Database, merged: Merged, *, late: bool) -> None:
        """``late``: links that are known stay as they are, unless they lead nowhere yet."""
        self._late = late
        self._mine = mine
        self._other = other
        self._merged = merged
        self._places = Places(mine)
        self._grouping = Grouping(mine.conn, other.conn)
        self._withheld = find_withheld(mine.conn)

    def join_articles(self) -> Iterator[None]:
        """Bring articles with the links that lead to them."""
        after = 0
        while ids := page_of_articles(self._other.conn, after, PAGE):
            theirs = read_articles(self._other.conn, ids)
            links = self._admitted(links_to(self._other.conn, ids))
            for known in [n for n, article in theirs.items() if self._is_withheld(article)]:
                del theirs[known]
            if not self._has_all(theirs, links):
                with self._mine.transaction():
                    # As they are before their articles say that these were seen later.
                    before = {link.identity: self._find(link) for link in links.values()}
                    self._join_page(theirs)
                    self._join_links(links, before)
                    for article in theirs.values():
                        lead_to(self._mine.conn, article.identity, article)
            after = ids[-1]
            self._merged.articles += len(ids)
            yield

    def join_links(self) -> Iterator[None]:
        """Bring links that lead to no article."""
        after = 0
        while page := page_of_links(self._other.conn, after, LINKS):
            links = self._admitted(page)
            if not self._has_links(links):
                with self._mine.transaction():
                    self._join_links(links, {})
            after = max(page)
            yield

    def _is_withheld(self, article: KeptArticle) -> bool:
        """Return whether an article, or its text at another address, was taken out by order."""
        digest = str(article.content["digest"])
        known = find_withholding(self._mine.conn, article.source_id, article.key, digest)
        return known is not None

    def _admitted(self, links: dict[int, KeptLink]) -> dict[int, KeptLink]:
        return {
            link_id: link
            for link_id, link in links.items()
            if not {link.identity, link.target} & self._withheld
        }

    def _has_all(self, theirs: dict[int, KeptArticle], links: dict[int, KeptLink]) -> bool:
        """Return whether nothing of a page is new here: then no lock is taken."""
        mine = self._read_mine(theirs)
        return all(
            article.identity in mine
            and join_articles(mine[article.identity][1], article) == mine[article.identity][1]
            for article in theirs.values()
        ) and self._has_links(links)

    def _read_mine(
        self, theirs: dict[int, KeptArticle]
    ) -> dict[ArticleKey, tuple[int, KeptArticle]]:
        conn = self._mine.conn
        ids = find_articles(conn, (article.identity for article in theirs.values()))
        mine = read_articles(conn, list(ids.values()))
        return {identity: (known, mine[known]) for identity, known in ids.items()}

    def _has_links(self, links: dict[int, KeptLink]) -> bool:
        for link in links.values():
            known = self._find(link)
            if known is None or self._joined(known[1], link) != known[1]:
                return False
        captures = captures_of(self._other.conn, list(links))
        return not any(self._unlinked(captures))

    def _join_page(self, theirs: dict[int, KeptArticle]) -> None:
        mine = self._read_mine(theirs)
        for id_there, article in theirs.items():
            if article.identity not in mine:
                group = self._grouping.find(id_there, article)
                add_article(self._mine.conn, self._places, article, group)
                self._merged.new += 1
                continue
            known, before = mine[article.identity]
            joined = join_articles(before, article)
            if joined != before:
                change_article(self._mine.conn, self._places, known, before, joined)
                self._merged.changed += 1

    def _find(self, link: KeptLink) -> tuple[int, KeptLink] | None:
        return find_link(self._mine.conn, link.identity)

    def _join_links(
        self, links: dict[int, KeptLink], before: dict[ArticleKey, tuple[int, KeptLink] | None]
    ) -> None:
        """Join links with those here, as they were ``before``, else as they are."""
        ids = {}
        for link_id, link in links.items():
            known = before.get(link.identity) or self._find(link)
            if known is None:
                ids[link_id] = put_link(self._mine.conn, link, None)
                self._merged.links += 1
                continue
            ids[link_id], mine = known
            joined = self._joined(mine, link)
            if joined != mine:
                put_link(self._mine.conn, joined, ids[link_id])
        captures = captures_of(self._other.conn, list(links))
        self._mine.conn.executemany(
            "update captures set link_id = ? where id = ?",
            [(ids[link_id], capture) for link_id, capture in self._unlinked(captures)],
        )

    def _joined(self, mine: KeptLink, theirs: KeptLink) -> KeptLink:
        """Return the joined link, to be compared with ours: its article speaks for itself."""
        if self._late and (mine.target is not None or theirs.target is None):
            return mine
        return replace(join_links(mine, theirs), seen_at=mine.seen_at)

    def _unlinked(self, captures: list[tuple[int, CaptureKey]]) -> Iterator[tuple[int, int]]:
        """Yield (link's id there, capture's id here) of captures that no link has here."""
        for link_id, key in captures:
            capture = find_capture(self._mine.conn, key)
            if capture is not None and not has_link(self._mine.conn, capture):
                yield link_id, capture


@contextmanager
def reading(db: Database) -> Iterator[None]:
    """Read an archive as of one instant, whoever writes to it meanwhile."""
    try:
        db.conn.execute("begin")
        yield
    except (sqlite3.Error, UnicodeError) as error:
        raise explain(error, db.path) from error
    finally:
        if db.conn.in_transaction:
            db.conn.execute("rollback")
