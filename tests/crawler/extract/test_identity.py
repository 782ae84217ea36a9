"""Under which address an article is known."""

from __future__ import annotations

import pytest

from crawler.extract.identity import identify, is_same_article
from storage.records import Article
from tests.support.markup import URL, parse


def identified(canonical: str) -> Article:
    article = Article(source_id="", url=f"{URL}?utm_source=x", fetched_at="", title="")
    identify(article, parse("", f"<link rel=canonical href='{canonical}'>"), None)
    return article


def test_the_page_own_word_counts_within_the_site() -> None:
    article = identified("/thoi-su/tin-a1.html")
    assert article.canonical_url.endswith("/thoi-su/tin-a1.html")
    assert article.evidence["canonical_url"].how == "link rel=canonical"


@pytest.mark.parametrize("named", ["https://khac.example.vn/tin-a1.html", "/", "mailto:x"])
def test_another_site_or_the_home_page_does_not(named: str) -> None:
    article = identified(named)
    assert article.canonical_url.endswith("bao.example.vn/tin-a1.html")
    assert article.evidence["canonical_url"].how == "address"


def test_www_and_scheme_are_the_same_site() -> None:
    assert is_same_article("http://www.bao.example.vn/a-a1.html", URL, None)
    assert not is_same_article("https://m.bao.example.vn/a-a1.html", URL, None)
