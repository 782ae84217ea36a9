"""The language of a text: its letters first, then what the page declares."""

from __future__ import annotations

import pytest

from crawler.extract.dom.markup import parse_page
from crawler.extract.dom.structured import Structured
from crawler.extract.languages import find_language
from tests.support.markup import LONG, line

ENGLISH = "The head of the district went to the dyke and said that it is in good order."


@pytest.mark.parametrize(
    ("text", "declared", "wanted"),
    [
        (LONG, "en", ("vi", "letters")),
        ("ព្រះរាជាណាចក្រកម្ពុជា ជាប្រទេសមួយ" * 2, "vi", ("km", "letters")),
        ("これは記事の本文であり、漢字も使われていますけれども", "vi", ("ja", "letters")),
        ("中华人民共和国位于亚洲东部太平洋西岸的一个国家", "vi", ("zh", "letters")),
        (ENGLISH, "vi", ("en", "words")),
        (ENGLISH, "de-DE", ("de", "declared")),
        (ENGLISH, "", ("en", "words")),
        ("xyz", "vn", ("vi", "declared")),
        ("xyz", "", (None, "unknown")),
    ],
)
def test_language(text: str, declared: str, wanted: tuple[str | None, str]) -> None:
    page = parse_page(f"<html lang='{declared}'><body>x", "https://bao.example.vn/")
    language, evidence = find_language(page, Structured(), [line(text)])
    assert (language, evidence.how) == wanted


def test_the_data_and_meta_tags_declare_too() -> None:
    page = parse_page("<meta property=og:locale content=fr_FR>", "https://bao.example.vn/")
    assert find_language(page, Structured(), [line("xyz")])[0] == "fr"
    assert find_language(page, Structured(language="es"), [line("xyz")])[0] == "es"


def test_one_marked_letter_in_twelve_is_vietnamese() -> None:
    page = parse_page("<p>", "https://bao.example.vn/")
    assert find_language(page, Structured(), [line("ờ" * 2 + "a" * 21)])[0] == "vi"
    assert find_language(page, Structured(), [line("ờ" * 2 + "a" * 22)])[0] is None
