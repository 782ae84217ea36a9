"""Content-Encoding undone, within bounds. Pure."""

from __future__ import annotations

import contextlib
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BYTES = 64 * 1024 * 1024
"""Most a body may decode to: far above any page, far below a bomb."""
MAX_LAYERS = 2
MAX_MEMBERS = 100
"""Streams one after the other in one body; what stands behind each is copied."""

ZSTD_WINDOW_LOG = 23
"""8 MiB, what RFC 9659 allows for zstd as a content encoding; a frame may ask for gigabytes."""

_STEP = 64 * 1024
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"


class BodyTooLarge(ValueError):
    """A body that decodes to more than is accepted."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"body decodes to more than {max_bytes} bytes")


def decode_body(raw: bytes, content_encoding: str, *, max_bytes: int = MAX_BYTES) -> bytes:
    """Return a body decoded as its Content-Encoding says (gzip, deflate, br, zstd).

    A body that plainly is not in the encoding its header names (no gzip or zstd signature) is
    returned as it is: servers that compress nothing but say they do exist. Raise ValueError
    for an unknown encoding, more than two layers, a truncated or damaged body, and BodyTooLarge
    for one that decodes to more than ``max_bytes``.
    """
    layers = [layer.strip().lower() for layer in content_encoding.split(",")]
    layers = [layer for layer in layers if layer not in ("", "identity")]
    if len(layers) > MAX_LAYERS:
        raise ValueError(f"{len(layers)} content encodings")
    for layer in reversed(layers):
        if layer not in _DECODERS:
            raise ValueError(f"unknown content encoding {layer[:40]!r}")
        raw = _DECODERS[layer](raw, max_bytes)
    return raw


def _gunzip(raw: bytes, max_bytes: int) -> bytes:
    parts = bytearray()
    for _ in range(MAX_MEMBERS):
        if not raw.startswith(_GZIP):
            return bytes(parts) if parts else raw
        member = zlib.decompressobj(31)
        parts += _inflated(member, raw, max_bytes - len(parts))
        raw = member.unused_data
        if not raw:
            return bytes(parts)
    raise ValueError(f"more than {MAX_MEMBERS} gzip members")


def _inflate(raw: bytes, max_bytes: int) -> bytes:
    if not raw:
        return raw
    try:
        return _inflated(zlib.decompressobj(), raw, max_bytes)
    except BodyTooLarge:
        raise
    except ValueError:
        # RFC 9110 says zlib format; servers that send bare deflate are as old as the word.
        return _inflated(zlib.decompressobj(-zlib.MAX_WBITS), raw, max_bytes)


def _inflated(inflater: Any, raw: bytes, max_bytes: int) -> bytes:
    try:
        body: bytes = inflater.decompress(raw, max_bytes + 1)
    except zlib.error as error:
        raise ValueError(f"damaged compressed body: {error}") from error
    if len(body) > max_bytes:
        raise BodyTooLarge(max_bytes)
    if not inflater.eof:
        raise ValueError("compressed body ends too early")
    return body


def _unbrotli(raw: bytes, max_bytes: int) -> bytes:
    if not raw:
        return raw
    import brotli

    decoder = brotli.Decompressor()
    body = bytearray()
    data = raw
    try:
        while not decoder.is_finished():
            part = decoder.process(data, output_buffer_limit=_STEP)
            if not part and not data and decoder.can_accept_more_data():
                raise ValueError("compressed body ends too early")
            data = b""
            body += part
            if len(body) > max_bytes:
                raise BodyTooLarge(max_bytes)
    except brotli.error as error:
        raise ValueError("damaged compressed body (br)") from error
    return bytes(body)


def _unzstd(raw: bytes, max_bytes: int) -> bytes:
    zstd = _zstd_module()
    body = bytearray()
    for _ in range(MAX_MEMBERS):
        if not raw.startswith(_ZSTD):
            return bytes(body) if body else raw
        window = {zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG}
        decoder = zstd.ZstdDecompressor(options=window)
        try:
            body += decoder.decompress(raw, max_length=max_bytes - len(body) + 1)
        except zstd.ZstdError as error:
            raise ValueError(f"damaged compressed body: {error}") from error
        if len(body) > max_bytes:
            raise BodyTooLarge(max_bytes)
        if not decoder.eof:
            raise ValueError("compressed body ends too early")
        raw = decoder.unused_data
        if not raw:
            return bytes(body)
    raise ValueError(f"more than {MAX_MEMBERS} zstd frames")


def _zstd_module() -> Any:
    import importlib

    for name in ("compression.zstd", "backports.zstd"):
        with contextlib.suppress(ImportError):
            return importlib.import_module(name)
    raise ValueError("zstd bodies need Python 3.14 or the package backports.zstd")


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
