"""Which fields articles have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.monitoring.coverage import BY_LAYOUT, FIELDS, coverage, outdone, outline_of
from crawler.runs.links import make_link, row_of
from crawler.sources import Source
from storage.records import Article, Evidence, Image
from tests.support.template import open_new

if TYPE_CHECKING:
    from pathlib import Path

ENOUGH_BODY = 200


def article(how: str = "generic", **fields: object) -> Article:
    evidence = {"body": Evidence(how=how, confidence=1.0)} if how else {}
    base: dict[str, object] = {"source_id": "a", "url": "", "title": "T", "evidence": evidence}
    return Article(**base | fields)  # type: ignore[arg-type]


BARE = article("")


@pytest.mark.parametrize(
    ("name", "has"),
    [
        ("a body", article(body="x" * ENOUGH_BODY)),
        ("a lead", article(summary="Sáng nay")),
        ("authors", article(authors=["An"])),
        ("authors", article(source_credit="TTXVN")),
        ("a date", article(published_on="2026-11-24")),
        ("a time", article(published_at="2026-11-24T10:00:00+07:00")),
        ("a section", article(section="Thời sự")),
        ("tags", article(tags=["lúa"])),
        ("pictures", article(images=[Image(url="https://a.vn/x.jpg")])),
        (BY_LAYOUT, article("layout onecms")),
    ],
)
def test_each_field_is_counted_where_it_is(name: str, has: Article) -> None:
    assert coverage([has])[name] == 1.0
    assert coverage([has, BARE])[name] == 0.5
    others = {n: share for n, share in coverage([has]).items() if n != name}
    assert set(others.values()) <= {0.0}
    assert set(FIELDS) == {name, *others}


def test_a_body_that_is_too_short_is_none() -> None:
    assert coverage([article(body="x" * (ENOUGH_BODY - 1))])["a body"] == 0.0
    assert coverage([]) == {}


def test_layouts_that_found_less_are_counted() -> None:
    less = article("generic, layout onecms found less")
    assert outdone(list(map(outline_of, [less, article("layout onecms"), BARE, less]))) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"body": "ằ" * (ENOUGH_BODY - 1)},
        {"body": "ằ" * ENOUGH_BODY, "summary": "Sáng nay", "section": "Thời sự"},
        {"body": "ằ" * 3000, "authors": ["Hải Đường"], "tags": ["lúa"]},
        {"source_credit": "TTXVN", "images": [Image(url="https://a.vn/x.jpg")] * 2},
        {"published_on": "2026-11-24", "published_at": "2026-11-24T10:00:00+07:00"},
        {"published_raw": "24/11/2026 10:00", "summary": "", "source_credit": ""},
        {"evidence": {"title": Evidence(how="h1", confidence=0.25)}},
        {"evidence": {"body": Evidence(how="layout a", confidence=0.5)}},
        {"evidence": {"summary": Evidence(how="meta", confidence=0.5)}},
    ],
)
def test_the_archive_gives_an_article_in_short_as_it_was(
    tmp_path: Path, fields: dict[str, object]
) -> None:
    values = {"source_id": "a", "url": "https://a.vn/1", "key": "1", "title": "Giá lúa"}
    values |= {"fetched_at": "2026-11-24T03:00:00Z", "body": "Ngắn."}
    one = Article(**values | fields)  # type: ignore[arg-type]
    source = Source(id="a", name="A", province="Huế", homepage="https://a.vn/")
    with open_new(tmp_path / "a.db") as archive:
        archive.sources.put(row_of(source))
        link = make_link(source, one.url, found_at=one.fetched_at, key="1")
        archive.add(one, link=archive.links.known(link), capture=None, run_id=None)
        assert archive.articles.outlines("a", 5) == [outline_of(one)]
