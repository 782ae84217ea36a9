"""The texts of an article in one form, and what cannot be an article."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.failures import Word
from crawler.runs.texts import add_fingerprints, find_fault, normalize_texts
from storage.fingerprint import content_digest, signature
from storage.records import Image

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
