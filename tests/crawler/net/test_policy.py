"""Which addresses a source may be asked at, each rule at its bound."""

from __future__ import annotations

import pytest

from crawler.net.addresses import PrivateHosts
from crawler.net.policy import UrlPolicy

HOSTS = ("www.a.vn", "b.vn:8080", "93.184.216.34", "10.0.0.1")
POLICY = UrlPolicy.of(HOSTS, PrivateHosts.parse("127.0.0.1:9000,10.0.0.2"))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://a.vn/", None),
        ("http://www.a.vn/x?y=1", None),
        ("https://a.vn:443/", None),
        ("http://a.vn:443/", None),
        ("https://a.vn:80/", None),
        ("https://a.vn:81/", "port"),
        ("https://b.vn:8080/", None),
        ("https://b.vn/", "port"),
        ("https://c.vn/", "off-site"),
        ("https://a.vn.c.vn/", "off-site"),
        ("ftp://a.vn/", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("https://u@a.vn/", "userinfo"),
        ("https://@a.vn/", "userinfo"),
        ("https://a.vn/ b", "malformed-url"),
        ("https://a.vn/\\b", "malformed-url"),
        ("https://a.vn/\x7f", "malformed-url"),
        ("https://a_b.vn/", "off-site"),
        ("https://-a.vn/", "malformed-url"),
        ("https://a-.vn/", "malformed-url"),
        ("https://a..vn/", "malformed-url"),
        ("https:///x", "malformed-url"),
        ("https://a.vn:99999/", "malformed-url"),
        # An address is a host where the source names it and it is public, or an operator does.
        ("http://93.184.216.34/", None),
        ("http://93.184.216.35/", "private-address"),
        ("http://10.0.0.1/", "private-address"),
        ("http://10.0.0.2/", "off-site"),
        ("http://127.0.0.1:9000/", "off-site"),
        ("http://127.0.0.1:9001/", "private-address"),
        ("http://2130706433/", "private-address"),
        ("http://0x7f.1/", "private-address"),
    ],
)
def test_an_address_is_asked_or_refused_with_a_reason(url: str, reason: str | None) -> None:
    assert POLICY.refusal(url) == reason


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://c.vn/", None),
        ("https://c.vn:8080/", "port"),
        ("http://127.0.0.1:9000/", None),
        ("http://127.0.0.1:9001/", "private-address"),
        ("https://b.vn:8080/", None),
        ("ftp://c.vn/", "scheme"),
    ],
)
def test_anywhere_is_any_host_at_its_usual_port(url: str, reason: str | None) -> None:
    assert POLICY.refusal(url, anywhere=True) == reason


@pytest.mark.parametrize(("size", "reason"), [(4096, None), (4097, "malformed-url")])
def test_an_address_has_four_thousand_letters_at_most(size: int, reason: str | None) -> None:
    url = "https://a.vn/"
    assert POLICY.refusal(url + "a" * (size - len(url))) == reason
