"""Capture files copied whole, or shared by a hard link: a name stands for all or nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK = 1 << 20


def copy_file(path: Path, copy: Path, size: int) -> None:
    """Copy the first ``size`` bytes to a private file; it gets its name when they are on the disk.

    Raise OSError.
    """
    partial = copy.with_name(f".{copy.name}.partial")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with path.open("rb") as source, os.fdopen(handle, "wb") as target:
            while size > 0 and (chunk := source.read(min(size, _CHUNK))):
                target.write(chunk)
                size -= len(chunk)
            target.flush()
            os.fsync(target.fileno())
        partial.replace(copy)
    finally:
        partial.unlink(missing_ok=True)


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


def begins_alike(one: Path, other: Path, size: int) -> bool:
    """Return whether two files have the same first ``size`` bytes. Raise OSError."""
    if one.samefile(other):
        return True
    with one.open("rb") as first, other.open("rb") as second:
        while size > 0:
            chunk = first.read(min(size, _CHUNK))
            if not chunk or chunk != second.read(len(chunk)):
                return False
            size -= len(chunk)
    return True
