"""What kind of article a page is."""

from __future__ import annotations

from typing import Any

import pytest

from crawler.extract.kinds import find_kind
from tests.support.markup import URL, context

VIDEO = "<video src=/a.mp4></video>"


def kind(
    title: str = "Tựa",
    body: str = "x" * 700,
    inner: str = "",
    head: str = "",
    url: str = URL,
    pictures: int = 0,
    captions: int = 0,
    items: int = 0,
) -> str:
    page = context(inner, head, url)
    return find_kind(
        page.page, page.data, title, body, pictures=pictures, captions=captions, items=items
    )[0]


def clocks(count: int) -> str:
    return "\n\n".join(f"{n}:30 Một việc" for n in range(count))


def test_live_by_type_or_by_clocks_before_paragraphs() -> None:
    head = '<script type="application/ld+json">{"@type": "LiveBlogPosting"}</script>'
    assert kind(head=head) == "live"
    assert kind("Trực tiếp: lễ hội", clocks(3)) == "live"
    assert kind("Trực tiếp: lễ hội", clocks(2)) == "article"
    assert kind("Lễ hội", clocks(8)) == "live"
    assert kind("Lễ hội", clocks(7)) == "article"


def test_round_ups_by_signed_items_or_title() -> None:
    assert kind(items=2) == "roundup"
    assert kind(items=1) == "article"
    assert kind("Tin vắn ngày 3-5") == "roundup"
    assert kind("An Phú: Tin vắn") == "roundup"


def test_photo_stories_have_four_pictures_and_more_captions_than_text() -> None:
    assert kind(body="x" * 100, pictures=4, captions=101) == "photo"
    assert kind(body="x" * 100, pictures=4, captions=100) == "article"
    assert kind(body="x" * 100, pictures=3, captions=101) == "article"
    assert kind("Phóng sự ảnh: Mùa lúa", "x" * 1199, pictures=4) == "photo"
    assert kind("Phóng sự ảnh: Mùa lúa", "x" * 1200, pictures=4) == "article"


@pytest.mark.parametrize(
    ("size", "title", "url", "wanted"),
    [
        (599, "Tựa", URL, "video"),
        (600, "Tựa", URL, "article"),
        (1199, "Video: Mùa lúa", URL, "video"),
        (1200, "Video: Mùa lúa", URL, "article"),
        (1199, "Tựa", "https://bao.example.vn/truyen-hinh/a1.html", "video"),
    ],
)
def test_videos_have_a_player_and_little_text(size: int, title: str, url: str, wanted: str) -> None:
    assert kind(title, "x" * size, VIDEO, url=url) == wanted
    assert kind(title, "x" * size, url=url) == "article"


def evidence(**options: Any) -> tuple[str, str, float]:
    page = context(options.pop("inner", ""), options.pop("head", ""))
    given = {"title": "Tựa", "body": "x" * 700, "pictures": 0, "captions": 0, "items": 0} | options
    kind, found = find_kind(page.page, page.data, **given)
    return kind, found.how, found.confidence


def test_how_sure_a_kind_is() -> None:
    head = '<script type="application/ld+json">{"@type": "LiveBlogPosting"}</script>'
    assert evidence(head=head) == ("live", "json-ld @type", 0.95)
    assert evidence(body=clocks(8)) == ("live", "clocks before paragraphs", 0.8)
    assert evidence(items=2) == ("roundup", "items signed one by one", 0.9)
    assert evidence(title="Tin vắn") == ("roundup", "title", 0.7)
    assert evidence(pictures=4, captions=701) == ("photo", "more captions than text", 0.9)
    assert evidence(body="x", inner=VIDEO) == ("video", "a player and little text", 0.8)
    assert evidence() == ("article", "text", 0.8)


def test_a_clock_stands_at_the_beginning_of_its_paragraph() -> None:
    for before, wanted in ((16, "live"), (17, "article")):
        lines = [f"{'-' * before}9:30 Một việc"] * 8
        assert evidence(body="\n\n".join(lines))[0] == wanted
    assert evidence(body="\n\n".join(["Lúc 9:30 một việc"] * 8))[0] == "article"


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("video/a1.html", "video"),
        ("tin/video.html", "video"),
        ("Media/a1.html", "video"),
        ("tin-video/a1.html", "article"),
        ("videos2/a1.html", "article"),
    ],
)
def test_a_section_of_videos_is_named_by_the_address(path: str, wanted: str) -> None:
    assert kind(body="x" * 1199, inner=VIDEO, url=f"https://bao.example.vn/{path}") == wanted
