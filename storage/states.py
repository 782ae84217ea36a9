"""Kinds and states of what the archive keeps, as the words that stand in its columns."""

from __future__ import annotations

from enum import StrEnum


class SourceKind(StrEnum):
    """Who publishes an outlet."""

    NEWSPAPER = "newspaper"
    BROADCASTER = "broadcaster"
    PORTAL = "portal"


class SourceStatus(StrEnum):
    """Whether an outlet is crawled."""

    ACTIVE = "active"
    PAUSED = "paused"
    FROZEN = "frozen"
    RETIRED = "retired"


class SeedKind(StrEnum):
    """Where discovery starts: forms of a list of links."""

    FEED = "feed"
    SITEMAP = "sitemap"
    LISTING = "listing"


class LinkState(StrEnum):
    """What has become of a link."""

    PENDING = "pending"
    STORED = "stored"
    REJECTED = "rejected"
    FAILED = "failed"
    GONE = "gone"


class OutcomeKind(StrEnum):
    """What became of one fetched page."""

    NEW = "new"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    FAILED = "failed"


READ = (OutcomeKind.NEW, OutcomeKind.REVISED, OutcomeKind.UNCHANGED, OutcomeKind.DUPLICATE)
"""What becomes of pages that show an article."""


class RunKind(StrEnum):
    """Why a run was started."""

    CRAWL = "crawl"
    BACKFILL = "backfill"
    REEXTRACT = "reextract"
    IMPORT = "import"
    """Records of other people's archives were read."""


class RunState(StrEnum):
    """How a run stands or ended."""

    RUNNING = "running"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"
    """Its process was told to end, or died."""
    FAILED = "failed"


class RevisionKind(StrEnum):
    """Why a text is another one than the text before it."""

    FIRST = "first"
    EDITED = "edited"
    """The paper changed it."""
    REEXTRACTED = "reextracted"
    """Our rules changed."""


ARTICLE_KINDS = ("article", "photo", "video", "roundup", "live")
"""What an article is, by how it tells."""
