"""What an assistant may ask of archives: plain values in, plain values out, each answer bounded.

Each call opens the archives anew, so calls may come from several threads, and a crawler may write
meanwhile.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from crawler.errors import UsageError
from crawler.monitoring.status import as_source, read_row
from crawler.render.diff import PieceKind, compare
from crawler.render.notes import describe_notes
from crawler.sources import load_sources
from storage.articles.read import read_id
from storage.errors import BaotinhError
from storage.federation.archives import Archives
from storage.federation.search import search as search_archives
from storage.instants import read_clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crawler.monitoring.status import Row
    from storage.archive import Archive
    from storage.articles.changes import Change
    from storage.federation.archives import Member
    from storage.records import StoredArticle
    from storage.search.filters import Filters

MOST_HITS = 50
MOST_TEXT = 20_000
"""Characters of a text in one answer; the rest is asked for by its offset."""
MOST_WORDS = 2_000
"""Characters of what an edit took away, and of what it added."""
MOST_COPIES = 50
MOST_SOURCES = 200
FACTS = (
    *("id", "title", "summary", "authors", "section", "tags", "language", "kind", "url"),
    *("published_at", "published_on", "published_from", "modified_at", "first_seen_at"),
    *("last_seen_at", "gone_at", "gone_reason", "revisions", "digest"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """The archives that are asked, and what is known of their sources."""

    paths: tuple[Path, ...]
    captures_dir: Path | None = None
    sources_dir: Path | None = None
    slack: float = 0.0
    """Seconds; setting REVISIT_SLACK."""

    @contextmanager
    def _open(self) -> Iterator[Archives]:
        with Archives.open_reading(self.paths, captures_dir=self.captures_dir) as archives:
            yield archives

    def search(
        self,
        query: str,
        filters: Filters,
        *,
        sort: str = "relevance",
        copies: bool = False,
        limit: int = 10,
        offset: int = 0,
    ) -> dict[str, Any]:
        """Return the best hits, and how many articles match. Raise QueryError."""
        if not query.strip() and not filters.place:
            raise UsageError("say what to look for: words, or a place")
        limit = max(1, min(limit, MOST_HITS))
        with self._open() as archives:
            answer = search_archives(
                archives, query, filters, sort=sort, copies=copies, limit=limit, offset=offset
            )
            return {
                "total": answer.total.count,
                "total_is_exact": answer.total.exact,
                "hits": [asdict(found.hit) | {"archive": found.archive} for found in answer.found],
                "notes": describe_notes(answer.notes),
                "failures": archives.failures,
            }

    def read(self, article: str, *, revision: int | None = None, offset: int = 0) -> dict[str, Any]:
        """Return an article with a part of its text, today's or an earlier one.

        Raise BaotinhError where there is no such article or text.
        """
        with self._open() as archives:
            member, found = find_article(archives, article)
            facts = {name: getattr(found, name) for name in FACTS}
            facts |= {"source": found.source_id, "archive": member.name}
            texts = member.archive.revisions(found.id)
            history = [
                {"revision": text.number, "seen_at": text.seen_at, "kind": text.kind}
                for text in texts
            ]
            shown: Any = found
            if revision is not None:
                shown = next((text for text in texts if text.number == revision), None)
                if shown is None:
                    raise BaotinhError(f"article {found.id} has no revision {revision}")
                facts |= {"title": shown.title, "summary": shown.summary}
        return {**facts, "history": history, **cut(shown.body, offset)}

    def changes(
        self,
        filters: Filters,
        *,
        since: str | None = None,
        kind: str | None = None,
        limit: int = 20,
    ) -> dict[str, Any]:
        """Return what papers edited, removed or brought back, the newest first."""
        limit = max(1, min(limit, MOST_HITS))
        with self._open() as archives:
            answers = archives.ask(
                lambda one: one.archive.changes(filters, since=since, kind=kind, limit=limit)
            )
            changes = [(change, member) for member, found in answers for change in found]
            changes.sort(key=lambda each: (each[0].at, each[0].url), reverse=True)
            return {
                "changes": [
                    asdict(change)
                    | {"archive": member.name}
                    | compare_texts(member.archive, change)
                    for change, member in changes[:limit]
                ],
                "failures": archives.failures,
            }

    def copies(self, article: str) -> dict[str, Any]:
        """Return who else had the text of an article, the earliest first, itself included."""
        with self._open() as archives:
            member, found = find_article(archives, article)
            others = member.archive.copies(found.id)
        all_ = sorted((found, *others), key=lambda each: (each.first_seen_at, each.id))
        return {
            "archive": member.name,
            "number": len(all_),
            "copies": [
                {
                    "id": each.id,
                    "source": each.source_id,
                    "title": each.title,
                    "url": each.url,
                    "published_at": each.published_at,
                    "published_on": each.published_on,
                    "first_seen_at": each.first_seen_at,
                }
                for each in all_[:MOST_COPIES]
            ],
        }

    def status(self, source: str | None = None) -> dict[str, Any]:
        """Return how the crawled sources are. Raise BaotinhError for one that is in no archive."""
        with self._open() as archives:
            rows = [
                describe_row(row) | {"archive": member.name}
                for member, found in archives.ask(lambda one: self._rows(one, source))
                for row in found
            ]
            failures = list(archives.failures)
        if source is not None and not rows:
            raise BaotinhError(f"no archive has a source {source!r}")
        return {"number": len(rows), "sources": rows[:MOST_SOURCES], "failures": failures}

    def _rows(self, member: Member, source: str | None) -> list[Row]:
        known = load_sources(self.sources_dir)
        return [
            read_row(
                member.archive,
                known.get(row.id) or as_source(row),
                now=read_clock(),
                slack=self.slack,
            )
            for row in member.archive.sources.all()
            if source in (None, row.id)
        ]


def find_article(archives: Archives, which: str) -> tuple[Member, StoredArticle]:
    """Return an article by its URL, by its id where there is one archive, else by ``NAME:ID``.

    Raise BaotinhError where no archive has it.
    """
    name, _, number = which.strip().rpartition(":")
    for member in archives.members:
        if read_id(number) is not None:
            if name not in ("", member.name) or (not name and len(archives.members) > 1):
                continue
            found = member.archive.articles.find(number)
        else:
            found = find_by_url(member.archive, which.strip())
        if found is not None:
            return member, found
    names = ", ".join(f"{member.name}:ID" for member in archives.members)
    raise BaotinhError(f"no archive has article {which!r}; name it by URL or by {names}")


def find_by_url(archive: Archive, url: str) -> StoredArticle | None:
    """Return the article of an address; None where there is none, or it is no address."""
    try:
        return archive.article_by_url(url)
    except ValueError:
        return None


def cut(text: str, offset: int) -> dict[str, Any]:
    """Return a part of a text, how long all of it is, and where the next part begins."""
    offset = max(0, offset)
    part = text[offset : offset + MOST_TEXT]
    end = offset + len(part)
    return {
        "text": part,
        "text_length": len(text),
        "next_offset": end if end < len(text) else None,
    }


def compare_texts(archive: Archive, change: Change) -> dict[str, str]:
    """Return the words that an edit took away and those that it added, bounded."""
    words: dict[str, list[str]] = {"removed": [], "added": []}
    if change.kind == "edited":
        for before, after in pairwise(archive.revisions(change.article_id)):
            if after.number == change.revision:
                old, new = (
                    [text.title, text.summary or "", *text.body.split("\n\n")]
                    for text in (before, after)
                )
                for piece in (piece for row in compare(old, new) for piece in row):
                    if piece.kind is not PieceKind.SAME:
                        words[piece.kind].append(piece.text)
    return {kind: "\n".join(parts)[:MOST_WORDS] for kind, parts in words.items()}


def describe_row(row: Row) -> dict[str, Any]:
    """Return what an assistant needs of a source's status; names as in `status --json`."""
    return {
        "source": row.source.id,
        "name": row.source.name,
        "province": row.source.province,
        "status": str(row.source.status),
        "health": str(row.health),
        "why": row.why,
        "since": row.since,
        "articles": row.articles,
        "pending": row.pending,
        "last_success_at": row.last_success_at,
        "last_article_at": row.last_article_at,
        "next_poll_at": row.next_poll_at,
    }
