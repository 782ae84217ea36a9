"""Seeds, polls and links: what is known and what is due."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from storage.records import Link, Poll

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.archive import Archive
    from storage.records import Article

    Make = Callable[..., Article]
    MakeLink = Callable[..., Link]

NOW = "2026-10-02T11:38:00Z"
SOON = "2026-10-02T11:50:00Z"
LATER = "2026-10-02T12:38:00Z"
FEED = ("feed", "https://baolongan.vn/rss/trang-chu.rss")
MAP = ("sitemap", "https://baolongan.vn/sitemap.xml")


def keys(links: list[Link]) -> list[str]:
    return [link.key for link in links]


def test_seeds_keep_what_their_polls_said(archive: Archive) -> None:
    (feed,) = archive.seeds.put("baolongan", [FEED])
    archive.seeds.record_poll(
        Poll(seed_id=feed.id, polled_at=NOW, etag='"x"', next_poll_at=LATER), []
    )
    sitemap, again = archive.seeds.put("baolongan", [MAP, FEED])
    assert (again.id, again.etag, again.polled_at, again.next_poll_at) == (
        feed.id,
        '"x"',
        NOW,
        LATER,
    )
    assert sitemap.kind == "sitemap"
    assert archive.seeds.put("baolongan", [MAP], only=True) == [sitemap]
    assert archive.seeds.of("baolongan") == [sitemap]


def test_a_failed_poll_keeps_the_validators(archive: Archive) -> None:
    (feed,) = archive.seeds.put("baolongan", [FEED])
    archive.seeds.record_poll(
        Poll(seed_id=feed.id, polled_at=NOW, etag='"x"', last_modified="Mon", seen=4), []
    )
    archive.seeds.record_poll(
        Poll(
            seed_id=feed.id,
            polled_at=LATER,
            failures=1,
            error="answered 500",
            reason="http-500",
            next_poll_why="x",
        ),
        [],
    )
    (seed,) = archive.seeds.of("baolongan")
    assert (seed.etag, seed.last_modified, seed.seen) == ('"x"', "Mon", 4)
    assert (seed.failures, seed.polled_at) == (1, LATER)
    assert (seed.last_error, seed.last_reason) == ("answered 500", "http-500")
    assert seed.next_poll_why == "x"
    archive.seeds.record_poll(Poll(seed_id=feed.id, polled_at=LATER), [])
    (seed,) = archive.seeds.of("baolongan")
    assert (seed.last_error, seed.last_reason) == (None, None)


def test_empty_polls_in_a_row_are_counted(archive: Archive) -> None:
    (feed,) = archive.seeds.put("baolongan", [FEED])
    counts = []
    for seen in (3, 0, 0, None, 2):
        archive.seeds.record_poll(Poll(seed_id=feed.id, polled_at=NOW, seen=seen), [])
        counts.append(archive.seeds.of("baolongan")[0].empty)
    assert counts == [0, 1, 2, 3, 0], "unchanged is still empty"


def test_a_seed_remembers_its_last_complete_poll(archive: Archive, link: MakeLink) -> None:
    (feed,) = archive.seeds.put("baolongan", [FEED])

    def poll(at: str, *, complete: bool, error: str | None = None) -> str | None:
        said = Poll(seed_id=feed.id, polled_at=at, seen=1, error=error)
        archive.seeds.record_poll(said, [link(1)], complete=complete)
        return archive.seeds.of("baolongan")[0].complete_at

    assert poll(NOW, complete=False) is None
    assert poll(SOON, complete=True) == SOON
    assert poll(LATER, complete=True, error="the connection was closed") == SOON
    assert poll(LATER, complete=False) == SOON


def test_a_poll_adds_only_links_that_are_new(archive: Archive, link: MakeLink) -> None:
    (feed,) = archive.seeds.put("baolongan", [FEED])
    first = Poll(seed_id=feed.id, polled_at=NOW)
    assert archive.seeds.record_poll(first, [link(1), link(2), link(2)]) == 2
    renamed = link(2, url="https://baolongan.vn/ten-khac-a2.html")
    assert archive.seeds.record_poll(first, [renamed, link(3, seed_id=feed.id)]) == 1
    known = archive.links.find("baolongan", "2")
    assert known is not None
    assert known.url == link(2).url
    third = archive.links.find("baolongan", "3")
    assert third is not None
    assert third.seed_id == feed.id


def test_a_poll_whose_links_cannot_be_recorded_changes_nothing(
    archive: Archive, link: MakeLink
) -> None:
    (feed,) = archive.seeds.put("baolongan", [FEED])
    with pytest.raises(Exception, match="FOREIGN KEY"):
        archive.seeds.record_poll(
            Poll(seed_id=feed.id, polled_at=NOW), [link(1), link(2, source_id="unknown")]
        )
    assert archive.seeds.of("baolongan") == [feed]
    assert archive.links.find("baolongan", "1") is None


def test_the_newest_links_come_first(archive: Archive, link: MakeLink) -> None:
    archive.links.add([link(1), link(2)])
    archive.links.add([link(3, found_at=LATER), link(4, found_at=LATER)])
    archive.links.add([link(9, source_id="baotayninh")])
    due = archive.links.next("baolongan", now=LATER, limit=10)
    assert keys(due) == ["3", "4", "1", "2"]
    assert keys(archive.links.next("baolongan", now=LATER, limit=3)) == ["3", "4", "1"]
    exclude = {found.id for found in due[:2] if found.id}
    rest = archive.links.next("baolongan", now=LATER, limit=10, exclude=exclude)
    assert keys(rest) == ["1", "2"]
    assert archive.links.count_due("baolongan", LATER) == 4


def test_a_link_waits_until_its_next_try(archive: Archive, link: MakeLink) -> None:
    archive.pages.fail(link(), "http-503", run_id=None, retry_at=SOON)
    assert archive.links.next("baolongan", now=NOW, limit=5) == []
    assert archive.links.count_due("baolongan", NOW) == 0
    assert keys(archive.links.next("baolongan", now=SOON, limit=5)) == ["1"]
    assert archive.links.count_due("baolongan", SOON) == 1


def test_a_backlog_does_not_starve_revisits(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    for number in (1, 2, 3):
        archive.add(article(number), link=link(number), capture=None, run_id=None, revisit_at=SOON)
    archive.links.add(link(number) for number in range(10, 30))
    due = archive.links.next("baolongan", now=LATER, limit=8)
    assert [found.state for found in due] == ["pending"] * 6 + ["stored"] * 2
    assert all(
        found.state == "pending" for found in archive.links.next("baolongan", now=NOW, limit=8)
    )
    assert archive.links.count_due("baolongan", LATER) == 23


def test_revisits_fill_a_batch_without_new_links(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    for number in (1, 2, 3):
        archive.add(article(number), link=link(number), capture=None, run_id=None, revisit_at=SOON)
    assert keys(archive.links.next("baolongan", now=LATER, limit=8)) == ["1", "2", "3"]
    assert keys(archive.links.next("baolongan", now=LATER, limit=1)) == ["1"]


def test_links_are_found_by_any_spelling_and_source(archive: Archive, link: MakeLink) -> None:
    archive.links.add([link(1), link(1, source_id="baotayninh", canonical_url=link(1).url)])
    found = archive.links.at("HTTPS://baolongan.vn/tin-a1.html?fbclid=1#x")
    assert [f.source_id for f in found] == ["baolongan", "baotayninh"]


def test_a_source_is_brought_up_to_date(archive: Archive) -> None:
    row = archive.sources.all()[0]
    archive.sources.put(replace(row, status="frozen", province_before_2025="Long An"))
    assert archive.sources.all()[0] == replace(row, status="frozen", province_before_2025="Long An")
    assert len(archive.sources.all()) == 2


def test_only_the_newest_links_of_a_flood_are_pending_and_older_ones_wait_for_room(
    archive: Archive,
) -> None:
    seed = archive.seeds.put("baolongan", [("sitemap", "https://bao.vn/s.xml")])[0]

    def links(day: int, count: int, seed_id: int | None) -> list[Link]:
        return [
            Link(
                source_id="baolongan",
                url=f"https://bao.vn/{seed_id}/{day}-{number}.html",
                canonical_url=f"https://bao.vn/{seed_id}/{day}-{number}.html",
                key=f"{seed_id}/{day}-{number}",
                found_at=f"2026-10-{day:02d}T00:00:00Z",
                seed_id=seed_id,
            )
            for number in range(count)
        ]

    archive.links.add([*links(1, 40, seed.id), *links(2, 8, seed.id), *links(1, 3, None)])
    assert archive.links.put_aside("baolongan", 10, "over-limit") == 38
    assert archive.links.count_aside("baolongan") == 38
    pending = archive.links.next("baolongan", now="2026-10-03T00:00:00Z", limit=99)
    assert [link.key.partition("/")[2] for link in pending if link.seed_id] == [
        *(f"2-{number}" for number in range(8)),
        "1-0",
        "1-1",
    ]
    assert sum(link.seed_id is None for link in pending) == 3
    archive.links.take_in("baolongan", 15)
    assert archive.links.count_aside("baolongan") == 36
    archive.links.add(links(3, 100, seed.id))
    archive.links.put_aside("baolongan", 10, "over-limit")
    assert archive.links.count_aside("baolongan") == 50


def test_pages_that_wait_for_another_try_are_counted_by_their_reason(
    archive: Archive, link: MakeLink
) -> None:
    for number, reason, at in (
        *((1, "http-503", LATER), (2, "http-503", SOON), (3, "timeout", SOON)),
        (4, "timeout", NOW),
    ):
        archive.pages.fail(link(number), reason, run_id=None, retry_at=at)
    archive.pages.fail(link(5, "baotayninh"), "timeout", run_id=None, retry_at=SOON)
    archive.links.add([link(6)])
    assert archive.links.waiting("baolongan", NOW) == [("http-503", 2, SOON), ("timeout", 1, SOON)]
    assert archive.links.waiting("baolongan", SOON) == [("http-503", 1, LATER)]


@pytest.mark.parametrize(
    ("next_try_at", "is_due"),
    [
        (NOW, True),
        ("2026-10-02T11:38:01Z", False),
        ("2026-10-16T11:38:02Z", False),
        ("2026-10-16T11:38:03Z", True),  # written by a clock that was ahead
    ],
)
@pytest.mark.parametrize("state", ["pending", "stored"])
def test_no_link_waits_longer_than_two_weeks(
    archive: Archive, link: MakeLink, state: str, next_try_at: str, *, is_due: bool
) -> None:
    archive.links.add([link(1, state=state, next_try_at=next_try_at)])
    assert len(archive.links.next("baolongan", now=NOW, limit=5)) == is_due
    assert archive.links.count_due("baolongan", NOW) == is_due
    first = archive.links.first_revisit_at if state == "stored" else archive.links.first_pending_at
    assert first("baolongan", NOW) == (NOW if is_due else next_try_at)


def test_there_is_no_room_where_more_are_pending_than_may_be(
    archive: Archive, link: MakeLink
) -> None:
    (seed,) = archive.seeds.put("baolongan", [FEED])
    archive.links.add([link(number, seed_id=seed.id) for number in range(4)])
    archive.links.put_aside("baolongan", 3, "over-limit")
    archive.links.take_in("baolongan", 2)
    assert archive.links.count_aside("baolongan") == 1
    archive.links.take_in("baolongan", 4)
    assert archive.links.count_aside("baolongan") == 0


def test_links_that_are_put_aside_are_forgotten_beyond_five_times_as_many(
    archive: Archive, link: MakeLink
) -> None:
    (seed,) = archive.seeds.put("baolongan", [FEED])
    archive.links.add([link(number, seed_id=seed.id) for number in range(13)])
    assert archive.links.put_aside("baolongan", 2, "over-limit") == 11
    assert archive.links.count_aside("baolongan") == 10
    assert archive.links.put_aside("baolongan", 2, "over-limit") == 0
    archive.connection.execute("update links set state = 'gone' where state = 'pending'")
    assert archive.links.put_aside("baolongan", 1, "over-limit") == 0
    assert archive.links.count_aside("baolongan") == 10, "nothing came in: nothing is forgotten"


def test_a_link_is_known_once_it_was_asked_for(archive: Archive, link: MakeLink) -> None:
    known = archive.links.known(link(1))
    assert known.id is not None
    assert archive.links.known(link(1, title_hint="khác")) == known
    assert archive.links.get(known.id) == archive.links.find("baolongan", "1") == known
    assert archive.links.get(known.id + 1) is None
    assert archive.links.find("baolongan", "2") is None
    assert archive.links.with_keys("baolongan", ["1", "2"]) == [known]
    assert archive.links.with_keys("baotayninh", ["1"]) == []


def test_addresses_of_stored_links_come_with_those_of_their_articles(
    archive: Archive, article: Make, link: MakeLink
) -> None:
    archive.add(article(1), link=link(1), capture=None, run_id=None)
    other = link(9, canonical_url="https://baolongan.vn/khac-a9.html")
    archive.add(article(1, key="1"), link=other, capture=None, run_id=None)
    own = article(1).url
    assert archive.links.aliases("baolongan", 9) == [(other.canonical_url, own)]
    assert sorted(archive.links.addresses("baolongan", 9)) == sorted(
        [(own, own), (other.canonical_url, own)]
    )
    assert len(archive.links.addresses("baolongan", 1)) == 1
    assert archive.links.aliases("baotayninh", 9) == []


def test_pages_that_were_given_up_are_asked_for_again_by_their_seed(
    archive: Archive, link: MakeLink
) -> None:
    (seed,) = archive.seeds.put("baolongan", [FEED])
    links = [link(number, seed_id=seed.id) for number in (1, 2, 3)]
    archive.links.add(links)
    for each in links[:2]:
        archive.pages.reject(each, "no-body", capture=None, run_id=None, refused_at=NOW)
    archive.pages.fail(links[2], "timeout", run_id=None, retry_at=SOON, refused_at=NOW)
    assert [each.key for each in archive.links.young("baolongan", NOW)] == ["3"]
    assert archive.links.young("baolongan", SOON) == []
    assert archive.links.count_refused("baolongan", "timeout", "2026-10-02T11:37:00Z") == 1
    assert archive.links.count_refused("baolongan", "timeout", NOW) == 0
    refused = archive.links.refused("baolongan", seed.id, ["1", "3"])
    assert keys(refused) == ["1"]
    archive.links.mark_absent(seed.id, ["1"])
    absent = {each.key: each.absent for each in archive.links.newest("baolongan", 9)}
    assert absent == {"1": 0, "2": 1, "3": 0}
    archive.links.ask_again([(refused[0], "2026-10-01")], LATER)
    again = archive.links.find("baolongan", "1")
    assert again is not None
    assert (again.state, again.date_hint, again.next_try_at) == ("pending", "2026-10-01", LATER)


def test_a_link_that_a_backfill_asks_for_is_pending(archive: Archive, link: MakeLink) -> None:
    archive.links.add([link(1, state="rejected", reason="over-limit")])
    archive.links.add_wanted([link(1), link(2)])
    due = archive.links.next("baolongan", now=NOW, limit=5)
    assert sorted(keys(due)) == ["1", "2"]


def test_a_poll_is_no_complete_one_unless_it_is_said(archive: Archive) -> None:
    (feed,) = archive.seeds.put("baolongan", [FEED])
    archive.seeds.record_poll(Poll(seed_id=feed.id, polled_at=NOW, seen=1), [])
    assert archive.seeds.of("baolongan")[0].complete_at is None
