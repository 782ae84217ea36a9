"""What of a page reaches a parser: a tree costs fifty times the text that asks for it. Pure.

Parsers are linear in honest pages only. Attributes are compared with each other, open elements
are walked for every end tag, and four megabytes of ``<a>`` are a tree of hundreds: what no honest
page has is cut before a parser sees it.
"""

from __future__ import annotations

import re

MAX_CHARS = 6_000_000
"""Characters of a page that are read; the longest real ones have about 2 million."""
MAX_TAGS = 60_000
"""Tags and comments of a page that are read; real ones have up to about 20,000."""
MAX_DEPTH = 300
"""Elements inside each other; deeper ones are unwrapped."""
MAX_ATTRIBUTES = 300
"""Attributes of one tag that are read."""
_SUSPICIOUS = 20_000
"""Tags below which a page is too small to be nested deep enough for harm."""

_VALUE = r"""\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+"""
_ATTRIBUTE = rf"(?:[\s/]++|[^\s/>=][^\s/>=]*+(?:{_VALUE})?+|=)"
_MARK = re.compile(
    rf"<(?:(?:script|style)\b{_ATTRIBUTE}*+>[^<]*+(?:<(?!/(?:script|style)\b)[^<]*+)*+"
    rf"|(/?)([a-z][^\s/>]*+){_ATTRIBUTE}{{0,{2 * MAX_ATTRIBUTES}}}+({_ATTRIBUTE}*+)>?"
    r"|!--[^-]*+(?:-(?!->)[^-]*+)*+"
    r"|[!?])",
    re.IGNORECASE,
)
"""A script, a tag, a comment, as browsers cut them. Every part is possessive and every beginning
finds an end, so that each character is read once whatever the page holds."""
_UNCOUNTED = frozenset(
    (
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"),
        *("source", "track", "wbr", "p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead"),
    )
)
"""Tags that have no end or may leave it out: they say nothing about depth."""
_CHOICES = frozenset({"select", "option", "optgroup"})
"""No news stands in them, and parsers are slow at thousands."""


_PLAIN = r"""(?:\s[a-zA-Z-]++="[^"]*+")"""
"""An attribute as most are written, looked for first: it costs a quarter less of the whole pass."""
_NAMED = rf"""[^\s/>=]++(?:="[^"]*+"|{_VALUE})?+"""
_FEW = rf"(?:[\s/]++(?:{_NAMED})?+|{_NAMED})"
_HONEST = re.compile(
    rf"(?:[^<]*+<(?:/[a-zA-Z0-9]++>"
    rf"|(?![sS](?i:cript|tyle)\b)[a-zA-Z][^\s/>]*+{_PLAIN}{{0,{MAX_ATTRIBUTES}}}+>"
    rf"|(?![sS](?i:cript|tyle)\b)/?[a-zA-Z][^\s/>]*+{_FEW}{{0,{MAX_ATTRIBUTES}}}+(?:>|\Z)"
    rf"|(?i:script|style)\b{_ATTRIBUTE}*+>[^<]*+(?:<(?!/(?i:script|style)\b)[^<]*+)*+"
    rf"|!--[^-]*+(?:-(?!->)[^-]*+)*+|[!?]|/?+(?![a-zA-Z/]))){{0,{_SUSPICIOUS}}}+[^<]*+"
)
"""As much of a page as few tags are in, none of them with too many attributes: one pass instead of
a piece of Python for each tag. It may stop early, never late."""


def bound_page(text: str) -> str:
    """Return the text of a page, shortened where it exceeds the limits; else unchanged."""
    text = text[:MAX_CHARS]
    honest = _HONEST.match(text)
    if honest and honest.end() == len(text):
        return text
    text, many = _cut_attributes(text), text.count("<") > _SUSPICIOUS
    return _flatten(text) if many else text


def _cut_attributes(text: str) -> str:
    pieces: list[str] = []
    last = 0
    for mark in _MARK.finditer(text):
        if mark[3]:
            pieces.append(text[last : mark.start(3)])
            last = mark.end(3)
    return "".join((*pieces, text[last:])) if pieces else text


def _flatten(text: str) -> str:
    """Cut after MAX_TAGS tags; unwrap choices, and what lies deeper than MAX_DEPTH."""
    pieces: list[str] = []
    depth = last = 0
    for count, mark in enumerate(_MARK.finditer(text)):
        if count == MAX_TAGS:
            return "".join((*pieces, text[last : mark.start()]))
        closing, name = mark[1], (mark[2] or "").lower()
        if not name or name in _UNCOUNTED or mark[0].endswith("/>"):
            continue
        depth += 0 if closing else 1
        if depth > MAX_DEPTH or name in _CHOICES:
            pieces.append(text[last : mark.start()])
            last = mark.end()
        depth = max(depth - 1, 0) if closing or name in _CHOICES else depth
    return "".join((*pieces, text[last:]))
