"""Statuses and headers that mislead."""

from __future__ import annotations

import datetime as dt
import gzip
from typing import TYPE_CHECKING

from tests.site.faults.model import EITHER, REJECT, STORE, Fault, page, raw_head, reply_page
from tests.site.town import http_date

if TYPE_CHECKING:
    from tests.site.exchange import Exchange

GARBAGE_WAITS = ("-5", "soon", "1e9", "٣")


def third_time_lucky(exchange: Exchange) -> None:
    if exchange.times < 3:
        exchange.reply("<h1>500</h1>", 500)
    else:
        reply_page(exchange)


def busy_until(exchange: Exchange) -> None:
    if exchange.times == 1:
        until = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=3)
        exchange.reply("busy", 503, Retry_After=http_date(until))
    else:
        reply_page(exchange)


def busy_nonsense(exchange: Exchange) -> None:
    value = GARBAGE_WAITS[(exchange.times - 1) % len(GARBAGE_WAITS)]
    exchange.reply("busy", 503, Retry_After=value.encode().decode("latin-1"))


def bot_check(exchange: Exchange) -> None:
    exchange.reply(
        "<html><head><title>Just a moment...</title></head><body><h1>Checking your browser before"
        " accessing</h1><p>This process is automatic.</p><form id='challenge-form'></form></body>"
    )


def no_length(exchange: Exchange, status: str) -> None:
    exchange.send(raw_head(status=status) + page(exchange))
    exchange.close()


def cookie_bomb(exchange: Exchange) -> None:
    exchange.fields = [("Set-Cookie", f"c{n}={'x' * 4000}; Domain=.test") for n in range(300)]
    reply_page(exchange)


def dirty_headers(exchange: Exchange) -> None:
    body = page(exchange).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nX-Nul: a\x00b\r\n"
    head += b"X-High: \xff\xfe\x1b[31m\r\nX-Fold: a\r\n  b\r\nno colon here\r\n"
    exchange.send(head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)


def moved_headers(exchange: Exchange) -> None:
    reply_with = {
        "Alt_Svc": 'h2="127.0.0.9:9"',
        "Strict_Transport_Security": "max-age=99999999; includeSubDomains",
        "Clear_Site_Data": '"*"',
    }
    exchange.reply(page(exchange), **reply_with)


PAGES = (
    Fault("http-500", REJECT, lambda x: x.reply("<h1>500</h1>", 500)),
    Fault("http-500-twice", STORE, third_time_lucky),
    Fault("retry-after-date", STORE, busy_until, "waits"),
    Fault("retry-after-huge", REJECT, lambda x: x.reply("busy", 503, Retry_After="999999999")),
    Fault("retry-after-nonsense", REJECT, busy_nonsense),
    Fault("bot-check", REJECT, bot_check),
    Fault("http-404", REJECT, lambda x: x.reply("<h1>404</h1>", 404)),
    Fault("http-410", REJECT, lambda x: x.reply("<h1>410</h1>", 410)),
    Fault("http-403", REJECT, lambda x: x.reply(page(x), 403)),
    Fault("unasked-304", REJECT, lambda x: x.head(304, "")),
    Fault("http-204", REJECT, lambda x: x.head(204, "")),
    Fault("unasked-206", REJECT, lambda x: x.reply(page(x), 206, Content_Range="bytes 0-99/900")),
    Fault("empty-200", REJECT, lambda x: x.reply(b"")),
    Fault("cookie-bomb", EITHER, cookie_bomb),
    Fault("dirty-headers", EITHER, dirty_headers),
    Fault("no-reason-phrase", EITHER, lambda x: no_length(x, "HTTP/1.1 200")),
    Fault("status-999", EITHER, lambda x: no_length(x, "HTTP/1.1 999 x")),
    Fault("status-word", REJECT, lambda x: no_length(x, "HTTP/1.1 OK OK")),
    Fault(
        "hostile-disposition",
        EITHER,
        lambda x: x.reply(
            page(x), Content_Disposition="attachment; filename=../../../../tmp/pwned-baotinh"
        ),
    ),
    Fault("gzip-label-on-plain", EITHER, lambda x: x.reply(page(x), Content_Encoding="gzip")),
    Fault("gzip-without-label", EITHER, lambda x: x.reply(gzip.compress(page(x).encode()))),
    Fault("refresh-header", REJECT, lambda x: x.reply("-", Refresh="0; url=http://127.0.0.9/")),
    Fault("moved-headers", STORE, moved_headers),
    Fault("unknown-encoding", REJECT, lambda x: x.reply(page(x), Content_Encoding="aes128gcm")),
)
