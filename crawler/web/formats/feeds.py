"""Atom feeds: of any search, of changes, of saved searches."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.responses import Response

from crawler.render.atom import MEDIA_TYPE, Entry, Feed, article_entries, write_atom
from crawler.web.pages.asked import Asked, read_asked, watch_params
from crawler.web.pages.changes import FIELDS, find_changes, read_values, show_one
from crawler.web.pages.notes import explain_error
from crawler.web.pages.search import find_newest
from crawler.web.words import CHANGES, OTHER_REMOVAL, REMOVALS, name_word
from storage.errors import QueryError
from storage.states import RevisionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.web.pages.changes import Shown
    from crawler.web.visit import Visit
    from storage.federation.search import JointResults
    from storage.records import StoredArticle

ENTRIES = 50
NEVER = "2026-01-01T00:00:00Z"
"""When a feed without entries was updated: a moment that stays the same."""


def send_search_feed(visit: Visit) -> Response:
    """Answer ``/feed.atom``: what a search finds, the newest first, whatever its order there."""
    asked = read_asked(visit.params)
    try:
        articles = newest_articles(visit, asked, ENTRIES)
    except QueryError as error:
        return _refusal(explain_error(visit, error))
    described = ", ".join([text for text in (asked.query, *asked.narrowed.values()) if text])
    params = asked.params(sort=None)
    entries = [_article_entry(visit, part, article) for part, article in articles]
    feed = Feed(
        id=f"tag:baotinh,2026:search?{urlencode(params)}",
        title=f"Báo Tỉnh: {described}" if described else "Báo Tỉnh",
        updated=max((entry.updated for entry in entries), default=NEVER),
        entries=entries,
        self_url=_self(visit),
        page_url=visit.address("/", params),
        language=visit.language.code,
    )
    return _feed(visit, feed)


def _article_entry(visit: Visit, part: Visit, article: StoredArticle) -> Entry:
    """Return the entry of an article, new again when its paper changed the text (RFC 4287, 4.2.15).

    It leads to the paper, and beside that to our page, which stays when the paper's is gone.
    """
    (entry,) = article_entries([article], visit.names, part.site.database_of_several)
    changes = part.archive.revisions(article.id) if article.revisions > 1 else []
    edits = [each.seen_at for each in changes if each.kind is RevisionKind.EDITED]
    ours = part.address(f"/article/{article.id}")
    return replace(
        entry, updated=max([entry.updated, *edits]), links=[*entry.links, ("related", ours)]
    )


def newest_articles(visit: Visit, asked: Asked, limit: int) -> list[tuple[Visit, StoredArticle]]:
    """Return the newest articles that a search finds, each with its archive. Raise QueryError."""
    if asked.query or asked.narrowed:
        return read_found(
            visit,
            visit.search(asked.query, asked.filters, sort="date", copies=asked.copies, limit=limit),
        )
    newest = find_newest(visit, asked.filters, limit)
    return [
        (part, article)
        for part, each in newest
        if (article := part.archive.article(each.id)) is not None
    ]


def read_found(visit: Visit, answer: JointResults) -> list[tuple[Visit, StoredArticle]]:
    """Return the articles that a search found, each with its archive."""
    parts = ((visit.of(found.archive), found.hit.id) for found in answer.found)
    return [
        (part, article)
        for part, number in parts
        if (article := part.archive.article(number)) is not None
    ]


def send_changes_feed(visit: Visit) -> Response:
    """Answer ``/changes.atom``: what papers edited and removed."""
    values = read_values(visit.params)
    try:
        found = find_changes(visit, values, ENTRIES)
        shown = [show_one(part, change) for part, change in found]
    except QueryError as error:
        return _refusal(explain_error(visit, error))
    params = [(name, values[name]) for name in FIELDS if name in values]
    entries = [_change_entry(visit, each) for each in shown]
    feed = Feed(
        id=f"tag:baotinh,2026:changes?{urlencode(params)}",
        title="Báo Tỉnh: " + visit.language.gettext("what papers changed"),
        updated=max((entry.updated for entry in entries), default=NEVER),
        entries=entries,
        self_url=_self(visit),
        page_url=visit.address("/changes", params),
        language=visit.language.code,
    )
    return _feed(visit, feed)


def _change_entry(visit: Visit, shown: Shown) -> Entry:
    change, language = shown.change, visit.language
    within = f"{slug}/" if (slug := shown.visit.site.database_of_several) else ""
    what = name_word(language, CHANGES, change.kind)
    why = name_word(language, REMOVALS, change.reason, OTHER_REMOVAL) if change.reason else ""
    return Entry(
        id=f"tag:baotinh,2026:change/{within}{change.article_id}/{change.kind}/{change.at}",
        title=f"{what[:1].upper()}{what[1:]}: {change.title}",
        updated=change.at,
        authors=[shown.outlet],
        category=change.kind,
        links=[
            ("alternate", shown.visit.address(f"/article/{change.article_id}")),
            ("via", change.url),
        ],
        summary=" – ".join(text for text in (what, why) if text),
        paragraphs=list(_changed_paragraphs(visit, shown)),
    )


def _changed_paragraphs(visit: Visit, shown: Shown) -> Iterator[str]:
    for row in shown.rows:
        for title, side in (
            (visit.language.gettext("Before"), row.before),
            (visit.language.gettext("After"), row.after),
        ):
            if side:
                yield f"{title}: " + " ".join(piece.text for piece in side)


def send_watch_feed(visit: Visit) -> Response:
    """Answer ``/watch/SLUG.atom``: the matches of a saved search that were told."""
    slug = visit.request.path_params["slug"]
    watch = next((each for each in visit.archive.watches.all() if each.slug == slug), None)
    if watch is None:
        return visit.missing(visit.language.gettext("There is no such saved search."))
    ids = visit.archive.watches.matches(watch.name)[:ENTRIES]
    articles = [article for i in ids if (article := visit.archive.article(i)) is not None]
    feed = Feed(
        id=f"tag:baotinh,2026:watch/{watch.slug}",
        title=f"Báo Tỉnh: {watch.name}",
        updated=_updated(articles),
        entries=list(article_entries(articles, visit.names, visit.site.database_of_several)),
        self_url=_self(visit),
        page_url=visit.address("/", watch_params(watch)),
    )
    return _feed(visit, feed)


def _updated(articles: Iterable[StoredArticle]) -> str:
    return max((article.first_seen_at for article in articles), default=NEVER)


def _self(visit: Visit) -> str:
    """Return the address that was asked, as the reader's program has it."""
    return visit.address(visit.request.url.path, visit.params.multi_items())


def _feed(visit: Visit, feed: Feed) -> Response:
    """Answer with a feed, or with 304 where the reader's program has it already (RFC 9110, 13)."""
    body = write_atom(feed)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if visit.request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"etag": tag})
    return Response(body, media_type=MEDIA_TYPE, headers={"etag": tag})


def _refusal(sentence: str) -> Response:
    return Response(sentence + "\n", 400, media_type="text/plain; charset=utf-8")
