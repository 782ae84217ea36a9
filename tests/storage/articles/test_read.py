"""What the archive returns of articles, captures and repeated lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.articles.captures import Captures
from storage.articles.read import Headline, read_id
from storage.records import Evidence
from storage.search.filters import Filters

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.archive import Archive
    from storage.records import Article, Capture, Link

NOW = "2026-10-02T11:38:00Z"
LATER = "2026-10-02T12:38:00Z"


def test_outlines_hold_what_coverage_looks_at(
    archive: Archive, article: Callable[..., Article], link: Callable[..., Link]
) -> None:
    long = article(1, body="Một hai ba. " * 60, tags=["lúa"])
    long.evidence = {
        "body": Evidence(how="layout", confidence=0.9),
        "title": Evidence(how="h1", confidence=0.4),
    }
    archive.add(long, link=link(1), capture=None, run_id=None)
    archive.add(
        article(2, images=[], body="Ngắn."), link=link(2, found_at=LATER), capture=None, run_id=None
    )
    newest, oldest = archive.articles.outlines("baolongan", 5)
    assert (newest.has_body, newest.has_images, newest.has_tags) == (False, False, False)
    assert (newest.body_how, newest.title_how, newest.title_confidence) == ("", "", 1.0)
    assert (oldest.has_body, oldest.has_images, oldest.has_tags) == (True, True, True)
    assert (oldest.body_how, oldest.title_how, oldest.title_confidence) == ("layout", "h1", 0.4)
    assert oldest.title == long.title
    assert oldest.summary == long.summary
    assert oldest.published_on == long.published_on
    assert archive.articles.outlines("baolongan", 5, skip=1) == [oldest]
    assert archive.articles.outlines("baolongan", 1) == [newest]
    assert archive.articles.outlines("baotayninh", 5) == []


@pytest.mark.parametrize(
    ("which", "number"),
    [
        ("1", 1), ("007", 7), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("-1", None), ("²", None),
        ("", None), ("https://baolongan.vn/1", None),
    ],
)  # fmt: skip
def test_an_id_is_a_number_that_sqlite_has(which: str, number: int | None) -> None:
    assert read_id(which) == number


def test_an_article_is_found_by_its_id_or_its_url(
    archive: Archive, article: Callable[..., Article], link: Callable[..., Link]
) -> None:
    archive.add(article(1), link=link(1), capture=None, run_id=None)
    known = archive.articles.find("1")
    assert known is not None
    assert archive.articles.find(known.url) == known
    assert archive.articles.find("2") is None
    assert archive.articles.find("https://baolongan.vn/khong-co-a99.html") is None
    with pytest.raises(ValueError, match="URL"):
        archive.articles.find("9" * 19)


def test_articles_are_counted_by_source_and_in_all(
    archive: Archive, article: Callable[..., Article], link: Callable[..., Link]
) -> None:
    archive.add(article(1), link=link(1), capture=None, run_id=None)
    archive.add(
        article(2, "baotayninh", fetched_at=LATER),
        link=link(2, "baotayninh"),
        capture=None,
        run_id=None,
    )
    assert archive.articles.count() == 2
    assert archive.articles.count("baolongan") == 1
    assert archive.articles.last_first_seen_at("baotayninh") == LATER
    assert archive.articles.last_first_seen_at("baodienbien") is None


def test_the_newest_articles_are_listed_by_day(
    archive: Archive, article: Callable[..., Article], link: Callable[..., Link]
) -> None:
    for number, day in enumerate(["2026-10-01", "2026-10-03", "2026-10-02"]):
        archive.add(
            article(number, published_on=day, summary=None, body=f"Tin {number}. " * 40),
            link=link(number),
            capture=None,
            run_id=None,
        )
    first, second = archive.articles.newest(Filters(), 2)
    assert (first.published_on, second.published_on) == ("2026-10-03", "2026-10-02")
    assert isinstance(first, Headline)
    assert first.lead == ("Tin 1. " * 40)[:220]
    (found,) = archive.articles.newest(Filters(since="2026-10-02", until="2026-10-02"), 9)
    assert (found.id, found.province) == (3, "Tây Ninh")
    assert archive.articles.newest(Filters(source="baotayninh"), 9) == []


def test_bodies_are_the_latest_that_are_not_empty(
    archive: Archive, article: Callable[..., Article], link: Callable[..., Link]
) -> None:
    for number, body in enumerate(["Một.", "", "Ba."]):
        archive.add(article(number, body=body), link=link(number), capture=None, run_id=None)
    assert archive.articles.bodies("baolongan", 9) == ["Ba.", "Một."]
    assert archive.articles.bodies("baolongan", 1) == ["Ba."]


def test_captures_are_found_by_link_url_and_outcome(
    archive: Archive,
    article: Callable[..., Article],
    link: Callable[..., Link],
    capture: Callable[..., Capture],
) -> None:
    assert isinstance(archive.captures, Captures)
    archive.add(article(1), link=link(1), capture=capture(0, "sha1:A"), run_id=None)
    archive.add(article(1), link=link(1), capture=capture(100, "sha1:B"), run_id=None)
    archive.pages.fail(
        link(1), "http-500", run_id=None, retry_at=LATER, capture=capture(200, status=500)
    )
    url = capture().url
    assert archive.captures.count() == 3
    assert archive.captures.newest_good("baolongan") == [(2, 1)]
    last, first = archive.captures.last(url), archive.captures.first(url, "sha1:A")
    assert last is not None
    assert first is not None
    assert (last.offset, first.offset) == (200, 0)
    assert [each.offset for each in archive.captures.of_link(1)] == [0, 100, 200]
    assert archive.captures.last_refused("baolongan", NOW) is None
    archive.pages.reject(link(2), "no-body", capture=capture(300), run_id=None)
    assert archive.captures.last_refused("baolongan", NOW) == 4
    assert archive.captures.last_refused("baolongan", LATER) is None


def test_a_capture_is_kept_once(archive: Archive, capture: Callable[..., Capture]) -> None:
    first = archive.captures.keep(capture(0), None)
    assert archive.captures.keep(capture(0), None) == first
    assert archive.captures.keep(capture(0, id=9), None) == 9
    assert archive.captures.count() == 1


def test_what_was_not_captured_is_none(archive: Archive, capture: Callable[..., Capture]) -> None:
    captures = archive.captures
    with archive.transaction():
        number = captures.keep(capture(0, digest="sha1:a", origin_digest="sha1:b"), None)
    kept = captures.get(number)
    assert kept is not None
    assert captures.get(number + 1) is None
    assert captures.last(kept.url) == captures.first(kept.url, "sha1:a") == kept
    assert captures.last("https://x.vn/") is None
    assert captures.first(kept.url, "sha1:b") is None
    assert captures.at(kept.url, kept.fetched_at) == kept
    assert captures.at(kept.url, LATER) is None
    assert captures.all_at(kept.url, kept.fetched_at) == [kept]
    assert captures.with_payload(kept.url, "sha1:a") == kept
    assert captures.with_payload(kept.url, "sha1:b") == kept
    assert captures.with_payload(kept.url, "sha1:c") is None
    assert not captures.has_payload(1, "sha1:a")
    assert captures.count() == 1
    assert captures.newest_good("baolongan") == []
    assert captures.last_refused("baolongan", NOW) is None
