"""Feeds of searches and changes, valid by RFC 4287 and readable."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from crawler.render.atom import Entry, Feed, write_atom
from tests.support.feeds import check_feed
from tests.support.newsroom import Shown, fill_newsroom
from tests.support.servers import Served, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

FEED = Feed(id="tag:baotinh,2026:x", title="Báo Tỉnh", updated="2026-03-02T00:00:00Z")
ENTRY = Entry(id="tag:baotinh,2026:x/1", title="Tin", updated="2026-03-02T00:00:00Z")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Shown]]:
    path = tmp_path_factory.mktemp("feeds") / "archive.db"
    shown = fill_newsroom(path, articles=30)
    with serve(path) as served:
        yield served, shown


@pytest.mark.parametrize(
    "query", [{}, {"q": "bản tin"}, {"place": "Đức Huệ"}, {"source": "mau-hue", "lang": "en"}]
)
def test_any_search_has_a_feed(room: tuple[Served, Shown], query: dict[str, str]) -> None:
    served, _ = room
    answer = served.get("/feed.atom", **query)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    read = check_feed(answer.body)
    assert read.entries
    (itself,) = [link.href for link in read.feed.links if link.rel == "self"]
    assert itself.startswith(f"{served.address}/feed.atom")
    again = served.get(itself.removeprefix(served.address))
    assert again.body == answer.body
    assert served.get("/feed.atom", etag=again.headers["etag"], **query).status == 304
    for entry in read.entries:
        assert entry.content[0].type == "text/html"
        assert entry.authors[-1].name.startswith(("Báo mẫu", "Đài mẫu", "Cổng mẫu"))
        assert entry.link.startswith("https://mau-")


def test_entries_of_a_search_are_the_newest_first(room: tuple[Served, Shown]) -> None:
    read = check_feed(room[0].get("/feed.atom", q="bản tin mẫu").body)
    dates = [entry.published for entry in read.entries]
    assert len(dates) > 5
    assert dates == sorted(dates, reverse=True)


def test_changes_have_a_feed_that_shows_what_changed(room: tuple[Served, Shown]) -> None:
    served, shown = room
    read = check_feed(served.get("/changes.atom").body)
    titles = [entry.title for entry in read.entries]
    assert any(title.startswith("Đã gỡ: ") for title in titles)
    edited = next(entry for entry in read.entries if entry.title.startswith("Đã sửa: "))
    assert edited.link == f"{served.address}/article/{shown.edited}"
    assert "mười ngày" in edited.content[0].value
    assert "hai tuần" in edited.content[0].value
    only = check_feed(served.get("/changes.atom", what="removed").body)
    assert [entry.title.split(":")[0] for entry in only.entries] == ["Đã gỡ"]


def test_a_saved_search_has_a_feed(room: tuple[Served, Shown]) -> None:
    assert check_feed(room[0].get("/watch/gia-lua.atom").body).feed.title == "Báo Tỉnh: Giá lúa"
    assert room[0].get("/watch/nothing.atom").status == 404


@given(st.text(), st.text(), st.lists(st.text(), max_size=3), st.text())
def test_no_text_breaks_a_feed_or_becomes_markup(
    title: str, body: str, authors: list[str], url: str
) -> None:
    entry = replace(
        ENTRY,
        title=title,
        authors=authors,
        category=title,
        paragraphs=[body, "<script>alert(1)</script>"],
        summary=body,
        links=[("alternate", url), ("via", f"https://x.vn/{title}")],
    )
    document = etree.fromstring(write_atom(replace(FEED, entries=[entry], title=title)))
    content = document.findtext(".//{*}content")
    assert content is not None
    assert "&lt;script&gt;" in content
    assert len(document.findall("{*}entry")) == 1
