"""The "font" encodings of Vietnamese before Unicode: TCVN3 (ABC), VNI and VISCII. Pure.

They put Vietnamese letters in the places of others, for fonts that show them.
"""

from __future__ import annotations

import re

_VISCII_LOW = {2: "Ẳ", 5: "Ẵ", 6: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
_VISCII_HIGH = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_TCVN3 = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
"""First byte -> the letters from there on."""


def _marks(pairs: str) -> dict[str, str]:
    """Read ``ùá øà``: in VNI the letter's mark, then what it makes of the letter."""
    return {pair[0]: pair[1] for pair in pairs.split()}


_VNI_TONES = {
    "a": _marks("ùá øà ûả õã ïạ ââ áấ àầ åẩ ãẫ äậ êă éắ èằ úẳ üẵ ëặ"),
    "e": _marks("ùé øè ûẻ õẽ ïẹ âê áế àề åể ãễ äệ"),
    "o": _marks("ùó øò ûỏ õõ ïọ âô áố àồ åổ ãỗ äộ"),
    "u": _marks("ùú øù ûủ õũ ïụ"),
    "y": _marks("ùý øỳ ûỷ õỹ"),
    "ô": _marks("ùớ øờ ûở õỡ ïợ"),
    "ö": _marks("ùứ øừ ûử õữ ïự"),
}
_VNI_SINGLE = _marks("ôơ öư ñđ æỉ óĩ òị îỵ")


def _table(codec: str) -> dict[int, str]:
    table: dict[int, str] = {}
    for start, letters in _TCVN3.items():
        table.update({start + index: letter for index, letter in enumerate(letters)})
    return {ord(bytes([byte]).decode(codec, "ignore") or chr(byte)): c for byte, c in table.items()}


def _vni_pairs() -> dict[str, str]:
    pairs: dict[str, str] = {}
    for base, tones in _VNI_TONES.items():
        for mark, letter in tones.items():
            pairs[base + mark] = letter
            pairs[base.upper() + mark.upper()] = letter.upper()
            pairs[base.upper() + mark] = letter.upper()
    for mark, letter in _VNI_SINGLE.items():
        pairs[mark] = letter
        pairs[mark.upper()] = letter.upper()
    return pairs


TCVN3_LETTERS = _table("cp1252")
VNI_PAIRS = _vni_pairs()
_VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, VNI_PAIRS), key=len, reverse=True)))
VISCII = {
    ord(seen): letter
    for seen, letter in (
        *((chr(byte), letter) for byte, letter in _VISCII_LOW.items()),
        *((chr(128 + index), letter) for index, letter in enumerate(_VISCII_HIGH)),
    )
}


_CP1252 = {byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(128, 160)}
"""windows-1252 without its five holes, as browsers read it."""


def read_tcvn3(text: str) -> str:
    """Return Vietnamese letters for the characters of a text in TCVN3 (ABC)."""
    return text.translate(TCVN3_LETTERS)


def read_vni(text: str) -> str:
    """Return Vietnamese letters for the characters of a text in VNI."""
    return _VNI_PATTERN.sub(lambda found: VNI_PAIRS[found[0]], text)


def read_viscii(text: str) -> str:
    """Return Vietnamese letters for the characters of a text in VISCII."""
    return text.translate(VISCII)


def as_browsers_read(text: str) -> str:
    """Return Latin-1 as windows-1252, which browsers take it for."""
    return text.translate(_CP1252)
