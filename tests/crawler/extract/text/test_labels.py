"""Titles that name the outlet, a section or a template, and no article."""

from __future__ import annotations

import pytest

from crawler.errors import NotAnArticle
from crawler.extract import extract
from crawler.extract.dom.structured import Structured
from crawler.extract.hints import NO_HINTS, Hints
from crawler.extract.text.labels import (
    Labels,
    is_stranger,
    is_unknown_to_text,
    leads_home,
    pairs_of_text,
)
from crawler.sources.model import Source
from storage.records import NO_HEADLINE, Article
from tests.support.markup import LONG, MORE, THIRD, URL, parse, scan

NAMES = ("Báo Cà Mau", "Cà Mau")
SOURCE = Source(id="baocamau", name=NAMES[0], province=NAMES[1], homepage="https://bao.example.vn/")
TITLE = "Đoàn công tác của huyện kiểm tra tiến độ thi công tuyến kè"
MOTTO = "Đất Mũi hôm nay và ngày mai"
MENU = "".join(
    f"<li><a href=/{number}>{name}</a></li>"
    for number, name in enumerate(["Chợ phiên", "Quê mình", "Chân trời", "Nhịp sống"])
)
BODY = f"<p>{LONG}</p><p>{MORE}</p><p>{THIRD}</p><p>{LONG} {MORE} {THIRD}</p>"
LABELS = [
    "Báo Cà Mau",
    "BÁO CÀ MAU ONLINE",
    "Báo Cà Mau điện tử",
    "Báo điện tử Bạc Liêu",
    "Tiếng nói của Đảng bộ, chính quyền và nhân dân tỉnh Cà Mau",
    "Cơ quan của Đảng bộ tỉnh Cà Mau",
    "Tiếng nói của nhân dân vùng cửa sông",
    "Đài Phát thanh và Truyền hình Cà Mau",
    "CTV - Truyền hình Cà Mau",
    "Cổng thông tin điện tử tỉnh Cà Mau",
    "Nhanh - Chính xác - Tin cậy - Hấp dẫn",
    "Báo Cà Mau - Tin tức 24h, tin mới nhất Cà Mau",
    "Thời sự",
    "Nông nghiệp - Nông thôn",
    "Thời sự | Báo Cà Mau",
    "Chi tiết bài viết",
    "Quê mình",
    "bao.example.vn",
    "Báo Sông Ba",
    "Chuyên mục pháp luật",
]


def labels(
    inner: str = f"<ul>{MENU}</ul>", head: str = "", names: tuple[str, ...] = NAMES
) -> Labels:
    return Labels(parse(inner, head), Structured(), names)


@pytest.mark.parametrize("text", LABELS)
def test_what_names_a_site_or_a_section_is_a_label(text: str) -> None:
    assert labels().hold(text)


@pytest.mark.parametrize(
    "text",
    [
        TITLE,
        "Tin bão mới nhất",
        "Cà Mau: Khai mạc ngày hội cua",
        "Báo Cà Mau tặng nhà cho hộ nghèo",
        "Thời sự: Lũ về sớm ở đầu nguồn",
        "Tỉnh ủy Cà Mau họp phiên thường kỳ",
        "Đài phát thanh xã lên tiếng",
        "Nhịp cầu nối những bờ vui",
        "Báo động lũ trên sông Ba",
    ],
)
def test_a_headline_with_such_words_is_none(text: str) -> None:
    assert not labels().hold(text)


def test_a_site_says_its_own_name() -> None:
    assert not labels(names=()).hold("Sông quê yêu dấu")
    assert labels(head="<meta property=og:site_name content='Sông quê yêu dấu'>").hold(
        "Sông Quê Yêu Dấu"
    )


def test_a_short_link_outside_a_menu_names_no_section() -> None:
    assert not labels("<p><a href=/a>Quê mình</a></p>").hold("Quê mình")
    itself = MENU.replace("/1>", f"{URL}>")
    assert not labels(f"<ul>{itself}</ul>").hold("Quê mình")


def test_a_name_of_the_menu_that_also_leads_to_the_page_is_its_own() -> None:
    own = f"<p><a href='{URL}?in=1'>Quê mình</a></p>"
    assert not labels(f"<ul>{MENU}</ul>{own}").hold("Quê mình")
    opened = "<p><a href='#'>Quê mình</a><a href=''>Quê mình</a></p>"
    assert labels(f"<ul>{MENU}</ul>{opened}").hold("Quê mình")


@pytest.mark.parametrize("slug", ["que-minh-nhip-song", "que-minh-%e2%80%93-nhip-song-a12.html"])
def test_what_the_address_spells_names_the_page(slug: str) -> None:
    title = "Quê mình - Nhịp sống"
    site = f"<meta property=og:site_name content='{title}'>"

    def held(address: str, head: str = "", text: str = title) -> bool:
        page = parse(f"<ul>{MENU}</ul>", head, f"https://bao.example.vn/tin/{address}")
        return Labels(page, Structured(), NAMES).hold(text)

    assert not held(slug)
    assert not held(slug, site)
    assert held("bai-a12.html")
    assert held(slug, text="Quê mình")
    assert held(slug + "-bao-ca-mau-dien-tu", text="Báo Cà Mau điện tử")


def test_a_masthead_leads_home() -> None:
    def leads(inner: str) -> bool:
        found = scan(inner)
        return leads_home(parse(inner), found, found.blocks[0])

    assert leads("<h1><a href=/>Sông quê</a></h1>")
    assert leads("<a href='/index.html'><h1>Sông quê</h1></a>")
    assert not leads("<h1><a href=/bai-1>Sông quê</a></h1>")
    assert not leads("<h1>Sông quê</h1>")


def test_a_motto_is_a_stranger_to_the_text_where_another_title_is_not() -> None:
    page = scan(BODY)
    assert is_stranger(MOTTO, [TITLE], pairs_of_text(page))
    assert not is_stranger(TITLE, [MOTTO], pairs_of_text(page))
    assert not is_stranger(MOTTO, ["Nắng mới trên những cánh đồng xa"], pairs_of_text(page))
    assert is_unknown_to_text(MOTTO, page)
    assert not is_unknown_to_text(TITLE, page)
    assert not is_unknown_to_text(MOTTO, scan(f"<p>{LONG}</p>"))


def read(inner: str, head: str, hints: Hints = NO_HINTS) -> Article:
    page = f"<html><head>{head}</head><body><ul>{MENU}</ul>{inner}</body></html>"
    return extract(
        page.encode(), url=URL, source=SOURCE, fetched_at="2026-11-24T01:00:00Z", hints=hints
    )


@pytest.mark.parametrize("place", ["feed", "listing"])
@pytest.mark.parametrize("shown", [f"<div class=x>{TITLE}</div>", ""])
@pytest.mark.parametrize("name", [*LABELS, MOTTO])
def test_the_first_page_already_bears_the_title_of_its_link(
    name: str, shown: str, place: str
) -> None:
    head = f"<title>{name}</title><meta property=og:title content='{name}'>"
    hints = Hints(title=TITLE, place=place)
    assert read(f"<h1>{name}</h1>{shown}{BODY}", head, hints).title == TITLE
    assert read(f"{shown}{BODY}", head, hints).title == TITLE


@pytest.mark.parametrize("name", LABELS)
def test_without_a_link_the_page_is_searched_for_another_title(name: str) -> None:
    own = f"<title>{TITLE} - Báo Cà Mau</title>"
    assert read(f"<h1>{name}</h1>{BODY}", own).title == TITLE
    assert read(f"<h1>{name}</h1><div>{TITLE}</div>{BODY}", f"<title>{name}</title>").title == TITLE
    with pytest.raises(NotAnArticle, match="common-title"):
        read(f"<h1>{name}</h1>{BODY}", f"<title>{name}</title>")


def test_a_motto_without_another_witness_is_hardly_believed() -> None:
    article = read(f"<h1>{MOTTO}</h1>{BODY}", "")
    assert article.evidence["title"].confidence == NO_HEADLINE


def test_a_section_of_the_menu_is_a_title_where_the_link_or_machines_say_so() -> None:
    hints = Hints(title="Nhịp sống ở một vùng quê", place="feed")
    inner = f"<h1>{hints.title}</h1>{BODY}"
    assert read(inner.replace("<h1>", "<h1 class=x>"), "", hints).title == hints.title
    data = (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Quê mình"}</script>'
    )
    assert read(f"<h1>Quê mình</h1>{BODY}", data).title == "Quê mình"


def test_the_name_in_front_of_a_title_is_cut_off() -> None:
    assert read(BODY, f"<title>Báo Cà Mau | {TITLE}</title>").title == TITLE
