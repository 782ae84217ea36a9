"""Several archives asked as one: numbers, sums, and what breaks on the way."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage.engine.clauses import Atom, Found, Order, Phrase, Request
from storage.errors import ArchiveError, QueryError
from storage.federation.archives import Archives
from storage.federation.parts import Indexed, Part, Parts
from storage.federation.twins import Twins
from storage.federation.union import UnionSearcher, UnionTexts
from storage.search.filters import Filters, resolve
from tests.storage.federation.test_archives import fill, made, paths

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["made", "paths"]

LUA = Request(atoms=(Atom(choices=(Phrase(("lua",)),)),))
ALPHA, BETA, ZETA = 0, 1, 2
"""Places of the archives; an article's number is three times its id and its place."""


@pytest.fixture
def archives(paths: list[Path]) -> Iterator[Archives]:
    with Archives.open_reading(paths) as opened:
        yield opened


@pytest.fixture
def parts(archives: Archives) -> Parts:
    return Parts.open(archives, Filters())


def harm(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute(sql)


def test_counts_are_sums(parts: Parts) -> None:
    searcher = UnionSearcher(parts, Twins(parts))
    assert searcher.size == 2 + 3 + 1
    for _ in range(2):
        assert [searcher.frequency(word) for word in ("lua", "vang", "zzz")] == [3, 1, 0]
        assert searcher.accented_frequency("lúa") == 3
        assert searcher.pair_frequency("gia", "lua") == 3
        assert searcher.pair_frequency("lua", "gia") == 0
    assert searcher.count(LUA) == 3
    groups = searcher.groups(LUA)
    assert groups["source"] == {"baolongan": 3}
    assert groups["month"] == {"2026-03": 3}


@pytest.mark.parametrize(("limit", "relevant", "newest"), [(1, 1, 2), (2, 2, 3), (9, 3, 3)])
def test_the_best_of_all_are_found_and_the_newest_of_each(
    parts: Parts, limit: int, relevant: int, newest: int
) -> None:
    searcher = UnionSearcher(parts, Twins(parts))
    found = searcher.find(LUA, limit=limit)
    assert len(found) == relevant
    assert [each.score for each in found] == sorted((e.score for e in found), reverse=True)
    assert len(searcher.find(LUA, limit=limit, order=Order.DATE)) == newest
    if limit == 9:
        assert {each.id for each in found} == {3 * 1 + ALPHA, 3 * 2 + ALPHA, 3 * 1 + ZETA}


def test_an_archive_is_not_asked_for_neighbours_that_it_lacks(parts: Parts) -> None:
    searcher = UnionSearcher(parts, Twins(parts))
    request = Request(pairs=(("gia", "vang"), ("sat", "lo")))
    whole = {3 * 1 + BETA, 3 * 3 + ALPHA}
    assert {each.id for each in searcher.find(request, limit=9)} == whole
    for pair in request.pairs:
        searcher.pair_frequency(*pair)
    assert {each.id for each in searcher.find(request, limit=9)} == whole
    asked = {place: searcher._for_part(request, place, part) for place, part in parts.each()}
    assert [each and each.pairs for _, each in sorted(asked.items())] == [
        (("sat", "lo"),), (("gia", "vang"),), None,
    ]  # fmt: skip


def test_an_archive_that_breaks_is_left_out(
    archives: Archives, parts: Parts, paths: list[Path]
) -> None:
    searcher = UnionSearcher(parts, Twins(parts))
    assert searcher.frequency("lua") == 3
    harm(paths[0], "drop table articles_fts")
    assert searcher.frequency("gia") == 2 + 1
    assert (parts.left, len(archives.failures)) == (2, 1)
    assert "zeta.db" in archives.failures[0]
    assert searcher.count(LUA) == 2
    assert parts.of(3 * 1 + ZETA) == (None, 1)
    texts = UnionTexts(parts, Twins(parts))
    assert texts.source(3 * 1 + ZETA) == ""
    assert texts.day(3 * 1 + ZETA) == ("", "", 3 * 1 + ZETA)
    assert texts.documents(3 * 1 + ZETA) == []
    assert texts.cluster(3 * 1 + ZETA) == 3 * 1 + ZETA
    assert texts.copies([3 * 1 + ZETA]) == {3 * 1 + ZETA: []}
    with pytest.raises(QueryError, match="was lost in the middle"):
        texts.hit(3 * 1 + ZETA, snippet="", score=0, copies=0, document=None)


def test_the_last_archive_that_breaks_is_an_error(parts: Parts, paths: list[Path]) -> None:
    searcher = UnionSearcher(parts, Twins(parts))
    for path in paths:
        harm(path, "drop table articles_fts")
    with pytest.raises(ArchiveError):
        searcher.count(LUA)
    assert parts.left == 0


def test_an_interrupted_question_breaks_no_archive(parts: Parts) -> None:
    error = sqlite3.OperationalError("interrupted")
    error.sqlite_errorcode = sqlite3.SQLITE_INTERRUPT
    with pytest.raises(sqlite3.OperationalError, match="interrupted"):
        parts.leave_out(ALPHA, error)
    assert parts.left == 3


def test_texts_are_read_by_their_numbers(parts: Parts) -> None:
    texts = UnionTexts(parts, Twins(parts))
    wanted = [3 * 1 + ZETA, 3 * 2 + ALPHA, 3 * 9 + BETA]
    assert texts.read(wanted) == {
        3 * 1 + ZETA: ("Giá lúa tăng", "", "Tin."), 3 * 2 + ALPHA: ("Giá lúa đứng", "", "Tin."),
    }  # fmt: skip
    assert list(texts.read(wanted)) == wanted[:2]
    assert texts.day(3 * 1 + ZETA) == ("2026-03-01", "", 3 * 1 + ZETA)
    assert texts.source(3 * 2 + ALPHA) == "baolongan"
    assert texts.documents(3 * 2 + ALPHA) == []
    assert texts.homes(("tay", "ninh")) == ("baolongan", "baotayninh")
    hit = texts.hit(3 * 1 + ZETA, snippet="x", score=1.23456, copies=2, document=None)
    assert (hit.id, hit.title, hit.score, hit.copies) == (3 * 1 + ZETA, "Giá lúa tăng", 1.235, 2)


def test_the_same_article_of_two_archives_is_read_once(paths: list[Path], tmp_path: Path) -> None:
    (tmp_path / "twin").mkdir()
    twin = shutil.copy(paths[0], tmp_path / "twin" / "twin.db")
    with Archives.open_reading([paths[0], tmp_path / twin]) as archives:
        asked = archives.ask(
            lambda member: Part(member, resolve(member.archive.connection, Filters()))
        )
        parts = Parts(archives, dict(enumerate(part for _, part in asked)), {})
        twins = Twins(parts)
        texts = UnionTexts(parts, twins)
        assert list(texts.read([2, 3, 4, 5])) == [2, 4]
        assert list(texts.read([3])) == []
        assert twins.also == {2: ["twin"], 4: ["twin"]}
        clusters = {number: texts.cluster(number) for number in (2, 4)}
        assert clusters == {2: 2, 4: 4}
        assert texts.copies([2, 4]) == {2: [2], 4: [4]}


def test_what_is_found_bears_its_number(parts: Parts) -> None:
    vang = Request(atoms=(Atom(choices=(Phrase(("vang",)),)),))
    (found,) = UnionSearcher(parts, Twins(parts)).find(vang, limit=5)
    assert isinstance(found, Found)
    assert parts.of(found.id)[1] == 1
    part, number = parts.of(found.id)
    assert part is not None
    assert (part.member.name, number) == ("beta", 1)


def test_of_equals_each_archive_gives_its_best(parts: Parts) -> None:
    everything = UnionSearcher(parts, Twins(parts)).find(Request(), limit=4)
    assert [each.id % 3 for each in everything[:3]] == [ALPHA, BETA, ZETA]
    assert len(everything) == 4


def test_an_archive_of_few_such_words_is_not_before_one_of_many(tmp_path: Path) -> None:
    """Where ``lúa`` is rare, having it tells no more than where it is common."""
    shares = {"many": 18, "few": 2}
    for name, count in shares.items():
        path = tmp_path / name / "archive.db"
        path.parent.mkdir()
        fill(path, name, ["Vụ lúa"] * count + ["Vụ cá"] * (20 - count), indexed=True)
    paths = [tmp_path / name / "archive.db" for name in shares]
    with Archives.open_reading(paths) as archives:
        parts = Parts.open(archives, Filters())
        found = UnionSearcher(parts, Twins(parts)).find(LUA, limit=20)
        assert len(found) == 20
        assert len({round(each.score, 4) for each in found}) == 1
        indexed = Indexed(parts)
        assert indexed.size == 40
        counts = {term: indexed.document_frequency("title", term) for term in ("lua", "ca", "vu")}
        assert counts == {"lua": 20, "ca": 20, "vu": 40}
