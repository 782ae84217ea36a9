"""One step of a backfill after the other: what leads on, what ends a list, what waits."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError

from crawler.discovery.reader import Reading
from crawler.discovery.results import Child
from crawler.failures import Word
from crawler.net.errors import Refused
from crawler.runs import signals
from crawler.sources import Seed, Source
from crawler.spiders.backfill import BackfillWalk, _last_day
from storage.states import SeedKind
from tests.support.runs import HOME, NOW, OpenRun, answer, failure_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PERIOD = (dt.date(2026, 11, 1), dt.date(2026, 11, 30))
LIST, MAP = f"{HOME}xa-hoi/", f"{HOME}sitemap-news.xml"


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., BackfillWalk]]:
    opened: list[OpenRun] = []

    def begin(*seeds: tuple[str, str], most_pages: int = 5, batch: int = 10) -> BackfillWalk:
        named = tuple(Seed(kind=SeedKind(kind), url=url) for kind, url in seeds)
        source = Source(id="bao", name="B", province="Tây Ninh", homepage=HOME, seeds=named)
        run = OpenRun(tmp_path, source=source)
        opened.append(run)
        run.seeds.put_seeds()
        return BackfillWalk(run.seeds, run.events, PERIOD, most_pages=most_pages, batch=batch)

    yield begin
    for run in opened:
        run.close()


def steps(walk: BackfillWalk) -> list[str]:
    """Addresses that are still to be read."""
    conn = walk.seeds.archive.connection
    rows = conn.execute(
        "select coalesce(next_url, url) from backfill_steps where done_at is null order by id"
    )
    return [row[0].removeprefix(HOME) for row in rows]


def reach(walk: BackfillWalk, url: str) -> Request:
    """The request for one step: all before it are put off."""
    passed = set(walk._passed)
    while (step := walk._backfills.next_step(walk.backfill, passed)) is not None:
        if (step.next_url or step.url) == url:
            return Request(url, meta={"step": step, "unconditional": True})
        passed.add(step.id)
    raise AssertionError(url)


def urlset(*pages: tuple[str, str]) -> str:
    items = "".join(
        f"<url><loc>{HOME}{path}</loc><lastmod>{day}</lastmod></url>" for path, day in pages
    )
    return f'<?xml version="1.0"?><urlset>{items}</urlset>'


def index(*maps: tuple[str, str]) -> str:
    items = "".join(
        f"<sitemap><loc>{url}</loc><lastmod>{day}</lastmod></sitemap>" for url, day in maps
    )
    return f'<?xml version="1.0"?><sitemapindex>{items}</sitemapindex>'


def kept(walk: BackfillWalk) -> list[str]:
    rows = walk.seeds.archive.connection.execute("select url from backfill_links order by url")
    return [row[0].removeprefix(HOME) for row in rows]


def page(*paths: str, onward: str = "") -> str:
    links = "".join(
        f'<h3><a href="/{path}">Một bài báo dài về làng nghề số {path}</a></h3>' for path in paths
    )
    more = f'<a rel="next" href="/{onward}">Trang sau</a>' if onward else ""
    return f"<html><body><main>{links}</main>{more}</body></html>"


NEWS = [f"lang-nghe-lam-banh-trang-a{n}.html" for n in range(10, 20)]


def test_a_walk_begins_at_all_that_may_lead_to_older_pages(
    make: Callable[..., BackfillWalk],
) -> None:
    walk = make(("feed", f"{HOME}rss"), ("listing", LIST), ("sitemap", MAP))
    entered = steps(walk)
    assert entered[:3] == ["xa-hoi/", "sitemap-news.xml", "robots.txt"]
    assert "rss" not in entered
    assert "" in entered
    assert any(name.endswith(".xml") for name in entered[3:])
    request = walk.next_request()
    assert request is not None
    assert request.meta["unconditional"] is True
    assert (request.callback, request.errback) == (walk.read, walk.miss)


def test_only_what_was_not_found_in_an_index_is_an_entrance(
    make: Callable[..., BackfillWalk],
) -> None:
    walk = make()
    archive = walk.seeds.archive
    (index_seed, _) = archive.seeds.put(
        "bao", [("sitemap", f"{HOME}all.xml"), ("feed", f"{HOME}tin.rss")]
    )
    walk.seeds.put_children(index_seed, [f"{HOME}part.xml"])
    entrances = [url.removeprefix(HOME) for _, url, _ in walk._entrances()]
    assert entrances[0] == "all.xml"
    assert not {"part.xml", "tin.rss"} & {*entrances}


def test_a_sitemap_leads_to_those_of_the_period_and_to_its_pages(
    make: Callable[..., BackfillWalk],
) -> None:
    walk = make(("sitemap", MAP))
    reported: list[int] = []

    def note(fresh: int, **_: object) -> None:
        reported.append(fresh)

    walk._events.connect(note, signals.seed_polled)
    request = reach(walk, MAP)
    pages = urlset(
        (NEWS[0], "2026-10-31"),
        (NEWS[1], "2026-11-01"),
        (NEWS[2], "2026-11-30"),
        (NEWS[3], "2026-12-01"),
    )
    walk.read(answer(request, pages))
    assert kept(walk) == [NEWS[1], NEWS[2]]
    assert reported == [2]
    assert "sitemap-news.xml" not in steps(walk)
    (day,) = walk.seeds.archive.connection.execute(
        "select day from backfill_steps where url = ?", (MAP,)
    ).fetchone()
    assert day == "2026-11-30", "the median"
    BackfillWalk(walk.seeds, walk._events, PERIOD, most_pages=5, batch=10)
    assert reported == [2, 2], "so many wait when a walk goes on"
    other = make(("sitemap", MAP))
    walk = other
    assert walk.release(1) == 1
    assert walk.release(None) == 1


def test_an_index_leads_to_the_sitemaps_of_the_period(make: Callable[..., BackfillWalk]) -> None:
    walk = make(("sitemap", MAP))
    maps = index(
        (f"{HOME}sitemap-2026-10.xml", "2026-10-31"),
        (f"{HOME}sitemap-2026-11.xml", "2026-11-30"),
        (f"{HOME}sitemap-2026-12.xml", "2026-12-02"),
        ("https://other.example.vn/sitemap-2026-11.xml", "2026-11-30"),
    )
    walk.read(answer(reach(walk, MAP), maps))
    assert steps(walk)[-1] == "sitemap-2026-11.xml"
    days = dict(walk.seeds.archive.connection.execute("select url, day from backfill_steps"))
    assert days[f"{HOME}sitemap-2026-11.xml"] == "2026-11-31", "its period, not its last change"
    assert not {"sitemap-2026-10.xml", "sitemap-2026-12.xml"} & set(steps(walk))
    assert not any("other.example.vn" in step for step in steps(walk))


def test_a_sitemap_without_a_period_is_as_old_as_its_last_change(
    make: Callable[..., BackfillWalk],
) -> None:
    walk = make(("sitemap", MAP))
    maps = index((f"{HOME}tin-a.xml", "2026-11-20"), (f"{HOME}tin-b.xml", "2026-11-25"))
    walk.read(answer(reach(walk, MAP), maps))
    days = dict(walk.seeds.archive.connection.execute("select url, day from backfill_steps"))
    assert days[f"{HOME}tin-a.xml"] == "2026-11-20"
    assert days[f"{HOME}tin-b.xml"] == "2026-11-25"


def test_of_an_index_ten_thousand_sitemaps_are_read(make: Callable[..., BackfillWalk]) -> None:
    walk = make(("sitemap", MAP))
    children = tuple(Child(url=f"{HOME}{n}.xml") for n in range(10_001))
    assert len(walk._children(Reading(children=children))) == 10_000


@pytest.mark.parametrize(
    ("period", "last"),
    [
        (None, None),
        ("2025", "2025-12-31"),
        ("2025-03", "2025-03-31"),
        ("2025-03-14", "2025-03-14"),
    ],
)
def test_a_period_may_last_to_its_end(period: str | None, last: str | None) -> None:
    assert _last_day(period) == last


def test_a_list_is_read_page_by_page_until_it_turns_or_has_enough(
    make: Callable[..., BackfillWalk],
) -> None:
    walk = make(("listing", LIST), most_pages=3)
    walk.read(answer(reach(walk, LIST), page(*NEWS[:3], onward="xa-hoi/?p=2")))
    assert steps(walk)[0] == "xa-hoi/?p=2"
    walk.read(answer(reach(walk, f"{LIST}?p=2"), page(*NEWS[3:6], onward="xa-hoi/?p=3")))
    assert steps(walk)[0] == "xa-hoi/?p=3"
    walk.read(answer(reach(walk, f"{LIST}?p=3"), page(*NEWS[6:9], onward="xa-hoi/?p=4")))
    assert not any(name.startswith("xa-hoi") for name in steps(walk)), "three pages are enough"
    assert len(kept(walk)) == 9


def test_a_list_that_shows_the_same_again_has_ended(make: Callable[..., BackfillWalk]) -> None:
    walk = make(("listing", LIST), most_pages=9)
    walk.read(answer(reach(walk, LIST), page(*NEWS[:3], onward="xa-hoi/?p=2")))
    walk.read(answer(reach(walk, f"{LIST}?p=2"), page(*NEWS[:2], onward="xa-hoi/?p=3")))
    assert not any(name.startswith("xa-hoi") for name in steps(walk))


def test_robots_txt_and_the_home_page_lead_to_sitemaps_and_lists(
    make: Callable[..., BackfillWalk],
) -> None:
    walk = make()
    robots = f"User-agent: *\nSitemap: {HOME}kho/news.xml\n"
    walk.read(answer(reach(walk, f"{HOME}robots.txt"), robots))
    assert "kho/news.xml" in steps(walk)
    assert "robots.txt" not in steps(walk)
    home = (
        '<html><head><link rel="alternate" type="application/rss+xml" href="/tin.rss"></head>'
        '<nav><a href="/kinh-te/">Kinh tế</a></nav></html>'
    )
    walk.read(answer(reach(walk, HOME), home))
    assert "kinh-te/" in steps(walk)
    assert "tin.rss" not in steps(walk)
    usual = next(name for name in steps(walk) if name.endswith(".xml") and "kho" not in name)
    walk.read(answer(reach(walk, HOME + usual), urlset((NEWS[0], "2026-11-02"))))
    assert kept(walk) == [NEWS[0]]
    assert usual not in steps(walk)


@pytest.mark.parametrize(
    ("url", "fault", "later", "complains"),
    [
        # What passes is tried again by the next run, whatever it is.
        (LIST, 503, True, True),
        (LIST, DownloadTimeoutError(), True, True),
        (f"{HOME}robots.txt", 503, True, True),
        # What is shut at a known place is the host's; what is gone is gone.
        (LIST, 403, True, True),
        (LIST, 404, False, True),
        (f"{HOME}robots.txt", 403, False, False),
        (f"{HOME}robots.txt", 404, False, False),
        (LIST, Refused(Word.ROBOTS), True, True),
        (f"{HOME}robots.txt", Refused(Word.ROBOTS), False, False),
        (HOME, Refused(Word.ROBOTS), True, True),
    ],
)
def test_a_step_that_fails_is_tried_again_or_given_up(
    make: Callable[..., BackfillWalk],
    url: str,
    fault: int | Exception,
    later: bool,
    complains: bool,
) -> None:
    walk = make(("listing", LIST))
    request = reach(walk, url)
    if isinstance(fault, int):
        walk.read(answer(request, "x", fault))
    else:
        walk.miss(failure_of(request, fault))
    assert bool(walk._passed) is later
    assert (url.removeprefix(HOME) in steps(walk)) is later
    kind = "listing" if url == LIST else "entrance"
    said = [each.split(" ", 4)[:3] for each in walk.seeds.complaints]
    assert said == [["bao:", kind, url]] * complains
    if fault == 503 and complains:
        assert walk.seeds.complaints[0].endswith(f"{url} answered 503 (Service Unavailable)")


def test_a_further_page_of_a_list_that_is_gone_ends_it_in_silence(
    make: Callable[..., BackfillWalk],
) -> None:
    walk = make(("listing", LIST))
    walk.read(answer(reach(walk, LIST), page(*NEWS[:3], onward="xa-hoi/?p=2")))
    walk.read(answer(reach(walk, f"{LIST}?p=2"), "", 404))
    assert (walk._passed, walk.seeds.complaints) == (set(), [])
    assert not any(name.startswith("xa-hoi") for name in steps(walk))
    other = make(("listing", LIST))
    assert other.next_request() is not None


def test_a_walk_is_over_when_nothing_was_put_off(make: Callable[..., BackfillWalk]) -> None:
    walk = make(("listing", LIST))
    archive = walk.seeds.archive
    (seed,) = archive.seeds.of("bao")
    archive.gaps.open(
        seed,
        begin_at="2026-11-02T00:00:00Z",
        end_at="2026-11-03T00:00:00Z",
        found_at="2026-11-04T00:00:00Z",
    )
    first = reach(walk, LIST)
    walk.miss(failure_of(first, DownloadTimeoutError()))
    while (request := walk.next_request()) is not None:
        walk.read(answer(request, "", 404))
    assert archive.gaps.unclosed("bao"), "one step was put off"
    ended = "select finished_at from backfills"
    assert archive.connection.execute(ended).fetchone()[0] is None
    walk._passed.clear()
    walk.read(answer(reach(walk, LIST), "", 404))
    assert walk.next_request() is None
    assert archive.gaps.unclosed("bao") == []
    assert archive.connection.execute(ended).fetchone()[0] == NOW
