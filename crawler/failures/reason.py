"""What is known of a reason: whose fault, how heavy, what becomes of the link and health. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crawler.failures.words import Word


def N_(text: str) -> str:  # noqa: N802 - the name that gettext's tools know
    """Mark a text for the catalogues of the pages."""
    return text


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
    TITLE = "title"


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
    def is_usual(self) -> bool:
        """Whether healthy sources have such pages, though hardly ever many of them on end."""
        return self.word in USUAL

    @property
    def is_early(self) -> bool:
        """Whether a site answers so for pages that it names and does not know yet."""
        return self.retry is Retry.WHILE_NEW or self.word in UNFINISHED

    @property
    def is_lasting(self) -> bool:
        """Whether asking the same address again in some days is no use."""
        return self.weight is FailureKind.HARD and self.health is not Symptom.UNREACHABLE


UNASKED = frozenset({Word.ROBOTS})
"""Words of refusals without a request."""
USUAL = frozenset({Word.GALLERY, Word.VIDEO})
"""Words of pages that are no articles and stand among them: a broadcaster's films."""
UNFINISHED = frozenset({Word.EMPTY_BODY, Word.OTHER_PAGE})
"""Words of the host and the moment that a page may be met with which is not there yet."""

WEIGHTS = {FailureKind.HARD: 1.0, FailureKind.SOFT: 0.5, FailureKind.TEMPORARY: 0.25}
