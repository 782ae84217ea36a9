"""The archive as a run opens it, and its captures: raw responses in a WARC file of its own."""

from __future__ import annotations

import logging
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

from crawler.runs.links import row_of
from storage.archive import Archive
from storage.db.connections import check_not_lost
from storage.errors import ArchiveUnusable, CaptureError
from storage.instants import read_clock
from storage.states import RunKind, RunState
from storage.warc.conversions import write_conversion
from storage.warc.files import CaptureWriter, find_original
from storage.warc.records import payload_digest
from storage.warc.repair import repair_captures

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scrapy import Request
    from scrapy.http import Headers, Response

    from crawler.sources import Source
    from storage.records import Capture, Link

logger = logging.getLogger(__name__)

MOST_PAYLOADS = 1000
"""Payloads that a run remembers: a bot check comes at each address, and is one page."""


class RunCaptures:
    """Writes the raw responses of one run."""

    def __init__(
        self, archive: Archive, source: Source, run_id: int, clock: Callable[[], str]
    ) -> None:
        self._archive = archive
        self._source = source
        self._run_id = run_id
        self._clock = clock
        self._writer: CaptureWriter | None = None
        self._payloads: dict[str, Capture] = {}

    def write(
        self, request: Request, response: Response, *, same: Capture | None = None
    ) -> Capture:
        """Keep a response as the server sent it. Raise CaptureError when it cannot be written.

        ``same`` is a capture of any address that has this payload, by its digest. Call `sync`
        before the archive names what is kept here.
        """
        try:
            if self._writer is None:
                self._writer = self._open_writer()
                self._payloads = self._archive.captures.refused_payloads(
                    self._source.id, MOST_PAYLOADS // 2
                )
            digest = payload_digest(response.body)
            capture = self._writer.write(
                url=response.url,
                fetched_at=self._clock(),
                status=response.status,
                reason="",
                headers=_pairs(response.headers),
                body=response.body,
                ip=str(response.ip_address) if response.ip_address else None,
                request_headers=_pairs(request.headers),
                method=request.method,
                earlier=self._find_same(response.url, digest) or self._trace(same),
                digest=digest,
                sync=False,
            )
        except OSError as error:
            raise CaptureError(
                f"{self._archive.captures_dir}: a capture cannot be written: {error}"
            ) from error
        self._remember(digest, capture)
        return capture

    def write_drawn(self, link: Link, raw: Capture, body: bytes) -> Capture:
        """Keep a page as a browser drew it from an answer, and put that answer on record.

        Raise CaptureError when it cannot be written.
        """
        archive = self._archive
        if self._writer is None:
            self._writer = self._open_writer()
        try:
            drawn = write_conversion(
                self._writer,
                archive.captures_dir,
                raw,
                url=raw.url,
                made_at=self._clock(),
                body=body,
            )
        except (OSError, ValueError) as error:
            raise CaptureError(
                f"{archive.captures_dir}: a drawn page cannot be written: {error}"
            ) from error
        self.sync()
        with archive.transaction():
            archive.captures.keep(raw, link.id)
        return drawn

    def _find_same(self, url: str, digest: str) -> Capture | None:
        """Return a capture with this payload: of this address, or lately of any of the source."""
        known = self._archive.captures.first(url, digest)
        if known is None and (known := self._payloads.get(digest)) is not None:
            known = self._payloads[digest] = find_original(self._archive.captures_dir, known)
        return known

    def _trace(self, same: Capture | None) -> Capture | None:
        """Return the capture that holds the payload, or None where it cannot be read any more."""
        try:
            return same and find_original(self._archive.captures_dir, same)
        except CaptureError:
            return None

    def _remember(self, digest: str, capture: Capture) -> None:
        self._payloads.setdefault(digest, capture)
        if len(self._payloads) > MOST_PAYLOADS:
            del self._payloads[next(iter(self._payloads))]

    def _open_writer(self) -> CaptureWriter:
        stamp = self._clock().translate({ord("-"): None, ord(":"): None})
        name = f"{self._source.id}-{stamp}-{self._run_id}-{os.getpid()}"
        about = {
            "isPartOf": self._source.id,
            "description": f"{self._source.name}, {self._source.homepage}",
            "robots": "obey",
        }
        return CaptureWriter(self._archive.captures_dir, name, about=about)

    def sync(self) -> None:
        """Wait until what was kept is on the disk. Raise CaptureError."""
        if self._writer is not None:
            self._writer.sync()

    def close(self) -> None:
        """Finish the file, if one was begun."""
        if self._writer is not None:
            self._writer.close()


def open_for_run(path: Path, captures_dir: Path | None) -> Archive:
    """Open the archive for a crawl; captures torn by a killed run are repaired first.

    Raise ArchiveMissing where captures have lost their archive, ArchiveUnusable when the clock
    cannot be right, or another ArchiveError.
    """
    check_not_lost(path, captures_dir or path.parent / "captures")
    with ExitStack() as stack:
        archive = stack.enter_context(Archive.open(path, captures_dir=captures_dir))
        if (fault := archive.runs.find_clock_fault(read_clock())) is not None:
            raise ArchiveUnusable(f"not started: {fault}")
        if archive.captures_dir.is_dir():
            for repaired in repair_captures(archive.captures_dir):
                logger.info("repaired after a killed run: %s", repaired)
        stack.pop_all()
    return archive


def record_false_start(archive: Archive, source: Source, now: str) -> None:
    """Put a crawl that could not even begin on record, as any other crawl."""
    archive.sources.put(row_of(source))
    run = archive.runs.start(source.id, RunKind.CRAWL, now)
    archive.runs.finish(run, RunState.FAILED, now)


def _pairs(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, values in headers.items() for value in values]
