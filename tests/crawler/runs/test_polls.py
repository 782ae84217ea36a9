"""When a poll turns the page, what it proves, and which sitemaps are worth reading."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from crawler.discovery.results import Child
from crawler.failures import Word
from crawler.runs.polls import PollProgress, choose_children, gap_end, needs_next_page
from storage.records import SeedState

POLLED = "2026-11-20T05:00:00Z"


def seed(complete_at: str | None = POLLED) -> SeedState:
    return SeedState(
        id=1, source_id="t", kind="listing", url="https://t.vn/", complete_at=complete_at
    )


def test_a_page_of_news_leads_to_the_next_one() -> None:
    poll = PollProgress(seed=seed())
    news = poll.turn(["a3", "a2"], set(), set())
    assert news == 2
    assert needs_next_page(poll, news, most=5)
    assert poll.leaves_gap


def test_a_page_that_meets_the_last_poll_proves_that_nothing_lies_between() -> None:
    poll = PollProgress(seed=seed())
    poll.turn(["a5", "a4"], set(), set())
    news = poll.turn(["a3", "a2"], {"a2"}, {"a2"})
    assert news == 1
    assert not poll.leaves_gap


def test_a_box_of_known_links_on_every_page_proves_nothing() -> None:
    poll = PollProgress(seed=seed())
    poll.turn(["a9", "a8", "a7", "old"], {"old"}, {"old"})
    poll.turn(["a6", "a5", "old"], {"old"}, {"old"})
    assert poll.leaves_gap


def test_the_same_page_again_and_again_ends_the_poll() -> None:
    poll = PollProgress(seed=seed(None))
    poll.turn(["a1", "a2"], set(), set())
    assert not needs_next_page(poll, poll.turn(["a1", "a2"], set(), set()), most=100)


def test_pages_are_bounded() -> None:
    poll = PollProgress(seed=seed(None))
    for number in range(5):
        news = poll.turn([f"a{number}"], set(), set())
    assert not needs_next_page(poll, news, most=5)


def test_a_first_poll_leaves_no_gap() -> None:
    poll = PollProgress(seed=seed(None))
    poll.turn(["a1"], set(), set())
    assert not poll.leaves_gap


def test_links_that_other_seeds_brought_count_when_they_are_half_the_page() -> None:
    poll = PollProgress(seed=seed())
    poll.turn(["a4", "a3", "a2", "a1"], {"a1", "a2"}, set())
    assert not poll.leaves_gap
    other = PollProgress(seed=seed())
    other.turn(["a4", "a3", "a2", "a1"], {"a1"}, set())
    assert other.leaves_gap


@pytest.mark.parametrize(
    ("before", "reason", "stands"),
    [
        ("http-404", Word.RETRY_AFTER, True),
        ("timeout", Word.RETRY_AFTER, True),
        ("http-503", Word.RETRY_AFTER, True),
        (None, Word.RETRY_AFTER, False),
        ("http-404", Word.TIMEOUT, False),
    ],
)
def test_what_a_seed_answered_stands_while_its_server_is_left_alone(
    before: str | None, reason: Word, stands: bool
) -> None:
    asked = replace(seed(), last_reason=before)
    assert PollProgress(seed=asked, reason=reason).is_echo is stands


def child(name: str, lastmod: str | None = None, period: str | None = None) -> Child:
    return Child(url=f"https://t.vn/{name}.xml", lastmod=lastmod, period=period)


def state(name: str, complete_at: str | None) -> dict[str, SeedState]:
    url = f"https://t.vn/{name}.xml"
    found = SeedState(id=2, source_id="t", kind="sitemap", url=url, complete_at=complete_at)
    return {url: found}


@pytest.mark.parametrize(
    ("given", "complete_at", "chosen"),
    [
        (child("s"), POLLED, True),
        (child("s", lastmod="2026-11-19T00:00:00Z"), POLLED, False),
        (child("s", lastmod="2026-11-20T12:30:00+07:00"), POLLED, True),
        (child("s", lastmod="2026-11-20T11:30:00+07:00"), POLLED, False),
        (child("s", lastmod="2026-11-20"), POLLED, True),
        (child("s", lastmod="2026-11-19"), POLLED, False),
        (child("s", period="2026-11"), POLLED, True),
        (child("s", period="2026-10"), POLLED, False),
        (child("s", period="2026-10"), "2026-11-01T05:00:00Z", True),
        (child("s", period="2025"), POLLED, False),
        (child("s", lastmod="2020-01-01"), None, True),
    ],
)
def test_a_sitemap_is_read_again_only_if_it_may_have_changed(
    given: Child, complete_at: str | None, chosen: bool
) -> None:
    assert bool(choose_children([given], state("s", complete_at), most=9)) is chosen


@pytest.mark.parametrize(
    ("now", "read"),
    [
        ("2026-11-20T10:59:00Z", []),
        ("2026-11-20T11:00:00Z", ["a", "f", "e"]),
        ("2026-11-20T04:00:00Z", ["a", "f", "e"]),  # the clock was set back
    ],
)
def test_an_index_that_stands_still_has_its_ends_read_again(now: str, read: list[str]) -> None:
    children = [child(name, lastmod="2026-01-01T00:00:00Z") for name in "abcd"]
    children += [child("e", lastmod="2026-02-01T00:00:00Z"), child("f", lastmod="2025-01-01")]
    polled = {url: row for name in "abcdef" for url, row in state(name, POLLED).items()}

    chosen = choose_children(children, polled, most=9, now=now)

    assert {one.url[-5] for one in chosen} == set(read)


def test_an_index_that_names_a_change_is_taken_at_its_word() -> None:
    children = [child("old", lastmod="2026-01-01"), child("new", lastmod="2026-11-21")]
    polled = state("old", POLLED) | state("new", POLLED)
    chosen = choose_children(children, polled, most=9, now="2026-11-25T00:00:00Z")
    assert chosen == children[1:]
    dull = [child("a", period="2026-01"), child("b", "2026-01-01"), child("c", period="2026-02")]
    polled = state("a", POLLED) | state("b", POLLED) | state("c", POLLED)
    chosen = choose_children(dull, polled, most=9, now="2026-11-25T00:00:00Z")
    assert {one.url for one in chosen} == {one.url for one in dull}, "both ends, and the newest"
    assert choose_children([], {}, most=9, now="2026-11-25T00:00:00Z") == []


def test_newest_sitemaps_come_first_and_are_bounded() -> None:
    children = [
        child("a", period="2026-01"),
        child("b", period="2026-03"),
        child("c", "2026-02-01"),
    ]
    chosen = choose_children(children, {}, most=2)
    assert [one.url[-5] for one in chosen] == ["b", "c"]
    chosen = choose_children([child("d"), *children, child("e")], {}, most=9)
    assert [one.url[-5] for one in chosen] == ["b", "c", "a", "e", "d"]


def test_sitemaps_of_sections_pages_and_authors_are_left_out() -> None:
    names = ("wp-sitemap-posts-page-1", "wp-sitemap-users-1", "post_tag-sitemap2", "page-sitemap")
    articles = ("wp-sitemap-posts-post-1", "post-sitemap3", "sitemap-xa-hoi", "category-2026-01")
    children = [Child(url=f"https://x.vn/{name}.xml") for name in (*names, *articles)]
    chosen = choose_children(children, {}, most=99)
    assert sorted(one.url[13:-4] for one in chosen) == sorted(articles)


def test_only_the_periods_asked_for_are_chosen() -> None:
    children = [child(str(month), period=f"2026-{month:02d}") for month in range(1, 13)]
    chosen = choose_children(
        children, {}, most=99, since=dt.date(2026, 3, 15), until=dt.date(2026, 5, 2)
    )
    assert [one.period for one in chosen] == ["2026-05", "2026-04", "2026-03"]


def test_a_gap_ends_where_what_was_seen_begins() -> None:
    dates = ["2026-11-22T09:00:00+07:00", "2026-11-21T09:00:00+07:00", "nonsense", "2026-11-19"]
    assert gap_end(dates, POLLED, "2026-11-24T00:00:00Z") == "2026-11-21T02:00:00Z"
    assert gap_end([], POLLED, "2026-11-24T00:00:00Z") == "2026-11-24T00:00:00Z"


def test_a_poll_that_has_not_begun_says_nothing_yet() -> None:
    poll = PollProgress(seed=seed())
    assert (poll.count_links(()), poll.lists_nothing, poll.shows_nothing) == (None, False, False)
    assert not poll.leaves_gap
    assert (poll.transient, poll.partial, poll.left_out, poll.links) == (False, False, False, 0)


def test_a_page_without_an_article_shows_nothing() -> None:
    poll = PollProgress(seed=seed())
    poll.turn([], (), ())
    assert (poll.count_links(()), poll.shows_nothing, poll.lists_nothing) == (0, True, False)
    poll.is_vacant = True
    assert (poll.count_links(()), poll.shows_nothing, poll.lists_nothing) == (None, False, True)


def test_an_index_of_which_nothing_was_asked_is_as_good_as_unchanged() -> None:
    index = PollProgress(seed=seed(), is_index=True, pages=1)
    assert index.count_links(()) is None
    below = PollProgress(seed=replace(seed(), id=2), parent=index, pages=1)
    index.sitemaps.append(below)
    assert index.count_links(()) == 0
    assert index.count_links({3}) is None
    assert index.count_links({2}) == 0
    below.seen.add("a")
    assert index.count_links({3}) == 1


def test_an_index_lists_nothing_where_nothing_below_it_does() -> None:
    index = PollProgress(seed=seed(), is_index=True, pages=1)
    assert not index.lists_nothing
    index.sitemaps = [PollProgress(seed=seed(), is_vacant=True, pages=1) for _ in range(2)]
    assert index.lists_nothing
    index.sitemaps[0].is_vacant = False
    assert not index.lists_nothing


def test_an_index_fails_where_all_below_it_fail() -> None:
    index = PollProgress(seed=seed(), is_index=True)
    index.take_blame()
    assert index.problem is None
    index.sitemaps = [PollProgress(seed=seed(), reason="timeout", problem="slow")]
    index.sitemaps.append(PollProgress(seed=seed()))
    index.take_blame()
    assert index.problem is None
    index.sitemaps[1].problem = "gone"
    index.take_blame()
    assert (index.reason, index.problem) == ("timeout", "slow")


def test_indexes_stand_three_deep_below_each_other_and_share_their_requests() -> None:
    line = [PollProgress(seed=seed())]
    assert line[0].take_share(10) == 10
    for _ in range(3):
        line.append(PollProgress(seed=seed(), parent=line[-1]))
    line[0].named = 7
    assert [each.take_share(10) for each in line] == [3, 3, 3, 0]
    line[0].named = 11
    assert line[0].take_share(10) == 0


def test_five_hundred_dates_of_a_poll_are_kept() -> None:
    poll = PollProgress(seed=seed())
    poll.note_dates([None, *["2026-11-24"] * 400])
    poll.note_dates(["2026-11-23"] * 400)
    assert (len(poll.dates), poll.dates[-1]) == (500, "2026-11-23")


def sitemap_of(lastmod: str | None = None, period: str | None = None, url: str = "a") -> Child:
    return Child(url=f"https://a.vn/{url}.xml", lastmod=lastmod, period=period)


READ_AT = "2026-11-24T03:00:00Z"


@pytest.mark.parametrize(
    ("lastmod", "period", "again"),
    [
        # A moment of change counts from the moment of the last reading on.
        ("2026-11-24T10:00:00+07:00", None, True),
        ("2026-11-24T09:59:59+07:00", None, False),
        # A day counts as a whole; Vietnam's day of the reading is the 24th.
        ("2026-11-24", None, True),
        ("2026-11-23", None, False),
        ("2026-11-23T23:00:00", None, False),
        ("soon", None, True),
        # A period may grow for two days more.
        (None, "2026-11-22", True),
        (None, "2026-11-21", False),
        (None, "2026-11", True),
        (None, "2026-10", False),
        (None, "2026", True),
        (None, "2025", False),
        ("2026-11-23", "2026-11", False),
        (None, None, True),
    ],
)
def test_a_sitemap_says_when_it_changed(
    lastmod: str | None, period: str | None, *, again: bool
) -> None:
    named = sitemap_of(lastmod, period)
    seed = SeedState(id=1, source_id="a", kind="sitemap", url=named.url, complete_at=READ_AT)
    assert bool(choose_children([named], {named.url: seed}, most=9)) is again
    assert choose_children([named], {}, most=9) == [named]
    unread = replace(seed, complete_at=None)
    assert choose_children([named], {named.url: unread}, most=9) == [named]


@pytest.mark.parametrize(
    ("now", "again"),
    [
        ("2026-11-24T08:59:59Z", False),
        ("2026-11-24T09:00:00Z", True),
        ("2026-11-24T03:00:00Z", False),
        ("2026-11-24T02:59:59Z", True),
        (None, False),
    ],
)
def test_an_index_that_names_no_change_is_believed_for_six_hours(
    now: str | None, *, again: bool
) -> None:
    named = sitemap_of("2026-11-01")
    seed = SeedState(id=1, source_id="a", kind="sitemap", url=named.url, complete_at=READ_AT)
    assert bool(choose_children([named], {named.url: seed}, most=9, now=now)) is again


@pytest.mark.parametrize(
    ("lastmod", "period", "since", "until", "taken"),
    [
        (None, "2026-11", "2026-11-30", None, True),
        (None, "2026-10", "2026-11-01", None, False),
        (None, "2026", "2026-11-01", None, True),
        ("2026-11-01", None, "2026-11-01", None, True),
        ("2026-10-31", None, "2026-11-01", None, False),
        ("2026-10-31", "2026-11", "2026-11-01", None, True),
        (None, None, "2026-11-01", "2026-11-01", True),
        (None, "2026-11", None, "2026-11-01", True),
        (None, "2026-12", None, "2026-11-30", False),
        # What was changed later may hold older pages.
        ("2026-12-01", None, None, "2026-11-30", True),
    ],
)
def test_periods_outside_of_what_is_asked_for_are_left_out(
    lastmod: str | None, period: str | None, since: str | None, until: str | None, *, taken: bool
) -> None:
    days = [dt.date.fromisoformat(day) if day else None for day in (since, until)]
    found = choose_children([sitemap_of(lastmod, period)], {}, most=9, since=days[0], until=days[1])
    assert bool(found) is taken


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("wp-sitemap-posts-post-1", True),
        ("wp-sitemap-posts-page-1", False),
        ("wp-sitemap-taxonomies-category-1", False),
        ("page-sitemap", False),
        ("page-sitemap2", False),
        ("post-sitemap2", True),
        ("AUTHOR-sitemap", False),
        ("news-sitemap-images", False),
        ("sitemap_video", False),
        ("sitemap-2026", True),
    ],
)
def test_sitemaps_are_left_out_by_their_names(path: str, *, taken: bool) -> None:
    assert bool(choose_children([sitemap_of(url=path)], {}, most=9)) is taken
    packed = replace(sitemap_of(), url=f"https://a.vn/{path}.xml.gz")
    assert bool(choose_children([packed], {}, most=9)) is taken


def test_the_ends_of_an_index_and_its_newest_are_read_again() -> None:
    named = [sitemap_of(f"2026-11-{day:02}", url=str(day)) for day in (3, 1, 9, 2, 4)]
    polled = {
        each.url: SeedState(id=n, source_id="a", kind="sitemap", url=each.url, complete_at=READ_AT)
        for n, each in enumerate(named)
    }
    found = choose_children(named, polled, most=9, now="2026-11-25T00:00:00Z")
    assert [each.lastmod for each in found] == ["2026-11-09", "2026-11-04", "2026-11-03"]
    assert choose_children([], {}, most=9, now=READ_AT) == []
    assert [each.lastmod for each in choose_children(named, {}, most=2)] == [
        "2026-11-09",
        "2026-11-04",
    ]


@pytest.mark.parametrize(
    ("dates", "begin"),
    [
        (["2026-11-24T09:00:00+07:00", "2026-11-24T08:00:00+07:00"], "2026-11-24T01:00:00Z"),
        # What is known already, what is still to come, and days say nothing.
        (["2026-11-24T07:00:00+07:00"], READ_AT),
        (["2026-11-24T07:00:01+07:00"], "2026-11-24T00:00:01Z"),
        (["2026-11-24T10:00:00+07:00"], READ_AT),
        (["2026-11-24T10:00:01+07:00"], READ_AT),
        (["2026-11-24", "soon", "", "2026-11-24T08:00:00"], READ_AT),
        ([], READ_AT),
    ],
)
def test_what_was_seen_begins_with_the_oldest_date(dates: list[str], begin: str) -> None:
    assert gap_end(dates, "2026-11-24T00:00:00Z", READ_AT) == begin


@pytest.mark.parametrize(
    ("known", "own", "overlaps"),
    [(2, 0, True), (1, 0, False), (0, 1, True), (0, 0, False)],
)
def test_half_a_page_that_is_known_meets_what_we_had(
    known: int, own: int, *, overlaps: bool
) -> None:
    keys = ["a", "b", "c", "d"]
    seed = SeedState(id=1, source_id="a", kind="listing", url="https://a.vn/", complete_at=READ_AT)
    poll = PollProgress(seed=seed)
    assert poll.turn([*keys, "a"], keys[:known], keys[:own]) == 4 - known
    assert (poll.overlaps, poll.leaves_gap, poll.pages) == (overlaps, not overlaps, 1)
    assert poll.turn(keys, (), ()) == 0
    assert poll.overlaps is overlaps, "a page of what this poll has seen says nothing"
    poll.turn(["e"], (), ())
    assert poll.overlaps is overlaps, "after the second page it stays met"
    assert poll.turn(["f"], ("f",), ()) == 0
    assert poll.overlaps


def test_what_only_the_first_page_met_is_not_enough_once_the_second_was_read() -> None:
    seed = SeedState(id=1, source_id="a", kind="listing", url="https://a.vn/", complete_at=READ_AT)
    poll = PollProgress(seed=seed)
    poll.turn(["a"], ("a",), ())
    assert poll.overlaps
    poll.turn(["b"], (), ())
    assert not poll.overlaps
    poll.problem = "it failed"
    assert not poll.leaves_gap


def test_hints_that_are_none_take_no_room_among_dates() -> None:
    poll = PollProgress(seed=seed())
    poll.note_dates([None, "2026-11-24", "", "2026-11-23"])
    assert poll.dates == ["2026-11-24", "2026-11-23"]


@pytest.mark.parametrize(
    ("facts", "shows_nothing"),
    [
        ({"pages": 1}, True),
        ({"pages": 0}, False),
        ({"pages": 1, "is_vacant": True}, False),
        ({"pages": 1, "is_index": True}, False),
        ({"pages": 1, "problem": "it failed"}, False),
        ({"pages": 1, "seen": {"a"}}, False),
    ],
)
def test_only_a_list_without_an_article_shows_nothing(
    facts: dict[str, Any], shows_nothing: bool
) -> None:
    assert PollProgress(seed=seed(), **facts).shows_nothing is shows_nothing


@pytest.mark.parametrize(
    ("facts", "links"),
    [
        ({}, None),
        ({"pages": 1}, 0),
        ({"pages": 1, "seen": {"a"}}, 1),
        ({"pages": 1, "problem": "it failed"}, None),
        ({"pages": 1, "problem": "it failed", "seen": {"a"}}, 1),
        ({"pages": 1, "is_vacant": True, "seen": {"a"}}, None),
    ],
)
def test_links_are_counted_where_the_answer_tells(facts: dict[str, Any], links: int | None) -> None:
    assert PollProgress(seed=seed(), **facts).count_links(()) == links


def test_an_index_fails_with_its_sitemaps_only_where_it_shows_nothing_itself() -> None:
    below = PollProgress(seed=seed(), reason="timeout", problem="slow")
    for facts in ({"problem": "gone", "reason": "http-404"}, {"seen": {"a"}}):
        index = PollProgress(seed=seed(), is_index=True, sitemaps=[below], **facts)  # type: ignore[arg-type]
        before = index.problem
        index.take_blame()
        assert index.problem == before


def test_the_newest_of_an_index_is_found_by_change_or_period() -> None:
    named = [
        sitemap_of(period="2025-03", url="a"),
        sitemap_of(period="2025-05", url="b"),
        sitemap_of("2025-01-01", url="c"),
        sitemap_of(period="2025-04", url="d"),
    ]
    polled = {
        each.url: SeedState(id=n, source_id="a", kind="sitemap", url=each.url, complete_at=READ_AT)
        for n, each in enumerate(named)
    }
    found = choose_children(named, polled, most=9, now="2026-11-25T00:00:00Z")
    assert [each.url[-5] for each in found] == ["d", "a", "c"]
    without = [each for each in named if each.lastmod is None]
    found = choose_children(without, polled, most=9, now="2026-11-25T00:00:00Z")
    assert [each.url[-5] for each in found] == ["b", "d", "a"]


def test_a_poll_begins_with_nothing() -> None:
    poll = PollProgress(seed=seed())
    counts = (poll.pages, poll.fresh, poll.news, poll.named, poll.open_children)
    assert (*counts, poll.broken_children) == (0,) * 6
    flags = (poll.overlaps, poll.is_index, poll.is_vacant, poll.partial, poll.left_out)
    assert (*flags, poll.transient) == (False,) * 6
    assert (poll.reason, poll.problem, poll.seen, poll.dates, poll.sitemaps) == (
        "", None, set(), [], [],
    )  # fmt: skip
    assert (poll.etag, poll.last_modified, poll.max_age, poll.ttl, poll.parent) == (None,) * 5
