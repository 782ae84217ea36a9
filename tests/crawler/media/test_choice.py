"""Which files of an article are wanted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.media.choice import NOTHING, Choice, choose, list_wanted
from crawler.sources import Source
from storage.media.choices import AttachmentChoice, ImageChoice
from storage.media.files import MediaKind, Wanted
from storage.records import Article, Image

MAX_URL = 2_000

HOME = "https://bao.example.vn/"
SOURCE = Source(id="bao", name="Báo", province="Huế", homepage=HOME)


def article(*names: str) -> Article:
    return Article(
        source_id="bao",
        url=HOME + "a1.html",
        canonical_url=HOME + "a1.html",
        key="a1",
        title="Tựa",
        body="Chữ",
        fetched_at="2026-11-20T08:00:00Z",
        images=[Image(url=name if "//" in name else HOME + name) for name in names],
    )


def wanted(choice: Choice, *names: str, documents: tuple[str, ...] = ()) -> list[str]:
    files = [Wanted(MediaKind.DOCUMENT, HOME + name) for name in documents]
    found = list_wanted(article(*names), SOURCE, choice, files)
    return [file.url.removeprefix(HOME) for file in found]


@pytest.mark.parametrize(
    ("images", "most", "taken"),
    [
        (ImageChoice.NONE, 20, []),
        (ImageChoice.LEAD, 20, ["1.jpg"]),
        (ImageChoice.LEAD, 0, []),
        (ImageChoice.ALL, 2, ["1.jpg", "2.jpg"]),
        (ImageChoice.ALL, 20, ["1.jpg", "2.jpg", "3.jpg"]),
    ],
)
def test_pictures_are_taken_from_the_first_on(
    images: ImageChoice, most: int, taken: list[str]
) -> None:
    assert wanted(Choice(images=images, most=most), "1.jpg", "2.jpg", "3.jpg") == taken


def test_a_picture_counts_once_and_lies_where_the_source_lends_from() -> None:
    choice = Choice(images=ImageChoice.ALL, most=2)
    assert wanted(choice, "1.jpg", "1.jpg", "https://khac.example.com/x.jpg", "2.jpg") == [
        "1.jpg",
        "2.jpg",
    ]


def test_an_address_is_no_longer_than_addresses_may_be() -> None:
    choice = Choice(images=ImageChoice.ALL, most=20)
    fits = "x" * (MAX_URL - len(HOME))
    assert wanted(choice, fits) == [fits]
    assert wanted(choice, fits + "x") == []


def test_documents_have_their_own_number() -> None:
    choice = Choice(images=ImageChoice.ALL, attachments=AttachmentChoice.PDF, most=1)
    assert wanted(choice, "1.jpg", "2.jpg", documents=("a.pdf", "b.pdf")) == ["1.jpg", "a.pdf"]
    assert choice.kinds == (MediaKind.IMAGE, MediaKind.DOCUMENT)
    assert NOTHING.kinds == ()
    assert Choice(images=ImageChoice.LEAD, most=20).kinds == (MediaKind.IMAGE,)
    assert wanted(NOTHING, "1.jpg", documents=("a.pdf",)) == []


def test_the_source_says_more_than_the_settings() -> None:
    kept = choose(SOURCE, images="lead", attachments="none", most=3)
    assert (kept.images, kept.attachments, kept.most) == (
        ImageChoice.LEAD,
        AttachmentChoice.NONE,
        3,
    )
    own = Source(id="bao", name="Báo", province="Huế", homepage=HOME, images=ImageChoice.ALL)
    assert choose(own, images="none", attachments="none", most=3).images is ImageChoice.ALL
    own = replace(own, images=None, attachments=AttachmentChoice.PDF)
    kept = choose(own, images="none", attachments="none", most=3)
    assert (kept.images, kept.attachments) == (ImageChoice.NONE, AttachmentChoice.PDF)
    assert choose(SOURCE, images="none", attachments="pdf", most=3).kinds == (MediaKind.DOCUMENT,)
