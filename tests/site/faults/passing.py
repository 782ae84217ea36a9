"""Faults that go away by themselves: the first answer of an address is bad, later ones are good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.site.faults.bodies import spa
from tests.site.faults.http import bot_check
from tests.site.faults.manners import plain
from tests.site.faults.model import STORE, Fault, reply_page
from tests.site.town import Town

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from tests.site.exchange import Behaviour, Exchange

TRIES = 3
"""A run asks so often for a page that is busy (RETRY_TIMES)."""


def passing(bad: Behaviour, times: int = 1) -> Behaviour:
    """The fault for the first ``times`` answers, then the healthy page."""

    def behave(exchange: Exchange) -> None:
        if exchange.times <= times:
            bad(exchange)
        else:
            reply_page(exchange)

    return behave


def maintenance(exchange: Exchange) -> None:
    exchange.reply(
        "<html><head><title>Bảo trì hệ thống</title></head><body><h1>Hệ thống đang bảo trì</h1>"
        "<p>Website đang được bảo trì, nâng cấp. Vui lòng quay lại sau.</p></body></html>"
    )


def login(exchange: Exchange) -> None:
    exchange.redirect("/dang-nhap?returnUrl=/")


PAGES = (
    Fault("bot-check-passes", STORE, passing(bot_check)),
    Fault("maintenance-passes", STORE, passing(maintenance)),
    Fault("login-passes", STORE, passing(login)),
    Fault("shell-passes", STORE, passing(spa)),
    Fault("late-404", STORE, passing(lambda x: x.reply("<h1>404</h1>", 404))),
    Fault("busy-passes", STORE, passing(lambda x: x.reply("<h1>503</h1>", 503), TRIES)),
    Fault("forbidden-passes", STORE, passing(lambda x: x.reply("<h1>403</h1>", 403))),
    Fault("cut-passes", STORE, passing(lambda x: x.reset(), TRIES)),
    Fault("empty-passes", STORE, passing(lambda x: x.reply(b""))),
)
"""All must be stored by a later run of the same source, none by the first."""


def denied_town(rules: str) -> Town:
    """A town whose robots.txt forbids something at the first time, and nothing later."""
    town = Town(3)
    text = ("User-agent: *\n" + rules, "User-agent: *\nDisallow: /cam/\n")
    town.routes["/robots.txt"] = lambda x: plain(text[min(x.times, 2) - 1])(x)
    return town


def check_town() -> Town:
    """A town that shows a check for robots instead of everything, for the first run."""
    town = Town(3)
    # Every run asks for robots.txt once.
    _guard(town, bot_check, until=2, but={"/robots.txt"})
    return town


def busy_town() -> Town:
    """A town that is too busy for everything, its robots.txt too, for the first run."""
    town = Town(3)
    # A run asks once more for a robots.txt that failed.
    _guard(town, lambda x: x.reply("<h1>503</h1>", 503), until=3)
    return town


def _guard(town: Town, bad: Behaviour, *, until: int, but: Collection[str] = ()) -> None:
    """Answer badly until robots.txt is asked for that often, then as the town does."""

    def guard(show: Behaviour) -> Behaviour:
        return lambda x: bad(x) if town.count("/robots.txt") < until else show(x)

    town.fallback = guard(town.fallback)
    for path in set(town.routes) - set(but):
        town.routes[path] = guard(town.routes[path])


TOWNS: dict[str, Callable[[], Town]] = {
    "denied-passes": lambda: denied_town("Disallow: /\n"),
    "denied-pages-pass": lambda: denied_town("Allow: /rss/\nDisallow: /\n"),
    "check-passes": check_town,
    "busy-site-passes": busy_town,
}
"""Name -> town of three articles: none is had by the first run, all by a later one."""
