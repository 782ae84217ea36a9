"""Pictures and documents that are to be fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.media.files import Facts, MediaKind, MediaState, Wanted, pair_pictures
from storage.records import Image

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.archive import Archive
    from storage.records import Article, Capture, Link

NOW = "2026-10-02T11:38:00Z"


@pytest.mark.parametrize(
    ("at", "is_due"),
    [
        ("2026-10-02T11:38:00Z", True),
        ("2026-10-02T11:39:00Z", False),
        ("2026-10-03T11:38:02Z", False),
        ("2026-10-03T11:38:03Z", True),
        ("2026-11-12T00:00:00Z", True),  # written by a clock that was ahead
    ],
)
def test_a_picture_is_tried_again_when_its_time_has_come(
    archive: Archive,
    article: Callable[..., Article],
    link: Callable[..., Link],
    at: str,
    is_due: bool,
) -> None:
    wanted = [Wanted(kind=MediaKind.IMAGE, url="https://a.vn/anh.jpg")]
    archive.add(article(1), link=link(1), capture=None, run_id=None, media=wanted)
    archive.connection.execute("update media set next_try_at = ?", (at,))
    source_id = archive.connection.execute("select source_id from media").fetchone()[0]
    found = archive.media.due(source_id, [MediaKind.IMAGE], now=NOW, limit=9)
    assert bool(found) is is_due


@pytest.mark.parametrize(
    ("kind", "is_named", "shown"),
    [
        (MediaKind.IMAGE, False, 6),
        (MediaKind.IMAGE, True, 5),
        (MediaKind.DOCUMENT, False, 5),
    ],
)
def test_what_stands_on_more_than_five_pages_is_no_article_s(
    archive: Archive,
    article: Callable[..., Article],
    link: Callable[..., Link],
    kind: MediaKind,
    *,
    is_named: bool,
    shown: int,
) -> None:
    wanted = [Wanted(kind=kind, url="https://a.vn/x", is_named=is_named)]
    for number in range(6):
        archive.add(article(number), link=link(number), capture=None, run_id=None, media=wanted)
    files = [archive.media.of_article(number) for number in range(1, 7)]
    assert [len(each) for each in files] == [1] * shown + [0] * (6 - shown)
    assert archive.media.newest() == 1
    assert archive.media.count(MediaState.PENDING) == 1
    assert archive.media.count(MediaState.STORED) == 0


def test_a_file_is_stored_refused_or_tried_again(
    archive: Archive,
    article: Callable[..., Article],
    link: Callable[..., Link],
    capture: Callable[..., Capture],
) -> None:
    assert archive.media.newest() == 0
    urls = [f"https://a.vn/{number}" for number in range(3)]
    wanted = [Wanted(kind=MediaKind.DOCUMENT, url=url, title=f"QĐ {url[-1]}") for url in urls]
    archive.add(article(1), link=link(1), capture=None, run_id=None, media=wanted)
    due = archive.media.due("baolongan", [MediaKind.DOCUMENT], now=NOW, limit=9)
    assert [file.url for file in due] == urls[::-1]
    assert archive.media.due("baolongan", [MediaKind.IMAGE], now=NOW, limit=9) == []
    assert (
        archive.media.due("baolongan", [MediaKind.DOCUMENT], now=NOW, limit=9, after=2) == due[:1]
    )
    with archive.transaction():
        kept = archive.captures.keep(capture(0), None)
    facts = Facts(type="application/pdf", bytes=9)
    archive.media.store(due[0], facts, kept, "sha1:x", text="Kỹ thuật mới")
    archive.media.refuse(due[1], MediaState.REJECTED, "http-404", None)
    archive.media.refuse(due[2], MediaState.FAILED, "timeout", "2026-10-02T12:00:00Z")
    first, second, third = archive.media.of_article(1)
    assert (first.state, first.reason, first.attempts) == ("pending", "timeout", 1)
    assert first.next_try_at == "2026-10-02T12:00:00Z"
    assert (second.state, second.reason, second.next_try_at) == ("rejected", "http-404", None)
    assert (third.state, third.type, third.bytes, third.title) == (
        "stored", "application/pdf", 9, "QĐ 2",
    )  # fmt: skip
    assert archive.media.get(third.id) is not None
    assert archive.media.get(99) is None
    same = archive.media.same("sha1:x")
    assert same is not None
    assert same.id == kept
    assert archive.media.same("sha1:y") is None
    (hit,) = archive.search("ky thuat moi")
    assert hit.document == "QĐ 2"


def test_pictures_of_an_article_come_with_what_became_of_them(
    archive: Archive, article: Callable[..., Article], link: Callable[..., Link]
) -> None:
    wanted = [
        Wanted(kind=MediaKind.IMAGE, url="https://a.vn/1.jpg"),
        Wanted(kind=MediaKind.DOCUMENT, url="https://a.vn/1.pdf"),
    ]
    archive.add(article(1), link=link(1), capture=None, run_id=None, media=wanted)
    files = archive.media.of_article(1)
    images = [Image(url="https://a.vn/1.jpg#x", caption="Cầu"), Image(url="https://a.vn/2.jpg")]
    assert pair_pictures(images, files) == [(images[0], files[0]), (images[1], None)]
    assert pair_pictures([], files) == [(Image(url="https://a.vn/1.jpg"), files[0])]
    assert pair_pictures(images[1:], files) == [(images[1], None)]
