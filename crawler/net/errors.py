"""What a failed request is called, in one word for outcomes and one sentence for people."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (DownloadTimeoutError, "timeout"),
    (CannotResolveHostError, "dns"),
    (DownloadConnectionRefusedError, "refused"),
    (ResponseDataLossError, "data-loss"),
    (DownloadCancelledError, "too-large"),
    (UnsupportedURLSchemeError, "scheme"),
)

_SENTENCES = {
    "certificate": "has a certificate that cannot be trusted",
    "header-flood": "sends headers without an end",
    "encoding": "is compressed in a way we do not accept",
    "malformed-url": "leads to an address that is no URL",
    "scheme": "leads to something that is not http or https",
    "userinfo": "leads to an address with a user name in it",
    "port": "leads to a port that is not the source's",
    "timeout": "did not answer in time",
    "dns": "is on a host whose name cannot be resolved",
    "refused": "is on a host that refuses connections",
    "data-loss": "broke off before its end",
    "too-large": "is larger than we accept",
    "tls": "has no certificate that can be trusted",
    "connection": "broke the connection",
    "redirects": "redirects too often",
    "robots": "is forbidden by the site's robots.txt",
    "robots-unreachable": "was not asked: the site's robots.txt cannot be read",
    "retry-after": "was not asked: the server wants to be left alone for now",
    "private-address": "is on an address that is not public",
    "off-site": "leads to a host that is not the source's",
}


def name_failure(error: BaseException | None) -> str:
    """The short word that ends up behind ``failed/``, e.g. ``timeout``, ``dns``, ``tls``.

    ``crashed`` stands for everything that is no failure of the network or the server.
    """
    if error is None:
        return "crashed"
    if isinstance(error, Refused):
        return error.reason
    for kind, word in _WORDS:
        if isinstance(error, kind):
            return word
    if isinstance(error, IgnoreRequest):
        return _name_ignored(str(error))
    if isinstance(error, DownloadFailedError) or type(error).__module__.startswith("twisted"):
        return "tls" if _is_tls(error) else "connection"
    if isinstance(error, OSError):
        return "encoding"
    return "crashed"


def name_status(status: int) -> str:
    """The word for an HTTP status, e.g. ``http-503``."""
    return f"http-{status}"


def describe_failure(reason: str) -> str:
    """What the reason means, to be put behind a URL: ``answered 404 (Not Found)``."""
    if reason.startswith("http-"):
        status = reason.removeprefix("http-")
        try:
            return f"answered {status} ({HTTPStatus(int(status)).phrase})"
        except ValueError:
            return f"answered {status}"
    return _SENTENCES.get(reason, f"failed ({reason})")


def _name_ignored(text: str) -> str:
    if "max redirections" in text:
        return "redirects"
    if "robots.txt" in text:
        return "robots"
    return "too-large" if "exceeded" in text else "ignored"


def _is_tls(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        text = f"{type(seen).__name__} {seen}"
        if "SSL" in text or "certificate" in text.lower() or "VerificationError" in text:
            return True
        seen = seen.__cause__ or seen.__context__
    return False


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
