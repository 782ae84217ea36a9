"""The text of a PDF from standard input: ``python -m crawler.media.reader CHARACTERS SECONDS``.

Bounded by the kernel: a document that wants more memory or time ends its reader, and nothing else.
"""

from __future__ import annotations

import io
import logging
import resource
import sys
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdf import PageObject

MOST_MEMORY = 768 * 1024 * 1024
"""Bytes of address space."""
MOST_PAGES = 500
MOST_LETTERS = 0.15
"""Share of words of one letter: some 0.02 in Vietnamese, half of them where words are torn."""


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
        found.append(read_page(page))
        size += len(found[-1])
    return "\n\n".join(found)[:most]


def read_page(page: PageObject) -> str:
    """Return the text of a page.

    pypdf sets a blank where the font changes within a word, as it does at each letter that a font
    lacks ("Quy ế t đ ị nh"). Its other way, by places on the page, does not, but mixes columns.
    """
    text = page.extract_text()
    if not is_split(text):
        return text
    placed = page.extract_text(extraction_mode="layout")
    return text if is_split(placed) or not placed.strip() else placed


def is_split(text: str) -> bool:
    """Return whether words are torn into letters."""
    words = text.split()
    letters = sum(len(word) == 1 and word.isalpha() for word in words)
    return letters > len(words) * MOST_LETTERS


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
