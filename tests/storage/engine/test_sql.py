"""The same questions asked of the index and of plain SQL have the same answers."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage.engine.catchup import catch_up
from storage.engine.clauses import Atom, Narrowing, Order, Phrase, Request
from storage.engine.folder import folder_of, open_index
from storage.engine.sql import SqlSearcher, _phrase
from tests.support.shelf import open_shelf, put

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from storage.engine.searcher import Searcher

tantivy = pytest.importorskip("storage.engine.tantivy")

ARTICLES = (
    {"title": "Giá lúa tăng", "body": "Nông dân vui.", "section": "Kinh tế", "kind": "article",
     "published_on": "2026-03-01", "published_at": "2026-03-01T08:00:00+07:00"},
    {"title": "Gia lua", "body": "Lúa của giá khác.", "source_id": "baotayninh",
     "published_on": "2026-03-02", "authors": ["Lê Minh"]},
    {"title": "Tin", "body": "Giá vàng; lúa lúa.", "section_path": ["Kinh tế", "Giá"],
     "published_on": "2026-03-01", "published_at": "2026-03-01T09:00:00+07:00"},
    {"title": "Họ bơi ở sông", "summary": "Cả xã ra xem.", "kind": "video",
     "published_on": "2026-02-27"},
    {"title": "Hồ bơi mới", "summary": "Lũ về cù lao dài.", "source_id": "dongthap-gov",
     "published_on": None},
    {"title": "Bể bơi", "body": "Cù lao nhỏ, lao dài 1000 ngày, 7 giờ.",
     "published_on": "2026-02-28"},
)  # fmt: skip


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("shelf") / "archive.db"
    with closing(open_shelf(path)) as conn:
        for article in ARTICLES:
            put(conn, **article)  # type: ignore[arg-type]
        conn.execute(
            "insert into mentions (article_id, unit, how, confidence, position)"
            " values (1, '80c', 'kind', 1, 0)"
        )
        conn.executemany("insert into place_articles values (?, ?)", [("80", 1), ("80c", 1)])
        catch_up(conn, folder_of(path))
        yield conn


@pytest.fixture(scope="module", params=["index", "sql"])
def searcher(shelf: sqlite3.Connection, request: pytest.FixtureRequest) -> Searcher:
    if request.param == "sql":
        return SqlSearcher(shelf)
    (file,) = shelf.execute("select file from pragma_database_list where seq = 0").fetchone()
    opened = open_index(shelf, folder_of(Path(file)))
    assert opened.index is not None
    return tantivy.TantivySearcher(opened.index)  # type: ignore[no-any-return]


def word(*words: str, prefix: bool = False, **more: object) -> Atom:
    return Atom(choices=(Phrase(words, prefix=prefix),), **more)  # type: ignore[arg-type]


GIA, LUA = word("gia"), word("lua")
POOL = Atom(choices=(Phrase(("be", "boi")), Phrase(("ho", "boi"), exact=("hồ", "bơi"))))


@pytest.mark.parametrize(
    ("request_", "found"),
    [
        (Request(), {1, 2, 3, 4, 5, 6}),
        (Request(atoms=(LUA,)), {1, 2, 3}),
        (Request(atoms=(word("gia", "lua"),)), {1, 2}),
        (Request(atoms=(GIA, word("tang"))), {1}),
        (Request(atoms=(GIA, word("boi")), least=1), {1, 2, 3, 4, 5, 6}),
        (Request(atoms=(word("gia", "lua", strict=True), word("tang"), word("vui")), least=1), {1}),
        (Request(atoms=(word("gia", "lua", strict=True),), least=1), {1, 2}),
        (Request(pairs=(("gia", "vang"), ("ho", "boi"))), {3, 4, 5}),
        (Request(pairs=(("gia", "vang"),), excluded=(LUA,)), set()),
        (Request(pairs=(("gia", "lua"),), narrowing=Narrowing(kind="article")), {1, 2}),
        (Request(atoms=(word("nong", "dan", "vu", prefix=True),)), {1}),
        (Request(atoms=(word("lu", prefix=True),)), {1, 2, 3, 5}),
        (Request(atoms=(word("qu", prefix=True),)), set()),
        (Request(atoms=(word("gia", "v", prefix=True),)), {3}),
        (Request(atoms=(POOL,)), {5, 6}),
        (Request(atoms=(word("ho", "boi"),)), {4, 5}),
        (Request(atoms=(word("vang", homes=("baotayninh",)),)), {2, 3}),
        (Request(atoms=(word("vang", homes=("baotayninh", "dongthap-gov")), GIA)), {2, 3}),
        (Request(excluded=(LUA,)), {4, 5, 6}),
        (Request(atoms=(word("boi"),), excluded=(word("ho", exact=("hồ",)),)), {4, 6}),
        (Request(atoms=(word("boi"),), excluded=(word("ho"),)), {6}),
        (Request(atoms=(word("boi"),), excluded=(word("ho", "boi"),)), {6}),
        (Request(atoms=(word("1000"), word("7"))), {6}),
        (Request(narrowing=Narrowing(sources=("baotayninh", "dongthap-gov"))), {2, 5}),
        (Request(narrowing=Narrowing(sources=())), set()),
        (Request(narrowing=Narrowing(kind="video")), {4}),
        (Request(narrowing=Narrowing(sections=("kinh_te",))), {1, 3}),
        (Request(narrowing=Narrowing(sections=("kinh_te", "gia"))), {3}),
        (Request(narrowing=Narrowing(authors=("le_minh",))), {2}),
        (Request(narrowing=Narrowing(place="80")), {1}),
        (Request(narrowing=Narrowing(since="2026-02-28")), {1, 2, 3, 6}),
        (Request(narrowing=Narrowing(until="2026-02-28")), {4, 6}),
        (Request(narrowing=Narrowing(since="2026-02-28", until="2026-03-01")), {1, 3, 6}),
        (Request(atoms=(LUA,), narrowing=Narrowing(since="2026-03-02", kind="article")), {2}),
    ],
)  # fmt: skip
def test_a_question_has_its_answers(searcher: Searcher, request_: Request, found: set[int]) -> None:
    assert {each.id for each in searcher.find(request_, limit=10)} == found
    assert {each.id for each in searcher.find(request_, limit=10, order=Order.DATE)} == found
    assert searcher.count(request_) == len(found)
    assert len(searcher.find(request_, limit=1)) == min(1, len(found))


def test_the_newest_come_first_and_those_without_a_day_last(searcher: Searcher) -> None:
    found = [each.id for each in searcher.find(Request(), limit=10, order=Order.DATE)]
    assert found == [2, 3, 1, 6, 4, 5]
    newest = searcher.find(Request(atoms=(LUA,)), limit=2, order=Order.DATE)
    assert [each.id for each in newest] == [2, 3]


def test_answers_are_counted_by_what_they_have(searcher: Searcher) -> None:
    groups = searcher.groups(Request(atoms=(Atom(choices=(Phrase(("lua",)), Phrase(("boi",)))),)))
    assert groups["source"] == {"baolongan": 4, "baotayninh": 1, "dongthap-gov": 1}
    assert groups["kind"] == {"article": 5, "video": 1}
    assert groups["section"] == {"Kinh tế": 1, "": 5}
    assert groups["month"] == {"2026-03": 3, "2026-02": 2, "": 1}
    assert groups["unit"] == {"80c": 1}


def test_words_are_counted_by_the_article(searcher: Searcher) -> None:
    assert searcher.size == 6
    counted = [searcher.frequency(each) for each in ("lua", "boi", "ngay", "zzz")]
    assert counted == [3, 3, 1, 0]
    accented = [searcher.accented_frequency(each) for each in ("hồ", "họ", "lúa", "lụa")]
    assert accented == [1, 1, 3, 0]
    pairs = [searcher.pair_frequency(*each) for each in (("ho", "boi"), ("boi", "ho"))]
    assert pairs == [2, 0]


def test_articles_that_others_answer_for_are_left_out(shelf: sqlite3.Connection) -> None:
    assert [each.id for each in SqlSearcher(shelf, only=[2, 4]).find(Request(), limit=9)] == [2, 4]
    assert SqlSearcher(shelf, only=[]).count(Request()) == 0
    assert SqlSearcher(shelf, only=[1, 4]).count(Request(atoms=(LUA,))) == 1


def test_ids_above_one_are_read_in_order(shelf: sqlite3.Connection) -> None:
    searcher = SqlSearcher(shelf)
    assert searcher.newer(Request(), above=2, limit=3) == [3, 4, 5]
    assert searcher.newer(Request(atoms=(LUA,)), above=1, limit=3) == [2, 3]
    assert searcher.newer(Request(atoms=(LUA,), excluded=(word("tang"),)), above=0, limit=1) == [2]


WORTHS = ("gia cua lua", "gia lua cua", "giá của lúa")


@pytest.mark.parametrize(
    ("request_", "worths"),
    [
        (Request(atoms=(GIA, LUA), least=1), {4: 3.164, 2: 3.161, 5: 0.969, 1: 0.727, 3: 0.727}),
        (
            Request(atoms=(word("gia", exact=("giá",)), word("lua", exact=("lúa",))), least=1),
            {4: 3.164, 2: 3.161, 3: 2.893, 5: 0.969, 1: 0.727},
        ),
        (
            Request(atoms=(word("gia", exact=("giá",)), word("lua", exact=("lúa",)))),
            {4: 3.164, 2: 3.161, 3: 2.893, 5: 0.969, 1: 0.727},
        ),
        (Request(pairs=(("gia", "lua"),)), {2: 2.434}),
    ],
)
def test_neighbours_accents_and_heads_are_worth_more_to_the_index(
    tmp_path: Path, request_: Request, worths: dict[int, float]
) -> None:
    path = tmp_path / "archive.db"
    with closing(open_shelf(path)) as conn:
        for body in WORTHS:
            put(conn, "Tin", body)
        put(conn, "Gia", "lua cua")
        put(conn, "Tin", "lua cua", summary="gia")
        put(conn, "Tin", "không có gì ở đây cả")
        catch_up(conn, folder_of(path))
        opened = open_index(conn, folder_of(path))
        found = tantivy.TantivySearcher(opened.index).find(request_, limit=9)
    assert [each.id for each in found] == list(worths)
    assert {each.id: each.score for each in found} == pytest.approx(worths, abs=0.002)


def test_plain_sql_tells_what_an_answer_is_worth(shelf: sqlite3.Connection) -> None:
    found = SqlSearcher(shelf).find(Request(atoms=(LUA,)), limit=9)
    scores = [each.score for each in found]
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[-1] < scores[0] < 1
    assert {each.score for each in SqlSearcher(shelf).find(Request(), limit=9)} == {0}


def test_a_pair_is_of_whole_words(searcher: Searcher) -> None:
    pairs = (("gia", "lua"), ("gia", "lu"), ("lua", "tang"), ("lua", "gia"))
    assert [searcher.pair_frequency(*pair) for pair in pairs] == [2, 0, 1, 0]


def test_only_words_that_are_typed_as_beginnings_are_such(searcher: Searcher) -> None:
    everything = searcher.count(Request())
    assert (searcher.frequency("non"), searcher.accented_frequency("nôn")) == (0, 0)
    assert searcher.frequency("nong") > 0
    assert searcher.accented_frequency("nông") > 0
    assert searcher.count(Request(pairs=(("nong", "da"),))) == 0
    assert searcher.count(Request(excluded=(word("non", exact=("nôn",)),))) == everything
    assert searcher.count(Request(excluded=(word("nong", exact=("nông",)),))) < everything
    meant = Atom(choices=(Phrase(("xyz",)), Phrase(("non",), exact=("nôn",))))
    assert searcher.count(Request(atoms=(meant,))) == 0
    beginning = Atom(choices=(Phrase(("non",), prefix=True),))
    assert searcher.count(Request(atoms=(beginning,))) > 0


@pytest.mark.parametrize(
    ("words", "spellings"), [("1", 2), ("1 2 3", 8), ("1 2 3 4", 16), ("1 2 3 4 5", 16)]
)
def test_a_phrase_is_looked_for_in_sixteen_spellings(words: str, spellings: int) -> None:
    found = _phrase(tuple(words.split()), prefix=False).split(" OR ")
    assert len(set(found)) == spellings
