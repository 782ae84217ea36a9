"""Names and addresses of the server."""

from __future__ import annotations

import pytest

from crawler.web.app import PAGES
from crawler.web.guard import host_of
from crawler.web.server import Listener, describe, is_reachable, known_hosts, listen
from crawler.web.visit import PATHS, name_database
from storage.errors import BaotinhError
from tests.support.servers import free_port


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("archive", "archive"), ("tin-tuc", "tin-tuc"), ("Tin tức 2026", "tin-tuc-2026"),
        ("source", "source-db"), ("../x", "x"), ("…", "archive"), ("-", "archive"),
    ],
)  # fmt: skip
def test_tables_have_a_plain_name_that_is_none_of_our_pages(stem: str, name: str) -> None:
    assert name_database(stem) == name


def test_every_first_part_of_our_addresses_is_known() -> None:
    firsts = {path.split("/")[1].split(".")[0] for path in PAGES} - {"", "feed", "robots"}
    assert firsts | {"static", "in"} == PATHS


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("127.0.0.1", False), ("127.9.9.9", False), ("::1", False), ("localhost", False),
        ("0.0.0.0", True), ("::", True), ("192.168.1.5", True), ("kho.example.vn", True),  # noqa: S104
    ],
)  # fmt: skip
def test_only_loopback_is_for_this_machine_alone(host: str, public: bool) -> None:
    assert is_reachable(host) is public


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


@pytest.mark.parametrize(("captures", "behind"), [(None, 1), (0, None)])
def test_captures_are_at_the_next_port_unless_another_is_named(
    captures: int | None, behind: int | None
) -> None:
    port = free_port()
    listener = listen("127.0.0.1", port, captures)
    try:
        assert listener.port == port
        assert behind is None or listener.captures_port == port + behind
        assert describe(listener, "127.0.0.1", "/tin") == (
            f"http://127.0.0.1:{port}/tin/ (captured pages on port {listener.captures_port})"
        )
        assert describe(listener, "::1", "").startswith(f"http://[::1]:{port}/ ")
        with pytest.raises(BaotinhError, match=rf"127.0.0.1:{port} .*: choose another --port"):
            listen("127.0.0.1", port, None)
        other = free_port()
        with pytest.raises(BaotinhError, match="choose another --captures-port"):
            listen("127.0.0.1", other, port)
        close(listen("127.0.0.1", other, 0))  # the first was closed when the second failed
    finally:
        close(listener)


def test_the_system_chooses_both_ports_of_zero() -> None:
    listener = listen("127.0.0.1", 0, None)
    assert listener.port > 0
    assert listener.captures_port not in (0, 1, listener.port)
    close(listener)


def close(listener: Listener) -> None:
    listener.pages.close()
    listener.captures.close()
