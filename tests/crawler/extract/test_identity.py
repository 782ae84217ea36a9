"""Under which address an article is known."""

from __future__ import annotations

import pytest

from crawler.extract.identity import fill_identity, is_same_article
from crawler.sources import Source
from crawler.sources.patterns import compile_pattern
from storage.records import Article
from tests.support.markup import URL, parse


def identified(canonical: str) -> Article:
    article = Article(source_id="", url=f"{URL}?utm_source=x", fetched_at="", title="")
    fill_identity(article, parse("", f"<link rel=canonical href='{canonical}'>"), None)
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


def test_how_sure_an_address_is() -> None:
    assert identified("/thoi-su/tin-a1.html").evidence["canonical_url"].confidence == 0.95
    assert identified("https://khac.example.vn/").evidence["canonical_url"].confidence == 0.8


def source(*accept: str) -> Source:
    return Source(
        id="x",
        name="X",
        province="Huế",
        homepage="https://bao.example.vn/",
        accept=tuple(map(compile_pattern, accept)),
    )


def test_with_patterns_an_address_has_the_key_of_the_page() -> None:
    keyed = source(r"-a(?P<id>\d+)\.html$")
    assert is_same_article("https://bao.example.vn/khac-a1.html", URL, keyed)
    assert not is_same_article("https://bao.example.vn/tin-a2.html", URL, keyed)
    assert is_same_article("https://bao.example.vn/tin-a2.html", URL, source())
    assert not is_same_article("https://bao.example.vn:99999/tin-a1.html", URL, keyed)
    assert not is_same_article("https://bao.example.vn/?x=1", URL, None)
    assert is_same_article("https://bao.example.vn/a?x=1", URL, None)


def test_an_article_of_a_source_has_its_key_and_a_broken_address_stays() -> None:
    article = Article(source_id="x", url=URL, fetched_at="", title="")
    fill_identity(article, parse("", "<link rel=canonical>"), source(r"-a(?P<id>\d+)\.html$"))
    assert (article.key, article.canonical_url) == ("a1", URL)
    broken = Article(source_id="", url="https://[::1", fetched_at="", title="")
    fill_identity(broken, parse(""), None)
    assert (broken.key, broken.canonical_url) == ("https://[::1", "https://[::1")
