"""One parse of a page, bounded whatever the page holds.

The parser is lexbor (through selectolax): it builds the tree that browsers build, so a stray
``</html>`` before ``<head>`` or a document inside a document changes nothing. What it is slow at,
100,000 open elements or attributes, is cut before it sees the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MAX_CHARS = 6_000_000
"""Characters of a page that are read; the longest real ones have about 2 million."""
MAX_TAGS = 120_000
"""Tags of a page that are read; real ones have up to about 20,000."""
MAX_DEPTH = 300
"""Elements inside each other; deeper ones are unwrapped."""
_SUSPICIOUS_TAGS = 20_000
MAX_TAG = 20_000
"""Characters of one tag, unless it holds a picture as data."""
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{20000,}>?")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]*)([^<>]*)>")
_UNCOUNTED = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "p",
        "li",
        "dt",
        "dd",
        "td",
        "th",
        "tr",
        "tbody",
        "thead",
        "option",
    ]
)
"""Tags that have no end or may leave it out: they say nothing about depth."""
_SRC = re.compile(r"""\s(?:src|href|content|class|id)\s*=\s*(?:"[^"]*"|'[^']*')""")


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
        try:
            joined = urljoin(self.base, url.strip())
            parts = urlsplit(joined)
        except ValueError:
            return None
        return joined if parts.scheme in ("http", "https") and parts.hostname else None


def parse_page(text: str, url: str) -> Page:
    """Parse once. Never raises on any text."""
    tree = LexborHTMLParser(_bound(text), scripting=False)
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


def text_of(node: LexborNode | None) -> str:
    """All text of a node, white space collapsed."""
    if node is None:
        return ""
    return " ".join(node.text(deep=True, separator=" ").split()) if node.child else ""


def line_of(node: LexborNode | None) -> str:
    """All text of a node as one line, without the gaps that ``text_of`` leaves at inline tags."""
    return " ".join(node.text(deep=True).split()) if node is not None else ""


def _bound(text: str) -> str:
    text = text[:MAX_CHARS]
    if max(map(len, text.split(">"))) > MAX_TAG:
        text = _LONG_TAG.sub(_shorten, text)
    if text.count("<") > _SUSPICIOUS_TAGS:
        text = _flatten(text)
    return text


def _shorten(found: re.Match[str]) -> str:
    """A tag of 20,000 characters holds either one picture as data, or an attack."""
    tag = found[0]
    if tag.count("=") < 200:
        return tag
    name = re.match(r"<[A-Za-z0-9:-]{1,40}", tag)
    kept = "".join(piece[0] for piece in _SRC.finditer(tag[:20000]))
    return f"{name[0] if name else '<x'}{kept}>"


def _flatten(text: str) -> str:
    """Cut after MAX_TAGS tags, and unwrap what lies deeper than MAX_DEPTH."""
    pieces: list[str] = []
    depth = count = last = 0
    for tag in _TAG.finditer(text):
        count += 1
        if count > MAX_TAGS:
            return "".join(pieces) + text[last : tag.start()]
        closing, name = tag[1], tag[2].lower()
        if name in _UNCOUNTED or tag[3].endswith("/"):
            continue
        depth += 0 if closing else 1
        if depth > MAX_DEPTH:
            pieces.append(text[last : tag.start()])
            last = tag.end()
        depth = max(depth - 1, 0) if closing else depth
    pieces.append(text[last:])
    return "".join(pieces)
