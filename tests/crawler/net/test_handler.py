"""The download handler: whose turn it is, what is refused, and the limits of its parser."""

from __future__ import annotations

import asyncio
import ipaddress
import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from OpenSSL import SSL
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
)
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.python.failure import Failure
from twisted.web._newclient import ResponseFailed

from crawler.net import handler as handlers
from crawler.net.addresses import PrivateHosts
from crawler.net.errors import Refused
from crawler.net.handler import BoundedParser, GuardedHandler, HeaderFlood, gates_of
from crawler.net.pace import PaceBrokerAway, Turn
from crawler.net.pace.files import FileGates

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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


@pytest.mark.parametrize(
    ("lines", "passes"),
    [
        # The status counts, and so does the empty line at the end.
        ([b"X: a"] * 198, True),
        ([b"X: a"] * 199, False),
        # A line counts with the first byte of its end: 16 of the status, the lines, 1 of the last.
        ([b"a: " + b"x" * 15_995] * 4 + [b"b: " + b"x" * 1_519], True),
        ([b"a: " + b"x" * 15_995] * 4 + [b"b: " + b"x" * 1_520], False),
    ],
)
def test_headers_have_exact_bounds(lines: list[bytes], passes: bool) -> None:
    if passes:
        assert _feed(b"HTTP/1.1 200 OK", *lines, b"").response.code == 200
        return
    with pytest.raises(HeaderFlood):
        _feed(b"HTTP/1.1 200 OK", *lines, b"")


@pytest.mark.parametrize(
    ("code", "counts"), [(99, False), (100, True), (103, True), (199, True), (200, False)]
)
def test_only_answers_before_the_real_one_are_counted(code: int, counts: bool) -> None:
    parser = _parser()
    parser.dataReceived(b"HTTP/1.1 %d Early\r\n\r\n" % code)
    assert parser._informational == counts


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


def test_a_flood_of_headers_says_what_it_is() -> None:
    assert "too much in front of the body" in str(HeaderFlood())


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


@pytest.mark.parametrize("head", [b"Content-Length: 10", b"Transfer-Encoding: chunked"])
@pytest.mark.parametrize("error", [ConnectionDone(), ConnectionLost()])
def test_a_body_shorter_than_it_says_is_lost(head: bytes, error: Exception) -> None:
    parser = _feed(b"HTTP/1.1 200 OK", head, b"")
    reader = _Reader()
    parser.response.deliverBody(reader)
    parser.dataReceived(b"5\r\nhal")
    parser.connectionLost(Failure(error))
    assert "ResponseFailed" in str(reader.reason)


@pytest.mark.parametrize("head", [[b"Content-Length: 4"], [b"Transfer-Encoding: chunked"]])
def test_a_body_that_came_whole_is_not_lost_with_its_connection(head: list[bytes]) -> None:
    parser = _feed(b"HTTP/1.1 200 OK", *head, b"")
    reader = _Reader()
    parser.response.deliverBody(reader)
    parser.dataReceived(b"4\r\nhalf\r\n0\r\n\r\n" if b"chunked" in head[0] else b"half")
    parser.connectionLost(Failure(ConnectionLost()))
    assert (reader.data, reader.reason.type.__name__) == (b"half", "ResponseDone")


def test_a_connection_lost_before_any_answer_is_a_failure() -> None:
    failures: list[Any] = []
    parser = _parser()
    parser._responseDeferred.addErrback(failures.append)
    parser.connectionLost(Failure(ConnectionLost()))
    assert [each.type.__name__ for each in failures] == ["ResponseNeverReceived"]


# --- whose turn it is ----------------------------------------------------------------------------

URL = "http://a.vn/1.html"


class Gate:
    """A gate that answers what it is told to, and notes what it was asked."""

    is_remote = False

    def __init__(self, *answers: Turn | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[float, float]] = []
        self.keys: list[str] = []
        self.left = 0
        self.threads: list[threading.Thread] = []

    def of(self, key: str) -> Gate:
        self.keys.append(key)
        return self

    def try_enter(self, delay: float, lease: float) -> Turn:
        self.asked.append((delay, lease))
        self.threads.append(threading.current_thread())
        answer = self.answers.pop(0) if self.answers else Turn(0.0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def leave(self) -> None:
        self.left += 1

    def close(self) -> None:
        self.keys.append("closed")


def make_handler(gates: Any = None, **changes: Any) -> GuardedHandler:
    """A handler as it is after its start, without a reactor."""
    handler: Any = GuardedHandler.__new__(GuardedHandler)
    handler._gates = Gate() if gates is None else gates
    handler._timeout, handler._delay, handler._delay_cap, handler._wait_cap = 30.0, 0.5, 60.0, 10.0
    handler._crawler = SimpleNamespace(crawling=True)
    handler._exempt = PrivateHosts.parse("a.vn:8080")
    handler._resolver = SimpleNamespace(has_refused=lambda *place: place == ("a.vn", 80))
    handler._policy = SimpleNamespace(take_fault=lambda *_: None)
    handler._verifies = True
    for name, value in changes.items():
        setattr(handler, name, value)
    return handler  # type: ignore[no-any-return]


def serve(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[Request], Response] | Exception
) -> None:
    """Take the network's place below the handler."""

    async def download(_: object, request: Request) -> Response:
        if isinstance(answer, Exception):
            raise answer
        return answer(request)

    monkeypatch.setattr(HTTP11DownloadHandler, "download_request", download)


def download(handler: GuardedHandler, url: str = URL, **meta: Any) -> Response:
    return asyncio.run(handler.download_request(Request(url, meta=meta)))


def refusal(handler: GuardedHandler, url: str = URL, **meta: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        download(handler, url, **meta)
    return refused.value


def test_a_host_is_busy_while_it_is_asked_and_free_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gates, others = FileGates(tmp_path), FileGates(tmp_path)
    waits: list[float] = []

    def answer(request: Request) -> Response:
        waits.append(others.of("a.vn").try_enter(0.0, 9.0).wait)
        return Response(request.url)

    serve(monkeypatch, answer)
    assert download(make_handler(gates, _delay=0.0)).flags == []
    assert waits == [0.05]
    serve(monkeypatch, DownloadConnectionRefusedError("no"))
    with pytest.raises(DownloadConnectionRefusedError):
        download(make_handler(gates, _delay=0.0))
    assert others.of("a.vn").try_enter(0.0, 9.0).wait == 0.0
    gates.close()
    others.close()


@pytest.mark.parametrize(
    ("meta", "delay", "lease"),
    [
        ({}, 0.5, 40.0),
        ({"crawl_delay": 7.0}, 7.0, 40.0),
        ({"crawl_delay": 900.0}, 60.0, 40.0),
        ({"crawl_delay": None, "download_timeout": 5.0}, 0.5, 15.0),
    ],
)
def test_a_gate_is_asked_for_the_hosts_pause_and_a_lease_beyond_the_timeout(
    monkeypatch: pytest.MonkeyPatch, meta: dict[str, Any], delay: float, lease: float
) -> None:
    serve(monkeypatch, lambda request: Response(request.url))
    gate = Gate()
    download(make_handler(gate), "https://www.a.vn/1.html", **meta)
    assert (gate.keys, gate.asked, gate.left) == (["a.vn"], [(delay, lease)], 1)


def test_a_busy_host_is_waited_for_and_one_that_asks_for_long_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    serve(monkeypatch, lambda request: Response(request.url))
    gate = Gate(Turn(0.01, held=10.0), Turn(0.01))
    download(make_handler(gate))
    assert len(gate.asked) == 3
    refused = refusal(make_handler(Gate(Turn(0.01, held=10.5))))
    assert (refused.reason, refused.wait) == ("retry-after", 10.5)


def test_a_broker_that_is_away_for_long_is_no_answer_of_the_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    serve(monkeypatch, lambda request: Response(request.url))
    monkeypatch.setattr(handlers, "BROKER_POLL", 0.01)
    gate = Gate(PaceBrokerAway("redis://r:6379/0: no", 10.0))
    download(make_handler(gate))
    assert len(gate.asked) == 2
    refused = refusal(make_handler(Gate(PaceBrokerAway("redis://r:6379/0: no", 10.1))))
    assert refused.reason == "broker-away"
    assert "redis://r:6379/0: no" in str(refused)


def test_who_waits_hears_that_the_crawl_stops() -> None:
    refused = refusal(make_handler(Gate(Turn(9.0)), _crawler=SimpleNamespace(crawling=False)))
    assert refused.reason == "stopped"
    began = time.monotonic()
    asyncio.run(make_handler()._pause(0.05, Request(URL)))
    assert time.monotonic() - began >= 0.05


def test_a_wait_looks_four_times_a_second_whether_the_crawl_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, slept = [100.0], []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    monkeypatch.setattr(handlers.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(handlers.asyncio, "sleep", sleep)
    asyncio.run(make_handler()._pause(0.625, Request(URL)))
    assert slept == [0.25, 0.25, 0.125]


def test_a_broker_that_is_away_is_asked_again_in_a_second() -> None:
    handler = make_handler()
    gate: Any = Gate(PaceBrokerAway("no", 1.0))
    assert asyncio.run(handler._try_enter(gate, 0.0, 1.0)) == Turn(1.0)


@pytest.mark.parametrize("is_remote", [False, True])
def test_a_gate_that_takes_its_time_is_asked_in_a_thread(
    monkeypatch: pytest.MonkeyPatch, is_remote: bool
) -> None:
    serve(monkeypatch, lambda request: Response(request.url))
    gate = Gate()
    gate.is_remote = is_remote
    download(make_handler(gate))
    assert (gate.threads == [threading.main_thread()]) is not is_remote


# --- what is refused -----------------------------------------------------------------------------


def failed(*causes: Exception) -> DownloadFailedError:
    """A download that failed, as Scrapy raises it."""
    error = DownloadFailedError("failed")
    error.__cause__ = ResponseFailed([Failure(each) for each in causes], None)
    return error


def tls_failed() -> DownloadFailedError:
    error = failed()
    error.__cause__ = SSL.Error([("SSL routines", "", "certificate verify failed")])
    return error


@pytest.mark.parametrize(
    ("url", "error", "reason"),
    [
        (URL, CannotResolveHostError("a"), "private-address"),
        ("http://a.vn:81/", CannotResolveHostError("a"), None),
        (URL, DownloadCancelledError("too large"), "too-large"),
        (URL, failed(HeaderFlood()), "header-flood"),
        (URL, failed(ConnectionDone(), HeaderFlood()), "header-flood"),
        (URL, failed(ConnectionDone()), None),
        (URL, DownloadFailedError("no"), None),
        (URL, tls_failed(), "certificate"),
    ],
)
def test_what_no_repetition_would_mend_is_refused(
    monkeypatch: pytest.MonkeyPatch, url: str, error: Exception, reason: str | None
) -> None:
    serve(monkeypatch, error)
    if reason is None:
        with pytest.raises(type(error)):
            download(make_handler(), url)
        return
    assert refusal(make_handler(), url).reason == reason


def test_the_fault_of_a_certificate_is_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, tls_failed())
    asked: list[tuple[str, int]] = []

    def take_fault(*place: Any) -> str:
        asked.append(place)
        return "certificate-expired"

    refused = refusal(
        make_handler(_policy=SimpleNamespace(take_fault=take_fault)), "https://a.vn/1.html"
    )
    assert refused.reason == "certificate-expired"
    assert "certificate verify failed" in str(refused)
    assert asked == [("a.vn", 443)]


@pytest.mark.parametrize(
    ("url", "address", "passes"),
    [
        (URL, "203.113.131.1", True),
        (URL, None, True),
        (URL, "10.0.0.1", False),
        ("http://a.vn:8080/", "10.0.0.1", True),
    ],
)
def test_the_address_that_answered_is_checked_once_more(
    monkeypatch: pytest.MonkeyPatch, url: str, address: str | None, passes: bool
) -> None:
    where = None if address is None else ipaddress.ip_address(address)
    serve(monkeypatch, lambda request: Response(request.url, ip_address=where))
    if passes:
        assert download(make_handler(), url).url == url
        return
    refused = refusal(make_handler(), url)
    assert (refused.reason, str(refused).partition(": ")[2]) == (
        "private-address",
        f"a.vn answered at {address}",
    )


@pytest.mark.parametrize(
    ("url", "verifies", "flags"),
    [
        ("https://a.vn/", True, []),
        ("https://a.vn/", False, ["tls-unverified"]),
        ("http://a.vn/", False, []),
    ],
)
def test_an_answer_whose_certificate_nobody_checked_says_so(
    monkeypatch: pytest.MonkeyPatch, url: str, verifies: bool, flags: list[str]
) -> None:
    serve(monkeypatch, lambda request: Response(request.url))
    assert download(make_handler(_verifies=verifies), url).flags == flags


# --- begin and end -------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [succeed, fail, lambda _: Deferred()])
def test_an_end_waits_a_moment_for_connections_and_gives_the_gates_back(
    end: Callable[[Any], Any],
) -> None:
    gate = Gate()
    pool = SimpleNamespace(closeCachedConnections=lambda: end(ConnectionError("gone")))
    asyncio.run(make_handler(gate, _pool=pool, _disconnect_timeout=0.01).close())
    assert gate.keys == ["closed"]


def test_gates_lie_beside_the_archive_or_in_the_cluster(tmp_path: Path) -> None:
    archive = str(tmp_path / "archive.db")
    here = gates_of(Settings({"ARCHIVE": archive}))
    assert not here.is_remote
    here.of("a.vn").try_enter(0.0, 9.0)
    assert len(list((tmp_path / "archive.db.locks" / "hosts").iterdir())) == 1
    here.close()
    shared = gates_of(Settings({"ARCHIVE": archive, "BROKER": "redis://127.0.0.1:1/0"}))
    assert shared.is_remote
    shared.close()
