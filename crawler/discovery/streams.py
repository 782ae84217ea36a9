"""XML of any size, an entry at a time: memory holds one entry and never the document.

A tree costs thirty times the text it was built from, and a feed may hold four million empty
elements. Here what is read is dropped at once, and between two entries only so much may stand.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from lxml import etree

from crawler.discovery.markup import choose_encoding, repair_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP = 64 * 1024
MAX_MARKS = 100_000
"""Signs of elements, attributes and references between the ends of two entries; the whole text
of an article, escaped in a feed, has some thousands."""
_TAIL = 40
"""Characters that the longest entity may have."""


class TooCrowded(ValueError):
    """An entry that is larger than any honest one."""


def stream_entries(
    body: bytes,
    names: tuple[str, ...],
    content_type: str | None = None,
    *,
    repair: bool = False,
) -> Iterator[etree._Element]:
    """Each element of these local names when it has ended; it is emptied when the next is asked
    for. Entities stay unresolved, nothing is loaded.

    Raises ValueError where the XML is broken or TooCrowded, after the entries before that place.
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
    start, encoding = choose_encoding(body, content_type)
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    held, begun = "", False
    view = memoryview(body)[start:]
    for place in range(0, len(view), STEP):
        text = held + decoder.decode(view[place : place + STEP], place + STEP >= len(view))
        text, begun = (text, True) if begun else (text.lstrip(), bool(text.strip()))
        held = ""
        if repair:
            cut = text.rfind("&", len(text) - _TAIL) if place + STEP < len(view) else -1
            text, held = (text[:cut], text[cut:]) if cut >= 0 else (text, "")
            text = repair_xml(text)
        if text:
            yield text.encode("utf-8", "replace")
