"""One request: what was asked, in which language, of which archive, and how to answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, Response

from crawler.web.language import LANGUAGES, choose_language, load_language
from crawler.web.rendering import render
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from starlette.requests import Request

    from crawler.web.language import Language
    from crawler.web.memo import Memo
    from storage.archive import Archive

COOKIE = "lang"
COOKIE_SECONDS = 365 * 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What all requests share."""

    database: str
    """Name of the archive in the addresses of tables."""
    sources_dir: Path | None = None
    """Source files of the user's own."""
    base: str = ""
    """Path under which a proxy shows the pages, e.g. ``/baotinh``; empty at the root."""
    captures_url: str = ""
    """Address of the origin that shows captured pages; empty: this host, at ``captures_port``."""
    captures_port: int = 0

    def captures_address(self, scheme: str, host: str) -> str:
        """Return where captured pages are, for who sees this server under a scheme and a host."""
        if self.captures_url:
            return self.captures_url.rstrip("/")
        host = f"[{host}]" if ":" in host else host
        return f"{scheme}://{host}:{self.captures_port}"

    def path(self, path: str, params: Iterable[tuple[str, str]] = ()) -> str:
        """Return an address on this site; parameters without a value are left out."""
        query = urlencode([(name, value) for name, value in params if value])
        return f"{self.base}{path}" + (f"?{query}" if query else "")


PATHS = frozenset(
    {
        *("article", "capture", "changes", "compare", "help", "place", "places", "results"),
        *("source", "sources", "static", "watch", "watches"),
    }
)
"""First parts of our own addresses."""


def name_database(stem: str) -> str:
    """Return the name of an archive in the addresses of tables: plain letters, and none of ours.

    ``stem`` is the name of its file without the ending.
    """
    plain = "".join(c if c.isascii() and c.isalnum() else " " for c in fold(stem))
    name = "-".join(plain.split()) or "archive"
    return f"{name}-db" if name in PATHS else name


class Visit:
    """A request and everything needed to answer it, in the thread that reads the archive."""

    def __init__(self, site: Site, memo: Memo, archive: Archive, request: Request) -> None:
        self.site = site
        self.memo = memo
        self.archive = archive
        self.request = request
        self.params = request.query_params

    @cached_property
    def language(self) -> Language:
        """The reader's language."""
        return load_language(
            choose_language(
                self.params.get(COOKIE),
                self.request.cookies.get(COOKIE),
                self.request.headers.get("accept-language", ""),
            )
        )

    @cached_property
    def names(self) -> dict[str, str]:
        """Source id -> name of the outlet."""
        return {source.id: source.name for source in self.archive.sources.all()}

    @property
    def origin(self) -> str:
        """Scheme and host as the reader's browser has them."""
        url = self.request.url
        return f"{url.scheme}://{url.netloc}"

    @property
    def captures(self) -> str:
        """Address of captured pages, as the reader's browser has it."""
        url = self.request.url
        return self.site.captures_address(url.scheme, url.hostname or "127.0.0.1")

    def path(self, path: str, params: Iterable[tuple[str, str]] = ()) -> str:
        """Return an address on this site."""
        return self.site.path(path, params)

    def address(self, path: str, params: Iterable[tuple[str, str]] = ()) -> str:
        """Return an address on this site that can be used elsewhere."""
        return self.origin + self.site.path(path, params)

    def render(self, template: str, /, status: int = 200, **values: Any) -> Response:
        """Return a page; a language that was asked for is kept."""
        text = render(self.language, template, visit=self, languages=self._languages(), **values)
        response = HTMLResponse(text, status_code=status)
        response.headers["vary"] = "accept-language, cookie"
        if self.params.get(COOKIE) in LANGUAGES:
            path = self.site.base or "/"
            response.set_cookie(
                COOKIE, self.language.code, COOKIE_SECONDS, path=path, httponly=True, samesite="lax"
            )
        return response

    def missing(self, what: str) -> Response:
        """Return a page that says in one sentence, in the reader's language, what is not there."""
        return self.render("problem.html", status=404, sentence=what)

    def _languages(self) -> list[tuple[str, str, str]]:
        """Code, name and address of this page in each other language."""
        others = [pair for pair in self.params.multi_items() if pair[0] != COOKIE]
        path = self.request.url.path
        return [
            (code, name, self.path(path, [*others, (COOKIE, code)]))
            for code, name in LANGUAGES.items()
            if code != self.language.code
        ]
