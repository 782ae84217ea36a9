"""Records of one exchange: what stands in them, and what is read back."""

from __future__ import annotations

import gzip

import pytest

from storage.errors import CaptureError
from storage.warc.erase import erased_member
from storage.warc.records import (
    Exchange,
    Origin,
    Original,
    payload_digest,
    read_record,
    request_bytes,
    response_bytes,
    spell_uri,
    text,
)

URL = "https://bao.vn/tin?a=1"
AT = "2026-03-01T00:00:00Z"


def exchange(**more: object) -> Exchange:
    values = {
        "url": URL, "fetched_at": AT, "status": 200, "reason": "OK", "headers": (), "body": b"tin",
    }  # fmt: skip
    return Exchange(**(values | more))  # type: ignore[arg-type]


def head(member: bytes) -> list[str]:
    return gzip.decompress(member).decode().split("\r\n")


def test_a_response_is_read_back_with_the_length_it_has_here() -> None:
    headers = (
        ("Content-Type", "text/html"), ("Transfer-Encoding", "chunked"), ("CONTENT-LENGTH", "9"),
        ("Bad name", "a\r\nb"), ("", "nothing"), (b"X", b"y"),
    )  # fmt: skip
    member, number = response_bytes(exchange(headers=headers), "sha1:D")
    record = read_record(member)
    assert (record.status, record.payload) == (200, b"tin")
    assert record.headers == (
        ("Content-Type", "text/html"), ("Bad-name", "a b"), ("X", "y"), ("Content-Length", "3"),
    )  # fmt: skip
    told = {"warc-type": "response", "warc-payload-digest": "sha1:D", "warc-record-id": number}
    assert told.items() <= record.warc.items()
    assert "warc-ip-address" not in record.warc
    assert "warc-origin" not in record.warc


@pytest.mark.parametrize(
    ("status", "profile"), [(200, "identical-payload-digest"), (304, "server-not-modified")]
)
def test_a_revisit_refers_to_the_record_that_has_the_payload(status: int, profile: str) -> None:
    original = Original(url=URL, fetched_at=AT, digest="sha1:E", file="a.warc.gz", offset=7)
    again = exchange(status=status, body=b"", ip="10.0.0.1")
    member, _ = response_bytes(again, "sha1:D", original)
    record = read_record(member)
    assert record.warc["warc-profile"].endswith(profile)
    told = {
        "warc-type": "revisit", "warc-payload-digest": "sha1:E", "warc-refers-to-date": AT,
        "warc-refers-to-target-uri": URL, "warc-refers-to-filename": "a.warc.gz",
        "warc-refers-to-file-offset": "7", "warc-ip-address": "10.0.0.1",
    }  # fmt: skip
    assert told.items() <= record.warc.items()


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        (Origin(name="a.warc"), {"warc-origin": "a.warc"}),
        (Origin(name="a", offset=0, record_id="<i>", digest="sha1:D"),
         {"warc-origin": "a", "warc-origin-offset": "0", "warc-origin-record-id": "<i>",
          "warc-origin-payload-digest": "sha1:D"}),
    ],
)  # fmt: skip
def test_a_copy_says_where_it_is_from(origin: Origin, told: dict[str, str]) -> None:
    warc = read_record(response_bytes(exchange(origin=origin), "sha1:D")[0]).warc
    assert {name: value for name, value in warc.items() if "origin" in name} == told


@pytest.mark.parametrize(
    ("url", "headers", "method", "line", "hosts"),
    [
        (URL, (), "GET", "GET /tin?a=1 HTTP/1.1", ["Host: bao.vn"]),
        ("https://a:b@bao.vn:81", (), "POST", "POST / HTTP/1.1", ["Host: bao.vn:81"]),
        (URL, (("HOST", "x.vn"),), "P T\r\n", "PT /tin?a=1 HTTP/1.1", ["HOST: x.vn"]),
        (URL, (), "\r\n", "GET /tin?a=1 HTTP/1.1", ["Host: bao.vn"]),
    ],
)
def test_a_request_names_its_host_once(
    url: str, headers: tuple[tuple[str, str], ...], method: str, line: str, hosts: list[str]
) -> None:
    asked = exchange(url=url, request_headers=headers, method=method)
    lines = head(request_bytes(asked, "<urn:uuid:1>"))
    assert "WARC-Concurrent-To: <urn:uuid:1>" in lines
    assert line in lines
    assert [each for each in lines if each.lower().startswith("host:")] == hosts


def test_what_is_no_record_is_refused_with_what_is_wrong() -> None:
    whole = response_bytes(exchange(), "sha1:D")[0]
    request = request_bytes(exchange(), "<urn:uuid:1>")
    for member, wrong in (
        (b"no gzip", "it is damaged"), (whole[:-1], "it does not end where it should"),
        (whole + b"x", "it does not end where it should"),
        (gzip.compress(b"no record"), "it is no WARC record"),
        (request, "it holds no HTTP response but 'request'"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=wrong):
            read_record(member)


@pytest.mark.parametrize(
    ("given", "told"),
    [("á", "á"), ("á".encode(), "á"), (b"\xe1", "á"), (b"", ""), (b"\xc3", "\xc3")],
)
def test_a_header_is_text_as_utf_8_or_latin_1(given: str | bytes, told: str) -> None:
    assert text(given) == told


@pytest.mark.parametrize(
    ("url", "spelt"),
    [
        (URL, URL), ("https://bao.vn/tỉnh", "https://bao.vn/t%E1%BB%89nh"),
        ("https://bao.vn/a b", "https://bao.vn/a%20b"), ("/a%20b|c^{d}", "/a%20b|c^{d}"),
        ("/\ud800", "/?"),
    ],
)  # fmt: skip
def test_what_is_no_ascii_in_an_address_is_escaped(url: str, spelt: str) -> None:
    assert spell_uri(url) == spelt


def test_a_payload_is_known_by_its_sha1_in_base32() -> None:
    assert payload_digest(b"") == "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"


def test_what_was_erased_fills_its_place_to_the_byte() -> None:
    least = next(length for length in range(40) if _erased(length, URL))
    assert least == 21
    for length in (21, 22, 100, 300, 1000):
        assert len(erased_member(length, URL)) == length
        content = gzip.decompress(erased_member(length, URL))
        assert content.startswith(b"WARC/1.1\r\nWARC-Type: metadata\r\n") is (length >= 300)
        assert (URL.encode() in content) is (length >= 300)
        assert content.endswith(b"This record was erased.\n\r\n\r\n") is (length >= 300)


def _erased(length: int, url: str) -> bool:
    try:
        return bool(erased_member(length, url))
    except CaptureError:
        return False
