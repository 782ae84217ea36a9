"""What a robots.txt means, and how long a copy of it may be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.net.robots import Availability, Copies, Copy, Rules, judge_status, parse_rules

if TYPE_CHECKING:
    from pathlib import Path

MAX_AGE = 86_400.0
MAX_BYTES = 512_000

ORIGIN = "https://baolongan.vn"
PAGE = f"{ORIGIN}/a1.html"


@pytest.mark.parametrize(
    ("status", "availability"),
    [
        (200, Availability.RULES),
        (304, Availability.SAME),
        (301, Availability.UNAVAILABLE),
        (403, Availability.UNAVAILABLE),
        (404, Availability.UNAVAILABLE),
        (428, Availability.UNAVAILABLE),
        (429, Availability.UNREACHABLE),
        (430, Availability.UNAVAILABLE),
        (499, Availability.UNAVAILABLE),
        (500, Availability.UNREACHABLE),
        (503, Availability.UNREACHABLE),
    ],
)
def test_the_status_says_what_a_robots_txt_means(status: int, availability: Availability) -> None:
    assert judge_status(status) is availability


def test_without_rules_everything_is_allowed() -> None:
    assert Rules().allow(PAGE)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_rules_for_us_come_before_rules_for_all(start: bytes, end: str) -> None:
    lines = ["User-agent: *", "Disallow: /", "", "User-agent: baotinh", "Disallow: /rieng/"]
    rules = parse_rules(start + end.join([*lines, "Crawl-delay: 2.5", ""]).encode())
    assert rules.allow(PAGE)
    assert not rules.allow(f"{ORIGIN}/rieng/a.html")
    assert rules.delay == 2.5


def test_what_lies_beyond_the_limit_is_ignored() -> None:
    start = b"User-agent: *\nDisallow: /a\n"
    late = start + b"#" * (MAX_BYTES - len(start)) + b"\nDisallow: /\n"
    assert parse_rules(late).allow(f"{ORIGIN}/b.html")
    assert not parse_rules(late).allow(PAGE)


@pytest.mark.parametrize(
    ("age", "fresh"), [(0, True), (MAX_AGE, True), (MAX_AGE + 1, False), (-1, False)]
)
def test_a_copy_may_be_used_for_a_day(age: float, *, fresh: bool) -> None:
    assert Copy(1_000_000.0, b"").is_fresh(1_000_000.0 + age) is fresh


def test_a_copy_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    copies = Copies(tmp_path / "robots")
    assert copies.read(ORIGIN) is None
    copy = Copy(12.5, bytes(range(256)), '"tag"')
    copies.write(ORIGIN, copy)
    assert copies.read(ORIGIN) == copy
    assert copies.read("https://baotayninh.vn") is None


def test_a_copy_is_ours_alone_whole_and_bounded(tmp_path: Path) -> None:
    copies = Copies(tmp_path / "locks" / "robots")
    copies.write(ORIGIN, Copy(1.0, b"x" * 600_000))
    copies.write(ORIGIN, Copy(2.0, b"y" * 600_000))
    (file,) = (tmp_path / "locks" / "robots").iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert file.suffix == ".json"
    kept = copies.read(ORIGIN)
    assert kept == Copy(2.0, b"y" * 512_000)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"fetched_at": "x"}', b"\xff\xfe"])
def test_a_damaged_copy_is_none(tmp_path: Path, damage: bytes) -> None:
    copies = Copies(tmp_path)
    copies.write(ORIGIN, Copy(1.0, b""))
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage)
    assert copies.read(ORIGIN) is None


@pytest.mark.parametrize(
    "name",
    [
        "baotinh/1.0",
        "baotinh/1.0 # xin chào",
        "Baotinh bot",
        "BAOTINH",
        "baotinh # chỉ một",
        "baotinh*",
        "*baotinh*",
        "baotinh (+https://bao.example.vn)",
    ],
)
def test_our_name_binds_us_with_versions_comments_and_other_words(name: str) -> None:
    for field in ("User-agent:", "user agent :", "USER-AGENT"):
        rules = parse_rules(f"User-agent: *\nAllow: /\n\n{field} {name}\nDisallow: /".encode())
        assert not rules.allow(PAGE)


@pytest.mark.parametrize("name", ["b", "bao", "baotinh-news", "baotinhbot", "mybaotinh", "tinh"])
def test_names_of_others_do_not_bind_us(name: str) -> None:
    rules = parse_rules(f"User-agent: {name}\nDisallow: /\n\nUser-agent: *\nAllow: /".encode())
    assert rules.allow(PAGE)
    rules = parse_rules(f"User-agent: {name}\nUser-agent: baotinh/2\nDisallow: /".encode())
    assert not rules.allow(PAGE)


@given(st.text())
def test_no_text_breaks_the_reading_of_rules(text: str) -> None:
    parse_rules(f"User-agent: {text}\nDisallow: /".encode("utf-8", "replace"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_file_of_another_encoding_is_read(encoding: str, mark: str) -> None:
    """Editors of old systems save in two bytes a letter; what is denied there stays denied."""
    text = f"{mark}User-agent: *\r\nDisallow: /quan-tri/\r\nCrawl-delay: 7\r\n"
    rules = parse_rules(text.encode(encoding))
    assert not rules.allow("https://a.vn/quan-tri/")
    assert rules.allow("https://a.vn/thoi-su/")
    assert rules.delay == 7


@pytest.mark.parametrize("blank", [b" ", b"\t", b"User-agent ", b"user-agent:\t", b"\xc2\xa0"])
def test_a_long_line_of_blanks_is_read_at_once(blank: bytes) -> None:
    """A search that began anew at each blank would take an hour for this file."""
    rules = parse_rules(blank * (MAX_BYTES // len(blank) // 2) + b"x\nUser-agent: *\nDisallow: /a")
    assert not rules.allow(PAGE)


def test_a_path_that_holds_the_words_of_a_field_is_a_path() -> None:
    rules = parse_rules(b"User-agent: *\nDisallow: /user-agent: 7/\nDisallow: /user agent ")
    assert not rules.allow(f"{ORIGIN}/user-agent:%207/x")
    assert rules.allow(PAGE)
