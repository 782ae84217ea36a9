"""Names and addresses of the server."""

from __future__ import annotations

import pytest

from crawler.web.guard import host_of
from crawler.web.server import is_public, known_hosts


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("127.0.0.1", False), ("127.9.9.9", False), ("::1", False), ("localhost", False),
        ("0.0.0.0", True), ("::", True), ("192.168.1.5", True), ("kho.example.vn", True),  # noqa: S104
    ],
)  # fmt: skip
def test_only_loopback_is_for_this_machine_alone(host: str, public: bool) -> None:
    assert is_public(host) is public


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("127.0.0.1:8001", "127.0.0.1"), ("Kho.Example.VN", "kho.example.vn"), ("a:", "a"),
        ("[::1]:8001", "[::1]"), ("[::1]", "[::1]"), ("", ""), (":80", ""), ("a:b", "a:b"),
        (" a.vn:80 ", "a.vn"),
    ],
)  # fmt: skip
def test_a_host_header_is_read_without_its_port(header: str, name: str) -> None:
    assert host_of(header) == name


def test_a_server_answers_by_its_address_and_by_names_it_was_given() -> None:
    known = known_hosts("0.0.0.0", ["kho.example.vn:443", "Ban-Chup.example.vn"])  # noqa: S104 - a name
    assert {"localhost", "127.0.0.1", "[::1]", "kho.example.vn", "ban-chup.example.vn"} <= known
    assert "evil.example" not in known
    assert "[fe80::1]" in known_hosts("fe80::1", [])
