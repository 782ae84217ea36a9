"""The texts of an article in one form, and what cannot be an article."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.failures import Word
from crawler.runs.texts import (
    add_fingerprints,
    fields_of,
    find_fault,
    finish_texts,
    normalize_texts,
)
from storage.fingerprint import content_digest, signature
from storage.records import Article, Image

MAX_TITLE = 1_000


def normal(**fields: Any) -> dict[str, Any]:
    normalize_texts(fields)
    return fields


def test_lines_are_trimmed_and_empty_ones_are_absent() -> None:
    fields = normal(title=" Tựa \n đề ", summary="  ", section=" Tin ", byline_raw=None)
    assert (fields["title"], fields["summary"], fields["section"]) == ("Tựa đề", None, "Tin")
    assert fields["byline_raw"] is None
    assert (normal()["title"], normal()["body"], normal()["images"]) == ("", "", [])


def test_lists_have_each_text_once() -> None:
    assert normal(tags=[" lũ ", "lũ", "", "bão"])["tags"] == ["lũ", "bão"]


def test_a_caption_of_blanks_is_none() -> None:
    images = [Image(url="/a", caption=" Kè \n mới "), Image(url="/b", caption=" "), Image(url="/c")]
    assert [image.caption for image in normal(images=images)["images"]] == ["Kè mới", None, None]


def test_fingerprints_are_those_of_the_texts() -> None:
    fields = normal(title="Tựa", body="Một đoạn.\n\nHai đoạn.")
    add_fingerprints(fields)
    assert fields["digest"] == content_digest("Tựa", None, "Một đoạn.\n\nHai đoạn.")
    assert fields["signature"] == signature("Một đoạn.\n\nHai đoạn.")


def test_fields_of_an_article_and_of_a_plain_item() -> None:
    article = Article(source_id="mau", url="http://a/1", fetched_at="2026-11-26T20:00:00Z")
    fields = fields_of(article)
    fields["title"] = "Tựa"
    assert (article.title, fields["title"], fields.get("nothing")) == ("Tựa", "Tựa", None)
    assert len(fields) == len(list(fields))
    assert {"title", "body", "digest"} <= set(fields)
    with pytest.raises(TypeError, match="title"):
        del fields["title"]
    plain = {"title": " Tựa "}
    fields_of(plain)["title"] = "Đề"
    assert plain == {"title": "Đề"}


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"title": "", "body": "Chữ"}, Word.NO_TITLE),
        ({"title": "x" * MAX_TITLE, "body": "Chữ"}, None),
        ({"title": "x" * (MAX_TITLE + 1), "body": "Chữ"}, Word.LONG_TITLE),
        ({"title": "Tựa", "body": ""}, Word.NO_BODY),
        ({"title": "Tựa", "body": "", "summary": "Sapo"}, None),
    ],
)
def test_what_is_no_article(fields: dict[str, str], fault: Word | None) -> None:
    assert find_fault(fields) == fault


def test_an_article_is_brought_into_its_form_and_judged() -> None:
    article = Article(
        source_id="a",
        url="https://a.vn/1",
        key="1",
        fetched_at="2026-11-20T08:00:00Z",
        title=" Tựa \n đề ",
        body=" Một. \n\n\n Hai.",
        summary="  ",
        tags=["lũ ", "lũ"],
    )
    assert finish_texts(article) is None
    assert (article.title, article.body, article.summary) == ("Tựa đề", "Một.\n\nHai.", None)
    assert article.tags == ["lũ"]
    assert article.digest == content_digest("Tựa đề", None, "Một.\n\nHai.")
    assert article.signature == signature("Một.\n\nHai.")
    article.title = " "
    assert finish_texts(article) is Word.NO_TITLE
