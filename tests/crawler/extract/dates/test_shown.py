"""Whose a date is that readers see: the article's, another one's or the site's."""

# ruff: noqa: E501 - tables are easier to see in one line

from __future__ import annotations

import pytest

from crawler.errors import NotAnArticle
from crawler.extract import extract
from crawler.extract.dates.shown import _is_label, _leads_away, find_shown
from crawler.extract.hints import NO_HINTS, Hints
from tests.support.markup import LONG, MORE, THIRD, context

TITLE = "Huyện kiểm tra tiến độ thi công tuyến kè ở An Thạnh"
SITE = "https://bao.example.vn"
URL = f"{SITE}/huyen-kiem-tra-tien-do-thi-cong-a12345.html"
HEAD = f"<h1>{TITLE}</h1>"
BODY = f"<p>{LONG}</p><p>{MORE}</p><p>{THIRD}</p>"
OTHER = "21/03/2024 01:00"
CLOCK = "Thứ Ba, 24/11/2026 08:00"
MENU = "<ul>" + "".join(f"<li><a href=/{n}>Mục {n}</a></li>" for n in "abcd") + "</ul>"
COMMENTS = URL.replace("//bao", "//m.bao") + "#loi"
SIGNED = (
    "<div class=date>21/11/2026</div><div>Cỡ chữ</div>"
    "<div>của <a href=/nguoi/thu-an-12345>Thu An</a></div>"
)
CRUMBS = "<div><a href=/>Trang chủ</a> › <a href=/a>Mục a</a></div>"


def day_of(inner: str, url: str = URL, hints: Hints = NO_HINTS) -> str | None:
    page = f"<html><head><title>{TITLE}</title></head><body>{inner}</body></html>"
    try:
        return extract(
            page.encode(), url=url, fetched_at="2026-11-24T01:00:00Z", hints=hints
        ).published_on
    except NotAnArticle as refusal:
        return refusal.reason


def items(link: str, name: str = "w", number: int = 4, tag: str = "div") -> str:
    """Boxes of other articles, each with a date."""
    return "".join(
        f"<{tag} class=q><a href=/bai-viet-so-{n}-a10{n}.html>{link}</a><span class={name}>{OTHER}"
        f"</span></{tag}>"
        for n in range(number)
    )


PICTURE = "<img src=/a.jpg width=300>"
LINKS = [PICTURE, "Giá tôm", "Xem tiếp", "Đưa điện lưới quốc gia về vùng bãi bồi"]


@pytest.mark.parametrize("name", ["w", "date", "time"])
@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("number", [1, 2, 4])
def test_the_dates_of_other_articles_are_none(link: str, name: str, number: int) -> None:
    box = items(link, name, number)
    assert day_of(HEAD + BODY + f"<h3>Tin khác</h3>{box}") is None
    assert day_of(HEAD + BODY + f"<div>{box}</div>") is None
    assert day_of(HEAD + BODY + f"<ul>{items(link, name, number, 'li')}</ul>") is None
    assert day_of(f"<div class=x><b>Tin mới</b>{box}</div>{HEAD}{BODY}") is None
    assert day_of(f"{HEAD}<div class=x>{box}</div>{BODY}") is None


def test_a_headline_without_a_link_below_its_picture_is_another_article_too() -> None:
    box = f"<div class=q><a href=/b-v-a102.html>{PICTURE}</a><h4>Giá tôm</h4><i>{OTHER}</i></div>"
    assert day_of(HEAD + BODY + box * 3) is None


@pytest.mark.parametrize(
    "imprint",
    [
        "<p>Giấy phép số 123/GP-BTTTT ngày 15/03/2021</p>",
        "<div>Giấy phép số: 45/GP-TTĐT do Sở Thông tin cấp ngày 2/4/2019</div>",
        "<div>GPXB số 456/GP-BTTTT, ngày 12-08-2020 | ISSN 1859-1234</div>",
        "<div>Số giấy phép: 09/GP-BVHTTDL</div><div>Ngày cấp: 15/03/2021</div>",
        "<tr><td>Giấy phép hoạt động báo in số 301</td></tr><tr><td>15/06/2022</td></tr>",
        "<div>© Báo Tỉnh</div><div>Cập nhật: 12/03/2024 10:00</div>",
        "<div>Lượt truy cập từ 01/01/2015: 12.345.678</div>",
        "<h3>Bình luận</h3><b>Minh Tâm</b><span>20/11/2026 10:00</span>",
    ],
)
def test_what_stands_in_the_imprint_or_below_comments_dates_no_article(imprint: str) -> None:
    assert day_of(HEAD + BODY + imprint) is None
    assert day_of(HEAD + f"<div>21/11/2026</div>{BODY}{imprint}") == "2026-11-21"


@pytest.mark.parametrize("name", ["w", "date", "clock"])
@pytest.mark.parametrize(
    "clock", [CLOCK, "Thứ Ba, ngày 24 tháng 11 năm 2026", "Thứ Hai, 23/11/2026 | 21:10"]
)
def test_a_clock_above_the_menu_dates_no_article(clock: str, name: str) -> None:
    assert day_of(f"<div class={name}>{clock}</div>{MENU}{HEAD}{BODY}") is None


STALE = ["Thứ Hai, 23/11/2026 19:20", "24/11/2026 07:20", "24/11/2026", "Cập nhật 07:20 24/11/2026"]
"""What a page shows as the time that was kept for an hour before it was sent."""


@pytest.mark.parametrize("stale", STALE)
@pytest.mark.parametrize(
    "box",
    [
        "<header><div>{}</div></header>",
        "<header><p>Báo Tỉnh</p><div><span class=date>{}</span></div></header>",
        "<div class=site-header><span>{}</span></div>",
        "<div id=clock>{}</div>",
        "<div class=current-date>{}</div>",
        "<div class=dong-ho><i>{}</i></div>",
    ],
)
def test_what_stands_in_the_header_of_the_page_dates_no_article(box: str, stale: str) -> None:
    header = box.format(stale)
    assert day_of(header + HEAD + BODY) is None
    assert day_of(f"{header}{HEAD}<div>20/11/2026</div>{BODY}") == "2026-11-20"
    assert day_of(f"{header}<div class=date>20/11/2026</div>{HEAD}{BODY}") == "2026-11-20"


@pytest.mark.parametrize("name", ["post-header", "article-header", "entry-header"])
def test_the_header_of_an_article_dates_it(name: str) -> None:
    date = "<div>Thứ Hai, 23/11/2026 07:20</div>"
    for tag in ("header", "div"):
        assert day_of(f"<{tag} class={name}>{date}{HEAD}</{tag}>{BODY}") == "2026-11-23"
        assert day_of(f"<{tag} class={name}>{HEAD}{date}</{tag}>{BODY}") == "2026-11-23"
    old = "<header><div>20/11/2026 07:20</div></header>"
    assert day_of(old + HEAD + BODY) == "2026-11-20"
    said = "<div>Đăng ngày 23/11/2026 07:20</div>"
    assert day_of(f"<header>{said}</header>{HEAD}{BODY}") == "2026-11-23"


FRONT = "<div><p><a href=/>Báo Tỉnh</a></p><div>{}</div></div>"
OTHERS = (
    "<div><ul><li><a href=/bai-viet-so-2-a102.html>Đưa điện lưới về vùng bãi bồi</a></ul></div>"
)
YESTERDAYS = ["Thứ Hai, 23/11/2026", "Monday, November 23, 2026"]


@pytest.mark.parametrize("clock", [*YESTERDAYS, "24/11/2026", "23/11/2026", "Thứ Ba, 24/11/2026"])
def test_a_day_above_the_box_of_headline_and_text_is_a_clock_that_was_kept(clock: str) -> None:
    front = FRONT.format(clock)
    assert day_of(f"{front}<div>{HEAD}{BODY}</div>") is None
    assert day_of(f"{front}<div><div>{HEAD}{BODY}</div>{OTHERS}</div>") is None
    assert (
        day_of(f"{front}<div><div>{HEAD}<p>20/11/2026</p>{BODY}</div>{OTHERS}</div>")
        == "2026-11-20"
    )
    assert day_of(f"{front}<div><div>{HEAD}<p>{clock}</p>{BODY}</div>{OTHERS}</div>") in (
        "2026-11-23",
        "2026-11-24",
    )


@pytest.mark.parametrize(
    ("inner", "day"),
    [
        (f"<div>{YESTERDAYS[0]}</div>{HEAD}{BODY}", None),
        (f"<div>Chủ Nhật, 22/11/2026</div>{HEAD}{BODY}", "2026-11-22"),
        (f"<div>23/11/2026</div>{HEAD}{BODY}", "2026-11-23"),
        (f"<div><div>{YESTERDAYS[0]}</div>{HEAD}{BODY}</div>", "2026-11-23"),
        (f"<div>23/11/2026</div><div>{HEAD}{BODY}</div>", None),
        (f"<div class=date>23/11/2026</div><div>{HEAD}{BODY}</div>", "2026-11-23"),
        (f"<div class=date>{YESTERDAYS[0]}</div><div>{HEAD}{BODY}</div>", None),
        (f"<div>Chủ Nhật, 22/11/2026</div><div>{HEAD}{BODY}</div>", "2026-11-22"),
        (f"<div>23/11/2026 07:20</div><div>{HEAD}{BODY}</div>", "2026-11-23"),
        (f"<div>Ngày đăng: 23/11/2026</div><div>{HEAD}{BODY}</div>", "2026-11-23"),
    ],
)
def test_which_lines_above_the_headline_may_be_yesterdays_clock(
    inner: str, day: str | None
) -> None:
    assert day_of(inner) == day


def test_a_box_like_that_of_the_headline_takes_no_date_from_it() -> None:
    def box(inner: str) -> str:
        return f"<article><div>{inner}</div><a href=/muc>a</a></article>"

    own = f"{HEAD}<p>21/11/2026</p>{BODY}"
    assert day_of(box(own) + box("<h3>Tin</h3><p>20/11/2026</p>")) == "2026-11-21"


def test_a_day_and_the_text_in_one_flow_are_two_lines() -> None:
    flow = f"<div>{HEAD}<span>14:05 21/11/2026</span><span>{LONG}<br>{MORE}<br>{THIRD}</span></div>"
    assert day_of(flow) == "2026-11-21"


def test_a_clock_beside_links_or_behind_the_text_dates_no_article() -> None:
    assert day_of(f"{MENU}<div>{CLOCK}</div>{CRUMBS}{HEAD}{BODY}") is None
    assert day_of(f"<div><a href=/>Báo Tỉnh</a> <span>{CLOCK}</span></div>{HEAD}{BODY}") is None
    assert day_of(f"<div>{CLOCK}</div>{HEAD}{BODY}") is None
    assert day_of(f"<div>Thứ Ba, ngày 24 tháng 11 năm 2026</div>{HEAD}{BODY}") is None
    assert day_of(f"<div>24/11/2026</div>{HEAD}{BODY}") == "2026-11-24"
    assert day_of(f"{HEAD}{BODY}<div>Cập nhật lúc 08:00 24/11/2026</div>") is None


@pytest.mark.parametrize(
    "inner",
    [
        f"{HEAD}<div>21/11/2026 09:15</div>{BODY}",
        f"{MENU}<div>21/11/2026 09:15</div>{HEAD}{BODY}",
        f"{MENU}{CRUMBS}<div>Thứ bảy, 21/11/2026 09:15</div>{HEAD}{BODY}",
        f"<div>{CLOCK}</div>{MENU}{HEAD}<div>21/11/2026 06:10</div>{BODY}",
        f"{HEAD}{BODY}<div class=date>21/11/2026 09:15</div>{items('Giá tôm')}",
        f"{HEAD}{BODY}<p>Ngày đăng: 21/11/2026</p>",
        f"{HEAD}{BODY}{'<p>Từ khóa</p>' * 6}<p>Ngày đăng: 21/11/2026</p>",
        f"{HEAD}<div><a href=/tg/an>{PICTURE}</a><a href=/tg/an>An</a> 21/11/2026</div>{BODY}",
        f"{HEAD}<div>21/11/2026 <a href=/in/1><img src=/p.png></a></div>{BODY}",
        f"{HEAD}<p>21/11/2026 | <a href='{COMMENTS}'>3 lời</a></p>{BODY}",
        f"{HEAD}<div class=x>{SIGNED}</div><div>{BODY}</div>",
    ],
)
def test_the_article_s_own_date_stays(inner: str) -> None:
    assert day_of(inner) == "2026-11-21"


def test_the_date_of_the_link_counts_where_only_others_stand_on_the_page() -> None:
    hints = Hints(title=TITLE, date="Fri, 20 Nov 2026 10:00:00 +0700", place="feed")
    assert day_of(HEAD + BODY + items(PICTURE), hints=hints) == "2026-11-20"


@pytest.mark.parametrize("path", ["/d20261107/lua-tom.html", "/tin/d20261107/a.html"])
def test_a_day_of_the_address_counts_beside_a_related_list(path: str) -> None:
    assert day_of(HEAD + BODY + items("Giá tôm"), SITE + path) == "2026-11-07"


MANY = "".join(f"<p>{n + 1} trong các đoạn kè. {MORE}</p>" for n in range(60))


@pytest.mark.parametrize(
    "end",
    [
        "<p>Ngày đăng: 21/11/2026</p>",
        "<p class=date>21/11/2026</p>",
        "<div>An Thạnh</div><div>Ngày đăng: 21/11/2026</div>",
        "<dl><dt>Ngày đăng</dt><dd>21/11/2026</dd></dl>",
        "<p>Nguồn: Báo Mẫu</p><p>Ngày đăng:</p><p>21/11/2026</p>",
    ],
)
def test_the_date_at_the_end_of_a_long_text_is_seen(end: str) -> None:
    assert day_of(HEAD + MANY + end) == "2026-11-21"


def test_a_date_inside_a_long_text_is_an_event_s() -> None:
    source = "<p>Trạm thủy văn An Thạnh, 20/11/2026</p>"
    assert day_of(HEAD + MANY + source + f"<p>{THIRD}</p>") is None


@pytest.mark.parametrize(
    ("label", "day"),
    [
        ("Ngày đăng", "2026-11-21"),
        ("Ngày đăng:", "2026-11-21"),
        ("Published", "2026-11-21"),
        ("Datum", "2026-11-21"),
        ("Post date", "2026-11-21"),
        ("Publication time", "2026-11-21"),
        ("Ngày họp", "header"),
        ("Ngày đăng ký dự tuyển chức danh", "header"),
    ],
)
def test_a_line_that_is_only_a_label_says_of_what_the_next_one_is_the_date(
    label: str, day: str
) -> None:
    box = f"<div class=menu><div>{label}</div><div>21/11/2026</div></div>"
    assert day_of(f"{HEAD}<p>{LONG * 4}</p>{box}{BODY}") == (None if day == "header" else day)


@pytest.mark.parametrize(
    ("inner", "day"),
    [
        (f"{HEAD}<p>21/11/2026 - Cập nhật: 23/11/2026</p>{BODY}", "2026-11-21"),
        (f"{HEAD}<p>24/11/2026 - Cập nhật: 21/11/2026</p>{BODY}", "2026-11-21"),
        (f"{HEAD}<p>Cập nhật: 21/11/2026</p>{BODY}", "2026-11-21"),
    ],
)
def test_a_change_yields_to_an_earlier_day_beside_it(inner: str, day: str) -> None:
    assert day_of(inner) == day


AUTHOR = "<a href=/nguoi-viet/nguyen-thi-thu-an-12345>Nguyễn Thị Thu An, Trần Văn Bình</a>"


def test_links_beside_a_date_that_says_what_it_is_name_authors() -> None:
    told = "<div>Cập nhật: 21/11/2026</div>"
    assert day_of(f"{HEAD}<div>{AUTHOR}</div>{told}{BODY}") == "2026-11-21"
    assert day_of(f"{HEAD}<div>{AUTHOR}</div><div>21/11/2026</div>{BODY}") is None
    assert day_of(f"<div>{AUTHOR}</div>{told}{HEAD}{BODY}") is None


def test_a_change_told_some_way_behind_the_text_is_a_last_resort() -> None:
    told = "<p>Từ khóa</p>" * 6 + "<p>Cập nhật: 21/11/2026</p>"
    assert day_of(HEAD + BODY + told) == "2026-11-21"
    assert day_of(f"{HEAD}<p>20/11/2026</p>{BODY}{told}") == "2026-11-20"


ENGLISH = (
    "<p>The council of the town of An Thanh has agreed to the plan for the new dyke, and the work "
    "on it will begin in the second half of the year with a budget of four million.</p>"
)


@pytest.mark.parametrize(
    ("lang", "host", "day"),
    [
        ("en", "news.example.com", "2026-03-04"),
        ("en-US", "news.example.de", "2026-03-04"),
        ("en_PH", "news.example.ph", "2026-03-04"),
        ("en-GB", "news.example.com", "2026-04-03"),
        ("en", "news.example.co.uk", "2026-04-03"),
        ("en", "bao.example.vn", "2026-04-03"),
        ("de", "news.example.com", "2026-04-03"),
        ("vi", "news.example.com", "2026-03-04"),
    ],
)
def test_the_order_of_day_and_month_is_that_of_the_page_s_readers(
    lang: str, host: str, day: str
) -> None:
    page = f"<html lang={lang}><body><h1>{TITLE}</h1><p>3/4/2026</p>{ENGLISH * 4}</body></html>"
    article = extract(
        page.encode(), url=f"https://{host}/a-1.html", fetched_at="2026-11-24T01:00:00Z"
    )
    assert article.published_on == day


X = "<p>x</p>"
WORDS = {"Y": "y" * 200, "Z85": "z" * 85, "Z86": "z" * 86, "L20": "y" * 20, "L19": "y" * 19}
SHOWN = [
    ("between", "<p>05/11/2026</p>", "near title 05/11/2026"),
    ("between", "<p>{Y}</p><p>{Z85}</p><p>05/11/2026</p>", "near title 05/11/2026"),
    ("between", "<p>{Y}</p><p>{Z85}z</p><p>05/11/2026</p>", "visible 05/11/2026"),
    ("between", "<p class=date>05/11/2026</p>", "near title 05/11/2026"),
    (
        "between",
        "<p>{Y}</p><p>{Z85}zzzzzzzzzzzzzzz</p><p class=date>05/11/2026</p>",
        "near title 05/11/2026",
    ),
    ("between", "<div class=menu>05/11/2026</div>", "visible 05/11/2026"),
    ("between", "<div class=menu>|| 05/11/2026</div>", "visible 05/11/2026"),
    ("between", "<div class=menu>||| 05/11/2026</div>", "header 05/11/2026"),
    ("between", "<div class=menu>05/11/2026 abc</div>", ""),
    ("between", "<div class=menu>05/11/2026 ab</div>", ""),
    ("between", "<div class=menu>05/11/2026 08:30</div>", "header 05/11/2026 08:30"),
    ("between", "<div class=menu>Ngày đăng: 05/11/2026 08:30</div>", "visible 05/11/2026 08:30"),
    ("between", X * 5 + "<div class=menu>05/11/2026</div>", "visible 05/11/2026"),
    ("between", X * 6 + "<div class=menu>05/11/2026</div>", "visible 05/11/2026"),
    ("between", X * 7 + "<div class=menu>05/11/2026</div>", "header 05/11/2026"),
    ("between", X * 8 + "<div class=menu>05/11/2026</div>", "header 05/11/2026"),
    ("between", "<div class=related>05/11/2026 08:30 xem</div>", "visible 05/11/2026 08:30"),
    ("between", '<div class="sr-only">05/11/2026</div>', "header 05/11/2026"),
    ("between", "<div class=comments>05/11/2026</div>", ""),
    ("above", "<div class=menu>05/11/2026</div>", "visible 05/11/2026"),
    ("above", "<div class=menu>05/11/2026</div><p>x</p>", "header 05/11/2026"),
    ("above", "<p>05/11/2026</p>", "visible 05/11/2026"),
    ("above", "<p>05/11/2026</p><p>x</p>", "visible 05/11/2026"),
    (
        "above",
        "<p>05/11/2026</p><p><a href=/a>Mục a</a></p><p><a href=/a>Mục a</a></p>",
        "visible 05/11/2026",
    ),
    (
        "above",
        "<p>05/11/2026</p><p><a href=/a>Mục a</a></p><p><a href=/a>Mục a</a></p><p><a href=/a>Mục a</a></p>",
        "",
    ),
    ("above", "<div class=header>24/11/2026</div>", "visible 24/11/2026"),
    ("above", "<div class=header>22/11/2026</div>", "visible 22/11/2026"),
    ("above", "<div class=header>23/11/2026</div>", "visible 23/11/2026"),
    ("above", "<div class=header>Ngày đăng: 23/11/2026</div>", "visible 23/11/2026"),
    ("above", "<p>24/11/2026</p>", "visible 24/11/2026"),
    ("above", "<p>24/11/2026 08:00</p>", ""),
    ("above", "<p>Thứ Ba, 24/11/2026</p>", ""),
    ("above", "<p>Ngày đăng: 24/11/2026 08:00</p>", "visible 24/11/2026 08:00"),
    ("above", "<p>24/11/2026</p><p><a href=/a>Mục</a> chữ chữ chữ chữ</p>", ""),
    ("below", "<p>05/11/2026</p>", "visible 05/11/2026"),
    ("below", X * 3 + "<p>05/11/2026</p>", "visible 05/11/2026"),
    ("below", X * 4 + "<p>05/11/2026</p>", ""),
    ("below", X * 3 + "<p>Ngày đăng: 05/11/2026</p>", "visible 05/11/2026"),
    ("below", X * 11 + "<p>Ngày đăng: 05/11/2026</p>", "visible 05/11/2026"),
    ("below", X * 12 + "<p>Ngày đăng: 05/11/2026</p>", ""),
    ("below", "<p>Tin liên quan</p><p>05/11/2026</p>", ""),
    ("below", "<p>Tin liên quan</p><p>Ngày đăng: 05/11/2026</p>", "visible 05/11/2026"),
    ("below", "<p>Bình luận</p><p>Ngày đăng: 05/11/2026</p>", ""),
    ("below", "<p>Giấy phép số 12 ngày 05/11/2026</p>", ""),
    ("below", "<p>Giấy phép số 12</p><p>05/11/2026</p>", ""),
    ("below", "<p>Giấy phép số 12</p><p>x</p><p>05/11/2026</p>", ""),
    ("below", "<p>Giấy phép số 12</p>" + X * 2 + "<p>05/11/2026</p>", ""),
    ("below", "<p>24/11/2026 08:00</p>", ""),
    ("below", "<p><a href=/mot-bai-viet-khac-a123456.html>{L20}</a></p><p>05/11/2026</p>", ""),
    (
        "below",
        "<p><a href=/mot-bai-viet-khac-a123456.html>{L19}</a></p><p>05/11/2026</p>",
        "visible 05/11/2026",
    ),
    (
        "below",
        "<p>05/11/2026</p><p><a href=/mot-bai-viet-khac-a123456.html>{L20}</a></p>",
        "visible 05/11/2026",
    ),
    (
        "below",
        "<p>x</p><p>05/11/2026</p><p><a href=/mot-bai-viet-khac-a123456.html>{L20}</a></p>",
        "",
    ),
    ("below", "<p>x</p><p>05/11/2026 <a href=/mot-bai-viet-khac-a123456.html>Tin</a></p>", ""),
    ("below", "<p>x</p><p>05/11/2026 <a href=/muc>Tin</a></p>", "visible 05/11/2026"),
    ("below", "<p>x</p><p>05/11/2026 <a href=/tin-a1.html>Tin</a></p>", "visible 05/11/2026"),
    ("between", "<p>05/11/2026</p><p><a href=/mot-bai-viet-khac-a123456.html>{L20}</a></p>", ""),
    ("between", "<p>05/11/2026</p><p><a href=/muc>{L20}</a></p>", "near title 05/11/2026"),
    ("between", "<p>05/11/2026 của <a href=/nguoi/thu-an-12345>Thu An</a></p>", ""),
    (
        "between",
        "<div><p>05/11/2026</p><p>x</p><p>của <a href=/nguoi/thu-an-12345>Thu An</a></p></div>",
        "near title 05/11/2026",
    ),
    (
        "below",
        "<div class=q><a href=/muc>a</a><p>01/11/2026</p></div><div class=q><a href=/muc>a</a><p>02/11/2026</p></div>",
        "",
    ),
    (
        "below",
        "<div class=q><b>a</b><p>01/11/2026</p></div><div class=q><b>a</b><p>02/11/2026</p></div>",
        "visible 01/11/2026; visible 02/11/2026",
    ),
    (
        "below",
        "<p>x</p><div class=q><a href=/muc>a</a><p>01/11/2026</p></div>",
        "visible 01/11/2026",
    ),
    ("between", "<p>Ngày đăng</p><p>05/11/2026</p>", "near title 05/11/2026"),
    ("between", "<p>Cập nhật</p><p>05/11/2026</p>", "near title 05/11/2026"),
    ("below", "<p>Cập nhật: 05/11/2026</p>", "visible 05/11/2026"),
    ("below", X * 5 + "<p>Cập nhật: 05/11/2026</p>", "visible change 05/11/2026"),
    ("between", "<p>không có số</p>", ""),
]
"""Where beside headline and text something stands, and which dates of it are the article's own."""


@pytest.mark.parametrize(("place", "inner", "wanted"), SHOWN)
def test_which_dates_that_readers_see_are_the_articles(place: str, inner: str, wanted: str) -> None:
    parts = {"above": "", "between": "", "below": ""} | {place: inner.format(**WORDS)}
    headline = f"{parts['above']}<h1>Tựa đề của bài</h1>{parts['between']}"
    page = context(f"{headline}{BODY}{parts['below']}")
    ends = [i for i, block in enumerate(page.scan.blocks) if block.text in (LONG, THIRD)]
    found = find_shown(page, ends[0], ends[-1])
    assert "; ".join(f"{each.where} {each.raw}" for each in found) == wanted


@pytest.mark.parametrize(("lines", "seen"), [(0, False), (1, False), (2, True), (3, True)])
def test_two_lines_of_the_imprint_stand_below_its_first(lines: int, *, seen: bool) -> None:
    imprint = f"<p>Giấy phép số 12</p>{X * lines}<p>05/11/2026</p>"
    page = context(f"<h1>Tựa</h1><p>{LONG}</p>{imprint}<p>{MORE}</p><p>{THIRD}</p>")
    ends = [i for i, block in enumerate(page.scan.blocks) if block.text in (LONG, THIRD)]
    assert bool([*find_shown(page, ends[0], ends[-1])]) is seen


@pytest.mark.parametrize(("depth", "seen"), [(2, False), (3, True)])
def test_the_box_of_a_date_is_looked_for_among_four_elements(depth: int, *, seen: bool) -> None:
    def box(link: str, day: str) -> str:
        return f"<div class=q>{link}{'<div>' * depth}<p>{day}/11/2026</p>{'</div>' * depth}</div>"

    def days(below: str) -> int:
        page = context(f"<h1>Tựa</h1>{BODY}{below}")
        ends = [i for i, block in enumerate(page.scan.blocks) if block.text in (LONG, THIRD)]
        return len([*find_shown(page, ends[0], ends[-1])])

    section = "<a href=/muc>a</a>"
    assert days(box(section, "01") + box(section, "02")) == 2 * seen
    assert days(f"<p>x</p>{box('<a href=/mot-bai-viet-a123456.html>Tin</a>', '05')}") == seen


@pytest.mark.parametrize(
    ("lines", "first", "seen"), [(23, None, True), (24, None, False), (18, 1, True), (19, 1, False)]
)
def test_so_far_behind_the_headline_a_date_is_seen_where_no_text_ends(
    lines: int, first: int | None, *, seen: bool
) -> None:
    page = context(f"<h1>Tựa</h1>{X * lines}<p>Ngày đăng: 05/11/2026</p>{X * 40}")
    assert bool([*find_shown(page, first, None)]) is seen


@pytest.mark.parametrize(
    ("inner", "leads"),
    [
        ("<p>Không có liên kết nào ở dòng này.</p>", False),
        ("<p><a href=/tin-khac-cua-bao-a99.html>Một bài khác của báo</a></p>", True),
        ("<p><a href=#x>Một chỗ khác của trang</a></p>", False),
        ("<p><a>Một bài khác của báo</a></p>", False),
    ],
)
def test_a_line_leads_away_by_its_first_link(inner: str, leads: bool) -> None:
    page = context(inner)
    assert _leads_away(page, page.scan.blocks[0]) is leads


@pytest.mark.parametrize(("before", "seen"), [(39, True), (40, False)])
def test_a_bare_day_behind_forty_lines_of_a_text_is_an_event_s(before: int, *, seen: bool) -> None:
    inner = f"<p>{LONG}</p>{X * (before - 1)}<p>05/11/2026</p><p>{THIRD}</p>"
    page = context(f"<h1>Tựa</h1>{inner}")
    last = len(page.scan.blocks) - 1
    assert bool([*find_shown(page, 1, last)]) is seen


@pytest.mark.parametrize(("before", "seen"), [(4, True), (5, False)])
def test_a_box_that_holds_one_of_the_first_five_lines_is_no_item(
    before: int, *, seen: bool
) -> None:
    link = "<a href=/mot-bai-viet-khac-a123456.html>Tin</a>"
    box = f"<div><p>{link}</p>{X * 2}<p>05/11/2026</p></div>"
    page = context(f"<h1>Tựa</h1><p>{LONG}</p>{X * (before - 1)}{box}{X}<p>{THIRD}</p>")
    last = len(page.scan.blocks) - 1
    assert bool([*find_shown(page, 1, last)]) is seen


@pytest.mark.parametrize(("end", "is_label"), [(" :- ", True), ("  :- ", False)])
def test_a_line_that_is_only_a_label_has_thirty_characters(end: str, *, is_label: bool) -> None:
    assert _is_label("Ngày cập nhật mới nhất lúc" + end) is is_label
