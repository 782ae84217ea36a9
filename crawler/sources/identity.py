"""What an article's URL looks like, and which article it stands for."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from crawler.sources.files import MAX_URL
from crawler.sources.shapes import NEVER, is_never, is_view, shape_of
from storage.urls import canonical_url

if TYPE_CHECKING:
    from crawler.sources.model import Match, Pattern, Source

MAX_LETTERS = 10
"""Letters in front of an id that belong to it: ``post`` in ``-post123.html``."""


def article_key(source: Source, url: str) -> str:
    """The identity of the article behind a URL, within its source.

    With group ``id`` in the source's patterns: the id with the letters right in front of it,
    ``a167064``, ``post123``, ``92317``; it survives a renamed slug and a moved host. Group
    ``month`` goes in front, ``202503-7b6d657``, where ids are unique in a month only.
    Otherwise the canonical URL, with scheme and host of the homepage.
    Raises ValueError on what is not an absolute http or https URL.
    """
    canonical = canonical_url(url)
    found = _accepted(source, canonical)
    if found:
        pattern, match, text = found
        key = _id_of(pattern, match, text)
        if key:
            return key
    return at_home(source, canonical)


def is_article_url(source: Source, url: str) -> bool:
    """Whether the URL looks like an article of this source, on a present or former host.

    Without patterns in the source file, the form of the URL alone decides. Never raises.
    """
    if len(url) > MAX_URL or not source.owned(url):
        return False
    try:
        canonical = canonical_url(url)
    except ValueError:
        return False
    if any(pattern.search(canonical) for pattern in source.reject):
        return False
    if is_view(urlsplit(canonical).query):
        return False
    if source.accept:
        return _accepted(source, canonical) is not None
    return shape_of(canonical) is not None


def asked_at(source: Source, url: str) -> str:
    """Where to ask for a page of the source: nobody answers for it on a former host any more.

    Raises ValueError on what is not an absolute http or https URL.
    """
    return at_home(source, url) if source.owned(url) and not source.owns(url) else url


def at_home(source: Source, url: str) -> str:
    """The canonical URL as the homepage's host would have it, if it is one of the source's."""
    canonical = canonical_url(url)
    if not source.owned(canonical):
        return canonical
    home = urlsplit(canonical_url(source.homepage))
    return urlunsplit(urlsplit(canonical)._replace(scheme=home.scheme, netloc=home.netloc))


def _accepted(source: Source, canonical: str) -> tuple[Pattern, Match, str] | None:
    if len(canonical) > MAX_URL:
        return None
    path = urlsplit(canonical).path
    bare = canonical.partition("?")[0]
    for pattern in source.accept:
        if is_never(path, _named_in(pattern.pattern)):
            continue
        # Parameters nobody asked for (?zarsrc=, ?page=) hide the end of the path.
        for text in dict.fromkeys((canonical, bare)):
            match = pattern.search(text)
            if match:
                return pattern, match, text
    return None


@lru_cache(maxsize=1024)
def _named_in(pattern: str) -> frozenset[str]:
    return frozenset(word for word in (*NEVER, "media") if word in pattern)


def _id_of(pattern: Pattern, match: Match, text: str) -> str:
    groups = match.groupdict()
    own = groups.get("id")
    if not own:
        return ""
    before = text[: match.start(pattern.groupindex["id"])]
    letters = before[len(before.rstrip("abcdefghijklmnopqrstuvwxyz")) :]
    if len(letters) > MAX_LETTERS:
        letters = ""
    month = groups.get("month")
    return f"{month}-{letters}{own}" if month else f"{letters}{own}"
