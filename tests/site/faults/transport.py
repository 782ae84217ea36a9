"""Connections that break, stall, drip, lie about lengths or speak no HTTP."""

from __future__ import annotations

import os
from itertools import repeat
from typing import TYPE_CHECKING

from tests.site.faults.model import REJECT, STORE, Fault, page, raw_head, reply_page

if TYPE_CHECKING:
    from tests.site.exchange import Exchange


def slow_headers(exchange: Exchange) -> None:
    exchange.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 5000, 0.2)


def slow_body(exchange: Exchange) -> None:
    exchange.send(raw_head("Content-Length: 100000"))
    exchange.drip(page(exchange).encode() * 20, 0.2)


def truncated(exchange: Exchange) -> None:
    body = page(exchange).encode()
    exchange.send(raw_head(f"Content-Length: {len(body)}"))
    exchange.send(body[: len(body) * 6 // 10])
    exchange.close()


def chunked_without_end(exchange: Exchange) -> None:
    body = page(exchange).encode()
    exchange.send(raw_head("Transfer-Encoding: chunked"))
    for part in (body[:500], body[500:1200]):
        exchange.send(f"{len(part):x}\r\n".encode() + part + b"\r\n")
    exchange.close()


def reset_in_body(exchange: Exchange) -> None:
    body = page(exchange).encode()
    exchange.send(raw_head(f"Content-Length: {len(body)}"))
    exchange.send(body[: len(body) * 6 // 10])
    exchange.wait(0.05)
    exchange.reset()


def reset_without_length(exchange: Exchange) -> None:
    body = page(exchange).encode()
    exchange.send(raw_head("Connection: close"))
    exchange.send(body[: len(body) * 6 // 10])
    exchange.wait(0.05)
    exchange.reset()


def desync(exchange: Exchange) -> None:
    body = page(exchange).encode()
    exchange.send(raw_head(f"Content-Length: {len(body)}"))
    exchange.send(body)
    wrong = b"<html><h1>STOLEN</h1></html>"
    exchange.send(raw_head(f"Content-Length: {len(wrong)}").encode() + wrong)
    exchange.keep = True


def old_style(exchange: Exchange) -> None:
    exchange.send(page(exchange))
    exchange.close()


def garbage(exchange: Exchange) -> None:
    exchange.send(os.urandom(4096))
    exchange.close()


def informational_flood(exchange: Exchange) -> None:
    exchange.flood(repeat(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" * 50), 50_000_000)
    exchange.close()


def two_lengths(exchange: Exchange) -> None:
    body = page(exchange)
    exchange.send(raw_head("Content-Length: 100", f"Content-Length: {len(body.encode())}") + body)
    exchange.close()


def length_and_chunked(exchange: Exchange) -> None:
    body = page(exchange).encode()
    exchange.send(raw_head("Content-Length: 10", "Transfer-Encoding: chunked"))
    exchange.send(f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n")


def length(value: str, exchange: Exchange) -> None:
    exchange.send(raw_head(f"Content-Length: {value}") + page(exchange))
    exchange.close()


def endless_chunk(exchange: Exchange) -> None:
    exchange.send(raw_head("Transfer-Encoding: chunked") + "ffffffffffffffff\r\n")
    exchange.flood(repeat(b"a" * 65536), 60_000_000)
    exchange.close()


def closed_old_http(exchange: Exchange) -> None:
    exchange.send(raw_head(status="HTTP/1.0 200 OK") + page(exchange))
    exchange.close()


def endless_headers(exchange: Exchange) -> None:
    exchange.send("HTTP/1.1 200 OK\r\n")
    exchange.flood((f"X-{n}: {'a' * 8000}\r\n".encode() for n in range(20_000)), 80_000_000)
    exchange.close()


def many_headers(exchange: Exchange) -> None:
    exchange.send("HTTP/1.1 200 OK\r\n")
    exchange.flood((f"X-{n}: a\r\n".encode() for n in range(200_000)), 20_000_000)
    exchange.close()


PAGES = (
    Fault("rst-at-accept", REJECT, lambda x: x.reset()),
    Fault("never-answers", REJECT, lambda x: x.hang(), "hangs"),
    Fault("slow-headers", REJECT, slow_headers, "hangs-2"),
    Fault("slow-body", REJECT, slow_body, "hangs-3"),
    Fault("truncated-body", REJECT, truncated),
    Fault("chunked-without-end", REJECT, chunked_without_end),
    Fault("rst-in-body", REJECT, reset_in_body),
    Fault("rst-without-length", REJECT, reset_without_length),
    Fault("desync", STORE, desync),
    Fault("http-0-9", REJECT, old_style),
    Fault("garbage", REJECT, garbage),
    Fault("informational-flood", REJECT, informational_flood),
    Fault("two-lengths", REJECT, two_lengths),
    Fault("length-and-chunked", "either", length_and_chunked),
    Fault("absurd-length", REJECT, lambda x: length("1000000000000000000", x)),
    Fault("negative-length", REJECT, lambda x: length("-1", x)),
    Fault("endless-chunk", REJECT, endless_chunk),
    Fault("http-1-0", STORE, closed_old_http),
    Fault("endless-headers", REJECT, endless_headers),
    Fault("many-headers", REJECT, many_headers),
    Fault("kept-alive", STORE, reply_page),
)
