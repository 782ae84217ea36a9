"""What a run records: one outcome for each page, and when the page is asked again."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from scrapy import Request

from crawler.extract.hints import mark_title
from crawler.failures import Word
from crawler.net.errors import Refused
from crawler.runs import signals
from crawler.runs.items import make_item
from crawler.runs.plan import CrawlPlan
from storage.records import Article
from storage.states import RunKind, RunState
from tests.support.runs import HOME, NOW, OpenRun, answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.records import Link, Outcome

MAX_DEFERRALS = 3
MAX_TROUBLES = 5
MAX_TROUBLES_IN_A_ROW = 20
SHARED = 10

NEXT_TRY = "select next_try_at from links"


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    opened = OpenRun(tmp_path)
    yield opened
    opened.close()


def article_of(link: Link) -> Article:
    return Article(
        source_id="bao",
        url=link.url,
        canonical_url=link.canonical_url,
        key=link.key,
        title="Khai mạc hội chợ nông sản",
        body="Sáng nay, hội chợ nông sản khai mạc tại trung tâm tỉnh.",
        fetched_at=NOW,
        digest="d1",
    )


def test_a_pages_retry_after_decides_when_it_is_tried_again(run: OpenRun) -> None:
    run.recorder.obey(run.find("tin-1.html"), Refused("http-503", wait=7200), None)
    assert run.value(NEXT_TRY) == "2026-11-20T10:00:00Z"
    assert run.value("select reason from links") == "http-503"


def test_a_retry_after_shorter_than_our_own_wait_changes_nothing(run: OpenRun) -> None:
    run.recorder.obey(run.find("tin-1.html"), Refused("http-503", wait=1), None)
    assert run.value(NEXT_TRY) == "2026-11-20T08:05:00Z"


def test_a_retry_after_of_weeks_counts_as_a_day(run: OpenRun) -> None:
    run.recorder.obey(run.find("tin-1.html"), Refused("http-503", wait=1e12), None)
    assert run.value(NEXT_TRY) == "2026-11-21T08:00:00Z"


def test_an_item_is_archived_with_its_link(run: OpenRun) -> None:
    link = run.find("tin-1.html")
    assert run.recorder.is_open(link)
    run.recorder.store(make_item(article_of(link), link, None))
    assert not run.recorder.is_open(link)
    assert run.rows("select title, url from articles") == [
        ("Khai mạc hội chợ nông sản", HOME + "tin-1.html")
    ]
    assert run.rows("select state, article_id from links") == [("stored", 1)]


def visit(run: OpenRun, link: Link, **changes: object) -> None:
    """Store what a page shows at the run's time."""
    article = replace(article_of(link), fetched_at=run.now, **changes)  # type: ignore[arg-type]
    run.recorder.store(make_item(article, run.recorder.take(link), None))
    run.recorder.flush()


def test_after_a_clock_that_was_ahead_pages_are_visited_by_todays_plan(tmp_path: Path) -> None:
    """And what they say then is later than what was read in the future."""
    run = OpenRun(tmp_path)
    link = run.find("tin-1.html")
    visit(run, link)
    known = replace(link, article_id=1)
    run.now = "2026-12-30T08:00:00Z"
    visit(run, known)
    assert run.value(NEXT_TRY) is None, "too old by that clock"
    run.close()
    back = replace(run, now="2026-11-20T08:30:00Z")
    back.recorder.begin()
    assert run.value(NEXT_TRY) == "2026-11-20T09:00:00Z"
    back.now = "2026-11-20T09:00:00Z"
    visit(back, known, title="Bế mạc hội chợ nông sản", digest="d2")
    back.close()
    assert run.value("select title from articles") == "Bế mạc hội chợ nông sản"
    assert run.value(NEXT_TRY) == "2026-11-20T14:00:00Z"


def test_each_page_is_reported_with_its_one_outcome(run: OpenRun) -> None:
    seen: list[str] = []

    def note(link: Link, outcome: Outcome) -> None:
        seen.append(f"{link.url.removeprefix(HOME)} {outcome}")

    run.events.connect(note, signals.page_settled)
    run.recorder.reject(run.find("tin-1.html"), Word.NO_BODY)
    run.recorder.lose(run.find("tin-2.html"), "http-410")
    run.recorder.fail(run.find("tin-3.html"), Word.TIMEOUT)
    assert seen == [
        "tin-1.html rejected/no-body",
        "tin-2.html rejected/http-410",
        "tin-3.html failed/timeout",
    ]
    assert run.recorder.handled == 3
    assert run.recorder.failed == 1


def test_a_page_that_was_never_settled_counts_as_lost(run: OpenRun) -> None:
    link = run.find("tin-1.html")
    assert run.recorder.next_links() == []
    assert run.rows("select state, reason from links") == [("pending", Word.LOST)]
    assert not run.recorder.is_open(link)


def test_the_limit_bounds_what_is_handed_out(tmp_path: Path) -> None:
    run = OpenRun(tmp_path, plan=CrawlPlan(limit=2))
    for number in range(5):
        run.recorder.link_for(f"{HOME}tin-{number}.html")
    links = run.recorder.next_links()
    assert len(links) == 2
    for link in links:
        run.recorder.reject(link, Word.NO_BODY)
    assert run.recorder.next_links() == []
    run.close()


def test_a_page_that_may_not_be_asked_for_now_costs_no_attempt(run: OpenRun) -> None:
    link = run.find("tin-1.html")
    run.recorder.obey(link, Refused(Word.ROBOTS_UNREACHABLE), None)
    assert run.rows("select state, attempts, next_try_at from links") == [("pending", 0, None)]
    assert run.recorder.next_links() == [], "it is not handed out twice in a run"
    assert run.recorder.handled == 0


def test_three_deferrals_in_a_row_end_the_handing_out(run: OpenRun) -> None:
    for number in range(MAX_DEFERRALS + 2):
        run.recorder.link_for(f"{HOME}tin-{number}.html")
    links = run.recorder.next_links()
    for link in links[MAX_DEFERRALS:]:
        run.recorder.fail(link, Word.TIMEOUT)
    for link in links[: MAX_DEFERRALS - 1]:
        run.recorder.defer(link, Word.ROBOTS_UNREACHABLE)
    run.recorder.link_for(f"{HOME}tin-moi.html")
    assert [link.url for link in run.recorder.next_links()] == [f"{HOME}tin-moi.html"]
    run.recorder.defer(links[MAX_DEFERRALS - 1], Word.ROBOTS_UNREACHABLE)
    run.recorder.link_for(f"{HOME}tin-cuoi.html")
    assert run.recorder.next_links() == []


STATE = "select state, reason, attempts, next_try_at from links"
IN_AN_HOUR = "2026-11-20T09:00:00Z"


@pytest.mark.parametrize("word", ["bot-check", "maintenance", "login", "empty-shell", "robots"])
def test_a_new_page_that_meets_a_passing_condition_is_asked_again(run: OpenRun, word: str) -> None:
    link = run.find("tin-1.html")
    assert str(run.recorder.reject(link, word)) == f"rejected/{word}"
    assert run.rows(STATE) == [("pending", word, 1, IN_AN_HOUR)]


def test_a_new_page_that_a_lagging_server_does_not_know_is_asked_again(run: OpenRun) -> None:
    assert str(run.recorder.lose(run.find("tin-1.html"), "http-404")) == "rejected/http-404"
    assert run.rows(STATE) == [("pending", "http-404", 1, IN_AN_HOUR)]


def test_an_old_page_that_is_not_there_is_gone(run: OpenRun) -> None:
    run.archive.links.add(
        [
            replace(
                run.recorder.link_for(HOME + "x.html"), id=None, key="old", date_hint="2011-09-14"
            )
        ]
    )
    link = run.archive.links.find("bao", "old")
    assert link is not None
    run.recorder.lose(link, "http-404")
    assert run.value("select state from links where key = 'old'") == "gone"


def test_a_backfill_gives_up_what_is_not_there(tmp_path: Path) -> None:
    day = dt.date(2026, 11, 1)
    plan = CrawlPlan(kind=RunKind.BACKFILL, since=day, until=day)
    run = OpenRun(tmp_path, plan=plan)
    run.recorder.lose(run.find("tin-1.html"), "http-404")
    run.recorder.reject(run.find("tin-2.html"), "bot-check")
    assert run.rows("select state from links order by id") == [("gone",), ("pending",)]
    run.close()


def backfill(tmp_path: Path) -> OpenRun:
    day = dt.date(2026, 11, 1)
    return OpenRun(tmp_path, plan=CrawlPlan(kind=RunKind.BACKFILL, since=day, until=day))


def read(run: OpenRun, number: int, **fields: str) -> Link:
    link = run.find(f"tin-{number}.html")
    article = replace(article_of(link), digest=f"d{number}", **fields)
    run.recorder.store(make_item(article, link, None))
    return link


def test_pages_of_a_backfill_share_a_commit_and_are_reported_after_it(tmp_path: Path) -> None:
    run, seen = backfill(tmp_path), []
    run.events.connect(lambda link: seen.append(link.id), signals.page_settled, weak=False)
    links = [read(run, number) for number in range(SHARED - 1)]
    assert run.value("select count(*) from articles") == len(seen) == run.recorder.handled == 0
    links.append(read(run, SHARED))
    assert seen == [link.id for link in links]
    assert run.value("select count(*) from links where state = 'stored'") == SHARED
    assert not any(run.recorder.is_open(link) for link in links)
    run.close()


@pytest.mark.parametrize("end", ["reject", "next", "close"])
def test_what_waits_for_others_is_stored_before_anything_else(tmp_path: Path, end: str) -> None:
    run = backfill(tmp_path)
    read(run, 1)
    if end == "reject":
        run.recorder.reject(run.find("tin-2.html"), Word.NO_BODY)
    elif end == "next":
        assert run.recorder.next_links() == []
    else:
        run.close()
    states = [("stored", None)] + [("rejected", "no-body")] * (end == "reject")
    assert run.rows("select state, reason from links order by id") == states
    if end != "close":
        run.close()


@pytest.mark.parametrize("settle", ["fail", "lose", "confirm", "defer"])
def test_whatever_becomes_of_a_page_those_before_it_are_stored_first(
    tmp_path: Path, settle: str
) -> None:
    run = backfill(tmp_path)
    read(run, 1)
    known = run.find("tin-2.html")
    run.archive.add(article_of(known), link=known, capture=None, run_id=None)
    link = run.archive.links.known(known)
    if settle == "confirm":
        run.recorder.confirm(link)
    else:
        getattr(run.recorder, settle)(link, Word.ROBOTS_UNREACHABLE)
    assert run.value("select state from links where key like '%tin-1%'") == "stored"
    run.close()


def test_a_page_that_cannot_be_stored_does_not_keep_others_from_it(tmp_path: Path) -> None:
    run = backfill(tmp_path)
    for number in range(SHARED):
        read(run, number, **({"title": "\ud800"} if number == 3 else {}))
    counted = run.value("select outcomes from runs")
    assert json.loads(str(counted)) == {"new": SHARED - 1, "failed/crashed": 1}
    assert run.value("select reason from links where state = 'pending'") == "crashed"
    run.close()


def test_after_a_fortnight_a_page_is_given_up(run: OpenRun) -> None:
    run.recorder.link_for(HOME + "tin-1.html")
    tries = 0
    while (at := run.value(NEXT_TRY)) is not None or tries == 0:
        run.now = at or run.now
        run.recorder.reject(run.find("tin-1.html"), "bot-check")
        tries += 1
    assert run.rows("select state, reason, attempts from links") == [("rejected", "bot-check", 9)]
    assert run.now == "2026-12-04T08:00:00Z"


def hand_out(run: OpenRun, count: int) -> list[Link]:
    for number in range(count):
        run.recorder.link_for(f"{HOME}tin-{number}.html")
    return run.recorder.next_links()


def test_a_run_that_meets_only_troubles_of_the_host_ends_early_and_says_so(run: OpenRun) -> None:
    links = hand_out(run, 40)
    assert len(links) == MAX_TROUBLES, "no more are risked before one has gone well"
    for link in links:
        run.recorder.reject(link, "bot-check")
    assert run.session.next_requests() == []
    (said,) = run.seeds.complaints
    assert said.startswith("bao: 5 pages in a row gave nothing: the last shows a check for robots")
    assert said.endswith("; 35 more wait for a later run")
    assert run.value("select count(*) from links where attempts = 0") == 35


def test_pages_that_are_wrong_by_themselves_do_not_end_a_run(run: OpenRun) -> None:
    for link in hand_out(run, 40):
        run.recorder.lose(link, "http-404")
    assert len(run.recorder.next_links()) == 10


def test_a_host_that_goes_away_in_the_middle_of_a_run_ends_it(run: OpenRun) -> None:
    for link in hand_out(run, 60):
        run.recorder.reject(link, Word.NO_BODY)
    asked = 0
    while links := run.recorder.next_links():
        for link in links:
            run.recorder.fail(link, "http-503")
        asked += len(links)
    assert asked == MAX_TROUBLES_IN_A_ROW


def test_a_page_whose_turn_comes_again_meanwhile_is_counted_once_in_a_run(run: OpenRun) -> None:
    (link,) = hand_out(run, 1)
    run.recorder.fail(link, Word.TIMEOUT)
    run.now = "2026-11-20T12:00:00Z"
    assert run.archive.links.count_due("bao", run.now) == 1
    assert run.recorder.next_links() == []
    assert run.recorder.handled == 1


def test_pages_never_tried_come_before_those_that_failed(tmp_path: Path) -> None:
    run = OpenRun(tmp_path)
    (failed,) = hand_out(run, 1)
    run.recorder.fail(failed, Word.TIMEOUT)
    run.close()
    later = OpenRun(run.path, now="2026-11-20T12:00:00Z")
    later.archive.links.add([replace(failed, id=None, key="old", found_at="2026-01-01T00:00:00Z")])
    assert [link.key for link in later.recorder.next_links()] == ["old", failed.key]
    later.close()


@pytest.mark.parametrize("lost", [False, True])
def test_where_pages_lost_their_titles_a_stored_one_is_the_hint(tmp_path: Path, lost: bool) -> None:
    run = OpenRun(tmp_path)
    link = run.find("tin-1.html")
    run.archive.add(article_of(link), link=link, capture=None, run_id=None)
    if lost:
        run.archive.repeats.keep("bao", {mark_title("Báo Tỉnh Nhà"): "Báo Tỉnh Nhà"}, NOW)
    stored = run.archive.links.known(link)
    title = "Khai mạc hội chợ nông sản"
    assert run.recorder.lessons.with_title(stored).title_hint == (title if lost else None)
    hinted = replace(stored, title_hint="Theo danh mục")
    assert run.recorder.lessons.with_title(hinted).title_hint == "Theo danh mục"
    new = run.find("tin-2.html")
    assert run.recorder.lessons.with_title(new) == new
    run.close()


@pytest.mark.parametrize(
    ("plan", "reasons"),
    [
        (CrawlPlan(), {"before-since", "after-until"}),
        (CrawlPlan(since=dt.date(2026, 1, 1)), {"after-until"}),
        (CrawlPlan(until=dt.date(2026, 1, 1)), {"before-since"}),
        (CrawlPlan(since=dt.date(2026, 1, 1), until=dt.date(2026, 1, 2)), set()),
        (
            CrawlPlan(kind=RunKind.BACKFILL, since=dt.date(2026, 1, 1), until=dt.date(2026, 1, 2)),
            {"before-since"},
        ),
    ],
)
def test_pages_outside_of_other_bounds_come_back_where_these_hold_no_more(
    tmp_path: Path, plan: CrawlPlan, reasons: set[str]
) -> None:
    run = OpenRun(tmp_path, plan=plan)
    assert {str(reason) for reason in run.recorder._reopened()} == reasons
    run.close()


@pytest.mark.parametrize(("due_only", "next_try"), [(False, None), (True, "2026-11-20T08:05:00Z")])
def test_a_run_begins_with_what_waits_and_by_hand_with_what_waits_its_time(
    tmp_path: Path, due_only: bool, next_try: str | None
) -> None:
    first = OpenRun(tmp_path)
    first.recorder.fail(first.find("tin-1.html"), Word.TIMEOUT)
    first.recorder.link_for(HOME + "tin-2.html")
    first.recorder.captures.write(Request(HOME), answer(Request(HOME), "x"))
    first.close()
    assert [path.suffix for path in (tmp_path / "captures").iterdir()] == [".gz"], "it is finished"
    run = OpenRun(tmp_path, plan=CrawlPlan(due_only=due_only))
    seen: list[int] = []

    def note(pending: int) -> None:
        seen.append(pending)

    run.events.connect(note, signals.run_started)
    run.recorder.begin()
    assert seen == [1 if due_only else 2]
    assert run.value("select next_try_at from links where key like '%tin-1%'") == next_try
    run.close()


def test_a_run_that_ends_says_how_and_gives_its_archive_back(tmp_path: Path) -> None:
    run = OpenRun(tmp_path)
    ended = run.recorder.close(RunState.FAILED)
    assert (ended.state, ended.finished_at) == ("failed", NOW)
    with pytest.raises(sqlite3.ProgrammingError):
        run.archive.sources.all()


@pytest.mark.parametrize(
    ("times", "said"),
    [
        (0, None),
        (1, "bao: 1 page gave nothing: the last was not asked"),
        (2, "bao: 2 pages in a row gave nothing: the last was not asked"),
    ],
)
def test_pages_that_gave_nothing_are_counted_in_words(
    run: OpenRun, times: int, said: str | None
) -> None:
    for number in range(times):
        run.recorder.defer(run.find(f"tin-{number}.html"), Word.ROBOTS_UNREACHABLE)
    found = run.recorder.describe_troubles()
    assert (found or "").startswith(said or "")
    assert (found is None) is (said is None)
    assert (found or "").endswith(f"; {times} more wait for a later run" if times else "")
    run.archive.connection.execute("update links set state = 'stored'")
    assert "later run" not in (run.recorder.describe_troubles() or "")
