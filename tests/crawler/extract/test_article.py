"""Pages as browsers show them, from bytes to article: what people read is not lost."""

from __future__ import annotations

import pytest

from crawler.errors import NotAnArticle
from crawler.extract import extract
from tests.support.markup import LONG, MORE, THIRD
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
