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


_TELLING = (
    "meta, base[href], script, time[datetime], [itemprop=datePublished],"
    " [property^='schema:date'],"
    " a[rel~=tag], a[rel~=category], a.tag, a.tag_item"
)
"""Elements that several rules ask for: looked for in one pass over the tree, not in one each."""

_RDFA = ("schema:datePublished", "schema:dateCreated")


@dataclass(slots=True, kw_only=True)
class Page:
    """A parsed page."""

    url: str
    tree: LexborHTMLParser
    base: str = ""
    """What relative addresses are relative to."""
    metas: dict[str, list[str]] = field(default_factory=dict)
    """``name``, ``property`` or ``itemprop`` in lower case -> contents in order."""
    stated: list[LexborNode] = field(default_factory=list)
    """Scripts that are JSON-LD."""
    scripts: list[LexborNode] = field(default_factory=list)
    """Scripts that stand in the page themselves, and are no JSON."""
    times: list[LexborNode] = field(default_factory=list)
    """``<time datetime>``."""
    dated: list[LexborNode] = field(default_factory=list)
    """What is marked as ``datePublished`` in microdata, or in RDFa as Drupal does it."""
    labels: list[LexborNode] = field(default_factory=list)
    """Links that are marked as tags or categories."""

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

    def is_own(self, url: str) -> bool:
        """Whether an address is the page's own: its variants for phones and its copies keep the
        last part."""
        return _last_part(url) == _last_part(self.url)

    def absolute(self, url: str) -> str | None:
        """The address as an absolute http(s) URL, else None."""
        return resolve_url(self.base, url)


def _last_part(url: str) -> str:
    return url.partition("#")[0].rstrip("/").rpartition("/")[2]


def parse_page(text: str, url: str, raw: bytes | None = None) -> Page:
    """Parse once. ``raw`` is the text in UTF-8, where it is known. Never raises on any text."""
    bounded = bound_page(text)
    tree = LexborHTMLParser(raw if raw and bounded is text else bounded, scripting=False)
    page = Page(url=url, tree=tree, base=url)
    last = 0
    for node in page.tree.css(_TELLING):
        # A node comes once for each selector that it is found by.
        if node.mem_id != last:
            last = node.mem_id
            _note(page, node, node.tag or "", node.attributes)
    return page


def _note(page: Page, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> None:
    """Keep what an element says of the page."""
    if tag == "script":
        kind = (attributes.get("type") or "").lower()
        if "ld+json" in kind:
            page.stated.append(node)
        elif "json" not in kind and "src" not in attributes:
            page.scripts.append(node)
    elif tag == "a":
        page.labels.append(node)
    elif tag == "meta":
        _note_meta(page.metas, attributes)
    elif tag == "base" and page.base == page.url:
        page.base = page.absolute(attributes.get("href") or "") or page.url
    elif tag == "time" and "datetime" in attributes:
        page.times.append(node)
    elif attributes.get("property") in _RDFA:
        page.dated.append(node)
    if attributes.get("itemprop") == "datePublished":
        page.dated.append(node)


def _note_meta(metas: dict[str, list[str]], attributes: dict[str, str | None]) -> None:
    content = attributes.get("content")
    if not content:
        return
    for key in ("name", "property", "itemprop", "http-equiv"):
        name = attributes.get(key)
        if name:
            metas.setdefault(name.lower().strip(), []).append(content.strip())


def line_of(node: LexborNode | None) -> str:
    """All text of a node as one line."""
    return " ".join(node.text(deep=True)[:MAX_TEXT].split()) if node is not None else ""
