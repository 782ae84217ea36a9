from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.runs.answers import is_front_page
from crawler.sources import Source, article_key, is_article_url
from crawler.sources.identity import asked_at, at_home, identify, identify_own
from crawler.sources.patterns import compile_pattern

MONTHLY = r"/(?P<month>\d{6})/[^/]+-(?P<id>[0-9a-f]{7})/?$"


def source(*accept: str, **more: Any) -> Source:
    facts: dict[str, Any] = {"homepage": "https://x.vn/", **more}
    patterns = tuple(map(compile_pattern, accept))
    return Source(id="x", name="X", province="Huế", accept=patterns, **facts)


@pytest.mark.parametrize(
    ("pattern", "url", "key"),
    [
        (r"-a(?P<id>\d+)\.html$", "https://x.vn/mot-hai-a167064.html", "a167064"),
        (r"-post(?P<id>\d+)\.html$", "https://x.vn/mot-hai-post123.html", "post123"),
        (r"-(?P<id>\d+)\.html$", "https://x.vn/mot-hai-92317.html", "92317"),
        (r"-(?P<id>[0-9a-f]{7})/?$", "https://x.vn/xa-hoi/202603/mot-19f77b2/", "19f77b2"),
        (MONTHLY, "https://x.vn/xa-hoi/202603/mot-19f77b2/", "202603-19f77b2"),
        (r"-(?P<id>[A-Za-z0-9]{9})\.html$", "https://x.vn/a/b-yul5dLNIR.html", "yul5dLNIR"),
        (r"[?&]ItemID=(?P<id>\d+)", "https://x.vn/p.aspx?ItemID=28128&l=Tin", "28128"),
        (r"/(?P<id>\d+)/[^/]+\.html$", "https://x.vn/141/160887/mot-hai.html", "160887"),
        (r"\.html$", "https://x.vn/mot-hai.html", "https://x.vn/mot-hai.html"),
    ],
)
def test_the_sites_own_id_is_the_key(pattern: str, url: str, key: str) -> None:
    assert article_key(source(pattern), url) == key


def test_a_renamed_slug_and_a_moved_host_keep_the_key() -> None:
    moved = source(
        r"-a(?P<id>\d+)\.html$",
        homepage="https://dongkhoi.baovinhlong.vn/",
        former_hosts=("baodongkhoi.vn",),
    )
    urls = ("http://baodongkhoi.vn/cu-a12.html", "https://dongkhoi.baovinhlong.vn/moi-a12.html?x=1")
    assert {article_key(moved, url) for url in urls} == {"a12"}


def test_without_an_id_host_and_scheme_are_the_homepages() -> None:
    moved = source(hosts=("m.x.vn",), former_hosts=("old.vn",))
    urls = [f"{start}/tin/mot.html?utm_source=a#b" for start in
            ("https://x.vn", "http://www.x.vn", "http://old.vn", "https://m.x.vn:443")]  # fmt: skip
    assert {article_key(moved, url) for url in urls} == {"https://x.vn/tin/mot.html"}
    assert article_key(moved, "https://other.vn/a") == "https://other.vn/a"


def test_a_key_needs_an_absolute_address() -> None:
    with pytest.raises(ValueError, match="absolute"):
        article_key(source(), "/mot.html")


@pytest.mark.parametrize(
    "path",
    [
        "/print/mot-hai-a12.html", "/video/mot-hai-a12.html", "/tag/mot-a12.html", "/mot-a12.pdf",
        "/tim-kiem/mot-a12.html", "/dang-nhap/mot-a12.html", "/rss/mot-a12.html",
    ],
)  # fmt: skip
def test_print_video_tag_and_file_links_are_no_articles(path: str) -> None:
    assert not is_article_url(source(r"-a(?P<id>\d+)\.(html|pdf)$"), f"https://x.vn{path}")


@pytest.mark.parametrize(
    "ending",
    [
        "?amp", "?amp=1", "?print=1", "?mode=print", "?output=amp", "?tmpl=component&print=1",
        "?share=facebook", "?replytocom=12#respond", "?id=5&action=print",
    ],
)  # fmt: skip
@pytest.mark.parametrize("patterns", [(), (r"-a(?P<id>\d+)\.html$",)])
def test_views_for_phones_paper_and_share_boxes_are_no_articles(
    ending: str, patterns: tuple[str, ...]
) -> None:
    address = "https://x.vn/khanh-thanh-cau-moi-a1234.html"
    assert is_article_url(source(*patterns), f"{address}?loai=1")
    assert not is_article_url(source(*patterns), address + ending)


@pytest.mark.parametrize("ending", [".amp", ".amp.html", ".print"])
def test_so_are_views_that_the_path_names(ending: str) -> None:
    assert not is_article_url(source(), f"https://x.vn/khanh-thanh-cau-moi-qua-song-a1234{ending}")


def test_a_pattern_that_names_such_a_folder_wins() -> None:
    assert is_article_url(source(r"/video/.*-(?P<id>\d+)\.html$"), "https://x.vn/video/mot-12.html")


def test_reject_beats_accept() -> None:
    rejecting = source(r"\.html$")
    rejecting = Source(
        id="x", name="X", province="P", homepage="https://x.vn/", accept=rejecting.accept,
        reject=(compile_pattern(r"-event\d+\.html$"),),
    )  # fmt: skip
    assert is_article_url(rejecting, "https://x.vn/mot.html")
    assert not is_article_url(rejecting, "https://x.vn/mot-event12.html")


@pytest.mark.parametrize(
    "url",
    [
        "https://x.vn/nam-2024-tinh-uy-long-an-de-ra-18-chi-tieu-a167064.html",
        "https://x.vn/truong-hoc-khang-trang-10293422.html",
        "https://x.vn/quyen-hoa-y-dang-long-dan-post404733.html",
        "https://x.vn/quang-ba-cac-diem-du-lich-van-hoa-postid413098.bbg",
        "https://x.vn/xa-hoi/202603/trao-45-xe-dap-cho-hoc-sinh-0ce194b",
        "https://x.vn/141/160887/trao-hon-100-trieu-dong-giup-ba-con-ngheo.html",
        "https://x.vn/news/80312p1c30/cham-lo-tet-nguoi-ngheo-va-gia-dinh.htm",
        "https://x.vn/xa-hoi/75587/hoi-phu-nu-trao-qua-tang-hoc-sinh.html",
        "https://x.vn/phong-su-anh/443050-vang-tren-nui-da.html",
        "https://x.vn/viewer.aspx?mabb=132461&macm=6&macmp=6",
        "https://x.vn/Pages/chi-tiet.aspx?ItemID=28128&l=Tintrongtinh",
        "https://x.vn/223/172838/Bao-Dap-tap-trung-nang-cao.aspx",
        "https://x.vn/hieu-qua-tu-phong-trao-mai-am-tinh-thuong/",
        "https://x.vn/tieng-goi-non-cao-tay-yen-tu.bbg",
        "https://x.vn/2025/03/14/tinh-uy-long-an-hop/",
        "https://x.vn/default.aspx?tabid=512&ndid=9001",
        "https://x.vn/index.php?option=com_content&view=article&id=123:xa-moi&catid=8&Itemid=44",
        "https://x.vn/?p=1234",
        "https://x.vn/index.php?nv=news&op=Kinh-te/hop-xa-123",
    ],
)
def test_forms_of_articles_are_known_without_patterns(url: str) -> None:
    assert is_article_url(source(), url)


@pytest.mark.parametrize(
    "url",
    [
        "https://x.vn/", "https://x.vn/thoi-su", "https://x.vn/xa-hoi/doi-song/",
        "https://x.vn/thoi-su/trang-2.html", "https://x.vn/thoi-su/page/2/", "https://x.vn/a?p=2",
        "https://x.vn/thoi-su-trang-12.html", "https://x.vn/du-an-ven-song-event12.html",
        "https://x.vn/default.aspx?tabid=512", "https://x.vn/?cat=1234", "https://x.vn/a?sid=12345",
        "https://x.vn/index.php?option=com_content&view=category&id=12&Itemid=44", "https://x.vn/?p=2",
        "https://x.vn/nong-thon-moi-ptag.html", "https://x.vn/pho-chu-tich-tinh-tag95798.html",
        "https://x.vn/su-kien/nang-dong-va-phat-trien.9.html", "https://x.vn/tags/xa-40046.html",
        "https://x.vn/lien-he.html", "https://x.vn/print/10293544.html", "https://x.vn/a.pdf",
        "https://x.vn/rss/home.rss", "https://x.vn/login?next=/a-123456.html",
        "https://other.vn/mot-hai-ba-bon-a167064.html", "mailto:a@x.vn", "https://x.vn:81/a-123456",
        "https://x.vn/" + "a-" * 1000 + "123456.html",
    ],
)  # fmt: skip
def test_sections_and_machinery_are_no_articles(url: str) -> None:
    assert not is_article_url(source(), url)


@given(st.text(max_size=200))
def test_no_text_breaks_the_question(text: str) -> None:
    for asked in (text, "https://x.vn/" + text, "//" + text):
        assert is_article_url(source(MONTHLY), asked) in {True, False}
        assert is_article_url(source(), asked) in {True, False}


@pytest.mark.parametrize(
    ("url", "is_front"),
    [
        ("https://x.vn", True),
        ("https://x.vn/", True),
        ("https://x.vn/index.php", True),
        ("https://x.vn/?loi=404", True),
        ("https://x.vn/Default.aspx?loi=404", True),
        ("https://x.vn/index.php?id=12345", False),
        ("https://x.vn/?p=12345", False),
        ("https://x.vn/xa-hoi/", False),
    ],
)
def test_a_front_page_is_told_from_an_article_behind_its_address(url: str, is_front: bool) -> None:
    assert is_front_page(url, source()) is is_front


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://x.vn/mot-a1.html?fbclid=7", "https://x.vn/mot-a1.html"),
        ("https://www.x.vn/mot-a1.html", "https://www.x.vn/mot-a1.html"),
        ("http://cu.vn:80/mot-a1.html#top", "https://x.vn/mot-a1.html"),
    ],
)
def test_own_pages_are_identified_at_the_address_to_request(url: str, asked: str) -> None:
    moved = replace(source(r"-a(?P<id>\d+)\.html$"), former_hosts=("cu.vn",))
    page = identify_own(moved, url)
    assert page is not None
    assert (page.canonical_url, page.key, page.is_article) == (asked, "a1", True)
    assert identify(moved, url).key == article_key(moved, url) == "a1"


@pytest.mark.parametrize("url", ["https://y.vn/mot-a1.html", "/mot-a1.html", "https://[::1"])
def test_foreign_pages_are_nobodys(url: str) -> None:
    assert identify_own(source(r"-a(?P<id>\d+)\.html$"), url) is None


@pytest.mark.parametrize(
    ("patterns", "url", "key", "has_shape", "is_article"),
    [
        ((), "https://x.vn/mot-hai-ba-bon-a1234.html", "https://x.vn/mot-hai-ba-bon-a1234.html",
         True, True),
        ((), "https://x.vn/thoi-su", "https://x.vn/thoi-su", False, False),
        # Of a foreign page nothing is known but its address.
        ((), "http://y.vn/mot-hai-ba-bon-a1234.html", "http://y.vn/mot-hai-ba-bon-a1234.html",
         False, False),
        # The source's own patterns say more than the form.
        ((r"-a(?P<id>\d+)\.html$",), "https://x.vn/mot-hai-ba-bon-a1234.html", "a1234",
         False, True),
        ((r"-b\d+\.html$",), "https://x.vn/mot-hai-ba-bon-a1234.html",
         "https://x.vn/mot-hai-ba-bon-a1234.html", False, False),
    ],
)  # fmt: skip
def test_an_address_says_what_its_page_is(
    patterns: tuple[str, ...], url: str, key: str, has_shape: bool, is_article: bool
) -> None:
    found = identify(source(*patterns), url)
    assert (found.key, found.shape is not None, found.is_article) == (key, has_shape, is_article)


@pytest.mark.parametrize(("length", "is_article"), [(2000, True), (2001, False)])
@pytest.mark.parametrize("patterns", [(), (r"-a\d+\.html$",)])
def test_an_address_that_is_too_long_is_none_of_an_article(
    patterns: tuple[str, ...], length: int, is_article: bool
) -> None:
    start, end = "https://x.vn/mot-hai-ba-bon-", "-a1234.html"
    url = start + "x" * (length - len(start) - len(end)) + end
    assert is_article_url(source(*patterns), url) is is_article


@pytest.mark.parametrize(
    ("url", "asked", "home"),
    [
        ("http://x.vn/a?fbclid=7", "http://x.vn/a?fbclid=7", "https://x.vn/a"),
        ("http://m.x.vn/a", "http://m.x.vn/a", "https://x.vn/a"),
        # On a former host nobody answers.
        ("http://cu.vn/a?fbclid=7", "https://x.vn/a", "https://x.vn/a"),
        ("http://y.vn/a?fbclid=7", "http://y.vn/a?fbclid=7", "http://y.vn/a"),
    ],
)
def test_a_page_is_asked_for_where_somebody_answers(url: str, asked: str, home: str) -> None:
    moved = source(hosts=("m.x.vn",), former_hosts=("cu.vn",))
    assert (asked_at(moved, url), at_home(moved, url)) == (asked, home)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://x.vn/mot-abcdefghij12.html", "abcdefghij12"),
        ("https://x.vn/mot-abcdefghijk12.html", "12"),
        ("https://x.vn/mot-12.html", "12"),
    ],
)
def test_ten_letters_in_front_of_an_id_belong_to_it(url: str, key: str) -> None:
    assert article_key(source(r"(?P<id>\d+)\.html$"), url) == key
