"""What the server sent: the page as it was captured, its bytes, and a package for replay.

The page is shown by a second address of this server, the *captures origin*, inside a frame with
``sandbox`` and under a Content-Security-Policy that lets it load and run nothing. Not by pywb: of a
page only the document itself is archived, so a replay would have nothing more to show, and its
rewriting would change the bytes that are the proof. For real replay there is the WACZ.
"""

from __future__ import annotations

import io
import re
import tempfile
from typing import TYPE_CHECKING

from starlette.responses import Response

from storage.errors import CaptureError
from storage.evidence.proof import write_proof
from storage.instants import read_clock
from storage.warc.files import read_capture
from storage.warc.wacz import write_wacz

if TYPE_CHECKING:
    from crawler.web.visit import Visit
    from storage.records import Capture

HTML = ("text/html", "application/xhtml+xml")
PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)


def show_capture(visit: Visit) -> Response:
    """Answer ``/article/ID/capture/CAPTURE``: a captured page in a frame, with where it lies."""
    number = int(visit.request.path_params["id"])
    article = visit.archive.article(number)
    captures = visit.archive.captures.of_article(number)
    wanted = int(visit.request.path_params["capture"])
    capture = next((each for each in captures if each.id == wanted), None)
    if article is None or capture is None:
        return visit.missing(visit.language.gettext("The archive has no such capture."))
    return visit.render(
        "capture.html",
        article=article,
        capture=capture,
        captures=captures,
        outlet=visit.names.get(article.source_id, article.source_id),
        frame=f"{visit.captures}/{capture.id}",
    )


def send_payload(visit: Visit) -> Response:
    """Answer ``/capture/ID/payload``: the bytes exactly as the server sent them, as a file."""
    capture = visit.archive.captures.get(int(visit.request.path_params["id"]))
    if capture is None:
        return visit.missing(visit.language.gettext("The archive has no such capture."))
    try:
        raw = read_capture(visit.archive.captures_dir, capture, decode=False).raw
    except CaptureError:
        return _unreadable(visit)
    headers = {"content-disposition": f'attachment; filename="capture-{capture.id}.bin"'}
    return Response(raw, media_type="application/octet-stream", headers=headers)


def send_wacz(visit: Visit) -> Response:
    """Answer ``/article/ID.wacz``: all captures of one article, for ReplayWeb.page or pywb."""
    archive, number = visit.archive, int(visit.request.path_params["id"])
    article = archive.article(number)
    if article is None or not archive.captures.of_article(number):
        return visit.missing(visit.language.gettext("The archive has no such capture."))
    with tempfile.TemporaryFile() as file:
        write_wacz(
            file,
            [{"id": number, "title": article.title}],
            captures_of=archive.captures.with_media,
            captures_dir=archive.captures_dir,
            created=read_clock(),
        )
        file.seek(0)
        package = file.read()
    headers = {"content-disposition": f'attachment; filename="baotinh-{number}.wacz"'}
    return Response(package, media_type="application/wacz", headers=headers)


def send_proof(visit: Visit) -> Response:
    """Answer ``/article/ID/proof.zip``: what proves that its captures were there.

    See docs/evidence.md. The certificates of ``TIMESTAMP_CA`` are the operator's to add, by
    ``baotinh show --proof``.
    """
    archive, number = visit.archive, int(visit.request.path_params["id"])
    article, listed = archive.article(number), archive.evidence.listed(number)
    if article is None or not listed:
        return visit.missing(visit.language.gettext("The archive has no proof of this article."))
    out = io.BytesIO()
    try:
        write_proof(
            out,
            article,
            listed,
            captures_dir=archive.captures_dir,
            folder=archive.evidence.folder,
            authority=None,
        )
    except (CaptureError, OSError):
        return _unreadable(visit)
    headers = {"content-disposition": f'attachment; filename="baotinh-{number}-proof.zip"'}
    return Response(out.getvalue(), media_type="application/zip", headers=headers)


def send_page(visit: Visit) -> Response:
    """Answer ``/ID`` of the captures origin: the page, decompressed and otherwise as it came."""
    capture = visit.archive.captures.get(int(visit.request.path_params["id"]))
    if capture is None:
        return Response("no such capture\n", 404, media_type="text/plain")
    try:
        body = read_capture(visit.archive.captures_dir, capture).body
    except CaptureError:
        return Response("this capture cannot be read\n", 500, media_type="text/plain")
    return Response(body, headers={"content-type": content_type(capture)})


def content_type(capture: Capture) -> str:
    """Return the type under which captured bytes are shown: HTML, a picture, or plain text."""
    given = capture.content_type or ""
    kind = given.partition(";")[0].strip().lower()
    if kind in PICTURES:
        return kind
    charset = _CHARSET.search(given)
    shown = "text/html" if kind in HTML or not kind else "text/plain"
    return f"{shown}; charset={charset[1]}" if charset else shown


def _unreadable(visit: Visit) -> Response:
    sentence = visit.language.gettext("This capture cannot be read: run baotinh verify.")
    return visit.render("problem.html", status=500, sentence=sentence)
