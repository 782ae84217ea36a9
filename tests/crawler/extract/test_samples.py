"""Every field of every sample page, one test a field, with layouts and by the generic rules."""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest

from crawler.errors import NotAnArticle
from crawler.extract import extract
from tests.support.paths import SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from storage.records import Article

GOLD = sorted(SAMPLES.glob("v*.json")) + sorted(SAMPLES.glob("sites/*/articles/*.json"))
FIELDS = [
    "title", "summary", "published", "modified", "authors", "section", "section_path", "tags",
    "images", "paragraphs", "language", "dateline", "byline_raw", "source_credit", "subheads",
]  # fmt: skip
FETCHED = "2026-11-01T00:00:00Z"

NOT_FROM_THE_PAGE_ALONE = {("v5_baoangiang_fck", "tags")}
"""Tags that the site puts on every article: only its layout can tell them apart."""


def clean(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(unicodedata.normalize("NFC", value).split())
    if isinstance(value, list | tuple):
        return [clean(each) for each in value]
    return value


@cache
def read(path: Path, use_layouts: bool) -> tuple[Article, dict[str, Any]]:
    gold = json.loads(path.read_text("utf-8"))
    article = extract(
        path.with_suffix(".html").read_bytes(),
        url=gold["url"],
        fetched_at=FETCHED,
        content_type=gold.get("http_content_type"),
        use_layouts=use_layouts,
    )
    return article, gold


def found(article: Article, field: str) -> Any:
    if field == "images":
        return [(image.url, image.caption) for image in article.images]
    names = {"published": "published_at", "modified": "modified_at"}
    return getattr(article, names.get(field, field))


def wanted(gold: dict[str, Any], field: str, value: Any) -> Any:
    if field == "images":
        return [(urljoin(gold["url"], each["url"]), each["caption"]) for each in gold["images"]]
    if field == "title" and value in gold.get("title_accept", []):
        return value
    return gold[field]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_field_is_right(path: Path, field: str) -> None:
    article, gold = read(path, True)
    value = found(article, field)
    assert clean(value) == clean(wanted(gold, field, value))


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_field_is_right_without_layouts(path: Path, field: str) -> None:
    if (path.stem, field) in NOT_FROM_THE_PAGE_ALONE:
        pytest.skip("needs the layout")
    article, gold = read(path, False)
    value = found(article, field)
    assert clean(value) == clean(wanted(gold, field, value))


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_every_field_says_how_it_was_found(path: Path) -> None:
    article, _ = read(path, True)
    for name in ("title", "body", "authors", "published", "section", "language"):
        assert article.evidence[name].how
        assert 0 < article.evidence[name].confidence <= 1


def lists() -> list[Any]:
    pages = []
    for manifest in sorted(SAMPLES.glob("sites/*/manifest.json")):
        for entry in json.loads(manifest.read_text("utf-8")):
            if entry["kind"] in ("home", "listing") and entry["file"].endswith(".html"):
                name = f"{manifest.parent.name}-{entry['file']}"
                pages.append(pytest.param(manifest.parent / entry["file"], entry["url"], id=name))
    return pages


@pytest.mark.parametrize(("path", "url"), lists())
@pytest.mark.parametrize("use_layouts", [True, False])
def test_home_and_section_pages_are_no_articles(path: Path, url: str, use_layouts: bool) -> None:
    with pytest.raises(NotAnArticle) as refused:
        extract(path.read_bytes(), url=url, fetched_at=FETCHED, use_layouts=use_layouts)
    assert refused.value.reason in ("listing", "no-body")
