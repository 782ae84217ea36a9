"""Which links are articles: habit of the site, place on the page, hosts."""

from __future__ import annotations

import pytest

from crawler.discovery.articles import articles_among, is_article_link, without_build_dates
from crawler.discovery.results import Found
from crawler.sources import Source
from crawler.sources.patterns import compile_pattern
from storage.states import SeedKind

BARE = Source(id="x", name="X", province="Huế", homepage="https://x.vn/")
SLUGS = [f"https://x.vn/xa-tan-hoa-khanh-thanh-cau-{word}" for word in ("mot", "hai", "ba")]
NUMBERED = [f"https://x.vn/nguoi-nuoi-tom-o-xa-14823{n}.html" for n in range(4)]


def found(urls: list[str]) -> list[Found]:
    return [Found(url=url) for url in urls]


def test_plain_slugs_are_articles_where_few_links_have_ids() -> None:
    assert [link.url for link in articles_among(BARE, found(SLUGS))] == SLUGS
    few = [*SLUGS, *NUMBERED[:2]]
    assert [link.url for link in articles_among(BARE, found(few))] == few


def test_plain_slugs_are_sections_where_the_site_numbers_its_articles() -> None:
    assert [link.url for link in articles_among(BARE, found([*SLUGS, *NUMBERED]))] == NUMBERED


def test_three_ids_among_many_slugs_are_no_habit() -> None:
    many = [f"{SLUGS[0]}-{n}-nhip-moi" for n in "abcdefghijk"]
    mixed = [*many, *NUMBERED[:3]]
    assert len(articles_among(BARE, found(mixed))) == len(mixed)


def test_a_feed_is_not_asked_for_a_habit() -> None:
    assert len(articles_among(BARE, found([*SLUGS, *NUMBERED]), SeedKind.FEED)) == 7


def test_the_key_is_carried_and_the_address_is_canonical() -> None:
    source = Source(
        id="x",
        name="X",
        province="Huế",
        homepage="https://x.vn/",
        former_hosts=("cu.vn",),
        accept=(compile_pattern(r"-a(?P<id>\d+)\.html$"),),
    )
    (link,) = articles_among(source, [Found(url="http://cu.vn/mot-a7.html?fbclid=1", title="Một")])
    assert (link.url, link.key, link.title) == ("https://x.vn/mot-a7.html", "a7", "Một")
    (slug, *_) = articles_among(BARE, found(SLUGS))
    assert slug.key == slug.url


def test_in_menus_only_long_labels_are_articles() -> None:
    short, long = "Giới thiệu chung", "Xã Tân Hòa khánh thành cây cầu nối hai bờ"
    for url, label, is_article in (
        (NUMBERED[0], short, False),
        (NUMBERED[0], "Xã Tân Hòa khánh thành", True),
        (SLUGS[0], "Xã Tân Hòa khánh thành", False),
        (SLUGS[0], long, True),
    ):
        assert is_article_link(BARE, Found(url=url, title=label, in_menu=True)) is is_article
        assert is_article_link(BARE, Found(url=url, title=label))


def test_what_is_no_address_is_no_article() -> None:
    assert not is_article_link(BARE, Found(url="https://[::1/mot-hai-ba-bon-a12345.html"))
    assert (
        articles_among(BARE, found(["https://x.vn:99999/a", "//x.vn/a", "https://u@x.vn/"])) == ()
    )


BUILT = "Thu, 26 Nov 2026 21:00:00 +0700"


def dated(*dates: str | None) -> list[Found]:
    return [Found(url=f"https://x.vn/{n}", date=date) for n, date in enumerate(dates)]


@pytest.mark.parametrize(
    ("dates", "kept"),
    [
        ([BUILT] * 4, 0),
        ([BUILT] * 3, 3),
        ([BUILT] * 4 + ["2026-11-20T08:05:00+07:00"] * 3, 3),
        ([BUILT] * 4 + ["2026-11-20T08:05:00+07:00"] * 4, 8),
        ([BUILT] * 4 + [None] * 4, 4),
        (["2026-11-26"] * 6, 6),
        (["2026-11-26T00:00:00+07:00"] * 6, 6),
        (["2026-11-25T17:00:00Z"] * 6, 6),
        ([], 0),
    ],
)
def test_a_minute_that_most_links_share_is_when_the_list_was_made(
    dates: list[str | None], kept: int
) -> None:
    links = without_build_dates(dated(*dates))
    assert [link.url for link in links] == [link.url for link in dated(*dates)]
    assert sum(link.date is not None for link in links) == kept


@pytest.mark.parametrize(
    ("address", "words", "is_article"),
    [
        (NUMBERED[0], 4, False),
        (NUMBERED[0], 5, True),
        (SLUGS[0], 8, False),
        (SLUGS[0], 9, True),
        (NUMBERED[0], 0, False),
    ],
)
def test_headlines_in_menus_are_longer_than_names_of_sections(
    address: str, words: int, *, is_article: bool
) -> None:
    link = Found(url=address, title=" ".join(["từ"] * words) or None, in_menu=True)
    assert is_article_link(BARE, link) is is_article


@pytest.mark.parametrize(
    ("numbered", "plain", "kept"), [(3, 7, 3), (3, 8, 11), (2, 0, 2), (2, 3, 5), (3, 0, 3)]
)
def test_a_site_gives_ids_where_three_links_and_a_third_of_all_have_one(
    numbered: int, plain: int, kept: int
) -> None:
    others = [f"{SLUGS[0]}-{word}-nhip-moi" for word in "abcdefghijk"[:plain]]
    assert len(articles_among(BARE, found([*others, *NUMBERED[:numbered]]))) == kept


def test_an_address_that_a_feed_cannot_vouch_for() -> None:
    rejecting = Source(
        id="x", name="X", province="Huế", homepage="https://x.vn/",
        reject=(compile_pattern("/quang-cao/"),),
    )  # fmt: skip
    listed = found(["https://x.vn/tin/lua", "https://x.vn/quang-cao/lua", "https://x.vn/?p=7"])
    fed = articles_among(rejecting, listed, SeedKind.FEED)
    assert [link.url for link in fed] == ["https://x.vn/tin/lua"]


def test_patterns_of_the_source_file_decide_whatever_the_habit() -> None:
    source = Source(
        id="x", name="X", province="Huế", homepage="https://x.vn/",
        accept=(compile_pattern(r"/(xa|nguoi)-"),),
    )  # fmt: skip
    every = [*SLUGS, *NUMBERED]
    for kind in (None, SeedKind.LISTING, SeedKind.FEED):
        assert [link.url for link in articles_among(source, found(every), kind)] == every


def test_dates_of_lists_without_any_stay_as_they_are() -> None:
    bare = tuple(Found(url=f"https://x.vn/{n}") for n in range(5))
    assert without_build_dates(bare) == bare
    assert without_build_dates(()) == ()
