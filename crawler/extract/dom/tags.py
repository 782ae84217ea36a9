"""What the walk does with an element, by its name alone."""

from __future__ import annotations

from crawler.extract.words import load_words

SKIPPED = frozenset(load_words("tags/skipped"))
"""Elements that hold no text of an article."""
INLINE = frozenset(load_words("tags/inline"))
"""Elements that do not end a line; all others, br aside, do."""
_IMAGES = ("img", "amp-img")
SKIP, BOX, LINE_BREAK, PICTURE, IN_LINE, APART = range(6)
"""What the walk does with an element: pass it over, pass it over unless it was opened, end a line,
note a picture, or enter it, inside a line or with lines of its own."""
BOX_TAGS = load_words("tags/boxes")
SUBHEADS = frozenset(["h2", "h3", "h4", "h5", "h6"])
"""Headings inside a text."""
HEADINGS = SUBHEADS | {"h1"}
_LINES = HEADINGS | {"p", "li", "a"}
MAX_NAMES = 1000
"""Names of elements that are remembered; pages make up their own."""


class _Kinds(dict[str, int]):
    """What the walk does with an element of each name: a table, for a page has a thousand."""

    def __missing__(self, tag: str) -> int:
        if len(self) >= MAX_NAMES:
            self.clear()
        kind = self[tag] = _kind_of(tag)
        return kind


def _kind_of(tag: str) -> int:
    if tag == "br":
        return LINE_BREAK
    if tag in _IMAGES:
        return PICTURE
    if tag in BOX_TAGS:
        return BOX
    if not tag or tag[0] == "-" or tag in SKIPPED:
        return SKIP
    return IN_LINE if tag in INLINE or ":" in tag else APART


KINDS = _Kinds()


def is_line(tag: str, around: str) -> bool:
    """Whether an inline element named so is a block: `<span id="lblTieuDe">` of old ASP.NET."""
    return tag in ("span", "label", "font") and around not in _LINES
