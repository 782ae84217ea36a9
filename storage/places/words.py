"""Words beside a name that say whether it is a place, and which kind.

Vietnamese writes the kind before the name. What stands before it without a kind tells a place
from a person, a company, a street or a river of the same name.
"""

from __future__ import annotations

ONE_WORD_KINDS = {
    "xã": "xã", "phường": "phường", "huyện": "huyện", "quận": "quận", "tỉnh": "tỉnh",
    "tp": "thành phố", "tx": "thị xã", "tt": "thị trấn", "t.p": "thành phố", "t.x": "thị xã",
}  # fmt: skip
TWO_WORD_KINDS = {
    ("thành", "phố"): "thành phố", ("thị", "xã"): "thị xã", ("thị", "trấn"): "thị trấn",
    ("đặc", "khu"): "đặc khu",
    ("tỉnh", "ủy"): "tỉnh", ("thành", "ủy"): "thành phố", ("huyện", "ủy"): "huyện",
    ("quận", "ủy"): "quận", ("thị", "ủy"): "thị xã",
    ("tỉnh", "uỷ"): "tỉnh", ("thành", "uỷ"): "thành phố", ("huyện", "uỷ"): "huyện",
    ("quận", "uỷ"): "quận", ("thị", "uỷ"): "thị xã",
    ("tỉnh", "đoàn"): "tỉnh", ("thành", "đoàn"): "thành phố", ("huyện", "đoàn"): "huyện",
}  # fmt: skip
"""A kind of two words; committees of the party and youth are named after their unit."""
SECOND_WORDS = frozenset(second for _, second in TWO_WORD_KINDS)
SHORT_KINDS = {
    "tp": "thành phố", "tx": "thị xã", "tt": "thị trấn", "h": "huyện", "q": "quận",
    "p": "phường", "x": "xã", "t": "tỉnh",
}  # fmt: skip
"""Before a full stop: ``TP. Tân An``, ``H.Đức Huệ``."""
NO_KIND_AFTER = frozenset({"tác", "công", "làng", "liên"})
"""``hợp tác xã``, ``công xã``, ``làng xã``: that ``xã`` is no commune."""
BETWEEN = (
    "đảo", "biên giới", "miền núi", "vùng cao", "vùng sâu", "vùng xa", "vùng biên", "ven biển",
    "nghèo", "cù lao", "bãi ngang", "trung du", "anh hùng", "vùng cao biên giới", "đảo tiền tiêu",
    "nông thôn mới", "ngoại thành", "trung tâm", "mới",
)  # fmt: skip
"""What may stand between kind and name: ``xã biên giới Mỹ Quý Tây``."""

PLURAL = frozenset(
    "các những hai ba bốn năm sáu bảy tám chín mười nhiều cả số 02 03 04 05 06 07 08 09"
    " 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20".split()
)
"""Before a kind: a list of names follows."""

OFFICES = frozenset(
    "UBND HĐND HĐND-UBND UB MTTQ UBMTTQ TAND VKSND VKS CA BCH BTV BTG LLVT BĐBP LĐLĐ ĐVTN".split()
)
"""Offices in capitals, written right before the unit they belong to."""

SURNAMES = frozenset(
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đào đoàn vương trịnh"
    " trương đinh lâm phùng mai tô hà cao châu tạ thái lưu quách chu tống kiều thạch lương tăng"
    " đàm nghiêm thân triệu la từ khúc mạc doãn viên giang kim danh sơn ninh bạch văn diệp y điểu"
    " nông lò lường vi hứa cù quản đồng tôn hầu giàng vàng sùng thào lại phó ông lục thi âu"
    " khổng bế ma đổng ksor rơ rmah siu rcom hồng nay".split()
)
"""First words of persons' names."""
PERSONS = frozenset(
    (
        "ông", "bà", "anh", "chị", "em", "cô", "chú", "bác", "thầy", "bé", "cháu", "cụ", "tên",
        "họ", "nàng", "chàng", "mợ", "dì", "cậu", "mẹ", "cha", "bố", "vợ", "chồng", "hlv", "vđv",
        "nsnd", "nsưt", "gs", "ts", "ths", "pgs", "út", "sư", "cô giáo", "thầy giáo", "ca sĩ",
        "nghệ sĩ", "diễn viên", "đạo diễn", "nhạc sĩ", "bị cáo", "bị can", "nạn nhân", "đồng chí",
        "đ/c", "bác sĩ", "bác sỹ", "ca sỹ", "nghệ sỹ", "nhạc sỹ", "luật sư", "nhà thơ", "nhà văn",
        "nhà báo", "họa sĩ", "hoạ sĩ", "đại tá", "thượng tá", "trung tá", "thiếu tá", "đại úy",
        "thượng úy", "trung úy", "thiếu úy", "thiếu tướng", "trung tướng", "liệt sĩ", "hoa hậu",
        "á hậu", "người mẫu", "thủ môn", "tiền đạo", "hậu vệ", "tiền vệ", "võ sĩ", "kỳ thủ",
    )
)  # fmt: skip
"""Right before a name: a person follows."""
NEAR = frozenset(
    (
        "đường", "phố", "sông", "kênh", "rạch", "cầu", "hồ", "suối", "núi", "đèo", "đồi", "chợ",
        "ga", "bến", "cảng", "vịnh", "hẻm", "ngõ", "thôn", "ấp", "bản", "buôn", "làng", "khóm",
        "xóm", "sóc", "bon", "plei", "chùa", "đình", "đền", "miếu", "thờ", "xứ", "báo", "đài",
        "đội", "clb", "sạn", "quán", "tàu", "phà", "cống", "đập", "thác", "hang", "động", "cồn",
        "cù lao", "đảo", "hòn", "mũi", "lộ", "dốc", "vòng xoay", "ngã ba", "ngã tư", "ngã năm",
        "ngã sáu", "ngã bảy", "cửa khẩu", "sân bay", "bến xe", "khu phố", "dân phố", "tổ",
        "câu lạc bộ", "lạc bộ", "tạp chí", "nhà hàng", "khách sạn", "đại lộ", "cao tốc", "hải cảng",
        "quốc lộ", "tỉnh lộ", "công viên", "quảng trường", "rạp", "sân", "sân vận động", "thành cổ",
        "thủy điện", "nhiệt điện", "thuỷ điện", "xi măng", "xi-măng", "bia", "sữa", "nhãn hiệu",
        "thương hiệu", "đá", "gốm", "vườn quốc gia", "đầm", "phá", "bàu", "búng", "bãi", "biển",
        "mỏ", "nhà máy", "quốc gia", "tuồng", "giáo phận", "dòng", "hiệu", "thuyền", "cửa biển",
        "cửa", "hầm", "toà nhà", "tòa nhà", "chung cư", "vở", "phim", "bài", "bài hát", "sao",
        "fc", "hãng", "nhà xe", "xe", "taxi", "vận động", "hàng không", "giải", "cúp", "lăng",
    )
)  # fmt: skip
"""One or two words right before a name: something named after a place, not the place."""
FAR = frozenset(
    (
        "công ty", "tập đoàn", "ngân hàng", "trường", "đại học", "cao đẳng", "bệnh viện", "kcn",
        "ccn", "khu công nghiệp", "công nghiệp", "tác xã", "htx", "doanh nghiệp", "dntn", "ctcp",
        "xổ số", "xskt", "khu đô thị", "đô thị", "khu dân cư", "siêu thị", "thpt", "thcs", "học viện",
        "cao tốc", "quốc lộ", "tổng công ty", "nhà xuất bản", "phòng khám", "thẩm mỹ", "cty",
        "công ti", "nhà hát", "trại giam", "khu kinh tế", "khu du lịch", "quỹ",
    )
)  # fmt: skip
"""Up to seven words before a name without a preposition between: the same."""
STOPS = frozenset(
    "tại ở thuộc của từ trên về đến vào tới cho với là có sang trong qua giữa theo ra lên khắp do"
    " bởi được đã đang sẽ không này đó như nơi khu_vực bàn nhiều gồm gần cùng quê rời tỉnh huyện xã"
    " phường dân khi nếu thì mà để nhằm hôm ngày".split()
)
"""End the name of a company or school: what follows is a place again."""
OPENERS = frozenset(
    "tại ở về từ đến trong theo với riêng hiện khi và còn trên qua cả người vùng do để như giữa"
    " ngoài rời nhiều sau trước của cùng được thuộc gần hướng vì nhờ bởi sang tới vào nếu nhưng"
    " dù tuy rồi nay xưa đất quê miền khắp ngay đây chuyện lũ mưa bão nắng hạn gạo lúa dân".split()
)
"""Words that open a sentence in capitals, before a name."""

LIST_JOINTS = frozenset((", ", " và ", ", và ", "; ", " - ", " – ", " hay ", " hoặc ", " cùng ", " & "))
"""Between the names of a list."""
DASHES = frozenset((" - ", " – ", "-", "–"))
PARENT_JOINTS = frozenset((", ", " (", " - ", " – ", ",", "-", " thuộc ", ", thuộc ", " (thuộc ", " của "))
"""Between a unit and what holds it."""
