"""Rules of health about pages: what those of the last days say of a source. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.failures import (
    ECHOES,
    Symptom,
    Word,
    cause_of,
    describe_failure,
    is_passing,
    reason_of,
)
from crawler.monitoring.seed_rules import lasts, state_of
from crawler.monitoring.verdicts import Trouble
from storage.instants import format_instant, parse_instant
from storage.states import READ, OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crawler.monitoring.verdicts import Facts
    from storage.records import Run

RECENT = dt.timedelta(days=2)
"""How far back pages are looked at."""
_SHUT_OUT = dt.timedelta(days=7)
"""How far back pages are looked at that all met the host's fault: nothing newer contradicts."""
YOUNG_FOR = dt.timedelta(hours=2)
"""So long a site's caches may not know a page that a seed names, and so long the first refusal of
any page says nothing: the next try, an hour later, does."""
_SHUT_OUT_PAGES = 3
"""Pages of one run that must have met it: one page may be tried again in many runs."""
_TOGETHER = 2
"""Failed pages of one run that are not one page which is tried again and again."""
FETCHED = (OutcomeKind.NEW, OutcomeKind.REVISED, OutcomeKind.DUPLICATE)
"""Outcomes of pages whose text was read anew."""
_NO_TITLE = Word.COMMON_TITLE
_PAGES_NEEDED = 4
"""Pages below which a share of unreadable ones says nothing."""
_MANY_PAGES = 12
"""The same where films and galleries count: three films among four pages are chance."""
_UNREADABLE_SHARE = 0.75
"""Share of pages without an article from which a source is in trouble."""


def unreadable_pages(facts: Facts) -> Iterator[Trouble]:
    """Most of the newest pages gave no article; fewer are enough where all met the host's fault.

    Films and galleries count where a dozen pages are looked at.
    """
    yield from list(_unread(_without_usual(facts), _PAGES_NEEDED)) or _unread(facts, _MANY_PAGES)


def _without_usual(facts: Facts) -> Facts:
    runs = [_run_without_usual(run) for run in runs_since(facts, RECENT)]
    return replace(facts, runs=runs)


def _run_without_usual(run: Run) -> Run:
    left = {
        outcome: number
        for outcome, number in run.outcomes.items()
        if not reason_of(outcome.partition("/")[2]).is_usual
    }
    return run if len(left) == len(run.outcomes) else replace(run, outcomes=left)


def _unread(facts: Facts, needed: int) -> Iterator[Trouble]:
    """Judge the newest pages, ``needed`` at least."""
    counts: Counter[str] = Counter()
    of_runs: list[int] = []
    for run in runs_since(facts, RECENT):
        counts.update(run.outcomes)
        of_runs.append(unreadable(run.outcomes).total())
        if _handled(counts) >= needed:
            break
    handled, unread = _handled(counts), unreadable(counts)
    lost = unread.total()
    if handled >= needed and lost >= _UNREADABLE_SHARE * handled:
        word = max(unread, key=unread.__getitem__)
        if is_passing(word) and (max(of_runs) < _SHUT_OUT_PAGES or _has_passed(facts)):
            return  # it may be one page that is tried again and again, or is over
        yield Trouble(
            cause=cause_of(word) if is_passing(word) else "rejected",
            state=state_of(word),
            why=f"{lost} of the last {handled} pages gave no article: most often it {_name(word)}",
        )


def untitled_pages(facts: Facts) -> Iterator[Trouble]:
    """No page of late shows a title of its own: some were refused, others have that of a link.

    While it stands one such page is enough: known ones that are unchanged say nothing against it.
    """
    if facts.untitled >= (1 if cause_of(_NO_TITLE) in facts.standing else _PAGES_NEEDED):
        number = f"of the last {facts.untitled} pages" if facts.untitled > 1 else "newest page"
        none = "none" if facts.untitled > 1 else "not even the"
        why = f"{none} {number} shows a title of its own ({_NO_TITLE})"
        yield Trouble(cause=cause_of(_NO_TITLE), state=state_of(_NO_TITLE), why=why)


def _has_passed(facts: Facts) -> bool:
    """Return whether new pages were read since the last run with many that met the host's fault.

    An unchanged page proves nothing: a host may say so of pages that it does not show.
    """
    met = 0
    for run in runs_since(facts, RECENT):
        passing = sum(n for word, n in unreadable(run.outcomes).items() if is_passing(word))
        if not passing and any(run.outcomes.get(kind) for kind in FETCHED):
            return met < _PAGES_NEEDED
        met += passing
    return False


def shut_out_pages(facts: Facts) -> Iterator[Trouble]:
    """No page since some time met anything but one fault of the host or the moment."""
    words: Counter[str] = Counter()
    of_runs: list[int] = []
    since = ""
    for run in runs_since(facts, _SHUT_OUT):
        passing = Counter({w: n for w, n in unreadable(run.outcomes).items() if is_passing(w)})
        if _handled(run.outcomes) > passing.total():
            break
        if passing:
            words += passing
            of_runs.append(passing.total())
            since = run.started_at
    if of_runs and max(of_runs) >= _SHUT_OUT_PAGES:
        word = max(words, key=words.__getitem__)
        why = f"none of the last {words.total()} pages could be read: each {_name(word)}"
        yield Trouble(cause=cause_of(word), state=state_of(word), why=why, since=since)


def unanswered(facts: Facts) -> Iterator[Trouble]:
    """Since long nothing answers, neither seed nor page, though little was asked for.

    One page alone may be at fault itself: a second one of the same run must have failed as well,
    or a seed.
    """
    good = max((seed.fruitful_at or "" for seed in facts.seeds), default="")
    failing = [seed for seed in facts.seeds if seed.failures and (seed.polled_at or "") > good]
    moments = [at for seed in failing for at in (seed.missed_since, seed.polled_at) if at]
    words: Counter[str] = Counter()
    of_runs: list[int] = []
    for run in runs_since(facts, RECENT):
        passing = Counter({w: n for w, n in unreadable(run.outcomes).items() if is_passing(w)})
        if run.started_at <= good or _handled(run.outcomes) > passing.total():
            break
        if passing:
            words += passing
            moments.append(run.started_at)
            of_runs.append(passing.total())
    if not of_runs or (max(of_runs) < _TOGETHER and not failing):
        return
    since, until = min(moments), max(moments)
    if lasts(since, until):
        word = max(words, key=words.__getitem__)
        why = f"nothing of it could be read since {since}: each {_name(word)}"
        yield Trouble(cause=cause_of(word), state=state_of(word), why=why, since=since)


def left_alone(facts: Facts) -> Iterator[Trouble]:
    """The host of its pages asked to be left alone for long: none is read, and no run may begin.

    What pages answered says why, and since when; else (a picture was told so) it is told as soon
    as it is known to last.
    """
    until = facts.pages_held
    if until is None or any(run.started_at > until for run in facts.runs[:1]):
        return
    last = next((run for run in runs_since(facts, RECENT) if _handled(run.outcomes)), None)
    met = unreadable(last.outcomes) if last else Counter[str]()
    words = {word: n for word, n in met.items() if cause_of(word) in ECHOES[Word.RETRY_AFTER]}
    since = last.started_at if last and words else None
    if since is not None:
        is_long = lasts(since, until) and lasts(since, facts.now)
    else:
        is_known = any(seed.failures for seed in facts.seeds)
        stands = any(cause in facts.standing for cause in ECHOES[Word.RETRY_AFTER])
        is_long = not is_known and (lasts(facts.now, until) or stands)
    if is_long:
        word = max(words, key=words.__getitem__, default=str(Word.RETRY_AFTER))
        why = f"nothing of it is read until {until}, as its server asks: a page {_name(word)}"
        yield Trouble(cause=cause_of(word), state=state_of(word), why=why, since=since)


def without_young(facts: Facts) -> Facts:
    """Return the facts without the refusals of pages that may come by themselves.

    They are the latest ones of their reasons.
    """
    left = {w: n for w, n in facts.young.items() if n and reason_of(w).is_early}
    if not left:
        return facts
    runs = []
    for run in facts.runs:
        outcomes = dict(run.outcomes)
        for outcome, count in run.outcomes.items():
            word = outcome.partition("/")[2]
            young = min(count, left.get(word, 0))
            if young:
                left[word] -= young
                outcomes[outcome] = count - young
        runs.append(replace(run, outcomes=outcomes))
    return replace(facts, runs=runs)


def runs_since(facts: Facts, span: dt.timedelta) -> Iterator[Run]:
    """Yield runs, newest first, that began within ``span``."""
    begin = format_instant(parse_instant(facts.now) - span)
    return (run for run in facts.runs if run.started_at >= begin)


def _name(word: str) -> str:
    """Return the reason for people, with its word: ``shows a check for robots … (bot-check)``."""
    return f"{describe_failure(word)} ({word})"


def _handled(counts: Mapping[str, int]) -> int:
    """Return how many pages say something about how readable the site is."""
    return sum(counts.get(kind, 0) for kind in READ) + unreadable(counts).total()


def unreadable(counts: Mapping[str, int]) -> Counter[str]:
    """Return how many pages gave no article, by the reasons that say something about the site."""
    words: Counter[str] = Counter()
    for outcome, count in counts.items():
        word = outcome.partition("/")[2]
        if word and count and reason_of(word).health is not Symptom.NONE:
            words[word] += count
    return words
