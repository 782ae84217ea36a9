"""Whether a paragraph is a byline, and the byline that hangs on the end of one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.extract.authors.names import is_organisation
from crawler.extract.authors.parse import LONGEST, Byline, parse_byline

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_REACH = 3
"""How many paragraphs may still follow one that signs."""
_TAIL = 100
"""How many characters of a paragraph's end may be a glued byline."""
_STOP = re.compile(r"[.!?…”\"»)/]")
_BRACKETS = re.compile(r"[(\[]\s*([^()\[\]]{2,90})\s*[)\]]\s*\.?\s*\Z")
_LABEL_AHEAD = re.compile(
    r"(?:tin|bài|ảnh|video|clip|thực hiện|nội dung|theo|nguồn|pv|reported|story)\b", re.IGNORECASE
)


def looks_like_byline(
    paragraph: str, *, position_from_end: int, styles: Collection[str] = ()
) -> bool:
    """Whether a short paragraph signs the article, so that it is no part of the text.

    ``position_from_end`` is 0 for the last paragraph of the text. ``styles`` are words such as
    ``right``, ``bold``, ``italic``, ``center``, and ``author`` where class or id say so. A line
    with a role or a credit signs by itself; bare names need the place or the style, offices
    the style.
    """
    if len(paragraph) > LONGEST:
        return False
    marked = "author" in styles
    byline = parse_byline(paragraph, field=marked)
    if byline is None:
        return is_office(paragraph) and ("right" in styles or is_bracketed(paragraph))
    if marked:
        return True
    if byline.kind == "nobody" or position_from_end > _REACH:
        return False
    if byline.role or byline.source_credit or "right" in styles:
        return True
    if "center" in styles:
        return False
    return position_from_end <= (2 if "bold" in styles or paragraph.isupper() else 1)


def is_office(paragraph: str) -> bool:
    """An office, school or outlet alone in its line, as it stands under a reporter's name."""
    return (
        len(paragraph) <= 80
        and paragraph[-1:] not in ".!?…:;,"
        and is_organisation(paragraph.strip("()[] "))
    )


def is_bracketed(paragraph: str) -> bool:
    """Whether the whole line stands in brackets."""
    return paragraph[:1] in "([" and paragraph[-1:] in ")]"


def split_glued_byline(
    text: str, *, last: bool = True, site_names: Iterable[str] = ()
) -> tuple[str, Byline | None]:
    """A paragraph without the byline at its end, and the byline.

    `... cầu Thạnh Hội...K.Vân`, `... trong năm tới. Tin, ảnh: MINH HUY`, `... (QUỐC TUẤN)`.
    ``last`` says that this is the last paragraph of the text (or of an item of a round-up);
    elsewhere only brackets with capitals, a role or a credit count, for sentences may end in
    names.
    """
    names = tuple(site_names)
    in_brackets = _BRACKETS.search(text, max(0, len(text) - _TAIL))
    if in_brackets and in_brackets.start() > 20:
        byline = parse_byline(in_brackets[1], site_names=names)
        if (
            byline
            and _signs(byline)
            and (last or in_brackets[1].isupper() or byline.role or byline.source_credit)
        ):
            return text[: in_brackets.start()].rstrip(), byline
    for stop in _STOP.finditer(text, max(0, len(text) - _TAIL)):
        tail = text[stop.end() :].strip(" \u00a0\t\n-–—*")
        if stop.end() <= 20 or not tail or (tail[-1] in '.!?”"' and not _LABEL_AHEAD.match(tail)):
            continue
        if not (tail[0].isupper() or tail[0] in "([") or not (last or _LABEL_AHEAD.match(tail)):
            continue
        byline = parse_byline(tail, site_names=names)
        if byline and _signs(byline):
            return text[: stop.end()].rstrip(" /"), byline
    return text, None


def _signs(byline: Byline) -> bool:
    return (
        not byline.titled
        and byline.kind in ("people", "source", "role")
        and bool(byline.authors or byline.source_credit or byline.role)
    )
