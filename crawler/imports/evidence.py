"""Manifests and stamps that lie with a file of captures: in its package, or beside it."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from storage.evidence.files import FOLDER
from storage.evidence.origins import MAX_FILE, MAX_FILES, Origins, name_evidence
from storage.warc.records import payload_digest, read_record, spell_uri

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Sequence

    from crawler.imports.responses import Response

NOTHING = Origins({})
_PACKED = f"{FOLDER}-"
"""How a folder in a WACZ begins that holds a chain."""


def find_beside(path: Path) -> Origins:
    """Return what lies beside a WARC file: of an archive's captures, or of an unpacked WACZ."""
    found = {}
    beside = [each for each in sorted(path.parent.glob(f"{FOLDER}/*/*")) if each.is_file()]
    around = [each for each in sorted(path.parent.parent.glob(f"{_PACKED}*/*")) if each.is_file()]
    for file in (*beside, *around):
        if name := name_evidence(file.parent.name.removeprefix(_PACKED), file.name):
            found[name] = file
    sizes = [(name, str(file), file.stat().st_size) for name, file in found.items()]
    return _read_files(tuple(sizes))


@lru_cache(maxsize=1)  # the files of a folder have the same ones
def _read_files(files: tuple[tuple[str, str, int], ...]) -> Origins:
    read = {}
    taken = _within(files)
    for name, path, size in taken:
        with suppress(OSError), Path(path).open("rb") as stream:
            read[name] = stream.read(size)
    return _say_left(Origins(read), len(files) - len(read))


def find_packed(package: zipfile.ZipFile) -> Origins:
    """Return what a WACZ package holds. Raise BadZipFile, OSError."""
    members = {}
    for member in package.infolist():
        folder, _, file = member.filename.rpartition("/")
        if folder.startswith(_PACKED) and (name := name_evidence(folder[len(_PACKED) :], file)):
            members[name] = member
    sizes = [(name, "", member.file_size) for name, member in members.items()]
    read = {name: package.read(members[name]) for name, *_ in _within(sizes)}
    return _say_left(Origins(read), len(sizes) - len(read))


def _say_left(origins: Origins, left: int) -> Origins:
    if left:
        origins.broken.append(f"{left} files that are too large or cannot be read")
    return origins


def _within(sizes: Sequence[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """Return the files that are not too large, alone and together."""
    taken, left = [], MAX_FILES
    for each in sizes:
        if each[2] <= min(MAX_FILE, left):
            left -= each[2]
            taken.append(each)
    return taken


def is_faithful(member: bytes, response: Response) -> bool:
    """Return whether a record, copied byte for byte, would say what was read of it."""
    try:
        record = read_record(member)
    except ValueError:
        return False
    warc = record.warc
    return (
        warc.get("warc-type") in ("response", "conversion")
        and warc.get("warc-target-uri") == spell_uri(response.url)
        and warc.get("warc-date") == response.fetched_at
        and record.status == response.status
        and payload_digest(record.payload) == payload_digest(response.payload)
    )
