"""One request: what was asked, in which language, of which archive, and how to answer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, Response

from crawler.web.language import LANGUAGES, choose_language, load_language
from crawler.web.rendering import render
from storage.federation.search import Found, JointResults
from storage.federation.search import search as search_archives
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from starlette.requests import Request

    from crawler.web.language import Language
    from crawler.web.memo import Memo
    from storage.archive import Archive
    from storage.federation.archives import Archives
    from storage.search.filters import Filters

T = TypeVar("T")

COOKIE = "lang"
COOKIE_SECONDS = 365 * 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What all requests share."""

    database: str = ""
    """Name of the archive in the addresses of tables; empty for all of several archives."""
    archive: str = ""
    """Name of the archive whose pages these are, where several are served."""
    shelf: Mapping[str, str] = field(default_factory=dict)
    """Name of each of several archives -> its name in addresses and of its tables; empty: one."""
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

    def of(self, name: str) -> Site:
        """Return the site of one of several archives: its pages are under ``/in/NAME``."""
        slug = self.shelf[name]
        return replace(self, archive=name, database=slug, base=f"{self.base}{WITHIN}{slug}")

    @property
    def database_of_several(self) -> str:
        """What tells an article of one of several archives from those of the others."""
        return self.database if self.archive else ""

    @property
    def parts(self) -> Sequence[tuple[str, Site]]:
        """Name of each archive, and its site."""
        if not self.shelf or self.archive:
            return [(self.archive, self)]
        return [(name, self.of(name)) for name in self.shelf]


WITHIN = "/in/"
"""Before the name of one of several archives, in addresses of its pages."""
PATHS = frozenset(
    {
        *("article", "capture", "changes", "compare", "help", "in", "picture", "place", "places"),
        *("results", "source", "sources", "static", "watch", "watches"),
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


def name_apart_in_addresses(names: Iterable[str]) -> dict[str, str]:
    """Return name of an archive -> its name in addresses, each another."""
    found: dict[str, str] = {}
    for name in names:
        slug = base = name_database(name)
        number = 1
        while slug in found.values():
            number += 1
            slug = f"{base}-{number}"
        found[name] = slug
    return found


class Visit:
    """A request and everything needed to answer it, in the thread that reads the archives.

    Where several archives are served, a visit is one to all of them, or to the pages of one.
    """

    def __init__(
        self, site: Site, memos: Mapping[str, Memo], archives: Archives, request: Request
    ) -> None:
        self.site = site
        self.request = request
        self.params = request.query_params
        self._memos = memos
        self._archives = archives

    @cached_property
    def archive(self) -> Archive:
        """The archive whose pages are visited. Raise LookupError in a visit to several."""
        if not self.site.shelf:
            return self._archives.members[0].archive
        member = self._archives.member(self.site.archive)
        if member is None:
            raise LookupError(f"the archive {self.site.archive!r} cannot be read")
        return member.archive

    @property
    def memo(self) -> Memo:
        """Figures about the archive whose pages are visited."""
        return self._memos[self.site.archive]

    @property
    def several(self) -> bool:
        """Whether this is a visit to several archives."""
        return bool(self.site.shelf) and not self.site.archive

    def of(self, name: str) -> Visit:
        """Return a visit to the pages of one of several archives; of the only one: this."""
        if not self.several:
            return self
        return Visit(self.site.of(name), self._memos, self._archives, self.request)

    def ask(self, question: Callable[[Visit], T]) -> list[tuple[Visit, T]]:
        """Return what the pages of each archive answer; archives that cannot are left out.

        Raise QueryError where a filter means nothing in any of them, or ArchiveError where none
        can be read.
        """
        if not self.several:
            return [(self, question(self))]
        answers = self._archives.ask(lambda member: (v := self.of(member.name), question(v)))
        return [answer for _, answer in answers]

    def search(
        self,
        query: str,
        filters: Filters,
        *,
        sort: str = "relevance",
        copies: bool = False,
        limit: int = 10,
        offset: int = 0,
        facets: bool = False,
    ) -> JointResults:
        """Return the best hits of the archives visited. Raise QueryError."""
        if self.several:
            return search_archives(
                self._archives, query, filters, sort=sort, copies=copies, limit=limit,
                offset=offset, facets=facets,
            )  # fmt: skip
        hits = self.archive.search(
            query, filters, sort=sort, copies=copies, limit=limit, offset=offset, facets=facets
        )
        found = [Found(archive=self.site.archive, hit=hit) for hit in hits]
        return JointResults(found=found, total=hits.total, notes=hits.notes, facets=hits.facets)

    @property
    def lost(self) -> list[str]:
        """Names of the archives that cannot be read now, where several are visited."""
        if not self.several:
            return []
        return [name for name in self.site.shelf if self._archives.member(name) is None]

    @property
    def everything(self) -> str:
        """Address of the search in all archives."""
        base = self.site.base
        return (
            base.removesuffix(f"{WITHIN}{self.site.database}") if self.site.archive else base
        ) + "/"

    @property
    def every_archive(self) -> list[tuple[str, str]]:
        """Name and address of each of several archives."""
        root = self.everything[:-1]
        return [(name, f"{root}{WITHIN}{slug}/") for name, slug in self.site.shelf.items()]

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
        every = self.ask(lambda each: each.archive.sources.all())
        return {source.id: source.name for _, found in every for source in found}

    @property
    def origin(self) -> str:
        """Scheme and host as the reader's browser has them."""
        url = self.request.url
        return f"{url.scheme}://{url.netloc}"

    @property
    def captures(self) -> str:
        """Address of captured pages, as the reader's browser has it."""
        url = self.request.url
        address = self.site.captures_address(url.scheme, url.hostname or "127.0.0.1")
        return f"{address}{WITHIN}{self.site.database}" if self.site.archive else address

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
