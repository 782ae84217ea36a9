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
        ("lua", "x_lua _lúa, lúa.lua", "x_lua _lúa, [lúa.lua]"),
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


def snippet(query: str, body: str, **more: int) -> str:
    return make_snippet(parse_query(query).words, "", "", body, **more)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("ß giá lúa ß", "ß giá [lúa] ß"),
        ("gia\u0301 lúa", "gia\u0301 [lúa]"),
        ("İ lúa “lúa” ﬁ", "İ [lúa] “[lúa]” ﬁ"),
        ("Ж中 LÚA", "Ж中 [LÚA]"),
        ("lúa_a lúa-lúa lúa – lúa lúa, lúa", "lúa_a [lúa-lúa lúa] – [lúa lúa, lúa]"),
    ],
)
def test_hits_are_marked_where_they_stand_in_the_text_as_published(text: str, marked: str) -> None:
    assert snippet("lúa", text) == marked


FAR = " xxxx" * 60


def row(hits: int) -> str:
    return " x ".join(["lúa"] * hits)


@pytest.mark.parametrize(
    ("first", "second", "is_second"), [(7, 8, True), (8, 9, False), (8, 8, False), (9, 7, False)]
)
def test_eight_hits_of_a_piece_count(first: int, second: int, *, is_second: bool) -> None:
    shown = snippet("lúa", f"một {row(first)}{FAR} {row(second)} hai")
    assert ("một" in shown, "hai" in shown) == (not is_second, is_second)


@pytest.mark.parametrize(("before", "is_shown"), [(199, True), (200, False)])
def test_a_piece_begins_at_one_of_two_hundred_hits(before: int, *, is_shown: bool) -> None:
    body = f" {'x' * 40} ".join([*["lúa"] * before, "giá lúa"])
    assert ("[giá lúa]" in snippet("giá lúa", body, width=40)) is is_shown


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (40, "… bốn năm [lúa] sáu bảy tám chín mười mười …"),
        (20, "… năm [lúa] sáu bảy tám …"),
    ],
)
def test_a_piece_begins_a_quarter_before_the_hit_and_at_a_word(width: int, shown: str) -> None:
    body = "không một hai ba bốn năm lúa sáu bảy tám chín mười mười một mười hai mười ba"
    assert snippet("lúa", body, width=width) == shown


@pytest.mark.parametrize(("letters", "begins"), [(29, "b"), (28, "a")])
def test_a_piece_begins_within_a_word_where_it_is_too_long(letters: int, begins: str) -> None:
    body = f"{'a' * 60} {'b' * letters} lúa {'c ' * 99}"
    assert snippet("lúa", body, width=200).startswith(f"… {begins}")


@pytest.mark.parametrize(("letters", "ends"), [(16, "x …"), (15, "y …")])
def test_a_piece_ends_within_a_word_where_it_is_too_long(letters: int, ends: str) -> None:
    assert snippet("lúa", f"lúa {'x' * letters} {'y' * 40}", width=40).endswith(ends)
