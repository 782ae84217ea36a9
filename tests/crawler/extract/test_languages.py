"""The language of a text: its letters first, then what the page declares."""

from __future__ import annotations

import pytest

from crawler.extract.dom.markup import parse_page
from crawler.extract.dom.structured import Structured
from crawler.extract.languages import find_language, is_american
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


@pytest.mark.parametrize(
    ("lines", "head", "wanted", "how", "confidence"),
    [
        # a sign of the letters in twelve, of more than twenty letters
        (["ờ" * 2 + "a" * 19], "", "vi", "letters", 0.99),
        (["ờ" * 2 + "a" * 18], "", None, "unknown", 0.0),
        (["1 " * 50 + "ờ" * 2 + "a" * 19], "", "vi", "letters", 0.99),
        # a sign of another script in eight
        (["ក" * 3 + "a" * 20], "", "km", "letters", 0.95),
        (["ក" * 3 + "a" * 21], "", None, "unknown", 0.0),
        (["ก" * 21], "", "th", "letters", 0.95),
        (["ก" * 20], "", None, "unknown", 0.0),
        (["ກ" * 21], "", "lo", "letters", 0.95),
        (["가" * 21], "", "ko", "letters", 0.95),
        (["ク" * 21], "", "ja", "letters", 0.95),
        (["中" * 21], "", "zh", "letters", 0.95),
        # an English word in twelve
        (["the" + " a" * 11], "", "en", "words", 0.8),
        (["the" + " a" * 12], "", None, "unknown", 0.0),
        (["the"], "", "en", "words", 0.8),
        (["the"], "<meta property=og:locale content=de>", "de", "declared", 0.8),
        (["the"], "<meta property=og:locale content=vi_VN>", "en", "words", 0.8),
        (["xyz"], "<meta property=og:locale content=vi_VN>", "vi", "declared", 0.5),
        (["xyz"], "<meta name=content-language content=' FR '>", "fr", "declared", 0.8),
        (["xyz"], "<meta name=language content=english>", None, "unknown", 0.0),
        # the first lines, and of them the first letters
        (["xyz"] * 19 + ["ờ" * 30], "", "vi", "letters", 0.99),
        (["xyz"] * 20 + ["ờ" * 30], "", None, "unknown", 0.0),
        (["." * 2979 + "ờ" * 30], "", "vi", "letters", 0.99),
        (["." * 2980 + "ờ" * 30], "", None, "unknown", 0.0),
    ],
)
def test_how_sure_a_language_is(
    lines: list[str], head: str, wanted: str | None, how: str, confidence: float
) -> None:
    page = parse_page(f"<html><head>{head}</head><body>x", "https://bao.example.vn/")
    language, evidence = find_language(page, Structured(), [line(text) for text in lines])
    assert (language, evidence.how, evidence.confidence) == (wanted, how, confidence)


@pytest.mark.parametrize(
    ("root", "data", "wanted"),
    [
        ("lang=de xml:lang=fr", "es", "de"),
        ("xml:lang=fr", "es", "fr"),
        ("lang=''", "es", "es"),
        ("lang=x1", "es", "es"),
        ("lang=deu", "es", "es"),
        ("lang=DE-at", "es", "de"),
        ("lang=VN", "es", "vi"),
    ],
)
def test_who_declares_a_language_first(root: str, data: str, wanted: str) -> None:
    page = parse_page(f"<html {root}><body>x", "https://bao.example.vn/")
    assert find_language(page, Structured(language=data), [line("xyz")])[0] == wanted


@pytest.mark.parametrize(
    ("root", "head", "host", "american"),
    [
        ("lang=en-US", "", "x.de", True),
        ("lang=en-GB", "", "x.com", False),
        ("lang=en-PH", "", "x.com", True),
        ("lang=en", "<meta property=og:locale content=en_US>", "x.de", True),
        ("lang=en-GB", "<meta property=og:locale content=en_US>", "x.com", False),
        ("lang=en", "", "x.com", True),
        ("lang=en", "", "x.de", False),
        ("", "", "x.co.uk", False),
    ],
)
def test_who_writes_the_month_first(root: str, head: str, host: str, *, american: bool) -> None:
    page = parse_page(f"<html {root}><head>{head}</head><body>x", f"https://{host}/a")
    assert is_american(page) is american
