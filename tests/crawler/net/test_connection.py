"""A connection outside of Scrapy: to the very address that was checked."""

from __future__ import annotations

import http.client
import socket
import ssl
from typing import TYPE_CHECKING

import pytest

from crawler.errors import CrawlError
from crawler.net.addresses import PrivateHosts
from crawler.net.connection import connect_checked
from tests.site.server import Site
from tests.support.certificates import make_certificate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[socket.socket]:
    """The connections that were made."""
    made: list[socket.socket] = []
    connect = socket.create_connection

    def noted(place: tuple[str, int], timeout: float) -> socket.socket:
        made.append(connect(place, timeout))
        return made[-1]

    monkeypatch.setattr(socket, "create_connection", noted)
    return made


def test_an_address_that_is_not_public_is_refused_before_anybody_is_asked(
    opened: list[socket.socket],
) -> None:
    with Site() as site:
        host, _, port = site.netloc.partition(":")
        other = PrivateHosts.parse(f"{host}:1")
        for private in (PrivateHosts(), other):
            with pytest.raises(CrawlError) as refused:
                connect_checked(
                    host, int(port), secure=False, private=private, timeout=5.0, what="hook "
                )
            assert str(refused.value) == (
                f"hook {host}: {host} is not public; see ALLOW_PRIVATE_HOSTS"
            )
    assert opened == []


def test_a_host_that_is_allowed_is_asked_once_and_never_again_by_its_name() -> None:
    with Site(routes={"/": lambda exchange: exchange.reply("ok")}) as site:
        host, _, port = site.netloc.partition(":")
        connection = connect_checked(
            host, int(port), secure=False, private=PrivateHosts.parse(host), timeout=5.0
        )
        with connection.sock:
            assert connection.sock.gettimeout() == 5.0
            assert connection.sock.getpeername() == (host, int(port))
            connection.request("GET", "/")
            assert connection.getresponse().read() == b"ok"
        connection.close()
        with pytest.raises(http.client.NotConnected):
            connection.request("GET", "/")


def test_a_certificate_that_nobody_trusts_ends_the_connection(
    tmp_path: Path, opened: list[socket.socket]
) -> None:
    with Site(tls=make_certificate(tmp_path)) as site:
        host, _, port = site.netloc.partition(":")
        with pytest.raises(ssl.SSLCertVerificationError):
            connect_checked(
                host, int(port), secure=True, private=PrivateHosts.parse(host), timeout=5.0
            )
    assert [each.fileno() for each in opened] == [-1]
