"""Records erased: in their places stand records of the same length that say so.

Offsets of all other records stay. The file is written anew and renamed, so that a kill leaves the
old one or the new one, and copies that share its disk blocks (hard links) are not touched.
"""

from __future__ import annotations

import os
import zlib
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from storage.errors import CaptureError
from storage.warc.files import OPEN, find_file, lock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from storage.records import Capture

_HEAD = b"\x1f\x8b\x08\x10\x00\x00\x00\x00\x00\xff"
"""A gzip header (RFC 1952) with a comment, which fills the place of what was there."""
_TEXT = b"This record was erased.\n"
_CHUNK = 1 << 20


class Place(NamedTuple):
    """Where a record lies in its file, in bytes, and what page it is of."""

    offset: int
    length: int
    url: str


def erase_records(directory: Path, captures: Iterable[Capture]) -> None:
    """Erase records. Raise CaptureError when a file is being written, or cannot be."""
    ordered = sorted(captures, key=lambda capture: (capture.file, capture.offset))
    for file, of_file in groupby(ordered, key=lambda capture: capture.file):
        erase_places(
            find_file(directory, file),
            [Place(each.offset, each.length, each.url) for each in of_file],
        )


def erase_places(path: Path, places: Sequence[Place]) -> None:
    """Erase records of one file. Raise CaptureError as `erase_records` does."""
    try:
        _check_closed(path)
        _rewrite(path, places)
    except OSError as error:
        raise CaptureError(f"{path} cannot be written: {error.strerror}") from error


def is_erased(path: Path, place: Place) -> bool:
    """Return whether an erased record is all that lies in a place. Raise OSError, CaptureError."""
    return read_place(path, place) == erased_member(place.length, place.url)


def read_place(path: Path, place: Place) -> bytes:
    """Return the bytes of a place. Raise OSError."""
    with path.open("rb") as stream:
        stream.seek(place.offset)
        return stream.read(place.length)


def erased_member(length: int, url: str) -> bytes:
    """Return a gzip member of exactly this many bytes that holds a record without content."""
    head = (
        "WARC/1.1\r\nWARC-Type: metadata\r\nWARC-Record-ID: <urn:uuid:"
        f"00000000-0000-0000-0000-{zlib.crc32(url.encode()):012d}>\r\n"
        f"WARC-Target-URI: {url}\r\nWARC-Date: 1970-01-01T00:00:00Z\r\n"
        f"Content-Type: text/plain\r\nContent-Length: {len(_TEXT)}\r\n\r\n"
    )
    for data in (head.encode() + _TEXT + b"\r\n\r\n", b""):
        packed = zlib.compressobj(9, zlib.DEFLATED, -15)
        body = packed.compress(data) + packed.flush()
        end = zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")
        room = length - len(_HEAD) - 1 - len(body) - len(end)
        if room >= 0:
            return _HEAD + b" " * room + b"\x00" + body + end
    raise CaptureError(f"a record of {length} bytes is too short to be erased")


def _check_closed(path: Path) -> None:
    if not path.name.endswith(OPEN):
        return
    handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        if not lock(handle):
            raise CaptureError(f"{path} is being written: try again when the crawl has ended")
    finally:
        os.close(handle)


def _rewrite(path: Path, places: Sequence[Place]) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with path.open("rb") as source, os.fdopen(handle, "r+b") as target:
            while data := source.read(_CHUNK):
                target.write(data)
            for offset, length, url in places:
                target.seek(offset)
                target.write(erased_member(length, url))
            target.flush()
            os.fsync(target.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
