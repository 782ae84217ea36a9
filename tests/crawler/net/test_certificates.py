"""Which fault a certificate has, told by a crawl of a server that shows it."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from crawler.net.certificates import FAULTS
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
