"""Words for which files of articles are wanted."""

from __future__ import annotations

from enum import StrEnum


class ImageChoice(StrEnum):
    """Which pictures of an article are fetched."""

    NONE = "none"
    LEAD = "lead"
    """The first one."""
    ALL = "all"


class AttachmentChoice(StrEnum):
    """Which documents that an article attaches are fetched."""

    NONE = "none"
    PDF = "pdf"
