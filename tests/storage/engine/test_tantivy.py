"""What the index finds and counts of very many words and values."""

from __future__ import annotations

import pytest

from storage.engine.clauses import Atom, Phrase, Request
from storage.engine.documents import schema
from storage.engine.tantivy import TantivySearcher

tantivy = pytest.importorskip("tantivy")
ARTICLES = 10_200


@pytest.fixture(scope="module")
def searcher() -> TantivySearcher:
    """Each article has a section of its own; of the first 2,100 each has a word of its own."""
    index = tantivy.Index(schema())
    writer = index.writer(20_000_000, 1)
    for number in range(ARTICLES):
        words = f"qa{number:05} qb" if number < 2100 else "qb"
        facts = {"id": number, "published": 0, "all": words, "section": f"muc {number}"}
        writer.add_document(tantivy.Document(**facts, source="baolongan", kind="newspaper"))
    writer.commit()
    index.reload()
    return TantivySearcher(index)


def test_two_thousand_words_with_one_beginning_are_looked_for(searcher: TantivySearcher) -> None:
    beginning = Request(atoms=(Atom(choices=(Phrase(("qa",), prefix=True),)),))
    assert searcher.count(beginning) == 2000
    assert searcher.count(Request(atoms=(Atom(choices=(Phrase(("qa02050",)),)),))) == 1


def test_ten_thousand_values_of_a_column_are_counted(searcher: TantivySearcher) -> None:
    groups = searcher.groups(Request(atoms=(Atom(choices=(Phrase(("qb",)),)),)))
    assert groups["source"] == {"baolongan": ARTICLES}
    assert len(groups["section"]) == 10_000
