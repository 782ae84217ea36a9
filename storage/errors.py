"""What can go wrong, as a tree.

BaotinhError                    anything a user is told in one sentence; exit code 1
├── ArchiveError                the archive cannot be used
│   ├── ArchiveMissing          no file at that path
│   ├── ArchiveUnusable         a folder, not writable, not SQLite, damaged
│   │   └── ArchiveFull         no room is left on its disk
│   ├── ArchiveFromFuture       written by a newer version
│   └── ArchiveBusy             another process holds what we need
├── CaptureError                a WARC record cannot be written or read back
├── ArticleUnknown              the archive has no such article
├── QueryError                  a search that cannot be understood; exit code 2
└── (crawler.errors)            sources and crawling
"""

from __future__ import annotations

from enum import StrEnum


class QueryPart(StrEnum):
    """A part of a search, besides its words."""

    SOURCE = "source"
    PROVINCE = "province"
    PLACE = "place"
    KIND = "kind"
    DAY = "day"
    PERIOD = "period"


class BaotinhError(Exception):
    """A failure with a sentence for the user: what was wrong, where, what to do."""

    exit_code = 1


class ArchiveError(BaotinhError):
    """The archive cannot be used."""


class ArchiveMissing(ArchiveError):
    """There is no archive at the path."""


class ArchiveUnusable(ArchiveError):
    """The path is a folder, is not writable, is not SQLite, or the file is damaged."""


class ArchiveFull(ArchiveUnusable):
    """No room is left on the disk of the archive: it works again when there is."""


class ArchiveFromFuture(ArchiveError):
    """The archive was written by a newer version of Báo Tỉnh."""


class ArchiveBusy(ArchiveError):
    """Another process holds the lock we need for longer than we are willing to wait."""


class CaptureError(BaotinhError):
    """A WARC record cannot be written or read back."""


class ArticleUnknown(BaotinhError, LookupError):
    """The archive has no article with that id or address."""


class QueryError(BaotinhError):
    """A search that cannot be understood."""

    exit_code = 2

    def __init__(self, said: str, *, about: QueryPart | None = None, given: str = "") -> None:
        """``about``: the part that is wrong, if it is not the words; ``given``: what it said."""
        super().__init__(said)
        self.about = about
        self.given = given
