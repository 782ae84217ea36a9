"""One poll of one seed, while it goes on: what it saw, and whether to turn the page. Pure."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.failures import ECHOES
from storage.instants import day_of_instant, format_instant, read_day

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from crawler.discovery.results import Child
    from storage.records import SeedState

MOST_LEVELS = 3
"""Sitemap indexes below each other; the protocol knows one level, some sites use two."""
_NO_ARTICLES = re.compile(
    r"/(?:wp-sitemap-(?:posts-page|taxonomies|users)-[\w-]*|page-sitemap\d*|author-sitemap\d*"
    r"|category-sitemap\d*|post_tag-sitemap\d*|[\w-]*sitemap[\w-]*(?:image|video|tag|author)s?)"
    r"\.xml(?:\.gz)?$",
    re.IGNORECASE,
)
"""Sitemaps of pages, sections, tags, authors and pictures, as publishing systems name them."""
MOST_DATES = 500
"""Date hints kept of one poll: enough to learn when a source publishes."""
RECHECK = 6 * 3600
"""Seconds after which an index that names no change is not taken at its word: some write the
``lastmod`` of their sitemaps once and for all."""


@dataclass(slots=True, kw_only=True)
class PollProgress:
    """One poll in progress, from the first request to `Archive.record_poll`."""

    seed: SeedState
    parent: PollProgress | None = None
    """The sitemap index it was named in, or the walk it is a part of."""
    transient: bool = False
    """Reads on for another poll, and is no seed of its own."""
    etag: str | None = None
    last_modified: str | None = None
    max_age: float | None = None
    ttl: float | None = None
    pages: int = 0
    seen: set[str] = field(default_factory=set)
    """Keys of all links on all pages of this poll."""
    fresh: int = 0
    """Links that the archive did not have."""
    news: int = 0
    """Links that the archive did not have when their page was read."""
    overlaps: bool = False
    """Some page showed what we had before: nothing lies between."""
    dates: list[str] = field(default_factory=list)
    named: int = 0
    """Sitemaps asked for on behalf of this poll, on all levels."""
    open_children: int = 0
    broken_children: int = 0
    sitemaps: list[PollProgress] = field(default_factory=list)
    """What it asked for, of the sitemaps that it names."""
    is_index: bool = False
    """It names sitemaps, asked for or not."""
    is_vacant: bool = False
    """It is as it should be, and lists nothing."""
    partial: bool = False
    """The answer's validators do not cover all it led to: the next poll must ask for the whole."""
    left_out: bool = False
    """Links were left out that another run may want: the poll does not count as complete."""
    reason: str = ""
    """Short word of what went wrong."""
    problem: str | None = None
    """The sentence that says it."""

    @property
    def first(self) -> bool:
        """Return whether this seed was never polled to the end before."""
        return self.seed.complete_at is None

    @property
    def line(self) -> list[PollProgress]:
        """This round, its parent, and so on up to the one that was started first."""
        line = [self]
        while (above := line[-1].parent) is not None:
            line.append(above)
        return line

    def take_share(self, most: int) -> int:
        """Return how many sitemaps below this one may still be asked for; 0 for endless ones."""
        line = self.line
        return max(0, most - line[-1].named) if len(line) <= MOST_LEVELS else 0

    @property
    def is_echo(self) -> bool:
        """Return whether it was not asked, and failed before: that answer still stands."""
        return self.reason in ECHOES and self.seed.last_reason is not None

    @property
    def leaves_gap(self) -> bool:
        """Return whether articles may lie between the oldest link and the last complete poll."""
        return not self.first and bool(self.seen) and not self.overlaps and not self.problem

    @property
    def links(self) -> int:
        """Return how many article links it showed, those of its sitemaps included."""
        return len(self.seen) + sum(below.links for below in self.sitemaps)

    def count_links(self, fruitful: Collection[int]) -> int | None:
        """Return how many article links it showed; None where the answers do not tell.

        ``fruitful``: the sitemaps (ids) of this index that ever showed one. An index of which
        none was asked, or only such as never show any, is as good as unchanged.
        """
        if not self.pages or self.is_vacant or (self.problem and not self.links):
            return None
        if self.links or not self.is_index:
            return self.links
        asked = {below.seed.id for below in self.sitemaps if below.shows_nothing}
        return None if not asked or (fruitful and not asked & set(fruitful)) else 0

    @property
    def lists_nothing(self) -> bool:
        """Return whether it is as it should be and lists nothing; an index: all it led to."""
        if not self.is_index:
            return self.is_vacant
        below = self.sitemaps
        return not self.links and bool(below) and all(each.lists_nothing for each in below)

    @property
    def shows_nothing(self) -> bool:
        """Return whether it was read and lists something, none of it an article."""
        is_silent = self.is_vacant or self.is_index or self.problem is not None
        return self.pages > 0 and not is_silent and not self.links

    def take_blame(self) -> None:
        """Fail with its sitemaps where all that were asked for failed."""
        failed = [below for below in self.sitemaps if below.problem]
        if failed and len(failed) == len(self.sitemaps) and not self.problem and not self.seen:
            self.reason, self.problem = failed[0].reason, failed[0].problem

    def turn(self, keys: Sequence[str], known: Collection[str], own: Collection[str]) -> int:
        """Take in one page; return how many of its links are news.

        ``known``: the keys the archive had; ``own``: those it had at this seed's last complete
        poll. One of the latter proves that nothing lies between; of the former it takes half the
        page, since other seeds may have brought them.
        """
        unseen = [key for key in dict.fromkeys(keys) if key not in self.seen]
        self.seen.update(unseen)
        self.pages += 1
        if unseen:
            had = sum(key in known for key in unseen)
            meets = any(key in own for key in unseen) or had * 2 >= len(unseen)
            # On the first page a "most read" box may be all that is known; it counts there only,
            # and only until the second page was read.
            self.overlaps = meets or (self.overlaps and self.pages > 2)
        return sum(key not in known for key in unseen)

    def note_dates(self, hints: Iterable[str | None]) -> None:
        """Keep date hints of links, up to ``MOST_DATES``."""
        room = MOST_DATES - len(self.dates)
        self.dates.extend(itertools.islice((hint for hint in hints if hint), room))


def needs_next_page(poll: PollProgress, news: int, *, most: int) -> bool:
    """Return whether a listing's next page is worth asking for.

    ``news``: links of the last page that were unknown and not on an earlier page of this poll.
    A page that brings none ends the poll, so endless pagination ends at once.
    """
    return news > 0 and poll.pages < most


def choose_children(
    children: Iterable[Child],
    polled: Mapping[str, SeedState],
    *,
    most: int,
    since: dt.date | None = None,
    until: dt.date | None = None,
    now: str | None = None,
) -> list[Child]:
    """Return the sitemaps of an index that are worth reading, newest first.

    One that was read before is read again only if its ``lastmod`` says so, or, without one, if
    the period in its name may still grow. Where no ``lastmod`` says so, those at the ends of the
    index are read again that were not in the last ``RECHECK`` seconds before ``now``. ``since``
    and ``until`` leave out other periods.
    """
    named = [
        child
        for child in children
        if not _NO_ARTICLES.search(child.url) and _is_within(child, since, until)
    ]
    chosen = [child for child in named if _may_have_changed(child, polled.get(child.url))]
    if not chosen and now is not None:
        chosen = [child for child in _ends(named) if _was_long_ago(polled[child.url], now)]
    chosen.sort(key=lambda child: (child.lastmod or child.period or "", child.url), reverse=True)
    return chosen[:most]


def _ends(children: Sequence[Child]) -> list[Child]:
    """Return the sitemaps that new articles are added to, whichever way an index is sorted."""
    if not children:
        return []
    newest = max(children, key=lambda child: (child.lastmod or "", child.period or "", child.url))
    ends = (children[0], children[-1], newest)
    return list({child.url: child for child in ends}.values())


def _was_long_ago(state: SeedState, now: str) -> bool:
    # Read later than now: the clock was wrong then or is now, so nobody knows how long ago.
    read = dt.datetime.fromisoformat(state.complete_at or now)
    age = (dt.datetime.fromisoformat(now) - read).total_seconds()
    return not 0 <= age < RECHECK


def _may_have_changed(child: Child, state: SeedState | None) -> bool:
    if state is None or state.complete_at is None:
        return True
    polled_on = day_of_instant(state.complete_at)
    if child.lastmod:
        changed = _instant(child.lastmod)
        if changed is not None:
            return changed >= dt.datetime.fromisoformat(state.complete_at)
        return (read_day(child.lastmod) or "9999") >= polled_on
    if child.period:
        # A site may add the last articles of a period a little late.
        yesterday = dt.date.fromisoformat(polled_on) - dt.timedelta(days=2)
        return child.period >= yesterday.isoformat()[: len(child.period)]
    return True


def _instant(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _is_within(child: Child, since: dt.date | None, until: dt.date | None) -> bool:
    last = child.period or read_day(child.lastmod)
    if since and last and last < since.isoformat()[: len(last)]:
        return False
    return not (until and child.period and child.period > until.isoformat()[: len(child.period)])


def gap_end(dates: Iterable[str], after: str, now: str) -> str:
    """Return when what we saw begins: the oldest date later than ``after``, else now."""
    days = []
    for hint in dates:
        moment = _instant(hint) if hint else None
        if moment is not None:
            instant = format_instant(moment)
            if after < instant <= now:
                days.append(instant)
    return min(days, default=now)
