"""Records of imported pages in a capture file of ours."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from crawler.imports.notes import Note
from storage.errors import CaptureError
from storage.evidence.files import read_bytes
from storage.records import Capture
from storage.warc.conversions import write_conversion
from storage.warc.files import CaptureWriter
from storage.warc.records import payload_digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.imports.notes import Tally
    from crawler.imports.responses import Page, Response
    from storage.archive import Archive


class Written(NamedTuple):
    """Where the records of a page lie."""

    capture: Capture
    shell: Capture | None
    """Of a page that was drawn, what the server sent."""


class PageWriter:
    """Writes pages to a file of its own; ``now`` is a clock of ours, ``tally`` counts trouble."""

    def __init__(self, archive: Archive, now: Callable[[], str], tally: Tally) -> None:
        self._archive = archive
        self._tally = tally
        self._now = now
        self._writer: CaptureWriter | None = None
        self._written: dict[tuple[str, str], Capture] = {}

    def write(self, pages: list[Page]) -> list[Written]:
        """Write the records of some pages; they are on the disk then. Raise CaptureError."""
        self._written.clear()
        written = [self._write_page(page) for page in pages]
        if self._writer is not None and written:
            self._writer.sync()
        return written

    def prove(self, responses: list[Response]) -> list[Capture]:
        """Return captures of pages that are kept, with the manifests that came with them now.

        Where what is kept is another record of the page, written when none came, the one that they
        list is copied beside it. They are on the disk then. Raise CaptureError, ArchiveError.
        """
        found = [self._prove(each) for each in responses]
        if self._writer is not None and any(each and each.id is None for each in found):
            self._writer.sync()
        return [each for each in found if each is not None]

    def _prove(self, response: Response) -> Capture | None:
        names = self.adopt(response)
        kept = self._archive.captures.all_at(response.url, response.fetched_at)
        if not names or not kept:  # none: it was erased
            return None
        same = next((each for each in kept if self._is_same(each, response.member)), None)
        if same is None:
            return self._append(response, names)
        known = (same.origin_manifests or "").split()
        if set(names) <= set(known):
            return None
        return replace(same, origin_manifests=" ".join(dict.fromkeys([*known, *names])))

    def _is_same(self, capture: Capture, member: bytes) -> bool:
        try:
            return read_bytes(self._archive.captures_dir, capture) == member
        except CaptureError:  # `verify` says so
            return False

    def close(self) -> None:
        """Give the file its name."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _write_page(self, page: Page) -> Written:
        if page.response.drawn_from is None:
            return Written(self._write(page.response, page.payload, page.digest), None)
        kept = None
        if (shell := page.shell) is not None:
            kept = self._archive.captures.at(shell.response.url, shell.response.fetched_at)
            if kept is None or kept.digest != shell.digest:
                kept = self._write(shell.response, shell.payload, shell.digest)
        return Written(self._write_drawn(page.response, kept), kept)

    def _write(self, response: Response, payload: bytes, digest: str) -> Capture:
        if (copied := self._copy(response)) is not None:
            return copied
        same = (response.url, digest)
        earlier = self._written.get(same) or self._archive.captures.first(*same)
        capture = self._open().write(
            url=response.url,
            fetched_at=response.fetched_at,
            status=response.status,
            reason=response.reason,
            headers=response.headers,
            body=payload,
            ip=response.ip,
            earlier=earlier,
            origin=response.origin,
            sync=False,
        )
        self._written.setdefault(same, capture)
        return capture

    def _write_drawn(self, response: Response, shell: Capture | None) -> Capture:
        if (copied := self._copy(response)) is not None:
            return copied
        drawn = write_conversion(
            self._open(),
            self._archive.captures_dir,
            shell,
            url=response.url,
            made_at=response.fetched_at,
            body=response.payload,
        )
        return _with_origin(drawn, response)

    def _copy(self, response: Response) -> Capture | None:
        """Copy a record as it is, where manifests list it that can be kept; else None."""
        names = self.adopt(response)
        return self._append(response, names) if names else None

    def adopt(self, response: Response) -> list[str]:
        """Keep the manifests that list a record; return them. Raise ArchiveError."""
        origins = response.origins
        if origins is None:
            return []
        names = origins.adopt(origins.listing(response.member), self._archive.evidence.register)
        for each in origins.take_conflicts():
            self._tally.note(Note.CONFLICT, f"{each} with {response.origin.name}")
        return names

    def _append(self, response: Response, names: list[str]) -> Capture:
        file, offset = self._open().append(response.member)
        capture = Capture(
            url=response.url,
            fetched_at=response.fetched_at,
            status=response.status,
            content_type=response.header("content-type"),
            digest=payload_digest(response.payload),
            file=file,
            offset=offset,
            length=len(response.member),
            origin_manifests=" ".join(names),
        )
        return _with_origin(capture, response)

    def _open(self) -> CaptureWriter:
        if self._writer is None:
            stamp = self._now().translate({ord("-"): None, ord(":"): None})
            about = {"description": "pages copied from other archives, see WARC-Origin of each"}
            name = f"import-{stamp}-{os.getpid()}"
            self._writer = CaptureWriter(self._archive.captures_dir, name, about=about)
        return self._writer


def _with_origin(capture: Capture, response: Response) -> Capture:
    origin = response.origin
    return replace(
        capture,
        origin=origin.name,
        origin_offset=origin.offset,
        origin_record=origin.record_id,
    )
