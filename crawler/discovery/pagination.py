"""Which page of a listing an address is, and what the address of the next one is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

PARAMETERS = (
    "p",
    "pg",
    "pn",
    "paged",
    "trang",
    "trangso",
    "pageindex",
    "page_number",
    "pagenumber",
)
"""Query parameters that number pages, lower case; so do names that end in one of `ENDINGS`."""
ENDINGS = ("page", "page_no", "pageno", "_cur")
OFFSETS = ("start", "limitstart", "offset", "begin", "skip", "startrow")
"""Query parameters that count the entries before a page, lower case."""
PORTLET = ("p_p_", "p_r_p_", "_")
"""Beginnings of parameters in which Liferay keeps the state of a box on the page."""
MAX_PAGE = 100_000
NEXT = frozenset(
    (
        "trang sau",
        "trang tiếp",
        "trang kế",
        "trang kế tiếp",
        "trang tiếp theo",
        "sau",
        "tiếp",
        "tiếp theo",
        "kế tiếp",
        "next",
        "next page",
        "older",
        "older posts",
        "bài cũ hơn",
        "cũ hơn",
        "tin cũ hơn",
        "›",
        "»",
        ">",
        ">>",
        "→",
        "❯",
    )
)
"""What a link to the next page says, lower case."""

_IN_PATH = re.compile(r"/(?:page|trang|p)[-/]?(\d{1,6})(?:\.[a-z]{2,5})?/?$", re.IGNORECASE)
_GLUED = re.compile(r"[-.](?:page|trang|p)[-.]?(\d{1,6})(\.[a-z]{2,5})?/?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where in a listing an address leads."""

    listing: str
    """The address without scheme, ``www.`` and page number."""
    value: int | None
    """The number as the address has it; None for a first page that carries none."""
    is_offset: bool
    """Whether the number counts entries, not pages."""


def page_of(url: str) -> tuple[str, int]:
    """Return the listing of an address, without page number, and that number, from 1."""
    position = find_position(url)
    if position.value is None:
        return position.listing, 1
    return position.listing, position.value + 1 if position.is_offset else max(position.value, 1)


def is_paged(url: str) -> bool:
    """Return whether the address carries the number of a page."""
    return find_position(url).value is not None


def find_position(url: str) -> Position:
    """Take an address apart into listing and page."""
    parts = urlsplit(url)
    path, value = _split_path(parts.path)
    rest, is_offset = [], False
    for name, text in parse_qsl(parts.query)[:50]:
        known = name.lower()
        counts = known in OFFSETS
        if (counts or known in PARAMETERS or known.endswith(ENDINGS)) and _is_number(text):
            value, is_offset = int(text), counts
        elif not known.startswith(PORTLET):
            within, turned = _split_path(f"/{text}") if "/" in text else (text, None)
            value = value if turned is None else turned
            rest.append((name, within.lstrip("/") if turned else text))
    host = parts.netloc.lower().removeprefix("www.")
    listing = f"{host}{path}?{urlencode(sorted(rest))}"
    return Position(listing=listing, value=value, is_offset=is_offset)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 7


def _split_path(path: str) -> tuple[str, int | None]:
    found = _IN_PATH.search(path)
    if found:
        return _stem(path[: found.start()]), int(found[1])
    found = _GLUED.search(path)
    if found:
        return _stem(path[: found.start()]), int(found[1])
    return _stem(path), None


def _stem(path: str) -> str:
    trimmed = re.sub(r"/(?:index|default)\.[a-z]{2,5}$", "/", path.lower()).rstrip("/")
    return re.sub(r"\.(?:html?|aspx|php)$", "", trimmed)


def choose_next(url: str, links: list[tuple[str, str, bool]]) -> str | None:
    """Return the next page among ``(address, text, is rel=next)``, or None.

    A page is next when it belongs to the same listing and its number is one higher, or its
    offset the next one; a link that only says so must at least lead on in the same listing, so
    that no loop arises. Where the label ``2`` leads to number 1, pages count from 0.
    """
    here = find_position(url)
    inside = [(find_position(address), address, text.strip()) for address, text, _ in links]
    inside = [each for each in inside if each[0].listing == here.listing]
    wanted = (here.value if here.value is not None else _first(inside)) + 1
    offsets = []
    for there, address, _ in inside:
        if there.is_offset and (there.value or 0) > (here.value or 0):
            offsets.append((there.value, address))
        elif there.value == wanted <= MAX_PAGE:
            return address
    return min(offsets)[1] if offsets else _choose_by_words(url, here, links)


def _first(inside: list[tuple[Position, str, str]]) -> int:
    """The number of the first page: 0 where some label is one higher than its address."""
    from_zero = any(
        _is_number(label) and there.value == int(label) - 1 and not there.is_offset
        for there, _, label in inside
    )
    return 0 if from_zero else 1


def _is_turned(url: str, address: str) -> bool:
    """Whether one parameter makes the difference: ``?before=20261124`` names no page number."""
    here, there = urlsplit(url), urlsplit(address)
    old, new = (set(parse_qsl(parts.query)) for parts in (here, there))
    same = (here.netloc, here.path) == (there.netloc, there.path)
    return same and len(new - old) == 1 and {name for name, _ in old} <= {name for name, _ in new}


def _choose_by_words(url: str, here: Position, links: list[tuple[str, str, bool]]) -> str | None:
    for address, text, is_next in links:
        said = text.strip().lower()
        if address == url or not (is_next or said in NEXT or said.strip(" »›>→") in NEXT):
            continue
        there = find_position(address)
        same = there.listing == here.listing
        if same and there.value is not None and there.value > (here.value or 0):
            return address
        if not same and (is_next or (said[-1:].isalpha() and _is_turned(url, address))):
            return address
    return None
