"""New archives for tests, without going through the steps of their history for each.

`Archive.open` on a path where nothing stands takes thirty steps, which are tested where they
belong. Here the file that they give is made once a process, and copied.
"""

from __future__ import annotations

import functools
import os
import tempfile
from pathlib import Path

from storage.archive import Archive


def open_new(path: Path) -> Archive:
    """Open the archive at a path, as `Archive.open` does; where nothing stands, begin one."""
    begin(path)
    return Archive.open(path)


def begin(path: Path) -> Path:
    """Put an archive without rows at a path where nothing stands; return the path."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(path, "xb", opener=_open_private) as file:
            file.write(_empty())
    return path


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@functools.cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        Archive.open(path).close()
        return path.read_bytes()
