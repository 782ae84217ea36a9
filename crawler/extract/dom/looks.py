"""What the attributes of one element say of what is inside it. Pure and cached."""

from __future__ import annotations

from functools import lru_cache

from crawler.extract.dom.traits import Trait, alignment, is_bold_type, is_invisible, traits_of

Attributes = dict[str, str | None]
Look = tuple[int, int, str]
"""Traits, style and alignment of an element. A plain tuple: a page has a thousand."""

LINK, BOLD, ITALIC, MARKED = 1, 2, 4, 16
"""Styles of pieces of a line; MARKED ones lie in an inline element with a telling name."""
TAG_STYLES = {"b": BOLD, "strong": BOLD, "i": ITALIC, "em": ITALIC, "cite": ITALIC}
_TELLING = frozenset(["id", "style", "align", "type", "hidden", "itemprop", "role", "aria-modal"])
"""Attributes that say anything beside class and href."""
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-image", "data-url", "src")
_ICON = 50
"""Pixels below which a picture is an icon or a counter."""


def look_of(tag: str, attributes: Attributes, seen: list[str]) -> Look:
    """Return what an element's attributes say, and add class and id to those seen."""
    names = attributes.get("class")
    if names:
        seen.append(names)
    look = _named(tag, names, "href" in attributes)
    rel = attributes.get("rel")
    if rel and "author" in rel:
        # https://html.spec.whatwg.org/multipage/links.html#link-type-author
        look = (look[0] | Trait.BYLINE, *look[1:])
    if _TELLING.isdisjoint(attributes):
        return look
    if identifier := attributes.get("id"):
        seen.append(identifier)
    return _told(look, tag, attributes)


@lru_cache(maxsize=16384)
def _named(tag: str, names: str | None, is_link: bool) -> Look:
    own = traits_of(names) if names else Trait.NONE
    return own, _style(tag, names, None, is_link=is_link), alignment(None, None, names)


def _told(look: Look, tag: str, attributes: Attributes) -> Look:
    get = attributes.get
    own, shown, align = look
    identifier, kind, style = get("id"), get("type"), get("style")
    if identifier:
        own |= traits_of(identifier)
    if kind:
        # The editor of VCCorp writes `type="RelatedNewsBox"`; its `type="content"` is text.
        own |= traits_of(kind) & Trait.RELATED
    if (style and is_invisible(style)) or "hidden" in attributes:
        own |= Trait.HIDDEN
    if get("role") in ("dialog", "alertdialog") or get("aria-modal") == "true":
        # https://www.w3.org/TR/wai-aria-1.2/#dialog: a window in front of the page.
        own |= Trait.HIDDEN
    if get("itemprop") == "articleBody":
        own |= Trait.CONTENT
    if style:
        shown = _style(tag, get("class"), style, is_link="href" in attributes)
    if style or "align" in attributes:
        align = alignment(style, get("align"), get("class"))
    return own, shown, align


def _style(tag: str, names: str | None, style: str | None, *, is_link: bool) -> int:
    if tag == "a" and is_link:
        return LINK
    own = TAG_STYLES.get(tag)
    return own if own is not None else BOLD if is_bold_type(names, style) else 0


def image_source(attributes: Attributes) -> str | None:
    """Return where a picture lies, lazy loading included; None for icons and placeholders."""
    for name in _LAZY:
        source = (attributes.get(name) or "").strip()
        if source and not source.startswith(("data:", "blob:", "about:", "javascript:")):
            break
    else:
        return None
    for side in ("width", "height"):
        size = (attributes.get(side) or "").removesuffix("px")
        if size.isdigit() and 0 < int(size) < _ICON:
            return None
    return source
