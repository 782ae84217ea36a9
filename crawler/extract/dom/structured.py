"""What a page says about itself in JSON-LD, however broken the JSON is."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crawler.sources.shapes import is_front
from storage.text import fold_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.extract.dom.markup import Page

MAX_SCRIPTS = 30
MAX_NODES = 3000
AGREEING = 0.5
"""Share of the words of the shorter of two headlines from which they are one, edited."""
MAX_SCRIPT = 1_000_000
"""Bounds of what is read of JSON-LD: scripts a page, objects, characters a script."""

_ARTICLE = re.compile(r"(?i)(?:article|blogposting|report$|reportage|liveblog|opinion|newsitem)")
_PAGES = frozenset(["WebPage", "ItemPage", "ClaimReview", "CreativeWork"])
"""What an article is called by sites that do not say that it is one."""
_WRAPPERS = frozenset(
    ["itemlistelement", "hasPart", "comment", "isrelatedto", "mentions", "haspart", "citation"]
)
"""Properties under which other articles lie."""
_COMMA = re.compile(r",(\s*[}\]])")
_COMMENT = re.compile(r"<!--|-->|<!\[CDATA\[|\]\]>|^[ \t]*//.*$|/\*.{0,400}?\*/", re.MULTILINE)
_PAIR = re.compile(
    r'"(headline|description|datePublished|dateModified|articleSection|dateCreated|@type)"\s*:\s*'
    r'"((?:[^"\\]|\\.){0,2000})"',
    re.DOTALL,
)
_SALVAGED = {
    "headline": "headline",
    "description": "description",
    "datePublished": "published",
    "dateCreated": "published",
    "dateModified": "modified",
}
"""Property of schema.org -> field that it fills."""
_AUTHOR = re.compile(r'"author"\s*:\s*[\[{][^\[\]]{0,400}?"name"\s*:\s*"((?:[^"\\]|\\.){1,200})"')


@dataclass(slots=True, kw_only=True)
class Structured:
    """The article's own JSON-LD, flattened. Strings are raw but for entities."""

    types: list[str] = field(default_factory=list)
    headline: str | None = None
    description: str | None = None
    published: str | None = None
    modified: str | None = None
    authors: list[str] = field(default_factory=list)
    """People, or what is given without a type."""
    signed: list[str] = field(default_factory=list)
    """Whoever is said to be an author, people or not."""
    organizations: list[str] = field(default_factory=list)
    """Publishers, and authors that are said to be organisations."""
    sections: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    crumbs: list[str] = field(default_factory=list)
    """Names of the breadcrumb list, home first."""
    body: str | None = None
    language: str | None = None
    whole: bool = True
    """False when the JSON was broken and fields were salvaged one by one."""


def read_structured(page: Page) -> Structured:
    """All JSON-LD of a page. Never raises."""
    nodes: list[dict[str, Any]] = []
    broken: list[str] = []
    for script in page.stated[:MAX_SCRIPTS]:
        text = (script.text(deep=True) or "")[:MAX_SCRIPT]
        value = _load(text)
        if value is None:
            broken.append(text)
        else:
            nodes.extend(_objects(value))
    result = Structured()
    _read_types(result, nodes)
    main = _choose(page, nodes)
    if main is not None:
        _read_article(result, main, {_name(n.get("@id")): n for n in nodes if n.get("@id")})
    elif broken:
        _salvage(result, "\n".join(broken))
    return result


def _load(text: str) -> Any:
    """The value of a script, with comments and stray commas taken out only if they must be."""
    for pattern, instead in ((None, ""), (_COMMENT, " "), (_COMMA, r"\1")):
        text = pattern.sub(instead, text) if pattern else text
        try:
            return json.loads(text.strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """All objects, outer ones first, without recursion; not those listed as other articles."""
    queue: list[Any] = [value]
    seen = 0
    while queue and seen < MAX_NODES:
        item = queue.pop(0)
        seen += 1
        if isinstance(item, list):
            queue.extend(item[:200])
        elif isinstance(item, dict):
            yield item
            queue.extend(
                inner
                for key, inner in list(item.items())[:200]
                if isinstance(inner, dict | list) and key.lower() not in _WRAPPERS
            )


def _types(node: dict[str, Any]) -> list[str]:
    value = node.get("@type")
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _read_types(result: Structured, nodes: list[dict[str, Any]]) -> None:
    paths: list[list[str]] = []
    for node in nodes:
        types = _types(node)
        result.types.extend(types)
        if "BreadcrumbList" in types:
            paths.append(list(_crumbs(_listed(node.get("itemListElement")))))
    if all(len(path) < 2 for path in paths):
        # Some sites give each crumb a list of its own.
        paths = [[name for path in paths for name in path]]
    result.crumbs = max(paths, key=len)


def _crumbs(items: list[Any]) -> Iterator[str]:
    flat = [each for item in items[:12] for each in _listed(item)]
    for item in flat[:12]:
        if not isinstance(item, dict):
            continue
        inner = item.get("item")
        name = item.get("name") or (inner.get("name") if isinstance(inner, dict) else None)
        if isinstance(name, str) and name.strip():
            yield _clean(name)


def _choose(page: Page, nodes: list[dict[str, Any]]) -> dict[str, Any] | None:
    articles = [n for n in nodes if any(_ARTICLE.search(kind) for kind in _types(n))]
    found = _of_this_page(page, articles)
    for node in found:
        if node.get("headline") and node.get("datePublished"):
            return node
    if articles:
        return found[0] if found else None
    for node in nodes:
        if node.get("headline") and node.get("datePublished"):
            return node
    pages = (n for n in nodes if n.get("datePublished") and _PAGES.intersection(_types(n)))
    return next(pages, None)


def _of_this_page(page: Page, articles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those first that the page's address or title names; none that names another address as well
    as another headline. A template may give all pages one address."""
    named = [_names_address(page, node) for node in articles]
    if len(articles) < 2 and False not in named:
        return articles
    element = page.tree.css_first("title")
    stated = (page.meta("og:title") or "", element.text() if element is not None else "")
    titles = [words for words in map(_words, stated) if words]
    agree = [_agrees(_words(_text(node.get("headline")) or ""), titles) for node in articles]
    told = [
        (not (own or titled), node)
        for node, own, titled in zip(articles, named, agree, strict=True)
        if own is not False or titled is not False
    ]
    return [node for _, node in sorted(told, key=lambda each: each[0])]


def _names_address(page: Page, node: dict[str, Any]) -> bool | None:
    """Whether an object says that it is of this page, or of another; None where it names none."""
    for key in ("url", "mainEntityOfPage", "@id"):
        value = node.get(key)
        named = _name(value, "@id") or _name(value, "url")
        url = page.absolute(named) if named else None
        if url and not is_front(url.partition("?")[0]):
            return page.is_own(url)
    return None


def _words(text: str) -> set[str]:
    return set(fold_words(text))


def _agrees(headline: set[str], titles: list[set[str]]) -> bool | None:
    """Whether a headline has words enough of a title; None where one of them says nothing."""
    if not headline or not titles:
        return None
    least = AGREEING * len(headline)
    return any(len(headline & title) >= min(least, AGREEING * len(title)) for title in titles)


def _read_article(
    result: Structured, node: dict[str, Any], by_id: dict[str, dict[str, Any]]
) -> None:
    result.headline = _text(node.get("headline")) or _text(node.get("name"))
    result.description = _text(node.get("description"))
    result.published = _text(node.get("datePublished")) or _text(node.get("dateCreated"))
    result.modified = _text(node.get("dateModified"))
    result.body = _text(node.get("articleBody")) or _text(node.get("text"))
    result.language = _text(node.get("inLanguage"))
    result.sections = _texts(node.get("articleSection"))
    result.keywords = _texts(node.get("keywords"))
    result.images = [url for url in map(_image, _listed(node.get("image"))) if url]
    for author in _listed(node.get("author") or node.get("creator")):
        _read_author(result, author, by_id)
    for publisher in _listed(node.get("publisher")):
        name = _name(publisher) or _name(by_id.get(_name(publisher, "@id"), {}))
        if name:
            result.organizations.append(name)


def _read_author(result: Structured, author: Any, by_id: dict[str, dict[str, Any]]) -> None:
    kinds: list[str] = []
    if isinstance(author, dict):
        known = by_id.get(_name(author, "@id"), {})
        kinds = _types(author) or _types(known)
        names = _listed(author.get("name") or known.get("name"))
    else:
        names = [author]
    organization = any(kind.endswith("Organization") for kind in kinds)
    for name in names:
        if isinstance(name, str) and name.strip():
            (result.organizations if organization else result.authors).append(_clean(name))
            result.signed.append(_clean(name))


def _salvage(result: Structured, text: str) -> None:
    """Fields out of JSON that no parser takes, one by one."""
    result.whole = False
    for key, value in _PAIR.findall(text[:MAX_SCRIPT]):
        clean = _clean(_unescape(value))
        if key == "@type":
            result.types.append(clean)
        elif key == "articleSection":
            result.sections.append(clean)
        elif getattr(result, _SALVAGED[key]) is None:
            setattr(result, _SALVAGED[key], clean)
    result.authors = [_clean(_unescape(name)) for name in _AUTHOR.findall(text)][:20]


def _unescape(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value[:50] if isinstance(value, list) else [value]


def _name(value: Any, key: str = "name") -> str:
    if isinstance(value, dict):
        value = value.get(key)
    return _clean(value) if isinstance(value, str) else ""


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    if isinstance(value, int | float):
        value = str(value)
    return (_clean(value) or None) if isinstance(value, str) else None


def _texts(value: Any) -> list[str]:
    found = [_text(one) for one in _listed(value)]
    return [one for one in found if one]


def _image(value: Any) -> str | None:
    if isinstance(value, dict):
        value = value.get("url") or value.get("contentUrl") or value.get("@id")
    if isinstance(value, list):
        value = value[0] if value else None
    return value.strip() if isinstance(value, str) and value.strip() else None


def _clean(value: str) -> str:
    """Entities and stray surrogates out; ``&amp;quot;`` is seen escaped twice."""
    if "&" in value:
        value = html.unescape(html.unescape(value))
    return value.encode("utf-8", "ignore").decode().strip()
