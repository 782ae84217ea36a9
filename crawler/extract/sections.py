"""What stands around the text of an article: section path and tags."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from crawler.extract.dom.lines import is_related_heading, is_sentence
from crawler.extract.dom.markup import line_of
from crawler.extract.dom.traits import Trait, traits_of
from crawler.extract.words import any_of
from storage.text import CACHED_LENGTH, fold, normalize

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from selectolax.lexbor import LexborNode

    from crawler.extract.dom.blocks import Scan
    from crawler.extract.dom.markup import Page
    from crawler.extract.dom.structured import Structured

MAX_TAGS = 40
NEAR, LABEL = "category near the headline", "label above the headline"
LONGEST_LABEL = 40
"""Characters of the name of a section that stands above a headline."""
FEW_LABELS = 3
"""Short lines above a headline that can be a path; more are a menu."""
_CRUMBS = (
    "[class*=breadcrumb], [id*=breadcrumb], [itemtype*=BreadcrumbList],"
    " nav[aria-label*=breadcrumb i], .cat-links"
)
"""Breadcrumbs, wherever they stand; those of WordPress stand in the article's own footer."""
_CRUMB_NAMES = frozenset(["entry-crumbs", "title-cat", "cate-name"])
_CRUMB_PART = "catename"
"""Classes, and a part of some, of places that name the section, in no menu."""
MAX_CRUMB_PLACES = 12
CUT_HEADLINE = 15
"""Characters of a headline that was cut; some begin with the name of their section."""
_MOMENT = re.compile(r"\d[/:.-]\d")
"""Part of a date or a clock."""
_SITE_PARTS = frozenset(["header", "nav", "aside"])
_OF_THE_DAY = re.compile(
    r"(?i)(?:^|[\s_-])(?:hot|trend|trends|trending|cloud|tagcloud|popular|noi-?bat|nong)(?=$|[\s_-])"
)
"""Names of boxes with the tags and topics of the day."""
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
    labels: Iterable[str] = (),
    classes: Collection[str] = (),
) -> tuple[list[str], str]:
    """Names from the outermost section inwards, without home and headline; and where from.

    ``links`` are those a layout names, ``near`` the elements around the headline, ``labels`` the
    short lines above it (``labels_above``), ``classes`` those of the page outside its menus."""
    visible = _names([line_of(link) for link in links], title, page.url)
    if visible:
        return visible, "layout"
    for place in page.tree.css(crumb_places(classes))[:MAX_CRUMB_PLACES]:
        if _is_related(place):
            continue
        found = _names(_crumbs_of(place), title, page.url)
        if found and len(found) <= 5:
            return found, "breadcrumb"
    crumbs = _names(data.crumbs, title, page.url)
    if crumbs:
        return crumbs, "json-ld breadcrumb"
    for how, names in ((NEAR, _category_links(near)), (LABEL, labels)):
        found = _names(names, title, page.url)
        if found:
            return found, how
    for how, names in (
        ("json-ld articleSection", data.sections[:1]),
        ("meta article:section", [page.meta("article:section") or ""]),
        ("category link", [line_of(link) for link in _related_to(page, "category")[:2]]),
    ):
        found = _names(names, title, page.url)
        if found:
            return found, how
    return [], ""


def crumb_places(classes: Collection[str]) -> str:
    """Return the selector of what may name the section of a page with these classes: to look for
    one class costs as much as to look at the whole page."""
    named = [f".{name}" for name in sorted(_CRUMB_NAMES.intersection(classes))]
    if _CRUMB_PART in " ".join(classes):
        named.append(f"[class*={_CRUMB_PART}]")
    return ", ".join([_CRUMBS, *named])


def _crumbs_of(place: LexborNode) -> list[str]:
    """The links of a breadcrumb and what stands behind the last one, or its only line."""
    names = [line_of(link) for link in place.css("a")[:8]]
    behind = line_of(place)
    for name in names:
        behind = behind.partition(name)[2] if name else behind
    return [*names, behind]


def _is_related(node: LexborNode) -> bool:
    """Whether an element lies in a box of links to other articles."""
    at: LexborNode | None = node
    while at is not None:
        names = f"{at.attributes.get('class') or ''} {at.attributes.get('id') or ''}"
        if traits_of(names) & Trait.RELATED:
            return True
        at = at.parent
    return False


def labels_above(scan: Scan, headline: int, page: Page) -> list[str]:
    """Short lines right above the headline that name sections: the page's menu names them too, or
    the address does."""
    found: list[str] = []
    for block in reversed(scan.blocks[max(0, headline - FEW_LABELS - 1) : headline]):
        if block.image or not 2 < len(block.text) <= LONGEST_LABEL or is_sentence(block.text):
            break
        found.insert(0, block.text)
    if len(found) > FEW_LABELS:
        return []
    linked = {
        fold(block.text).strip()
        for index, block in enumerate(scan.blocks if found else ())
        if block.links * 10 >= len(block.text) * 9
        and len(block.text) <= CACHED_LENGTH
        and not block.image
        and not headline - FEW_LABELS <= index <= headline
    }
    return [name for name in found if fold(name).strip() in linked or f"{_slug(name)}/" in page.url]


def _slug(name: str) -> str:
    """How addresses write the name of a section."""
    return f"/{'-'.join(re.findall(r'[a-z0-9]+', fold(name)))}"


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


def _names(names: Iterable[str], title: str, url: str) -> list[str]:
    kept: list[str] = []
    whole = fold(title).strip()
    for name in names:
        clean = normalize(name).strip(" /»›>|-:").strip()
        folded = fold(clean)
        if not clean or len(clean) > 60 or _home().fullmatch(folded) or _is_headline(folded, whole):
            continue
        if _MOMENT.search(clean) or (is_related_heading(clean) and _slug(clean) not in url):
            continue
        if clean not in kept:
            kept.append(clean)
    return kept


def _is_headline(name: str, title: str) -> bool:
    """Whether a crumb is the headline, cut short or not."""
    start = name.rstrip(" .…")
    return name == title or (len(start) >= CUT_HEADLINE and title.startswith(start))


def find_tags(
    page: Page,
    data: Structured,
    scan: Scan,
    links: list[LexborNode] | None = None,
    headline: int | None = None,
) -> tuple[list[str], str]:
    """The article's tags, and where from. Keywords of the meta tag are the site's and no use;
    so are tags that stand above the headline."""
    for how, names in (
        ("layout", [line_of(link) for link in links or ()]),
        ("visible tags", _visible_tags(page, scan, headline)),
        ("meta article:tag", _split(page.metas.get("article:tag", []))),
        ("json-ld keywords", _split(data.keywords)),
    ):
        found = _tags(names)
        if found:
            return found, how
    return [], ""


def _visible_tags(page: Page, scan: Scan, headline: int | None) -> list[str]:
    """Links that are marked as tags, or stand in a box that is."""
    known: dict[int, bool] = {}
    links = [
        link
        for link in page.labels[: 2 * MAX_TAGS]
        if "category" not in (link.attributes.get("rel") or "") and not _is_site_wide(link, known)
    ]
    if links and not _stands_above(scan, links[-1], headline):
        return [line_of(link) for link in links]
    for el, own in enumerate(scan.own):
        if not own & Trait.TAGS or own & (Trait.RELATED | Trait.COMMENT):
            continue
        box = scan.nodes[el]
        names = [line_of(link) for link in box.css("a")[: 2 * MAX_TAGS]]
        if names and not _is_site_wide(box, known) and not _stands_above(scan, box, headline):
            return names
    return []


def _related_to(page: Page, kind: str) -> list[LexborNode]:
    """Links with a word in their ``rel``."""
    return [link for link in page.labels if kind in (link.attributes.get("rel") or "").split()]


def _is_site_wide(node: LexborNode, known: dict[int, bool]) -> bool:
    """Whether tags stand where the site shows those of the day: in its head, foot, menu or side
    bar, or in a box named after what is hot. ``known`` is what was found of elements, by
    ``mem_id``: most tags stand beside each other."""
    inside: list[int] = []
    found = False
    at: LexborNode | None = node
    while not found and at is not None and at.tag not in ("article", "main", "body"):
        inside.append(at.mem_id)
        if at.mem_id in known:
            found = known[at.mem_id]
            break
        found = _is_of_site(at)
        at = at.parent
    known.update(dict.fromkeys(inside, found))
    return found


def _is_of_site(node: LexborNode) -> bool:
    """Whether an element is a part of the site around its articles."""
    attributes, around = node.attributes, node.parent
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    of_page = node.tag == "footer" and around is not None and around.tag == "body"
    return of_page or node.tag in _SITE_PARTS or _OF_THE_DAY.search(names) is not None


def _stands_above(scan: Scan, node: LexborNode, headline: int | None) -> bool:
    """Whether an element ends before the headline."""
    if headline is None:
        return False
    place = {each.mem_id: el for el, each in enumerate(scan.nodes)}
    at: LexborNode | None = node
    while at is not None and at.mem_id not in place:
        at = at.parent
    if at is None:
        return False
    el = place[at.mem_id]
    return scan.starts[el] < headline and not scan.inside(scan.blocks[headline].el, el)


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
