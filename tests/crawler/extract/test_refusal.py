"""What is no article is refused with a reason, and nothing else is ever raised."""

# ruff: noqa: E501 - pages are easier to see in one line

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import NotAnArticle
from crawler.extract import extract
from crawler.extract.hints import Hints
from crawler.extract.refusal import (
    check_bytes,
    check_form,
    check_page,
    check_text,
    name_refusal,
    say_no_body,
)
from tests.support.costs import assert_linear
from tests.support.markup import context, line
from tests.support.memory import begin_peak, read_peak

if TYPE_CHECKING:
    from collections.abc import Callable

NO_TEASER = 150
TEASED = 600

URL = "https://bao.example.vn/tin-tuc-a1.html"
FETCHED = "2026-11-01T00:00:00Z"
SENTENCE = (
    "Sáng 1/10, lãnh đạo xã kiểm tra công trình cấp nước và trao đổi với người dân trong ấp. "
)


def page(inner: str, title: str = "Xã hoàn thành trạm cấp nước") -> bytes:
    return f"<html><head><title>{title}</title></head><body>{inner}</body></html>".encode()


ARTICLE = page(
    "<h1>Xã hoàn thành trạm cấp nước</h1><div class=date>01/10/2026 08:00</div>"
    f"<div class=content><p>{SENTENCE * 3}</p><p>{SENTENCE * 2}</p></div>"
)


def reason(body: bytes, url: str = URL, content_type: str | None = None) -> str:
    with pytest.raises(NotAnArticle) as refused:
        extract(body, url=url, fetched_at=FETCHED, content_type=content_type)
    return refused.value.reason


PROMISED = "Hợp tác xã nông nghiệp An Hòa khai trương trạm bơm trước mùa mưa"
"""The title of the link in the feed."""


def refused_as(body: bytes, place: str = "feed", title: str = PROMISED) -> str | None:
    hints = Hints(title=title, place=place)
    try:
        extract(body, url=URL, fetched_at=FETCHED, hints=hints)
    except NotAnArticle as refusal:
        return str(refusal.reason)
    return None


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("<h1>Server Error in '/' Application.</h1><h2>Runtime Error</h2><p>An application error occurred on the server. The current settings prevent the details from being viewed.</p>", "error-page"),
        ("<b>Warning</b>: mysqli_connect(): (HY000/1040): Too many connections in <b>/home/web/db.php</b> on line <b>12</b>", "error-page"),
        ("<h1>Error establishing a database connection</h1>", "error-page"),
        ("<center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center>", "error-page"),
        ("<h1>Đã có lỗi xảy ra</h1><p>Hệ thống gặp sự cố khi xử lý yêu cầu. Vui lòng thử lại sau.</p>", "error-page"),
        ("<h2>Hệ thống phát hiện truy cập bất thường từ địa chỉ IP của bạn</h2><p>Yêu cầu của bạn đã bị tạm thời từ chối để bảo vệ trang web. Vui lòng nhập mã captcha.</p>", "bot-check"),
        ("<p>Website đã hết hạn sử dụng. Vui lòng liên hệ nhà cung cấp để gia hạn.</p>", "parked"),
        (f"<h1>Thông báo của tòa soạn</h1><p>{'Kính mời bạn đọc ghé lại sau ít phút nữa, xin cảm ơn. ' * 4}</p>", "other-page"),
        (f"<h1>Bài khác hẳn với bài đã hẹn</h1><div>{SENTENCE * 3}</div>", "other-page"),
    ],
)  # fmt: skip
def test_what_a_server_shows_instead_is_not_stored_under_the_title_of_the_link(
    body: str, wanted: str
) -> None:
    assert refused_as(page(body, "Thông báo")) == wanted


NOTICE = (
    "<h2>Quyền riêng tư của bạn đọc</h2><p>Tòa soạn và các đối tác dùng một số cookie để đo lượt"
    " xem, nhớ lựa chọn của bạn đọc và hiện quảng cáo phù hợp với từng người.</p><p>Bạn có thể đổi"
    " lựa chọn này bất cứ khi nào ở cuối trang, việc đọc báo không bị ảnh hưởng.</p>"
)
"""Asks for consent as sites do, in words of no list but the plainest."""


@pytest.mark.parametrize(
    "box",
    ["<div>{}</div>", "<div class=x role=dialog>{}</div>", "<aside aria-modal=true>{}</aside>"],
)
def test_a_page_that_only_asks_for_consent_to_cookies_has_no_text(box: str) -> None:
    body = page(box.format(NOTICE) + "<div id=app></div><script src=/a.js></script>")
    assert reason(body) == "empty-shell"


@pytest.mark.parametrize("box", ["<div>{}</div>", "<div class=x role=dialog>{}</div>"])
def test_a_notice_about_cookies_is_no_part_of_an_article(box: str) -> None:
    title = "Xã hoàn thành trạm cấp nước"
    story = f"<div><div>{title}</div><div><p>{SENTENCE * 2}</p><p>{SENTENCE}</p></div></div>"
    article = extract(page(box.format(NOTICE) + story), url=URL, fetched_at=FETCHED)
    assert article.title == title
    assert "cookie" not in article.body
    assert "lựa chọn" not in article.body


def test_an_article_about_cookies_keeps_what_it_says_of_them() -> None:
    lines = [
        "Theo nghị định mới, trang thương mại điện tử phải hỏi trước khi lưu cookie của người mua.",
        f"“Chúng tôi dùng cookie để nhớ giỏ hàng”, chủ một trang bán trái cây nói. {SENTENCE}",
        *[SENTENCE * 2] * 3,
    ]
    story = "".join(f"<p>{line}</p>" for line in lines)
    article = extract(
        page(f"<h1>Hỏi trước khi lưu cookie</h1><div>{story}</div>"), url=URL, fetched_at=FETCHED
    )
    assert article.body.count("cookie") == 2


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        (
            "<h1>Sorry, you have been blocked</h1><p>This website is using a security service to protect itself from online attacks. The action you just performed triggered it.</p>",
            "bot-check",
        ),
        (
            "<h1>Access Denied</h1><p>You don't have permission to access this page on this server. Your address has been noted, and so has the time of your visit.</p>",
            "error-page",
        ),
        (
            "<h1>429 Too Many Requests</h1><p>Máy của bạn gửi quá nhiều yêu cầu trong thời gian ngắn, xin chờ một phút rồi thử lại lần nữa.</p>",
            "error-page",
        ),
        (
            "<h1>Bạn đã đủ 18 tuổi chưa?</h1><p>Trang này có hình ảnh không hợp với trẻ em, xin trả lời trước khi xem tiếp nội dung bên trong.</p>",
            "other-page",
        ),
        (
            "<h1>Thăm dò ý kiến bạn đọc</h1><form><p>Theo bạn, khu phố nên ưu tiên sửa con đường nào trước mùa mưa năm nay để học sinh đi lại an toàn?</p><input type=radio>Đường bờ kênh<input type=radio>Đường chợ</form>",
            "no-body",
        ),
    ],
)
def test_what_asks_or_denies_is_no_article(inner: str, wanted: str) -> None:
    assert reason(page(inner, "Báo tỉnh")) == wanted


@pytest.mark.parametrize(
    "title",
    [
        "Xã hoàn thành trạm cấp nước",
        "Lãnh đạo xã kiểm tra công trình cấp nước trong ấp",
        "Xem chi tiết",
        "ការប្រជុំ ស្តីពី ការផ្គត់ផ្គង់ ទឹក នៅ ក្នុង ឃុំ",
    ],
)
def test_an_article_is_what_its_link_names_whatever_the_wording(title: str) -> None:
    assert refused_as(ARTICLE, title=title) is None


def test_a_text_beside_a_link_may_be_none_of_the_article() -> None:
    title = "Bấm vào đây để đọc thêm về những tin mới cập nhật hôm nay"
    assert refused_as(ARTICLE, place="listing", title=title) is None


def test_a_short_text_about_a_failure_is_an_article_where_its_title_says_so() -> None:
    title = "Lỗi hệ thống làm chậm việc trả kết quả tại bộ phận một cửa"
    text = f"Sáng nay, lỗi hệ thống làm chậm việc trả kết quả cho người dân. {SENTENCE}"
    body = page(f"<h1>{title}</h1><div class=content><p>{text}</p></div>", title)
    assert refused_as(body, title=title) is None


def test_an_article_is_none_of_these() -> None:
    article = extract(ARTICLE, url=URL, fetched_at=FETCHED)
    assert article.title == "Xã hoàn thành trạm cấp nước"
    assert article.published_at == "2026-10-01T08:00:00+07:00"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"%PDF-1.7\n1 0 obj", "binary"),
        (b"\x89PNG\r\n\x1a\n0000", "binary"),
        (b"\xff\xd8\xff\xe0 JFIF", "binary"),
        (b'{"data": [1, 2, 3]}', "not-html"),
        (b"just some words", "not-html"),
        (b"<?xml version='1.0'?><rss version='2.0'><channel/></rss>", "not-html"),
        (
            page("<h1>Checking your browser before accessing bao.vn</h1><p>DDoS protection</p>"),
            "bot-check",
        ),
        (page("<div id=challenge-form></div><p>Wait</p>", "Just a moment..."), "bot-check"),
        (
            page("<h1>Không tìm thấy trang</h1><p>Trang bạn tìm không tồn tại.</p>", "404"),
            "soft-404",
        ),
        (page("<h1>Hệ thống đang bảo trì</h1><p>Vui lòng quay lại sau.</p>"), "maintenance"),
        (page("<p>This domain is for sale. Buy this domain now.</p>", "bao.vn"), "parked"),
        (page("<h1>Đăng nhập</h1><form><input name=u><input type=password></form>"), "login"),
        (page("<div id=root></div><script>app()</script>", "Báo"), "empty-shell"),
        (page("<h1>Bản tin thời sự tối nay</h1><video src=a.mp4></video>"), "video"),
        (page("<div>Menu</div>"), "no-body"),
    ],
)
def test_reason_is_said(body: bytes, wanted: str) -> None:
    assert reason(body) == wanted


@pytest.mark.parametrize(
    ("heading", "text", "wanted"),
    [
        ("404", "", "soft-404"),
        ("Lỗi 404", "Quay về trang chủ", "soft-404"),
        ("404 - Page not found", "", "soft-404"),
        ("Không tìm thấy nội dung yêu cầu", "", "soft-404"),
        ("Rất tiếc!", "Trang bạn yêu cầu không tồn tại hoặc đã bị xóa.", "soft-404"),
        ("Thông báo", "Bài viết này đã bị gỡ bỏ.", "soft-404"),
        ("Thông báo", "Đường dẫn bạn vừa truy cập không tồn tại trên hệ thống.", "soft-404"),
        ("Oops! Not found", "", "soft-404"),
        ("Website đang bảo trì", "", "maintenance"),
        ("Bảo trì hệ thống", "Mời quý độc giả quay lại sau ít phút.", "maintenance"),
        ("Thông báo", "Trang thông tin điện tử tỉnh hiện đang được nâng cấp.", "maintenance"),
        ("503 Service Temporarily Unavailable", "Service unavailable", "maintenance"),
        ("Welcome to nginx!", "If you see this page, it works!", "parked"),
        ("bao.vn", "Tên miền này đã hết hạn.", "parked"),
        ("Đăng nhập hệ thống", "<input type=password>", "login"),
    ],
)
def test_error_pages_in_the_frame_of_the_site_are_refused(
    heading: str, text: str, wanted: str
) -> None:
    menu = "".join(f"<li><a href=/{n}/>Chuyên mục {n}</a></li>" for n in range(12))
    frame = f"<ul>{menu}</ul><div>Thứ tư, 25/11/2026</div><h1>{heading}</h1><p>{text}</p>"
    assert reason(page(frame, f"{heading} - Báo Tỉnh Nhà")) == wanted


@pytest.mark.parametrize(
    "headline",
    [
        "404 hộ nghèo ở huyện biên giới được xây nhà",
        "Không tìm thấy nạn nhân trong vụ chìm ghe trên sông",
        "Phà qua sông tạm ngưng hoạt động từ ngày 1/10",
        "Đường tỉnh 830 đang được nâng cấp",
        "Bệnh viện bảo trì hệ thống xử lý nước thải",
        "Trang thiết bị y tế không tồn tại trên giấy tờ",
        "Bài viết xuyên tạc về công tác cán bộ đã bị gỡ",
        "Tài khoản ngân hàng bị tạm khóa vì lừa đảo",
        "Lỗi hẹn với cây cầu: vốn không tìm thấy",
        "Đăng nhập VNeID: người dân cần biết gì",
        "Tạm dừng hoạt động 12 cơ sở giết mổ",
    ],
)
def test_short_news_with_words_of_error_pages_is_kept(headline: str) -> None:
    inner = (
        f"<h1>{headline}</h1><div class=date>01/10/2026 08:00</div>"
        f"<div class=content><p>{SENTENCE * 4}</p><p>{headline}. {SENTENCE}</p></div>"
        "<div id=modal><form><input name=u><input type=password></form></div>"
    )
    article = extract(page(inner, f"{headline} - Báo Tỉnh Nhà"), url=URL, fetched_at=FETCHED)
    assert article.title == headline


SHORT = f"<p>{SENTENCE * 2}</p><p>{SENTENCE}</p>"
DATE = "<div>14:05 12/10/2026</div>"
WORDED = [
    "Không tìm thấy trang sử nào viết về làng Giấy Dó",
    "Access denied: villagers locked out of their green",
    "Page not found in the old town book",
    "Error 404 is the name of a new cafe",
    "Under maintenance: ferry rests for a week",
    "Verify you are human, says sculpture in Mooncalf Meadow",
    "Domain for sale: village puts its old mill on market",
]
"""Headlines that begin as error pages do."""


@pytest.mark.parametrize("headline", WORDED)
def test_a_headline_with_its_date_and_a_text_is_none_of_an_error_page(headline: str) -> None:
    inner = f"<h1>{headline}</h1>{DATE}<div>{SHORT}</div>"
    body = page(inner, f"{headline} | Báo Mẫu")
    assert extract(body, url=URL, fetched_at=FETCHED).title == headline


@pytest.mark.parametrize(
    ("headline", "date", "text", "wanted"),
    [
        ("Page not found in the old town book", "", SHORT, "soft-404"),
        ("Page not found in the old town book", DATE, f"<p>{SENTENCE}</p>", "soft-404"),
        ("Rất tiếc, không tìm thấy trang", DATE, SHORT, "soft-404"),
        ("Không tìm thấy trang bạn yêu cầu, mời về trang chủ", "", SHORT, "soft-404"),
        ("Website đang được bảo trì để nâng cấp", DATE, SHORT, "maintenance"),
    ],
)
def test_an_error_page_is_refused_whatever_else_it_shows(
    headline: str, date: str, text: str, wanted: str
) -> None:
    inner = f"<h1>{headline}</h1>{date}<div>{text}</div>"
    assert reason(page(inner, headline)) == wanted


def test_pdf_by_its_content_type() -> None:
    assert reason(b"x" * 100, content_type="application/pdf") == "binary"


def test_home_page_by_its_address() -> None:
    assert reason(ARTICLE, url="https://bao.example.vn/") == "listing"


def test_a_list_of_teasers_is_a_listing() -> None:
    items = "".join(
        f'<div><h3><a href="/tin-{n}-a{n}.html">Tiêu đề bài viết thứ {n} của chuyên mục xã hội</a></h3>'
        f"<p>Tóm tắt ngắn của bài viết thứ {n}, dài khoảng một câu như thường thấy.</p></div>"
        for n in range(12)
    )
    assert reason(page(f"<h1>Xã hội</h1>{items}", "Xã hội")) == "listing"


def test_a_story_among_many_teasers_is_no_listing() -> None:
    teasers = "".join(
        f'<div><h3><a href="/tin-{n}-a{n}.html">Tiêu đề bài viết thứ {n} của chuyên mục</a></h3></div>'
        for n in range(40)
    )
    story = "".join(f"<p>Đoạn {n}: {SENTENCE}</p>" for n in range(8))
    inner = f"<div><h1>Xã hoàn thành trạm cấp nước</h1>{story}{teasers}</div>"
    assert "Đoạn 7" in extract(page(inner), url=URL, fetched_at=FETCHED).body


PROGRAMMES = (
    "Chào buổi sáng", "Thời sự", "Phim truyện: Nhà bên sông - Tập 12", "Nhà nông", "Ca nhạc",
    "Bản tin quốc tế", "Sức khỏe cho mọi người", "Thiếu nhi", "Cải lương", "Dự báo thời tiết",
    "Văn hóa và du lịch", "Pháp luật và cuộc sống", "Thể thao", "Tiếp sóng", "Trò chơi", "Điểm tin",
)  # fmt: skip
HOURS = [f"{hour:02d}:{hour % 4 * 15:02d}" for hour in range(5, 21)]
SLOTS = [
    (at, f"{name} - phát sóng trên kênh 1") for at, name in zip(HOURS, PROGRAMMES, strict=True)
]
SCHEDULES = {
    "paragraphs": "".join(f"<p>{at}: {name}</p>" for at, name in SLOTS),
    "h": "".join(f"<p>{at.replace(':', 'h')} {name}</p>" for at, name in SLOTS),
    "giờ": "".join(f"<p>{int(at[:2])} giờ {at[3:]} - {name}.</p>" for at, name in SLOTS),
    "breaks": "<p>" + "<br>".join(f"{at} {name}" for at, name in SLOTS) + "</p>",
    "table": "".join(
        f"<tr><td><p>{at}</p></td><td><p><b>{name}</b></p></td></tr>" for at, name in SLOTS
    ).join(("<table>", "</table>")),
    "spans": "".join(f"<p>{at} - {at[:3]}59: {name}</p>" for at, name in SLOTS),
}


@pytest.mark.parametrize("slots", SCHEDULES.values(), ids=SCHEDULES)
def test_a_broadcast_schedule_is_no_article(slots: str) -> None:
    title = "Lịch phát sóng ngày 25/11/2026"
    intro = "<p>Lịch phát sóng các kênh của đài ngày 25/11/2026.</p>"
    assert reason(page(f"<h1>{title}</h1><div>{intro}{slots}</div>", title)) == "schedule"


@pytest.mark.parametrize("slots", ["paragraphs", "h", "breaks", "table", "spans"])
def test_a_day_of_hours_and_names_is_a_schedule_whatever_its_headline(slots: str) -> None:
    inner = f"<h1>Kênh 1, thứ Tư ngày 25/11/2026</h1><div>{SCHEDULES[slots]}</div>"
    assert reason(page(inner)) == "schedule"


@pytest.mark.parametrize("slots", SCHEDULES.values(), ids=SCHEDULES)
@pytest.mark.parametrize(
    "title", ["Đài đổi lịch phát sóng từ ngày 1/12", "Xã mở hội làng trong hai ngày"]
)
def test_an_article_with_a_timetable_is_an_article(title: str, slots: str) -> None:
    inner = f"<h1>{title}</h1><div><p>{SENTENCE * 3}</p>{slots}<p>{SENTENCE * 3}</p></div>"
    assert SENTENCE.strip() in extract(page(inner, title), url=URL, fetched_at=FETCHED).body


def test_a_report_by_the_minute_is_an_article() -> None:
    lines = "".join(f"<p>{at}: Mực nước sông lên thêm {n} cm.</p>" for n, at in enumerate(HOURS))
    inner = f"<h1>Nước lên nhanh ở đầu nguồn</h1><div>{lines}</div>"
    assert "05:15: Mực nước" in extract(page(inner), url=URL, fetched_at=FETCHED).body


def test_prices_numbers_and_days_at_the_beginning_of_lines_are_no_hours() -> None:
    lines = "".join(
        f"<p>{n}.000 đồng/kg: giống lúa số {n}</p><p>{n}.11.2026: phiên chợ số {n}</p>"
        for n in range(1, 25)
    )
    inner = f"<h1>Lịch phát sóng giá nông sản</h1><div>{lines}</div>"
    assert "24.000 đồng/kg" in extract(page(inner), url=URL, fetched_at=FETCHED).body


def test_an_article_named_after_its_tags_is_no_list_of_tags() -> None:
    names = "post type-post hentry category-tin-tuc tag-lua-gao tag-nong-nghiep"
    story = "".join(f"<p>Đoạn {n}: {SENTENCE}</p>" for n in range(4))
    others = "".join(f"<p>Ý kiến {n}: {SENTENCE * 2}</p>" for n in range(4))
    inner = (
        f"<h1>Báo Huyện</h1><div class={names!r}><h2>Xã hoàn thành trạm cấp nước</h2>{story}</div>"
        f"<div id=comments>{others}</div>"
    )
    assert "Đoạn 3" in extract(page(inner), url=URL, fetched_at=FETCHED).body


def test_an_empty_place_of_text_is_not_filled_from_the_side() -> None:
    teasers = "".join(f"<p class=desc>{SENTENCE}</p>" for _ in range(6))
    body = page(
        f"<h1>Xã hoàn thành trạm cấp nước</h1><div id=dcontent></div><aside>{teasers}</aside>"
    )
    assert reason(body) in ("no-body", "empty-shell")


@pytest.mark.parametrize(
    ("start", "unit", "end"),
    [
        ("", "<div>", "x"),
        ("", "<b>", ""),
        ("", "<div>a</div>", ""),
        ("", "<table><tr><td>", ""),
        ("", "<a><b><i><u>", ""),
        ("<div ", "a%d=1 ", ">x</div>"),
        ("", "<p>x", ""),
        ('<script type="application/ld+json">', "[", "</script><p>x</p>"),
        ('<script type="application/ld+json">', '{"a":', "</script><p>x</p>"),
        ("", "&amp;", ""),
        ('<script type="application/ld+json">{', "\n", "</script><p>x</p>"),
        ('<script type="application/ld+json">{', "/* ", "</script><p>x</p>"),
        (f"<div>{f'<p>{SENTENCE}</p>' * 9}", "<div><h3>Tin liên quan</h3><p>x</p></div>", ""),
        ("", "<svg>", ""),
    ],
)
def test_hostile_markup_costs_what_its_size_does(start: str, unit: str, end: str) -> None:
    def make(times: int) -> bytes:
        units = "".join([unit.replace("%d", str(number)) for number in range(times)])
        return page(start + units + end)

    def read(body: bytes) -> None:
        with contextlib.suppress(NotAnArticle):
            extract(body, url=URL, fetched_at=FETCHED)

    before = begin_peak()
    read(make(100_000))
    assert read_peak(os.getpid()) - before < 100
    assert_linear(read, make, 30_000)


def test_deep_nesting_keeps_the_article() -> None:
    inner = "<div>" * 5000 + ARTICLE.decode() + "</div>" * 5000
    assert extract(page(inner), url=URL, fetched_at=FETCHED).body


def test_a_stray_html_end_before_head_changes_nothing() -> None:
    broken = ARTICLE.replace(b"<html>", b"<!DOCTYPE html><html></html>", 1)
    assert extract(broken, url=URL, fetched_at=FETCHED).body


def test_titles_and_bodies_are_bounded() -> None:
    long = page(f"<h1>{'Rất dài ' * 2000}</h1>" + f"<p>{SENTENCE * 20}</p>" * 2000)
    article = extract(long, url=URL, fetched_at=FETCHED)
    assert len(article.title) == 999
    assert len(article.body) <= 400_000


def test_control_characters_and_broken_entities_leave_clean_text() -> None:
    dirty = ARTICLE.replace("Sáng".encode(), b"S\x1b[31m\x00\xe2\x80\xaea&#xD800;&#0;&bogus;", 1)
    article = extract(dirty, url=URL, fetched_at=FETCHED)
    article.body.encode("utf-8")
    assert not any(ord(c) < 32 and c != "\n" for c in article.body)
    assert "\u202e" not in article.body


PIECES = st.sampled_from(
    ["<p>", "</p>", "<div class=content>", "</div>", "<h1>", "</h1>", "<a href=/x>", "<img src=a.jpg>",
     "<br>", "<table><tr><td>", "<script type=application/ld+json>{", "}</script>", "01/10/2026 08:00",
     "<!--", "-->", "<![CDATA[", "&#xD800;", "\x00", "Theo TTXVN", "<strong>", SENTENCE, SENTENCE * 3]
)  # fmt: skip


@given(
    st.binary(max_size=600)
    | st.lists(PIECES | st.text(max_size=20), max_size=40).map(
        lambda pieces: "".join(pieces).encode("utf-8", "replace")
    )
)
def test_any_bytes_give_an_article_or_a_refusal(body: bytes) -> None:
    with contextlib.suppress(NotAnArticle):
        article = extract(body, url=URL, fetched_at=FETCHED)
        assert article.title
        assert article.body or article.images
        f"{article.title}{article.body}{article.authors}".encode()


@pytest.mark.parametrize(
    ("size", "heading", "wanted"),
    [
        (NO_TEASER - 1, "", "login"),
        (NO_TEASER, "", None),
        (TEASED - 1, "<h2>Đăng nhập</h2>", "login"),
        (TEASED, "<h2>Đăng nhập</h2>", None),
        (TEASED - 1, "", None),
    ],
)
def test_what_stands_above_a_login_is_an_article_from_a_size_on(
    size: int, heading: str, wanted: str | None
) -> None:
    text = ("Chữ của bài viết này. " * size)[: size - 1] + "."
    form = "<form><input name=u><input type=password></form>"
    inner = f"<h1>Xã hoàn thành trạm cấp nước</h1><div><p>{text}</p></div>{heading}{form}"
    shown = page(inner, "Xã hoàn thành trạm cấp nước")
    if wanted:
        assert reason(shown) == wanted
    else:
        assert len(extract(shown, url=URL, fetched_at=FETCHED).body) == size


def test_a_page_that_shows_but_the_name_of_its_site_has_a_common_title() -> None:
    text = f"<header><a href=/>Báo Sông Ba</a></header><div>{SENTENCE * 3}</div>"
    assert refused_as(page(text, "Báo Sông Ba")) == "common-title"
    assert refused_as(page(text, "Bài khác hẳn với bài đã hẹn")) == "other-page"
    film = "<header><a href=/>Báo Sông Ba</a></header><video src=/a.mp4 controls></video>"
    assert refused_as(page(film, "Báo Sông Ba")) == "common-title"
    assert refused_as(page(film, "Bài khác hẳn với bài đã hẹn")) == "other-page"


def test_a_page_that_is_shown_instead_of_another_is_small() -> None:
    head = "<title>Đăng nhập</title><h1>Đăng nhập</h1>"
    page = f"{head}<form><input type=password></form>".encode()
    most = 256 * 1024
    assert name_refusal(page.ljust(most)) == "login"
    assert name_refusal(page.ljust(most + 1)) is None


def said_of(
    inner: str, *, title: str = "", prose: int = 0, promised: bool = False, dated: bool = False
) -> str | None:
    shown = context(inner, f"<title>{title}</title>" if title else "")
    try:
        check_page(shown.page, shown.scan, "", prose, promised=promised, dated=dated)
    except NotAnArticle as refusal:
        return str(refusal.reason)
    return None


def padded(inner: str, size: int) -> str:
    """A page that shows so many characters at its top."""
    shown = sum(len(block.text) for block in context(inner).scan.blocks)
    return f"{inner}<div>{'x' * (size - shown)}</div>"


GONE = "<p>Trang bạn yêu cầu không tồn tại.</p>"
FAILED = "<p>Hệ thống gặp sự cố khi xử lý yêu cầu.</p>"
CHECKED = "<h1>Just a moment...</h1>"


@pytest.mark.parametrize(
    ("inner", "options", "wanted"),
    [
        # how long the text is
        (CHECKED, {"prose": 1500}, "bot-check"),
        (CHECKED, {"prose": 1501}, None),
        (GONE, {"prose": 399}, "soft-404"),
        (GONE, {"prose": 400}, None),
        # how long it is below a headline with its date
        (GONE, {"prose": 199, "dated": True}, "soft-404"),
        (GONE, {"prose": 200, "dated": True}, None),
        # how much the page shows
        (padded(GONE, 1499), {}, "soft-404"),
        (padded(GONE, 1500), {}, None),
        (padded("<div id=challenge-form>Chờ</div>", 1499), {}, "bot-check"),
        (padded("<div id=challenge-form>Chờ</div>", 1500), {}, None),
        (padded("<p>Checking your browser</p>", 1499), {}, "bot-check"),
        (padded("<p>Checking your browser</p>", 1500), {}, None),
        (padded(CHECKED, 1500), {}, "bot-check"),
        ("<div>x</div>" * 59 + GONE, {}, "soft-404"),
        ("<div>x</div>" * 60 + GONE, {}, None),
        # what the link has promised
        (FAILED, {"promised": True}, None),
        (FAILED, {}, "error-page"),
        (GONE, {"promised": True}, "soft-404"),
        # which headings are looked at
        (padded("<h2>Tin</h2>" * 3 + "<h2>404</h2>", 1500), {}, "soft-404"),
        (padded("<h2>Tin</h2>" * 4 + "<h2>404</h2>", 1500), {}, None),
        (padded("<h3>404</h3>", 1500), {}, None),
        (padded("<p>Tin</p>", 1500), {"title": "404 - Báo tỉnh"}, "soft-404"),
        (padded(f"<h1>Not found{'!' * 190}</h1>", 1500), {}, "soft-404"),
        (padded(f"<h1>Not found{'!' * 191}</h1>", 1500), {}, None),
        (padded("<h1>Tin trong ngày</h1>", 1500), {}, None),
    ],
)
def test_a_page_that_says_little_is_believed_of_itself(
    inner: str, options: dict[str, Any], wanted: str | None
) -> None:
    assert said_of(inner, **options) == wanted


@pytest.mark.parametrize(
    ("body", "content_type", "wanted"),
    [
        (b"<p>x</p>", None, None),
        (b"<p>x</p>", "text/html", None),
        (b"<p>x</p>", "image/png", "binary"),
        (b"<p>x</p>", "Application/PDF", "binary"),
        (b"<p>x</p>", "application/json", "not-html"),
        (b"<p>x</p>", "application/xhtml+xml", None),
        (b" " * 4995 + b"<HTML", "application/json", None),
        (b"x" * 4995 + b"<html", "application/json", None),
        (b"x" * 4996 + b"<html", "application/json", "not-html"),
        (b"GIF89a", None, "binary"),
        (b"PK\x03\x04", None, "binary"),
        (b"\x1f\x8b\x08", None, "binary"),
        (b"RIFF", None, "binary"),
        (b"\x00\x00\x00\x18ftyp", None, "binary"),
        (b"ID3", None, "binary"),
        (b"\xd0\xcf\x11\xe0", None, "binary"),
        (b"OggS", None, "binary"),
        (b"Rar!", None, "binary"),
        (b" \n", None, "empty"),
    ],
)
def test_bytes_that_are_no_page(body: bytes, content_type: str | None, wanted: str | None) -> None:
    assert told(lambda: check_bytes(body, content_type)) == wanted


def told(check: Callable[[], None]) -> str | None:
    try:
        check()
    except NotAnArticle as refusal:
        return str(refusal.reason)
    return None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("<p>x</p>", None),
        ("\ufeff \t\r\n<p>x</p>", None),
        ("{<p>x</p>", "not-html"),
        (" [<p>x</p>", "not-html"),
        ("x < y", "not-html"),
        ("x <!-- y", None),
        ("x </p", None),
        ("x" * 199_998 + "<p>", None),
        ("x" * 199_999 + "<p>", "not-html"),
        ("<p>" + "x" * 87 + "\ufffd" * 10, None),
        ("<p>" + "x" * 86 + "\ufffd" * 11, "binary"),
        ("<p>" + "x" * 3597 + "\x01" * 400 + "\x01", None),
        ("<p>" + "x" * 3596 + "\x01" * 401, "binary"),
        ("<?xml version='1.0'?>\n<!-- x --> <a:feed>", "not-html"),
        ("<RDF>", "not-html"),
        ("<feeds>", None),
    ],
)
def test_text_that_is_no_page(text: str, wanted: str | None) -> None:
    assert told(lambda: check_text(text)) == wanted


@pytest.mark.parametrize(
    ("question", "size", "answers", "wanted"),
    [
        ("Bạn đi chợ nào?", 399, 2, "no-body"),
        ("Bạn đi chợ nào?", 400, 2, None),
        ("Bạn đi chợ nào?", 399, 1, None),
        ("Bạn đi chợ nào.", 399, 2, None),
    ],
)
@pytest.mark.parametrize("kind", ["radio", "checkbox"])
def test_a_question_with_answers_to_tick_is_a_form(
    question: str, size: int, answers: int, kind: str, wanted: str | None
) -> None:
    shown = context(f"<p>{question}</p>" + f"<input type={kind}>" * answers)
    texts = [*shown.scan.blocks[:1], line("x" * (size - len(question)))]
    assert told(lambda: check_form(shown.page, texts)) == wanted
    assert told(lambda: check_form(shown.page, [])) is None


LINKED = "<h2><a href=/a>Một bài viết khác</a></h2>"


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        (LINKED * 5, "listing"),
        (LINKED * 4, "no-body"),
        ("<h1>Tin</h1>" + LINKED * 5, "no-body"),
        ("<video src=/a.mp4></video>", "video"),
        (f"<p>{'x' * 79}</p><script>a</script>", "empty-shell"),
        (f"<p>{'x' * 80}</p><script>a</script>", "no-body"),
        (f"<p>{'x' * 79}</p>", "no-body"),
        ("<i></i>", "empty-shell"),
        ("<p>x</p>" + "<img src=/a.jpg>" * 8, "gallery"),
        ("<p>x</p>" + "<img src=/a.jpg>" * 7, "no-body"),
    ],
)
def test_why_a_page_has_no_text(inner: str, wanted: str) -> None:
    shown = context(inner)
    assert say_no_body(shown.page, shown.scan).reason == wanted


def two(number: int, text: str) -> str:
    head = f'<h3><a href="/tin-{number}.html">Bài số {number} kể chuyện bến đò làng giấy</a></h3>'
    return f"<div>{head}<span>12/10/2026 10:00</span><p>{text}</p></div>"


@pytest.mark.parametrize("headline", ["Thẻ: mùa nước", "Thẻ: mùa nước nổi trên sông Tiền"])
def test_two_results_of_a_search_are_a_list(headline: str) -> None:
    results = two(1, SENTENCE * 3) + two(2, SENTENCE * 4)
    assert reason(page(f"<h1>{headline}</h1>{results}", f"{headline} | Báo")) == "listing"


def test_an_article_between_links_to_two_others_is_an_article() -> None:
    inner = f"<h1>Xã hoàn thành trạm cấp nước sạch</h1>{DATE}" + two(1, SENTENCE * 3)
    found = extract(page(inner + two(2, SENTENCE * 4)), url=URL, fetched_at=FETCHED)
    assert found.published_on == "2026-10-12"


def test_teasers_inside_links_are_no_text_however_long() -> None:
    teasers = "".join(
        f'<article><a href="/tin-{number}.html"><h2>Bài số {number} kể chuyện bến đò</h2>'
        f"<p>{SENTENCE * 5}</p></a></article>"
        for number in range(4)
    )
    reason(page(f"<h1>Kinh tế</h1>{teasers}", "Kinh tế"))


@pytest.mark.parametrize("parts", [1, 3])
def test_a_link_around_a_whole_text_is_none_beside_a_teaser_in_another(parts: int) -> None:
    text = "".join(f'<a href="/x"><p>{SENTENCE * 6}</p></a>' for _ in range(parts))
    teaser = f'<a href="/tin-2.html"><p>{SENTENCE * 5}</p></a>'
    inner = f"<h1>Xã hoàn thành trạm cấp nước</h1>{DATE}<div>{text}</div><aside>{teaser}</aside>"
    found = extract(page(inner), url=URL, fetched_at=FETCHED)
    assert found.body.count("Sáng 1/10") == 6 * parts


HERO = '<h1><a href="{address}">Trạm khuyến nông mở lớp dạy đan lưới</a></h1><p>{text}</p>'


@pytest.mark.parametrize(
    ("address", "others", "paragraphs", "is_list"),
    [
        ("/tin-0.html", 6, 1, True),
        ("/tin-0.html", 5, 1, False),
        ("/tin-0.html", 6, 5, False),
        ("/tin-tuc-a1.html", 6, 1, False),
        ("https://m.bao.example.vn/amp/tin-tuc-a1.html#top", 6, 1, False),
    ],
)
def test_a_first_heading_that_leads_to_another_page_heads_a_list(
    address: str, others: int, paragraphs: int, *, is_list: bool
) -> None:
    text = f"</p><p>{SENTENCE * 2}" * paragraphs
    items = "".join(
        f"<li><a href=/t-{number}.html>Một bài khác số {number} kể chuyện bến đò</a></li>"
        for number in range(others)
    )
    inner = HERO.format(address=address, text=text[7:]) + f"<ul>{items}</ul>"
    body = page(inner, "Trạm khuyến nông mở lớp dạy đan lưới")
    assert (told(lambda: extract(body, url=URL, fetched_at=FETCHED)) == "listing") is is_list


def test_only_reasons_of_the_host_that_pass_are_named() -> None:
    assert name_refusal(b"%PDF-1.4", "application/pdf") is None
    assert name_refusal(b"", "text/html") is None
