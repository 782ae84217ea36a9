"""What the bytes of a picture are, and small copies of it. The server's word does not count.

Pillow reads headers only until the size is known to be bounded: a bomb is never unpacked.
"""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING

from crawler.failures import Word
from crawler.media.errors import UnfitMedia
from storage.media.files import Facts

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
"""What browsers show. SVG is not among them: it is a program."""
TYPES = frozenset(f"image/{name.lower()}" for name in FORMATS)
MAX_PIXELS = 50_000_000
"""Of a picture that is kept: what good cameras make."""
MAX_UNPACKED = 25_000_000
"""Pixels of one that is unpacked for a small copy; of JPEG fewer than it has are unpacked."""
SMALL = (480, 480)
"""Width and height of a small copy, at most."""
_ONE = threading.Lock()
"""One picture is unpacked at a time, so that memory stays bounded."""


def judge_picture(body: bytes) -> Facts:
    """Return what a picture is. Raise UnfitMedia where it is none, or has too many pixels."""
    if _is_vast_webp(body):
        raise UnfitMedia(Word.PIXELS)
    try:
        with _open(body) as picture:
            kind, (width, height) = picture.format or "", picture.size
    except Exception as error:
        # Whatever hostile bytes make a parser raise: they are no picture.
        raise UnfitMedia(Word.NOT_A_PICTURE) from error
    if width * height > MAX_PIXELS:
        raise UnfitMedia(Word.PIXELS)
    if not width or not height:
        raise UnfitMedia(Word.NOT_A_PICTURE)
    kind = "JPEG" if kind == "MPO" else kind  # two frames of one camera in a JPEG
    return Facts(type=f"image/{kind.lower()}", bytes=len(body), width=width, height=height)


def shrink_picture(body: bytes) -> bytes | None:
    """Return a small copy as JPEG, or None where there can be none. Frames of films: the first."""
    try:
        with _ONE, _open(body) as picture:
            picture.draft("RGB", SMALL)
            if picture.width * picture.height > MAX_UNPACKED:
                return None
            return _write_small(picture)
    except Exception:  # noqa: BLE001 - see `judge_picture`; a damaged one has no small copy
        return None


def _write_small(picture: Picture) -> bytes:
    from PIL import Image, ImageOps

    turned = ImageOps.exif_transpose(picture)
    turned.thumbnail(SMALL)
    whole = turned.convert("RGBA")
    ground = Image.new("RGBA", whole.size, "white")
    out = io.BytesIO()
    Image.alpha_composite(ground, whole).convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


def _is_vast_webp(body: bytes) -> bool:
    """Return whether a WebP states too many pixels (RFC 9649, 2.7): opening makes room for all."""
    if body[:4] != b"RIFF" or body[8:16] != b"WEBPVP8X":
        return False
    width, height = (int.from_bytes(body[at : at + 3], "little") for at in (24, 27))
    return (width + 1) * (height + 1) > MAX_PIXELS


def _open(body: bytes) -> Picture:
    from PIL import Image

    # Pillow's own limit warns first, and refuses at twice as many; ours is asked before unpacking.
    Image.MAX_IMAGE_PIXELS = None
    return Image.open(io.BytesIO(body), formats=FORMATS)
