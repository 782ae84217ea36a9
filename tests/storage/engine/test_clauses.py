"""What a question asks where nothing is said."""

from __future__ import annotations

from storage.engine.clauses import Atom, Found, Phrase


def test_a_question_is_no_beginning_of_words_and_not_strict_unless_said() -> None:
    assert Phrase(("lua",)) == Phrase(("lua",), prefix=False, exact=())
    assert Atom(choices=()) == Atom(choices=(), exact=(), homes=(), strict=False)
    assert Found(1, 0.5) == Found(1, 0.5, plain=False)
