"""What is looked for in the end, and what is said of it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage.engine.clauses import Narrowing, Request
from storage.engine.sql import SqlSearcher
from storage.search import search
from storage.search.filters import Scope
from storage.search.meaning.reading import read_query
from storage.search.plan import Match, Plan, Planner
from storage.search.query import parse_query
from storage.search.results import NoteKind, Total
from storage.search.scoring import Score, Scorer
from storage.search.texts import Texts
from tests.support.shelf import open_shelf, put

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

ARTICLES = (
    ("Sạt lở bờ sông Tiền", "Nhà dân phải dời đi nơi khác."),
    ("Lễ hội đua ghe ngo", "Người dân xem đua ghe."),
    ("Chợ nổi Cái Răng", "Ghe bán trái cây trên chợ nổi."),
    ("Giá lúa hè thu", "Nông dân bán lúa, giá tăng."),
    ("Nông dân lo hạn mặn", "Hạn mặn đến sớm, lúa chết."),
    ("Trường học mới ở Đức Huệ", "Học sinh vui."),
    ("Quýt hồng Lai Vung", "Quýt hồng chín."),
    ("Giá vàng", "Vàng tăng."),
)


@pytest.fixture(scope="module")
def shelf() -> Iterator[sqlite3.Connection]:
    with closing(open_shelf()) as conn:
        for title, body in ARTICLES:
            put(conn, title, body)
        yield conn


@pytest.mark.parametrize(
    ("query", "found", "notes"),
    [
        ("sat lo", [1], []),
        ("quýt hồng lung", [7], ["dropped lung: "]),
        ("quyyt", [7], ["corrected quyyt: quyt"]),
        ("lể hội", [2], []),
        ("zzz", [], []),
        ("zzz yyy", [], []),
        ("sạt lơr bờ", [1], ["corrected lơr: lo"]),
        ("lúa hạn mnặ", [5], ["corrected mnặ: man"]),
        ("giá lúa hè thz", [4], ["corrected thz: thu"]),
        ("giá lua he thv", [4], ["corrected thv: thu"]),
        ("sat lo bo sonh tien", [1], ["corrected sonh: song"]),
        ("chocairang", [3], ["corrected chocairang: cho cai rang"]),
        ("#chonoicairang", [3], ["corrected chonoicairang: cho noi cai rang"]),
        ("quythong laivung", [7], ["corrected quythong laivung: quyt hong lai vung"]),
        ("satj lowr", [1], ["corrected satj lowr: sạt lở"]),
        ("d9ua ghe", [2], ["corrected d 9 ua ghe: đua ghe"]),
        ("thxng giá lúa", [4], ["dropped thxng: "]),
        ("giá lúa zzz", [4], ["dropped zzz: "]),
        ('"giá lúa" zzz', [4], ["dropped zzz: "]),
        ('"giá xăng" lúa', [], []),
        ("truong hoc duc hue moi tinh", [6], ["dropped tinh: "]),
        ("vì sao giá lúa tăng", [4], ["empty-words vì sao: "]),
        ("vì sao giá lúa rớt", [4], ["empty-words vì sao: ", "dropped rớt: "]),
        ("zzz giá lúa zzz mặn", [4, 5], ["some : ", "dropped zzz zzz mặn: "]),
        ("mặn-xyz giá lúa", [4, 5], ["some : ", "dropped mặn xyz: "]),
        ("hạn mặn ở đâu", [5], ["empty-words ở đâu: "]),
        ("giá lúa vàng mặn", [4, 8, 5], ["some : ", "dropped vàng mặn: "]),
    ],
)  # fmt: skip
def test_what_was_done_to_a_query_is_said(
    shelf: sqlite3.Connection, query: str, found: list[int], notes: list[str]
) -> None:
    hits = search(shelf, query)
    assert [hit.id for hit in hits] == found
    told = [f"{each.kind} {' '.join(each.words)}: {' '.join(each.instead)}" for each in hits.notes]
    assert told == notes
    assert hits.total == Total(count=len(found), exact=len(found) < 2)


def test_nothing_is_corrected_where_three_quarters_stand_together(
    shelf: sqlite3.Connection,
) -> None:
    hits = search(shelf, "quýt hồng lai vung quýt hồng chínn")
    assert [hit.id for hit in hits] == [7]
    assert [(each.kind, each.words) for each in hits.notes] == [
        (NoteKind.SOME, ()), (NoteKind.DROPPED, ("chínn",)),
    ]  # fmt: skip


def test_a_query_sorted_by_date_is_read_alike(shelf: sqlite3.Connection) -> None:
    for query, found in (("sạt lơr bờ", [1]), ("giá", [8, 4]), ("vì sao giá lúa tăng", [4])):
        hits = search(shelf, query, sort="date")
        assert [hit.id for hit in hits] == found
        assert bool(hits.notes) == (query != "giá")
    hits = search(shelf, "giá lúa vàng mặn", sort="date")
    assert [hit.id for hit in hits] == [8, 5, 4]
    assert [note.words for note in hits.notes] == [(), ("vàng", "mặn")]


@pytest.mark.parametrize(
    ("limit", "offset", "found"),
    [(1, 0, [4]), (2, 0, [4, 8]), (1, 1, [8]), (0, 0, [4]), (-5, 0, [4]), (5, 2, [])],
)
def test_a_page_has_so_many_hits_behind_so_many(
    shelf: sqlite3.Connection, limit: int, offset: int, found: list[int]
) -> None:
    assert [hit.id for hit in search(shelf, "giá", limit=limit, offset=offset)] == found


TIMES = (
    "2026-03-01T08:00:00+07:00",
    "2026-03-01T10:00:00+07:00",
    None,
    "2026-03-01T09:00:00+07:00",
)


@pytest.mark.parametrize(("query", "sort"), [("", "relevance"), ("", "date"), ("tin", "date")])
def test_of_one_day_the_latest_come_first(query: str, sort: str) -> None:
    with closing(open_shelf()) as conn:
        for at in TIMES:
            put(conn, "Tin", published_at=at)
        put(conn, "Tin cũ", published_on="2026-02-01")
        put(conn, "Tin không ngày", published_on=None)
        for limit in (6, 3):
            hits = search(conn, query, sort=sort, source="baolongan", limit=limit)
            assert [hit.id for hit in hits] == [2, 4, 1, 3, 5, 6][:limit]
            assert hits.total == Total(count=6, exact=True)


def test_copies_are_folded_to_the_earliest_that_is_meant() -> None:
    with closing(open_shelf()) as conn:
        for source, day in (("baolongan", "02"), ("baotayninh", "01"), ("dongthap-gov", "03")):
            put(conn, "Giá lúa", source_id=source, published_on=f"2026-03-{day}", cluster_id=1)
        put(conn, "Giá lúa khác", published_on="2026-03-04")
        folded = search(conn, "giá lúa")
        assert [(hit.id, hit.copies) for hit in folded] == [(4, 0), (2, 2)]
        assert [(hit.id, hit.copies) for hit in search(conn, "giá lúa", copies=True)] == [
            (4, 0), (3, 2), (1, 2), (2, 2),
        ]  # fmt: skip
        (hit,) = search(conn, "giá lúa", source="dongthap-gov")
        assert (hit.id, hit.copies) == (3, 2)
        assert [hit.id for hit in search(conn, "giá lúa", limit=1, offset=1)] == [2]
        assert folded.total.count == 4
        assert folded.facets is None


def test_a_hit_shows_the_document_that_has_more_of_the_words() -> None:
    with closing(open_shelf()) as conn:
        put(conn, "Quyết định", "Giá của tỉnh.")
        conn.execute(
            "insert into media (id, source_id, kind, url, state, found_at)"
            " values (1, 'baolongan', 'document', 'u', 'stored', '2026-03-01T00:00:00Z')"
        )
        conn.execute(
            "insert into document_texts values (1, 1, 'QĐ 12', 'Giá lúa hè thu là chín.', '')"
        )
        (hit,) = search(conn, "giá lúa")
        assert (hit.document, hit.snippet) == ("QĐ 12", "[Giá lúa] hè thu là chín.")
        (hit,) = search(conn, "giá")
        assert (hit.document, hit.snippet) == (None, "[Giá] của tỉnh.")


@pytest.fixture(scope="module")
def crowd() -> Iterator[sqlite3.Connection]:
    """Articles of which each has one word of its own and two that all have."""
    with closing(open_shelf()) as conn:
        conn.execute("begin")
        for number in range(1, 1003):
            put(conn, "Tin lúa", f"q{number}")
        yield conn


@pytest.mark.parametrize(
    ("limit", "offset", "found"), [(5, 0, 5), (10, 995, 5), (5, 999, 1), (5, 1000, 1)]
)
def test_a_thousand_hits_are_shown_at_most(
    crowd: sqlite3.Connection, limit: int, offset: int, found: int
) -> None:
    hits = search(crowd, "", source="baolongan", limit=limit, offset=offset)
    assert len(hits) == found
    assert hits.total == Total(count=1002, exact=True)


@pytest.mark.parametrize(
    ("want", "found"), [(0, 30), (1, 30), (20, 30), (21, 60), (40, 60), (41, 90)]
)
def test_half_as_many_again_are_read_thirty_at_a_time(
    crowd: sqlite3.Connection, want: int, found: int
) -> None:
    planner = Planner(SqlSearcher(crowd), Texts(crowd, Scope(Narrowing())), Narrowing())
    plan = planner.plan(parse_query("tin lúa"), want=want, correct=False)
    assert len(plan.found) == len(plan.matches) == found
    assert [match.batch for match in plan.matches] == [at // 30 for at in range(found)]


def test_plain_sql_counts_a_word_up_to_a_thousand(crowd: sqlite3.Connection) -> None:
    searcher = SqlSearcher(crowd)
    assert searcher.frequency("lua") == searcher.accented_frequency("lúa") == 1000
    assert searcher.pair_frequency("tin", "lua") == 1000
    assert searcher.size == 1002


@pytest.mark.parametrize(("size", "is_said"), [(5000, False), (5001, True)])
def test_a_large_archive_says_that_it_has_no_index(size: int, *, is_said: bool) -> None:
    with closing(open_shelf()) as conn:
        put(conn, "Giá lúa", id=size)
        notes = search(conn, "giá").notes
        assert [note.kind for note in notes] == [NoteKind.PLAIN] * is_said


@pytest.mark.parametrize(("before", "is_earliest"), [(19, True), (20, False)])
def test_the_earliest_copy_that_is_meant_is_among_twenty(before: int, *, is_earliest: bool) -> None:
    with closing(open_shelf()) as conn:
        for _ in range(before):
            put(conn, "Giá lúa", source_id="baotayninh", published_on="2026-01-01", cluster_id=1)
        meant = put(conn, "Giá lúa", published_on="2026-02-01", cluster_id=1)
        newest = put(conn, "Giá lúa", published_on="2026-03-01", cluster_id=1)
        (hit,) = search(conn, "giá lúa", source="baolongan")
        assert hit.id == (meant if is_earliest else newest)
        assert hit.copies == before + 1


def planned(words: str, *scores: Score) -> Plan:
    reading = read_query(parse_query(words))
    matches = [Match(number, score) for number, score in enumerate(scores)]
    return Plan(reading=reading, request=Request(), total=0, matches=matches)


def score(coverage: float, linked: float, value: float = 1.0) -> Score:
    return Score(value=value, coverage=coverage, missing=(), exact=True, linked=linked)


@pytest.mark.parametrize(
    ("plan", "is_whole", "is_much"),
    [
        (planned("giá lúa"), False, False),
        (planned("giá lúa", score(1, 0.4)), True, True),
        (planned("giá lúa", score(1, 0.39)), False, False),
        (planned("giá", score(1, 0)), True, True),
        (planned("giá lúa", score(1 - 1e-7, 1)), True, True),
        (planned("giá lúa", score(0.999, 1)), False, True),
        (planned("giá lúa", score(0.75, 1)), False, True),
        (planned("giá lúa", score(0.749, 1)), False, False),
        (planned("giá lúa", score(0.5, 1, value=2), score(1, 1)), False, False),
        (planned("giá lúa", score(0.5, 1), score(1, 1, value=2)), True, True),
    ],
)
def test_the_best_candidate_has_all_or_much_of_the_query_side_by_side(
    shelf: sqlite3.Connection, plan: Plan, *, is_whole: bool, is_much: bool
) -> None:
    planner = Planner(SqlSearcher(shelf), Texts(shelf, Scope(Narrowing())), Narrowing())
    assert (planner._is_good(plan), planner._is_good(plan, 0.75)) == (is_whole, is_much)
    assert plan.best == max((match.score.value for match in plan.matches), default=0.0)


@pytest.mark.parametrize(
    ("words", "linked", "may"),
    [("lua", 0, True), ("gia lua", 0.4, True), ("gia lua", 0.39, False), ("gia zzz", 0, True)],
)
def test_a_word_is_corrected_beside_its_neighbours_or_where_none_has_it(
    shelf: sqlite3.Connection, words: str, linked: float, *, may: bool
) -> None:
    planner = Planner(SqlSearcher(shelf), Texts(shelf, Scope(Narrowing())), Narrowing())
    last = len(words.split()) - 1
    reading = read_query(parse_query(words))
    assert planner._may_correct(reading, [last], score(1, linked)) is may


@pytest.mark.parametrize(
    ("coverages", "kept"),
    [
        ([1.0, 0.5, 0.49], [1.0, 0.5]), ([0.6, 0.35, 0.34], [0.6, 0.35]),
        ([0.72, 0.36, 0.35], [0.72, 0.36]), ([0.34], []),
    ],
)  # fmt: skip
def test_what_has_half_of_the_best_or_a_third_of_the_query_is_shown(
    shelf: sqlite3.Connection, coverages: list[float], kept: list[float]
) -> None:
    planner = Planner(SqlSearcher(shelf), Texts(shelf, Scope(Narrowing())), Narrowing())
    plan = planned("giá lúa", *(score(coverage, 1) for coverage in coverages))
    planner._note(plan)
    assert [match.score.coverage for match in plan.matches] == kept
    assert plan.notes == []


@pytest.mark.parametrize(("words", "share"), [("quyyt", 1), ("hồng quyyt", 0.6173)])
def test_a_word_that_is_corrected_is_worth_half_of_one_that_was_typed(
    shelf: sqlite3.Connection, words: str, share: float
) -> None:
    """``share``: what the word is worth of the query, by its rarity: no article has it."""
    planner = Planner(SqlSearcher(shelf), Texts(shelf, Scope(Narrowing())), Narrowing())
    plan = planned(words)
    found = planner._meant(plan, planner._changes(plan.reading))
    assert found is not None
    value, meant = found
    whole = Scorer(meant, planner._weights(plan.reading)).score(
        "Quýt hồng Lai Vung", "", "Quýt hồng chín."
    )
    assert whole is not None
    assert value == pytest.approx(whole.value * (1 - share / 2), rel=1e-3)


@pytest.mark.parametrize(
    ("words", "is_corrected"),
    [
        ("quyyt", True), ("quyyt hong", True), ("quyyt hongg", False),
        ("quyyt hongg lai", False), ("quyyt hongg lai vung", True),
        ("quyyt hongg laai vung", False), ("quyyt hongg laai vung chin", False),
    ],
)  # fmt: skip
def test_half_of_the_words_are_corrected_at_most(
    shelf: sqlite3.Connection, words: str, *, is_corrected: bool
) -> None:
    planner = Planner(SqlSearcher(shelf), Texts(shelf, Scope(Narrowing())), Narrowing())
    plan = planned(words)
    found = planner._meant(plan, planner._changes(plan.reading))
    assert (found is not None) is is_corrected


@pytest.mark.parametrize(
    ("words", "known"), [("zzz", 0), ("lúa zzz", 1), ("giá zzz lúa", 2), ("giá lúa", 2), ("lú*", 1)]
)
def test_words_are_known_that_an_article_has(
    shelf: sqlite3.Connection, words: str, known: int
) -> None:
    planner = Planner(SqlSearcher(shelf), Texts(shelf, Scope(Narrowing())), Narrowing())
    assert planner._known(read_query(parse_query(words))) == known


@pytest.mark.parametrize(
    ("word", "worth", "count"),
    [("zzz", 2.8904, 0), ("quyt", 1.7918, 1), ("lua", 1.2809, 2), ("vang", 1.7918, 1)],
)
def test_a_word_of_a_query_is_worth_its_rarity(
    shelf: sqlite3.Connection, word: str, worth: float, count: int
) -> None:
    """There are eight articles."""
    planner = Planner(SqlSearcher(shelf), Texts(shelf, Scope(Narrowing())), Narrowing())
    (atom,) = read_query(parse_query(word)).atoms
    assert planner._rarity(atom) == (pytest.approx(worth, abs=1e-4), count)


@pytest.mark.parametrize(
    ("word", "count"),
    [("mang", 9), ("măng", 3), ("màng", 9), ("mạng tre", 7), ("măng tre", 2), ("zzz", 0)],
)
def test_a_word_with_accents_counts_between_these_and_all(word: str, count: int) -> None:
    """The geometric mean; a phrase counts as its rarer neighbours do."""
    with closing(open_shelf()) as conn:
        put(conn, "măng tre già")
        for _ in range(7):
            put(conn, "mạng tre")
        put(conn, "mang")
        planner = Planner(SqlSearcher(conn), Texts(conn, Scope(Narrowing())), Narrowing())
        (atom,) = read_query(parse_query(f'"{word}"')).atoms
        assert planner._as_typed(atom) == count


def test_a_word_that_only_asks_is_worth_a_third(shelf: sqlite3.Connection) -> None:
    planner = Planner(SqlSearcher(shelf), Texts(shelf, Scope(Narrowing())), Narrowing())
    reading = read_query(parse_query("vì sao giá lúa"))
    assert reading.empty == {0, 1}
    weights = planner._weights(reading)
    assert weights == pytest.approx([2.8904 / 3, 2.8904 / 3, 1.2809, 1.2809], abs=1e-3)


def test_sixty_words_are_tried_for_one_that_may_be_wrong() -> None:
    letters = "abcdeghiklmnopqrstuvxy"
    near = [f"kh{one}nh" for one in letters] + [f"kho{one}h" for one in letters]
    near += [f"khon{one}" for one in letters] + [f"{one}honh" for one in letters]
    with closing(open_shelf()) as conn:
        put(conn, "Tin", " ".join(near))
        planner = Planner(SqlSearcher(conn), Texts(conn, Scope(Narrowing())), Narrowing())
        ((tried,)) = planner._changes(planned("khonh").reading).values()
    assert len(tried) == 60
