"""Is every capture what the manifests say, and who vouches for the manifests? No network.

A changed, removed or inserted capture, a changed or missing manifest, a stamp that does not fit:
each is named. What no stamp covers is not wrong, it is only not proven.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from storage.db.rows import record
from storage.errors import CaptureError
from storage.evidence.files import manifests_of, read_bytes, stamp_of
from storage.evidence.links import find_break, find_lost_stamp, read_file
from storage.evidence.manifest import (
    PAYLOAD,
    RECORD,
    STAMP,
    Manifest,
    name_capture,
    number_of,
    sha256,
)
from storage.evidence.stamps import StampError, check_stamp
from storage.records import Capture
from storage.warc.files import read_capture
from storage.warc.records import read_record, spell_uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from storage.db.database import Database

_LISTED = """
select c.*, c.manifest, e.record as erased_record, w.why
from captures c left join erased e on e.capture_id = c.id
left join withheld w on w.id = e.withheld_id
where c.manifest is not null order by c.manifest, c.file, c.offset"""
_AT = """
select c.*, exists (select 1 from erased where capture_id = c.id) as is_erased
from captures c where file = ? and offset = ?"""
_LATE = """
select * from captures where manifest is null
    and id < (select max(id) from captures where manifest is not null)
    and id not in (select capture_id from erased) order by id"""


@dataclass(slots=True, kw_only=True)
class Findings:
    """What a check found out, besides problems."""

    proven: dict[str, int] = field(default_factory=dict)
    """Instant of a stamp -> captures that it proves to have existed by then."""
    unproven: int = 0
    """Captures in manifests that no stamp covers."""
    unlisted: int = 0
    """Captures that are in no manifest yet."""
    erased: list[str] = field(default_factory=list)
    """One sentence for each capture that was erased on purpose."""
    manifests: int = 0
    stamps: int = 0


class EvidenceCheck:
    """One check of an archive; ``roots`` are the certificates that are trusted, None: no stamp is
    looked at."""

    def __init__(self, db: Database, folder: Path, roots: list[Any] | None) -> None:
        self._db = db
        self._folder = folder
        self._roots = roots
        self._proven_by: dict[str, str | None] = {}
        self._paths: dict[str, Path] = {}
        self._matched: set[str] = set()
        self.findings = Findings()

    def run(self) -> Iterator[str]:
        """Yield one sentence for each thing that is wrong."""
        if self._folder.is_dir():
            for chain in sorted(path for path in self._folder.iterdir() if path.is_dir()):
                yield from self._check_chain(chain)
        yield from self._check_captures()
        own = self._db.conn.execute("select id from evidence_chain").fetchone()
        late = self._db.conn.execute(_LATE).fetchall()
        for row in late:
            yield (
                f"capture {row['id']} in {row['file']} at {row['offset']} is in no manifest, but"
                " later ones are: it was inserted, or could not be read when it was its turn"
            )
        self.findings.unlisted = self._count_unlisted()
        for name, path in self._paths.items():
            is_own = own is not None and name.startswith(f"{own[0]}/")
            manifest = read_file(path) if is_own and name not in self._matched else None
            if manifest is not None:
                yield from self._find_removed(path, manifest, manifest.digests)

    # --- manifests ------------------------------------------------------------------------------

    def _check_chain(self, chain: Path) -> Iterator[str]:
        paths = manifests_of(chain)
        self.findings.manifests += len(paths)
        for path in paths:
            self._paths[f"{chain.name}/{path.name}"] = path
        if paths and number_of(paths[0].name) != 1:
            yield f"the manifests of {chain.name} begin with {paths[0].name}: the first is missing"
        cut: set[Path] = set()
        for before, after in pairwise(paths):
            if problem := find_break(before, after):
                cut.add(before)
                yield problem
            elif problem := find_lost_stamp(before, after):
                yield problem
        yield from self._check_stamps(chain, paths, cut)
        stamped = {stamp_of(path).name for path in paths}
        for stamp in sorted(chain.glob(f"*{STAMP}")):
            if stamp.name not in stamped:
                yield f"{stamp.name} is the stamp of a manifest that is missing"

    def _check_stamps(self, chain: Path, paths: list[Path], cut: set[Path]) -> Iterator[str]:
        """Note by when each manifest is proven; ``cut`` are those that the next one does not name:
        no stamp behind them speaks of them."""
        by: str | None = None
        for path in reversed(paths):
            stamp = stamp_of(path)
            by = None if path in cut else by
            if self._roots is not None and stamp.exists():
                try:
                    at = check_stamp(stamp.read_bytes(), path.read_bytes(), self._roots)
                    by = min(by, at) if by else at
                    self.findings.stamps += 1
                except StampError as error:
                    yield f"{stamp.name} does not stamp {path.name}: {error}"
            self._proven_by[f"{chain.name}/{path.name}"] = by

    # --- captures -------------------------------------------------------------------------------

    def _check_captures(self) -> Iterator[str]:
        rows = self._db.conn.execute(_LISTED)
        for name, group in groupby(rows, lambda row: str(row["manifest"])):
            path = self._paths.get(name)
            manifest = read_file(path) if path is not None else None
            if path is None:
                count = sum(1 for _ in group)
                yield f"manifest {name} is missing, and {count} captures were in it"
            elif manifest is None:
                yield f"{path.name} cannot be read as a manifest: it was changed"
            else:
                self._matched.add(name)
                yield from self._check_listed(name, path, manifest, list(group))

    def _check_listed(
        self, name: str, path: Path, manifest: Manifest, rows: list[Any]
    ) -> Iterator[str]:
        left = {each for each in manifest.digests if each.endswith(RECORD)}
        by_digest = {manifest.digests[each]: each for each in left}
        for row in rows:
            capture = record(Capture, row)
            where = f"capture {capture.id} in {capture.file} at {capture.offset}"
            listed = name_capture(capture.file, capture.offset, RECORD)
            if row["erased_record"] is not None:
                left.discard(listed)
                self.findings.erased.append(f"{where} was erased: {row['why']}")
                continue
            found = self._digest(capture)
            # A merge may have given its file another name.
            listed = listed if listed in manifest.digests else by_digest.get(found, listed)
            left.discard(listed)
            problem = self._compare(capture, manifest, listed, found)
            if problem:
                yield f"{where} {problem} ({path.name})"
            else:
                self._count(name)
        if self._is_own(name):
            yield from self._find_removed(path, manifest, left)

    def _find_removed(self, path: Path, manifest: Manifest, listed: Iterable[str]) -> Iterator[str]:
        """Yield what a manifest lists and the archive has not, or has with other bytes.

        A capture may be in a later manifest, too: its first one was made by a process that died.
        """
        for name in sorted(each for each in listed if each.endswith(RECORD)):
            file, _, offset = name.removesuffix(RECORD).rpartition(".")
            row = self._db.conn.execute(_AT, (file, offset)).fetchone()
            if row is None:
                yield f"{name.removesuffix(RECORD)} is listed in {path.name}, but was removed"
            elif (
                not row["is_erased"]
                and self._digest(record(Capture, row)) != manifest.digests[name]
            ):
                yield f"{name.removesuffix(RECORD)} is listed in {path.name}, and was changed"

    def _compare(self, capture: Capture, manifest: Manifest, listed: str, found: str) -> str | None:
        stated = manifest.digests.get(listed)
        if stated is None:
            return "says that it is in a manifest that does not list it: it was inserted"
        if stated == found:
            return self._compare_facts(capture)
        if not found:
            return "cannot be read: its record was removed or cut"
        payload = manifest.digests.get(listed.removesuffix(RECORD) + PAYLOAD)
        if payload is not None and payload == self._payload_digest(capture):
            return "has the payload it had, but another record: its headers were changed"
        return "was changed"

    def _compare_facts(self, capture: Capture) -> str | None:
        """Return what the archive says otherwise than the record."""
        try:
            read = read_record(read_bytes(self._db.captures_dir, capture))
        except (CaptureError, ValueError) as error:
            return f"cannot be read: {error}"
        warc = read.warc
        if warc.get("warc-target-uri") != spell_uri(capture.url):
            return f"has another address in its record, {warc.get('warc-target-uri')}: changed"
        if warc.get("warc-date") != capture.fetched_at:
            return f"has another time in its record, {warc.get('warc-date')}: it was changed"
        if read.status != capture.status:
            return f"has another status in its record, {read.status}: it was changed"
        return None

    def _digest(self, capture: Capture) -> str:
        try:
            data = read_bytes(self._db.captures_dir, capture)
        except CaptureError:
            return ""
        return sha256(data) if len(data) == capture.length else ""

    def _payload_digest(self, capture: Capture) -> str:
        try:
            return sha256(read_capture(self._db.captures_dir, capture, decode=False).raw)
        except CaptureError:
            return ""

    def _count(self, name: str) -> None:
        by = self._proven_by.get(name)
        if by is None:
            self.findings.unproven += 1
        else:
            self.findings.proven[by] = self.findings.proven.get(by, 0) + 1

    def _count_unlisted(self) -> int:
        row = self._db.conn.execute(
            "select count(*) from captures where manifest is null"
            " and id not in (select capture_id from erased)"
        ).fetchone()
        return int(row[0])

    def _is_own(self, name: str) -> bool:
        own = self._db.conn.execute("select id from evidence_chain").fetchone()
        return own is not None and name.startswith(f"{own[0]}/")
