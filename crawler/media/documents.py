"""Documents that articles attach: where a page names them, and the text of a PDF.

A PDF is a program for a reader: it is read in a process of its own, with bounds on memory and time.
"""

from __future__ import annotations

import asyncio
import re
import sys
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from crawler.failures import Word
from crawler.media.errors import UnfitMedia
from storage.media.files import Facts, MediaKind, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selectolax.lexbor import LexborNode

MOST_TEXT = 100_000
"""Characters of one document that are searched: forty pages."""
SECONDS = 10
"""Processor time in which a document must be read."""
PATIENCE = 60.0
"""Seconds after which its reader is ended, whatever it waits for."""
_HEAD = 1024
"""Bytes in which a PDF must name itself, as readers have it (ISO 32000-1, annex H)."""
_ASIDE = frozenset({"nav", "header", "footer", "aside"})
_PLACES = {"a": "href", "iframe": "src", "embed": "src", "object": "data"}
_MOST_NODES = 20_000
_SPACE = re.compile(r"[^\S\n]+")


def list_documents(body: bytes, url: str, content_type: str | None) -> Iterator[Wanted]:
    """Yield the PDFs that a page links or shows behind its headline, outside of menus."""
    # A crawl with nothing new needs no parser.
    from selectolax.lexbor import LexborHTMLParser

    from crawler.charset import decode_page

    tree = LexborHTMLParser(decode_page(body, content_type).text)
    head = tree.css_first("h1")
    start = None if head is None else head.mem_id
    begun = start is None
    for node in islice(tree.root.traverse() if tree.root else (), _MOST_NODES):
        begun = begun or node.mem_id == start
        target = node.attributes.get(_PLACES[node.tag]) if node.tag in _PLACES else None
        if begun and target and _is_pdf(target) and not _is_aside(node):
            try:
                absolute = urljoin(url, target.strip())
            except ValueError:
                continue
            yield Wanted(MediaKind.DOCUMENT, absolute, _name(node, absolute))


def _is_pdf(target: str) -> bool:
    try:
        parts = urlsplit(target.strip())
    except ValueError:
        return False
    return parts.scheme in ("", "http", "https") and ".pdf" in f"{parts.path}?{parts.query}".lower()


def _is_aside(node: LexborNode) -> bool:
    above = node.parent
    while above is not None:
        if above.tag in _ASIDE:
            return True
        above = above.parent
    return False


def _name(node: LexborNode, url: str) -> str:
    """Return what the page calls a document: the words of its link, else the name of its file."""
    words = " ".join(node.text(deep=True).split()) if node.tag == "a" else ""
    return (words or unquote(urlsplit(url).path.rpartition("/")[2]) or url)[:300]


def judge_document(body: bytes) -> Facts:
    """Return what a document is. Raise UnfitMedia where it is no PDF."""
    if b"%PDF-" not in body[:_HEAD]:
        raise UnfitMedia(Word.NOT_A_PDF)
    return Facts(type="application/pdf", bytes=len(body))


async def read_text(body: bytes) -> str:
    """Return the text of a PDF, at most ``MOST_TEXT`` characters; empty where none can be read."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "crawler.media.reader", str(MOST_TEXT), str(SECONDS)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        text, _ = await asyncio.wait_for(child.communicate(body), PATIENCE)
    except (TimeoutError, BrokenPipeError, ConnectionResetError):
        text = b""
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return clean_text(text.decode("utf-8", "replace"))


def clean_text(text: str) -> str:
    """Return a text with single blanks, and without what is no character."""
    plain = "".join(c for c in text if c == "\n" or c.isprintable() or c.isspace())
    lines = (_SPACE.sub(" ", line).strip() for line in plain.splitlines())
    return "\n".join(line for line in lines if line)[:MOST_TEXT]
