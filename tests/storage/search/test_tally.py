"""Matches counted over several questions."""

from __future__ import annotations

import pytest

from storage.engine.clauses import Request
from storage.errors import QueryError
from storage.search.results import Count, Total
from storage.search.tally import Tally

ONE, BOTH = Request(least=1), Request(least=2)
COUNTS = {
    ONE: {"source": {"a": 3, "b": 4, "c": 4}, "month": {"2026-02": 5, "2026-03": 6, "": 1},
          "unit": {"80": 2}, "kind": {"article": 11}},
    BOTH: {"source": {"a": 3, "b": 1}, "month": {"2026-02": 5}, "unit": {"80": 1}, "kind": {}},
}  # fmt: skip


class Counted:
    """A searcher that knows two questions."""

    size = 11

    def frequency(self, word: str) -> int:
        return len(word)

    accented_frequency = frequency

    def pair_frequency(self, one: str, other: str) -> int:
        return len(one + other)

    def find(self, request: Request, **more: object) -> list[object]:
        raise NotImplementedError

    def count(self, request: Request) -> int:
        return sum(COUNTS[request]["source"].values())

    def groups(self, request: Request) -> dict[str, dict[str, int]]:
        return COUNTS[request]


@pytest.fixture
def tally() -> Tally:
    made = Tally({"a": "Tây Ninh", "b": "Long An"}, Counted())  # type: ignore[arg-type]
    made.add(None)
    made.add(ONE)
    return made


def test_what_two_questions_have_is_counted_once(tally: Tally) -> None:
    assert tally.total() == Total(count=11, exact=True)
    tally.subtract(BOTH)
    assert tally.total() == Total(count=7, exact=True)
    assert tally.groups()["source"] == {"b": 3, "c": 4}
    assert tally.groups()["province"] == {"Long An": 3, "": 4}


def test_the_most_come_first_and_months_in_their_order(tally: Tally) -> None:
    facets = tally.facets()
    assert facets.source == tuple(Count(name=n, count=c) for n, c in (("b", 4), ("c", 4), ("a", 3)))
    assert facets.province[0] == Count(name="", count=4)
    assert [each.name for each in facets.month] == ["", "2026-02", "2026-03"]
    assert (facets.place, facets.kind) == (
        (Count(name="80", count=2),), (Count(name="article", count=11),),
    )  # fmt: skip
    assert facets.section == ()
    assert tally.counts("month").rows == (("2026-03", 6), ("2026-02", 5), ("", 1))
    assert tally.counts("source").rows == (("b", 4), ("c", 4), ("a", 3))
    assert tally.counts("kind").rows == (("article", 11),)
    assert tally.counts("place").rows == (("tỉnh Tây Ninh", 2),)
    with pytest.raises(QueryError, match="not by 'weekday'"):
        tally.counts("weekday")
