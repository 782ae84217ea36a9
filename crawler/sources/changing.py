"""Parts of addresses that change while the page stays: a session id, a token, a moment.

Those that everybody knows go with `storage.urls.canonical_url`. Others are learnt from what was
fetched: one text at many addresses that differ in one place only, where no two texts differ in it
alone. Where nothing stays of the addresses, a page is known by the title and the day that its seed
gives. Pure.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from crawler.failures import Verdict, Whose, reason_of
from storage.instants import parse_instant, read_date_time, read_day
from storage.states import LinkState
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from storage.records import Link

LEAST_PAIRS = 10
"""Pairs of addresses with one text that show which part of them changes: a paper that moves an
article to another section now and then shows fewer, and never at a place with a token."""
MOST_OTHERS = 0.1
"""Pairs of different texts that may differ at a place alone, as a share of those of one text."""
FLOOD, FLOOD_LINKS = 16, 20
"""So many of so many newest links that led to known texts are a flood of addresses."""
HEADLINE = 20
"""Letters from which a title is taken for that of one article: portals name several "Thông báo"."""
UNDATED_DAYS = 2
"""Days after it was found in which a page without a date is known by its title."""

Place = int | str
"""Where in an address: the number of a path's segment, the name of a parameter, `TAIL`, `LAST`."""
TAIL, LAST = -1, -2
"""What follows the slug in the last segment, ``/bai-viet-x8f3k2.html``; the whole last segment,
``/thoi-su/bai-viet/x8f3k2``, which mostly names the page."""

_TOKEN = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w().~=-]{6,}\Z")
"""Letters and digits mixed. Sections and slugs are words, dates and ids have no letters."""
_TAIL = re.compile(
    r"(?P<slug>.*\w)[-_.](?P<token>(?=\w*\d)\w{5,}|[A-Za-z]{8,})(?P<extension>\.[a-z]{2,5})?\Z"
)
"""No syllable of Vietnamese has more than seven letters."""


def describe_place(place: Place) -> str:
    """Return a place for people: ``part 1 of their path``."""
    if isinstance(place, str):
        return f"parameter {place}"
    named = {TAIL: "what follows their slug", LAST: "the last part of their path"}
    return named.get(place, f"part {place} of their path")


def describe_places(places: Iterable[Place]) -> str:
    """Return places for people, separated by commas."""
    return ", ".join(sorted(map(describe_place, places))) or "any place"


def find_changing(addresses: Iterable[tuple[str, str]]) -> frozenset[Place]:
    """Return the places that change, from (address, address of its article), equal or not."""
    known = set(addresses)
    counts: Counter[Place] = Counter()
    for one, other in {tuple(sorted(pair)) for pair in known if pair[0] != pair[1]}:
        counts.update(set(_differing(one, other)))
    return frozenset(
        place
        for place, count in counts.items()
        if count >= LEAST_PAIRS and not _tells_articles_apart(place, known)
    )


def _tells_articles_apart(place: Place, known: Collection[tuple[str, str]]) -> bool:
    """Return whether different articles have addresses that differ at a place alone."""
    articles: defaultdict[str, set[str]] = defaultdict(set)
    links = 0
    for url, article in known:
        reduced = without_changing(url, frozenset([place]))
        if reduced != url:
            links += 1
            articles[reduced].add(article)
    others = sum(len(group) - 1 for group in articles.values())
    return others > MOST_OTHERS * (links - len(articles))


def without_changing(url: str, places: frozenset[Place]) -> str:
    """Return a canonical URL without what stands at these places, where that is a token."""
    parts = urlsplit(url)
    segments = parts.path.split("/")
    if TAIL in places and (found := _TAIL.match(segments[-1])):
        segments[-1] = found["slug"] + (found["extension"] or "")
    gone = {at for at in places if isinstance(at, int) and _is_token_at(segments, at)}
    if LAST in places and _is_last_a_token(segments):
        gone.add(len(segments) - 1)
    path = "/".join(segment for at, segment in enumerate(segments) if at not in gone)
    query = "&".join(
        part
        for part in parts.query.split("&")
        if part.partition("=")[0] not in places or not part.partition("=")[2]
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
    if _TAIL.match(segments[-1]):
        yield TAIL
    if _is_last_a_token(segments):
        yield LAST
    for part in parts.query.split("&"):
        name, _, value = part.partition("=")
        if value:
            yield name


def _is_token_at(segments: Sequence[str], at: int) -> bool:
    return 0 <= at < len(segments) - 1 and bool(_TOKEN.match(segments[at]))


def _is_last_a_token(segments: Sequence[str]) -> bool:
    return len(segments) > 2 and bool(_TOKEN.match(segments[-1]))


# --- the pages of a source whose addresses change ------------------------------------------------


class KnownPages:
    """Finds the page behind an address that was never seen."""

    def __init__(
        self, places: frozenset[Place], links: Iterable[Link], *, by_title: bool, now: str
    ) -> None:
        """``links``: those of the source, newest first. ``now``: ISO 8601 string in UTC."""
        self._places = places
        self._by_title = by_title
        self._now = now
        self._at: defaultdict[str, list[Link]] = defaultdict(list)
        self._called: defaultdict[str, list[Link]] = defaultdict(list)
        for link in links:
            if _may_stand_for_another(link):
                self._at[without_changing(link.canonical_url, places)].append(link)
                self._called[fold(link.title_hint or "")].append(link)

    def find(self, url: str, title: str | None, date: str | None) -> Link | None:
        """Return the link of a page, whose seed gives this address, title and date hint; or None.

        Never one of which the seed gave another title or day: it may be another article.
        """
        for link in self._at.get(without_changing(url, self._places), ()):
            if not _differ(link.title_hint, title, fold) and not _differ(
                link.date_hint, date, read_day
            ):
                return link
        return self._find_called(title, date) if self._by_title else None

    def _find_called(self, title: str | None, date: str | None) -> Link | None:
        called = fold(title or "")
        links = self._called.get(called, [])
        if len(called) < HEADLINE or len({link.article_id for link in links}) > 1:
            return None
        return next((link for link in links if self._is_of_then(link, date)), None)

    def _is_of_then(self, link: Link, date: str | None) -> bool:
        """Return whether a link is of the same time as a date hint."""
        then, now = read_date_time(link.date_hint), read_date_time(date)
        if then and now:
            return then == now
        if link.date_hint and date:
            return not _differ(link.date_hint, date, read_day)
        age = parse_instant(self._now) - parse_instant(link.found_at)
        return abs(age.total_seconds()) <= UNDATED_DAYS * 86400


def _differ(one: str | None, other: str | None, read: Callable[[str], str | None]) -> bool:
    """Return whether two hints, read so, are both there and are not the same."""
    first, second = read(one or ""), read(other or "")
    return bool(first and second and first != second)


def _may_stand_for_another(link: Link) -> bool:
    """Return whether a page need not be asked for at another address.

    Where it was asked for in vain its new address may be the better one.
    """
    if link.article_id is not None or (link.state is LinkState.PENDING and not link.attempts):
        return True
    reason = reason_of(link.reason or "")
    is_final = reason.verdict is Verdict.REJECTED and reason.whose in (Whose.PAGE, Whose.OURS)
    return link.state is LinkState.REJECTED and is_final
