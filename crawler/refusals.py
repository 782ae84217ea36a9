"""Why a request was not sent, or its answer not used, as the spider's errback sees it."""

from __future__ import annotations

from enum import StrEnum

from scrapy.exceptions import IgnoreRequest


class Verdict(StrEnum):
    """What a refusal means for the link."""

    REJECTED = "rejected"
    """Nothing there for us: settle the link as ``rejected/<reason>``."""
    FAILED = "failed"
    """This attempt failed: ``failed/<reason>``, counted, tried again another time."""
    DEFERRED = "deferred"
    """Not asked at all: the link stays pending, no attempt is counted."""


class Refused(IgnoreRequest):
    """A guard stopped the request or its answer. Scrapy hands it to the request's errback.

    ``reason`` is the short word of outcomes (``off-site``, ``private-address``, ``robots``,
    ``robots-unreachable``, ``retry-after``, ``http-204``, ``empty-body``, ...); ``verdict`` says
    what to do with the link; ``wait`` is how many seconds to leave the link alone, if known.
    """

    def __init__(
        self, reason: str, verdict: Verdict, detail: str = "", *, wait: float | None = None
    ) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = str(reason)
        self.verdict = verdict
        self.detail = detail
        self.wait = wait
