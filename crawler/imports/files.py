"""One WARC file into the archive, from where it was left."""

from __future__ import annotations

import time
import zipfile
import zlib
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from crawler.imports.drawn import Pairing
from crawler.imports.evidence import is_faithful
from crawler.imports.importer import LimitReached
from crawler.imports.notes import Note
from crawler.imports.responses import read_drawn, read_response, target_of
from storage.errors import BaotinhError
from storage.warc.stream import MAX_BLOCK, Flaw, read_records

if TYPE_CHECKING:
    from crawler.imports.importer import Importer
    from crawler.imports.pieces import Piece
    from crawler.imports.progress import Progress
    from crawler.imports.responses import Response
    from storage.evidence.origins import Origins
    from storage.frontier.imports import Import
    from storage.warc.stream import Entry, Readable

SAVE_SECONDS = 5.0
"""Seconds after which the place is kept, though nothing of ours came: reading again costs time
only, a commit waits for the disk."""
DRAWN = "conversion"
KINDS = ("response", "revisit", DRAWN)


class FileReader:
    """Reads one WARC file into the archive."""

    def __init__(self, importer: Importer, piece: Piece, progress: Progress) -> None:
        self._importer = importer
        self._piece = piece
        self._progress = progress
        self._held: int | None = None
        """Where the first revisit stands that waits: a new start reads from there."""
        self._saved = time.monotonic()
        self._pairing = Pairing(importer)

    @cached_property
    def _origins(self) -> Origins:
        """Manifests that came with the file, read when a page of ours is found in it."""
        origins = self._piece.evidence()
        for chain in origins.broken:
            self._importer.tally.note(Note.EVIDENCE, f"{chain} with {self._piece.name}")
        for what in origins.find_unproven(self._importer.roots):
            self._importer.tally.note(Note.STAMP, f"with {self._piece.name}: {what}")
        return origins

    def read(self, *, again: bool = False) -> bool:
        """Read the file from where it was left; say whether there was anything left to read.

        Raise LimitReached when there are enough pages, BaotinhError when it cannot be read.
        """
        importer, piece = self._importer, self._piece
        archive, now = importer.archive, importer.now
        known = None
        if piece.identity:
            name = f"{piece.name} {piece.identity}"
            known = archive.imports.begin(name, importer.choice.scope, now=now())
            if again:
                archive.imports.start_over(known.id, now=now())
            elif known.finished_at:
                return False
        start = int(known.place or 0) if known and not again else 0
        self._read_from(start, known)
        if known is not None:
            importer.finish(known, piece.name)
        return True

    def _read_from(self, start: int, known: Import | None) -> None:
        place = start
        try:
            with self._piece.open(start) as stream:
                for found in read_records(stream, start=start):
                    before, place = place, self._take(found)
                    self._importer.tally.bytes += max(0, place - before)
                    self._save_now_and_then(place, known)
                self._pairing.give_up()
                self._importer.take_waiting()
        except LimitReached:
            self._importer.flush(known, self._resume_at(place))
            raise
        except (OSError, zlib.error, zipfile.BadZipFile) as error:
            self._importer.flush(known, self._resume_at(place))
            raise BaotinhError(f"{self._piece.name} cannot be read on: {error}") from error
        if not self._waiting:
            self._held = None
        self._importer.flush(known, self._resume_at(place))

    def _resume_at(self, place: int) -> str:
        return str(place if self._held is None else self._held)

    def _take(self, found: Entry | Flaw) -> int:
        """Take one record; return where the next one begins."""
        importer = self._importer
        if isinstance(found, Flaw):
            importer.tally.note(Note(found.kind), f"in {self._piece.name} at {found.offset}")
            return found.offset
        importer.tally.records += 1
        headers = found.headers
        is_page = headers.get("warc-type") in KINDS
        if is_page and importer.choice.is_on_our_host(target_of(headers)):
            self._take_page(found)
        return found.end

    def _take_page(self, entry: Entry) -> None:
        importer, name = self._importer, self._piece.name
        if entry.headers.get("warc-type") == DRAWN:
            response = read_drawn(entry, name, importer.now())
            if response is None:  # another form of a page: a picture of it, its text
                return
        else:
            response = read_response(entry, name, importer.now())
        if response is None:
            importer.tally.note(Note.NO_HTTP, f"in {name} at {entry.offset}")
            return
        waiting = self._waiting
        self._pairing.take(self._with_origins(response, entry))
        if self._waiting == 0:
            self._held = None
        elif self._held is None and self._waiting > waiting:
            self._held = entry.offset

    @property
    def _waiting(self) -> int:
        return self._importer.waiting + len(self._pairing)

    def _with_origins(self, response: Response, entry: Entry) -> Response:
        """Return a response with the record's bytes, where a manifest with it lists them."""
        size = entry.end - entry.offset
        if not self._origins or not 0 < size <= MAX_BLOCK:
            return response
        with self._piece.open(entry.offset) as stream:
            member = _read_all(stream, size)
        is_listed = bool(self._origins.listing(member))
        differs = self._origins.differs(self._piece.file, entry.offset, member)
        if differs or (not is_listed and Note.DIGEST in response.notes):
            self._importer.tally.note(Note.ALTERED, response.where)
        elif not is_listed:
            self._importer.tally.note(Note.UNLISTED, response.where)
        if not is_listed or not is_faithful(member, response):
            return response
        return replace(response, member=member, origins=self._origins)

    def _save_now_and_then(self, place: int, known: Import | None) -> None:
        self._progress.show(self._piece, place, self._importer.tally)
        if known is not None and time.monotonic() - self._saved > SAVE_SECONDS:
            self._importer.flush(known, self._resume_at(place))
            self._saved = time.monotonic()


def _read_all(stream: Readable, size: int) -> bytes:
    data = bytearray()
    while len(data) < size and (part := stream.read(size - len(data))):
        data += part
    return bytes(data)
