"""The table of reasons: every way a page or seed can fail, and what each means. Pure.

A reason is a short word, stored with links, seeds and outcomes (``failed/timeout``). All else
about it stands in its row: the sentence for people, whose fault it is, how much it weighs, when
the address is asked again, and what it says about the health of the source. Code asks the table;
nothing reads the sentences. Words and statuses: HTTP per RFC 9110, RFC 6585 (429), RFC 8470 (425).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Mapping


class Word(StrEnum):
    """The words of all reasons but those of HTTP statuses, see `status_word`."""

    # the connection and the answer
    TIMEOUT = "timeout"
    DNS = "dns"
    REFUSED = "refused"
    CONNECTION = "connection"
    DATA_LOSS = "data-loss"
    TLS = "tls"
    CERTIFICATE = "certificate"
    CERTIFICATE_EARLY = "certificate-early"
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_HOST = "certificate-host"
    CERTIFICATE_ISSUER = "certificate-issuer"
    CERTIFICATE_SELF_SIGNED = "certificate-self-signed"
    HEADER_FLOOD = "header-flood"
    ENCODING = "encoding"
    TOO_LARGE = "too-large"
    REDIRECTS = "redirects"
    EMPTY_BODY = "empty-body"
    REDIRECT_HOME = "redirect-home"
    # permission
    ROBOTS = "robots"
    ROBOTS_UNREACHABLE = "robots-unreachable"
    RETRY_AFTER = "retry-after"
    # the address
    MALFORMED_URL = "malformed-url"
    SCHEME = "scheme"
    USERINFO = "userinfo"
    PORT = "port"
    PRIVATE_ADDRESS = "private-address"
    OFF_SITE = "off-site"
    # the page
    BINARY = "binary"
    BOT_CHECK = "bot-check"
    EMPTY = "empty"
    EMPTY_SHELL = "empty-shell"
    GALLERY = "gallery"
    LISTING = "listing"
    LOGIN = "login"
    LONG_TITLE = "long-title"
    MAINTENANCE = "maintenance"
    NO_BODY = "no-body"
    NO_TITLE = "no-title"
    NOT_HTML = "not-html"
    PARKED = "parked"
    SCHEDULE = "schedule"
    SOFT_404 = "soft-404"
    VIDEO = "video"
    # the seed
    NOT_A_SEED = "not-a-seed"
    NO_LINKS = "no-links"
    # ourselves
    AFTER_UNTIL = "after-until"
    BEFORE_SINCE = "before-since"
    OVER_LIMIT = "over-limit"
    BUDGET = "budget"
    CAPTURE = "capture"
    CRASHED = "crashed"
    DROPPED = "dropped"
    IGNORED = "ignored"
    LOST = "lost"
    STOPPED = "stopped"


class Whose(StrEnum):
    """Whose fault a failure is."""

    PAGE = "page"
    """This address will fail for everybody, until somebody changes it."""
    HOST = "host"
    """The server, for all or many of its pages."""
    OURS = "ours"
    """Our options, limits, rules or faults."""
    MOMENT = "moment"
    """Nobody's: the network, or a server that was slow."""


class FailureKind(StrEnum):
    """Three weights, as a source that fails for three reasons is not three times as broken."""

    HARD = "hard"
    """It will most likely fail again: gone, forbidden, not what it should be."""
    SOFT = "soft"
    """The server is there and cannot or will not serve now: 5xx, 429, refused."""
    TEMPORARY = "temporary"
    """Nobody is to blame: a timeout, a broken connection, no network here."""


class Verdict(StrEnum):
    """What a reason makes of a link."""

    REJECTED = "rejected"
    """No article: outcome ``rejected/<reason>``."""
    FAILED = "failed"
    """This attempt failed: outcome ``failed/<reason>``, counted as an attempt."""
    GONE = "gone"
    """The page was removed; the article that was there stays, marked as gone."""
    DEFERRED = "deferred"
    """Not asked at all: the link stays pending, no attempt is counted."""


class Retry(StrEnum):
    """When a link is asked again.

    Whatever the plan, a page that was given up is asked once more when its seed shows a newer date
    for it, or shows it again after it was absent: see `crawler.scheduling.retries`.
    """

    NEVER = "never"
    """Not by itself."""
    REVISIT = "revisit"
    """Where an article is stored, at its next revisit; else not by itself."""
    BACK_OFF = "back-off"
    """After waits that grow with each attempt."""
    WHILE_NEW = "while-new"
    """The same as long as the page may be too new for all servers of the site to know it."""
    NEXT_RUN = "next-run"
    """By the next run of the source."""
    OTHER_BOUNDS = "other-bounds"
    """By a run whose bounds take in the day of the page."""


class Symptom(StrEnum):
    """What a reason says about the health of the source, should it be frequent."""

    NONE = "none"
    """Nothing: healthy sources have such pages, too."""
    BLOCKED = "blocked"
    """The source is there and does not want us."""
    BROKEN = "broken"
    """The source answers, and not with what it should."""
    UNREACHABLE = "unreachable"
    """No answer comes from the source."""


class Cause(StrEnum):
    """What people are told once: reasons that one trouble of a source takes turns with."""

    CERTIFICATE = "certificate"
    NAME = "name"
    NO_ANSWER = "no-answer"
    SERVER_ERROR = "server-error"
    WAIT = "wait"
    FORBIDDEN = "forbidden"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One row of the table."""

    word: str
    sentence: str
    """To be put behind a URL: ``did not answer in time``."""
    whose: Whose
    weight: FailureKind
    verdict: Verdict
    retry: Retry
    health: Symptom

    @property
    def is_of_the_host(self) -> bool:
        """Return whether an answer of this kind says that other pages will fare no better now.

        Not so where the page was not asked for: going on costs the host nothing.
        """
        asked = self.verdict is not Verdict.DEFERRED and self.word not in UNASKED
        return self.whose in (Whose.HOST, Whose.MOMENT) and asked

    @property
    def is_lasting(self) -> bool:
        """Whether asking the same address again in some days is no use."""
        return self.weight is FailureKind.HARD and self.health is not Symptom.UNREACHABLE


UNASKED = frozenset({Word.ROBOTS})
"""Words of refusals without a request."""

WEIGHTS = {FailureKind.HARD: 1.0, FailureKind.SOFT: 0.5, FailureKind.TEMPORARY: 0.25}

_HARD, _SOFT, _TEMPORARY = FailureKind.HARD, FailureKind.SOFT, FailureKind.TEMPORARY


def _plan(
    whose: Whose, weight: FailureKind, verdict: Verdict, retry: Retry, health: Symptom
) -> Reason:
    """Return what rows share; word and sentence are filled in for each."""
    return Reason(
        word="",
        sentence="",
        whose=whose,
        weight=weight,
        verdict=verdict,
        retry=retry,
        health=health,
    )


ROWS: tuple[tuple[Reason, Mapping[Word, str]], ...] = (
    (
        _plan(Whose.MOMENT, _TEMPORARY, Verdict.FAILED, Retry.BACK_OFF, Symptom.UNREACHABLE),
        {
            Word.TIMEOUT: "did not answer in time",
            # A name that cannot be resolved is most often our network, or theirs, for an hour.
            Word.DNS: "is on a host whose name cannot be resolved",
            Word.CONNECTION: "broke the connection",
            Word.DATA_LOSS: "broke off before its end",
        },
    ),
    (
        _plan(Whose.MOMENT, _SOFT, Verdict.FAILED, Retry.BACK_OFF, Symptom.BROKEN),
        {Word.EMPTY_BODY: "has an empty answer"},
    ),
    (
        _plan(Whose.HOST, _SOFT, Verdict.FAILED, Retry.BACK_OFF, Symptom.UNREACHABLE),
        {Word.REFUSED: "is on a host that refuses connections"},
    ),
    (
        _plan(Whose.HOST, _HARD, Verdict.FAILED, Retry.BACK_OFF, Symptom.UNREACHABLE),
        {
            Word.TLS: "is on a host that speaks no TLS we understand",
            Word.CERTIFICATE: "has a certificate that cannot be trusted",
            Word.CERTIFICATE_EARLY: "has a certificate that is not valid yet",
            Word.CERTIFICATE_EXPIRED: "has a certificate that has expired",
            Word.CERTIFICATE_HOST: "has a certificate that is for another host",
            Word.CERTIFICATE_ISSUER: "has a certificate whose issuer is unknown",
            Word.CERTIFICATE_SELF_SIGNED: "has a certificate that is signed by itself",
        },
    ),
    (
        _plan(Whose.HOST, _HARD, Verdict.FAILED, Retry.BACK_OFF, Symptom.BROKEN),
        {Word.HEADER_FLOOD: "sends headers without an end"},
    ),
    (
        _plan(Whose.HOST, _SOFT, Verdict.FAILED, Retry.BACK_OFF, Symptom.BROKEN),
        {Word.ENCODING: "is compressed in a way we do not accept"},
    ),
    (
        _plan(Whose.HOST, _HARD, Verdict.REJECTED, Retry.BACK_OFF, Symptom.BLOCKED),
        {
            Word.BOT_CHECK: "shows a check for robots instead of its page",
            Word.LOGIN: "asks for a login",
            Word.ROBOTS: "is forbidden by the site's robots.txt",
        },
    ),
    (
        _plan(Whose.HOST, _SOFT, Verdict.DEFERRED, Retry.NEXT_RUN, Symptom.BLOCKED),
        {
            Word.ROBOTS_UNREACHABLE: "was not asked: the site's robots.txt cannot be read",
            Word.RETRY_AFTER: "was not asked: the server wants to be left alone for now",
        },
    ),
    (
        _plan(Whose.HOST, _SOFT, Verdict.REJECTED, Retry.BACK_OFF, Symptom.BROKEN),
        {
            Word.MAINTENANCE: "says that the site is under maintenance",
            Word.PARKED: "shows a domain that is for sale or not set up",
            Word.EMPTY_SHELL: "shows its text through scripts only",
        },
    ),
    (
        # What a server answers that does not know a page yet; also the next two rows.
        _plan(Whose.PAGE, _HARD, Verdict.GONE, Retry.WHILE_NEW, Symptom.BROKEN),
        {Word.REDIRECT_HOME: "leads to the home page"},
    ),
    (
        _plan(Whose.PAGE, _HARD, Verdict.REJECTED, Retry.WHILE_NEW, Symptom.BROKEN),
        {Word.SOFT_404: "says that there is no such page"},
    ),
    (
        # So do the portals of a network, and resolvers of a provider, for all they shut out.
        _plan(Whose.PAGE, _HARD, Verdict.REJECTED, Retry.WHILE_NEW, Symptom.NONE),
        {
            Word.PRIVATE_ADDRESS: "is on an address that is not public",
            Word.OFF_SITE: "leads to a host that is not the source's",
        },
    ),
    (
        # Our rules may be wrong: the capture is kept, and `reextract` asks better ones.
        _plan(Whose.OURS, _HARD, Verdict.REJECTED, Retry.REVISIT, Symptom.NONE),
        {
            Word.LISTING: "shows a list of other pages",
            Word.SCHEDULE: "shows a broadcast schedule",
        },
    ),
    (
        _plan(Whose.PAGE, _SOFT, Verdict.REJECTED, Retry.REVISIT, Symptom.BROKEN),
        {
            Word.MALFORMED_URL: "leads to an address that is no URL",
            Word.USERINFO: "leads to an address with a user name in it",
            Word.PORT: "leads to a port that is not the source's",
        },
    ),
    (
        _plan(Whose.PAGE, _HARD, Verdict.REJECTED, Retry.REVISIT, Symptom.BROKEN),
        {
            Word.SCHEME: "leads to something that is not http or https",
            Word.BINARY: "is a file and no web page",
            Word.NOT_HTML: "is no HTML page",
        },
    ),
    (
        _plan(Whose.OURS, _HARD, Verdict.REJECTED, Retry.REVISIT, Symptom.BROKEN),
        {
            Word.EMPTY: "has nothing to read",
            Word.GALLERY: "shows pictures without a text",
            Word.LONG_TITLE: "has a title that is longer than any headline",
            Word.NO_BODY: "has no text",
            Word.NO_TITLE: "has no title",
            Word.VIDEO: "shows a player without a text",
        },
    ),
    (
        # Mostly two rules of a server that send everybody to each other, until one is mended.
        _plan(Whose.HOST, _HARD, Verdict.FAILED, Retry.BACK_OFF, Symptom.BROKEN),
        {Word.REDIRECTS: "redirects too often"},
    ),
    (
        _plan(Whose.PAGE, _HARD, Verdict.FAILED, Retry.NEVER, Symptom.BROKEN),
        {
            Word.TOO_LARGE: "is larger than we accept",
            Word.NOT_A_SEED: "is not what the source file says it is",
        },
    ),
    (
        _plan(Whose.PAGE, _SOFT, Verdict.FAILED, Retry.NEVER, Symptom.BROKEN),
        {Word.NO_LINKS: "shows no link to an article"},
    ),
    (
        _plan(Whose.OURS, _SOFT, Verdict.REJECTED, Retry.OTHER_BOUNDS, Symptom.NONE),
        {
            Word.BEFORE_SINCE: "is older than what was asked for",
            Word.AFTER_UNTIL: "is newer than what was asked for",
            Word.OVER_LIMIT: "waits for room: its source names more links than are kept",
        },
    ),
    (
        _plan(Whose.OURS, _SOFT, Verdict.REJECTED, Retry.REVISIT, Symptom.BROKEN),
        {Word.DROPPED: "was dropped by an item pipeline"},
    ),
    (
        _plan(Whose.OURS, _SOFT, Verdict.FAILED, Retry.BACK_OFF, Symptom.BROKEN),
        {
            Word.CAPTURE: "has a capture that cannot be read",
            Word.CRASHED: "could not be read: a fault of ours",
            Word.IGNORED: "was refused by an extension of the crawler",
            Word.LOST: "was asked for and never answered",
        },
    ),
    (
        _plan(Whose.OURS, _SOFT, Verdict.DEFERRED, Retry.NEXT_RUN, Symptom.NONE),
        {
            Word.STOPPED: "was not asked: the crawl was stopped",
            Word.BUDGET: "was not visited: the budget of requests is spent",
        },
    ),
)
"""What rows share, and the rows: word -> sentence. Each word stands once."""

REASONS: Mapping[str, Reason] = {
    word: replace(plan, word=word, sentence=sentence)
    for plan, sentences in ROWS
    for word, sentence in sentences.items()
}
"""Word -> row, for all words but those of HTTP statuses."""

STATUSES: tuple[tuple[Container[int], Reason], ...] = (
    (
        frozenset({404, 410}),
        _plan(Whose.PAGE, _HARD, Verdict.GONE, Retry.WHILE_NEW, Symptom.BROKEN),
    ),
    (
        frozenset({408, 425}),
        _plan(Whose.MOMENT, _TEMPORARY, Verdict.FAILED, Retry.BACK_OFF, Symptom.BROKEN),
    ),
    (
        frozenset({429}),
        _plan(Whose.HOST, _SOFT, Verdict.FAILED, Retry.BACK_OFF, Symptom.BLOCKED),
    ),
    (
        frozenset({401, 403, 407, 451}),
        _plan(Whose.HOST, _HARD, Verdict.FAILED, Retry.BACK_OFF, Symptom.BLOCKED),
    ),
    (
        # Nearly all of these are a firewall's: a page that is wrong by itself is 404 or 410.
        range(400, 500),
        _plan(Whose.HOST, _HARD, Verdict.FAILED, Retry.BACK_OFF, Symptom.BROKEN),
    ),
    (
        range(1000),
        _plan(Whose.HOST, _SOFT, Verdict.FAILED, Retry.BACK_OFF, Symptom.BROKEN),
    ),
)
"""Statuses -> what their reasons share; the first that holds the status counts."""

CAUSES: Mapping[Cause, frozenset[str]] = {
    Cause.CERTIFICATE: frozenset(
        {
            Word.TLS,
            Word.CERTIFICATE,
            Word.CERTIFICATE_EARLY,
            Word.CERTIFICATE_EXPIRED,
            Word.CERTIFICATE_HOST,
            Word.CERTIFICATE_ISSUER,
            Word.CERTIFICATE_SELF_SIGNED,
        }
    ),
    Cause.NAME: frozenset({Word.DNS}),
    Cause.NO_ANSWER: frozenset({Word.TIMEOUT, Word.REFUSED, Word.CONNECTION, Word.DATA_LOSS}),
    Cause.SERVER_ERROR: frozenset(
        {"http-408", "http-425", *(f"http-{status}" for status in range(500, 600))}
    ),
    Cause.WAIT: frozenset({"http-429", Word.RETRY_AFTER}),
    Cause.FORBIDDEN: frozenset({"http-401", "http-403", "http-407", "http-451"}),
    Cause.MISSING: frozenset({"http-404", "http-410", Word.SOFT_404, Word.REDIRECT_HOME}),
}
"""Reasons that stand for one cause; every other reason is a cause by itself."""

_CAUSE_BY_WORD = {word: cause for cause, words in CAUSES.items() for word in words}

_UNKNOWN = _plan(Whose.HOST, _SOFT, Verdict.FAILED, Retry.BACK_OFF, Symptom.BROKEN)
_NAMED_STATUSES = frozenset(HTTPStatus)


def status_word(status: int) -> str:
    """Return the word for an HTTP status, e.g. ``http-503``."""
    return f"http-{status}"


@lru_cache(maxsize=256)
def reason_of(word: str) -> Reason:
    """Return the row of a word.

    Archives may hold words of other versions: an unknown one is a fault of the host that passes.
    """
    known = REASONS.get(word)
    if known is not None:
        return known
    start, _, number = word.partition("-")
    if start == "http" and number.isdecimal() and len(number) == 3:
        return _reason_of_status(word, int(number))
    return replace(_UNKNOWN, word=word, sentence=f"failed ({word})")


def _reason_of_status(word: str, status: int) -> Reason:
    plan = next(plan for statuses, plan in STATUSES if status in statuses)
    phrase = f" ({HTTPStatus(status).phrase})" if status in _NAMED_STATUSES else ""
    return replace(plan, word=word, sentence=f"answered {status}{phrase}")


def describe_failure(word: str) -> str:
    """Return what the word means, to be put behind a URL: ``answered 404 (Not Found)``."""
    return reason_of(word).sentence


def cause_of(word: str) -> str:
    """Return the cause that a reason stands for: what an alarm is about."""
    return _CAUSE_BY_WORD.get(word, word)


def is_passing(word: str) -> bool:
    """Return whether a reason is the host's or the moment's: it says nothing about the page."""
    return reason_of(word).whose in (Whose.HOST, Whose.MOMENT)


def weigh(failures: float, word: str) -> float:
    """Return the weighed failures in a row after one more: hard 1, soft 0.5, temporary 0.25."""
    return failures + WEIGHTS[reason_of(word).weight]
