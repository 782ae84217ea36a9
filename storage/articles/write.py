"""What becomes of a fetched page: stored, revised, unchanged, a duplicate, rejected, failed, gone.

Each public method is one transaction over everything a page changes: its capture, the
article and its texts, the cluster, the full-text index (by triggers), the link and the run's
count of outcomes. Killed at any instant, either all of it happened or the link is still due.
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypedDict

from storage.frontier.settling import settle_readable, settle_stored, stored
from storage.records import Capture, Link, Outcome
from storage.states import LinkState, OutcomeKind, RevisionKind
from storage.urls import canonical_url

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Unpack

    from storage.articles.captures import Captures
    from storage.articles.clusters import Copies
    from storage.articles.place import Page
    from storage.articles.places import Places
    from storage.db.database import Database
    from storage.frontier.links import Links
    from storage.frontier.runs import Runs
    from storage.media.files import Wanted
    from storage.places.mentions import Mention
    from storage.records import Article


_SEEN = "select last_seen_at, gone_at, gone_reason from articles where id = ?"
_END = "update articles set gone_at = ?, gone_reason = ? where id = ? and gone_at is null"


class Visit(TypedDict, total=False):
    """What ``Pages.add`` may be told besides; ``Incoming`` says what stands for what is not."""

    revisit_at: str | None
    etag: str | None
    last_modified: str | None
    revision_kind: RevisionKind
    seen_at: str | None
    media: Sequence[Wanted]
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A page that was read, with what ``Pages.add`` is told of it."""

    article: Article
    link: Link
    capture: Capture | None
    revisit_at: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    revision_kind: RevisionKind = RevisionKind.EDITED
    seen_at: str | None = None
    media: Sequence[Wanted] = ()
    """Pictures and documents that are to be fetched once the page is stored."""
    again: bool = False
    """A capture was read again, and nobody asked for the page: what its last visit left stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The same, with what was found out before the write lock was taken."""

    incoming: Incoming
    mentions: Sequence[Mention]
    copies: Copies


class Pages:
    """What becomes of fetched pages. Each method is one transaction."""

    def __init__(
        self,
        db: Database,
        links: Links,
        runs: Runs,
        captures: Captures,
        places: Callable[[], Places],
    ) -> None:
        self._db = db
        self._links = links
        self._runs = runs
        self._captures = captures
        self._places = places

    def add(
        self,
        article: Article,
        *,
        link: Link,
        capture: Capture | None,
        run_id: int | None,
        **visit: Unpack[Visit],
    ) -> Outcome:
        """Store what a page says, and return what became of it.

        ``new``: the source had no article with this key. ``unchanged``: same digest, only the
        check time moves. ``revised``: another text; it becomes the current one and, unless the
        article had it before, a revision; one from before the last visit is an older revision
        and leaves the article as it is. ``duplicate``: the source has this text at another
        key, or this link only led to a known article.

        ``article.key`` decides (empty: the link's key); missing digest and signature are made
        here. ``RevisionKind.REEXTRACTED`` says that our rules changed, not the paper; it
        also brings the fields outside the digest up to date. ``seen_at`` is when the text
        was seen or re-read, by default ``article.fetched_at``; with ``again`` that is no visit,
        and what the last one left of link and article stays, unless what it refused can be read
        now. A text without title, or without both body and summary, is ``rejected/empty`` and
        changes no article.
        """
        visit["revision_kind"] = RevisionKind(visit.get("revision_kind", RevisionKind.EDITED))
        page = Incoming(article=article, link=link, capture=capture, **visit)
        return self.add_all([page], run_id=run_id)[0]

    def add_all(self, pages: Sequence[Incoming], *, run_id: int | None) -> list[Outcome]:
        """Store several pages in one transaction, and return what became of each: see ``add``."""
        ready = [self._prepare(page) for page in pages]
        with self._db.transaction():
            return [self._add(page, run_id) for page in ready]

    def _prepare(self, incoming: Incoming) -> Prepared:
        """Find out what needs no write lock."""
        from storage.articles.clusters import Copies, prepare

        article = incoming.article
        _complete(article, incoming.link)
        copies = Copies.of(self._db.conn, article, incoming.seen_at or article.fetched_at)
        if not _has_text(article):
            return Prepared(incoming=incoming, mentions=[], copies=copies)
        mentions = self._places().find(article)
        # What is wrong with the file is met again under the lock, and explained there.
        with contextlib.suppress(sqlite3.Error):
            prepare(self._db.conn, article, copies)
        return Prepared(incoming=incoming, mentions=mentions, copies=copies)

    def _add(self, prepared: Prepared, run_id: int | None) -> Outcome:
        # Here, as reading commands make this class and never write.
        from storage.articles.place import Page, place
        from storage.articles.withhold import WITHHELD, find_withholding, remember_capture

        prepared.copies.settle()
        incoming, article = prepared.incoming, prepared.incoming.article
        if not _has_text(article):
            link, capture = incoming.link, incoming.capture
            return self.reject(link, "empty", capture=capture, run_id=run_id, again=incoming.again)
        withheld = find_withholding(self._db.conn, article.source_id, article.key, article.digest)
        if withheld is not None:
            outcome = self.reject(incoming.link, WITHHELD, capture=incoming.capture, run_id=run_id)
            if incoming.capture is not None:
                remember_capture(self._db.conn, withheld, incoming.capture)
            return outcome
        known = self._links.known(incoming.link)
        page = Page(
            article=article,
            link=known,
            capture_id=self._keep(incoming.capture, known),
            kind=incoming.revision_kind,
            seen_at=incoming.seen_at or article.fetched_at,
            copies=prepared.copies,
        )
        before = self._seen(known) if incoming.again else None
        outcome = place(self._db.conn, page)
        self._keep_mentions(page, outcome, prepared.mentions)
        if incoming.media and outcome.article_id and outcome.kind is not OutcomeKind.DUPLICATE:
            from storage.media.files import want

            conn, wanted = self._db.conn, incoming.media
            want(conn, outcome.article_id, article.source_id, wanted, article.fetched_at)
        settled = stored(known, outcome, incoming.revisit_at)
        settled = replace(settled, etag=incoming.etag, last_modified=incoming.last_modified)
        if not incoming.again:
            settle_stored(self._links, settled, article, outcome)
        elif known.state is LinkState.GONE:
            self._stay_gone(replace(known, article_id=outcome.article_id), article, before)
        elif before is None or before["last_seen_at"] < article.fetched_at:
            settle_readable(self._links, settled, article, outcome)
        else:
            self._links.settle(replace(known, article_id=outcome.article_id))
        return self._runs.count(run_id, outcome)

    def note_unchanged(
        self, link: Link, *, run_id: int | None, checked_at: str, revisit_at: str | None
    ) -> Outcome:
        """Record that a page was asked for and is as it was (304).

        Without an article to be unchanged, the answer is ``failed/http-304``.
        """
        with self._db.transaction():
            known = self._links.known(link)
            if known.article_id is None:
                return self.fail(known, "http-304", run_id=run_id, retry_at=revisit_at)
            self._db.conn.execute(
                "update articles set last_seen_at = max(last_seen_at, ?), gone_at = null,"
                " gone_reason = null where id = ?",
                (checked_at, known.article_id),
            )
            outcome = Outcome(kind=OutcomeKind.UNCHANGED, article_id=known.article_id)
            self._links.settle(stored(known, outcome, revisit_at))
            return self._runs.count(run_id, outcome)

    def reject(
        self,
        link: Link,
        reason: str,
        *,
        capture: Capture | None,
        run_id: int | None,
        retry_at: str | None = None,
        refused_at: str | None = None,
        again: bool = False,
    ) -> Outcome:
        """Record that a page is no article, and why. Its capture stays.

        It stays pending with ``retry_at``. A link that already led to an article keeps it
        untouched and stays ``stored``; ``retry_at`` is then its next visit. With ``again`` it is
        no attempt: another reason is noted, and nothing else.
        """
        with self._db.transaction():
            known = self._links.known(link)
            self._keep(capture, known)
            given_up = LinkState.REJECTED
            if again:
                self._links.settle(replace(known, reason=reason))
            else:
                self._refuse(known, given_up, reason, retry_at=retry_at, refused_at=refused_at)
            outcome = Outcome(kind=OutcomeKind.REJECTED, reason=reason, article_id=known.article_id)
            return self._runs.count(run_id, outcome)

    def fail(
        self,
        link: Link,
        reason: str,
        *,
        run_id: int | None,
        retry_at: str | None,
        capture: Capture | None = None,
        refused_at: str | None = None,
    ) -> Outcome:
        """Record that a page could not be fetched. It stays due at ``retry_at``, if given.

        A link that already led to an article keeps it untouched and stays ``stored``.
        """
        with self._db.transaction():
            known = self._links.known(link)
            self._keep(capture, known)
            given_up = LinkState.FAILED
            self._refuse(known, given_up, reason, retry_at=retry_at, refused_at=refused_at)
            outcome = Outcome(kind=OutcomeKind.FAILED, reason=reason, article_id=known.article_id)
            return self._runs.count(run_id, outcome)

    def mark_gone(
        self,
        link: Link,
        reason: str,
        *,
        capture: Capture | None,
        run_id: int | None,
        seen_at: str,
        retry_at: str | None = None,
    ) -> Outcome:
        """Record that a page was removed: 404, 410, or a redirect to the front page.

        The article keeps text and last good capture and gets ``gone_at``, unless another
        link still leads to it: then that one is due at once, and decides. A link that never led
        to an article stays pending with ``retry_at``: the page may not be there yet.
        """
        with self._db.transaction():
            known = self._links.known(link)
            self._keep(capture, known)
            if known.article_id is None:
                self._refuse(known, LinkState.GONE, reason, retry_at=retry_at, refused_at=seen_at)
            else:
                self._lose(known, reason, seen_at)
            outcome = Outcome(kind=OutcomeKind.REJECTED, reason=reason, article_id=known.article_id)
            return self._runs.count(run_id, outcome)

    def _lose(self, link: Link, reason: str, seen_at: str) -> None:
        """Settle a link whose article is gone."""
        gone = replace(
            link,
            state=LinkState.GONE,
            reason=reason,
            attempts=link.attempts + 1,
            next_try_at=None,
            refused_at=seen_at,
            absent=0,
        )
        self._links.settle(gone)
        self._end(gone, seen_at)

    def _end(self, gone: Link, at: str) -> None:
        """Mark an article as gone, unless another link still leads to it."""
        if not self._links.ask_others(gone, at):
            self._db.conn.execute(_END, (at, gone.reason or "gone", gone.article_id))

    def _refuse(
        self,
        link: Link,
        given_up: LinkState,
        reason: str,
        *,
        retry_at: str | None,
        refused_at: str | None,
    ) -> None:
        """Settle a link that gave no article; ``given_up`` is its state without a ``retry_at``."""
        if link.article_id is not None:
            state = LinkState.STORED
        else:
            state = given_up if retry_at is None else LinkState.PENDING
        refused = replace(
            link,
            state=state,
            reason=reason,
            attempts=link.attempts + 1,
            next_try_at=retry_at,
            refused_at=refused_at,
            absent=0,
        )
        self._links.settle(refused)

    def _keep(self, capture: Capture | None, link: Link) -> int | None:
        return None if capture is None else self._captures.keep(capture, link.id)

    def _keep_mentions(self, page: Page, outcome: Outcome, mentions: Sequence[Mention]) -> None:
        """Keep which units an article names, if the text just read is the one it has now."""
        article_id = outcome.article_id
        if article_id is None or not _is_read_anew(outcome, page.kind):
            return
        if outcome.kind is OutcomeKind.NEW or self._is_current(article_id, page.article):
            self._places().keep(article_id, mentions)

    def _seen(self, link: Link) -> sqlite3.Row | None:
        """Return when the article of a link was last seen, and whether it is gone."""
        row: sqlite3.Row | None = self._db.conn.execute(_SEEN, (link.article_id,)).fetchone()
        return row

    def _stay_gone(self, link: Link, article: Article, before: sqlite3.Row | None) -> None:
        """Leave a page gone that was found so after the capture that is read again now."""
        self._links.settle(link)
        refused_at = link.refused_at or article.fetched_at
        if before is None:
            self._end(link, refused_at)
        elif before["gone_at"] is not None:
            at = before["gone_at"] if before["gone_at"] >= article.fetched_at else refused_at
            reason = before["gone_reason"] or link.reason or "gone"
            self._db.conn.execute(_END, (at, reason, link.article_id))

    def _is_current(self, article_id: int, article: Article) -> bool:
        """Return whether the article has this text now: an older one is only a revision."""
        row = self._db.conn.execute(
            "select digest from articles where id = ?", (article_id,)
        ).fetchone()
        return bool(row["digest"] == article.digest)


def _is_read_anew(outcome: Outcome, revision_kind: RevisionKind) -> bool:
    """Return whether the article has the text, or the rules, that its page was read with."""
    if outcome.kind is OutcomeKind.UNCHANGED:
        return revision_kind == RevisionKind.REEXTRACTED
    return outcome.kind in (OutcomeKind.NEW, OutcomeKind.REVISED)


def _has_text(article: Article) -> bool:
    return bool(article.title and (article.body or article.summary))


def _complete(article: Article, link: Link) -> None:
    """Fill in what follows from the rest of an article."""
    from storage.fingerprint import content_digest, signature

    article.key = article.key or link.key
    article.canonical_url = article.canonical_url or canonical_url(article.url)
    article.digest = article.digest or content_digest(article.title, article.summary, article.body)
    article.signature = article.signature or signature(article.body)
