"""What an article's URL looks like, and which article it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from crawler.sources.files import MAX_URL
from crawler.sources.shapes import NEVER, is_never, is_view, shape_of
from storage.urls import canonical_url

if TYPE_CHECKING:
    from crawler.sources.model import Match, Pattern, Source
    from crawler.sources.shapes import Shape

MAX_LETTERS = 10
"""Letters in front of an id that belong to it: ``post`` in ``-post123.html``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What an address says about its page, found out once."""

    canonical_url: str
    key: str
    """See `article_key`."""
    is_article: bool
    """Whether it looks like an article of the source; True only on the source's hosts."""
    shape: Shape | None
    """The form of the address, where the source names no patterns."""


def identify(source: Source, url: str) -> Identity:
    """Return the identity of a page. Raise ValueError on no absolute http or https URL."""
    canonical = canonical_url(url)
    return _identify(source, canonical, is_own=source.owned(canonical))


def identify_own(source: Source, url: str) -> Identity | None:
    """Return the identity of an own page at the address to request, None for foreign ones.

    Nobody answers on a former host any more: its pages are asked for on the homepage's. Never
    raises.
    """
    try:
        canonical = canonical_url(url)
    except ValueError:
        return None
    is_present = source.owns(canonical)
    if not is_present and not source.owned(canonical):
        return None
    home = _move(canonical, source.homepage)
    # A present host of its own (``www.``, a subdomain) stays; only the scheme is the homepage's.
    stays = is_present and urlsplit(home).netloc != urlsplit(canonical).netloc
    return _identify(source, canonical if stays else home, is_own=True)


def article_key(source: Source, url: str) -> str:
    """Return the identity of the article behind a URL, within its source.

    With group ``id`` in the source's patterns: the id with the letters right in front of it,
    ``a167064``, ``post123``, ``92317``; it survives a renamed slug and a moved host. Group
    ``month`` goes in front, ``202503-7b6d657``, where ids are unique in a month only.
    Otherwise the canonical URL, with scheme and host of the homepage.
    Raise ValueError on what is not an absolute http or https URL.
    """
    return identify(source, url).key


def is_article_url(source: Source, url: str) -> bool:
    """Return whether the URL looks like an article of this source, on any host it has had.

    Without patterns in the source file, the form of the URL alone decides. Never raises.
    """
    if not source.owned(url):
        return False
    try:
        return identify(source, url).is_article
    except ValueError:
        return False


def asked_at(source: Source, url: str) -> str:
    """Return where to ask for a page: on a former host nobody answers for it any more.

    Raise ValueError on what is not an absolute http or https URL.
    """
    return at_home(source, url) if source.owned(url) and not source.owns(url) else url


def at_home(source: Source, url: str) -> str:
    """Return the canonical URL as the homepage's host would have it, if it is the source's."""
    canonical = canonical_url(url)
    return _move(canonical, source.homepage) if source.owned(canonical) else canonical


def _identify(source: Source, canonical: str, *, is_own: bool) -> Identity:
    accepted = _accepted(source, canonical)
    shape = shape_of(canonical) if is_own and not source.accept else None
    key = _id_of(*accepted) if accepted else ""
    return Identity(
        canonical_url=canonical,
        key=key or (_move(canonical, source.homepage) if is_own else canonical),
        is_article=is_own and bool(accepted or shape) and not _is_rejected(source, canonical),
        shape=shape,
    )


def _is_rejected(source: Source, canonical: str) -> bool:
    query = canonical.partition("?")[2]
    return any(each.search(canonical) for each in source.reject) or (bool(query) and is_view(query))


def _move(canonical: str, homepage: str) -> str:
    scheme, host = _home(homepage)
    return urlunsplit(urlsplit(canonical)._replace(scheme=scheme, netloc=host))


@lru_cache(maxsize=1024)
def _home(homepage: str) -> tuple[str, str]:
    parts = urlsplit(canonical_url(homepage))
    return parts.scheme, parts.netloc


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
