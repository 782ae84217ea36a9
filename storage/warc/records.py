"""WARC 1.1 records of one exchange: to bytes and back. Pure.

A record holds what the server sent as far as an HTTP client still knows it: the status line is
rebuilt, ``Transfer-Encoding`` is dropped and ``Content-Length`` says the length of the raw,
still compressed body. With other headers a reader cuts bodies short or decodes them twice.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zlib
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Headers = Sequence[tuple[str, str] | tuple[bytes, bytes]]

MAX_RECORD = 256 * 1024 * 1024
"""Most a record may decompress to when it is read back."""
REVISIT_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
CONVERSION = "conversion"
"""Type of a record without HTTP headers: see `storage.warc.conversions`."""
REFERS_TO_FILE = "WARC-Refers-To-Filename"
REFERS_TO_OFFSET = "WARC-Refers-To-File-Offset"

_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")
_NO_TOKEN = re.compile(r"[^!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a response was copied from: its record in somebody else's archive."""

    name: str
    """A file's name, or the address of a copy."""
    offset: int | None = None
    """Where its record begins in that file."""
    record_id: str | None = None
    """``WARC-Record-ID`` it had there."""
    digest: str | None = None
    """Payload digest it had there, ``sha1:<base32>``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and the response it brought."""

    url: str
    fetched_at: str
    status: int
    reason: str
    headers: Headers
    body: bytes
    """Raw: still compressed, chunks already joined."""
    ip: str | None = None
    method: str = "GET"
    request_headers: Headers = ()
    origin: Origin | None = None
    """None where we fetched it ourselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """An earlier record with the same payload, for a revisit to refer to."""

    url: str
    fetched_at: str
    digest: str
    file: str
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record read back. ``headers`` are HTTP's, ``warc`` the record's own by lower-case name."""

    warc: dict[str, str]
    status: int
    headers: tuple[tuple[str, str], ...]
    payload: bytes


def payload_digest(body: bytes) -> str:
    """Return ``sha1:<base32>`` of a raw payload, as WARC headers spell it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def response_bytes(
    exchange: Exchange, digest: str, original: Original | None = None
) -> tuple[bytes, str]:
    """Return the gzip member of a response (or revisit) record, and the record's id.

    ``digest`` is the `payload_digest` of its body.
    """
    writer, out = _writer()
    reason = _clean(exchange.reason).encode("ascii", "replace").decode()
    status_line = f"{exchange.status} {reason}".strip()
    http = _http(status_line, _response_headers(exchange), "HTTP/1.1")
    warc = _warc_headers(exchange)
    if original is None:
        warc["WARC-Payload-Digest"] = digest
        record = writer.create_warc_record(
            spell_uri(exchange.url),
            "response",
            payload=io.BytesIO(exchange.body),
            length=len(exchange.body),
            http_headers=http,
            warc_headers_dict=warc,
        )
    else:
        warc[REFERS_TO_FILE] = original.file
        warc[REFERS_TO_OFFSET] = str(original.offset)
        record = writer.create_revisit_record(
            spell_uri(exchange.url),
            original.digest,
            spell_uri(original.url),
            original.fetched_at,
            http_headers=http,
            warc_headers_dict=warc,
        )
        if exchange.status == 304:
            record.rec_headers.replace_header("WARC-Profile", REVISIT_NOT_MODIFIED)
    writer.write_record(record)
    return _member(out), record.rec_headers.get_header("WARC-Record-ID")


def request_bytes(exchange: Exchange, response_id: str) -> bytes:
    """Return the gzip member of the request record that goes with a response record."""
    writer, out = _writer()
    parts = urlsplit(exchange.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = _clean_headers(exchange.request_headers)
    if not any(name.lower() == "host" for name, _ in headers):
        headers.insert(0, ("Host", parts.netloc.rpartition("@")[2]))
    method = _NO_TOKEN.sub("", exchange.method) or "GET"
    http = _http(f"{spell_uri(target)} HTTP/1.1", headers, method)
    record = writer.create_warc_record(
        spell_uri(exchange.url),
        "request",
        http_headers=http,
        warc_headers_dict={**_warc_headers(exchange), "WARC-Concurrent-To": response_id},
    )
    writer.write_record(record)
    return _member(out)


def conversion_bytes(
    url: str, made_at: str, body: bytes, content_type: str, source: Record | None
) -> bytes:
    """Return the gzip member of another form of a record's content, made from that record."""
    writer, out = _writer()
    stated = source.warc if source else {}
    refers = {
        "WARC-Refers-To": stated.get("warc-record-id"),
        "WARC-Refers-To-Target-URI": stated.get("warc-target-uri"),
        "WARC-Refers-To-Date": stated.get("warc-date"),
    }
    record = writer.create_warc_record(
        spell_uri(url),
        CONVERSION,
        payload=io.BytesIO(body),
        length=len(body),
        warc_content_type=content_type,
        warc_headers_dict={
            "WARC-Date": made_at,
            "WARC-Payload-Digest": payload_digest(body),
            **{name: value for name, value in refers.items() if value},
        },
    )
    writer.write_record(record)
    return _member(out)


_LEVEL = 6
"""Of zlib's levels: the ninth, which warcio takes, costs two and a half times as much on a page
that came uncompressed, for half a per cent."""
_SMALLEST_WINDOW, _LARGEST_WINDOW = 10, 15
"""Bits of the distance that zlib looks back: 1 KB and 32 KB."""
_LOOKAHEAD = 262
"""Bytes of the window that are never looked back at (MIN_LOOKAHEAD of zlib's deflate.h)."""
_MEMORY = 8
"""zlib's own measure of its tables; smaller ones do for a smaller window."""
_FORMAT = {
    "format": "WARC File Format 1.1",
    "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
}


def info_bytes(file: str, about: Mapping[str, str]) -> bytes:
    """Return the gzip member of the record that opens a file.

    ``about`` adds fields of the WARC standard to those that name program and format, such as
    ``isPartOf``, ``description``, ``robots`` (WARC 1.1, "warcinfo").
    """
    writer, out = _writer()
    told = {name: " ".join(text.split()) for name, text in about.items()}
    fields = {"software": f"baotinh/{version('baotinh')}", **_FORMAT, **told}
    writer.write_record(writer.create_warcinfo_record(file, fields))
    return _member(out)


def read_record(member: bytes) -> Record:
    """Read one gzip member. Raise ValueError, saying how it is damaged."""
    inflater = zlib.decompressobj(31)
    try:
        block = inflater.decompress(member, MAX_RECORD)
    except zlib.error as error:
        raise ValueError(f"it is damaged ({error})") from error
    if not inflater.eof or inflater.unused_data:
        raise ValueError("it does not end where it should")
    return _parse(block)


def _parse(block: bytes) -> Record:
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.recordloader import ArcWarcRecordLoader
    from warcio.statusandheaders import StatusAndHeadersParserException

    try:
        record = ArcWarcRecordLoader().parse_record_stream(io.BytesIO(block))
        payload = record.raw_stream.read()
    except (ArchiveLoadFailed, StatusAndHeadersParserException, EOFError) as error:
        raise ValueError(f"it is no WARC record ({error})") from error
    warc = {name.lower(): value for name, value in record.rec_headers.headers}
    http = record.http_headers
    if http is None and warc.get("warc-type") == CONVERSION:
        kind = ("Content-Type", warc.get("content-type", ""))
        return Record(warc=warc, status=200, headers=(kind,), payload=payload)
    if http is None or not http.get_statuscode().isdigit():
        raise ValueError(f"it holds no HTTP response but {warc.get('warc-type')!r}")
    return Record(
        warc=warc,
        status=int(http.get_statuscode()),
        headers=tuple(http.headers),
        payload=payload,
    )


def _writer() -> tuple[Any, io.BytesIO]:
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    return WARCWriter(out, gzip=False, warc_version="WARC/1.1"), out


def _member(out: io.BytesIO) -> bytes:
    """Return a record as one gzip member."""
    record = out.getvalue()
    # To clear tables for 32 KB takes longer than to compress the few bytes of a request.
    window = min(_LARGEST_WINDOW, (len(record) + _LOOKAHEAD).bit_length())
    window = max(_SMALLEST_WINDOW, window)
    memory = min(_MEMORY, window - _SMALLEST_WINDOW + 5)
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, window + 16, memory)
    return packer.compress(record) + packer.flush()


def _http(status_line: str, headers: list[tuple[str, str]], protocol: str) -> Any:
    from warcio.statusandheaders import StatusAndHeaders

    return StatusAndHeaders(status_line, headers, protocol=protocol)


def _warc_headers(exchange: Exchange) -> dict[str, str]:
    headers = {"WARC-Date": exchange.fetched_at}
    if exchange.ip:
        headers["WARC-IP-Address"] = exchange.ip
    return headers | _origin_headers(exchange.origin)


def _origin_headers(origin: Origin | None) -> dict[str, str]:
    """Return fields of our own (WARC 1.1, "extension-field"): its id is a new one here."""
    if origin is None:
        return {}
    stated = {
        "WARC-Origin": _clean(origin.name),
        "WARC-Origin-Offset": None if origin.offset is None else str(origin.offset),
        "WARC-Origin-Record-ID": _clean(origin.record_id or ""),
        "WARC-Origin-Payload-Digest": _clean(origin.digest or ""),
    }
    return {name: value for name, value in stated.items() if value}


def _response_headers(exchange: Exchange) -> list[tuple[str, str]]:
    dropped = ("transfer-encoding", "content-length")
    kept = [(n, v) for n, v in _clean_headers(exchange.headers) if n.lower() not in dropped]
    return [*kept, ("Content-Length", str(len(exchange.body)))]


def _clean_headers(headers: Headers) -> list[tuple[str, str]]:
    """Return headers that cannot break out of their lines."""
    cleaned = [(_NO_TOKEN.sub("-", text(name)), _clean(text(value))) for name, value in headers]
    return [(name, value) for name, value in cleaned if name]


def text(value: str | bytes) -> str:
    """Return a header's name or value as text: UTF-8, else Latin-1."""
    if isinstance(value, str):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _clean(value: str) -> str:
    return _UNSAFE.sub(" ", value).encode("utf-8", "replace").decode().strip()


def spell_uri(url: str) -> str:
    """Return a URL as records have it: what is no ASCII is escaped."""
    return quote(url.encode("utf-8", "replace"), safe=":/?#[]@!$&'()*+,;=%-._~|^`{}\"<>\\")
