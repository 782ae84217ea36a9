"""Parcels: an archive with its captures, and words about it, as bytes that travel.

A parcel is a ZIP file of few names. Whoever opens one trusts nothing in it: what it holds, and how
large that becomes, is known before anything is written.
"""

from __future__ import annotations

import io
import re
import shutil
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MOST_PACKED = 256 << 20
"""Bytes of a parcel; Redis takes 512 MB."""
MOST_UNPACKED = 1 << 30
MOST_FILES = 4096
ARCHIVE = "archive.db"
WORDS = "words.json"
MOST_WORDS = 1 << 20
CAPTURES = "captures"
SOURCES = "sources"
NAME = re.compile(r"[\w.@-]{1,80}", re.ASCII)
"""What a worker may be called."""
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_NAME = re.compile(
    rf"{re.escape(ARCHIVE)}|{re.escape(WORDS)}|{CAPTURES}/[\w.~-]{{1,200}}\.warc\.gz"
    rf"|{SOURCES}/[\w-]{{1,80}}\.toml",
    re.ASCII,
)

_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, LookupError, ValueError),
    *(ArithmeticError, RuntimeError),  # a password, or a way of packing that is not there
)
"""What damaged ZIP files come to while they are read."""


class BadParcel(ValueError):
    """A parcel that is refused whole; its text is one sentence."""


def pack(folder: Path, words: str, *, texts: Mapping[str, bytes] | None = None) -> bytes:
    """Return a parcel of ``archive.db`` and ``captures/`` in a folder, as far as they are there.

    ``texts``: other files, name -> content. Raise BadParcel where it becomes too large.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as parcel:
        parcel.writestr(WORDS, words)
        for name, content in (texts or {}).items():
            parcel.writestr(name, content)
        if (folder / ARCHIVE).exists():
            parcel.write(folder / ARCHIVE, ARCHIVE)
        for path in sorted((folder / CAPTURES).glob("*.warc.gz")):
            parcel.write(path, f"{CAPTURES}/{path.name}", compress_type=zipfile.ZIP_STORED)
    if packed.tell() > MOST_PACKED:
        raise BadParcel(f"a parcel of {packed.tell() >> 20} MB is too large to be sent")
    return packed.getvalue()


def check_size(size: int) -> None:
    """Raise BadParcel for more bytes than a parcel may have."""
    if size > MOST_PACKED:
        raise BadParcel(f"it is {size >> 20} MB large")


def unpack(packed: bytes, folder: Path) -> str:
    """Write what a parcel holds into a folder, and return its words. Raise BadParcel, OSError."""
    check_size(len(packed))
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as parcel:
            members = parcel.infolist()
            _check(members)
            words = parcel.read(WORDS).decode("utf-8")
            for member in members:
                _write(parcel, member, folder / member.filename)
    except BadParcel:
        raise
    except _DAMAGED as error:
        raise BadParcel(f"it cannot be read: {error}") from None
    return words


def _check(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    if len(names) > MOST_FILES or len(set(names)) < len(names):
        raise BadParcel("it holds too many files, or one twice")
    if strange := next((name for name in names if not _NAME.fullmatch(name)), None):
        raise BadParcel(f"it holds a file {strange[:80]!r}")
    if any(member.compress_type not in _PACKED for member in members):
        raise BadParcel("it is packed in a way that none of ours is")
    size = sum(member.file_size for member in members)
    if size > MOST_UNPACKED:
        raise BadParcel(f"it would become {size >> 20} MB large")
    if any(m.file_size > MOST_WORDS for m in members if m.filename == WORDS):
        raise BadParcel("its words are too many")


def _write(parcel: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with parcel.open(member) as content, path.open("xb") as file:
        shutil.copyfileobj(content, file)
