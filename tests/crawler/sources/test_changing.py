"""Session ids in addresses, learnt from texts that are known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sources.changing import LEAST_PAIRS, find_changing, without_changing

HOST = "https://bao.example.vn"


def pairs(shape: str, count: int = LEAST_PAIRS) -> list[tuple[str, str]]:
    """Addresses of ``count`` pages at two visits; ``{}`` is what changes."""
    return [
        (
            HOST + shape.format("4f2a9c01", page=f"tin-so-{number}.html"),
            HOST + shape.format("77be01d3", page=f"tin-so-{number}.html"),
        )
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("shape", "reduced"),
    [
        ("/s-{0}/thoi-su/{page}", "/thoi-su/{page}"),
        ("/thoi-su/({0})/{page}", "/thoi-su/{page}"),
        ("/thoi-su/{page}?phien={0}", "/thoi-su/{page}"),
        ("/thoi-su/{page}?trang=2&phien={0}", "/thoi-su/{page}?trang=2"),
    ],
)
def test_what_differs_between_addresses_of_one_text_is_learnt(shape: str, reduced: str) -> None:
    places = find_changing(pairs(shape))
    assert len(places) == 1
    fresh = HOST + shape.format("0c0ffee1", page="tin-moi-9.html")
    assert without_changing(fresh, places) == HOST + reduced.format(page="tin-moi-9.html")


def test_a_session_id_that_was_put_in_is_learnt_too() -> None:
    found = [
        (one.replace("/s-4f2a9c01", ""), other) for one, other in pairs("/s-{0}/kinh-te/{page}")
    ]
    assert find_changing(found) == {1}


def test_one_pair_less_teaches_nothing() -> None:
    assert find_changing(pairs("/s-{0}/{page}", LEAST_PAIRS - 1)) == frozenset()
    assert find_changing(pairs("/s-{0}/{page}", LEAST_PAIRS - 1) * 2) == frozenset()


def test_an_article_in_two_sections_or_on_two_days_teaches_nothing() -> None:
    sections = [(f"{HOST}/thoi-su/tin-{n}.html", f"{HOST}/xa-hoi/tin-{n}.html") for n in range(50)]
    days = [
        (f"{HOST}/2026-11-20/tin-{n}.html", f"{HOST}/2026-11-21/tin-{n}.html") for n in range(50)
    ]
    slugs = [(f"{HOST}/tin-a{n}x9.html", f"{HOST}/tin-b{n}x9.html") for n in range(50)]
    both = [(f"{HOST}/s-4f2a9c/a-{n}.html", f"{HOST}/s-99ab1c/b-{n}.html") for n in range(50)]
    assert find_changing(sections + days + slugs + both) == frozenset()


def test_an_address_without_a_token_there_stays() -> None:
    for url in (f"{HOST}/thoi-su/tin-1.html", f"{HOST}/", f"{HOST}/a?phien=", f"{HOST}/abc12345"):
        assert without_changing(url, frozenset([1, "phien"])) == url


@given(st.text(alphabet="abc123/?&=-.()", max_size=40), st.sets(st.integers(0, 5) | st.text("ab")))
def test_any_address_can_be_reduced_and_twice_changes_no_parameter(
    rest: str, places: set[int | str]
) -> None:
    url = f"{HOST}/{rest}"
    assert find_changing([(url, url)] * 20) == frozenset()
    assert without_changing(url, frozenset(places)).startswith(HOST)
