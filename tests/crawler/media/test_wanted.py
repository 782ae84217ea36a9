"""The picture that a page names in its head, and what is to be fetched of it."""

from __future__ import annotations

import pytest

from crawler.media.choice import Choice
from crawler.media.wanted import list_media, list_named
from crawler.sources import Source
from storage.media.choices import AttachmentChoice, ImageChoice
from storage.records import Article, Image

URL = "https://a.vn/tin/1.html"
SOURCE = Source(id="a", name="A", province="Huế", homepage="https://a.vn/")


def meta(name: str, content: str, kind: str = "property") -> str:
    return f'<meta {kind}="{name}" content="{content}">'


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (meta("og:image", "/a.jpg"), "https://a.vn/a.jpg"),
        (meta(" OG:Image ", " /a.jpg "), "https://a.vn/a.jpg"),
        (meta("twitter:image", "b.jpg", "name"), "https://a.vn/tin/b.jpg"),
        (meta("og:image:secure_url", "/c.jpg") + meta("og:image:url", "/b.jpg"),
         "https://a.vn/b.jpg"),
        (meta("twitter:image", "/b.jpg") + meta("og:image", "/a.jpg"), "https://a.vn/a.jpg"),
        (meta("og:image", "/a.jpg") + meta("og:image", "/b.jpg"), "https://a.vn/a.jpg"),
        (meta("og:image", "") + meta("twitter:image", "/b.jpg"), "https://a.vn/b.jpg"),
        (meta("og:title", "/a.jpg"), None),
        (meta("og:image", "http://[bad/a.jpg"), None),
        ("", None),
    ],
)  # fmt: skip
def test_a_page_names_the_picture_that_stands_for_it(head: str, url: str | None) -> None:
    page = f"<html><head>{head}</head></html>".encode()
    found = list(list_named(page, URL, "text/html"))
    assert [each.url for each in found] == ([url] if url else [])
    assert all(each.is_named for each in found)


@pytest.mark.parametrize(("before", "is_found"), [(262_144 - 200, True), (262_144, False)])
def test_it_is_looked_for_in_the_first_quarter_megabyte(before: int, is_found: bool) -> None:
    page = b"<html><head>".ljust(before, b" ") + meta("og:image", "/a.jpg").encode()
    assert bool(list(list_named(page, URL, "text/html"))) is is_found


PAGE = f"""<html><head>{meta("og:image", "/a.jpg")}</head><body><h1>T</h1>
<a href="/x.pdf">Tệp</a></body></html>""".encode()


@pytest.mark.parametrize(
    ("images", "attachments", "own", "urls"),
    [
        (ImageChoice.NONE, AttachmentChoice.NONE, False, []),
        (ImageChoice.LEAD, AttachmentChoice.NONE, False, ["a.jpg"]),
        (ImageChoice.NONE, AttachmentChoice.PDF, False, ["x.pdf"]),
        (ImageChoice.ALL, AttachmentChoice.PDF, False, ["a.jpg", "x.pdf"]),
        # What the article itself shows comes in the place of what the head names.
        (ImageChoice.ALL, AttachmentChoice.NONE, True, ["own.jpg"]),
    ],
)
def test_what_is_chosen_is_listed(
    images: ImageChoice, attachments: AttachmentChoice, own: bool, urls: list[str]
) -> None:
    shown = [Image(url="https://a.vn/own.jpg")] if own else []
    article = Article(source_id="a", url=URL, images=shown)
    choice = Choice(images=images, attachments=attachments, most=9)
    found = list_media(article, SOURCE, choice, PAGE, "text/html")
    assert [each.url.rpartition("/")[2] for each in found] == urls
