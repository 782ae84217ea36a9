"""Several archives open at once: which files they are, and what one of them lacks."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.engine.catchup import catch_up
from storage.engine.folder import folder_of
from storage.errors import ArchiveError, QueryError
from storage.federation.archives import Archives, Member, distinct
from storage.federation.search import count_matches, search
from storage.search.filters import Filters
from tests.support.shelf import SOURCES, put


def fill(path: Path, name: str, titles: list[str], *, indexed: bool = False) -> None:
    """Make an archive of articles with these titles, whose keys begin with a name."""
    with Archive.open(path) as archive:
        conn = archive.connection
        conn.executemany(
            "insert into sources (id, name, kind, province, province_before_2025, homepage)"
            " values (?, ?, ?, ?, ?, 'https://x.vn/')",
            SOURCES,
        )
        for number, title in enumerate(titles):
            url = f"https://{name}.vn/{number}"
            put(conn, title, "Tin.", key=f"{name}{number}", url=url, digest=f"{name}{number}")
        if indexed:
            catch_up(conn, folder_of(path))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three archives, in another order than that of their names."""
    folder, made = tmp_path_factory.mktemp("archives"), []
    for name, titles in (
        ("zeta", ["Giá lúa tăng", "Lũ về"]),
        ("alpha", ["Giá lúa giảm", "Giá lúa đứng", "Sạt lở"]),
        ("beta", ["Giá vàng"]),
    ):
        path = folder / f"{name}.db"
        fill(path, name, titles)
        made.append(path)
    return made


@pytest.fixture
def paths(made: list[Path], tmp_path: Path) -> list[Path]:
    return [Path(shutil.copy(path, tmp_path)) for path in made]


def test_each_file_counts_once(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"x")
    (tmp_path / "link").symlink_to(one)
    missing = [tmp_path / "none", tmp_path / "nothing", tmp_path / "none"]
    found = distinct([one, tmp_path / "link", other, *missing])
    assert found == [one, other, *missing[:2]]


def test_captures_lie_beside_each_archive_unless_there_is_only_one(
    paths: list[Path], tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    for some, folder in (
        (paths[:1], elsewhere),
        ([paths[0], paths[0]], elsewhere),
        (paths[:2], tmp_path / "captures"),
    ):
        with Archives.open_reading(some, captures_dir=elsewhere) as archives:
            assert {each.archive.captures_dir for each in archives.members} == {folder}


def test_archives_are_closed_in_the_end(paths: list[Path]) -> None:
    with Archives.open_reading(paths) as archives:
        first = archives.members[0].archive.connection
        assert [member.name for member in archives.members] == ["zeta", "alpha", "beta"]
        assert archives.member("alpha") is archives.members[1]
        assert archives.member("gamma") is None
    with pytest.raises(sqlite3.ProgrammingError):
        first.execute("select 1")


def test_hits_of_all_come_in_one_order_whatever_that_of_the_archives(paths: list[Path]) -> None:
    for order in (paths, paths[::-1]):
        with Archives.open_reading(order) as archives:
            found = search(archives, "giá lúa", Filters())
        assert [(each.archive, each.hit.id) for each in found.found] == [
            ("alpha", 2), ("zeta", 1), ("alpha", 1),
        ]  # fmt: skip
        assert (found.total.count, found.notes, found.facets) == (3, (), None)


def test_pages_and_copies_and_days(paths: list[Path]) -> None:
    with Archives.open_reading(paths) as archives:

        def ids(**more: object) -> list[tuple[str, int]]:
            found = search(archives, "giá lúa", Filters(), **more)  # type: ignore[arg-type]
            return [(each.archive, each.hit.id) for each in found.found]

        whole = ids()
        assert ids(limit=1) == whole[:1]
        assert ids(limit=1, offset=1) == whole[1:2]
        assert ids(limit=0) == whole[:1]
        assert ids(offset=1) == whole[1:]
        assert sorted(ids(sort="date")) == sorted(whole)
        facets = search(archives, "giá lúa", Filters(), facets=True).facets
        assert facets is not None
        assert [(each.name, each.count) for each in facets.province] == [("Tây Ninh", 3)]
        counts = count_matches(archives, "giá lúa", "source", Filters())
        assert counts.rows == (("baolongan", 3),)


def test_an_archive_with_fewer_tables_answers_for_itself(paths: list[Path]) -> None:
    with closing(sqlite3.connect(paths[0])) as conn:
        conn.execute("drop table articles_fts")
        conn.commit()
    with Archives.open_reading(paths) as archives:
        found = search(archives, "giá lúa", Filters())
        assert {each.archive for each in found.found} == {"alpha"}
        assert [member.name for member in archives.members] == ["alpha", "beta"]
        assert len(archives.failures) == 1
        assert "zeta.db" in archives.failures[0]


def test_a_filter_that_means_nothing_anywhere_is_refused(paths: list[Path]) -> None:
    with (
        Archives.open_reading(paths) as archives,
        pytest.raises(QueryError, match="no source 'nobody'"),
    ):
        search(archives, "giá", Filters(source="nobody"))


def test_where_none_can_be_opened_each_is_named(tmp_path: Path) -> None:
    one, other = tmp_path / "one.db", tmp_path / "two.db"
    with pytest.raises(ArchiveError, match=r"no archive at .*one.db"):
        Archives.open_reading([one])
    with pytest.raises(ArchiveError, match=r"one.db.*; .*two.db"):
        Archives.open_reading([one, other])


def test_the_answer_is_another_when_an_archive_has_changed(paths: list[Path]) -> None:
    with Archives.open_reading(paths) as archives:
        member = archives.members[0]
        assert member.answering() is member.answering()
        before = member.answering()
        with closing(sqlite3.connect(paths[0])) as conn:
            conn.execute("update articles set section = 'x' where id = 1")
            conn.commit()
        assert member.answering() is not before


def failing(code: int) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError("said by SQLite")
    error.sqlite_errorcode = code
    return error


KNOWN = ArchiveError("said already")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (KNOWN, "said already"),
        (sqlite3.OperationalError("no such table: media"), "cannot be used: no such table: media"),
        (failing(sqlite3.SQLITE_CORRUPT), "is damaged: restore a backup"),
        (UnicodeDecodeError("utf-8", b"x", 0, 1, "bad"), "is damaged: restore a backup"),
        (ZeroDivisionError("by zero"), "cannot be used: by zero"),
    ],
)
def test_what_breaks_an_archive_is_said_once_with_its_path(
    paths: list[Path], error: Exception, says: str
) -> None:
    with Archives.open_reading(paths) as archives:
        member = archives.members[1]
        for _ in range(2):
            problem = archives.leave_out(member, error)
            assert str(problem) == (says if error is KNOWN else f"{paths[1]} {says}")
        assert archives.failures == [str(problem)]
        assert member not in archives.members
        assert len(archives.members) == 2


def test_an_archive_of_an_older_version_says_so(paths: list[Path]) -> None:
    with closing(sqlite3.connect(paths[0])) as conn:
        conn.execute("delete from _sqlite_migrations where name = 'add_media'")
        conn.commit()
    with Archives.open_reading(paths[:1]) as archives:
        error = sqlite3.OperationalError("no such table: media")
        problem = archives.leave_out(archives.members[0], error)
        assert "was written by an older version" in str(problem)


def test_answers_come_from_those_that_can_be_asked(paths: list[Path]) -> None:
    def ask(member: Member) -> str:
        if member.name == "zeta":
            raise QueryError("no such source")
        if member.name == "alpha":
            raise failing(sqlite3.SQLITE_CORRUPT)
        return member.name

    with Archives.open_reading(paths) as archives:
        assert [answer for _, answer in archives.ask(ask)] == ["beta"]
        assert [each.name for each in archives.members] == ["zeta", "beta"]
        archives.members.pop()
        with pytest.raises(QueryError, match="no such source"):
            archives.ask(ask)
        archives.members.clear()
        assert archives.ask(ask) == []
    with Archives.open_reading(paths[1:2]) as archives, pytest.raises(ArchiveError, match="damag"):
        archives.ask(ask)


def test_who_answers_is_asked_anew_when_archive_or_index_have_changed(paths: list[Path]) -> None:
    with Archives.open_reading(paths[:1]) as archives:
        (member,) = archives.members
        first = member.answering()
        assert member.answering() is first
        with Archive.open(paths[0]) as writer:
            put(writer.connection, "Mới")
        second = member.answering()
        assert second is not first
        with Archive.open(paths[0]) as writer:
            writer.update_index()
        assert member.answering() is not second
