"""What a source repeats on many pages, learnt from the archive; and whose doing a new text is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from crawler.errors import NotAnArticle
from crawler.extract import extract, learn_boilerplate
from crawler.extract.hints import (
    NO_HINTS,
    Hints,
    fingerprint_line,
    mark_date,
    mark_lead,
    mark_title,
)
from crawler.runs.texts import finish_texts
from storage.errors import CaptureError
from storage.records import NO_HEADLINE, STORED_BEFORE, Evidence
from storage.states import SeedKind
from storage.warc.files import read_capture

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from crawler.sources import Source
    from storage.archive import Archive
    from storage.records import Article, Capture, Link, Outline, StoredArticle

MIN_ARTICLES = 20
"""Articles a source must have before its repeated lines are learnt."""
LATEST = 300
"""Articles they are learnt from, the latest ones."""
WINDOW = 20
"""Pages that are compared, the latest ones: a redesign shows within a day."""
MIN_PAGES = 10
"""Pages with one title, lead or date from which it is the template's. Half of the window: the
weather and the gold price have one title each day, and are a fifth of a small paper."""
SHARED = 2
"""Other pages that bear a title or lead which is not stored over another one: an edit never gives
an article the words of two others."""


def learn_lines(
    archive: Archive, source_id: str, *, now: str, latest: int = LATEST
) -> frozenset[str]:
    """Learn the lines that a source repeats, keep them, and return all that are known of it.

    Fingerprints, as `crawler.extract.extract` takes them. A source with few articles has none.
    """
    bodies = archive.articles.bodies(source_id, latest)
    if len(bodies) >= MIN_ARTICLES:
        learnt = learn_boilerplate(body.split("\n\n") for body in bodies)
        if learnt.keys() - archive.repeats.known(source_id):
            archive.repeats.keep(source_id, learnt, now)
    return archive.repeats.known(source_id)


def face_of(article: Article | Outline) -> Face:
    """Return what a list shows of an article."""
    return Face(
        key=article.key,
        title=article.title,
        lead=article.summary,
        date=article.published_raw if article.published_at else None,
    )


def faces_of(archive: Archive, source_id: str) -> Faces:
    """Return the latest articles of a source as they are stored: what they share is none's own."""
    faces = Faces()
    for article in reversed(archive.articles.outlines(source_id, WINDOW)):
        faces.note(face_of(article))
    return faces


def is_no_headline(article: Article) -> bool:
    """Return whether a title names the site or its template, and nothing else was found."""
    found = article.evidence.get("title")
    return found is not None and found.confidence <= NO_HEADLINE


def compare(
    archive: Archive, article: Article, faces: Faces, known: Collection[str], *, now: str
) -> frozenset[str]:
    """Hold an article against the latest others of its source, and return what they repeat besides
    what is ``known`` to be repeated. A stored article keeps what is better than what is read."""
    noted = faces.note(face_of(article))
    fresh = {mark: text for mark, text in noted.items() if mark not in known}
    if fresh:
        archive.repeats.keep(article.source_id, fresh, now)
    poor = is_no_headline(article) or not (article.summary and article.published_at)
    if poor or faces.is_common(article.key):
        stored = archive.article_by_key(article.source_id, article.key)
        if stored is not None:
            keep_good(article, stored, faces)
    return frozenset(fresh)


def keep_good(article: Article, stored: StoredArticle, faces: Faces) -> None:
    """Give an article its stored title and lead back where the page shows those of others now.

    Its title also where the page shows a motto of its site instead; lead and date also where the
    page has lost them.
    """
    shared = faces.share(mark_title(article.title), article.key)
    lost = shared or (is_no_headline(article) and not is_no_headline(stored))
    if article.title != stored.title and lost:
        article.title = stored.title
        article.evidence["title"] = Evidence(how=STORED_BEFORE, confidence=0.5)
    lead = article.summary
    if lead and lead != stored.summary and faces.share(mark_lead(lead), article.key):
        article.summary = stored.summary
        article.evidence["summary"] = Evidence(how=STORED_BEFORE, confidence=0.5)
    keep_lost(article, stored)


def keep_lost(article: Article, stored: StoredArticle) -> None:
    """Give an article back the lead and the date that its page, otherwise the same, has lost."""
    if stored.summary and not article.summary:
        _keep_lead(article, stored.summary, stored.body)
    if stored.published_on and article.published_on in (None, stored.published_on):
        _keep_date(article, stored)


def _keep_lead(article: Article, lead: str, body: str) -> None:
    first, _, rest = article.body.partition("\n\n")
    if rest and fingerprint_line(first) == fingerprint_line(lead):
        article.body = rest
    elif not _is_mostly(article.body, body):
        return
    article.summary = lead
    article.evidence["summary"] = Evidence(how=STORED_BEFORE, confidence=0.5)


def _is_mostly(text: str, before: str) -> bool:
    """Whether a text still has half of the paragraphs that it had."""
    old = before.split("\n\n")
    return 2 * len(set(text.split("\n\n")).intersection(old)) >= len(set(old))


def _keep_date(article: Article, stored: StoredArticle) -> None:
    """Take the stored date where the page says less: no date at all, or the same day without its
    time."""
    if article.published_on and (article.published_at or not stored.published_at):
        return
    for name in ("published_on", "published_at", "published_raw", "published_from"):
        setattr(article, name, getattr(stored, name))
    article.evidence["published"] = Evidence(how=STORED_BEFORE, confidence=0.5)


def keep_kept(article: Article, stored: StoredArticle) -> None:
    """Give an article that was read again what its page had lost before: it was kept then."""
    kept = {name for name, found in stored.evidence.items() if found.how == STORED_BEFORE}
    if kept & {"summary", "published"}:
        keep_lost(article, stored)
        finish_texts(article)


def kinds_of(archive: Archive, source_id: str) -> dict[int, str]:
    """Return the kind of each of the source's seeds by its id."""
    return {seed.id: seed.kind for seed in archive.seeds.of(source_id)}


def hints_of(link: Link, kinds: Mapping[int, str]) -> Hints:
    """Return what the link says of its page. ``kinds``: seed id -> kind of the seed.

    A link without a seed counts as one of a listing, which is believed least.
    """
    place = kinds.get(link.seed_id or 0, SeedKind.LISTING)
    return Hints(title=link.title_hint, date=link.date_hint, place=place)


def read_again(
    captures_dir: Path,
    source: Source,
    capture: Capture,
    boilerplate: Collection[str],
    hints: Hints = NO_HINTS,
) -> Article:
    """Return what today's rules make of a capture. Raise CaptureError or NotAnArticle."""
    response = read_capture(captures_dir, capture)
    article = extract(
        response.body,
        url=response.url,
        source=source,
        fetched_at=capture.fetched_at,
        content_type=capture.content_type,
        boilerplate=boilerplate,
        hints=hints,
    )
    finish_texts(article)
    return article


def is_our_doing(
    archive: Archive,
    source: Source,
    article: Article,
    boilerplate: Collection[str],
    hints: Hints = NO_HINTS,
) -> bool:
    """Return whether an article differs from what is stored because of our rules, not of the page.

    Then what was captured at the last visit would be read as the same text today.
    """
    stored = archive.article_by_key(source.id, article.key)
    if stored is None or stored.digest == article.digest or stored.capture_id is None:
        return False
    capture = archive.captures.get(stored.capture_id)
    if capture is None:
        return False
    try:
        known = read_again(archive.captures_dir, source, capture, boilerplate, hints)
    except (CaptureError, NotAnArticle):
        return False
    return known.digest == article.digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What a list shows of an article."""

    key: str
    title: str
    lead: str | None = None
    date: str | None = None
    """The date as the page prints it, with a time; None for a bare day, which many share."""

    def marks(self) -> Iterator[tuple[str, str]]:
        """Yield fingerprint and text of what should be the article's alone."""
        yield mark_title(self.title), self.title
        if self.lead:
            yield mark_lead(self.lead), self.lead
        if self.date:
            yield mark_date(self.date), self.date


class Faces:
    """The latest pages of a source, as they are read."""

    def __init__(self) -> None:
        self._faces: dict[str, Face] = {}
        self._counts: Counter[str] = Counter()

    def note(self, face: Face) -> dict[str, str]:
        """Add a page, and return what is repeated by now: fingerprint -> text."""
        self._forget(face.key)
        if len(self._faces) >= WINDOW:
            self._forget(next(iter(self._faces)))
        self._faces[face.key] = face
        self._counts.update(mark for mark, _ in face.marks())
        return {mark: text for mark, text in face.marks() if self._counts[mark] >= MIN_PAGES}

    def bearing(self, marks: Collection[str]) -> set[str]:
        """Return the keys of the pages that show any of these."""
        return {
            key
            for key, face in self._faces.items()
            if any(mark in marks for mark, _ in face.marks())
        }

    def _forget(self, key: str) -> None:
        before = self._faces.pop(key, None)
        if before is not None:
            self._counts.subtract(mark for mark, _ in before.marks())

    def is_common(self, key: str) -> bool:
        """Return whether a page shows anything that several others show."""
        return any(self.share(mark, key) for mark, _ in self._faces[key].marks())

    def share(self, mark: str, key: str) -> bool:
        """Return whether several other pages than that of ``key`` bear a title or lead."""
        own = self._faces.get(key)
        mine = own is not None and any(mark == each for each, _ in own.marks())
        return self._counts[mark] - mine >= SHARED


class Lessons:
    """What a source teaches in one run: what its pages repeat, and what its seeds are."""

    def __init__(self, archive: Archive, source: Source, clock: Callable[[], str]) -> None:
        self._archive = archive
        self._source = source
        self._clock = clock
        self.lines = learn_lines(archive, source.id, now=clock())
        """Fingerprints of what is on many pages."""

    @cached_property
    def kinds(self) -> dict[int, str]:
        """The kind of each seed by its id, as they are when the first page is read."""
        return kinds_of(self._archive, self._source.id)

    @cached_property
    def _faces(self) -> Faces:
        return faces_of(self._archive, self._source.id)

    def learn(self, article: Article) -> set[str] | None:
        """Learn what an article repeats of others; a known one keeps its own title and lead.

        Return the keys of the others that were stored with what is repeated; None: nothing new.
        """
        faces = self._faces
        fresh = compare(self._archive, article, faces, self.lines, now=self._clock())
        if not fresh:
            return None
        self.lines |= fresh
        del self._faces
        return faces.bearing(fresh) - {article.key}

    def with_title(self, link: Link, *, lost: bool = False) -> Link:
        """Return a link without a title with that of its article, where pages of the source have
        lost theirs, or this one has: its text may have been edited all the same."""
        known = None if link.title_hint else link.article_id
        wanted = known and (lost or any(m.startswith("title:") for m in self.lines))
        stored = self._archive.article(known) if known and wanted else None
        return replace(link, title_hint=stored.title) if stored else link

    def is_our_doing(self, article: Article, link: Link) -> bool:
        """Return whether only our rules make a known article's text another one."""
        hints = hints_of(link, self.kinds)
        return is_our_doing(self._archive, self._source, article, self.lines, hints)
