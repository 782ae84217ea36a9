"""What a run records: one outcome for each page, and when the page is asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.failures import Word
from crawler.net.errors import Refused
from crawler.runs import signals
from crawler.runs.items import make_item
from crawler.runs.plan import CrawlPlan
from crawler.runs.recorder import MAX_DEFERRALS
from storage.records import Article, OutcomeKind
from tests.support.runs import HOME, NOW, OpenRun

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.records import Link, Outcome

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
    outcome = run.recorder.store(make_item(article_of(link), link, None))
    assert outcome.kind is OutcomeKind.NEW
    assert not run.recorder.is_open(link)
    assert run.rows("select title, url from articles") == [
        ("Khai mạc hội chợ nông sản", HOME + "tin-1.html")
    ]
    assert run.rows("select state, article_id from links") == [("stored", outcome.article_id)]


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
        run.recorder.defer(link)
    run.recorder.link_for(f"{HOME}tin-moi.html")
    assert [link.url for link in run.recorder.next_links()] == [f"{HOME}tin-moi.html"]
    run.recorder.defer(links[MAX_DEFERRALS - 1])
    run.recorder.link_for(f"{HOME}tin-cuoi.html")
    assert run.recorder.next_links() == []
