"""Further spellings of the same attacks: framing, statuses, encodings, addresses."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import brotli
from backports import zstd

from tests.site.faults.hard import HARD
from tests.site.faults.model import EITHER, REJECT, STORE, Fault, page, raw_head
from tests.site.faults.redirects import sends_to, target

if TYPE_CHECKING:
    from tests.site.exchange import Behaviour, Exchange

# --- framing -------------------------------------------------------------------------------------


def chunked(
    *heads: str, extension: str = "", trailer: str = "", size: str = "{0:x}", end: str = "\r\n"
) -> Behaviour:
    """The article in chunks, written as given."""

    def answer(exchange: Exchange) -> None:
        body = page(exchange).encode()
        exchange.send(raw_head(*(heads or ("Transfer-Encoding: chunked",))))
        for part in (body[:700], body[700:]):
            line = size.format(len(part)) + extension + end
            exchange.send(line.encode() + part + end.encode())
        exchange.send(f"0{end}{trailer}{end}")
        exchange.keep = False

    return answer


def raw(head: bytes, tail: bytes = b"") -> Behaviour:
    """The article behind a head of one's own, connection closed after it."""

    def answer(exchange: Exchange) -> None:
        body = page(exchange).encode()
        exchange.send(head.replace(b"{n}", str(len(body)).encode()) + body + tail)
        exchange.close()

    return answer


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
FRAMING = (
    Fault("chunk-extensions", STORE, chunked(extension=';a=b;c="d"')),
    Fault("chunk-trailers", STORE, chunked(trailer="X-Digest: abc\r\nX-More: 1\r\n")),
    Fault("chunk-zeros", STORE, chunked(size="0000{0:x}")),
    Fault("chunk-plus", REJECT, chunked(size="+{0:x}")),
    Fault("chunk-minus", REJECT, chunked(size="-{0:x}")),
    Fault("chunk-hex-mark", REJECT, chunked(size="0x{0:x}")),
    Fault("chunk-underscore", REJECT, chunked(size="0_{0:x}")),
    Fault("chunk-bare-lf", EITHER, chunked(end="\n")),
    Fault("chunk-long-extension", REJECT, chunked(extension=";" + "a" * 100_000)),
    Fault("chunked-twice", EITHER, chunked("Transfer-Encoding: chunked, chunked")),
    Fault(
        "chunked-in-two-headers",
        EITHER,
        chunked("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
    ),
    Fault("transfer-unknown", EITHER, chunked("Transfer-Encoding: xchunked")),
    Fault("transfer-gzip", EITHER, chunked("Transfer-Encoding: gzip, chunked")),
    Fault("bare-lf-headers", EITHER, raw(OK.replace(b"\r", b"") + b"Content-Length: {n}\n\n")),
    Fault("length-plus", EITHER, raw(OK + b"Content-Length: +{n}\r\n\r\n")),
    Fault("length-list", EITHER, raw(OK + b"Content-Length: {n}, {n}\r\n\r\n")),
    Fault("length-word", EITHER, raw(OK + b"Content-Length: many\r\n\r\n")),
    Fault("surplus-bytes", STORE, raw(OK + b"Content-Length: {n}\r\n\r\n", b"STOLEN" * 100)),
    Fault("folded-header", EITHER, raw(OK + b"X-A: b\r\n c\r\n\td\r\nContent-Length: {n}\r\n\r\n")),
    Fault("long-reason", EITHER, raw(b"HTTP/1.1 200 " + b"a" * 100_000 + OK[15:] + b"\r\n")),
    Fault("one-long-header", REJECT, raw(OK + b"X-A: " + b"a" * 500_000 + b"\r\n\r\n")),
    Fault("http-2-frames", REJECT, raw(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18))),
    Fault("http-3-0", EITHER, raw(OK.replace(b"1.1", b"3.0") + b"Content-Length: {n}\r\n\r\n")),
    Fault("status-lower-case", EITHER, raw(OK.replace(b"HTTP", b"http") + b"\r\n")),
    Fault("nothing-at-all", REJECT, lambda x: x.close()),
    Fault("switching-protocols", REJECT, lambda x: x.head(101, "", Upgrade="h2c")),
    Fault(
        "header-injection",
        EITHER,
        raw(OK + b"X-A: b\rSet-Cookie: c=d\r\nContent-Length: {n}\r\n\r\n"),
    ),
)

# --- statuses ------------------------------------------------------------------------------------

STATUSES = tuple(
    Fault(f"http-{status}", REJECT, lambda x, status=status: x.reply(page(x), status))
    for status in (201, 202, 203, 226, 300, 305, 402, 407, 418, 421, 451, 501, 511, 520)
)

# --- encodings -----------------------------------------------------------------------------------


def packed(exchange: Exchange, body: bytes, encoding: str) -> None:
    exchange.reply(body, Content_Encoding=encoding)


def gzip_with_everything(body: bytes) -> bytes:
    """A gzip member with extra field, name, comment and header checksum."""
    head = b"\x1f\x8b\x08\x1e\0\0\0\0\0\xff" + b"\x04\0abcd" + b"../../etc/passwd\0" + b"\x1b[2J\0"
    head += (zlib.crc32(head) & 0xFFFF).to_bytes(2, "little")
    return head + gzip.compress(body, mtime=0)[10:]


def bare_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(body) + packer.flush()


def twice(body: bytes) -> bytes:
    middle = len(body) // 2
    return gzip.compress(body[:middle]) + gzip.compress(body[middle:])


def encoded(make, encoding: str):  # type: ignore[no-untyped-def]
    return lambda x: packed(x, make(page(x).encode()), encoding)


ENCODINGS = (
    Fault("gzip-upper-case", STORE, encoded(gzip.compress, "GZIP")),
    Fault("gzip-old-name", STORE, encoded(gzip.compress, "x-gzip")),
    Fault("gzip-full-header", STORE, encoded(gzip_with_everything, "gzip")),
    Fault("gzip-two-members", STORE, encoded(twice, "gzip")),
    Fault("gzip-padded", STORE, encoded(lambda b: gzip.compress(b) + bytes(512), "gzip")),
    Fault("gzip-second-cut", REJECT, encoded(lambda b: twice(b)[:-30], "gzip")),
    Fault(
        "gzip-in-brotli", STORE, encoded(lambda b: brotli.compress(gzip.compress(b)), "gzip, br")
    ),
    Fault("gzip-thrice", REJECT, encoded(gzip.compress, "gzip, gzip, gzip")),
    Fault("gzip-of-nothing", REJECT, lambda x: packed(x, gzip.compress(b""), "gzip")),
    Fault("gzip-crowd", REJECT, lambda x: packed(x, gzip.compress(b"") * 180_000, "gzip")),
    Fault("zstd-crowd", REJECT, lambda x: packed(x, zstd.compress(b"") * 300_000, "zstd")),
    Fault("gzip-wrong-size", REJECT, encoded(lambda b: gzip.compress(b)[:-1] + b"\x7f", "gzip")),
    Fault("deflate-bare", STORE, encoded(bare_deflate, "deflate")),
    Fault("brotli-on-plain", REJECT, encoded(bytes, "br")),
    Fault("zstd-on-plain", EITHER, encoded(bytes, "zstd")),
    Fault("deflate-on-plain", REJECT, encoded(bytes, "deflate")),
    Fault(
        "zstd-wide-window",
        REJECT,
        lambda x: packed(x, b"\x28\xb5\x2f\xfd\x00\xff" + bytes(90), "zstd"),
    ),
    Fault("encoding-empty", STORE, encoded(bytes, " , ")),
    Fault("encoding-identity", STORE, encoded(bytes, "identity")),
    Fault("encoding-compress", REJECT, encoded(bytes, "compress")),
)

# --- where a redirect may not lead ---------------------------------------------------------------

TARGETS = {
    "short-zero": "http://0/",
    "no-address": "http://[::]:{port}/",
    "v6-loopback": "http://[::1]:{port}/",
    "v6-long": "http://[0:0:0:0:0:0:0:1]:{port}/",
    "v6-zone": "http://[fe80::1%25lo]:{port}/",
    "v6-mapped-hex": "http://[::ffff:7f00:9]:{port}/",
    "v6-compatible": "http://[::127.0.0.9]:{port}/",
    "v6-broken": "http://[::1:{port}/",
    "final-dot": "http://127.0.0.9.:{port}/",
    "localhost-dot": "http://localhost.:{port}/",
    "localhost-loud": "HTTP://LOCALHOST:{port}/",
    "mixed-bases": "http://0x7f.0.0.011:{port}/",
    "big-octal": "http://017700000011:{port}/",
    "big-hex": "http://0x7F000009:{port}/",
    "leading-zeros": "http://0000127.0.0.9:{port}/",
    "overflow": "http://127.0.0.265:{port}/",
    "ideographic-dots": "http://127。0。0。9:{port}/",
    "circled-digits": "http://①②⑦.⓪.⓪.⑨:{port}/",
    "percent-host": "http://%31%32%37.0.0.9:{port}/",
    "soft-hyphen": "http://127.0.0\u00ad.9:{port}/",
    "zero-width": "http://127.0.0\u200b.9:{port}/",
    "name-service": "http://127.0.0.9.nip.io:{port}/",
    "metadata-name": "http://metadata.google.internal/",
    "homograph": "http://bа\u043elongan.vn:{port}/",
    "punycode": "http://xn--bolongan-2ya.vn/",
    "user-is-site": "http://127.0.0.1@{canary}/",
    "fragment-host": "http://{canary}#@127.0.0.1/",
    "query-host": "http://{canary}?@127.0.0.1/",
    "backslash-user": "http://127.0.0.1\\@{canary}/",
    "one-slash": "http:/{canary}/",
    "no-slash": "http:{canary}/",
    "three-slashes": "///{canary}/",
    "slash-backslash": "/\\{canary}/",
    "scheme-tls": "https://{canary}/",
    "port-large": "http://{canary}99999/",
    "port-zero": "http://127.0.0.9:0/",
    "port-empty": "http://127.0.0.9:/",
    "port-other": "http://127.0.0.1:22/",
    "scheme-jar": "jar:http://{canary}/!/a",
    "scheme-view": "view-source:http://{canary}/",
    "scheme-socket": "ws://{canary}/",
    "scheme-blob": "blob:http://{canary}/a",
    "scheme-none": "://{canary}/",
    "endless": "http://{canary}/" + "a" * 9000,
}


def two_places(exchange: Exchange) -> None:
    exchange.fields = [("Location", target("http://{canary}/b"))]
    exchange.redirect(target("http://{canary}/a"))


def late_redirect(exchange: Exchange) -> None:
    """Away, busy, and only then inwards: a redirect, a retry and a redirect."""
    if "?next" not in exchange.hit.target:
        exchange.redirect(f"{exchange.hit.path}?next", 307)
    elif exchange.times == 2:
        exchange.reply("busy", 503)
    else:
        exchange.redirect(target("http://{canary}/canary"), 308)


PLACES = (
    *(Fault(f"place-{name}", REJECT, sends_to(pattern)) for name, pattern in TARGETS.items()),
    Fault("place-injected", REJECT, raw(b"HTTP/1.1 302 No\r\nLocation: /a\r\x00b\r\n\r\n")),
    Fault("place-twice", REJECT, two_places),
    Fault("place-late", REJECT, late_redirect),
    Fault("place-empty", REJECT, lambda x: x.redirect("")),
    Fault("place-fragment", REJECT, lambda x: x.redirect(x.hit.path + "#a")),
    Fault("place-query-mark", REJECT, lambda x: x.redirect("?")),
    Fault("place-with-200", STORE, lambda x: x.reply(page(x), Location=target("http://{canary}/"))),
    Fault(
        "place-with-201", REJECT, lambda x: x.reply("", 201, Location=target("http://{canary}/"))
    ),
    Fault(
        "place-content",
        STORE,
        lambda x: x.reply(page(x), Content_Location=target("http://{canary}/")),
    ),
    Fault(
        "place-link",
        STORE,
        lambda x: x.reply(page(x), Link=target("<http://{canary}/>; rel=preload")),
    ),
    Fault(
        "place-canonical",
        STORE,
        lambda x: x.reply(
            page(x).replace('rel="canonical" href="http://127', 'rel="canonical" href="http://169')
        ),
    ),
)

HANGING = frozenset({"switching-protocols"})
LANES = {
    "framing": FRAMING[:14],
    "framing-2": FRAMING[14:],
    "statuses": STATUSES,
    "encodings": ENCODINGS,
    "places": PLACES,
    "hard": HARD,
}
PAGES = tuple(
    Fault(fault.name, fault.expect, fault.behave, "hangs-4" if fault.name in HANGING else lane)
    for lane, faults in LANES.items()
    for fault in faults
)
