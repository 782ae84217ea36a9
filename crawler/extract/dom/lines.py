"""What a single line of a page is, by its words alone. Vietnamese first, English besides.

Patterns are matched against folded text: lower case, without accents.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from crawler.extract.words import any_of
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable


_OFFER = re.compile(
    r"\b(?:newsletters?|inbox|subscrib\w+|sign up|download (?:the|our)|ban tin dien tu)\b.*"
    r"\b(?:newsletters?|inbox|subscrib\w+|sign up|e-?mail|free|app|dang ky)\b"
)
_OFFERED = ("newsletter", "inbox", "subscrib", "sign up", "download", "ban tin dien tu")
"""One of these is in every offer: plain words are found faster than any of several."""
_TEMPLATE = re.compile(
    r"\{\{.{0,200}|\{(?:title|name|time|body|date|url|image|content|author|id|link)\}"
    r"|\[caption\b|!\[\]\(\)"
)
_LETTER = re.compile(r"[^\W\d_]{2}")
_FILE = re.compile(r"\S{1,120}\.(?:jpe?g|png|gif|webp|bmp|mp4|mp3)(?:\s*\|)?", re.IGNORECASE)
_COUNTER = (
    r"[\d.,]+\s*(?:luot xem|luot doc|lan xem|views?|binh luan|comments?|likes?|shares?)"
    r"|(?:luot xem|luot doc|views?|binh luan|y kien)\s*[:(]?\s*[\d.,]*\s*\)?"
)


@cache
def _related() -> re.Pattern[str]:
    return re.compile(any_of("lines/related"))


@cache
def _furniture() -> re.Pattern[str]:
    whole = any_of("lines/furniture")
    return re.compile(rf"(?:{whole}|[\W\d_]*)[\s:.…!|>»-]*|{_COUNTER}")


@cache
def _furniture_start() -> re.Pattern[str]:
    return re.compile(any_of("lines/furniture-start"))


@cache
def _comments() -> re.Pattern[str]:
    return re.compile(any_of("lines/comments"))


@cache
def _consent() -> re.Pattern[str]:
    return re.compile(any_of("lines/consent"))


_CONSENT = ("cookie", "thiết bị", "device", "gerät", "appareil", "terminal")
"""One of these stands in every sentence that asks for consent: cheap to look for."""
_BULLETS = "*•+>»–-( "
"""What an invitation is set off with: `* Mời bạn đọc theo dõi …`, `(Xem tiếp: …)`."""
_CLOSING = "\"”»’')]"
_ENDINGS = tuple(".!?…:;")
_ENDINGS_ALONE = (*'"”»。', "./")


_DATELINE = re.compile(
    r"(?:\(\s*[A-ZĐÀ-Ỹ][\w.\- ĐÀ-ỹ]{1,24}\s*\)\s*[-–—]?|[A-ZĐ]{2,6}(?:[ -][A-ZĐ]{2,6})?\s*[-–—]"
    r"|(?:[A-ZĐÀ-Ỹ][a-zà-ỹ]+\s){1,3}TV\s*[-–—])(?=\s|[A-ZĐÀ-Ỹ“\"])"
)
"""What a paper puts before the first sentence: `(BTNO) -`, `BTO-`, `(Baonghean.vn) -`."""


def dateline_of(text: str, own: Iterable[str] = ()) -> str:
    """The dateline that a text begins with, as it stands there; empty where it has none. ``own``
    are those of the paper, which may look like anything."""
    for name in own:
        if name and text.startswith(name):
            rest = text[len(name) :]
            return name + rest[: len(rest) - len(rest.lstrip(" -–—"))].rstrip()
    match = _DATELINE.match(text)
    return match[0].strip() if match else ""


fold_line = lru_cache(maxsize=1024)(fold)
"""A line is looked at by several rules, one after the other."""


LONGEST_HEADING = 60
"""Characters of a heading above links to other articles, or above comments. They come again on
every page of a site."""
_AROUND = " :.>»…-–|+#"
"""What stands around such a heading."""


def is_sentence(text: str) -> bool:
    """Whether the line ends as a sentence does."""
    return text.endswith(_ENDINGS_ALONE) or text.rstrip(_CLOSING).endswith(_ENDINGS)


def is_related_heading(text: str) -> bool:
    """Whether the line stands above links to other articles."""
    return len(text) <= LONGEST_HEADING and _names_related(text)


@lru_cache(maxsize=4096)
def _names_related(text: str) -> bool:
    return _related().fullmatch(fold_line(text).strip(_AROUND)) is not None


def is_comments_heading(text: str) -> bool:
    """Whether the line stands above what readers wrote."""
    return len(text) <= LONGEST_HEADING and _names_comments(text)


@lru_cache(maxsize=4096)
def _names_comments(text: str) -> bool:
    return _comments().fullmatch(fold_line(text).strip(_AROUND)) is not None


def may_ask_consent(text: str) -> bool:
    """Whether one of the words stands in a text, be it a whole page's, that ask for consent."""
    lowered = text.lower()
    return any(map(lowered.__contains__, _CONSENT))


def asks_consent(text: str) -> bool:
    """Whether the site asks its reader here to agree to cookies."""
    return may_ask_consent(text) and _consent().search(fold_line(text)) is not None


@lru_cache(maxsize=1024)
def is_junk(text: str) -> bool:
    """Whether the line belongs to the page's furniture: sharing, counters, templates, ads."""
    if len(text) > 400:
        return False
    if ("{" in text or "[" in text) and _TEMPLATE.search(text):
        return True
    if text.count(" ") <= 1 and _FILE.fullmatch(text):
        return True
    folded = fold_line(text).strip()
    if len(text) <= 60 and _furniture().fullmatch(folded):
        return True
    if len(text) <= 220 and any(map(folded.__contains__, _OFFERED)) and _OFFER.search(folded):
        return True
    if _furniture_start().match(folded.lstrip(_BULLETS)) is not None:
        return True
    # A row of buttons: `In trang | Gửi email | Lượt xem: 619`.
    parts = text.split("|")
    return len(parts) > 1 and all(_LETTER.search(part) and is_junk(part.strip()) for part in parts)
