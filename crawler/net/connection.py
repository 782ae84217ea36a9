"""A connection outside of Scrapy: to the very address that was checked."""

from __future__ import annotations

import http.client
import socket
import ssl
from typing import TYPE_CHECKING

from crawler.errors import CrawlError
from crawler.net.addresses import is_public

if TYPE_CHECKING:
    from crawler.net.addresses import PrivateHosts


def connect_checked(
    host: str, port: int, *, secure: bool, private: PrivateHosts, timeout: float, what: str = ""
) -> http.client.HTTPConnection:
    """Connect to a public address of a host, or to one in ALLOW_PRIVATE_HOSTS.

    ``timeout`` is seconds for each step; ``what`` stands before the host in sentences. Raise
    CrawlError for an address that is not public, OSError where nobody answers.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    address = str(found[0][4][0])
    if not is_public(address) and not private.allow(host, port):
        raise CrawlError(f"{what}{host}: {address} is not public; see ALLOW_PRIVATE_HOSTS")
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    plain = socket.create_connection((address, port), timeout=timeout)
    try:
        connection.sock = (
            ssl.create_default_context().wrap_socket(plain, server_hostname=host)
            if secure
            else plain
        )
    except BaseException:
        plain.close()
        raise
    # http.client would connect anew by name, unchecked, where a server closed the connection.
    connection.auto_open = False
    return connection
