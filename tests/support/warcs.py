"""WARC files of others, as good or as bad as a test wants them."""

from __future__ import annotations

import gzip
import hashlib
import html
from base64 import b32encode

from tests.site.text import make_lead, make_paragraphs, make_title

BASE = "https://www.bao.example.vn"


def page(seed: object, *, edited: str = "", day: str = "05/03/2019 - 08:00") -> bytes:
    """A page with an article."""
    body = make_paragraphs(seed)
    if edited:
        body[1] += f" {edited}"
    title, lead = html.escape(make_title(seed)), html.escape(make_lead(seed))
    text = "".join(f"<p>{html.escape(line)}</p>" for line in body)
    return (
        f"<!DOCTYPE html><html lang=vi><head><meta charset=utf-8><title>{title}</title></head>"
        f"<body><article><h1>{title}</h1><time>{day}</time><p class=sapo><b>{lead}</b></p>"
        f"{text}</article></body></html>"
    ).encode()


def digest(body: bytes) -> str:
    """The payload digest as WARC spells it."""
    return "sha1:" + b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """An HTTP response, header and body."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/html; charset=utf-8", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunk(body: bytes, size: int = 700) -> bytes:
    """A body in chunks."""
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def record(
    url: str,
    block: bytes,
    *,
    date: str = "2019-03-06T00:00:00Z",
    kind: str = "response",
    length: int | None = None,
    compress: bool = True,
    more: tuple[str, ...] = (),
) -> bytes:
    """One record; ``length`` is the one it states."""
    lines = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{abs(hash((url, date))) % 10**12:012}>",
        f"WARC-Target-URI: {url}",
        f"WARC-Date: {date}",
        "Content-Type: application/http; msgtype=response",
        *more,
        f"Content-Length: {len(block) if length is None else length}",
    ]
    data = "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"
    return gzip.compress(data) if compress else data


def url(number: int, base: str = BASE) -> str:
    """The address of an article."""
    return f"{base}/tin-tuc-a{number}.html"


def response(number: int, body: bytes | None = None, *headers: str, **more: object) -> bytes:
    """The record of an article."""
    body = page(number) if body is None else body
    return record(url(number), answer(body, *headers), **more)  # type: ignore[arg-type]
