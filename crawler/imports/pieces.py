"""What is read: WARC files, folders of them, WACZ packages, standard input."""

from __future__ import annotations

import hashlib
import io
import struct
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from crawler.errors import UsageError
from crawler.imports.evidence import NOTHING, find_beside, find_packed
from storage.errors import BaotinhError
from storage.evidence.origins import Origins

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from storage.warc.stream import Readable

STDIN = "-"
SUFFIXES = (".warc", ".warc.gz", ".wacz")
"""Names of files that are read in a folder."""
ARC_SUFFIXES = (".arc", ".arc.gz")
"""Names of files in a folder of which is said that they are not read."""

_HEAD = 64 * 1024
_ZIP = b"PK\x03\x04"
_LOCAL_HEADER = 30
_ENCRYPTED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One WARC file, wherever it lies."""

    name: str
    """What captures say they were read from."""
    identity: str
    """What tells it from other files of that name; empty: how far it was read is not kept."""
    size: int | None
    """Bytes, where that is known."""
    open: Callable[[int], AbstractContextManager[Readable]]
    """Open it at an offset. Raise OSError or BaotinhError."""
    evidence: Callable[[], Origins] = lambda: NOTHING
    """Read the manifests that lie with it."""

    @property
    def file(self) -> str:
        """Return the name of the file alone."""
        return self.name.rpartition("/")[2]


def is_address(word: str) -> bool:
    """Return whether a word of the command line is an address and not a path."""
    return word.startswith(("http://", "https://"))


def find_pieces(words: Iterable[str]) -> Iterator[Piece]:
    """Yield the WARC files that a command line names by path. Raise BaotinhError, UsageError."""
    for word in words:
        if word == STDIN:
            yield Piece(name="standard input", identity="", size=None, open=_open_stdin)
            continue
        for file in find_files(word):
            yield from _pieces_of(Path(file))


def find_files(word: str) -> list[str]:
    """Return the files that a path or address stands for: those in a folder. Raise UsageError."""
    if is_address(word) or word == STDIN:
        return [word]
    path = Path(word)
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder")
    return [str(each) for each in _files(path)]


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    # A pipe would be waited for, a link may lead nowhere: in a folder neither was asked for.
    found = sorted(
        each
        for each in path.rglob("*")
        if each.name.lower().endswith(SUFFIXES + ARC_SUFFIXES) and each.is_file()
    )
    if not found:
        raise UsageError(f"{path}: no file in this folder ends with {', '.join(SUFFIXES)}")
    return found


def _pieces_of(path: Path) -> Iterator[Piece]:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        size = path.stat().st_size
    except OSError as error:
        raise BaotinhError(f"{path} cannot be read: {error.strerror}") from error
    if _is_arc(head):
        raise BaotinhError(
            f"{path} is an ARC file, the format before WARC: make it one by"
            " `warcio recompress OLD.arc.gz NEW.warc.gz` and import that"
        )
    identity = f"{size} {hashlib.sha256(head).hexdigest()[:16]}"
    if head.startswith(_ZIP):
        yield from package_pieces(path, path.name, identity)
        return
    yield _file_piece(path, path.name, identity)


def _file_piece(path: Path, name: str, identity: str) -> Piece:
    size = path.stat().st_size
    return Piece(
        name=name,
        identity=identity,
        size=size,
        open=lambda offset: _open(path, offset),
        evidence=lambda: find_beside(path),
    )


def _is_arc(head: bytes) -> bool:
    try:
        plain = zlib.decompressobj(31).decompress(head, 1024) if head[:2] == b"\x1f\x8b" else head
    except zlib.error:
        return False
    return plain.startswith(b"filedesc://")


def package_pieces(path: Path, name: str, identity: str) -> list[Piece]:
    """Return the WARC files in a WACZ package (specs.webrecorder.net/wacz). Raise BaotinhError."""
    try:
        with zipfile.ZipFile(path) as package:
            members = [each for each in package.infolist() if _is_warc(each.filename)]
    except zipfile.BadZipFile:
        # Torn: its list of members stood at the end. Records are found without it, as the
        # specification has WARC files stored as they are.
        return [_file_piece(path, name, identity)]
    except OSError as error:
        raise BaotinhError(f"{path} cannot be read: {error.strerror}") from error
    if not members:
        raise BaotinhError(f"{path} is a ZIP file without WARC files: no WACZ")
    return [
        Piece(
            name=f"{name}/{each.filename}",
            identity=f"{identity} {each.CRC:08x}",
            size=each.file_size,
            open=lambda offset, member=each: _open_member(path, member, offset),  # type: ignore[misc]
            evidence=lambda: _read_evidence(path),
        )
        for each in members
    ]


def _read_evidence(path: Path) -> Origins:
    try:
        with zipfile.ZipFile(path) as package:
            return find_packed(package)
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error) as error:
        lost = Origins({})
        lost.broken.append(f"evidence that cannot be read ({error})")
        return lost


def _is_warc(member: str) -> bool:
    return member.lower().endswith((".warc", ".warc.gz"))


def _open(path: Path, offset: int) -> IO[bytes]:
    file = path.open("rb")
    file.seek(offset)
    return file


class _Stored(io.RawIOBase):
    """A member that is stored as it is, read past its checksum: that damns all for one byte."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        super().__init__()
        self._file = file
        self._left = size

    def readable(self) -> bool:
        """Return True: it can be read."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return some bytes, none at the end."""
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        return data

    def close(self) -> None:
        """Close the package."""
        self._file.close()
        super().close()


def _open_stored(path: Path, member: zipfile.ZipInfo, offset: int) -> _Stored:
    file = _open(path, member.header_offset)
    # Lengths of name and extra field (APPNOTE.TXT 4.3.7).
    name, extra = struct.unpack_from("<HH", file.read(_LOCAL_HEADER).ljust(_LOCAL_HEADER), 26)
    file.seek(name + extra + offset, io.SEEK_CUR)
    return _Stored(file, max(0, member.file_size - offset))


def _open_member(
    path: Path, member: zipfile.ZipInfo, offset: int
) -> AbstractContextManager[Readable]:
    if member.compress_type == zipfile.ZIP_STORED and not member.flag_bits & _ENCRYPTED:
        return _open_stored(path, member, offset)
    try:
        with zipfile.ZipFile(path) as package:
            # The file stays open for it, until the caller closes it.
            stream = package.open(member)
        stream.seek(offset)
    except (zipfile.BadZipFile, RuntimeError) as error:  # RuntimeError: it is encrypted
        raise BaotinhError(f"{path}: {member.filename} cannot be read: {error}") from error
    return stream


def _open_stdin(offset: int) -> IO[bytes]:  # noqa: ARG001 - it can be read from its begin only
    return sys.stdin.buffer
