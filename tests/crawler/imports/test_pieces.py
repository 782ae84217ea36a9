"""What a command line names is read: files, folders, packages, addresses, standard input."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from crawler.errors import UsageError
from crawler.imports.pieces import find_files, find_pieces, is_address, package_pieces
from storage.errors import BaotinhError

if TYPE_CHECKING:
    from pathlib import Path

DATA = bytes(range(100))


@pytest.mark.parametrize(
    ("word", "wanted"),
    [("http://a.vn/x", True), ("https://a.vn", True), ("ftp://a.vn", False), ("http.warc", False)],
)
def test_an_address_begins_with_its_scheme(word: str, *, wanted: bool) -> None:
    assert is_address(word) is wanted


def test_a_folder_stands_for_the_files_in_it_that_are_captures(tmp_path: Path) -> None:
    inner = tmp_path / "in" / "deep"
    inner.mkdir(parents=True)
    for name in ("b.WARC", "a.warc.gz", "c.wacz", "d.arc", "e.arc.gz", "f.txt", "warc.zip"):
        (inner / name).write_bytes(b"")
    (inner / "g.warc").mkdir()
    names = ("a.warc.gz", "b.WARC", "c.wacz", "d.arc", "e.arc.gz")
    assert find_files(str(tmp_path)) == [str(inner / name) for name in names]
    assert find_files(str(inner / "f.txt")) == [str(inner / "f.txt")]
    assert find_files("-") == ["-"]
    assert find_files("https://a.vn/x") == ["https://a.vn/x"]
    with pytest.raises(UsageError, match="there is no such file"):
        find_files(str(tmp_path / "none"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match=r"ends with \.warc, \.warc\.gz, \.wacz"):
        find_files(str(tmp_path / "empty"))


def test_a_file_is_known_by_its_size_and_how_it_begins(tmp_path: Path) -> None:
    path = tmp_path / "x.warc"
    path.write_bytes(b"a" * 65536 + b"b")
    (piece,) = find_pieces([str(path)])
    assert (piece.name, piece.file, piece.size) == ("x.warc", "x.warc", 65537)
    assert piece.identity == f"65537 {hashlib.sha256(b'a' * 65536).hexdigest()[:16]}"
    with piece.open(65535) as stream:
        assert stream.read(9) == b"ab"
    (stdin,) = find_pieces(["-"])
    assert (stdin.name, stdin.identity, stdin.size) == ("standard input", "", None)
    assert not stdin.evidence()


@pytest.mark.parametrize(
    ("data", "is_refused"),
    [
        (b"filedesc://x", True),
        (gzip.compress(b"filedesc://x"), True),
        (b" filedesc://x", False),
        (gzip.compress(b"x filedesc://x"), False),
        (b"\x1f\x8bno gzip", False),
        (b"\x1f\x8b", False),
        (b"", False),
    ],
)
def test_arc_files_are_refused_with_what_to_do(
    tmp_path: Path, data: bytes, *, is_refused: bool
) -> None:
    path = tmp_path / "x.arc.gz"
    path.write_bytes(data)
    if not is_refused:
        assert len(list(find_pieces([str(path)]))) == 1
        return
    with pytest.raises(BaotinhError, match="warcio recompress"):
        list(find_pieces([str(path)]))


@pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_package_holds_several_files(tmp_path: Path, how: int) -> None:
    path = tmp_path / "x.wacz"
    with zipfile.ZipFile(path, "w", how) as package:
        package.writestr("datapackage.json", "{}")
        package.writestr("archive/a.warc.gz", DATA)
        member = zipfile.ZipInfo("archive/B.WARC")
        member.extra = b"\x99\x99\x02\x00xx"
        member.compress_type = how
        package.writestr(member, DATA[::-1])
        package.writestr("archive/warc", b"")
    first, second = find_pieces([str(path)])
    assert (first.name, second.name) == ("x.wacz/archive/a.warc.gz", "x.wacz/archive/B.WARC")
    assert (first.file, first.size) == ("a.warc.gz", 100)
    assert first.identity.split()[:2] == second.identity.split()[:2]
    assert first.identity.split()[2:] != second.identity.split()[2:]
    for piece, data in ((first, DATA), (second, DATA[::-1])):
        for offset in (0, 1, 99, 100):
            with piece.open(offset) as stream:
                parts = [stream.read(7), stream.read(7)]
                rest = stream.read(1000)
            assert b"".join([*parts, rest]) == data[offset:]
            assert len(parts[0]) <= 7
    with first.open(90) as stream:
        assert stream.read(-1) == DATA[90:]
        assert stream.read(-1) == b""
    if how == zipfile.ZIP_STORED:
        with first.open(101) as stream:
            assert stream.read(9) == b""


def test_a_package_without_captures_and_a_torn_one(tmp_path: Path) -> None:
    path = tmp_path / "x.wacz"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("a.txt", "x")
    with pytest.raises(BaotinhError, match="without WARC files: no WACZ"):
        list(find_pieces([str(path)]))
    path.write_bytes(b"PK\x03\x04" + DATA)
    (torn,) = find_pieces([str(path)])
    assert (torn.name, torn.size) == ("x.wacz", 104)
    (named,) = package_pieces(path, "http://a.vn/x.wacz", "9")
    assert (named.name, named.identity) == ("http://a.vn/x.wacz", "9")


def test_a_member_that_is_stored_is_read_past_its_checksum(tmp_path: Path) -> None:
    path = tmp_path / "x.wacz"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("archive/a.warc", DATA)
        package.writestr("archive/b.warc", b"other")
    data = bytearray(path.read_bytes())
    place = data.index(DATA)
    data[place + 50] ^= 0xFF
    path.write_bytes(bytes(data))
    first, second = package_pieces(path, "x.wacz", "1")
    with first.open(0) as stream:
        assert isinstance(stream, io.RawIOBase)
        assert stream.readable()
        assert stream.read(10) == DATA[:10]
        assert stream.read(0) == b""
        assert stream.read() == bytes(data[place + 10 : place + 100])
        assert (stream.read(5), stream.read()) == (b"", b"")
    assert stream.closed
    assert stream._file.closed  # type: ignore[attr-defined]
    with first.open(95) as stream:
        assert stream.read(99) == DATA[95:]
    with first.open(200) as stream:
        assert stream.read(9) == b""
    with second.open(0) as stream:
        assert stream.read(99) == b"other"
    assert (first.name, first.size, second.size) == ("x.wacz/archive/a.warc", 100, 5)


def test_a_member_that_is_encrypted_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "x.wacz"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("archive/a.warc", DATA)
    data = bytearray(path.read_bytes())
    # General purpose bit flags, bit 0 (APPNOTE.TXT 4.4.4): of the member, and in the list.
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    path.write_bytes(bytes(data))
    (piece,) = package_pieces(path, "x.wacz", "1")
    with pytest.raises(BaotinhError, match=r"archive/a\.warc cannot be read: .*encrypted"):
        piece.open(0)


def test_evidence_of_a_package_that_cannot_be_read_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "x.wacz"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("archive/a.warc", DATA)
    (piece,) = package_pieces(path, "x.wacz", "1")
    assert piece.evidence().broken == []
    path.write_bytes(b"PK\x03\x04 torn")
    (said,) = piece.evidence().broken
    assert said.startswith("evidence that cannot be read (")
