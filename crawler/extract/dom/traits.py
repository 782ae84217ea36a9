"""What class names, ids and tags say about an element. Pure and cached: names repeat a lot."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from crawler.extract.words import load_words


class Trait:
    """What an element is, as far as its names tell: bits of an int.

    Plain ints, for a page has thousands of elements and ``enum.IntFlag`` costs ten times as much.
    """

    NONE: Final = 0
    JUNK: Final = 1
    """Navigation, sharing, advertising, related links, forms: never text of the article."""
    HIDDEN: Final = 2
    CAPTION: Final = 4
    LEAD: Final = 8
    BYLINE: Final = 16
    DATE: Final = 32
    TAGS: Final = 64
    CONTENT: Final = 128
    """Named as the place of the article's text."""
    COMMENT: Final = 256
    RELATED: Final = 512
    CRUMBS: Final = 1024
    TITLE: Final = 2048
    SOURCE: Final = 4096
    """Where a text was taken from: a credit box."""
    QUOTE: Final = 8192
    HEADER: Final = 16384
    """The top of all pages of a site: on an element that holds the headline it says nothing."""


_LONGEST = 4
"""Parts of the longest name in the lists."""
_TRAITS = {
    "junk": Trait.JUNK,
    "comment": Trait.COMMENT,
    "related": Trait.RELATED,
    "tags": Trait.TAGS,
    "crumbs": Trait.CRUMBS,
    "caption": Trait.CAPTION,
    "lead": Trait.LEAD,
    "byline": Trait.BYLINE,
    "date": Trait.DATE,
    "source": Trait.SOURCE,
    "content": Trait.CONTENT,
    "title": Trait.TITLE,
    "quote": Trait.QUOTE,
    "header": Trait.HEADER,
}
"""List of class names -> what they say."""
_HIDDEN = frozenset(
    (
        *("hidden", "hide", "d-none", "sr-only", "visuallyhidden", "visually-hidden"),
        *("screen-reader-text", "screenreader", "invisible", "is-hidden", "u-hidden"),
        *("offscreen", "noindex"),
    )
)
"""Whole names of what no reader sees."""
_DISPLAY_NONE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_ALIGN = re.compile(r"text-align\s*:\s*(right|center|end)", re.IGNORECASE)
_ALIGN_NAME = re.compile(r"(?:^|[\s-])(?:text|align)-?(right|end|center)(?=$|\s)")
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_BOLD_NAME = re.compile(r"(?:^|\s)(?:(?:font|fw|text)-?)?(?:bold|[678]00)(?=$|\s)")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


_PART = re.compile(r"[^\W\d_]+")


@cache
def _index() -> dict[tuple[str, ...], int]:
    """Every name as its parts -> what it says."""
    index: dict[tuple[str, ...], int] = {}
    for concept, trait in _TRAITS.items():
        for name in load_words(f"classes/{concept}"):
            key = tuple(_PART.findall(name))
            index[key] = index.get(key, Trait.NONE) | trait
    return index


@cache
def _first_parts() -> frozenset[str]:
    return frozenset(key[0] for key in _index())


@lru_cache(maxsize=16384)
def traits_of(names: str) -> int:
    """The traits of ``class`` and ``id`` joined by a space, as they stand in the page.

    Names count as whole parts: ``nav`` is in ``site-nav``, ``nav_top`` and ``siteNav``, not in
    ``navy``.
    """
    found: int = Trait.NONE
    for name in names.split():
        found |= _traits_of_name(name)
    return found


@lru_cache(maxsize=32768)
def _traits_of_name(name: str) -> int:
    lowered = name.lower()
    found = Trait.HIDDEN if lowered in _HIDDEN else _look_up(_PART.findall(lowered))
    if lowered != name:
        found |= _look_up(_PART.findall(_CAMEL.sub("-", name).lower()))
    return found


@cache
def _section_parts() -> frozenset[str]:
    return frozenset(load_words("classes/section"))


def _look_up(parts: list[str]) -> int:
    found, first = Trait.NONE, _first_parts()
    if first.isdisjoint(parts):
        return found
    index = _index()
    for start, part in enumerate(parts):
        if part in first:
            for size in range(1, min(_LONGEST, len(parts) - start) + 1):
                found |= index.get(tuple(parts[start : start + size]), Trait.NONE)
    if found & Trait.TITLE and not _section_parts().isdisjoint(parts):
        # `tieude-cm`, `title-cat`: the title of a section, no article's.
        found &= ~Trait.TITLE
    return found


def is_invisible(style: str) -> bool:
    """Whether an inline style hides the element."""
    return _DISPLAY_NONE.search(style) is not None


def is_bold_type(names: str | None, style: str | None) -> bool:
    """Whether class or inline style set an element in bold."""
    if names and _may_be_bold(names) and _BOLD_NAME.search(names):
        return True
    return bool(style and "font-weight" in style and _BOLD_STYLE.search(style))


def _may_be_bold(names: str) -> bool:
    return "bold" in names or "00" in names


def _may_align(names: str) -> bool:
    return "right" in names or "center" in names or "end" in names


def alignment(style: str | None, align: str | None, names: str | None = None) -> str:
    """``right``, ``center`` or empty, of ``style``, ``align`` and ``class`` of an element."""
    if align and align.lower() in ("right", "center"):
        return align.lower()
    found = _ALIGN.search(style) if style else None
    if found:
        return "center" if found[1].lower() == "center" else "right"
    named = _ALIGN_NAME.search(names) if names and _may_align(names) else None
    if named:
        return "center" if named[1] == "center" else "right"
    return ""


PLAYER = (
    "video, iframe[src*='youtube'], iframe[src*='embed'], [class*=video-player], [id*=player],"
    " .jwplayer, [class*=videoplayer], audio, [data-video], [class*=video__]"
)
"""What plays a video or a recording."""
