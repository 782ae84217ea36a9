"""What is read from JSON-LD, whole or broken."""

from __future__ import annotations

import json
from typing import Any

from crawler.extract.dom.structured import Structured, read_structured
from tests.support.markup import parse

ARTICLE: dict[str, Any] = {
    "@type": "NewsArticle",
    "headline": "Kè &amp; sông",
    "datePublished": "2026-11-01",
}


def read(*values: Any) -> Structured:
    head = "".join(
        f'<script type="application/ld+json">{v if isinstance(v, str) else json.dumps(v)}</script>'
        for v in values
    )
    return read_structured(parse("", head))


def test_fields_of_the_article() -> None:
    found = read(
        ARTICLE
        | {
            "author": [
                {"@type": "Person", "name": "Lê Anh"},
                {"@type": "Organization", "name": "X"},
            ],
            "publisher": {"name": "Báo"},
            "articleSection": ["Thời sự", "Tỉnh"],
            "keywords": "a,b",
            "image": {"url": "/a.jpg"},
        }
    )
    assert found.headline == "Kè & sông"
    assert found.published == "2026-11-01"
    assert found.authors == ["Lê Anh"]
    assert found.signed == ["Lê Anh", "X"]
    assert found.organizations == ["X", "Báo"]
    assert found.sections == ["Thời sự", "Tỉnh"]
    assert found.keywords == ["a,b"]
    assert found.images == ["/a.jpg"]
    assert found.whole


def test_the_article_goes_before_a_page_and_one_with_a_date_before_one_without() -> None:
    bare = {"@type": "NewsArticle", "headline": "Không ngày"}
    assert read({"@type": "WebPage", "headline": "Trang", "datePublished": "x"}, ARTICLE).headline
    assert read(bare, ARTICLE).headline == "Kè & sông"
    assert read(bare).headline == "Không ngày"
    assert read({"@type": "WebPage", "datePublished": "2026-11-02"}).published == "2026-11-02"
    assert read({"@type": "Person", "name": "A"}).headline is None


def test_listed_articles_are_others() -> None:
    listed = {"@type": "ItemList", "itemListElement": [ARTICLE]}
    assert read(listed).headline is None
    assert read({"@graph": [ARTICLE]}).headline == "Kè & sông"


def test_authors_are_looked_up_by_id() -> None:
    person = {"@type": "Person", "@id": "#a", "name": "Lê Anh"}
    assert read(ARTICLE | {"author": {"@id": "#a"}}, person).authors == ["Lê Anh"]


def test_breadcrumbs_with_names_in_either_place() -> None:
    items = [{"name": "Trang chủ"}, {"item": {"name": "Thời sự"}}, {"position": 3}]
    assert read({"@type": "BreadcrumbList", "itemListElement": items}).crumbs == [
        "Trang chủ",
        "Thời sự",
    ]


def test_comments_and_stray_commas_are_forgiven() -> None:
    text = '<!-- x --> {"@type": "NewsArticle", "headline": "A", /* y */ "datePublished": "b",};'
    assert read(text).headline == "A"


def test_fields_are_salvaged_from_broken_json() -> None:
    found = read(
        '{"@type": "NewsArticle", "headline": "A \\"B\\"", "dateCreated": "2026-11-03", '
        '"articleSection": "Tỉnh", "author": {"name": "Lê Anh"} "oops'
    )
    assert not found.whole
    assert (found.headline, found.published) == ('A "B"', "2026-11-03")
    assert (found.types, found.sections, found.authors) == (["NewsArticle"], ["Tỉnh"], ["Lê Anh"])
