"""Manifests that came with somebody else's captures: which of them list a record.

They lie in a WACZ package of ours as ``evidence-<chain>/<file>``, beside captures as
``evidence/<chain>/<file>``. Nothing in them is trusted: a chain that does not hold is left out, and
a record is listed only by the digest of its very bytes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

from storage.errors import BaotinhError
from storage.evidence.manifest import (
    RECORD,
    STAMP,
    SUFFIX,
    is_evidence,
    name_capture,
    number_of,
    read_manifest,
    sha256,
)
from storage.evidence.stamps import check_stamp, is_stamp_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from storage.evidence.manifest import Manifest
    from storage.evidence.register import Register

MAX_FILE = 32 * 1024 * 1024
"""Bytes of a manifest: one of 50,000 captures has some 15 MB."""
MAX_FILES = 256 * 1024 * 1024
"""Bytes of all that are read with one file."""

_CHAIN = re.compile(r"[0-9a-f]{16}")


def name_evidence(chain: str, file: str) -> str | None:
    """Return what an archive calls a file of evidence of some chain; None where it is none."""
    return f"{chain}/{file}" if _CHAIN.fullmatch(chain) and is_evidence(file) else None


class Origins:
    """What came with one file: bytes by ``<chain>/<file>``."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.broken: list[str] = []
        """Names of chains that do not hold, and of stamps without their manifest."""
        self._told = False
        self._files: dict[str, dict[str, bytes]] = defaultdict(dict)
        self._listing: dict[str, list[str]] = defaultdict(list)
        self._stated: dict[str, str] = {}
        self._here: dict[str, set[str]] = {}
        self._conflicts: list[str] = []
        for name, data in files.items():
            chain, _, file = name.partition("/")
            self._files[chain][file] = data
        for chain in list(self._files):
            if not self._read(chain):
                self.broken.append(chain)

    def __bool__(self) -> bool:
        return bool(self._listing)

    def listing(self, record: bytes) -> list[str]:
        """Return the manifests that list a record of these bytes."""
        return self._listing.get(sha256(record), [])

    def differs(self, file: str, offset: int, record: bytes) -> bool:
        """Return whether a manifest lists other bytes under this name."""
        stated = self._stated.get(name_capture(file, offset, RECORD))
        return stated is not None and stated != sha256(record)

    def adopt(self, names: list[str], register: Register) -> list[str]:
        """Keep the chains of some manifests; return those of them that are here then.

        Nothing comes into the archive's own chain, and nothing that does not fit what is here of
        another one, but for stamps of manifests that are here. Where other bytes have a name
        already, they stay. Raise ArchiveError.
        """
        for chain in dict.fromkeys(name.partition("/")[0] for name in names):
            if chain not in self._here:
                self._here[chain] = self._settle(chain, register)
        return [name for name in names if name in self._here[name.partition("/")[0]]]

    def take_conflicts(self) -> list[str]:
        """Return what could not be kept since this was asked last."""
        conflicts, self._conflicts = self._conflicts, []
        return conflicts

    def _settle(self, chain: str, register: Register) -> set[str]:
        """Complete a chain by what is missing here; return the names that are here as they are
        there, ``<chain>/<file>``."""
        files, here = self._files[chain], register.files_of(chain)
        others = {file for file in files if here.get(file, files[file]) != files[file]}
        missing = {file for file in files if file not in here}
        new = missing
        if chain == register.own:
            new = set()
        elif others or not _holds(files | here):
            new = {file for file in missing if file.endswith(STAMP)}
            new = {file for file in new if here.get(_of(file)) == files[_of(file)]}
        # What was here once and is gone comes back as it was, or not at all.
        strange = register.adopt({f"{chain}/{file}": files[file] for file in sorted(new)})
        left = {f"{chain}/{file}" for file in others | (missing - new)} | set(strange)
        self._conflicts += sorted(left)
        if chain == register.own:
            return set()
        return {f"{chain}/{file}" for file in files} - left

    def find_unproven(self, roots: Callable[[], list[Any]]) -> Iterator[str]:
        """Yield once, a sentence's part each, which stamps are missing or of nobody who is trusted.

        What they stamp is kept: the stamp may come, the certificate be added.
        """
        told, self._told = self._told, True
        for chain, files in self._files.items() if not told else ():
            if chain not in self.broken:
                yield from _lost_stamps(files)
                yield from _untrusted(files, roots)

    def _read(self, chain: str) -> bool:
        files = self._files[chain]
        if not _holds(files):
            return False
        for file in [each for each in files if each.endswith(STAMP) and _of(each) not in files]:
            del files[file]
            self.broken.append(f"{chain}/{file}")
        for file in filter(number_of, files):
            for name, digest in read_manifest(files[file]).digests.items():
                if name.endswith(RECORD):
                    self._listing[digest].append(f"{chain}/{file}")
                    self._stated[name] = digest
        return True


def _of(stamp: str) -> str:
    """Return the name of the manifest that a stamp is of."""
    return stamp.removesuffix(STAMP) + SUFFIX


def _stamp(manifest: str) -> str:
    return manifest.removesuffix(SUFFIX) + STAMP


def _holds(files: Mapping[str, bytes]) -> bool:
    """Return whether all manifests of a chain can be read, and fit the ones before them, and
    whether all stamps fit their manifests and are those that the next manifests name."""
    names = sorted(filter(number_of, files), key=lambda name: number_of(name) or 0)
    try:
        manifests = {name: read_manifest(files[name]) for name in names}
    except ValueError:
        return False
    are_next = all(
        (number_of(before) or 0) + 1 != number_of(after)
        or manifests[after].before == (before, sha256(files[before]))
        for before, after in pairwise(names)
    )
    return are_next and _are_stamps(files, manifests)


def _are_stamps(files: Mapping[str, bytes], manifests: Mapping[str, Manifest]) -> bool:
    named = dict(each.stamp for each in manifests.values() if each.stamp)
    if any(name in files and sha256(files[name]) != digest for name, digest in named.items()):
        return False
    stamped = [name for name in manifests if _stamp(name) in files]
    return all(is_stamp_of(files[_stamp(name)], files[name]) for name in stamped)


def _lost_stamps(files: Mapping[str, bytes]) -> Iterator[str]:
    for file in filter(number_of, files):
        stamp = read_manifest(files[file]).stamp
        if stamp is not None and _of(stamp[0]) in files and stamp[0] not in files:
            yield f"{stamp[0]} is missing"


def _untrusted(files: Mapping[str, bytes], roots: Callable[[], list[Any]]) -> Iterator[str]:
    for file in [each for each in files if each.endswith(STAMP)]:
        try:
            check_stamp(files[file], files[_of(file)], roots())
        except BaotinhError:  # `verify --evidence` says why
            yield f"{file} is not trusted"
