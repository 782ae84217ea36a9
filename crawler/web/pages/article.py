"""One article: its text, what changed, who had it first, and the proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.web.citations import cite
from crawler.web.pages.texts import list_changes, set_side_by_side
from storage.instants import parse_instant
from storage.media.files import MediaKind, MediaState, pair_pictures

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from starlette.responses import Response

    from crawler.web.pages.texts import TextChange
    from crawler.web.visit import Visit
    from storage.articles.places import NamedPlace
    from storage.media.files import MediaFile
    from storage.records import Capture, Image, SourceRow, StoredArticle

MOST_COPIES = 50
"""Copies listed; a press release may have hundreds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One article of a cluster in the order of publication."""

    article: StoredArticle
    outlet: str
    at: str | None
    """When it was published, as far as known: an instant, or a day."""
    behind: float | None
    """Seconds after the first; None where either time is unknown."""
    same_text: bool
    """Whether it says word for word what the article of the page says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One moment of an article's life, for the timeline."""

    at: str
    what: str
    """A word of ``crawler.web.words.EVENTS``."""
    number: int | None = None
    """Number of the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    """One article with everything around it."""

    article: StoredArticle
    source: SourceRow | None
    outlet: str
    places: Sequence[NamedPlace]
    tellings: Sequence[Telling]
    """All of the cluster, the article itself among them; empty where it has no copies."""
    more_copies: int
    events: Sequence[Event]
    changes: Sequence[TextChange]
    captures: Sequence[Capture]
    proven: bool
    """Whether a manifest lists captures of it, so that a proof can be made."""
    pictures: Sequence[tuple[Image, MediaFile | None]]
    """Each with its file, where that is kept."""
    documents: Sequence[MediaFile]
    """Attached ones that are kept."""
    citation: str

    @property
    def has_pictures(self) -> bool:
        """Return whether any of them is kept."""
        return any(file is not None for _, file in self.pictures)


def show_article(visit: Visit) -> Response:
    """Answer ``/article/ID``."""
    number = int(visit.request.path_params["id"])
    page = read_article(visit, number)
    if page is None:
        return _say_why_not(visit, number)
    return visit.render("article.html", page=page, article=page.article)


def _say_why_not(visit: Visit, number: int) -> Response:
    """Answer for an article that is not shown: there is none, or it is withheld (RFC 7725)."""
    kept = visit.archive.withholding.get(number)
    if kept is None:
        return visit.missing(visit.language.gettext("The archive has no article with this number."))
    text = visit.language.gettext("This article is withheld since %(when)s.")
    sentence = text % {"when": visit.language.instant(kept.withheld_at)}
    return visit.render("problem.html", 451, sentence=sentence)


def read_article(visit: Visit, number: int) -> ArticlePage | None:
    """Return everything about one article, or None where there is none."""
    archive = visit.archive
    article = archive.article(number)
    if article is None:
        return None
    outlet = visit.names.get(article.source_id, article.source_id)
    copies = archive.copies(number)
    changes = list_changes(archive.revisions(number))
    files = archive.media.of_article(number)
    kept = [file for file in files if file.state is MediaState.STORED]
    return ArticlePage(
        article=article,
        source=archive.sources.get(article.source_id),
        outlet=outlet,
        places=archive.places.named_by(number),
        tellings=order_tellings(article, copies[:MOST_COPIES], visit.names),
        more_copies=max(0, len(copies) - MOST_COPIES),
        events=list_events(article, changes),
        changes=changes,
        captures=archive.captures.of_article(number),
        proven=bool(archive.evidence.listed(number)),
        pictures=pair_pictures(article.images, kept),
        documents=[file for file in kept if file.kind is MediaKind.DOCUMENT],
        citation=cite(article, outlet, visit.language),
    )


def order_tellings(
    article: StoredArticle, copies: Sequence[StoredArticle], names: dict[str, str]
) -> list[Telling]:
    """Return the articles of a cluster, the first to publish first."""
    if not copies:
        return []
    every = sorted([article, *copies], key=_publication)
    first = _moment(every[0])
    return [
        Telling(
            article=each,
            outlet=names.get(each.source_id, each.source_id),
            at=each.published_at or each.published_on,
            behind=_seconds_between(first, _moment(each)),
            same_text=each.digest == article.digest,
        )
        for each in every
    ]


def list_events(article: StoredArticle, changes: Sequence[TextChange]) -> list[Event]:
    """Return what is known of an article's life, in the order of time."""
    events = [Event(at=article.first_seen_at, what="seen", number=1)]
    for change in changes:
        events.append(Event(at=change.seen_at, what=change.kind, number=change.number))
        if change.returned_at:
            events.append(Event(at=change.returned_at, what="returned", number=change.number))
    if article.gone_at:
        events.append(Event(at=article.gone_at, what="gone"))
    elif article.last_seen_at > article.first_seen_at:
        events.append(Event(at=article.last_seen_at, what="last-seen"))
    events.sort(key=lambda event: event.at)
    published = article.published_at or article.published_on
    return [Event(at=published, what="published"), *events] if published else events


def show_two(visit: Visit) -> Response:
    """Answer ``/article/ID/with/OTHER``: two articles side by side, with what differs."""
    one = visit.archive.article(int(visit.request.path_params["id"]))
    other = visit.archive.article(int(visit.request.path_params["other"]))
    if one is None or other is None:
        return visit.missing(visit.language.gettext("The archive has no article with this number."))
    rows = list(set_side_by_side(_texts(one), _texts(other)))
    return visit.render("two.html", one=one, other=other, rows=rows, names=visit.names)


def _texts(article: StoredArticle) -> list[str]:
    return [text for text in (article.title, article.summary, *article.paragraphs) if text]


def _publication(article: StoredArticle) -> tuple[bool, str, str, str, int]:
    """Sort key: day, time where one is known, then when we saw it."""
    day = article.published_on or ""
    return (not day, day, article.published_at or day, article.first_seen_at, article.id)


def _moment(article: StoredArticle) -> dt.datetime | None:
    try:
        return parse_instant(article.published_at) if article.published_at else None
    except ValueError:
        return None


def _seconds_between(first: dt.datetime | None, moment: dt.datetime | None) -> float | None:
    if first is None or moment is None:
        return None
    return (moment - first).total_seconds()
