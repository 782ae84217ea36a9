"""The index beside the archive: in step, or built again, and never wrong in silence."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage.engine import searcher as answering
from storage.engine import tantivy
from storage.engine.catchup import catch_up
from storage.engine.check import check_index
from storage.engine.clauses import Request
from storage.engine.folder import State, folder_of, locked, open_index
from storage.search import engine, search
from storage.search.meaning.reading import read_query
from storage.search.query import parse_query
from storage.search.results import NoteKind
from tests.support.shelf import open_shelf, put

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def shelf(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_shelf(path)) as conn:
        put(conn, "Giá lúa tăng", "Nông dân vui.", section="Kinh tế")
        put(conn, "Sạt lở bờ sông", "Nhà dân phải dời.", published_on="2026-02-01")
        yield conn


def follow(conn: sqlite3.Connection, path: Path) -> State | None:
    return catch_up(conn, folder_of(path)).rebuilt


def ids(conn: sqlite3.Connection, query: str) -> list[int]:
    return [hit.id for hit in search(conn, query)]


def plain(conn: sqlite3.Connection, query: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(engine, "SMALL", 0)
    return any(note.kind is NoteKind.PLAIN for note in search(conn, query).notes)


def problems(conn: sqlite3.Connection, path: Path) -> list[str]:
    return list(check_index(conn, folder_of(path)))


def test_the_index_answers_once_it_is_built(
    shelf: sqlite3.Connection, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert plain(shelf, "giá lúa", monkeypatch)
    assert follow(shelf, path) is State.MISSING
    assert not plain(shelf, "giá lúa", monkeypatch)
    assert ids(shelf, "gia lua") == [1]
    assert follow(shelf, path) is None
    assert problems(shelf, path) == []


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        ("2026-02-01", None, [1, 2]), ("2026-02-02", None, [1]), ("2026-03-02", None, []),
        (None, "2026-02-01", [2]), (None, "2026-01-31", []), ("2026-02-01", "2026-03-01", [1, 2]),
        ("2026-03-01", "2026-03-01", [1]),
    ],
)  # fmt: skip
def test_a_period_may_be_open_at_either_end(
    shelf: sqlite3.Connection, path: Path, since: str | None, until: str | None, found: list[int]
) -> None:
    follow(shelf, path)
    for query in ("", "dân"):
        hits = search(shelf, query, since=since, until=until)
        assert sorted(hit.id for hit in hits) == found


def test_what_is_not_in_the_index_yet_is_found_all_the_same(
    shelf: sqlite3.Connection, path: Path
) -> None:
    follow(shelf, path)
    new = put(shelf, "Giá lúa giảm", "Tin mới.", section="Kinh tế")
    shelf.execute("update articles set title = 'Lũ về' where id = 1")
    hits = search(shelf, "giá lúa", facets=True)
    assert [hit.id for hit in hits] == [new]
    assert hits.total.count == 1
    assert hits.facets is not None
    assert [(each.name, each.count) for each in hits.facets.section] == [("Kinh tế", 1)]
    assert ids(shelf, "lũ về") == [1]
    shelf.execute("delete from articles where id = ?", (new,))
    assert ids(shelf, "giảm") == []
    assert problems(shelf, path) == []
    assert follow(shelf, path) is None
    assert ids(shelf, "lũ về") == [1]
    assert ids(shelf, "giá lúa") == []
    assert problems(shelf, path) == []


def test_what_nobody_answers_for_is_said(
    shelf: sqlite3.Connection, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(shelf, path)
    monkeypatch.setattr(answering, "MOST_PENDING", 2)
    for number in range(5):
        put(shelf, f"Giá lúa {number}")
    with locked(folder_of(path)):  # another process is at it
        hits = search(shelf, "giá lúa")
    assert [(note.kind, note.count) for note in hits.notes] == [(NoteKind.BEHIND, 3)]
    assert len(hits) == 3
    assert len(search(shelf, "giá lúa")) == 6  # the reader brought it up to date
    assert search(shelf, "giá lúa").notes == ()


def test_an_index_of_another_archive_is_not_believed(
    shelf: sqlite3.Connection, path: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    with closing(open_shelf(other)) as conn:
        put(conn, "Giá lúa ở nơi khác")
        follow(conn, other)
    shutil.copytree(folder_of(other), folder_of(path))
    assert open_index(shelf, folder_of(path)).state is State.FOREIGN
    assert ids(shelf, "sạt lở") == [2]
    assert problems(shelf, path) != []
    assert follow(shelf, path) is State.FOREIGN
    assert problems(shelf, path) == []


def test_an_index_ahead_of_a_restored_archive_is_built_again(
    shelf: sqlite3.Connection, path: Path, tmp_path: Path
) -> None:
    follow(shelf, path)
    backup = tmp_path / "backup.db"
    shelf.execute("vacuum into ?", (str(backup),))
    put(shelf, "Giá lúa mất")
    follow(shelf, path)
    shutil.copytree(folder_of(path), folder_of(backup))
    with closing(sqlite3.connect(backup, isolation_level=None)) as conn:
        put(conn, "Giá lúa khác")  # the log is as long as the one that was lost
        assert open_index(conn, folder_of(backup)).state is State.FOREIGN
        assert [hit.title for hit in search(conn, "lúa khác")] == ["Giá lúa khác"]
        assert follow(conn, backup) is State.FOREIGN
        assert len(ids(conn, "giá lúa")) == 2
        assert problems(conn, backup) == []


def test_a_backup_goes_on_with_the_index_of_its_time(
    shelf: sqlite3.Connection, path: Path, tmp_path: Path
) -> None:
    follow(shelf, path)
    backup = tmp_path / "backup.db"
    shutil.copytree(folder_of(path), folder_of(backup))
    put(shelf, "Giá lúa sau")
    shelf.execute("vacuum into ?", (str(backup),))
    with closing(sqlite3.connect(backup, isolation_level=None)) as conn:
        assert len(ids(conn, "giá lúa")) == 2
        assert follow(conn, backup) is None
        assert problems(conn, backup) == []


def harm(folder: Path, how: str) -> None:
    largest = max(folder.glob("*.idx"), key=lambda file: file.stat().st_size)
    if how == "deleted":
        shutil.rmtree(folder)
    elif how == "meta":
        (folder / "meta.json").write_text("{")
    elif how == "file":
        largest.unlink()
    elif how == "truncated":
        largest.write_bytes(largest.read_bytes()[:20])
    else:
        content = bytearray(largest.read_bytes())
        content[5] ^= 4
        largest.write_bytes(content)


@pytest.mark.parametrize("how", ["deleted", "meta", "file", "truncated"])
def test_an_index_that_cannot_be_read_is_built_again(
    shelf: sqlite3.Connection, path: Path, how: str
) -> None:
    follow(shelf, path)
    harm(folder_of(path), how)
    assert ids(shelf, "giá lúa") == [1]
    assert follow(shelf, path) in (State.MISSING, State.DAMAGED)
    assert ids(shelf, "giá lúa") == [1]
    assert problems(shelf, path) == []


def test_a_flipped_bit_is_found_by_the_check(shelf: sqlite3.Connection, path: Path) -> None:
    follow(shelf, path)
    harm(folder_of(path), "flipped")
    assert "damaged" in " ".join(problems(shelf, path))


def test_what_a_killed_process_left_is_no_damage(shelf: sqlite3.Connection, path: Path) -> None:
    follow(shelf, path)
    folder = folder_of(path)
    for end in ("idx", "term", "store", "17.del"):
        (folder / f"{'c0ffee00' * 4}.{end}").write_bytes(b"half a segment")
    known = next(folder.glob("*.idx"))
    known.with_name(f"{known.stem}.99.del").write_bytes(b"never committed")
    assert problems(shelf, path) == []


def test_an_index_without_some_articles_is_found_by_the_check(
    shelf: sqlite3.Connection, path: Path
) -> None:
    follow(shelf, path)
    shelf.execute("drop trigger articles_log_insert")
    put(shelf, "Giá lúa lặng lẽ")
    assert any("holds 2 of the 3 articles" in problem for problem in problems(shelf, path))


def test_building_goes_on_where_it_stopped(shelf: sqlite3.Connection, path: Path) -> None:
    for number in range(300):
        put(shelf, f"Tin {number}", "Giá lúa.")
    seen: list[int] = []

    def stop(read: int) -> None:
        seen.append(read)
        raise KeyboardInterrupt

    progress = catch_up(shelf, folder_of(path), seconds=0)
    assert not progress.done
    assert open_index(shelf, folder_of(path)).state is State.BUILDING
    assert len(ids(shelf, "sạt lở")) == 1
    with pytest.raises(KeyboardInterrupt):
        catch_up(shelf, folder_of(path), report=stop)
    assert follow(shelf, path) is None
    assert search(shelf, "giá lúa").total.count == 301
    assert problems(shelf, path) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from storage.archive import Archive
with Archive.open(Path(sys.argv[1])) as archive:
    archive.update_index(report=lambda read: read >= int(sys.argv[2]) and os.kill(0, 9))
"""


@pytest.mark.parametrize("moment", [200, 600])
def test_a_killed_build_leaves_an_archive_that_can_be_searched(path: Path, moment: int) -> None:
    with closing(open_shelf(path)) as shelf:
        for number in range(700):
            put(shelf, f"Giá lúa {number}")
        subprocess.run(
            [sys.executable, "-c", KILLED, str(path), str(moment)],
            start_new_session=True, check=False,
        )  # fmt: skip
        assert search(shelf, "giá lúa").total.count == 700
        assert catch_up(shelf, folder_of(path)).done
        assert search(shelf, "giá lúa").total.count == 700
        assert problems(shelf, path) == []


def test_an_archive_on_a_read_only_medium_is_searched(
    shelf: sqlite3.Connection, path: Path
) -> None:
    follow(shelf, path)
    put(shelf, "Giá lúa mới")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)) as conn:
        assert len(ids(conn, "giá lúa")) == 2


def test_deletions_that_a_killed_process_never_committed_are_no_hindrance(
    shelf: sqlite3.Connection, path: Path
) -> None:
    follow(shelf, path)
    segment = next(folder_of(path).glob("*.idx")).stem
    shelf.execute("update articles set title = 'Lũ về' where id = 1")
    last = json.loads((folder_of(path) / "meta.json").read_text())["opstamp"]
    for number in range(last + 1, last + 20):
        (folder_of(path) / f"{segment}.{number}.del").write_bytes(b"half")
    assert follow(shelf, path) is None
    assert ids(shelf, "lũ về") == [1]
    assert problems(shelf, path) == []


def test_a_phrase_is_more_than_its_neighbours(shelf: sqlite3.Connection, path: Path) -> None:
    wanted = put(shelf, "Tin", "Ông ở cù lao dài này.")
    put(shelf, "Tin", "Một cù lao nhỏ; lao dài ngày.")
    follow(shelf, path)
    hits = search(shelf, '"cù lao dài"', facets=True)
    assert [hit.id for hit in hits] == [wanted]
    assert (hits.total.count, hits.total.exact) == (1, True)
    assert hits.facets is not None
    assert sum(each.count for each in hits.facets.kind) == 1


def test_a_phrase_is_looked_for_in_the_texts_that_have_its_neighbours(
    shelf: sqlite3.Connection, path: Path
) -> None:
    wanted = put(shelf, "Tin", "Ông ở cù lao dài này.", published_on="2026-01-01")
    other = put(shelf, "Cù lao dài", "Một ngày.", section="Kinh tế")
    for _ in range(answering.BATCH):
        put(shelf, "Tin", "Một cù lao nhỏ; lao dài ngày.", published_on="2026-03-05")
    follow(shelf, path)
    shelf.execute("drop table articles_fts")
    assert ids(shelf, '"cù lao dài"') == [other, wanted]
    assert [hit.id for hit in search(shelf, '"cù lao dà*"', sort="date")] == [other, wanted]
    assert ids(shelf, '"cù lao dà"') == []


def test_finding_counts_in_the_same_pass(shelf: sqlite3.Connection, path: Path) -> None:
    put(shelf, "Giá lúa giảm", "Nông dân lo.")
    follow(shelf, path)
    changed = put(shelf, "Giá lúa đứng", "Nông dân chờ.")
    shelf.execute("update articles set title = 'Lũ về' where id = 1")
    for query, found in (("giá lúa", {3, changed}), ("dân", {1, 2, 3, changed}), ("lũ về", {1})):
        atoms = read_query(parse_query(query)).atoms
        once, apart = (answering.open_searcher(shelf).searcher for _ in range(2))
        request = Request(atoms=atoms)
        assert {each.id for each in once.find(request, limit=1_000)} == found
        assert len(once.find(request, limit=1)) <= 2
        assert once.count(request) == apart.count(request) == len(found)


def test_words_of_most_articles_alone_are_no_reason_to_show_one(
    shelf: sqlite3.Connection, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rare = put(shelf, "Tin", "Đàn voi qua sông.")
    for _ in range(8):
        put(shelf, "Tin", "Nông dân của xã.")
    titled = put(shelf, "Của xã", "Tin.")
    put(shelf, "Tin", "Mưa.", summary="Của xã")
    follow(shelf, path)
    monkeypatch.setattr(tantivy, "LEAST_COMMON", 1)
    searcher = answering.open_searcher(shelf).searcher

    def found(query: str) -> set[int]:
        request = Request(atoms=read_query(parse_query(query)).atoms, least=1)
        return {each.id for each in searcher.find(request, limit=100)}

    assert found("của voi xã") == {rare, titled}
    assert len(found("nông của")) == 11
    assert ids(shelf, "của xã")[0] == titled


@pytest.mark.parametrize("query", ["²*title:", "中文", "x" * 900, "lú* t*i", "ßẞ ﬁ İ", "NEAR( AND"])
def test_any_words_are_asked_of_the_index_without_harm(
    shelf: sqlite3.Connection, path: Path, query: str
) -> None:
    follow(shelf, path)
    assert search(shelf, query).total.count >= 0
