"""The provinces, before and after 1 July 2025.

Resolution 202/2025/QH15 of the National Assembly made 34 provinces and cities out of 63.
"""

from __future__ import annotations

import unicodedata

_MERGED = {
    "An Giang": ("An Giang", "Kiên Giang"),
    "Bắc Ninh": ("Bắc Ninh", "Bắc Giang"),
    "Cao Bằng": ("Cao Bằng",),
    "Cà Mau": ("Cà Mau", "Bạc Liêu"),
    "Cần Thơ": ("Cần Thơ", "Hậu Giang", "Sóc Trăng"),
    "Gia Lai": ("Gia Lai", "Bình Định"),
    "Huế": ("Thừa Thiên Huế",),
    "Hà Nội": ("Hà Nội",),
    "Hà Tĩnh": ("Hà Tĩnh",),
    "Hưng Yên": ("Hưng Yên", "Thái Bình"),
    "Hải Phòng": ("Hải Phòng", "Hải Dương"),
    "Khánh Hòa": ("Khánh Hòa", "Ninh Thuận"),
    "Lai Châu": ("Lai Châu",),
    "Lào Cai": ("Lào Cai", "Yên Bái"),
    "Lâm Đồng": ("Lâm Đồng", "Bình Thuận", "Đắk Nông"),
    "Lạng Sơn": ("Lạng Sơn",),
    "Nghệ An": ("Nghệ An",),
    "Ninh Bình": ("Ninh Bình", "Hà Nam", "Nam Định"),
    "Phú Thọ": ("Phú Thọ", "Hòa Bình", "Vĩnh Phúc"),
    "Quảng Ngãi": ("Quảng Ngãi", "Kon Tum"),
    "Quảng Ninh": ("Quảng Ninh",),
    "Quảng Trị": ("Quảng Trị", "Quảng Bình"),
    "Sơn La": ("Sơn La",),
    "TP Hồ Chí Minh": ("TP Hồ Chí Minh", "Bà Rịa - Vũng Tàu", "Bình Dương"),
    "Thanh Hóa": ("Thanh Hóa",),
    "Thái Nguyên": ("Thái Nguyên", "Bắc Kạn"),
    "Tuyên Quang": ("Tuyên Quang", "Hà Giang"),
    "Tây Ninh": ("Tây Ninh", "Long An"),
    "Vĩnh Long": ("Vĩnh Long", "Bến Tre", "Trà Vinh"),
    "Điện Biên": ("Điện Biên",),
    "Đà Nẵng": ("Đà Nẵng", "Quảng Nam"),
    "Đắk Lắk": ("Đắk Lắk", "Phú Yên"),
    "Đồng Nai": ("Đồng Nai", "Bình Phước"),
    "Đồng Tháp": ("Đồng Tháp", "Tiền Giang"),
}

PROVINCES = {old: new for new, olds in _MERGED.items() for old in olds}
"""Name before -> name since 1 July 2025."""


def fold_name(name: str) -> str:
    """Return letters and digits only, lower case, without accents: ``Đắk Lắk`` -> ``daklak``."""
    plain = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())
