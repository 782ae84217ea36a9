"""Which reason stands behind which error of a request."""

from __future__ import annotations

import pytest
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
from twisted.internet.error import ConnectionLost
from twisted.python.failure import Failure
from twisted.web._newclient import ResponseNeverReceived

from crawler.failures import Verdict, Word, describe_failure
from crawler.net.errors import Refused, explain_failure, name_failure, name_tls_failure


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (DownloadTimeoutError(), Word.TIMEOUT),
        (CannotResolveHostError(), Word.DNS),
        (DownloadConnectionRefusedError(), Word.REFUSED),
        (ResponseDataLossError(), Word.DATA_LOSS),
        (DownloadCancelledError(), Word.TOO_LARGE),
        (UnsupportedURLSchemeError(), Word.SCHEME),
        (DownloadFailedError(), Word.CONNECTION),
        (ConnectionLost(), Word.CONNECTION),
        (IgnoreRequest("https://a.vn/robots.txt exceeded"), Word.IGNORED),
        (OSError("Not a gzipped file"), Word.ENCODING),
        (ZeroDivisionError(), Word.CRASHED),
        (None, Word.CRASHED),
        (Refused(Word.ROBOTS), Word.ROBOTS),
        (Refused("http-503", "later", wait=3600), "http-503"),
    ],
)
def test_each_error_has_its_reason(error: BaseException | None, word: str) -> None:
    assert name_failure(error) == word


def _caused_by(error: BaseException) -> DownloadFailedError:
    failed = DownloadFailedError("the address says certificate and SSL")
    failed.__cause__ = error
    return failed


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (SSL.Error([("SSL routines", "", "certificate verify failed")]), Word.CERTIFICATE),
        (SSL.Error([("SSL routines", "", "wrong version number")]), Word.TLS),
        (VerificationError(errors=[]), Word.CERTIFICATE_HOST),
    ],
)
def test_a_failed_handshake_is_named_by_its_cause(error: BaseException, word: Word) -> None:
    assert name_failure(_caused_by(error)) == word
    collected = ResponseNeverReceived([Failure(ConnectionLost()), Failure(error)])
    assert name_tls_failure(_caused_by(collected)) == word


def test_an_address_that_speaks_of_certificates_is_no_handshake() -> None:
    assert name_failure(_caused_by(ConnectionLost("certificate"))) == Word.CONNECTION


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        (Word.OFF_SITE, Verdict.REJECTED),
        (Word.TOO_LARGE, Verdict.FAILED),
        (Word.RETRY_AFTER, Verdict.DEFERRED),
        ("http-429", Verdict.FAILED),
    ],
)
def test_the_table_says_what_becomes_of_a_refused_link(reason: str, verdict: Verdict) -> None:
    assert Refused(reason).verdict is verdict


def test_a_refusal_says_its_reason_and_detail() -> None:
    assert str(Refused(Word.PORT, "https://a.vn:8443/")) == "port: https://a.vn:8443/"
    assert str(Refused(Word.PORT)) == "port"


@pytest.mark.parametrize(
    ("cause", "word", "said"),
    [
        (Word.CERTIFICATE_EXPIRED, Word.CERTIFICATE_EXPIRED, "has a certificate that has expired"),
        (Word.TIMEOUT, Word.TIMEOUT, "did not answer in time"),
        (
            "http-503",
            Word.ROBOTS_UNREACHABLE,
            (
                "was not asked: the site's robots.txt cannot be read, "
                "it answered 503 (Service Unavailable)"
            ),
        ),
    ],
)
def test_a_host_that_hides_its_robots_txt_is_told_by_what_happened_to_that(
    cause: str, word: str, said: str
) -> None:
    assert explain_failure(Refused(Word.ROBOTS_UNREACHABLE, cause=cause)) == (word, said)
    assert Refused(Word.ROBOTS_UNREACHABLE, cause=cause).verdict is Verdict.DEFERRED


@pytest.mark.parametrize("cause", ["http-503", "http-429"])
def test_a_host_that_is_left_alone_is_told_by_what_it_answered(cause: str) -> None:
    refused = Refused(Word.RETRY_AFTER, cause=cause)
    word, said = explain_failure(refused)
    assert (word, refused.verdict) == (cause, Verdict.DEFERRED)
    assert said == f"{describe_failure('retry-after')}, it {describe_failure(cause)}"


def test_without_an_earlier_failure_the_reason_is_its_own() -> None:
    assert explain_failure(DownloadTimeoutError()) == (Word.TIMEOUT, "did not answer in time")
