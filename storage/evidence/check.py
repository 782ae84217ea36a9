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
from storage.evidence.links import find_break, find_lost_stamp, is_next, read_file
from storage.evidence.manifest import (
    PAYLOAD,
    RECORD,
    STAMP,
    Manifest,
    name_capture,
    number_of,
    sha256,
)
from storage.evidence.register import Register
from storage.evidence.stamps import StampError, check_stamp
from storage.records import Capture
from storage.warc.files import read_capture
from storage.warc.records import read_record, spell_uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from storage.db.database import Database

_LISTED = """
select c.*, e.record as erased_record, w.why
from captures c left join erased e on e.capture_id = c.id
left join withheld w on w.id = e.withheld_id
where c.manifest is not null or c.origin_manifests is not null
order by c.manifest, c.origin_manifests, c.file, c.offset"""
_CHAINS = """
select distinct substr(manifest, 1, instr(manifest, '/') - 1) from captures
where manifest is not null"""
_AT = """
select c.*, exists (select 1 from erased where capture_id = c.id) as is_erased
from captures c where file = ? and offset = ?"""
_LATE = """
select * from captures where manifest is null
    and id < (select max(id) from captures where manifest is not null)
    and id not in (select capture_id from erased) order by id"""


MOST_READ = 4
"""Manifests of others that are held at a time: one of 50,000 captures takes some 10 MB."""


@dataclass(slots=True, kw_only=True)
class Findings:
    """What a check found out, besides problems."""

    proven: dict[str, int] = field(default_factory=dict)
    """Instant of a stamp -> captures that it proves to have existed by then."""
    by_origin: dict[str, int] = field(default_factory=dict)
    """Those of them that only the stamp of where they were copied from proves by then."""
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
        self._own: set[str] = set()
        self._origins: dict[str, frozenset[str]] = {}
        self.findings = Findings()

    def run(self) -> Iterator[str]:
        """Yield one sentence for each thing that is wrong."""
        conn = self._db.conn
        own = {str(row[0]) for row in conn.execute("select id from evidence_chain")}
        named = {str(row[0]) for row in conn.execute(_CHAINS)}
        if strange := sorted(named - own):
            yield f"captures are in manifests of {', '.join(strange)}, which is not this archive's"
        # Whatever the archive calls itself, what its captures name is complete.
        self._own = own | named
        if self._folder.is_dir():
            for chain in sorted(path for path in self._folder.iterdir() if path.is_dir()):
                # Chains have files of the same names.
                where = "" if chain.name in self._own else f" (chain {chain.name})"
                yield from (f"{problem}{where}" for problem in self._check_chain(chain))
        yield from self._check_register()
        yield from self._check_captures()
        late = self._db.conn.execute(_LATE).fetchall()
        for row in late:
            yield (
                f"capture {row['id']} in {row['file']} at {row['offset']} is in no manifest, but"
                " later ones are: it was inserted, or could not be read when it was its turn"
            )
        self.findings.unlisted = self._count_unlisted()
        for name, path in self._paths.items():
            is_ours = self._is_own(name) and name not in self._matched
            manifest = read_file(path) if is_ours else None
            if manifest is not None:
                yield from self._find_removed(path, manifest, manifest.digests)

    # --- manifests ------------------------------------------------------------------------------

    def _check_chain(self, chain: Path) -> Iterator[str]:
        paths = manifests_of(chain)
        self.findings.manifests += len(paths)
        for path in paths:
            self._paths[f"{chain.name}/{path.name}"] = path
        is_own = chain.name in self._own
        if is_own and paths and number_of(paths[0].name) != 1:
            yield f"the manifests of {chain.name} begin with {paths[0].name}: the first is missing"
        cut: set[Path] = set()
        for before, after in pairwise(paths):
            if not is_own and not is_next(before, after):
                cut.add(before)  # an import brings those that list its captures
            elif problem := find_break(before, after):
                cut.add(before)
                yield problem
            elif problem := find_lost_stamp(before, after):
                yield problem
        yield from self._check_stamps(chain, paths, cut)
        stamped = {stamp_of(path).name for path in paths}
        for stamp in sorted(chain.glob(f"*{STAMP}")):
            if stamp.name not in stamped:
                yield f"{stamp.name} is the stamp of a manifest that is missing"

    def _check_register(self) -> Iterator[str]:
        """Yield which files are not what they were; the newest ones nothing else names."""
        for name, digest in Register(self._db, self._folder).digests().items():
            path = self._folder / name
            if not path.exists():
                yield f"{name} was here and is missing"
            elif sha256(path.read_bytes()) != digest:
                yield f"{name} is not what it was when it came here: it was changed"

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
        for name, group in groupby(rows, lambda row: str(row["manifest"] or "")):
            path = self._paths.get(name)
            manifest = read_file(path) if path is not None else None
            if not name:
                for row in group:  # of others, and in none of ours yet
                    yield from self._check_row(row, None)
            elif path is None:
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
        for row in rows:
            left.discard(name_capture(row["file"], row["offset"], RECORD))
            yield from self._check_row(row, (path, manifest))
        if self._is_own(name):
            yield from self._find_removed(path, manifest, left)

    def _check_row(self, row: Any, ours: tuple[Path, Manifest] | None) -> Iterator[str]:
        """Check one capture by the manifest of ours that lists it, and by those of its origin."""
        capture = record(Capture, row)
        where = f"capture {capture.id} in {capture.file} at {capture.offset}"
        if row["erased_record"] is not None:
            self.findings.erased.append(f"{where} was erased: {row['why']}")
            return
        found = self._digest(capture)
        if ours is None:
            problem = self._compare_facts(capture)
            if problem is not None:
                yield f"{where} {problem}"
        else:
            path, manifest = ours
            problem = self._compare(capture, manifest, found)
            if problem is not None:
                yield f"{where} {problem} ({path.name})"
        vouching = [capture.manifest] if problem is None and capture.manifest else []
        for name in (capture.origin_manifests or "").split():
            if found in self._records_of(name):
                vouching += [name] if problem is None else []
            elif name not in self._paths:
                yield f"{where} was in {name} where it comes from, which is missing"
            else:
                yield f"{where} is not what {name} listed where it comes from: it was changed"
        self._count(vouching)

    def _records_of(self, name: str) -> frozenset[str]:
        """Return the digests of records that a manifest of others lists."""
        if name not in self._origins:
            if len(self._origins) >= MOST_READ:
                self._origins.clear()
            path = self._paths.get(name)
            manifest = read_file(path) if path is not None else None
            listed = manifest.digests.items() if manifest is not None else ()
            self._origins[name] = frozenset(d for each, d in listed if each.endswith(RECORD))
        return self._origins[name]

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

    def _compare(self, capture: Capture, manifest: Manifest, found: str) -> str | None:
        listed = name_capture(capture.file, capture.offset, RECORD)
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
        if warc.get("warc-payload-digest", capture.digest) != capture.digest:
            return f"has another digest in its record, {warc['warc-payload-digest']}: changed"
        kind = next((text for name, text in read.headers if name.lower() == "content-type"), "")
        if _differs(kind, capture.content_type):
            return f"has another Content-Type in its record, {kind}: it was changed"
        # A record that was copied as it is names where the other archive had it from.
        origin = None if capture.origin_manifests else warc.get("warc-origin")
        if origin is not None and _differs(origin, capture.origin):
            return f"has another origin in its record, {warc['warc-origin']}: it was changed"
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

    def _count(self, names: list[str]) -> None:
        """Count a capture that is what some manifests list."""
        if not names:
            return
        known = [(at, name) for name in names if (at := self._proven_by.get(name)) is not None]
        if not known:
            self.findings.unproven += 1
            return
        at, _ = min(known)
        self.findings.proven[at] = self.findings.proven.get(at, 0) + 1
        if all(by > at for by, name in known if self._is_own(name)):
            self.findings.by_origin[at] = self.findings.by_origin.get(at, 0) + 1

    def _count_unlisted(self) -> int:
        row = self._db.conn.execute(
            "select count(*) from captures where manifest is null"
            " and id not in (select capture_id from erased)"
        ).fetchone()
        return int(row[0])

    def _is_own(self, name: str) -> bool:
        return name.partition("/")[0] in self._own


def _differs(stated: str, kept: str | None) -> bool:
    """Return whether a record says another thing than its row; of plain letters only, as records
    spell others in their own way."""
    kept = (kept or "").strip()
    return stated.strip() != kept and kept.isascii() and kept.isprintable() and stated.isascii()
