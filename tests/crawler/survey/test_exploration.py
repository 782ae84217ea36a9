"""From a home page to a proposal, on the pages of the demo."""

from __future__ import annotations

import asyncio
import contextlib
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from scrapy.http import TextResponse

from crawler.discovery import read_listing
from crawler.discovery.results import Child, Found
from crawler.failures import Word
from crawler.net.errors import Refused
from crawler.sources import Source
from crawler.survey.exploration import Exploration, Hopeless, _newest
from crawler.survey.visits import Visitor
from storage.states import SeedKind
from tests.crawler.survey.visiting import HOME, NOW, demo_pages, visit

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

    from crawler.survey.proposal import Proposal


def explore(pages: dict[str, bytes | Exception]) -> Proposal:
    proposal, _ = visit(pages, lambda visitor: Exploration(visitor, HOME, fetched_at=NOW).explore())
    return proposal


def test_the_demo_is_proposed_with_its_seeds_pattern_and_layout() -> None:
    proposal = explore({**demo_pages()})
    kinds = {found_seed.seed.kind for found_seed in proposal.found_seeds}
    assert kinds == set(SeedKind)
    order = [[*SeedKind].index(each.seed.kind) for each in proposal.found_seeds]
    assert order == sorted(order)
    lists = {each.seed.url for each in proposal.found_seeds if each.seed.kind is SeedKind.LISTING}
    assert HOME in lists
    assert len(lists) > 1, "its sections are lists as well"
    assert proposal.habit.patterns == (r"-a(?P<id>\d+)\.html$",)
    assert (proposal.outlet.province, proposal.outlet.before_2025) == ("Tây Ninh", "Long An")
    assert any(sample.article for sample in proposal.samples)
    table = tomllib.loads(proposal.to_toml())
    assert table["articles"]["accept"] == [r"-a(?P<id>\d+)\.html$"]
    assert {seed["kind"] for seed in table["seeds"]} == {"feed", "sitemap", "listing"}


@pytest.mark.parametrize(
    ("home", "said"),
    [
        (b"<script></script>", "is drawn by JavaScript"),
        (b"<p>Xin chao</p>", "is no news site"),
        (b"<p>Buy this domain</p>", "parked or unfinished"),
        (b"<a href=/a>A</a>" * 2 + b"".join(b"<a href=/m%d>x</a>" % n for n in range(6)),
         "none of which looks like an article"),
    ],
)  # fmt: skip
def test_a_home_page_of_no_use_says_why(home: bytes, said: str) -> None:
    with pytest.raises(Hopeless, match=said):
        explore({HOME: home})


def test_a_site_that_does_not_answer_says_so() -> None:
    with pytest.raises(Hopeless, match="404"):
        explore({})


def test_news_sitemaps_come_first_and_dull_ones_last() -> None:
    names = ("2024-01", "category", "2025-03", "news", "images-2026")
    children = [Child(url=f"https://x.vn/{name}.xml", period=name[:7]) for name in names]
    ordered = [child.url.rpartition("/")[2].removesuffix(".xml") for child in _newest(children)]
    assert ordered[:3] == ["news", "2025-03", "2024-01"]


@pytest.mark.parametrize(
    ("url", "news", "dull"),
    [
        ("https://x.vn/news-sitemap.xml", True, False),
        ("https://x.vn/news-category.xml", True, True),
        *(
            (f"https://x.vn/{name}.xml", False, True)
            for name in (
                "cate-1",
                "CATEGORY",
                "tag_2",
                "images",
                "video",
                "event",
                "page-sitemap",
                "author",
            )
        ),
    ],
)
def test_a_sitemap_is_ranked_by_its_name(url: str, news: bool, dull: bool) -> None:
    plain = Child(url="https://x.vn/2026-11.xml", lastmod="2026-11-24")
    ordered = _newest([plain, Child(url=url)])
    assert (ordered[0] is plain) is (dull or not news)
    newer = Child(url="https://x.vn/1.xml", period="2026-12")
    assert _newest([plain, newer]) == [newer, plain]


def links(*paths: str) -> bytes:
    return b"".join(b"<a href=/%s>x</a>" % path.encode() for path in paths)


FOUR = links(*(f"m{n}" for n in range(4)))
FIVE = links(*(f"m{n}" for n in range(5)))


@pytest.mark.parametrize(
    ("home", "said"),
    [
        (FOUR, "is no news site: it holds 4 links of its own"),
        (FOUR + b"<SCRIPT src=a>", "is drawn by JavaScript: its HTML holds 4 links"),
        (FIVE + b"<script>", "shows 5 links of its own, none of which"),
        (b"<p>Coming soon</p>" + links(*(f"m{n}" for n in range(14))), "parked or unfinished"),
        (b"<p>Coming soon</p>" + links(*(f"m{n}" for n in range(15))), "shows 15 links"),
        ("<p>Tên miền này đã hết hạn</p>".encode(), "parked or unfinished"),
        (links("rss") + b"<a href=https://other.vn/x>x</a>" * 9, "holds"),
    ],
)
def test_a_home_page_is_told_by_the_links_of_its_own(home: bytes, said: str) -> None:
    with pytest.raises(Hopeless) as raised:
        explore({HOME: home})
    assert said in str(raised.value)


def test_a_home_page_on_another_host_is_named() -> None:
    with pytest.raises(Hopeless, match=r"leads to https://b.vn/, on another host"):
        explore({HOME: Refused(Word.OFF_SITE, "https://b.vn/")})
    with pytest.raises(Hopeless) as raised:
        explore({HOME: Refused(Word.OFF_SITE)})
    assert "on another host;" not in str(raised.value)


def test_a_site_is_surveyed_where_its_home_page_led_to() -> None:
    pages = demo_pages()
    named = HOME.replace("https://", "http://")

    async def download(request: Request) -> Response:
        body = pages.get(HOME if request.url == named else request.url)
        if body is None:
            return TextResponse(request.url, status=404)
        url = HOME if request.url == named else request.url
        return TextResponse(url, body=body, headers={"Content-Type": "text/html; charset=utf-8"})

    def survey(homepage: str) -> str:
        found = Exploration(Visitor(download, 60), homepage, fetched_at=NOW)
        return asyncio.run(found.explore()).to_toml()

    assert survey(named) == survey(HOME)


def test_a_survey_asks_for_so_many_of_each_kind() -> None:
    """Feeds that are linked, sitemaps that robots.txt names, sections, samples."""
    origin = HOME.rstrip("/")
    head = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="/f{n}.rss">' for n in range(9)
    )
    menu = "".join(f'<a href="/muc-{n}/">Mục {n}</a>' for n in range(30))
    robots = "\n".join(f"Sitemap: {origin}/s{n}.xml" for n in range(9))
    index = "".join(f"<sitemap><loc>{origin}/c{n}.xml</loc></sitemap>" for n in range(9))
    pages: dict[str, bytes | Exception] = {
        HOME: f"<html><head>{head}</head><body><nav>{menu}</nav></body></html>".encode(),
        f"{origin}/robots.txt": robots.encode(),
        f"{origin}/s0.xml": f"<sitemapindex>{index}</sitemapindex>".encode(),
    }
    asked: list[str] = []

    async def run(visitor: Visitor) -> None:
        one = Exploration(visitor, HOME, fetched_at=NOW)
        with contextlib.suppress(Hopeless):
            await one.explore()
        asked.extend(one._tried)

    visit(pages, run, budget=200)
    names = [url.removeprefix(origin) for url in asked]
    assert sum(name.startswith("/f") and name.endswith(".rss") for name in names) == 5
    assert sorted(name for name in names if name.startswith("/s")) == [
        f"/s{n}.xml" for n in range(4)
    ]
    assert sum(name.startswith("/c") for name in names) == 3


def learnt(feed: list[str], listing: list[str]) -> tuple[str, ...]:
    """The forms of address that are learnt from what a feed and a list show."""

    async def run(visitor: Visitor) -> tuple[str, ...]:
        one = Exploration(visitor, "https://a.vn/", fetched_at=NOW)
        for kind, names in ((SeedKind.FEED, feed), (SeedKind.LISTING, listing)):
            one._add(kind, f"https://a.vn/{kind}", [Found(url=f"https://a.vn/{n}") for n in names])
        return one._learn().patterns

    return visit({}, run)[0]


IDS = [f"tin-moi-hom-nay-a{1000 + n}.html" for n in range(9)]
NUMBERS = [f"tin-moi-hom-nay-{1000 + n}.htm" for n in range(9)]
ID, NUMBER = r"-a(?P<id>\d+)\.html$", r"-(?P<id>\d+)\.htm$"


@pytest.mark.parametrize(
    ("feed", "listing", "patterns"),
    [
        (IDS[:5], NUMBERS, (ID,)),
        (IDS[:4], NUMBERS, (NUMBER, ID)),
        (IDS[:4], [], (ID,)),
        ([], NUMBERS, (NUMBER,)),
        (["mot", "hai", "ba", "bon", "nam"], NUMBERS, (NUMBER,)),
        (IDS[:1] * 5, NUMBERS, (NUMBER,)),
    ],
)
def test_five_articles_that_a_feed_vouches_for_tell_the_form(
    feed: list[str], listing: list[str], patterns: tuple[str, ...]
) -> None:
    assert learnt(feed, listing) == patterns


def test_samples_that_cannot_be_had_are_told() -> None:
    async def run(visitor: Visitor) -> list[str]:
        one = Exploration(visitor, HOME, fetched_at=NOW)
        one._add(SeedKind.FEED, f"{HOME}x", [Found(url=f"{HOME}{name}") for name in IDS[:3]])
        return [sample.problem for sample in await one._sample(one.source)]

    assert visit({}, run, budget=9)[0] == ["answered 404 (Not Found)"] * 3
    assert visit({}, run, budget=2)[0] == ["answered 404 (Not Found)"] * 2


def test_of_a_page_that_lists_feeds_two_new_ones_are_tried() -> None:
    origin = "https://a.vn"
    page = "".join(f'<a href="/{n}.rss">RSS {n}</a>' for n in range(4)).encode()
    asked: list[str] = []

    async def run(visitor: Visitor) -> bool:
        one = Exploration(visitor, f"{origin}/", fetched_at=NOW)
        one._tried.add(f"{origin}/0.rss")
        found = await one._try_feed(f"{origin}/rss")
        asked.extend(sorted(one._tried))
        return found

    assert visit({f"{origin}/rss": page}, run)[0] is False
    assert [url.removeprefix(origin) for url in asked] == ["/0.rss", "/1.rss", "/2.rss", "/rss"]


def test_a_feed_that_is_not_there_is_none() -> None:
    async def run(visitor: Visitor) -> tuple[bool, list[str]]:
        one = Exploration(visitor, HOME, fetched_at=NOW)
        return await one._try_feed(f"{HOME}none.rss"), one.failed

    found, failed = visit({}, run)[0]
    assert (found, failed) == (False, [f"{HOME}none.rss answered 404 (Not Found)"])


EMPTY = read_listing(b"<p>x</p>", HOME, Source(id="x", name="X", province="?", homepage=HOME))


def test_sections_below_others_are_tried_last() -> None:
    asked: list[str] = []

    async def run(visitor: Visitor) -> None:
        one = Exploration(visitor, "https://a.vn/", fetched_at=NOW)
        sections = tuple(f"https://a.vn/{path}" for path in ("x/y/z", "a/b", "c", "d/"))
        await one._try_sections(replace(EMPTY, sections=sections))
        asked.extend(line.split(" ")[0].removeprefix("https://a.vn/") for line in one.failed)

    visit({}, run)
    assert asked == ["a/b", "c", "d/", "x/y/z"]
    asked.clear()
    visit({}, run, budget=8)
    assert asked == ["a/b", "c"], "requests are left for samples and feeds"


def test_eight_sections_and_two_of_their_feeds_are_enough() -> None:
    listed = "".join(f'<a href="/{name}">Một tin dài về ruộng lúa</a>' for name in IDS)
    feed = '<link rel="alternate" type="application/rss+xml" href="/{}.rss">'
    pages: dict[str, bytes | Exception] = {
        f"https://a.vn/muc-{n}": f"{feed.format(n)}{listed}".encode() for n in range(10)
    }

    async def run(visitor: Visitor) -> tuple[int, list[str]]:
        one = Exploration(visitor, "https://a.vn/", fetched_at=NOW)
        await one._try_sections(replace(EMPTY, sections=tuple(pages)))
        return len(one.sections), [line.split(" ")[0] for line in one.failed]

    found = 8, ["https://a.vn/0.rss", "https://a.vn/1.rss"]
    assert visit(pages, run)[0] == found


def test_four_usual_addresses_of_feeds_are_tried_where_none_is_linked() -> None:
    async def run(visitor: Visitor) -> int:
        one = Exploration(visitor, "https://a.vn/", fetched_at=NOW)
        await one._try_feeds([])
        return len(one.failed)

    assert visit({}, run)[0] == 4


def test_a_section_says_where_it_goes_on() -> None:
    listed = "".join(f'<a href="/{name}">Một tin dài về ruộng lúa</a>' for name in IDS)
    page = f'<link rel="next" href="/muc?page=2">{listed}'.encode()

    async def run(visitor: Visitor) -> list[str]:
        one = Exploration(visitor, "https://a.vn/", fetched_at=NOW)
        await one._try_sections(replace(EMPTY, sections=("https://a.vn/muc", "https://a.vn/b")))
        return [found.note for found in one.found_seeds]

    pages: dict[str, bytes | Exception] = {
        "https://a.vn/muc": page, "https://a.vn/b": listed.encode(),
    }  # fmt: skip
    assert visit(pages, run)[0] == ["goes on at https://a.vn/muc?page=2", ""]


def test_a_feed_that_shows_articles_is_one() -> None:
    items = "".join(f"<item><link>https://a.vn/{name}</link></item>" for name in IDS)
    feed = f"<rss><channel>{items}</channel></rss>".encode()

    async def run(visitor: Visitor) -> tuple[bool, bool]:
        one = Exploration(visitor, "https://a.vn/", fetched_at=NOW)
        return await one._try_feed("https://a.vn/rss"), await one._try_feed("https://a.vn/rss")

    assert visit({"https://a.vn/rss": feed}, run)[0] == (True, False), "it is asked for once"
