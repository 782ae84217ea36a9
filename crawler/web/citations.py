"""How an article is cited: in words, as RIS and as BibTeX. Pure.

RIS as reference managers read it (tags of the RIS format of Research Information Systems: a tag of
two letters, two spaces, a hyphen, a space, one line). BibTeX: braces and backslashes of a value
must pair, so they and all other characters with a meaning in TeX are written as commands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from storage.text import normalize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.web.language import Language
    from storage.records import StoredArticle

_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\^{}", "~": r"\~{}", '"': "''",
}  # fmt: skip
_TEX_SIGNS = re.compile("[" + re.escape("".join(_TEX)) + "]")
_NOT_IN_URL = re.compile(r"[\s{}\\\"<>^`|]")


def cite(article: StoredArticle, outlet: str, language: Language) -> str:
    """Return a citation in words: people, title, outlet, day, address, and when it was read."""
    authors = ", ".join(article.authors)
    day = language.day(article.published_on)
    seen = language.instant(article.last_seen_at)
    accessed = language.gettext("Seen %(when)s (Vietnam)") % {"when": seen}
    title = f"“{article.title.strip()}”"
    parts = [authors, title, outlet, day, article.url, accessed]
    return normalize(". ".join(part for part in parts if part) + ".")


def to_ris(article: StoredArticle, outlet: str) -> str:
    """Return a record of RIS, type NEWS, lines ended by CR LF."""
    lines = [f"{tag}  - {_line(text)}" for tag, text in _ris(article, outlet) if text]
    return "\r\n".join([*lines, "ER  - ", ""])


def _ris(article: StoredArticle, outlet: str) -> Iterator[tuple[str, str]]:
    yield "TY", "NEWS"
    yield "TI", article.title
    for author in article.authors:
        yield "AU", author
    yield "T2", outlet
    if article.published_on:
        yield "PY", article.published_on[:4]
        yield "DA", article.published_on.replace("-", "/")
    yield "AB", article.summary or ""
    for tag in article.tags:
        yield "KW", tag
    yield "LA", article.language or ""
    yield "UR", _url(article.url)
    yield "Y2", article.last_seen_at[:10].replace("-", "/")
    yield "ID", f"baotinh-{article.id}"


def to_bibtex(article: StoredArticle, outlet: str) -> str:
    """Return an entry of BibTeX, type ``online`` of BibLaTeX, which BibTeX reads as ``misc``."""
    fields = {
        "title": f"{{{_tex(article.title)}}}",
        "author": " and ".join(f"{{{_tex(author)}}}" for author in article.authors),
        "organization": _tex(outlet),
        "date": article.published_on or "",
        "year": (article.published_on or "")[:4],
        "url": _url(article.url),
        "urldate": article.last_seen_at[:10],
        "abstract": _tex(article.summary or ""),
        "langid": {"vi": "vietnamese", "en": "english"}.get(article.language or "", ""),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@online{{baotinh-{article.id},", *lines, "}", ""])


def _line(text: str) -> str:
    return normalize(text)


def _url(url: str) -> str:
    """Return an address without a character that neither a URL nor a record may hold."""
    return _NOT_IN_URL.sub("", normalize(url)) if url.startswith(("http://", "https://")) else ""


def _tex(text: str) -> str:
    return _TEX_SIGNS.sub(lambda found: _TEX[found[0]], normalize(text))
