"""How to search, cite and subscribe; and what robots are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

from crawler.web.pages.asked import watch_params

if TYPE_CHECKING:
    from starlette.responses import Response

    from crawler.web.visit import Visit


def show_help(visit: Visit) -> Response:
    """Answer ``/help``."""
    return visit.render("help.html")


def show_watches(visit: Visit) -> Response:
    """Answer ``/watches``: the saved searches with their feeds."""
    watches = [
        (watch, part.path("/", watch_params(watch)), part.path(f"/watch/{watch.slug}.atom"))
        for part, found in visit.ask(lambda each: each.archive.watches.all())
        for watch in found
    ]
    return visit.render("watches.html", watches=watches)


def send_robots(visit: Visit) -> Response:  # noqa: ARG001 - every page gets a visit
    """Answer ``/robots.txt``: archived news is not to be indexed a second time."""
    return PlainTextResponse("User-agent: *\nDisallow: /\n")
