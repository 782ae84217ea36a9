"""The health of a source, judged from what the archive knows about it. Pure.

Each rule looks for one kind of trouble and yields a verdict or nothing; the gravest counts. What
failed polls and pages mean is asked of the table of reasons. A rule compares with what this source
usually does, so a paper of three articles a week is not alarming on six silent days, and nights,
weekends and public holidays are no silence at all.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from crawler.failures import Symptom, reason_of
from crawler.scheduling.holidays import holiday
from crawler.scheduling.policy import describe_wait
from crawler.scheduling.rhythm import learn_rhythm
from storage.instants import VIETNAM, parse_instant
from storage.records import OutcomeKind, RunState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from storage.frontier.gaps import Gap
    from storage.records import Run, SeedState


class HealthState(StrEnum):
    """The states in the order of their gravity."""

    OK = "ok"
    FROZEN = "frozen"
    """It answers as ever and publishes nothing any more."""
    DEGRADED = "degraded"
    """A part of it is missing: a seed, a field, most of the usual volume."""
    BLOCKED = "blocked"
    """It is there, and does not want us: bot check, login, 403, 429, robots.txt."""
    BROKEN = "broken"
    """Nothing comes from it any more."""


_SEVERITY = {state: rank for rank, state in enumerate(HealthState)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How often a field is filled, as shares of articles."""

    recent: float
    usual: float
    articles: int
    """How many recent articles there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known about one source at one instant."""

    now: str
    status: str
    """Status in the source file; only ``active`` is judged."""
    seeds: Sequence[SeedState]
    runs: Sequence[Run]
    """Newest first, of the last days."""
    published: Sequence[dt.datetime]
    """Publication instants of the last eight weeks, in any order."""
    watched_since: dt.datetime | None
    coverage: Mapping[str, Coverage]
    outdone: int = 0
    """How many of the ``judged`` newest articles their layout found less of than we did without."""
    judged: int = 0
    gaps: Sequence[Gap] = ()
    """Open ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """A verdict with its cause, one sentence without a full stop."""

    state: HealthState
    why: str


FAILING = 1.0
"""Weighed failures in a row that make a seed count as failing: one hard, two soft, four
temporary ones."""
EMPTY_POLLS = 2
"""Polls in a row without an article link, or crawls without a seed: one may be an outage."""
_RECENT = dt.timedelta(days=2)
"""How far back pages are looked at."""
_PAGES_NEEDED = 4
"""Pages below which a share of unreadable ones says nothing."""
_UNREADABLE_SHARE = 0.75
"""Share of pages without an article from which a source is in trouble."""
_ENDED_CRAWLS = 3
"""Crawls in a row that must end badly."""
_HISTORY = 12
"""Articles that must be known before silence is judged."""
_LEAST_HISTORY = dt.timedelta(days=7)
"""Time that these must cover."""
_LEAST_SILENCE = dt.timedelta(hours=6)
_SILENCE_EXPECTED = 8.0
"""Articles to be expected, of which none is no chance: by Poisson's law 3 times in 10,000."""
_AS_SILENT_BEFORE = 1.5
"""A silence is usual up to so many times an earlier one."""
_VOLUME_DAYS = dt.timedelta(days=3)
_VOLUME_HISTORY = dt.timedelta(days=14)
_VOLUME_EXPECTED = 12.0
"""Articles to be expected in three days before a low number is judged."""
_VOLUME_SHARE = 0.25
"""Share of what was to be expected from which a number is low."""
_COVERAGE_ARTICLES = 5
_DROP_FROM, _DROP_TO = 0.8, 0.3
"""Shares of articles with a field, usual and recent, that make a drop."""
_READABLE = (OutcomeKind.NEW, OutcomeKind.REVISED, OutcomeKind.UNCHANGED, OutcomeKind.DUPLICATE)


def judge(facts: Facts) -> Health:
    """Return the gravest verdict of all rules; ``ok`` where none finds anything."""
    if facts.status != "active":
        return Health(state=HealthState.OK, why=f"not crawled: it is {facts.status}")
    if not any(seed.polled_at for seed in facts.seeds):
        return _judge_unpolled(facts)
    found = [verdict for rule in RULES for verdict in rule(facts)]
    if not found:
        return Health(state=HealthState.OK, why=_describe_ok(facts))
    return max(found, key=lambda verdict: _SEVERITY[verdict.state])


def _judge_unpolled(facts: Facts) -> Health:
    """Judge a source without polls: crawls that found nothing to poll are trouble if repeated."""
    ended = [run for run in facts.runs if run.state in (RunState.FINISHED, RunState.FAILED)]
    if facts.seeds or any(run.outcomes for run in ended) or len(ended) < EMPTY_POLLS:
        return Health(state=HealthState.OK, why="not polled yet")
    why = f"{len(ended)} crawls found no feed, no sitemap and no list of articles to poll"
    return Health(state=HealthState.BROKEN, why=why)


def _failing_seeds(facts: Facts) -> Iterator[Health]:
    polled = [seed for seed in facts.seeds if seed.polled_at]
    failing = [seed for seed in polled if seed.failures >= FAILING]
    if not failing:
        return
    error = failing[0].last_error or "the last polls failed"
    states = {_state_for(seed.last_reason) for seed in failing}
    if len(failing) < len(polled):
        some = f"{len(failing)} of {len(polled)} seeds fail"
        yield Health(state=HealthState.DEGRADED, why=f"{some}: {error}")
    else:
        state = HealthState.BLOCKED if states == {HealthState.BLOCKED} else HealthState.BROKEN
        yield Health(state=state, why=error)


def _state_for(word: str | None) -> HealthState:
    """Return the state of a source that gives nothing but this reason.

    Without a word (polls recorded by earlier versions) the cause is unknown.
    """
    shut_out = word is not None and reason_of(word).health is Symptom.BLOCKED
    return HealthState.BLOCKED if shut_out else HealthState.BROKEN


def _empty_seeds(facts: Facts) -> Iterator[Health]:
    empty = [seed for seed in facts.seeds if seed.empty >= EMPTY_POLLS]
    if not empty:
        return
    everything = len(empty) == len([seed for seed in facts.seeds if seed.polled_at])
    state = HealthState.BROKEN if everything else HealthState.DEGRADED
    why = f"{empty[0].url} shows no article link any more, {empty[0].empty} polls in a row"
    yield Health(state=state, why=why)


def _unreadable_pages(facts: Facts) -> Iterator[Health]:
    counts: dict[str, int] = {}
    for run in _recent_runs(facts):
        for outcome, count in run.outcomes.items():
            counts[outcome] = counts.get(outcome, 0) + count
        if _handled(counts) >= _PAGES_NEEDED:
            break
    handled, unreadable = _handled(counts), _unreadable(counts)
    lost = unreadable.total()
    if handled < _PAGES_NEEDED or lost < _UNREADABLE_SHARE * handled:
        return
    word = max(unreadable, key=unreadable.__getitem__)
    yield Health(
        state=_state_for(word), why=f"{lost} of the last {handled} pages gave no article ({word})"
    )


def _dying_crawls(facts: Facts) -> Iterator[Health]:
    ended = [run for run in facts.runs if run.state is not RunState.RUNNING][:_ENDED_CRAWLS]
    if len(ended) < _ENDED_CRAWLS:
        return
    if all(run.state is RunState.FAILED for run in ended):
        yield Health(state=HealthState.BROKEN, why="the last three crawls failed")
    elif all(run.state is RunState.INTERRUPTED and not run.outcomes for run in ended):
        yield Health(
            state=HealthState.DEGRADED, why="the last three crawls were broken off without a page"
        )


def _outdone_layout(facts: Facts) -> Iterator[Health]:
    if facts.judged >= _COVERAGE_ARTICLES and facts.outdone * 2 >= facts.judged:
        few = f"{facts.outdone} of the last {facts.judged} articles"
        why = f"its layout finds less of {few} than the generic rules: the layout is out of date"
        yield Health(state=HealthState.DEGRADED, why=why)


def _missing_fields(facts: Facts) -> Iterator[Health]:
    for name, share in facts.coverage.items():
        enough = share.articles >= _COVERAGE_ARTICLES
        if enough and share.usual >= _DROP_FROM and share.recent <= _DROP_TO:
            few = f"{share.recent:.0%} of the last {share.articles} articles have {name}"
            why = f"{few}, usual are {share.usual:.0%}"
            yield Health(state=HealthState.DEGRADED, why=why)


def _gaps(facts: Facts) -> Iterator[Health]:
    now = parse_instant(facts.now)
    for gap in facts.gaps:
        if now - parse_instant(gap.found_at) < dt.timedelta(days=1):
            missed = f"articles between {gap.begin_at} and {gap.end_at} may be missed"
            yield Health(state=HealthState.DEGRADED, why=f"{missed}: a backfill closes the gap")


def _silence(facts: Facts) -> Iterator[Health]:
    now = parse_instant(facts.now)
    known = sorted(moment for moment in facts.published if moment <= now)
    if len(known) < _HISTORY or facts.watched_since is None:
        return
    # Silence from before we first looked is what the source is like, and no news.
    begin = max(known[-1], facts.watched_since)
    if now - begin < _LEAST_SILENCE or known[-1] - known[0] < _LEAST_HISTORY:
        return
    rhythm = learn_rhythm(known, watched_since=facts.watched_since, now=known[-1])
    silent = _working_time(begin, now)
    # What is assumed of an unknown source is too much of one that publishes twice a week.
    average = len(known) * silent / max(1.0, _working_time(known[0], known[-1]))
    expected = min(rhythm.expected(begin, now), average)
    if expected >= _SILENCE_EXPECTED and not _was_as_silent(known, silent / _AS_SILENT_BEFORE):
        ago = describe_wait((now - known[-1]).total_seconds())
        why = f"nothing new for {ago}, where {expected:.0f} articles were to be expected"
        yield Health(state=HealthState.FROZEN, why=why)


def _was_as_silent(known: Sequence[dt.datetime], seconds: float) -> bool:
    """Return whether the source has been silent for so much working time before."""
    return any(
        _working_time(earlier, later) >= seconds
        for earlier, later in pairwise(known)
        if (later - earlier).total_seconds() >= seconds
    )


def _low_volume(facts: Facts) -> Iterator[Health]:
    now = parse_instant(facts.now)
    begin = now - _VOLUME_DAYS
    before = sorted(moment for moment in facts.published if moment <= begin)
    seen = sum(begin < moment <= now for moment in facts.published)
    if not before or not seen or begin - before[0] < _VOLUME_HISTORY:
        return
    if any(holiday((now - dt.timedelta(days=n)).astimezone(VIETNAM).date()) for n in range(4)):
        return
    rhythm = learn_rhythm(before, watched_since=facts.watched_since, now=begin)
    expected = rhythm.expected(begin, now)
    if expected < _VOLUME_EXPECTED or seen > _VOLUME_SHARE * expected:
        return
    if seen < min(_windows(before, begin), default=0):
        why = f"{seen} articles in three days, where {expected:.0f} were to be expected"
        yield Health(state=HealthState.DEGRADED, why=why)


RULES: tuple[Callable[[Facts], Iterator[Health]], ...] = (
    _failing_seeds,
    _empty_seeds,
    _unreadable_pages,
    _dying_crawls,
    _missing_fields,
    _outdone_layout,
    _gaps,
    _silence,
    _low_volume,
)


def _recent_runs(facts: Facts) -> list[Run]:
    begin = parse_instant(facts.now) - _RECENT
    return [run for run in facts.runs if parse_instant(run.started_at) >= begin]


def _handled(counts: Mapping[str, int]) -> int:
    """Return how many pages say something about how readable the site is."""
    return sum(counts.get(kind, 0) for kind in _READABLE) + _unreadable(counts).total()


def _unreadable(counts: Mapping[str, int]) -> Counter[str]:
    """Return how many pages gave no article, by the reasons that say something about the site."""
    words: Counter[str] = Counter()
    for outcome, count in counts.items():
        word = outcome.partition("/")[2]
        if word and reason_of(word).health is not Symptom.NONE:
            words[word] += count
    return words


def _working_time(begin: dt.datetime, end: dt.datetime) -> float:
    """Return the seconds between two instants, without weekends and public holidays."""
    total, moment = 0.0, begin.astimezone(VIETNAM)
    end = end.astimezone(VIETNAM)
    while moment < end:
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        following = min(end, midnight + dt.timedelta(days=1))
        if moment.weekday() < 5 and not holiday(moment.date()):
            total += (following - moment).total_seconds()
        moment = following
    return total


def _windows(known: Sequence[dt.datetime], end: dt.datetime) -> Iterator[int]:
    """Yield the articles in earlier windows of the same length, each a day before the next."""
    close = end
    while close - _VOLUME_DAYS >= known[0]:
        yield sum(close - _VOLUME_DAYS < moment <= close for moment in known)
        close -= dt.timedelta(days=1)


def _describe_ok(facts: Facts) -> str:
    now = parse_instant(facts.now)
    known = [moment for moment in facts.published if moment <= now]
    if not known:
        return "answers, nothing published in eight weeks"
    return f"newest article of {max(known).astimezone(VIETNAM):%Y-%m-%d %H:%M} in Vietnam"
