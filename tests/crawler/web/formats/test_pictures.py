"""Pictures as they were captured, and small copies of them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from storage.archive import Archive
from storage.warc.files import CaptureWriter
from tests.support.twins import Shelf
from tests.support.visits import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

URL = "https://baolongan.vn/tin-a1.html"


def draw(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (960, 600), (200, 40, 40)).save(out, kind)
    return out.getvalue()


PNG = draw("PNG")


@pytest.fixture(scope="module")
def pictured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A reader of an article with files: 1 a picture, 2 one that is not here, 3 a document."""
    path = tmp_path_factory.mktemp("pictured") / "archive.db"
    shelf = Shelf(path)
    shelf.crawl(0, {"1": "cầu mới"})
    shelf.close()
    with Archive.open(path) as archive, archive.transaction():
        with CaptureWriter(archive.captures_dir, "files") as writer:
            for number, (kind, body) in enumerate(
                (("image/png", PNG), ("image/svg+xml", b"<svg/>"), ("application/pdf", b"%PDF")), 1
            ):
                capture = writer.write(
                    url=f"{URL}.{number}", fetched_at="2026-10-02T00:00:00Z", status=200,
                    reason="OK", headers=[("Content-Type", kind)], body=body, ip=None,
                )  # fmt: skip
                archive.captures.keep(capture, None)
        rows = [
            (1, "image", "stored", 2, "image/png"), (2, "image", "stored", None, "image/png"),
            (3, "document", "stored", 4, "application/pdf"),
            (4, "image", "stored", 3, "image/svg+xml"),
        ]  # fmt: skip
        archive.connection.executemany(
            "insert into media (id, source_id, kind, url, state, found_at, capture_id, type)"
            " values (?, 'baolongan', ?, hex(randomblob(8)), ?, '2026-10-02T00:00:00Z', ?, ?)",
            rows,
        )
        archive.connection.execute("insert into article_media select id, 1, null from media")
    with Reader(path) as opened:
        yield opened


def test_a_picture_comes_as_it_was_sent(pictured: Reader) -> None:
    answer = pictured.get("/picture/1")
    assert (answer.status_code, answer.headers["content-type"], answer.body) == (
        200, "image/png", PNG,
    )  # fmt: skip
    assert answer.headers["cache-control"] == "private, max-age=3600"


def test_a_small_copy_is_made_of_it(pictured: Reader) -> None:
    answer = pictured.get("/picture/1/small")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.headers["cache-control"] == "private, max-age=3600"
    assert Image.open(io.BytesIO(bytes(answer.body))).size == (480, 300)


@pytest.mark.parametrize("number", [2, 3, 4, 99])
def test_what_is_no_picture_here_is_missing(pictured: Reader, number: int) -> None:
    for address in (f"/picture/{number}", f"/picture/{number}/small"):
        answer = pictured.get(address)
        assert (answer.status_code, bytes(answer.body)) == (404, b"no such picture\n")
