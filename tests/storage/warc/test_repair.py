"""Where the whole records of a capture file end."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from storage.errors import CaptureError
from storage.warc.copies import begins_alike, copy_file, share_file
from storage.warc.erase import (
    Place,
    erase_places,
    erased_member,
    is_erased,
    read_place,
)
from storage.warc.files import find_file, read_member, rename_apart
from storage.warc.repair import Repair, is_abandoned, last_whole, repair_captures
from storage.warc.wacz import surt

if TYPE_CHECKING:
    from pathlib import Path

ONE = gzip.compress(b"WARC/1.1\r\n" + bytes(range(256)) * 8, mtime=0)
LARGE = gzip.compress(b"WARC/1.1\r\n" + bytes(3 << 20), mtime=0)
TWO = gzip.compress(b"WARC/1.1\r\nsecond", mtime=0)


@pytest.mark.parametrize(
    ("data", "end"),
    [
        (ONE + TWO, len(ONE + TWO)),
        (ONE + TWO[:-1], len(ONE)),
        (ONE + b"x", len(ONE)),
        (b"xx" + TWO, 0),
        (ONE[:-4] + TWO, 0),
        (b"", 0),
    ],
)
def test_whole_records_end_before_the_first_that_is_not(
    tmp_path: Path, data: bytes, end: int
) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(data)
    assert last_whole(path) == end


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (ONE, "a.warc.gz: was left open, now closed, {one} bytes"),
        (ONE + b"torn", "a.warc.gz: 4 bytes of a torn record cut off, {one} kept"),
        (b"torn", "a.warc.gz: 4 bytes of a torn record cut off, 0 kept"),
        (ONE + b"torn" + TWO, "a.warc.gz: damaged at {one}, with whole records behind; kept"),
        (ONE + b"torn" + LARGE, "a.warc.gz: damaged at {one}, with whole records behind; kept"),
        (ONE + b"torn" + TWO[:-1], "a.warc.gz: {torn} bytes of a torn record cut off, {one} kept"),
    ],
)
def test_a_file_left_open_is_closed(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "a.warc.gz.open"
    path.write_bytes(data)
    assert is_abandoned(path)
    (repair,) = repair_captures(tmp_path)
    assert str(repair) == told.format(one=len(ONE), torn=4 + len(TWO) - 1)
    assert isinstance(repair, Repair)
    closed = tmp_path / "a.warc.gz"
    kept = closed.read_bytes() if closed.exists() else b""
    assert kept == (data if repair.damaged_at is not None else data[: repair.kept])
    assert closed.exists() == bool(repair.kept)
    assert not is_abandoned(path)
    assert repair_captures(tmp_path) == []


def test_a_member_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(ONE + TWO[:-1])
    assert read_member(path, 0) == ONE
    with pytest.raises(ValueError, match="is cut off"):
        read_member(path, len(ONE))
    with pytest.raises(ValueError, match="is damaged"):
        read_member(path, 1)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "/a"])
def test_a_capture_file_has_a_plain_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(CaptureError, match="is no name of a capture file"):
        find_file(tmp_path, name)


def test_a_file_is_found_open_or_closed(tmp_path: Path) -> None:
    assert find_file(tmp_path, "a.warc.gz").name == "a.warc.gz.open"
    (tmp_path / "a.warc.gz").write_bytes(ONE)
    assert find_file(tmp_path, "a.warc.gz").name == "a.warc.gz"
    assert rename_apart("a.warc.gz", "x") == "a~x.warc.gz"


def test_a_copy_has_so_many_bytes_and_no_erased_record(tmp_path: Path) -> None:
    path, copy = tmp_path / "a", tmp_path / "b"
    path.write_bytes(ONE + TWO + ONE)
    place = Place(len(ONE), len(TWO) + 300, "u")
    path.write_bytes(ONE + bytes(place.length) + ONE)
    copy_file(path, copy, len(ONE) + 5)
    assert copy.read_bytes() == ONE + bytes(5)
    copy_file(path, copy, path.stat().st_size, [place])
    assert copy.read_bytes() == ONE + erased_member(place.length, "u") + ONE
    assert copy.stat().st_mode & 0o777 == 0o600
    assert is_erased(copy, place)
    assert not is_erased(path, place)
    assert read_place(path, place) == bytes(place.length)
    assert not begins_alike(path, copy, path.stat().st_size)
    assert begins_alike(path, copy, path.stat().st_size, [place])
    assert begins_alike(path, copy, len(ONE))
    assert not begins_alike(path, copy, len(ONE) + 1)
    assert begins_alike(path, path, 10**9)
    erase_places(path, [place])
    assert path.read_bytes() == copy.read_bytes()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a", "b"]


def test_a_difference_behind_an_erased_record_is_one(tmp_path: Path) -> None:
    one, other = tmp_path / "a", tmp_path / "b"
    one.write_bytes(b"a" * 30)
    other.write_bytes(b"a" * 20 + b"b" * 10)
    assert begins_alike(one, other, 20, [Place(5, 5, "u")])
    assert not begins_alike(one, other, 21, [Place(5, 5, "u")])
    assert begins_alike(one, other, 30, [Place(20, 10, "u")])
    assert not begins_alike(one, other, 40, [Place(20, 10, "u")])


def test_an_erased_record_is_as_long_as_it_was() -> None:
    whole = len(erased_member(400, "https://bao.vn/a"))
    assert whole == 400
    assert b"This record was erased" in gzip.decompress(erased_member(400, "u"))
    # Too short for words: an empty member.
    assert gzip.decompress(erased_member(30, "u")) == b""
    assert len(erased_member(30, "u")) == 30
    shortest = next(n for n in range(64) if _fits(n))
    assert shortest == 21
    with pytest.raises(CaptureError, match="of 20 bytes is too short"):
        erased_member(20, "u")


def _fits(length: int) -> bool:
    try:
        return len(erased_member(length, "u")) == length
    except CaptureError:
        return False


def test_a_file_is_shared_where_the_disk_can(tmp_path: Path) -> None:
    one, other = tmp_path / "a", tmp_path / "b"
    one.write_bytes(ONE)
    assert share_file(one, other)
    assert other.samefile(one)
    assert not share_file(tmp_path / "none", other)
    assert not share_file(one, tmp_path / "none" / "b")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a", "b"]


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.BaoLongAn.vn/Tin-a1.html", "vn,baolongan)/tin-a1.html"),
        ("http://bao.vn", "vn,bao)/"),
        ("http://bao.vn:80/a", "vn,bao)/a"),
        ("https://bao.vn:443/a", "vn,bao)/a"),
        ("https://bao.vn:8443/a", "vn,bao:8443)/a"),
        ("https://bao.vn/a?z=1&b=2", "vn,bao)/a?b=2&z=1"),
    ],
)
def test_addresses_are_sorted_by_their_host_from_its_end(url: str, key: str) -> None:
    assert surt(url) == key
