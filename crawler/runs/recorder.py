"""What one crawl of one source records: its run, and one outcome for each of its pages.

Everything that must survive a kill goes through here into the archive, one transaction per fact.
Nothing in here knows Scrapy but the signals it sends.
"""

from __future__ import annotations

import logging
from functools import cached_property
from typing import TYPE_CHECKING

from crawler.failures import Verdict, Word, reason_of
from crawler.runs import signals
from crawler.runs.captures import RunCaptures
from crawler.runs.items import SHARED, Shelf
from crawler.runs.links import make_link, row_of
from crawler.scheduling.policy import next_revisit
from crawler.scheduling.retries import is_new, retry_at
from crawler.scheduling.troubles import Troubles
from storage.articles.write import Incoming
from storage.instants import add_seconds, read_clock, read_day
from storage.states import RevisionKind, RunKind, RunState

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.signalmanager import SignalManager

    from crawler.net.errors import Refused
    from crawler.runs.boilerplate import Lessons
    from crawler.runs.items import PageItem
    from crawler.runs.plan import CrawlPlan
    from crawler.sources import Source
    from storage.archive import Archive
    from storage.records import Article, Capture, Link, Outcome, Run

logger = logging.getLogger(__name__)


class Recorder:
    """Records one run of one source in the archive."""

    def __init__(
        self,
        archive: Archive,
        source: Source,
        plan: CrawlPlan,
        *,
        batch: int,
        events: SignalManager,
        clock: Callable[[], str] = read_clock,
    ) -> None:
        self.archive = archive
        self.source = source
        self.plan = plan
        self.clock = clock
        archive.sources.put(row_of(source))
        self.run_id = archive.runs.start(source.id, plan.kind, clock())
        self.captures = RunCaptures(archive, source, self.run_id, clock)
        self._shelf = Shelf(archive, self.run_id, SHARED if plan.kind is RunKind.BACKFILL else 1)
        self.handled = 0
        self.failed = 0
        self._batch = batch
        self._events = events
        self._open: dict[int, Link] = {}
        self._done: set[int] = set()
        """Links that were settled or put off: each is asked for once in a run."""
        self._troubles = Troubles()

    @cached_property
    def lessons(self) -> Lessons:
        """What the source teaches, learnt with the first page."""
        # Extraction stands behind it, and is dear to load: a run without pages does without.
        from crawler.runs.boilerplate import Lessons

        return Lessons(self.archive, self.source, self.clock)

    def begin(self) -> None:
        """Make due what this run may do, and report how much earlier runs have left."""
        now = self.clock()
        with self.archive.transaction():
            self.archive.ahead.bring_back(self.source.id, now, next_revisit)
            for reason in self._reopened():
                self.archive.links.reopen(self.source.id, reason)
            if not self.plan.due_only:
                # Someone asked for a crawl now: waiting times of failed pages are for the daemon.
                self.archive.links.make_due(self.source.id)
        pending = self.archive.links.count_due(self.source.id, now)
        self._events.send_catch_log(signals.run_started, pending=pending)

    def _reopened(self) -> list[Word]:
        """Reasons of earlier runs, with other bounds, that do not hold in this one."""
        backfill = self.plan.kind is RunKind.BACKFILL
        reasons = [Word.BEFORE_SINCE] if self.plan.since is None or backfill else []
        return [*reasons, Word.AFTER_UNTIL] if self.plan.until is None else reasons

    # --- the frontier ------------------------------------------------------------------------

    def next_links(self) -> list[Link]:
        """Return the next links to fetch; none when nothing is due or the limit is reached.

        What was handed out before and never settled is settled now as ``failed/lost``, so that
        no page can be asked for twice in a run.
        """
        self.flush()
        for link in list(self._open.values()):
            self.fail(link, Word.LOST)
        if self.is_host_away:
            return []
        wanted = min(n for n in (self._batch, self._troubles.left, self.room) if n is not None)
        links: list[Link] = []
        while wanted > 0 and not links:
            found = self.archive.links.next(
                self.source.id, now=self.clock(), limit=wanted, exclude=self._done
            )
            if not found:
                break
            links = [link for link in found if not self._leave(link)]
        return [self.take(link) for link in links]

    @property
    def is_host_away(self) -> bool:
        """Return whether the host, for all we met, will not give us any page now."""
        return self._troubles.is_host_away

    @property
    def is_unanswered(self) -> bool:
        """Return whether no page of the run had any answer: the host may be away, or its pages."""
        return self._troubles.is_unanswered

    def describe_troubles(self) -> str | None:
        """Return one sentence about a host that ended the run, or did not let us in at all."""
        count = self._troubles.count
        if not count:
            return None
        cause = self._troubles.cause
        if self.plan.url is not None:
            return f"{self.source.id}: {self.plan.url} {cause}"
        pages = "1 page" if count == 1 else f"{count} pages in a row"
        left = self.archive.links.count_due(self.source.id, self.clock())
        rest = f"; {left} more wait for a later run" if left else ""
        return f"{self.source.id}: {pages} gave nothing: the last {cause}{rest}"

    @property
    def room(self) -> int | None:
        """Pages that the plan's limit still allows; None: no limit."""
        return None if self.plan.limit is None else max(0, self.plan.limit - self.handled)

    def take(self, link: Link) -> Link:
        """Note that the link is being fetched."""
        if link.id is not None:
            self._open[link.id] = link
        return link

    def link_for(self, url: str) -> Link:
        """Return the link of a URL the user named, found before or not."""
        link = make_link(self.source, url, found_at=self.clock())
        known = self.archive.links.find(self.source.id, link.key)
        if known is None:
            self.archive.links.add([link])
            known = self.archive.links.find(self.source.id, link.key)
        return known or link

    def _leave(self, link: Link) -> bool:
        """Return whether a link is left alone in this run, because of its date."""
        if link.id is None or not self.plan.is_too_old(read_day(link.date_hint)):
            return False
        self._done.add(link.id)
        return True

    def learns_from(self, article: Article) -> bool:
        """Learn what the page repeats of others; a known article keeps its own title and lead.
        Return whether there was anything to learn: then the others have been read again."""
        others = self.lessons.learn(article)
        if others is None:
            return False
        from crawler.runs.reextract import mend_articles

        self.flush()
        mend_articles(self.archive, self.source, others, self.lessons.lines)
        return True

    # --- outcomes: exactly one for each page -----------------------------------------------------

    def store(self, item: PageItem) -> None:
        """Archive an article that came down the pipelines; in a backfill, with the next ones."""
        link = item.link
        first_seen = link.found_at if link.article_id else self.clock()
        ours = link.article_id is not None and self.lessons.is_our_doing(item, link)
        page = Incoming(
            article=item,
            link=link,
            capture=item.capture,
            revisit_at=next_revisit(first_seen, self.clock()),
            etag=link.etag,
            last_modified=link.last_modified,
            revision_kind=RevisionKind.REEXTRACTED if ours else RevisionKind.EDITED,
            media=item.media,
        )
        if self._shelf.put(page):
            self.flush()

    def flush(self) -> None:
        """Store and report the pages that wait for it; nothing is named that is not on the disk."""
        self.captures.sync()
        for page, outcome in self._shelf.store():
            if isinstance(outcome, Exception):
                logger.error("%s cannot be stored", page.link.url, exc_info=outcome)
                self.fail(page.link, Word.CRASHED, capture=page.capture)
            else:
                self._settle(page.link, outcome)

    def is_open(self, link: Link) -> bool:
        """Return whether the link was handed out in this run and has no outcome yet."""
        return link.id in self._open

    def reject(self, link: Link, reason: str, capture: Capture | None = None) -> Outcome:
        """Record that the page was read and is no article, or may not be read."""
        self.flush()
        outcome = self.archive.pages.reject(
            link,
            reason,
            capture=capture,
            run_id=self.run_id,
            retry_at=self._retry_at(link, reason),
            refused_at=self.clock(),
        )
        return self._settle(link, outcome)

    def fail(
        self,
        link: Link,
        reason: str,
        *,
        wait: float | None = None,
        capture: Capture | None = None,
    ) -> Outcome:
        """Record a failed attempt; ``wait``: seconds the server asked for."""
        self.flush()
        outcome = self.archive.pages.fail(
            link,
            reason,
            run_id=self.run_id,
            retry_at=self._retry_at(link, reason, wait),
            capture=capture,
            refused_at=self.clock(),
        )
        self.failed += 1
        return self._settle(link, outcome)

    def _retry_at(self, link: Link, reason: str, wait: float | None = None) -> str | None:
        """Return when the plan of the reason has the page asked for again."""
        now = self.clock()
        return retry_at(
            link.attempts + 1,
            reason_of(reason),
            now,
            is_stored=link.article_id is not None,
            is_new=self._is_new(link, now),
            not_before=None if wait is None else add_seconds(now, min(wait, 86400.0 * 30)),
            found_at=link.found_at,
        )

    def _is_new(self, link: Link, now: str) -> bool:
        """Return whether a page that is not there may be there later; of old ones none will be."""
        day = read_day(link.date_hint)
        if day is None and self.plan.kind is RunKind.BACKFILL:
            return False
        return is_new(day, now)

    def lose(self, link: Link, reason: str, capture: Capture | None = None) -> Outcome:
        """Record that the page is gone from the site; what we have of it stays.

        A page that was never there is asked for again while it is new.
        """
        self.flush()
        outcome = self.archive.pages.mark_gone(
            link,
            reason,
            capture=capture,
            run_id=self.run_id,
            seen_at=self.clock(),
            retry_at=self._retry_at(link, reason),
        )
        return self._settle(link, outcome)

    def confirm(self, link: Link) -> Outcome:
        """Record that the server says the page has not changed."""
        self.flush()
        now = self.clock()
        outcome = self.archive.pages.note_unchanged(
            link, run_id=self.run_id, checked_at=now, revisit_at=next_revisit(link.found_at, now)
        )
        return self._settle(link, outcome)

    def defer(self, link: Link, reason: str, detail: str = "") -> None:
        """Put off a link whose host may not be asked now: it stays pending, nothing is counted."""
        self.flush()
        self._troubles.put_off(reason, detail)
        if link.id is not None:
            self._done.add(link.id)
            self._open.pop(link.id, None)

    def obey(self, link: Link, refusal: Refused, capture: Capture | None) -> None:
        """Record what a guard said about the request for a link, or about its answer."""
        if refusal.verdict is Verdict.DEFERRED:
            self.defer(link, refusal.reason, refusal.detail)
        elif refusal.verdict is Verdict.REJECTED:
            self.reject(link, refusal.reason, capture)
        else:
            self.fail(link, refusal.reason, wait=refusal.wait, capture=capture)

    def _settle(self, link: Link, outcome: Outcome) -> Outcome:
        if link.id is not None:
            self._open.pop(link.id, None)
            self._done.add(link.id)
        self.handled += 1
        self._troubles.note(outcome)
        self._events.send_catch_log(signals.page_settled, link=link, outcome=outcome)
        return outcome

    # --- the end -----------------------------------------------------------------------------

    def close(self, state: RunState) -> Run:
        """End the run and give everything back."""
        try:
            self.flush()
            self.captures.close()
            return self.archive.runs.finish(self.run_id, state, self.clock())
        finally:
            self.archive.close()
