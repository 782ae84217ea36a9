"""The links of a chain: does each manifest name the one before, as it is, and its stamp?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.errors import CaptureError
from storage.evidence.files import manifests_of, stamp_of
from storage.evidence.manifest import Manifest, number_of, read_manifest, sha256

if TYPE_CHECKING:
    from pathlib import Path


def read_file(path: Path) -> Manifest | None:
    """Return a manifest, or None where it cannot be read as one."""
    try:
        return read_manifest(path.read_bytes())
    except (OSError, ValueError):
        return None


def is_next(before: Path, after: Path) -> bool:
    """Return whether one manifest was made right after another."""
    return (number_of(before.name) or 0) + 1 == number_of(after.name)


def find_break(before: Path, after: Path) -> str | None:
    """Return how the chain is broken between two manifests, one sentence; None: it is whole."""
    if not is_next(before, after):
        return f"between {before.name} and {after.name} a manifest is missing"
    manifest = read_file(after)
    if manifest is None or manifest.before is None:
        return f"{after.name} does not say what stood before it: it was changed"
    if manifest.before != (before.name, sha256(before.read_bytes())):
        return f"{before.name} is not the manifest that {after.name} was made after: changed"
    return None


def find_lost_stamp(before: Path, after: Path) -> str | None:
    """Return what became of the stamp that ``before`` had when ``after`` was made; None: well."""
    manifest = read_file(after)
    if manifest is None or manifest.stamp is None:
        return None
    name, digest = manifest.stamp
    stamp = stamp_of(before)
    if stamp.name != name or not stamp.exists():
        return f"{name}, the stamp of {before.name}, is missing"
    if sha256(stamp.read_bytes()) != digest:
        return f"{name} is not the stamp that {before.name} had: it was changed"
    return None


def up_to_stamp(manifest: Path) -> tuple[list[Path], Path | None]:
    """Return a manifest and those after it, up to the first one that is stamped, and the stamp.

    Without a stamp, or where the chain is broken before it: the manifest alone, and None.
    """
    if not manifest.exists():
        raise CaptureError(f"{manifest} is missing: see `baotinh verify --evidence`")
    begin = number_of(manifest.name) or 0
    needed: list[Path] = []
    for path in manifests_of(manifest.parent):
        if (number_of(path.name) or 0) < begin:
            continue
        if needed and find_break(needed[-1], path):
            break
        needed.append(path)
        if stamp_of(path).exists():
            return needed, stamp_of(path)
    return needed[:1], None
