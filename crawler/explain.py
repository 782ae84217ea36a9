"""Every decision about one URL, and why: from the source files and the archive."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.errors import NotAnArticle
from crawler.failures import describe_failure
from crawler.failures.words import Word
from crawler.net.addresses import pace_key
from crawler.net.policy import UrlPolicy
from crawler.sources.catalogue import owner_of
from crawler.sources.identity import article_key, asked_at, is_article_url
from storage.errors import CaptureError
from storage.states import LinkState
from storage.urls import canonical_url
from storage.warc.files import read_capture

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.net.addresses import PrivateHosts
    from crawler.sources import Source
    from storage.archive import Archive
    from storage.records import Capture, Link, StoredArticle

TEXT_FIELDS = frozenset({"body", "signature"})
"""Fields left out of an explanation: ``show`` prints them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision: what was asked, what was decided, and what it rests on."""

    about: str
    decided: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All that is known of a URL, in the order in which the crawler decides."""

    url: str
    canonical_url: str
    source: str | None
    key: str | None
    decisions: list[Decision]
    link: dict[str, Any] | None = None
    captures: list[dict[str, Any]]
    article: dict[str, Any] | None = None


def explain_url(
    url: str, sources: Iterable[Source], archive: Archive | None, private: PrivateHosts
) -> Explanation:
    """Return every decision about ``url``. ``archive`` is None where there is none yet.

    Raise ValueError for what is no absolute http or https URL.
    """
    canonical = canonical_url(url)
    owner = owner_of(sources, canonical)
    key = article_key(owner, canonical) if owner else None
    link = _find_link(archive, owner, canonical)
    captures = _find_captures(archive, link, url)
    article = archive.article_by_url(url) if archive else None
    if article is None and archive and link and link.article_id:
        article = archive.article(link.article_id)
    return Explanation(
        url=url,
        canonical_url=canonical,
        source=owner.id if owner else None,
        key=key,
        decisions=[
            Decision(about="identity", decided=canonical, why="canonical form of the URL"),
            *_about_source(owner, canonical, key, private),
            *_about_host(archive, canonical),
            *_about_health(archive, owner),
            *_about_worker(archive, owner),
            *_about_link(link, archive),
            *(_about_capture(capture) for capture in captures),
            *_about_refusal(archive, owner, link, captures),
            *_about_article(article, archive),
        ],
        link=asdict(link) if link else None,
        captures=[asdict(capture) for capture in captures],
        article=_facts(article) if article else None,
    )


def _find_link(archive: Archive | None, owner: Source | None, canonical: str) -> Link | None:
    if archive is None:
        return None
    if owner and (link := archive.links.find(owner.id, article_key(owner, canonical))):
        return link
    return next(iter(archive.links.at(canonical)), None)


def _find_captures(archive: Archive | None, link: Link | None, url: str) -> list[Capture]:
    if archive is None:
        return []
    if link and link.id is not None:
        return archive.captures.of_link(link.id)
    last = archive.captures.last(url)
    return [last] if last else []


def _about_source(
    owner: Source | None, canonical: str, key: str | None, private: PrivateHosts
) -> Iterator[Decision]:
    if owner is None:
        yield Decision(about="source", decided="none", why="no source has this host")
        return
    host = urlsplit(canonical).netloc
    former = "" if owner.owns(canonical) else ", a former host"
    yield Decision(about="source", decided=owner.id, why=f"{host} is one of its hosts{former}")
    hosts = (urlsplit(owner.homepage).netloc, *owner.hosts)
    asked = asked_at(owner, canonical)
    refusal = UrlPolicy.of(hosts, private).refusal(asked)
    moved = "" if asked == canonical else f", asked for at {asked}"
    yield Decision(
        about="address",
        decided=f"refused: {refusal}" if refusal else "allowed",
        why=f"{owner.id} may be asked at {', '.join(dict.fromkeys(hosts))}{moved}",
    )
    rules = f"{len(owner.accept)} accept patterns" if owner.accept else "the form of the URL"
    wanted = is_article_url(owner, canonical)
    yield Decision(about="article", decided="yes" if wanted else "no", why=f"by {rules}")
    yield Decision(about="key", decided=key or "", why="same key, same article of this source")


def _about_host(archive: Archive | None, canonical: str) -> Iterator[Decision]:
    state = archive.hosts.get(pace_key(canonical)) if archive else None
    if state and state.not_before:
        yield Decision(
            about="host", decided=f"not before {state.not_before}", why=state.reason or ""
        )


def _about_health(archive: Archive | None, owner: Source | None) -> Iterator[Decision]:
    kept = archive.health.get(owner.id) if archive and owner else None
    if archive is None or kept is None:
        return
    for trouble in archive.health.troubles(kept.source_id):
        if trouble.ended_at is None:
            why = f"since {trouble.since}: {trouble.why}"
            yield Decision(about="health", decided=trouble.state, why=why)


def _about_worker(archive: Archive | None, owner: Source | None) -> Iterator[Decision]:
    if archive is None or owner is None:
        return
    if (order := archive.orders.of_source(owner.id)) is not None:
        decided = f"handed out to {order.worker or 'the first worker that is free'}"
        yield Decision(about="order", decided=decided, why=f"{order.kind} since {order.given_at}")
    for run in archive.runs.last(owner.id, 1):
        if run.worker:
            yield Decision(about="run", decided=f"worker {run.worker}", why=f"at {run.started_at}")


def _about_link(link: Link | None, archive: Archive | None) -> Iterator[Decision]:
    if archive is None:
        yield Decision(about="link", decided="unknown", why="there is no archive yet")
        return
    if link is None:
        yield Decision(about="link", decided="unknown", why="no seed has shown it so far")
        return
    seed = next((s for s in archive.seeds.of(link.source_id) if s.id == link.seed_id), None)
    found_in = f"by {seed.kind} {seed.url}" if seed else "without a seed"
    yield Decision(about="found", decided=link.found_at, why=found_in)
    decided = f"{link.state}/{link.reason}" if link.reason else str(link.state)
    said = f"it {describe_failure(link.reason)}; " if link.reason else ""
    later = f", next try {link.next_try_at}" if link.next_try_at else ""
    yield Decision(about="link", decided=decided, why=f"{said}{link.attempts} attempts{later}")


def _about_capture(capture: Capture) -> Decision:
    origin = capture.describe_origin()
    read = f", read from {origin}" if origin else ""
    return Decision(
        about="capture",
        decided=f"{capture.status} at {capture.fetched_at}",
        why=f"{capture.file} at {capture.offset}, {capture.digest}{read}",
    )


def _about_refusal(
    archive: Archive | None, owner: Source | None, link: Link | None, captures: list[Capture]
) -> Iterator[Decision]:
    """What today's rules say of the page that was rejected last, with its particulars."""
    rejected = (
        link is not None
        and link.state is LinkState.REJECTED
        and link.reason != Word.WITHHELD  # nobody reads it, this command neither
    )
    pages = [capture for capture in captures if capture.status == HTTPStatus.OK]
    if archive is None or not rejected or not pages:
        return
    from crawler.extract import extract

    last = max(pages, key=lambda capture: capture.fetched_at)
    try:
        page = read_capture(archive.captures_dir, last)
        article = extract(
            page.body,
            url=page.url,
            source=owner,
            fetched_at=last.fetched_at,
            content_type=last.content_type,
        )
    except CaptureError as error:
        yield Decision(about="page", decided="cannot be read", why=str(error))
    except NotAnArticle as refusal:
        said = f" ({refusal.detail})" if refusal.detail else ""
        why = f"today's rules: it {describe_failure(refusal.reason)}{said}"
        yield Decision(about="page", decided=f"rejected/{refusal.reason}", why=why)
    else:
        why = f"by today's rules it is one: run `baotinh reextract {article.source_id}`"
        yield Decision(about="page", decided=f"article: {article.title}", why=why)


def _about_article(article: StoredArticle | None, archive: Archive | None) -> Iterator[Decision]:
    if article is None or archive is None:
        return
    yield Decision(
        about="stored",
        decided=f"article {article.id}, {article.revisions} revisions",
        why=f"first seen {article.first_seen_at}, last {article.last_seen_at}",
    )
    if article.gone_at:
        yield Decision(about="gone", decided=article.gone_at, why=article.gone_reason or "")
    copies = archive.copies(article.id)
    if copies:
        listed = ", ".join(f"{copy.source_id} {copy.id}" for copy in copies)
        yield Decision(about="cluster", decided=f"{len(copies)} more copies", why=listed)
    for name, evidence in article.evidence.items():
        how = f"{evidence.how}, confidence {evidence.confidence:.2f}"
        yield Decision(about=name, decided=_value(article, name), why=how)


def _value(article: StoredArticle, field: str) -> str:
    match field:
        case "body":
            return f"{len(article.paragraphs)} paragraphs"
        case "images":
            return f"{len(article.images)} pictures"
        case "published":
            return article.published_at or article.published_on or "unknown"
        case "modified":
            return article.modified_at or "unknown"
        case _:
            value = getattr(article, field, None)
            return ", ".join(value) if isinstance(value, list) else str(value)


def _facts(article: StoredArticle) -> dict[str, Any]:
    return {name: value for name, value in asdict(article).items() if name not in TEXT_FIELDS}
