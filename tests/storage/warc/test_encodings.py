"""Compressed bodies: whole ones are decoded, all others refused, and none costs much."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
from backports import zstd

from crawler.discovery.markup import unpack
from storage.warc.encodings import BodyTooLarge, decode_body
from tests.support.costs import assert_linear

TEXT = "Tỉnh ủy họp bàn về phòng, chống sạt lở. ".encode() * 50
PACKED = {
    "gzip": gzip.compress(TEXT),
    "x-gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
    "zstd": zstd.compress(TEXT),
}


@pytest.mark.parametrize("encoding", PACKED)
def test_a_whole_body_is_decoded_and_a_cut_one_refused(encoding: str) -> None:
    packed = PACKED[encoding]
    assert decode_body(packed, encoding.upper()) == TEXT
    for end in (len(packed) // 2, len(packed) - 1):
        with pytest.raises(ValueError, match=r"early|damaged"):
            decode_body(packed[:end], encoding)
    with pytest.raises(BodyTooLarge):
        decode_body(packed, encoding, max_bytes=len(TEXT) - 1)


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_streams_one_after_the_other_are_one_body(encoding: str) -> None:
    assert decode_body(PACKED[encoding] * 3, encoding) == TEXT * 3
    assert decode_body(PACKED[encoding] + b"\0" * 100, encoding) == TEXT


@pytest.mark.parametrize(
    ("encoding", "empty"), [("gzip", gzip.compress(b"", mtime=0)), ("zstd", zstd.compress(b""))]
)
def test_a_crowd_of_empty_streams_is_refused_at_once(encoding: str, empty: bytes) -> None:
    def decode(body: bytes) -> None:
        with pytest.raises(ValueError, match="more than"):
            decode_body(body, encoding)

    # So much fits into a cache of a processor: beyond it, the copies that are made cost more.
    assert_linear(decode, lambda times: empty * times, 80_000)


def test_a_sitemap_file_of_several_streams_is_read_whole() -> None:
    body = gzip.compress(b"<urlset>") + gzip.compress(b"<url/></urlset>")
    assert unpack(body) == (b"<urlset><url/></urlset>", ())


def test_a_body_may_be_encoded_twice_and_no_more() -> None:
    twice = gzip.compress(gzip.compress(b"x", mtime=0), mtime=0)
    assert decode_body(twice, "gzip, gzip") == b"x"
    assert decode_body(twice, "gzip, identity, gzip") == b"x"
    with pytest.raises(ValueError, match="3 content encodings"):
        decode_body(gzip.compress(twice, mtime=0), "gzip, gzip, gzip")


def test_a_body_holds_a_hundred_streams_at_most() -> None:
    one = gzip.compress(b"x", mtime=0)
    assert decode_body(one * 100, "gzip") == b"x" * 100
    with pytest.raises(ValueError, match="members"):
        decode_body(one * 101, "gzip")


def test_a_body_decodes_to_sixty_four_megabytes_at_most() -> None:
    one = gzip.compress(bytes(1 << 20), mtime=0)
    assert len(decode_body(one * 64, "gzip")) == 64 << 20
    with pytest.raises(BodyTooLarge):
        decode_body(one * 64 + gzip.compress(b"x", mtime=0), "gzip")


def bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("raw", "encoding", "body"),
    [
        *((b"", encoding, b"") for encoding in PACKED),
        *((PACKED[encoding], f" {encoding.upper()} , identity,", TEXT) for encoding in PACKED),
        (bare(TEXT), "deflate", TEXT),
        (TEXT, "gzip", TEXT),
        (TEXT, "zstd", TEXT),
        (gzip.compress(brotli.compress(TEXT)), "br, gzip", TEXT),
        (PACKED["gzip"] + b"rest", "gzip", TEXT),
        (TEXT, "", TEXT),
    ],
    ids=map(str, range(16)),
)
def test_a_body_is_decoded_as_its_server_says_or_plainly_meant(
    raw: bytes, encoding: str, body: bytes
) -> None:
    assert decode_body(raw, encoding) == body
    assert decode_body(raw, encoding, max_bytes=len(TEXT)) == body


@pytest.mark.parametrize(
    ("raw", "encoding", "says"),
    [
        (TEXT, "deflate", "damaged"),
        (TEXT, "br", "damaged|early"),
        (TEXT, "gzip, gzip, gzip", "3 content encodings"),
        (TEXT, "compress", "unknown content encoding 'compress'"),
        (PACKED["gzip"][:9] + b"\xff" * 40, "gzip", "damaged|early"),
    ],
    ids=["no deflate", "no brotli", "three", "unknown", "damaged"],
)
def test_what_cannot_be_decoded_is_said(raw: bytes, encoding: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        decode_body(raw, encoding)


@pytest.mark.parametrize("packed", [zlib.compress(TEXT), bare(TEXT)], ids=["zlib", "bare"])
def test_a_deflated_body_may_be_as_large_as_is_accepted(packed: bytes) -> None:
    with pytest.raises(BodyTooLarge):
        decode_body(packed, "deflate", max_bytes=len(TEXT) - 1)
