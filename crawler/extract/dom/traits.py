"""What class names, ids and tags say about an element. Pure and cached: names repeat a lot."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise
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
_OF_A_HASH = re.compile(r"\d[a-z]{1,3}(?![a-z])")
"""A digit and a few letters behind it, as in ``x925ad6``: no word, but part of a number that a
machine made up."""
_LETTERS = bytes(
    ord(chr(code).lower() if chr(code).isalpha() else " ") for code in range(0x80)
).ljust(256)


@cache
def _index() -> tuple[dict[bytes, int], dict[tuple[bytes, bytes], list[tuple[list[bytes], int]]]]:
    """Names of one part -> what they say; first two parts of longer ones -> all parts, and that."""
    single: dict[bytes, int] = {}
    longer: dict[tuple[bytes, bytes], list[tuple[list[bytes], int]]] = {}
    for concept, trait in _TRAITS.items():
        for name in load_words(f"classes/{concept}"):
            parts = _parts_of(name)
            if len(parts) > 1:
                longer.setdefault((parts[0], parts[1]), []).append((parts, trait))
            else:
                single[parts[0]] = single.get(parts[0], Trait.NONE) | trait
    return single, longer


@cache
def _telling() -> frozenset[bytes]:
    """Parts one of which is in each name that says anything: the first of longer names."""
    single, longer = _index()
    return frozenset(single) | {first for first, _ in longer}


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
    found = Trait.HIDDEN if lowered in _HIDDEN else _look_up(name)
    if lowered != name and (apart := _CAMEL.sub("-", name)) != name:
        found |= _look_up(apart)
    return found


def _parts_of(name: str) -> list[bytes]:
    """The runs of letters of a name, in lower case and UTF-8: a page has hundreds of names, and no
    regular expression is as fast."""
    if name.isascii():
        return name.encode().translate(_LETTERS).split()
    return [part.encode("utf-8", "ignore") for part in _PART.findall(name.lower())]


@cache
def _section_parts() -> frozenset[bytes]:
    return frozenset(part for name in load_words("classes/section") for part in _parts_of(name))


def _look_up(name: str) -> int:
    parts = _parts_of(name)
    if _telling().isdisjoint(parts):
        return Trait.NONE  # most names, and nobody need look closer
    if _OF_A_HASH.search(name):
        parts = _parts_of(_OF_A_HASH.sub("-", name))
    single, longer = _index()
    found: int = Trait.NONE
    for part in parts:
        found |= single.get(part, Trait.NONE)
    for start, pair in enumerate(pairwise(parts)):
        for name_parts, trait in longer.get(pair, ()):
            if parts[start : start + len(name_parts)] == name_parts:
                found |= trait
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
