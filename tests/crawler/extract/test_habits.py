"""Habits of provincial pages, each as the few lines of markup that show it.

Structures are those of real sites; texts and names are invented. A page is a menu, what a case
says, and a footer; fields that a case does not name are not looked at.
"""

# ruff: noqa: E501 - markup is easier to read in one line

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from crawler.extract import extract
from crawler.extract.dom.lines import dateline_of

TITLE = "Tăng tốc thi công tuyến kè chống sạt lở"
LEAD = "Tuyến kè dài hơn 1,8 km bảo vệ 57 hộ dân ven sông đang được thi công để kịp hoàn thành trước mùa lũ."
A = "Sáng 12-3, đoàn công tác của huyện kiểm tra tiến độ thi công tuyến kè đoạn qua xã An Thạnh, vốn 96 tỷ đồng."
B = "Theo đơn vị thi công, khối lượng hoàn thành đạt 62%, chậm gần một tháng do nguồn cát san lấp khan hiếm."
C = "Huyện yêu cầu nhà thầu tăng thêm hai mũi thi công, làm việc ba ca mỗi ngày để xong trước ngày 30-8."
SAID = "“Bà con mong công trình sớm xong trước mùa lũ để yên tâm làm ăn”, bà Tư, ngụ ấp 3, chia sẻ."
H1 = f"<h1>{TITLE}</h1>"
DATE = "<div class=date>12/03/2026 08:30</div>"
ABC = f"<p>{A}</p><p>{B}</p><p>{C}</p>"
IMG = "<img src=/a.jpg width=490>"
PICTURE = "https://bao.example.vn/a.jpg"
MENU = (
    "<div class=menu><ul>"
    + "".join(f"<li><a href=/{n}/>Mục {n}</a>" for n in range(8))
    + "</ul></div>"
)
OTHERS = "".join(
    f"<li><a href=/t-a{n}.html>Bài viết khác số {n} về đời sống người dân</a> (1{n}/3)"
    for n in range(6)
)
FOOTER = "<div class=footer><p>Cơ quan chủ quản: Tỉnh ủy. Giấy phép hoạt động báo chí số 123 ngày 5/6/2021.</p></div>"


def page(inner: str, head: str = "", title: str = TITLE) -> bytes:
    return (
        f"<html lang=vi><head><meta charset=utf-8><title>{title}</title>{head}</head>"
        f"<body>{MENU}{inner}{FOOTER}</body></html>"
    ).encode()


def body(inner: str) -> str:
    return f"{H1}{DATE}<div class=nd>{inner}</div>"


def check(inner: bytes, wanted: dict[str, Any], use_layouts: bool = True) -> None:
    article = extract(
        inner,
        url="https://bao.example.vn/tin-a1.html",
        fetched_at="2026-11-25T01:12:00Z",
        use_layouts=use_layouts,
    )
    fields = {
        **{name: getattr(article, name) for name in wanted if hasattr(article, name)},
        "paragraphs": article.body.split("\n\n"),
        "pictures": [(image.url, image.caption) for image in article.images],
    }
    assert {name: fields[name] for name in wanted} == wanted


TEXT = {
    "caption in a table row": (
        f"<p>{A}</p><table class='image center'><tr><td>{IMG}<tr><td class=image_desc><em>Thi công kè. Ảnh: M.T</em></table><p>{B}</p><p>{C}</p>",
        {"paragraphs": [A, B, C], "pictures": [(PICTURE, "Thi công kè. Ảnh: M.T")]},
    ),
    "caption centred in italics": (
        f"<p>{A}</p><p style='text-align:center'>{IMG}</p><p style='text-align:center'><em>Kè mới.</em></p><p>{B}</p><p>{C}</p>",
        {"paragraphs": [A, B, C], "pictures": [(PICTURE, "Kè mới.")]},
    ),
    "caption behind a line break": (
        f"<p>{A}</p><p>{IMG}<br><em>Kè mới.</em></p><p>{B}</p><p>{C}</p>",
        {"paragraphs": [A, B, C], "pictures": [(PICTURE, "Kè mới.")]},
    ),
    "caption in a box of two": (
        f"<p>{A}</p><div class='sec'>{IMG}<p>Toàn cảnh tuyến kè.</p></div><p>{B}</p><p>{C}</p>",
        {"paragraphs": [A, B, C], "pictures": [(PICTURE, "Toàn cảnh tuyến kè.")]},
    ),
    "caption that is no sentence": (
        f"<p>{A}</p><p>{IMG}</p><p>Cán bộ xã vận động người dân</p><p>{B}</p><p>{C}</p>",
        {"paragraphs": [A, B, C], "pictures": [(PICTURE, "Cán bộ xã vận động người dân")]},
    ),
    "sentence behind a picture": (
        f"<p>{A}</p><p>{IMG}</p><p>{B}</p><p>{C}</p>",
        {"paragraphs": [A, B, C], "pictures": [(PICTURE, None)]},
    ),
    "pictures side by side": (
        f"<p>{A}</p><div class=row><div>{IMG}<p>Ảnh một.</p></div><div><img src=/b.jpg><p>Ảnh hai.</p></div></div><p>{B}</p><p>{C}</p>",
        {"paragraphs": [A, B, C], "pictures": [(PICTURE, "Ảnh một."), ("https://bao.example.vn/b.jpg", "Ảnh hai.")]},
    ),
    "picture behind the signature": (
        f"{ABC}<p align=right><b>Hoài Nam</b></p><p style='text-align:center'>{IMG}</p><p style='text-align:center'><em>Kè.</em></p>",
        {"paragraphs": [A, B, C], "authors": ["Hoài Nam"], "pictures": [(PICTURE, "Kè.")]},
    ),
    "name at the end of a sentence": (
        f"<p>{A}</p><p>{B}</p><p>Chủ trì hội nghị có ông Nguyễn Văn Lâm</p>",
        {"paragraphs": [A, B, "Chủ trì hội nghị có ông Nguyễn Văn Lâm"], "authors": []},
    ),
    "numbered sub-head behind a picture": (
        f"<p>{A}</p><p>{IMG}</p><p>2. Địa điểm</p><p>{B}</p><p>{C}</p>",
        {"paragraphs": [A, "2. Địa điểm", B, C], "pictures": [(PICTURE, None)]},
    ),
    "one caption for two pictures": (
        f"<p>{A}</p><table><tr><td>{IMG}<td><img src=/b.jpg><tr><td colspan=2><em>Hai đoạn kè.</em></table><p>{B}</p><p>{C}</p>",
        {"paragraphs": [A, B, C], "pictures": [(PICTURE, None), ("https://bao.example.vn/b.jpg", "Hai đoạn kè.")]},
    ),
    "lazy picture": (
        f"<p>{A}</p><figure><img data-src=/a.jpg src='data:image/gif;base64,R0'><figcaption>Kè <em>mới</em></figcaption></figure><p>{B}</p><p>{C}</p>",
        {"paragraphs": [A, B, C], "pictures": [(PICTURE, "Kè mới")]},
    ),
    "sub-heads in bold": (
        f"<p>{A}</p><p><strong>Chậm vì thiếu cát</strong></p><p>{B}</p><p><b><i>Bao giờ xong?</i></b></p><p>{C}</p><p style='text-align:right'><b>Kỳ sau: Giải pháp</b></p>",
        {"subheads": ["Chậm vì thiếu cát", "Bao giờ xong?"]},
    ),
    "related box in the middle": (
        f"<p>{A}</p><div class=box><p><b>Xem thêm:</b></p><ul>{OTHERS}</ul></div><p>{B}</p><p><a href=/x.html>&gt;&gt; Đọc thêm: Khẩn trương di dời người dân vùng sạt lở</a></p><p>{C}</p>",
        {"paragraphs": [A, B, C]},
    ),
    "counters, advertisements and templates": (
        f"<p>{A}</p><p>ADQuảng cáo</p><p>{B}</p><p>{{{{ item.title }}}}</p><p>quan-dong-anh.jpg</p><p>{C}</p><p>1,372 lượt xem</p>",
        {"paragraphs": [A, B, C]},
    ),
    "table of figures": (
        f"<p>{A}</p><table><tr><th>Loại<th>Giá<tr><td>OM 18<td>7.200<tr><td>IR 50404<td>6.500</table><p>{B}</p>",
        {"paragraphs": [A, "Loại | Giá", "OM 18 | 7.200", "IR 50404 | 6.500", B]},
    ),
    "line breaks instead of paragraphs": (
        f"{A}<br><br>{B}<br>{C}<br><br><b>Theo TTXVN</b>",
        {"paragraphs": [A, B, C], "source_credit": "TTXVN", "authors": []},
    ),
    "quotation and list": (
        f"<p>{A}</p><blockquote><p>{SAID}</p></blockquote><ul><li>{B}</li><li>{C}</li></ul>",
        {"paragraphs": [A, SAID, B, C]},
    ),
    "names of people who are not the authors": (
        f"<p>{A}</p><p>Danh sách như sau:</p><p>Nguyễn Văn An</p><p>Trần Thị Bình</p><p>Lê Hoàng Minh</p>",
        {"paragraphs": [A, "Danh sách như sau:", "Nguyễn Văn An", "Trần Thị Bình", "Lê Hoàng Minh"], "authors": []},
    ),
    "document inside the document": (
        f"<!DOCTYPE html><html><head><title></title></head><body>{ABC}<p style='text-align:right'>Ngọc Mai</p></body></html>",
        {"paragraphs": [A, B, C], "authors": ["Ngọc Mai"]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("use_layouts", [True, False])
@pytest.mark.parametrize("habit", TEXT)
def test_the_text_is_what_a_reader_would_keep(habit: str, use_layouts: bool) -> None:
    inner, wanted = TEXT[habit]
    check(page(body(inner)), wanted, use_layouts)


SIGNATURES = {
    "<p style='text-align:right'><strong>MINH TRÍ - THÙY TRANG</strong></p>": ["MINH TRÍ", "THÙY TRANG"],
    "<p align=right>Thanh Hà; Quốc Tuấn</p>": ["Thanh Hà", "Quốc Tuấn"],
    "<p class=has-text-align-right><b>Thực hiện: Tuyết Trinh - Quách Hùng</b></p>": ["Tuyết Trinh", "Quách Hùng"],
    "<p><strong>Bài, ảnh: Lê Lan (thực hiện)</strong></p>": ["Lê Lan"],
    "<p class=text-right>P.Y</p>": ["P.Y"],
    "<p style='text-align:right'>PV Minh Khánh</p>": ["Minh Khánh"],
    "<p style='text-align:right'><b>Bài: Thu Thủy<br>Ảnh: Quốc Việt</b></p>": ["Thu Thủy"],
    "<p style='text-align:right'>Phạm Hằng</p><p style='text-align:right'>Trung tâm VHTT-TDTT huyện</p>": ["Phạm Hằng"],
    "<p style='text-align:right'>Kim Cương – Kinh Đô</p><p style='text-align:right'>(Đài Truyền thanh huyện)</p>": ["Kim Cương", "Kinh Đô"],
    "<p class=text-end>Báo Tỉnh Mẫu</p>": [],
    "<p><b>Nhóm PV</b></p>": [],
    "<div class=pseudonym>Hoàng Quý</div>": ["Hoàng Quý"],
}  # fmt: skip


@pytest.mark.parametrize(("signature", "authors"), SIGNATURES.items())
def test_who_signs_at_the_end_leaves_the_text(signature: str, authors: list[str]) -> None:
    check(page(body(ABC + signature)), {"paragraphs": [A, B, C], "authors": authors})


@pytest.mark.parametrize(
    ("head", "authors"),
    [
        ("<div class=meta>07/10/2024 07:57 GMT+7 Huy Nam - Thanh Hải</div>", ["Huy Nam", "Thanh Hải"]),
        ("<p>Đặng Hiền 15/11/2023 - 14:50</p>", ["Đặng Hiền"]),
        ("<div><span class=block-sc-author>Thu Phương</span> • <span class=block-sc-publish-time>05/06/2024 21:45</span></div>", ["Thu Phương"]),
        ("<div class=author-info><a href=/tac-gia/x>Minh Đức</a> <span>Phóng viên</span> - 12/03/2026 08:30</div>", ["Minh Đức"]),
        ("<div class=meta>Chính trị 08:00, 06/06/2025 GMT+7</div>", []),
    ],
)  # fmt: skip
def test_who_signs_under_the_headline_is_the_author(head: str, authors: list[str]) -> None:
    check(page(f"{H1}{head}<div class=nd>{ABC}</div>"), {"authors": authors})


@pytest.mark.parametrize(
    ("text", "dateline"),
    [
        ("(BTNO) - Sáng nay", "(BTNO) -"), ("BTO-Sáng nay", "BTO-"), ("(Baonghean.vn) - Sáng nay", "(Baonghean.vn) -"),
        ("(LĐ online) - Sáng nay", "(LĐ online) -"), ("Điện Biên TV - Sáng nay", "Điện Biên TV -"), ("CTTĐT - Sáng nay", "CTTĐT -"),
        ("ĐBP - Sáng nay", "ĐBP -"), ("(THTG) Sáng nay", "(THTG)"), ("Tin Nhanh – Sáng nay", "Tin Nhanh –"),
        ("Sáng 12-3, đoàn", ""), ("(theo kế hoạch) đoàn", ""),
    ],
)  # fmt: skip
def test_the_dateline_is_what_stands_before_the_first_sentence(text: str, dateline: str) -> None:
    assert dateline_of(text, ["Tin Nhanh"]) == dateline


def test_a_lead_that_the_text_repeats_with_a_dateline_is_no_paragraph() -> None:
    inner = f"{H1}{DATE}<div class=sapo>{LEAD}</div><div class=nd><p><b>(CTO) - {LEAD}</b></p>{ABC}</div>"
    check(page(inner), {"paragraphs": [A, B, C]})


def test_a_name_glued_to_the_last_sentence_comes_off() -> None:
    inner = f"<p>(BDO) {A}</p><p>{B}</p><p>Hội phụ nữ trồng hoa tại chân cầu...K.Vân</p>"
    last = "Hội phụ nữ trồng hoa tại chân cầu..."
    wanted = {"paragraphs": [f"(BDO) {A}", B, last], "authors": ["K.Vân"], "dateline": "(BDO)"}
    check(page(body(inner)), wanted)


def test_items_of_a_round_up_are_signed_one_by_one() -> None:
    inner = f"<p>* {A}</p><p align=right>Việt Khánh</p><p>* {B}</p><p align=right>Hòa Khang</p><p>* {C} (QUỐC TUẤN)</p>"
    wanted = {
        "paragraphs": [f"* {A}", f"* {B}", f"* {C}"],
        "authors": ["Việt Khánh", "Hòa Khang", "QUỐC TUẤN"],
        "kind": "roundup",
    }
    check(page(body(inner)), wanted)


LEADS = {
    "bold in the text": f"{H1}{DATE}<div class=nd><p><b>{LEAD}</b></p>{ABC}</div>",
    "bold by a class": f"{H1}{DATE}<div class=nd><p class=font-bold>{LEAD}</p>{ABC}</div>",
    "bold above the text": f"<article>{H1}{DATE}<p><b>{LEAD}</b></p><div class=nd>{ABC}</div></article>",
    "named above the text": f"{H1}{DATE}<div class=hometext>{LEAD}</div><div class=nd>{ABC}</div>",
    "a heading above the text": f"<div>{H1}<h2>{LEAD}</h2>{DATE}<div class=nd>{ABC}</div></div>",
    "in a box beside the text": f"<div>{H1}{DATE}<div class=sumcontent><span>{LEAD}</span></div><div class=newscont>{ABC}</div></div>",
    "twice": f"{H1}{DATE}<div class=sapo>{LEAD}</div><div class=nd><p><b>{LEAD}</b></p>{ABC}</div>",
    "in old tables": f"<table><tr><td><font size=4><b>{TITLE}</b></font><tr><td><i>Thứ 5, 12/3/2026 | 8:30:00 SA</i><tr><td><b>{LEAD}</b><tr><td>{ABC}</table>",
    "in spans named for it": f"<span id=lblTieuDe>{TITLE}</span><span id=lblNgayDang>(08:30 12/03/2026)</span><div><span id=lblTomTat>{LEAD}</span></div><div><span id=lblNoiDung>{ABC}</span></div>",
}  # fmt: skip


@pytest.mark.parametrize("place", LEADS)
def test_the_lead_is_apart_from_the_text(place: str) -> None:
    wanted = {
        "title": TITLE,
        "summary": LEAD,
        "paragraphs": [A, B, C],
        "published_on": "2026-03-12",
    }
    check(page(LEADS[place]), wanted)


@pytest.mark.parametrize(
    ("inner", "title"),
    [
        (f"<h1><a href=/thoi-su>Thời sự</a></h1><h1 class=fw700>{TITLE}</h1>", TITLE),
        (f"<h3>Thông báo</h3><ul>{OTHERS}</ul><span class=Head><b>{TITLE}</b></span>", "Chi tiết tin"),
        (f"<hr><h2>{TITLE}</h2>", "In bài viết"),
        (f"<h2 class=portlet-title-text>Chi tiết - Huyện Mẫu</h2><h3 class=asset-title>{TITLE}</h3>", "Chi tiết - Huyện Mẫu"),
        (f"<div class=hd>{TITLE}</div>", f"{TITLE} | Báo Mẫu Online"),
    ],
)  # fmt: skip
def test_the_headline_is_found_whatever_the_page_calls_itself(inner: str, title: str) -> None:
    check(page(f"{inner}{DATE}<div class=nd>{ABC}</div>", title=title), {"title": TITLE})


@pytest.mark.parametrize(
    ("place", "section"),
    [
        ("<div class=path><a href=/>Trang chủ</a> » <a href=/xa-hoi/>Xã hội</a></div>", ["Xã hội"]),
        ("<div class=cat-name><a href=/van-hoa>Văn hóa</a></div>", ["Văn hóa"]),
        ("<ol class=breadcrumb><li><a href=/>Trang chủ</a><li><a href=/a>Xã hội</a><li><a href=/b>Đời sống</a></ol>", ["Xã hội", "Đời sống"]),
    ],
)  # fmt: skip
def test_the_section_stands_near_the_headline(place: str, section: list[str]) -> None:
    check(page(place + body(ABC)), {"section_path": section})


@pytest.mark.parametrize(
    ("shown", "head", "published"),
    [
        ("03:09, 25/09/2020", "", "2020-09-25T03:09:00+07:00"),
        ("Thứ Năm, ngày 12 tháng 3 năm 2026", "", None),
        ("Thứ năm, 12/3/2026 | 8:30:00 Sáng", "", "2026-03-12T08:30:00+07:00"),
        ("Đăng lúc 08h30' ngày 12/03/2026", "", "2026-03-12T08:30:00+07:00"),
        ("12 Tháng Ba, 2026 - 08:30", "", "2026-03-12T08:30:00+07:00"),
        ("05/06/2024 21:45", "<meta name=article:published_time content='6/5/2024 9:45:00 PM'>", "2024-06-05T21:45:00+07:00"),
        ("10/01/2023 05:04 GMT +7", "<meta property=article:published_time content=2023-01-09T22:04:00Z>", "2023-01-10T05:04:00+07:00"),
        ("12/03/2026 | 19:30", "<meta property=article:published_time content=2026-03-12T19:30:00Z>", "2026-03-12T19:30:00+07:00"),
        ("12/03/2026 19:30", "<meta property=article:published_time content=2036-03-12T19:30:00+07:00>", "2026-03-12T19:30:00+07:00"),
        ("", "<meta property=article:published_time content='Thu Mar 12 08:30:15 ICT 2026'>", "2026-03-12T08:30:15+07:00"),
    ],
)  # fmt: skip
def test_the_date_is_the_article_s_and_not_the_clock_s(
    shown: str, head: str, published: str | None
) -> None:
    clock = "<div class=clock>Thứ Tư, 25/11/2026, 08:12 (GMT+7)</div>"
    inner = f"{clock}{H1}<div>{shown}</div><div class=nd>{ABC}</div><ul>{OTHERS}</ul>"
    check(page(inner, head), {"published_at": published})


def test_a_clock_that_the_story_contradicts_is_no_time() -> None:
    text = f"<p><b>(ĐN) - Chiều 25-9, đoàn công tác kiểm tra tuyến kè chống sạt lở của xã.</b></p>{ABC}"
    inner = f"{H1}<div class=date>03:09, 25/09/2020 (GMT+7)</div><div class=nd>{text}</div>"
    check(page(inner), {"published_at": None, "published_on": "2020-09-25"})


POLL = f"<div class=r><div class=b><h3>Thăm dò ý kiến</h3><p>{SAID}</p></div><div class=b><h3>Văn bản mới</h3><p>{C}</p></div></div>"
TEASERS = "".join(f"<div class=i><h4><a href=/x-a{n}.html>Bài viết số {n} trong tuần của mục này</a></h4><p>{B}</p></div>" for n in range(8))  # fmt: skip


@pytest.mark.parametrize(
    "around",
    [
        f"<div class=l>{H1}{DATE}<div><p>{A}</p></div></div>{POLL}",
        f"{H1}{DATE}<div class=nd><p>{A}</p></div><div class=b>{TEASERS}</div>",
        f"{H1}{DATE}<div class=nd><p>{A}</p></div><h3>Tin liên quan</h3><ul>{OTHERS}</ul>",
        f"<article>{H1}{DATE}<div class=nd><p>{A}</p></div></article><article><h1>Bài tiếp theo của trang này</h1><p>{B}</p></article>",
    ],
)  # fmt: skip
def test_short_news_stays_short(around: str) -> None:
    check(page(around), {"title": TITLE, "paragraphs": [A]})


@pytest.mark.parametrize("inside", [True, False])
def test_a_column_of_teasers_beside_the_text_is_none_of_it(inside: bool) -> None:
    item = "<div class=s><a href=/s{0}.html><img src=/s{0}.jpg></a><a href=/s{0}.html>Tiêu đề bài bên cạnh số {0}</a><span>1{0}/03/2026</span><p>{1}</p></div>"
    side = "".join(item.format(n, SAID) for n in range(9))
    text = f"<div class=tt>{TITLE}</div>{DATE}<div class=nd>{ABC}<p align=right><b>Kim Loan</b></p></div>"
    columns = f"{text}<div>{side}</div>" if inside else f"<div>{text}</div><div>{side}</div>"
    check(
        page(f"<div>{columns}</div>"),
        {"paragraphs": [A, B, C], "authors": ["Kim Loan"], "pictures": []},
    )


PHOTOS = "".join(f"<p style='text-align:center'><img src=/{n}.jpg></p><p style='text-align:center'><em>Người dân ấp {n} gặt lúa vụ đông xuân.</em></p>" for n in range(6))  # fmt: skip


@pytest.mark.parametrize(
    ("inner", "kind"),
    [
        (body(f"<p>{A}</p>{PHOTOS}<p><b>Huỳnh Lâm</b> thực hiện</p>"), "photo"),
        (f"{H1}{DATE}<p class=sapo>{LEAD}</p><div class=nd><p><img src=/1.jpg></p><p><img src=/2.jpg></p><p><img src=/3.jpg></p></div>", "article"),
        (body(f"<video src=/v.mp4></video><p>{A}</p>"), "video"),
        (f"{H1}{DATE}<iframe src=https://www.youtube.com/embed/x></iframe><div class=sapo>{LEAD}</div>", "video"),
        (body("".join(f"<p>{hour}:30 {A}</p>" for hour in range(8, 17))), "live"),
        (body(ABC), "article"),
    ],
)  # fmt: skip
def test_the_kind_is_told(inner: str, kind: str) -> None:
    check(page(inner), {"kind": kind})


def test_a_poem_is_a_text() -> None:
    verses = ["Quê mình bên dòng sông nhỏ", "Chiều về khói bếp bay xa", "Mẹ ngồi đan áo hiên nhà"]
    inner = body(
        f"<p>{'<br>'.join(verses)}</p><p>{'<br>'.join(verses)}</p><p align=right>Ngọc Hà</p>"
    )
    decomposed = unicodedata.normalize("NFD", page(inner).decode()).encode()
    check(decomposed, {"paragraphs": verses * 2, "authors": ["Ngọc Hà"]})


def test_the_language_of_a_page_is_that_of_its_letters() -> None:
    khmer = "ព្រឹកថ្ងៃទី១២ ខែមីនា គណៈប្រតិភូស្រុកបានទៅពិនិត្យវឌ្ឍនភាពសាងសង់ទំនប់ការពារច្រាំងទន្លេ។"
    check(page(body(f"<p>{khmer}</p>" * 2)), {"language": "km"})
    english = (
        "The district inspected the embankment in the commune and asked for more work to be done."
    )
    text = (
        f"<p>{english}</p>" * 3
        + "<p><i>Reported by H.Van, M.Duy - Translated by Ngoc Huynh</i></p>"
    )
    check(page(body(text)), {"language": "en", "authors": ["H.Van", "M.Duy"]})
