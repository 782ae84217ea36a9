"""What a backfill keeps between its runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.records import Link

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.archive import Archive
    from storage.frontier.backfills import Backfill

NOW = "2026-10-02T11:38:00Z"
LATER = "2026-10-02T12:38:00Z"


def begin(archive: Archive, since: str = "2026-01-01", until: str = "2026-06-30") -> Backfill:
    return archive.backfills.open("baolongan", since, until, NOW)


def test_the_same_period_goes_on_where_it_stopped(archive: Archive) -> None:
    first = begin(archive)
    assert begin(archive) == first
    url = "https://baolongan.vn/1"
    waiting = Link(source_id="baolongan", url=url, canonical_url=url, key="1", found_at=NOW)
    assert archive.backfills.keep_links(first, [(waiting, None)]) == 1
    archive.backfills.finish(first, LATER)
    assert archive.backfills.count_waiting(first) == 0
    assert begin(archive).id != first.id


def test_another_period_inherits_the_links_that_lie_in_it(
    archive: Archive, link: Callable[..., Link]
) -> None:
    backfills = archive.backfills
    days = ["2026-02-01", "2026-05-31", "2026-06-01", None]
    kept = [(link(number), day) for number, day in enumerate(days)]
    assert backfills.keep_links(begin(archive), kept) == 4
    second = begin(archive, since="2026-05-31", until="2026-05-31")
    assert [each.key for each in backfills.release_links(second, 9)] == ["1", "3"]


def test_one_period_is_open_at_a_time(archive: Archive) -> None:
    first = begin(archive)
    second = begin(archive, since="2026-05-31", until="2026-05-31")
    assert begin(archive, since="2026-05-31", until="2026-05-31") == second
    assert begin(archive).id not in (first.id, second.id)


def test_links_are_released_newest_first_and_once(
    archive: Archive, link: Callable[..., Link]
) -> None:
    backfill = begin(archive)
    days = ["2026-02-01", "2026-05-31", "2026-04-01"]
    kept = [(link(number, title_hint="Tin"), day) for number, day in enumerate(days)]
    archive.backfills.keep_links(backfill, kept)
    assert archive.backfills.keep_links(backfill, kept) == 0
    released = archive.backfills.release_links(backfill, 2)
    assert [(each.key, each.title_hint, each.id) for each in released] == [
        ("1", "Tin", None),
        ("2", "Tin", None),
    ]
    assert archive.backfills.count_waiting(backfill) == 1


def test_links_that_were_put_aside_are_kept_and_pending_for_good(
    archive: Archive, link: Callable[..., Link]
) -> None:
    (seed,) = archive.seeds.put("baolongan", [("feed", "https://baolongan.vn/rss")])
    links = [link(number, seed_id=seed.id) for number in range(4)]
    archive.links.add(links)
    assert archive.links.put_aside("baolongan", 1, "over-limit") == 3
    backfill = begin(archive)
    assert archive.backfills.keep_links(backfill, [(each, None) for each in links]) == 3
    archive.links.add_wanted(archive.backfills.release_links(backfill, 9))
    assert archive.links.count_aside("baolongan") == 0
    assert archive.links.put_aside("baolongan", 1, "over-limit") == 0
    pending = archive.links.next("baolongan", now=LATER, limit=9)
    assert sorted(each.key for each in pending) == ["0", "1", "2", "3"]
    archive.links.add(links)
    assert archive.links.count_aside("baolongan") == 0


def test_links_that_the_source_has_are_not_kept(
    archive: Archive, link: Callable[..., Link]
) -> None:
    archive.links.add([link(1)])
    kept = [(link(1), None), (link(1, source_id="baotayninh"), None)]
    assert archive.backfills.keep_links(begin(archive), kept) == 1


def test_the_step_with_the_newest_articles_is_next(archive: Archive) -> None:
    backfill = begin(archive)
    steps = [("sitemap", "https://a.vn/1", "2026-02-28"), ("sitemap", "https://a.vn/2", None)]
    archive.backfills.add_steps(backfill, steps)
    archive.backfills.add_steps(backfill, [("listing", "https://a.vn/1", "2026-06-30")])
    first = archive.backfills.next_step(backfill, [])
    assert first is not None
    assert first.url == "https://a.vn/2"
    passed = archive.backfills.next_step(backfill, [first.id])
    assert passed is not None
    assert (passed.kind, passed.url) == ("sitemap", "https://a.vn/1")


def test_a_step_remembers_how_far_it_was_read(archive: Archive) -> None:
    backfill = begin(archive)
    archive.backfills.add_steps(backfill, [("listing", "https://a.vn/tin", None)])
    step = archive.backfills.next_step(backfill, [])
    assert step is not None
    archive.backfills.advance(step, next_url="https://a.vn/tin?p=2", day="2026-05-01")
    again = archive.backfills.next_step(backfill, [])
    assert again is not None
    assert (again.next_url, again.day, again.pages) == ("https://a.vn/tin?p=2", "2026-05-01", 1)
    archive.backfills.advance(again, done_at=LATER, problem="http-404")
    assert archive.backfills.next_step(backfill, []) is None


def test_backfills_that_are_left_to_workers_are_told_the_oldest_first(archive: Archive) -> None:
    first = begin(archive)
    second = archive.backfills.open("baotayninh", "2026-01-01", "2026-06-30", NOW)
    assert archive.backfills.handed_out() == []
    archive.backfills.hand_out(first, LATER)
    archive.backfills.hand_out(second, NOW)
    out = archive.backfills.handed_out()
    assert [(each.id, each.handed_out_at) for each in out] == [(second.id, NOW), (first.id, LATER)]
    archive.backfills.finish(second, LATER)
    assert [each.id for each in archive.backfills.handed_out()] == [first.id]
