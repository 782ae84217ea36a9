"""Session ids in addresses, learnt from texts that are known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sources.changing import KnownPages, describe_place, find_changing, without_changing
from storage.records import Link
from storage.states import LinkState

LEAST_PAIRS = 10

HOST = "https://bao.example.vn"
NOW = "2026-11-20T08:00:00Z"


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
        ("/thoi-su/bai-{page}/{0}", "/thoi-su/bai-{page}"),
        ("/thoi-su/{0}/tap-1/{page}", "/thoi-su/tap-1/{page}"),
    ],
)
def test_what_differs_between_addresses_of_one_text_is_learnt(shape: str, reduced: str) -> None:
    places = find_changing(pairs(shape))
    assert len(places) == 1
    fresh = HOST + shape.format("0c0ffee1", page="tin-moi-9.html")
    assert without_changing(fresh, places) == HOST + reduced.format(page="tin-moi-9.html")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/bai-viet-so-{0}-x8f3k2", "/bai-viet-so-{0}-q02zzt"),
        ("/thoi-su/bai-viet-so-{0}-x8f3k2.html", "/thoi-su/bai-viet-so-{0}-9911aa.html"),
        ("/bai-viet-so-{0}-kqwzxvbn", "/bai-viet-so-{0}-mmrtyplk"),
        ("/bai-viet-so-{0}.html?t=1764100000", "/bai-viet-so-{0}.html?t=1764103600"),
        ("/bai-viet-so-{0}?v=1", "/bai-viet-so-{0}?v=2"),
        ("/bai-viet-so-{0}", "/bai-viet-so-{0}?v=2"),
    ],
)
def test_tokens_after_the_slug_and_parameters_of_any_value_are_learnt(one: str, other: str) -> None:
    found = [(HOST + one.format(n), HOST + other.format(n)) for n in range(LEAST_PAIRS)]
    places = find_changing(found)
    assert len(places) == 1
    for first, second in found:
        assert without_changing(first, places) == without_changing(second, places)


def test_a_place_at_which_articles_differ_is_never_learnt() -> None:
    """Reprints under other ids do not make all pages of a site one page."""
    again = [(f"{HOST}/xem?id={n}", f"{HOST}/xem?id={n + 500}") for n in range(50)]
    own = [(f"{HOST}/xem?id={n}", f"{HOST}/xem?id={n}") for n in range(500, 900)]
    assert find_changing(again + own) == frozenset()
    tails = [
        (f"{HOST}/gia-vang-hom-nay-a{n}x9", f"{HOST}/gia-vang-hom-nay-b{n}x9") for n in range(50)
    ]
    assert find_changing(tails) == frozenset()


def link(path: str, title: str | None = None, date: str | None = None, **more: object) -> Link:
    values: dict[str, object] = {"article_id": 1, "state": LinkState.STORED} | more
    return Link(
        source_id="bao",
        url=HOST + path,
        canonical_url=HOST + path,
        key=HOST + path,
        found_at=NOW,
        title_hint=title,
        date_hint=date,
        **values,  # type: ignore[arg-type]
    )


TITLE = "Khai mạc hội chợ nông sản lần thứ mười hai"
TEN = "2026-11-20T10:00:00+07:00"
NOON = "2026-11-20T12:00:00+07:00"


@pytest.mark.parametrize(
    ("title", "date", "is_known"),
    [
        (TITLE, TEN, True),
        (TITLE.upper(), TEN, True),
        (None, None, True),
        ("Bế mạc hội chợ nông sản lần thứ mười hai", TEN, False),
        (TITLE, "2026-11-21T10:00:00+07:00", False),
    ],
)
def test_a_page_is_known_at_an_address_that_changes_unless_its_seed_says_otherwise(
    title: str | None, date: str | None, is_known: bool
) -> None:
    pages = KnownPages(frozenset(["v"]), [link("/a?v=1", TITLE, TEN)], by_title=False, now=NOW)
    assert (pages.find(f"{HOST}/a?v=2", title, date) is not None) == is_known
    assert pages.find(f"{HOST}/b?v=2", TITLE, TEN) is None


@pytest.mark.parametrize(
    ("title", "hint", "shown", "is_known"),
    [
        (TITLE, TEN, TEN, True),
        (TITLE, TEN, NOON, False),
        (TITLE, "2026-11-20", "20/11/2026", True),
        (TITLE, "2026-11-20", "21/11/2026", False),
        (TITLE, None, None, True),
        ("Thông báo", TEN, TEN, False),
    ],
)
def test_where_nothing_stays_of_an_address_title_and_time_name_the_page(
    title: str, hint: str | None, shown: str | None, is_known: bool
) -> None:
    pages = KnownPages(frozenset(), [link("/x81a", title, hint)], by_title=True, now=NOW)
    assert (pages.find(f"{HOST}/77zq", title, shown) is not None) == is_known
    later = "2026-12-20T08:00:00Z"
    pages = KnownPages(frozenset(), [link("/x81a", title, hint)], by_title=True, now=later)
    known_later = is_known and hint is not None
    assert (pages.find(f"{HOST}/77zq", title, shown) is not None) == known_later


def test_a_title_of_two_articles_names_neither() -> None:
    links = [link("/x81a", TITLE, TEN), link("/x81b", TITLE, TEN, article_id=2)]
    assert KnownPages(frozenset(), links, by_title=True, now=NOW).find(HOST, TITLE, TEN) is None


@pytest.mark.parametrize(
    ("state", "reason", "attempts", "is_known"),
    [
        (LinkState.PENDING, None, 0, True),
        (LinkState.PENDING, "http-503", 1, False),
        (LinkState.REJECTED, "video", 1, True),
        (LinkState.REJECTED, "bot-check", 9, False),
        (LinkState.GONE, "http-404", 9, False),
        (LinkState.FAILED, "timeout", 9, False),
    ],
)
def test_a_page_that_was_asked_for_in_vain_is_asked_for_at_its_new_address(
    state: LinkState, reason: str | None, attempts: int, is_known: bool
) -> None:
    known = link(
        "/a?v=1", TITLE, TEN, article_id=None, state=state, reason=reason, attempts=attempts
    )
    pages = KnownPages(frozenset(["v"]), [known], by_title=True, now=NOW)
    assert (pages.find(f"{HOST}/a?v=2", TITLE, TEN) is not None) == is_known


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


def test_places_are_told_in_words() -> None:
    wanted = [
        "part 1 of their path",
        "what follows their slug",
        "the last part of their path",
        "parameter token",
    ]
    assert [describe_place(place) for place in (1, -1, -2, "token")] == wanted
