"""One guarded POST: where it goes, what it says, and what of the answer is read."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from crawler.errors import CrawlError
from crawler.net import webhook
from crawler.net.addresses import PrivateHosts
from crawler.net.webhook import post, send
from tests.site.server import Site

if TYPE_CHECKING:
    from tests.site.exchange import Exchange


def test_a_webhook_is_asked_at_its_whole_address_and_read_so_far() -> None:
    def take(exchange: Exchange) -> None:
        exchange.reply("x" * 10)

    with Site(routes={"/": take, "/a/b*": take}) as site:
        private = PrivateHosts.parse(site.netloc)
        assert send(site.base, b"q", content_type="text/plain", private=private, most=4) == b"xxxx"
        url = f"{site.base}/a/b?c=1"
        assert len(send(url, b"", content_type="text/plain", private=private)) == 10
        first, second = site.hits
    assert (first.method, first.target, second.target) == ("POST", "/", "/a/b?c=1")
    assert first.headers["user-agent"] == "baotinh"
    assert first.headers["connection"] == "close"


@pytest.mark.parametrize(
    ("status", "is_taken"), [(200, True), (204, True), (299, True), (300, False)]
)
def test_only_a_2xx_is_taken(status: int, is_taken: bool) -> None:
    with Site(routes={"/": lambda x: x.reply("", status)}) as site:
        private = PrivateHosts.parse(site.netloc)
        if is_taken:
            send(site.base, b"", content_type="text/plain", private=private)
        else:
            with pytest.raises(CrawlError, match=f"answered {status}"):
                send(site.base, b"", content_type="text/plain", private=private)


def test_so_much_of_an_answer_is_read_unless_more_is_wanted() -> None:
    with Site(routes={"/": lambda x: x.reply("x" * 9_000)}) as site:
        private = PrivateHosts.parse(site.netloc)
        assert len(send(site.base, b"", content_type="text/plain", private=private)) == 4096
        more = send(site.base, b"", content_type="text/plain", private=private, most=9_999)
        assert len(more) == 9_000


def test_each_step_has_ten_seconds_and_the_place_of_the_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []

    def connect(*place: Any, **how: Any) -> Any:
        asked.append((place, how))
        raise OSError("no route")

    monkeypatch.setattr(webhook, "connect_checked", connect)
    private = PrivateHosts()
    for url, place, secure in (
        ("https://a.vn/x", ("a.vn", 443), True),
        ("http://a.vn:81", ("a.vn", 81), False),
    ):
        with pytest.raises(CrawlError, match=f"webhook {url}: no route"):
            post(url, b"", content_type="text/plain", private=private)
        wanted = {"secure": secure, "private": private, "timeout": 10.0, "what": "webhook "}
        assert asked.pop() == (place, wanted)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://a.vn/", "only http and https"),
        ("file:///etc/passwd", "not a URL with a host"),
        ("https://", "not a URL with a host"),
    ],
)
def test_what_is_no_address_of_the_web_is_named(url: str, why: str) -> None:
    with pytest.raises(CrawlError) as refused:
        send(url, b"", content_type="text/plain", private=PrivateHosts(), what="authority")
    assert str(refused.value) == f"authority {url}: {why}"


def test_all_steps_together_have_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []

    class Timer:
        daemon = False

        def __init__(self, seconds: float, end: object) -> None:
            made.append((seconds, self))
            del end

        def start(self) -> None:
            made.append(("started", self.daemon))

        def cancel(self) -> None:
            made.append("cancelled")

    monkeypatch.setattr(webhook.threading, "Timer", Timer)
    one, other = socket.socketpair()
    with one, other, webhook._ending(one):
        assert [each[0] for each in made] == [30.0, "started"]
        assert made[1][1] is True, "it keeps no process from its end"
    assert made[2] == "cancelled"


def test_a_connection_is_ended_when_its_time_is_over_and_not_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = socket.socketpair()
    with one, other:
        with webhook._ending(one):
            pass
        one.sendall(b"x")
        assert other.recv(1) == b"x"
    monkeypatch.setattr(webhook, "MOST_SECONDS", 0.05)
    one, other = socket.socketpair()
    with one, other:
        with pytest.raises(TimeoutError), webhook._ending(one):
            assert one.recv(1) == b"", "it was shut down"
        assert other.recv(1) == b""
    with one, pytest.raises(TimeoutError), webhook._ending(one):
        join_timers()


def join_timers() -> None:
    """Wait until all timers have done their work."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join()


def test_whatever_a_connection_says_as_it_is_ended_it_took_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*, late: bool) -> None:
        if late:
            join_timers()
        raise ConnectionResetError("reset by peer")

    one, other = socket.socketpair()
    with one, other:
        with pytest.raises(ConnectionResetError), webhook._ending(one):
            fail(late=False)
        monkeypatch.setattr(webhook, "MOST_SECONDS", 0.01)
        with pytest.raises(TimeoutError), webhook._ending(one):
            fail(late=True)
