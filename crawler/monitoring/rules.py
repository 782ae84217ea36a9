"""The health of a source, judged from what the archive knows about it. Pure.

Each rule looks for one kind of trouble and yields what it finds; the gravest is the verdict. What
failed polls and pages mean is asked of the table of reasons. A rule compares with what this source
usually does, so a paper of three articles a week is not alarming on six silent days, and nights,
weekends and public holidays are no silence at all.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from crawler.failures import ECHOES, cause_of
from crawler.monitoring.coverage import ESSENTIAL, FIELD_CAUSES, PAGE_TITLE
from crawler.monitoring.page_rules import (
    RECENT,
    left_alone,
    runs_since,
    shut_out_pages,
    unanswered,
    unreadable,
    unreadable_pages,
    untitled_pages,
    without_young,
)
from crawler.monitoring.seed_rules import (
    EMPTY_POLLS,
    empty_seeds,
    failing_seeds,
    substituted_seeds,
)
from crawler.monitoring.verdicts import SEVERITY, Health, HealthState, Trouble
from crawler.scheduling.holidays import holiday, working_seconds
from crawler.scheduling.policy import describe_wait
from crawler.scheduling.rhythm import expect_articles, learn_rhythm
from storage.instants import VIETNAM, format_instant, parse_instant
from storage.states import READ, OutcomeKind, RunKind, RunState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from crawler.monitoring.verdicts import Coverage, Facts

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
_FLOOD, _FLOOD_SHARE = 50, 0.8
"""Pages of a day, and share of those read, that show a text of another address of the source."""
_FLOOD_AGAIN = 5
"""The same of one run, where it comes again in another: a site that got new addresses shows its
known texts there once."""
_COVERAGE_ARTICLES = 5
_COVERAGE_ARTICLES_ALONE = 10
_DROP_ALONE = 0.1
"""How many recent articles must be known, and share of them with a field, to make a loss where
there is nothing to compare with."""
DROP_FROM, DROP_TO = 0.8, 0.3
"""Shares of articles with a field, usual and recent, that make a drop."""
_STILL_USUAL, _BACK = 0.5, 0.6
"""Share of articles with a field below which its loss has become usual, and share of that which
the newest must reach for a lost field to be back."""


def judge(facts: Facts) -> Health:
    """Return all troubles that the rules find, and the gravest as the verdict; else ``ok``."""
    if facts.status != "active":
        return Health(state=HealthState.OK, why=f"not crawled: it is {facts.status}")
    if not any(seed.polled_at for seed in facts.seeds):
        found = list(_nothing_to_poll(facts))
        why = "not polled yet"
    else:
        facts = without_young(facts)
        found = _name_echoes([each for rule in RULES for each in rule(facts)], facts)
        found = _without_consequences(found)
        why = _describe_ok(facts)
    if not found:
        return Health(state=HealthState.OK, why=why)
    found.sort(key=lambda trouble: -SEVERITY[trouble.state])
    return Health(state=found[0].state, why=found[0].why, troubles=tuple(found))


def _name_echoes(found: list[Trouble], facts: Facts) -> list[Trouble]:
    """Give troubles that follow from an earlier answer the cause of that answer; they come last."""
    if not any(each.cause in ECHOES for each in found):
        return found
    words = [word for run in runs_since(facts, RECENT) for word in unreadable(run.outcomes)]
    words += [seed.last_reason for seed in facts.seeds if seed.failures and seed.last_reason]
    causes = {*facts.standing, *(each.cause for each in found), *map(cause_of, words)}
    named = [each for each in found if each.cause not in ECHOES]
    for each in found:
        if heard := ECHOES.get(each.cause):
            cause = next((cause for cause in heard if cause in causes), heard[-1])
            named.append(replace(each, cause=cause))
    return named


def _without_consequences(found: list[Trouble]) -> list[Trouble]:
    """Leave one trouble a cause, and none that follows from seeds of which none works."""
    by_cause: dict[str, Trouble] = {}
    for each in found:
        known = by_cause.get(each.cause)
        if known is None or SEVERITY[each.state] > SEVERITY[known.state]:
            by_cause[each.cause] = each
    nothing_comes = any(
        each.state in (HealthState.BROKEN, HealthState.BLOCKED) and each.cause not in CONSEQUENCES
        for each in by_cause.values()
    )
    return [
        each for each in by_cause.values() if not (nothing_comes and each.cause in CONSEQUENCES)
    ]


def _nothing_to_poll(facts: Facts) -> Iterator[Trouble]:
    """A source without polls: crawls that found nothing to poll are trouble if repeated."""
    ended = [run for run in facts.runs if run.state in (RunState.FINISHED, RunState.FAILED)]
    if facts.seeds or any(run.outcomes for run in ended) or len(ended) < EMPTY_POLLS:
        return
    why = f"{len(ended)} crawls found no feed, no sitemap and no list of articles to poll"
    yield Trouble(cause="no-seeds", state=HealthState.BROKEN, why=why, since=ended[-1].started_at)


def _dying_crawls(facts: Facts) -> Iterator[Trouble]:
    ended = [run for run in facts.runs if run.state is not RunState.RUNNING][:_ENDED_CRAWLS]
    if len(ended) < _ENDED_CRAWLS:
        return
    workers = sorted({run.worker for run in ended if run.worker})
    by = f" ({', '.join(workers)})" if workers else ""
    if all(run.state is RunState.FAILED for run in ended):
        why = f"the last three crawls failed{by}"
        yield Trouble(cause="crawls", state=HealthState.BROKEN, why=why)
    elif all(run.state is RunState.INTERRUPTED and not run.outcomes for run in ended):
        why = f"the last three crawls were broken off without a page{by}"
        yield Trouble(cause="crawls", state=HealthState.DEGRADED, why=why)


def _outdone_layout(facts: Facts) -> Iterator[Trouble]:
    if facts.judged >= _COVERAGE_ARTICLES and facts.outdone * 2 >= facts.judged:
        few = f"{facts.outdone} of the last {facts.judged} articles"
        why = f"its layout finds less of {few} than the generic rules: the layout is out of date"
        yield Trouble(cause="layout", state=HealthState.DEGRADED, why=why)


def _missing_fields(facts: Facts) -> Iterator[Trouble]:
    """Fields that most articles had and hardly any has now.

    What is lost at the same time is one trouble, named by the gravest, be that of less proof; what
    was lost before that stays a trouble of its own.
    """
    lost: dict[str, list[str]] = {}
    any_lost = any(_is_lost(name, share) for name, share in facts.coverage.items())
    for name, share in sorted(facts.coverage.items(), key=lambda item: _gravity(item[0])):
        cause = FIELD_CAUSES.get(name, "fields")
        if (
            _is_lost(name, share)
            or (any_lost and _is_absent(share))
            or (cause in facts.standing and _is_still_lost(name, share))
        ):
            usual = "" if share.usual is None else f", usual are {share.usual:.0%}"
            few = f"{share.recent:.0%} of the last {share.articles} articles have {name}{usual}"
            of = cause if cause in facts.standing else next(iter(lost), cause)
            lost.setdefault(of, []).append(few)
    for cause, said in lost.items():
        yield Trouble(cause=cause, state=HealthState.DEGRADED, why="; ".join(said))


def _gravity(name: str) -> int:
    return list(FIELD_CAUSES).index(name) if name in FIELD_CAUSES else len(FIELD_CAUSES)


def _is_still_lost(name: str, share: Coverage) -> bool:
    """Return whether a field that was lost is not back: a page in five may show it by chance.

    Where most articles had it, the newest must have it, too: a loss may be told by pages that were
    refused, before five articles lack it.
    """
    alone = 1.0 if name in ESSENTIAL or name == PAGE_TITLE else 0.0
    usual = alone if share.usual is None else share.usual
    if usual >= DROP_FROM and not share.has_newest:
        return True
    return usual >= _STILL_USUAL and share.latest < _BACK * usual


def _is_absent(share: Coverage) -> bool:
    """Return whether none of the newest five articles has a field that most had."""
    enough = share.articles >= _COVERAGE_ARTICLES
    return enough and share.latest == 0.0 and (share.usual or 0.0) >= DROP_FROM


def _is_lost(name: str, share: Coverage) -> bool:
    if share.usual is None:
        # No comparison: every news site has these, and a page in which they cannot be found is
        # not read as it should be.
        enough = share.articles >= _COVERAGE_ARTICLES_ALONE
        return enough and name in ESSENTIAL and share.recent <= _DROP_ALONE
    enough = share.articles >= _COVERAGE_ARTICLES
    return enough and share.usual >= DROP_FROM and share.recent <= DROP_TO


def _gaps(facts: Facts) -> Iterator[Trouble]:
    now = parse_instant(facts.now)
    open_ = [gap for gap in facts.gaps if now - parse_instant(gap.found_at) < dt.timedelta(days=1)]
    if open_:
        more = f" ({len(open_)} gaps)" if len(open_) > 1 else ""
        missed = f"articles between {open_[0].begin_at} and {open_[0].end_at} may be missed"
        yield Trouble(
            cause="gap",
            state=HealthState.DEGRADED,
            why=f"{missed}{more}: a backfill closes the gap",
            since=min(gap.found_at for gap in open_),
        )


def _flood(facts: Facts) -> Iterator[Trouble]:
    """More addresses than there can be articles: a mad sitemap, a session id in each path."""
    counts: Counter[str] = Counter()
    floods: list[Mapping[str, int]] = []
    for run in runs_since(facts, dt.timedelta(days=1)):
        if run.kind is RunKind.CRAWL:
            counts.update(run.outcomes)
            floods += [run.outcomes] if _is_flood(run.outcomes) else []
    copies, read = counts[OutcomeKind.DUPLICATE], sum(counts[kind] for kind in READ)
    if facts.aside:
        why = f"it names more pages than may wait: {facts.aside} links are put aside"
    elif len(floods) > 1 or (copies >= _FLOOD and copies >= _FLOOD_SHARE * read):
        why = f"{copies} of the {read} pages read in a day show texts known from other addresses"
    else:
        return
    yield Trouble(cause="flood", state=HealthState.DEGRADED, why=why)


def _is_flood(outcomes: Mapping[str, int]) -> bool:
    """Return whether what a run found at new addresses were known texts."""
    copies = outcomes.get(OutcomeKind.DUPLICATE, 0)
    found = copies + outcomes.get(OutcomeKind.NEW, 0)
    return copies >= _FLOOD_AGAIN and copies >= _FLOOD_SHARE * found


def _silence(facts: Facts) -> Iterator[Trouble]:
    now = parse_instant(facts.now)
    newest = next(_until(facts, now), None)
    if newest is None or facts.watched_since is None:
        return
    # Silence from before we first looked is what the source is like, and no news.
    begin = max(newest, facts.watched_since)
    if now - begin < _LEAST_SILENCE:
        return
    silent = working_seconds(begin, now)
    if _was_as_silent(_until(facts, now), silent / _AS_SILENT_BEFORE):
        return
    known = sorted(_until(facts, now))
    if len(known) < _HISTORY or known[-1] - known[0] < _LEAST_HISTORY:
        return
    expected = min(expect_articles(known, begin, now, watched_since=facts.watched_since))
    if expected >= _SILENCE_EXPECTED:
        ago = describe_wait((now - known[-1]).total_seconds())
        why = f"nothing new for {ago}, where {expected:.0f} articles were to be expected"
        since = format_instant(known[-1])
        yield Trouble(cause="silence", state=HealthState.FROZEN, why=why, since=since)


def _until(facts: Facts, end: dt.datetime) -> Iterator[dt.datetime]:
    """Yield the instants of publication that are known until another, the newest first."""
    return (moment for moment in facts.published if moment <= end)


def _was_as_silent(newest_first: Iterable[dt.datetime], seconds: float) -> bool:
    """Return whether the source has been silent for so much working time before."""
    return any(
        working_seconds(earlier, later) >= seconds
        for later, earlier in pairwise(newest_first)
        if (later - earlier).total_seconds() >= seconds
    )


def _low_volume(facts: Facts) -> Iterator[Trouble]:
    now = parse_instant(facts.now)
    begin = now - _VOLUME_DAYS
    seen = sum(1 for _ in takewhile(lambda moment: moment > begin, _until(facts, now)))
    # First what costs least: most sources have had such days before.
    if not seen or any(number <= seen for number in _windows(_until(facts, begin), begin)):
        return
    before = sorted(_until(facts, begin))
    if not before or begin - before[0] < _VOLUME_HISTORY:
        return
    if any(holiday((now - dt.timedelta(days=n)).astimezone(VIETNAM).date()) for n in range(4)):
        return
    rhythm = learn_rhythm(before, watched_since=facts.watched_since, now=begin)
    expected = rhythm.expected(begin, now)
    if expected < _VOLUME_EXPECTED or seen > _VOLUME_SHARE * expected:
        return
    why = f"{seen} articles in three days, where {expected:.0f} were to be expected"
    yield Trouble(cause="volume", state=HealthState.DEGRADED, why=why)


CONSEQUENCES = frozenset({"silence", "volume", "crawls"})
"""What follows where nothing comes from a source, and is no trouble of its own then."""

RULES: tuple[Callable[[Facts], Iterator[Trouble]], ...] = (
    substituted_seeds,
    failing_seeds,
    empty_seeds,
    unreadable_pages,
    untitled_pages,
    shut_out_pages,
    unanswered,
    left_alone,
    _dying_crawls,
    _missing_fields,
    _outdone_layout,
    _gaps,
    _flood,
    _silence,
    _low_volume,
)


def _windows(newest_first: Iterable[dt.datetime], end: dt.datetime) -> Iterator[int]:
    """Yield the articles in earlier windows of the same length, each a day before the next.

    The first of them ends at ``end``, which no instant is later than; what is known reaches to
    the begin of the last at least.
    """
    days: Counter[int] = Counter()
    window, length = 0, _VOLUME_DAYS.days
    for moment in newest_first:
        age = (end - moment).days
        while window + length <= age:
            yield sum(days[window + day] for day in range(length))
            window += 1
        days[age] += 1


def _describe_ok(facts: Facts) -> str:
    now = parse_instant(facts.now)
    newest = next(_until(facts, now), None)
    if newest is None:
        return "answers, nothing published in eight weeks"
    return f"newest article of {newest.astimezone(VIETNAM):%Y-%m-%d %H:%M} in Vietnam"
