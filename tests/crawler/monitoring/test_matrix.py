"""The matrix of situations: what health says of each, who is told, what commands end with.

Each row is a source with a good day behind it (or none), to which something happens. The polls and
pages are recorded in a real archive as a run records them; that runs do record them so is tested
by crawls over loopback, in `test_certificates`, `test_healing`, `test_faults` and below.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import pytest

from crawler.failures import Cause, Word, describe_failure, weigh
from crawler.monitoring.check import check
from crawler.monitoring.coverage import FIELD_CAUSES
from crawler.monitoring.status import read_row
from crawler.process import CrawlReport
from crawler.runs.links import make_link, row_of
from crawler.sources import Seed, Source
from storage.instants import VIETNAM, format_instant
from storage.records import Article, Evidence, HostState, Outcome, Poll
from storage.states import OutcomeKind, RunKind, RunState, SeedKind, SourceStatus
from tests.support.paths import ROOT
from tests.support.template import open_new

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from crawler.monitoring.check import HealthChange
    from storage.archive import Archive
    from storage.records import Run, SeedState

TUESDAY = dt.datetime(2026, 11, 24, 10, tzinfo=VIETNAM)
NIGHT = TUESDAY.replace(hour=2)
FRIDAY = dt.datetime(2026, 11, 20, 17, tzinfo=VIETNAM)
SUNDAY = dt.datetime(2026, 11, 22, 16, tzinfo=VIETNAM)
TET = dt.datetime(2026, 2, 19, 10, tzinfo=VIETNAM)
"""The third day of the year of the horse."""
MINUTES = dt.timedelta(minutes=1)

SOURCE = Source(
    id="a",
    name="Báo A",
    province="Huế",
    homepage="https://a.vn/",
    seeds=(
        Seed(kind=SeedKind.FEED, url="https://a.vn/rss"),
        Seed(kind=SeedKind.LISTING, url="https://a.vn/thoi-su"),
    ),
)


@dataclass
class Bench:
    """One source in an archive, at one moment, and what a crawl would have complained of."""

    archive: Archive
    now: dt.datetime = TUESDAY
    source: Source = SOURCE
    ended: Run | None = None
    """The last run."""
    complaints: list[str] = field(default_factory=list)
    played: str = ""

    def __post_init__(self) -> None:
        self.archive.sources.put(row_of(self.source))

    def instant(self, back: dt.timedelta = dt.timedelta()) -> str:
        return format_instant(self.now - back)

    def seeds(self) -> list[SeedState]:
        return self.archive.seeds.put("a", [(s.kind, s.url) for s in self.source.seeds])

    def poll(
        self,
        seed: SeedState,
        word: str = "",
        seen: int | None = 20,
        back: dt.timedelta = dt.timedelta(),
        *,
        vacant: bool = False,
    ) -> None:
        """Record a poll; ``word`` says how it failed."""
        known = next(each for each in self.archive.seeds.of("a") if each.id == seed.id)
        said = f"a: {seed.kind} {seed.url} {describe_failure(word)}" if word else None
        self.complaints += [said] if said else []
        self.archive.seeds.record_poll(
            Poll(
                seed_id=seed.id,
                polled_at=self.instant(back),
                next_poll_at=self.instant(-15 * MINUTES),
                seen=None if word else seen,
                failures=weigh(known.failures, word) if word else 0.0,
                error=said,
                reason=word or None,
                vacant=vacant,
            ),
            [],
            complete=True,
        )

    def run(self, outcomes: dict[str, int], state: str = "finished") -> None:
        """Record a run with its pages."""
        run = self.archive.runs.start("a", RunKind.CRAWL, self.instant(5 * MINUTES))
        with self.archive.transaction():
            for outcome, number in outcomes.items():
                kind, _, reason = outcome.partition("/")
                for _ in range(number):
                    self.archive.runs.count(run, Outcome(kind=OutcomeKind(kind), reason=reason))
        self.ended = self.archive.runs.finish(run, RunState(state), self.instant())

    def report(self) -> CrawlReport:
        """Return what the last crawl reports."""
        failed = self.ended is not None and self.ended.state is RunState.FAILED
        return CrawlReport(
            source_id="a",
            run=self.ended,
            error="a: it had to end" if failed else None,
            complaints=tuple(self.complaints),
        )

    def publish(self, until: dt.timedelta) -> None:
        """Find eight weeks of links in office hours, the last one so long ago."""
        first = self.now - dt.timedelta(days=55)
        hours = [first + dt.timedelta(hours=n) for n in range(55 * 24)]
        quiet = {dt.date(2026, 2, day) for day in range(14, 23)}
        moments = [
            hour
            for hour in hours
            if hour.weekday() < 5 and 7 <= hour.hour < 18 and hour.date() not in quiet
            if hour <= self.now - until
        ]
        links = [
            make_link(
                self.source,
                f"https://a.vn/tin-so-{n}-a{n}.html",
                found_at=format_instant(moment),
                key=str(n),
                date=moment.isoformat(),
                seed_id=self.seeds()[0].id,
            )
            for n, moment in ((int(moment.timestamp()), moment) for moment in moments)
        ]
        self.archive.links.add(links)
        self.archive.runs.start("a", RunKind.CRAWL, format_instant(first))

    def store(self, count: int, **fields: object) -> None:
        """Store articles, of which ``fields`` are other than usual."""
        begin = self.archive.articles.count("a")
        for number in range(begin, begin + count):
            url = f"https://a.vn/tin-so-{number}-a{number}.html"
            usual: dict[str, object] = {
                "title": f"Hội nghị lần thứ {number}",
                "summary": "Sáng nay, tỉnh họp.",
                "body": f"Đoạn văn số {number}. " * 20,
                "authors": ["Hải Đường"],
                "published_on": "2026-11-20",
                "evidence": {"title": Evidence(how="h1", confidence=0.9)},
            }
            article = Article(
                source_id="a",
                url=url,
                key=str(number),
                fetched_at=self.instant(),
                **usual | fields,  # type: ignore[arg-type]
            )
            link = make_link(self.source, url, found_at=self.instant(), key=str(number))
            self.archive.add(article, link=link, capture=None, run_id=None)

    def check(self) -> HealthChange | None:
        """Judge, and let people know."""
        change = check(self.archive, self.source, now=self.instant())
        if change is not None:
            self.archive.health.mark_told("a", change.state)
        return change


# --- what happens ------------------------------------------------------------------------------

MOMENTS = {
    "tuesday": TUESDAY,
    "evening": TUESDAY.replace(hour=17),
    "friday": FRIDAY,
    "night": NIGHT,
    "sunday": SUNDAY,
    "tet": TET,
}
LOST: dict[str, dict[str, object]] = {
    "same=title": {"title": "Báo điện tử"},
    "listed=title": {"evidence": {"title": Evidence(how="feed", confidence=0.5)}},
    "without=published_on": {"published_on": None},
    "without=summary": {"summary": None},
    "without=authors": {"authors": []},
    "outdone=layout": {
        "evidence": {"body": Evidence(how="layout vnpt found less", confidence=0.9)}
    },
    "short=body": {"body": "Xem tiếp."},
}


def nothing(bench: Bench) -> None:
    """Leave the source as it is: in its file, never crawled."""


def polls(
    bench: Bench,
    word: str = "",
    times: str = "1",
    seeds: str = "2",
    seen: str = "20",
    every: str = "20",
) -> None:
    """Poll so many seeds of the two so often, ``every`` so many minutes, the last time just now.

    The others answer well. ``seen``: links shown; ``none`` for an answer that does not tell.
    """
    for turn in reversed(range(int(times))):
        for position, seed in enumerate(bench.seeds()):
            links = None if seen == "none" else int(seen)
            if position < int(seeds):
                bench.poll(seed, word, links, turn * int(every) * MINUTES)
            else:
                bench.poll(seed, back=turn * int(every) * MINUTES)


def left_alone(bench: Bench, word: str, hours: str = "2", seeds: str = "2") -> None:
    """Be told, so many hours ago, by so many seeds, to leave the host alone for a day."""
    back = dt.timedelta(hours=int(hours))
    for seed in bench.seeds():
        bench.poll(seed, back=back + 20 * MINUTES)
    for seed in bench.seeds()[: int(seeds)]:
        bench.poll(seed, word, back=back)
    held = HostState(host="a.vn", not_before=bench.instant(back - dt.timedelta(days=1)))
    bench.archive.hosts.put(held)


def pages(bench: Bench, runs: str = "1", state: str = "finished", **outcomes: str) -> None:
    """Run so often, each time with such pages."""
    for _ in range(int(runs)):
        bench.run({name: int(number) for name, number in outcomes.items()}, state)


def articles(bench: Bench, count: str, seldom: str = "0", **lost: str) -> None:
    """Store new articles that lack something, after a good many usual ones.

    ``seldom``: so many of these lacked it, too.
    """
    if int(seldom):
        first_articles(bench, seldom, **lost)
    bench.store(55)
    first_articles(bench, count, **lost)


def early_articles(bench: Bench, before: str, count: str, **lost: str) -> None:
    """Store the articles of the first days, the last of which lack something."""
    bench.store(int(before))
    first_articles(bench, count, **lost)


def first_articles(bench: Bench, count: str, **lost: str) -> None:
    """Store the first articles of a source."""
    ((how, field),) = lost.items()
    bench.store(int(count), **LOST[f"{how}={field}"])


def silent(bench: Bench, until: str, **time: str) -> None:
    """Publish nothing for so long, up to a moment."""
    bench.now = MOMENTS[until]
    polls(bench)
    bench.publish(dt.timedelta(**{unit: int(number) for unit, number in time.items()}))


def thin(bench: Bench, until: str, few: str) -> None:
    """Publish so few articles in the last three days."""
    silent(bench, until, days="3")
    links = [
        make_link(SOURCE, f"https://a.vn/it-tin-a{n}.html", found_at=bench.instant(n * MINUTES))
        for n in range(int(few))
    ]
    bench.archive.links.add(links)


def vacant(bench: Bench, hours: str, seeds: str = "1", at: str = "evening") -> None:
    """Let so many seeds list nothing for so long, up to a moment."""
    bench.now = MOMENTS[at]
    bench.publish(dt.timedelta(hours=int(hours)))
    for hour in reversed(range(int(hours) + 2)):
        for position, seed in enumerate(bench.seeds()):
            is_vacant = position < int(seeds) and hour <= int(hours)
            seen = None if is_vacant else 20
            bench.poll(seed, "", seen, dt.timedelta(hours=hour), vacant=is_vacant)


def gap(bench: Bench) -> None:
    """Note that articles may be missed."""
    begin, end = bench.instant(9 * 60 * MINUTES), bench.instant(60 * MINUTES)
    bench.archive.gaps.open(bench.seeds()[0], begin_at=begin, end_at=end, found_at=bench.instant())


def aside(bench: Bench, count: str) -> None:
    """Find more links than the source may have pending."""
    links = [
        replace(
            make_link(SOURCE, f"https://a.vn/x-a{n}.html", found_at=bench.instant(), key=f"x{n}"),
            seed_id=bench.seeds()[0].id,
        )
        for n in range(int(count) + 10)
    ]
    bench.archive.links.add(links)
    bench.archive.links.put_aside("a", 10, Word.OVER_LIMIT)


def substitute(bench: Bench) -> None:
    """Read the source from a section of its site."""
    url = SOURCE.homepage + "kinh-te"
    bench.poll(bench.archive.seeds.put_substitute("a", SeedKind.LISTING, url, bench.instant()))


def no_seeds(bench: Bench) -> None:
    """Take the seeds out of the source file."""
    bench.source = replace(SOURCE, seeds=())


def paused(bench: Bench) -> None:
    """Pause the source in its file."""
    bench.source = replace(SOURCE, status=SourceStatus.PAUSED)


HAPPENINGS: dict[str, Callable[..., None]] = {
    each.__name__.replace("_", "-"): each
    for each in (
        nothing,
        polls,
        left_alone,
        pages,
        articles,
        first_articles,
        silent,
        early_articles,
        thin,
        vacant,
        gap,
        aside,
        substitute,
        no_seeds,
        paused,
    )
}


def play(bench: Bench, text: str) -> None:
    """Let happen what the table says: ``polls timeout times=4; pages new=3``."""
    bench.played = text
    for part in text.split(";"):
        verb, *words = part.split()
        named = dict(word.split("=") for word in words if "=" in word)
        HAPPENINGS[verb](bench, *(word for word in words if "=" not in word), **named)


def recover(bench: Bench) -> None:
    """Let everything be well again, some days later where that takes days."""
    bench.now += dt.timedelta(days=3)
    bench.source = SOURCE
    bench.archive.links.take_in("a", 10_000)
    polls(bench)
    bench.archive.seeds.drop_substitutes("a", [SOURCE.homepage + "kinh-te"])
    bench.run({"new": 20})
    if bench.archive.articles.count("a"):
        bench.store(40)
    if any(word in bench.played for word in ("silent", "vacant", "thin")):
        bench.publish(dt.timedelta())


# --- the matrix --------------------------------------------------------------------------------


class Row(NamedTuple):
    """One situation, and all that follows from it."""

    situation: str
    happens: str
    status: str
    cause: str
    said: str
    told: str
    over: str
    check: str
    crawl: str


def read_matrix() -> list[Row]:
    """Return the rows of the table."""
    lines = (ROOT / "tests" / "data" / "health.md").read_text(encoding="utf-8").splitlines()
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("| ")
    ]
    return [Row(*each) for each in cells[1:]]


MATRIX = read_matrix()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_new(tmp_path / "archive.db") as archive:
        yield Bench(archive)


def test_the_matrix_holds_at_least_forty_situations() -> None:
    assert len({row.situation for row in MATRIX}) == len(MATRIX) >= 40


def test_each_cause_stands_in_the_matrix() -> None:
    """What is told once and ended once: all that the rules and the table of reasons group."""
    words = "robots robots-unreachable bot-check login maintenance parked no-links not-a-seed"
    rules = "no-seeds empty substitutes rejected crawls layout fields gap flood silence volume"
    causes = {*map(str, Cause), *FIELD_CAUSES.values(), *words.split(), *rules.split()}
    assert causes <= {row.cause for row in MATRIX}


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: row.situation)
def test_each_situation_is_named_told_once_and_ended_once(bench: Bench, row: Row) -> None:
    play(bench, row.happens)
    seen = read_row(bench.archive, bench.source, now=bench.instant(), slack=900)
    gravest = seen.troubles[0].cause if seen.troubles else ""
    assert (str(seen.health), gravest) == (row.status, row.cause), seen.why
    assert row.said in seen.why
    assert str(int(seen.alarming)) == row.check
    assert str(int(bench.report().failed)) == row.crawl
    told = [bench.check() for _ in range(3)]
    began = [each.cause for change in told if change for each in change.began]
    assert began.count(row.cause) == (row.told == "once")
    recover(bench)
    after = [bench.check() for _ in range(3)]
    ended = [each.cause for change in after if change for each in change.ended]
    assert sorted(ended) == sorted(began)
    assert ended.count(row.cause) == (row.over == "once")
    final = read_row(bench.archive, bench.source, now=bench.instant(), slack=900)
    assert (str(final.health), final.troubles) == ("ok", []), final.why
