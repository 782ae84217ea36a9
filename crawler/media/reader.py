"""The text of a PDF from standard input: ``python -m crawler.media.reader CHARACTERS SECONDS``.

Bounded by the kernel: a document that wants more memory or time ends its reader, and nothing else.
"""

from __future__ import annotations

import io
import logging
import resource
import sys
import unicodedata

MOST_MEMORY = 768 * 1024 * 1024
"""Bytes of address space."""
MOST_PAGES = 500


def main(most: int, seconds: int) -> None:
    """Write the text, up to ``most`` characters."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    logging.disable()
    body = sys.stdin.buffer.read()
    text = unicodedata.normalize("NFC", read(body, most))
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))


def read(body: bytes, most: int) -> str:
    """Return the text of a PDF's pages, in order, until there is enough."""
    from pypdf import PdfReader

    found, size = [], 0
    for number, page in enumerate(PdfReader(io.BytesIO(body)).pages):
        if number >= MOST_PAGES or size >= most:
            break
        found.append(page.extract_text())
        size += len(found[-1])
    return "\n\n".join(found)[:most]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
