"""canonical_url(): one spelling for each page, and never one for two."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from storage.urls import as_browsers_read, canonical_url, resolve_url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://baolongan.vn/a-a167064.html", "https://baolongan.vn/a-a167064.html"),
        ("HTTPS://BaoLongAn.VN/Tin-Moi.html", "https://baolongan.vn/Tin-Moi.html"),
        ("https://baolongan.vn", "https://baolongan.vn/"),
        ("https://baolongan.vn:443/a", "https://baolongan.vn/a"),
        ("http://baolongan.vn:80/a", "http://baolongan.vn/a"),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/a"),
        ("https://baolongan.vn:80/a", "https://baolongan.vn:80/a"),
        ("http://baolongan.vn:443/a", "http://baolongan.vn:443/a"),
        ("http://baolongan.vn:080/a", "http://baolongan.vn/a"),
        ("https://baolongan.vn/a?utm=1&UTM_=2", "https://baolongan.vn/a?utm=1"),
        ("https://baolongan.vn/a/b/.././c/..", "https://baolongan.vn/a/"),
        ("https://" + "a." * 125 + "vn./", "https://" + "a." * 125 + "vn/"),
        ("https://" + "a." * 125 + "vnx/", "https://" + "a." * 125 + "vnx/"),
        ("https://baolongan.vn./a", "https://baolongan.vn/a"),
        ("https://baolongan.vn/a#binh-luan", "https://baolongan.vn/a"),
        ("https://baolongan.vn/a?", "https://baolongan.vn/a"),
        ("https://baolongan.vn/a?utm_source=zalo&id=5&UTM_Medium=x", "https://baolongan.vn/a?id=5"),
        ("https://baolongan.vn/a?fbclid=IwAR0&zarsrc=31", "https://baolongan.vn/a"),
        ("https://baolongan.vn/a?id=2&page=1", "https://baolongan.vn/a?id=2&page=1"),
        ("https://baolongan.vn/a;jsessionid=8F?x=1", "https://baolongan.vn/a?x=1"),
        ("https://baolongan.vn/tin%2dmoi%e1%ba%a1", "https://baolongan.vn/tin-moi%E1%BA%A1"),
        ("https://baolongan.vn/tin mới", "https://baolongan.vn/tin%20m%E1%BB%9Bi"),
        ("https://baolongan.vn/a%zz", "https://baolongan.vn/a%25zz"),
        ("https://baolongan.vn/x/../a/./b", "https://baolongan.vn/a/b"),
        ("https://baolongan.vn/x/%2e%2e/a", "https://baolongan.vn/a"),
        ("https://baolongan.vn/../..", "https://baolongan.vn/"),
        ("https://báotỉnh.vn/a", "https://xn--botnh-xqa8074c.vn/a"),
        ("  https://baolongan.vn/\na\t ", "https://baolongan.vn/a"),
        ("http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
    ],
)
def test_one_spelling(url: str, expected: str) -> None:
    assert canonical_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/a.html",
        "//baolongan.vn/a",
        "baolongan.vn/a",
        "ftp://baolongan.vn/a",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "mailto:a@b.vn",
        "http://",
        "http:///a",
        "http:\\\\127.0.0.9\\",
        "http://a b/c",
        "http://bao@127.0.0.9/",
        "http://baolongan.vn:99999/a",
        "http://baolongan.vn:x/a",
        "http://[::1/a",
        "http://-/a",
        "http://" + "a" * 300 + ".vn/",
        "http://" + "a." * 125 + "vnxy/",
        "http://[::g]/a",
        "http://baolongan.vn/\ud800",
    ],
)
def test_what_is_no_absolute_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - some come from the codec
        canonical_url(url)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.vn/Tin", "https://a.vn/tin"),
        ("https://a.vn/tin", "https://a.vn/tin/"),
        ("https://a.vn/?p=1", "https://a.vn/?p=2"),
        ("https://a.vn/?p=1&q=2", "https://a.vn/?q=2&p=1"),
        ("https://a.vn/?p=1", "https://a.vn/?P=1"),
        ("https://a.vn/a%2Fb", "https://a.vn/a/b"),
        ("https://a.vn/?a=b%26c", "https://a.vn/?a=b&c"),
        ("https://a.vn/?a=1%2B1", "https://a.vn/?a=1+1"),
        ("https://a.vn:8443/", "https://a.vn/"),
        ("https://a.vn/a//b", "https://a.vn/a/b"),
        ("https://a.vn/?sid=1", "https://a.vn/?sid=2"),
    ],
)
def test_different_pages_stay_different(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


HOSTS = st.from_regex(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?\.(vn|gov\.vn|com\.vn)", fullmatch=True)
TEXT = st.text(st.characters(codec="utf-8"), max_size=30)


@given(host=HOSTS, path=TEXT, query=TEXT, fragment=TEXT)
def test_canonical_is_stable_and_plain(host: str, path: str, query: str, fragment: str) -> None:
    once = canonical_url(f"https://{host}/{path}?{query}#{fragment}")
    assert canonical_url(once) == once
    assert once.isascii()
    assert " " not in once
    assert not urlsplit(once).fragment
    assert urlsplit(once).hostname == host


@given(url=st.text(max_size=60))
def test_any_text_is_a_url_or_a_value_error(url: str) -> None:
    try:
        once = canonical_url(url)
    except ValueError:
        return
    assert canonical_url(once) == once


SEGMENT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(
    lambda text: text not in (".", "..") and not text.lower().startswith(";jsessionid=")
)


@given(host=HOSTS, one=st.lists(SEGMENT, max_size=4), other=st.lists(SEGMENT, max_size=4))
def test_different_paths_never_merge(host: str, one: list[str], other: list[str]) -> None:
    assume(one != other)
    assume(not any(";jsessionid=" in segment.lower() for segment in one + other))
    urls = ["https://{}/{}".format(host, "/".join(quote(s, "") for s in p)) for p in (one, other)]
    assume(not any(s in ("%2E", "%2E%2E") for url in urls for s in url.split("/")))
    assert canonical_url(urls[0]) != canonical_url(urls[1])


@given(host=HOSTS, one=TEXT, other=TEXT)
def test_different_values_never_merge(host: str, one: str, other: str) -> None:
    assume(one != other)
    first, second = (canonical_url(f"https://{host}/a?id={quote(v, '')}") for v in (one, other))
    assert first != second


@given(host=HOSTS, value=st.from_regex(r"[A-Za-z0-9_-]{0,20}", fullmatch=True))
def test_where_a_reader_came_from_changes_nothing(host: str, value: str) -> None:
    plain = f"https://{host}/tin-a12.html"
    assert canonical_url(f"{plain}?utm_campaign={value}&fbclid={value}#{value}") == plain
    assert canonical_url(f"{plain}?id=1&gclid={value}") == f"{plain}?id=1"


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        (r"\tin\a-1.html", "https://x.vn/tin/a-1.html"),
        (r"..\b.html?q=a\b#c\d", "https://x.vn/b.html?q=a\\b#c\\d"),
        (r"\\y.vn\a", "https://y.vn/a"),
        (r"http:\\y.vn\a", "http://y.vn/a"),
        ("HTTPS://y.vn/A", "https://y.vn/A"),
        ("HTTP://y.vn/A", "http://y.vn/A"),
        (" /a\nb.html\t", "https://x.vn/ab.html"),
        ("JavaScript:void(0)", None),
        ("ftp://y.vn/a", None),
        ("http:///a", None),
        ("http://y.vn:99999/", None),
    ],
)
def test_references_are_read_as_browsers_read_them(reference: str, url: str | None) -> None:
    assert resolve_url("https://x.vn/muc/", reference) == url


@given(st.text())
def test_reading_a_reference_twice_changes_nothing(text: str) -> None:
    once = as_browsers_read(text)
    assert as_browsers_read(once) == once
