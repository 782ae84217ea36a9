"""Bombs: bodies that are small on the wire or never end, and pages that are hard to parse."""

from __future__ import annotations

import functools
import gzip
import zlib
from itertools import repeat
from typing import TYPE_CHECKING

import brotli
from backports import zstd

from tests.site.faults.model import EITHER, REJECT, STORE, Fault, page, raw_head, reply_page

if TYPE_CHECKING:
    from tests.site.exchange import Exchange

MEGABYTE = 1024 * 1024


@functools.cache
def deflated_gigabyte(wbits: int) -> bytes:
    """1 GiB of zeros in about 1 MB, made from one flushed block that is repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    start = packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + block * 1023


@functools.cache
def gzip_in_gzip() -> bytes:
    return gzip.compress(deflated_gigabyte(31) * 8, 9)


@functools.cache
def brotli_bomb() -> bytes:
    return brotli.compress(bytes(256 * MEGABYTE), quality=1)


@functools.cache
def zstd_bomb() -> bytes:
    return zstd.compress(bytes(256 * MEGABYTE), 1)


def bomb(exchange: Exchange, body: bytes, encoding: str) -> None:
    exchange.reply(body, Content_Encoding=encoding)


def endless_body(exchange: Exchange) -> None:
    exchange.send(raw_head("Transfer-Encoding: chunked"))
    chunk = b"10000\r\n" + b"<p>a</p>" * 8192 + b"\r\n"
    exchange.flood(repeat(chunk), 100 * MEGABYTE)
    exchange.close()


def cut_gzip(exchange: Exchange) -> None:
    packed = gzip.compress(page(exchange).encode())
    exchange.reply(packed[: len(packed) * 6 // 10], Content_Encoding="gzip")


def cut(exchange: Exchange, packed: bytes, encoding: str) -> None:
    exchange.reply(packed[: len(packed) * 6 // 10], Content_Encoding=encoding)


def damaged_gzip(exchange: Exchange) -> None:
    packed = bytearray(gzip.compress(page(exchange).encode()))
    packed[-6] ^= 0xFF
    exchange.reply(bytes(packed), Content_Encoding="gzip")


def cut_once(exchange: Exchange) -> None:
    packed = gzip.compress(page(exchange).encode())
    size = len(packed) * 6 // 10 if exchange.times == 1 else len(packed)
    exchange.reply(packed[:size], Content_Encoding="gzip")


def deep(exchange: Exchange) -> None:
    exchange.reply(page(exchange, extra="<div>" * 900_000 + "x"))


def regex_killers(exchange: Exchange) -> None:
    extra = "<p>" + "a" * 50_000 + "!</p><p>" + "<" * 50_000 + "</p><p>" + " " * 50_000
    extra += "</p><p>" + "1" * 50_000 + "/11/2026 " + "12/" * 20_000 + "</p>"
    exchange.reply(page(exchange, extra=extra))


def links(exchange: Exchange) -> None:
    extra = "".join(f'<a href="/x-a{n}.html">x</a>' for n in range(150_000))
    exchange.reply(page(exchange, extra=extra))


def json_ld(text: str, exchange: Exchange) -> None:
    reply_page(exchange, head=f'<script type="application/ld+json">{text}</script>')


def long_title(exchange: Exchange) -> None:
    exchange.reply(page(exchange).replace("<h1 class", f"<h1>{'dài ' * 250_000}</h1><h1 class"))


PAGES = (
    Fault("gzip-bomb", REJECT, lambda x: bomb(x, deflated_gigabyte(31), "gzip")),
    Fault("deflate-bomb", REJECT, lambda x: bomb(x, deflated_gigabyte(15), "deflate")),
    Fault("gzip-of-gzip", REJECT, lambda x: bomb(x, gzip_in_gzip(), "gzip, gzip")),
    Fault("brotli-bomb", REJECT, lambda x: bomb(x, brotli_bomb(), "br")),
    Fault("zstd-bomb", REJECT, lambda x: bomb(x, zstd_bomb(), "zstd")),
    Fault("endless-body", REJECT, endless_body),
    Fault("hundred-encodings", REJECT, lambda x: bomb(x, b"x", ", ".join(["gzip"] * 100))),
    Fault("cut-gzip", REJECT, cut_gzip),
    Fault("cut-brotli", REJECT, lambda x: cut(x, brotli.compress(page(x).encode()), "br")),
    Fault("cut-zstd", REJECT, lambda x: cut(x, zstd.compress(page(x).encode()), "zstd")),
    Fault("cut-deflate", REJECT, lambda x: cut(x, zlib.compress(page(x).encode()), "deflate")),
    Fault("damaged-gzip", REJECT, damaged_gzip),
    Fault("cut-gzip-once", STORE, cut_once),
    Fault("deep-nesting", EITHER, deep),
    Fault("one-long-text", EITHER, lambda x: x.reply(page(x, extra=f"<p>{'a' * 5_000_000}</p>"))),
    Fault("many-links", EITHER, links),
    Fault("regex-killers", EITHER, regex_killers),
    Fault("long-title", EITHER, long_title),
    Fault("deep-json-ld", STORE, lambda x: json_ld("[" * 100_000, x)),
    Fault(
        "huge-numbers",
        STORE,
        lambda x: json_ld(
            '{"@type":"NewsArticle","datePublished":1' + "0" * 400 + ',"dateModified":'
            '"99999999-01-01","x":1e999999}',
            x,
        ),
    ),
    Fault(
        "image-bomb",
        STORE,
        lambda x: reply_page(x, extra='<img src="/anh.png" width=30000 height=30000>'),
    ),
)
