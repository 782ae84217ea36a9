"""How much a failure says about the future of a source or page. Pure."""

from __future__ import annotations

from enum import StrEnum


class FailureKind(StrEnum):
    """Three weights, as a source that fails for three reasons is not three times as broken."""

    HARD = "hard"
    """It will most likely fail again: gone, forbidden, no such name, not what it should be."""
    SOFT = "soft"
    """The server is there and cannot or will not serve now: 5xx, 429, refused."""
    TEMPORARY = "temporary"
    """Nobody is to blame: a timeout, a broken connection, no network here."""


WEIGHTS = {FailureKind.HARD: 1.0, FailureKind.SOFT: 0.5, FailureKind.TEMPORARY: 0.25}

_BY_START = (
    ("http-408", FailureKind.TEMPORARY),
    ("http-425", FailureKind.TEMPORARY),
    ("http-429", FailureKind.SOFT),
    ("http-4", FailureKind.HARD),
    ("http-5", FailureKind.SOFT),
    ("not-", FailureKind.HARD),
    ("no-such-host", FailureKind.HARD),
    ("tls", FailureKind.HARD),
    ("certificate", FailureKind.HARD),
    ("robots-unreachable", FailureKind.SOFT),
    ("robots", FailureKind.HARD),
    ("off-site", FailureKind.HARD),
    ("private-address", FailureKind.HARD),
    ("redirects", FailureKind.HARD),
    ("scheme", FailureKind.HARD),
    ("too-large", FailureKind.HARD),
    ("header-flood", FailureKind.HARD),
    ("timeout", FailureKind.TEMPORARY),
    # A name that cannot be resolved is most often our network, or theirs, for an hour.
    ("dns", FailureKind.TEMPORARY),
    ("connection", FailureKind.TEMPORARY),
    ("data-loss", FailureKind.TEMPORARY),
    ("network", FailureKind.TEMPORARY),
    ("reset", FailureKind.TEMPORARY),
)


def failure_kind(reason: str) -> FailureKind:
    """Weigh the short reason of a failure, e.g. ``http-503``, ``timeout``, ``not-a-feed``.

    What is unknown counts as soft.
    """
    return next((kind for start, kind in _BY_START if reason.startswith(start)), FailureKind.SOFT)


def weigh(failures: float, kind: FailureKind) -> float:
    """The weighed failures in a row after one more: hard 1, soft 0.5, temporary 0.25."""
    return failures + WEIGHTS[kind]
