"""A page as a browser drew it, kept beside what its server sent.

WARC 1.1, "conversion": another form of a record's content, made while archiving. The record has no
HTTP headers of its own, and ``WARC-Refers-To`` names the record of the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.records import Capture
from storage.warc.files import find_file, read_member
from storage.warc.records import conversion_bytes, payload_digest, read_record

if TYPE_CHECKING:
    from pathlib import Path

    from storage.warc.files import CaptureWriter

HTML = "text/html; charset=utf-8"


def write_conversion(
    writer: CaptureWriter,
    directory: Path,
    raw: Capture | None,
    *,
    url: str,
    made_at: str,
    body: bytes,
) -> Capture:
    """Append a drawn page, as UTF-8, and return where it lies.

    ``raw`` is the capture of the answer that it was drawn from; None where that is lost. Call
    ``sync`` of the writer before a row names it. Raise CaptureError, OSError, ValueError.
    """
    source = None
    if raw is not None:
        source = read_record(read_member(find_file(directory, raw.file), raw.offset))
    data = conversion_bytes(url, made_at, body, HTML, source)
    file, offset = writer.append(data)
    return Capture(
        url=url,
        fetched_at=made_at,
        status=raw.status if raw else 200,
        content_type=HTML,
        digest=payload_digest(body),
        file=file,
        offset=offset,
        length=len(data),
    )
