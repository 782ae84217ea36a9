"""Pages as browsers show them, from bytes to article: what people read is not lost."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.errors import NotAnArticle
from crawler.extract import extract
from crawler.extract.article import _keeps_promise, _own_name, _signs
from crawler.extract.hints import Hints, mark_title
from crawler.extract.text.drafts import choose_draft
from crawler.extract.text.title import Title
from crawler.sources import Layout as SourceLayout
from crawler.sources import Source
from storage.records import Evidence
from tests.support.markup import LONG, MORE, THIRD, context
from tests.support.markup import NOW as FETCHED

URL = "https://bao.example.vn/tin/kiem-tra-tuyen-ke-12345.html"
TITLE = "Kiểm tra tiến độ thi công tuyến kè chống sạt lở"
TEXTS = (LONG, MORE, THIRD, LONG.replace("12-3", "13-3"))
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in TEXTS)
DATE = "<div class=date>14/09/2011 08:30</div>"


def page(inner: str, head: str = "") -> bytes:
    return (
        f"<html><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1>{DATE}{inner}"
        "<div class=footer><a href=/>Trang chủ</a></div></body></html>"
    ).encode()


def text_of(inner: str, head: str = "") -> str:
    fetched = FETCHED.isoformat().replace("+00:00", "Z")
    article = extract(page(inner, head), url=URL, fetched_at=fetched)
    return f"{article.summary or ''}\n\n{article.body}"


@pytest.mark.parametrize(
    "inner",
    [
        f'<div class=content><a name="_top">{PARAGRAPHS}</div>',
        f'<div class=content><a name="_top">{PARAGRAPHS}</a></div>',
        "<div class=content>{}</div>".format("".join(f"<p><a name=x>{t}</a></p>" for t in TEXTS)),
        f"<div class=content>{PARAGRAPHS}<p><a name=end>Tuyến kè dài 2 km.</a></p></div>",
        f'<div class=content><a href="/anh.jpg">{PARAGRAPHS}</div>',
        f'<div class=content><p><a href="/anh.jpg"><img src=/anh.jpg></p>{PARAGRAPHS}</div>',
        f'<a href="/tin-khac.html"><div class=content>{PARAGRAPHS}</div></a>',
        f"<div class=content><figure><img src=/anh.jpg>{PARAGRAPHS}</div>",
        f"<div class=content><figure><img src=/anh.jpg><figcaption>Ảnh: NVA{PARAGRAPHS}</div>",
    ],
    ids=[
        *("anchor-open", "anchor-closed", "anchor-each", "anchor-short"),
        *("link-open", "picture-link-open", "link-around", "figure-open", "figcaption-open"),
    ],
)
def test_no_paragraph_is_lost_in_an_element_that_somebody_forgot_to_close(inner: str) -> None:
    found = text_of(inner)
    assert [text for text in TEXTS if text not in found] == []
    assert "Tuyến kè dài" not in inner or "Tuyến kè dài 2 km." in found


def test_teasers_with_their_leads_inside_links_are_no_text() -> None:
    cards = "".join(
        f"<a href=/t{n}.html><h3>Bài viết khác số {n} về đời sống của tỉnh</h3><p>{text}</p></a>"
        for n, text in enumerate(TEXTS)
    )
    with pytest.raises(NotAnArticle):
        text_of(f"<div class=list>{cards}</div>")


@pytest.mark.parametrize("between", ["</div><div>", "<br><br>"])
def test_an_article_with_related_links_in_its_box_is_no_list(between: str) -> None:
    texts = between.join(text[:100] + "." for text in TEXTS * 2)
    related = "".join(
        f"<div><a href=/t{n}.html>Bài viết khác số {n} về đời sống của tỉnh</a></div>"
        for n in range(6)
    )
    head = "<meta property=article:published_time content=2011-09-14T08:30:00+07:00>"
    found = text_of(f"<div class=x><div>{texts}</div>{related}</div>", head)
    assert TEXTS[0][:100] in found


PROMISED = "Hợp tác xã nông nghiệp An Hòa khai trương trạm bơm"
"""Fifty characters."""


@pytest.mark.parametrize(
    ("inner", "head", "kept"),
    [
        ("", "", False),
        ("", f"<title>{PROMISED}</title>", True),
        ("", f"<meta property=og:title content='{PROMISED}'>", True),
        ("", f"<meta name=twitter:title content='{PROMISED}'>", True),
        (f"<h1>{PROMISED}</h1>", "", True),
        (f"<p>{PROMISED}</p>", "", True),
        (f"<p><a href=/x>{PROMISED}</a></p>", "", False),
        (f"<h1><a href=/x>{PROMISED}</a></h1>", "", True),
        (f"<p><a href=/x>{PROMISED[:25]}</a>{PROMISED[25:]}</p>", "", False),
        (f"<p><a href=/x>{PROMISED[:24]}</a>{PROMISED[24:]}</p>", "", True),
    ],
)
def test_where_a_page_may_show_the_title_of_its_link(inner: str, head: str, *, kept: bool) -> None:
    shown = context(inner, head)
    shown.hints = Hints(title=PROMISED, place="feed")
    assert _keeps_promise(shown) is kept
    shown.repeated = [mark_title(PROMISED)]
    assert _keeps_promise(shown) is None
    shown.hints = Hints(place="feed")
    assert _keeps_promise(shown) is None


STATED = "<meta property=article:published_time content=2026-11-01>"
DAY = "<p>05/11/2026</p>"
SIGN = "<p>Lê Minh Anh</p>"


def signs_of(between: str, end: str, head: str, title: Title | None, headline: int | None) -> str:
    """The first letters of titled, dated, stated and signed, as far as the page is."""
    shown = context(f"<h1>Tựa</h1>{between}{PARAGRAPHS}{end}", head)
    shown.headline = headline
    draft = choose_draft(shown.page, shown.scan, [], 0)
    assert draft is not None
    draft.texts = [b for b in shown.scan.blocks if b.text in TEXTS]
    draft.texts += shown.scan.blocks[-1:] if end else []
    found = _signs(shown, draft, title)
    names = ("titled", "dated", "stated", "signed")
    return "".join(name[0] if getattr(found, name) else "-" for name in names)


@pytest.mark.parametrize(
    ("between", "end", "head", "wanted"),
    [
        ("", "", "", "t---"),
        (DAY, "", "", "td--"),
        ("<p>x</p>" * 4 + DAY, "", "", "td--"),
        ("<p>x</p>" * 5 + DAY, "", "", "t---"),
        ("", "", STATED, "tds-"),
        ("", "", "<meta itemprop=datePublished content=2026-11-01>", "tds-"),
        (DAY, SIGN, "", "td-s"),
        (DAY + "<p class=author>x</p>", "", "", "td-s"),
        (DAY, "<p>PV</p>", "", "td--"),
        ("", SIGN, STATED, "tds-"),
        ("", SIGN, "", "t---"),
    ],
)
def test_signs_of_an_article(between: str, end: str, head: str, wanted: str) -> None:
    sure = Evidence(how="h1", confidence=0.9)
    long, short = (Title(text="x" * n, evidence=sure, position=0) for n in (21, 20))
    assert signs_of(between, end, head, long, 0) == wanted
    untitled = "-" + wanted[1:].replace("-s", "--") if wanted.endswith("-s") else "-" + wanted[1:]
    assert signs_of(between, end, head, short, 0) == untitled
    assert signs_of(between, end, head, None, 0) == untitled
    nowhere = Title(text="x" * 21, evidence=sure, position=None)
    assert signs_of(between, end, head, nowhere, 0) == untitled


def test_without_a_headline_nothing_stands_between_it_and_the_text() -> None:
    title = Title(text="x" * 21, evidence=Evidence(how="h1", confidence=0.9), position=0)
    assert signs_of(DAY, "", "", title, None) == "t---"


def test_what_a_page_calls_itself_is_none_of_its_links_words() -> None:
    shown = context("<p>x</p>")
    shown.hints = Hints(title=PROMISED, place="feed")
    for how, name in (("h1", PROMISED), ("feed", "")):
        title = Title(text=PROMISED, evidence=Evidence(how=how, confidence=0.9), position=None)
        assert _own_name(shown, title) == name
    assert _own_name(shown, None) == ""


def refused(body: str, **options: Any) -> str | None:
    try:
        extract(body.encode(), url=URL, fetched_at="2026-11-24T01:00:00Z", **options)
    except NotAnArticle as refusal:
        return str(refusal.reason)
    return None


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        (f"<h1>{TITLE}</h1>{DATE}<div>{PARAGRAPHS}</div>", None),
        (f"<div>{PARAGRAPHS}</div>", "no-title"),
        (f"<h1>{TITLE}</h1>{DATE}", "no-body"),
        (f"<h1>{TITLE}</h1><video src=/a.mp4></video>", "video"),
        ("<div></div>", "empty-shell"),
    ],
)
def test_why_a_page_is_none(inner: str, wanted: str | None) -> None:
    assert refused(f"<html><body>{inner}</body></html>") == wanted


def test_a_source_and_its_layout_are_known_to_an_article() -> None:
    source = Source(
        id="x", name="Báo X", province="Huế", homepage="https://bao.example.vn/",
        layouts=(SourceLayout(name="content_fck"),),
    )  # fmt: skip
    body = page(f"<div class=content-fck>{PARAGRAPHS}</div>")
    fetched = "2026-11-24T01:00:00Z"
    article = extract(body, url=URL, source=source, fetched_at=fetched)
    assert article.source_id == "x"
    assert article.evidence["body"].how == "layout content_fck"
    plain = extract(body, url=URL, source=source, fetched_at=fetched, use_layouts=False)
    assert plain.evidence["body"].how == "generic"
    assert extract(body, url=URL, fetched_at=fetched).source_id == ""
    assert article.key == article.canonical_url == URL
