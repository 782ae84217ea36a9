"""What changed between two texts, word by word, and how to show it. Pure."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import click

from storage.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_WORDS = 4_000
"""Two texts with more paragraphs, or two paragraphs with more words, are not aligned: that takes
quadratic time."""
MOST_PAIRS = 200_000
"""The same for pairs of equal words: prose has some thousand, one word over and over millions."""
CONTEXT = 12
"""Unchanged words shown around a change."""

_WORDS = re.compile(r"\S+")


class PieceKind(StrEnum):
    """What became of words from one text to the next."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Neighbouring words of one kind."""

    kind: PieceKind
    text: str


def compare(old: Sequence[str], new: Sequence[str]) -> Iterator[list[Piece]]:
    """Yield each paragraph that differs, as pieces in reading order."""
    if _is_tedious(old, new):
        yield from _compare_block(old, new)
        return
    for kind, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from _compare_block(old[i:j], new[k:m])


def compare_words(old: str, new: str) -> list[Piece]:
    """Return two paragraphs as one row of pieces."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if _is_tedious(before, after):
        return _pieces([(PieceKind.REMOVED, before), (PieceKind.ADDED, after)])
    rows: list[tuple[PieceKind, list[str]]] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            rows.append((PieceKind.SAME, before[i:j]))
        else:
            rows += [(PieceKind.REMOVED, before[i:j]), (PieceKind.ADDED, after[k:m])]
    return _pieces(rows)


def show(pieces: Sequence[Piece], *, colour: bool) -> str:
    """Return one line: changes with a little context, in colour or as ``[-old-] {+new+}``."""
    last = len(pieces) - 1
    return " ".join(
        _show(piece, colour=colour, first=at == 0, last=at == last)
        for at, piece in enumerate(pieces)
    )


def _show(piece: Piece, *, colour: bool, first: bool, last: bool) -> str:
    text = printable(piece.text)
    if piece.kind is PieceKind.SAME:
        return _shorten(text, first=first, last=last)
    if not colour:
        return f"[-{text}-]" if piece.kind is PieceKind.REMOVED else f"{{+{text}+}}"
    if piece.kind is PieceKind.REMOVED:
        return click.style(text, fg="red", strikethrough=True)
    return click.style(text, fg="green", bold=True)


def _shorten(text: str, *, first: bool, last: bool) -> str:
    words = text.split(" ")
    before = [] if first else words[:CONTEXT]
    after = [] if last else words[-CONTEXT:]
    if len(before) + len(after) >= len(words):
        return text
    return " ".join([*before, "…", *after])


def _compare_block(old: Sequence[str], new: Sequence[str]) -> Iterator[list[Piece]]:
    """Paragraphs that changed place for place; what is left over came or went whole."""
    common = min(len(old), len(new))
    for before, after in zip(old[:common], new[:common], strict=True):
        if before != after:
            yield compare_words(before, after)
    for text in old[common:]:
        yield [Piece(kind=PieceKind.REMOVED, text=text)]
    for text in new[common:]:
        yield [Piece(kind=PieceKind.ADDED, text=text)]


def _is_tedious(old: Sequence[str], new: Sequence[str]) -> bool:
    """Return whether aligning takes longer than anybody would wait."""
    if len(old) + len(new) > MOST_WORDS:
        return True
    there = Counter(new)
    return sum(number * there[word] for word, number in Counter(old).items()) > MOST_PAIRS


def _pieces(rows: Sequence[tuple[PieceKind, list[str]]]) -> list[Piece]:
    return [Piece(kind=kind, text=" ".join(words)) for kind, words in rows if words]
