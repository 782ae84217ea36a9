"""Vietnamese news text made by a grammar: deterministic, all accents, no real people or places."""

from __future__ import annotations

import random

WHO = (
    "Ủy ban nhân dân tỉnh",
    "Sở Nông nghiệp và Môi trường",
    "Hội Nông dân xã",
    "Ban Chỉ huy phòng thủ dân sự",
    "Đoàn Thanh niên phường",
    "Trung tâm Y tế khu vực",
    "Hợp tác xã dịch vụ nông nghiệp",
    "Mặt trận Tổ quốc Việt Nam tỉnh",
)
DID = (
    "triển khai kế hoạch",
    "kiểm tra tiến độ",
    "tổ chức hội nghị bàn về",
    "khởi công dự án",
    "đẩy mạnh tuyên truyền",
    "tháo gỡ vướng mắc trong",
    "nghiệm thu mô hình",
    "đối thoại với người dân về",
)
WHAT = (
    "kiên cố hóa kênh mương nội đồng",
    "phòng, chống sạt lở bờ sông",
    "chuyển đổi số ở cơ sở",
    "trồng lúa chất lượng cao, phát thải thấp",
    "xây cầu thay thế bến đò ngang",
    "cấp nước sạch mùa khô hạn, xâm nhập mặn",
    "tiêm vắc-xin cho đàn gia súc",
    "giữ gìn nghề dệt chiếu truyền thống",
)
WHERE = (
    "trên địa bàn các xã ven sông",
    "tại vùng đệm rừng tràm",
    "dọc tuyến quốc lộ",
    "ở những ấp, khóm còn khó khăn",
    "trong ba phường trung tâm",
)
MORE = (
    "Theo đại diện đơn vị, {n} hộ dân đã được hưởng lợi, tăng {p}% so với cùng kỳ năm trước.",
    "Đến nay, khối lượng thực hiện đạt {p}% kế hoạch, giải ngân hơn {n} tỷ đồng.",
    "Bà con mong tuyến đường dài {k} km sớm hoàn thành để việc đi lại, buôn bán thuận lợi hơn.",
    "Ngành chức năng khuyến cáo người dân chủ động tích trữ nước và theo dõi độ mặn hằng ngày.",
    "Mô hình cho năng suất bình quân {k} tấn/ha, lãi cao hơn cách làm cũ khoảng {n} triệu đồng.",
    "Dự kiến đợt cao điểm kéo dài {k} ngày, sau đó sẽ sơ kết, rút kinh nghiệm và nhân rộng.",
    "Nhờ sự đồng thuận của nhân dân, địa phương đã giải phóng xong {n} mét mặt bằng.",
)
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Đỗ")
GIVEN = ("Thảo Vy", "Minh Đức", "Hồng Ngọc", "Quốc Bảo", "Thúy Hằng", "Gia Huy")
PLAIN = str.maketrans(
    "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ",
    "aaaaaaaaaaaaaaaaaeeeeeeeeeeeiiiiiooooooooooooooooouuuuuuuuuuuyyyyyd",
)


def _dice(*seed: object) -> random.Random:
    return random.Random(repr(seed))


def make_title(seed: object) -> str:
    """One headline; different seeds mostly differ, the number makes them all differ."""
    dice = _dice("title", seed)
    return f"{dice.choice(WHO)} {dice.choice(DID)} {dice.choice(WHAT)} đợt {seed}"


def make_lead(seed: object) -> str:
    """One lead of a sentence."""
    dice = _dice("lead", seed)
    return (
        f"Sáng nay, {dice.choice(WHO)} {dice.choice(DID)} {dice.choice(WHAT)} {dice.choice(WHERE)}."
    )


def make_paragraphs(seed: object, count: int = 6) -> list[str]:
    """The body: ``count`` paragraphs of two to four sentences."""
    dice = _dice("body", seed)
    return [_paragraph(dice) for _ in range(count)]


def _paragraph(dice: random.Random) -> str:
    opening = f"{dice.choice(WHO)} {dice.choice(DID)} {dice.choice(WHAT)} {dice.choice(WHERE)}."
    rest = dice.sample(MORE, dice.randint(1, 3))
    numbers = {"n": dice.randint(12, 980), "p": dice.randint(3, 97), "k": dice.randint(2, 19)}
    return " ".join([opening, *(sentence.format(**numbers) for sentence in rest)])


def make_author(seed: object) -> str:
    """A name as it stands under an article."""
    dice = _dice("author", seed)
    return f"{dice.choice(FAMILY)} {dice.choice(GIVEN)}"


def make_slug(title: str) -> str:
    """ASCII words with hyphens, as publishing platforms make them."""
    plain = title.lower().translate(PLAIN)
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in plain).split())
