"""Files of other tools, whole and broken: every record that is there is found."""

from __future__ import annotations

import gzip
import io
import zlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from storage.warc import stream
from storage.warc.stream import Entry, Flaw, FlawKind, read_records

PAGES = [f"<html>{number} {'tin tức ' * 40}</html>".encode() for number in range(5)]


def write(pages: list[bytes] = PAGES, *, compress: bool = True, version: str = "WARC/1.1") -> bytes:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=compress, warc_version=version)
    for number, page in enumerate(pages):
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        url = f"http://bao.vn/tin-a{number}.html"
        record = writer.create_warc_record(
            url, "response", payload=io.BytesIO(page), length=len(page), http_headers=http
        )
        writer.write_record(record)
    return out.getvalue()


def plain(*blocks: bytes, lengths: list[int] | None = None) -> bytes:
    """Plain records with the lengths they shall state."""
    stated = lengths or [len(block) for block in blocks]
    return b"".join(
        b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: %d\r\n\r\n%b\r\n\r\n" % (length, block)
        for block, length in zip(blocks, stated, strict=True)
    )


def read(data: bytes, start: int = 0) -> tuple[list[Entry], list[Flaw]]:
    source = io.BytesIO(data)
    source.seek(start)
    found = list(read_records(source, start=start))
    return (
        [each for each in found if isinstance(each, Entry)],
        [each for each in found if isinstance(each, Flaw)],
    )


def blocks(data: bytes) -> list[bytes]:
    return [entry.block for entry in read(data)[0]]


@pytest.mark.parametrize("version", ["WARC/1.0", "WARC/1.1"])
@pytest.mark.parametrize("compress", [True, False])
def test_whole_files_are_read_without_a_flaw(version: str, compress: bool) -> None:
    entries, flaws = read(write(compress=compress, version=version))
    assert not flaws
    assert [entry.block.partition(b"\r\n\r\n")[2] for entry in entries] == PAGES
    assert entries[3].headers["warc-target-uri"] == "http://bao.vn/tin-a3.html"
    assert all(name.startswith(("warc-", "content-")) for name in entries[3].headers)


def test_a_file_compressed_as_a_whole_is_read() -> None:
    entries, flaws = read(gzip.compress(write(compress=False)))
    assert len(entries) == len(PAGES)
    assert not flaws


@pytest.mark.parametrize("compress", [True, False])
def test_reading_goes_on_where_it_stopped(compress: bool) -> None:
    data = write(compress=compress)
    whole, _ = read(data)
    rest, flaws = read(data, whole[2].end)
    assert [entry.offset for entry in rest] == [entry.offset for entry in whole[3:]]
    assert not flaws


@pytest.mark.parametrize("compress", [True, False])
def test_a_torn_end_is_a_flaw_and_costs_one_record(compress: bool) -> None:
    entries, flaws = read(write(compress=compress)[:-40])
    assert len(entries) == len(PAGES) - 1
    assert [flaw.kind for flaw in flaws] == [FlawKind.TORN]


def test_behind_a_damaged_member_the_next_one_is_found() -> None:
    data = bytearray(write())
    entries, _ = read(bytes(data))
    middle = (entries[2].offset + entries[2].end) // 2
    data[middle : middle + 8] = b"\xff" * 8
    found, flaws = read(bytes(data))
    assert [entry.offset for entry in found] == [e.offset for e in entries if e is not entries[2]]
    assert [(flaw.kind, flaw.offset) for flaw in flaws] == [(FlawKind.DAMAGED, entries[2].offset)]


@pytest.mark.parametrize("compress", [True, False])
@pytest.mark.parametrize("off", [-20, 20, 5000])
def test_a_wrong_length_is_mended(compress: bool, off: int) -> None:
    pages = [b"a" * 100, b"b" * 100, b"c" * 100]
    stated = [100, 100 + off, 100]
    if compress:
        members = (plain(p, lengths=[n]) for p, n in zip(pages, stated, strict=True))
        data = b"".join(gzip.compress(member) for member in members)
    else:
        data = plain(*pages, lengths=stated)
    entries, flaws = read(data)
    assert [entry.block for entry in entries] == pages
    assert [flaw.kind for flaw in flaws] == [FlawKind.LENGTH]


def test_garbage_between_records_is_passed_over() -> None:
    data = plain(b"one") + b"<html>no record</html>\r\n\r\n" + plain(b"two")
    entries, flaws = read(data)
    assert [entry.block for entry in entries] == [b"one", b"two"]
    assert len(flaws) == 1


@pytest.mark.parametrize("size", [65_530, 65_536, 65_560, 200_000])
def test_a_record_is_found_however_far_behind_what_is_none(size: int) -> None:
    junk = b"x" * size + b"\r\n\r\n"
    entries, flaws = read(plain(b"one") + junk + plain(b"two"))
    assert [entry.block for entry in entries] == [b"one", b"two"]
    assert [flaw.kind for flaw in flaws] == [FlawKind.DAMAGED]


def test_a_record_too_large_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MAX_BLOCK", 1000)
    bomb = gzip.compress(plain(b"\0" * 500_000))
    data = gzip.compress(plain(b"one")) + bomb + gzip.compress(plain(b"two"))
    entries, flaws = read(data)
    assert [entry.block for entry in entries] == [b"one", b"two"]
    assert [flaw.kind for flaw in flaws] == [FlawKind.TOO_LARGE]


def test_a_bomb_is_left_before_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MAX_BLOCK", 1000)
    monkeypatch.setattr(stream, "MAX_INFLATED", 4 * 1024 * 1024)
    bomb = gzip.compress(plain(b"\0" * 50_000_000))
    entries, flaws = read(bomb + gzip.compress(plain(b"two")))
    assert [entry.block for entry in entries] == [b"two"]
    assert FlawKind.TOO_LARGE in Counter(flaw.kind for flaw in flaws)


def test_what_is_no_warc_is_a_flaw() -> None:
    for data in (b"<html>" * 100, zlib.compress(b"x"), gzip.compress(b"no record at all"), b"\x1f"):
        entries, flaws = read(data)
        assert not entries
        assert flaws


@given(st.booleans(), st.data())
def test_no_damage_raises_or_hides_records_far_from_it(compress: bool, data: st.DataObject) -> None:
    records = [plain(page) for page in PAGES]
    whole = bytearray(b"".join(map(gzip.compress, records) if compress else records))
    entries, _ = read(bytes(whole))
    place = data.draw(st.integers(0, 10**6)) % len(whole)
    whole[place] ^= data.draw(st.integers(1, 255))
    found = {entry.block for entry in read(bytes(whole))[0]}
    hit = sum(1 for entry in entries if entry.block not in found)
    # A gzip member stands alone; a length in a plain file may reach into the next record.
    assert hit <= (1 if compress else 2)


@given(st.binary(max_size=2000))
def test_any_bytes_end(data: bytes) -> None:
    read(data)
    read(gzip.compress(data))


@pytest.mark.parametrize("gap", [b"", b"\n", b"\n\n", b"\r\n", b"\r\r\n\r\r\n"])
def test_a_record_behind_another_gap_than_the_standard_wants_is_its_own(gap: bytes) -> None:
    records = plain(b"one\r\n\r\n1", b"two").replace(b"\r\n\r\nWARC/", gap + b"WARC/")
    entries, flaws = read(records)
    assert [entry.block for entry in entries] == [b"one\r\n\r\n1", b"two"]
    assert flaws == []


@pytest.mark.parametrize("end", [b"\n", b"\r\r\n"])
def test_heads_may_end_their_lines_otherwise(end: bytes) -> None:
    head = end.join([b"WARC/1.0", b"WARC-Type: response", b"Content-Length: 9", b"", b""])
    assert blocks((head + b"a\r\n\r\nbody" + end * 2) * 2) == [b"a\r\n\r\nbody"] * 2


def test_a_wrong_length_is_mended_where_lines_end_with_a_line_feed_alone() -> None:
    head = b"WARC/1.0\nContent-Length: %d\n\n"
    data = head % 2 + b"first" + b"\n\n" + head % 6 + b"second" + b"\n\n"
    entries, flaws = read(data)
    assert [entry.block for entry in entries] == [b"first", b"second"]
    assert [flaw.kind for flaw in flaws] == [FlawKind.LENGTH]


@pytest.mark.parametrize("missing", [1, 4, 8])
def test_a_record_is_read_that_lacks_only_the_end_of_its_gzip_member(missing: int) -> None:
    entries, flaws = read(write()[:-missing])
    assert len(entries) == len(PAGES)
    assert [flaw.kind for flaw in flaws] == [FlawKind.TORN]


def test_headers_may_go_on_in_the_next_line_and_have_any_case() -> None:
    head = b"WARC/1.0\r\nWARC-TYPE : a\r\n  b\r\n\tc\r\nContent-length: 1\r\nX:\r\n\r\n"
    ((entry,), flaws) = read(head + b"x\r\n\r\n")
    assert entry.headers == {"warc-type": "a b c", "content-length": "1", "x": ""}
    assert (entry.block, flaws) == (b"x", [])


@pytest.mark.parametrize(
    ("stated", "kinds"),
    [
        (b"3", []),
        (b"-3", ["length"]),
        (b"\xc2\xb2", ["length"]),
        (b"", ["length"]),
        (b"x", ["length"]),
    ],
)
def test_a_length_that_is_none_is_mended(stated: bytes, kinds: list[str]) -> None:
    data = b"WARC/1.0\r\nContent-Length: " + stated + b"\r\n\r\none\r\n\r\n"
    entries, flaws = read(data + plain(b"two"))
    assert [entry.block for entry in entries] == [b"one", b"two"]
    assert [str(flaw.kind) for flaw in flaws] == kinds


@pytest.mark.parametrize(("digits", "kind"), [(18, "too-large"), (19, "length")])
def test_a_length_of_nineteen_digits_is_none(digits: int, kind: str) -> None:
    data = b"WARC/1.0\r\nContent-Length: " + b"9" * digits + b"\r\n\r\none\r\n\r\n"
    _, flaws = read(data)
    assert str(flaws[0].kind) == kind


def test_the_largest_record_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MAX_BLOCK", 1000)
    for size, found in ((1000, 1), (1001, 0)):
        for pack in (bytes, gzip.compress):
            entries, flaws = read(pack(plain(b"x" * size)))
            assert len(entries) == found
            assert len(flaws) == 1 - found


def test_a_head_has_sixty_four_kilobytes_at_most() -> None:
    for size, found in ((60_000, 1), (200_000, 0)):
        head = b"WARC/1.0\r\nX: " + b"x" * size + b"\r\nContent-Length: 1\r\n\r\n"
        entries, _ = read(head + b"x\r\n\r\n" + plain(b"two"))
        assert [entry.block for entry in entries] == [b"x"] * found + [b"two"]


def test_many_records_in_one_member_are_told_from_where_it_begins() -> None:
    one = gzip.compress(plain(b"one", b"two"))
    entries, flaws = read(one + gzip.compress(plain(b"three")))
    assert [(entry.offset, entry.block) for entry in entries] == [
        (0, b"one"), (0, b"two"), (len(one), b"three"),
    ]  # fmt: skip
    assert [entry.end for entry in entries][1:] == [
        len(one),
        len(one) + len(gzip.compress(plain(b"three"))),
    ]
    assert flaws == []
    again, _ = read(one + gzip.compress(plain(b"three")), len(one))
    assert [entry.offset for entry in again] == [len(one)]


def test_garbage_before_a_member_is_one_flaw() -> None:
    for garbage in (
        b"x",
        b"\x1f\x8b",
        b"\x1f\x8b\x08" * 3,
        b"y" * 70_000,
        b"\x1f\x8b\x08" + b"y" * 70_000,
    ):
        entries, flaws = read(garbage + gzip.compress(plain(b"one")))
        assert [(entry.offset, entry.block) for entry in entries] == [(len(garbage), b"one")]
        assert flaws
