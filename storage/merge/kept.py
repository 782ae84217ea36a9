"""Articles and links as one archive keeps them, without its row ids, so that two can be compared.

An article is known by source and key, a text by its digest, a capture by what its record says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

ArticleKey = tuple[str, str]
"""Source and key."""


class CaptureKey(NamedTuple):
    """A record of a capture file, whatever the file is called."""

    url: str
    fetched_at: str
    digest: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One distinct text of an article."""

    digest: str
    number: int
    seen_at: str
    kind: str
    title: str
    summary: str | None
    body: str
    capture: CaptureKey | None
    returned_at: str | None
    returns: int


Texts = dict[tuple[str, int], Text]
"""Digest, and how many texts with it come before -> a text of an article. Archives of ours have
each digest once in an article."""


class Named(NamedTuple):
    """One unit that an article names: a row of table ``mentions``."""

    unit: str
    how: str
    confidence: float
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptArticle:
    """An article, all it says now, and its texts over time."""

    source_id: str
    key: str
    content: dict[str, Any]
    """What the page says: every column but those below and those of the archive itself."""
    first_seen_at: str
    last_seen_at: str
    gone_at: str | None
    gone_reason: str | None
    capture: CaptureKey | None
    images: tuple[tuple[str, str | None], ...]
    mentions: tuple[Named, ...] | None
    """None: it waits to be read for places."""
    texts: Texts

    @property
    def identity(self) -> ArticleKey:
        """What it is known by in every archive."""
        return self.source_id, self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLink:
    """A link: how it was found, and what became of it."""

    source_id: str
    key: str
    url: str
    canonical_url: str
    found_at: str
    title_hint: str | None
    date_hint: str | None
    seed: str | None
    """URL of the seed that found it first."""
    state: str
    reason: str | None
    attempts: int
    next_try_at: str | None
    etag: str | None
    last_modified: str | None
    refused_at: str | None
    absent: int
    target: ArticleKey | None
    """The article it leads to."""
    seen_at: str
    """When that article was last seen; empty where there is none."""

    @property
    def identity(self) -> ArticleKey:
        """What it is known by in every archive."""
        return self.source_id, self.key
