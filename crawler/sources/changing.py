"""Parts of addresses that change while the page stays: a session id in each path.

Those that everybody knows go with `storage.urls.canonical_url`. Others are learnt from what was
fetched: one text at many addresses that differ in one place only, by something no person wrote.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LEAST_PAIRS = 10
"""Pairs of addresses with one text that show which part of them changes: a paper that moves an
article to another section now and then shows fewer, and never at a place with a token."""

Place = int | str
"""Where in an address: the number of a path's segment, or the name of a parameter."""

_TOKEN = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w().~=-]{6,}\Z")
"""Letters and digits mixed. Sections and slugs are words, dates and ids have no letters."""


def find_changing(pairs: Iterable[tuple[str, str]]) -> frozenset[Place]:
    """Return the places that change, from pairs of addresses with the same text. Pure."""
    counts: Counter[Place] = Counter()
    for one, other in {tuple(sorted(pair)) for pair in pairs if pair[0] != pair[1]}:
        counts.update(set(_differing(one, other)))
    return frozenset(place for place, count in counts.items() if count >= LEAST_PAIRS)


def without_changing(url: str, places: frozenset[Place]) -> str:
    """Return a canonical URL without what stands at these places, where that is a token."""
    parts = urlsplit(url)
    segments = parts.path.split("/")
    gone = {at for at in places if isinstance(at, int) and _is_token_at(segments, at)}
    path = "/".join(segment for at, segment in enumerate(segments) if at not in gone)
    query = "&".join(
        part
        for part in parts.query.split("&")
        if part.partition("=")[0] not in places or not _TOKEN.match(part.partition("=")[2])
    )
    return urlunsplit(parts._replace(path=path, query=query))


def _differing(one: str, other: str) -> Iterator[Place]:
    """The places without which two addresses are one."""
    for place in (*_token_places(one), *_token_places(other)):
        only = frozenset([place])
        if without_changing(one, only) == without_changing(other, only):
            yield place


def _token_places(url: str) -> Iterator[Place]:
    parts = urlsplit(url)
    segments = parts.path.split("/")
    yield from (at for at in range(len(segments)) if _is_token_at(segments, at))
    for part in parts.query.split("&"):
        name, _, value = part.partition("=")
        if _TOKEN.match(value):
            yield name


def _is_token_at(segments: list[str], at: int) -> bool:
    """The last segment names the page, whatever it looks like."""
    return at < len(segments) - 1 and bool(_TOKEN.match(segments[at]))
