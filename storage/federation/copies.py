"""Whether articles of two archives are copies of one text."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from storage.articles.clusters import Copies
from storage.articles.likeness import Text, is_copy
from storage.fingerprint import bins

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.records import StoredArticle

DAYS = 48
"""Copies further apart are found within an archive only when their text is the same."""
LEAST_ALIKE = 4
"""Fewest of the 64 parts of a signature that texts share which are compared word by word: a fifth
of what copies share, so that none is passed over."""


class Candidates:
    """Texts by digest and by the parts of their signatures: which of them another may be a copy of.

    To compare each of a thousand hits with all others would take a minute.
    """

    def __init__(self) -> None:
        self._place: dict[int, int] = {}
        self._by_digest: dict[str, list[int]] = defaultdict(list)
        self._by_part: dict[tuple[int, int], list[int]] = defaultdict(list)

    def add(self, number: int, digest: str, signature: bytes) -> None:
        """Take in a text under a number."""
        self._place[number] = len(self._place)
        self._by_digest[digest].append(number)
        for part in enumerate(bins(signature)):
            self._by_part[part].append(number)

    def find(self, digest: str, signature: bytes) -> list[int]:
        """Return the numbers of texts that are the same or alike, in the order they came in."""
        shared: Counter[int] = Counter()
        for part in enumerate(bins(signature)):
            shared.update(self._by_part.get(part, ()))
        alike = (number for number, parts in shared.items() if parts >= LEAST_ALIKE)
        return sorted({*self._by_digest.get(digest, ()), *alike}, key=self._place.__getitem__)


class Clusters:
    """Clusters of several archives, joined where their texts are copies."""

    def __init__(self) -> None:
        self._cluster_of: dict[int, int] = {}
        self._joined: dict[int, list[int]] = {}
        self._known: dict[int, Known] = {}
        self._candidates = Candidates()

    def find(self, own: int, text: Known) -> int:
        """Return the cluster of all archives that one archive's cluster with this text is in."""
        found = self._cluster_of.get(own)
        if found is None:
            found = self._cluster_of[own] = self._join(own, text)
        return found

    def join(self, cluster: int, own: int) -> None:
        """Join one archive's cluster with one of all archives, unless it is in another one."""
        if self._cluster_of.setdefault(own, cluster) == cluster:
            joined = self._joined.setdefault(cluster, [cluster])
            if own not in joined:
                joined.append(own)

    def joined(self, cluster: int) -> list[int]:
        """Return the clusters of single archives that are this one."""
        return self._joined.get(cluster, [cluster])

    def _join(self, own: int, text: Known) -> int:
        for cluster in self._candidates.find(text.digest, text.signature):
            if text.is_copy(self._known[cluster]):
                self._joined[cluster].append(own)
                return cluster
        self._known[own], self._joined[own] = text, [own]
        self._candidates.add(own, text.digest, text.signature)
        return own


class Known:
    """An article, read only where it must be compared."""

    def __init__(self, archive: Archive, article_id: int) -> None:
        self._archive = archive
        self._id = article_id

    @property
    def digest(self) -> str:
        """Of its text; empty where the article is gone."""
        return self._article.digest if self._article else ""

    @property
    def signature(self) -> bytes:
        """Of its text; empty where it has no words, or the article is gone."""
        return self._article.signature if self._article else b""

    def is_copy(self, other: Known) -> bool:
        """Return whether both are copies of one text; those of one archive it has judged itself."""
        if self._archive is other._archive:
            return False
        one, two = self._article, other._article
        if one is None or two is None:
            return False
        if one.digest == two.digest:
            return True
        one_paper = one.source_id == two.source_id
        return _are_near(one, two) and is_copy(self._text, other._text, one_paper=one_paper)

    def find_cluster(self, other: Archive) -> int | None:
        """Return the cluster that this article would join in another archive, were it merged there.

        None where it is a copy of nothing, or the archive is of a version that knows no keys.
        """
        article = self._article
        if article is None or not other.clusters.has_keys():
            return None
        seen_at, digest = article.first_seen_at, article.digest
        copies = Copies(
            other.connection, self._text, source_id=article.source_id, digest=digest,
            seen_at=seen_at,
        )  # fmt: skip
        return copies.find()

    @cached_property
    def _article(self) -> StoredArticle | None:
        return self._archive.article(self._id)

    @cached_property
    def _text(self) -> Text:
        article = self._article
        if article is None:
            raise LookupError(f"article {self._id} vanished")
        return Text(article.title, article.summary, article.body, article.published_on)


def _are_near(one: StoredArticle, other: StoredArticle) -> bool:
    try:
        days = [dt.date.fromisoformat(each.published_on or "") for each in (one, other)]
    except (TypeError, ValueError):
        return True
    return abs((days[0] - days[1]).days) <= DAYS
