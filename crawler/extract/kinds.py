"""What kind of article a page is: by what it says of itself, its address and what it is made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.extract.dom.traits import PLAYER
from storage.records import Evidence
from storage.text import fold

if TYPE_CHECKING:
    from crawler.extract.dom.markup import Page
    from crawler.extract.dom.structured import Structured

SHORT = 600
"""Characters of text below which the player is the story and the text its caption."""
_LIVE = re.compile(r"\W*(?:truc tiep|tuong thuat truc tiep|live(?: ?blog)?)\b")
_CLOCK = re.compile(r"\W*\d{1,2}\s?(?:[:.]|h|g|gio)\s?\d{2}\b")
_DIGIT = re.compile(r"\d")
_VIDEO = re.compile(r"\W*(?:video|clip|truyen hinh)\b")
_VIDEO_PATH = re.compile(
    r"/(?:videos?|clips?|media|multimedia|truyen-hinh|tv|video-clip)(?:[/-]|\.html?$)"
)
_ROUNDUP = re.compile(
    r"\W*(?:tin van|tin ngan|diem tin|diem bao|tin tuc tong hop|tong hop tin)\b|.*\btin van\W*$"
)
_PHOTO = re.compile(r"\W*(?:(?:phong su|chum|bo) anh|anh dep|photo(?:s| essay)?)\b")


def find_kind(
    page: Page, data: Structured, title: str, body: str, *, pictures: int, captions: int, items: int
) -> tuple[str, Evidence]:
    """``live``, ``roundup``, ``photo``, ``video`` or ``article``, and how it was found.

    ``captions`` is the number of characters of all captions, ``items`` how many parts of the
    text are signed one by one.
    """
    name = fold(title)
    if any(kind.lower() == "liveblogposting" for kind in data.types):
        return "live", Evidence(how="json-ld @type", confidence=0.95)
    lines = (line[:20] for line in body.split("\n\n"))
    clocks = sum(1 for line in lines if _DIGIT.search(line) and _CLOCK.match(fold(line)))
    if clocks >= 3 and (_LIVE.match(name) or clocks >= 8):
        return "live", Evidence(how="clocks before paragraphs", confidence=0.8)
    if items >= 2:
        return "roundup", Evidence(how="items signed one by one", confidence=0.9)
    if _ROUNDUP.match(name):
        return "roundup", Evidence(how="title", confidence=0.7)
    if pictures >= 4 and (captions > len(body) or (_PHOTO.match(name) and len(body) < 2 * SHORT)):
        return "photo", Evidence(how="more captions than text", confidence=0.9)
    if _is_video(page, name, len(body)):
        return "video", Evidence(how="a player and little text", confidence=0.8)
    return "article", Evidence(how="text", confidence=0.8)


def _is_video(page: Page, name: str, size: int) -> bool:
    path = page.url.partition("://")[2].partition("/")[2].lower()
    said = _VIDEO.match(name) is not None or _VIDEO_PATH.search(f"/{path}") is not None
    return size < (2 * SHORT if said else SHORT) and page.tree.css_first(PLAYER) is not None
