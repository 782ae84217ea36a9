"""One question to a time-stamping authority (RFC 3161, section 3.4: over HTTP)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.errors import CrawlError
from crawler.net.webhook import send

if TYPE_CHECKING:
    from crawler.net.addresses import PrivateHosts

MAX_ANSWER = 256 * 1024
"""Bytes of a stamp with its certificates: far above any."""


def ask_for_stamp(url: str, query: bytes, private: PrivateHosts) -> bytes:
    """Return the authority's answer to a query. Raise CrawlError, one sentence."""
    answer = send(
        url,
        query,
        content_type="application/timestamp-query",
        private=private,
        what="authority",
        most=MAX_ANSWER,
    )
    if not answer:
        raise CrawlError(f"authority {url}: an empty answer")
    return answer
