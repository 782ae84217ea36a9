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
    letters,
    pairs_of_text,
    says_enough,
    words_beside_outlet,
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


OWN = ("Báo Tỉnh", "Long An")


@pytest.mark.parametrize(
    ("text", "held", "is_outlet"),
    [
        ("báo tỉnh", True, True),
        ("bao tinh", True, True),
        ("Báo Tỉnh Long An", True, True),
        ("Báo Tỉnh - Thời sự", True, False),
        ("Thời sự", True, False),
        (" - ", True, False),
        # what stands beside a generic word
        ("Chi tiết - Huyện Mẫu", True, False),
        (f"Chi tiết - {'Huyện Mẫu Số'.ljust(25, 'a')}", True, False),
        (f"Chi tiết - {'Huyện Mẫu Số'.ljust(26, 'a')}", False, False),
        # the short form of a name
        ("Báo Tỉnh - BTOLABCD", True, False),
        ("Báo Tỉnh - BTOLABCDE", False, False),
        ("Báo Tỉnh - Btol", False, False),
        ("Báo Tỉnh - BT OL", False, False),
        ("BTOL", False, False),
        # names of other papers
        ("Báo Sông Ba Hạ Lưu", True, True),
        ("Báo Sông Ba Hạ Lưu Xa", False, False),
        ("Báo vệ rừng", False, False),
        ("BÁO SÔNG BA", False, False),
        ("Sông Ba online", True, True),
        ("Sông Ba Hạ Lưu Xa online", False, False),
        # sections
        ("Văn hóa và Xã hội", True, False),
        ("Chuyên mục nhà đẹp", True, False),
        ("Tăng tốc thi công kè - Báo Tỉnh", False, False),
    ],
)
def test_which_titles_name_the_outlet_or_a_section(
    text: str, *, held: bool, is_outlet: bool
) -> None:
    known = labels("", names=OWN)
    assert (known.hold(text), known.is_outlet(text)) == (held, is_outlet)
    assert (known.hold(text), known.is_outlet(text)) == (held, is_outlet), "remembered"


def in_menu(text: str, links: list[str], headline: str | None = None, url: str = URL) -> bool:
    inner = "".join(f"<li><a href=/{n}>{name}</a></li>" for n, name in enumerate(links))
    return Labels(parse(f"<ul>{inner}</ul>", "", url), Structured(headline=headline), OWN).hold(
        text
    )


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("Nhà đẹp", True),
        ("Nhà đẹp 2", False),
        ("Một hai ba bốn", True),
        ("Một hai ba bốn năm", False),
        ("河北新闻快讯头条", True),
        ("话剧约定无期限巡演", True),
        ("话剧约定无期限河北各市巡演结束", False),
        ("x" * 25, True),
        ("Khác hẳn", False),
    ],
)
def test_names_of_a_menu_are_short(text: str, *, held: bool) -> None:
    others = ["Kè sông", "Đường bộ", "Cầu treo"]
    links = [*others, "Khác" if text == "Khác hẳn" else text]
    assert in_menu(text, links) is held
    assert not in_menu(text, links[1:])
    assert not in_menu(text, links, headline=text)
    assert not in_menu(text, links, url="https://bao.example.vn/3")


def test_so_many_links_are_looked_at_for_menus() -> None:
    menu = ["Kè sông", "Đường bộ", "Cầu treo", "Nhà đẹp"]
    assert in_menu("Nhà đẹp", ["x"] * 396 + menu)
    assert not in_menu("Nhà đẹp", ["x"] * 397 + menu)


@pytest.mark.parametrize(
    ("text", "enough"),
    [
        ("Kè chống sạt lở", True),
        ("Kè chống sạt", False),
        ("Ke chong sat lo", False),
        ("", False),
    ],
)
def test_which_titles_say_enough(text: str, *, enough: bool) -> None:
    assert says_enough(text) is enough


def words(count: int, known: int, name: str = "t") -> str:
    """A title of so many pairs of words, the first of which a text knows."""
    return " ".join(
        [f"w{n}" for n in range(known + 1)] + [f"{name}{n}" for n in range(count - known)]
    )


SHOWN = frozenset((f"w{n}", f"w{n + 1}") for n in range(100))


@pytest.mark.parametrize(
    ("title", "rival", "strange"),
    [
        # of 25 pairs the text may know three, of 26 too
        (words(25, 3), words(10, 3, "r"), True),
        (words(25, 4), words(10, 3, "r"), False),
        # of ten pairs of a rival it knows three
        (words(25, 0), words(10, 3, "r"), True),
        (words(25, 0), words(10, 2, "r"), False),
        (words(25, 0), words(3, 3, "r"), False),
        (words(25, 0), words(4, 4, "r"), True),
    ],
)
def test_a_title_is_strange_beside_one_that_the_text_knows(
    title: str, rival: str, *, strange: bool
) -> None:
    assert is_stranger(f"{title}ấ", [rival], SHOWN) is strange
    assert not is_stranger(f"{title}ấ", [], SHOWN)
    assert not is_stranger(title, [rival], SHOWN)


@pytest.mark.parametrize(("size", "unknown"), [(500, True), (499, False)])
def test_a_text_of_some_length_knows_nothing_of_a_title(size: int, *, unknown: bool) -> None:
    text = f"<p>{'x' * 250}</p><p>{'y' * (size - 250)}</p>"
    assert is_unknown_to_text("Kè chống sạt lở bờ sông", scan(text)) is unknown
    assert not is_unknown_to_text("Ke chong sat lo bo song", scan(text))
    assert not is_unknown_to_text("Kè chống sạt lở", scan(f"{text}<p>{'x ' * 30}chống sạt</p>"))


@pytest.mark.parametrize(
    ("inner", "is_text"),
    [
        (f"<p>{'x' * 51} kè sông</p>", False),
        (f"<p>{'x' * 52} kè sông</p>", True),
        (f"<h1>{'x' * 60} kè sông</h1>", False),
        (f"<p><a href=/>{'x' * 50}</a>{'x' * 42} kè sông</p>", False),
        (f"<p><a href=/>{'x' * 49}</a>{'x' * 43} kè sông</p>", True),
        (f"<img src=/a.jpg alt='{'x' * 60} kè sông'>", False),
    ],
)
def test_which_lines_are_text_to_hold_a_title_against(inner: str, *, is_text: bool) -> None:
    assert (("ke", "song") in pairs_of_text(scan(inner))) is is_text


@pytest.mark.parametrize(
    ("inner", "home"),
    [
        ("<h1><a href=/>Báo của sông</a></h1>", True),
        ("<h1><a href=/tin.html>Báo của sông</a></h1>", False),
        ("<h1><a>Báo của sông</a></h1>", False),
        ("<h1><a href=/>Báo của</a> sông x</h1>", False),
        ("<h1><a href=/>Báo của</a> sông</h1>", True),
        ("<a href=/><h1>Báo của sông</h1></a>", True),
    ],
)
def test_a_heading_that_leads_home(inner: str, *, home: bool) -> None:
    page, found = parse(inner), scan(inner)
    assert leads_home(page, found, found.blocks[0]) is home


def test_letters_and_digits_of_a_name() -> None:
    assert letters("Báo Tỉnh-24.vn!") == "baotinh24vn"
    assert "ab" not in labels("", names=("Ab", "Abc")).sites
    assert "abc" in labels("", names=("Ab", "Abc")).sites


@pytest.mark.parametrize(
    ("title", "left"),
    [
        ("Báo Long An điện tử", {"long", "an"}),
        ("Bao Long An dien tu", {"long", "an"}),
        ("Trang thông tin điện tử Sở Y tế", {"y", "tế"}),
        ("Lũ lên cao", {"lũ", "lên", "cao"}),
        ("The Daily News of Hanoi", {"hanoi"}),
        ("Báo điện tử", set()),
    ],
)
def test_what_a_title_says_beside_the_words_of_outlets(title: str, left: set[str]) -> None:
    assert words_beside_outlet(title) == left


@pytest.mark.parametrize(("signs", "held"), [(9, True), (10, False)])
def test_a_name_of_a_section_without_spaces_has_four_words_of_two_signs(
    signs: int, *, held: bool
) -> None:
    name = "ກຂຄງຈຊຍດຕຖ"[:signs]
    assert labels(f"<ul>{MENU}<li><a href=/5>{name}</a></li></ul>").hold(name) is held


@pytest.mark.parametrize(("depth", "held"), [(3, True), (4, False)])
def test_a_menu_is_one_of_four_elements_around_its_link(depth: int, *, held: bool) -> None:
    menu = MENU.replace("<li>", "<div>" * depth).replace("</li>", "</div>" * depth)
    assert labels(f"<div>{menu}</div>").hold("Quê mình") is held


@pytest.mark.parametrize(("length", "held"), [(40, True), (41, False)])
def test_the_name_of_a_section_has_forty_characters(length: int, *, held: bool) -> None:
    name = "Phiên chợ cửa ".ljust(length, "x")
    assert labels(f"<ul>{MENU}<li><a href=/5>{name}</a></li></ul>").hold(name) is held
