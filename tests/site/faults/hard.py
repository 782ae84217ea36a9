"""Pages that are hard to read: small on the wire, large or slow in a parser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.site.faults.model import EITHER, REJECT, STORE, Fault, page, reply_page

if TYPE_CHECKING:
    from tests.site.exchange import Behaviour, Exchange

WIDTH = 1_500_000
"""Bytes of a page that is hard to parse: below what an article may have."""


def filled(unit: str, *, head: bool = False) -> Behaviour:
    """The article with one thing over and over; ``%d`` counts."""

    def answer(exchange: Exchange) -> None:
        count = WIDTH // (len(unit.encode()) + 3)
        many = "".join([unit.replace("%d", str(n)) for n in range(count)])
        exchange.reply(page(exchange, head=many) if head else page(exchange, extra=many))

    return answer


HARD = (
    Fault("many-paragraphs", EITHER, filled("<p>x</p>")),
    Fault("many-anchors", EITHER, filled("<a>")),
    Fault("many-headings", EITHER, filled("<h1>x</h1>")),
    Fault("many-choices", EITHER, filled("<select><option>")),
    Fault("many-formats", EITHER, filled("<b><i><u><font>")),
    Fault("many-tables", EITHER, filled("<table><tr><td>")),
    Fault("many-comments", EITHER, filled("<!-- x -->")),
    Fault("many-forms", EITHER, filled("<form><input name=a%d>")),
    Fault("many-times", EITHER, filled("<time>01/11/2026 10:00</time>")),
    Fault("many-metas", EITHER, filled('<meta name="author" content="A%d">', head=True)),
    Fault("many-entities", EITHER, filled("&nbsp;&#7841;")),
    Fault("many-svg", EITHER, filled("<svg><g><path d='M0 0'>")),
    Fault("many-styles", EITHER, filled("<style>a{b:c}</style>", head=True)),
    Fault("many-frames", EITHER, filled("<iframe srcdoc='<p>x'></iframe>")),
    Fault("many-templates", EITHER, filled("<template><div>")),
    Fault(
        "many-json-ld",
        EITHER,
        filled(
            '<script type="application/ld+json">{"@type":"NewsArticle","a":"%d"}</script>',
            head=True,
        ),
    ),
    Fault(
        "many-attributes",
        EITHER,
        lambda x: x.reply(
            page(x, extra="<p " + "".join(f"a{n}=1 " for n in range(300_000)) + ">x")
        ),
    ),
    Fault(
        "hidden-attributes",
        EITHER,
        lambda x: x.reply(
            page(x, extra="<p " + "".join(f'a{n}=">"' for n in range(250_000)) + ">x")
        ),
    ),
    Fault(
        "many-classes",
        EITHER,
        lambda x: x.reply(page(x, extra=f'<p class="{"a b c " * 500_000}">x</p>')),
    ),
    Fault("long-comment", STORE, lambda x: x.reply(page(x, head=f"<!--{'-' * WIDTH}-->"))),
    Fault(
        "long-data-uri",
        STORE,
        lambda x: x.reply(page(x, extra=f'<img src="data:image/png;base64,{"A" * WIDTH}">')),
    ),
    Fault(
        "long-style", STORE, lambda x: x.reply(page(x, head=f"<style>{'a{b:c}' * 400_000}</style>"))
    ),
    Fault(
        "long-script",
        STORE,
        lambda x: x.reply(page(x, head=f"<script>var a='{'<b ' * 900_000}'</script>")),
    ),
    Fault("long-word", EITHER, lambda x: x.reply(page(x, extra=f"<p>{'ư' * 1_400_000}</p>"))),
    Fault("long-link", STORE, lambda x: x.reply(page(x, extra=f'<a href="/{"a" * WIDTH}">x</a>'))),
    Fault(
        "piled-marks", EITHER, lambda x: x.reply(page(x, extra="<p>a" + "\u0301\u0323" * 700_000))
    ),
    Fault(
        "piled-points", EITHER, lambda x: x.reply(page(x, extra="<p>a" + "\u05b0\u05b1" * 700_000))
    ),
    Fault(
        "json-ld-deep-objects",
        STORE,
        lambda x: reply_page(
            x, head='<script type="application/ld+json">' + '{"a":' * 100_000 + "</script>"
        ),
    ),
    Fault(
        "json-ld-long-digits",
        STORE,
        lambda x: reply_page(
            x,
            head='<script type="application/ld+json">{"@type":"NewsArticle","wordCount":'
            + "9" * 100_000
            + "}</script>",
        ),
    ),
    Fault("nul-crowd", EITHER, lambda x: x.reply(page(x, extra="\0" * WIDTH))),
    Fault("bad-utf-8", EITHER, lambda x: x.reply(page(x).encode() + b"\xff\xfe\xc3" * 800_000)),
    Fault("date-crowd", EITHER, filled("<p>10:00 31/02/2026 ngày 5 tháng 11 năm 2026</p>")),
    Fault(
        "byline-crowd", EITHER, filled("<p><strong>Theo Nguyễn Văn A - Trần B (TTXVN)</strong></p>")
    ),
    Fault("open-everything", EITHER, lambda x: x.reply(page(x) + "<b><p><table><a>" * 180_000)),
    Fault(
        "utf-7",
        REJECT,
        lambda x: x.reply(
            "+ADw-script+AD4-alert(1)+ADw-/script+AD4-", content_type="text/html; charset=utf-7"
        ),
    ),
    Fault(
        "codec-hex",
        EITHER,
        lambda x: x.reply(page(x).encode().hex(), content_type="text/html; charset=hex"),
    ),
    Fault(
        "codec-rot13", STORE, lambda x: x.reply(page(x), content_type="text/html; charset=rot13")
    ),
    Fault("codec-idna", STORE, lambda x: x.reply(page(x), content_type="text/html; charset=idna")),
    Fault(
        "codec-escape",
        STORE,
        lambda x: x.reply(page(x), content_type="text/html; charset=unicode_escape"),
    ),
    Fault(
        "type-long",
        EITHER,
        lambda x: x.reply(page(x), content_type="text/html; charset=" + "a" * 9000),
    ),
    Fault(
        "type-video",
        REJECT,
        lambda x: x.reply(
            b"\0\0\0\x20ftypmp42" + bytes(range(256)) * 900, content_type="video/mp4"
        ),
    ),
    Fault(
        "type-zip",
        REJECT,
        lambda x: x.reply(b"PK\x03\x04" + bytes(range(256)) * 900, content_type="application/zip"),
    ),
)
