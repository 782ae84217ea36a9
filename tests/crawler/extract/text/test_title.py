"""Which candidate is the headline."""

# ruff: noqa: E501 - tables are easier to see in one line

from __future__ import annotations

import json

import pytest

from crawler.extract.hints import Hints, mark_title
from crawler.extract.text.headings import Heading
from crawler.extract.text.title import (
    Title,
    _hinted,
    _holds,
    _resembles,
    choose_title,
    find_text,
)
from tests.support.markup import LONG, context, scan

TITLE = "Tăng tốc thi công tuyến kè chống sạt lở"

STORY = (
    "Sáng 12-3, đoàn công tác của huyện kiểm tra tiến độ thi công tuyến kè chống sạt lở đoạn qua xã"
    " An Thạnh, vốn đầu tư 96 tỷ đồng."
)


def title_of(inner: str, head: str = "", layout_title: str | None = None) -> Title | None:
    page = context(inner, head)
    return choose_title(page.page, page.data, page.scan, layout_title=layout_title)


def text_of(inner: str, head: str = "") -> str | None:
    title = title_of(inner, head)
    return title.text if title else None


@pytest.mark.parametrize(
    "head",
    [
        "<title>Báo điện tử tỉnh</title>",
        "<title>Chi tiết tin tức</title>",
        f"<title>{TITLE} | Báo Tỉnh</title>",
        f"<title>{TITLE} - Báo Tỉnh</title>",
        "<meta property=og:title content='Trang chủ'>",
    ],
)
def test_the_visible_headline_wins(head: str) -> None:
    title = title_of(f"<h1>{TITLE}</h1><p>{LONG}</p>", head)
    assert title is not None
    assert (title.text, title.position) == (TITLE, 0)


def test_the_name_of_the_site_is_cut_off_behind_the_last_separator() -> None:
    assert text_of("", f"<title>{TITLE} | Báo Tỉnh</title>") == TITLE
    assert text_of("", f"<title>{TITLE}: bài 2</title>") == f"{TITLE}: bài 2"
    assert text_of("", f"<title>{TITLE} - {'x' * 41}</title>") == f"{TITLE} - {'x' * 41}"


def test_the_name_of_the_site_is_cut_off_where_only_machines_are_told() -> None:
    head = f"<title>{TITLE} | Example</title><meta property=og:title content='{TITLE} | Example'>"
    data = f'{{"@type": "NewsArticle", "headline": "{TITLE} | Example"}}'
    stated = f'<script type="application/ld+json">{data}</script>'
    site = "<meta property=og:site_name content=Example>"
    assert text_of(f"<p>{LONG}</p>", head + stated + site) == TITLE
    assert text_of(f"<h1>{TITLE} | Example</h1>", head + stated + site) == f"{TITLE} | Example"


def test_what_a_template_shows_loses_to_what_a_page_says() -> None:
    head = f"<meta property=og:title content='{TITLE}'>"
    assert text_of("<h1>Tin tức</h1>", head) == TITLE
    assert text_of("<h1>Cổng thông tin điện tử tỉnh An Giang</h1>", head) == TITLE


def test_a_headline_that_is_a_link_or_a_later_one_weighs_less() -> None:
    other = "Một bài khác hẳn của tờ báo này hôm nay"
    assert text_of(f"<h1><a href=/>{other}</a></h1><h1>{TITLE}</h1>") == TITLE
    assert text_of(f"<h1>{TITLE}</h1><h1>{other}</h1>") == TITLE


def test_a_line_that_is_only_the_end_of_a_headline_is_a_sub_head() -> None:
    end = TITLE.partition(" ")[2]
    assert text_of(f"<h1>{TITLE}</h1><h2 class=title>{end}</h2>") == TITLE
    assert text_of(f"<h1>Bài 2: {TITLE}</h1><h2 class=title>{TITLE}</h2>") == TITLE


def test_a_headline_that_breaks_off_at_a_quotation_mark_was_cut_by_its_markup() -> None:
    whole = f'{TITLE} và "mùa nước nổi"'
    head = f"<title>{whole}</title><meta property=og:title content='{TITLE} và'>"
    assert text_of(
        f"<h1>{whole}</h1>", head + f"<meta name=twitter:title content='{TITLE} và'>"
    ) == (whole)


def test_a_bold_line_above_the_text_where_nothing_is_named() -> None:
    assert text_of(f"<p><b>{TITLE}</b></p><p>{LONG}</p>") == TITLE
    assert text_of(f"<p>{TITLE}</p><p>{LONG}</p>") is None


@pytest.mark.parametrize("name", ["tieude-cm", "title-cat", "tieu-de-chuyen-muc", "zone-title"])
def test_the_title_of_a_section_is_none_of_an_article(name: str) -> None:
    label = f"<div class={name}>Văn hóa - Xã hội</div>"
    assert text_of(f"{label}<div class=tieude>{TITLE}</div><p>{LONG}</p>") == TITLE


@pytest.mark.parametrize("head", ["Chi tiết tin tức", "Báo điện tử tỉnh", "Tin tức"])
@pytest.mark.parametrize("tag", ["div", "p", "h3"])
def test_a_template_is_no_title_where_a_line_above_the_text_can_be_one(head: str, tag: str) -> None:
    inner = (
        f"<h2>{head}</h2><{tag}>{TITLE}</{tag}><div>Thứ ba, 24/11/2026 08:00</div>"
        f"<div>Trần Quốc Bửu</div><p>{LONG}</p>"
    )
    assert text_of(inner, f"<title>{head}</title>") == TITLE


def test_a_title_that_says_nothing_is_none() -> None:
    assert title_of(f"<p>{LONG}</p>", "<title>Chi tiết tin tức</title>") is None


def test_a_layout_own_title_weighs_most() -> None:
    title = title_of("<h1>Một tựa đề khác hẳn của trang</h1>", layout_title=TITLE)
    assert title is not None
    assert title.text == TITLE


def test_a_text_is_found_as_a_heading_first() -> None:
    assert find_text(scan(f"<p>{TITLE}</p><h1>{TITLE}</h1>"), TITLE) == 1
    assert find_text(scan(f"<p>A</p><p>{TITLE}</p>"), TITLE.upper()) == 1
    assert find_text(scan("<p>A</p>"), TITLE) is None


def hinted(inner: str, head: str, hint: str, repeated: str = "") -> tuple[str, str] | None:
    page = context(inner, head)
    title = choose_title(
        page.page,
        page.data,
        page.scan,
        hints=Hints(title=hint, place="feed"),
        repeated={mark_title(repeated)} if repeated else (),
    )
    return (title.text, title.evidence.how) if title else None


def test_the_title_of_the_link_names_a_page_that_names_its_site() -> None:
    site = "<title>Tin tức nhanh nhất trong ngày của tỉnh nhà</title>"
    assert hinted(f"<p>{LONG}</p>", site, TITLE) == (TITLE, "feed")
    assert hinted(f"<p>{LONG}</p>", "", TITLE) == (TITLE, "feed")


def test_the_headline_of_a_page_is_believed_before_its_link() -> None:
    other = "Một bài khác hẳn của tờ báo này hôm nay"
    assert hinted(f"<h1>{TITLE}</h1><p>{LONG}</p>", "", other) == (TITLE, "h1")


def test_an_edited_title_is_believed_before_the_link_of_the_first_one() -> None:
    edited = f"{TITLE} trước mùa lũ"
    assert hinted(f"<p>{LONG}</p>", f"<title>{edited}</title>", TITLE) == (edited, "title")


def test_the_name_of_a_site_is_no_wording_of_a_headline_with_its_words() -> None:
    site = "<title>Báo Long An</title>"
    headline = "Tỉnh ủy Long An đề ra 18 chỉ tiêu chủ yếu của năm 2024"
    assert hinted(f"<p>{LONG}</p>", site, headline) == (headline, "feed")


def test_the_link_says_which_part_of_a_title_is_the_headline() -> None:
    site = f"<title>Tin trong tỉnh | {TITLE} | Báo Tỉnh</title>"
    assert hinted(f"<p>{LONG}</p>", site, TITLE) == (TITLE, "feed")


@pytest.mark.parametrize("hint", ["Chi tiết", f"{TITLE} qua...", "Xem tiếp »", ""])
def test_link_texts_that_are_no_headline_say_nothing(hint: str) -> None:
    assert hinted(f"<p>{LONG}</p>", "", hint) is None


def test_a_title_that_the_source_repeats_is_none() -> None:
    site = "Tin nhanh của tỉnh nhà mỗi ngày"
    page = f"<h1>{site}</h1><p>{LONG}</p>"
    assert hinted(page, f"<title>{site}</title>", TITLE, site) == (TITLE, "feed")
    assert hinted(page, f"<title>{site}</title>", "", site) is None


def test_a_part_of_a_title_that_stands_alone_as_first_heading_names_the_site() -> None:
    site = "Báo điện tử Sông Tiền"
    head = f"<title>{TITLE} - {site}</title><meta property=og:title content='{TITLE} - {site}'>"
    assert text_of(f"<h1>{site}</h1><h2>{TITLE}</h2><p>{LONG}</p>", head) == TITLE
    turned = f"<meta property=og:title content='{site} - {TITLE}'>"
    assert text_of(f"<h1>{site}</h1><p>{LONG}</p>", turned) == TITLE


NAMED = {"T": TITLE, "TT": " ".join(["Tựa"] * 300), "X": "x" * 360}
NAMED |= {"TT80": NAMED["TT"][:80], "X80": "x" * 80}


def titled(inner: str, *, wanted: str, **stated: str) -> tuple[str, str, dict[str, str]]:
    return inner, wanted, stated


TITLES = [
    titled(
        '<h1 class=breadcrumb>{T} "ngay"</h1>',
        after="<div class='related title'>{T} | Thời sự</div>",
        ld="{TT}",
        og="Tăng tốc thi",
        title="{T} | Thời sự",
        wanted="{T} | Thời sự | visible title 0.76 2",
    ),
    titled(
        "<h1><span>Khánh thàn</span><span>h cây cầu nối hai bờ sông Ba tại xã Tân Hòa</span></h1><h1 class=breadcrumb>{T}</h1>",
        ld="{T}",
        site="baotinh.vn",
        wanted="{T} | json-ld headline 0.72 1",
    ),
    titled(
        "<h3>{T} | baotinh.vn</h3>", hint="{T} | baotinh.vn", og="Kè", wanted="{T} | feed 0.63 0"
    ),
    titled(
        "<p>{T} - Báo Tỉnh</p><h1><a href=/b>{T}</a></h1>",
        og='{T} "ngay"',
        twitter="{T} | Thời sự",
        wanted="{T} | h1 0.65 1",
    ),
    titled(
        '<h3>{T} "ngay"</h3><h3>{T} | Thời sự</h3>',
        title="{T} | Thời sự",
        wanted="{T} | Thời sự | named heading 0.93 1",
    ),
    titled(
        '<p><b>{T} "ngay"</b></p>',
        hint="{T} (kỳ 1",
        title="Khánh thành cây cầu nối hai bờ sông Ba tại xã Tân Hòa",
        wanted="{T} (kỳ 1 | feed 0.67 None",
    ),
    titled(
        "<p>{T}</p><div class='related title'>Tin mới</div><h1>{T} - Báo Tỉnh</h1>",
        hint="Báo Tỉnh: {T}",
        layout="Kè",
        ld="{T} | baotinh.vn",
        og="Báo Tỉnh: {T}",
        wanted="{T} - Báo Tỉnh | h1 0.75 2",
    ),
    titled(
        "<div class=title><a href=/b>{T} | baotinh.vn</a></div><div class=title><a href=/b>{X}</a></div><div class=title><a href=/b>Tăng tốc thi công tuyến kè chố</a></div>",
        og="Tăng tốc thi",
        place="listing",
        title="Chống sạt lở",
        wanted="Tăng tốc thi | meta og:title 0.69 None",
    ),
    titled(
        "<h1><img src=/a.jpg alt='Tăng tốc thi công tu'></h1>",
        hint="{T} - Báo Tỉnh",
        ld="{T} - Báo Tỉnh",
        title="{T}",
        wanted="{T} | json-ld headline 0.72 None",
    ),
    titled(
        "<div class='related title'>Chống sạt lở</div><div class='related title'>{T} - Báo Tỉnh</div>",
        hint="Tăng tốc thi công tuyến kè chố",
        title="{T} | baotinh.vn",
        wanted="Tăng tốc thi công tuyến kè chố | feed 0.56 None",
    ),
    titled(
        "<div class=title>Kè mới (2)</div>",
        og="Kè mới (2)",
        wanted="Kè mới (2) | meta og:title 0.69 0",
    ),
    titled(
        "<div class=title>Tăng tốc thi công tuyến kè chố</div><h1><img src=/a.jpg alt='Tăng tốc thi công tu'></h1><h1><img src=/a.jpg alt='Tăng tốc thi công tu'></h1>",
        after="<h1 class=breadcrumb>{T} - Báo Tỉnh</h1>",
        layout="Báo Tỉnh",
        og="Khánh thành cây cầu nối hai bờ sông Ba tại xã Tân Hòa",
        wanted="Tăng tốc thi công tuyến kè chố | visible title 0.71 0",
    ),
    titled(
        "<h3>Chống sạt lở</h3>", hint="{TT}", title="{T} | Thời sự", wanted="{T} | title 0.52 None"
    ),
    titled("<p>{T}</p>", title="Kè", wanted="Kè | title 0.62 None"),
    titled(
        "<p>{T} | baotinh.vn</p>", title="Tin mới", wanted="{T} | plain line above the text 0.49 0"
    ),
    titled(
        "<div class='related title'>{T} - Báo Tỉnh</div>",
        ld="{T} - Báo Tỉnh",
        wanted="{T} - Báo Tỉnh | json-ld headline 0.82 0",
    ),
    titled(
        "<h1><a href=/b>{T}</a></h1>",
        after="<h1>Báo Tỉnh: {T}</h1>",
        place="listing",
        site="Sông Ba",
        wanted="Báo Tỉnh: {T} | h1 0.73 2",
    ),
    titled(
        '<h1>{T} "ngay"</h1>',
        layout="{T} | Thời sự",
        og="{T} | Thời sự",
        wanted="{T} | Thời sự | layout x 0.99 None",
    ),
    titled(
        "<h2>{T}</h2><h1><img src=/a.jpg alt='Tăng tốc thi công tu'></h1>",
        og="{T} | Thời sự",
        title="Báo Tỉnh: {T}",
        wanted="{T} | line above the text 0.66 0",
    ),
    titled(
        "<h1><span>Tăng tốc t</span><span>hi công tuyến kè chống sạt lở</span></h1>",
        hint="{T}",
        rep="{T}",
        twitter="{T} | Thời sự",
        wanted="{T} | Thời sự | meta twitter:title 0.65 None",
    ),
    titled(
        "<h1><span>Tăng tốc t</span><span>hi công tuyến kè chống sạt lở</span></h1><h1><a href=/b>{T}</a></h1>",
        rep="{T} - Báo Tỉnh",
        title="{T}",
        twitter="{T} - Báo Tỉnh",
        wanted="{T} | h1 0.95 0",
    ),
    titled(
        "<div class=title><a href=/b>Báo Tỉnh: {T}</a></div>",
        after="<h1><a href=/b>{T}</a></h1>",
        hint="Báo Tỉnh: {T}",
        og="Báo Tỉnh: {T}",
        title='{T} "ngay"',
        twitter="Kè mới (2)",
        wanted="{T} | h1 0.65 2",
    ),
    titled(
        "<h1>{X}</h1><h1><a href=/b>{T} | Thời sự</a></h1>",
        og="{T} (kỳ 1",
        wanted="{T} (kỳ 1 | meta og:title 0.69 None",
    ),
    titled(
        "<h3>Tin mới</h3>",
        after="<div class='related title'>{T} | baotinh.vn</div>",
        layout="{X}",
        ld="{T} | Thời sự",
        place="listing",
        wanted="{X80} | layout x 0.91 None",
    ),
    titled('<p>{T} "ngay"</p>', og="{TT}", wanted="{TT80} | meta og:title 0.59 None"),
]
"""What stands above the text, what the page states, and the headline with how sure it is."""


@pytest.mark.parametrize(("inner", "wanted", "stated"), TITLES)
def test_what_the_titles_of_a_page_come_to(inner: str, wanted: str, stated: dict[str, str]) -> None:
    said = {name: text.format(**NAMED) for name, text in stated.items()}
    head = f"<title>{said['title']}</title>" if "title" in said else ""
    for name, key in (
        ("og", "property='og:title'"),
        ("twitter", "name='twitter:title'"),
        ("site", "property='og:site_name'"),
    ):
        head += f"<meta {key} content='{said[name]}'>" if name in said else ""
    if "ld" in said:
        data = json.dumps({"@type": "NewsArticle", "headline": said["ld"]})
        head += f'<script type="application/ld+json">{data}</script>'
    page = context(f"{inner.format(**NAMED)}<p>{STORY}</p>{said.get('after', '')}", head)
    found = choose_title(
        page.page,
        page.data,
        page.scan,
        layout_title=said.get("layout"),
        layout="x",
        hints=Hints(title=said.get("hint"), place=said.get("place", "feed")),
        repeated=[mark_title(said["rep"])] if "rep" in said else (),
        names=("Báo Tỉnh",),
    )
    told = "none"
    if found is not None:
        evidence = found.evidence
        told = f"{found.text[:80]} | {evidence.how} {evidence.confidence} {found.position}"
    assert told == wanted.format(**NAMED)


@pytest.mark.parametrize(
    ("text", "is_shown"),
    [
        (TITLE, 1),
        (TITLE + "!" * 12, None),
        ("Kè", None),
    ],
)
def test_where_a_text_stands(text: str, is_shown: int | None) -> None:
    assert find_text(scan(f"<p>x</p><p>{TITLE}</p><p>{TITLE}</p>"), text) == is_shown


def test_a_headline_goes_before_a_line_of_the_same_words_and_furniture_does_not_count() -> None:
    assert find_text(scan(f"<p>{TITLE}</p><div class=title>{TITLE}</div>"), TITLE) == 1
    assert find_text(scan(f"<div class=related>{TITLE}</div><p>{TITLE}</p>"), TITLE) == 1
    assert find_text(scan(f"<img src=/a.jpg alt='{TITLE}'><p>{TITLE}</p>"), TITLE) == 1


def above(line: str, between: int = 0, title: str = "") -> str | None:
    others = "".join(f"<p>Dòng {n}.</p>" for n in range(between))
    head = f"<title>{title}</title>" if title else ""
    found = title_of(f"{line}{others}<p>{LONG}</p>", head)
    return found.text if found else None


@pytest.mark.parametrize(
    ("tag", "length", "taken"),
    [
        ("h2", 15, True), ("h2", 14, False), ("h3", 15, True), ("h4", 15, True), ("h5", 15, False),
        ("b", 15, True), ("b", 250, True), ("b", 251, False), ("p", 30, False),
    ],
)  # fmt: skip
def test_a_heading_above_the_text_has_the_length_of_one(
    tag: str, length: int, *, taken: bool
) -> None:
    text = ("Kè sông " * 40)[: length - 1] + "x"
    assert (above(f"<{tag}>{text}</{tag}>") is not None) is taken


@pytest.mark.parametrize(("between", "taken"), [(13, True), (14, False)])
def test_a_heading_stands_near_the_text(between: int, *, taken: bool) -> None:
    assert (above("<h2>Tuyến kè chống sạt lở</h2>", between) is not None) is taken


@pytest.mark.parametrize(
    "line",
    [
        "<h2><a href=/b>Tuyến kè chống sạt lở</a></h2>",
        "<h2>Tuyến kè chống sạt lở.</h2>",
        "<div class=related><h2>Tuyến kè chống sạt lở</h2></div>",
        "<h2><img src=/a.jpg alt='Tuyến kè chống sạt lở'></h2>",
    ],
)
def test_what_is_no_heading_above_a_text(line: str) -> None:
    assert above(line) is None


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("Một hai ba bốn năm sáu bảy", True),
        ("Mười hai mươi ba mươi tám", True),
        ("Mười hai mươi ba mươi ta", False),
        ("Mộttttttt haiiiiiiiii baaaaa bốnnnnnn", False),
        ("Một hai ba bốn " + "x" * 145, True),
        ("Một hai ba bốn " + "x" * 146, False),
        ("Copyright của báo in và báo điện tử", False),
        ("Tuyến kè chống sạt lở ngày 12/3/2026", False),
    ],
)
def test_a_plain_line_that_is_as_long_as_a_headline(text: str, *, taken: bool) -> None:
    found = above(f"<p>{text}</p>", title="Báo điện tử tỉnh")
    assert (found == text) is taken


@pytest.mark.parametrize(("before", "taken"), [(49, True), (50, False)])
def test_so_many_first_level_headings_are_looked_at(before: int, *, taken: bool) -> None:
    inner = "<h1>Thời sự</h1>" * before + f"<h1>{TITLE}</h1><p>{LONG}</p>"
    found = title_of(inner)
    assert (found is not None and found.text == TITLE) is taken


@pytest.mark.parametrize(("length", "taken"), [(10, False), (11, True), (299, True), (300, False)])
def test_a_line_named_as_a_title_has_the_length_of_one(length: int, *, taken: bool) -> None:
    text = ("Kè sông " * 40)[: length - 1] + "x"
    assert (text_of(f"<div class=title>{text}</div><p>{LONG}</p>") == text) is taken


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        (f"{TITLE} | Báo Tỉnh", TITLE),
        (f"{TITLE} | bao", TITLE),
        (f"{TITLE} | {'x' * 40}", TITLE),
        (f"{TITLE} | {'x' * 41}", f"{TITLE} | {'x' * 41}"),
        ("Kè sông Ba | Tin", "Kè sông Ba"),
        ("Kè sông B | Tin", "Kè sông B | Tin"),
        (f"Báo điện tử | {TITLE}", TITLE),
    ],
)
def test_what_is_cut_off_a_title(title: str, wanted: str) -> None:
    assert text_of("", f"<title>{title}</title>") == wanted


@pytest.mark.parametrize(
    ("whole", "part", "shown", "holds"),
    [
        ("giá lúa tăng", "giá lúa", False, True), ("giá lúa tăng", "lúa tăng", False, True),
        ("giá lúa tăng", "lúa tăng", True, False), ("giá lúa: tăng", "tăng", True, True),
        ("giá lúa tăng", "giá tăng", False, False), ('giá "lúa" tăng', "giá", False, False),
        ("giá (lúa) tăng", "giá (lúa", False, False), ("giá lúa", "giá lúa", True, True),
    ],
)  # fmt: skip
def test_a_title_holds_another(whole: str, part: str, shown: bool, holds: bool) -> None:
    assert _holds(whole, part, shown=shown) is holds


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("giá lúa tăng mạnh", "giá lúa tăng nhẹ", True),
        ("giá lúa tăng mạnh", "giá lúa báo mới", True),
        ("giá lúa tăng mạnh", "giá cua báo mới", False),
        ("giá lúa", "báo mới", False),
        ("báo", "báo mới hôm nay", False),
        ("giá lúa", "giá lúa tăng mạnh ở miền tây", False),
        ("báo", "báo", False),
    ],
)
def test_titles_that_resemble_each_other(one: str, other: str, same: bool) -> None:
    assert _resembles(one, other) is _resembles(other, one) is same


@pytest.mark.parametrize(
    ("shown", "named", "weight"),
    [("", "", 1.0), (TITLE, "", 1.5), (TITLE, f"{TITLE} trước mùa lũ", 0.1), ("", TITLE, 1.0)],
)
def test_what_the_title_of_a_link_weighs(shown: str, named: str, weight: float) -> None:
    stated = [Heading(text=named, how="title", weight=0.6)]
    link = _hinted(Hints(title=TITLE), scan(f"<p>{shown}</p><p>{LONG}</p>"), stated)
    assert link is not None
    assert link.weight == weight
