"""When an article was published and changed: collects what the page says, in all its places,
for ``dates.rule`` to decide."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, AnyStr

from crawler.extract.dates.candidates import (
    UNKNOWN,
    DateCandidate,
    Published,
    is_clock,
    read_machine,
    read_visible,
)
from crawler.extract.dates.lines import read_date_line
from crawler.extract.dates.rule import choose_date, choose_modified
from crawler.extract.dates.shown import CHANGE, NEAR, find_shown, stands_above_menu
from crawler.extract.dates.urls import url_date, url_month
from crawler.extract.dom.markup import line_of
from crawler.extract.dom.traits import Trait
from crawler.extract.hints import is_repeated_date
from crawler.extract.words import load_words
from storage.records import Article, Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from crawler.extract.context import Context
    from crawler.extract.dom.blocks import Block
    from crawler.extract.dom.markup import Page
    from crawler.extract.dom.structured import Structured
    from crawler.extract.hints import Hints

_GTAG = re.compile(
    r"""(?<!\w)["']?(?:articlePublishDate|datePublished|publishDate|publish_date|publishedDate"""
    r"""|publishedAt|published_at|pubDate|publicationDate|publication_date)["']?"""
    r"""\s*[:=]\s*["']([^"']{8,40})["']"""
)
_GTAG_WORDS = ("ublish", "pubDate", "publication")
"""What one of is in every name above."""
_BEFORE_WORD, _BEHIND_WORD = 16, 120
"""Characters before and behind such a word within which name and date stand."""
_HIDDEN = re.compile(
    rb"""(?<![A-Za-z])(?:datePublished|date_published|publish_?[Dd]ate|published_?(?:[Dd]ate|[Aa]t)"""
    rb"""|publication_?[Dd]ate|pub_?[Dd]ate|created_?[Aa]t)\\{0,4}(?:["']|&quot;|&#34;)\s?:\s?"""
    rb"""\\{0,4}(?:["']|&quot;|&#34;)([0-9][^"'\\&]{7,40})"""
)
"""Names and values of days of publication, as programs of a page write them, in attributes too."""
_HIDDEN_WORDS = (
    *(b"ublish", b"ublication", b"ubDate", b"ubdate", b"ub_Date", b"ub_date", b"reated"),
)
"""What one of is in every name above."""
MOST_HIDDEN = 2_000_000
"""Bytes of a page in which such names are looked for."""
HIDDEN = 0.4
"""How sure such a day is."""
_DIGIT = re.compile(r"\d")
_DATELINE = re.compile(r"\(?[^()]{0,12}\d[^()]{5,18}?(?:\)|\s[-–—]|(?<=[0-9]{4})\.)\s+(?!\d)")
"""`(18.01.2018) Landwirte …`, `27.1.2022 - Bei …`, `31. Oktober 2023. Woher …`: no span of time."""
_BEFORE_NAME = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{2,4}\s?(?=[|:–—-]\s)")
_DAY = dt.timedelta(days=1)
MAX_CANDIDATES = 60
WEST, EAST = dt.timedelta(hours=10), dt.timedelta(hours=2)
"""How far from UTC a bare day is believed to be another one: America, and Europe."""
FARTHEST = dt.timedelta(hours=14)
"""How far from UTC clocks are."""
QUARTER, _MINUTE = dt.timedelta(minutes=15), dt.timedelta(minutes=1)
CHANGED = 0.3
"""How sure a day of publication is that is the day of the last change."""
STATED = "json-ld datePublished"
SUREST = 4
"""Meta tags, from the top of the list, that settle the day a layout is chosen by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Publication and last change."""

    published: Published = UNKNOWN
    modified: dt.datetime | None = None

    def fill(self, article: Article) -> None:
        """Write dates and their evidence into an article."""
        found = self.published
        if found.on is None:
            return
        article.published_on = found.on.isoformat()
        article.published_at = found.at.isoformat() if found.at else None
        article.published_raw = found.raw
        article.published_from = found.where.partition(" ")[0] or None
        article.evidence["published"] = Evidence(how=found.where, confidence=found.confidence)
        if self.modified is not None:
            article.modified_at = self.modified.isoformat()
            article.evidence["modified"] = Evidence(how="structured", confidence=0.8)


def find_moments(
    context: Context, *, url: str, first: int | None, lead: str, last: int | None = None
) -> Moments:
    """Return the dates of the page weighed against each other. ``first`` and ``last`` are where
    the text begins and ends among the page's lines; ``lead`` can contradict a 12-hour clock.

    On a foreign page clocks show another zone's time: a machine's value with an offset is then
    taken as it stands, and what readers see counts only where there is no such value.
    """
    now = context.now
    told, linked = (
        list(_single(context, each)) for each in (_told(context), _linked(context, url))
    )
    shown = cache(lambda: list(_single(context, _shown(context, first, last))))

    def candidates() -> Iterator[DateCandidate]:
        """What readers see is dear to read, and often nobody asks for it."""
        yield from told
        yield from (each for each in shown() if each.where != CHANGE)
        yield from linked

    changed = [
        candidate
        for where, value in _changes(context.page, context.data)
        if (candidate := read_machine(value, where=where, now=now)) is not None
    ]
    fixed = _fixed(_without_changes([*told, *linked], changed)) if context.foreign else []
    weighed = fixed or _without_changes(list(islice(candidates(), MAX_CANDIDATES)), changed)
    published = choose_date(weighed, now=now, url=url, lead=lead)
    if published.on is None:
        hidden = _hidden(context.page, now)
        edits = [each for each in shown() if each.where == CHANGE]
        published = hidden or _last_resort([*changed, *edits], now)
    elif context.foreign:
        published = _as_written(published, candidates)
    return Moments(published=published, modified=choose_modified(changed, published, now=now))


def _without_changes(
    candidates: list[DateCandidate], changed: list[DateCandidate]
) -> list[DateCandidate]:
    """Return the candidates without what machines are told to be the publication and the last
    change, where JSON-LD names an earlier instant."""
    first = candidates[0].parsed.at if candidates and candidates[0].where == STATED else None
    if first is None:
        return candidates
    later = {each.parsed.at for each in changed if each.parsed.at and each.parsed.at > first}
    return [each for each in candidates if not (each.is_machine and each.parsed.at in later)]


def _hidden(page: Page, now: dt.datetime) -> Published | None:
    """Return the day of publication that scripts and attributes have for programs of the page,
    where they name one day only: that of other articles stands there, too."""
    text = page.tree.raw_html[:MOST_HIDDEN]
    named = sorted(_find_near(text, _HIDDEN_WORDS, _HIDDEN), key=re.Match.start)
    values = dict.fromkeys(match[1].decode("utf-8", "ignore") for match in named)
    found = [read_machine(value, where="script", now=now) for value in values]
    known = [each for each in found if each is not None and not is_clock(each.parsed, now)]
    if len({each.parsed.on for each in known}) != 1:
        return None
    return replace(choose_date(known[:1], now=now), confidence=HIDDEN)


def _last_resort(changed: list[DateCandidate], now: dt.datetime) -> Published:
    """Return the day of the last change as one of publication that is hardly to be believed, where
    a page names no other and it is not the moment of the fetch."""
    found = choose_date([each for each in changed if not is_clock(each.parsed, now)], now=now)
    return replace(found, confidence=CHANGED) if found.on is not None else UNKNOWN


def _single(context: Context, found: Iterable[DateCandidate | None]) -> Iterator[DateCandidate]:
    """Yield what was found, without what the source prints on many pages."""
    for each in found:
        if each is not None and not is_repeated_date(each.raw, context.repeated):
            yield each


def _as_written(
    published: Published, candidates: Callable[[], Iterator[DateCandidate]]
) -> Published:
    """Return what a foreign page says without more than it says: of a clock without a zone the day,
    of an instant in UTC the day that it has for its readers, where another witness names that: the
    evening before, west of Greenwich."""
    at = published.at
    used = next((each for each in candidates() if each.raw == published.raw), None)
    if used is None:
        return published
    clock = used.parsed.wall or at
    if used.parsed.offset is None and clock is not None:
        # Nothing says where that clock hangs, and 17:00 in Greenwich is midnight here.
        return replace(published, at=None, on=clock.date())
    if at is None or used.parsed.offset != dt.timedelta(0):
        return published
    own = next((each for each in candidates() if _is_told_elsewhere(each, at)), None)
    return replace(published, raw=own.raw) if own is not None else published


def _is_told_elsewhere(candidate: DateCandidate, at: dt.datetime) -> bool:
    """Whether a witness names the day that an instant has where the paper is: by a clock that
    differs by whole quarters of an hour, or by the day alone where it was evening there."""
    parsed, there = candidate.parsed, at.astimezone(dt.UTC).replace(tzinfo=None)
    if parsed.prose or candidate.where.startswith(("header", "feed", "sitemap", "listing")):
        return False
    if parsed.wall is not None:
        apart = abs(parsed.wall - there)
        odd = (apart + _MINUTE) % QUARTER > 2 * _MINUTE
        return parsed.wall.date() != there.date() and apart < FARTHEST and not odd
    west, east = there - WEST, there + EAST
    return parsed.on != there.date() and parsed.on in (west.date(), east.date())


def day_hint(page: Page, data: Structured, *, fetched_at: str) -> dt.date | None:
    """About when the article was published, before it has been read: what the page says to
    machines, else its address, be it only the month."""
    now = now_of(fetched_at)
    stated = (data.published, *(page.meta(name) for name in load_words("metas/published")[:SUREST]))
    for value in filter(None, stated):
        candidate = read_machine(value, where="meta", now=now)
        if candidate is not None:
            return candidate.parsed.on
    named = url_date(page.url, now=now)
    month = url_month(page.url)
    if named is not None:
        return named.on
    return dt.date(month.year, month.month, 1) if month else None


def _fixed(candidates: list[DateCandidate]) -> list[DateCandidate]:
    """Return the values with an offset, as they stand; none where others speak against them."""
    machines = [candidate for candidate in candidates if candidate.is_machine]
    places = {(candidate.where, candidate.raw) for candidate in machines}
    # A meta tag with `itemprop` is read as both.
    machines = [
        candidate
        for candidate in machines
        if candidate.where != "microdata" or ("meta datepublished", candidate.raw) not in places
    ]
    fixed = [
        replace(candidate, readings=(candidate.parsed,))
        for candidate in machines
        if candidate.parsed.offset is not None
    ]
    days = [candidate.parsed.on for candidate in fixed]
    against = sum(1 for each in machines if all(abs(each.parsed.on - day) > _DAY for day in days))
    return fixed if against <= len(fixed) else []


def now_of(fetched_at: str) -> dt.datetime:
    """Our own instant, ISO 8601 with ``Z``, as a datetime."""
    return dt.datetime.fromisoformat(fetched_at)


def without_date_lines(texts: list[Block], now: dt.datetime) -> list[Block]:
    """The text without lines at its top that only say when, and dates marked as such."""
    head = [
        block
        for block in texts[:5]
        if not (
            len(block.text) <= 100
            and _DIGIT.search(block.text)
            and read_date_line(block.text, now=now) is not None
        )
    ]
    return head + texts[5:]


def _changes(page: Page, data: Structured) -> Iterator[tuple[str, str]]:
    if data.modified:
        yield "json-ld dateModified", data.modified
    for name in load_words("metas/modified"):
        for value in page.metas.get(name, ())[:1]:
            yield f"meta {name}", value


def _told(context: Context) -> Iterator[DateCandidate | None]:
    """Dates in places made for them, the most trusted first."""
    page, now, layout = context.page, context.now, context.layout
    zone = context.zone
    for text in context.lines_at(*layout.date) if layout else ():
        yield read_visible(
            text, where="layout", now=now, position=0, trusted=True, zone=zone, order=context.order
        )
    for where, value in _stated(page, context.data):
        yield read_machine(value, where=where, now=now, zone=zone)
    yield from _times(context)


def _shown(context: Context, first: int | None, last: int | None) -> Iterator[DateCandidate | None]:
    """Dates that readers see."""
    yield from find_shown(context, first, last)
    yield _dateline(context, first)
    yield _in_headline(context)


def _linked(context: Context, url: str) -> Iterator[DateCandidate | None]:
    """Dates of the link and in the address."""
    now = context.now
    yield _hinted(context.hints, now)
    on_address = url_date(url, now=now)
    if on_address is not None:
        yield DateCandidate(where="url", parsed=on_address, raw=on_address.raw)


def _dateline(context: Context, first: int | None) -> DateCandidate | None:
    """The date that the text begins with, set apart from its first sentence."""
    blocks = context.scan.blocks[first : first + 1] if first is not None else ()
    match = _DATELINE.match(blocks[0].text) if blocks else None
    if match is None:
        return None
    return read_visible(
        match[0],
        where="visible dateline",
        now=context.now,
        position=NEAR,
        zone=context.zone,
        order=context.order,
    )


def _in_headline(context: Context) -> DateCandidate | None:
    """The date that the page's name begins with, set apart from it: `08.11.2021 | Fachtag …`."""
    match = _BEFORE_NAME.match(line_of(context.page.tree.css_first("title")))
    if match is None:
        return None
    return read_visible(
        match[0],
        where="visible headline",
        now=context.now,
        position=0,
        zone=context.zone,
        order=context.order,
    )


def _hinted(hints: Hints, now: dt.datetime) -> DateCandidate | None:
    """The date of the link; a feed's and a sitemap's are in Vietnamese time like the source."""
    if not hints.date:
        return None
    if hints.place == "listing":
        return read_visible(hints.date, where=hints.place, now=now)
    return read_machine(hints.date, where=hints.place, now=now)


def _stated(page: Page, data: Structured) -> Iterator[tuple[str, str]]:
    """What the page says to machines, and where: JSON-LD, meta tags, then scripts."""
    if data.published:
        yield STATED, data.published
    for name in load_words("metas/published"):
        for value in page.metas.get(name, ())[:1]:
            yield f"meta {name}", value
    for script in page.scripts[:60]:
        text = script.text(deep=True)
        named = _find_near(text, _GTAG_WORDS, _GTAG) if text and len(text) < 200_000 else ()
        found = min(named, key=re.Match.start, default=None)
        if found:
            yield "gtag", found[1]
            return


def _find_near(
    text: AnyStr, words: Iterable[AnyStr], pattern: re.Pattern[AnyStr]
) -> Iterator[re.Match[AnyStr]]:
    """Yield what the pattern finds around the words. Only there is looked at closely: scripts are
    most of a page."""
    for word in words:
        at = text.find(word)
        while at >= 0:
            match = pattern.search(text, max(0, at - _BEFORE_WORD), at + _BEHIND_WORD)
            if match and match.start() <= at:
                yield match
            at = text.find(word, at + 1)


def _times(context: Context) -> Iterator[DateCandidate | None]:
    """``<time datetime>`` with a mark of publication, or the page's only one where it is no clock
    above a menu."""
    now, zone, nodes = context.now, context.zone, context.page.times[:20]
    for node in nodes:
        attributes = node.attributes
        names = f"{attributes.get('class') or ''} {attributes.get('itemprop') or ''}".lower()
        marked = "publish" in names or "pubdate" in names or "pubdate" in attributes
        if marked or (len(nodes) == 1 and not _is_clock_of_site(context, line_of(node))):
            yield read_machine(attributes.get("datetime") or "", where="time", now=now, zone=zone)
            return
    for node in context.page.dated[:1]:
        attributes = node.attributes
        value = next(filter(None, map(attributes.get, ("content", "datetime", "title"))), "")
        yield read_machine(value, where="microdata", now=now, zone=zone)


def _is_clock_of_site(context: Context, text: str) -> bool:
    """Whether a line stands in the header of the page, above its menu."""
    scan, title = context.scan, context.headline
    return title is not None and any(
        block.text == text and block.traits & Trait.HEADER and stands_above_menu(scan, index, title)
        for index, block in enumerate(scan.blocks[:title])
    )
