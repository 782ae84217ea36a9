"""Read the captures of a source again with today's rules. No network.

The newest good capture of each link is read; the article gets what is found now, and where the
text differs a revision of kind ``reextracted``, so that it is never taken for an edit by the
paper. Captures that are no article keep what the archive has. Lines that the source repeats on
many pages are learnt from the articles first and left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.errors import NotAnArticle
from crawler.failures import Word
from crawler.runs.boilerplate import hints_of, kinds_of, learn_lines, read_again
from storage.errors import CaptureError
from storage.records import LinkState, Outcome, OutcomeKind, RevisionKind, RunKind, RunState

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from crawler.extract.hints import Hints
    from crawler.sources import Source
    from storage.archive import Archive
    from storage.records import Article, Capture, Link, Run

LATEST = 3000
"""Articles that repeated lines are learnt from, the latest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """A capture, its link, and what its page says now: an article, or why it is none."""

    capture: Capture
    link: Link
    article: Article | None = None
    reason: str = ""
    broken: bool = False
    """Whether the capture could not be read back."""


def reextract_source(
    archive: Archive,
    source: Source,
    *,
    now: Callable[[], str],
    on_page: Callable[[], None] = lambda: None,
) -> Run:
    """Read all captures of a source again, in a run of kind ``reextract``.

    ``now`` gives UTC instants for the run, ``on_page`` is called after each capture. The caller
    holds the source's lock. An exception leaves the run ``interrupted`` and is raised again.
    """
    run_id = archive.runs.start(source.id, RunKind.REEXTRACT, now())
    state = RunState.INTERRUPTED
    try:
        boilerplate = learn_lines(archive, source.id, now=now(), latest=LATEST)
        kinds = kinds_of(archive, source.id)
        for reread in _reread(archive, source, boilerplate, kinds):
            _store(archive, reread, run_id)
            on_page()
        state = RunState.FINISHED
    finally:
        run = archive.runs.finish(run_id, state, now())
    return run


def _reread(
    archive: Archive, source: Source, boilerplate: Collection[str], kinds: Mapping[int, str]
) -> Iterator[Reread]:
    for capture_id, link_id in archive.captures.newest_good(source.id):
        capture, link = archive.captures.get(capture_id), archive.links.get(link_id)
        if capture is not None and link is not None:
            yield _read(archive, source, capture, link, boilerplate, hints_of(link, kinds))


def _read(
    archive: Archive,
    source: Source,
    capture: Capture,
    link: Link,
    boilerplate: Collection[str],
    hints: Hints,
) -> Reread:
    try:
        article = read_again(archive, source, capture, boilerplate, hints)
    except CaptureError:
        return Reread(capture=capture, link=link, reason=Word.CAPTURE, broken=True)
    except NotAnArticle as refusal:
        return Reread(capture=capture, link=link, reason=refusal.reason)
    return Reread(capture=capture, link=link, article=article)


def _store(archive: Archive, reread: Reread, run_id: int) -> None:
    """Record what became of one capture. When the page is visited next stays as it was."""
    link, capture = reread.link, reread.capture
    if reread.broken:
        archive.runs.count(run_id, Outcome(kind=OutcomeKind.FAILED, reason=reread.reason))
        return
    if reread.article is None:
        # Reading it again is no attempt: what is to be asked again stays so.
        waits = link.state in (LinkState.GONE, LinkState.FAILED, LinkState.PENDING)
        if waits or reread.reason == link.reason:
            archive.runs.count(run_id, Outcome(kind=OutcomeKind.REJECTED, reason=reread.reason))
            return
        archive.pages.reject(
            link, reread.reason, capture=capture, run_id=run_id, retry_at=link.next_try_at
        )
        return
    with archive.transaction():
        gone = _gone(archive, link)
        archive.add(
            reread.article,
            link=link,
            capture=capture,
            run_id=run_id,
            revisit_at=link.next_try_at,
            etag=link.etag,
            last_modified=link.last_modified,
            revision_kind=RevisionKind.REEXTRACTED,
        )
        if gone:
            reason, seen_at = gone
            archive.pages.mark_gone(link, reason, capture=None, run_id=None, seen_at=seen_at)


def _gone(archive: Archive, link: Link) -> tuple[str, str] | None:
    """Why and since when the article of a link is gone: reading it again does not bring it back."""
    if link.state is not LinkState.GONE or link.article_id is None:
        return None
    article = archive.article(link.article_id)
    if article is None or article.gone_at is None:
        return None
    return article.gone_reason or link.reason or "gone", article.gone_at
