"""Bylines in other languages than Vietnamese: the names in a line that is there to give them.

Forms of names differ by language, so only a line that says what it is counts: its element is named
as a byline, or it begins with `by` in one of the languages. Within it a name is two to four
capitalised words, none of which an office or an outlet is called by.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from crawler.extract.authors.stamps import without_dates
from crawler.extract.dom.traits import Trait
from crawler.extract.words import any_of, load_words
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crawler.extract.dom.blocks import Block, Scan

LONGEST = 160
"""Characters of a line that gives names."""
REACH = 400
"""Characters from the headline within which `by` begins a byline; farther down it is a quotation's
or a picture's."""
AND = re.compile(r"\s*(?:,|;|\s(?:and|und|og|och|et|e|y|en|&)\s)\s*")
"""What stands between the names of a signature in other languages."""
AGENCY = 4
"""Letters of the short form of an agency's name."""
_PARTS = re.compile(r"\s*[,;|•·/\n(–—]\s*|\s+(?:and|und|og|och|et|e|y|en|i|&|-)\s+", re.IGNORECASE)
"""What stands between names, and between a name and what follows it."""
_WORD = re.compile(r"[^\W\d_]+(?:['’\-.][^\W\d_]+)*\.?")
_GLUED = re.compile(r"(?!(?:Mc|Mac|De|Di|Du|La|Le|Van|Fitz)[A-Z])\b[A-Z][a-z]+[A-Z]")
"""Two words without a space between, as labels side by side are read; `McCoy` is a name."""
_NAMED_BEFORE_DATE = re.compile(r"[^|•·]{5,60}[|•·]")
"""`First Last | 05.04.2025`."""
_APART = Trait.COMMENT | Trait.RELATED | Trait.HIDDEN


@cache
def _by() -> re.Pattern[str]:
    """What a byline begins with, at the beginning of its line or behind a date or stroke."""
    return re.compile(rf"(?:\A|[\n|•·]\s*){any_of('bylines/by')}(?:\s|(?<=:))\s*", re.IGNORECASE)


@cache
def _no_person() -> frozenset[str]:
    return frozenset(word for line in load_words("names/no-person") for word in line.split())


def signing_lines(
    lines: Iterable[tuple[Block, int]], scan: Scan, *, labelled: bool = False
) -> Iterator[tuple[list[str], Block]]:
    """Yield the names that each line gives which says that it gives them, and the line.

    ``lines`` are those around the text, with their distance from the headline. With ``labelled``
    only those count that begin with `by`.
    """
    for block, distance in lines:
        marked = block.traits & Trait.BYLINE
        if block.traits & _APART or len(block.text) > LONGEST:
            continue
        if not marked and abs(distance) >= REACH:
            continue
        line = without_dates(block.text)
        label = _by().search(line)
        if labelled and not label:
            continue
        before = _NAMED_BEFORE_DATE.match(block.text) if line != block.text else None
        if marked or label or before:
            names = read_names(line[label.end() :] if label else line)
            names = names or (_read_parts(scan, block) if marked else [])
            if names:
                yield names, block


def _read_parts(scan: Scan, block: Block) -> list[str]:
    """Return the names of a line of which each stands in an element of its own."""
    parts = [" ".join(node.text().split()) for node in scan.nodes[block.el].css("a, span")]
    shown = list(dict.fromkeys(filter(None, parts)))
    return shown if len(shown) > 1 and all(map(is_name, shown)) else []


def read_names(line: str) -> list[str]:
    """Return the names at the beginning of a line; none where it begins with something else."""
    names: list[str] = []
    for part in filter(None, map(str.strip, _PARTS.split(line))):
        if not is_name(part):
            break
        names.append(part)
    return list(dict.fromkeys(names))


def read_labelled(line: str) -> list[str]:
    """Return the names of a line that begins with `by` in one of the languages."""
    label = _by().match(line)
    return read_names(line[label.end() :]) if label else []


def read_line(line: str) -> list[str]:
    """Return the names of a line that has dates, offices and outlets beside them, no more; capitals
    are a button's."""
    if line.isupper() or _GLUED.search(line):
        return []
    line = without_dates(line)
    label = _by().match(line)
    parts = list(filter(None, map(str.strip, _PARTS.split(line[label.end() :] if label else line))))
    names = [part for part in parts if is_name(part)]
    others = (part for part in parts if part not in names)
    return names if all(map(_is_office, others)) else []


def _is_office(part: str) -> bool:
    """Whether a part says where somebody works or when: `Staff Writer`, `dpa`, `10:05`."""
    words = [fold(word).strip(".") for word in part.split()]
    if len(words) == 1 and len(part) <= AGENCY:
        return True
    return not _no_person().isdisjoint(words) or any(map(str.isdigit, part))


def names_host(name: str, host: str) -> bool:
    """Whether a name is the site's own: `n-tv NACHRICHTEN` of www.n-tv.de, `STERN.de`."""
    letters = "".join(filter(str.isalnum, fold(name)))
    labels = ["".join(filter(str.isalnum, label)) for label in host.removeprefix("www.").split(".")]
    core = max(labels[:-1], key=len, default="")
    return len(letters) > 2 and (letters in "".join(labels) or (len(core) > 2 and core in letters))


def without_places(
    stated: Iterable[tuple[str, str, float]], host: str
) -> Iterator[tuple[str, str, float]]:
    """What the page states, without what follows the site's own name: `site.de, Frankfurt`."""
    for line, how, confidence in stated:
        first = AND.split(line)[0]
        yield first if names_host(first, host) else line, how, confidence


def without_host(
    stated: Iterable[tuple[str, str, float]], host: str
) -> Iterator[tuple[str, str, float]]:
    """What the page states of people; the site's own name comes after the lines that sign."""
    for line, how, confidence in stated:
        people = [name for name in AND.split(line) if not names_host(name, host)]
        if people:
            yield "; ".join(people), how, confidence


def is_name(text: str) -> bool:
    """Whether a text is what names of people look like in languages with capital letters."""
    words = text.split()
    if not 2 <= len(words) <= 4 or not all(map(_WORD.fullmatch, words)):
        return False
    if not _no_person().isdisjoint(fold(word).strip(".") for word in words):
        return False
    named = [word for word in words if word not in load_words("names/particles")]
    return len(named) > 1 and all(word[0].isupper() for word in named)
