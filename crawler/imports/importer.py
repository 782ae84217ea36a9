"""Responses from elsewhere into the archive: copied, read, placed as a crawl's would be.

Some pages go into one transaction, with the place to go on at: killed at any instant, either all
of them are there or they are read again. Their records are on the disk before.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from crawler.errors import NotAnArticle
from crawler.extract.hints import NO_HINTS
from crawler.failures import Word, is_passing
from crawler.imports.notes import Note, Tally
from crawler.imports.responses import Page, Shell, with_head, without_encoding
from crawler.imports.writing import PageWriter
from crawler.runs.boilerplate import hints_of, is_our_doing, kinds_of, learn_lines
from crawler.runs.links import make_link, row_of
from crawler.runs.texts import finish_texts
from storage.errors import CaptureError
from storage.records import Outcome
from storage.states import LinkState, OutcomeKind, RevisionKind, RunKind, RunState
from storage.warc.encodings import BodyTooLarge, decode_body
from storage.warc.files import read_capture
from storage.warc.records import payload_digest

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.imports.choice import Choice
    from crawler.imports.responses import Response
    from crawler.sources import Source
    from storage.archive import Archive
    from storage.frontier.imports import Import
    from storage.records import Article, Capture, CapturedResponse, Link, Run

BATCH = 20
"""Pages of one commit: a commit waits for the disk twice, the rest of a page takes as long as one
such wait."""
LEARN_EVERY = 200
"""Pages of a source after which the lines it repeats are learnt again."""
MOST_WAITING = 10_000
"""Revisits that wait for the page they refer to."""
OK = 200


class LimitReached(Exception):
    """As many pages were read as were wanted."""


class Importer:
    """Takes responses into one archive, in one run a source.

    ``now`` is a clock of ours; ``max_page`` is how many bytes a page may decode to; ``limit`` is
    how many pages are read; ``roots`` reads the certificates that stamps are trusted by.
    """

    def __init__(
        self,
        archive: Archive,
        choice: Choice,
        *,
        now: Callable[[], str],
        max_page: int,
        limit: int | None = None,
        roots: Callable[[], list[Any]] = list,
    ) -> None:
        self.archive = archive
        self.roots = cache(roots)
        self.choice = choice
        self.tally = Tally()
        self.now = now
        self._max_page = max_page
        self._limit = limit
        self._writer = PageWriter(archive, now, self.tally)
        self._batch: list[Page] = []
        self._known: list[Response] = []
        """Pages that are kept, with manifests that may be new."""
        self._runs: dict[str, int] = {}
        self._read: Counter[str] = Counter()
        self._lines: dict[str, frozenset[str]] = {}
        self._kinds: dict[str, dict[int, str]] = {}
        self._waiting: list[Response] = []
        self._unfinished: list[Import] = []
        """Files that were read to their end, with revisits that wait."""
        self._saved = (0, 0)

    # --- responses ---------------------------------------------------------------------------

    def take(self, response: Response) -> None:
        """Read a response, if it is a page of ours that is not known.

        Raise LimitReached when there are enough, CaptureError when nothing can be written.
        """
        source = self._wanted_by(response)
        if source is None:
            self.tally.passed += 1
            if response.is_media:
                self.tally.note(Note.MEDIA, response.where)
            return
        if response.original is not None:
            self._take_revisit(source, response)
            return
        digest = payload_digest(response.payload)
        if self._is_known(response, digest):
            self.tally.known += 1
            if response.origins is not None:
                self._known.append(response)
            if len(self._known) >= BATCH:
                self.flush()
            return
        page = self._read_page(source, response, response.payload, digest)
        if response.shell is not None:
            page = replace(page, shell=self._find_shell(response.shell))
        self._add(page)

    def _find_shell(self, response: Response) -> Shell | None:
        """Return the answer that a page was drawn from, None where its payload is lost."""
        if response.original is None:
            digest = payload_digest(response.payload)
            return Shell(response=response, payload=response.payload, digest=digest)
        found = self._find_payload(response)
        if found is None:
            self.tally.note(Note.NO_ORIGINAL, response.where)
            return None
        earlier, kept = found
        response = with_head(response, kept)
        return Shell(response=response, payload=kept.raw, digest=earlier.digest)

    def take_waiting(self) -> None:
        """Look once more for what revisits refer to: it may have come after them."""
        waiting, self._waiting = self._waiting, []
        for response in waiting:
            self.take(response)

    def give_up_waiting(self) -> None:
        """Count the revisits that still wait: their originals will not come any more."""
        self.take_waiting()
        for response in self._waiting:
            self.tally.note(Note.NO_ORIGINAL, response.where)
        self._waiting = []
        self.flush()
        for progress in self._unfinished:
            self.archive.imports.finish(progress.id, now=self.now())
        self._unfinished = []

    def finish(self, progress: Import, name: str) -> None:
        """Note that a file was read to its end; not before its last revisit waits no more."""
        if any(response.origin.name == name for response in self._waiting):
            self._unfinished.append(progress)
        else:
            self.archive.imports.finish(progress.id, now=self.now())

    @property
    def waiting(self) -> int:
        """Return how many revisits wait for what they refer to."""
        return len(self._waiting)

    def _wanted_by(self, response: Response) -> Source | None:
        is_status = response.status == OK or response.original is not None
        if not is_status or not self.choice.is_in_period(response.fetched_at):
            return None
        source = self.choice.owner_of(response.url)
        if source is None:
            return None
        # No more copies of what nobody may read.
        key = make_link(source, response.url, found_at="").key
        return None if self.archive.withholding.by_key(source.id, key) else source

    def _is_known(self, response: Response, digest: str) -> bool:
        if self._is_kept(response, digest):
            return True
        same = (response.url, response.fetched_at, digest)
        return any((p.response.url, p.response.fetched_at, p.digest) == same for p in self._batch)

    def _is_kept(self, response: Response, digest: str) -> bool:
        kept = self.archive.captures.at(response.url, response.fetched_at)
        return kept is not None and kept.digest == digest

    def _take_revisit(self, source: Source, response: Response) -> None:
        found = self._find_payload(response)
        if found is None:
            if len(self._waiting) < MOST_WAITING:
                self._waiting.append(response)
            else:
                self.tally.note(Note.NO_ORIGINAL, response.where)
            return
        earlier, kept = found
        if self._is_known(response, earlier.digest):
            self.tally.known += 1
            return
        response = with_head(response, kept)
        self._add(self._read_page(source, response, kept.raw, earlier.digest))

    def _find_payload(self, response: Response) -> tuple[Capture, CapturedResponse] | None:
        """Return the capture that a revisit refers to, read; None where there is none."""
        earlier = self._find_original(response)
        if earlier is None and self._batch:
            self.flush()
            earlier = self._find_original(response)
        if earlier is None:
            return None
        try:
            return earlier, read_capture(self.archive.captures_dir, earlier, decode=False)
        except CaptureError:  # `verify` says so
            return None

    def _find_original(self, response: Response) -> Capture | None:
        original, captures = response.original, self.archive.captures
        if original is None:
            return None
        found = None
        if original.digest:
            found = captures.with_payload(original.url, original.digest)
            found = found or captures.with_payload(response.url, original.digest)
        if found is None and original.fetched_at:
            found = captures.at(original.url, original.fetched_at)
        return found

    # --- reading -------------------------------------------------------------------------------

    def _read_page(self, source: Source, response: Response, payload: bytes, digest: str) -> Page:
        for note in response.notes:
            self.tally.note(note, response.where)
        self._begin(source)
        made = make_link(source, response.url, found_at=response.fetched_at)
        link = self.archive.links.find(source.id, made.key) or made
        article, reason = None, ""
        try:
            body, response = self._decode(response, payload)
            article = self._extract(source, link, response, body)
        except BodyTooLarge:
            reason = str(Word.TOO_LARGE)
        except ValueError:
            reason = str(Word.ENCODING)
        except NotAnArticle as refusal:
            reason = refusal.reason
        return Page(
            source=source,
            link=link,
            response=response,
            payload=payload,
            digest=digest,
            article=article,
            reason=reason,
        )

    def _decode(self, response: Response, payload: bytes) -> tuple[bytes, Response]:
        """Return the body and the response. Raise ValueError where it cannot be decoded."""
        encoding = response.header("content-encoding") or ""
        try:
            return decode_body(payload, encoding, max_bytes=self._max_page), response
        except BodyTooLarge:
            raise
        except ValueError:
            if not payload.lstrip().startswith(b"<"):
                raise
            self.tally.note(Note.NOT_ENCODED, response.where)
            return payload, without_encoding(response)

    def _extract(self, source: Source, link: Link, response: Response, body: bytes) -> Article:
        from crawler.extract import extract

        kinds = self._kinds[source.id]
        article = extract(
            body,
            url=response.url,
            source=source,
            fetched_at=response.fetched_at,
            content_type=response.header("content-type"),
            boilerplate=self._lines[source.id],
            hints=hints_of(link, kinds) if link.id is not None else NO_HINTS,
        )
        article.key = link.key
        fault = finish_texts(article)
        if fault is not None:
            raise NotAnArticle(fault)
        return article

    def _begin(self, source: Source) -> None:
        """Open the run of a source with its first page, and learn what it repeats now and then."""
        if source.id not in self._runs:
            self.archive.sources.put(row_of(source))
            self._runs[source.id] = self.archive.runs.start(source.id, RunKind.IMPORT, self.now())
            self._kinds[source.id] = kinds_of(self.archive, source.id)
        if self._read[source.id] % LEARN_EVERY == 0:
            self._lines[source.id] = learn_lines(self.archive, source.id, now=self.now())
        self._read[source.id] += 1

    # --- writing -------------------------------------------------------------------------------

    def _add(self, page: Page) -> None:
        self._batch.append(page)
        self.tally.pages += 1
        is_last = self._limit is not None and self.tally.pages >= self._limit
        if is_last or len(self._batch) >= BATCH:
            self.flush()
        if is_last:
            raise LimitReached

    def flush(self, progress: Import | None = None, place: str = "") -> None:
        """Write what was read: records first, then all rows in one transaction.

        With ``progress``, the same transaction notes the place to go on at.
        """
        pages, self._batch = self._batch, []
        known, self._known = self._known, []
        captures, proven = self._writer.write(pages), self._writer.prove(known)
        with self.archive.transaction():
            for page, (capture, shell) in zip(pages, captures, strict=True):
                if self._is_kept(page.response, page.digest):  # by another import meanwhile
                    self.tally.known += 1
                    self.tally.pages -= 1
                    continue
                self._store(page, capture)
                self._keep_shell(page, shell)
            for capture in proven:
                self.archive.captures.add_proof(capture)
            if progress is not None:
                before, self._saved = self._saved, (self.tally.records, self.tally.pages)
                records, kept = (now - then for now, then in zip(self._saved, before, strict=True))
                self.archive.imports.note(progress.id, place=place, records=records, pages=kept)

    def _store(self, page: Page, capture: Capture) -> Outcome:
        run_id, article = self._runs[page.source.id], page.article
        if article is None:
            return self._reject(page, capture, run_id)
        link, archive = page.link, self.archive
        known = archive.links.find(link.source_id, link.key)
        return archive.add(
            article,
            link=known or link,
            capture=capture,
            run_id=run_id,
            revisit_at=self._revisit_at(known, page.source),
            etag=known.etag if known else None,
            last_modified=known.last_modified if known else None,
            revision_kind=self._kind(page, article),
            again=known is not None and _was_refused_since(known, page.response.fetched_at),
        )

    def _keep_shell(self, page: Page, shell: Capture | None) -> None:
        if shell is not None:
            link = self.archive.links.find(page.link.source_id, page.link.key)
            self.archive.captures.keep(shell, link.id if link else None)

    def _kind(self, page: Page, article: Article) -> RevisionKind:
        if page.link.article_id is None:
            return RevisionKind.EDITED
        source, lines = page.source, self._lines[page.source.id]
        hints = hints_of(page.link, self._kinds[source.id])
        ours = is_our_doing(self.archive, source, article, lines, hints)
        return RevisionKind.REEXTRACTED if ours else RevisionKind.EDITED

    def _reject(self, page: Page, capture: Capture, run_id: int) -> Outcome:
        """Keep a page that is no article. What a crawl knows of its address stays as it is."""
        archive, reason = self.archive, page.reason
        known = archive.links.find(page.link.source_id, page.link.key)
        if known is None and not is_passing(reason):
            return archive.pages.reject(page.link, reason, capture=capture, run_id=run_id)
        archive.captures.keep(capture, known.id if known else None)
        return archive.runs.count(run_id, Outcome(kind=OutcomeKind.REJECTED, reason=reason))

    def _revisit_at(self, known: Link | None, source: Source) -> str | None:
        """Return when a page is visited: as it was planned. An import plans no visit by itself."""
        if known is None or source.status in ("frozen", "retired"):
            return None
        if known.state is LinkState.PENDING:
            return known.next_try_at or self.now()
        return known.next_try_at

    # --- the end -------------------------------------------------------------------------------

    def close(self, state: RunState) -> list[Run]:
        """End the runs and give the capture file its name; return the runs by source."""
        self._writer.close()
        runs = [
            self.archive.runs.finish(run_id, state, self.now())
            for _, run_id in sorted(self._runs.items())
        ]
        self._runs.clear()
        return runs


def _was_refused_since(link: Link, instant: str) -> bool:
    """Return whether a crawl asked for a page after an instant, and in vain."""
    if link.refused_at is None:
        return link.state is LinkState.GONE
    return link.refused_at > instant
