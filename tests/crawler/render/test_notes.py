"""What is said of an answer besides its hits."""

from __future__ import annotations

import pytest

from crawler.render.notes import describe_notes
from storage.search.results import Note, NoteKind


@pytest.mark.parametrize(
    ("note", "said"),
    [
        (
            Note(kind=NoteKind.DROPPED, words=("lũ", "bão")),
            "left out, since no article has it beside the rest: lũ, bão",
        ),
        (
            Note(kind=NoteKind.CORRECTED, words=("lu",), instead=("lũ", "lụt")),
            "nothing answers to lu; searched for lũ, lụt",
        ),
        (
            Note(kind=NoteKind.BEHIND, count=3),
            "3 articles are not in the index yet and left out: see `baotinh index`",
        ),
    ],
)
def test_a_note_names_its_words_and_numbers(note: Note, said: str) -> None:
    assert describe_notes([note]) == [said]


def test_each_kind_of_note_has_a_sentence_of_its_own() -> None:
    said = describe_notes(Note(kind=kind) for kind in NoteKind)
    assert len(set(said)) == len(NoteKind)
