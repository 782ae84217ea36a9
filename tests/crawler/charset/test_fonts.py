"""The tables of Vietnamese before Unicode, byte by byte."""

from __future__ import annotations

from crawler.charset.fonts import TCVN3_LETTERS, _table, as_browsers_read, read_tcvn3

TCVN3 = (
    "·ĂÂÊÔƠƯĐăâêôơưđ·"
    "·····àảãáạ·ằẳẵắ·"
    "······ặầẩẫấậè·ẻẽ"
    "éẹềểễếệìỉ···ĩíịò"
    "·ỏõóọồổỗốộờởỡớợù"
    "·ủũúụừửữứựỳỷỹýỵ·"
)
"""Bytes A0 to FF of TCVN 5712:1993, VN3; a dot where it has no letter."""


def test_each_byte_of_tcvn3_is_its_letter_and_each_letter_has_one_byte() -> None:
    seen = [chr(code) for code in range(0xA0, 0x100)]
    wanted = [char if letter == "·" else letter for char, letter in zip(seen, TCVN3, strict=True)]
    assert list(read_tcvn3("".join(seen))) == wanted
    assert _table("cp1252") == TCVN3_LETTERS
    letters = TCVN3.replace("·", "")
    assert len(set(letters)) == len(letters) == 74
    bytes_of = {letter: 0xA0 + place for place, letter in enumerate(TCVN3)}
    for letter in letters:
        assert read_tcvn3(chr(bytes_of[letter])) == letter
    below = "".join(map(chr, range(0xA0)))
    assert read_tcvn3(below) == below


def test_bytes_80_to_9f_are_the_signs_of_windows_1252() -> None:
    # https://encoding.spec.whatwg.org/#windows-1252: five bytes stay what they are.
    assert as_browsers_read("".join(map(chr, range(0x80, 0xA0)))) == (
        "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ"
    )
    others = "".join(map(chr, (*range(0x80), *range(0xA0, 0x180))))
    assert as_browsers_read(others) == others
