"""Redirects in circles, into private networks and away from the site. {canary} is filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.site.faults.model import REJECT, STORE, Fault, page, reply_page

if TYPE_CHECKING:
    from tests.site.exchange import Behaviour, Exchange

CANARY = ["127.0.0.9:9"]
"""``host:port`` of the listener nobody may touch; the test puts its own here."""

TARGETS = {
    "to-loopback": "http://{canary}/canary",
    "to-metadata": "http://169.254.169.254/latest/meta-data/",
    "to-mapped": "http://[::ffff:127.0.0.9]:{port}/",
    "to-number": "http://2130706441:{port}/",
    "to-hex": "http://0x7f.0.0.9:{port}/",
    "to-octal": "http://0177.0.0.9:{port}/",
    "to-short": "http://127.9:{port}/",
    "to-zero": "http://0.0.0.0:{port}/",
    "to-ftp": "ftp://{canary}/",
    "to-gopher": "gopher://{canary}/",
    "to-data": "data:text/html,<h1>x</h1>",
    "to-javascript": "javascript:alert(1)",
    "to-file": "file:///etc/passwd",
    "to-localhost": "http://localhost:{port}/",
    "to-userinfo": "http://chaos.test@{canary}/",
    "to-nat64": "http://[64:ff9b::7f00:9]:{port}/",
    "to-6to4": "http://[2002:7f00:9::]:{port}/",
    "to-ula": "http://[fd00::5]/",
    "to-parked": "http://parked.example/",
    "to-backslash": "http:\\\\{canary}\\",
    "to-tabbed": "http://127.0.0\t.9:{port}/",
    "to-spaced": "  http://{canary}/",
    "to-slashes": "//{canary}/canary",
    "to-wide": "http://１２７.0.0.9:{port}/",
}


def target(pattern: str) -> str:
    canary = CANARY[0]
    return pattern.format(canary=canary, port=canary.rpartition(":")[2])


def sends_to(pattern: str) -> Behaviour:
    return lambda x: x.redirect(target(pattern).encode().decode("latin-1"))


def ping(exchange: Exchange) -> None:
    exchange.redirect(exchange.hit.path + ("" if "?pong" in exchange.hit.target else "?pong"))


def five_hops(exchange: Exchange) -> None:
    hop = int(exchange.hit.query.get("hop", "0"))
    if hop == 5:
        reply_page(exchange)
    else:
        exchange.redirect(f"{exchange.hit.path}?hop={hop + 1}", (301, 302, 303, 307, 308)[hop])


def endless_hops(exchange: Exchange) -> None:
    hop = int(exchange.hit.query.get("hop", "0"))
    exchange.redirect(f"{exchange.hit.path}?hop={hop + 1}")


def after_a_retry(exchange: Exchange) -> None:
    if exchange.times == 1:
        exchange.reply("busy", 503)
    else:
        exchange.redirect(target("http://{canary}/canary"))


def meta_refresh(exchange: Exchange) -> None:
    exchange.reply(
        '<html><head><meta http-equiv="refresh" content="0;url='
        f'{target("http://{canary}/")}"></head><body></body></html>'
    )


def login(exchange: Exchange) -> None:
    exchange.reply(
        "<html><head><title>Đăng nhập</title></head><body><h1>Đăng nhập hệ thống</h1>"
        "<form method=post action=/dang-nhap><input name=user><input type=password name=pass>"
        "<button>Đăng nhập</button></form></body></html>"
    )


def private_images(exchange: Exchange) -> None:
    bad = target("http://{canary}/a.png")
    extra = (
        f'<figure><img src="{bad}" data-src="{bad}" srcset="{bad} 2x"><figcaption>Ảnh</figcaption>'
        '</figure><img src="file:///etc/passwd">'
    )
    reply_page(exchange, extra=extra, head=f'<meta property="og:image" content="{bad}">')


def hostile_base(exchange: Exchange) -> None:
    base = target("http://{canary}/")
    exchange.reply(page(exchange, head=f'<base href="{base}">', extra='<a href="x-a1.html">x</a>'))


PAGES = (
    Fault("to-itself", REJECT, lambda x: x.redirect(x.hit.path)),
    Fault("ping-pong", REJECT, ping),
    Fault("five-hops", STORE, five_hops),
    Fault("endless-hops", REJECT, endless_hops),
    *(Fault(name, REJECT, sends_to(pattern)) for name, pattern in TARGETS.items()),
    Fault("retry-then-canary", REJECT, after_a_retry),
    Fault("meta-refresh", REJECT, meta_refresh),
    Fault("to-home", REJECT, lambda x: x.redirect("/", 301)),
    Fault("to-login", REJECT, lambda x: x.redirect("/dang-nhap")),
    Fault("without-location", REJECT, lambda x: x.reply("moved", 302)),
    Fault("private-images", STORE, private_images),
    Fault("hostile-base", STORE, hostile_base),
)
ROUTES = {"/dang-nhap": login}
