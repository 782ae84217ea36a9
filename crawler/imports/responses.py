"""A foreign record as the response that it keeps. Pure.

Chunks are joined, dates brought to ours; headers stay, but for what no longer holds. The field
names are those of WARC 1.1 (iipc.github.io/warc-specifications).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crawler.imports.notes import Note
from storage.instants import format_instant, parse_instant, read_date_time
from storage.warc.encodings import decode_body
from storage.warc.records import Origin, payload_digest
from storage.warc.stream import HEAD_END, MAX_BLOCK

if TYPE_CHECKING:
    from crawler.sources import Source
    from storage.evidence.origins import Origins
    from storage.records import Article, CapturedResponse, Link
    from storage.warc.stream import Entry

FIRST_DAY = "1990-12-20T00:00:00Z"
"""The first web page is from that day: nothing was captured before."""
TOLERANCE = 86400
"""Seconds by which the clock of whoever captured a page may be ahead of ours."""

_STATUS = re.compile(rb"HTTP/[0-9.]+[ \t]+([1-5][0-9][0-9])(?:[ \t]+(.*))?")
_STAMP = re.compile(r"\d{14}")
_SHORT_DATE = re.compile(r"\d{4}(-\d\d)?")
"""WARC 1.1 allows dates without day and month: the first that they may mean."""
_NO_HEAD = (200, "", (), b"")
"""Of a revisit without any: it may leave out all that its original has."""
_MAX_HEAD = 256 * 1024
"""Bytes of an HTTP header: what is longer is none, and costs memory a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One captured response."""

    url: str
    fetched_at: str
    """As the record says, in UTC; set right where that cannot be."""
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    payload: bytes
    """Still compressed, chunks joined; empty for a revisit."""
    ip: str | None = None
    origin: Origin
    original: Original | None = None
    """For a revisit, what it refers to."""
    notes: tuple[Note, ...] = ()
    drawn_from: str | None = None
    """For a page as a browser drew it, the id of the record of its answer, perhaps empty."""
    shell: Response | None = None
    """That answer, where it is in the file, too."""
    member: bytes = b""
    """The record's very bytes, where ``origins`` list them: it is copied as it is."""
    origins: Origins | None = None

    def header(self, name: str) -> str | None:
        """Return the values of a header, joined; None where it is absent."""
        found = [value for key, value in self.headers if key.lower() == name]
        return ", ".join(found) or None

    @property
    def is_media(self) -> bool:
        """Return whether it is a picture or a document, by its type."""
        return (self.header("content-type") or "").lower().startswith(("image/", "application/pdf"))

    @property
    def where(self) -> str:
        """Return where it was read, as people are told."""
        at = "" if self.origin.offset is None else f" at {self.origin.offset}"
        return f"in {self.origin.name}{at}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The earlier response that a revisit found again."""

    url: str
    fetched_at: str | None
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One response, read."""

    source: Source
    link: Link
    """As the archive has it, else as it would be found."""
    response: Response
    payload: bytes
    digest: str
    article: Article | None = None
    reason: str = ""
    """Why it is no article."""
    shell: Shell | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """The answer that a page was drawn from, with its payload."""

    response: Response
    payload: bytes
    digest: str


def target_of(headers: dict[str, str]) -> str:
    """Return the address a record is about, empty for none; some tools put it in brackets."""
    scheme, colon, rest = headers.get("warc-target-uri", "").strip("<> ").partition(":")
    # Readers, ours and others, look for HTTP behind a scheme in small letters only.
    return f"{scheme.lower()}{colon}{rest}"


def read_response(entry: Entry, name: str, now: str, *, at: int = 0) -> Response | None:
    """Return the response of a record of a file, None where it holds none.

    A revisit that holds no HTTP header either has no headers and status 200.
    ``at`` is where in the file the bytes begin that the record was read from.
    """
    stated = entry.headers
    is_revisit = stated.get("warc-type") == "revisit"
    split = _NO_HEAD if is_revisit and not entry.block.strip() else _split(entry.block)
    if split is None:
        return None
    status, reason, headers, payload = split
    fetched_at, note = read_instant(stated.get("warc-date", ""), headers, now)
    notes = [note] if note else []
    if not is_revisit:
        if _is_cut(headers, payload):
            notes.append(Note.CUT)
        elif not fits_digest(stated, payload, headers):
            notes.append(Note.DIGEST)
        if "chunked" in _value(headers, "transfer-encoding"):
            payload = join_chunks(payload)
    origin = Origin(
        name=name,
        offset=at + entry.offset,
        record_id=stated.get("warc-record-id", "").strip("<>") or None,
        digest=None if is_revisit else spell_digest(stated.get("warc-payload-digest")),
    )
    return Response(
        url=target_of(stated),
        fetched_at=fetched_at,
        status=status,
        reason=reason,
        headers=headers,
        payload=b"" if is_revisit else payload,
        ip=stated.get("warc-ip-address"),
        origin=origin,
        original=_original(stated) if is_revisit else None,
        notes=tuple(notes),
    )


def read_drawn(entry: Entry, name: str, now: str) -> Response | None:
    """Return the page that a record of type "conversion" holds; None for other forms of one."""
    stated = entry.headers
    kind = stated.get("content-type", "")
    if not kind.lower().startswith("text/html"):
        return None
    fetched_at, note = read_instant(stated.get("warc-date", ""), (), now)
    origin = Origin(
        name=name, offset=entry.offset, record_id=stated.get("warc-record-id", "").strip("<>")
    )
    is_whole = fits_digest(stated, entry.block, ())
    return Response(
        url=target_of(stated),
        fetched_at=fetched_at,
        status=200,
        reason="",
        headers=(("Content-Type", kind),),
        payload=entry.block,
        origin=origin,
        notes=tuple(each for each in (note, None if is_whole else Note.DIGEST) if each),
        drawn_from=stated.get("warc-refers-to", "").strip("<>"),
    )


def read_instant(
    text: str, headers: tuple[tuple[str, str], ...], now: str
) -> tuple[str, Note | None]:
    """Return an instant of ours, and a note where the stated one cannot be.

    Then the server's own ``Date`` counts, if that can be, else ``now``.
    """
    stated = _instant(text)
    if stated is not None and FIRST_DAY <= stated <= _latest(now):
        return stated, None
    note = Note.NO_DATE if stated is None or stated < FIRST_DAY else Note.FUTURE
    moment = read_date_time(_value(headers, "date"))
    served = format_instant(moment) if moment else ""
    return (served if FIRST_DAY <= served <= now else now), note


def without_encoding(response: Response) -> Response:
    """Return a response whose header names a compression that it does not have, without it.

    The header stays under the name that crawlers give to what they have undone.
    """
    renamed = tuple(
        ("X-Crawl-Content-Encoding" if key.lower() == "content-encoding" else key, value)
        for key, value in response.headers
    )
    return replace(response, headers=renamed, origins=None)


def with_head(response: Response, original: CapturedResponse) -> Response:
    """Return a revisit with status and headers: those of its original where it has none."""
    if response.headers:
        return response
    return replace(response, status=original.status, headers=original.headers)


def join_chunks(data: bytes) -> bytes:
    """Return a chunked body joined (RFC 9112); one that only says that it is chunked as it is.

    What is cut off is read as far as it goes.
    """
    body, place = bytearray(), 0
    while (end := data.find(b"\r\n", place)) >= 0:
        size = _chunk_size(data[place:end])
        if size is None:
            break
        if size == 0:
            return bytes(body)
        body += data[end + 2 : end + 2 + size]
        place = end + 2 + size + 2
    return bytes(body) if body else data


def fits_digest(
    stated: dict[str, str], payload: bytes, headers: tuple[tuple[str, str], ...]
) -> bool:
    """Return whether a payload is what its record's ``WARC-Payload-Digest`` says.

    Tools digest what was sent, what chunks join to, or what is decoded: any of them will do. True
    where nothing is stated that can be compared, or where the record says that it was truncated.
    """
    digest = spell_digest(stated.get("warc-payload-digest"))
    if digest is None or "warc-truncated" in stated or payload_digest(payload) == digest:
        return True
    joined = join_chunks(payload)
    if payload_digest(joined) == digest:
        return True
    try:
        decoded = decode_body(joined, _value(headers, "content-encoding"), max_bytes=MAX_BLOCK)
    except ValueError:
        return False
    return payload_digest(decoded) == digest


def spell_digest(text: str | None) -> str | None:
    """Return a SHA-1 digest as our records spell it; None for none and for other algorithms."""
    name, found, value = (text or "").strip().rpartition(":")
    if found and name.lower() != "sha1":
        return None
    return f"sha1:{value.upper()}" if len(value) == 32 and value.isalnum() else None


def _chunk_size(line: bytes) -> int | None:
    text = line.partition(b";")[0].strip()
    try:
        return int(text, 16) if text and len(text) <= 8 else None
    except ValueError:
        return None


def _split(block: bytes) -> tuple[int, str, tuple[tuple[str, str], ...], bytes] | None:
    """Return status, reason, headers and body of an HTTP response; None for anything else."""
    found = HEAD_END.search(block)
    begin, end = found.span() if found else (len(block), len(block))
    if begin > _MAX_HEAD:
        return None
    lines = block[:begin].splitlines()
    match = _STATUS.match(lines[0]) if lines else None
    if match is None:
        return None
    reason = (match[2] or b"").decode("latin-1").strip()
    return int(match[1]), reason, _headers(lines[1:]), block[end:]


def _headers(lines: list[bytes]) -> tuple[tuple[str, str], ...]:
    headers: list[tuple[str, str]] = []
    for line in lines:
        text = line.decode("utf-8", "replace")
        if text.startswith((" ", "\t")) and headers:
            name, value = headers[-1]
            headers[-1] = (name, f"{value} {text.strip()}")
            continue
        name, colon, value = text.partition(":")
        if colon and name.strip():
            headers.append((name.strip(), value.strip()))
    return tuple(headers)


def _value(headers: tuple[tuple[str, str], ...], name: str) -> str:
    return ", ".join(value for key, value in headers if key.lower() == name).lower()


def _is_cut(headers: tuple[tuple[str, str], ...], payload: bytes) -> bool:
    stated = _value(headers, "content-length")
    return stated.isascii() and stated.isdigit() and len(payload) < int(stated[:18])


def _instant(text: str) -> str | None:
    if _STAMP.fullmatch(text):
        text = f"{text[:8]}T{text[8:]}Z"
    elif _SHORT_DATE.fullmatch(text):
        text = f"{text}-01-01"[:10]
    try:
        return format_instant(parse_instant(text))
    except (ValueError, OverflowError):
        return None


def _latest(now: str) -> str:
    return format_instant(parse_instant(now) + dt.timedelta(seconds=TOLERANCE))


def _original(stated: dict[str, str]) -> Original:
    return Original(
        url=stated.get("warc-refers-to-target-uri", "").strip("<> ") or target_of(stated),
        fetched_at=_instant(stated.get("warc-refers-to-date", "")),
        digest=spell_digest(stated.get("warc-payload-digest")),
    )
