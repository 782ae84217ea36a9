"""robots.txt in all its moods, traps without an end, and a tarpit."""

from __future__ import annotations

import functools
import html
from typing import TYPE_CHECKING

from tests.site.faults.redirects import target
from tests.site.town import Town, listing_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.site.exchange import Behaviour, Exchange

FORBIDDEN = "/cam/tin-cam-a555.html"


def robots_town(answer: Behaviour, count: int = 3) -> Town:
    """A town with that robots.txt; its feed names a forbidden page too."""
    town = Town(count)
    town.routes["/robots.txt"] = answer
    town.extra_feed = [(FORBIDDEN, "Tin cấm", None)]
    return town


def plain(text: str | bytes) -> Behaviour:
    return lambda exchange: exchange.reply(text, content_type="text/plain")


@functools.cache
def big_rules() -> bytes:
    filler = b"# " + b"x" * 97 + b"\n"
    text = filler * 4200 + b"User-agent: *\nDisallow: /cam/\n" + filler * 90_000
    return text + b"Disallow: /\n"


def big(exchange: Exchange) -> None:
    exchange.reply(big_rules(), content_type="text/plain")


def hops(exchange: Exchange) -> None:
    hop = int(exchange.hit.query.get("hop", "0"))
    if hop == 3:
        plain("User-agent: *\nDisallow: /cam/\n")(exchange)
    else:
        exchange.redirect(f"/robots.txt?hop={hop + 1}", 301)


ODD = b"\xef\xbb\xbf# quy dinh\r\nUSER-AGENT: *  # moi nguoi\rDISALLOW:/cam/\r\rCrawl-Delay:0\r"


def tarpit(exchange: Exchange) -> None:
    exchange.drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"a" * 100_000, 1.0)


ROBOTS: dict[str, tuple[Callable[[], Town], int]] = {
    "robots-404": (lambda: robots_town(lambda x: x.reply("-", 404)), 3),
    "robots-403": (lambda: robots_town(lambda x: x.reply("-", 403)), 3),
    "robots-500": (lambda: robots_town(lambda x: x.reply("-", 500)), 0),
    "robots-429": (lambda: robots_town(lambda x: x.reply("-", 429)), 0),
    "robots-hangs": (lambda: robots_town(lambda x: x.hang()), 0),
    "robots-big": (lambda: robots_town(big), 3),
    "robots-redirects": (lambda: robots_town(hops), 3),
    "robots-to-canary": (
        lambda: robots_town(lambda x: x.redirect(target("http://{canary}/robots.txt"))),
        3,
    ),
    "robots-odd": (lambda: robots_town(plain(ODD)), 3),
    "robots-deny": (lambda: robots_town(plain("User-agent: *\nDisallow: /\n")), 0),
    "robots-deny-us": (
        lambda: robots_town(plain("User-agent: *\nAllow: /\n\nUser-agent: BaoTinh\nDisallow: /")),
        0,
    ),
    "robots-delay": (
        lambda: robots_town(plain("User-agent: *\nCrawl-delay: 0.7\nDisallow: /cam/")),
        3,
    ),
    "robots-delay-huge": (
        lambda: robots_town(plain("User-agent: *\nCrawl-delay: 86400\nDisallow: /cam/"), 1),
        1,
    ),
    "robots-two-bytes": (
        lambda: robots_town(plain("User-agent: *\nDisallow: /cam/\n".encode("utf-16"))),
        3,
    ),
    "robots-html": (lambda: robots_town(lambda x: x.reply("<html><h1>404</h1></html>")), 3),
}
"""Name -> town, and how many articles must be stored."""

KEEPS_OUT = (
    "robots-big",
    "robots-redirects",
    "robots-odd",
    "robots-delay",
    "robots-two-bytes",
)
"""Towns whose robots.txt forbids /cam/ in a way that must be understood."""


def trap_town(seed: str, links: Callable[[Exchange], list[tuple[str, str]]], more: str) -> Town:
    """A town with one listing seed that leads ever deeper; every page of the trap is a listing."""
    town = Town(3)

    def show(exchange: Exchange) -> None:
        following = more.format(n=exchange.times, t=len(exchange.hit.target)) if more else None
        exchange.reply(listing_page("Lịch", links(exchange), following and html.escape(following)))

    town.routes[seed + "*"] = show
    town.routes["/tin-bay*"] = show
    return town


def lead_into(town: Town, path: str) -> Town:
    """The trap behind a link on the home page, for a source that names no seeds."""
    rows = [(path, "Lịch sự kiện"), *((piece.path, piece.title) for piece in town.latest())]
    town.routes["/"] = lambda exchange: exchange.reply(listing_page("Báo", rows, None))
    return town


def calendar(exchange: Exchange) -> list[tuple[str, str]]:
    tail = exchange.hit.path.rstrip("/").rpartition("/")[2]
    day = int(tail) if tail.isdigit() else 1
    return [(f"/lich/2026/10/{day + step}", f"Tin ngày {day + step}") for step in (1, -1, 7)]


def sessions(exchange: Exchange) -> list[tuple[str, str]]:
    token = f"{id(exchange):x}"
    return [(f"/phien/muc-{n}?sid={token}{n}", f"Mục tin tức số {n} hôm nay") for n in range(5)]


def facets(exchange: Exchange) -> list[tuple[str, str]]:
    base = exchange.hit.target
    return [(f"{base}{'&' if '?' in base else '?'}mau={n}", f"Lọc theo màu {n}") for n in range(6)]


def deeper(exchange: Exchange) -> list[tuple[str, str]]:
    return [(f"{exchange.hit.path.rstrip('/')}/sau/sau/", "Xem thêm các tin ở sâu hơn")]


TRAPS: dict[str, tuple[Callable[[], Town], str]] = {
    "calendar": (lambda: trap_town("/lich/", calendar, "/lich/2026/11/{n}"), "/lich/"),
    "session-ids": (lambda: trap_town("/phien/", sessions, "/phien/?sid={n}"), "/phien/"),
    "endless-pages": (
        lambda: trap_town("/trang/", lambda _: [(FORBIDDEN, "Tin")], "/trang/trang-{n}.html"),
        "/trang/",
    ),
    "facets": (lambda: trap_town("/loc/", facets, ""), "/loc/"),
    "deeper": (lambda: trap_town("/sau/", deeper, ""), "/sau/"),
}
"""Name -> town, and the seed; its pages never end."""
