"""Records of others as responses: dates, digests, chunks, headers, each at its bounds."""

from __future__ import annotations

import gzip

import pytest

from crawler.imports.notes import Note
from crawler.imports.responses import (
    fits_digest,
    join_chunks,
    read_drawn,
    read_instant,
    read_response,
    spell_digest,
    target_of,
    with_head,
    without_encoding,
)
from storage.records import CapturedResponse
from storage.warc.stream import Entry
from tests.support.warcs import answer, chunk, digest

NOW = "2026-11-24T03:00:00Z"
SERVED = (("Date", "Tue, 24 Nov 2026 02:00:00 GMT"),)


@pytest.mark.parametrize(
    ("stated", "instant", "note"),
    [
        ("2019-03-06T00:00:00Z", "2019-03-06T00:00:00Z", None),
        ("20190306010203", "2019-03-06T01:02:03Z", None),
        ("2019", "2019-01-01T00:00:00Z", None),
        ("2019-03", "2019-03-01T00:00:00Z", None),
        ("1990-12-20T00:00:00Z", "1990-12-20T00:00:00Z", None),
        ("1990-12-19T23:59:59Z", "2026-11-24T02:00:00Z", Note.NO_DATE),
        # A day ahead may be a clock.
        ("2026-11-25T03:00:00Z", "2026-11-25T03:00:00Z", None),
        ("2026-11-25T03:00:01Z", "2026-11-24T02:00:00Z", Note.FUTURE),
        ("soon", "2026-11-24T02:00:00Z", Note.NO_DATE),
        ("", "2026-11-24T02:00:00Z", Note.NO_DATE),
        ("20191306010203", "2026-11-24T02:00:00Z", Note.NO_DATE),
    ],
)
def test_a_record_was_captured_when_it_says_if_that_can_be(
    stated: str, instant: str, note: Note | None
) -> None:
    assert read_instant(stated, SERVED, NOW) == (instant, note)


@pytest.mark.parametrize(
    ("served", "instant"),
    [
        ("Tue, 24 Nov 2026 03:00:00 GMT", NOW),
        ("Tue, 24 Nov 2026 03:00:01 GMT", NOW),
        ("Thu, 20 Dec 1990 00:00:00 GMT", "1990-12-20T00:00:00Z"),
        ("Wed, 19 Dec 1990 23:59:59 GMT", NOW),
        ("soon", NOW),
    ],
)
def test_else_when_its_server_answered(served: str, instant: str) -> None:
    assert read_instant("", (("X", "1"), ("dAtE", served)), NOW) == (instant, Note.NO_DATE)


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"", b""),
        (b"plain", b"plain"),
        (b"plain\r\nlines", b"plain\r\nlines"),
        (b"3\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"3\r\nabc\r\n2;x=1\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b" 3 \r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"A\r\n0123456789\r\n0\r\nafter", b"0123456789"),
        (b"0\r\n\r\n", b""),
        # Cut off: in a chunk, between two, in a size.
        (b"3\r\nabc\r\n5\r\nde", b"abcde"),
        (b"3\r\nabc\r\n", b"abc"),
        (b"3\r\nabc\r\nxyz\r\n", b"abc"),
        (b"3\r\nabc\r\n\r\n", b"abc"),
        # Eight digits at most.
        (b"00000003\r\nabc\r\n0\r\n\r\n", b"abc"),
        (b"000000003\r\nabc\r\n0\r\n\r\n", b"000000003\r\nabc\r\n0\r\n\r\n"),
    ],
)
def test_chunks_are_joined_as_far_as_they_go(data: bytes, wanted: bytes) -> None:
    assert join_chunks(data) == wanted


BASE32 = "A2" * 16


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        (f"sha1:{BASE32}", f"sha1:{BASE32}"),
        (f" SHA1:{BASE32.lower()} ", f"sha1:{BASE32}"),
        (BASE32, f"sha1:{BASE32}"),
        (f"sha256:{BASE32}", None),
        (f"sha1:{BASE32}A", None),
        (f"sha1:{BASE32[:31]}", None),
        (f"sha1:{BASE32[:31]}-", None),
        ("", None),
        (None, None),
    ],
)
def test_digests_are_spelt_our_way(text: str | None, spelt: str | None) -> None:
    assert spell_digest(text) == spelt


BODY = b"<p>xin ch\xc3\xa0o</p>" * 3
PACKED = gzip.compress(BODY)
GZIP = (("Content-Encoding", "GZIP"),)


@pytest.mark.parametrize(
    ("of", "payload", "headers", "more", "fits"),
    [
        (BODY, BODY, (), {}, True),
        (BODY, BODY + b"x", (), {}, False),
        (BODY, BODY + b"x", (), {"warc-truncated": "length"}, True),
        (BODY, chunk(BODY), (), {}, True),
        (PACKED, chunk(PACKED), GZIP, {}, True),
        (BODY, PACKED, GZIP, {}, True),
        (BODY, chunk(PACKED), GZIP, {}, True),
        (BODY, PACKED, (), {}, False),
        (BODY, BODY[:-1], GZIP, {}, False),
        (BODY + b"x", PACKED, GZIP, {}, False),
    ],
)
def test_a_payload_fits_what_was_sent_or_joined_or_decoded(
    of: bytes,
    payload: bytes,
    headers: tuple[tuple[str, str], ...],
    more: dict[str, str],
    *,
    fits: bool,
) -> None:
    assert fits_digest({"warc-payload-digest": digest(of), **more}, payload, headers) is fits
    assert fits_digest({"warc-payload-digest": "md5:1"}, payload, headers)
    assert fits_digest({}, payload, headers)


@pytest.mark.parametrize(
    ("stated", "wanted"),
    [
        ("http://a.vn/X", "http://a.vn/X"),
        (" <HTTP://a.vn/X> ", "http://a.vn/X"),
        ("dns", "dns"),
        ("", ""),
    ],
)
def test_a_record_is_about_an_address(stated: str, wanted: str) -> None:
    assert target_of({"warc-target-uri": stated}) == wanted
    assert target_of({}) == ""


URL = "http://a.vn/1"
STATED = {
    "warc-type": "response",
    "warc-target-uri": URL,
    "warc-date": "2019-03-06T00:00:00Z",
    "warc-record-id": "<urn:uuid:1>",
    "warc-ip-address": "10.0.0.1",
}


def entry(block: bytes, **headers: str) -> Entry:
    named = {f"warc-{name.replace('_', '-')}": value for name, value in headers.items()}
    return Entry(headers=STATED | named, block=block, offset=10, end=99)


def test_a_response_has_all_that_its_record_says() -> None:
    block = answer(BODY, "X-A: 1", " goes on", "no colon", ": no name", "Y : 2 ")
    found = read_response(entry(block, payload_digest=digest(BODY)), "f.warc", NOW, at=5)
    assert found is not None
    assert (found.url, found.fetched_at, found.status, found.reason) == (
        URL,
        "2019-03-06T00:00:00Z",
        200,
        "OK",
    )
    assert found.headers == (
        ("Content-Type", "text/html; charset=utf-8"),
        ("X-A", "1 goes on"),
        ("Y", "2"),
    )
    assert (found.payload, found.ip, found.notes) == (BODY, "10.0.0.1", ())
    origin = found.origin
    assert (origin.name, origin.offset, origin.record_id) == ("f.warc", 15, "urn:uuid:1")
    assert (origin.digest, found.original, found.where) == (digest(BODY), None, "in f.warc at 15")
    bare = read_response(entry(block, record_id=""), "f.warc", NOW)
    assert bare is not None
    assert (bare.origin.record_id, bare.origin.digest) == (None, None)


@pytest.mark.parametrize(
    ("block", "status", "reason"),
    [
        (b"HTTP/1.1 404 Not Found\r\n\r\n", 404, "Not Found"),
        (b"HTTP/2 599\r\n\r\n", 599, ""),
        (b"HTTP/1.0\t100 \n\n", 100, ""),
        (b"HTTP/1.1 200 OK", 200, "OK"),
        (b"HTTP/1.1 600 OK\r\n\r\n", None, ""),
        (b"HTTP/1.1 099 OK\r\n\r\n", None, ""),
        (b"HTTP/1.1 20 OK\r\n\r\n", None, ""),
        (b"GET / HTTP/1.1\r\n\r\n", None, ""),
        (b"\r\n\r\n", None, ""),
        (b"", None, ""),
    ],
)
def test_a_status_is_read_or_it_is_no_response(
    block: bytes, status: int | None, reason: str
) -> None:
    found = read_response(entry(block), "f", NOW)
    assert (found and (found.status, found.reason)) == (status and (status, reason))


@pytest.mark.parametrize(("size", "is_read"), [(256 * 1024, True), (256 * 1024 + 1, False)])
def test_a_head_of_a_quarter_megabyte_is_the_longest(size: int, *, is_read: bool) -> None:
    head = b"HTTP/1.1 200 OK\r\nX: ".ljust(size, b"x")
    assert (read_response(entry(head + b"\n\nbody"), "f", NOW) is not None) is is_read


@pytest.mark.parametrize(
    ("headers", "body", "notes", "payload"),
    [
        (["Content-Length: 3"], b"abc", (), b"abc"),
        (["Content-Length: 4"], b"abc", (Note.CUT,), b"abc"),
        (["Content-Length: 2"], b"abc", (), b"abc"),
        (["Content-Length: x"], b"abc", (), b"abc"),
        (["Content-Length: ٣"], b"ab", (), b"ab"),
        (["Transfer-Encoding: Chunked"], chunk(b"abc"), (), b"abc"),
        (["Transfer-Encoding: gzip", "Transfer-Encoding: chunked"], chunk(b"abc"), (), b"abc"),
        (["X: 1"], chunk(b"abc"), (), chunk(b"abc")),
    ],
)
def test_a_body_is_whole_or_cut_and_joined_where_it_is_chunked(
    headers: list[str], body: bytes, notes: tuple[Note, ...], payload: bytes
) -> None:
    block = b"HTTP/1.1 200 OK\r\n" + "\r\n".join(headers).encode() + b"\r\n\r\n" + body
    found = read_response(entry(block), "f", NOW)
    assert found is not None
    assert (found.notes, found.payload) == (notes, payload)


def test_each_trouble_of_a_record_is_noted_and_one_of_its_body() -> None:
    block = answer(b"abc", "Content-Length: 4")
    found = read_response(entry(block, date="", payload_digest=digest(b"x")), "f", NOW)
    assert found is not None
    assert found.notes == (Note.NO_DATE, Note.CUT)
    found = read_response(entry(answer(b"abc"), payload_digest=digest(b"x")), "f", NOW)
    assert found is not None
    assert found.notes == (Note.DIGEST,)


def test_a_revisit_refers_to_another_response_and_holds_no_payload() -> None:
    stated = {
        "type": "revisit",
        "refers_to_target_uri": "<http://a.vn/0>",
        "refers_to_date": "2018",
        "payload_digest": digest(BODY),
    }
    found = read_response(entry(answer(BODY, "Content-Length: 999"), **stated), "f", NOW)
    assert found is not None
    assert found.original is not None
    original = found.original
    assert (original.url, original.fetched_at) == ("http://a.vn/0", "2018-01-01T00:00:00Z")
    assert (original.digest, found.origin.digest) == (digest(BODY), None)
    assert (found.payload, found.notes, found.status) == (b"", (), 200)
    empty = read_response(entry(b" \r\n ", type="revisit"), "f", NOW)
    assert empty is not None
    assert empty.original is not None
    assert (empty.status, empty.headers, empty.original.url) == (200, (), URL)
    assert (empty.original.fetched_at, empty.original.digest) == (None, None)
    assert read_response(entry(b"other", type="revisit"), "f", NOW) is None


def test_a_drawn_page_is_html_and_names_its_answer() -> None:
    drawn = entry(BODY, type="conversion", refers_to="<urn:uuid:0>", payload_digest=digest(BODY))
    drawn.headers["content-type"] = "Text/HTML; charset=utf-8"
    found = read_drawn(drawn, "f", NOW)
    assert found is not None
    assert (found.payload, found.drawn_from, found.status) == (BODY, "urn:uuid:0", 200)
    assert found.headers == (("Content-Type", "Text/HTML; charset=utf-8"),)
    assert (found.origin.offset, found.origin.record_id) == (10, "urn:uuid:1")
    assert found.notes == ()
    drawn.headers["warc-payload-digest"] = digest(b"x")
    drawn.headers["warc-date"] = ""
    found = read_drawn(drawn, "f", NOW)
    assert found is not None
    assert (found.notes, found.fetched_at) == ((Note.NO_DATE, Note.DIGEST), NOW)
    drawn.headers["content-type"] = "image/png"
    assert read_drawn(drawn, "f", NOW) is None


def test_headers_are_found_by_any_spelling_and_joined() -> None:
    found = read_response(entry(answer(b"", "X: 1", "x: 2", "Z:")), "f", NOW)
    assert found is not None
    assert (found.header("x"), found.header("z"), found.header("y")) == ("1, 2", None, None)
    assert not found.is_media
    for kind, is_media in (("Image/png", True), ("application/pdf", True), ("text/pdf", False)):
        block = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode()
        found = read_response(entry(block), "f", NOW)
        assert found is not None
        assert found.is_media is is_media


def test_a_compression_that_is_none_keeps_its_header_under_another_name() -> None:
    found = read_response(entry(answer(b"", "content-Encoding: gzip", "X: 1")), "f", NOW)
    assert found is not None
    headers = without_encoding(found).headers
    assert headers[1:] == (("X-Crawl-Content-Encoding", "gzip"), ("X", "1"))
    kept = CapturedResponse(
        url=URL, fetched_at=NOW, status=203, headers=(("Y", "1"),), body=b"", raw=b""
    )
    assert with_head(found, kept) is found
    bare = read_response(entry(b"", type="revisit"), "f", NOW)
    assert bare is not None
    assert (with_head(bare, kept).status, with_head(bare, kept).headers) == (203, (("Y", "1"),))
