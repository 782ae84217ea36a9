"""The piece of an article that shows why it was found, as published, hits in ``[ ]``. Pure."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from storage.search.scoring import fold_ascii, plain_marks
from storage.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.search.query import Query, Word

WIDTH = 220
"""Characters of text in a snippet, about."""
MOST_HITS = 500

_BETWEEN_HITS = re.compile(r"[ \-–/.,]{1,2}")


class _Aligned(dict[int, str]):
    """Folds letter by letter and keeps the length, so that offsets stay true."""

    def __missing__(self, code: int) -> str:
        folded = fold(chr(code))
        self[code] = folded if len(folded) == 1 else chr(code)
        return self[code]


_ALIGNED = _Aligned()


def make_snippet(
    words: Sequence[Word],
    title: str,
    summary: str,
    body: str,
    *,
    whole: int = 0,
    width: int = WIDTH,
) -> str:
    """Return the best piece of body, summary or title, in that order, with its hits marked.

    ``whole``: letters of the longest phrase; what has so long a hit comes before what has none.
    """
    finder = _finder(words) if words else None
    first: tuple[str, list[tuple[int, int]]] | None = None
    for text in (body, summary, title):
        line = " ".join(text.split())
        if not finder or not (spans := _hits(finder, words, line)):
            continue
        first = first or (line, spans)
        if max(right - left for left, right in spans) >= whole:
            return _cut(line, spans, width)
    line, spans = first or (" ".join((summary or body).split()), [])
    return _cut(line, spans, width)


def letters_of_phrases(query: Query) -> int:
    """Return the letters of the longest quoted phrase of a query; 0 without one."""
    phrases = (" ".join(word.exact for word in run) for run in query.runs if run.quoted)
    return max(map(len, phrases), default=0)


def _finder(words: Sequence[Word]) -> re.Pattern[str]:
    wanted = {spelling: word.prefix for word in words for spelling in word.folded_spellings}
    found = (
        re.escape(word) + (r"\w*" if prefix else "")
        for word, prefix in sorted(wanted.items(), key=lambda item: -len(item[0]))
    )
    # Without \b in front: so a letter that begins no word is skipped several times faster.
    return re.compile(rf"(?:{'|'.join(found)})\b")


def _hits(finder: re.Pattern[str], words: Sequence[Word], text: str) -> list[tuple[int, int]]:
    """Return where the words stand; with their accents where any does, else without."""
    folded = _aligned(text)
    found = (match.span() for match in finder.finditer(folded))
    spans = list(itertools.islice((span for span in found if _begins(folded, span[0])), MOST_HITS))
    known: dict[str, bool] = {}
    exact = []
    for span in spans:
        word = text[slice(*span)].lower()
        if word not in known:
            known[word] = _is_exact(words, word, folded[slice(*span)])
        if known[word]:
            exact.append(span)
    return _joined(text, exact or spans)


def _aligned(text: str) -> str:
    """The folded text, letter for letter, so that offsets stay true."""
    folded = fold_ascii(plain_marks(text))
    if len(folded) == len(text):
        return folded.decode()
    return text.translate(_ALIGNED)


def _begins(text: str, start: int) -> bool:
    """Whether a word starts here."""
    return not start or not (text[start - 1].isalnum() or text[start - 1] == "_")


def _is_exact(words: Sequence[Word], found: str, folded: str) -> bool:
    return any(
        found.startswith(word.exact) if word.prefix else found in word.exact_spellings
        for word in words
    ) or any(not word.accented and folded in word.folded_spellings for word in words)


def _joined(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Neighbouring hits are one."""
    joined = spans[:1]
    for span in spans[1:]:
        start, end = joined[-1]
        if _BETWEEN_HITS.fullmatch(text, end, span[0]):
            joined[-1] = (start, span[1])
        else:
            joined.append(span)
    return joined


def _cut(text: str, spans: list[tuple[int, int]], width: int) -> str:
    begin = _best_start(spans, width) if spans else 0
    begin, end = _whole_words(text, begin, width)
    pieces = ["… " if begin else ""]
    at = begin
    for left, right in spans:
        if begin <= left and right <= end:
            pieces += [text[at:left], "[", text[left:right], "]"]
            at = right
    pieces += [text[at:end], " …" if end < len(text) else ""]
    return "".join(pieces)


def _best_start(spans: list[tuple[int, int]], width: int) -> int:
    """The window with the longest hits in it; the first of equals, with some text before it."""

    def worth(first: int) -> int:
        limit = spans[first][0] + width * 3 // 4
        return sum(
            (right - left) ** 2 for left, right in spans[first : first + 8] if right <= limit
        )

    best = max(range(min(len(spans), 200)), key=lambda first: (worth(first), -first))
    return max(0, spans[best][0] - width // 4)


def _whole_words(text: str, begin: int, width: int) -> tuple[int, int]:
    if begin and (space := text.find(" ", begin, begin + 20)) >= 0:
        begin = space + 1
    end = min(len(text), begin + width)
    if end < len(text) and (space := text.rfind(" ", end - 20, end)) > begin:
        end = space
    return begin, end
