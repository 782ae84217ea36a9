"""Bytes to NFC Vietnamese, whatever the headers say."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.charset import decode, decode_page, decode_steps, fonts
from crawler.charset.decoding import _guess_utf16, _spell, find_charset
from crawler.discovery import read_feed, read_listing, read_sitemap
from crawler.extract import extract
from crawler.sources import Source

if TYPE_CHECKING:
    from collections.abc import Callable

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


TCVN3 = {letter: chr(code) for code, letter in fonts.TCVN3_LETTERS.items()}
VNI = {letter: pair for pair, letter in reversed(list(fonts.VNI_PAIRS.items()))}
VISCII = {chr(code): bytes([code]) for code in range(128)} | {
    letter: bytes([code]) for code, letter in fonts.VISCII.items()
}


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


TITLE = "Tỉnh ủy Long An họp về việc đưa nước sạch đến các xã vùng sâu"
PARAGRAPHS = "".join(f"<p>{TITLE}. {number}. {TEXT[15:190]}.</p>" for number in range(4))
PAGE = (
    f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1>"
    f'<div class="detail-content">{PARAGRAPHS}</div>'
    f'<ul><li><a href="/tin-moi-a167064.html">{TITLE}</a></li></ul></body></html>'
)
FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><item>'
    f"<title>{TITLE}</title><link>https://x.vn/tin-moi-a167064.html</link>"
    f"<description>{TEXT[15:190]}</description></item></channel></rss>"
)
SITEMAP = (
    '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url>'
    f"<loc>https://x.vn/tin-moi-a167064.html</loc><n:news><n:title>{TITLE}</n:title></n:news>"
    f"</url><!-- {TEXT[15:190]} --></urlset>"
)
X = Source(id="x", name="X", province="Tây Ninh", homepage="https://x.vn/")
ENCODERS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-16": lambda text: text.encode("utf-16"),
    "windows-1258": to_windows_1258,
    "tcvn3": lambda text: to_font(text, TCVN3).encode("latin-1"),
    "tcvn3 in utf-8": lambda text: to_font(text, TCVN3).encode(),
    "vni": lambda text: to_font(text, VNI).encode("cp1252"),
    "vni in utf-8": lambda text: to_font(text, VNI).encode(),
    "viscii": lambda text: b"".join(VISCII[letter] for letter in text),
}


@pytest.mark.parametrize("header", [None, "text/html; charset=iso-8859-1"])
@pytest.mark.parametrize("name", ENCODERS)
def test_lists_feeds_and_sitemaps_read_the_bytes_as_articles_do(
    name: str, header: str | None
) -> None:
    encode = ENCODERS[name]
    page = encode(PAGE)
    article = extract(
        page,
        url="https://x.vn/tin-a1.html",
        source=X,
        fetched_at="2026-11-24T00:00:00Z",
        content_type=header,
    )
    readings = (
        read_listing(page, "https://x.vn/", X, header).links,
        read_feed(encode(FEED), "https://x.vn/rss", header).items,
        read_sitemap(encode(SITEMAP), "https://x.vn/sitemap.xml", header).pages,
    )
    assert article.title == TITLE
    assert [[link.title for link in links] for links in readings] == [[TITLE]] * 3


def test_a_declaration_of_xml_is_believed_where_no_words_decide() -> None:
    declared = b'<?xml version="1.0" encoding="windows-1251"?><p>\xd4</p>'
    assert decode(declared).text.endswith("<p>Ф</p>")
    assert decode(declared).how == "page"
    assert decode(declared, "text/xml; charset=koi8-r").how == "header"


def test_a_declared_utf16_without_its_zero_bytes_is_not_believed() -> None:
    assert "café" in decode(b'<meta charset="utf-16"><p>caf\xe9 au lait</p>').text


@pytest.mark.parametrize("name", ENCODERS)
def test_text_in_pieces_is_the_same_text(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    body = ENCODERS[name](PAGE)
    whole = decode(body).text
    for size in (7, 100, 101, 103, 5000, len(body)):
        monkeypatch.setattr("crawler.charset.decoding._STEP", size)
        assert "".join(decode_steps(body)) == whole


@pytest.mark.parametrize("name", ["vni", "vni in utf-8"])
def test_letters_of_a_word_longer_than_a_piece_are_not_cut(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = ENCODERS[name](f"{'à' * 40} {PAGE}<p>{'à' * 40}</p>")
    whole = decode(body).text
    assert whole.count("à" * 40) == 2
    for size in (7, 8, 9):
        monkeypatch.setattr("crawler.charset.decoding._STEP", size)
        assert "".join(decode_steps(body)) == whole


def test_addresses_stay_as_the_site_wrote_them() -> None:
    href = unicodedata.normalize("NFD", "/tỉnh-ủy-a1.html")
    body = f'<a href="{href}">{unicodedata.normalize("NFD", TITLE)}</a>'.encode()
    (link,) = read_listing(body, "https://x.vn/", X).links
    assert (link.url, link.title) == (f"https://x.vn{href}", TITLE)


def test_every_letter_of_the_font_encodings() -> None:
    lower = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
    assert set(fonts.VISCII.values()) == {*lower, *lower.upper()}
    assert set(lower) <= set(fonts.TCVN3_LETTERS.values())
    # í and ì stand in VNI where they stand in Latin-1.
    assert {*lower} - {*"íì"} <= set(fonts.VNI_PAIRS.values())
    assert len(fonts.VISCII) == len(set(fonts.VISCII.values()))


@pytest.mark.parametrize(
    ("code", "letter"),
    [(2, "Ẳ"), (5, "Ẵ"), (6, "Ẫ"), (0x14, "Ỷ"), (0x19, "Ỹ"), (0x1E, "Ỵ"), (0x80, "Ạ"), (0xFF, "Ữ")],
)
def test_capitals_of_viscii_stand_among_the_control_characters(code: int, letter: str) -> None:
    # RFC 1456, table 1.
    assert fonts.read_viscii(chr(code)) == letter


def test_letters_and_their_marks_in_vni() -> None:
    assert fonts.read_vni("Toøa aùn VIEÄT NAM, ÑÖÔØNG ñöôøng") == "Tòa án VIỆT NAM, ĐƯỜNG đường"


def test_pages_of_sixteen_bits_in_either_order() -> None:
    for codec in ("utf-16-le", "utf-16-be"):
        decoded = decode_page(TEXT.encode(codec))
        assert (decoded.text, decoded.encoding) == (TEXT, codec)
        assert decode("Tin ngắn".encode(codec)).encoding == codec


@pytest.mark.parametrize(("before", "how"), [(4069, "page"), (4070, "detected")])
def test_a_declaration_stands_in_the_first_four_thousand_bytes(before: int, how: str) -> None:
    declaration = b'<meta charset="windows-1251'
    assert len(declaration) == 27
    page = b" " * before + declaration + b'"><p>\xd4\xf4</p>'
    assert find_charset(page).how == how


@pytest.mark.parametrize(
    ("body", "how"),
    [
        # eleven good letters for each bad byte
        ("ế".encode() * 11 + b"\xff....", "detected"),
        ("ế".encode() * 10 + b"\xff....", "words"),
        ("ế".encode() * 21 + b"\xff\xff....", "detected"),
        ("ế".encode() * 20 + b"\xff\xff....", "words"),
        # a letter that the end has cut
        (b"a" * 20 + b"\xe1\xba", "detected"),
        (b"a" * 20 + b"\xf0\x9f\x98", "detected"),
        (b"a" * 20 + b"\xff...", "words"),
        (b"a" * 20 + b"\xff..", "detected"),
    ],
)
def test_a_damaged_page_is_utf8_by_its_good_letters(body: bytes, how: str) -> None:
    found = find_charset(body)
    assert (found.name == "utf-8") is (how == "detected")


def test_a_letter_between_two_pieces_of_a_page_is_no_damage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("crawler.charset.decoding._STEP", 100)
    for damage, name in ((1, "utf-8"), (2, "utf-8"), (3, "cp1252")):
        # 32 letters in the first piece, of which the 33rd is cut, and the damage in a later one.
        page = b"aaa" + "ế".encode() * 99 + b"\xff" * damage + b"...."
        assert find_charset(page).name == name


@pytest.mark.parametrize("step", [1, 2, 3, 22, 23, 100])
def test_a_letter_that_the_end_cuts_is_seen_in_pieces_of_any_size(
    monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr("crawler.charset.decoding._STEP", step)
    assert find_charset(b"a" * 20 + b"\xe1\xba").how == "detected"
    assert find_charset(b"a" * 20 + "ế".encode()).how == "valid utf-8"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (b"a\0bc", None),
        (b"a\0b", "utf-16-le"),
        (b"\0ab", "utf-16-be"),
        (b"a\0b\0", "utf-16-le"),
        (b"\0a\0b", "utf-16-be"),
        (b"ab\0", "utf-16-be"),
        (b"", None),
        (b"a\0" * 333 + b"b" * 1334, None),
        (b"a\0" * 667 + b"b" * 666, "utf-16-le"),
        (b"a\0" * 667 + b"b" * 6660, "utf-16-le"),
    ],
)
def test_a_third_of_nuls_makes_sixteen_bits(body: bytes, wanted: str | None) -> None:
    assert _guess_utf16(body) == wanted


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("", 0.0),
        ("mot hai ba", 0.0),
        ("và của", 1.0),
        ("Và xyzé abc", 0.5),
        ("và \ufffd", 0.5),
        ("và \ufffd\ufffd\ufffd", 0.25),
        ("é và \ufffd\ufffd\ufffd", 0.0),
        ("v\u0061\u0300", 1.0),
        ("và " * 4000 + "xyzé " * 4000, 1.0),
        ("và " * 3999 + "éxyz", 3999 / 4000),
    ],
)
def test_how_much_of_a_text_is_usual_words(text: str, share: float) -> None:
    assert _spell(text) == share


def in_tcvn3(text: str) -> str:
    return to_font(text, TCVN3)


SAID = "nhân dân xã này đã được nước "
"""Of 29 characters, of which six are Latin-1 letters in TCVN3."""


@pytest.mark.parametrize(
    ("text", "is_undone"),
    [
        ("\xe9" * 39, False),
        (in_tcvn3(SAID * 8), True),
        (in_tcvn3(SAID * 8) + "ơ" * 10, True),
        (in_tcvn3(SAID * 8) + "ơ" * 11, False),
        (SAID * 8, False),
        ("é à è ù ç " * 30, False),
    ],
)
def test_what_is_a_font_in_utf8(text: str, *, is_undone: bool) -> None:
    assert (find_charset(text.encode()).letters is not None) is is_undone


@pytest.mark.parametrize(("letters", "is_undone"), [(39, False), (40, True)])
def test_a_font_is_undone_from_forty_letters_on(letters: int, *, is_undone: bool) -> None:
    text = in_tcvn3("đã " * 100)
    kept, seen = "", 0
    for letter in text:
        seen += letter > "\x7f"
        if seen > letters:
            break
        kept += letter
    assert sum(letter > "\x7f" for letter in kept) == letters
    # The middle of a page is looked at.
    page = " " * len(kept.encode()) + kept
    assert (find_charset(page.encode()).letters is not None) is is_undone


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Đồng Tháp – “Lúa gạo” …", "Đồng Tháp – “Lúa gạo” …"),
        ("Đo\u0302\u0300ng", "Đồng"),  # a mark behind each of several letters
        ("Tiền\u0323", "Tiềṇ"),
        ("Ấn Độ, Ψυχή, 北京, 서울", "Ấn Độ, Ψυχή, 北京, 서울"),
        ("\u1112\u1161\u11ab", "한"),
        ("10 k\u2126", "10 kΩ"),
    ],
)
def test_a_page_is_composed_whatever_letters_it_has(written: str, read: str) -> None:
    assert decode_page(written.encode()).text == read


def test_letters_are_composed_marks_of_emoji_are_kept_and_nuls_are_not() -> None:
    for text, wanted in (
        ("a\u0301\0b", "áb"),
        ("☺\ufe0f", "☺\ufe0f"),
        ("\u1100\u1161", "\uac00"),
        ("\u212b", "Å"),
        ("a\u0323\u0302", "ậ"),
    ):
        assert decode_page(text.encode()).text == wanted
    assert decode_page(b"abc").raw == b"abc"
    assert decode_page("á ☺\ufe0f".encode()).raw == "á ☺\ufe0f".encode()
    assert decode_page("a\u0301".encode()).raw is None
    assert decode_page(b"a\0").raw is None
    assert decode_page("á".encode("utf-16")).raw is None


def test_names_of_encodings_are_read_as_browsers_read_them() -> None:
    for name in ("iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii", "x-user-defined"):
        page = f'<meta charset="{name}"><p>'.encode() + b"\x80\xff</p>"
        assert decode(page).text.endswith("€ÿ</p>")
    assert find_charset(b"\xd4.....", "text/html; charset='windows-1251'").name == "windows-1251"
    for name in ("utf8", "utf-8", "utf-16", "hex", "nonsense"):
        assert find_charset(b"\xd4.....", f"text/html; charset={name}").how != "header"


def test_marks_of_order_come_first() -> None:
    for codec in ("utf-8-sig", "utf-16", "utf-32"):
        body = "Tỉnh".encode(codec)
        decoded = decode(body, "text/html; charset=iso-8859-1")
        assert (decoded.text, decoded.how) == ("Tỉnh", "bom")
        assert "".join(decode_steps(body)) == "Tỉnh"
    assert decode("\ufeffTỉnh".encode("utf-16-be")).text == "Tỉnh"
    assert decode("\ufeffTỉnh".encode("utf-32-be")).text == "Tỉnh"
