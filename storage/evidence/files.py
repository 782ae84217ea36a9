"""Files of evidence: manifests and stamps in a folder a chain, beside the captures."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from storage.errors import ArchiveError, CaptureError
from storage.evidence.manifest import STAMP, SUFFIX, is_evidence, number_of
from storage.warc.files import find_file

if TYPE_CHECKING:
    from pathlib import Path

    from storage.records import Capture

FOLDER = "evidence"


def read_bytes(directory: Path, capture: Capture) -> bytes:
    """Return a capture's record as it lies in its file. Raise CaptureError."""
    try:
        with find_file(directory, capture.file).open("rb") as stream:
            stream.seek(capture.offset)
            return stream.read(capture.length)
    except OSError as error:
        raise CaptureError(f"{capture.file} cannot be read: {error.strerror}") from error


def manifests_of(folder: Path) -> list[Path]:
    """Return the manifests of a chain by number."""
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if number_of(path.name) is not None]
    return sorted(found, key=lambda path: number_of(path.name) or 0)


def stamp_of(manifest: Path) -> Path:
    """Return where the stamp of a manifest lies, or would."""
    return manifest.with_name(manifest.name.removesuffix(SUFFIX) + STAMP)


def keep_file(path: Path, data: bytes) -> None:
    """Write a small file, whole or not at all, and wait for the disk. Raise ArchiveError."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise ArchiveError(f"{path} cannot be written: {error.strerror}") from error


def evidence_in(folder: Path) -> list[Path]:
    """Return the manifests and stamps of all chains in a folder of evidence."""
    return sorted(path for path in folder.glob("*/*") if is_evidence(path.name))


def copy_evidence(source: Path, target: Path) -> list[str]:
    """Copy manifests and stamps that a backup has not, or otherwise; return their names.

    Both are folders of captures. Raise ArchiveError.
    """
    copied = []
    for path in evidence_in(source / FOLDER):
        copy = target / FOLDER / path.parent.name / path.name
        data = path.read_bytes()
        if not copy.exists() or copy.read_bytes() != data:
            keep_file(copy, data)
            copied.append(f"{FOLDER}/{path.parent.name}/{path.name}")
    return copied
