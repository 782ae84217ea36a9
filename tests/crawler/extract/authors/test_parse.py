"""Bylines: the corpus of lines, paragraphs that sign, names glued to a last sentence."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.authors.detect import looks_like_byline, split_glued_byline
from crawler.extract.authors.parse import Byline, may_credit, parse_byline
from tests.support.costs import assert_linear
from tests.support.paths import DATA

CORPUS = DATA / "bylines.tsv"


def _unescape(text: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text).replace("\\n", "\n")


def _rows() -> list[tuple[str, str, tuple[str, ...], str | None]]:
    rows = []
    for line in CORPUS.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            kind, text, authors, credit = line.split("\t")
            people = tuple(name for name in authors.split(";") if name)
            rows.append((kind, _unescape(text), people, credit or None))
    return rows


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(_rows()) >= 100


@pytest.mark.parametrize(
    ("kind", "text", "authors", "credit"), [row for row in _rows() if row[0] != "none"]
)
def test_a_byline_gives_people_and_credit(
    kind: str, text: str, authors: tuple[str, ...], credit: str | None
) -> None:
    byline = parse_byline(text)
    assert byline is not None
    assert (byline.kind, byline.authors, byline.source_credit) == (kind, authors, credit)


def test_people_who_are_only_counted_are_told() -> None:
    byline = parse_byline("Hải Đường và 1 tác giả khác")
    assert byline is not None
    assert byline.others == 1


@pytest.mark.parametrize("text", [row[1] for row in _rows() if row[0] == "none"])
def test_what_is_no_byline_is_not_read_as_one(text: str) -> None:
    assert parse_byline(text) is None


@pytest.mark.parametrize(
    ("kind", "text", "authors", "credit"), [row for row in _rows() if row[0] == "people"]
)
def test_an_author_field_gives_the_same_people(
    kind: str, text: str, authors: tuple[str, ...], credit: str | None
) -> None:
    byline = parse_byline(text, field=True)
    assert byline is not None
    assert (byline.kind, byline.authors, byline.source_credit) == (kind, authors, credit)


@pytest.mark.parametrize(
    "text", ["Báo tỉnh", "Trung tâm VHTT&TT huyện", "admin", "Bút danh", "An Giang"]
)
def test_an_author_field_that_names_nobody_has_no_author(text: str) -> None:
    byline = parse_byline(text, field=True)
    assert byline is not None
    assert byline.authors == ()


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("Hạnh", ("Hạnh",)),
        ("Jean-Paul Morel", ("Jean-Paul Morel",)),
        ("By Ann Lee and Bob de Wit", ("Ann Lee", "Bob de Wit")),
        ("TS. Lê Văn Minh", ("Lê Văn Minh",)),
    ],
)
def test_an_author_field_may_hold_what_a_line_may_not(text: str, authors: tuple[str, ...]) -> None:
    byline = parse_byline(text, field=True)
    assert byline is not None
    assert byline.authors == authors


@pytest.mark.parametrize("name", ["Báo Hải Đường", "HẢI ĐƯỜNG", "haiduong"])
def test_the_outlet_itself_is_no_author(name: str) -> None:
    byline = parse_byline(name, site_names=["Báo Hải Đường", "Hải Đường"], field=True)
    assert byline is not None
    assert byline.authors == ()


def test_the_office_and_the_role_are_said() -> None:
    byline = parse_byline("Tin, ảnh: Hải Đường (Trung tâm Y tế)")
    assert byline is not None
    assert (byline.role, byline.organisation) == ("Tin, ảnh", "Trung tâm Y tế")


def test_photographers_and_translators_are_kept_apart() -> None:
    byline = parse_byline("Bài: Hải Đường - Ảnh: Minh Quân")
    assert byline is not None
    assert (byline.authors, byline.photographers) == (("Hải Đường",), ("Minh Quân",))


@pytest.mark.parametrize(
    ("text", "position", "styles", "signs"),
    [
        ("Hải Đường", 0, (), True),
        ("Hải Đường", 1, (), True),
        ("Hải Đường", 2, (), False),
        ("Hải Đường", 2, ("bold",), True),
        ("HẢI ĐƯỜNG", 2, (), True),
        ("Hải Đường", 3, ("right",), True),
        ("Hải Đường", 8, ("right",), False),
        ("Hải Đường", 0, ("center", "italic"), False),
        ("Tin, ảnh: Hải Đường", 0, ("center",), True),
        ("Tin, ảnh: Hải Đường", 3, (), True),
        ("Theo TTXVN", 1, (), True),
        ("PV", 0, (), True),
        ("Ảnh: Hải Đường", 0, ("right",), True),
        ("Trung tâm Văn hóa huyện", 0, ("right",), True),
        ("(Đài Truyền thanh huyện)", 0, (), True),
        ("Trung tâm Văn hóa huyện", 0, (), False),
        ("Bút danh", 0, ("author",), True),
        ("Hạnh", 0, ("author",), True),
        ("Hạnh", 0, (), False),
        ("BS LÊ VĂN MINH", 0, ("right", "bold"), True),
        ("Xin cảm ơn ông!", 0, ("bold",), False),
        ("Kinh tế", 0, ("bold",), False),
        ("Ấp đã đề nghị khen thưởng nhóm.", 0, (), False),
    ],
)
def test_place_and_style_decide_whether_a_paragraph_signs(
    text: str, position: int, styles: tuple[str, ...], signs: bool
) -> None:
    assert looks_like_byline(text, position_from_end=position, styles=styles) is signs


@pytest.mark.parametrize(
    ("text", "rest", "authors"),
    [
        (
            "Các em trồng hoa tại bồn hoa chân cầu...K.Hà",
            "Các em trồng hoa tại bồn hoa chân cầu...",
            ("K.Hà",),
        ),
        (
            "Xã sẽ có nước sạch trong năm tới. Tin, ảnh: HẢI ĐƯỜNG",
            "Xã sẽ có nước sạch trong năm tới.",
            ("HẢI ĐƯỜNG",),
        ),
        (
            "Công an đang điều tra vụ việc. (HẢI ĐƯỜNG)",
            "Công an đang điều tra vụ việc.",
            ("HẢI ĐƯỜNG",),
        ),
        (
            "Công an đang điều tra vụ việc (HẢI ĐƯỜNG).",
            "Công an đang điều tra vụ việc",
            ("HẢI ĐƯỜNG",),
        ),
        (
            "Dự kiến khánh thành trong quý tới./. Hải Đường",
            "Dự kiến khánh thành trong quý tới./.",
            ("Hải Đường",),
        ),
        (
            "Bà con trong ấp rất phấn khởi. Hải Đường - Minh Quân",
            "Bà con trong ấp rất phấn khởi.",
            ("Hải Đường", "Minh Quân"),
        ),
        (
            "Các bạn trẻ tình nguyện thật vui.Bài, ảnh: Lan Anh",
            "Các bạn trẻ tình nguyện thật vui.",
            ("Lan Anh",),
        ),
    ],
)
def test_a_byline_glued_to_the_last_sentence_comes_off(
    text: str, rest: str, authors: tuple[str, ...]
) -> None:
    left, byline = split_glued_byline(text)
    assert left == rest
    assert byline is not None
    assert byline.authors == authors


@pytest.mark.parametrize(
    "text",
    [
        "Dự kiến công trình khánh thành trong quý tới./.",
        "Chủ trì hội nghị có ông Nguyễn Văn Lâm",
        "Người được khen thưởng là chị Nguyễn Thị Hoa.",
        "Ông nói: “Còn sức thì còn làm.”",
        "Mô hình được nhân rộng ra các xã Long An, Long Bình.",
        "Giải nhất thuộc về thí sinh: Hải Đường",
        "HẢI ĐƯỜNG",
        "",
    ],
)
def test_a_sentence_that_ends_in_a_name_stays_whole(text: str) -> None:
    assert split_glued_byline(text) == (text, None)


def test_inside_the_text_only_sure_signs_come_off() -> None:
    assert split_glued_byline("Bà con trong ấp rất phấn khởi. Hải Đường", last=False)[1] is None
    assert split_glued_byline("Bà con trong ấp rất phấn khởi. (HẢI ĐƯỜNG)", last=False)[1]


NAMES = "Hải Minh Thanh Ngọc Quốc Bảo Thùy Lan Phương Đức Hồng Kim Trúc Mai Anh Hạnh Dũng"
given_names = st.sampled_from(NAMES.split())
people = st.tuples(given_names, given_names).map(" ".join)
roles = st.sampled_from(
    ["", "Tin, ảnh: ", "Bài và ảnh: ", "Thực hiện: ", "Tin - ảnh: ", "TIN, ẢNH: "]
)
joins = st.sampled_from([" - ", " – ", ", ", "; ", " và ", " — ", "\n", " & "])


@given(
    names=st.lists(people, min_size=1, max_size=4, unique=True),
    role=roles,
    join=joins,
    upper=st.booleans(),
)
def test_people_come_back_in_reading_order(
    names: list[str], role: str, join: str, upper: bool
) -> None:
    printed = [name.upper() if upper else name for name in names]
    byline = parse_byline(role + join.join(printed))
    assert byline is not None
    assert list(byline.authors) == printed


@given(text=st.text(max_size=300), field=st.booleans())
def test_no_text_raises(text: str, field: bool) -> None:
    parse_byline(text, field=field)
    split_glued_byline(text)
    looks_like_byline(text, position_from_end=0)


@given(text=st.text(alphabet="Ả ảnh:TinTheo/()-–,.;\n019Nguyễn", max_size=120))
def test_no_almost_byline_raises(text: str) -> None:
    parse_byline(text)
    parse_byline(text, field=True)
    split_glued_byline(text)


@pytest.mark.parametrize(
    "unit", ["(", "Tin, ", "A.", "\u0301", "Hải - ", "tin,ảnh", "theo "], ids=ascii
)
def test_hostile_text_costs_what_its_size_does(unit: str) -> None:
    def read(text: str) -> None:
        parse_byline(text)
        parse_byline(text, field=True)
        split_glued_byline(text)
        looks_like_byline(text, position_from_end=0)

    assert_linear(read, lambda times: unit * times, 40_000)
    assert_linear(read, lambda times: unit * times, 130)


@pytest.mark.parametrize(
    "date",
    [
        "Thứ Năm, 26/11/2026 | 08:15 GMT+7",
        "Thứ Hai, ngày 23 tháng 11 năm 2026 - 07:45",
        "Ngày cập nhật 26/11/2026 lúc 08h15",
        "Chủ nhật, 22.11.2026",
        "Số ra ngày 05-11-2026",
        "Published 12 Nov 2026",
    ],
)
def test_words_beside_a_date_are_no_part_of_a_name(date: str) -> None:
    for line in (f"Hoài Thương {date}", f"Hoài Thương{date}", f"{date} | Hoài Thương"):
        byline = parse_byline(line)
        assert byline is not None, line
        assert byline.authors == ("Hoài Thương",)


def test_who_drew_beside_who_took_the_pictures_is_no_author() -> None:
    byline = parse_byline("Ảnh: Mỹ Nhân - Đồ họa: Tấn Tài")
    assert byline is not None
    assert (byline.kind, byline.authors) == ("photo", ())


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Thực hiện", "role"),
        ("Thực hiện: admin", "nobody"),
        ("Bài: admin", "nobody"),
        ("Ảnh: admin", "photo"),
        ("Thực hiện: Lê Minh Anh", "people"),
    ],
)
def test_an_account_behind_a_role_is_nobody(line: str, kind: str) -> None:
    byline = parse_byline(line)
    assert byline is not None
    assert byline.kind == kind


LINE, FIELD = False, True
TOLD = [
    ("Hải Đường và một tác giả khác", LINE, "people; Hải Đường; others 1"),
    ("Hải Đường, 12 người", LINE, "people; Hải Đường; others 12"),
    ("Hải Đường và 3 tác giả khác", LINE, "people; Hải Đường; others 3"),
    ("HanhNT và 3 tác giả khác", LINE, "none"),
    ("PL và 3 tác giả khác", FIELD, "people; PL; others 3"),
    (
        "Bài: İlker Aslan - Ảnh: Hải Đường",
        FIELD,
        "people; İlker Aslan; as Bài, Ảnh; pictures Hải Đường",
    ),
    ("Story and photos by Hải Đường", LINE, "people; Hải Đường; as Story and photos"),
    ("Phóng viên ảnh: Hải Đường", LINE, "photo; as Phóng viên, ảnh; pictures Hải Đường"),
    (
        "Tin và ảnh Hải Đường - Clip: Minh Quân",
        LINE,
        "people; Hải Đường; as Tin và ảnh, Clip; pictures Minh Quân",
    ),
    ("Ảnh: admin - Đồ họa: quantri", LINE, "photo; as Ảnh, Đồ họa"),
    ("Ảnh: admin", LINE, "photo; as Ảnh"),
    ("Ảnh: admin - Bài: quantri", LINE, "nobody; as Ảnh, Bài"),
    ("Nội dung: admin - Ảnh: K.Vân", LINE, "photo; as Nội dung, Ảnh; pictures K.Vân"),
    ("PV: Văn hóa - Biên dịch: admin", LINE, "nobody; as PV, Biên dịch; of Văn hóa"),
    ("Đồ họa: Tấn Tài", LINE, "people; Tấn Tài; as Đồ họa"),
    ("Đồ họa: Tấn Tài - Thiết kế: Mỹ Nhân", LINE, "people; Tấn Tài; Mỹ Nhân; as Đồ họa, Thiết kế"),
    ("Trình bày: Tấn Tài", LINE, "people; Tấn Tài; as Trình bày"),
    ("Nguồn: TTXVN Copy link", LINE, "source; from TTXVN"),
    ("Theo TTXVN https://vi.example.vn/a", LINE, "source; from TTXVN"),
    ("Theo Hải Đường - Minh Quân", LINE, "source; from Hải Đường - Minh Quân"),
    ("Theo Hải Đường, Minh Quân", LINE, "source; from Hải Đường, Minh Quân"),
    ("Theo Hải Đường (Minh Quân)", LINE, "source; from Hải Đường (Minh Quân)"),
    ("Theo 24h", LINE, "source; from 24h"),
    ("Theo 2sao", LINE, "source; from 2sao"),
    ("Theo tuổi trẻ", LINE, "none"),
    ("Theo tuoitre.", LINE, "none"),
    ("Theo vov", LINE, "none"),
    ("Nguồn: vov", LINE, "source; from vov"),
    ("Nguồn: báo mới", LINE, "none"),
    (
        "Theo Báo Một Hai Ba Bốn Năm Sáu Bảy Tám Chín Mười Mười",
        LINE,
        "source; from Báo Một Hai Ba Bốn Năm Sáu Bảy Tám Chín Mười Mười",
    ),
    ("Theo Báo Một Hai Ba Bốn Năm Sáu Bảy Tám Chín Mười Mười Hai", LINE, "none"),
    ("Theo Hải Đường/khoa học", LINE, "people; Hải Đường; from khoa học"),
    ("Theo Hải Đường/Khoa Học Đời Sống", LINE, "people; Hải Đường; from Khoa Học Đời Sống"),
    ("Theo Hải Đường/Khoa Học Đời Sống Mới", LINE, "source; from Hải Đường/Khoa Học Đời Sống Mới"),
    (
        "Theo Hải Đường/Khoa Học/Đời Sống Mới",
        LINE,
        "people; Hải Đường; from Khoa Học - Đời Sống Mới",
    ),
    ("theo Hải Đường (vietnamnet.vn)", LINE, "people; Hải Đường; from vietnamnet.vn"),
    ("Hải Đường (Theo TTXVN)", LINE, "people; Hải Đường; from TTXVN"),
    ("Hải Đường/Theo TTXVN", LINE, "people; Hải Đường; from TTXVN"),
    ("Báo Long An (Theo TTXVN)", LINE, "source; from TTXVN; of Báo Long An"),
    ("Báo Long An", LINE, "none"),
    ("Báo Long An", FIELD, "nobody; of Báo Long An"),
    ("TTXVN", FIELD, "nobody; of TTXVN"),
    ("Hải Đường/Báo Long An", LINE, "people; Hải Đường; from Báo Long An; of Báo Long An"),
    ("Hải Đường (Báo Long An)", LINE, "people; Hải Đường; of Báo Long An"),
    (
        "Hải Đường/Báo Long An/Báo Cà Mau",
        LINE,
        "people; Hải Đường; from Báo Long An; of Báo Long An - Báo Cà Mau",
    ),
    ("Báo Long An/Báo Cà Mau", FIELD, "nobody; of Báo Long An - Báo Cà Mau"),
    (
        "Hải Đường - Báo Long An - Báo Cà Mau",
        LINE,
        "people; Hải Đường; of Báo Long An - Báo Cà Mau",
    ),
    ("Hải Đường (Ghi", LINE, "people; Hải Đường"),
    ("Hải Đường (ghi)", LINE, "people; Hải Đường; as ghi"),
    ("Hải Đường ghi", LINE, "people; Hải Đường"),
    ("Hải Đường Tổng Hợp", LINE, "people; Hải Đường"),
    ("Hải Đường  tổng hợp", LINE, "people; Hải Đường"),
    ("Hải Đường [thực hiện]", LINE, "people; Hải Đường; as thực hiện"),
    ("Hải Đường. (ghi)", LINE, "people; Hải Đường; as ghi"),
    ("admin (ghi)", LINE, "nobody; as ghi"),
    ("a@b.vn", FIELD, "nobody"),
    ("Đ. Hậu.", LINE, "people; Đ. Hậu"),
    ("Hải Đường...", LINE, "people; Hải Đường"),
    ("Minh H.", LINE, "people; Minh H."),
    ("H.Vân-M.Duy", LINE, "people; H.Vân; M.Duy"),
    ("Hương Thơm-PL-HT", LINE, "none"),
    ("Hương-Thơm", FIELD, "people; Hương-Thơm"),
    ("PL-HT", FIELD, "people; PL; HT"),
    ("Thạch Sơn-Người đăng: Lee", FIELD, "nobody"),
    ("TS. Hạnh Phúc Xanh", LINE, "people; Hạnh Phúc Xanh; titled"),
    ("TS. Lê Văn Minh", LINE, "people; Lê Văn Minh; titled"),
    ("Nhà báo và Công luận", LINE, "none"),
    ("TS. Lê Văn Minh", FIELD, "people; Lê Văn Minh; titled"),
    ("Ông Lê Văn Minh", FIELD, "people; Ông Lê Văn Minh"),
    ("Ông Lê Văn Minh", LINE, "none"),
    ("Bài: Ông Lê Văn Minh", LINE, "people; Ông Lê Văn Minh; as Bài"),
    ("BS LÊ VĂN MINH và nhóm tác giả", LINE, "people; LÊ VĂN MINH; as nhóm tác giả; titled"),
    ("PL và nhóm tác giả", FIELD, "people; PL; as nhóm tác giả"),
    ("Văn hóa", FIELD, "nobody; of Văn hóa"),
    ("g", FIELD, "nobody"),
    ("SGGP", FIELD, "people; SGGP"),
    ("PL", FIELD, "people; PL"),
    ("Hải Dương", FIELD, "nobody; of Hải Dương"),
    ("Hải Dương", LINE, "none"),
    ("Ảnh: Hải Dương", LINE, "photo; as Ảnh; of Hải Dương"),
    ("Đồ họa", FIELD, "nobody"),
    ("Hải Đường, và cả làng", FIELD, "people; Hải Đường"),
    ("Hải Đường, và cả làng", LINE, "none"),
    ("Bút danh", FIELD, "nobody"),
    ("Hải Đường; HanhNT", FIELD, "people; Hải Đường"),
    ("Hải Đường; HanhNT", LINE, "none"),
    ("Hải Đường; Bút danh", FIELD, "people; Hải Đường"),
    ("Hải Đường; Bút danh", LINE, "people; Hải Đường"),
    ("Hải Đường, Hải Đường", LINE, "people; Hải Đường"),
    (
        "Bài: Hải Đường; Ảnh: Minh Quân, Tấn Tài",
        LINE,
        "people; Hải Đường; as Bài, Ảnh; pictures Minh Quân; pictures Tấn Tài",
    ),
    (
        "Bài: Hải Đường - Dịch: Minh Quân",
        LINE,
        "people; Hải Đường; as Bài, Dịch; pictures Minh Quân",
    ),
    ("Dịch: Minh Quân", LINE, "photo; as Dịch; pictures Minh Quân"),
    (
        "Nguồn tin: Anh Minh Thanh Nga - Trường THPT An Ninh",
        LINE,
        "people; Anh Minh Thanh Nga; from Trường THPT An Ninh",
    ),
    ("theo Hải Đường", LINE, "source; from Hải Đường"),
    ("Theo Ngọc Hà/Báo Long An", LINE, "people; Ngọc Hà; from Báo Long An"),
    ("Theo Ngọc Hà, TTXVN", LINE, "people; Ngọc Hà; from TTXVN"),
    ("Lan Anh (Theo Ngọc Hà)", LINE, "source; from Ngọc Hà"),
    ("Hải Đường (nguồn: facebook)", LINE, "people; Hải Đường; from facebook"),
    ("Hải Đường (Nguồn: Báo)", LINE, "people; Hải Đường; from Báo"),
    ("Trích từ Báo Long An", LINE, "source; from Báo Long An"),
    ("Theo thống kê của tỉnh", LINE, "none"),
    ("Theo Báo Long An)", LINE, "source; from Báo Long An"),
    ("Tổng hợp (Theo Báo Long An)", LINE, "source; from Báo Long An; as Tổng hợp"),
    ("Hải Đường | Lượt xem: 256", LINE, "people; Hải Đường"),
    ("Hải Đường | 256 lượt xem", LINE, "people; Hải Đường"),
]
"""What a line, or an author field of a paper called `Lan Anh`, says in all: kind and people, then
where from, which role, which office, who took pictures."""


def told(byline: Byline | None) -> str:
    if byline is None:
        return "none"
    said = [byline.kind, *byline.authors]
    said += [f"from {byline.source_credit}"] if byline.source_credit else []
    said += [f"as {byline.role}"] if byline.role else []
    said += [f"of {byline.organisation}"] if byline.organisation else []
    said += [f"pictures {name}" for name in byline.photographers]
    said += ["titled"] if byline.titled else []
    said += [f"others {byline.others}"] if byline.others else []
    return "; ".join(said)


@pytest.mark.parametrize(("text", "field", "wanted"), TOLD)
def test_a_line_says_who_did_what(text: str, *, field: bool, wanted: str) -> None:
    assert told(parse_byline(text, field=field, site_names=["Lan Anh"])) == wanted


@pytest.mark.parametrize(("text", "kind"), [("PV", "role"), ("https://x.vn", "nobody")])
def test_a_line_without_a_name_has_made_nothing_and_counts_nobody(text: str, kind: str) -> None:
    byline = parse_byline(text, field=True)
    assert byline is not None
    assert (byline.kind, byline.titled, byline.made, byline.others) == (kind, False, False, 0)


@pytest.mark.parametrize(
    ("text", "is_byline"),
    [
        ("x" * 200, True),
        ("x" * 201, False),
        ("Hải Đường" + " " * 790 + "x", True),
        ("Hải Đường" + " " * 791 + "x", False),
    ],
)
def test_a_byline_is_no_longer_than_its_most(text: str, *, is_byline: bool) -> None:
    assert (parse_byline(text, field=True) is not None) is is_byline


def test_lines_that_may_credit_are_known_by_a_word() -> None:
    assert all(map(may_credit, ("Theo TTXVN", "NGUỒN: VOV", "Trích từ VOV", "A/VOV", "link gốc")))
    assert not may_credit("Hải Đường")
