from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.failures import Word
from crawler.net.addresses import (
    PrivateHosts,
    is_literal,
    is_public,
    pace_key,
    parse_host,
    place_of,
)
from crawler.net.policy import UrlPolicy

if TYPE_CHECKING:
    import ipaddress

PAPER = UrlPolicy.of(["baolongan.vn"])

PRIVATE_4 = st.one_of(
    st.ip_addresses(v=4, network=network)
    for network in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "100.64.0.0/10",
        "0.0.0.0/8",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.5",
        "169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.9",
        "64:ff9b::7f00:9",
        "64:ff9b:1::7f00:9",
        "2002:7f00:9::",
        "2002:808:808::",
        "2001:0:7f00:9::",
        "fd00::5",
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700::1%eth0",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "not an address",
        "",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "103.1.2.3", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_what_the_standard_library_calls_private_is_never_public_here(
    address: ipaddress.IPv4Address,
) -> None:
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert not is_public(str(address))


@given(st.ip_addresses(v=6))
def test_ipv6_is_judged_no_more_leniently_than_the_standard_library(
    address: ipaddress.IPv6Address,
) -> None:
    if is_public(str(address)):
        carried = address.ipv4_mapped
        assert carried is not None or address.is_global or str(address).startswith("64:ff9b::")


def _spellings(address: ipaddress.IPv4Address) -> list[str]:
    a, b, c, d = address.packed
    number = int(address)
    wide = str(address).translate({ord("0") + i: 0xFF10 + i for i in range(10)})
    return [
        str(address),
        f"{address}.",
        str(number),
        hex(number),
        hex(number).upper(),
        f"0{number:o}",
        f"0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"{a}.{b}.{(c << 8) + d}",
        f"{a}.{(b << 16) + (c << 8) + d}",
        f"{a:03}.{b:03}.{c:03}.{d:03}",
        wide,
        str(address).replace(".", "。"),
        f"[::ffff:{address}]",
        f"[::ffff:{a:02x}{b:02x}:{c:02x}{d:02x}]",
        f"[64:ff9b::{address}]",
        f"[2002:{a:02x}{b:02x}:{c:02x}{d:02x}::]",
        f"[::{address}]",
        f"[::ffff:{address}%25lo]",
    ]


@given(PRIVATE_4, st.data(), st.sampled_from(["http", "https"]), st.sampled_from(["", ":80"]))
def test_no_spelling_of_a_private_address_passes(
    address: ipaddress.IPv4Address, data: st.DataObject, scheme: str, port: str
) -> None:
    host = data.draw(st.sampled_from(_spellings(address)))
    for policy in (PAPER, UrlPolicy.of([str(address), "baolongan.vn"])):
        assert policy.refusal(f"{scheme}://{host}{port}/canary") is not None


@given(PRIVATE_4)
def test_only_the_canonical_spelling_of_an_exempt_address_passes(
    address: ipaddress.IPv4Address,
) -> None:
    policy = UrlPolicy.of([f"{address}:8000"], PrivateHosts.parse(f"{address}:8000"))
    assert policy.refusal(f"http://{address}:8000/a.html") is None
    for spelling in _spellings(address)[2:]:
        url = f"http://{spelling}:8000/a.html"
        if spelling != str(address):
            assert policy.refusal(url) is not None, url


@given(st.text(alphabet="0123456789abcdefx.", min_size=1, max_size=20))
def test_what_the_c_library_reads_as_an_address_is_a_literal(host: str) -> None:
    try:
        socket.inet_aton(host)
    except OSError:
        return
    assert is_literal(host)


@given(st.text(max_size=200))
def test_any_text_gets_an_answer(text: str) -> None:
    PAPER.refusal(text)
    PAPER.refusal(f"http://{text}/")


@given(st.text(max_size=60))
def test_an_accepted_url_is_on_the_sources_host_for_every_parser(text: str) -> None:
    for url in (f"http://{text}", f"http://baolongan.vn{text}", f"https:{text}//baolongan.vn/"):
        if PAPER.refusal(url) is None:
            parts = urlsplit(url)
            assert parts.hostname is not None
            assert parts.hostname.removeprefix("www.").rstrip(".") == "baolongan.vn"
            assert parts.username is None
            netloc = url.split("//", 1)[1].split("/")[0].split("?")[0].split("#")[0]
            assert netloc.lower().split(":")[0].rstrip(".") in {"baolongan.vn", "www.baolongan.vn"}


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://baolongan.vn/", Word.SCHEME),
        ("gopher://127.0.0.9/", Word.SCHEME),
        ("data:text/html,x", Word.SCHEME),
        ("javascript:alert(1)", Word.SCHEME),
        ("file:///etc/passwd", Word.SCHEME),
        ("//baolongan.vn/", Word.SCHEME),
        ("http:///a", Word.MALFORMED_URL),
        ("http:\\\\127.0.0.9\\", Word.MALFORMED_URL),
        ("http://baolongan.vn\\@127.0.0.9/", Word.MALFORMED_URL),
        (" http://baolongan.vn/", Word.MALFORMED_URL),
        ("http://bao\tlongan.vn/", Word.MALFORMED_URL),
        ("http://baolongan.vn/\n", Word.MALFORMED_URL),
        ("http://baolongan.vn:99999/", Word.MALFORMED_URL),
        ("http://baolongan.vn:x/", Word.MALFORMED_URL),
        ("http://bao%6congan.vn/", Word.MALFORMED_URL),
        ("http://báolongan.vn/", Word.MALFORMED_URL),
        ("http://baolongan.vn/" + "a" * 5000, Word.MALFORMED_URL),
        ("http://baolongan.vn@127.0.0.9/", Word.USERINFO),
        ("http://user:secret@baolongan.vn/", Word.USERINFO),
        ("http://@baolongan.vn/", Word.USERINFO),
        ("http://169.254.169.254/latest/meta-data/", Word.PRIVATE_ADDRESS),
        ("http://8.8.8.8/", Word.PRIVATE_ADDRESS),
        ("http://[::1]/", Word.PRIVATE_ADDRESS),
        ("http://127.1/", Word.PRIVATE_ADDRESS),
        ("http://baotayninh.vn/", Word.OFF_SITE),
        ("http://baolongan.vn.evil.com/", Word.OFF_SITE),
        ("http://tin.baolongan.vn/", Word.OFF_SITE),
        ("http://localhost/", Word.OFF_SITE),
        ("http://baolongan.vn:8080/", Word.PORT),
        ("http://baolongan.vn:22/", Word.PORT),
        ("http://baolongan.vn:0/", Word.PORT),
    ],
)
def test_refused_urls_say_why(url: str, why: Word) -> None:
    assert PAPER.refusal(url) is why


@pytest.mark.parametrize(
    "url",
    [
        "http://baolongan.vn/",
        "https://www.baolongan.vn/tin-a1.html?x=1#y",
        "https://BaoLongAn.vn:443/",
        "http://baolongan.vn:80/",
        "http://baolongan.vn./",
        "https://baolongan.vn/ti%E1%BB%89nh-u%E1%BB%B7-a1.html",
    ],
)
def test_the_sources_own_pages_pass(url: str) -> None:
    assert PAPER.refusal(url) is None


def test_www_in_the_source_file_covers_the_bare_host_too() -> None:
    assert UrlPolicy.of(["www.baolongan.vn"]).refusal("http://baolongan.vn/") is None


def test_a_port_of_the_source_is_the_only_one() -> None:
    policy = UrlPolicy.of(["baolongan.vn:8080"])
    assert policy.refusal("http://baolongan.vn:8080/") is None
    assert policy.refusal("http://baolongan.vn/") is Word.PORT


def test_exemption_does_not_widen_the_sources_hosts() -> None:
    policy = UrlPolicy.of(["127.0.0.1:8000"], PrivateHosts.parse("127.0.0.1, localhost"))
    assert policy.refusal("http://127.0.0.1:8000/") is None
    assert policy.refusal("http://127.0.0.1:8001/") is Word.PORT
    assert policy.refusal("http://localhost:8000/") is Word.OFF_SITE


def test_a_source_on_loopback_needs_the_exemption() -> None:
    assert (
        UrlPolicy.of(["127.0.0.1:8000"]).refusal("http://127.0.0.1:8000/") is Word.PRIVATE_ADDRESS
    )


def test_a_source_file_may_name_a_public_address() -> None:
    assert UrlPolicy.of(["11.1.2.3"]).refusal("http://11.1.2.3/") is None


def test_exempt_hosts_are_read_from_the_setting() -> None:
    hosts = PrivateHosts.parse(" LOCALHOST:8000 ,127.0.0.1,[::1]:9000,::2, ")
    assert hosts.allow("localhost", 8000)
    assert not hosts.allow("localhost", 8001)
    assert hosts.allow("127.0.0.1", 1)
    assert hosts.allow("::1", 9000)
    assert hosts.allow("::2", 5)
    assert not PrivateHosts.parse(None).entries
    assert not PrivateHosts.parse("").entries


@pytest.mark.parametrize("entry", ["", ":80", "a:b", "[]:1"])
def test_nonsense_in_the_setting_is_an_error(entry: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_host(entry)


def test_a_place_is_host_and_port() -> None:
    assert place_of("https://baolongan.vn./x") == ("baolongan.vn", 443)
    assert place_of("http://[::1]:8000/") == ("::1", 8000)


def test_twins_of_a_host_share_a_pace_and_other_ports_do_not() -> None:
    assert (
        pace_key("https://www.BaoLongAn.vn/a") == pace_key("http://baolongan.vn/") == "baolongan.vn"
    )
    assert pace_key("http://127.0.0.1:8000/") == "127.0.0.1:8000"
