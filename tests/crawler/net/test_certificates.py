"""Which fault a certificate has, told by a crawl of a server that shows it."""

from __future__ import annotations

from contextlib import ExitStack
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from crawler.net.certificates import FAULTS, ObservedPolicy
from tests.site.town import Town
from tests.support.certificates import make_certificate, trust
from tests.support.crawls import Desk

if TYPE_CHECKING:
    from pathlib import Path


def test_each_fault_of_a_certificate_is_told_by_its_name(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    good = tmp_path / "good"
    good.mkdir()
    servers = {
        "certificate-self-signed": make_certificate(tmp_path),
        "certificate-issuer": make_certificate(tmp_path, issuer="Nobody's authority"),
        "certificate-expired": make_certificate(good, begin=-9, end=-2),
        "certificate-early": make_certificate(good, begin=2, end=9),
        "certificate-host": make_certificate(good, address="127.0.0.9"),
        "good": make_certificate(good),
    }
    # A certificate that is trusted by itself has no fault but the one it is made for.
    trust(tmp_path / "trusted.pem", good)
    with ExitStack() as stack:
        for name, context in servers.items():
            town = stack.enter_context(Town(1, tls=context))
            desk.add_source(town.base, name, seeds=[("feed", "/rss/home.rss")])
        environ = desk.environ | {"SSL_CERT_FILE": str(tmp_path / "trusted.pem")}
        done = desk.crawl(*servers, environ=environ)
    told = dict(desk.rows("select source_id, coalesce(last_reason, 'good') from seeds"))
    assert told == {name: name for name in servers}, done.stderr
    assert done.returncode == 1
    assert "has a certificate that has expired" in done.stderr
    assert {*FAULTS.values(), "certificate-host", "good"} == {*servers}


def test_codes_of_openssl_are_reasons() -> None:
    """Its header x509_vfy.h: not yet valid, expired, self-signed, and no issuer that is known."""
    assert {code: str(word) for code, word in FAULTS.items()} == {
        9: "certificate-early",
        10: "certificate-expired",
        18: "certificate-self-signed",
        19: "certificate-self-signed",
        20: "certificate-issuer",
        21: "certificate-issuer",
    }


class Handshake:
    """A connection of OpenSSL's: what it was told to verify with, and how."""

    def __init__(self) -> None:
        self.mode = 0
        self.verify: Any = None

    def set_verify(self, mode: int, verify: Any) -> None:
        self.mode, self.verify = mode, verify


def shake_hands(policy: ObservedPolicy, host: bytes = b"a.vn", port: int = 443) -> Handshake:
    connection = policy.creatorForNetloc(host, port)._createConnection("protocol")
    connection.set_verify(3, lambda *seen: (seen[2] == 0, seen))
    return connection  # type: ignore[no-any-return]


@pytest.fixture
def policy() -> ObservedPolicy:
    def create(hostname: bytes, port: int) -> Any:
        del hostname, port
        return SimpleNamespace(_createConnection=lambda _: Handshake())

    return ObservedPolicy(SimpleNamespace(creatorForNetloc=create))


@pytest.mark.parametrize(
    ("code", "ok", "fault"),
    [
        (10, 0, "certificate-expired"),
        (9, 0, "certificate-early"),
        (10, 1, None),
        (0, 1, None),
        (7, 0, None),  # a signature that is wrong has no word of its own
    ],
)
def test_what_verification_finds_is_noted_once_and_decided_as_before(
    policy: ObservedPolicy, code: int, ok: int, fault: str | None
) -> None:
    connection = shake_hands(policy)
    assert connection.mode == 3
    seen = (connection, "certificate", code, 1, ok)
    assert connection.verify(*seen) == (code == 0, seen)
    assert policy.take_fault("a.vn", 8443) is None
    assert policy.take_fault("b.vn", 443) is None
    assert policy.take_fault("a.vn", 443) == fault
    assert policy.take_fault("a.vn", 443) is None, "once"
