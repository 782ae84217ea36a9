"""Capture files copied whole, or shared by a hard link: a name stands for all or nothing.

Records that may not come along are erased in the copy before it gets its name.
"""

from __future__ import annotations

import os
from itertools import pairwise
from typing import TYPE_CHECKING

from storage.warc.erase import erased_member

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import BinaryIO

    from storage.warc.erase import Place

_CHUNK = 1 << 20


def copy_file(path: Path, copy: Path, size: int, erased: Sequence[Place] = ()) -> None:
    """Copy the first ``size`` bytes to a private file; it gets its name when they are on the disk.

    ``erased``: records that come without their content. Raise OSError; CaptureError where one is
    too short for that.
    """
    members = [(offset, erased_member(length, url)) for offset, length, url in sorted(erased)]
    partial = copy.with_name(f".{copy.name}.partial")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with path.open("rb") as source, os.fdopen(handle, "wb") as target:
            for offset, member in [*members, (size, b"")]:
                _copy_until(offset, source, target)
                # Never on the disk, not even in a part that a kill leaves.
                target.seek(offset)
                target.write(member)
                source.seek(offset + len(member))
            target.flush()
            os.fsync(target.fileno())
        partial.replace(copy)
    finally:
        partial.unlink(missing_ok=True)


def _copy_until(end: int, source: BinaryIO, target: BinaryIO) -> None:
    left = end - source.tell()
    while left > 0 and (chunk := source.read(min(left, _CHUNK))):
        target.write(chunk)
        left -= len(chunk)


def share_file(path: Path, name: Path) -> bool:
    """Give a file one more name, in place of what has it; say whether the disk could do that.

    For closed capture files only: nothing is ever written into them again.
    """
    partial = name.with_name(f".{name.name}.partial")
    try:
        partial.unlink(missing_ok=True)
        partial.hardlink_to(path)
        partial.replace(name)
    except OSError:
        return False
    finally:
        partial.unlink(missing_ok=True)
    return True


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk. Raise OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def begins_alike(one: Path, other: Path, size: int, erased: Sequence[Place] = ()) -> bool:
    """Return whether two files have the same first ``size`` bytes, some records apart.

    Raise OSError.
    """
    if one.samefile(other):
        return True
    places = sorted((place.offset, place.offset + place.length) for place in erased)
    marks = [0, *(mark for place in places for mark in place), size]
    with one.open("rb") as first, other.open("rb") as second:
        for begin, end in list(pairwise(marks))[::2]:
            first.seek(begin)
            second.seek(begin)
            left = min(end, size) - begin
            while left > 0:
                chunk = first.read(min(left, _CHUNK))
                if not chunk or chunk != second.read(len(chunk)):
                    return False
                left -= len(chunk)
    return True
