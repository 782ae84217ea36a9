"""How a request can fail: the guards' own error, and the reason behind each error of Scrapy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from OpenSSL import SSL
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
from service_identity import VerificationError
from twisted.python.failure import Failure

from crawler.failures import Word, reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.failures import Verdict

_WORDS: tuple[tuple[type[BaseException], Word], ...] = (
    (DownloadTimeoutError, Word.TIMEOUT),
    (CannotResolveHostError, Word.DNS),
    (DownloadConnectionRefusedError, Word.REFUSED),
    (ResponseDataLossError, Word.DATA_LOSS),
    (DownloadCancelledError, Word.TOO_LARGE),
    (UnsupportedURLSchemeError, Word.SCHEME),
    (IgnoreRequest, Word.IGNORED),
)


class Refused(IgnoreRequest):
    """A guard stopped the request or its answer. Scrapy hands it to the request's errback.

    ``reason`` is a word of `crawler.failures`; ``detail`` says more for people; ``wait`` is how
    many seconds to leave the link alone, if known.
    """

    def __init__(self, reason: str, detail: str = "", *, wait: float | None = None) -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = str(reason)
        self.detail = detail
        self.wait = wait

    @property
    def verdict(self) -> Verdict:
        """What to do with the link."""
        return reason_of(self.reason).verdict


def name_failure(error: BaseException | None) -> str:
    """Return the reason's word for an error that ended a request.

    ``crashed`` stands for everything that is no failure of the network or the server.
    """
    if isinstance(error, Refused):
        return error.reason
    for kind, word in _WORDS:
        if isinstance(error, kind):
            return word
    if isinstance(error, DownloadFailedError) or type(error).__module__.startswith("twisted"):
        return name_tls_failure(error) or Word.CONNECTION
    return Word.ENCODING if isinstance(error, OSError) else Word.CRASHED


def name_tls_failure(error: BaseException | None) -> Word | None:
    """Return ``certificate`` or ``tls`` where such an error is the cause, else None."""
    cause = find_tls_error(error)
    if cause is None:
        return None
    named = isinstance(cause, VerificationError) or "certificate" in str(cause)
    return Word.CERTIFICATE if named else Word.TLS


def find_tls_error(error: BaseException | None) -> BaseException | None:
    """Return the error of TLS among the causes of an error, or None."""
    return next((e for e in _causes(error) if isinstance(e, SSL.Error | VerificationError)), None)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Return an error and what led to it, the reasons that Twisted collects included."""
    while error is not None:
        yield error
        for reason in getattr(error, "reasons", None) or ():
            if isinstance(reason, Failure) and reason.value is not None:
                yield reason.value
        error = error.__cause__ or error.__context__
