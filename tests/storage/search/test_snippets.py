"""The piece of an article that shows why it was found."""

from __future__ import annotations

import pytest

from storage.search.query import parse_query
from storage.search.snippets import letters_of_phrases, make_snippet


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("lúa", "Giá lúa tăng", "Giá [lúa] tăng"),
        ("lua", "Giá lúa, lụa và LÚA", "Giá [lúa, lụa] và [LÚA]"),
        ("lúa", "lua và lúa", "lua và [lúa]"),
        ("giá lúa", "Giá lúa tăng, giá xăng", "[Giá lúa] tăng, [giá] xăng"),
        ("lu*", "luật lúa", "[luật] lúa"),
        ("lua", "lũalua xlúa", "lũalua xlúa"),
    ],
)
def test_hits_are_marked(query: str, text: str, marked: str) -> None:
    assert make_snippet(parse_query(query).words, "", "", text) == marked


def test_the_body_comes_before_summary_and_title() -> None:
    query = parse_query("lúa").words
    assert make_snippet(query, "lúa 1", "lúa 2", "lúa 3") == "[lúa] 3"
    assert make_snippet(query, "lúa 1", "lúa 2", "ngô") == "[lúa] 2"
    assert make_snippet(query, "lúa 1", "ngô", "khoai") == "[lúa] 1"
    assert make_snippet(query, "ngô", "sắn", "khoai") == "sắn"


def test_what_has_the_whole_phrase_is_shown_before_what_has_a_word_of_it() -> None:
    query = parse_query('"tân an" tin')
    whole = letters_of_phrases(query)
    body = "Người dân ăn trái cây."
    shown = make_snippet(query.words, "Họp ở Tân An", "Lời dẫn", body, whole=whole)
    assert shown == "Họp ở [Tân An]"
    assert make_snippet(query.words, "Họp", "", body, whole=whole) == "Người dân [ăn] trái cây."
    assert letters_of_phrases(parse_query("tân an")) == 0


def test_a_snippet_is_cut_between_words_around_the_longest_hit() -> None:
    body = "giá xăng " + "và tin khác " * 30 + "giá lúa hè thu tăng " + "và tin khác " * 30
    snippet = make_snippet(parse_query("giá lúa").words, "", "", body, width=80)
    assert snippet.startswith("… ")
    assert snippet.endswith(" …")
    assert "[giá lúa]" in snippet
    assert len(snippet) <= 80 + len("…  …[]")
    assert set(snippet.strip("… ").split()) <= set(body.split()) | {"[giá", "lúa]"}


def test_a_snippet_has_two_hundred_and_twenty_letters() -> None:
    word = "abcdefghi "
    cut = make_snippet(parse_query("lúa").words, "", "", word * 40 + "lúa " + word * 40)
    assert 200 <= len(cut.strip("… ")) - len("[]") <= 220


@pytest.mark.parametrize(("before", "shown"), [(499, "lua x [lúa]"), (500, "[lua]")])
def test_five_hundred_hits_are_looked_at_for_the_accents_that_were_typed(
    before: int, shown: str
) -> None:
    body = "lua " * before + "lúa"
    assert shown in make_snippet(parse_query("lúa").words, "", "", " x ".join(body.split()))
