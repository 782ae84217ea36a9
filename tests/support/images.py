"""Pictures that tests serve: drawn, and stated only."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from PIL.Image import Exif


def draw(
    width: int, height: int, kind: str = "jpeg", *, hue: int = 0, exif: Exif | None = None
) -> bytes:
    """Return a picture of two colours that depend on ``hue``."""
    picture = Image.new("RGB", (width, height), (hue % 256, 90, 160))
    picture.paste((200, hue * 7 % 256, 40), (0, 0, width // 2, height // 2))
    out = io.BytesIO()
    more = {} if exif is None else {"exif": exif}
    picture.save(out, kind.upper(), **more)
    return out.getvalue()


def png_of(width: int, height: int, pixels: bytes) -> bytes:
    """Return a PNG that states its size and holds any pixels (RFC 2083)."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x00\x00\x00\x00"
    chunks = ((b"IHDR", head), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")
        for name, data in chunks
    )
