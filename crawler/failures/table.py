"""The table of reasons, as data. Pure.

Words and statuses: HTTP per RFC 9110, RFC 6585 (429), RFC 8470 (425).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.failures.reason import N_, Cause, FailureKind, Reason, Retry, Symptom, Verdict, Whose
from crawler.failures.words import Word

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

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
            Word.TIMEOUT: N_("did not answer in time"),
            # A name that cannot be resolved is most often our network, or theirs, for an hour.
            Word.DNS: N_("is on a host whose name cannot be resolved"),
            Word.CONNECTION: N_("broke the connection"),
            Word.DATA_LOSS: N_("broke off before its end"),
        },
    ),
    (
        _plan(Whose.MOMENT, _SOFT, Verdict.FAILED, Retry.BACK_OFF, Symptom.BROKEN),
        {
            Word.EMPTY_BODY: N_("has an empty answer"),
            Word.NOT_DRAWN: N_("is not drawn by its scripts in the time it may take"),
        },
    ),
    (
        _plan(Whose.HOST, _SOFT, Verdict.FAILED, Retry.BACK_OFF, Symptom.UNREACHABLE),
        {Word.REFUSED: N_("is on a host that refuses connections")},
    ),
    (
        _plan(Whose.HOST, _HARD, Verdict.FAILED, Retry.BACK_OFF, Symptom.UNREACHABLE),
        {
            Word.TLS: N_("is on a host that speaks no TLS we understand"),
            Word.CERTIFICATE: N_("has a certificate that cannot be trusted"),
            Word.CERTIFICATE_EARLY: N_("has a certificate that is not valid yet"),
            Word.CERTIFICATE_EXPIRED: N_("has a certificate that has expired"),
            Word.CERTIFICATE_HOST: N_("has a certificate that is for another host"),
            Word.CERTIFICATE_ISSUER: N_("has a certificate whose issuer is unknown"),
            Word.CERTIFICATE_SELF_SIGNED: N_("has a certificate that is signed by itself"),
        },
    ),
    (
        _plan(Whose.HOST, _HARD, Verdict.FAILED, Retry.BACK_OFF, Symptom.BROKEN),
        {Word.HEADER_FLOOD: N_("sends headers without an end")},
    ),
    (
        _plan(Whose.HOST, _SOFT, Verdict.FAILED, Retry.BACK_OFF, Symptom.BROKEN),
        {Word.ENCODING: N_("is compressed in a way we do not accept")},
    ),
    (
        _plan(Whose.HOST, _HARD, Verdict.REJECTED, Retry.BACK_OFF, Symptom.BLOCKED),
        {
            Word.BOT_CHECK: N_("shows a check for robots instead of its page"),
            Word.LOGIN: N_("asks for a login"),
            Word.ROBOTS: N_("is forbidden by the site's robots.txt"),
        },
    ),
    (
        _plan(Whose.HOST, _SOFT, Verdict.DEFERRED, Retry.NEXT_RUN, Symptom.BLOCKED),
        {
            Word.ROBOTS_UNREACHABLE: N_("was not asked: the site's robots.txt cannot be read"),
            Word.RETRY_AFTER: N_("was not asked: the server wants to be left alone for now"),
        },
    ),
    (
        _plan(Whose.HOST, _SOFT, Verdict.REJECTED, Retry.BACK_OFF, Symptom.BROKEN),
        {
            Word.COMMON_TITLE: N_("has no title but the one that its site shows on all pages"),
            Word.MAINTENANCE: N_("says that the site is under maintenance"),
            Word.PARKED: N_("shows a domain that is for sale or not set up"),
            Word.EMPTY_SHELL: N_("shows its text through scripts only"),
            Word.ERROR_PAGE: N_("shows an error of its server"),
            Word.OTHER_PAGE: N_("shows something else than the article that its link names"),
        },
    ),
    (
        # What a server answers that does not know a page yet; also the next two rows.
        _plan(Whose.PAGE, _HARD, Verdict.GONE, Retry.WHILE_NEW, Symptom.BROKEN),
        {Word.REDIRECT_HOME: N_("leads to the home page")},
    ),
    (
        _plan(Whose.PAGE, _HARD, Verdict.REJECTED, Retry.WHILE_NEW, Symptom.BROKEN),
        {Word.SOFT_404: N_("says that there is no such page")},
    ),
    (
        # So do the portals of a network, and resolvers of a provider, for all they shut out.
        _plan(Whose.PAGE, _HARD, Verdict.REJECTED, Retry.WHILE_NEW, Symptom.NONE),
        {
            Word.PRIVATE_ADDRESS: N_(
                "is on an address that is not public; see ALLOW_PRIVATE_HOSTS"
            ),
            Word.OFF_SITE: N_("leads to a host that is not the source's"),
        },
    ),
    (
        # Our rules may be wrong: the capture is kept, and `reextract` asks better ones.
        _plan(Whose.OURS, _HARD, Verdict.REJECTED, Retry.REVISIT, Symptom.NONE),
        {
            Word.LISTING: N_("shows a list of other pages"),
            Word.SCHEDULE: N_("shows a broadcast schedule"),
        },
    ),
    (
        _plan(Whose.PAGE, _SOFT, Verdict.REJECTED, Retry.REVISIT, Symptom.BROKEN),
        {
            Word.MALFORMED_URL: N_("leads to an address that is no URL"),
            Word.USERINFO: N_("leads to an address with a user name in it"),
            Word.PORT: N_("leads to a port that is not the source's"),
        },
    ),
    (
        _plan(Whose.PAGE, _HARD, Verdict.REJECTED, Retry.REVISIT, Symptom.BROKEN),
        {
            Word.SCHEME: N_("leads to something that is not http or https"),
            Word.BINARY: N_("is a file and no web page"),
        },
    ),
    (
        # A server in trouble sends what its programs print.
        _plan(Whose.PAGE, _HARD, Verdict.REJECTED, Retry.WHILE_NEW, Symptom.BROKEN),
        {Word.NOT_HTML: N_("is no HTML page")},
    ),
    (
        # The rule may be wrong, and reads the capture again; or the text was not there yet.
        _plan(Whose.OURS, _HARD, Verdict.REJECTED, Retry.WHILE_NEW, Symptom.BROKEN),
        {
            Word.EMPTY: N_("has nothing to read"),
            Word.NO_BODY: N_("has no text"),
            Word.NO_TITLE: N_("has no title"),
        },
    ),
    (
        _plan(Whose.OURS, _HARD, Verdict.REJECTED, Retry.REVISIT, Symptom.BROKEN),
        {
            Word.GALLERY: N_("shows pictures without a text"),
            Word.LONG_TITLE: N_("has a title that is longer than any headline"),
            Word.VIDEO: N_("shows a player without a text"),
        },
    ),
    (
        # Mostly two rules of a server that send everybody to each other, until one is mended.
        _plan(Whose.HOST, _HARD, Verdict.FAILED, Retry.BACK_OFF, Symptom.BROKEN),
        {Word.REDIRECTS: N_("redirects too often")},
    ),
    (
        _plan(Whose.PAGE, _HARD, Verdict.FAILED, Retry.NEVER, Symptom.BROKEN),
        {
            Word.TOO_LARGE: N_("is larger than we accept"),
            Word.NOT_A_SEED: N_("is not what the source file says it is"),
        },
    ),
    (
        _plan(Whose.PAGE, _SOFT, Verdict.FAILED, Retry.NEVER, Symptom.BROKEN),
        {Word.NO_LINKS: N_("shows no link to an article")},
    ),
    (
        # Of pictures and documents: their article is there all the same.
        _plan(Whose.PAGE, _HARD, Verdict.REJECTED, Retry.NEVER, Symptom.NONE),
        {
            Word.NOT_A_PICTURE: N_("is no picture of a kind that is kept"),
            Word.NOT_A_PDF: N_("is no PDF document"),
            Word.PIXELS: N_("has more pixels than we accept"),
        },
    ),
    (
        _plan(Whose.OURS, _SOFT, Verdict.REJECTED, Retry.OTHER_BOUNDS, Symptom.NONE),
        {
            Word.BEFORE_SINCE: N_("is older than what was asked for"),
            Word.AFTER_UNTIL: N_("is newer than what was asked for"),
            Word.OVER_LIMIT: N_("waits for room: its source names more links than are kept"),
        },
    ),
    (
        _plan(Whose.OURS, _SOFT, Verdict.REJECTED, Retry.NEVER, Symptom.NONE),
        {Word.WITHHELD: N_("is withheld by order: see `baotinh withhold`")},
    ),
    (
        _plan(Whose.OURS, _SOFT, Verdict.REJECTED, Retry.REVISIT, Symptom.BROKEN),
        {Word.DROPPED: N_("was dropped by an item pipeline")},
    ),
    (
        _plan(Whose.OURS, _SOFT, Verdict.FAILED, Retry.BACK_OFF, Symptom.BROKEN),
        {
            Word.BROWSER: N_("could not be drawn: the browser broke down"),
            Word.CAPTURE: N_("has a capture that cannot be read"),
            Word.CRASHED: N_("could not be read: a fault of ours"),
            Word.IGNORED: N_("was refused by an extension of the crawler"),
            Word.LOST: N_("was asked for and never answered"),
        },
    ),
    (
        _plan(Whose.MOMENT, _TEMPORARY, Verdict.DEFERRED, Retry.NEXT_RUN, Symptom.NONE),
        {Word.BROKER_AWAY: N_("was not asked: the Redis of the cluster cannot be reached")},
    ),
    (
        _plan(Whose.OURS, _SOFT, Verdict.DEFERRED, Retry.NEXT_RUN, Symptom.NONE),
        {
            Word.STOPPED: N_("was not asked: the crawl was stopped"),
            Word.BUDGET: N_("was not visited: the budget of requests is spent"),
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
    Cause.WAIT: frozenset({"http-429"}),
    Cause.FORBIDDEN: frozenset({"http-401", "http-403", "http-407", "http-451"}),
    Cause.TITLE: frozenset({Word.COMMON_TITLE}),
    Cause.MISSING: frozenset({"http-404", "http-410", Word.SOFT_404, Word.REDIRECT_HOME}),
}
"""Reasons that stand for one cause; every other reason is a cause by itself."""

ECHOES: Mapping[str, tuple[Cause, ...]] = {
    Word.RETRY_AFTER: (
        Cause.CERTIFICATE,
        Cause.NAME,
        Cause.NO_ANSWER,
        Cause.SERVER_ERROR,
        Cause.WAIT,
    )
}
"""Reasons that follow from what a host answered before, or that it did not, and the causes of that,
the last where none is known: a trouble of theirs is no trouble of its own beside one of these."""

UNKNOWN = _plan(Whose.HOST, _SOFT, Verdict.FAILED, Retry.BACK_OFF, Symptom.BROKEN)
"""What is assumed of a word of another version: a fault of the host that passes."""
