"""What an answer to an article link means: status first, then place, then the page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scrapy import Request

from crawler.failures import Word
from crawler.runs.answers import AnswerKind, PageAnswer, is_front_page, name_status, read_answer
from crawler.runs.links import make_link
from tests.support.runs import HOME, NOW, SOURCE, answer

URL = HOME + "tin/khai-mac-hoi-cho-nong-san-a12345.html"
TEXT = "Sáng nay, hội chợ nông sản của tỉnh khai mạc với hơn một trăm gian hàng. " * 6
PAGE = f"""<html><head><title>Khai mạc hội chợ nông sản</title></head><body>
<h1>Khai mạc hội chợ nông sản</h1><div class="content"><p>{TEXT}</p><p>{TEXT}</p></div>
</body></html>"""


def read(
    body: str = PAGE, status: int = 200, *, url: str = URL, etag: str | None = None, **meta: object
) -> PageAnswer:
    link = replace(make_link(SOURCE, URL, found_at=NOW), etag=etag)
    request = Request(url, meta={"link": link, **meta})
    return read_answer(answer(request, body, status, ETag='"v2"'), link, SOURCE, now=NOW)


def test_a_page_is_read_and_carries_the_new_validators_on_its_link() -> None:
    found = read()
    assert found.kind is AnswerKind.ARTICLE
    assert found.article is not None
    assert found.article.title == "Khai mạc hội chợ nông sản"
    assert found.article.key == found.link.key
    assert found.link.etag == '"v2"'


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        (404, AnswerKind.GONE, "http-404"),
        (410, AnswerKind.GONE, "http-410"),
        (403, AnswerKind.FAILED, "http-403"),
        (500, AnswerKind.FAILED, "http-500"),
    ],
)
def test_a_status_decides_before_the_page_does(status: int, kind: AnswerKind, reason: str) -> None:
    found = read(status=status)
    assert (found.kind, found.reason, found.article) == (kind, reason, None)


@pytest.mark.parametrize("status", [403, 429, 503])
def test_a_check_for_robots_is_one_whatever_its_status(status: int) -> None:
    check = '<form id="challenge-form" action="/cdn-cgi/challenge-platform/h/b"></form>'
    found = read(f"<html><head><title>Just a moment...</title></head><body>{check}", status)
    assert (found.kind, found.reason) == (AnswerKind.REJECTED, Word.BOT_CHECK)


def test_an_empty_page_has_failed() -> None:
    assert read("  \n").reason == Word.EMPTY_BODY


def test_not_modified_counts_only_where_somebody_asked() -> None:
    assert read(status=304, etag='"v1"').kind is AnswerKind.UNCHANGED
    assert read(status=304).kind is AnswerKind.AGAIN
    asked = read(status=304, unconditional=True)
    assert (asked.kind, asked.reason) == (AnswerKind.FAILED, "http-304")


def test_a_redirect_decides_by_where_it_ends() -> None:
    away = read(url="https://other.example.com/a12345.html")
    assert (away.kind, away.reason) == (AnswerKind.REJECTED, Word.OFF_SITE)
    home = read(url=HOME, redirect_times=1)
    assert (home.kind, home.reason) == (AnswerKind.GONE, Word.REDIRECT_HOME)


def test_a_page_without_text_is_no_article() -> None:
    found = read("<html><body><h1>Khai mạc hội chợ nông sản</h1></body></html>")
    assert found.kind is AnswerKind.REJECTED
    assert found.reason


def test_what_the_link_says_is_a_witness_for_title_and_date() -> None:
    headline = "Khai mạc hội chợ nông sản của tỉnh năm nay"
    link = replace(
        make_link(SOURCE, URL, found_at=NOW),
        title_hint=headline,
        date_hint="Wed, 14 Sep 2011 08:30:00 +0700",
        seed_id=7,
    )
    nameless = f"<html><title>Báo điện tử</title><body><p>{TEXT}</p><p>{TEXT}</p></body></html>"
    page = answer(Request(URL, meta={"link": link}), nameless, 200)
    found = read_answer(page, link, SOURCE, now=NOW, kinds=lambda: {7: "feed"}).article
    assert found is not None
    assert (found.title, found.published_at) == (headline, "2011-09-14T08:30:00+07:00")
    assert (found.evidence["title"].how, found.published_from) == ("feed", "feed")


CHECK = '<title>Just a moment...</title><form action="/cdn-cgi/challenge-platform/h/b"></form>'


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (401, CHECK, "bot-check"),
        (403, CHECK, "bot-check"),
        (429, CHECK, "bot-check"),
        (503, CHECK, "bot-check"),
        (402, CHECK, "http-402"),
        (404, CHECK, "http-404"),
        (500, CHECK, "http-500"),
        (403, "<p>no</p>", "http-403"),
        (403, "", "http-403"),
    ],
)
def test_a_status_is_named_by_what_its_page_shows(status: int, body: str, reason: str) -> None:
    request = Request(URL)
    assert name_status(answer(request, body, status)) == reason


@pytest.mark.parametrize(
    ("etag", "meta", "kind"),
    [
        ('"1"', {}, AnswerKind.UNCHANGED),
        (None, {}, AnswerKind.AGAIN),
        ('"1"', {"unconditional": True}, AnswerKind.FAILED),
        (None, {"unconditional": True}, AnswerKind.FAILED),
    ],
)
def test_not_modified_is_believed_where_it_was_asked_for(
    etag: str | None, meta: dict[str, object], kind: AnswerKind
) -> None:
    assert read("", 304, etag=etag, **meta).kind is kind


@pytest.mark.parametrize(
    ("url", "meta", "kind", "reason"),
    [
        (HOME, {"redirect_times": 1}, AnswerKind.GONE, "redirect-home"),
        (HOME + "?a=1", {"redirect_times": 1}, AnswerKind.GONE, "redirect-home"),
        (HOME, {}, AnswerKind.REJECTED, "listing"),
        ("https://khac.example.vn/a", {}, AnswerKind.REJECTED, "off-site"),
        (HOME + "tin/ban-moi-a54321.html", {"redirect_times": 1}, AnswerKind.ARTICLE, ""),
    ],
)
def test_a_page_that_came_from_elsewhere_is_judged_by_its_place(
    url: str, meta: dict[str, object], kind: AnswerKind, reason: str
) -> None:
    found = read(url=url, **meta)
    assert (found.kind, found.reason) == (kind, reason)
    if kind is AnswerKind.ARTICLE and "54321" in url:
        assert found.article is not None
        assert found.article.key != found.link.key


@pytest.mark.parametrize(
    ("url", "homepage", "is_front"),
    [
        (HOME, HOME, True),
        (HOME + "?utm_source=x", HOME, True),
        (HOME + "index.html", HOME, True),
        (HOME + "tin/bai-viet-a12345.html", HOME, False),
        (HOME + "tin/", HOME, False),
        (HOME + "vi/", HOME + "vi/", True),
        (HOME, HOME + "vi/", False),
    ],
)
def test_a_front_page_is_known(url: str, homepage: str, is_front: bool) -> None:
    assert is_front_page(url, replace(SOURCE, homepage=homepage)) is is_front
