# ruff: noqa: ISC004 - lists of phrases read best as they are

"""Vietnamese provincial news, composed from a grammar: no real event, no real person.

A text is a plan of facts about one event (place, body, figures, dates) worded by an outlet's
habits. The same plan in other words is another report of the event; the same words with
another plan are another issue of a form letter; edits of one text are its copies.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

PLACES = [
    "Tân An",
    "Bến Lức",
    "Đức Hòa",
    "Cần Giuộc",
    "Kiến Tường",
    "Mộc Hóa",
    "Gò Dầu",
    "Trảng Bàng",
    "Châu Thành",
    "Cao Lãnh",
    "Hồng Ngự",
    "Sa Đéc",
    "Tịnh Biên",
    "Tri Tôn",
    "Thoại Sơn",
    "Long Xuyên",
    "Rạch Giá",
    "Hà Tiên",
    "Gò Công",
    "Cai Lậy",
    "Mỏ Cày",
    "Ba Tri",
    "Trà Cú",
    "Duyên Hải",
    "Vũng Liêm",
    "Bình Minh",
    "Ninh Kiều",
    "Ô Môn",
    "Năm Căn",
    "Đầm Dơi",
    "Sông Cầu",
    "Tuy An",
    "Đồng Xuân",
    "Buôn Đôn",
    "Cư Jút",
    "Đắk Mil",
    "Ea Kar",
    "Mường La",
    "Thuận Châu",
    "Sìn Hồ",
    "Bắc Hà",
    "Sa Pa",
    "Đồng Văn",
    "Chợ Đồn",
    "Lục Ngạn",
    "Đông Triều",
]
BODIES = [
    "Sở Nông nghiệp và Môi trường",
    "Sở Y tế",
    "Sở Giáo dục và Đào tạo",
    "Sở Xây dựng",
    "Sở Tài chính",
    "Công an tỉnh",
    "Bộ Chỉ huy Quân sự tỉnh",
    "Hội Nông dân tỉnh",
    "Tỉnh đoàn",
    "Hội Chữ thập đỏ tỉnh",
    "Ban Quản lý dự án",
    "Cục Thống kê",
    "Chi cục Thủy lợi",
    "Trung tâm Khuyến nông",
    "Liên đoàn Lao động tỉnh",
    "Hội Liên hiệp Phụ nữ tỉnh",
    "Đài Khí tượng Thủy văn tỉnh",
]
TOPICS: dict[str, tuple[str, ...]] = {
    "lúa": ("vụ lúa hè thu", "cánh đồng mẫu lớn", "giống lúa chất lượng cao", "trạm bơm nội đồng",
            "máy gặt đập liên hợp", "hợp tác xã sản xuất lúa", "giá vật tư nông nghiệp",
            "sâu cuốn lá và rầy nâu", "liên kết tiêu thụ nông sản", "quy trình canh tác ít phát thải"),
    "cầu đường": ("tuyến đường tránh", "gói thầu xây lắp số ba", "mặt bằng thi công", "cầu dầm thép",
                  "nguồn cát san lấp", "khu tái định cư", "tuyến cao tốc trục dọc",
                  "hệ thống chiếu sáng", "vỉa hè và thoát nước", "đơn vị tư vấn giám sát"),
    "trường học": ("năm học mới", "kỳ thi tuyển sinh lớp mười", "giáo viên hợp đồng",
                   "phòng học kiên cố", "bếp ăn bán trú", "thư viện thân thiện", "học bổng vượt khó",
                   "trường đạt chuẩn quốc gia", "chương trình sách giáo khoa", "nhà công vụ"),
    "y tế": ("chiến dịch tiêm vắc xin", "ca mắc sốt xuất huyết", "trạm y tế xã", "bệnh án điện tử",
             "thiết bị chụp cắt lớp", "thẻ bảo hiểm y tế", "đội phản ứng nhanh",
             "khám sức khỏe định kỳ", "thuốc điều trị ngoại trú", "an toàn thực phẩm"),
    "hạn mặn": ("đợt xâm nhập mặn", "cống ngăn mặn", "bồn chứa nước ngọt", "vườn cây ăn trái",
                "kênh trục nội đồng", "đường ống cấp nước sạch", "độ mặn bốn phần nghìn",
                "lịch vận hành cống", "đập tạm bằng cừ tràm", "điểm cấp nước tập trung"),
    "giao thông": ("vụ va chạm giữa hai xe tải", "nồng độ cồn", "đường ngang dân sinh", "tổ tuần tra",
                   "camera giám sát", "mũ bảo hiểm cho trẻ em", "xe quá tải trọng",
                   "điểm đen tai nạn", "bến thủy nội địa", "giấy phép lái xe"),
    "du lịch": ("lễ hội đua ghe ngo", "điểm du lịch cộng đồng", "làng nghề truyền thống",
                "vườn quốc gia", "di tích lịch sử cấp tỉnh", "tour sông nước", "chợ đêm ẩm thực",
                "đờn ca tài tử", "homestay ven sông", "hướng dẫn viên tại chỗ"),
    "công nghiệp": ("khu công nghiệp mới", "dây chuyền may mặc", "đơn hàng xuất khẩu",
                    "nhà ở cho công nhân", "trạm xử lý nước thải", "dự án điện mặt trời",
                    "giấy chứng nhận đầu tư", "lao động có tay nghề", "kho lạnh và logistics",
                    "thủ tục hải quan một cửa"),
    "hội nghị": ("nghị quyết chuyên đề", "công tác cán bộ", "sắp xếp đơn vị hành chính",
                 "chuyển đổi số", "giải ngân vốn đầu tư công", "cải cách thủ tục hành chính",
                 "tiếp công dân định kỳ", "chương trình mục tiêu quốc gia", "kiểm tra giám sát",
                 "quy chế dân chủ cơ sở"),
    "thiên tai": ("đợt mưa lớn kéo dài", "khu vực có nguy cơ sạt lở", "nhà tốc mái",
                  "lực lượng xung kích", "phương án di dời dân", "hồ chứa thủy lợi", "tuyến kè biển",
                  "áp thấp nhiệt đới", "hàng cứu trợ khẩn cấp", "trạm đo mưa tự động"),
}  # fmt: skip
WHEN = (
    "Sáng {day}", "Chiều {day}", "Ngày {day}", "Theo kế hoạch", "Trong tuần qua", "Đến nay",
    "Trước đó", "Thời gian tới", "Từ đầu năm", "Qua rà soát", "Mới đây", "Cùng ngày",
)  # fmt: skip
WHO = (
    "{body}", "đoàn công tác của {body}", "Ủy ban nhân dân {place}", "lãnh đạo {place}",
    "đại diện {body}", "các ngành chức năng {place}", "người dân {place}", "Đảng ủy {place}",
    "các đơn vị thi công", "lực lượng tại chỗ", "tổ công tác liên ngành", "chính quyền {place}",
)  # fmt: skip
VERBS = (
    "đã kiểm tra thực tế", "tập trung tháo gỡ khó khăn về", "công bố kết quả bước đầu của",
    "yêu cầu đẩy nhanh tiến độ", "họp bàn giải pháp đối với", "khảo sát và đánh giá lại",
    "ghi nhận nhiều chuyển biến ở", "đề xuất bổ sung kinh phí cho", "tiếp tục theo dõi sát",
    "phối hợp tuyên truyền về", "hoàn thành việc bàn giao", "thống nhất phương án xử lý",
    "lấy ý kiến rộng rãi về", "chỉ đạo khắc phục hạn chế trong", "ký cam kết thực hiện",
)  # fmt: skip
HOW = (
    "với tinh thần chủ động, không để bị động bất ngờ", "trên cơ sở cân đối nguồn lực địa phương",
    "nhằm bảo đảm quyền lợi chính đáng của các hộ dân", "ngay trong quý này",
    "theo hướng rõ người, rõ việc và rõ thời hạn", "dù nguồn vốn còn hạn hẹp",
    "sau nhiều lần đối thoại với người dân", "để kịp phục vụ dịp cuối năm",
    "bằng hình thức xã hội hóa", "trước khi mùa mưa bắt đầu", "song song với việc giám sát cộng đồng",
    "và báo cáo cấp trên trước ngày cuối tháng", "trong điều kiện thời tiết không thuận lợi",
)  # fmt: skip
FIGURES = (
    "với tổng kinh phí {n} tỷ đồng", "trên diện tích {n} ha", "cho {n} hộ dân", "tại {m} xã",
    "đạt {p}% kế hoạch", "tăng {p}% so với cùng kỳ", "giảm {m} trường hợp so với tháng trước",
    "gồm {m} hạng mục", "trong {m} ngày", "với hơn {n} lượt người tham gia", "ở {m} điểm",
)  # fmt: skip
SAYS = (
    "Theo {body}, {what} là nhiệm vụ trọng tâm, cần sự vào cuộc của cả hệ thống chính trị và sự "
    "đồng thuận của nhân dân",
    "“Chúng tôi mong {what} sớm hoàn thành để bà con yên tâm làm ăn”, một hộ dân ở {place} chia sẻ",
    "Đại diện {body} cho biết, nếu không có gì thay đổi, {what} sẽ được hoàn tất đúng tiến độ đề ra",
    "Về {what}, {body} đề nghị các địa phương báo cáo cụ thể từng trường hợp, tránh hình thức",
)
SAME_WORD = {
    "tập trung": "chú trọng", "đã kiểm tra": "vừa kiểm tra", "người dân": "bà con",
    "hoàn thành": "hoàn tất", "yêu cầu": "đề nghị", "tiếp tục": "vẫn", "khó khăn": "vướng mắc",
    "với tổng kinh phí": "tổng kinh phí", "lãnh đạo": "đại diện lãnh đạo", "công bố": "thông tin về",
    "trong tuần qua": "tuần vừa qua", "đến nay": "tính đến nay", "phối hợp": "cùng",
    "so với cùng kỳ": "so cùng kỳ năm trước", "nhằm bảo đảm": "để đảm bảo", "cho biết": "thông tin",
}  # fmt: skip
FORMS = {
    "giá": (
        "Khảo sát tại các chợ đầu mối ở {place} sáng {day}, giá heo hơi dao động quanh mức {n} nghìn "
        "đồng mỗi ký, {p}% số sạp cho biết sức mua không đổi.",
        "Gạo tẻ thường được bán lẻ với giá {m} nghìn đồng mỗi ký, trong khi nếp cái ở mức {n} nghìn.",
        "Nhóm rau củ tại {place} có biến động nhẹ: cà chua {m} nghìn đồng, cải xanh {p} nghìn đồng.",
        "Tiểu thương ở {place} nhận định nguồn hàng từ {place2} về đều, bình quân {n} tấn mỗi đêm.",
        "Cơ quan quản lý thị trường {place} đã kiểm tra {m} cơ sở và nhắc nhở {p} hộ kinh doanh.",
        "Dự báo trong {m} ngày tới giá các mặt hàng tươi sống tại {place} tăng không quá {p}%.",
    ),
    "thời tiết": (
        "Ngày {day}, khu vực {place} có mây, chiều tối có mưa rào, nhiệt độ thấp nhất {m} độ, cao "
        "nhất {p} độ, độ ẩm trung bình {n}%.",
        "Riêng {place2} trời nắng gián đoạn, gió đông nam cấp {m}, lượng mưa phổ biến {p} mm.",
        "Mực nước cao nhất trong ngày tại trạm {place} ở mức {n} cm, dưới báo động một là {p} cm.",
        "Vùng ven biển {place2} sóng cao từ {m} đến {p} mét, tàu thuyền lưu ý khi có giông.",
        "Cảnh báo {m} xã của {place} có khả năng ngập cục bộ, thời gian ngập khoảng {p} giờ.",
    ),
    "xổ số": (
        "Kết quả mở thưởng kỳ ngày {day} của đài {place}: giải tám {m}, giải bảy {n}, giải sáu {n2}.",
        "Giải năm thuộc về dãy số {n3}, giải tư gồm {n4} và {n5}, giải ba là {n6}.",
        "Giải nhì {n7}, giải nhất {n8}, giải đặc biệt {n9} được bán ở {place2}.",
        "Kỳ trước, đài {place} có {m} vé trúng giải đặc biệt, tổng trị giá {p} tỷ đồng.",
        "Người trúng thưởng mang vé đến công ty ở {place2} trong {m} ngày kể từ ngày {day}.",
    ),
    "bóng đá": (
        "Trận đấu giữa {place} và {place2} trên sân {place} ngày {day} kết thúc với tỷ số {g} - {h}.",
        "Bàn thắng mở tỷ số được ghi ở phút {m} sau một tình huống phạt góc của {place2}.",
        "Hiệp hai, {place} kiểm soát bóng {p}% và dứt điểm {g} lần trúng đích.",
        "Trận đấu có {n} khán giả, trọng tài rút {h} thẻ vàng.",
        "Sau vòng {m}, {place2} có {p2} điểm, xếp trên {place3} nhờ hiệu số.",
    ),
    "tin buồn": (
        "Ban lễ tang và gia đình vô cùng thương tiếc báo tin cụ sinh năm {y}, quê ở {place}, "
        "nguyên cán bộ {body}, đã từ trần ngày {day}, hưởng thọ {p2} tuổi.",
        "Lễ viếng bắt đầu lúc {m} giờ ngày {day2} tại nhà tang lễ {place2}.",
        "Lễ truy điệu tổ chức lúc {g} giờ, an táng tại nghĩa trang {place3}.",
        "Cụ tham gia công tác ở {place3} từ năm {y2}, được tặng huy hiệu {p2} năm tuổi Đảng.",
    ),
    "tuyển sinh": (
        "Hội đồng tuyển sinh {place} thông báo chỉ tiêu năm nay là {n} học sinh, chia thành {m} lớp.",
        "Thí sinh nộp hồ sơ tại trường ở {place2} trong {m} ngày, lệ phí {p} nghìn đồng mỗi môn.",
        "Điểm chuẩn năm trước của khối này là {p} điểm, tỷ lệ chọi một trên {m}.",
        "Danh sách phòng thi tại {place} được niêm yết từ ngày {day}, mỗi phòng {m} thí sinh.",
        "Mọi thắc mắc gửi về bộ phận thường trực ở {place2}, điện thoại nội bộ {n}.",
    ),
}


@dataclass(slots=True)
class Text:
    """A composed article."""

    title: str
    summary: str
    paragraphs: list[str]
    topic: str = ""
    plan: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def body(self) -> str:
        return "\n\n".join(self.paragraphs)


class Newsroom:
    """Composes texts; the same seed gives the same texts."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def event(self, topic: str | None = None) -> Text:
        """A report of a new event."""
        topic = topic or self.random.choice(sorted(TOPICS))
        plan = [(what, self.facts()) for what in self.random.sample(TOPICS[topic], 7)]
        place = self.random.sample(PLACES, 2)
        for _, facts in plan:
            facts["place"] = self.random.choice(place)
        return self.report(topic, plan)

    def report(self, topic: str, plan: list[tuple[str, dict[str, str]]]) -> Text:
        """The plan's facts in words chosen now."""
        paragraphs = [" ".join(self.sentences(what, facts)) for what, facts in plan]
        what, facts = plan[0]
        title = f"{facts['place']}: {self.random.choice(VERBS)} {what}".capitalize()
        return Text(title, self.sentence(what, facts), paragraphs, topic, plan)

    def form(self, kind: str) -> Text:
        """A new issue of a form letter: the same words, other facts."""
        facts = self.facts()
        lines = [self.fill(line, {**self.facts(), "place": facts["place"]}) for line in FORMS[kind]]
        return Text(
            f"Bản tin {kind} ngày {facts['day']} tại {facts['place']}", lines[0], lines, kind
        )

    def facts(self) -> dict[str, str]:
        """Figures, a day, places and a public body."""
        r = self.random
        return {
            "day": f"{r.randint(1, 28)}/{r.randint(1, 12)}",
            "n": str(r.randint(21, 980)),
            "m": str(r.randint(2, 40)),
            "p": f"{r.randint(1, 98)},{r.randint(1, 9)}",
            "place": r.choice(PLACES),
            "place2": r.choice(PLACES),
            "place3": r.choice(PLACES),
            "body": r.choice(BODIES),
            "day2": f"{r.randint(1, 28)}/{r.randint(1, 12)}",
            "g": str(r.randint(0, 9)),
            "h": str(r.randint(0, 9)),
            "p2": str(r.randint(55, 99)),
            "y": str(r.randint(1920, 1950)),
            "y2": str(r.randint(1951, 1975)),
            **{f"n{k}": f"{r.randint(0, 999999):06}" for k in range(2, 10)},
        }

    def sentences(self, what: str, facts: dict[str, str]) -> list[str]:
        """Two to four sentences about one fact."""
        said = [self.sentence(what, facts) for _ in range(self.random.randint(2, 3))]
        if self.random.random() < 0.4:
            said.append(self.fill(self.random.choice(SAYS), {**facts, "what": what}) + ".")
        return said

    def sentence(self, what: str, facts: dict[str, str]) -> str:
        """One sentence about one fact."""
        r = self.random
        parts = [
            f"{r.choice(WHEN)}, {r.choice(WHO)} {r.choice(VERBS)} {what}",
            r.choice(FIGURES) if r.random() < 0.7 else "",
            r.choice(HOW) if r.random() < 0.7 else "",
        ]
        return self.fill(", ".join(part for part in parts if part), facts) + "."

    def fill(self, pattern: str, facts: dict[str, str]) -> str:
        """Put facts into a pattern."""
        return pattern.format(**facts)

    def reworded(self, paragraph: str, share: float) -> str:
        """A desk's light edit: some words by others of the same meaning."""
        for word, other in SAME_WORD.items():
            if self.random.random() < share:
                paragraph = paragraph.replace(word, other)
        return paragraph
