"""The facts the archive keeps. Field docstrings are the data dictionary.

Instants of ours (``*_at`` unless said otherwise) are UTC, ISO 8601 with ``Z`` and whole
seconds, e.g. ``2026-10-02T11:38:00Z``. Instants published by a paper are ISO 8601 with
``+07:00``, exactly as published.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from storage.states import READ as READ
from storage.states import LinkState as LinkState
from storage.states import OutcomeKind as OutcomeKind
from storage.states import RevisionKind as RevisionKind
from storage.states import RunKind as RunKind
from storage.states import RunState as RunState
from storage.states import SeedKind, SourceKind, SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one fetched page: exactly one for each page handled."""

    kind: OutcomeKind
    reason: str = ""
    """Short word for ``rejected`` and ``failed``, e.g. ``no-body``, ``http-500``; else empty."""
    article_id: int | None = None

    def __str__(self) -> str:
        return f"{self.kind}/{self.reason}" if self.reason else str(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One outlet, as mirrored from its source file into table ``sources``."""

    id: str
    name: str
    kind: SourceKind
    """``newspaper``, ``broadcaster`` or ``portal``."""
    province: str
    """Name of the province since 1 July 2025."""
    province_before_2025: str | None = None
    homepage: str
    status: SourceStatus = SourceStatus.ACTIVE
    """``active``, ``paused``, ``frozen`` or ``retired``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedState:
    """One place where discovery starts, and what its last polls said."""

    id: int
    source_id: str
    kind: SeedKind
    """``feed``, ``sitemap`` or ``listing``."""
    url: str
    etag: str | None = None
    """Validator of the last answer, byte for byte."""
    last_modified: str | None = None
    """Validator of the last answer, byte for byte."""
    polled_at: str | None = None
    next_poll_at: str | None = None
    next_poll_why: str | None = None
    """One sentence: why then."""
    failures: float = 0.0
    """Weighed failures in a row: hard 1, soft 0.5, temporary 0.25; 0 after a success."""
    last_error: str | None = None
    """One sentence for people: how the last poll failed; None after a success."""
    last_reason: str | None = None
    """The same in one word, e.g. ``timeout``; None where an earlier version recorded the poll."""
    seen: int | None = None
    """Article links at the last poll that was read."""
    empty: int = 0
    """Polls in a row that were read and showed no article link."""
    complete_at: str | None = None
    """Last poll that was read to its end: what it found before counts as known."""
    parent_id: int | None = None
    """The sitemap index that names this sitemap."""
    misses: int = 0
    """Polls in a row without an article link, failed or empty. An answer that says nothing of
    them (unchanged, or a list without an entry) counts only where there never were any."""
    missed_since: str | None = None
    """The first of these polls; None after one that was good."""
    fruitful_at: str | None = None
    """Last poll that was good: with article links, or unchanged since; None: none ever was."""
    vacant_since: str | None = None
    """The first poll of those in a row that were answered with a feed or sitemap without an entry,
    as some are on quiet days; None after one that listed something."""
    substitute_since: str | None = None
    """When it was found on the site and taken in the place of the source file's seeds, none of
    which works; None: it is a seed by its own right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What one request for a seed brought, recorded together with the links it found."""

    seed_id: int
    polled_at: str
    etag: str | None = None
    last_modified: str | None = None
    next_poll_at: str | None = None
    next_poll_why: str | None = None
    """One sentence: why then."""
    seen: int | None = None
    """Article links it showed; None where nothing was read (304, failure)."""
    failures: float = 0.0
    error: str | None = None
    """One sentence when the poll failed; the validators then stay as they were."""
    reason: str | None = None
    """One word when the poll failed, e.g. ``timeout``."""
    vacant: bool = False
    """It was answered with a feed or sitemap that lists nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A discovered URL with its hints and its state."""

    source_id: str
    url: str
    """As it was found, absolute."""
    canonical_url: str
    key: str
    """Identity within the source: the site's own id in the URL, else the canonical URL."""
    found_at: str
    id: int | None = None
    state: LinkState = LinkState.PENDING
    reason: str | None = None
    title_hint: str | None = None
    """Title that the feed, sitemap or listing gave."""
    date_hint: str | None = None
    """Publication date that the seed gave, as it stands there."""
    seed_id: int | None = None
    """Which seed found it first."""
    attempts: int = 0
    next_try_at: str | None = None
    """Not before: when to fetch a pending link again, or to revisit a stored one."""
    etag: str | None = None
    last_modified: str | None = None
    article_id: int | None = None
    refused_at: str | None = None
    """When the last attempt gave no article; None where an earlier version recorded it."""
    absent: int = 0
    """1: its seed was read since then and did not show it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One fetched response as the server sent it: where its WARC record lies."""

    url: str
    fetched_at: str
    status: int
    content_type: str | None
    digest: str
    """``sha1:<base32>`` of the raw payload, as in the WARC header."""
    file: str
    """WARC file name relative to the captures folder, never with ``.open``."""
    offset: int
    length: int
    """Bytes of the response record, compressed."""
    origin: str | None = None
    """A file, or the address of another archive's copy; None where we fetched it."""
    origin_offset: int | None = None
    """Where its record begins in that file."""
    origin_record: str | None = None
    """``WARC-Record-ID`` it had there."""
    origin_digest: str | None = None
    """Payload digest it had there, where that differs: tools count chunks in."""
    manifest: str | None = None
    """Our manifest that lists it, ``<chain>/<file>``; None until the next one is made."""
    origin_manifests: str | None = None
    """Those of archives that it was copied from, with blanks between."""
    id: int | None = None

    def describe_origin(self) -> str | None:
        """Return where it was copied from, for people; None where we fetched it ourselves."""
        at = "" if self.origin_offset is None else f" at {self.origin_offset}"
        return self.origin and f"{self.origin}{at}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One picture of an article."""

    url: str
    caption: str | None = None


STORED_BEFORE = "stored before"
"""How a field was found that the page has lost: it is what was stored already."""
NO_HEADLINE = 0.1
"""Confidence in a title that names the site or its template, where the page has no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How a field was found and how sure we are."""

    how: str
    """Short path, e.g. ``json-ld datePublished``, ``layout content_fck``, ``near title``."""
    confidence: float
    """0 to 1."""


@dataclass(slots=True, kw_only=True)
class Article:
    """What we understood of a page. The one record that is filled on its way down."""

    source_id: str
    url: str
    """Final URL of the response."""
    canonical_url: str = ""
    key: str = ""
    """Identity within the source: the site's own id in the URL, else the canonical URL."""
    title: str = ""
    summary: str | None = None
    """The lead (sapo), plain text."""
    body: str = ""
    """Plain text, paragraphs separated by one blank line; no captions, byline or boilerplate."""
    authors: list[str] = field(default_factory=list)
    section: str | None = None
    """Innermost section name."""
    section_path: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    language: str | None = None
    """ISO 639-1."""
    kind: str = "article"
    """``article``, ``photo``, ``video``, ``roundup`` or ``live``."""
    published_at: str | None = None
    """ISO 8601 with ``+07:00``; None where the page gives a day without a time."""
    published_on: str | None = None
    """Vietnamese local day, ``YYYY-MM-DD``."""
    published_raw: str | None = None
    """The untouched string of the page."""
    published_from: str | None = None
    """Where the date came from, e.g. ``json-ld``, ``meta``, ``visible``, ``url``."""
    modified_at: str | None = None
    """ISO 8601 with ``+07:00``."""
    dateline: str | None = None
    """Prefix such as ``(BTNO) -`` that stood at the start of the body."""
    byline_raw: str | None = None
    source_credit: str | None = None
    """Where the text was taken from, e.g. ``TTXVN``."""
    subheads: list[str] = field(default_factory=list)
    """Paragraphs of the body that are sub-heads, in order."""
    evidence: dict[str, Evidence] = field(default_factory=dict)
    """Field name -> how it was found."""
    fetched_at: str = ""
    """When the capture was fetched."""
    digest: str = ""
    """Content digest of the normalised title, summary and body."""
    signature: bytes = b""
    """Near-duplicate signature of the body."""

    @property
    def paragraphs(self) -> list[str]:
        """The body's paragraphs in order."""
        return self.body.split("\n\n") if self.body else []


ENOUGH_BODY = 200
"""Least characters of a body; shorter texts are captions and notes."""


class Outline(NamedTuple):
    """An article in short: which fields it has, and what a list shows of it.

    A tuple, as an overview reads the newest of every source.
    """

    key: str
    title: str
    summary: str | None
    published_on: str | None
    published_at: str | None
    published_raw: str | None
    section: str | None
    has_body: bool
    """Whether its text has ``ENOUGH_BODY`` characters."""
    is_signed: bool
    """Whether it names authors, or where its text was taken from."""
    has_tags: bool
    has_images: bool
    body_how: str
    """How its body was found; empty where nothing says it."""
    title_how: str
    title_confidence: float


@dataclass(slots=True, kw_only=True)
class StoredArticle(Article):
    """An article as the archive holds it."""

    id: int
    first_seen_at: str
    last_seen_at: str
    """When the page was last fetched and still said this, or answered 304."""
    gone_at: str | None = None
    """When the page was found removed; its text stays."""
    gone_reason: str | None = None
    """Short word: ``http-404``, ``http-410``, ``redirect-home``."""
    cluster_id: int
    """Id of the article that opened the cluster: its own id while no copy has joined."""
    capture_id: int | None = None
    """The last capture that was read as this article."""
    revisions: int = 1
    """How many distinct texts have been seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One distinct text of an article over time."""

    article_id: int
    number: int
    """Order of arrival, from 1; an older text that comes later has a higher number."""
    seen_at: str
    kind: RevisionKind
    title: str
    summary: str | None
    body: str
    digest: str
    capture_id: int | None = None
    id: int | None = None
    returned_at: str | None = None
    """When the paper last came back to this text after another one."""
    returns: int = 0
    """How often it came back: a text already seen is counted here, never stored again."""

    @property
    def texts(self) -> list[str]:
        """Title, lead and paragraphs in reading order, without empty ones."""
        return [text for text in (self.title, self.summary, *self.body.split("\n\n")) if text]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution for one source."""

    source_id: str
    kind: RunKind
    started_at: str
    finished_at: str | None = None
    state: RunState = RunState.RUNNING
    outcomes: dict[str, int] = field(default_factory=dict)
    """Outcome -> count, e.g. ``{"new": 3, "rejected/no-body": 1}``."""
    worker: str | None = None
    """The worker of a cluster that did it; None: this machine."""
    id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """What a host told us about when to come back. Host is ``host`` or ``host:port``."""

    host: str
    not_before: str | None = None
    """No request before this instant."""
    failures: float = 0.0
    """Weighed failures in a row."""
    reason: str | None = None
    """Why ``not_before`` is set, one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedResponse:
    """A captured response, read back from its WARC record."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    raw: bytes
    """The body as it was sent, still compressed."""
    body: bytes
    """The body decoded as its Content-Encoding says."""
    fetched_at: str = ""
