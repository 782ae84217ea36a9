"""What is said of an answer besides its hits: what was done to the query, and what is lacking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.search.results import NoteKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.search.results import Note

_NOTES = {
    NoteKind.DROPPED: "left out, since no article has it beside the rest: {words}",
    NoteKind.EMPTY_WORDS: "left out, since it only asks: {words}",
    NoteKind.CORRECTED: "nothing answers to {words}; searched for {instead}",
    NoteKind.SOME: "no article has all words: these have some of them",
    NoteKind.BEHIND: "{count} articles are not in the index yet and left out: see `baotinh index`",
    NoteKind.PLAIN: "answered by plain SQL, slower and less well: {words}; see `baotinh index`",
}


def describe_notes(notes: Iterable[Note]) -> list[str]:
    """Return a sentence for each thing that was done to a query, and that the answer lacks."""
    return [
        _NOTES[each.kind].format(
            words=", ".join(each.words), instead=", ".join(each.instead), count=each.count
        )
        for each in notes
    ]
