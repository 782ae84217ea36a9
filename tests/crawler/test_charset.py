"""Bytes to NFC Vietnamese, whatever the headers say."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import charset
from crawler.charset import decode_page

TEXT = (
    "<html><body><p>Năm 2024, Tỉnh ủy Long An đề ra các chỉ tiêu chủ yếu của tỉnh và nhân dân trong"
    " những ngày này, không một người nào được về để theo ông bà với việc đã có tại xã.</p>"
    "<p>Đại hội Đảng bộ ấp, phường; kỹ thuật, lỵ sở, nghĩa vụ, ẵm bồng, hữu hiệu, lưỡng lự, nẻo,"
    " ngõ, hẻm, lỗ, ổ, ở, ỡ, ợ, ứ, ừ, ử, ữ, ự, ũ, ụ, ý, ỳ, ỷ, ỹ, ỵ</p></body></html>"
)


def to_windows_1258(text: str) -> bytes:
    """windows-1258 has base letters and combining tones: Python's codec takes only those."""
    pieces = []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tones = [mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323"]
        base = unicodedata.normalize("NFC", "".join(p for p in parts if p not in tones))
        pieces.append((base + "".join(tones)).encode("cp1258"))
    return b"".join(pieces)


def to_font(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(letter, letter) for letter in text)


TCVN3 = {letter: chr(code) for code, letter in charset._TCVN3_TABLE.items()}
VNI = {letter: pair for pair, letter in reversed(list(charset._VNI_PAIRS.items()))}
VISCII = {letter: bytes([code]) for code, letter in enumerate(charset._VISCII_TABLE)}


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (TEXT.encode(), None),
        (TEXT.encode(), "text/html; charset=iso-8859-1"),
        (TEXT.encode(), "text/html; charset=utf-8-vn"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "text/html; charset=windows-1252"),
        (TEXT.encode("utf-16"), "text/html"),
        (TEXT.encode("utf-16-le"), None),
        (unicodedata.normalize("NFD", TEXT).encode(), None),
        (to_windows_1258(TEXT), "text/html; charset=utf-8"),
        (to_windows_1258(TEXT), "text/html; charset=windows-1258"),
        (b"".join(VISCII[letter] for letter in TEXT), "text/html; charset=iso-8859-1"),
        (to_font(TEXT, TCVN3).encode("latin-1"), "text/html; charset=x-user-defined"),
        (to_font(TEXT, TCVN3).encode("utf-8"), "text/html; charset=utf-8"),
        (to_font(TEXT, VNI).encode("cp1252", "replace"), "text/html; charset=windows-1252"),
        (to_font(TEXT, VNI).encode("utf-8"), None),
    ],
)
def test_vietnamese_comes_out_as_nfc(body: bytes, header: str | None) -> None:
    assert decode_page(body, header).text == TEXT


def test_a_cut_utf8_page_stays_utf8() -> None:
    assert decode_page(TEXT.encode()[:-40][:151]).encoding == "utf-8"


def test_french_is_not_taken_for_a_font() -> None:
    text = "<p>" + "L’été dernier, à l’hôtel où nous étions, ça a été très agréable. " * 20
    assert decode_page(text.encode()).text == text


@given(st.binary(max_size=400), st.none() | st.text(max_size=60))
def test_any_bytes_decode(body: bytes, header: str | None) -> None:
    text = decode_page(body, header).text
    assert "\0" not in text
    assert unicodedata.is_normalized("NFC", text)
