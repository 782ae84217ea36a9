"""What changed from one text to another, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from crawler.render.diff import Piece, PieceKind, compare

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from storage.records import Revision

CONTEXT = 30
"""Unchanged words shown on each side of a change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One paragraph before and after; either side may be empty."""

    before: Sequence[Piece]
    after: Sequence[Piece]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """What one text of an article has that the one before had not."""

    number: int
    seen_at: str
    kind: str
    """``edited`` or ``reextracted``."""
    returned_at: str | None
    rows: Sequence[Row]


def list_changes(revisions: Sequence[Revision]) -> list[TextChange]:
    """Return what changed from each text to the next, the earliest change first."""
    return [
        TextChange(
            number=new.number,
            seen_at=new.seen_at,
            kind=new.kind,
            returned_at=new.returned_at,
            rows=list(set_side_by_side(old.texts, new.texts)),
        )
        for old, new in pairwise(revisions)
    ]


def set_side_by_side(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    """Yield each paragraph that differs, before and after."""
    for pieces in compare(old, new):
        shown = [_shorten(piece, at == 0, at == len(pieces) - 1) for at, piece in enumerate(pieces)]
        yield Row(
            before=_side(shown, PieceKind.ADDED),
            after=_side(shown, PieceKind.REMOVED),
        )


def _side(pieces: Sequence[Piece], other: PieceKind) -> list[Piece]:
    side = [piece for piece in pieces if piece.kind is not other]
    return side if any(piece.text for piece in side) else []


def _shorten(piece: Piece, first: bool, last: bool) -> Piece:
    if piece.kind is not PieceKind.SAME:
        return piece
    words = piece.text.split(" ")
    before = [] if first else words[:CONTEXT]
    after = [] if last else words[-CONTEXT:]
    if len(before) + len(after) >= len(words):
        return piece
    return Piece(kind=PieceKind.SAME, text=" ".join([*before, "…", *after]))
