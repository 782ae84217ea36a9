"""Health in the archive: kept, and reported until people know."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crawler.failures import Word
from crawler.monitoring.check import (
    _count_untitled,
    _differs,
    _gone_from,
    _has_run_since,
    _held_until,
    _is_news,
    check,
    compare_coverage,
    read_facts,
    read_newest,
    standing_troubles,
)
from crawler.monitoring.coverage import Shares
from crawler.monitoring.rules import judge
from crawler.monitoring.status import UNLISTED, as_source, is_fresh, is_recent, read_row
from crawler.monitoring.verdicts import Health, HealthState, Trouble
from crawler.runs.links import make_link, row_of
from crawler.sources import Seed, Source
from storage.frontier.health import HealthRow, KeptTrouble
from storage.instants import add_seconds
from storage.records import Article, Evidence, HostState, Outcome, Poll
from storage.states import OutcomeKind, RunKind, RunState, SeedKind
from tests.support.health import facts as health_facts
from tests.support.health import met
from tests.support.template import open_new

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from crawler.monitoring.check import HealthChange
    from storage.archive import Archive
    from storage.records import Run, SeedState

FEED = "https://a.vn/rss"
OTHER = "https://a.vn/thoi-su"
SOURCE = Source(
    id="a",
    name="Báo A",
    province="Huế",
    homepage="https://a.vn/",
    seeds=(Seed(kind=SeedKind.FEED, url=FEED),),
)
NINE, TEN, NEXT = "2026-11-24T09:00:00Z", "2026-11-24T10:00:00Z", "2026-11-24T11:30:00Z"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_new(tmp_path / "archive.db") as archive:
        archive.sources.put(row_of(SOURCE))
        yield archive


def poll(
    archive: Archive, failures: float, error: str | None = None, reason: str | None = None
) -> None:
    (seed,) = archive.seeds.put("a", [("feed", FEED)])
    archive.seeds.record_poll(
        Poll(
            seed_id=seed.id,
            polled_at=NINE,
            next_poll_at=NEXT,
            next_poll_why="it publishes so much",
            seen=None if error else 1,
            failures=failures,
            error=error,
            reason=reason,
        ),
        [],
    )


def test_a_change_is_reported_until_people_know(archive: Archive) -> None:
    poll(archive, 2.0, "answered 404")
    for _ in range(2):
        change = check(archive, SOURCE, now=TEN)
        assert change is not None
        assert (change.state, change.before, change.since) == ("broken", "ok", NINE)
        assert change.why == "answered 404"
        assert not change.recovered
    archive.health.mark_told("a", "broken")
    assert check(archive, SOURCE, now=TEN) is None
    poll(archive, 0.0)
    recovered = check(archive, SOURCE, now=NEXT)
    assert recovered is not None
    assert (recovered.before, recovered.since, recovered.recovered) == ("broken", NEXT, True)


def test_a_verdict_keeps_the_time_it_began_at(archive: Archive) -> None:
    poll(archive, 2.0, "answered 404")
    check(archive, SOURCE, now=NINE)
    check(archive, SOURCE, now=NEXT)
    kept = archive.health.get("a")
    assert kept is not None
    assert (kept.state, kept.since, kept.checked_at) == ("broken", NINE, NEXT)


def test_an_unchanged_verdict_is_not_written_within_the_hour(archive: Archive) -> None:
    poll(archive, 0.0)
    check(archive, SOURCE, now=NINE)
    check(archive, SOURCE, now=TEN)
    kept = archive.health.get("a")
    assert kept is not None
    assert kept.checked_at == NINE


def test_facts_are_of_this_source_and_its_seeds(archive: Archive) -> None:
    poll(archive, 0.0)
    archive.seeds.put("a", [("feed", "https://a.vn/old")])
    archive.runs.start("a", RunKind.CRAWL, NINE)
    facts = read_facts(archive, SOURCE, now=TEN)
    assert [seed.url for seed in facts.seeds] == [FEED]
    assert [run.started_at for run in facts.runs] == [NINE]
    assert (list(facts.published), facts.coverage, facts.judged) == ([], {}, 0)


def test_young_pages_are_counted_where_a_run_met_their_refusals(archive: Archive) -> None:
    """A run before the newest met them; a timeout is no sign of young pages."""
    pages = [make_link(SOURCE, f"https://a.vn/tin-{n}.html", found_at=NINE) for n in (1, 2)]
    archive.links.add(pages)
    for page, word in zip(pages, ("http-404", "timeout"), strict=True):
        link = archive.links.find("a", page.key)
        assert link is not None
        archive.pages.fail(link, word, run_id=None, retry_at=NEXT, refused_at=NINE)
    assert read_facts(archive, SOURCE, now=TEN).young == {}
    for outcomes, young in (
        (Outcome(kind=OutcomeKind.FAILED, reason="timeout"), {}),
        (Outcome(kind=OutcomeKind.REJECTED, reason="http-404"), {"http-404": 1, "timeout": 1}),
        (Outcome(kind=OutcomeKind.NEW), {"http-404": 1, "timeout": 1}),
    ):
        archive.runs.count(archive.runs.start("a", RunKind.CRAWL, NINE), outcomes)
        assert read_facts(archive, SOURCE, now=TEN).young == young


def test_a_row_of_the_status_holds_next_poll_health_and_last_run(archive: Archive) -> None:
    poll(archive, 0.0)
    archive.runs.finish(archive.runs.start("a", RunKind.CRAWL, NINE), "finished", NINE)
    row = read_row(archive, SOURCE, now=TEN, slack=900)
    assert (row.health, row.alarming) == (HealthState.OK, False)
    assert (row.next_poll_at, row.next_poll_why) == (NEXT, "it publishes so much")
    assert row.last_success_at == NINE
    assert row.last_run is not None
    assert row.last_run.state == "finished"
    assert (row.articles, row.pending) == (0, 0)


def test_a_source_without_a_file_is_shown_and_never_polled(archive: Archive) -> None:
    poll(archive, 2.0, "answered 404")
    row = read_row(archive, as_source(row_of(SOURCE)), now=TEN, slack=900)
    assert row.source.status == UNLISTED
    assert (row.next_poll_at, row.next_poll_why) == (None, "no source file has this id")
    assert not row.alarming


def note_run(archive: Archive, outcomes: dict[str, int], at: str = NINE) -> None:
    run = archive.runs.start("a", RunKind.CRAWL, at)
    with archive.transaction():
        for outcome, number in outcomes.items():
            for _ in range(number):
                kind, _, reason = outcome.partition("/")
                archive.runs.count(run, Outcome(kind=OutcomeKind(kind), reason=reason))
    archive.runs.finish(run, RunState.FINISHED, at)


def tell(archive: Archive, now: str) -> HealthChange | None:
    """What people are told at a check, after which they know it."""
    change = check(archive, SOURCE, now=now)
    if change is not None:
        archive.health.mark_told("a", change.state)
    return change


def test_a_grave_trouble_is_told_while_a_lesser_one_stands_and_each_end_is_told(
    archive: Archive,
) -> None:
    poll(archive, 0.0)
    (seed,) = archive.seeds.of("a")
    archive.gaps.open(seed, begin_at=NINE, end_at=NINE, found_at=NINE)
    lesser = tell(archive, TEN)
    assert lesser is not None
    assert [(each.cause, each.state) for each in lesser.began] == [("gap", "degraded")]
    assert tell(archive, TEN) is None
    poll(archive, 2.0, "answered 404", "http-404")
    grave = tell(archive, TEN)
    assert grave is not None
    assert (grave.state, grave.before) == ("broken", "degraded")
    assert [each.cause for each in grave.began] == ["missing"]
    assert grave.ended == ()
    poll(archive, 0.0)
    over = tell(archive, NEXT)
    assert over is not None
    assert (over.state, [each.cause for each in over.ended]) == ("degraded", ["missing"])
    assert over.ended[0].ended_at == NEXT
    assert tell(archive, NEXT) is None


def test_a_cause_that_changes_its_words_is_told_once(archive: Archive) -> None:
    told = []
    for word in ("timeout", "refused", "timeout"):
        poll(archive, 2.0, word, word)
        told.append(tell(archive, TEN))
    assert [change and change.state for change in told] == ["broken", None, None]
    assert [each.cause for each in archive.health.troubles("a")] == ["no-answer"]


def test_a_run_that_met_only_checks_for_robots_is_not_ok(archive: Archive) -> None:
    poll(archive, 0.0)
    note_run(archive, {"rejected/bot-check": 3})
    change = tell(archive, TEN)
    assert change is not None
    assert change.state == HealthState.BLOCKED
    assert "3 pages" in change.why
    assert "check for robots" in change.why
    assert change.since == NINE


def test_one_page_that_fails_in_run_after_run_is_not_the_source(archive: Archive) -> None:
    poll(archive, 0.0)
    for _ in range(3):
        note_run(archive, {"failed/timeout": 1})
    assert tell(archive, TEN) is None


def test_a_trouble_that_spreads_over_the_seeds_is_told_once(archive: Archive) -> None:
    source = replace(SOURCE, seeds=(*SOURCE.seeds, Seed(kind=SeedKind.LISTING, url=OTHER)))
    first, second = archive.seeds.put("a", [("feed", FEED), ("listing", OTHER)])

    def fail(seed: SeedState, at: str) -> HealthChange | None:
        archive.seeds.record_poll(
            Poll(seed_id=seed.id, polled_at=at, failures=1.0, error="gone", reason="http-404"), []
        )
        change = check(archive, source, now=at)
        if change is not None:
            archive.health.mark_told("a", change.state)
        return change

    archive.seeds.record_poll(Poll(seed_id=second.id, polled_at=TEN, seen=3), [])
    told = fail(first, TEN)
    assert told is not None
    assert told.state == HealthState.DEGRADED
    assert fail(second, NEXT) is None
    archive.seeds.record_poll(Poll(seed_id=second.id, polled_at=NEXT, seen=3), [])
    graver = fail(second, "2026-11-26T11:30:00Z")
    assert graver is not None
    assert (graver.state, graver.before) == (HealthState.BROKEN, HealthState.DEGRADED)


def test_a_verdict_kept_since_the_last_crawl_is_not_judged_again(archive: Archive) -> None:
    def shown(now: str) -> str:
        return read_row(archive, SOURCE, now=now, slack=0.0).health

    poll(archive, failures=9, error="it does not answer", reason="timeout")
    check(archive, SOURCE, now=TEN)
    poll(archive, failures=0)
    assert shown("2026-11-24T12:00:00Z") == HealthState.BROKEN
    assert shown("2026-11-24T09:59:59Z") == HealthState.OK, "a verdict of later than now"
    assert shown("2026-11-24T13:00:01Z") == HealthState.OK, "a verdict of three hours ago"
    run = archive.runs.start("a", RunKind.CRAWL, NEXT)
    assert shown("2026-11-24T12:00:00Z") == HealthState.OK, "a crawl is at work"
    archive.runs.finish(run, RunState.FINISHED, NEXT)
    assert shown("2026-11-24T12:00:00Z") == HealthState.OK, "a crawl has ended since"
    paused = replace(SOURCE, status="paused")
    assert "paused" in read_row(archive, paused, now=TEN, slack=0.0).why


def test_a_crawl_that_changes_nothing_renews_the_verdict(archive: Archive) -> None:
    poll(archive, failures=0)
    check(archive, SOURCE, now=NINE)
    run = archive.runs.start("a", RunKind.CRAWL, NINE)
    archive.runs.finish(run, RunState.FINISHED, "2026-11-24T09:10:00Z")
    check(archive, SOURCE, now="2026-11-24T09:10:05Z")
    kept = archive.health.get("a")
    assert kept is not None
    assert kept.checked_at == "2026-11-24T09:10:05Z"


LATER = "2026-11-24T11:05:00Z"
"""Two hours after the first try of `refuse`, and some minutes."""


def refuse(
    archive: Archive,
    reason: str,
    at: str,
    *,
    again: str | None = None,
    date: str | None = None,
    pages: int = 4,
) -> None:
    """Let pages found at nine give no article in one run; ``again``: when they are asked again."""
    run = archive.runs.start("a", RunKind.CRAWL, at)
    for number in range(pages):
        url = f"https://a.vn/tin-a{number}.html"
        link = archive.links.known(
            make_link(SOURCE, url, found_at=NINE, key=str(number), date=date)
        )
        settle = archive.pages.fail if reason == Word.EMPTY_BODY else archive.pages.reject
        settle(link, reason, capture=None, run_id=run, retry_at=again, refused_at=at)
    archive.runs.finish(run, RunState.FINISHED, at)


EARLY = [
    "http-404",
    "http-410",
    Word.EMPTY,
    Word.EMPTY_BODY,
    Word.NO_BODY,
    Word.NO_TITLE,
    Word.NOT_HTML,
    Word.OTHER_PAGE,
    Word.REDIRECT_HOME,
    Word.SOFT_404,
]


@pytest.mark.parametrize("reason", EARLY)
def test_new_pages_that_are_not_there_yet_say_nothing_of_their_site(
    archive: Archive, reason: str
) -> None:
    poll(archive, 0.0)
    refuse(archive, reason, NINE, again=TEN)
    assert tell(archive, TEN) is None
    refuse(archive, reason, TEN, again=NEXT)
    assert tell(archive, TEN) is None, "asked again, and found an hour ago"
    assert tell(archive, "2026-11-24T11:00:00Z") is None, "found two hours ago"
    assert tell(archive, LATER) is not None, "they are not there after two hours"


@pytest.mark.parametrize("reason", EARLY)
def test_pages_that_were_given_up_say_something_of_their_site(
    archive: Archive, reason: str
) -> None:
    poll(archive, 0.0)
    refuse(archive, reason, NINE)
    assert tell(archive, NINE) is not None


@pytest.mark.parametrize("reason", [Word.BOT_CHECK, Word.COMMON_TITLE, Word.MAINTENANCE])
def test_what_no_new_page_is_met_with_is_told_at_once(archive: Archive, reason: str) -> None:
    poll(archive, 0.0)
    refuse(archive, reason, NINE, again=TEN)
    assert tell(archive, NINE) is not None


def test_a_page_tried_first_long_after_it_was_found_may_come_as_well(archive: Archive) -> None:
    poll(archive, 0.0)
    refuse(archive, "http-404", LATER, again="2026-11-24T12:05:00Z")
    assert tell(archive, LATER) is None
    refuse(archive, "http-404", "2026-11-24T12:05:00Z", again="2026-11-24T18:00:00Z")
    assert tell(archive, "2026-11-24T12:05:00Z") is not None


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        ("2026-11-22", True),
        ("Mon, 23 Nov 2026 00:05:00 +0700", False),
        ("2026-11-22T23:55:00+07:00", True),
        ("23/11/2026", False),
        ("hôm qua", False),
        (None, False),
    ],
)
def test_only_pages_of_today_and_yesterday_may_not_be_there_yet(
    archive: Archive, hint: str | None, *, told: bool
) -> None:
    poll(archive, 0.0)
    refuse(archive, "http-404", NINE, again=TEN, date=hint)
    assert (tell(archive, TEN) is not None) is told


def test_pages_that_came_after_all_hide_none_that_do_not(archive: Archive) -> None:
    poll(archive, 0.0)
    refuse(archive, "http-404", NINE, again=TEN)
    note_run(archive, {"rejected/http-404": 5})
    change = tell(archive, TEN)
    assert change is not None
    assert "5 of the last 5 pages" in change.why


LAYOUT = '{"body": {"how": "layout onecms", "confidence": 1.0}}'


def fill(archive: Archive, lacking: Callable[[int], bool]) -> None:
    """Write 300 articles, an hour apart, the newest of number 0; some are without authors."""
    conn = archive.connection
    for number in range(300):
        at = add_seconds(TEN, -3600 * number)
        url = f"https://a.vn/tin-{number}"
        authors = "[]" if lacking(number) else '["Vũ Thị Mai"]'
        conn.execute(
            "insert into articles (id, source_id, key, url, canonical_url, title, summary, body,"
            " authors, section, tags, evidence, published_on, published_at, first_seen_at,"
            " last_seen_at, digest, cluster_id)"
            " values (:id, 'a', :url, :url, :url, :url, :url, :body, :authors, 'Lúa', '[\"lúa\"]',"
            " :how, :day, :at, :at, :at, :url, :id)",
            {
                "id": 900 - number,
                "url": url,
                "body": "Lúa chín. " * 30,
                "authors": authors,
                "how": LAYOUT,
                "day": at[:10],
                "at": at,
            },
        )
        conn.execute("insert into images values (?, 1, 'https://a.vn/a.jpg', '')", (900 - number,))
        conn.execute(
            "insert into links (source_id, url, canonical_url, key, state, found_at, article_id)"
            " values ('a', :url, :url, :url, 'stored', :at, :id)",
            {"url": url, "at": at, "id": 900 - number},
        )


@pytest.mark.parametrize(
    ("lacking", "read"),
    [
        (lambda _: False, 20),
        (lambda _: True, 65),  # it has never had them
        (lambda number: number % 10 != 9, 65),
        (lambda number: number < 5 or number % 3 > 0, 120),
        (lambda number: number < 20, 220),  # lost
        (lambda number: number < 5 or number % 5 == 0, 220),
        (lambda number: number < 20 or number > 60, 120),
    ],
)
def test_so_many_articles_are_read_that_others_would_not_change_the_verdict(
    archive: Archive, lacking: Callable[[int], bool], read: int
) -> None:
    poll(archive, 0.0)
    with archive.transaction():
        fill(archive, lacking)
    facts = read_facts(archive, SOURCE, now=TEN)
    everything = Shares(archive.articles.outlines("a", 220))
    assert len(read_newest(archive, "a", facts.standing).articles) == read
    assert judge(facts) == judge(replace(facts, coverage=compare_coverage(everything)))
    standing = read_newest(archive, "a", {"fields"})
    assert [each.key for each in standing.articles] == [each.key for each in everything.articles]


def name_page(archive: Archive, number: int, how: str, found_at: str) -> None:
    """Store an article whose title was found so."""
    url = f"https://a.vn/tin-a{number}.html"
    link = archive.links.known(make_link(SOURCE, url, found_at=found_at, key=str(number)))
    article = Article(
        source_id="a",
        url=url,
        key=str(number),
        fetched_at=found_at,
        title=f"Hội nghị lần thứ {number}",
        body=f"Đoạn văn số {number}. " * 20,
        published_on="2026-11-24",
        evidence={"title": Evidence(how=how, confidence=0.8)},
    )
    archive.add(article, link=link, capture=None, run_id=None)


def test_pages_named_by_their_links_and_refused_ones_are_one_trouble(archive: Archive) -> None:
    poll(archive, 0.0)
    for number in range(20, 50):
        name_page(archive, number, "h1" if number % 8 else "feed", "2026-11-23T09:00:00Z")
    name_page(archive, 50, "h1", "2026-11-24T08:00:00Z")
    name_page(archive, 51, "feed", TEN)
    refuse(archive, Word.COMMON_TITLE, TEN, again=NEXT, pages=2)
    assert tell(archive, TEN) is None
    name_page(archive, 52, "feed", TEN)
    told = tell(archive, TEN)
    assert told is not None
    assert [each.cause for each in told.began] == ["title"]
    assert "none of the last 4 pages shows a title of its own" in told.why
    for number in (53, 54, 55):
        name_page(archive, number, "h1", NEXT)
    over = tell(archive, NEXT)
    assert over is not None
    assert [each.cause for each in over.ended] == ["title"]


def test_pages_that_are_named_by_links_alone_are_told_by_their_share(archive: Archive) -> None:
    poll(archive, 0.0)
    for number in range(9):
        name_page(archive, number, "feed", NINE)
    assert tell(archive, TEN) is None


def kept(**changes: object) -> HealthRow:
    facts: dict[str, object] = {
        "source_id": "a",
        "state": "broken",
        "since": NINE,
        "why": "why",
        "checked_at": TEN,
    }
    return HealthRow(**facts | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({}, False),
        ({"checked_at": "2026-11-24T11:00:00Z"}, False),
        ({"checked_at": "2026-11-24T11:00:01Z"}, True),
        ({"checked_at": "2026-11-24T08:59:59Z"}, True),
        ({"state": "ok"}, True),
        ({"why": "another"}, True),
        ({"told": "broken"}, True),
        ({"capture_id": 7}, True),
        ({"since": TEN}, False),
    ],
)
def test_a_verdict_is_written_where_it_changed_or_is_an_hour_old(
    changes: dict[str, object], *, differs: bool
) -> None:
    assert _differs(kept(), kept(**changes)) is differs


@pytest.mark.parametrize(
    ("finished", "since"),
    [("2026-11-24T10:00:01Z", True), (TEN, False), (None, False)],
)
def test_only_the_newest_crawl_makes_a_verdict_old(finished: str | None, *, since: bool) -> None:
    newest = replace(met("02:00", {}), finished_at=finished)
    older = replace(met("01:00", {}), finished_at=NEXT)
    assert _has_run_since(kept(), health_facts(runs=[newest, older])) is since


def kept_trouble(**changes: object) -> KeptTrouble:
    facts: dict[str, object] = {
        "source_id": "a",
        "cause": "gap",
        "state": "degraded",
        "since": NINE,
        "why": "why",
        "told": None,
    }
    return KeptTrouble(**facts | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "now", "news"),
    [
        ({}, TEN, True),
        ({"told": "degraded"}, TEN, False),
        # It became graver: news after a day, as a host that goes away fails its seeds in turn.
        ({"told": "degraded", "state": "broken"}, "2026-11-25T08:59:59Z", False),
        ({"told": "degraded", "state": "broken"}, "2026-11-25T09:00:00Z", True),
        ({"told": "broken", "state": "degraded"}, "2026-11-27T09:00:00Z", False),
        ({"told": "broken", "state": "broken"}, "2026-11-27T09:00:00Z", False),
    ],
)
def test_a_trouble_is_news_once_and_when_it_is_graver_for_a_day(
    changes: dict[str, object], now: str, *, news: bool
) -> None:
    assert _is_news(kept_trouble(**changes), now) is news


@pytest.mark.parametrize(
    ("since", "known", "wanted"),
    [
        (None, None, TEN),
        (NINE, None, NINE),
        (NEXT, None, TEN),  # by a clock that was ahead
        (NINE, "2026-11-24T08:00:00Z", "2026-11-24T08:00:00Z"),
        ("2026-11-24T08:00:00Z", NINE, "2026-11-24T08:00:00Z"),
        (None, NINE, NINE),
    ],
)
def test_a_trouble_began_when_it_is_first_known_of(
    since: str | None, known: str | None, wanted: str
) -> None:
    verdict = Health(
        state=HealthState.DEGRADED,
        why="why",
        troubles=(Trouble(cause="gap", state=HealthState.DEGRADED, why="why", since=since),),
    )
    before = [kept_trouble(since=known, told="degraded")] if known else []
    (found,) = standing_troubles("a", verdict, before, TEN)
    assert (found.since, found.told) == (wanted, "degraded" if known else None)


def test_an_ok_source_is_ok_since_it_became_so(archive: Archive) -> None:
    poll(archive, 0.0)
    check(archive, SOURCE, now=NINE)
    check(archive, SOURCE, now=NEXT)
    row = archive.health.get("a")
    assert row is not None
    assert (row.state, row.since, row.capture_id) == ("ok", NINE, None)


def test_hosts_that_ask_to_be_left_alone_are_known_of_failing_seeds_and_the_newest_page(
    archive: Archive,
) -> None:
    until = "2026-11-25T10:00:00Z"
    archive.hosts.put(HostState(host="a.vn", not_before=until))
    poll(archive, 0.0)
    facts = read_facts(archive, SOURCE, now=TEN)
    assert (facts.held, facts.pages_held) == ({}, None)
    poll(archive, 0.5, "busy", "http-503")
    archive.links.known(make_link(SOURCE, "https://a.vn/tin-a1.html", found_at=NINE, key="1"))
    facts = read_facts(archive, SOURCE, now=TEN)
    (seed,) = facts.seeds
    assert (facts.held, facts.pages_held) == ({seed.id: until}, until)
    # A day and what clocks differ by is the most that a host may ask for.
    for ahead, known in ((86400, True), (86400 * 2, False)):
        archive.hosts.put(HostState(host="a.vn", not_before=add_seconds(TEN, ahead)))
        assert bool(read_facts(archive, SOURCE, now=TEN).held) is known


def test_five_runs_are_shown_and_sixty_are_judged(archive: Archive) -> None:
    poll(archive, 0.0)
    for number in range(62):
        note_run(archive, {"new": 1}, f"2026-11-24T08:{number % 60:02}:00Z")
    assert len(read_facts(archive, SOURCE, now=TEN).runs) == 60
    row = read_row(archive, SOURCE, now=TEN, slack=0.0)
    assert len(row.runs) == 5


def fresh(checked_at: str, *runs: Run) -> bool:
    row = kept(checked_at=checked_at)
    return is_recent(row, "2026-11-24T12:00:00Z") and is_fresh(row, runs)


def test_a_kept_verdict_holds_for_three_hours_after_the_last_crawl() -> None:
    assert fresh("2026-11-24T09:00:00Z")
    assert not fresh("2026-11-24T08:59:59Z")
    assert fresh("2026-11-24T12:00:00Z")
    assert not fresh("2026-11-24T12:00:01Z")
    done = replace(met("02:00", {}), finished_at=TEN)
    assert fresh(TEN, done)
    assert not fresh("2026-11-24T09:59:59Z", done)
    assert not fresh(TEN, replace(done, finished_at=None, started_at="2026-11-24T10:00:01Z"))
    assert not fresh(TEN, met("02:00", {}, "running"))


@pytest.mark.parametrize(
    ("usual", "of_five", "of_ten", "gone"),
    [
        (1.0, 0.0, 0.2, 5),
        (0.95, 0.0, 0.2, 5),
        (0.94, 0.0, 0.2, None),
        (0.94, 0.0, 0.0, 10),
        (0.8, 0.0, 0.0, 10),
        (0.79, 0.0, 0.0, None),
        (1.0, 0.2, 0.1, None),
        (None, 0.0, 0.0, None),
    ],
)
def test_a_field_is_gone_from_five_or_ten_articles_by_how_usual_it_was(
    usual: float | None, of_five: float, of_ten: float, gone: int | None
) -> None:
    newest = {5: {"a date": of_five}, 10: {"a date": of_ten}}
    assert _gone_from("a date", usual, newest) == gone


@pytest.mark.parametrize(
    ("until", "is_held"),
    [
        # A day is the longest that a server may ask for; clocks are read two seconds apart.
        ("2026-11-25T10:00:02Z", True),
        ("2026-11-25T10:00:03Z", False),
        ("2026-11-24T09:00:00Z", True),
        (None, False),
    ],
)
def test_a_host_is_held_for_a_day_at_most(
    archive: Archive, until: str | None, is_held: bool
) -> None:
    archive.hosts.put(HostState(host="a.vn", not_before=until, reason="http-429"))
    assert _held_until(archive, FEED, TEN) == (until if is_held else None)
    assert _held_until(archive, "https://b.vn/", TEN) is None


def test_pages_without_a_title_are_counted_since_the_newest_that_has_one(
    archive: Archive,
) -> None:
    name_page(archive, 1, "h1", NINE)
    name_page(archive, 2, "feed", TEN)
    newest = read_newest(archive, "a", ()).articles
    word = "common-title"
    assert _count_untitled(archive, "a", newest, {word}) == 0, "none was refused"
    for number, found_at in ((0, "2026-11-24T08:00:00Z"), (3, TEN), (4, TEN)):
        url = f"https://a.vn/tin-b{number}.html"
        link = archive.links.known(make_link(SOURCE, url, found_at=found_at, key=f"b{number}"))
        archive.pages.reject(
            link, word, capture=None, run_id=None, refused_at=found_at, retry_at=NEXT
        )
    assert _count_untitled(archive, "a", newest, {word}) == 3
    assert _count_untitled(archive, "a", newest, {"video"}) == 0
    untitled = [each for each in newest if each.key == "2"]
    assert _count_untitled(archive, "a", untitled, {word}) == 4
    assert _count_untitled(archive, "a", [], {word}) == 3


def test_a_trouble_that_is_over_stands_no_more(archive: Archive) -> None:
    poll(archive, 0.0)
    for ended, standing in ((None, {"title"}), (NINE, set())):
        trouble = KeptTrouble(
            source_id="a", cause="title", state="degraded", since=NINE, why="so", ended_at=ended
        )
        archive.health.put(kept(), [trouble])
        assert set(read_facts(archive, SOURCE, now=TEN).standing) == standing
