"""Captures of another archive: their files first, safe on the disk, then their rows.

A file keeps its name. Where another file has that name already, it gets one with ``~`` and a
digest of its first record; `storage.warc.files` finds it when a revisit refers to it. Records of
what is withheld here do not come: a file that has some is copied, never linked, and the copy has
empty records in their places before it gets its name.
"""

from __future__ import annotations

import hashlib
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from storage.errors import ArchiveUnusable, CaptureError
from storage.evidence.files import FOLDER, evidence_in
from storage.evidence.links import read_file
from storage.evidence.manifest import RECORD, name_capture
from storage.evidence.register import Register
from storage.integrity import READABLE
from storage.merge.reading import capture_key, captures_withheld, find_capture, find_withheld
from storage.warc.copies import begins_alike, copy_file, share_file, sync
from storage.warc.erase import Place, erase_places, is_erased, read_place
from storage.warc.files import OPEN, find_file, read_member, rename_apart
from storage.warc.repair import last_whole

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from storage.db.database import Database

    Rows = tuple[str, list[sqlite3.Row]]
    """Name of a capture file, and rows of captures in it."""

ROWS = 500
"""Captures recorded in one transaction, or a few more: whole files only."""
NOT_TAKEN = frozenset({"id", "link_id"})


class Lacking(NamedTuple):
    """What this archive lacks of one file of the other."""

    file: str
    rows: list[sqlite3.Row]
    withheld: list[Place]
    """Records that may not come along."""
    end: int | None
    """Bytes of the file that may come; None: all, as nothing is withheld."""


class Captures:
    """Takes the captures that an archive lacks from another one."""

    def __init__(self, mine: Database, other: Database) -> None:
        self._mine = mine
        self._other = other
        self.new = 0
        self.lost: list[str] = []
        """Names of files that are missing, damaged, or shorter than their captures."""
        self.strange: list[str] = []
        """Manifests and stamps of which other bytes are here already."""
        self._manifests: frozenset[str] = frozenset()
        """Those that are the same here and there."""
        self._records: dict[str, frozenset[str]] = {}
        """The last of ours that was read -> what it lists."""

    def take(self) -> Iterator[int]:
        """Take all of them, in several transactions; yield how many were taken so far."""
        self._take_evidence()
        for some in _gather(self._lacking()):
            self.record(self._adopt_files(some))
            yield self.new

    def _take_evidence(self) -> None:
        """Take manifests and stamps, before rows name them; what is here already stays."""
        folder = self._other.captures_dir / FOLDER
        found = {
            f"{each.parent.name}/{each.name}": each.read_bytes() for each in evidence_in(folder)
        }
        register = Register(self._mine, self._mine.captures_dir / FOLDER)
        self.strange = register.adopt(found)
        self._manifests = frozenset(found) - frozenset(self.strange)

    def _listing(self, row: sqlite3.Row, file: str) -> dict[str, str | None]:
        """Return which manifests list a capture: what was another archive's own is its origin's.

        So is one of ours that has the record elsewhere: they imported it from us, into a file of
        their own. A delivery brings none, and whatever its rows say of them is not believed.
        """
        names = [*((row["manifest"] or "").split()), *((row["origin_manifests"] or "").split())]
        known = [name for name in dict.fromkeys(names) if name in self._manifests]
        here = name_capture(file, row["offset"], RECORD)
        ours = [name for name in known if self._is_own(name) and here in self._records_of(name)]
        return {
            "manifest": next(iter(ours), None),
            "origin_manifests": " ".join(name for name in known if name not in ours) or None,
        }

    def _is_own(self, name: str) -> bool:
        return name.partition("/")[0] == self._own_chain()

    def _records_of(self, name: str) -> frozenset[str]:
        if name not in self._records:
            manifest = read_file(self._mine.captures_dir / FOLDER / name)
            self._records = {name: frozenset(manifest.digests if manifest else ())}
        return self._records[name]

    def _own_chain(self) -> str | None:
        row = self._mine.conn.execute("select id from evidence_chain").fetchone()
        return None if row is None else str(row[0])

    def adopt_all(self) -> list[Rows]:
        """Take the files of all of them, and return the rows that are still to be recorded."""
        return self._adopt_files(self._lacking())

    def record(self, adopted: list[Rows]) -> None:
        """Record captures whose files are there. One transaction."""
        if not adopted:
            return
        names = [name for name in dict(adopted[0][1][0]) if name not in NOT_TAKEN]
        marks = ", ".join(f":{name}" for name in names)
        sql = f"insert into captures ({', '.join(names)}) values ({marks}) on conflict do nothing"  # noqa: S608
        with self._mine.transaction():
            before = self._mine.conn.total_changes
            for name, rows in adopted:
                self._mine.conn.executemany(
                    sql, [{**dict(row), "file": name, **self._listing(row, name)} for row in rows]
                )
            self.new += self._mine.conn.total_changes - before

    def _lacking(self) -> Iterator[Lacking]:
        orders = find_withheld(self._mine.conn)
        withheld = captures_withheld(self._mine.conn, self._other.conn) if orders else frozenset()
        rows = self._other.conn.execute(READABLE)
        for file, of_file in groupby(rows, lambda row: str(row["file"])):
            lacking: list[sqlite3.Row] = []
            places: list[Place] = []
            end = 0
            for row in of_file:
                end = max(end, row["offset"] + row["length"])
                known = find_capture(self._mine.conn, capture_key(row))
                if row["id"] not in withheld:
                    lacking += [row] if known is None else []
                elif known is None or self._is_erased(known):
                    places.append(Place(row["offset"], row["length"], row["url"]))
            if lacking or places:
                # What was written behind the last row may be what is withheld.
                yield Lacking(file, lacking, places, end if orders else None)

    def _is_erased(self, capture: int) -> bool:
        sql = "select 1 from erased where capture_id = ?"
        return self._mine.conn.execute(sql, (capture,)).fetchone() is not None

    def _adopt_files(self, files: Iterable[Lacking]) -> list[Rows]:
        """Return rows under the name their file has here; it is on the disk then."""
        adopted = []
        for each in files:
            try:
                name = self._adopt(each)
            except (CaptureError, ValueError):
                self.lost += [each.file] if each.rows else []
                continue
            if each.rows:
                adopted.append((name, each.rows))
        if adopted:
            sync(self._mine.captures_dir)
        return adopted

    def _adopt(self, lacking: Lacking) -> str:
        """See that a file is among ours, to the end of its captures; return its name there.

        Nothing comes of a file that has only what is withheld, but what came of it before is
        erased.
        """
        file, rows, withheld, most = lacking
        path = _find(self._other.captures_dir, file)
        is_open = path.name.endswith(OPEN)
        whole = last_whole(path) if is_open else path.stat().st_size
        size = whole if most is None else min(whole, most)
        if size < max((row["offset"] + row["length"] for row in rows), default=0):
            raise CaptureError(f"{path} ends before its captures do")
        places = [place for place in withheld if place.offset + place.length <= size]
        folder = self._mine.captures_dir
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name in (file, rename_apart(file, _tag(path))):
                if _is_there(path, find_file(folder, name), size, places):
                    return name
                if rows and not find_file(folder, name).exists():
                    is_apart = is_open or places or size < whole
                    if is_apart or not share_file(path, folder / name):
                        copy_file(path, folder / name, size, places)
                    return name
        except OSError as error:
            raise ArchiveUnusable(f"{folder} cannot be written: {error.strerror}") from error
        raise CaptureError(f"{folder} has other captures under the name of {file}")


def _gather(files: Iterable[Lacking]) -> Iterator[list[Lacking]]:
    """Yield files together, of as many captures as one transaction records."""
    waiting: list[Lacking] = []
    for each in files:
        waiting.append(each)
        if sum(len(known.rows) for known in waiting) >= ROWS:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _find(folder: Path, file: str) -> Path:
    """Return where a capture file lies. Raise CaptureError where it does not."""
    for _ in range(2):  # a writer may close it, and so rename it, between two looks
        path = find_file(folder, file)
        if path.is_file():
            return path
    raise CaptureError(f"{path} is missing")


def _is_there(path: Path, known: Path, size: int, withheld: Sequence[Place]) -> bool:
    """Return whether a file of ours holds what the other does; a shorter one of ours grows.

    What is withheld is erased in it.
    """
    if not known.exists():
        return False
    ours = known.stat().st_size
    inside = [place for place in withheld if place.offset + place.length <= min(size, ours)]
    readable = [place for place in inside if not is_erased(known, place)]
    # Rows of others may name any place: ours changes only where it holds what is named.
    if not begins_alike(path, known, min(size, ours), inside) or any(
        read_place(path, place) != read_place(known, place) for place in readable
    ):
        return False
    if ours < size:
        if known.name.endswith(OPEN):
            return False
        copy_file(path, known, size, withheld)
    elif readable:
        erase_places(known, readable)
    return True


def _tag(path: Path) -> str:
    """Return what tells a file from others of its name: its first record holds a unique id."""
    return hashlib.sha256(read_member(path, 0)).hexdigest()[:12]
