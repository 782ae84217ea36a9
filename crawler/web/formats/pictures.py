"""Pictures as they were captured, and small copies made on demand: none is stored.

The bytes were judged when they were kept: never HTML, never SVG. They are sent with the type they
have, and with ``nosniff``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from crawler.media.pictures import TYPES, shrink_picture
from storage.errors import CaptureError
from storage.media.files import MediaKind
from storage.warc.files import read_capture

if TYPE_CHECKING:
    from crawler.web.visit import Visit
    from storage.media.files import MediaFile

KEPT = {"cache-control": "private, max-age=3600"}
"""A picture never changes, and may be withheld."""


def send_picture(visit: Visit) -> Response:
    """Answer ``/picture/ID``: the bytes as the server sent them, decompressed."""
    file = _find(visit)
    body = None if file is None else _read(visit, file)
    if file is None or file.type not in TYPES or body is None:
        return Response("no such picture\n", 404, media_type="text/plain")
    return Response(body, media_type=file.type, headers=KEPT)


def send_small_picture(visit: Visit) -> Response:
    """Answer ``/picture/ID/small``: a copy of at most 480 pixels a side."""
    file = _find(visit)
    body = None if file is None else _read(visit, file)
    small = None if body is None else shrink_picture(body)
    if small is None:
        return Response("no such picture\n", 404, media_type="text/plain")
    return Response(small, media_type="image/jpeg", headers=KEPT)


def _find(visit: Visit) -> MediaFile | None:
    file = visit.archive.media.get(int(visit.request.path_params["id"]))
    return file if file is not None and file.kind is MediaKind.IMAGE else None


def _read(visit: Visit, file: MediaFile) -> bytes | None:
    capture = visit.archive.captures.get(file.capture_id) if file.capture_id else None
    if capture is None:
        return None
    try:
        return read_capture(visit.archive.captures_dir, capture).body
    except CaptureError:
        return None
