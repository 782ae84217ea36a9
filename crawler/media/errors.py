"""Why bytes are not kept."""

from __future__ import annotations


class UnfitMedia(Exception):
    """Bytes are not what they should be. ``reason`` is a word of `crawler.failures`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
