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

from crawler.failures import ECHOES, Symptom, Word, describe_failure, reason_of

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
    many seconds to leave the link alone, if known; ``cause`` is the reason of what failed before,
    so that this request was not even sent.
    """

    def __init__(
        self, reason: str, detail: str = "", *, wait: float | None = None, cause: str = ""
    ) -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = str(reason)
        self.detail = detail
        self.wait = wait
        self.cause = cause

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


def explain_failure(error: BaseException | None) -> tuple[str, str]:
    """Return the reason's word for an error that ended a request, and what to put behind the URL.

    Where robots.txt could not be read, what happened to it is the reason: a host that is not
    there is not there for its pages either. So is what a server answered that is left alone since.
    """
    word = name_failure(error)
    cause = error.cause if isinstance(error, Refused) else ""
    if not cause:
        return word, describe_failure(word)
    if reason_of(cause).health is Symptom.UNREACHABLE:
        return cause, describe_failure(cause)
    said = f"{describe_failure(word)}, it {describe_failure(cause)}"
    return (cause if word in ECHOES else word), said


def name_tls_failure(error: BaseException | None) -> Word | None:
    """Return the word where an error of TLS is the cause, else None."""
    cause = find_tls_error(error)
    if cause is None:
        return None
    if isinstance(cause, VerificationError):
        return Word.CERTIFICATE_HOST
    return Word.CERTIFICATE if "certificate" in str(cause) else Word.TLS


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
