"""Which fields articles have."""

from __future__ import annotations

import pytest

from crawler.monitoring.coverage import BY_LAYOUT, FIELDS, coverage, found_by, outdone
from storage.records import Article, Evidence, Image

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
    assert outdone([less, article("layout onecms"), BARE, less]) == 2
    assert (found_by(less), found_by(BARE)) == ("generic, layout onecms found less", "")
