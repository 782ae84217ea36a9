"""The chain of manifests beside the captures: ``captures/evidence/<chain>/<number>-<day>.sha256``.

A chain is an archive's. What a merge or an import brings keeps the manifests of where it was
captured (column ``origin_manifests``), and is listed in ours as well. A manifest is on the disk
before rows say that they are in it: killed between, they are listed once more.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from storage.db.media import is_there
from storage.db.rows import record
from storage.errors import CaptureError
from storage.evidence.files import FOLDER, manifests_of, read_bytes, stamp_of
from storage.evidence.links import up_to_stamp
from storage.evidence.manifest import (
    PAYLOAD,
    RECORD,
    name_capture,
    name_manifest,
    number_of,
    sha256,
    write_manifest,
)
from storage.evidence.register import Register
from storage.records import Capture
from storage.warc.files import read_capture

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from storage.db.database import Database
    from storage.evidence.check import EvidenceCheck

MOST = 50_000
"""Captures of one manifest; more are listed in several."""

_UNLISTED = """
select * from captures where manifest is null and id not in (select capture_id from erased)
order by id limit ?"""

_LISTED_OF = """
select * from captures where (manifest is not null {origins})
    and id not in (select capture_id from erased)
    and (link_id in (select id from links where article_id = :id)
        or id in (select capture_id from revisions where article_id = :id) {media})
order by fetched_at, id"""
_OF_ORIGINS = "or origin_manifests is not null"
_OF_MEDIA = """
or id in (select media.capture_id from article_media join media on media.id = media_id
    where article_id = :id)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new manifest."""

    path: Path
    captures: int
    complaints: tuple[str, ...]
    """Captures that could not be read, and are in none."""


class Evidence:
    """Manifests of one archive."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.folder = db.captures_dir / FOLDER
        self.register = Register(db, self.folder)

    def make(self, *, now: str) -> Made | None:
        """Write a manifest of captures that are in none yet, the first `MOST`; None for none.

        Raise ArchiveError when it cannot be written.
        """
        complaints: list[str] = []
        ids: list[int] = []
        lines: list[tuple[str, str]] = []
        for capture, two in self._digests(complaints):
            ids.append(capture.id or 0)
            lines += two
        if not ids:
            return None
        chain = self.own_chain()
        folder = self.folder / chain
        known = manifests_of(folder)
        before = (
            [_named(path) for path in (known[-1], stamp_of(known[-1])) if path.exists()]
            if known
            else []
        )
        number = self._next_number(chain)
        path = folder / name_manifest(number, now)
        self.register.keep(path, write_manifest(number, now, before, lines))
        name = f"{chain}/{path.name}"
        with self._db.transaction():
            self._db.conn.executemany(
                "update captures set manifest = ? where id = ?", ((name, each) for each in ids)
            )
        return Made(path=path, captures=len(ids), complaints=tuple(complaints))

    def _next_number(self, chain: str) -> int:
        """Return a number that no manifest has or had: one may have been removed."""
        noted = (name.rpartition("/") for name in self.register.digests())
        names = [file for folder, _, file in noted if folder == chain]
        names += [path.name for path in manifests_of(self.folder / chain)]
        return max((number_of(name) or 0 for name in names), default=0) + 1

    def last(self) -> Path | None:
        """Return the newest manifest of this archive's own chain, or None."""
        known = manifests_of(self.folder / self.own_chain())
        return known[-1] if known else None

    def check(self, roots: list[Any] | None) -> EvidenceCheck:
        """Return a check of captures and manifests; ``roots`` as `EvidenceCheck` takes them."""
        from storage.evidence.check import EvidenceCheck

        return EvidenceCheck(self._db, self.folder, roots)

    def files_for(self, names: Iterable[str]) -> list[Path]:
        """Return manifests, those after them up to a stamped one, and the stamps."""
        files: list[Path] = []
        for name in names:
            try:
                manifests, stamp = up_to_stamp(self.folder / name)
            except CaptureError:  # `verify --evidence` says so
                continue
            files += [*manifests, *([stamp] if stamp else [])]
        return list(dict.fromkeys(files))

    def listed(self, article_id: int) -> list[Capture]:
        """Return the captures of an article that are in a manifest."""
        if not self._db.has_table("erased"):  # an archive of before there were manifests
            return []
        conn = self._db.conn
        has_origins = self._db.has_table("evidence_files")
        sql = _LISTED_OF.format(
            media=_OF_MEDIA if is_there(conn) else "", origins=_OF_ORIGINS if has_origins else ""
        )
        rows = conn.execute(sql, {"id": article_id}).fetchall()
        return [record(Capture, row) for row in rows]

    def own_chain(self) -> str:
        """Return the name of this archive's own chain; it gets one when it has none."""
        row = self._db.conn.execute("select id from evidence_chain").fetchone()
        if row is not None:
            return str(row[0])
        chain = secrets.token_hex(8)
        with self._db.transaction():
            self._db.conn.execute("insert into evidence_chain (id) values (?)", (chain,))
        return chain

    def _digests(self, complaints: list[str]) -> Iterator[tuple[Capture, list[tuple[str, str]]]]:
        for row in self._db.conn.execute(_UNLISTED, (MOST,)).fetchall():
            capture = record(Capture, row)
            try:
                yield capture, digests_of(self._db.captures_dir, capture)
            except CaptureError as error:
                complaints.append(str(error))


def _named(path: Path) -> tuple[str, str]:
    return path.name, sha256(path.read_bytes())


def digests_of(directory: Path, capture: Capture) -> list[tuple[str, str]]:
    """Return the two lines of a capture: its record, its payload. Raise CaptureError."""
    data = read_bytes(directory, capture)
    payload = read_capture(directory, capture, decode=False).raw
    return [
        (name_capture(capture.file, capture.offset, RECORD), sha256(data)),
        (name_capture(capture.file, capture.offset, PAYLOAD), sha256(payload)),
    ]
