"""Manifests: lists of digests in the plain format of ``sha256sum``, each naming the one before.

Lines are ``<hex>  <name>``; those that begin with ``#`` are comments to ``sha256sum --check``, too.
A capture has two lines, ``<file>.<offset>.record`` and ``….payload``; the manifest before has one
with its file's name. Pure.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SUFFIX = ".sha256"
RECORD, PAYLOAD = ".record", ".payload"

_NAME = re.compile(r"(\d{5,9})-\d{4}-\d\d-\d\d\.sha256")
_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One manifest, read."""

    before: tuple[str, str] | None
    """Name and SHA-256 of the manifest before; None for the first one."""
    digests: dict[str, str]
    """Name of a record or payload -> SHA-256, hexadecimal."""


def name_manifest(number: int, now: str) -> str:
    """Return a manifest's file name; ``now`` is an instant of ours."""
    return f"{number:05d}-{now[:10]}{SUFFIX}"


def number_of(name: str) -> int | None:
    """Return the number in a manifest's file name; None where it is none."""
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else None


def name_capture(file: str, offset: int, kind: str) -> str:
    """Return what a manifest calls a record (or payload)."""
    return f"{file}.{offset}{kind}"


def sha256(data: bytes) -> str:
    """Return a SHA-256 as manifests spell it."""
    return hashlib.sha256(data).hexdigest()


def write_manifest(
    number: int, now: str, before: tuple[str, str] | None, lines: Iterable[tuple[str, str]]
) -> bytes:
    """Return a manifest's bytes; ``lines`` are (name, SHA-256)."""
    head = [f"# Captures of Báo Tỉnh, manifest {number}, made at {now}"]
    named = [before] if before else []
    return "\n".join(
        [*head, *(f"{digest}  {name}" for name, digest in [*named, *lines]), ""]
    ).encode()


def read_manifest(data: bytes) -> Manifest:
    """Return what a manifest says. Raise ValueError for a line that is none."""
    before: tuple[str, str] | None = None
    digests: dict[str, str] = {}
    for line in data.decode().split("\n"):
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"{line[:80]!r} is no line of a manifest")
        digest, name = found.groups()
        if number_of(name) is None:
            digests[name] = digest
        else:
            before = (name, digest)
    return Manifest(before=before, digests=digests)
