"""What the fortnight must have brought: articles, alarms, manners. Each check returns figures."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from life.papers import RETRY_AFTER
from life.stories import DAY, HOUR, START
from storage.instants import parse_instant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from life.machine import Alarm, Machine
    from life.papers import Paper, Visit
    from life.stories import Story
    from life.troubles import Trouble

RECOVERY = DAY
"""Seconds after the end of a trouble within which people hear of its end."""
AFTERMATH = 3 * HOUR
"""Seconds after its end in which a trouble may still be told for the first time."""
_NUMBER = re.compile(r"-a(\d+)\.html$")


@dataclass
class Findings:
    """Figures to print, and what is wrong: any wrong line fails the benchmark."""

    figures: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def when(moment: float) -> str:
    """``day 3 14.5 h``, in Vietnam's time."""
    day, rest = divmod(moment - START, DAY)
    return f"day {day:.0f} {rest / HOUR:.1f} h"


# --- articles ------------------------------------------------------------------------------------


def judge_articles(papers: Sequence[Paper], machine: Machine, longest_gap: float) -> Findings:
    """Every story that a seed showed and that could be had is stored once, as it was."""
    found, counts, waits = Findings(), Counter[str](), [0.0]
    stored = _read_stored(machine)
    for paper in papers:
        for story in paper.stories:
            rows = stored.pop((paper.name, story.number), [])
            counts["published"] += story.shown_at is not None
            told = f"{paper.name} ({paper.form}) {story.path[-40:]} of {when(story.at)}"
            if story.is_video:
                found.wrong += [f"a video is stored: {told}"] if rows else []
            elif story.shown_at is None:
                counts["never shown"] += 1
            elif not rows:
                kind = _explain_absence(story, machine.world.now, longest_gap)
                counts[kind] += 1
                if kind == "lost":
                    found.wrong.append(f"lost: {told}: {_read_link(machine, paper, story)}")
            else:
                counts["stored"] += 1
                waits.append(parse_instant(str(rows[0][2])).timestamp() - story.shown_at)
                found.wrong += [f"{each}: {told}" for each in _misread(story, rows)]
    for key, rows in stored.items():
        found.wrong.append(f"stored, never published: {key} {rows[0][1]}")
    found.figures.append("articles: " + ", ".join(f"{n} {what}" for what, n in counts.items()))
    found.figures.append(
        f"longest wait from shown to stored: {max(waits) / HOUR:.1f} h; "
        f"longest gap between two tries that the rules permit: {longest_gap / HOUR:.1f} h"
    )
    return found


def _read_stored(machine: Machine) -> dict[tuple[str, int], list[tuple[object, ...]]]:
    stored = defaultdict(list)
    for source, url, *rest in machine.desk.rows(
        "select source_id, url, title, published_on, first_seen_at from articles"
    ):
        number = _NUMBER.search(str(url))
        stored[str(source), int(number[1]) if number else 0].append((rest[0], rest[1], rest[2]))
    return {key: [(on, title, at) for title, on, at in rows] for key, rows in stored.items()}


def _explain_absence(story: Story, end: float, longest_gap: float) -> str:
    """Return ``lost``, or why nobody can blame the crawler for not having the story."""
    if story.served or story.answers(end) or story.shown_at is None:
        return "lost"
    answered = story.removed_at - max(story.shown_at, story.hidden_until)
    return "removed before the rules asked again" if answered <= longest_gap else "lost"


def _misread(story: Story, rows: Sequence[tuple[object, ...]]) -> list[str]:
    day, title, _ = rows[0]
    right = {title for _, title in story.served[-1:] if title} or {
        story.title(at) for at in (story.at, story.edited_at) if at < float("inf")
    }
    wrong = [f"stored {len(rows)} times"] if len(rows) > 1 else []
    if title not in right:
        wrong.append(f"title {title!r}")
    if day != f"{story.local:%Y-%m-%d}":
        wrong.append(f"day {day}")
    return wrong


def _read_link(machine: Machine, paper: Paper, story: Story) -> str:
    rows = machine.desk.rows(
        "select state, reason, attempts, next_try_at from links where source_id = ? and url like ?",
        paper.name,
        f"%-a{story.number}.html",
    )
    return "; ".join(f"{a} ({b}), {c} attempts, next {d}" for a, b, c, d in rows) or "no link"


# --- alarms --------------------------------------------------------------------------------------


def judge_alarms(troubles: Sequence[Trouble], alarms: Sequence[Alarm], end: float) -> Findings:
    """Each long trouble is told once, with its cause and its end; nothing else is told."""
    found, told = Findings(), defaultdict[int, list["Alarm"]](list)
    counts: Counter[str] = Counter()
    for alarm in alarms:
        if alarm.is_end or alarm.at > end:
            continue
        near = [
            each
            for each in troubles
            if each.paper == alarm.source and each.begin <= alarm.at <= each.end + AFTERMATH
        ]
        blamed = [each for each in near if each.kind.cause]
        place = f"{alarm.source} {when(alarm.at)}"
        if any(each.kind.hinted == alarm.cause for each in near):
            continue
        if not blamed:
            about = f" (during {near[-1].kind.name})" if near else ""
            found.wrong.append(f"false alarm: {place}{about}: {alarm}")
        elif not re.search(blamed[-1].kind.cause, alarm.why):
            found.wrong.append(f"another cause: {blamed[-1]}: told {when(alarm.at)}: {alarm}")
        else:
            told[id(blamed[-1])].append(alarm)
    for trouble in troubles:
        if trouble.is_long and trouble.begin < trouble.end <= end:
            found.wrong += _judge_told(trouble, told[id(trouble)], alarms, counts)
    found.figures.append(
        f"troubles {len(troubles)}: " + ", ".join(f"{n} {what}" for what, n in counts.items())
    )
    ends = sum(alarm.is_end for alarm in alarms)
    found.figures.append(f"alarms {len(alarms) - ends}, ends of troubles told {ends}")
    return found


def _judge_told(
    trouble: Trouble, told: Sequence[Alarm], alarms: Sequence[Alarm], counts: Counter[str]
) -> list[str]:
    counts["of more than an hour that people must hear of"] += 1
    if len(trouble.met) < 2 and not told:
        counts["of these met by one round or none"] += 1
        return []
    if not told:
        return [f"never told: {trouble}, met in {len(trouble.met)} rounds"]
    counts["told"] += 1
    wrong = []
    if len(told) > 1:
        said = "; ".join(f"{when(each.at)} {each}" for each in told)
        wrong.append(f"told {len(told)} times: {trouble}: {said}")
    ends = [
        each.at
        for each in alarms
        if each.is_end and (each.source, each.cause) == (trouble.paper, told[-1].cause)
    ]
    over = min((at for at in ends if at >= told[-1].at), default=float("inf"))
    if over > trouble.end + RECOVERY:
        late = f"only {when(over)}" if over < float("inf") else "never"
        wrong.append(f"its end was told {late}: {trouble}")
    else:
        counts["told to be over"] += 1
    return wrong


# --- manners -------------------------------------------------------------------------------------


def judge_manners(papers: Sequence[Paper], delay: float) -> Findings:
    """No host is asked faster than allowed, in robots.txt, in Retry-After, in real seconds."""
    found, closest, total, odd = Findings(), float("inf"), 0, Counter[str]()
    for paper in papers:
        by_host = defaultdict(list)
        for visit in sorted(paper.visits, key=lambda visit: visit.hit.at):
            by_host[visit.host].append(visit)
        for host, visits in by_host.items():
            total += len(visits)
            for one, two in pairwise(visits):
                # From start to start: when an answer was out, a busy server notes too late.
                gap = two.hit.at - one.hit.at
                closest = min(closest, gap)
                if gap < delay:
                    odd[f"{host} ({paper.name}) was asked after less than {delay} s"] += 1
            odd.update(_find_intrusions(paper, visits))
    found.wrong += [f"{what}, {times} times" for what, times in odd.items()]
    found.figures.append(
        f"requests {total}; closest two to one host {closest:.3f} s apart, allowed {delay} s"
    )
    return found


def _find_intrusions(paper: Paper, visits: Sequence[Visit]) -> Counter[str]:
    """Requests that robots.txt or Retry-After had forbidden."""
    odd: Counter[str] = Counter()
    closed_until, closed_round, denied_round, extra = 0.0, 0, 0, 0
    for visit in visits:
        is_robots = visit.hit.path == "/robots.txt"
        if visit.round == denied_round and not is_robots:
            odd[f"{paper.name} was asked for a page that robots.txt denied"] += 1
        if visit.round == closed_round:
            extra += 1
            if extra == 3:  # a second page may show that the whole host is meant
                odd[f"{paper.name} was asked on after Retry-After"] += 1
        elif visit.now < closed_until - 60:
            odd[f"{paper.name} was asked before its Retry-After was over"] += 1
        if visit.refused == "robots deny" and is_robots:
            denied_round = visit.round
        if visit.refused == "503 with Retry-After" and visit.round != closed_round:
            closed_until, closed_round, extra = visit.now + RETRY_AFTER, visit.round, 0
    return odd


# --- the machine ---------------------------------------------------------------------------------


def judge_machine(machine: Machine) -> Findings:
    """Rounds end in order, a full disk is said, the archive verifies."""
    found = Findings()
    statuses = Counter(each.status for each in machine.rounds if not each.full)
    full = [each for each in machine.rounds if each.full]
    for each in machine.rounds:
        if "Traceback" in each.errors:
            last = each.errors.strip().splitlines()[-1]
            found.wrong.append(f"round {each.number}, {when(each.now)}, traceback: {last}")
        if each.full and each.status == 0:
            found.wrong.append(f"round {each.number}: the disk was full and the exit code 0")
    done = machine.run("verify")
    if done.returncode:
        found.wrong.append(f"verify: {done.stdout[-300:]} {done.stderr[-300:]}")
    spent = sum(each.seconds for each in machine.rounds)
    found.figures.append(
        f"rounds {len(machine.rounds)} in {spent:.0f} s; exit codes {dict(statuses)}; with a full "
        f"disk {len(full)}: {dict(Counter(each.status for each in full))}"
    )
    found.figures.append(f"verify: exit code {done.returncode}")
    return found
