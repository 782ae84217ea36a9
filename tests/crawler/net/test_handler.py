"""Limits of the download handler's parser: headers end, and a cut body is not a whole one."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.python.failure import Failure

from crawler.net.handler import BoundedParser, HeaderFlood

MAX_HEADER_BYTES = 65_536
MAX_HEADER_LINES = 200
MAX_INFORMATIONAL = 10


class _Request:
    method = b"GET"
    absoluteURI = b"http://a.vn/"  # noqa: N815 - Twisted's name


class _Transport:
    disconnecting = False

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        """Nothing to pause."""

    resumeProducing = stopProducing = loseConnection = pauseProducing  # noqa: N815


class _Reader:
    """Takes a body, and keeps how it ended."""

    def __init__(self) -> None:
        self.data = b""
        self.reason: Any = None

    def makeConnection(self, transport: Any) -> None:  # noqa: N802 - Twisted's name
        """Nothing to do."""

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        self.data += data

    def connectionLost(self, reason: Any) -> None:  # noqa: N802 - Twisted's name
        self.reason = reason


def _parser() -> Any:
    parser: Any = BoundedParser(_Request(), lambda _: None)  # type: ignore[no-untyped-call]
    parser.makeConnection(_Transport())
    return parser


def _feed(*lines: bytes) -> Any:
    parser = _parser()
    parser.dataReceived(b"".join(line + b"\r\n" for line in lines))
    return parser


def test_headers_of_an_honest_server_pass() -> None:
    lines = [b"X-%d: %s" % (n, b"a" * 100) for n in range(MAX_HEADER_LINES - 3)]
    parser = _feed(b"HTTP/1.1 200 OK", *lines, b"Content-Length: 0", b"")
    assert parser.response.code == 200


@pytest.mark.parametrize(
    "lines",
    [
        [b"X: a"] * (MAX_HEADER_LINES + 1),
        [b"X: " + b"a" * 15_000] * (MAX_HEADER_BYTES // 15_000 + 1),
    ],
    ids=["lines", "bytes"],
)
def test_headers_without_an_end_are_cut_off(lines: list[bytes]) -> None:
    with pytest.raises(HeaderFlood):
        _feed(b"HTTP/1.1 200 OK", *lines)


def test_endless_provisional_answers_are_cut_off() -> None:
    hint = [b"HTTP/1.1 103 Early Hints", b""]
    _feed(*hint * MAX_INFORMATIONAL, b"HTTP/1.1 200 OK", b"")
    with pytest.raises(HeaderFlood):
        _feed(*hint * (MAX_INFORMATIONAL + 1))


def _end_body(head: list[bytes], error: Exception) -> _Reader:
    parser = _feed(b"HTTP/1.1 200 OK", *head, b"")
    reader = _Reader()
    parser.response.deliverBody(reader)
    parser.dataReceived(b"half")
    parser.connectionLost(Failure(error))
    return reader


def test_a_body_without_length_ends_with_an_orderly_close() -> None:
    reader = _end_body([], ConnectionDone())
    assert reader.data == b"half"
    assert "ResponseDone" in str(reader.reason) or "PotentialDataLoss" in str(reader.reason)


def test_a_body_without_length_is_lost_with_a_broken_connection() -> None:
    reader = _end_body([], ConnectionLost())
    assert "ResponseFailed" in str(reader.reason)


def test_a_body_shorter_than_its_length_is_lost() -> None:
    reader = _end_body([b"Content-Length: 10"], ConnectionDone())
    assert "ResponseFailed" in str(reader.reason)
