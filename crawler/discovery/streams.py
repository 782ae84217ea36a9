"""XML of any size, an entry at a time: memory holds one entry and never the document.

The parser is lxml's, the only one here that reads XML in steps; HTML is lexbor's.

A tree costs thirty times the text it was built from, and a feed may hold four million empty
elements. Here what is read is dropped at once, and between two entries only so much may stand.
"""

from __future__ import annotations

import html
import re
from html.entities import html5
from typing import TYPE_CHECKING

from lxml import etree

from crawler.charset import decode_steps
from crawler.discovery.markup import NOT_XML

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP = 64 * 1024
MAX_MARKS = 100_000
"""Signs of elements, attributes and references between the ends of two entries; the whole text
of an article, escaped in a feed, has some thousands."""
_TAIL = 40
"""Characters that the longest entity may have."""
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")


class TooCrowded(ValueError):
    """An entry that is larger than any honest one."""


def stream_entries(
    body: bytes,
    names: tuple[str, ...],
    content_type: str | None = None,
    *,
    repair: bool = False,
) -> Iterator[etree._Element]:
    """Yield each element of these local names when it has ended; it is emptied when the next is
    asked for. Entities stay unresolved, nothing is loaded.

    Raise ValueError where the XML is broken or TooCrowded, after the entries before that place.
    """
    parser = etree.XMLPullParser(
        events=("end",),
        tag=tuple(f"{{*}}{name}" for name in names),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    loose = 0
    try:
        for chunk in _utf8(body, content_type, repair=repair):
            loose += sum(map(chunk.count, (b"<", b"&", b"=")))
            parser.feed(chunk)
            element = None
            for _, element in parser.read_events():
                yield element
                element.clear()
            if element is not None:
                _drop_before(element)
                loose = 0
            elif loose > MAX_MARKS:
                raise TooCrowded("an entry is larger than any honest one")
        parser.close()  # says what was wrong
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error


def _drop_before(element: etree._Element) -> None:
    """Take what stands before the element, at every level, out of the tree."""
    inside: etree._Element | None = element
    while inside is not None and (parent := inside.getparent()) is not None:
        while inside.getprevious() is not None:
            del parent[0]
        inside = parent


def _utf8(body: bytes, content_type: str | None, *, repair: bool) -> Iterator[bytes]:
    held, begun = "", False
    for piece in decode_steps(body, content_type):
        text = held + piece
        text, begun = (text, True) if begun else (text.lstrip(), bool(text.strip()))
        held = ""
        if repair:
            # What may be the beginning of an entity waits for its end.
            cut = text.rfind("&", max(0, len(text) - _TAIL))
            text, held = (text[:cut], text[cut:]) if cut >= 0 else (text, "")
            text = repair_xml(text)
        for place in range(0, len(text), STEP):
            yield text[place : place + STEP].encode("utf-8", "replace")
    if held:
        yield repair_xml(held).encode("utf-8", "replace")


def repair_xml(text: str) -> str:
    """Return text that XML allows: ampersands escaped, entities of HTML resolved."""
    return _BARE_AMPERSAND.sub("&amp;", _resolve_html(NOT_XML.sub("", text)))


def _resolve_html(text: str) -> str:
    known = ("amp", "lt", "gt", "quot", "apos")

    def replace(match: re.Match[str]) -> str:
        return match[0] if match[1] in known else html.unescape(match[0])

    return re.sub(r"&([A-Za-z][A-Za-z0-9]{1,31});", replace, text)


def local_name(element: etree._Element) -> str:
    """Return the name without namespace, lower case; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def own_text(element: etree._Element) -> str:
    """Return all text inside. Entities are those of HTML, whatever the document declares; what
    other entities, comments and instructions would add is left out."""
    parts = [element.text or ""] if isinstance(element.tag, str) else []
    for node in element.iterdescendants():
        if isinstance(node, etree._Entity):
            parts.append(html5.get(f"{node.name};", ""))
        elif isinstance(node.tag, str):
            parts.append(node.text or "")
        parts.append(node.tail or "")
    return "".join(parts)


def has_elements(element: etree._Element) -> bool:
    """Return whether an element holds others, and not only text with entities and comments."""
    return any(isinstance(node.tag, str) for node in element)
