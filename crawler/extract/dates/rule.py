"""The rule by which a page's dates are weighed against each other.

A page says when it was published in several places, and the places lie each in its own way.
``choose_date`` decides so:

1. **Impossible is out**: before 1995, or more than a day after the fetch.
2. **Every value keeps its readings.** JSON-LD without zone: local, or UTC. ``Z``: UTC, or local
   with a false ``Z``. ``6/5/2024``: both orders. Each reading of each value is a candidate.
3. **Witnesses vote.** A reading starts with the trust its place deserves (a layout's own date
   field, then structured data, then the date line next to the headline, then other text, then
   the address) and gains from every other witness that agrees: to the minute much, on the day a
   little; a different day costs. A less likely reading pays for it, so it only wins when another
   witness speaks for it. That is how a false ``Z`` and a swapped day and month come to light.
   All visible dates together are one witness, for related items and clocks are visible too.
4. **Clocks** lose: a value within a quarter of an hour of the fetch that another value
   contradicts is the time of rendering. Header dates never win alone.
5. **The time** is the winner's, or that of a witness on the same day when the winner has none
   (``datePublished`` a bare day, the time in a span). Seconds come from whichever of those that
   agree to the minute has them.
6. **Twelve-hour clocks**: two times exactly twelve hours apart are one time, and the one only a
   24-hour clock can show is it. A clock without AM/PM that the first sentence contradicts
   (``03:09`` under `Sáng 25-9 đã diễn ra`) keeps its day and loses its time.
7. **No time is ever made up**: a bare day, midnight sharp, a day from an address have none.
8. **What the link says** (the date of its feed, sitemap or listing) is a witness like others. A
   sitemap's date moves with each edit: where the page says when it was published, and not only
   what day it is, it counts only if it names the same day. Dates of other articles are no
   witnesses: those beside the links of a related list, and one that the source prints on many
   pages.
9. **What is vague** yields: a name that does not say of what it is the date (``meta date``), a line
   that is labelled as the last change. Where JSON-LD names an earlier publication, what is called
   published and changed at once is the change. The change alone is a last resort, hardly believed.
10. **Abroad** a value with an offset is taken as it stands, a clock without one gives its day only,
    and of an instant in UTC the string is kept that names the day of its place.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crawler.extract.dates.candidates import MACHINE, UNKNOWN, DateCandidate, Published, is_clock
from crawler.extract.dates.urls import Month, url_month
from crawler.extract.dates.values import ParsedDate, is_possible
from crawler.extract.letters import compose, fold_letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HALF_DAY = 12 * 60


@dataclass(slots=True)
class _Option:
    candidate: DateCandidate
    parsed: ParsedDate
    index: int
    trust: float = 0.0
    """What its place is worth, once it is known who votes."""


def choose_date(
    candidates: Iterable[DateCandidate], *, now: dt.datetime, url: str = "", lead: str = ""
) -> Published:
    """The date of publication by the rule above, or ``UNKNOWN``.

    ``now`` is when the page was fetched. ``url`` lets a month in the address confirm a day,
    ``lead`` (summary or first sentence) lets the story contradict a 12-hour clock.
    """
    options = _without_edits([option for each in candidates for option in _options(each, now)], now)
    voters = [each for each in options if _trust(each, now, options) > 0]
    eligible = [each for each in options if _may_win(each)]
    if not eligible:
        return UNKNOWN
    for each in options:
        each.trust = _trust(each, now, voters)
    month = url_month(url)
    winner = max(eligible, key=lambda each: _score(each, voters, month))
    return _conclude(winner, voters, lead)


def _options(candidate: DateCandidate, now: dt.datetime) -> list[_Option]:
    readings = candidate.readings or _readings_of(candidate.parsed)
    return [
        _Option(candidate, parsed, index)
        for index, parsed in enumerate(readings)
        if is_possible(parsed.on, parsed.at, now)
    ]


def _without_edits(options: list[_Option], now: dt.datetime) -> list[_Option]:
    """Return the options without a sitemap's date that no other witness confirms, where the page
    speaks for itself. A clock does not: what a sitemap knew on an earlier day is older."""
    last = max((each.parsed.on for each in options if _is_sitemap(each)), default=dt.date.max)
    days = {
        each.parsed.on
        for each in options
        if not _is_sitemap(each)
        and _may_win(each)
        and not (each.candidate.is_visible and each.parsed.on > last and is_clock(each.parsed, now))
    }
    return [each for each in options if not (days and _is_sitemap(each)) or each.parsed.on in days]


def _is_sitemap(option: _Option) -> bool:
    return option.candidate.where.startswith("sitemap")


def _readings_of(parsed: ParsedDate) -> tuple[ParsedDate, ...]:
    """A visible date can mean the other order only where nothing Vietnamese is about it."""
    if parsed.other is None or not parsed.meridiem:
        return (parsed,)
    moved = parsed.at and parsed.at.replace(
        year=parsed.other.year, month=parsed.other.month, day=parsed.other.day
    )
    return parsed, replace(parsed, on=parsed.other, at=moved, other=parsed.on)


def _may_win(option: _Option) -> bool:
    return not option.candidate.where.startswith("header")


_TRUST = {"feed": 2.2, "sitemap": 1.2, "listing": 1.2, "url": 1.0}


_VAGUE = ("meta date", "meta dc.date", "meta dcterms.date")
"""Names that do not say what it is the date of: of the issue, of the event, of the last change."""


def _trust(option: _Option, now: dt.datetime, options: Sequence[_Option]) -> float:
    """What the place alone is worth."""
    candidate, parsed = option.candidate, option.parsed
    if candidate.trusted:
        trust = 3.0
    elif candidate.is_visible:
        trust = _trust_position(candidate)
    elif candidate.where in _VAGUE:
        trust = 1.5
    else:
        trust = next((_TRUST[key] for key in _TRUST if candidate.where.startswith(key)), 2.5)
    if candidate.is_visible:
        trust += 0.3 * (parsed.label == "published") + 0.2 * (parsed.wall is not None)
        trust -= 0.5 * (parsed.label == "updated")
        trust -= 0.3 * (parsed.weekday is False)
    if is_clock(parsed, now) and any(_contradicts_clock(each, option) for each in options):
        trust -= 2.0
    return trust


def _contradicts_clock(other: _Option, clock: _Option) -> bool:
    """Return whether another value names another day in its likeliest reading.

    A value's own other reading, as if its zone were false, says nothing against it.
    """
    is_another = other.candidate is not clock.candidate and other.index == 0
    return is_another and other.parsed.on != clock.parsed.on


FAR = 0.6
"""Trust in a date that stands apart from headline and text: less than in one of the address."""


def _trust_position(candidate: DateCandidate) -> float:
    position = candidate.position
    if candidate.where.startswith("header"):
        return 0.2
    if position is None:
        return 2.0 if candidate.where.startswith(("layout", "near")) else 1.0
    if position >= 0:
        trust = max(0.3, 2.0 - position / 2000)
        return min(FAR, trust) if candidate.where.startswith("visible") else trust
    return max(0.3, 1.7 + position / 400)


def _score(option: _Option, voters: Sequence[_Option], month: Month | None) -> float:
    score = option.trust - 0.5 * option.index
    if month is not None:
        score += 0.5 if month.holds(option.parsed.on) else -1.5
    return score + sum(_support(option, voters))


def _support(option: _Option, voters: Sequence[_Option]) -> list[float]:
    """What the other witnesses add: machines one by one with falling weight, the rest by group."""
    best: dict[str, float] = {}
    for other in voters:
        if other.candidate is option.candidate:
            continue
        group = _group(other.candidate)
        if not other.candidate.is_machine and group == _group(option.candidate):
            continue
        weight = min(1.0, max(0.2, other.trust / 2))
        value = _agreement(option.parsed, other.parsed) * weight
        value *= 0.9**other.index if value > 0 else 1.0
        best[group] = max(best.get(group, value), value)
    machines = sorted((v for k, v in best.items() if k.startswith(MACHINE)), reverse=True)
    others = [v for k, v in best.items() if not k.startswith(MACHINE)]
    return others + [value / 2**index for index, value in enumerate(machines)]


def _group(candidate: DateCandidate) -> str:
    return "visible" if candidate.is_visible else candidate.where


def _agreement(one: ParsedDate, other: ParsedDate) -> float:
    if one.at and other.at:
        apart = abs(_minute(one.at) - _minute(other.at))
        if apart <= 1:
            return 3.0
        if apart == _HALF_DAY:
            return 1.5
        return 1.0 if one.on == other.on else -1.0
    return 1.5 if one.on == other.on else -1.0


def _minute(at: dt.datetime) -> int:
    """The minute of an instant, counted as Unix counts seconds."""
    return int(at.timestamp()) // 60


def _conclude(winner: _Option, voters: Sequence[_Option], lead: str) -> Published:
    timed = _time_of(winner, voters)
    at = timed.parsed.at
    if at and _is_doubtful(timed, at, voters) and contradicts(lead, at):
        at = None
    support = _support(winner, voters)
    confidence = _base(winner) + 0.04 * min(3.0, max(-3.0, sum(support)))
    if winner.parsed.other and not support:
        confidence -= 0.1
    return Published(
        at=at,
        on=winner.parsed.on,
        raw=timed.candidate.raw,
        where=timed.candidate.where,
        confidence=round(confidence, 2),
    )


def _base(option: _Option) -> float:
    candidate = option.candidate
    if candidate.trusted or candidate.is_machine:
        return 0.87
    if not candidate.is_visible:
        return 0.5
    return 0.5 + 0.12 * _trust_position(candidate)


def _time_of(winner: _Option, voters: Sequence[_Option]) -> _Option:
    """The option whose clock counts: same day as the winner's, the most precise of those."""
    same_day = [
        (each, at)
        for each in voters
        if (at := each.parsed.at) and each.parsed.on == winner.parsed.on
    ]
    base = winner.parsed.at
    if base is None:
        usable = [each for each, _ in same_day if _gives_time(each)]
        return max(usable, key=_precision, default=winner)
    if 1 <= base.hour <= 12:
        twelve = [
            each
            for each, at in same_day
            if abs(_minute(at) - _minute(base)) == _HALF_DAY and each.index == 0
        ]
        if twelve:
            return max(twelve, key=_precision)
    if winner.parsed.seconds:
        return winner
    exact = (each for each, at in same_day if _minute(at) == _minute(base) and each.parsed.seconds)
    return next(exact, winner)


def _gives_time(option: _Option) -> bool:
    """A bare day may be completed by another place's clock, not by a clock in the header."""
    return option.index == 0 and _trust_position(option.candidate) >= 1.0


def _precision(option: _Option) -> tuple[bool, bool, float]:
    trust = _trust_position(option.candidate) if option.candidate.is_visible else 2.0
    return option.candidate.trusted, option.parsed.seconds, trust


def _is_doubtful(option: _Option, at: dt.datetime, voters: Sequence[_Option]) -> bool:
    """Whether the clock may be a 12-hour one: no AM/PM, an hour such clocks show, no witness."""
    parsed = option.parsed
    if parsed.meridiem or parsed.seconds or not 1 <= at.hour <= 12:
        return False
    told = (each.parsed.at for each in voters if each.candidate.is_machine and each.parsed.at)
    return option.candidate.is_visible and all(_minute(each) != _minute(at) for each in told)


_PART_OF_DAY = re.compile(
    r"\b(?P<part>sang|trua|chieu|toi|dem)\s(?:ngay\s)?"
    r"(?P<d>[0-9]{1,2})\s?[-/.]\s?(?P<m>[0-9]{1,2})\b"
)
_BEGINS = {"sang": 6, "trua": 10, "chieu": 12, "toi": 17, "dem": 18}


def contradicts(lead: str, at: dt.datetime) -> bool:
    """Whether the story tells of an hour of its own day that had not come yet at ``at``."""
    for match in _PART_OF_DAY.finditer(fold_letters(compose(lead[:600]))):
        if (int(match["d"]), int(match["m"])) == (at.day, at.month):
            return at.hour < _BEGINS[match["part"]]
    return False


def choose_modified(
    candidates: Iterable[DateCandidate], published: Published, *, now: dt.datetime
) -> dt.datetime | None:
    """When the article was changed last; None where that is the moment of publication, or unknown.

    A reading that equals the publication wins (a false ``Z`` again), then the first later one.
    """
    if published.at is None:
        return None
    minute = dt.timedelta(minutes=1)
    for candidate in candidates:
        instants = [at for option in _options(candidate, now) if (at := option.parsed.at)]
        if any(abs(at - published.at) < minute for at in instants):
            continue
        later = next((at for at in instants if at - published.at >= minute), None)
        if later is not None:
            return later
    return None
