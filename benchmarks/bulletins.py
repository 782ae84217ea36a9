# ruff: noqa: ISC004 - lists of phrases read best as they are

"""Bulletins that come every day in the same words: another day is another article.

A bulletin is a template with slots for the day, for names of a place that stay from day to day,
and for figures and words that change. Composed: no real forecast, price or draw.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from newswire import PLACES, Text

if TYPE_CHECKING:
    import datetime as dt

WEEKDAYS = ["thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"]
SKIES = ["nhiều mây, có mưa rào vài nơi", "ít mây, trời nắng", "mây thay đổi, chiều tối có dông",
         "có lúc có mưa vừa", "sáng có sương mù nhẹ, trưa hửng nắng"]  # fmt: skip
MOVES = ["tăng nhẹ", "đi ngang", "giảm nhẹ", "tăng mạnh", "quay đầu giảm"]
TEMPLATES = {
    "weather": (
        "Dự báo thời tiết {place} ngày {day}",
        "Theo đài khí tượng thủy văn, hôm nay {weekday}, ngày {day}, khu vực {place} {sky}.",
        "Nhiệt độ thấp nhất từ {a} đến {b} độ C, cao nhất {c} độ C. Riêng khu vực {place2} {sky2}, "
        "gió cấp {d}, độ ẩm không khí trung bình {e}%.",
        "Vùng núi thuộc {place3} đề phòng lũ quét và sạt lở đất khi có mưa kéo dài. Người dân làm "
        "việc ngoài trời nên uống đủ nước, hạn chế đi lại khi có dông, không trú dưới cây cao.",
    ),
    "gold": (
        "Giá vàng hôm nay {day}: vàng miếng {move}",
        "Sáng {weekday} ({day}), giá vàng miếng tại {place} {move} so với cuối phiên liền trước.",
        "Các cửa hàng niêm yết vàng miếng ở mức {a},{d} triệu đồng mỗi lượng chiều mua vào và {b},{d} "
        "triệu đồng chiều bán ra. Vàng nhẫn tròn trơn giao dịch quanh {c},{g} triệu đồng mỗi lượng.",
        "Trên thị trường thế giới, giá vàng giao ngay đứng ở {n} USD mỗi ounce. Giới kinh doanh ở "
        "{place2} cho rằng nhà đầu tư đang chờ tín hiệu lãi suất, sức mua trong dân không đổi.",
    ),
    "lottery": (
        "Kết quả xổ số {place} {weekday} ngày {day}",
        "Kết quả xổ số kiến thiết {place} mở thưởng {weekday} ngày {day} tại {place2}.",
        "Giải đặc biệt {n1}. Giải nhất {n2}. Giải nhì {n3}. Giải ba {n4} và {n5}. Giải tư {n6}, "
        "{n7}, {n8}. Giải năm {n9}. Giải tám {a}.",
        "Vé trúng thưởng được lĩnh trong 30 ngày kể từ ngày mở thưởng, phải còn nguyên hình, nguyên "
        "khổ, không chắp vá, tẩy xóa. Công ty trả thưởng tại trụ sở và các đại lý ủy quyền.",
    ),
    "water levels": (
        "Mực nước các sông ở {place} ngày {day}",
        "Lúc 7 giờ ngày {day}, mực nước tại trạm {place} là {d},{a} m, tại trạm {place2} là {g},{b} m.",
        "So với cùng giờ hôm qua, mực nước tại {place} thay đổi {g} cm. Hồ chứa ở {place3} đang tích "
        "{e}% dung tích thiết kế, lưu lượng về hồ {n} m3/s.",
        "Các địa phương ven sông chủ động theo dõi bản tin, gia cố bờ bao, không để người dân vớt củi "
        "và đánh bắt thủy sản khi nước chảy xiết.",
    ),
    "power cuts": (
        "Lịch cúp điện {place} ngày {day}",
        "Điện lực {place} thông báo lịch ngừng cấp điện {weekday} ngày {day} để bảo trì lưới điện.",
        "Từ 7 giờ 30 đến 16 giờ: một phần khu vực {place2}, các trạm dọc hương lộ 5. Từ 8 giờ đến 11 "
        "giờ: khu vực chợ {place3}, trạm bơm số 2 và cụm dân cư lân cận.",
        "Khách hàng không tự ý sửa chữa, đấu nối trong thời gian ngừng cung cấp điện vì lưới có thể "
        "được đóng lại bất cứ lúc nào. Mọi thắc mắc xin gọi tổng đài chăm sóc khách hàng.",
    ),
    "council sessions": (
        "HĐND huyện {place} khai mạc kỳ họp thứ {d}",
        "Ngày {day}, HĐND huyện {place} khóa XII khai mạc kỳ họp thứ {d} để xem xét nhiều nội dung.",
        "Kỳ họp nghe báo cáo kinh tế - xã hội {a} tháng, thảo luận {g} tờ trình và thông qua {c} nghị "
        "quyết. Thu ngân sách trên địa bàn đạt {e}% dự toán, giải ngân vốn đầu tư công đạt {b}%.",
        "Phát biểu khai mạc, chủ tọa đề nghị các đại biểu phát huy trí tuệ, thảo luận dân chủ, thẳng "
        "thắn, bám sát tình hình thực tế của địa phương để kỳ họp thành công tốt đẹp.",
    ),
    "fuel": (
        "Giá xăng dầu {move} từ 15 giờ ngày {day}",
        "Từ 15 giờ {weekday} ngày {day}, giá xăng dầu tại {place} {move} theo kỳ điều hành mới.",
        "Xăng E5 không cao hơn {a}.{n} đồng mỗi lít, xăng RON 95 không cao hơn {b}.{n} đồng mỗi lít, "
        "dầu diesel không cao hơn {c}.{n} đồng mỗi lít.",
        "Kỳ này cơ quan điều hành không trích lập và không chi quỹ bình ổn. Các cửa hàng ở {place2} "
        "bán hàng bình thường, không có hiện tượng găm hàng chờ giá.",
    ),
    "sea": (
        "Bản tin gió mạnh, sóng lớn trên biển ngày {day}",
        "Đêm {day}, vùng biển từ {place} đến {place2} có gió đông bắc cấp {d}, giật cấp {g}.",
        "Sóng biển cao từ {a} đến {b} dm, biển động. Trong 24 giờ tới, vùng biển ngoài khơi {place3} "
        "{sky}, tầm xa nhìn dưới {c} km.",
        "Tàu thuyền hoạt động trong vùng nguy hiểm đều có khả năng chịu tác động của dông, lốc xoáy, "
        "gió mạnh và sóng lớn. Cấp độ rủi ro thiên tai cấp 2.",
    ),
}  # fmt: skip


class Desk:
    """Issues bulletins; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def places(self) -> dict[str, str]:
        """The names that a paper's bulletin keeps from day to day."""
        return dict(zip(("place", "place2", "place3"), self.random.sample(PLACES, 3), strict=True))

    def issue(self, kind: str, day: dt.date, places: dict[str, str]) -> Text:
        """One paper's bulletin of a day."""
        r = self.random
        facts = {
            **places,
            "day": f"{day.day}/{day.month}" + r.choice(["", f"/{day.year}"]),
            "weekday": WEEKDAYS[day.weekday()],
            "sky": r.choice(SKIES),
            "sky2": r.choice(SKIES),
            "move": r.choice(MOVES),
            "n": str(r.randint(100, 980)),
            **{name: str(r.randint(11, 98)) for name in "abce"},
            **{name: str(r.randint(2, 12)) for name in "dg"},
            **{f"n{k}": f"{r.randint(0, 999999):06}" for k in range(1, 10)},
        }
        title, *parts = (part.format(**facts) for part in TEMPLATES[kind])
        return Text(title, parts[0], parts, kind)
