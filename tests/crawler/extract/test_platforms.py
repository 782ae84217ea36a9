"""Pages of platforms as their structure is known, with texts of our own: one test a field.

Each page is read with its layout, which must be recognised from the page alone, and without.
"""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest

from crawler.errors import NotAnArticle
from crawler.extract import extract
from crawler.sources import Layout, Source
from tests.support.paths import SAMPLES

if TYPE_CHECKING:
    from storage.records import Article

OWN = SAMPLES / "own"
PAGES = sorted(path.stem for path in OWN.glob("*.json"))
FIELDS = [
    *("title", "summary", "published", "published_on", "modified", "authors", "section_path"),
    *("tags", "images", "paragraphs", "language", "dateline", "byline_raw", "source_credit"),
]
FETCHED = "2026-11-24T01:12:00Z"
LAYOUT_ONLY = {("o1_nukeviet", "tags")}
"""What nothing but the platform's own markup tells."""
WITHOUT_LAYOUT = {"o8_tables"}


def clean(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(unicodedata.normalize("NFC", value).split())
    if isinstance(value, list | tuple):
        return [clean(each) for each in value]
    return value


@cache
def read(name: str, use_layouts: bool) -> tuple[Article, dict[str, Any]]:
    gold = json.loads((OWN / f"{name}.json").read_text("utf-8"))
    page = (OWN / f"{name}.html").read_bytes()
    return extract(page, url=gold["url"], fetched_at=FETCHED, use_layouts=use_layouts), gold


def check(name: str, field: str, use_layouts: bool) -> None:
    article, gold = read(name, use_layouts)
    attribute = {"published": "published_at", "modified": "modified_at"}.get(field, field)
    value, wanted = getattr(article, attribute), gold[field]
    if field == "images":
        value = [(image.url, image.caption) for image in value]
        wanted = [(urljoin(gold["url"], each["url"]), each["caption"]) for each in wanted]
    accepted = [clean(each) for each in (wanted, *gold.get(f"{field}_accept", []))]
    assert clean(value) in accepted


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("name", PAGES)
def test_a_field_is_right(name: str, field: str) -> None:
    check(name, field, use_layouts=True)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("name", PAGES)
def test_a_field_is_right_by_the_generic_rules(name: str, field: str) -> None:
    if (name, field) in LAYOUT_ONLY:
        pytest.skip("needs the layout")
    check(name, field, use_layouts=False)


@pytest.mark.parametrize("name", sorted(set(PAGES) - WITHOUT_LAYOUT))
def test_the_platform_is_recognised_from_the_page(name: str) -> None:
    article, _ = read(name, True)
    assert article.evidence["body"].how == f"layout {name.partition('_')[2]}"


TEXT = "Xã vừa đưa trạm cấp nước vào sử dụng, hơn ba trăm hộ có nước sạch quanh năm. "
OLD_AND_NEW = """<html><head><title>Trạm cấp nước mới</title></head><body>
<h1>Trạm cấp nước mới của xã</h1><div class="date">01/03/2022 08:00</div>
<div id="content"><div class="td-post-content"><p>{old}</p></div></div>
<div id="newscontents"><div class="content-fck"><p>{new}</p></div></div>{rest}</body></html>"""


@pytest.mark.parametrize(
    ("address", "wanted"),
    [("201803/tin-1", "vnpt"), ("202203/tin-1", "content_fck"), ("tin-1", "content_fck")],
)
def test_a_source_names_its_layout_for_a_span_of_days(address: str, wanted: str) -> None:
    source = Source(
        id="a",
        name="Báo A",
        province="Tây Ninh",
        homepage="https://a.vn/",
        layouts=(
            Layout(name="content_fck", since=dt.date(2020, 1, 1)),
            Layout(name="vnpt", until=dt.date(2019, 12, 31)),
        ),
    )
    page = OLD_AND_NEW.format(old=TEXT * 3, new=TEXT * 3, rest="")
    url = f"https://a.vn/xa-hoi/{address}/"
    article = extract(page.encode(), url=url, source=source, fetched_at=FETCHED)
    assert article.evidence["body"].how == f"layout {wanted}"


def test_a_layout_that_finds_little_is_outdone_and_says_so() -> None:
    rest = f"<div class=noidung>{f'<p>{TEXT * 4}</p>' * 4}</div>"
    page = OLD_AND_NEW.format(old="", new=TEXT, rest=rest)
    article = extract(page.encode(), url="https://a.vn/tin-a1.html", fetched_at=FETCHED)
    assert article.evidence["body"].how == "generic, layout content_fck found less"
    assert len(article.body) > 16 * len(TEXT)


def test_a_text_that_a_script_would_decode_is_no_body_and_nothing_takes_its_place() -> None:
    page = (OWN / "o4_dcontent.html").read_text("utf-8")
    start = page.index('<div id="dcontent">') + len('<div id="dcontent">')
    end = page.index('<div class="comment">')
    teaser = "<p>" + "Người dân hai bên rạch góp công làm cầu, mỗi nhà một ngày. " * 8 + "</p>"
    empty = f'{page[:start]}</div><div class="box">{teaser * 4}</div>{page[end:]}'
    with pytest.raises(NotAnArticle) as refused:
        extract(empty.encode(), url="https://baotinhmau.vn/x-211873.htm", fetched_at=FETCHED)
    assert refused.value.reason == "no-body"
