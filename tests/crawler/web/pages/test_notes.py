"""What readers are told about their question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.web.pages.asked import Asked
from crawler.web.pages.notes import QUERY_ERRORS, WRONG_PARTS, explain_error, explain_notes
from storage.errors import QueryError, QueryPart
from storage.search import engine
from storage.search.query import parse_query
from storage.search.results import Note, NoteKind

if TYPE_CHECKING:
    from tests.support.visits import Reader


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        (
            Note(kind=NoteKind.DROPPED, words=("xyz", "abc")),
            "Without “xyz”, “abc”: no article has it beside the other words.",
        ),
        (
            Note(kind=NoteKind.EMPTY_WORDS, words=("gì",)),
            "“gì” only asks a question and was left out.",
        ),
        (
            Note(kind=NoteKind.CORRECTED, words=("luaa",), instead=("lúa", "lụa")),
            "No article has “luaa”; these are the ones with “lúa”, “lụa”.",
        ),
        (
            Note(kind=NoteKind.SOME),
            "No article has all the words: these have most of them, or the rarer ones.",
        ),
        (
            Note(kind=NoteKind.BEHIND, count=1200),
            "1,200 articles are still to be taken into the index and are missing here.",
        ),
        (
            Note(kind=NoteKind.PLAIN, words=("it is not there",)),
            "The index is not there: this is a plain search, slower and less well sorted.",
        ),
    ],
)
def test_each_note_is_a_sentence(reader: Reader, note: Note, sentence: str) -> None:
    assert explain_notes(reader.visit("/?lang=en"), [note]) == [sentence]
    (other,) = explain_notes(reader.visit(), [note])
    assert other != sentence
    assert "%" not in other


def test_what_a_search_says_of_words_is_what_the_pages_translate() -> None:
    said = {engine._TOO_LONG}
    for query in ("-lúa", "?!", "k*"):
        with pytest.raises(QueryError) as raised:
            parse_query(query)
        said.add(str(raised.value))
    assert said == set(QUERY_ERRORS)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"since": "đâu"}, "“đâu” is no date: write it as 28/11/2023."),
        ({"until": "đâu", "since": "2020"}, "“đâu” is no date: write it as 28/11/2023."),
        ({"since": "2021", "until": "2020"}, "The period ends before it begins."),
        ({"since": "2/1/2020", "until": "1/1/2020"}, "The period ends before it begins."),
        ({"since": "2020", "until": "2020", "source": "x"}, "The archive has no outlet “x”."),
        ({"until": "2020", "source": "x", "q": "lúa"}, "The archive has no outlet “x”."),
        ({"source": "mau-hue", "kind": "blog"}, "No kind is called “blog”."),
        (
            {"place": "Đâu", "q": "lúa"},
            (
                "No single place is called “Đâu”."
                " (no place is called 'Đâu': docs/places.md says how to write one)"
            ),
        ),
        (
            {"province": "Đâu", "q": "lúa"},
            "No outlet is of the province “Đâu”. (the archive has no source of 'Đâu')",
        ),
        ({"q": "-lúa"}, "The query only says what to leave out."),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    reader: Reader, values: dict[str, str], sentence: str
) -> None:
    visit, asked = reader.visit("/?lang=en"), Asked(values=values)
    with pytest.raises(QueryError) as raised:
        visit.search(asked.query, asked.filters)
    assert explain_error(visit, raised.value) == sentence


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            QueryError("why", about=QueryPart.PLACE, given="Nao"),
            "Không tìm ra đúng một địa phương tên “Nao”.",
        ),
        (QueryError("the query holds no word to look for"), "Lượt tìm không có từ nào để tìm."),
        (QueryError("50 words"), "Không hiểu lượt tìm này (50 words)."),
    ],
)
def test_vietnamese_readers_are_told_in_vietnamese(
    reader: Reader, error: QueryError, sentence: str
) -> None:
    assert explain_error(reader.visit("/"), error) == sentence


def test_each_part_of_a_search_that_may_be_wrong_has_a_sentence(reader: Reader) -> None:
    assert set(WRONG_PARTS) == set(QueryPart)
    visit = reader.visit("/")
    told = {explain_error(visit, QueryError("why", about=part, given="x")) for part in QueryPart}
    assert len(told) == len(QueryPart)
    assert not told & {text % {"text": "x"} for text in WRONG_PARTS.values()}
