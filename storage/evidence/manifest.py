"""Manifests: lists of digests in the plain format of ``sha256sum``, each naming the one before.

Lines are ``<hex>  <name>``; those that begin with ``#`` are comments to ``sha256sum --check``, too.
A capture has two lines, ``<file>.<offset>.record`` and ``….payload``; the manifest before has one
with its file's name, and so has its stamp, where it had one. Pure.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SUFFIX, STAMP = ".sha256", ".tsr"
RECORD, PAYLOAD = ".record", ".payload"

_NAME = re.compile(r"(\d{5,9})-\d{4}-\d\d-\d\d\.sha256")
_STAMP = re.compile(r"\d{5,9}-\d{4}-\d\d-\d\d\.tsr")
_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One manifest, read."""

    before: tuple[str, str] | None
    """Name and SHA-256 of the manifest before; None for the first one."""
    stamp: tuple[str, str] | None = None
    """The same of that manifest's stamp; None where it had none."""
    digests: dict[str, str]
    """Name of a record or payload -> SHA-256, hexadecimal."""


def name_manifest(number: int, now: str) -> str:
    """Return a manifest's file name; ``now`` is an instant of ours."""
    return f"{number:05d}-{now[:10]}{SUFFIX}"


def number_of(name: str) -> int | None:
    """Return the number in a manifest's file name; None where it is none."""
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else None


def is_evidence(name: str) -> bool:
    """Return whether a file's name is that of a manifest or a stamp."""
    return number_of(name) is not None or _STAMP.fullmatch(name) is not None


def name_capture(file: str, offset: int, kind: str) -> str:
    """Return what a manifest calls a record (or payload)."""
    return f"{file}.{offset}{kind}"


def sha256(data: bytes) -> str:
    """Return a SHA-256 as manifests spell it."""
    return hashlib.sha256(data).hexdigest()


def write_manifest(
    number: int, now: str, before: Iterable[tuple[str, str]], lines: Iterable[tuple[str, str]]
) -> bytes:
    """Return a manifest's bytes; ``before`` is the manifest before and its stamp, ``lines`` the
    records and payloads, all as (name, SHA-256)."""
    head = [f"# Captures of Báo Tỉnh, manifest {number}, made at {now}"]
    return "\n".join(
        [*head, *(f"{digest}  {name}" for name, digest in [*before, *lines]), ""]
    ).encode()


def read_manifest(data: bytes) -> Manifest:
    """Return what a manifest says. Raise ValueError for a line that is none."""
    before: tuple[str, str] | None = None
    stamp: tuple[str, str] | None = None
    digests: dict[str, str] = {}
    for line in data.decode().split("\n"):
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"{line[:80]!r} is no line of a manifest")
        digest, name = found.groups()
        if number_of(name) is not None:
            before = (name, digest)
        elif _STAMP.fullmatch(name):
            stamp = (name, digest)
        else:
            digests[name] = digest
    return Manifest(before=before, stamp=stamp, digests=digests)
