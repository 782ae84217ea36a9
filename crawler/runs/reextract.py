"""Read the captures of a source again with today's rules. No network.

The newest good capture of each link is read; the article gets what is found now, and where the
text differs a revision of kind ``reextracted``, so that it is never taken for an edit by the
paper. Captures that are no article keep what the archive has. Lines that the source repeats on
many pages are learnt from the articles first and left out.

Processes read, this one alone writes, in the order of the captures: how many read makes no
difference to what is written.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from crawler.errors import CrawlError, NotAnArticle
from crawler.failures import Word
from crawler.media.choice import NOTHING
from crawler.runs.boilerplate import hints_of, keep_kept, kinds_of, learn_lines, read_again
from storage.errors import CaptureError
from storage.records import Outcome
from storage.states import LinkState, OutcomeKind, RevisionKind, RunKind, RunState
from storage.warc.files import read_capture

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from concurrent.futures import Future
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from crawler.extract.hints import Hints
    from crawler.media.choice import Choice
    from crawler.sources import Source
    from storage.archive import Archive
    from storage.media.files import Wanted
    from storage.records import Article, Capture, Run

LATEST = 3000
"""Articles that repeated lines are learnt from, the latest ones."""
SHEAF = 16
"""Captures that are read by one process in one go and stored in few transactions."""
AHEAD = 3
"""Sheaves a process may be ahead of the writer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A capture to be read, the link that led to it, and what the link says of it."""

    capture: Capture
    link_id: int
    hints: Hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheaf:
    """Some pages of one source, and what is left out of them."""

    captures_dir: Path
    source: Source
    boilerplate: Collection[str]
    pages: tuple[Page, ...]
    media: Choice = NOTHING
    """Which pictures and documents are noted, to be fetched by a crawl."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """What a page says now: an article, or why it is none."""

    page: Page
    article: Article | None = None
    reason: str = ""
    media: tuple[Wanted, ...] = ()
    broken: bool = False
    """Whether the capture could not be read back."""


class Readers:
    """Processes that read captures; with one job this process reads, and none is started."""

    def __init__(self, jobs: int = 1) -> None:
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        if self._jobs > 1:
            # A fork would take the connection to the archive along.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._jobs, context, _begin_reading)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def read(self, sheaves: Iterable[Sheaf]) -> Iterator[list[Reread]]:
        """Yield what is in the pages of each sheaf, in their order. Raise CrawlError."""
        if self._pool is None:
            yield from map(read_sheaf, sheaves)
            return
        waiting: deque[Future[list[Reread]]] = deque()
        try:
            for sheaf in sheaves:
                waiting.append(self._pool.submit(read_sheaf, sheaf))
                if len(waiting) > AHEAD * self._jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise CrawlError(
                "a process that was reading captures has died, perhaps for want of memory:"
                " give --jobs a smaller number"
            ) from error


def reextract_source(
    archive: Archive,
    source: Source,
    *,
    now: Callable[[], str],
    readers: Readers | None = None,
    media: Choice = NOTHING,
    on_pages: Callable[[int, int], None] | None = None,
) -> Run:
    """Read all captures of a source again, in a run of kind ``reextract``.

    ``now`` gives UTC instants for the run; ``on_pages`` is called with how many captures have been
    read, and of how many; ``media`` says which pictures and documents are noted as wanted. The
    caller holds the source's lock. An exception leaves the run ``interrupted`` and is raised again.
    What was stored before stays; another run reads all again.
    """
    run_id = archive.runs.start(source.id, RunKind.REEXTRACT, now())
    state = RunState.INTERRUPTED
    try:
        boilerplate = learn_lines(archive, source.id, now=now(), latest=LATEST)
        chosen = archive.captures.newest_good(source.id)
        done = 0
        sheaves = _sheaves(archive, source, chosen, boilerplate, media)
        for found in (readers or Readers()).read(sheaves):
            archive.write_each(found, partial(_store, archive, run_id=run_id))
            done += len(found)
            if on_pages is not None:
                on_pages(done, len(chosen))
        state = RunState.FINISHED
    finally:
        run = archive.runs.finish(run_id, state, now())
    return run


def mend_articles(
    archive: Archive, source: Source, keys: Iterable[str], boilerplate: Collection[str]
) -> None:
    """Read the last captures of some articles again, now that ``boilerplate`` is known of the
    source, in no run of their own. What is no article any more stays as it is."""
    chosen = []
    for key in sorted(keys):
        stored, link = archive.article_by_key(source.id, key), archive.links.find(source.id, key)
        if stored and stored.capture_id and link and link.id:
            chosen.append((stored.capture_id, link.id))
    for sheaf in _sheaves(archive, source, chosen, boilerplate, NOTHING):
        for reread in read_sheaf(sheaf):
            if reread.article is not None:
                _store(archive, reread, None)


def read_sheaf(sheaf: Sheaf) -> list[Reread]:
    """Read the pages of a sheaf. Pure but for the capture files."""
    return [_read(sheaf, page) for page in sheaf.pages]


def _sheaves(
    archive: Archive,
    source: Source,
    chosen: list[tuple[int, int]],
    boilerplate: Collection[str],
    media: Choice,
) -> Iterator[Sheaf]:
    kinds = kinds_of(archive, source.id)
    for first in range(0, len(chosen), SHEAF):
        pages = []
        for capture_id, link_id in chosen[first : first + SHEAF]:
            capture, link = archive.captures.get(capture_id), archive.links.get(link_id)
            if capture is not None and link is not None:
                page = Page(capture=capture, link_id=link_id, hints=hints_of(link, kinds))
                pages.append(page)
        yield Sheaf(
            captures_dir=archive.captures_dir,
            source=source,
            boilerplate=boilerplate,
            pages=tuple(pages),
            media=media,
        )


def _read(sheaf: Sheaf, page: Page) -> Reread:
    try:
        article = read_again(
            sheaf.captures_dir, sheaf.source, page.capture, sheaf.boilerplate, page.hints
        )
    except CaptureError:
        return Reread(page=page, reason=Word.CAPTURE, broken=True)
    except NotAnArticle as refusal:
        return Reread(page=page, reason=refusal.reason)
    return Reread(page=page, article=article, media=_list_media(sheaf, page, article))


def _list_media(sheaf: Sheaf, page: Page, article: Article) -> tuple[Wanted, ...]:
    if not sheaf.media.kinds:
        return ()
    from crawler.media.wanted import list_media

    body = read_capture(sheaf.captures_dir, page.capture).body
    return list_media(article, sheaf.source, sheaf.media, body, page.capture.content_type)


def _begin_reading() -> None:
    """Leave Ctrl-C to the process that started this one, and end when that is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _store(archive: Archive, reread: Reread, run_id: int | None) -> None:
    """Record what became of one capture. What the last visit of its page left stays as it was."""
    capture = reread.page.capture
    # Asked for again: what was stored since it was handed out may have settled it.
    link = archive.links.get(reread.page.link_id)
    if link is None:
        return
    if reread.broken:
        archive.runs.count(run_id, Outcome(kind=OutcomeKind.FAILED, reason=reread.reason))
        return
    if reread.article is None:
        # Reading it again is no attempt: what is to be asked again stays so.
        waits = link.state in (LinkState.GONE, LinkState.FAILED, LinkState.PENDING)
        if waits or reread.reason == link.reason:
            archive.runs.count(run_id, Outcome(kind=OutcomeKind.REJECTED, reason=reread.reason))
            return
        archive.pages.reject(link, reread.reason, capture=capture, run_id=run_id, again=True)
        return
    stored = archive.article_by_key(reread.article.source_id, reread.article.key)
    if stored is not None:
        keep_kept(reread.article, stored)
    archive.add(
        reread.article,
        link=link,
        capture=capture,
        run_id=run_id,
        revisit_at=link.next_try_at,
        etag=link.etag,
        last_modified=link.last_modified,
        revision_kind=RevisionKind.REEXTRACTED,
        media=reread.media,
        again=True,
    )
