"""What the bytes of a picture are, whatever they are called; small copies of them."""

from __future__ import annotations

import io
import zlib

import pytest
from PIL import Image

from crawler.failures import Word
from crawler.media.errors import UnfitMedia
from crawler.media.pictures import TYPES, judge_picture, shrink_picture
from tests.support.images import draw, png_of

MAX_PIXELS = 50_000_000


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif", "avif"])
def test_a_picture_is_known_by_its_bytes(kind: str) -> None:
    facts = judge_picture(draw(64, 48, kind))
    assert (facts.type, facts.width, facts.height) == (f"image/{kind}", 64, 48)
    assert facts.type in TYPES


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html><html><body><h1>Not found</h1></body></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7\n",
        b"\xff\xd8\xff\xe0 cut",
        b"GIF89a",
        b"RIFF\xff\xff\xff\xffWEBPVP8 ",
    ],
)
def test_what_is_no_picture_is_refused(body: bytes) -> None:
    with pytest.raises(UnfitMedia) as caught:
        judge_picture(body)
    assert caught.value.reason == Word.NOT_A_PICTURE


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = png_of(30_000, 30_000, zlib.compress(b"\0" * 1_000_000))
    webp = b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xff\xff\xff" * 2 + b"\0" * 20
    for body in (bomb, webp):
        with pytest.raises(UnfitMedia) as caught:
            judge_picture(body)
        assert caught.value.reason == Word.PIXELS


def test_a_small_copy_keeps_shape_and_orientation() -> None:
    small = shrink_picture(draw(1200, 600, "png"))
    assert small is not None
    with Image.open(io.BytesIO(small)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (480, 240))
        # Quality 80: of the standard's table (ITU-T T.81, K.1), which begins with 16, two fifths.
        assert shown.quantization[0][0] == 6  # type: ignore[attr-defined]
    turned = Image.Exif()
    turned[0x0112] = 6
    small = shrink_picture(draw(1200, 600, "jpeg", exif=turned))
    assert small is not None
    with Image.open(io.BytesIO(small)) as shown:
        assert shown.size == (240, 480)


def test_what_is_too_large_to_be_unpacked_has_no_small_copy() -> None:
    side = int(MAX_PIXELS**0.5)
    assert judge_picture(png_of(side, side, b"")).width == side
    assert shrink_picture(png_of(side, side, b"")) is None
    assert shrink_picture(draw(300, 200, "png")[:200]) is None


@pytest.mark.parametrize(
    ("width", "height", "word"),
    [
        (50_000, 1000, Word.NOT_A_PICTURE),
        (50_000, 1001, Word.PIXELS),
        (1000, 50_000, Word.NOT_A_PICTURE),
        (1001, 50_000, Word.PIXELS),
    ],
)
def test_a_webp_that_states_more_than_fifty_million_pixels_is_not_opened(
    width: int, height: int, word: Word
) -> None:
    size = b"".join((side - 1).to_bytes(3, "little") for side in (width, height))
    body = b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + size + b"\0" * 20
    with pytest.raises(UnfitMedia) as caught:
        judge_picture(body)
    assert caught.value.reason == word


@pytest.mark.parametrize(
    ("width", "height", "is_kept"), [(5000, 10_000, True), (5001, 10_000, False)]
)
def test_a_picture_has_fifty_million_pixels_at_most(
    width: int, height: int, *, is_kept: bool
) -> None:
    picture = png_of(width, height, b"")
    if is_kept:
        assert judge_picture(picture).width == width
    else:
        with pytest.raises(UnfitMedia):
            judge_picture(picture)


def test_of_a_jpeg_only_so_much_is_unpacked_as_a_small_copy_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A JPEG can be unpacked by halves: a quarter of its pixels are enough here.
    monkeypatch.setattr("crawler.media.pictures.MAX_UNPACKED", 250_000)
    assert shrink_picture(draw(1000, 1000, "jpeg")) is not None
    assert shrink_picture(draw(1000, 1000, "png")) is None


@pytest.mark.parametrize(("height", "is_shrunk"), [(2500, True), (2501, False)])
def test_a_small_copy_is_made_of_twenty_five_million_pixels_at_most(
    height: int, *, is_shrunk: bool
) -> None:
    rows = zlib.compress(b"\0" * (height * 10_001), 1)
    picture = png_of(10_000, height, rows)
    assert (shrink_picture(picture) is not None) == is_shrunk
