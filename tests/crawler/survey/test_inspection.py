"""Does a source still work, on the pages of the demo."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from crawler.demo.server import ORIGIN
from crawler.discovery import usual_seeds
from crawler.discovery.reader import Reading
from crawler.discovery.results import Child, Found
from crawler.failures import Word
from crawler.net.errors import Refused
from crawler.sources import Seed, Source
from crawler.sources.model import Layout
from crawler.sources.patterns import compile_pattern
from crawler.survey.inspection import (
    UNASKED,
    Check,
    Inspection,
    Subject,
    _describe,
    inspect_source,
)
from crawler.survey.proposal import Sample
from crawler.survey.visits import Visitor
from storage.records import Article, Evidence
from storage.states import SeedKind
from tests.crawler.survey.visiting import HOME, NOW, demo_pages, visit

SOURCE = Source(
    id="x",
    name="X",
    province="Tây Ninh",
    homepage=HOME,
    seeds=(
        Seed(kind=SeedKind.FEED, url=f"{ORIGIN}/rss/home.rss"),
        Seed(kind=SeedKind.LISTING, url=f"{ORIGIN}/xa-hoi/"),
    ),
    accept=(compile_pattern(r"-a(?P<id>\d+)\.html$"),),
)


def inspect(source: Source, pages: dict[str, bytes | Exception] | None = None) -> list[Check]:
    checks, _ = visit(
        pages if pages is not None else {**demo_pages()},
        lambda visitor: inspect_source(source, visitor, fetched_at=NOW),
    )
    return checks


def test_a_source_that_works_is_said_to_work() -> None:
    checks = inspect(SOURCE)
    assert {check.what for check in checks if check.ok} >= {
        Subject.HOMEPAGE,
        SeedKind.FEED,
        SeedKind.LISTING,
        Subject.ARTICLE,
        Subject.FIELDS,
    }
    assert [check for check in checks if not check.ok and check.what is not Subject.ARTICLE] == []


def test_patterns_that_match_nothing_are_replaced() -> None:
    checks = inspect(replace(SOURCE, accept=(compile_pattern(r"-old\d+$"),)))
    (patterns,) = [check for check in checks if check.what is Subject.PATTERNS]
    assert not patterns.ok
    assert patterns.advice == r"articles now look like -a(?P<id>\d+)\.html$"


def test_a_seed_of_another_kind_is_named() -> None:
    wrong = (Seed(kind=SeedKind.FEED, url=f"{ORIGIN}/sitemap.xml"),)
    feed = next(c for c in inspect(replace(SOURCE, seeds=wrong)) if c.what is SeedKind.FEED)
    assert not feed.ok
    assert feed.advice == "it is a sitemap: write kind = 'sitemap'"


def test_a_seed_that_is_gone_is_said_to_be() -> None:
    gone = (Seed(kind=SeedKind.FEED, url=f"{ORIGIN}/cu.rss"),)
    feed = next(c for c in inspect(replace(SOURCE, seeds=gone)) if c.what is SeedKind.FEED)
    assert not feed.ok
    assert "404" in feed.said
    assert feed.advice


def test_a_site_that_is_away_shows_no_article() -> None:
    checks = inspect(SOURCE, {})
    assert [check.what for check in checks if check.ok] == []
    assert checks[-1].said == "shows no article on any seed"


def test_a_home_page_that_is_a_seed_is_asked_for_once() -> None:
    home = replace(SOURCE, seeds=(Seed(kind=SeedKind.LISTING, url=HOME),))
    pages: dict[str, bytes | Exception] = {**demo_pages()}
    _, once = visit(pages, lambda each: inspect_source(home, each, fetched_at=NOW))
    other = replace(SOURCE, seeds=(Seed(kind=SeedKind.LISTING, url=f"{ORIGIN}/xa-hoi/"),))
    _, besides = visit(pages, lambda each: inspect_source(other, each, fetched_at=NOW))
    assert once.spent == besides.spent - 1


def test_a_source_none_of_whose_seeds_works_is_searched_for_others() -> None:
    wrong = (Seed(kind=SeedKind.FEED, url=f"{ORIGIN}/khong-co.rss"),)
    checks = inspect(replace(SOURCE, seeds=wrong))
    seeds = [check for check in checks if check.what in (SeedKind.FEED, SeedKind.LISTING)]
    assert [check.url for check in seeds if not check.ok] == [wrong[0].url]
    assert [check.url for check in seeds if check.ok], "the home page offers some"


def test_of_a_seed_that_was_not_asked_for_nothing_is_advised() -> None:
    pages: dict[str, bytes | Exception] = {**demo_pages()}
    pages |= {seed.url: Refused(Word.BROKER_AWAY) for seed in SOURCE.seeds}
    seeds = [check for check in inspect(SOURCE, pages) if not check.ok]
    assert [(check.ok, check.asked, check.advice) for check in seeds] == [
        (False, False, UNASKED)
    ] * 2


def test_a_site_that_nobody_asked_is_not_said_to_show_no_article() -> None:
    pages: dict[str, bytes | Exception] = {
        url: Refused(Word.BROKER_AWAY) for url in (HOME, *(seed.url for seed in SOURCE.seeds))
    }
    checks = inspect(SOURCE, pages)
    assert not [check for check in checks if check.what is Subject.ARTICLE]


@pytest.mark.parametrize(
    ("word", "detail", "changes", "advice"),
    [
        (Word.OFF_SITE, "https://b.vn/", {}, "it leads to https://b.vn/: change homepage"),
        (Word.OFF_SITE, "", {}, ""),
        (Word.DNS, "", {}, 'if the paper is gone, write status = "retired"'),
        (Word.CERTIFICATE_EXPIRED, "", {}, "if the site is known to be broken so"),
        (Word.CERTIFICATE_EXPIRED, "", {"verify_tls": False}, ""),
        (Word.TIMEOUT, "", {}, ""),
    ],
)
def test_a_home_page_that_cannot_be_had_is_advised_on(
    word: Word, detail: str, changes: dict[str, Any], advice: str
) -> None:
    pages: dict[str, bytes | Exception] = {**demo_pages(), HOME: Refused(word, detail)}
    home = inspect(replace(SOURCE, **changes), pages)[0]
    assert (home.what, home.ok) == (Subject.HOMEPAGE, False)
    assert home.advice.startswith(advice)
    assert bool(home.advice) is bool(advice)


def test_what_no_article_is_like_is_said_once() -> None:
    pattern = compile_pattern(r"-old\d+$")
    (patterns,) = [
        check
        for check in inspect(replace(SOURCE, accept=(pattern,)))
        if check.what is Subject.PATTERNS
    ]
    assert patterns.said == r"shows no article like -old\d+$"


def test_three_samples_of_a_source_are_read() -> None:
    checks = inspect(SOURCE)
    assert sum(check.what is Subject.ARTICLE for check in checks) == 3
    (fields,) = [check for check in checks if check.what is Subject.FIELDS]
    assert "a body " in fields.said


def test_sixteen_seeds_of_a_source_are_visited() -> None:
    seeds = tuple(Seed(kind=SeedKind.FEED, url=f"{ORIGIN}/{n}.rss") for n in range(20))
    checks = inspect(replace(SOURCE, seeds=seeds))
    assert sum(check.what is SeedKind.FEED and not check.ok for check in checks) == 16


def test_a_feed_that_is_gone_is_replaced_by_one_that_the_home_page_links() -> None:
    gone = (Seed(kind=SeedKind.FEED, url=f"{ORIGIN}/cu.rss"),)
    feed = next(c for c in inspect(replace(SOURCE, seeds=gone)) if c.what is SeedKind.FEED)
    assert feed.advice.startswith(f"the home page links {ORIGIN}/rss")
    pages: dict[str, bytes | Exception] = {**demo_pages(), HOME: b"<p>bare</p>"}
    feed = next(c for c in inspect(replace(SOURCE, seeds=gone), pages) if c.what is SeedKind.FEED)
    assert feed.advice == "remove this seed, or find its new address"


@pytest.mark.parametrize(
    ("article", "ok", "said", "advice"),
    [
        (
            {"published_at": "2026-11-24T08:00:00+07:00", "published_on": "2026-11-24"}, True,
            "is read: 'Tin', 2026-11-24T08:00:00+07:00, 2 paragraphs", "",
        ),
        ({"published_on": "2026-11-24"}, True, "is read: 'Tin', 2026-11-24, 2 paragraphs", ""),
        (
            {}, False, "is read: 'Tin', no date, 2 paragraphs",
            "its date is not found: name a layout, or write one",
        ),
        (
            None, False, "is not read as an article: no-body",
            "reject such addresses, or write a layout for such pages",
        ),
    ],
)  # fmt: skip
def test_a_sample_is_judged_by_its_date(
    article: dict[str, str] | None, ok: bool, said: str, advice: str
) -> None:
    inspection = new_inspection(SOURCE)
    read = None if article is None else make_article(**article)
    inspection._judge(Sample(url="https://a.vn/1", article=read, problem="" if read else "no-body"))
    (check,) = inspection.checks
    assert (check.what, check.url, check.ok, check.said, check.advice, check.asked) == (
        Subject.ARTICLE, "https://a.vn/1", ok, said, advice, True,
    )  # fmt: skip
    assert len(inspection.read) == (0 if read is None else 1)


def new_inspection(source: Source) -> Inspection:
    async def download(request: Any) -> Any:
        raise AssertionError(request.url)

    return Inspection(source, Visitor(download, 0), NOW)


FEEDS_AT = f"{HOME}rss"
LISTS = tuple(f"{HOME}muc-{n}/" for n in range(4))
MAPS = tuple(f"{HOME}map-{n}.xml" for n in range(3))


@pytest.mark.parametrize(
    ("feeds", "lists", "maps", "shown"),
    [
        (0, 0, 0, "usual"),
        (0, 4, 0, "lists usual"),
        (4, 4, 3, "feeds maps lists"),
        (4, 0, 0, "feeds"),
        (0, 0, 3, "maps"),
    ],
)
def test_usual_addresses_are_tried_where_no_feed_and_no_sitemap_is_offered(
    feeds: int, lists: int, maps: int, shown: str
) -> None:
    """Three feeds, two sitemaps, three lists at most; else six addresses that papers use."""
    inspection = new_inspection(replace(SOURCE, seeds=()))
    inspection.offered = (
        *(Seed(kind=SeedKind.FEED, url=f"{FEEDS_AT}-{n}") for n in range(feeds)),
        *(Seed(kind=SeedKind.LISTING, url=url) for url in LISTS[:lists]),
    )
    robots = "".join(f"Sitemap: {url}\n" for url in MAPS[:maps]).encode()

    async def ladder(visitor: Visitor) -> list[str]:
        inspection.visitor = visitor
        return [seed.url for seed in await inspection._ladder()]

    expected = {
        "feeds": [f"{FEEDS_AT}-{n}" for n in range(3)],
        "maps": list(MAPS[:2]),
        "lists": list(LISTS[:3]),
        "usual": [seed.url for seed in usual_seeds(SOURCE)[:6]],
    }
    wanted = [url for name in shown.split() for url in expected[name]]
    robots_txt = {f"{HOME}robots.txt": robots} if maps else {}
    found, _ = visit(robots_txt, ladder)
    assert found == wanted


def make_article(**facts: str) -> Article:
    return Article(source_id="x", url="https://a.vn/1", title="Tin", body="Một.\n\nHai.", **facts)


@pytest.mark.parametrize(
    ("layouts", "how", "ok", "advice"),
    [
        ((), "paragraphs", True, ""),
        (("vnpt", "bbg"), "layout vnpt", True, ""),
        (
            ("vnpt", "bbg"), "paragraphs", False,
            "its pages no longer look like layout vnpt, bbg: change [[layouts]]",
        ),
    ],
)  # fmt: skip
def test_a_layout_that_no_page_shows_any_more_is_lost(
    layouts: tuple[str, ...], how: str, ok: bool, advice: str
) -> None:
    inspection = new_inspection(replace(SOURCE, layouts=tuple(Layout(name=n) for n in layouts)))
    inspection._look_at_fields()
    assert inspection.checks == []
    article = make_article(published_on="2026-11-24")
    article.evidence["body"] = Evidence(how=how, confidence=1.0)
    inspection.read = [article, article]
    inspection._look_at_fields()
    (check,) = inspection.checks
    assert (check.what, check.ok, check.advice) == (Subject.FIELDS, ok, advice)
    assert "a date 2/2" in check.said
    assert "authors 0/2" in check.said


def test_a_list_with_links_that_are_no_articles_points_at_the_patterns() -> None:
    listing = Seed(kind=SeedKind.LISTING, url=f"{ORIGIN}/muc/")
    source = replace(SOURCE, seeds=(listing,))
    for body, advice in (
        (b"<a href=/gioi-thieu>x</a>" * 3, "see the patterns of the source"),
        (b"<p>none</p>", "remove this seed, or find its new address"),
    ):
        pages: dict[str, bytes | Exception] = {HOME: b"<p>home</p>", listing.url: body}
        check = next(each for each in inspect(source, pages) if each.what is SeedKind.LISTING)
        assert (check.ok, check.advice) == (False, advice)


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        (Reading(articles=(Found(url="a"),) * 3, others=2), "shows 3 articles, 2 other links"),
        (Reading(children=(Child(url="a"),)), "shows 1 sitemaps"),
        (
            Reading(articles=(Found(url="a"),), problems=("it is cut", "x")),
            "shows 1 articles (it is cut)",
        ),
    ],
)
def test_what_a_seed_shows_is_said_without_what_it_has_none_of(reading: Reading, said: str) -> None:
    assert _describe(reading) == said
