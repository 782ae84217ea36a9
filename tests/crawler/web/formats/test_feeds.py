"""Feeds of searches, of changes and of saved searches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import feedparser
import pytest

from crawler.web.formats.feeds import newest_articles
from crawler.web.pages.asked import read_asked
from storage.archive import Archive
from storage.search.filters import Filters
from tests.crawler.web.conftest import NOW
from tests.support.newsroom import fill_newsroom
from tests.support.visits import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "http://kho.example:8001"


def read(reader: Reader, address: str) -> Any:
    answer = reader.get(address)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    return feedparser.parse(bytes(answer.body))


def test_a_feed_of_a_search_names_it(reader: Reader) -> None:
    feed = read(reader, "/feed.atom?q=lua&source=mau-long-an&sort=date")
    assert feed.feed.title == "Báo Tỉnh: lua, mau-long-an"
    assert feed.feed.id == "tag:baotinh,2026:search?q=lua&source=mau-long-an"
    assert [(link.rel, link.href) for link in feed.feed.links] == [
        ("self", f"{HOST}/feed.atom?q=lua&source=mau-long-an&sort=date"),
        ("alternate", f"{HOST}/?q=lua&source=mau-long-an"),
    ]
    assert feed.feed.updated == "2025-04-15T17:08:03Z"
    assert [entry.links[-1].href for entry in feed.entries] == [
        f"{HOST}/article/5", f"{HOST}/article/2",
    ]  # fmt: skip
    assert feed.entries[0].author == "Báo mẫu Long An"


def test_without_words_the_newest_are_in_it(reader: Reader) -> None:
    feed = read(reader, "/feed.atom")
    assert (feed.feed.title, len(feed.entries)) == ("Báo Tỉnh", 29)
    assert feed.entries[0].links[-1].href == f"{HOST}/article/28"
    assert feed.entries[3].updated == "2026-02-26T15:20:00Z"
    assert feed.entries[3].published == "2026-02-26T12:00:00+07:00"


def test_one_without_entries_has_always_the_same_day(reader: Reader) -> None:
    for address in ("/feed.atom?q=lua&since=2027", "/changes.atom?since=2027"):
        assert read(reader, address).feed.updated == "2026-01-01T00:00:00Z"


def test_fifty_are_shown_and_the_limit_holds_with_words_and_without(reader: Reader) -> None:
    for address in ("/", "/?q=mau"):
        visit = reader.visit(address)
        assert len(newest_articles(visit, read_asked(visit.params), 3)) == 3


def test_articles_of_several_archives_are_told_apart(several: Reader) -> None:
    for address in ("/feed.atom", "/feed.atom?q=vu+lua&copies=1"):
        entries = read(several, address).entries
        ids = [entry.id for entry in entries]
        assert len(ids) == len(set(ids)) == (4 if address == "/feed.atom" else 2)
        links = {entry.links[-1].href for entry in entries}
        assert f"{HOST}/in/baolongan-archive/article/1" in links
    changes = read(several, "/changes.atom").entries
    assert {entry.id.rpartition("/edited")[0] for entry in changes} == {
        "tag:baotinh,2026:change/baolongan-archive/1",
        "tag:baotinh,2026:change/baotayninh-archive/1",
    }


@pytest.mark.parametrize("address", ["/feed.atom?q=lua&since=x", "/changes.atom?since=x"])
def test_a_question_that_cannot_be_answered_is_refused(reader: Reader, address: str) -> None:
    answer = reader.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (
        400, "text/plain; charset=utf-8",
    )  # fmt: skip
    assert bytes(answer.body).decode() == "“x” không phải ngày: hãy viết như 28/11/2023.\n"


def test_changes_say_what_was_done(reader: Reader) -> None:
    feed = read(reader, "/changes.atom?lang=en")
    assert (feed.feed.title, feed.feed.language) == ("Báo Tỉnh: what papers changed", "en")
    removed, third, second = feed.entries
    assert removed.title == "Removed: Huyện A Lưới chủ động phòng, chống lũ lụt"
    assert removed.summary == "removed – its address answers “not found” (404)"
    assert removed.id == "tag:baotinh,2026:change/29/removed/2026-02-28T05:00:00Z"
    assert (third.summary, third.updated) == ("edited", "2026-02-26T15:20:00Z")
    assert second.content[0].value == (
        "<p>Before: Đợt lấy mẫu đầu tiên dự kiến có chín điểm, bắt đầu từ sáng thứ hai.</p>"
        "<p>After: Đợt lấy mẫu đầu tiên dự kiến có mười hai điểm, bắt đầu từ sáng thứ hai.</p>"
    )
    assert [(link.rel, link.href) for link in second.links] == [
        ("alternate", f"{HOST}/article/25"),
        ("via", "https://mau-long-an.example/tin-mau-a9001.html"),
    ]
    assert (second.author, second.category) == ("Báo mẫu Long An", "edited")
    filtered = read(reader, "/changes.atom?what=removed&q=x")
    assert filtered.feed.id == "tag:baotinh,2026:changes?what=removed"
    assert filtered.feed.links[1].href == f"{HOST}/changes?what=removed"


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A reader with a saved search that has told of two articles."""
    path = tmp_path_factory.mktemp("watched") / "archive.db"
    fill_newsroom(path, now=NOW, articles=0)
    with Archive.open(path) as archive:
        now = "2026-03-02T00:00:00Z"
        watch = archive.watches.add("Kênh", "nạo vét", Filters(), now=now, backlog=True)
        archive.watches.keep_news(archive.watches.find_news(watch, now=now), now=now)
    with Reader(path) as opened:
        yield opened


def test_a_saved_search_has_a_feed(watched: Reader) -> None:
    feed = read(watched, "/watch/kenh.atom")
    assert (feed.feed.title, feed.feed.id) == ("Báo Tỉnh: Kênh", "tag:baotinh,2026:watch/kenh")
    assert feed.feed.links[1].href == f"{HOST}/?q=n%E1%BA%A1o+v%C3%A9t"
    assert len(feed.entries) == 3
    assert feed.feed.updated == max(entry.updated for entry in feed.entries)
    assert watched.get("/watch/other.atom").status_code == 404


def test_what_a_program_has_already_is_not_sent_again(reader: Reader) -> None:
    first = reader.get("/feed.atom?q=lua")
    again = reader.get("/feed.atom?q=lua", if_none_match=first.headers["etag"])
    assert (again.status_code, again.body, again.headers["etag"]) == (
        304, b"", first.headers["etag"],
    )  # fmt: skip
    assert len(first.headers["etag"]) == 34
    assert reader.get("/feed.atom?q=lua", if_none_match='"other"').status_code == 200
