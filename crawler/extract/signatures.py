"""Who wrote an article: bylines around and inside the text, and what the page says of itself.

Vietnamese papers sign at the end of the text, and their structured data names an account or the
paper; elsewhere the structured data is right and the page varies. So Vietnamese articles are
asked in the order layout, end of text, under the headline, structured; others the other way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.extract.bylines import Byline, parse_byline
from crawler.extract.places import lines_around, marked_bylines
from crawler.extract.traits import Trait
from storage.records import Article, Evidence
from storage.text import fold, normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.extract.blocks import Block, Scan
    from crawler.extract.markup import Page
    from crawler.extract.structured import Structured

MAX_BYLINE = 120
_LABEL = re.compile(
    r"(?:tac gia|nguon(?: tin)?|bai|tin|thuc hien|nguoi viet|theo)\b.{0,20}[:(]|theo "
)
_UNSURE = ("end of text", "line near")
"""Places where anything may stand: there a name must look like one."""
_META = (
    "author", "article:author", "dc.creator", "dc.author", "dcterms.creator", "parsely-author", "sailthru.author",
    "byl", "dable:author", "article.author", "cxenseparse:author", "authors", "citation_author",
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Signature:
    """The authors, and the body without the lines that name them."""

    texts: list[Block]
    authors: list[str] = field(default_factory=list)
    raw: str | None = None
    credit: str | None = None
    evidence: Evidence | None = None

    def fill(self, article: Article) -> None:
        """Write authors, byline and credit into an article."""
        article.authors = [normalize(name) for name in self.authors]
        article.byline_raw = normalize(self.raw) if self.raw else None
        article.source_credit = normalize(self.credit) if self.credit else None
        if self.authors and self.evidence:
            article.evidence["authors"] = self.evidence
        elif self.credit and self.evidence:
            article.evidence["source_credit"] = self.evidence


def find_signature(
    page: Page,
    data: Structured,
    scan: Scan,
    texts: list[Block],
    *,
    title: int | None,
    language: str | None,
    layout_lines: list[str],
    layout: str,
) -> Signature:
    """The signature by the order of the module's rule."""
    signature = Signature(texts=texts)
    ends = list(_from_end(signature)) + list(_from_start(signature))
    around = _around(scan, texts, title)
    visible = [(line, f"layout {layout}", 0.95) for line in layout_lines]
    visible += [(line, "end of text", 0.9) for line in ends]
    visible += [(line, "line near the text", 0.8) for line in around]
    outlets = _outlets(page, data)
    structured = list(_structured(page, data))
    vietnamese = language in ("vi", None)
    if not vietnamese:
        _take_stated(signature, data, outlets)
    proposals = visible + structured if vietnamese else structured + visible
    for line, how, confidence in proposals:
        byline = parse_byline(line, site_names=outlets, field=not how.startswith(_UNSURE))
        if byline is None:
            continue
        authors = byline.authors
        if signature.credit is None and byline.source_credit:
            signature.credit = byline.source_credit
            signature.evidence = signature.evidence or Evidence(how=how, confidence=confidence)
        if authors and not signature.authors:
            signature.authors = list(authors)
            signature.raw = line
            signature.evidence = Evidence(how=how, confidence=confidence)
        if signature.raw is None and byline.source_credit:
            signature.raw = line
    return signature


def _take_stated(signature: Signature, data: Structured, outlets: list[str]) -> None:
    """People that JSON-LD names, as it names them: the forms of names differ by language."""
    known = {fold(name).strip() for name in outlets}
    names = [
        name
        for name in dict.fromkeys(data.authors)
        if 3 < len(name) < 60
        and " " in name
        and not any(letter in name for letter in "/@|:,")
        and fold(name).strip() not in known
    ]
    if names:
        signature.authors = names
        signature.raw = "; ".join(names)
        signature.evidence = Evidence(how="json-ld author", confidence=0.9)


def _from_end(signature: Signature) -> Iterator[str]:
    """Bylines that stand as the last lines of the text; they leave it."""
    found: list[str] = []
    texts = list(signature.texts)
    for _ in range(4):
        if len(texts) < 2:
            break
        last = texts[-1]
        if not _may_sign(last) or _read(last) is None:
            break
        found.append(last.text)
        texts.pop()
    signature.texts = texts
    yield from reversed(found)


def _from_start(signature: Signature) -> Iterator[str]:
    """A byline as the first line of the text, under the headline."""
    texts = signature.texts
    if len(texts) > 2 and _may_sign(texts[0]) and texts[0].text[-1:] not in ".!?":
        byline = _read(texts[0])
        if byline is not None and (byline.authors or texts[0].traits & Trait.BYLINE):
            signature.texts = texts[1:]
            yield texts[0].text


def _may_sign(block: Block) -> bool:
    return len(block.text) <= MAX_BYLINE and block.tag not in ("h1", "h2", "h3")


def _read(block: Block) -> Byline | None:
    marked = bool(block.traits & Trait.BYLINE)
    byline = parse_byline(block.text, field=marked)
    if byline is None or (byline.kind == "nobody" and not marked):
        return None
    return byline


def _around(scan: Scan, texts: list[Block], title: int | None) -> list[str]:
    """Lines named as bylines, and right-aligned lines right behind the text."""
    ids = {id(block) for block in texts}
    inside = [index for index, block in enumerate(scan.blocks) if id(block) in ids]
    if not inside:
        # A layout reads its own part of the page: the same lines, seen again.
        lines = {block.text for block in texts if len(block.text) > 60}
        inside = [index for index, block in enumerate(scan.blocks) if block.text in lines]
    first, last = (inside[0], inside[-1]) if inside else (title or 0, (title or 0) + 12)
    marked = [b.text for b in marked_bylines(lines_around(scan, title, first, last))]
    behind = [
        block.text
        for block in scan.blocks[last + 1 : last + 4]
        if inside
        and not block.image
        and _may_sign(block)
        and (block.align == "right" or _LABEL.match(fold(block.text)))
    ]
    return _unique([*behind, *marked])


def _unique(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(lines))


def _structured(page: Page, data: Structured) -> Iterator[tuple[str, str, float]]:
    names = [name for name in data.authors if not name.startswith("http")]
    if names:
        yield "; ".join(dict.fromkeys(names)), "json-ld author", 0.85
    for key in _META:
        values = [value for value in page.metas.get(key, ()) if not value.startswith("http")]
        if values:
            yield "; ".join(dict.fromkeys(values)), f"meta {key}", 0.7


def _outlets(page: Page, data: Structured) -> list[str]:
    """Names of the paper itself: no author is called so."""
    names = [*data.organizations, page.meta("og:site_name") or "", page.meta("copyright") or ""]
    return [name for name in names if name]
