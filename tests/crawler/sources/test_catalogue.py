from __future__ import annotations

from collections import Counter
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from crawler.errors import UnknownSource
from crawler.sources import (
    Source,
    article_key,
    find_source,
    is_article_url,
    load_sources,
    owner_of,
)
from crawler.sources.catalogue import BUILT_IN
from crawler.sources.provinces import PROVINCES
from tests.support.paths import DATA

TABLE = DATA / "article_keys.tsv"
"""Article addresses seen on the sites, the source each belongs to, and the key it must have."""
ROWS = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()]
SOURCES = load_sources()
SECTIONS = (
    "/", "/thoi-su", "/thoi-su/", "/kinh-te/nong-nghiep", "/xa-hoi.html", "/the-thao/bong-da/",
    "/thoi-su/trang-2.html", "/thoi-su?p=2", "/thoi-su/page/2/", "/xa-hoi-8.html?page=439",
    "/thoi-su-215.html", "/lien-he", "/gioi-thieu.html", "/rss/home.rss", "/sitemap.xml",
    "/tim-kiem?q=lua", "/tags/lua", "/tu-khoa/lua-tag95798.html", "/nong-thon-moi-ptag.html",
    "/du-an-ven-song-event12.html", "/su-kien/nang-dong-va-phat-trien.9.html", "/video/",
    "/print/10293544.html", "/epaper/bao-ngay", "/multimedia", "/hoc-tap-va-lam-theo-bac",
    "/uploads/2025/vanban.pdf", "/vi/news/tin-tuc-su-kien-421/", "/Pages/default.aspx",
)  # fmt: skip


def test_every_province_of_before_and_after_the_merger_has_a_source() -> None:
    assert {source.province for source in SOURCES.values()} == set(PROVINCES.values())
    before = {source.province_before_2025 for source in SOURCES.values()}
    assert before - {None} == set(PROVINCES)
    assert (len(PROVINCES), len(set(PROVINCES.values()))) == (63, 34)


NOT_KNOWN = {
    "broadcaster": {"Quảng Ninh", "Đồng Nai"},
    "portal": {"Hà Nội", "Thanh Hóa"},
}
"""Provinces of today for which no evidence names one. Quảng Ninh's station and newspaper are one
house since 2019."""


def test_sources_asked_for_are_read_without_the_others(tmp_path: Path) -> None:
    source = SOURCES["baobacninh"]
    toml = Path(source.path).read_text(encoding="utf-8")
    own = toml.replace('"baobacninh"', '"cua-toi"', 1)
    (tmp_path / "a.toml").write_text(own, encoding="utf-8")
    assert load_sources(only=["baobacninh"]) == {source.id: source}
    assert [*load_sources(tmp_path, only=["baobacninh"])] == ["baobacninh", "cua-toi"]
    assert [*load_sources(tmp_path, only=["cua-toi"])] == ["cua-toi"]
    # One that nobody has is looked for among all, for the sake of a hint.
    assert load_sources(tmp_path, only=["baobacnin"]).keys() == {*SOURCES, "cua-toi"}


def test_every_province_has_a_newspaper_a_broadcaster_and_a_portal_where_one_is_known() -> None:
    for kind in ("newspaper", "broadcaster", "portal"):
        having = {source.province for source in SOURCES.values() if source.kind == kind}
        assert set(PROVINCES.values()) - having == NOT_KNOWN.get(kind, set())


@pytest.mark.parametrize("source", SOURCES.values(), ids=lambda source: source.id)
def test_each_file_is_named_after_its_source_and_says_what_it_rests_on(source) -> None:  # type: ignore[no-untyped-def]
    path = Path(source.path)
    assert path == BUILT_IN / f"{source.id}.toml"
    head = path.read_text(encoding="utf-8").split("\nid = ")[0]
    assert "Rests on: " in head
    if source.province_before_2025:
        assert PROVINCES[source.province_before_2025] == source.province
    assert all(source.owns(seed.url) for seed in source.seeds)
    assert source.successor != source.id


@pytest.mark.parametrize(("id", "url", "key"), ROWS)
def test_known_addresses_are_articles_with_their_key(id: str, url: str, key: str) -> None:  # noqa: A002
    assert is_article_url(SOURCES[id], url)
    assert article_key(SOURCES[id], url) == key


def test_keys_are_unique_within_a_source() -> None:
    assert max(Counter((row[0], row[2]) for row in ROWS).values()) == 1


@pytest.mark.parametrize("source", SOURCES.values(), ids=lambda source: source.id)
def test_home_and_section_pages_are_no_articles(source) -> None:  # type: ignore[no-untyped-def]
    pages = [urljoin(source.homepage, path) for path in SECTIONS]
    assert [page for page in pages if is_article_url(source, page)] == []


@pytest.mark.parametrize(
    ("id", "url"),
    [
        ("hanoimoi", "https://hanoimoi.vn/print/634137.html"),
        ("baonghean", "https://baonghean.vn/en/hoi-chu-thap-do-nghe-an-phoi-hop-10190884.html"),
        ("baoquangtri", "https://baoquangtri.vn/video/xoa-ngheo-cho-dong-bao-188827.htm"),
        ("baodaklak", "https://baodaklak.vn/video/202209/video-mua-trang-yeu-thuong-cf8068c"),
        ("baocantho", "https://baocantho.com.vn/video/xem-video/khoi-cong-cau-co-do-1783.html"),
        ("thainguyentv", "https://thainguyentv.vn/ky-hop-thu-hai-muoi-ba-49187.media"),
    ],
)  # fmt: skip
def test_print_video_and_foreign_editions_are_no_articles(id: str, url: str) -> None:  # noqa: A002
    assert not is_article_url(SOURCES[id], url)


def test_no_two_sources_claim_one_present_host() -> None:
    homes = Counter(urlsplit(s.homepage).netloc.removeprefix("www.") for s in SOURCES.values())
    hosts = Counter(host for source in SOURCES.values() for host in source.hosts)
    assert [host for host, count in (homes | hosts).items() if count > 1] == []


def test_moved_papers_keep_their_keys() -> None:
    moved = SOURCES["baodongkhoi"]
    old = article_key(moved, "http://baodongkhoi.vn/ten-cu-a12345.html")
    assert old == article_key(moved, "https://dongkhoi.baovinhlong.vn/ten-moi-a12345.html")


def test_other_files_of_a_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("notes")
    assert load_sources(tmp_path).keys() == load_sources().keys()


def test_a_page_belongs_to_who_is_there_now() -> None:
    one = Source(
        id="one",
        name="One",
        province="Huế",
        homepage="https://one.vn/",
        former_hosts=("two.vn", "old.vn"),
    )
    two = Source(id="two", name="Two", province="Huế", homepage="https://two.vn/")
    for sources in ([one, two], [two, one]):
        owners = [owner_of(sources, f"https://{host}.vn/a") for host in ("one", "two", "old", "x")]
        assert owners == [one, two, one, None]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("BAOLONGAN", "did you mean baolongan"),
        ("baolongann", "did you mean baolongan"),
        ("zzzzzzzz", "see `baotinh sources list`"),
    ],
)
def test_an_id_that_nobody_has_offers_the_nearest(asked: str, said: str) -> None:
    with pytest.raises(UnknownSource, match=said):
        find_source(SOURCES, asked)
    assert find_source(SOURCES, "baolongan").id == "baolongan"
