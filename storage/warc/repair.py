"""Capture files that a killed process left open: cut off the torn end, give the final name."""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.errors import CaptureError
from storage.warc.files import OPEN, lock

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK = 1024 * 1024
_MEMBER = b"\x1f\x8b\x08"
_RECORD = b"WARC/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What was done to one capture file."""

    file: str
    """Its final name."""
    kept: int
    """Bytes of whole records."""
    cut: int
    """Bytes of a torn record that were cut off."""
    damaged_at: int | None = None
    """Where a damaged record stands that has whole ones behind it; then nothing was cut."""

    def __str__(self) -> str:
        if self.damaged_at is not None:
            return f"{self.file}: damaged at {self.damaged_at}, with whole records behind; kept"
        if self.cut:
            return f"{self.file}: {self.cut} bytes of a torn record cut off, {self.kept} kept"
        return f"{self.file}: was left open, now closed, {self.kept} bytes"


def repair_captures(directory: Path) -> list[Repair]:
    """Close the files that dead processes left open, each cut to its last whole record.

    A file another process holds the lock of is left alone. Raise CaptureError when the
    folder cannot be read or written.
    """
    try:
        paths = sorted(directory.glob(f"*.warc.gz{OPEN}"))
        return [repair for path in paths if (repair := _repair(path)) is not None]
    except OSError as error:
        raise CaptureError(f"{directory} cannot be repaired: {error.strerror}") from error


def is_abandoned(path: Path) -> bool:
    """Say whether no process writes an open capture file any more. Raise OSError."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return lock(handle) and path.exists()
    finally:
        os.close(handle)


def _repair(path: Path) -> Repair | None:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        if not lock(handle) or not path.exists():
            return None
        size = os.fstat(handle).st_size
        whole = last_whole(path)
        damaged_at = whole if whole < size and _has_record_behind(path, whole) else None
        if damaged_at is None and whole < size:
            os.ftruncate(handle, whole)
            os.fsync(handle)
        cut = 0 if damaged_at is not None else size - whole
        final = path.with_name(path.name.removesuffix(OPEN))
        if size == cut:
            path.unlink()
        else:
            path.rename(final)
        return Repair(file=final.name, kept=size - cut, cut=cut, damaged_at=damaged_at)
    finally:
        os.close(handle)


def last_whole(path: Path) -> int:
    """Return the offset behind the last whole gzip member of a row of them."""
    end = position = 0
    with path.open("rb") as stream:
        inflater = zlib.decompressobj(31)
        while chunk := stream.read(_CHUNK):
            position += len(chunk)
            while chunk:
                try:
                    # Bounded output: what a member holds does not matter here, only its end.
                    inflater.decompress(chunk, _CHUNK)
                except zlib.error:
                    return end
                chunk = inflater.unconsumed_tail
                if inflater.eof:
                    chunk = inflater.unused_data
                    end = position - len(chunk)
                    inflater = zlib.decompressobj(31)
    return end


def _has_record_behind(path: Path, start: int) -> bool:
    """Say whether a whole record follows damage at ``start``: then this is no torn end."""
    with path.open("rb") as stream:
        stream.seek(start + 1)
        rest = stream.read(64 * _CHUNK)
    place = rest.find(_MEMBER)
    while place >= 0:
        if _is_record(rest[place:]):
            return True
        place = rest.find(_MEMBER, place + 1)
    return False


def _is_record(data: bytes) -> bool:
    inflater = zlib.decompressobj(31)
    try:
        begin = inflater.decompress(data, _CHUNK)
        while not inflater.eof and inflater.unconsumed_tail:
            inflater.decompress(inflater.unconsumed_tail, _CHUNK)
    except zlib.error:
        return False
    return inflater.eof and begin.startswith(_RECORD)
