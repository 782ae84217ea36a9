"""Links as rows."""

from __future__ import annotations

import pytest
from scrapy import Request

from crawler.runs.links import make_link, row_of, with_validators
from tests.support.runs import HOME, NOW, SOURCE, answer


def test_a_link_is_identified_once_and_keeps_its_hints() -> None:
    link = make_link(
        SOURCE,
        HOME + "tin-a1.html?utm_source=x#top",
        found_at=NOW,
        title="Tin",
        date="20/11/2026",
        seed_id=3,
    )
    assert link.url == HOME + "tin-a1.html?utm_source=x#top"
    assert link.canonical_url == link.key == HOME + "tin-a1.html"
    assert (link.title_hint, link.date_hint, link.seed_id) == ("Tin", "20/11/2026", 3)
    assert (link.found_at, link.attempts, link.id) == (NOW, 0, None)


def test_a_key_that_discovery_found_is_taken_over() -> None:
    link = make_link(SOURCE, HOME + "tin-a1.html", found_at=NOW, key="a1")
    assert (link.key, link.canonical_url) == ("a1", HOME + "tin-a1.html")


def test_what_is_no_url_is_no_link() -> None:
    with pytest.raises(ValueError, match="not an absolute http or https URL"):
        make_link(SOURCE, "mailto:toasoan@example.vn", found_at=NOW)


def test_validators_are_kept_byte_for_byte_and_vanish_with_the_answer() -> None:
    link = make_link(SOURCE, HOME + "tin-a1.html", found_at=NOW)
    request = Request(link.url)
    headers = {"ETag": 'W/"é"', "Last-Modified": "Fri, 20 Nov 2026 08:00:00 GMT"}
    response = answer(request, "x")
    for name, value in headers.items():
        response.headers[name] = value.encode("latin-1")
    known = with_validators(link, response)
    assert known.etag == headers["ETag"]
    assert known.last_modified == headers["Last-Modified"]
    assert with_validators(known, answer(request, "x")).etag is None


def test_a_source_is_mirrored_with_its_province() -> None:
    row = row_of(SOURCE)
    assert (row.id, row.name, row.province, row.status) == (
        "bao",
        "Báo Tỉnh Nhà",
        "Tây Ninh",
        "active",
    )
