"""One parse of a page, bounded whatever the page holds.

The parser is lexbor (through selectolax): it builds the tree that browsers build, so a stray
``</html>`` before ``<head>`` or a document inside a document changes nothing. What it is slow at
is cut by `crawler.bounds` before it sees the page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from crawler.bounds import bound_page
from storage.urls import resolve_url

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode


MAX_TEXT = 400_000
"""Characters of one line, or of all that one element shows, that are read."""


@dataclass(slots=True, kw_only=True)
class Page:
    """A parsed page."""

    url: str
    tree: LexborHTMLParser
    base: str = ""
    """What relative addresses are relative to."""
    metas: dict[str, list[str]] = field(default_factory=dict)
    """``name``, ``property`` or ``itemprop`` in lower case -> contents in order."""

    @property
    def host(self) -> str:
        """The site's name, without port."""
        return self.url.partition("://")[2].partition("/")[0].partition(":")[0].lower()

    def meta(self, *names: str) -> str | None:
        """The first content that is not empty, in the order of the names."""
        for name in names:
            for content in self.metas.get(name, ()):
                if content:
                    return content
        return None

    def absolute(self, url: str) -> str | None:
        """The address as an absolute http(s) URL, else None."""
        return resolve_url(self.base, url)


def parse_page(text: str, url: str) -> Page:
    """Parse once. Never raises on any text."""
    tree = LexborHTMLParser(bound_page(text), scripting=False)
    page = Page(url=url, tree=tree, base=url)
    for node in tree.css("meta"):
        attributes = node.attributes
        content = attributes.get("content")
        if not content:
            continue
        for key in ("name", "property", "itemprop", "http-equiv"):
            name = attributes.get(key)
            if name:
                page.metas.setdefault(name.lower().strip(), []).append(content.strip())
    base = tree.css_first("base[href]")
    if base is not None:
        page.base = page.absolute(base.attributes.get("href") or "") or url
    return page


def line_of(node: LexborNode | None) -> str:
    """All text of a node as one line."""
    return " ".join(node.text(deep=True)[:MAX_TEXT].split()) if node is not None else ""
