"""What stands around the text of an article: section path and tags."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from crawler.extract.dom.markup import line_of
from crawler.extract.dom.traits import Trait
from crawler.extract.words import any_of
from storage.text import fold, normalize

if TYPE_CHECKING:
    from collections.abc import Iterable

    from selectolax.lexbor import LexborNode

    from crawler.extract.dom.blocks import Scan
    from crawler.extract.dom.markup import Page
    from crawler.extract.dom.structured import Structured

MAX_TAGS = 40
_CRUMB_PLACES = (
    "[class*=breadcrumb], [id*=breadcrumb], .entry-crumbs, .catename, [itemtype*=BreadcrumbList],"
    " nav[aria-label*=breadcrumb i], .title-cat, .cat-links, .cate-name, .catename-detail"
)
_NOT_TAG = re.compile(r"(?:tu khoa|tags?|chu de|keywords?|xem them|them|all)\s*:?|[\W\d_]*")
_CATEGORY = re.compile(
    r"(?:^|[\s_-])(?:cat|cate|catname|catename|category|categories|chuyen-?muc|zone|path"
    r"|danh-?muc|section)(?=$|[\s_-])",
    re.IGNORECASE,
)


@cache
def _home() -> re.Pattern[str]:
    return re.compile(rf"{any_of('sections/home')}|[\W_]*")


def section_path(
    page: Page,
    data: Structured,
    title: str,
    links: Iterable[LexborNode] = (),
    near: Iterable[LexborNode] = (),
) -> tuple[list[str], str]:
    """Names from the outermost section inwards, without home and headline; and where from.

    ``links`` are those a layout names, ``near`` the elements around the headline."""
    visible = _names([line_of(link) for link in links], title)
    if visible:
        return visible, "layout"
    for place in page.tree.css(_CRUMB_PLACES)[:12]:
        names = [line_of(link) for link in place.css("a")[:8]] or [line_of(place)]
        found = _names(names, title)
        if found and len(found) <= 5:
            return found, "breadcrumb"
    crumbs = _names(data.crumbs, title)
    if crumbs:
        return crumbs, "json-ld breadcrumb"
    found = _names(_category_links(near), title)
    if found:
        return found, "category near the headline"
    for how, names in (
        ("json-ld articleSection", data.sections[:1]),
        ("meta article:section", [page.meta("article:section") or ""]),
        ("category link", [line_of(a) for a in page.tree.css("a[rel~=category]")[:2]]),
    ):
        found = _names(names, title)
        if found:
            return found, how
    return [], ""


def _category_links(near: Iterable[LexborNode]) -> list[str]:
    """The links of the first element around the headline that is named as a category's."""
    for node in near:
        for each in (node, node.parent):
            if each is None or not _CATEGORY.search(each.attributes.get("class") or ""):
                continue
            links = each.css("a")[:6]
            if 0 < len(links) <= 5 and all(len(line_of(link)) <= 40 for link in links):
                return [line_of(link) for link in links]
    return []


def _names(names: Iterable[str], title: str) -> list[str]:
    kept: list[str] = []
    whole = fold(title).strip()
    for name in names:
        clean = normalize(name).strip(" /»›>|-:").strip()
        folded = fold(clean)
        if not clean or len(clean) > 60 or _home().fullmatch(folded) or folded == whole:
            continue
        if clean not in kept:
            kept.append(clean)
    return kept


def find_tags(
    page: Page, data: Structured, scan: Scan, links: list[LexborNode] | None = None
) -> tuple[list[str], str]:
    """The article's tags, and where from. Keywords of the meta tag are the site's and no use."""
    for how, names in (
        ("layout", [line_of(link) for link in links or ()]),
        ("visible tags", _visible_tags(page, scan)),
        ("meta article:tag", page.metas.get("article:tag", [])),
        ("json-ld keywords", _split(data.keywords)),
    ):
        found = _tags(names)
        if found:
            return found, how
    return [], ""


def _visible_tags(page: Page, scan: Scan) -> list[str]:
    """Links that are marked as tags, or stand in a box that is."""
    links = [
        link
        for link in page.tree.css("a[rel~=tag], a.tag, a.tag_item")[: 2 * MAX_TAGS]
        if "category" not in (link.attributes.get("rel") or "")
    ]
    if links:
        return [line_of(link) for link in links]
    for el, own in enumerate(scan.own):
        if own & Trait.TAGS and not own & (Trait.RELATED | Trait.COMMENT):
            names = [line_of(link) for link in scan.nodes[el].css("a")[: 2 * MAX_TAGS]]
            if names:
                return names
    return []


def _split(keywords: list[str]) -> list[str]:
    if len(keywords) == 1:
        return re.split(r"[,;]", keywords[0])
    return keywords


def _tags(names: Iterable[str]) -> list[str]:
    kept: list[str] = []
    seen: set[str] = set()
    for name in names:
        clean = normalize(name).strip(" #,;:")
        folded = fold(clean)
        if not clean or len(clean) > 80 or folded in seen or _NOT_TAG.fullmatch(folded):
            continue
        seen.add(folded)
        kept.append(clean)
    return kept[:MAX_TAGS]
