"""Which page of a listing an address is, and what the address of the next one is."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

PARAMETERS = ("p", "page", "trang", "paged", "pageindex", "page_number", "pagenumber", "pg", "_cur")
"""Query parameters that number pages, lower case."""
MAX_PAGE = 100_000
NEXT = frozenset(
    (
        *("trang sau", "trang tiếp", "trang kế", "trang kế tiếp", "trang tiếp theo"),
        *("sau", "tiếp", "tiếp theo", "kế tiếp", "next", "next page", "older", "older posts"),
        *("bài cũ hơn", "cũ hơn", "tin cũ hơn", "›", "»", ">", ">>", "→", "❯"),
    )
)
"""What a link to the next page says, lower case."""

_IN_PATH = re.compile(r"/(?:page|trang|p)[-/]?(\d{1,6})(?:\.[a-z]{2,5})?/?$", re.IGNORECASE)
_GLUED = re.compile(r"[-.](?:page|trang|p)[-.]?(\d{1,6})(\.[a-z]{2,5})?/?$", re.IGNORECASE)


def page_of(url: str) -> tuple[str, int]:
    """The listing an address belongs to, without its page number, and that number (from 1)."""
    parts = urlsplit(url)
    path, number = _split_path(parts.path)
    rest = []
    for name, value in parse_qsl(parts.query, keep_blank_values=True)[:50]:
        if name.lower() in PARAMETERS and value.isascii() and value.isdigit() and len(value) < 7:
            number = int(value)
        elif value:
            rest.append((name, value))
    host = (parts.netloc or "").lower().removeprefix("www.")
    return f"{host}{path}?{urlencode(sorted(rest))}", max(number, 1)


def _split_path(path: str) -> tuple[str, int]:
    found = _IN_PATH.search(path)
    if found:
        return _stem(path[: found.start()]), int(found[1])
    found = _GLUED.search(path)
    if found:
        return _stem(path[: found.start()]), int(found[1])
    return _stem(path), 1


def _stem(path: str) -> str:
    trimmed = re.sub(r"/(?:index|default)\.[a-z]{2,5}$", "/", path).rstrip("/")
    return re.sub(r"\.(?:html?|aspx|php)$", "", trimmed).lower()


def choose_next(url: str, links: list[tuple[str, str, bool]]) -> str | None:
    """The next page among ``(address, text, is rel=next)``, or None.

    A page is next when it belongs to the same listing and its number is one higher; a link
    that only says so must at least lead on in the same listing, so that no loop arises.
    """
    listing, number = page_of(url)
    wordy = None
    for address, text, is_next in links:
        other, count = page_of(address)
        if other == listing and count == number + 1 <= MAX_PAGE:
            return address
        says_next = is_next or text.strip().lower() in NEXT
        if says_next and wordy is None and address != url:
            onward = other == listing and count > number
            if onward or (is_next and other != listing):
                wordy = address
    return wordy
