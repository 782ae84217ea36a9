"""What the index finds and counts of very many words and values."""

from __future__ import annotations

import pytest

from storage.engine.clauses import Atom, Phrase, Request, rarity
from storage.engine.documents import schema
from storage.engine.tantivy import TantivySearcher, _Wording

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


@pytest.mark.parametrize(
    ("count", "size", "worth"),
    [(1, 1, 0.2877), (1, 2, 0.6931), (2, 2, 0.1823), (1, 100, 4.2097), (50, 100, 0.6931),
     (120, 100, 0.0041), (0, 0, 0.6931)],
)  # fmt: skip
def test_a_word_is_worth_its_rarity(count: int, size: int, worth: float) -> None:
    assert rarity(count, size) == pytest.approx(worth, abs=1e-4)


class Elsewhere:
    """A collection of other counts: 20,399 articles, a word in half of them or in as many."""

    size = 20_399

    def __init__(self, count: int) -> None:
        self.count = count

    def document_frequency(self, field: str, term: str) -> int:
        assert (field, term) in {("all", "qa00007"), ("title", "qa00007"), ("lead", "qa00007")}
        return self.count


@pytest.mark.parametrize("count", [1, 3, 10_000])
def test_a_part_weighs_words_as_the_whole_does(searcher: TantivySearcher, count: int) -> None:
    one = Request(atoms=(Atom(choices=(Phrase(("qa00007",)),)),))
    (alone,) = searcher.find(one, limit=2)
    (beside,) = searcher.find(one._replace(among=Elsewhere(count)), limit=2)
    assert beside.id == alone.id == 7
    expected = rarity(count, 20_399) / rarity(1, ARTICLES)
    assert beside.score / alone.score == pytest.approx(expected, rel=1e-4)


class Counted:
    """A collection of so many articles, so many of which have each term."""

    def __init__(self, size: int, count: int) -> None:
        self.size = size
        self.count = count

    def document_frequency(self, field: str, term: str) -> int:
        return self.count if (field, term) == ("exact", "lúa") else 0


@pytest.mark.parametrize(
    ("size", "most"), [(1, 10_000), (50_000, 10_000), (50_010, 10_002), (1_000_000, 200_000)]
)
def test_a_word_is_common_in_ten_thousand_articles_and_a_fifth(
    searcher: TantivySearcher, size: int, most: int
) -> None:
    for count, is_common in ((most, False), (most + 1, True)):
        wording = _Wording(searcher, Counted(size, count))
        assert wording._is_common("exact", "lúa") is is_common
        assert not wording._is_common("all", "lúa")
