"""Rules of health about seeds: what their failed and empty polls say of a source. Pure."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from crawler.failures import Cause, Symptom, Word, cause_of, reason_of
from crawler.monitoring.verdicts import HealthState, Trouble
from crawler.scheduling.rhythm import expect_articles
from storage.instants import parse_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.monitoring.verdicts import Facts
    from storage.records import SeedState

FAILING = 1.0
"""Weighed failures in a row that make a seed count as failing: one hard, two soft, four
temporary ones."""
FAILING_FOR = dt.timedelta(minutes=45)
"""So long a seed may fail twice and more before it counts as failing, whatever its failures weigh:
what lasts an hour is to be told."""
EMPTY_POLLS = 2
"""Polls in a row without an article link, or crawls without a seed: one may be an outage."""
BARREN_POLLS = 3
"""The same for a seed that never showed an article link, and is no more than quiet."""
NEW_FOR = dt.timedelta(days=3)
"""So long a source that never showed an article may be a portal that has none yet: a weekend and a
Monday morning. Other seeds are looked for meanwhile all the same."""

VACANT_HISTORY = 12
"""Articles of a seed that must be known before it is judged that it lists nothing."""
VACANT_OWN, VACANT_ALL = 5.0, 8.0
"""Articles to be expected of a seed, or where too few are known of it of its source, since it lists
nothing: by Poisson's law none of five comes 7 times in 1,000, none of eight 3 times in 10,000."""
VACANT_AVERAGE = 2.5
"""Of a working day's articles the office hours bring at most so many times their share."""


def failing_seeds(facts: Facts) -> Iterator[Trouble]:
    """Yield a trouble for each cause that seeds fail for."""
    polled = [seed for seed in facts.seeds if seed.polled_at]
    failing = [
        seed
        for seed in polled
        if is_failing(seed, facts.now, held=facts.held.get(seed.id))
        and not _may_be_new(seed, facts)
    ]
    by_cause: dict[str, list[SeedState]] = {}
    for seed in failing:
        by_cause.setdefault(cause_of(seed.last_reason or "failing"), []).append(seed)
    for cause, seeds in by_cause.items():
        everything = len(failing) == len(polled) or _is_host_gone(cause, seeds, polled)
        error = seeds[0].last_error or "the last polls failed"
        yield Trouble(
            cause=cause,
            state=_state_of_all(failing) if everything else HealthState.DEGRADED,
            why=error if everything else f"{len(seeds)} of {len(polled)} seeds fail: {error}",
            since=_first_miss(seeds),
        )


def empty_seeds(facts: Facts) -> Iterator[Trouble]:
    """Yield a trouble where seeds answer and show no article link."""
    polled = [seed for seed in facts.seeds if seed.polled_at]
    empty = [seed for seed in polled if is_empty(seed) and not _may_be_new(seed, facts)]
    vacant = [seed for seed in polled if _expected_of(seed, facts) >= 1]
    if not empty and not vacant:
        return
    # Where one lists nothing, so do those that say less: too few articles are known of them.
    everything = all(is_empty(seed) or (vacant and _is_vacant(seed)) for seed in polled)
    seed = (empty or vacant)[0]
    if empty:
        why = f"{seed.url} shows no article link, {max(seed.empty, seed.misses)} polls in a row"
    else:
        why = f"{seed.url} lists nothing any more since {seed.vacant_since}"
    yield Trouble(
        cause="empty",
        state=HealthState.BROKEN if everything else HealthState.DEGRADED,
        why=why,
        since=_first_miss(empty) or seed.vacant_since,
    )


def _expected_of(seed: SeedState, facts: Facts) -> float:
    """Return how many times as much as a quiet time brings was to be expected of a seed since it
    lists nothing; 0 where it lists something or is not known well enough.

    Some feeds list the articles of the day and are empty each night, and sitemaps of news on
    holidays.
    """
    if not _is_vacant(seed):
        return 0.0
    begin = parse_instant(seed.vacant_since or facts.now)
    own = sorted(moment for moment in facts.entries.get(seed.id, ()) if moment <= begin)
    # What several seeds list is counted for the one that named it first.
    known, enough = own, VACANT_OWN
    if len(own) < VACANT_HISTORY:
        known, enough = sorted(moment for moment in facts.published if moment <= begin), VACANT_ALL
    if len(known) < VACANT_HISTORY:
        return 0.0
    by_rhythm, average = expect_articles(
        known, begin, parse_instant(facts.now), watched_since=facts.watched_since
    )
    return min(by_rhythm, average * VACANT_AVERAGE) / enough


def substituted_seeds(facts: Facts) -> Iterator[Trouble]:
    """Yield a trouble where seeds of the source file are replaced by what the site offers."""
    found = [seed for seed in facts.seeds if seed.substitute_since]
    named = [seed for seed in facts.seeds if not seed.substitute_since]
    if not found or not named:
        return
    error = next((seed.last_error for seed in named if seed.last_error), None)
    said = f" ({error})" if error else ""
    yield Trouble(
        cause="substitutes",
        state=HealthState.DEGRADED,
        why=f"no seed of its source file works{said}: it is read from {len(found)} found on its"
        f" site, such as {found[0].url}; `baotinh sources check --write` proposes a mended file",
        since=min(seed.substitute_since or facts.now for seed in found),
    )


def _is_vacant(seed: SeedState) -> bool:
    return not seed.failures and seed.vacant_since is not None


def is_failing(seed: SeedState, now: str, *, held: str | None = None) -> bool:
    """Return whether a seed's failed polls are more than a moment's.

    ``held``: until when its host asked to be left alone; nobody asks a second time meanwhile.
    """
    if seed.failures >= FAILING:
        return True
    if not seed.failures or seed.missed_since is None:
        return False
    is_held = (seed.polled_at or "") < (held or "") and lasts(seed.missed_since, held)
    return (is_held or seed.misses >= EMPTY_POLLS) and lasts(seed.missed_since, now)


def _may_be_new(seed: SeedState, facts: Facts) -> bool:
    """Return whether a seed answers as it should and may have nothing to show yet.

    Where the source has shown an article, be it at another seed, its menus are known from news.
    """
    if seed.failures and seed.last_reason != Word.NO_LINKS:
        return False
    if seed.missed_since is None or any(each.fruitful_at for each in facts.seeds):
        return False
    age = parse_instant(facts.now) - parse_instant(seed.missed_since)
    return age < NEW_FOR and next(iter(facts.published), None) is None


def lasts(since: str, until: str | None) -> bool:
    """Return whether it is long enough from an instant until another to be told."""
    return until is not None and parse_instant(until) - parse_instant(since) >= FAILING_FOR


def is_empty(seed: SeedState) -> bool:
    """Return whether a seed answers and shows no article link, for more than a quiet day."""
    barren = not seed.failures and seed.fruitful_at is None and seed.misses >= BARREN_POLLS
    return not seed.failures and (seed.empty >= EMPTY_POLLS or barren)


def state_of(word: str | None) -> HealthState:
    """Return the state of a source that gives nothing but this reason.

    Without a word (polls recorded by earlier versions) the cause is unknown.
    """
    shut_out = word is not None and reason_of(word).health is Symptom.BLOCKED
    return HealthState.BLOCKED if shut_out else HealthState.BROKEN


def _state_of_all(seeds: Sequence[SeedState]) -> HealthState:
    states = {state_of(seed.last_reason) for seed in seeds}
    return HealthState.BLOCKED if states == {HealthState.BLOCKED} else HealthState.BROKEN


def _is_host_gone(cause: str, failing: Sequence[SeedState], polled: Sequence[SeedState]) -> bool:
    """Return whether no seed has answered since the host began to fail one of them.

    The others are polled later: they say nothing against it yet.
    """
    of_host = cause == Cause.SERVER_ERROR or any(
        seed.last_reason and reason_of(seed.last_reason).health is Symptom.UNREACHABLE
        for seed in failing
    )
    since = _first_miss(failing)
    others = [seed for seed in polled if seed not in failing]
    return of_host and since is not None and all((seed.polled_at or "") < since for seed in others)


def _first_miss(seeds: Sequence[SeedState]) -> str | None:
    return min((seed.missed_since for seed in seeds if seed.missed_since), default=None)
