"""What is wrong with a server's certificate: the error of a failed handshake does not tell.

OpenSSL passes the fault to the callback that verifies, and nowhere else. Codes are those of
``openssl/x509_vfy.h``; that the name does not match is found by Twisted itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

from crawler.failures import Word

if TYPE_CHECKING:
    from collections.abc import Callable

    from OpenSSL import SSL
    from OpenSSL.crypto import X509

    Verify = Callable[[SSL.Connection, X509, int, int, int], bool]

FAULTS = {
    9: Word.CERTIFICATE_EARLY,
    10: Word.CERTIFICATE_EXPIRED,
    18: Word.CERTIFICATE_SELF_SIGNED,
    19: Word.CERTIFICATE_SELF_SIGNED,
    20: Word.CERTIFICATE_ISSUER,
    21: Word.CERTIFICATE_ISSUER,
}
"""Code of OpenSSL -> reason."""


@implementer(IPolicyForHTTPS)
class ObservedPolicy:
    """A policy for TLS connections that notes what verification found."""

    def __init__(self, policy: Any) -> None:
        self._policy = policy
        self._faults: dict[tuple[str, int], Word] = {}

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802 - Twisted's interface
        """Return the policy's creator of connections to one place, observed."""
        creator = self._policy.creatorForNetloc(hostname, port)
        create = creator._createConnection

        def create_observed(protocol: Any) -> SSL.Connection:
            connection: SSL.Connection = create(protocol)
            connect = connection.set_verify

            def set_verify(mode: int, callback: Verify) -> None:
                connect(mode, self._observe((hostname.decode("ascii"), port), callback))

            connection.set_verify = set_verify  # type: ignore[method-assign,assignment]
            return connection

        creator._createConnection = create_observed
        return creator

    def take_fault(self, host: str, port: int) -> Word | None:
        """Return what the last handshake with a place found, once; None for nothing known."""
        return self._faults.pop((host, port), None)

    def _observe(self, place: tuple[str, int], verify: Verify) -> Verify:
        def observe(
            connection: SSL.Connection, certificate: X509, code: int, depth: int, ok: int
        ) -> bool:
            if not ok and code in FAULTS:
                self._faults[place] = FAULTS[code]
            return verify(connection, certificate, code, depth, ok)

        return observe
