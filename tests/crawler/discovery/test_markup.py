"""Bodies to bounded bytes, lines and addresses."""

from __future__ import annotations

import gzip

import pytest

from crawler.discovery import read_feed
from crawler.discovery.markup import absolute, one_line, parse_html, plain, text_of, unpack
from crawler.discovery.reader import read_seed
from crawler.sources import Source
from storage.states import SeedKind

MAX_URL = 2_000


def test_gzip_is_unpacked_member_by_member_up_to_the_limit() -> None:
    body = gzip.compress(b"a" * 100, mtime=0) + gzip.compress(b"b" * 100, mtime=0)
    assert unpack(body) == (b"a" * 100 + b"b" * 100, ())
    data, problems = unpack(gzip.compress(b"a" * 3_000_000, mtime=0), 1024 * 1024)
    assert len(data) == 1024 * 1024
    assert problems == ("is longer than 1 MiB; the rest was not read",)
    data, problems = unpack(gzip.compress(b"abc" * 1000, mtime=0)[:-12])
    assert problems == ("its gzip data ends early",)
    assert b"abcabc" in data


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        (" /a b.html\n", "https://x.vn/a%20b.html"),
        ("?p=2&amp;q=1", "https://x.vn/muc/?p=2&q=1"),
        ("c.html#top", "https://x.vn/muc/c.html"),
        ("//y.vn/a", "https://y.vn/a"),
        ("#top", None),
        ("javascript:void(0)", None),
        ("https://user@x.vn/", None),
        ("https://x.vn:999999/", None),
        ("/" + "a" * MAX_URL, None),
        (None, None),
    ],
)
def test_only_web_addresses_become_absolute(reference: str | None, url: str | None) -> None:
    assert absolute("https://x.vn/muc/", reference) == url


def test_lines_are_short_composed_and_never_blank() -> None:
    assert one_line(" Hue\u0302\u0301 \n\t 2026 ", 8) == "Huế 2026"
    assert one_line("abc", 2) == "ab"
    assert one_line(" \n ", 9) is None
    assert one_line(None, 9) is None


def test_titles_lose_markup_that_was_escaped_into_them() -> None:
    assert plain("<b>Giá</b> lúa &amp;amp; g&#7841;o") == "Giá lúa &amp; gạo"
    assert plain("1 < 2") == "1 < 2"


def test_titles_are_kept_up_to_the_length_of_any_headline() -> None:
    assert plain("a" * 501) == "a" * 500
    assert plain("<b>" + "a" * 500 + "</b>") == "a" * 500
    assert plain("<i></i>" * 50 + "Giá lúa") == "Giá lúa"


def test_dates_are_kept_up_to_the_length_of_any_date() -> None:
    item = f"<item><link>/a</link><pubDate>{'x' * 101}</pubDate></item>"
    (found,) = read_feed(f"<rss>{item}</rss>".encode(), "https://x.vn/rss").items
    assert found.date == "x" * 100


def test_the_tree_is_that_of_browsers_without_what_xml_forbids() -> None:
    assert parse_html(" \n ") is None
    root = parse_html("<p>Một<p>Hai\x0b<script>ba</script><!-- bốn --> năm\ud800")
    assert root is not None
    assert [node.text(deep=True) for node in root.css("p")][:1] == ["Một"]
    assert text_of(root, 100) == "MộtHai năm"
    assert text_of(root, 5) == "Một"


def test_addresses_are_as_long_as_a_link_may_be() -> None:
    for length, is_address in ((2000, True), (2001, False)):
        address = "https://x.vn/".ljust(length, "a")
        assert (absolute("https://x.vn/", address) is not None) is is_address
        # A short reference can become a long address.
        base = "https://x.vn/".ljust(length - 1, "b") + "/"
        assert (absolute(base, "c") is not None) is (is_address and length < 2000)


def test_a_body_is_read_up_to_its_most_bytes() -> None:
    mebibyte = 1024 * 1024
    said = ("is longer than 1 MiB; the rest was not read",)
    for body, problems in ((b"a" * mebibyte, ()), (b"a" * (mebibyte + 1), said)):
        assert unpack(body, mebibyte) == (b"a" * mebibyte, problems)
        assert unpack(gzip.compress(body, mtime=0), mebibyte) == (b"a" * mebibyte, problems)


@pytest.mark.parametrize(
    ("kind", "body", "most"),
    [
        (SeedKind.FEED, b"<html>", 8_388_608),
        (SeedKind.SITEMAP, b"<html>", 16_777_216),
        (SeedKind.LISTING, b'{"url": "/1"}', 4_194_304),
    ],
)
def test_each_kind_is_read_up_to_its_most_bytes(kind: SeedKind, body: bytes, most: int) -> None:
    source = Source(id="x", name="X", province="Huế", homepage="https://x.vn/")
    for length, is_cut in ((most, False), (most + 1, True)):
        problems = read_seed(kind, body.ljust(length), "https://x.vn/", source).problems
        said = f"is longer than {most // 1_048_576} MiB; the rest was not read"
        assert (said in problems) is is_cut


def test_zipped_members_are_read_to_the_last_and_what_follows_is_not() -> None:
    one = gzip.compress(b"a", mtime=0)
    assert unpack(one + b"rest") == (b"a", ())
    assert unpack(one * 3) == (b"aaa", ())
    data, problems = unpack(one + b"\x1f\x8bxx")
    assert data == b"a"
    assert problems[0].startswith("cannot be unzipped")


def test_a_line_is_cut_after_its_blanks_are_collapsed() -> None:
    assert one_line("a    b", 3) == "a b"
    assert one_line(" " * 8 + "a", 2) is None
    assert one_line(" " * 7 + "a", 2) == "a"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a &amp; b", "a & b"),
        ("a <b>b</b>", "a b"),
        (f"a <{'x' * 500}>b", "a b"),
        (f"<i>{' ' * 1_996}ab", "a"),
        (f"a <{'x' * 501}>b", f"a <{'x' * 501}>b"[:500]),
        ("", None),
        (None, None),
    ],
)
def test_escaped_markup_becomes_text(text: str | None, wanted: str | None) -> None:
    assert plain(text) == wanted
