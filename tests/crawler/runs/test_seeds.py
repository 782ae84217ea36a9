"""What a run says of the seeds it polled."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from crawler.discovery.results import Found
from crawler.runs.links import make_link
from crawler.runs.plan import CrawlPlan
from crawler.runs.seeds import SeedRegistry, are_known_texts
from crawler.sources import Seed
from storage.records import Poll
from storage.states import SeedKind
from tests.support.runs import HOME, SOURCE, OpenRun, article_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from storage.records import Link


@pytest.mark.parametrize(
    ("outcomes", "known"),
    [
        ({"duplicate": 1}, True),
        ({"duplicate": 1, "unchanged": 9}, True),
        ({"duplicate": 1, "new": 1}, False),
        ({"duplicate": 3, "new": 1}, False),
        ({"duplicate": 4, "new": 4}, True),
        ({"duplicate": 4, "new": 5}, False),
        ({"duplicate": 10, "new": 1, "unchanged": 10}, True),
        ({"unchanged": 10}, False),
        ({}, False),
    ],
)
def test_known_texts_at_new_addresses_are_no_gap(outcomes: dict[str, int], known: bool) -> None:
    assert are_known_texts(outcomes) is known


FEED, LISTING = "https://bao.example.vn/rss", "https://bao.example.vn/xa-hoi/"
NOW = "2026-11-20T08:00:00Z"


@pytest.fixture
def run(tmp_path: Path) -> Iterator[OpenRun]:
    seeds = (Seed(kind=SeedKind.FEED, url=FEED), Seed(kind=SeedKind.LISTING, url=LISTING))
    opened = OpenRun(tmp_path, source=replace(SOURCE, seeds=seeds))
    yield opened
    opened.close()


def polled(run: OpenRun, url: str, *, misses: int = 0, at: str = NOW, **more: Any) -> None:
    """A poll of a seed after which it has missed so many times in a row."""
    (seed,) = [each for each in run.archive.seeds.of("bao") if each.url == url]
    facts: dict[str, Any] = {"seen": 0 if misses else 3, "failures": 0.0}
    run.archive.seeds.record_poll(Poll(seed_id=seed.id, polled_at=at, **facts | more), [])
    run.archive.connection.execute("update seeds set misses = ? where id = ?", (misses, seed.id))


@pytest.mark.parametrize(
    ("feed", "listing", "needed"),
    [(3, 3, True), (9, 3, True), (3, 2, False), (2, 2, False), (0, 9, False)],
)
def test_others_are_looked_for_when_all_seeds_missed_three_times(
    run: OpenRun, feed: int, listing: int, needed: bool
) -> None:
    run.seeds.put_seeds()
    polled(run, FEED, misses=feed)
    polled(run, LISTING, misses=listing)
    assert run.seeds.needs_substitutes() is needed


def test_others_are_looked_for_once_a_day_as_long_as_that_lasts(run: OpenRun) -> None:
    run.seeds.put_seeds()
    for url in (FEED, LISTING):
        polled(run, url, misses=5)
    again = run.seeds
    again.put_seeds()
    assert [seed.misses for seed in again._before] == [5, 5]
    assert not again.needs_substitutes(), "the last poll was a moment ago"
    run.now = "2026-11-21T08:00:01Z"
    assert again.needs_substitutes()
    other = SeedRegistry(run.archive, run.source, run.plan, lambda: run.now, most_pending=9)
    assert not other.needs_substitutes(), "nothing was polled"


def test_what_stands_in_goes_when_a_seed_works_again_or_it_fails_itself(run: OpenRun) -> None:
    run.seeds.put_seeds()
    for url in (FEED, LISTING):
        polled(run, url, misses=5)
    good = run.seeds.put_substitute(SeedKind.LISTING, "https://bao.example.vn/moi/")
    run.seeds.put_substitute(SeedKind.LISTING, "https://bao.example.vn/cu/")
    polled(run, good.url, misses=2)
    polled(run, "https://bao.example.vn/cu/", misses=3)
    assert len(run.seeds.put_seeds()) == 4
    run.seeds.needs_substitutes()
    assert [seed.url for seed in run.seeds.known_seeds()] == [FEED, LISTING, good.url]
    polled(run, FEED)
    assert not run.seeds.needs_substitutes()
    assert [seed.url for seed in run.seeds.known_seeds()] == [FEED, LISTING]


def test_seeds_that_are_due_are_polled_and_by_hand_all(run: OpenRun) -> None:
    run.seeds.put_seeds()
    polled(run, FEED, next_poll_at="2026-11-20T09:00:00Z")
    polled(run, LISTING, next_poll_at="2026-11-20T08:00:00Z")
    assert len(run.seeds.put_seeds()) == 2
    plan = CrawlPlan(due_only=True)
    due = SeedRegistry(run.archive, run.source, plan, lambda: run.now, most_pending=9)
    assert [seed.url for seed in due.put_seeds()] == [LISTING]


def test_seeds_on_hosts_that_were_left_are_forgotten(tmp_path: Path) -> None:
    run = OpenRun(tmp_path)
    old = run.seeds.put_seed(SeedKind.SITEMAP, "https://cu.example.vn/sitemap.xml")
    run.seeds.put_children(old, ["https://bao.example.vn/sitemap-1.xml"])
    new = run.seeds.put_seed(SeedKind.FEED, FEED)
    assert [seed.url for seed in run.seeds.put_seeds()] == [new.url]
    assert [seed.url for seed in run.archive.seeds.of("bao")] == [new.url]
    index = run.seeds.put_seed(SeedKind.SITEMAP, "https://bao.example.vn/sitemap.xml")
    run.seeds.put_children(index, ["https://bao.example.vn/sitemap-2.xml"])
    assert list(run.seeds.children_of(index)) == ["https://bao.example.vn/sitemap-2.xml"]
    assert run.seeds.children_of(new) == {}
    assert {seed.url for seed in run.seeds.put_seeds()} == {new.url, index.url}
    run.close()


def found(number: int, date: str | None = None) -> Found:
    return Found(url=f"{HOME}tin-{number}.html", date=date)


def test_links_outside_of_the_plan_are_left_out_and_counted(tmp_path: Path) -> None:
    plan = CrawlPlan(since=dt.date(2026, 11, 2), until=dt.date(2026, 11, 3))
    run = OpenRun(tmp_path, plan=plan)
    dates = ["2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04", None]
    links, left = run.seeds.links_from([found(n, day) for n, day in enumerate(dates)], 7)
    assert [link.date_hint for link in links] == ["2026-11-02", "2026-11-03", None]
    assert (left, {link.seed_id for link in links}) == (2, {7})
    assert links[0].found_at == NOW
    run.close()


def test_links_that_are_too_many_are_put_aside(run: OpenRun) -> None:
    run.seeds.put_seeds()
    few = SeedRegistry(run.archive, run.source, run.plan, lambda: run.now, most_pending=3)
    links, _ = few.links_from([found(n) for n in range(3)], 1)
    assert few.add_links([]) == 0
    assert few.add_links(links) == 3
    assert run.archive.links.count_aside("bao") == 0
    more, _ = few.links_from([found(9)], 1)
    assert few.add_links(more) == 1
    assert run.archive.links.count_aside("bao") == 1
    assert few.add_links(more) == 0


def test_what_was_known_is_what_a_complete_poll_had_or_another_seed(run: OpenRun) -> None:
    feed, listing = run.seeds.put_seeds()
    for number, (seed, at) in enumerate(
        [
            (feed, "2026-11-20T07:00:00Z"),
            (feed, "2026-11-20T07:30:00Z"),
            (listing, "2026-11-20T07:30:00Z"),
            (listing, NOW),
        ]
    ):
        link = make_link(
            run.source, f"{HOME}tin-{number}.html", found_at=at, key=str(number), seed_id=seed.id
        )
        run.archive.links.known(link)
    at_seven = replace(feed, complete_at="2026-11-20T07:00:00Z")
    known = run.seeds.known_before(["0", "1", "2", "3", "4"], at_seven)
    assert known == ({"0", "2"}, {"0"})
    assert run.seeds.known_before(["0", "1", "2"], feed) == ({"2"}, set())


@pytest.mark.parametrize(("copies", "others", "flooded"), [(16, 4, True), (15, 5, False)])
def test_sixteen_of_the_newest_twenty_are_a_flood(
    run: OpenRun, copies: int, others: int, flooded: bool
) -> None:
    """Beside older ones, which say nothing any more."""
    texts = [*range(25), *[0] * copies, *range(100, 100 + others)]
    for number, text in enumerate(texts):
        link = run.archive.links.known(
            make_link(run.source, f"{HOME}tin-{number}.html", found_at=NOW, key=str(number))
        )
        article = article_at(
            link, f"Hội nghị lần thứ {text}", f"Đoạn văn số {text} nói về chuyện số {text}. " * 9
        )
        run.archive.add(article, link=link, capture=None, run_id=None)
    assert run.seeds.is_flooded is flooded


def test_a_complaint_is_made_once(run: OpenRun) -> None:
    run.seeds.complain("it fails")
    run.seeds.complain("it fails")
    run.seeds.complain("it fails badly")
    assert run.seeds.complaints == ["it fails", "it fails badly"]


@pytest.mark.parametrize(
    ("outcomes", "left"),
    [({"duplicate": 4, "new": 4}, 0), ({"new": 4}, 1), ({"duplicate": 1, "new": 9}, 1)],
)
def test_a_gap_is_taken_back_where_known_texts_were_read(
    run: OpenRun, outcomes: dict[str, int], left: int
) -> None:
    feed, _ = run.seeds.put_seeds()
    run.seeds.record_gap(feed, "2026-11-20T01:00:00Z", "2026-11-20T02:00:00Z")
    run.seeds.withdraw_gaps(outcomes)
    assert len(run.archive.gaps.unclosed("bao")) == left


def test_a_page_that_its_seed_left_out_and_shows_again_is_asked_for(run: OpenRun) -> None:
    feed, _ = run.seeds.put_seeds()
    (link,), _ = run.seeds.links_from([found(1)], feed.id)
    run.seeds.add_links([link])
    known = run.archive.links.find("bao", link.key)
    assert known is not None
    run.archive.pages.reject(known, "listing", capture=None, run_id=None, refused_at=NOW)

    def poll(shown: set[str], links: list[Link], *, complete: bool = True) -> str:
        run.now = "2026-11-22T08:00:00Z"
        made = Poll(seed_id=feed.id, polled_at=run.now, seen=len(shown), failures=0.0)
        run.seeds.record_poll(made, links, complete=complete, shown=shown)
        again = run.archive.links.find("bao", link.key)
        assert again is not None
        return str(again.state)

    assert poll({link.key}, [link]) == "rejected"
    assert poll({"other"}, [], complete=False) == "rejected"
    assert poll({link.key}, [link]) == "rejected", "an incomplete poll shows no absence"
    assert poll({"other"}, []) == "rejected"
    assert poll({link.key}, [link]) == "pending"


def test_a_seed_that_misses_for_the_third_time_has_others_looked_for_at_once(run: OpenRun) -> None:
    run.seeds.put_seeds()
    for url in (FEED, LISTING):
        polled(run, url, misses=2)
    run.seeds.put_seeds()
    for url in (FEED, LISTING):
        polled(run, url, misses=3)
    assert run.seeds.needs_substitutes()


def duplicate(
    run: OpenRun,
    number: int,
    shapes: tuple[str, str] = ("s-aaaa1111/tin-so-{}.html", "s-bbbb2222/tin-so-{}.html"),
    title: str = "Tin",
) -> None:
    """One text at two addresses, which differ in a token where nothing else is said."""
    for shape in shapes:
        url = HOME + shape.format(number)
        link = run.archive.links.known(make_link(run.source, url, found_at=NOW, title=title))
        body = f"Đoạn văn số {number} nói về chuyện số {number}. " * 9
        article = article_at(link, f"Hội nghị lần thứ {number}", body)
        run.archive.add(article, link=link, capture=None, run_id=None)


@pytest.mark.parametrize(("pairs", "is_known"), [(9, False), (10, True)])
def test_addresses_that_change_are_learnt_from_ten_pairs(
    run: OpenRun, pairs: int, is_known: bool
) -> None:
    for number in range(pairs):
        duplicate(run, number)
    new = Found(url=f"{HOME}s-cccc3333/tin-so-3.html", title="Tin")
    known = run.seeds.as_known(new)
    assert (known.url.endswith("/tin-so-3.html"), known.url != new.url) == (True, is_known)
    other = Found(url=f"{HOME}s-cccc3333/tin-so-99.html", title="Tin")
    assert run.seeds.as_known(other) == other


@pytest.mark.parametrize(("pairs", "is_known"), [(9, False), (10, True)])
def test_titles_stand_for_pages_where_ten_pairs_are_alike_in_nothing(
    run: OpenRun, pairs: int, is_known: bool
) -> None:
    """Beside ten pairs that differ in a token: these are known by what stays."""
    for number in range(100, 110):
        duplicate(run, number)
    for number in range(pairs):
        title = f"Khai mạc hội chợ nông sản lần thứ {number}"
        duplicate(run, number, ("mot/bai-{}.html", "hai/khac-han-{}.html"), title)
    new = Found(url=f"{HOME}ba/moi-3.html", title="Khai mạc hội chợ nông sản lần thứ 3")
    assert (run.seeds.as_known(new) != new) is is_known


@pytest.mark.parametrize(
    ("outcomes", "left"), [({"duplicate": 1, "new": 9}, 1), ({"new": 9}, 1), ({"duplicate": 4}, 0)]
)
def test_gaps_of_earlier_runs_stay(run: OpenRun, outcomes: dict[str, int], left: int) -> None:
    feed, _ = run.seeds.put_seeds()
    run.seeds.record_gap(feed, "2026-11-20T01:00:00Z", "2026-11-20T02:00:00Z")
    later = SeedRegistry(
        run.archive, run.source, run.plan, lambda: "2026-11-20T09:00:00Z", most_pending=9
    )
    later.withdraw_gaps({"duplicate": 4})
    assert len(run.archive.gaps.unclosed("bao")) == 1, "it is of another run"
    run.seeds.withdraw_gaps(outcomes)
    assert len(run.archive.gaps.unclosed("bao")) == left


def test_a_seed_that_stood_in_and_is_named_by_the_file_now_is_one_of_the_file(
    run: OpenRun,
) -> None:
    run.seeds.put_seeds()
    run.seeds.put_substitute(SeedKind.LISTING, "https://bao.example.vn/moi/")
    named = (*run.source.seeds, Seed(kind=SeedKind.LISTING, url="https://bao.example.vn/moi/"))
    again = SeedRegistry(
        run.archive, replace(run.source, seeds=named), run.plan, lambda: run.now, most_pending=9
    )
    assert [seed.substitute_since for seed in again.put_seeds()] == [None] * 3


def test_the_last_links_of_a_poll_are_too_many_as_well(run: OpenRun) -> None:
    feed, _ = run.seeds.put_seeds()
    few = SeedRegistry(run.archive, run.source, run.plan, lambda: run.now, most_pending=3)
    links, _ = few.links_from([found(n) for n in range(4)], feed.id)
    poll = Poll(seed_id=feed.id, polled_at=NOW, seen=4, failures=0.0)
    assert few.record_poll(poll, links) == 4
    assert run.archive.links.count_aside("bao") == 1


def test_addresses_that_change_are_learnt_from_a_thousand_and_known_of_twenty_thousand(
    run: OpenRun,
) -> None:
    asked: list[tuple[str, int]] = []
    page = f"{HOME}s-{{}}/thoi-su/tin-so-{{}}.html"
    pairs = [(page.format("4f2a9c01", n), page.format("77be01d3", n)) for n in range(10)]

    def answer(name: str, found: list[Any]) -> Callable[[str, int], list[Any]]:
        return lambda _, most: asked.append((name, most)) or found

    links = SimpleNamespace(
        aliases=answer("aliases", pairs),
        addresses=answer("addresses", pairs),
        newest=answer("newest", []),
    )
    registry = SimpleNamespace(
        archive=SimpleNamespace(links=links), source=run.source, started_at=NOW
    )
    assert SeedRegistry._changing.func(registry) is not None  # type: ignore[arg-type]
    assert asked == [("aliases", 1000), ("addresses", 1000), ("newest", 20_000)]
