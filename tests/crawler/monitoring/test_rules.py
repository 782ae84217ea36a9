"""How a source is, from what is known about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from random import Random

import pytest

from crawler.monitoring.check import compare_coverage
from crawler.monitoring.coverage import Shares, outline_of
from crawler.monitoring.rules import judge
from crawler.monitoring.seed_rules import is_failing
from crawler.monitoring.verdicts import Coverage, Facts, HealthState
from crawler.scheduling.holidays import tet
from storage.frontier.gaps import Gap
from storage.instants import VIETNAM, format_instant
from storage.records import NO_HEADLINE, STORED_BEFORE, Article, Evidence, Outline, Run, SeedState
from storage.states import RunKind, RunState

NOW = dt.datetime(2026, 11, 24, 10, tzinfo=VIETNAM)


def office(moment: dt.datetime) -> float:
    """Articles per hour: a provincial paper on weekdays, a little on Saturdays."""
    if holiday_week(moment) or moment.weekday() == 6:
        return 0.1 if 8 <= moment.hour < 18 else 0
    return (0.6 if moment.weekday() == 5 else 3.0) if 7 <= moment.hour < 18 else 0.1


def holiday_week(moment: dt.datetime) -> bool:
    return -2 <= (moment.date() - tet(moment.year)).days <= 4


def publish(
    until: dt.datetime, days: int = 56, seed: int = 1, share: float = 1.0
) -> list[dt.datetime]:
    chance = Random(seed)
    hours = [until - dt.timedelta(hours=n) for n in range(days * 24)]
    return [
        hour - dt.timedelta(minutes=chance.randrange(60))
        for hour in hours
        for _ in range(5)
        if chance.random() < office(hour) * share / 5
    ]


def seed_state(**changes: object) -> SeedState:
    seed = SeedState(
        id=1, source_id="a", kind="feed", url="https://a.vn/rss", polled_at="2026-11-24T02:55:00Z"
    )
    return replace(seed, **changes)  # type: ignore[arg-type]


def run(outcomes: dict[str, int], state: str = "finished") -> Run:
    return Run(
        source_id="a",
        kind=RunKind.CRAWL,
        started_at="2026-11-24T02:00:00Z",
        state=RunState(state),
        outcomes=outcomes,
    )


def facts(now: dt.datetime = NOW, **changes: object) -> Facts:
    base = Facts(
        now=format_instant(now),
        status="active",
        seeds=[seed_state()],
        runs=[run({"new": 3})],
        published=publish(now),
        watched_since=now - dt.timedelta(days=90),
        coverage={},
    )
    changed = replace(base, **changes)  # type: ignore[arg-type]
    return replace(changed, published=sorted(changed.published, reverse=True))


def state(now: dt.datetime = NOW, **changes: object) -> HealthState:
    return judge(facts(now, **changes)).state


def test_a_source_that_publishes_as_ever_is_ok() -> None:
    assert judge(facts()).state is HealthState.OK
    assert "newest article" in judge(facts()).why


def test_a_source_that_was_never_polled_is_no_alarm() -> None:
    verdict = judge(facts(seeds=[seed_state(polled_at=None)]))
    assert (verdict.state, verdict.why) == (HealthState.OK, "not polled yet")


def test_a_source_at_which_crawls_find_nothing_to_poll_is_broken() -> None:
    nothing = facts(seeds=[], runs=[run({})], published=[])
    assert judge(nothing).state is HealthState.OK, "once may be an outage"
    verdict = judge(replace(nothing, runs=[run({}), run({})]))
    assert verdict.state is HealthState.BROKEN
    assert "no feed, no sitemap" in verdict.why
    one_page = replace(nothing, runs=[run({}), run({"new": 1})])
    assert judge(one_page).state is HealthState.OK, "a single page was asked for"


@pytest.mark.parametrize("failures", [1.0, 5.0])
def test_all_seeds_failing_is_broken(failures: float) -> None:
    error = "https://a.vn/rss answered 404 (Not Found)"
    verdict = judge(facts(seeds=[seed_state(failures=failures, last_error=error)]))
    assert (verdict.state, verdict.why) == (HealthState.BROKEN, error)


def test_a_timeout_or_two_are_no_alarm() -> None:
    assert state(seeds=[seed_state(failures=0.5, last_error="did not answer")]) is HealthState.OK


@pytest.mark.parametrize(
    "word", ["http-403", "http-429", "http-451", "robots", "bot-check", "login", "retry-after"]
)
def test_being_shut_out_is_blocked(word: str) -> None:
    seeds = [seed_state(failures=1.0, last_error="https://a.vn/rss fails", last_reason=word)]
    assert state(seeds=seeds) is HealthState.BLOCKED


@pytest.mark.parametrize(
    "url", ["https://a.vn/rss/429.rss", "https://a.vn/login/rss", "https://a.vn/robots-403/rss"]
)
@pytest.mark.parametrize("word", ["timeout", "certificate", "http-500", "not-a-seed"])
def test_what_an_address_says_is_no_cause(url: str, word: str) -> None:
    error = f"{url} did not answer in time"
    seeds = [seed_state(url=url, failures=1.0, last_error=error, last_reason=word)]
    verdict = judge(facts(seeds=seeds))
    assert (verdict.state, verdict.why) == (HealthState.BROKEN, error)


def test_a_failure_that_an_earlier_version_recorded_has_no_known_cause() -> None:
    error = "https://a.vn/rss answered 403 (Forbidden)"
    verdict = judge(facts(seeds=[seed_state(failures=1.0, last_error=error)]))
    assert (verdict.state, verdict.why) == (HealthState.BROKEN, error)


def test_a_source_is_blocked_only_if_all_its_seeds_say_so() -> None:
    seeds = [
        seed_state(failures=1.0, last_reason="http-403"),
        seed_state(id=2, failures=1.0, last_reason="http-404"),
    ]
    assert state(seeds=seeds) is HealthState.BROKEN


def test_one_failing_seed_of_several_is_degraded() -> None:
    seeds = [seed_state(), seed_state(id=2, failures=2.0, last_error="answered 404")]
    assert state(seeds=seeds) is HealthState.DEGRADED


def test_a_certificate_that_cannot_be_trusted_is_broken_and_named() -> None:
    error = "https://a.vn/rss has no certificate that can be trusted"
    verdict = judge(facts(seeds=[seed_state(failures=1.0, last_error=error)]))
    assert verdict.state is HealthState.BROKEN
    assert "certificate" in verdict.why


def test_a_listing_without_links_is_broken() -> None:
    assert state(seeds=[seed_state(empty=2)]) is HealthState.BROKEN
    assert state(seeds=[seed_state(empty=1)]) is HealthState.OK


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ({"rejected/no-body": 4}, HealthState.BROKEN),
        ({"rejected/soft-404": 4}, HealthState.BROKEN),
        ({"rejected/bot-check": 4}, HealthState.BLOCKED),
        ({"rejected/login": 5, "new": 1}, HealthState.BLOCKED),
        ({"failed/http-500": 9, "new": 1}, HealthState.BROKEN),
        ({"rejected/no-body": 3}, HealthState.OK),
        ({"rejected/no-body": 3, "new": 9}, HealthState.OK),
        ({"rejected/video": 11}, HealthState.OK),
        ({"rejected/video": 9, "new": 3}, HealthState.BROKEN),
        ({"rejected/gallery": 8, "new": 4}, HealthState.OK),
        ({"rejected/video": 5, "rejected/gallery": 7}, HealthState.BROKEN),
        ({"rejected/video": 5, "rejected/no-body": 3, "new": 1}, HealthState.BROKEN),
        ({"rejected/video": 5, "rejected/no-body": 3, "new": 2}, HealthState.OK),
        ({"rejected/before-since": 30}, HealthState.OK),
        ({"rejected/schedule": 30}, HealthState.OK),
    ],
)
def test_pages_that_give_no_article_are_judged_by_their_share(
    outcomes: dict[str, int], expected: HealthState
) -> None:
    assert state(runs=[run(outcomes)]) is expected


@pytest.mark.parametrize(
    ("since", "told"),
    [
        ([], True),
        ([{"new": 1}], False),
        ([{"unchanged": 1}], True),
        ([{"new": 1}, {"failed/http-503": 1}], False),
        ([{"new": 1}, {"failed/http-503": 5}], True),
        ([{"new": 1, "failed/http-503": 1}], True),
    ],
)
def test_a_trouble_that_passes_is_over_with_the_first_page_that_is_read(
    since: list[dict[str, int]], *, told: bool
) -> None:
    runs = [run(outcomes) for outcomes in [*reversed(since), {"failed/http-503": 5}]]
    assert causes(runs=runs) == (["server-error"] if told else [])
    broken = [run({"new": 1}), run({"rejected/no-body": 9})]
    assert causes(runs=broken) == ["rejected"], "what our rules refuse is not over by one page"


def test_old_runs_do_not_count_for_today() -> None:
    old = replace(run({"rejected/no-body": 40}), started_at="2026-11-20T02:00:00Z")
    assert state(runs=[run({"new": 1}), old]) is HealthState.OK


def test_crawls_that_keep_failing_are_broken() -> None:
    assert state(runs=[run({}, "failed")] * 3) is HealthState.BROKEN
    assert state(runs=[run({}, "interrupted")] * 3) is HealthState.DEGRADED
    assert state(runs=[run({}, "failed")] * 2 + [run({"new": 1})]) is HealthState.OK


def test_a_field_that_vanishes_is_degraded() -> None:
    gone = {"authors": Coverage(recent=0.1, usual=0.95, articles=8)}
    assert "authors" in judge(facts(coverage=gone)).why
    assert state(coverage=gone) is HealthState.DEGRADED
    assert (
        state(coverage={"authors": Coverage(recent=0.0, usual=0.4, articles=8)}) is HealthState.OK
    )
    assert (
        state(coverage={"authors": Coverage(recent=0.0, usual=1.0, articles=2)}) is HealthState.OK
    )


@pytest.mark.parametrize(
    ("name", "recent", "usual", "articles", "wanted"),
    [
        ("authors", 0.3, 0.8, 5, HealthState.DEGRADED),
        ("authors", 0.31, 0.8, 5, HealthState.OK),
        ("authors", 0.3, 0.79, 5, HealthState.OK),
        ("authors", 0.3, 0.8, 4, HealthState.OK),
        # Without a past only what every page has can be missed.
        ("a date", 0.1, None, 10, HealthState.DEGRADED),
        ("a date", 0.11, None, 10, HealthState.OK),
        ("a date", 0.1, None, 9, HealthState.OK),
        ("authors", 0.0, None, 99, HealthState.OK),
    ],
)
def test_a_drop_of_a_field_is_judged_by_its_shares(
    name: str, recent: float, usual: float | None, articles: int, wanted: HealthState
) -> None:
    share = Coverage(recent=recent, usual=usual, articles=articles)
    assert state(coverage={name: share}) is wanted


def test_a_layout_that_finds_less_than_the_generic_rules_is_degraded() -> None:
    assert "layout is out of date" in judge(facts(outdone=12, judged=20)).why
    assert state(outdone=12, judged=20) is HealthState.DEGRADED
    assert state(outdone=3, judged=20) is HealthState.OK
    assert state(outdone=2, judged=2) is HealthState.OK


def articles(count: int, **fields: object) -> list[Outline]:
    made = {"published_on": "2026-11-01", "authors": ["Hải Đường"], "body": "x" * 300} | fields
    return [outline_of(Article(source_id="a", url="", **made))] * count  # type: ignore[arg-type]


def test_a_field_that_all_articles_had_is_missed_after_one_run_without_it() -> None:
    found = compare_coverage(Shares(articles(5, authors=[]) + articles(60)))
    assert found["authors"] == Coverage(
        recent=0.0, usual=1.0, articles=5, latest=0.0, has_newest=False
    )
    assert state(coverage=found) is HealthState.DEGRADED
    seldom = Shares(articles(5, authors=[]) + articles(40) + articles(20, authors=[]))
    assert state(coverage=compare_coverage(seldom)) is HealthState.OK
    few = compare_coverage(Shares(articles(30)))
    assert few["authors"] == Coverage(recent=1.0, usual=None, articles=20, latest=1.0)


def causes(**changes: object) -> list[str]:
    return [each.cause for each in judge(facts(**changes)).troubles]  # type: ignore[arg-type]


def test_fields_that_pages_lose_together_are_one_trouble() -> None:
    gone = Coverage(recent=0.0, usual=1.0, articles=5)
    lost = {"a lead": gone, "authors": gone, "a title on their page": gone}
    verdict = judge(facts(coverage=lost))
    assert [each.cause for each in verdict.troubles] == ["title"]
    assert all(name in verdict.why for name in lost)
    # What was known before stays what it was called.
    assert causes(coverage=lost, standing={"fields"}) == ["title", "fields"]
    assert causes(coverage={"a lead": gone, "authors": gone}) == ["lead"]


def test_the_name_of_the_site_is_no_title_of_a_page() -> None:
    named = {"title": Evidence(how="title", confidence=NO_HEADLINE)}
    good = {"title": Evidence(how="h1", confidence=0.8)}
    kept = {"title": Evidence(how=STORED_BEFORE, confidence=0.5)}
    newest = [*articles(1, evidence=named, title="Báo A"), *articles(4, evidence=kept)]
    assert causes(coverage=compare_coverage(Shares(newest + articles(60, evidence=good)))) == [
        "title"
    ]


GOOD_TITLE = {"title": Evidence(how="h1", confidence=0.8)}
LINK_TITLE = {"title": Evidence(how="feed", confidence=0.5)}


def test_a_loss_is_named_by_the_gravest_field_that_the_same_pages_lack() -> None:
    """One page in eight had no headline before, which five without one do not prove to be lost."""
    newest = articles(5, evidence=LINK_TITLE)
    usual = articles(7, evidence=GOOD_TITLE, summary="Sáng nay.")
    usual += articles(1, evidence=LINK_TITLE, summary="Sáng nay.")
    for times in (8, 3):
        found = compare_coverage(Shares(newest + usual * times))
        assert not causes(coverage={"a title on their page": found["a title on their page"]})
        assert causes(coverage=found) == ["title"]
    without_lead = articles(5, evidence=GOOD_TITLE)
    assert causes(coverage=compare_coverage(Shares(without_lead + usual * 8))) == ["lead"]
    seldom = articles(1, evidence=LINK_TITLE, summary="Sáng nay.") * 3 + usual
    assert causes(coverage=compare_coverage(Shares(newest + seldom * 8))) == ["lead"], "as usual"


def test_one_title_for_all_stands_until_a_page_found_later_has_its_own() -> None:
    runs = [run({"unchanged": 9}), run({"rejected/common-title": 2})]
    assert causes(runs=runs, untitled=3) == []
    assert causes(runs=runs, untitled=4) == ["title"]
    assert causes(runs=runs, untitled=1, standing={"title"}) == ["title"]
    assert causes(runs=runs, untitled=0, standing={"title"}) == []


def test_one_title_for_all_is_over_when_a_page_has_its_own_again() -> None:
    good = articles(60, evidence=GOOD_TITLE)
    read = compare_coverage(Shares(articles(1, evidence=LINK_TITLE) + good))
    runs = [run({"new": 1}), run({"rejected/common-title": 3})]
    assert causes(runs=runs, coverage=read, standing={"title"}) == ["title"], "its link named it"
    assert causes(runs=runs, coverage=compare_coverage(Shares(good)), standing={"title"}) == []
    young = compare_coverage(Shares(articles(1, evidence=LINK_TITLE) + good[:12]))
    assert causes(runs=runs, coverage=young, standing={"title"}) == ["title"]


@pytest.mark.parametrize(
    ("recent", "latest", "usual", "lost"),
    [
        (0.2, 0.2, 0.9, True),  # one page in five shows it by chance
        (0.4, 0.4, 0.9, True),
        (0.4, 0.6, 0.9, False),  # the newest have it again
        (0.4, 0.4, 0.6, False),
        (0.1, 0.1, 0.4, False),  # so long lost that it is usual
        (0.4, 0.4, None, True),
        (0.4, 0.8, None, False),
    ],
)
def test_a_lost_field_is_back_when_the_newest_articles_have_it(
    recent: float, latest: float, usual: float | None, lost: bool
) -> None:
    share = Coverage(recent=recent, usual=usual, articles=20, latest=latest)
    assert bool(causes(coverage={"a date": share}, standing={"date"})) is lost


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"seeds": [("http-503", 1.0), ("retry-after", 1.0)]}, ["server-error"]),
        ({"seeds": [("retry-after", 1.0), ("http-503", 1.0)]}, ["server-error"]),
        ({"seeds": [("retry-after", 1.0), ("http-429", 1.0)]}, ["wait"]),
        ({"seeds": [("retry-after", 1.0)]}, ["wait"]),
        ({"seeds": [("retry-after", 1.0), ("connection", 1.0)]}, ["no-answer"]),
        ({"seeds": [("timeout", 0.25), ("retry-after", 1.0)]}, ["no-answer"]),
        ({"seeds": [("certificate-expired", 1.0), ("retry-after", 1.0)]}, ["certificate"]),
        (
            {"seeds": [("retry-after", 1.0)], "runs": [run({"failed/http-503": 1})]},
            ["server-error"],
        ),
        ({"seeds": [("retry-after", 1.0)], "standing": {"server-error"}}, ["server-error"]),
        ({"seeds": [("retry-after", 1.0)], "standing": {"wait"}}, ["wait"]),
    ],
)
def test_a_server_that_asked_to_be_left_alone_has_the_trouble_it_answered_with(
    more: dict[str, object], wanted: list[str]
) -> None:
    seeds = [
        seed_state(id=n, url=f"https://a.vn/{n}", failures=failures, last_reason=word)
        for n, (word, failures) in enumerate(more["seeds"])  # type: ignore[arg-type, var-annotated]
    ]
    assert causes(**more | {"seeds": seeds}) == wanted


def meet(at: str, outcomes: dict[str, int]) -> Run:
    return replace(run(outcomes), started_at=f"2026-11-24T{at}:00Z")


def missed(since: str, at: str) -> SeedState:
    begin, end = f"2026-11-24T{since}:00Z", f"2026-11-24T{at}:00Z"
    good = "2026-11-24T00:30:00Z"
    return seed_state(
        failures=0.25,
        misses=1,
        last_reason="connection",
        missed_since=begin,
        polled_at=end,
        fruitful_at=good,
    )


GOOD = seed_state(polled_at="2026-11-24T00:30:00Z", fruitful_at="2026-11-24T00:30:00Z")
CUT = {"failed/connection": 1}


@pytest.mark.parametrize(
    ("seed", "runs", "told"),
    [
        # A page an hour ago, then the seed: nothing answers.
        (missed("02:00", "02:00"), [meet("02:00", CUT), meet("01:00", CUT)], True),
        (missed("01:50", "01:50"), [meet("01:50", CUT), meet("01:30", CUT)], False),
        # One page that fails again and again says nothing of the host; two of one run do.
        (GOOD, [meet("02:00", CUT), meet("01:00", CUT)], False),
        (GOOD, [meet("02:00", {"failed/connection": 2}), meet("01:00", CUT)], True),
        # Something was read in between, or the seed since.
        (missed("02:00", "02:00"), [meet("01:30", {"new": 1}), meet("01:00", CUT)], False),
        (
            replace(missed("02:00", "02:00"), fruitful_at="2026-11-24T01:40:00Z"),
            [meet("02:00", CUT), meet("01:00", CUT)],
            False,
        ),
    ],
)
def test_a_host_that_is_seldom_asked_and_does_not_answer_for_an_hour_is_broken(
    seed: SeedState, runs: list[Run], told: bool
) -> None:
    assert causes(seeds=[seed], runs=runs) == (["no-answer"] if told else [])


def busy(at: str, word: str) -> SeedState:
    return replace(missed(at, at), last_reason=word)


TOMORROW, SOON = "2026-11-25T01:00:00Z", "2026-11-24T01:20:00Z"


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        # Its feed said so two hours ago, and nobody asks again before tomorrow.
        ({"seeds": [busy("01:00", "http-503")], "held": {1: TOMORROW}}, ["server-error"]),
        ({"seeds": [busy("01:00", "http-429")], "held": {1: TOMORROW}}, ["wait"]),
        # For a moment only, or a moment ago, or it was asked again since.
        ({"seeds": [busy("01:00", "http-503")], "held": {1: SOON}}, []),
        ({"seeds": [busy("02:30", "http-503")], "held": {1: TOMORROW}}, []),
        ({"seeds": [busy("01:00", "http-503")]}, []),
        # Its pages said so; an hour later, by a run that read some before, and once more since.
        ({"runs": [meet("01:00", {"failed/http-429": 1, "new": 9})]}, ["wait"]),
        ({"runs": [meet("01:00", {"failed/http-503": 2})]}, ["server-error"]),
        ({"runs": [meet("02:30", {"failed/http-503": 2})]}, []),
        ({"runs": [meet("02:00", {}), meet("01:00", {"failed/http-429": 1})]}, ["wait"]),
        ({"runs": [meet("01:00", {"failed/http-503": 2})], "pages_held": SOON}, []),
        ({"runs": [meet("01:25", {}), meet("01:00", {"failed/http-429": 1})], "pages_held": SOON},
         []),
        # A picture said so: nothing else tells.
        ({"runs": [meet("01:00", {"new": 3})]}, ["wait"]),
        ({"runs": [meet("01:00", {"new": 3})], "pages_held": "2026-11-24T03:10:00Z"}, []),
    ],
)  # fmt: skip
def test_a_host_that_is_left_alone_for_long_is_told_though_nobody_asks_it(
    more: dict[str, object], wanted: list[str]
) -> None:
    held = {"pages_held": TOMORROW} if "runs" in more else {}
    assert causes(**held | more) == wanted


def test_a_gap_is_degraded_for_a_day() -> None:
    gap = Gap(
        id=1,
        source_id="a",
        seed_id=1,
        begin_at="2026-11-23T01:00:00Z",
        end_at="2026-11-23T09:00:00Z",
        found_at="2026-11-24T01:00:00Z",
    )
    assert state(gaps=[gap]) is HealthState.DEGRADED
    assert state(gaps=[replace(gap, found_at="2026-11-22T01:00:00Z")]) is HealthState.OK


def test_a_source_that_stops_publishing_is_frozen_within_days() -> None:
    stopped = [moment for moment in publish(NOW) if moment < NOW - dt.timedelta(days=6)]
    assert state(published=stopped) is HealthState.FROZEN


@pytest.mark.parametrize("seed", range(5))
def test_a_source_that_publishes_twice_a_week_may_be_silent_for_two(seed: int) -> None:
    chance = Random(seed)
    days = sorted(chance.sample(range(14, 56), 14))
    few = [NOW - dt.timedelta(days=day, hours=chance.randrange(8)) for day in days]
    watched = NOW - dt.timedelta(days=20)
    assert state(published=few, watched_since=watched) is HealthState.OK


def test_a_source_that_loses_most_of_its_volume_is_degraded() -> None:
    now = NOW.replace(day=20, hour=18)  # a Friday: three full working days
    before = [m for m in publish(now) if m < now - dt.timedelta(days=3)]
    trickle = publish(now, days=3, share=0.12, seed=3)
    assert state(now=now, published=before + trickle) is HealthState.DEGRADED


@pytest.mark.parametrize(
    "start", [dt.datetime(2026, 2, 1, tzinfo=VIETNAM), dt.datetime(2026, 10, 25, tzinfo=VIETNAM)]
)
def test_thirty_normal_days_raise_no_alarm_tet_included(start: dt.datetime) -> None:
    published = publish(start + dt.timedelta(days=30), days=90)
    for hours in range(0, 30 * 24, 10):
        now = start + dt.timedelta(hours=hours)
        known = [m for m in published if now - dt.timedelta(days=56) <= m <= now]
        verdict = judge(facts(now=now, published=known))
        assert verdict.state is HealthState.OK, (now, verdict)


@pytest.mark.parametrize("status", ["paused", "frozen", "retired"])
def test_a_source_that_is_not_crawled_is_no_alarm(status: str) -> None:
    assert state(status=status, seeds=[seed_state(failures=9.0)]) is HealthState.OK


def test_the_gravest_verdict_counts() -> None:
    gap = Gap(
        id=1,
        source_id="a",
        seed_id=1,
        begin_at="2026-11-23T00:00:00Z",
        end_at="2026-11-24T00:00:00Z",
        found_at="2026-11-24T02:00:00Z",
    )
    assert state(gaps=[gap]) is HealthState.DEGRADED
    assert state(gaps=[gap], runs=[run({"rejected/login": 4})]) is HealthState.BLOCKED
    seeds = [seed_state(failures=1.0, last_reason="http-404")]
    outcomes = run({"rejected/login": 4})
    assert state(gaps=[gap], runs=[outcomes], seeds=seeds) is HealthState.BROKEN


def test_the_most_frequent_reason_is_named_and_pages_are_counted_by_word() -> None:
    outcomes = {"rejected/no-body": 2, "failed/too-large": 1, "rejected/too-large": 2, "new": 1}
    verdict = judge(facts(runs=[run(outcomes)]))
    assert verdict.why == (
        "5 of the last 6 pages gave no article: most often it is larger than we accept (too-large)"
    )


def test_pages_that_say_nothing_about_the_site_are_not_counted() -> None:
    outcomes = {"rejected/listing": 30, "rejected/off-site": 9, "rejected/no-body": 4, "new": 1}
    assert "4 of the last 5 pages" in judge(facts(runs=[run(outcomes)])).why


def test_crawls_broken_off_without_a_page_are_degraded_from_the_third_on() -> None:
    cut = run({}, state="interrupted")
    assert state(runs=[cut, cut]) is HealthState.OK
    assert state(runs=[cut, cut, cut]) is HealthState.DEGRADED
    assert state(runs=[cut, run({"new": 1}, state="interrupted"), cut]) is HealthState.OK


@pytest.mark.parametrize(
    ("changes", "failing"),
    [
        ({"failures": 1.0}, True),
        ({"failures": 0.25, "misses": 2, "missed_since": "2026-11-24T02:15:00Z"}, True),
        ({"failures": 0.25, "misses": 3, "missed_since": "2026-11-24T02:15:00Z"}, True),
        ({"failures": 0.25, "misses": 2, "missed_since": "2026-11-24T02:15:01Z"}, False),
        ({"failures": 0.25, "misses": 1, "missed_since": "2026-11-24T01:00:00Z"}, False),
        ({"failures": 0.0, "misses": 9, "missed_since": "2026-11-24T01:00:00Z"}, False),
        ({"failures": 0.25, "misses": 9, "missed_since": None}, False),
    ],
)
def test_a_seed_fails_after_two_misses_over_three_quarters_of_an_hour(
    changes: dict[str, object], failing: bool
) -> None:
    assert is_failing(seed_state(**changes), "2026-11-24T03:00:00Z") is failing


def test_a_layout_is_judged_by_five_articles_and_half_of_them() -> None:
    assert state(judged=5, outdone=3) is HealthState.DEGRADED
    assert state(judged=5, outdone=2) is HealthState.OK
    assert state(judged=6, outdone=3) is HealthState.DEGRADED
    assert state(judged=4, outdone=4) is HealthState.OK


@pytest.mark.parametrize(
    ("copies", "fresh", "wanted"),
    [
        (50, 12, HealthState.DEGRADED),
        (50, 13, HealthState.OK),
        (49, 0, HealthState.OK),
    ],
)
def test_a_flood_is_fifty_known_texts_and_four_fifths_of_what_is_read(
    copies: int, fresh: int, wanted: HealthState
) -> None:
    flood = run({"duplicate": copies, "new": fresh})
    assert state(runs=[flood]) is wanted
    assert state(runs=[replace(flood, kind=RunKind.BACKFILL)]) is HealthState.OK
    assert state(runs=[replace(flood, started_at="2026-11-23T02:59:00Z")]) is HealthState.OK


def test_links_that_are_put_aside_are_a_flood() -> None:
    verdict = judge(facts(aside=1))
    assert (verdict.state, verdict.troubles[0].cause) == (HealthState.DEGRADED, "flood")


def steadily(last: dt.datetime, hours: int, each: int = 1) -> list[dt.datetime]:
    """As many articles each hour, without nights or Sundays."""
    minutes = range(0, hours * 60 + 1, 60 // each)
    return [last - dt.timedelta(minutes=n) for n in minutes]


MONDAY = NOW - dt.timedelta(hours=30)


@pytest.mark.parametrize(
    ("published", "wanted"),
    [
        # A week of articles says what is usual; less does not.
        (steadily(MONDAY, 7 * 24), HealthState.FROZEN),
        (steadily(MONDAY, 7 * 24 - 1), HealthState.OK),
        (steadily(NOW - dt.timedelta(hours=6), 8 * 24, 10), HealthState.FROZEN),
        (steadily(NOW - dt.timedelta(hours=5, minutes=59), 8 * 24, 10), HealthState.OK),
        # Seven articles are to be expected, which is one too few.
        (steadily(NOW - dt.timedelta(hours=7), 14 * 24), HealthState.OK),
    ],
)
def test_a_silence_is_judged_from_a_week_six_hours_and_eight_articles_on(
    published: list[dt.datetime], wanted: HealthState
) -> None:
    assert state(published=published) is wanted


@pytest.mark.parametrize(("hours", "wanted"), [(19, HealthState.OK), (18, HealthState.FROZEN)])
def test_a_silence_half_as_long_again_as_an_earlier_one_is_usual(
    hours: int, wanted: HealthState
) -> None:
    pause = MONDAY - dt.timedelta(days=4, hours=4)
    known = [m for m in steadily(MONDAY, 14 * 24) if not (m - pause).total_seconds() / 3600 >= 0]
    known += [m for m in steadily(MONDAY, 14 * 24) if (m - pause).total_seconds() >= hours * 3600]
    assert state(published=known) is wanted


def test_eleven_articles_say_nothing_of_a_silence() -> None:
    last = NOW - dt.timedelta(days=27)
    known = [last - dt.timedelta(hours=16 * n) for n in range(12)]
    assert state(published=known) is HealthState.FROZEN
    assert state(published=known[:-1]) is HealthState.OK


@pytest.mark.parametrize(("seen", "wanted"), [(30, HealthState.DEGRADED), (45, HealthState.OK)])
def test_a_quarter_of_the_usual_articles_of_three_days_is_few(
    seen: int, wanted: HealthState
) -> None:
    before = NOW - dt.timedelta(days=3)
    known = steadily(before, 21 * 24, 2)
    late = [NOW - dt.timedelta(minutes=60 * n) for n in range(seen)]
    assert state(published=known + late, watched_since=min(known)) is wanted
    # A fortnight before must be known.
    short = [m for m in known if before - m < dt.timedelta(days=13, hours=23)]
    assert state(published=short + late, watched_since=min(short)) is HealthState.OK


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"empty": 2}, HealthState.BROKEN),
        ({"empty": 1}, HealthState.OK),
        ({"misses": 3}, HealthState.BROKEN),
        ({"misses": 2}, HealthState.OK),
        ({"misses": 3, "fruitful_at": "2026-11-01T00:00:00Z"}, HealthState.OK),
        ({"empty": 2, "failures": 0.25}, HealthState.OK),
    ],
)
def test_a_seed_is_empty_after_two_polls_or_three_if_it_never_showed_a_link(
    changes: dict[str, object], wanted: HealthState
) -> None:
    assert state(seeds=[seed_state(**changes)]) is wanted


MENU: dict[str, object] = {
    "failures": 5.0, "misses": 9, "last_reason": "no-links", "missed_since": "2026-11-21T08:00:00Z"
}  # fmt: skip
BARE: dict[str, object] = {"misses": 9, "missed_since": "2026-11-21T08:00:00Z"}


@pytest.mark.parametrize(
    ("changes", "published", "wanted"),
    [
        # From Saturday to Tuesday morning, a new portal shows its menu, or a feed without items.
        (MENU, False, HealthState.OK),
        (BARE, False, HealthState.OK),
        (BARE | {"empty": 9}, False, HealthState.OK),
        # For longer; after it had shown news; or it is no page of a portal at all.
        (MENU | {"missed_since": "2026-11-21T02:00:00Z"}, False, HealthState.BROKEN),
        (BARE | {"missed_since": "2026-11-21T02:00:00Z"}, False, HealthState.BROKEN),
        (MENU | {"fruitful_at": "2026-11-21T07:00:00Z"}, False, HealthState.BROKEN),
        (MENU, True, HealthState.BROKEN),
        (MENU | {"last_reason": "not-a-seed"}, False, HealthState.BROKEN),
        (MENU | {"last_reason": "http-404"}, False, HealthState.BROKEN),
    ],
)
def test_a_portal_that_never_had_an_article_may_have_none_over_a_weekend(
    changes: dict[str, object], published: bool, wanted: HealthState
) -> None:
    known = publish(NOW) if published else []
    assert state(seeds=[seed_state(**changes)], published=known) is wanted


def test_troubles_begin_when_the_first_seed_missed() -> None:
    seeds = [
        seed_state(id=n, url=f"https://a.vn/rss/{n}", empty=2, missed_since=at)
        for n, at in enumerate(("2026-11-23T05:00:00Z", "2026-11-22T05:00:00Z", None))
    ]
    (trouble,) = judge(facts(seeds=seeds)).troubles
    assert trouble.since == "2026-11-22T05:00:00Z"


def test_seeds_of_the_site_in_place_of_the_file_are_told() -> None:
    named = seed_state(last_error="it answered 404")
    found = seed_state(id=2, url="https://a.vn/moi", substitute_since="2026-11-20T00:00:00Z")
    (trouble,) = judge(facts(seeds=[named, found])).troubles
    assert (trouble.cause, trouble.since) == ("substitutes", "2026-11-20T00:00:00Z")
    assert "no seed of its source file works (it answered 404)" in trouble.why
    assert state(seeds=[found]) is HealthState.OK
