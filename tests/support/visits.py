"""Pages of the reading room without a server: what one answers to an address, in this thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.routing import Match, Route

from crawler.web.app import PAGES
from crawler.web.memo import Memo
from crawler.web.visit import WITHIN, Site, Visit, name_apart_in_addresses, name_database
from storage.federation.archives import Archives, name_apart

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.responses import Response

ROUTES = [(Route(path, endpoint=view), view) for path, view in PAGES.items()]


class Reader:
    """Somebody who reads archives; in Vietnamese unless ``lang`` says otherwise."""

    def __init__(self, *paths: Path, sources_dir: Path | None = None, base: str = "") -> None:
        self.archives = Archives.open_reading(paths)
        several = len(paths) > 1
        self.site = Site(
            database="" if several else name_database(paths[0].stem),
            shelf=name_apart_in_addresses(name_apart(paths)) if several else {},
            sources_dir=sources_dir,
            base=base,
            captures_port=8002,
        )
        self.memos = {name: Memo(self._opener(name)) for name, _ in self.site.parts}

    def _opener(self, name: str) -> Callable[[], object]:
        members = {each.name if self.site.shelf else "": each for each in self.archives.members}
        return lambda: members[name].archive

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for memo in self.memos.values():
            memo.close()
        self.archives.close()

    def visit(self, address: str = "/", **headers: str) -> Visit:
        """Return the visit to an address, of one of several archives by ``/in/NAME``."""
        return self._open(address, headers)[0]

    def get(self, address: str, **headers: str) -> Response:
        """Return what is answered to an address."""
        visit, view = self._open(address, headers)
        assert view is not None, f"no page has the address {address}"
        return view(visit)

    def text(self, address: str, **headers: str) -> str:
        """Return the text of a page that is there."""
        answer = self.get(address, **headers)
        assert answer.status_code == 200
        return bytes(answer.body).decode()

    def _open(
        self, address: str, headers: dict[str, str]
    ) -> tuple[Visit, Callable[[Visit], Response] | None]:
        url = urlsplit(address)
        path, site = url.path, self.site
        for name, slug in site.shelf.items():
            if path.startswith(f"{WITHIN}{slug}/"):
                path, site = path.removeprefix(f"{WITHIN}{slug}"), self.site.of(name)
                break
        named = {"host": "kho.example:8001", "accept-language": "vi", **headers}
        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "query_string": url.query.encode(),
            "server": ("127.0.0.1", 8001),
            "headers": [
                (key.replace("_", "-").encode(), value.encode()) for key, value in named.items()
            ],
        }
        view = None
        for route, answer in ROUTES:
            match, found = route.matches(scope)
            if match is Match.FULL:
                view = answer
                scope["path_params"] = found["path_params"]
                break
        return Visit(site, self.memos, self.archives, Request(scope)), view
