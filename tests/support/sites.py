"""The sample sites on loopback: each file at its address, absolute links turned to the server."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.site.server import Site, not_found
from tests.support.paths import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.site.exchange import Behaviour, Exchange

SITES = SAMPLES / "sites"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer; ``{base}`` in the body becomes the server's address."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"


def page(text: str, content_type: str = "text/html; charset=utf-8") -> Page:
    return Page(text.encode(), content_type)


def serve_pages(
    pages: Mapping[str, Page],
    *,
    origin: str = "{base}",
    routes: Mapping[str, Behaviour] | None = None,
) -> Site:
    """A site of the given pages, path with query -> page; everything else is a 404."""

    def answer(exchange: Exchange) -> None:
        wanted = pages.get(exchange.hit.target)
        if wanted is None:
            not_found(exchange)
            return
        host = urlsplit(exchange.base).netloc
        old = urlsplit(origin).netloc
        body = wanted.body.replace(origin.encode(), exchange.base.encode())
        if old:
            body = body.replace(f"http://{old}".encode(), f"http://{host}".encode())
        exchange.reply(body, content_type=wanted.content_type)

    return Site(routes or {}, answer)


def serve_sample(name: str) -> Site:
    """One of the sample sites: ``content-fck``, ``mediatech``, ``onecms``, ``vnpt``."""
    folder = SITES / name
    pages = {}
    for entry in json.loads((folder / "manifest.json").read_text(encoding="utf-8")):
        parts = urlsplit(entry["url"])
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        body = (folder / entry["file"]).read_bytes()
        pages[target] = Page(body, entry["content_type"])
    return serve_pages(pages, origin=str(read_truth(name)["base"]))


def read_truth(name: str) -> dict[str, object]:
    """The answers that belong to a sample site."""
    truth: dict[str, object] = json.loads((SITES / name / "truth.json").read_text("utf-8"))
    return truth
