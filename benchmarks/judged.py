"""Queries with the articles that answer them, in the kinds of ways people search Vietnamese news.

Each topic is planted in three articles that are about it (in the title, in the lead, in the body)
and beside them stand articles that hold the same syllables apart, or with other accents. A query
is right when it brings the three, and, where it was typed with accents, before those with others.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.syllables import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One query, the phrase it is after, and one that only looks like it without accents."""

    kind: str
    query: str
    topic: str
    lookalike: str = ""


def _kind(kind: str, *rows: tuple[str, ...]) -> list[Judged]:
    return [
        Judged(kind=kind, query=r[0], topic=r[1], lookalike=r[2] if len(r) > 2 else "")
        for r in rows
    ]


def _nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


QUERIES = [
    *_kind(
        "accented",
        ("nuôi tôm thẻ chân trắng", "nuôi tôm thẻ chân trắng"),
        ("cầu vượt sông Vàm Cỏ", "cầu vượt sông Vàm Cỏ"),
        ("hạn mặn mùa khô", "hạn mặn mùa khô"),
        ("khởi công trường mầm non", "khởi công trường mầm non"),
        ("giải quyết khiếu nại đất đai", "giải quyết khiếu nại đất đai"),
    ),
    *_kind(
        "without accents",
        ("benh vien da khoa khu vuc", "bệnh viện đa khoa khu vực"),
        ("xuat khau thanh long ruot do", "xuất khẩu thanh long ruột đỏ"),
        ("dua hau mat gia", "dưa hấu mất giá"),
        ("le hoi dua ghe ngo", "lễ hội đua ghe ngo"),
        ("tuyen sinh lop muoi", "tuyển sinh lớp mười"),
    ),
    *_kind(
        "partly accented",
        ("đồn bien phòng cửa khau", "đồn biên phòng cửa khẩu"),
        ("lang nghe dệt chiếu", "làng nghề dệt chiếu"),
        ("vườn quoc gia tràm chim", "vườn quốc gia tràm chim"),
        ("ho trợ lãi suat vay", "hỗ trợ lãi suất vay"),
    ),
    *_kind(
        "decomposed",
        (_nfd("hội chợ trái cây"), "hội chợ trái cây"),
        (_nfd("đường tránh quốc lộ"), "đường tránh quốc lộ"),
        (_nfd("thẻ bảo hiểm y tế"), "thẻ bảo hiểm y tế"),
        (_nfd("bầu cử bổ sung"), "bầu cử bổ sung"),
    ),
    *_kind(
        "tone placement",
        ("hòa giải cơ sở", "hoà giải cơ sở"),
        ("xóa nhà tạm", "xoá nhà tạm"),
        ("khoẻ để bảo vệ", "khỏe để bảo vệ"),
        ("thuỷ lợi nội đồng", "thủy lợi nội đồng"),
        ("tòa nhà hành chính", "toà nhà hành chính"),
    ),
    *_kind(
        "i or y",
        ("kỹ thuật ghép cành", "kĩ thuật ghép cành"),
        ("lí luận chính trị", "lý luận chính trị"),
        ("bác sỹ gia đình", "bác sĩ gia đình"),
        ("tỉ lệ hộ nghèo", "tỷ lệ hộ nghèo"),
        ("quĩ khuyến học", "quỹ khuyến học"),
    ),
    *_kind(
        "phrase",
        ('"dồn điền đổi thửa"', "dồn điền đổi thửa"),
        ('"một cửa liên thông"', "một cửa liên thông"),
        ('"nha o xa hoi"', "nhà ở xã hội"),
        ('"chuyển đổi số" "hợp tác xã kiểu mới"', "chuyển đổi số hợp tác xã kiểu mới"),
    ),
    *_kind(
        "document number",
        ("58-CT/TU", "Chỉ thị 58-CT/TU"),
        ("01-KL/TW", "Kết luận 01-KL/TW"),
        ("1234/QĐ-UBND", "Quyết định 1234/QĐ-UBND"),
        ("77/qd-ubnd", "Quyết định 77/QĐ-UBND"),
        ("Nghị quyết 15-NQ/TU", "Nghị quyết 15-NQ/TU"),
    ),
    *_kind(
        "name",
        ("Thị Mẫu Đơn Sa", "bà Thị Mẫu Đơn Sa"),
        ("van mau dinh lang", "ông Văn Mẫu Đình Lãng"),
        ("Đoàn Mẫu Thí Dụ", "anh Đoàn Mẫu Thí Dụ"),
        ("Ho Mau Vi Du", "chị Hồ Mẫu Ví Dụ"),
    ),
    *_kind(
        "place",
        ("Đồng Tháp Mười", "vùng Đồng Tháp Mười"),
        ("dak glong", "xã Đắk Glong"),
        ("Kiến Tường", "thị xã Kiến Tường"),
        ("cu lao dung", "đảo Cù Lao Dung"),
        ("Krông Pắc", "vùng Krông Pắc"),
    ),
    *_kind(
        "accent preference",
        ("bán đấu giá", "bán đấu giá", "bàn đầu gia"),
        ("má lúm đồng tiền", "má lúm đồng tiền", "mã lùm dòng tiên"),
        ("mạ khay", "mạ khay", "mã kháy"),
        ("ruộng bậc thang", "ruộng bậc thang", "ruổng bạc tháng"),
        ("cá lóc nướng", "cá lóc nướng", "ca lộc nương"),
    ),
    *_kind(
        "two topics",
        ("sạt lở kè Tân Châu", "sạt lở tại kè Tân Châu"),
        ("cháy rừng phòng hộ U Minh", "cháy rừng ở khu phòng hộ U Minh"),
        ("tiêm chủng trẻ em", "tiêm chủng mở rộng cho trẻ em"),
        ("doan thanh nien hien mau", "đoàn thanh niên vận động hiến máu"),
    ),
    *_kind(
        "date",
        ("28/11/2023", "phiên họp 28/11/2023"),
        ("ngày 30-4-1975", "chiến thắng ngày 30-4-1975"),
        ("rằm tháng giêng", "rằm tháng giêng"),
        ("quý III/2024", "thu ngân sách quý III/2024"),
    ),
    *_kind(
        "beginning",
        ("khuyến nông lâm ng*", "khuyến nông lâm ngư"),
        ("dan ca tài tu*", "đàn ca tài tử"),
        ("cải lương tuồng co*", "cải lương tuồng cổ"),
        ("thổ cẩ*", "dệt thổ cẩm"),
    ),
    *_kind(
        "exclusion",
        ("vịt chạy đồng -cúm", "vịt chạy đồng"),
        ('sầu riêng cấp đông -"giá rẻ"', "sầu riêng cấp đông"),
        ("luc binh -đan", "lục bình trôi sông"),
        ("ong mật -giả", "ong mật hoa tràm"),
    ),
]
EXCLUDED = {"cúm": "cúm", "rẻ": "giá rẻ", "đan": "đan", "giả": "giả"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """An article for the corpus. ``answers`` are the numbers of the queries it answers."""

    title: str
    summary: str
    body: str
    answers: frozenset[int]


def plant(writer: Writer) -> list[Planted]:
    """Return the answers and what is easily taken for them."""
    planted = []
    for number, judged in enumerate(QUERIES):
        planted += _answers(writer, number, judged)
        planted += _decoys(writer, judged)
    return planted


def _answers(writer: Writer, number: int, judged: Judged) -> list[Planted]:
    answers = []
    for place in range(3):
        title, summary, body = writer.article()
        topic = judged.topic
        if place == 0:
            title = f"{topic[:1].upper()}{topic[1:]} {title.lower()}"
        if place == 1:
            summary = f"{writer.sentence(4)} {topic} {summary.lower()}"
        sentences = [
            f"{writer.sentence(6)} {topic} {writer.sentence(5).lower()}." for _ in range(2)
        ]
        body = "\n\n".join([sentences[0], body, sentences[1]])
        answers.append(
            Planted(title=title, summary=summary, body=body, answers=frozenset({number}))
        )
    return answers


def _decoys(writer: Writer, judged: Judged) -> list[Planted]:
    words = judged.topic.replace("/", " ").replace("-", " ").split()
    decoys = []
    for _ in range(6):
        title, summary, body = writer.article()
        scattered = " ".join(f"{word} {writer.sentence(3).lower()}" for word in reversed(words))
        decoys.append(
            Planted(
                title=title, summary=summary, body=f"{body}\n\n{scattered}.", answers=frozenset()
            )
        )
    for _ in range(4 if judged.lookalike else 0):
        title, summary, body = writer.article()
        title = f"{judged.lookalike.capitalize()} {title.lower()}"
        decoys.append(
            Planted(
                title=title, summary=summary, body=f"{judged.lookalike} {body}", answers=frozenset()
            )
        )
    if judged.kind == "exclusion":
        unwanted = next(word for key, word in EXCLUDED.items() if key in judged.query)
        title, summary, body = writer.article()
        decoys.append(
            Planted(title=f"{judged.topic} {title}", summary=summary,
                    body=f"{body}\n\n{writer.sentence(3)} {unwanted} {writer.sentence(2).lower()}.",
                    answers=frozenset())
        )  # fmt: skip
    return decoys
