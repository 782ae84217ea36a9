"""Session ids in addresses, learnt from texts that are known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sources.changing import (
    LAST,
    TAIL,
    KnownPages,
    describe_place,
    describe_places,
    find_changing,
    without_changing,
)
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
        # A date that nobody can read says nothing.
        (TITLE, "hôm qua", True),
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
        # A time and a day are held against each other by their days.
        (TITLE, TEN, "2026-11-20", True),
        (TITLE, "2026-11-19", TEN, False),
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
        (LinkState.PENDING, "video", 1, False),
        (LinkState.REJECTED, "before-since", 0, True),
        (LinkState.REJECTED, "http-503", 9, False),
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


def link_at(path: str, **changes: object) -> Link:
    url = HOST + path
    facts: dict[str, object] = {
        "source_id": "bao",
        "key": path,
        "url": url,
        "canonical_url": url,
        "found_at": NOW,
        "article_id": 1,
    }
    return Link(**facts | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("title", "known", "hint", "date", "is_found"),
    [
        # A headline of twenty letters names a page, a shorter one does not.
        ("Hai mươi chữ cái đây", {}, None, None, True),
        ("Mười chín chữ cái đ", {}, None, None, False),
        # Without a date, two days after it was found.
        ("Hai mươi chữ cái đây", {"found_at": "2026-11-18T08:00:00Z"}, None, None, True),
        ("Hai mươi chữ cái đây", {"found_at": "2026-11-18T07:59:59Z"}, None, None, False),
        ("Hai mươi chữ cái đây", {"found_at": "2026-11-22T08:00:00Z"}, None, None, True),
        ("Hai mươi chữ cái đây", {"found_at": "2026-11-22T08:00:01Z"}, None, None, False),
        # With dates these count alone, to the second where both have a time.
        ("Hai mươi chữ cái đây", {"found_at": "2026-01-01T00:00:00Z"}, "2026-11-01", "2026-11-01",
         True),
        ("Hai mươi chữ cái đây", {}, "2026-11-01", "2026-11-02", False),
        ("Hai mươi chữ cái đây", {}, "2026-11-01T08:00:00+07:00", "2026-11-01T01:00:00Z", True),
        ("Hai mươi chữ cái đây", {}, "2026-11-01T08:00:00+07:00", "2026-11-01T08:00:00Z", False),
        ("Hai mươi chữ cái đây", {}, "2026-11-01T08:00:00+07:00", "2026-11-01", True),
        ("Hai mươi chữ cái đây", {}, "2026-11-01", None, True),
        ("Hai mươi chữ cái đây", {"found_at": "2026-11-01T08:00:00Z"}, "2026-11-01", None, False),
    ],
)  # fmt: skip
def test_a_title_names_a_page_of_its_time(
    title: str, known: dict[str, object], hint: str | None, date: str | None, is_found: bool
) -> None:
    one = link_at("/a", title_hint=title, date_hint=hint, **known)
    pages = KnownPages(frozenset(), [one], by_title=True, now=NOW)
    assert (pages.find(f"{HOST}/b", title.upper(), date) is one) is is_found
    other = KnownPages(frozenset(), [one], by_title=False, now=NOW)
    assert other.find(f"{HOST}/b", title, date) is None


@pytest.mark.parametrize(
    ("changes", "stands"),
    [
        ({}, True),
        ({"article_id": None}, True),  # it waits, and was never asked for
        ({"article_id": None, "attempts": 1}, False),
        ({"article_id": None, "state": LinkState.REJECTED, "reason": "listing"}, True),
        ({"article_id": None, "state": LinkState.REJECTED, "reason": "soft-404"}, True),
        ({"article_id": None, "state": LinkState.REJECTED, "reason": "bot-check"}, False),
        ({"article_id": None, "state": LinkState.FAILED, "reason": "too-large"}, False),
        ({"article_id": None, "state": LinkState.GONE, "reason": "http-404"}, False),
    ],
)
def test_a_page_stands_for_another_address_unless_it_was_asked_for_in_vain(
    changes: dict[str, object], stands: bool
) -> None:
    pages = KnownPages(frozenset(), [link_at("/a", **changes)], by_title=False, now=NOW)
    assert (pages.find(f"{HOST}/a", None, None) is not None) is stands


@pytest.mark.parametrize(
    ("path", "reduced"),
    [
        # Six letters and digits, mixed, in front of the last segment.
        ("/abc123/tin.html", "/tin.html"),
        ("/abc12/tin.html", "/abc12/tin.html"),
        ("/abcdef/tin.html", "/abcdef/tin.html"),
        ("/123456/tin.html", "/123456/tin.html"),
        ("/muc/abc123", "/muc/abc123"),
    ],
)
def test_a_token_is_of_six_letters_and_digits(path: str, reduced: str) -> None:
    assert without_changing(HOST + path, frozenset([1])) == HOST + reduced


@pytest.mark.parametrize(
    ("path", "reduced"),
    [
        ("/bai-viet-a1b2c.html", "/bai-viet.html"),
        ("/bai-viet-a1b2.html", "/bai-viet-a1b2.html"),
        ("/bai-viet_abcdefgh.html", "/bai-viet.html"),
        ("/bai-viet_abcdefg.html", "/bai-viet_abcdefg.html"),
        ("/bai-viet.12345", "/bai-viet"),
    ],
)
def test_a_tail_is_no_syllable(path: str, reduced: str) -> None:
    assert without_changing(HOST + path, frozenset([-1])) == HOST + reduced


@pytest.mark.parametrize(
    ("path", "reduced"),
    [
        ("/muc/bai/abc123", "/muc/bai"),
        ("/muc/abc123", "/muc"),
        ("/abc123", "/abc123"),
        ("/muc/bai/abcdef", "/muc/bai/abcdef"),
    ],
)
def test_a_last_segment_goes_where_others_stand_before_it(path: str, reduced: str) -> None:
    assert without_changing(HOST + path, frozenset([-2])) == HOST + reduced


@pytest.mark.parametrize(("others", "learnt"), [(2, True), (3, False)])
def test_one_pair_in_ten_may_be_of_different_texts(others: int, learnt: bool) -> None:
    same = [(f"{HOST}/a?id=x{n}&p={n}", f"{HOST}/a?id=y{n}&p={n}") for n in range(20)]
    apart = [
        pair
        for n in range(others)
        for pair in (
            (f"{HOST}/b?id=u{n}&p={n}", f"{HOST}/b?id=u{n}&p={n}"),
            (f"{HOST}/b?id=v{n}&p={n}", f"{HOST}/b?id=v{n}&p={n}"),
        )
    ]
    known = [*same, *((other, other) for _, other in same), *apart]
    assert (find_changing(known) == frozenset(["id"])) is learnt


@pytest.mark.parametrize(
    ("places", "left"),
    [
        ([], "/s-4f2a9c01/bai-viet-so-1-x8f3k2.html?v=1&w=2"),
        ([TAIL], "/s-4f2a9c01/bai-viet-so-1.html?v=1&w=2"),
        ([1], "/bai-viet-so-1-x8f3k2.html?v=1&w=2"),
        ([2], "/s-4f2a9c01/bai-viet-so-1-x8f3k2.html?v=1&w=2"),
        ([LAST], "/s-4f2a9c01?v=1&w=2"),
        (["v"], "/s-4f2a9c01/bai-viet-so-1-x8f3k2.html?w=2"),
        (["v", "w", 1, TAIL], "/bai-viet-so-1.html"),
    ],
)
def test_only_what_stands_at_a_place_goes(places: list[int | str], left: str) -> None:
    url = HOST + "/s-4f2a9c01/bai-viet-so-1-x8f3k2.html?v=1&w=2"
    if LAST in places:
        url = url.replace("bai-viet-so-1-x8f3k2.html", "x8f3k2zz")
    assert without_changing(url, frozenset(places)) == HOST + left


@pytest.mark.parametrize(
    ("path", "left"),
    [
        # The last part names the page where it is all there is.
        ("/x8f3k2zz", "/x8f3k2zz"),
        ("/tin/x8f3k2zz", "/tin"),
        ("/tin/bai-viet", "/tin/bai-viet"),
    ],
)
def test_a_last_part_goes_that_is_a_token_below_another(path: str, left: str) -> None:
    assert without_changing(HOST + path, frozenset([LAST])) == HOST + left


def test_several_places_are_named_in_their_order() -> None:
    assert describe_places({2, "v", LAST}) == (
        "parameter v, part 2 of their path, the last part of their path"
    )
    assert describe_places(()) == "any place"


def test_a_page_without_a_title_is_known_by_its_address_alone() -> None:
    pages = KnownPages(frozenset(["v"]), [link("/a?v=1", None, TEN)], by_title=True, now=NOW)
    assert pages.find(f"{HOST}/a?v=2", None, TEN) is not None
    assert pages.find(f"{HOST}/b?v=2", None, TEN) is None


@pytest.mark.parametrize(
    ("title", "now", "is_known"),
    [
        # Twenty letters are a headline; two days after it was found it may be another one.
        ("a" * 20, "2026-11-22T08:00:00Z", True),
        ("a" * 19, "2026-11-22T08:00:00Z", False),
        ("a" * 20, "2026-11-22T08:00:01Z", False),
    ],
)
def test_a_headline_names_a_page_for_two_days(title: str, now: str, is_known: bool) -> None:
    pages = KnownPages(frozenset(), [link("/x81a", title, None)], by_title=True, now=now)
    assert link("/x81a", title, None).found_at == "2026-11-20T08:00:00Z"
    assert (pages.find(f"{HOST}/77zq", title, None) is not None) is is_known
